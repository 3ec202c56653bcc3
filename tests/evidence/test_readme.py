"""The README inside a sealed folder: its own commands, taken from it and typed into a shell."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.core.capture import CopiedValue, Derived
from facevid_gui.evidence import bag
from facevid_gui.evidence.readme import media_command, readme_bytes
from facevid_gui.evidence.register import read_register
from facevid_gui.files import read_limited
from tests.support.captures_exchanges import draft
from tests.support.evidence_places import Place
from tests.support.evidence_stock import lay_out_trust, readme_steps
from tests.support.tools import need

FOLDERS = ["ess", "kyc", "gzip", "repaired", "damaged", "bad_base64", "stamped", "no_media"]


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, place: Place) -> Path:
    """A sealed folder, with the enrolled certificate and the authority's root beside it."""
    sealed = place.folder(request.param)
    lay_out_trust(place, sealed)
    return sealed


def shell(folder: Path, step: int) -> "subprocess.CompletedProcess[str]":
    need("bash", "sha256sum", "openssl", "jq", "gunzip", "base64", "diff")
    script = readme_steps(folder)[step]
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)


def test_step_1_says_ok(folder: Path) -> None:
    assert shell(folder, 1).stdout == "OK\n"


def test_step_2_finds_nothing_added_or_missing(folder: Path) -> None:
    assert shell(folder, 2).stdout == "no extra, no missing\n"


def test_step_3_accepts_the_signature_with_the_certificate_from_outside(folder: Path) -> None:
    done = shell(folder, 3)
    assert done.returncode == 0, done.stderr
    assert "CAdES Verification successful" in done.stderr or "Verification successful" in done.stderr


def test_step_4_accepts_the_stamp_and_shows_its_time(place: Place) -> None:
    folder = place.folder("stamped")
    lay_out_trust(place, folder)
    done = shell(folder, 4)
    assert done.returncode == 0
    assert "Verification: OK" in done.stdout + done.stderr
    assert "Time stamp:" in done.stdout


def test_step_5_years_later_the_stamped_time_makes_both_hold_again(place: Place) -> None:
    need("bash", "openssl", "date")
    folder = place.folder("stamped")
    lay_out_trust(place, folder)
    signature, stamp = readme_steps(folder)[3], readme_steps(folder)[4].splitlines()[0]
    shown = shell(folder, 4).stdout
    line = next(text for text in shown.splitlines() if text.startswith("Time stamp:"))
    stamped_at = int(subprocess.check_output(["date", "-d", line.removeprefix("Time stamp: "), "+%s"]))
    for command in (signature, stamp):
        for moment, expected in ((stamped_at + 12 * 366 * 86400, False), (stamped_at, True)):
            script = command.replace("-verify", f"-verify -attime {moment}", 1)
            done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, check=False)
            assert (done.returncode == 0) is expected, (script, done.stderr)


def test_step_6_follows_the_custody_chain_to_the_head_in_the_register(place: Place, folder: Path) -> None:
    done = shell(folder, 6)
    verdict = place.verify(folder)
    assert verdict.evidence_id is not None
    assert "BROKEN" not in done.stdout
    assert done.stderr.count("Verification successful") == len(list((folder / "custody").glob("*.json")))
    head = done.stdout.strip().splitlines()[-1].removeprefix("last entry ")
    assert head == verdict.custody_head
    assert head == read_register(place.house.paths.register, verdict.evidence_id).heads[-1]


def test_step_7_derives_every_media_file_from_the_answer_again(folder: Path) -> None:
    done = shell(folder, 7)
    derived = [line.split()[0] for line in done.stdout.splitlines()]
    manifest = bag.read_manifest(read_limited(folder / bag.MANIFEST, bag.MAX_LIST_BYTES))
    media = {path: digest for path, digest in manifest.items() if path.startswith("data/media/")}
    assert sorted(derived) == sorted(media.values())
    named = [line.split("# ")[1].split()[0] for line in readme_steps(folder)[7].splitlines() if "sha256sum" in line]
    assert dict(zip(named, derived, strict=True)) == media


def test_step_8_prints_the_seal_digest(place: Place, folder: Path) -> None:
    assert shell(folder, 8).stdout.split()[0] == place.verify(folder).seal_sha256


def test_the_repaired_record_really_needed_repairs(place: Place) -> None:
    commands = readme_steps(place.folder("repaired"))[7]
    for repair in (
        "url_safe_alphabet",
        "blanks_removed",
        "padding_added",
        "data_url_prefix_removed",
        "padding_removed",
    ):
        assert repair in commands


def test_the_readme_says_what_the_folder_does_not_prove_in_both_languages(place: Place) -> None:
    text = (place.folder("kyc") / bag.README).read_text("utf-8")
    assert "What it does not prove" in text
    assert "它不证明什么" in text
    assert "{" not in text.split("How to check")[0], "a placeholder was left"


def test_a_hostile_pointer_stays_a_word_of_the_command() -> None:
    item = Derived(
        path="media/video.mp4", role="liveness", index=1, source="exchanges/01/x'; echo owned; '",
        pointer="/a b/it's; echo owned/0", decoding=("json", "base64"), sha256="0" * 64, size_bytes=3,
        media_type="video/mp4",
    )  # fmt: skip
    done = subprocess.run(["bash", "-c", media_command(item)], capture_output=True, text=True, check=False)
    assert "owned\n" not in done.stdout


HOSTILE = "\x1b[31m\u202e'; rm -rf ~; `reboot` $(reboot)\n# <b>"


def test_nothing_that_was_received_stands_in_the_readme() -> None:
    """It is read, and its commands are run, by people who trust it."""
    record = draft("kyc", case_ref=HOSTILE, purpose=HOSTILE, operator={"account": HOSTILE}, program={"name": HOSTILE})
    provider = replace(record.provider, host=HOSTILE, request_id=HOSTILE, order_no=HOSTILE, action=HOSTILE)
    copied = CopiedValue(HOSTILE, HOSTILE, "exchanges/01/response-body.bin", "/result/liveRate")
    whole = replace(record, provider=provider, result=(copied,))
    assert readme_bytes(whole, "2026-11-21T02:29:00Z") == readme_bytes(draft("kyc"), "2026-11-21T02:29:00Z")


def test_a_command_of_the_readme_runs_nothing_of_a_pointer(tmp_path: Path) -> None:
    """Pointers are made by the parser; whoever writes another one into a capture gains no shell."""
    need("bash", "jq")
    source = "exchanges/01/response-body.bin"
    for pointer in ("/$(touch owned)", "/`touch owned`", "/';touch owned;'", '/"; touch owned; "', "/a\ntouch owned"):
        derived = Derived(
            "media/video.mp4", "liveness", 1, source, pointer, ("json", "base64"), "0" * 64, 3, "video/mp4"
        )
        command = media_command(derived)
        subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=30)
        assert list(tmp_path.iterdir()) == [], pointer
