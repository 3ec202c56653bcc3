"""The command line's grammar, in the user's language (floor 4).

What enters: words. What leaves: a namespace whose `run` names the command, loaded only when it is run, so
that `--help` and a wrong option cost nothing. Argument errors exit 2 on standard error. Options and
commands: design sections 5 and 9.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from facevid_gui import __version__
from facevid_gui.core.ids import KINDS
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.report_sections import SECTIONS as REPORT_SECTIONS
from facevid_gui.credentials.profiles import ENVIRONMENTS, SECRET_FIELDS, TICKET_MODES
from facevid_gui.evidence.key_protection import ORGANISATION, WORKSTATION
from facevid_gui.evidence.library_query import DEADLINES, PAGE_SIZE, SECTIONS, VERDICTS
from facevid_gui.simulator.faults import FAULTS

PROFILE_OPTIONS = (
    "user_id", "proxy_organization_id", "app_id", "proxy_organization_open_id", "proxy_operator_open_id",
    "ticket_url", "ticket_header",
)  # fmt: skip
TRUST_USES = ("signer", "tsa-root")  # said again: evidence.trusted_set loads cryptography
_TRANSLATED = (
    "usage: ", "positional arguments", "options", "show this help message and exit",
    "the following arguments are required: %s", "unrecognized arguments: %s", "expected one argument",
    "invalid choice: %(value)r (choose from %(choices)s)", "argument %(argument_name)s: %(message)s",
    "not allowed with argument %s", "invalid %(type)s value: %(value)r", "%(prog)s: error: %(message)s\n",
    "ambiguous option: %(option)s could match %(matches)s", "expected at least one argument",
    "one of the arguments %s is required", "show program's version number and exit", "ignored explicit argument %r",
)  # fmt: skip
Subparsers = Any  # argparse._SubParsersAction, which has no public name


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
    translate_argparse(messages)
    speaking: type[Parser] = type("SpeakingParser", (Parser,), {"messages": messages})
    parser = speaking(prog="facevid", description=messages.text("cli.description"))
    parser.add_argument("--version", action="version", version=f"facevid {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=messages.text("cli.command"))
    grammar = _Grammar(commands, messages)
    for add in (
        grammar.lookup, grammar.signers, grammar.rescue, grammar.import_file, grammar.seal, grammar.captures,
        grammar.verify, grammar.library, grammar.notes, grammar.report, grammar.export, grammar.purge, grammar.stamp,
        grammar.trust, grammar.logs, grammar.profile, grammar.key, grammar.simulator, grammar.doctor, grammar.stored,
    ):  # fmt: skip
        add()
    return parser


class _Grammar:
    """Every command and its options."""

    def __init__(self, commands: Subparsers, messages: Messages) -> None:
        self._commands = commands
        self._text = messages.text

    def lookup(self) -> None:
        kinds = self._group("lookup")
        ess = self._command("lookup_ess", "lookup:run_ess", kinds, "ess")
        ess.add_argument("--flow", metavar="FLOW", required=True, help=self._text("option.flow"))
        ess.add_argument("--sign", metavar="SIGN", help=self._text("option.sign"))
        kyc = self._command("lookup_kyc", "lookup:run_kyc", kinds, "kyc")
        kyc.add_argument("--order", metavar="ORDER", required=True, help=self._text("option.order"))
        for parser in (ess, kyc):
            self._profile_options(parser)
            self._flag(parser, "unmask")
            self._reason_option(parser)
            exclusive = parser.add_mutually_exclusive_group()
            exclusive.add_argument("--save", action="store_true", help=self._text("option.save"))
            exclusive.add_argument("--capture-only", action="store_true", help=self._text("option.capture_only"))
            self._seal_options(parser, required=False)

    def signers(self) -> None:
        parser = self._command("signers", "signers:run")
        parser.add_argument("--flow", metavar="FLOW", required=True, help=self._text("option.flow"))
        self._flag(parser, "unmask")
        self._reason_option(parser)
        self._profile_options(parser)

    def import_file(self) -> None:
        parser = self._command("import", "importing:run")
        parser.set_defaults(command="lookup")  # its document is that of a look-up, also when it fails
        parser.add_argument("file", metavar="FILE", help=self._text("option.import_file"))
        parser.add_argument("--kind", choices=KINDS, required=True, help=self._text("option.kind"))
        for name in ("flow", "sign", "order"):
            parser.add_argument(f"--{name}", metavar=name.upper(), help=self._text(f"option.import_{name}"))
        for name in ("unmask", "save"):
            self._flag(parser, name)
        self._reason_option(parser)
        self._seal_options(parser, required=False)

    def rescue(self) -> None:
        parser = self._command("rescue", "rescue:run")
        parser.add_argument("list", metavar="LIST", help=self._text("option.list"))
        self._flag(parser, "retry")
        self._profile_options(parser)
        self._seal_options(parser, required=True)

    def seal(self) -> None:
        parser = self._command("seal", "seal:run")
        parser.add_argument("capture", metavar="CAPTURE", help=self._text("option.capture"))
        self._seal_options(parser, required=True)

    def captures(self) -> None:
        actions = self._group("captures")
        self._command("captures_list", "captures:run_list", actions, "list")
        discard = self._command("captures_discard", "captures:run_discard", actions, "discard")
        discard.add_argument("id", metavar="ID", nargs="?", help=self._text("option.capture"))
        self._flag(discard, "expired")
        discard.add_argument("--reason", metavar="R", required=True, help=self._text("option.reason"))

    def verify(self) -> None:
        parser = self._command("verify", "verify:run")
        parser.add_argument("paths", metavar="PATH", nargs="+", help=self._text("option.folder_or_zip"))
        self._trust_options(parser)

    def library(self) -> None:
        actions = self._group("library")
        for name in ("list", "search", "reindex", "verify"):
            run = {"verify": "library_check:run", "reindex": "library:run_reindex"}.get(name, "library:run_list")
            parser = self._command(f"library_{name}", run, actions, name)
            root_help = self._text("option.library_root")
            parser.add_argument("--evidence-root", metavar="DIR", action="append", help=root_help)
            if name == "verify":
                parser.set_defaults(command="library-verify")
                self._flag(parser, "resume")
                self._trust_options(parser)
            elif name != "reindex":
                self._library_options(parser, with_text=name == "search")

    def _library_options(self, parser: argparse.ArgumentParser, *, with_text: bool) -> None:
        if with_text:
            parser.add_argument("text", metavar="TEXT", nargs="+", help=self._text("option.search_text"))
        parser.add_argument("--case", metavar="C", help=self._text("option.only_case"))
        parser.add_argument("--kind", choices=KINDS, action="append", help=self._text("option.only_kind"))
        for name, metavar in (("operator", "ACCOUNT"), ("tag", "TAG"), ("since", "DATE"), ("until", "DATE")):
            parser.add_argument(f"--{name}", metavar=metavar, help=self._text(f"option.only_{name}"))
        for name, choices in (("section", SECTIONS), ("last-verdict", VERDICTS), ("deadline", DEADLINES)):
            help_text = self._text(f"option.only_{name.replace('-', '_')}")
            parser.add_argument(f"--{name}", choices=choices, help=help_text)
        parser.add_argument("--limit", metavar="N", type=int, default=PAGE_SIZE, help=self._text("option.limit"))
        parser.add_argument("--after", metavar="TOKEN", help=self._text("option.after"))
        for name in ("by_case", "unmask"):
            self._flag(parser, name)

    def _trust_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--signer", metavar="PEM", action="append", help=self._text("option.signer"))
        parser.add_argument("--tsa-root", metavar="PEM", action="append", help=self._text("option.tsa_root"))
        parser.add_argument("--register", metavar="FILE", help=self._text("option.register"))
        self._flag(parser, "require_stamp")

    def export(self) -> None:
        parser = self._command("export", "export:run")
        parser.add_argument("folder", metavar="FOLDER", help=self._text("option.folder"))
        parser.add_argument("-o", "--output", metavar="FILE", required=True, help=self._text("option.package"))
        parser.add_argument("--to", metavar="RECIPIENT", help=self._text("option.recipient"))
        self._flag(parser, "even_if_broken")
        self._flag(parser, "unmask", "option.unmask_page")
        self._reason_option(parser)
        self._passphrase_option(parser)

    def report(self) -> None:
        parser = self._command("report", "report:run")
        parser.add_argument("folder", metavar="FOLDER", help=self._text("option.folder"))
        parser.add_argument("-o", "--output", metavar="FILE", required=True, help=self._text("option.report_file"))
        parser.add_argument("--lang", choices=LANGUAGES, help=self._text("option.report_lang"))
        known = ", ".join(REPORT_SECTIONS)
        parser.add_argument("--sections", metavar="A,B", help=self._text("option.report_sections", known=known))
        parser.add_argument("--as-of", metavar="N", default="", help=self._text("option.report_as_of"))
        self._flag(parser, "unmask", "option.unmask_report")
        self._flag(parser, "even_if_broken", "option.report_broken")
        self._reason_option(parser)
        self._passphrase_option(parser)

    def purge(self) -> None:
        parser = self._command("purge", "purge:run")
        parser.add_argument("folder", metavar="FOLDER", nargs="?", help=self._text("option.folder"))
        parser.add_argument("--reason", metavar="R", help=self._text("option.purge_reason"))
        self._flag(parser, "due")
        self._flag(parser, "soon")
        self._flag(parser, "yes")

    def notes(self) -> None:
        parser = self._command("notes", "notes:run")
        parser.add_argument("folder", metavar="FOLDER", help=self._text("option.folder"))
        parser.add_argument("--signer", metavar="PEM", action="append", help=self._text("option.signer"))

    def stamp(self) -> None:
        parser = self._command("stamp", "stamp:run")
        parser.add_argument("folders", metavar="FOLDER", nargs="*", help=self._text("option.folder"))
        self._stamp_options(parser)
        self._passphrase_option(parser)

    def trust(self) -> None:
        actions = self._group("trust")
        add = self._command("trust_add", "trust:run_add", actions, "add")
        add.add_argument("pem", metavar="PEM", help=self._text("option.trust_pem"))
        add.add_argument("--use", choices=TRUST_USES, help=self._text("option.trust_use"))
        add.add_argument("--fingerprint", metavar="HEX", help=self._text("option.trust_fingerprint"))
        self._command("trust_list", "trust:run_list", actions, "list")
        remove = self._command("trust_remove", "trust:run_remove", actions, "remove")
        remove.add_argument("fingerprint", metavar="HEX", nargs="+", help=self._text("option.trust_which"))

    def logs(self) -> None:
        """The register of seals and the access log have the same commands."""
        for chain in ("register", "log"):
            actions = self._group(chain)
            for action in ("show", "verify", "head", "export"):
                message = f"register_{action}" if chain == "register" else f"log_{action}"
                parser = self._command(message, f"chains:run_{action}", actions, action)
                parser.set_defaults(command=f"{chain}-{action}", chain=chain)
                self._log_options(parser, action, chain)

    def _log_options(self, parser: argparse.ArgumentParser, action: str, chain: str) -> None:
        if action == "show":
            parser.add_argument("--last", metavar="N", type=int, help=self._text("option.last"))
            names = ("--id", "--record") if chain == "log" else ("--id",)
            parser.add_argument(*names, dest="id", metavar="ID", help=self._text("option.only_id"))
            if chain == "log":
                parser.add_argument("--operator", metavar="ACCOUNT", help=self._text("option.log_operator"))
                parser.add_argument("--csv", metavar="FILE", help=self._text("option.csv"))
        elif action == "verify":
            parser.add_argument("--against", metavar="COPY", action="append", help=self._text("option.against"))
        else:
            help_text = self._text("option.head_output" if action == "head" else "option.output")
            parser.add_argument("-o", "--output", metavar="FILE", required=action == "export", help=help_text)

    def profile(self) -> None:
        actions = self._group("profile")
        add = self._command("profile_add", "profile:run_add", actions, "add")
        add.add_argument("name", metavar="NAME", help=self._text("option.profile_name"))
        add.add_argument("--kind", choices=tuple(SECRET_FIELDS), required=True, help=self._text("option.kind"))
        add.add_argument("--environment", choices=ENVIRONMENTS, default="prod", help=self._text("option.environment"))
        add.add_argument("--endpoint", metavar="URL", help=self._text("option.endpoint"))
        for name in PROFILE_OPTIONS:
            add.add_argument(f"--{name.replace('_', '-')}", metavar="X", help=self._text(f"option.{name}"))
        add.add_argument("--ticket-mode", choices=TICKET_MODES, help=self._text("option.ticket_mode"))
        for name in ("accept_token_risk", "replace", "secrets_stdin"):
            self._flag(add, name)
        self._command("profile_list", "profile:run_list", actions, "list")
        for name in ("test", "remove"):
            parser = self._command(f"profile_{name}", f"profile:run_{name}", actions, name)
            parser.add_argument("name", metavar="NAME", help=self._text("option.profile_name"))

    def key(self) -> None:
        actions = self._group("key")
        parsers = {name: self._command(f"key_{name}", f"key:run_{name}", actions, name) for name in _KEY_ACTIONS}
        parsers["export"].add_argument("-o", "--output", metavar="PEM", help=self._text("option.output"))
        parsers["export"].add_argument("--sheet", metavar="PDF", help=self._text("option.key_sheet"))
        parsers["import"].add_argument("file", metavar="FILE", help=self._text("option.key_file"))
        parsers["use"].add_argument("key", choices=(WORKSTATION, ORGANISATION), help=self._text("option.key_use"))
        parsers["retire"].add_argument("--reason", metavar="R", required=True, help=self._text("option.key_reason"))
        parsers["retire"].add_argument("--since", metavar="TIME", help=self._text("option.key_since"))
        self._stamp_options(parsers["retire"])
        for name in ("show", "export", "rotate", "import"):
            self._passphrase_option(parsers[name])

    def simulator(self) -> None:
        parser = self._command("simulator", "simulator:run", json=False)
        parser.add_argument("--port", metavar="N", type=int, default=0, help=self._text("option.port"))
        faults_help = self._text("option.faults", names=", ".join(FAULTS))
        parser.add_argument("--faults", metavar="NAME", choices=tuple(FAULTS), default="none", help=faults_help)

    def doctor(self) -> None:
        self._command("doctor", "doctor:run")

    def stored(self) -> None:
        self._command("stored", "stored:run")

    def _group(self, name: str) -> Subparsers:
        text = self._text(f"cli.{name}")
        parser = self._commands.add_parser(name, help=text, description=text)
        return parser.add_subparsers(dest="subcommand", required=True, metavar=self._text("cli.command"))

    def _command(
        self, message: str, run: str, into: Subparsers = None, name: str = "", *, json: bool = True
    ) -> argparse.ArgumentParser:
        text = self._text(f"cli.{message}")
        parent = self._commands if into is None else into
        parser: argparse.ArgumentParser = parent.add_parser(name or message, help=text, description=text)
        parser.set_defaults(run=run, json=False)
        if json:
            self._flag(parser, "json")
        return parser

    def _flag(self, parser: argparse.ArgumentParser, name: str, help_id: str = "") -> None:
        help_text = self._text(help_id or f"option.{name}")
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=help_text)

    def _profile_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--profile", metavar="P", help=self._text("option.profile"))
        self._flag(parser, "secrets_stdin", "option.secrets_run")

    def _seal_options(self, parser: argparse.ArgumentParser, *, required: bool) -> None:
        parser.add_argument("--case", metavar="C", required=required, help=self._text("option.case"))
        parser.add_argument("--purpose", metavar="P", required=required, help=self._text("option.purpose"))
        parser.add_argument("--evidence-root", metavar="DIR", help=self._text("option.evidence_root"))
        self._stamp_options(parser)
        self._passphrase_option(parser)

    def _stamp_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--tsa-url", metavar="URL", action="append", help=self._text("option.tsa_url"))
        parser.add_argument("--tsa-root", metavar="PEM", action="append", help=self._text("option.tsa_root"))

    def _reason_option(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--reason", metavar="R", default="", help=self._text("option.why"))

    def _passphrase_option(self, parser: argparse.ArgumentParser) -> None:
        self._flag(parser, "key_passphrase_stdin", "option.key_passphrase")


_KEY_ACTIONS = ("show", "export", "rotate", "import", "use", "retire")


def translate_argparse(messages: Messages) -> None:
    """Hand argparse our catalogue: it looks its words up through a module-level `_`, made for gettext."""
    known = {text: messages.text(f"argparse.{index}") for index, text in enumerate(_TRANSLATED)}
    translate: Callable[[str], str] = lambda text: known.get(text, text)  # noqa: E731
    argparse._ = translate  # type: ignore[attr-defined]
