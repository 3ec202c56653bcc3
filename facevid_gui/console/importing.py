"""`facevid import FILE`: an answer saved earlier becomes a capture that nobody witnessed (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.console.asking import cleaned
from facevid_gui.console.lookup import finish
from facevid_gui.console.reasons import check_unmasking
from facevid_gui.console.sealing import plan_seal
from facevid_gui.core.query import Query
from facevid_gui.lookups.lookup import LookupResult

if TYPE_CHECKING:
    from facevid_gui.console.context import Context


def run(context: Context) -> int:
    """Import one answer; from there on it is treated as if it had been looked up."""
    check_unmasking(context)
    arguments = context.arguments
    flow_id, sign_id, order_no = (
        None if pasted is None else cleaned(context, pasted)
        for pasted in (arguments.flow, arguments.sign, arguments.order)
    )
    query = Query(arguments.kind, flow_id, sign_id, order_no)
    plan = plan_seal(context) if arguments.save else None
    context.house.recover()
    imported = context.house.importer.import_file(Path(arguments.file), query, context.token)
    record = imported.record
    context.output.say("import.not_witnessed")
    known = Query(record.kind, record.flow_id, record.sign_id, record.order_no)
    return finish(context, LookupResult(record.outcome, record, imported.capture), known, plan)
