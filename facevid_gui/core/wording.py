"""How facts about records are said, by console, window and report alike (floor 0).

What enters: values of the core and the catalogue. What leaves: sentences, not yet made safe for a terminal or a
label: names and transcripts come from strangers, and whoever shows them makes them harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.clock import CHINA_TIME, to_rfc3339
from facevid_gui.core.masking import mask_name, mask_number
from facevid_gui.core.moments import shown_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from facevid_gui.core.deadline import Deadline
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import MediaItem, Question, RiskTag, Scores, Signer

URGENT_HOURS = 6
_ENDS = (".", "!", "?", "\u2026")
_FULL_WIDTH_ENDS = ("\u3002", "\uff01", "\uff1f")


def local_time(moment: datetime | None, messages: Messages) -> str:
    """A moment in China time and UTC, both named."""
    if moment is None:
        return messages.text("value.not_returned")
    try:
        return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S} UTC+8 ({to_rfc3339(moment)})"
    except OverflowError:  # the last hours of the year 9999, in a folder that came from elsewhere
        return to_rfc3339(moment)


def short_time(moment: datetime | None) -> str:
    """A moment in China time for a list, "-" when unknown; the zone is said beside the list."""
    if moment is None:
        return "-"
    try:
        return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
    except OverflowError:
        return to_rfc3339(moment)


def deadline_text(deadline: Deadline, now: datetime, messages: Messages) -> str:
    """How long the provider still keeps the recording, with the rule it comes from."""
    if deadline.outer is None:
        return messages.text("deadline.unknown")
    moment = deadline.safe or deadline.outer
    which = "safe" if deadline.safe else "outer"
    left = (moment - now).total_seconds()
    if left <= 0 and deadline.safe and deadline.outer > now:
        return messages.text("deadline.safe_passed", outer=local_time(deadline.outer, messages))
    if left <= 0:
        return messages.text("deadline.passed", moment=local_time(moment, messages))
    hours, minutes = divmod(int(left) // 60, 60)
    return messages.text(f"deadline.{which}", hours=hours, minutes=minutes, moment=local_time(moment, messages))


def countdown(deadline: Deadline, now: datetime, messages: Messages) -> tuple[str, str]:
    """The time left in few words, and its tone: "warn", "bad" when it is short or over, "muted" when gone."""
    if deadline.outer is None:
        return messages.text("countdown.unknown"), "bad"
    if deadline.outer <= now:
        return messages.text("countdown.passed"), "muted"
    if deadline.safe is not None and deadline.safe <= now:
        hours, minutes = divmod(int((deadline.outer - now).total_seconds()) // 60, 60)
        return messages.text("countdown.safe_passed", hours=hours, minutes=minutes), "bad"
    moment = deadline.safe or deadline.outer
    hours, minutes = divmod(int((moment - now).total_seconds()) // 60, 60)
    which = "safe" if deadline.safe else "outer"
    return (
        messages.text(f"countdown.{which}", hours=hours, minutes=minutes),
        "bad" if hours < URGENT_HOURS else "warn",
    )


def deadline_rule(deadline: Deadline, now: datetime, messages: Messages) -> str:
    """When the provider deletes its copy and by which rule, for a banner: moments in China time, the zone said."""
    safe, outer = shown_time(deadline.safe, messages), shown_time(deadline.outer, messages)
    if deadline.outer is None:
        return messages.text("rule.unknown")
    if deadline.outer <= now:
        return messages.text("rule.passed", outer=outer)
    if deadline.safe is None:
        return messages.text("rule.outer", outer=outer)
    return messages.text("rule.safe" if deadline.safe > now else "rule.safe_passed", safe=safe, outer=outer)


def deadline_sources(deadline: Deadline, messages: Messages) -> str:
    """Each of the deadlines with the page it comes from: Tencent's own pages contradict each other."""
    if deadline.outer is None:
        return messages.text("banner.rule_unknown")
    outer = {"outer": shown_time(deadline.outer, messages), "outer_source": deadline.outer_source or "-"}
    if deadline.safe is None:
        return messages.text("banner.rule_outer", **outer)
    safe = {"safe": shown_time(deadline.safe, messages), "safe_source": deadline.safe_source or "-"}
    return messages.text("banner.rules", **safe, **outer)


def signer_text(signer: Signer, *, unmask: bool) -> str:
    """Name, number and company of a signer, masked unless asked otherwise."""
    name = signer.name if unmask else mask_name(signer.name)
    mobile = signer.mobile if unmask else mask_number(signer.mobile)
    return " ".join(part for part in (name, mobile, signer.organization) if part)


def state_text(state: str, messages: Messages) -> str:
    """The state of a flow or signer; one we have no word for is shown as it came."""
    known = f"flow.state.{state}"
    return messages.text(known) if messages.has(known) else state


def media_name(item: MediaItem, messages: Messages) -> str:
    """What a clip or photo is called, for the middle of a sentence."""
    return messages.text(f"role.{item.role}", number=item.index)


def risk_meaning(tag: RiskTag, messages: Messages) -> str:
    """What a risk tag means, or that no meaning is published for this product."""
    if tag.meaning_id:
        return messages.text(tag.meaning_id)
    return messages.text("risk.not_listed" if _has_table(tag) else "risk.unknown")


def document_state(state: str, findings: Sequence[str], messages: Messages) -> str:
    """What checking a note or snapshot came to, the reasons included."""
    why = "; ".join(messages.text(f"sidecar.finding.{finding}") for finding in findings)
    return (
        messages.text(f"sidecar.state.{state}", why=why)
        if state == "broken"
        else messages.text(f"sidecar.state.{state}")
    )


def missing_numbers(gaps: Sequence[tuple[int, int]], messages: Messages) -> str:
    """Which numbers of a series are missing."""
    runs = (str(first) if first == last else f"{first}–{last}" for first, last in gaps)
    return messages.text("sidecar.missing", numbers=", ".join(runs))


def risk_limits(tag: RiskTag, messages: Messages) -> str:
    """What a tag does not prove; for one without a meaning, why it has none."""
    if tag.meaning_id:
        return messages.text(f"{tag.meaning_id}.limits")
    if _has_table(tag):
        return messages.text("risk.not_listed.limits")
    return messages.text("risk.level" if tag.field.lower().endswith("level") else "risk.no_table")


def _has_table(tag: RiskTag) -> bool:
    """Whether a table of this field is published for this product (kyc.md 7.2)."""
    return tag.field.lower().replace("_", "").replace("-", "") == "livenessinfotag"


def score_text(scores: Scores, name: str, messages: Messages) -> str:
    """A score as received; one that is not there says in which way it is not."""
    value: str | None = getattr(scores, name)
    if value is not None:
        return value
    how = dict(scores.hollow).get(name)
    return messages.text(f"value.{how}" if how else "value.not_returned")


def question_result(question: Question, messages: Messages) -> tuple[str, str]:
    """What the code of an answer says, and its tone. Only 0 is documented for e-sign, -1 for its sister interface."""
    if question.code is None:
        return messages.text("question.no_code"), "muted"
    known = {"0": ("matched", ""), "-1": ("not_matched", "warn")}
    name, tone = known.get(question.code, ("unknown_code", "warn"))
    return messages.text(f"question.{name}", code=question.code), tone


def window_failure(code: str, params: Mapping[str, str], messages: Messages) -> tuple[str, str]:
    """Word a failure for the window: what happened, and the next step a person can take there.

    The catalogue's next steps name commands of the console; `error.<code>.next.window` takes their place.
    """
    what, next_step = messages.failure(code, params)
    override = f"{messages.words_for(code, params)}.next.window"
    return what, messages.text(override, **messages.worded(params)) if messages.has(override) else next_step


def failure_text(code: str, params: Mapping[str, str], messages: Messages) -> str:
    """Both as one text, for a label."""
    return joined(*window_failure(code, params, messages))


def joined(what: str, more: str) -> str:
    """Two sentences, one behind the other; below the other where the first ends with a path or another value."""
    if what.endswith(_FULL_WIDTH_ENDS):
        return f"{what}{more}"
    return f"{what} {more}" if what.endswith(_ENDS) else f"{what}\n{more}"


def size_text(size_bytes: int) -> str:
    """A size in decimal units, as file managers of most systems say it."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def reason_words(reason: str, messages: Messages) -> str:
    """What a check found wrong first, as the library keeps it: a code, perhaps a path; "" when nothing was."""
    code, _, path = reason.partition(" ")
    return f"{messages.text(f'reason.{code}')} {path}".strip() if code else ""
