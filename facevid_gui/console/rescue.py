"""`facevid rescue LIST.csv`: every record of a list looked up and sealed, the most urgent first (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.asking import credentials_for, outcome_error
from facevid_gui.console.keys import open_key
from facevid_gui.console.output import error_member, plain
from facevid_gui.console.sealing import SealPlan, plan_seal, stamp_capture
from facevid_gui.core.errors import CancelledError
from facevid_gui.core.ids import KINDS
from facevid_gui.credentials.choice import read_secrets
from facevid_gui.lookups.connection import Connection
from facevid_gui.lookups.list_file import read_list
from facevid_gui.lookups.rescue_list import RescueList, RowResult, kind_in_use, profile_for
from facevid_gui.lookups.rescue_one import Tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.console.context import Context
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.lookups.list_file import ListRow

SCHEMA = "facevid-rescue/1"


def run(context: Context) -> int:
    """Rescue a list; the highest exit code of its rows counts, 130 when it was stopped."""
    plan = plan_seal(context)
    profiles = _Profiles(context)
    listed = read_list(Path(context.arguments.list), profiles.kind)
    context.house.recover()
    rescue = RescueList(_tools(context, plan, profiles), plan.request, context.token, retry=context.arguments.retry)
    results: list[RowResult] = []
    code = 0
    try:
        for result in rescue.run(listed):
            results.append(result)
            code = max(code, result.ending.exit_code)
            _show(context, result)
            if context.output.as_json:
                context.output.note("rescue.progress", done=len(results), left=rescue.waiting)
    except CancelledError as error:
        code = error.exit_code
    done = sum(result.ending.settled for result in results)
    left = len(results) - done + rescue.waiting
    _show_summary(context, results, left)
    rows = [_member(context, result) for result in results]
    context.output.document({"schema": SCHEMA, "ok": code == 0, "rows": rows, "done": done, "left": left})
    return code


class _Profiles:
    """Which profile a row is asked with, and its secrets: those of standard input count for one profile."""

    def __init__(self, context: Context) -> None:
        self._house = context.house
        self._named = context.arguments.profile or context.house.environ.get("FACEVID_PROFILE")
        self._given: tuple[Profile, Mapping[str, Secret]] | None = None
        if context.arguments.secrets_stdin:
            self._given = credentials_for(context, KINDS)

    @property
    def kind(self) -> str | None:
        """What ids without a column name are taken for."""
        return kind_in_use(self._named, self._house.profiles)

    def choose(self, row: ListRow) -> Profile:
        """The profile of a row; with the ticket mode that follows from its secret, if that was given for this run."""
        chosen = profile_for(row, self._named, self._house.environ, self._house.profiles)
        return self._given[0] if self._given and self._given[0].name == chosen.name else chosen

    def connect(self, profile: Profile) -> Connection:
        """Read the secrets of a profile."""
        house = self._house
        given = self._given[1] if self._given and self._given[0] == profile else None
        secrets = read_secrets(profile, house.secret_store, house.environ, given)
        return house.connection(profile, secrets, for_this_run=given is not None)


def _tools(context: Context, plan: SealPlan, profiles: _Profiles) -> Tools:
    house = context.house
    return Tools(
        workplace=house.workplace,
        sealer=house.sealer,
        register=house.register,
        journal=house.journal,
        choose=profiles.choose,
        connect=profiles.connect,
        open_key=lambda: open_key(context),
        stamp=lambda folder, signer: stamp_capture(context, plan, folder, signer),
    )


def _show(context: Context, result: RowResult) -> None:
    ending, subject, output = result.ending, result.subject, context.output
    if ending.evidence is not None:
        output.say("rescue.sealed", line=result.line, ids=_ids(result), path=ending.evidence)
        return
    error = _error(context, result)
    why = plain(error["message"]) if error else ""
    if subject is None:
        output.say("rescue.no_record", line=result.line, why=why)
    elif ending.capture is not None and ending.problem is not None:
        output.say("rescue.not_sealed", line=result.line, ids=_ids(result), why=why, id=ending.evidence_id)
    else:
        output.say("rescue.not_found", line=result.line, ids=_ids(result), why=why)


def _show_summary(context: Context, results: list[RowResult], left: int) -> None:
    """Print what can be done about each kind of failure, once, and what the list came to."""
    errors = [error for result in results if (error := _error(context, result))]
    for step in {error["code"]: error["next_step"] for error in errors}.values():
        context.output.line(f"→ {plain(step)}")
    sealed = sum(result.ending.evidence is not None for result in results)
    settled = sum(result.ending.settled for result in results)
    context.output.say("rescue.summary", sealed=sealed, unsealed=settled - sealed, left=left)
    context.output.say("rescue.go_on" if left else "rescue.finished")


def _member(context: Context, result: RowResult) -> dict[str, Any]:
    ending, subject = result.ending, result.subject
    return {
        "line": result.line,
        "flow_id": subject.flow_id if subject else None,
        "sign_id": subject.sign_id if subject else None,
        "order_no": subject.order_no if subject else None,
        "outcome": str(ending.outcome.kind) if ending.outcome else None,
        "evidence": str(ending.evidence) if ending.evidence else None,
        "evidence_id": ending.evidence_id,
        "seal_sha256": ending.seal_sha256,
        "error": _error(context, result),
    }


def _error(context: Context, result: RowResult) -> dict[str, Any] | None:
    """Why a row has no evidence."""
    problem, outcome = result.ending.problem, result.ending.outcome
    if problem is not None:
        return error_member(problem.code, *context.messages.error(problem))
    return outcome_error(outcome, context.messages) if outcome is not None and not outcome.ok else None


def _ids(result: RowResult) -> str:
    subject = result.subject
    return " ".join(filter(None, (subject.flow_id, subject.sign_id, subject.order_no))) if subject else ""
