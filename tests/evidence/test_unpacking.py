"""Zips from strangers: what is accepted is unpacked to one place and verified, the rest is not unpacked at all."""

import os
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import archive_reader, unpacking
from facevid_gui.evidence.archive_names import name_problem
from facevid_gui.evidence.unpacking import ArchiveVerdicts, verify_archive
from tests.support.evidence_places import Place
from tests.support.evidence_tampering import flip, video
from tests.support.evidence_zips import Entry, deflated, entries_of, make_zip, zip_folder


def check(place: Place, package: Path | bytes, token: CancelToken | None = None) -> ArchiveVerdicts:
    """Verify a zip; nothing of it may be left afterwards."""
    if isinstance(package, bytes):
        path = place.home / "stranger.zip"
        path.write_bytes(package)
        package = path
    try:
        return verify_archive(package, place.trust(), place.house.paths.unpacked, token or CancelToken())
    finally:
        assert_clean(place)


def assert_clean(place: Place) -> None:
    scratch = place.house.paths.unpacked
    assert not scratch.exists() or list(scratch.iterdir()) == []


def refusal(place: Place, package: bytes) -> tuple[str, str]:
    """Reason code and detail of a zip that is not looked into."""
    found = check(place, package)
    (verdict,) = found.verdicts
    assert (verdict.verdict, verdict.verified, verdict.seal_sha256) == (Verdict.UNREADABLE, False, None)
    (reason,) = verdict.reasons
    return reason.code, reason.detail


# --- what is accepted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("wrapper", ["", "Compressed (2)/来自法院/"])
def test_a_folder_zipped_by_any_program_is_verified(place: Place, tmp_path: Path, deflate: bool, wrapper: str) -> None:
    folder = place.folder("stamped")
    package = zip_folder(folder, tmp_path / "x.zip", deflate=deflate, wrapper=wrapper)
    (verdict,) = check(place, package).verdicts
    assert (verdict.verdict, verdict.reasons) == (Verdict.VERIFIED, ())
    assert verdict.folder == f"{package}!/{wrapper}{folder.name}"


def test_a_zip_written_as_a_stream_is_accepted(place: Place) -> None:
    """Sizes behind the bytes, as macOS and Java write them, with and without the optional signature."""
    for signature in (b"", b"PK\7\x08"):
        entries = []
        for entry in entries_of(place.folder("kyc", place.home / f"fv{len(signature)}"), method=8, flags=0x0808):
            packed = deflated(entry.data)
            numbers = struct.pack("<3L", zlib.crc32(entry.data), len(packed), len(entry.data))
            entries.append(replace(entry, packed=packed, descriptor=signature + numbers))
        assert [verdict.verified for verdict in check(place, make_zip(entries)).verdicts] == [True]


def test_several_folders_get_a_verdict_each(place: Place) -> None:
    good, bad = place.folder("kyc"), place.open_folder("ess")
    flip(video(bad))
    note = Entry("read me first.html", b"all is well")
    found = check(place, make_zip([*entries_of(bad), *entries_of(good), note]))
    assert {Path(v.folder).name: v.verdict for v in found.verdicts} == {
        good.name: Verdict.VERIFIED_UNSTAMPED,
        bad.name: Verdict.ALTERED,
    }
    assert found.beside == ("read me first.html",)


def test_the_files_of_a_folder_without_the_folder_are_verified(place: Place) -> None:
    folder = place.folder("kyc")
    bare = [replace(entry, name=entry.name.removeprefix(f"{folder.name}/")) for entry in entries_of(folder)]
    (verdict,) = check(place, make_zip(bare)).verdicts
    assert verdict.verified
    assert verdict.folder == str(place.home / "stranger.zip")


def test_a_folder_that_lost_its_lists_is_still_known_by_its_name(place: Place) -> None:
    folder = place.folder("kyc")
    kept = [entry for entry in entries_of(folder) if "/data/media/" in entry.name]
    (verdict,) = check(place, make_zip(kept)).verdicts
    assert verdict.verdict is Verdict.ALTERED


def test_a_file_added_inside_the_folder_is_found(place: Place) -> None:
    folder = place.folder("kyc")
    extra = Entry(f"{folder.name}/data/media/second.mp4", b"x")
    (verdict,) = check(place, make_zip([*entries_of(folder), extra])).verdicts
    assert verdict.verdict is Verdict.ALTERED
    assert [(r.code, r.path) for r in verdict.reasons] == [("extra", "data/media/second.mp4")]


def test_a_folder_inside_a_folder_is_a_part_of_it(place: Place) -> None:
    outer, inner = place.folder("kyc"), place.folder("ess")
    nested = [replace(e, name=f"{outer.name}/data/{e.name}") for e in entries_of(inner)]
    (verdict,) = check(place, make_zip([*entries_of(outer), *nested])).verdicts
    assert verdict.verdict is Verdict.ALTERED


def test_what_lies_in_a_sidecar_is_no_evidence(place: Place) -> None:
    folder = place.folder("kyc")
    odd = Entry(f"{folder.name}.work/snapshots/bagit.txt", b"x")
    found = check(place, make_zip([*entries_of(folder), odd]))
    assert [verdict.verified for verdict in found.verdicts] == [True]
    assert found.beside == (odd.name,)


# --- what is not looked into -------------------------------------------------------------------------------------

F = "fv-20260311T000000Z-kyc-00000000000000000000000000000000"
NAMES = {
    "zip slip": "../evil.txt",
    "slip in the middle": f"{F}/data/../../../evil.txt",
    "absolute": "/etc/cron.d/evil",
    "drive letter": "C:/Windows/evil.dll",
    "drive, relative": "C:evil.dll",
    "share": "//server/share/evil",
    "backslash": f"{F}\\data\\capture.json",
    "backslash slip": "..\\..\\evil.txt",
    "stream": f"{F}/bagit.txt:hidden",
    "empty part": f"{F}//bagit.txt",
    "dot": f"{F}/./bagit.txt",
    "trailing dot": f"{F}/bagit.txt.",
    "trailing blank": f"{F}/bagit.txt ",
    "device": f"{F}/NUL",
    "device with suffix": f"{F}/com1.json",
    "control character": f"{F}/bagit\n.txt",
    "zero byte": f"{F}/bagit.txt\0.exe",
    "right to left": f"{F}/\u202etxt.exe",
    "apart": f"{F}/e\u0301.txt",
    "too deep": "/".join("d" * 20),
    "too long": f"{F}/{'n' * 256}",
    "empty": "",
}


@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_may_lead_elsewhere_is_refused(place: Place, what: str) -> None:
    code, detail = refusal(place, make_zip([*entries_of(place.folder("kyc")), Entry(NAMES[what], b"x")]))
    assert (code, bool(detail)) == ("unreadable", True)
    assert name_problem(NAMES[what])


def test_ordinary_names_are_none(place: Place) -> None:
    for name in (f"{F}/data/capture.json", "案件 (2)/第12帧.png", "a" * 255, "console.txt", "é.txt"):
        assert name_problem(name) == ""


def evidence(*more: Entry) -> Callable[[Place], bytes]:
    return lambda place: make_zip([*entries_of(place.folder("kyc")), *more])


def bomb(place: Place) -> bytes:
    return make_zip([Entry(f"{F}/bagit.txt", b"\0" * 60_000_000, method=8)])


def overlapping(place: Place) -> bytes:
    """A member inside the bytes of another, as zip bombs have them: both unpack, and count twice."""
    inner = make_zip([Entry("b", b"xy")])[: 30 + 1 + 2]
    return make_zip([Entry("a", inner), Entry("b", b"xy", offset=30 + 1)])


def two_ends(place: Place) -> bytes:
    return make_zip(entries_of(place.folder("kyc"))) + make_zip([Entry("other.txt", b"x")])


def lie_about_directory(place: Place) -> bytes:
    raw = bytearray(make_zip(entries_of(place.folder("kyc"))))
    raw[-6:-2] = struct.pack("<L", 7)
    return bytes(raw)


def large_end_elsewhere(place: Place) -> bytes:
    raw = make_zip(entries_of(place.folder("kyc")))
    return raw[:-22] + struct.pack("<4sLQL", b"PK\6\7", 0, 5, 1) + raw[-22:]


LINK, PIPE, FOLDER = 0o120777 << 16, 0o010644 << 16, 0o040755 << 16
HOSTILE: dict[str, tuple[str, Callable[[Place], bytes]]] = {
    "a link": ("link", evidence(Entry(f"{F}/data", b"/etc", attributes=LINK))),
    "a pipe": ("special_file", evidence(Entry(f"{F}/data", b"", attributes=PIPE))),
    "the same name twice": ("unreadable", evidence(Entry("a", b"1"), Entry("a", b"2"))),
    "names that differ in case": ("unreadable", evidence(Entry("a", b"1"), Entry("A", b"2"))),
    "names that differ in folding": ("unreadable", evidence(Entry("stra\u00dfe", b"1"), Entry("STRASSE", b"2"))),
    "a file that is a folder": ("unreadable", evidence(Entry("a", b"1"), Entry("A/b", b"2"))),
    "a folder with content": ("unreadable", evidence(Entry("a/", b"hidden"))),
    "a file marked as folder": ("unreadable", evidence(Entry("a", b"x", attributes=FOLDER))),
    "a folder marked as file": ("unreadable", evidence(Entry("a/", b""))),
    "encrypted": ("unreadable", evidence(Entry("a", b"x", flags=0x0801))),
    "strongly encrypted": ("unreadable", evidence(Entry("a", b"x", flags=0x0840))),
    "a masked directory": ("unreadable", evidence(Entry("a", b"x", flags=0x2800))),
    "another method": ("unreadable", evidence(Entry("a", b"x", method=14))),
    "two sizes of a stored file": ("unreadable", evidence(Entry("a", b"xyz", size=2))),
    "a wrong checksum": ("unreadable", evidence(Entry(f"{F}/bagit.txt", b"x", crc=1))),
    "more than it says": ("too_large", evidence(Entry(f"{F}/bagit.txt", b"x" * 9_000_000, method=8, size=100))),
    "less than it says": ("unreadable", evidence(Entry(f"{F}/bagit.txt", b"x", method=8, size=9))),
    "damaged packing": ("unreadable", evidence(Entry(f"{F}/bagit.txt", b"x", method=8, packed=b"\xff\xff\xff"))),
    "packing cut short": (
        "unreadable",
        evidence(Entry(f"{F}/bagit.txt", b"x" * 999, method=8, packed=deflated(b"x" * 999)[:-2])),
    ),
    "bytes behind the packing": (
        "unreadable",
        evidence(Entry(f"{F}/bagit.txt", b"xx", method=8, packed=deflated(b"xx") + b"more")),
    ),
    "another name in its header": ("unreadable", evidence(Entry("a.txt", b"x", local_name=b"b.txt"))),
    "a bomb": ("too_large", bomb),
    "a declared bomb": ("too_large", evidence(Entry("a", b"x", method=8, size=0xFFFFFFF0))),
    "overlapping members": ("unreadable", overlapping),
    "bytes between members": ("unreadable", evidence(Entry("a", b"x", gap=b"hidden"), Entry("b", b"x"))),
    "bytes before the directory": ("unreadable", evidence(Entry("a", b"x", gap=b"hidden"))),
    "something before the archive": (
        "unreadable",
        lambda place: make_zip(entries_of(place.folder("kyc")), before=b"MZ program"),
    ),
    "something before, offsets unmoved": (
        "unreadable",
        lambda place: b"MZ program" + make_zip(entries_of(place.folder("kyc"))),
    ),
    "something behind the end": (
        "unreadable",
        lambda place: make_zip(entries_of(place.folder("kyc")), after=b"more"),
    ),
    "two archives": ("unreadable", two_ends),
    "a directory elsewhere": ("unreadable", lie_about_directory),
    "the large end elsewhere": ("unreadable", large_end_elsewhere),
    "another number of members": ("unreadable", lambda place: make_zip(entries_of(place.folder("kyc")), count=3)),
    "too many members": ("too_large", lambda place: make_zip([Entry("a", b"x")], count=60_000)),
    "no archive": ("unreadable", lambda place: b"PK is not enough" * 10),
    "nothing": ("unreadable", lambda place: b""),
    "an empty archive": ("unreadable", lambda place: make_zip([])),
    "no evidence in it": ("unreadable", lambda place: make_zip([Entry("holiday/photo.jpg", b"x")])),
    "a name that is no text": ("unreadable", evidence(Entry("", b"x", raw_name=b"\xff\xfe.txt"))),
    "an archive cut short": ("unreadable", lambda place: make_zip(entries_of(place.folder("kyc")))[:-40]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_trusted_to_unpack_is_not_unpacked(place: Place, what: str) -> None:
    code, make = HOSTILE[what]
    found, detail = refusal(place, make(place))
    assert (found, bool(detail)) == (code, True)


def test_members_that_overlap_are_named_as_such(place: Place) -> None:
    assert refusal(place, overlapping(place)) == ("unreadable", "members that overlap")


def test_a_comment_of_the_archive_is_refused(place: Place, tmp_path: Path) -> None:
    package = zip_folder(place.folder("kyc"), tmp_path / "x.zip")
    with zipfile.ZipFile(package, "a") as opened:
        opened.comment = b"hello"
    assert check(place, package).verdicts[0].verdict is Verdict.UNREADABLE


def test_every_flipped_bit_of_the_structure_is_refused_or_harmless(place: Place) -> None:
    """Whatever a damaged medium makes of directory and headers: a verdict, never an exception, never "verified" of
    other bytes."""
    folder = place.folder("no_media")
    raw = make_zip(entries_of(folder))
    directory = struct.unpack("<L", raw[-6:-2])[0]
    for position in range(directory, len(raw), 3):
        broken = bytearray(raw)
        broken[position] ^= 1 << (position % 8)
        for verdict in check(place, bytes(broken)).verdicts:
            assert verdict.verdict in (Verdict.UNREADABLE, Verdict.ALTERED, Verdict.VERIFIED_UNSTAMPED)
            if verdict.verified:
                assert verdict.files_checked == 4 + len(list((folder / "data").rglob("*.*")))


def test_a_folder_beyond_the_verifiers_limits_is_too_large(place: Place) -> None:
    folder = place.folder("kyc")
    many = [Entry(f"{folder.name}/data/x{number}", b"") for number in range(9000)]
    (verdict,) = check(place, make_zip([*entries_of(folder), *many])).verdicts
    assert verdict.verdict is Verdict.UNREADABLE
    assert "too_large" in [reason.code for reason in verdict.reasons]


def test_a_total_beyond_the_limit_is_not_unpacked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_reader, "MAX_TOTAL_BYTES", 1000)
    assert refusal(place, make_zip(entries_of(place.folder("kyc"))))[0] == "too_large"


# --- places and stops --------------------------------------------------------------------------------------------


def test_the_unpacked_folder_is_private_and_gone_afterwards(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    verify = unpacking.verify_folder

    def look(folder: Path, trust: Any) -> Any:
        seen.extend(path.stat().st_mode & 0o777 for path in [folder.parent, folder, *folder.rglob("*")])
        return verify(folder, trust)

    monkeypatch.setattr(unpacking, "verify_folder", look)
    before = os.umask(0)
    try:
        assert check(place, make_zip(entries_of(place.folder("kyc")))).verdicts[0].verified
    finally:
        os.umask(before)
    assert set(seen) == {0o700, 0o600}


def test_no_room_to_unpack_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(SurroundingsError, match="disk_full"):
        check(place, make_zip(entries_of(place.folder("kyc"))))


def test_stopping_cleans_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    unpack = unpacking.unpack_member

    def stop(*args: Any) -> None:
        unpack(*args)
        token.cancel()

    monkeypatch.setattr(unpacking, "unpack_member", stop)
    with pytest.raises(CancelledError):
        check(place, make_zip(entries_of(place.folder("kyc"))), token)


def test_what_a_killed_program_left_is_removed_by_the_next(place: Place) -> None:
    package = place.home / "x.zip"
    package.write_bytes(make_zip(entries_of(place.folder("kyc"))))
    code = (
        "import os, signal, sys; from pathlib import Path; from facevid_gui.evidence import unpacking\n"
        "unpacking.verify_folder = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from facevid_gui.evidence.verify import Trust; from facevid_gui.core.cancel import CancelToken\n"
        "unpacking.verify_archive(Path(sys.argv[1]), Trust(), Path(sys.argv[2]), CancelToken())\n"
    )
    scratch = place.house.paths.unpacked
    done = subprocess.run([sys.executable, "-c", code, str(package), str(scratch)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(scratch.glob("*/evidence"))) == 1
    assert check(place, package).verdicts[0].verified


def test_what_another_program_is_just_verifying_stays(place: Place) -> None:
    scratch = place.house.paths.unpacked
    with unpacking.private_folder(scratch) as other:
        (other / "file").write_bytes(b"")
        with unpacking.private_folder(scratch):
            assert (other / "file").exists()
    assert list(scratch.iterdir()) == []
