"""`facevid seal CAPTURE`: an unsaved capture becomes evidence (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.console.lookup import sealed_members
from facevid_gui.console.sealing import plan_seal, seal_capture

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-seal/1"


def run(context: Context) -> int:
    """Seal one capture."""
    plan = plan_seal(context)
    context.house.recover()
    sealed = seal_capture(context, plan, context.house.captures.open(context.arguments.capture))
    context.output.say("seal.done", path=sealed.folder, seal=sealed.seal_sha256)
    context.output.document({"schema": SCHEMA, "ok": True, **sealed_members(sealed)})
    return 0
