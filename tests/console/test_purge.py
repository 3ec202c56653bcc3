"""`facevid purge`: words before and after, the id that is typed, documents, exit codes; retention in `doctor`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facevid_gui.core.clock import Clock
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console, FakeStdin
from tests.support.evidence_places import unlock
from tests.support.evidence_tampering import flip, video

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
WHY = ("--reason", "retention ended")


@pytest.fixture
def sealed(console: Console, simulator: Simulator) -> Path:
    """An evidence folder made through the console."""
    console.add_profiles(simulator)
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    return Path(done.json["evidence"])


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input is a terminal."""
    monkeypatch.setattr(FakeStdin, "isatty", lambda self: True)
    monkeypatch.setattr(FakeStdin, "readline", lambda self: self.buffer.readline().decode(), raising=False)


def test_what_is_told_before_and_after(console: Console, sealed: Path, tmp_path: Path) -> None:
    console("export", str(sealed), "-o", str(tmp_path / "x.zip"), "--to", "court 9")
    done = console("purge", str(sealed), *WHY, "--yes")
    assert done.code == 0, done.err
    assert not sealed.exists()
    for words in ("VERIFIED", "NOT YET REACHED", "Not proven by this", "court 9", str(tmp_path / "x.zip"), "Deleted:",
                  "Keep the new head"):  # fmt: skip
        assert words in done.out, words
    lines = (console.home / "access" / "access.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["detail"]["reason"] == "retention ended"


def test_the_document(console: Console, sealed: Path) -> None:
    flip(video(unlock(sealed)))
    document = console("purge", str(sealed), *WHY, "--yes", "--json").json
    assert (document["schema"], document["ok"]) == ("facevid-purge/1", True)
    purged = document["purged"]
    assert (purged["verdict"], purged["evidence_id"], purged["due"]) == ("altered", sealed.name[-32:], False)
    assert (purged["exports"], purged["copies"]) == ([], [])
    assert [reason["code"] for reason in purged["reasons"]] == ["changed"]
    assert len(document["register_head"]) == 64
    assert "SSD" in document["not_proven"]


@pytest.mark.parametrize("length", [8, 32])
def test_the_evidence_id_is_typed(console: Console, sealed: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    at_terminal(monkeypatch)
    evidence_id = sealed.name[-32:]
    for wrong in ("", "yes", evidence_id[:7], "0" * 32, evidence_id + "0"):
        assert console("purge", str(sealed), *WHY, stdin=f"{wrong}\n").code == 2
        assert sealed.is_dir()
    done = console("purge", str(sealed), *WHY, stdin=f"{evidence_id[:length].upper()}\n")
    assert done.code == 0
    assert not sealed.exists()


def test_where_nobody_can_be_asked_nothing_is_deleted(console: Console, sealed: Path) -> None:
    done = console("purge", str(sealed), *WHY, stdin=sealed.name[-32:])
    assert done.code == 2
    assert "--yes" in done.err
    assert console("verify", str(sealed)).code == 0


def test_wrong_usage(console: Console, sealed: Path, tmp_path: Path) -> None:
    for arguments in ((), WHY, (str(sealed),), (str(sealed), "--reason", " ", "--yes"), (str(sealed), "--due")):
        assert console("purge", *arguments, "--json").code == 2
    done = console("purge", str(tmp_path), *WHY, "--yes", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "not_evidence")
    assert sealed.is_dir()


def test_records_past_their_date_are_listed_and_counted(
    console: Console, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert console("purge", "--due", "--json").json["due"] == []
    assert "No sealed record" in console("purge", "--due").out
    assert retention(console) == ("ok", "0")
    later = datetime.now(UTC) + timedelta(days=366)
    monkeypatch.setattr(Clock, "now", lambda self: later)
    (due,) = console("purge", "--due", "--json").json["due"]
    assert (due["folder"], due["evidence_id"], due["case_ref"]) == (str(sealed), sealed.name[-32:], "2026-0311")
    assert str(sealed) in console("purge", "--due").out
    assert retention(console) == ("warn", "1")
    assert "purge --due" in console("doctor").out
    assert "Retention date" in console("purge", str(sealed), *WHY, "--yes").out
    assert retention(console) == ("ok", "0")


def retention(console: Console) -> tuple[str, str]:
    (check,) = [c for c in console("doctor", "--json").json["checks"] if c["name"] == "retention"]
    return check["state"], check["value"]
