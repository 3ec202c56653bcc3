"""The command line's grammar, in the user's language (floor 4).

What enters: words. What leaves: a namespace with `run` set to the command. Argument errors exit 2 on
standard error. Options and commands: design sections 5 and 9.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from facevid_gui import __version__
from facevid_gui.console import (
    captures,
    doctor,
    key,
    lookup,
    profile,
    seal,
    signers,
    simulator,
    stamp,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.core.messages import Messages

_GROUPS = (lookup, signers, seal, captures, verify, stamp, profile, key, simulator, doctor)
_TRANSLATED = (
    "usage: ", "positional arguments", "options", "show this help message and exit",
    "the following arguments are required: %s", "unrecognized arguments: %s", "expected one argument",
    "invalid choice: %(value)r (choose from %(choices)s)", "argument %(argument_name)s: %(message)s",
    "not allowed with argument %s", "invalid %(type)s value: %(value)r", "%(prog)s: error: %(message)s\n",
    "ambiguous option: %(option)s could match %(matches)s", "expected at least one argument",
    "one of the arguments %s is required", "show program's version number and exit", "ignored explicit argument %r",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """argparse without abbreviations, speaking the catalogue's language and pointing at `--help`."""

    messages: ClassVar[Messages]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to look; exit 2."""
        hint = self.messages.text("cli.see_help", command=self.prog)
        self.exit(2, f"{self.format_usage()}{self.prog}: {message}\n→ {hint}\n")


def build_parser(messages: Messages) -> Parser:
    """Build the whole grammar; subparsers take over the class and with it the language."""
    _translate_argparse(messages)
    speaking: type[Parser] = type("SpeakingParser", (Parser,), {"messages": messages})
    parser = speaking(prog="facevid", description=messages.text("cli.description"))
    parser.add_argument("--version", action="version", version=f"facevid {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=messages.text("cli.command"))
    for group in _GROUPS:
        group.add_arguments(commands, messages)
    return parser


def _translate_argparse(messages: Messages) -> None:
    """Hand argparse our catalogue: it looks its words up through a module-level `_`, made for gettext."""
    known = {text: messages.text(f"argparse.{index}") for index, text in enumerate(_TRANSLATED)}
    lookup_word: Callable[[str], str] = lambda text: known.get(text, text)  # noqa: E731
    argparse._ = lookup_word  # type: ignore[attr-defined]
