"""`facevid lookup ess|kyc`: one look-up, kept, shown without media, sealed if asked (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.console.asking import (
    ESS_KINDS,
    cleaned,
    credentials_for,
    outcome_error,
    progress_printer,
    show_outcome,
)
from facevid_gui.console.output import error_member
from facevid_gui.console.reasons import check_unmasking, reason_given
from facevid_gui.console.sealing import SealPlan, plan_seal, seal_capture
from facevid_gui.console.show_record import record_members, show_record
from facevid_gui.console.signers import log_unmasking, show_signers, signer_members
from facevid_gui.core.errors import FacevidError
from facevid_gui.core.query import Query
from facevid_gui.lookups.lookup import Lookup, LookupResult

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.console.context import Context
    from facevid_gui.core.record import Record
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.evidence.seal import Sealed

SCHEMA = "facevid-lookup/1"


def run_ess(context: Context) -> int:
    """Look up a flow's recording."""
    check_unmasking(context)
    flow_id = cleaned(context, context.arguments.flow)
    sign_id = None if context.arguments.sign is None else cleaned(context, context.arguments.sign)
    Query.for_flow("ess", flow_id, sign_id)
    plan = plan_seal(context) if context.arguments.save else None
    profile, secrets = credentials_for(context, ESS_KINDS)
    return _look_up(context, profile, secrets, Query.for_flow(profile.kind, flow_id, sign_id), plan)


def run_kyc(context: Context) -> int:
    """Look up an order's record."""
    check_unmasking(context)
    query = Query.for_order(cleaned(context, context.arguments.order))
    plan = plan_seal(context) if context.arguments.save else None
    profile, secrets = credentials_for(context, ("kyc",))
    return _look_up(context, profile, secrets, query, plan)


def _look_up(
    context: Context, profile: Profile, secrets: Mapping[str, Secret], query: Query, plan: SealPlan | None
) -> int:
    connection = context.house.connection(profile, secrets, for_this_run=context.arguments.secrets_stdin)
    context.house.recover()
    lookup = Lookup(context.house.workplace, context.token, progress_printer(context))
    return finish(context, connection.look_up(lookup, query), query, plan)


def finish(context: Context, result: LookupResult, query: Query, plan: SealPlan | None) -> int:
    """Show what a look-up or an import came to, seal what was found if that was planned; return the exit code."""
    document = _document(context, result, query)
    outcome = result.outcome
    _log_access(context, result)
    if not outcome.ok or result.record is None:
        _show_failure(context, result)
        context.output.document(document)
        return outcome.exit_code
    show_record(result.record, context.output, context.house.clock.now(), unmask=context.arguments.unmask)
    if plan is None:
        context.output.say("lookup.kept", path=result.capture)
        context.output.document(document)
        return 0
    try:
        sealed = _seal(context, result, plan)
    except FacevidError as error:
        message, next_step = context.messages.error(error)
        context.output.failure(message, next_step)
        context.output.note("lookup.kept", path=result.capture)
        context.output.document({**document, "ok": False, "error": error_member(error.code, message, next_step)})
        return error.exit_code
    context.output.say("seal.done", path=sealed.folder, seal=sealed.seal_sha256)
    media = record_members(result.record, sealed.folder / "data", context.messages)
    context.output.document({**document, **media, **sealed_members(sealed)})
    return 0


def sealed_members(sealed: Sealed) -> dict[str, Any]:
    """The members that say where the evidence is."""
    return {
        "capture": None,
        "evidence": str(sealed.folder),
        "evidence_id": sealed.evidence_id,
        "seal_sha256": sealed.seal_sha256,
    }


def _seal(context: Context, result: LookupResult, plan: SealPlan) -> Sealed:
    assert result.capture is not None
    entry: CaptureEntry = context.house.captures.open(str(result.capture))
    return seal_capture(context, plan, entry)


def _log_access(context: Context, result: LookupResult) -> None:
    """Log first, then show: what is printed is a look at the record, unmasked or not."""
    record, unmask = result.record, context.arguments.unmask
    if record is not None and (result.outcome.ok or _has_scores(record)):
        context.house.access_log.add("opened", record.evidence_id, command="lookup")
        if unmask:
            told = reason_given(context, "unmask")
            context.house.access_log.add("unmasked", record.evidence_id, command="lookup", **told)
    elif unmask and result.flow is not None:
        log_unmasking(context, result.outcome.request_id)


def _has_scores(record: Record) -> bool:
    """Whether a record that failed shows something of the person all the same."""
    return record.kind == "kyc" and bool(record.scores.live_rate)


def _document(context: Context, result: LookupResult, query: Query) -> dict[str, Any]:
    """`facevid-lookup/1`, with `error` when the record was not found."""
    outcome, messages = result.outcome, context.messages
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "ok": outcome.ok,
        "outcome": str(outcome.kind),
        "kind": query.kind,
        "flow_id": query.flow_id,
        "sign_id": query.sign_id,
        "order_no": query.order_no,
        "provider_code": outcome.provider_code,
        "provider_message": outcome.provider_message,
        "request_id": outcome.request_id,
        "clock_offset_s": outcome.clock_offset_s,
    }
    if result.record is not None:
        document |= record_members(result.record, result.capture, messages)
    if not outcome.ok:
        document["error"] = outcome_error(outcome, messages)
    if result.flow is not None:
        document["signers"] = signer_members(result.flow, unmask=context.arguments.unmask)
    document |= {
        "capture": str(result.capture) if result.capture else None,
        "evidence": None,
        "evidence_id": result.record.evidence_id if result.record else _id_of(result.capture),
        "seal_sha256": None,
    }
    return document


def _show_failure(context: Context, result: LookupResult) -> None:
    if result.record is not None and _has_scores(result.record):
        show_record(result.record, context.output, context.house.clock.now(), unmask=False)
    show_outcome(context, result.outcome)
    if result.flow is not None:
        show_signers(context, result.flow, unmask=context.arguments.unmask)
    if result.capture is not None:
        context.output.note("lookup.kept_anyway", path=result.capture)


def _id_of(capture: Path | None) -> str | None:
    return capture.name.removeprefix(".partial-") if capture else None
