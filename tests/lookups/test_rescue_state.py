"""What a rescue remembers: flushed line by line, read again after any crash, without a word about people."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.ids import new_evidence_id
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.lookups.rescue_state import Ending, KnownSigner, Received, RescueState, Subject
from facevid_gui.simulator.records import flow_id, sign_id
from tests.support.clocks import NOON, StillClock

PERSON = Subject(flow_id("One"), sign_id("One"))
ORDER = Subject(order_no="1", app_id="IDA")
EVIDENCE_ID = new_evidence_id()
GONE = Outcome(OutcomeKind.NOT_FOUND, "no_such_record", 1, "66660011", "无此查询结果", "r1", 3.0)
SEALED = Ending(
    Outcome(OutcomeKind.FOUND, "found", 0), evidence=Path("/e/fv-1"), evidence_id=EVIDENCE_ID, seal_sha256="ab",
    settled=True,
)  # fmt: skip


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue" / "rescue-1.jsonl"


def test_what_was_noted_is_known_again(path: Path, clock: StillClock) -> None:
    state = RescueState(path, clock)
    assert (state.asked, state.received, state.endings, state.signers) == ({}, {}, {}, {})
    state.note_asked(PERSON, "caller-1")
    clock.move(hours=1)
    state.note_asked(PERSON, "caller-1")
    state.note_received(PERSON, Received(EVIDENCE_ID, Path("/e/fv-1")))
    state.note_ending(PERSON, SEALED)
    state.note_ending(ORDER, Ending(GONE, capture=Path("/c/1"), evidence_id=EVIDENCE_ID, settled=True))
    people = (KnownSigner(sign_id("One"), NOON), KnownSigner(sign_id("Two"), None))
    state.note_signers(flow_id("One"), people)

    again = RescueState(path, clock)
    assert again.asked == {PERSON: NOON}, "what an earlier run received counts from its first question"
    assert again.received == {PERSON: Received(EVIDENCE_ID, Path("/e/fv-1"))}
    assert again.signers == {flow_id("One"): people}
    known = Outcome(GONE.kind, GONE.code, 1, GONE.provider_code, None, GONE.request_id)
    assert again.endings == {
        PERSON: SEALED,
        ORDER: Ending(known, capture=Path("/c/1"), evidence_id=EVIDENCE_ID, settled=True),
    }
    assert [ending.exit_code for ending in again.endings.values()] == [0, 1]


def test_the_last_ending_counts(path: Path, clock: StillClock) -> None:
    state = RescueState(path, clock)
    state.note_ending(PERSON, Ending(GONE, settled=True))
    state.note_ending(PERSON, SEALED)
    assert RescueState(path, clock).endings == {PERSON: SEALED}


def test_only_its_owner_can_read_it_and_nobody_is_named_in_it(path: Path, clock: StillClock) -> None:
    state = RescueState(path, clock)
    state.note_ending(ORDER, Ending(replace(GONE, provider_message="张三 13200000001"), settled=True))
    text = path.read_text("utf-8")
    assert "张三" not in text
    assert "1320" not in text
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_torn_last_line_and_lines_of_another_version_are_passed_over(path: Path, clock: StillClock) -> None:
    state = RescueState(path, clock)
    state.note_asked(PERSON, "caller-1")
    head = json.loads(path.read_bytes())
    at = to_rfc3339(datetime(2026, 1, 1, tzinfo=UTC))
    odd = [
        {"event": "praised"}, {}, {"event": "ended", "order_no": "1"}, {"event": "asked", "flow_id": 7, "at": at},
        {"event": "received", "order_no": "1", "evidence_id": "../x", "folder": "/"},
        {"event": "ended", "order_no": "1", "outcome": "lost", "code": "x", "exit_code": 1},
        {"event": "signers", "flow_id": "x", "signers": [{"approved_at": at}]}, {"event": "asked", "order_no": "1"},
    ]  # fmt: skip
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(item)}\n" for item in odd)
        file.write(json.dumps(head)[:40])
    again = RescueState(path, clock)
    assert (list(again.asked), again.received, again.endings, again.signers) == ([PERSON], {}, {}, {})


def test_what_must_be_noted_first_raises_what_need_not_does_not(path: Path, clock: StillClock) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    state = RescueState(path, clock)
    with pytest.raises(SurroundingsError):
        state.note_asked(PERSON, "caller-1")
    with pytest.raises(SurroundingsError):
        state.note_received(PERSON, Received(EVIDENCE_ID, Path("/e")))
    state.note_ending(PERSON, SEALED)
    state.note_signers(flow_id("One"), ())
