"""The one parser: from the bytes of an answer to what it says (floor 1).

What enters: the kind of provider and a `Body`. What leaves: an `Answer`: the provider's words, scores,
tags, questions, and for every clip or photo where its base64 text stands. Nothing is decoded here.
Everything is tolerated that the pages say may happen: null, absent, empty, unequal lists, numbers as
strings, unknown members (ess.md 2.3, kyc.md 5.1, pitfalls.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from facevid_gui.captures.details import ess_details, kyc_details
from facevid_gui.captures.risk import hollow_risks, risk_tags
from facevid_gui.captures.scanner import AnswerFormatError, Json, Span, member, read_document, text_of
from facevid_gui.core.clock import from_china_compact
from facevid_gui.core.record import Question, RiskTag, Scores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from facevid_gui.captures.body import Body
    from facevid_gui.core.record import Detail

MAX_CLIPS = 64
MAX_QUESTIONS = 64
_RATES = {"liveRate": "live_rate", "similarity": "similarity"}


@dataclass(frozen=True)
class MediaText:
    """The base64 text of one clip or photo: inline when short, else a span of the body."""

    role: str
    index: int
    name: str
    pointer: str
    text: str | Span


@dataclass(frozen=True)
class Answer:
    """What an answer says. `provider_code` is None or "0" for success.

    `copies` are the result code, the scores and the questions once more, each as JSON pointer and text.
    """

    document: Json
    provider_code: str | None
    provider_message: str | None
    request_id: str | None
    media: tuple[MediaText, ...] = ()
    scores: Scores = field(default_factory=Scores)
    copies: tuple[tuple[str, str], ...] = ()
    risk_tags: tuple[RiskTag, ...] = ()
    hollow_risks: tuple[tuple[str, str], ...] = ()
    questions: tuple[Question, ...] = ()
    details: tuple[Detail, ...] = ()
    occurred_at: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_refusal(self) -> bool:
        """Whether the provider answered with a code other than success."""
        return self.provider_code not in (None, "0")


def read_answer(kind: str, body: Body, *, bare: bool = False) -> Answer:
    """Read the answer of a provider of `kind`. Raises `AnswerFormatError` when it is not such an answer.

    `bare` takes an e-sign answer without its `Response`, too: that is what SDK and CLI print.
    """
    return answer_of(kind, read_document(body.pieces()), bare=bare)


def answer_of(kind: str, document: Json, *, bare: bool = False) -> Answer:
    """What a document that was read says, as `read_answer`."""
    return _kyc_answer(document) if kind == "kyc" else _ess_answer(document, bare=bare)


def _ess_answer(document: Json, *, bare: bool) -> Answer:
    response, base = member(document, "Response"), "/Response"
    if bare and isinstance(document, dict) and "Response" not in document:
        response, base = document, ""
    if not isinstance(response, dict):
        raise AnswerFormatError("no Response")
    error = response.get("Error")
    code = text_of(member(error, "Code"))
    question = member(response, "IntentionQuestionResult")
    warning = text_of(response.get("DeprecatedWarning"))
    return Answer(
        document=document,
        provider_code=None if error is None else code or "unknown",
        provider_message=text_of(member(error, "Message")) or text_of(error),
        request_id=text_of(response.get("RequestId")),
        media=tuple(_ess_media(response, base)),
        copies=(*(((f"{base}/Error/Code", code),) if code else ()), *_question_copies(question, base)),
        questions=tuple(_questions(question)),
        details=ess_details(response, base),
        warnings=(warning,) if warning else (),
    )


def _ess_media(response: Json, base: str) -> Iterator[MediaText]:
    for spelling in ("LiveNessVideo", "LivenessVideo"):
        text = _media_text(member(member(response, "VideoData"), spelling))
        if text:
            yield MediaText("liveness", 1, "liveness", f"{base}/VideoData/{spelling}", text)
            break
    text = _media_text(member(member(response, "IntentionQuestionResult"), "Video"))
    if text:
        yield MediaText("question", 1, "question", f"{base}/IntentionQuestionResult/Video", text)
    details = member(member(response, "IntentionActionResult"), "Details")
    for number, (pointer, detail) in enumerate(_items(details, f"{base}/IntentionActionResult/Details"), 1):
        text = _media_text(member(detail, "Video"))
        if text:
            yield MediaText("nod", number, f"nod-{number:02d}", f"{pointer}/Video", text)


def _questions(question: Json) -> Iterator[Question]:
    transcripts = _as_list(member(question, "AsrResult"))
    codes = _as_list(member(question, "ResultCode"))
    for transcript, code in zip_longest(transcripts, codes):
        yield Question(text_of(transcript), text_of(code))


def _question_copies(question: Json, base: str) -> Iterator[tuple[str, str]]:
    for name in ("AsrResult", "ResultCode"):
        value = member(question, name)
        pointer = f"{base}/IntentionQuestionResult/{name}"
        for index, item in enumerate(_as_list(value)):
            text = text_of(item)
            if text is not None:
                yield f"{pointer}/{index}" if isinstance(value, list) else pointer, text


def _kyc_answer(document: Json) -> Answer:
    code = text_of(member(document, "code"))
    if code is None:
        raise AnswerFormatError("no code")
    result = member(document, "result")
    rates = {name: text_of(member(result, name)) or None for name in _RATES}
    return Answer(
        document=document,
        provider_code=code.strip(),
        provider_message=(text_of(member(document, "msg")) or "").strip() or None,
        request_id=text_of(member(document, "bizSeqNo")) or text_of(member(result, "bizSeqNo")),
        media=tuple(_kyc_media(result)),
        scores=Scores(rates["liveRate"], rates["similarity"], tuple(_hollow(result))),
        copies=(("/code", code), *((f"/result/{name}", rate) for name, rate in rates.items() if rate)),
        risk_tags=risk_tags(document),
        hollow_risks=hollow_risks(document),
        details=kyc_details(document, result),
        occurred_at=from_china_compact(text_of(member(result, "occurredTime")) or ""),
    )


def _hollow(result: Json) -> Iterator[tuple[str, str]]:
    """Scores that were named without a value: that is not the same as not being returned."""
    for name, score in _RATES.items():
        value = member(result, name)
        if isinstance(result, dict) and name in result and not text_of(value):
            yield score, "null" if value is None else "empty" if value == "" else "odd"


def _kyc_media(result: Json) -> Iterator[MediaText]:
    video = _media_text(member(result, "video"))
    if video:
        yield MediaText("liveness", 1, "video", "/result/video", video)
    photos = [("/result/photo", member(result, "photo")), *_items(member(result, "photoList"), "/result/photoList")]
    found = [(pointer, text) for pointer, value in photos if (text := _media_text(value))]
    for number, (pointer, text) in enumerate(found, 1):
        yield MediaText("photo", number, f"photo-{number:02d}", pointer, text)


def _media_text(value: Json) -> str | Span | None:
    if isinstance(value, Span):
        return value
    return value.strip() or None if isinstance(value, str) else None


def _items(value: Json, pointer: str) -> list[tuple[str, Json]]:
    """The items of a list of media with their pointers; anything else instead of a list counts as its only item."""
    if isinstance(value, list):
        return [(f"{pointer}/{position}", item) for position, item in enumerate(value[:MAX_CLIPS])]
    return [(pointer, value)]


def _as_list(value: Json) -> list[Json]:
    """The items of a list; one text instead of a list counts as its only item."""
    if isinstance(value, list):
        return value[:MAX_QUESTIONS]
    return [] if text_of(value) is None else [value]
