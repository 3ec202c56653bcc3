"""The journal: intents that survive a crash, and locks between processes of one home."""

import os
import stat
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.journal import BusyError, Journal
from tests.support.evidence_crash import CRASHED, in_child, umask


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "queue")


def test_an_intent_is_there_until_the_work_is_done(journal: Journal) -> None:
    assert list(journal.pending("seal-")) == []
    journal.write("seal-1", {"target": "/证据/x"})
    journal.write("stamp-1", {"url": "u"})
    assert list(journal.pending("seal-")) == [("seal-1", {"target": "/证据/x"})]
    journal.done("seal-1")
    journal.done("seal-1")
    assert list(journal.pending("seal-")) == []
    assert list(journal.pending("stamp-")) == [("stamp-1", {"url": "u"})]


def test_intents_are_private_and_may_name_any_path(journal: Journal) -> None:
    path = os.fsdecode(b"/mnt/\xff")
    with umask(0):
        journal.write("seal-1", {"target": path})
    assert list(journal.pending("seal-")) == [("seal-1", {"target": path})]
    assert stat.S_IMODE((journal.folder / "seal-1.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700


def test_what_is_no_intent_is_passed_over(journal: Journal) -> None:
    journal.write("seal-2", {})
    for name, raw in (("seal-1", b"{"), ("seal-3", b"[]"), ("seal-4", b"\xff")):
        (journal.folder / f"{name}.json").write_bytes(raw)
    (journal.folder / "seal-5.json").mkdir()
    assert list(journal.pending("seal-")) == [("seal-2", {})]


def test_a_lock_excludes_others_and_leaves_nothing(journal: Journal) -> None:
    def attempt() -> None:
        with pytest.raises(BusyError, match="work_in_progress"), journal.lock("seal-1", 0):
            pass
        with journal.lock("seal-2", 0):
            pass

    with journal.lock("seal-1", 0):
        in_child(attempt)
        attempt()
    with journal.lock("seal-1", 0):
        pass
    assert list(journal.folder.iterdir()) == []


def test_a_lock_of_a_process_that_died_is_free(journal: Journal) -> None:
    def die() -> None:
        with journal.lock("seal-1", 0):
            os._exit(CRASHED)

    assert in_child(die) == CRASHED
    with journal.lock("seal-1", 0):
        pass


def test_a_lock_is_let_go_when_the_work_fails(journal: Journal) -> None:
    with pytest.raises(ValueError, match="x"), journal.lock("seal-1", 0):
        raise ValueError("x")
    with journal.lock("seal-1", 0):
        pass


def test_a_queue_that_cannot_be_written_is_an_error_of_the_surroundings(tmp_path: Path) -> None:
    (tmp_path / "queue").write_bytes(b"a file")
    journal = Journal(tmp_path / "queue")
    with pytest.raises(SurroundingsError):
        journal.write("seal-1", {})
    with pytest.raises(SurroundingsError), journal.lock("seal-1", 0):
        pass
