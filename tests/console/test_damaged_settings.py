"""Damaged settings: evidence is checked and shown all the same, on the safe side; what needs them is refused."""

import json
from pathlib import Path

import pytest

from tests.support.console import Console

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")


@pytest.fixture
def damaged(online: Console, sealed: Path) -> Path:
    """The settings file of a home that has evidence."""
    assert sealed.is_dir()
    file = online.home / "config" / "settings.json"
    file.write_text("{broken")
    return file


def test_evidence_is_verified_with_a_note(console: Console, sealed: Path, damaged: Path) -> None:
    done = console("verify", str(sealed), "--json")
    assert (done.code, done.json["verified"]) == (0, True)
    assert done.err.count(str(damaged)) == 1
    assert "facevid doctor" in done.err
    (sealed / "data" / "extra").write_text("x")
    assert console("verify", str(sealed)).code == 1, "and a bad one is found"
    assert damaged.read_text() == "{broken"


def test_the_note_is_said_in_chinese(
    console: Console, sealed: Path, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEVID_LANG", "zh_CN")
    done = console("verify", str(sealed))
    assert done.code == 0
    assert "\u5b89\u5168\u7684\u9ed8\u8ba4\u503c" in done.err
    assert str(damaged) in done.err


def test_a_report_needs_a_reason_then(console: Console, sealed: Path, damaged: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "r.pdf")
    assert console("report", str(sealed), "-o", target).code == 2
    assert not Path(target).exists()
    done = console("report", str(sealed), "-o", target, "--reason", "court date")
    assert done.code == 0, done.err
    assert Path(target).is_file()
    assert damaged.read_text() == "{broken"


def test_what_is_kept_is_listed(console: Console, sealed: Path, damaged: Path) -> None:
    assert console("captures", "list", "--json").code == 0
    listed = console("library", "list", "--json")
    assert listed.code == 0, listed.err
    assert sealed.name[-32:] in listed.out
    assert damaged.read_text() == "{broken"


def test_looking_up_and_sealing_wait_for_the_settings_and_say_so(console: Console, damaged: Path) -> None:
    before = len(list((console.home / "captures").iterdir()))
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "config_damaged")
    assert "checked meanwhile" in done.json["error"]["next_step"]
    assert len(list((console.home / "captures").iterdir())) == before, "nothing was asked"
    assert damaged.read_text() == "{broken"


def test_the_doctor_names_the_file_without_the_note(console: Console, damaged: Path) -> None:
    done = console("doctor", "--json")
    checks = {check["name"]: check for check in done.json["checks"]}
    assert str(damaged) in checks["file_settings"]["next_step"]
    assert str(damaged) not in done.err
    assert json.loads(done.out)["ok"] is False
