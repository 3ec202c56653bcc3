"""`facevid report`: words, document, exit codes."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.evidence import fonts
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.evidence_places import unlock
from tests.support.evidence_tampering import flip, video
from tests.support.reports import text_of

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")


def test_a_report_is_made_and_made_again(console: Console, sealed: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "one.pdf", tmp_path / "again.pdf"
    done = console("report", str(sealed), "-o", str(first), "--json")
    assert (done.code, done.err) == (0, "")
    document = done.json
    digest = hashlib.sha256(first.read_bytes()).hexdigest()
    assert document["schema"] == "facevid-report/1"
    assert (document["ok"], document["report"], document["sha256"]) == (True, str(first), digest)
    assert (document["language"], document["sections"]) == ("en", list(SECTIONS))
    assert (document["folder"], document["recorded"], document["unmasked"]) == (str(sealed), True, False)
    assert document["evidence_id"] in sealed.name
    assert document["pages"] == text_of(first.read_bytes(), tmp_path).count("\f")
    assert document["as_of"]["custody"] == 1
    done = console("report", str(sealed), "-o", str(again), "--as-of", "1")
    assert done.code == 0
    assert again.read_bytes() == first.read_bytes()
    assert digest in done.out
    assert "same bytes" in done.out
    assert console("verify", str(sealed)).code == 0


def test_in_chinese_with_chosen_sections(
    console: Console, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fonts.find_chinese_font() is None:
        pytest.skip("no Chinese font on this system")
    monkeypatch.setenv("FACEVID_LANG", "zh_CN")
    done = console("report", str(sealed), "-o", str(tmp_path / "x.pdf"), "--sections", "check, limits")
    assert done.code == 0
    assert "报告：" in done.out
    text = text_of((tmp_path / "x.pdf").read_bytes(), tmp_path)
    assert "本次核验结果" in text
    assert "保管链" in text
    assert "--as-of" in console("report", "--help").out


def test_wrong_wishes_exit_2_and_write_nothing(console: Console, sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "there.pdf").write_bytes(b"x")
    for target, more in (
        (tmp_path / "there.pdf", ()), (sealed / "x.pdf", ()), (tmp_path / "missing" / "x.pdf", ()),
        (tmp_path / "x.pdf", ("--sections", "check,nonsense")),
    ):  # fmt: skip
        done = console("report", str(sealed), "-o", str(target), *more, "--json")
        assert (done.code, done.out) == (2, ""), target
        assert "→" in done.err
    assert (tmp_path / "there.pdf").read_bytes() == b"x"
    assert not (tmp_path / "x.pdf").exists()
    events = sorted((sealed / "custody").glob("*.json"))
    assert len(events) == 1
    done = console("report", str(sealed), "-o", str(tmp_path / "x.pdf"), "--as-of", "9", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "report_not_noted")
    assert console("report", str(tmp_path / "missing"), "-o", str(tmp_path / "x.pdf"), "--json").json["error"][
        "code"
    ] == ("not_evidence")


def test_an_unsaved_capture_gets_none(console: Console, simulator: Simulator, tmp_path: Path) -> None:
    console.add_profiles(simulator)
    capture = console("lookup", "kyc", "--order", "simOrder0001", "--json").json["capture"]
    done = console("report", capture, "-o", str(tmp_path / "x.pdf"), "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "report_unsaved")
    assert "facevid seal" in done.err
    assert not (tmp_path / "x.pdf").exists()


def test_a_broken_folder_needs_an_explicit_wish(console: Console, sealed: Path, tmp_path: Path) -> None:
    flip(video(unlock(sealed)))
    target = tmp_path / "x.pdf"
    done = console("report", str(sealed), "-o", str(target), "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "export_not_clean")
    assert done.json["check"]["verdict"] == "altered"
    assert "--even-if-broken" in done.err
    assert not target.exists()
    done = console("report", str(sealed), "-o", str(target), "--even-if-broken")
    assert done.code == 0
    assert "ALTERED" in done.out
    assert "nothing was added to the folder" in done.out
    assert "THE CHECK FAILED" in text_of(target.read_bytes(), tmp_path)


def test_unmasking_is_in_the_access_log(console: Console, sealed: Path, tmp_path: Path) -> None:
    console("report", str(sealed), "-o", str(tmp_path / "x.pdf"), "--unmask", "--sections", "check")
    lines = (console.home / "access" / "access.jsonl").read_text().splitlines()
    assert [json.loads(line)["detail"]["unmasked"] for line in lines if '"exported"' in line] == ["yes"]


def test_without_the_key_there_is_no_report(console: Console, sealed: Path, tmp_path: Path) -> None:
    console.store._secrets.clear()  # the key's password is gone
    done = console("report", str(sealed), "-o", str(tmp_path / "x.pdf"), "--sections", "check", "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "no_signing_key")
    assert not (tmp_path / "x.pdf").exists()


def test_ctrl_c_leaves_nothing(console: Console, sealed: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from facevid_gui.media import stills\n"
        "read = stills.StillsReader.read\n"
        "def interrupted(*given):\n"
        "    os.kill(os.getpid(), signal.SIGINT); return read(*given)\n"
        "stills.StillsReader.read = interrupted\n"
        "from facevid_gui import cli; sys.exit(cli.main(sys.argv[1:]))\n"
    )
    target = tmp_path / "x.pdf"
    done = subprocess.run(
        [sys.executable, "-c", code, "report", str(sealed), "-o", str(target), "--json"], capture_output=True, text=True
    )
    assert done.returncode == 130, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "cancelled"
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".pdf", ".partial")] == []


def test_a_reason_is_demanded_where_the_settings_say_so_and_logged(
    console: Console, sealed: Path, tmp_path: Path
) -> None:
    settings = console.home / "config" / "settings.json"
    data = json.loads(settings.read_text()) if settings.exists() else {}
    settings.write_text(json.dumps(data | {"ask_purpose": ["export"]}))
    command = ("report", str(sealed), "-o", str(tmp_path / "x.pdf"), "--sections", "check")
    assert console(*command).code == 2
    assert not (tmp_path / "x.pdf").exists()
    assert console(*command, "--reason", "court order").code == 0
    lines = (console.home / "access" / "access.jsonl").read_text().splitlines()
    assert [json.loads(line)["detail"]["reason"] for line in lines if '"exported"' in line] == ["court order"]
