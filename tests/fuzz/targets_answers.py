"""Answers of the providers, on their way and as they were saved: ESS, ESSBASIC, KYC, base64, flows."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from facevid_gui.captures.answers import MAX_CLIPS, Answer, read_answer
from facevid_gui.captures.body import BytesBody, as_saved, unpacked
from facevid_gui.captures.extract import decoded
from facevid_gui.captures.flows import flow_of, trimmed_to
from facevid_gui.captures.outcomes import outcome_of
from facevid_gui.captures.records import copied_values, media_items
from facevid_gui.captures.scanner import (
    LONG_STRING_BYTES,
    AnswerFormatError,
    Span,
    member,
    read_document,
    text_of,
    value_at,
)
from facevid_gui.core.clock import from_china_compact, from_http_date, from_unix_seconds, to_rfc3339
from facevid_gui.media.base64s import Base64Decoder
from tests.fuzz import json_level, text_level
from tests.fuzz.target import Feed, Target, must, sayable, typed
from tests.support.captures_exchanges import exchange

_PIECES = (1, 7, 64, 1000, 1 << 20)


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _piece_size(data: bytes) -> int:
    """Where a body is cut depends on the body, so that the same input is the same case."""
    size = _PIECES[len(data) % len(_PIECES)]
    return size if len(data) // size < 5000 else 1 << 20


def _answers(kind: str) -> Feed:
    def feed(data: bytes) -> None:
        body = BytesBody(data)
        for bare in (False, True):
            with typed(AnswerFormatError):
                _check_answer(kind, read_answer(kind, body, bare=bare), body)

    return feed


def _check_answer(kind: str, answer: Answer, body: BytesBody) -> None:
    sayable(*vars(answer).values())
    must(len(answer.media) <= 3 + MAX_CLIPS, "more clips than are shown")
    must(len({item.name for item in answer.media}) == len(answer.media), "two clips of one name")
    for item in answer.media:
        there = value_at(answer.document, item.pointer)
        must(there == item.text or str(there).strip() == item.text, "a pointer that leads elsewhere")
        size = sum(map(len, decoded(body, item.text)))
        length = item.text.end - item.text.start if isinstance(item.text, Span) else len(item.text.encode("utf-8"))
        must(size <= length, "base64 that grows")
    outcome = outcome_of(kind, answer, media_items(answer.media, ()), exchange(kind))
    must(bool(outcome.code), "an outcome without a name")
    sayable(outcome, *copied_values(answer, "s"))


_REFUSED = object()
_LONG_NAME = "(long name)"  # what the scanner makes of one, whatever stands in it


def _has_long_name(document: object) -> bool:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if _LONG_NAME in value:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _scanner(_: Path) -> Feed:
    """Anything is read as the standard library reads it, wherever it is cut; a differential test."""
    from tests.captures.test_scanner import found_of, loads, spans_of

    def feed(data: bytes) -> None:
        try:
            expected = loads(data)
        except (ValueError, RecursionError):
            expected = _REFUSED
        if expected is _REFUSED and len(data) > LONG_STRING_BYTES:
            return  # a long text is not read before it is decoded, and perhaps never: a strict reader may refuse it
        with typed(AnswerFormatError):
            found = read_document(_cut(data, _piece_size(data)))
            must(all(span.end <= len(data) for span in spans_of(found)), "a span behind the end")
            try:
                same = found_of(found, data) == expected
            except (UnicodeDecodeError, json.JSONDecodeError):  # a long text that only a strict reader refuses
                return
            must(same or _has_long_name(found), "read otherwise than json.loads reads it")

    return feed


def _base64(_: Path) -> Feed:
    def feed(data: bytes) -> None:
        decoder = Base64Decoder()
        found = b"".join(decoder.decode(_cut(data, _piece_size(data))))
        must(len(found) <= len(data), "base64 that grows")
        try:
            plain = base64.b64decode(data, validate=True)
        except ValueError:
            return
        must(found == plain and not decoder.problem, "good base64 decoded otherwise")

    return feed


def _saved(_: Path) -> Feed:
    """An answer as programs save it: packed, in UTF-16, cut, or something else."""

    def feed(data: bytes) -> None:
        with typed(ValueError):
            body, steps = as_saved(BytesBody(data))
            must(len(steps) <= 2, "more was undone than was done")
            with typed(AnswerFormatError):
                sayable(member(read_document(body.pieces()), "code"))
        for coding in ("gzip", "deflate", "br"):
            with typed(ValueError):
                unpacked(BytesBody(data), coding)

    return feed


def _flows(_: Path) -> Feed:
    """A flow and its trimmed copy, which names nobody else."""

    def feed(data: bytes) -> None:
        with typed(AnswerFormatError):
            document = read_document([data])
            for kind, members in (("ess", "FlowDetailInfos"), ("essbasic", "FlowInfo")):
                details = member(member(document, "Response"), members)
                first = details[0] if isinstance(details, list) and details else None
                flow_id = text_of(member(first, "FlowId")) or "x"
                flow = flow_of(kind, document, flow_id)
                sayable(flow)
                for signer in (flow.signers if flow else ())[:3]:
                    trimmed = trimmed_to(kind, document, flow_id, signer.sign_id)
                    if trimmed is not None:
                        must(isinstance(json.loads(trimmed), dict), "a copy that is no JSON")

    return feed


def _moments(_: Path) -> Feed:
    """Times as services and servers write them."""

    def feed(data: bytes) -> None:
        for text in (data.decode("utf-8", "replace"), data.decode("latin-1")):
            for read in (from_http_date, from_china_compact, from_unix_seconds):
                moment = read(text)
                must(moment is None or to_rfc3339(moment).endswith("Z"), "a time that cannot be written")

    return feed


TARGETS = (
    Target("answer_ess", "captures.answers, ESS", lambda _: _answers("ess"), json_level.mutated),
    Target("answer_essbasic", "captures.answers, ESSBASIC", lambda _: _answers("essbasic"), json_level.mutated),
    Target("answer_kyc", "captures.answers, KYC", lambda _: _answers("kyc"), json_level.mutated),
    Target("scanner", "captures.scanner against json.loads", _scanner, json_level.mutated),
    Target("base64", "media.base64s against base64", _base64, text_level.mutated),
    Target("saved_answer", "captures.body: gzip, UTF-16", _saved, text_level.mutated, memory_mb=900),
    Target("flow", "captures.flows", _flows, json_level.mutated),
    Target("moments", "core.clock: HTTP, KYC, UNIX", _moments, text_level.mutated),
)
