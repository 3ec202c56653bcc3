"""`facevid export` and `facevid verify FILE.zip`: words, documents, exit codes."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from facevid_gui.core.messages import Messages
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.evidence_places import unlock
from tests.support.evidence_tampering import flip, video

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def sealed(console: Console, simulator: Simulator) -> Path:
    """An evidence folder made through the console."""
    console.add_profiles(simulator)
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    return Path(done.json["evidence"])


def test_a_package_is_made_and_checked(console: Console, sealed: Path, tmp_path: Path) -> None:
    package = tmp_path / "court.zip"
    done = console("export", str(sealed), "-o", str(package), "--to", "court 9")
    assert (done.code, done.err) == (0, "")
    assert str(package) in done.out
    assert "SHA-256" in done.out
    done = console("verify", str(package))
    assert done.code == 0
    assert f"{package}!/{sealed.name}" in done.out
    assert "not checked: 1 file" in done.out
    assert f"{sealed.name}.html" in done.out


def test_the_documents_of_both(console: Console, sealed: Path, tmp_path: Path) -> None:
    package = tmp_path / "court.zip"
    made = console("export", str(sealed), "-o", str(package), "--json").json
    assert made["schema"] == "facevid-export/1"
    assert (made["ok"], made["verified"], made["verdict"], made["recorded"]) == (True, True, "verified_unstamped", True)
    assert (made["package"], made["left_out"], made["unmasked"]) == (str(package), [], False)
    assert made["size_bytes"] == package.stat().st_size
    checked = console("verify", str(package), str(sealed), "--json").json
    assert checked["verified"] is True
    assert [item["verdict"] for item in checked["folders"]] == ["verified_unstamped"] * 2
    assert [item["seal_sha256"] for item in checked["folders"]] == [made["seal_sha256"]] * 2
    assert checked["archives"] == [{"path": str(package), "not_checked": [f"{sealed.name}.html"]}]


def test_a_broken_folder_needs_an_explicit_wish(console: Console, sealed: Path, tmp_path: Path) -> None:
    flip(video(unlock(sealed)))
    package = tmp_path / "court.zip"
    done = console("export", str(sealed), "-o", str(package), "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "export_not_clean")
    assert done.json["check"]["verdict"] == "altered"
    assert "--even-if-broken" in done.err
    assert not package.exists()
    done = console("export", str(sealed), "-o", str(package), "--even-if-broken")
    assert done.code == 0
    assert "ALTERED" in done.out
    assert "The check failed" in done.out
    done = console("verify", str(package), "--json")
    assert (done.code, done.json["folders"][0]["verdict"]) == (1, "altered")


def test_wrong_targets_exit_2_and_write_nothing(console: Console, sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"x")
    for target in (tmp_path / "there.zip", sealed / "x.zip", tmp_path / "missing" / "x.zip"):
        done = console("export", str(sealed), "-o", str(target), "--json")
        assert (done.code, done.out) == (2, "")
        assert "→" in done.err
    assert (tmp_path / "there.zip").read_bytes() == b"x"
    assert console("export", str(tmp_path), "-o", str(tmp_path / "x.zip"), "--json").json["error"]["code"] == (
        "not_evidence"
    )


def test_unmasking_the_page_is_in_the_access_log(console: Console, sealed: Path, tmp_path: Path) -> None:
    console("export", str(sealed), "-o", str(tmp_path / "x.zip"), "--unmask")
    lines = (console.home / "access" / "access.jsonl").read_text().splitlines()
    assert [json.loads(line)["detail"]["unmasked"] for line in lines if '"exported"' in line] == ["yes"]


def test_what_is_no_archive_is_unreadable(console: Console, tmp_path: Path) -> None:
    for name, raw in (("notes.txt", b"hello"), ("empty.zip", b"")):
        (tmp_path / name).write_bytes(raw)
        done = console("verify", str(tmp_path / name), "--json")
        assert (done.code, done.json["folders"][0]["verdict"]) == (1, "unreadable")
    done = console("verify", str(tmp_path / "missing.zip"), "--json")
    assert (done.code, done.json["folders"][0]["verdict"]) == (1, "unreadable")


def test_names_of_strangers_cannot_act_on_a_terminal(console: Console, sealed: Path, tmp_path: Path) -> None:
    package = tmp_path / "x.zip"
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("\x1b[31m\u202eevil", b"x")
    done = console("verify", str(package))
    assert done.code == 1
    assert "\x1b" not in done.out + done.err
    assert "\u202e" not in done.out + done.err


def test_without_a_keyring_the_passphrase_comes_from_stdin(console: Console, sealed: Path, tmp_path: Path) -> None:
    done = console("key", "export", "-o", str(tmp_path / "old.pem"))
    assert done.code == 0
    console.store._secrets.clear()  # the key's password is gone
    done = console("export", str(sealed), "-o", str(tmp_path / "x.zip"), "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "no_signing_key")
    assert not (tmp_path / "x.zip").exists()


def test_ctrl_c_while_verifying_an_archive_leaves_nothing(console: Console, sealed: Path, tmp_path: Path) -> None:
    package = tmp_path / "x.zip"
    assert console("export", str(sealed), "-o", str(package)).code == 0
    code = (
        "import os, signal, sys; from facevid_gui.evidence import unpacking\n"
        "unpack = unpacking.unpack_member\n"
        "def interrupted(*given):\n"
        "    unpack(*given); os.kill(os.getpid(), signal.NAME)\n"
        "unpacking.unpack_member = interrupted\n"
        "from facevid_gui import cli; sys.exit(cli.main(sys.argv[1:]))\n"
    )
    for name in ("SIGINT", "SIGTERM"):
        done = subprocess.run(
            [sys.executable, "-c", code.replace("NAME", name), "verify", str(package), "--json"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 130, done.stderr
        assert json.loads(done.stdout)["error"]["code"] == "cancelled"
        assert list((console.home / "cache" / "unpacked").iterdir()) == []


def test_help_and_chinese_words(
    console: Console, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEVID_LANG", "zh_CN")
    done = console("export", str(sealed), "-o", str(tmp_path / "x.zip"))
    assert done.code == 0
    assert "已打包" in done.out
    assert "核验" in console("export", "--help").out


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_mistaken_path_is_told_with_the_right_next_step(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Nothing there, a zip cut short, a file that is no zip, a zip of something else, a folder that is no evidence."""
    monkeypatch.setenv("FACEVID_LANG", language)
    words = Messages(language)
    whole = tmp_path / "pictures.zip"
    with zipfile.ZipFile(whole, "w") as made:
        made.writestr("a.txt", b"a")
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:-4])
    (tmp_path / "notes.txt").write_bytes(b"hello")
    (tmp_path / "empty").mkdir()
    (tmp_path / "place" / f"fv-20260311T080000Z-ess-{'ab' * 16}").mkdir(parents=True)
    for name, message in (
        ("gone", "verify.next.gone"), ("cut.zip", "error.package_no_zip.next"), ("notes.txt", "verify.next.no_package"),
        ("pictures.zip", "error.package_none.next"), ("empty", "error.no_evidence.next"),
        ("place", "error.evidence_inside.next"),
    ):  # fmt: skip
        done = console("verify", str(tmp_path / name))
        assert done.code == 1
        assert words.text(message) in done.out
        assert words.text("verdict.unreadable.next") not in done.out
        if language == "zh_CN":
            said = done.out.replace(str(tmp_path), "").replace("facevid export", "").replace("facevid import", "")
            assert not re.search("[a-z]{4,} [a-z]{2,}", said), said
