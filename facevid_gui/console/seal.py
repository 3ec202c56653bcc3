"""`facevid seal CAPTURE`: an unsaved capture becomes evidence (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.console.lookup import sealed_members
from facevid_gui.console.options import Subparsers, add_seal_options, command
from facevid_gui.console.sealing import plan_seal, seal_capture

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.core.messages import Messages

SCHEMA = "facevid-seal/1"


def add_arguments(commands: Subparsers, messages: Messages) -> None:
    """Add the command's grammar."""
    parser = command(commands, "seal", run, messages, "cli.seal")
    parser.add_argument("capture", metavar="CAPTURE", help=messages.text("option.capture"))
    add_seal_options(parser, messages, required=True)


def run(context: Context) -> int:
    """Seal one capture."""
    plan = plan_seal(context)
    context.house.recover()
    sealed = seal_capture(context, plan, context.house.captures.open(context.arguments.capture))
    context.output.say("seal.done", path=sealed.folder, seal=sealed.seal_sha256)
    context.output.document({"schema": SCHEMA, "ok": True, **sealed_members(sealed)})
    return 0
