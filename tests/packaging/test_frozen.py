"""The built program: whole, small enough, without what it must not hold; it does its work from its own folder."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from PIL import Image

from facevid_gui import __version__
from facevid_gui.media import walls
from facevid_gui.media.frames import Done, Facts, Frame, FrameClient, Reply
from facevid_gui.media.frames_process import FROZEN_ARGUMENT
from facevid_gui.resources import resource
from tests.support.captures_samples import b64, big_mp4, json_bytes, kyc_answer
from tests.support.media_decoding import decode_every_kind
from tests.support.tools import need, run_tool

ROOT = Path(__file__).parent.parent.parent
BUNDLE = Path(os.environ.get("FACEVID_FROZEN") or ROOT / "dist" / "facevid-gui").absolute()
ENDING = ".exe" if sys.platform == "win32" else ""
MAX_BYTES = 320_000_000

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.skipif(not BUNDLE.is_dir(), reason="build it first: python3 bootstrap.py build, or set FACEVID_FROZEN"),
]


def run(home: Path, program: str, *arguments: str, stdin: bytes = b"", **environ: str) -> Any:
    """Run a program of the bundle with nothing of this checkout in its surroundings."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    surroundings = {**kept, "HOME": str(home), "FACEVID_HOME": str(home), "FACEVID_LANG": "en", **environ}
    return subprocess.run(
        [BUNDLE / f"{program}{ENDING}", *arguments], input=stdin, capture_output=True, env=surroundings, cwd=home,
        timeout=240, check=False,
    )  # fmt: skip


def files() -> list[Path]:
    return [path for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink()]


@pytest.mark.parametrize("program", ["facevid", "facevid-gui"])
def test_both_programs_know_their_version_and_explain_themselves(tmp_path: Path, program: str) -> None:
    assert run(tmp_path, program, "--version").stdout.decode().strip() == f"{program} {__version__}"
    for language, word in (("en", "usage:"), ("zh_CN", "用法：")):
        done = run(tmp_path, program, "--help", FACEVID_LANG=language)
        assert (done.returncode, word in done.stdout.decode("utf-8")) == (0, True)


def test_it_passes_its_own_smoke_test(tmp_path: Path) -> None:
    done = run(tmp_path, "facevid-gui", "--smoke-test")
    said = done.stdout.decode("utf-8").splitlines()
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert [line[0] for line in said[:-1]] == ["✓"] * 8


@pytest.mark.slow
def test_the_demo_runs_off_screen_and_leaves_pictures(tmp_path: Path) -> None:
    done = run(tmp_path, "facevid-gui", "demo", "--screenshot", str(tmp_path / "shots"))
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    shots = list((tmp_path / "shots").glob("*.png"))
    assert shots
    assert all(shot.read_bytes().startswith(b"\x89PNG") and shot.stat().st_size > 10_000 for shot in shots)


def test_the_console_checks_itself(tmp_path: Path) -> None:
    done = run(tmp_path, "facevid", "doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["program"]["value"] == f"facevid_gui {__version__}"
    assert "av " in checks["libraries"]["value"]
    assert checks["window"]["state"] == "ok"


@pytest.mark.parametrize("program", ["facevid", "facevid-gui"])
def test_either_program_can_be_the_decoding_child(program: str) -> None:
    replies: SimpleQueue[Reply] = SimpleQueue()
    client = FrameClient(replies.put, [str(BUNDLE / f"{program}{ENDING}"), FROZEN_ARGUMENT])
    client.open_clip("order", resource("demo/order.mp4").read_bytes())
    client.want_frames("order", 0, 0)
    said = [replies.get(timeout=30) for _ in range(3)]
    client.close()
    assert [type(reply) for reply in said] == [Facts, Frame, Done]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the loader of glibc tells what it loads")
def test_the_console_loads_no_qt(tmp_path: Path) -> None:
    loaded = run(tmp_path, "facevid", "--help", LD_DEBUG="files").stderr.decode("utf-8", "replace")
    assert "libpython" in loaded
    assert "libQt6" not in loaded


def test_it_is_small_enough() -> None:
    assert sum(path.stat().st_size for path in files()) <= MAX_BYTES


def test_nothing_is_inside_that_only_tests_and_builds_need() -> None:
    unwanted = re.compile(
        r"^(pytest|_pytest|hypothesis|tencentcloud|bagit|mypy|tkinter|_tkinter|PyInstaller|numpy|tests)"
    )
    inside = BUNDLE / "_internal"
    assert [path.name for path in inside.iterdir() if unwanted.match(path.name)] == []
    places = {path.relative_to(inside).as_posix() for path in files() if path.is_relative_to(inside)}
    assert not [place for place in places if "/qml/" in place or "direct_url.json" in place or "make_demo" in place]
    assert not [path for path in BUNDLE.rglob("*") if not path.exists()], "links to nothing"


def test_what_video_and_dialogs_need_is_inside() -> None:
    inside = {path.name.split(".")[0] for path in files()}
    for part in ("Qt6Multimedia", "Qt6Quick", "Qt6Qml", "Qt6Network", "Qt6OpenGL", "Qt6Svg"):
        assert {f"lib{part}", part} & inside, part
    assert {"libffmpegmediaplugin", "ffmpegmediaplugin"} & inside
    assert {"libqoffscreen", "qoffscreen"} & inside
    assert {"qtbase_zh_CN"} <= inside
    if sys.platform.startswith("linux"):
        assert {"libqxcb", "libqwayland", "libxcb-cursor", "libpulse"} <= inside


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a filter of system calls is of Linux")
def test_the_decoding_child_is_shut_in_and_has_loaded_what_it_needs_before(tmp_path: Path) -> None:
    """A bundle imports from its own archive, which can be opened no more."""
    assert (BUNDLE / "_internal" / "libseccomp.so.2").exists()
    assert decode_every_kind([str(BUNDLE / f"facevid{ENDING}"), FROZEN_ARGUMENT]) == walls.FILTERED
    checks = {
        check["name"]: check for check in json.loads(run(tmp_path, "facevid", "doctor", "--json").stdout)["checks"]
    }
    assert (checks["walls"]["state"], checks["walls"]["value"]) == ("ok", "filtered")


def test_notices_and_licences_go_with_it() -> None:
    notice = (BUNDLE / "NOTICE.txt").read_text("utf-8")
    assert "AS A WHOLE" in notice
    assert "GNU General Public License, version 3 or later" in notice
    assert {"av", "PySide6_Essentials", "cryptography", "keyring", "facevid-gui"} <= {
        line.split(" ")[0] for line in notice.splitlines()
    }
    texts = {path.name for path in (BUNDLE / "licenses").iterdir()}
    assert {"GPL-3.0.txt", "LGPL-3.0.txt", "facevid-gui-LICENSE", "av-LICENSE.txt"} <= texts


def test_it_writes_an_enrolment_sheet(tmp_path: Path) -> None:
    """The PDF library looks its parts up by name: what PyInstaller does not see is missing only here."""
    sheet = tmp_path / "sheet.pdf"
    done = run(
        tmp_path, "facevid", "key", "export", "--sheet", str(sheet), "--key-passphrase-stdin", "--json",
        stdin=b"open sesame\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert sheet.read_bytes().startswith(b"%PDF-")
    need("pdftotext")
    text = run_tool("pdftotext", "-layout", str(sheet), "-").stdout.decode()
    assert json.loads(done.stdout)["certificate"]["sha256"] in "".join(text.split())


def test_a_report_shows_a_photo_of_any_kind_that_can_be_looked_at(tmp_path: Path) -> None:
    """The decoders of pictures are libraries of their own, and easily left out."""
    need("pdfimages")
    photo = io.BytesIO()
    Image.effect_noise((120, 160), 80).convert("RGB").save(photo, "WEBP")
    answer = tmp_path / "answer.json"
    answer.write_bytes(json_bytes(kyc_answer("0", video=b64(big_mp4()), photo=b64(photo.getvalue()), liveRate="99")))
    taken = run(tmp_path, "facevid", "import", str(answer), "--kind", "kyc", "--json")
    assert taken.returncode == 0, taken.stderr.decode()
    case = ("--case", "2026-0311", "--purpose", "disputed signature", "--key-passphrase-stdin", "--json")
    sealed = run(tmp_path, "facevid", "seal", json.loads(taken.stdout)["capture"], *case, stdin=b"open sesame\n")
    assert sealed.returncode == 0, sealed.stderr.decode()
    report = tmp_path / "report.pdf"
    folder = json.loads(sealed.stdout)["evidence"]
    made = run(
        tmp_path, "facevid", "report", folder, "-o", str(report), "--sections", "photo", "--key-passphrase-stdin",
        stdin=b"open sesame\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr.decode()
    listed = run_tool("pdfimages", "-list", str(report)).stdout.decode()
    assert [line.split()[3:5] for line in listed.splitlines()[2:]].count(["120", "160"]) >= 1, listed
