"""`facevid`: the console program (floor 4, the roof).

What enters: arguments, environment, standard input. What leaves: an exit code of design section 9. Bad
input never ends in a traceback: what nobody foresaw is logged, redacted, and told in one sentence.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
from typing import TYPE_CHECKING

from facevid_gui.console.arguments import build_parser
from facevid_gui.console.context import Command, Context
from facevid_gui.console.output import Output, error_document
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.house import House
from facevid_gui.logs import LOGGER, start_logging
from facevid_gui.program import leave_no_core, take_environment
from facevid_gui.terminal import speak_utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.messages import Messages

PRIVATE_UMASK = 0o077


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    os.umask(PRIVATE_UMASK)
    speak_utf8()
    leave_no_core()
    house = House(take_environment())
    messages = house.messages
    parsed = build_parser(messages).parse_args(arguments)
    output = Output(messages, as_json=parsed.json)
    if parsed.command != "doctor":  # it names the file itself
        house.tell_defaults = lambda error: output.note("settings.unread", why=messages.error(error)[0])
    token = CancelToken()
    with _cancelled_by_signals(token):
        try:
            _begin_log(house, must=parsed.command != "doctor")
            return _command(parsed.run)(Context(house, output, token, parsed))
        except FacevidError as error:
            return _tell(output, messages, parsed.command, error)
        except (KeyboardInterrupt, BrokenPipeError):
            return CancelledError.exit_code
        except Exception:
            LOGGER.exception("unforeseen")
            return _tell(output, messages, parsed.command, SurroundingsError("unforeseen", log=house.paths.logs))


def _begin_log(house: House, *, must: bool) -> None:
    """Start the log; what says why that cannot be done goes on without one."""
    try:
        start_logging(house.paths.logs)
    except (SurroundingsError, OSError):
        if must:
            raise


def _command(name: str) -> Command:
    """Load a command by its name, `module:function`, inside the console's room."""
    module, function = name.split(":")
    command: Command = getattr(importlib.import_module(f"facevid_gui.console.{module}"), function)
    return command


def _tell(output: Output, messages: Messages, command: str, error: FacevidError) -> int:
    output.error(error)
    if error.exit_code != 2:  # argument errors go to standard error only
        output.document(error_document(f"facevid-{command}/1", error, messages))
    return error.exit_code


@contextlib.contextmanager
def _cancelled_by_signals(token: CancelToken):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """The first Ctrl-C or termination asks the work to stop, the second stops the program."""

    def handle(*_: object) -> None:
        if token.is_cancelled:
            raise KeyboardInterrupt
        token.cancel()

    try:
        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: an embedding program has its own handlers
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
