"""`facevid signers --flow FLOW`: who signed, with state and remaining time (floor 4)."""

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
from facevid_gui.console.output import plain
from facevid_gui.console.reasons import check_unmasking, reason_given
from facevid_gui.console.show_record import deadline_member
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.ids import check_flow_id
from facevid_gui.core.masking import mask_name
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.wording import deadline_text, signer_text, state_text
from facevid_gui.lookups.lookup import Lookup

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.core.record import Flow

SCHEMA = "facevid-signers/1"


def run(context: Context) -> int:
    """List the signers of one flow."""
    check_unmasking(context)
    flow_id = check_flow_id(cleaned(context, context.arguments.flow))
    profile, secrets = credentials_for(context, ESS_KINDS)
    connection = context.house.connection(profile, secrets, for_this_run=context.arguments.secrets_stdin)
    lookup = Lookup(context.house.workplace, context.token, progress_printer(context))
    result = connection.signers(lookup, flow_id)
    if result.outcome.kind is not OutcomeKind.FOUND or result.flow is None:
        show_outcome(context, result.outcome)
        error = outcome_error(result.outcome, context.messages)
        context.output.document({"schema": SCHEMA, "ok": False, "flow_id": flow_id, "error": error, "capture": None})
        return result.outcome.exit_code
    unmask = context.arguments.unmask
    if unmask:
        log_unmasking(context, result.outcome.request_id)
    show_signers(context, result.flow, unmask=unmask)
    signers = signer_members(result.flow, unmask=unmask)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "flow_id": flow_id,
            "flow_status": result.flow.status,
            "signers": signers,
        }
    )
    return 0


def log_unmasking(context: Context, request_id: str | None) -> None:
    """Log that names of signers were shown: there is no evidence id, so the provider's request id says which."""
    told = reason_given(context, "unmask")
    context.house.access_log.add("unmasked", "", command="signers", request_id=request_id or "", **told)


def signer_members(flow: Flow, *, unmask: bool) -> list[dict[str, Any]]:
    """The `signers` member."""
    return [
        {
            "sign_id": signer.sign_id,
            "name": signer.name if unmask else mask_name(signer.name),
            "type": signer.type,
            "state": signer.state,
            "approved_at": to_rfc3339(signer.approved_at) if signer.approved_at else None,
            "deadline": deadline_member(signer.deadline),
        }
        for signer in flow.signers
    ]


def show_signers(context: Context, flow: Flow, *, unmask: bool) -> None:
    """Print the signers."""
    messages, output = context.messages, context.output
    output.say("signers.title", name=plain(flow.name), state=plain(state_text(flow.status, messages)))
    for signer in flow.signers:
        output.line(f"  {signer.sign_id or '-'}  {plain(signer_text(signer, unmask=unmask))}")
        left = deadline_text(signer.deadline, context.house.clock.now(), messages) if signer.approved_at else "-"
        kind = messages.text(f"signer.type.{signer.type}") if signer.type else "-"
        output.line(f"      {plain(kind)} · {plain(state_text(signer.state, messages))} · {left}")
