"""What the asking commands share: options, credentials, progress, outcomes in words (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import error_member, plain
from facevid_gui.core.ids import clean_id
from facevid_gui.credentials.choice import check_secrets, choose_profile, read_secrets, with_ticket_mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from facevid_gui.console.context import Context
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile

ESS_KINDS = ("ess", "essbasic")
_LARGE_OFFSET_S = 60


def cleaned(context: Context, pasted: str) -> str:
    """Clean a pasted id, visibly."""
    result = clean_id(pasted)
    if result.changed:
        context.output.note("id.cleaned", id=plain(result.text))
    return result.text


def credentials_for(context: Context, kinds: tuple[str, ...]) -> tuple[Profile, Mapping[str, Secret]]:
    """The profile and its secrets; with `--secrets-stdin` those of standard input, for this run only."""
    house, arguments = context.house, context.arguments
    profile = choose_profile(kinds, arguments.profile, house.environ, house.profiles)
    given = None
    if arguments.secrets_stdin:
        mode, given = check_secrets(profile.kind, profile.ticket_mode, context.secrets_from_stdin())
        profile = with_ticket_mode(profile, mode)
    return profile, read_secrets(profile, house.secret_store, house.environ, given)


def progress_printer(context: Context) -> Callable[[str, int], None]:
    """Say on standard error which stage a look-up is in; bytes are not counted there."""
    told: set[str] = set()

    def tell(stage: str, number: int) -> None:
        if stage in ("poll", "retry") or stage not in told:
            told.add(stage)
            context.output.note(f"progress.{stage}", number=number)

    return tell


def outcome_error(outcome: Outcome, messages: Messages) -> dict[str, Any]:
    """The `error` member for an outcome that is not "found"."""
    message, next_step = messages.failure(outcome.code, dict(outcome.params))
    return error_member(
        outcome.code, message, next_step, provider_code=outcome.provider_code, request_id=outcome.request_id,
        provider_message=outcome.provider_message, clock_offset_s=outcome.clock_offset_s,
    )  # fmt: skip


def show_outcome(context: Context, outcome: Outcome) -> None:
    """Print an outcome that is not "found": what, next step, the provider's own words."""
    message, next_step = context.messages.failure(outcome.code, dict(outcome.params))
    context.output.failure(message, next_step)
    if outcome.provider_code and outcome.provider_code != "0":
        words = plain(f"{outcome.provider_code} {outcome.provider_message or ''}".strip())
        context.output.note("provider.words", words=words, request_id=plain(outcome.request_id or "-"))
    if outcome.clock_offset_s is not None and abs(outcome.clock_offset_s) > _LARGE_OFFSET_S:
        context.output.note("clock.offset", seconds=round(outcome.clock_offset_s))
