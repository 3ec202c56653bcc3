"""Notes and snapshots beside a seal: signed, chained, never lost, never inside; tampering is named."""

import hashlib
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.note import NOTE, RETRACTION, NoteDraft
from facevid_gui.evidence import sidecar
from facevid_gui.evidence.cms import check_detached
from facevid_gui.evidence.export import ExportRequest
from facevid_gui.evidence.notes import MAX_TEXT, add_note, read_notes
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.sidecar import (
    BROKEN,
    MAX_DOCUMENTS,
    SIGNED,
    UNKNOWN_SIGNER,
    read_documents,
    sealed_identity,
)
from facevid_gui.evidence.snapshots import SCHEMA, read_snapshots
from tests.evidence.test_seal_crashes import hand_over
from tests.support.evidence_cms import person
from tests.support.evidence_crash import crash_before, end_of, start_child
from tests.support.evidence_places import Place, Template, files_of, in_threads, unlock_folders
from tests.support.library_shelf import listed
from tests.support.sidecars import SPOT, edit, forge, note, notes, ref, snapshot, states, writer
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

HOSTILE = '<b>bold</b> \u202egpj.exe \x1b[31m "quotes" {0} \ud800 赵样本\nsecond line'


# --- writing and reading ---------------------------------------------------------------------------------


def test_a_note_lies_beside_the_folder_and_says_what_it_speaks_of(place: Place) -> None:
    folder = place.folder("kyc")
    sealed = files_of(folder)
    assert note(place, folder, "看着镜头外", spot=SPOT) == "notes/000001.json"
    path = sidecar_of(folder) / "notes/000001.json"
    data = json.loads(path.read_bytes())
    subject = sealed_identity(folder)
    assert data.pop("at").endswith("Z")
    assert data == {
        "schema": "facevid-note/1", "seq": 1, "operator": place.house.operator["account"],
        "evidence_id": folder.name[-32:], "seal_sha256": place.verify(folder).seal_sha256, "kind": "marker",
        "text": "看着镜头外", "clip": "media/video.mp4", "frame": 12, "pts_us": 480_000, "about": None,
        "prev_sha256": subject.seal_sha256,
    }  # fmt: skip
    signed = check_detached(path.with_name("000001.json.p7s").read_bytes(), path.read_bytes())
    assert signed.certificate_der == place.signer.certificate_der
    assert files_of(folder) == sealed, "the seal is never touched"
    assert place.verify(folder).reasons == ()


def test_notes_are_read_back_in_their_order_each_naming_the_one_before(place: Place) -> None:
    folder = place.folder("kyc")
    for number in range(3):
        note(place, folder, f"note {number}")
    found = notes(place, folder)
    assert [item.text for item in found.notes] == ["note 0", "note 1", "note 2"]
    assert states(found) == [(SIGNED, ())] * 3
    assert found.is_whole
    raw = [(sidecar_of(folder) / item.document.name).read_bytes() for item in found.notes]
    assert [json.loads(text)["prev_sha256"] for text in raw[1:]] == [hashlib.sha256(r).hexdigest() for r in raw[:-1]]


def test_no_sidecar_is_no_note(place: Place) -> None:
    found = notes(place, place.folder("kyc"))
    assert (found.notes, found.unreadable, found.gaps, found.is_whole) == ((), (), (), True)


def test_files_are_read_only_and_folders_private(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder)
    snapshot(place, folder)
    root = sidecar_of(folder)
    for path in [root, *root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o444), path
    assert sorted(path.name for path in root.rglob("*.*") if path.is_file()) == [
        "000001.json", "000001.json", "000001.json.p7s", "000001.json.p7s", "000001.png",
    ]  # fmt: skip


def test_libraries_do_not_list_the_sidecar(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder)
    assert [entry.path for entry in listed(place.house.library, [place.root])] == [folder]


def test_hostile_text_is_kept_as_it_is(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder, f"  {HOSTILE}\r\n third ")
    assert notes(place, folder).notes[0].text == f"{HOSTILE}\n third"
    assert states(notes(place, folder)) == [(SIGNED, ())]


@pytest.mark.parametrize(
    ("text", "code"), [("", "note_empty"), (" \n\t ", "note_empty"), ("x" * 4001, "note_too_long")]
)
def test_a_text_that_cannot_be_kept_is_refused_before_anything_is_written(place: Place, text: str, code: str) -> None:
    folder = place.folder("kyc")
    with pytest.raises(UsageError, match=code):
        note(place, folder, text)
    assert not sidecar_of(folder).exists()


def test_the_longest_text_fits(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder, "𠮷" * MAX_TEXT)
    assert notes(place, folder).notes[0].text == "𠮷" * MAX_TEXT


def test_what_is_no_evidence_gets_no_note(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match="not_evidence"):
        sealed_identity(tmp_path)


# --- corrections -----------------------------------------------------------------------------------------


def test_a_correction_is_a_new_note_and_the_old_one_stays(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder, "blinks twice", spot=SPOT)
    note(place, folder, "blinks once", spot=SPOT, about=ref(notes(place, folder), 1))
    found = notes(place, folder)
    assert [(item.text, item.replaced_by, item.is_withdrawn) for item in found.notes] == [
        ("blinks twice", 2, False), ("blinks once", None, False),
    ]  # fmt: skip
    assert [item.text for item in found.markers] == ["blinks once"]
    note(place, folder, "wrong clip", kind=RETRACTION, about=ref(found, 2))
    found = notes(place, folder)
    assert [(item.replaced_by, item.is_withdrawn) for item in found.notes] == [(2, False), (3, True), (None, False)]
    assert found.markers == ()


@pytest.mark.parametrize("signer", ["stranger", "nobody"])
def test_a_note_nobody_trusted_signed_takes_nothing_back(place: Place, signer: str) -> None:
    folder = place.folder("kyc")
    note(place, folder, "blinks twice", spot=SPOT)
    first = ref(notes(place, folder), 1)
    about = {"seq": first.seq, "sha256": first.sha256}
    by = person("p256", name="a stranger") if signer == "stranger" else None
    forge(folder, 2, {"kind": "retraction", "text": "never mind", "about": about}, by)
    found = notes(place, folder)
    assert found.notes[0].replaced_by is None
    assert [item.text for item in found.markers] == ["blinks twice"]
    assert states(found)[1] == ((UNKNOWN_SIGNER, ()) if by else (BROKEN, ("unsigned",)))


def test_a_note_cannot_take_back_one_that_comes_after_it(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder, "first")
    note(place, folder, "second")
    second = ref(notes(place, folder), 2)
    note(place, folder, "third", about=second)
    path = sidecar_of(folder) / "notes/000001.json"
    edit(path, about={"seq": 2, "sha256": second.sha256})
    assert notes(place, folder).notes[1].replaced_by == 3


# --- tampering -------------------------------------------------------------------------------------------


def three(place: Place) -> tuple[Path, Path]:
    """A folder with three notes, and where they lie."""
    folder = place.folder("kyc")
    for number in range(3):
        note(place, folder, f"note {number}", spot=SPOT)
    return folder, sidecar_of(folder) / "notes"


def test_a_changed_note_is_broken_and_the_next_does_not_fit(place: Place) -> None:
    folder, where = three(place)
    edit(where / "000002.json", text="something else")
    found = notes(place, folder)
    assert states(found) == [(SIGNED, ()), (BROKEN, ("bad_signature",)), (BROKEN, ("out_of_chain",))]
    assert not found.is_whole
    assert [item.document.seq for item in found.markers] == [1]


def test_a_note_replaced_and_signed_by_a_stranger_is_seen_twice(place: Place) -> None:
    folder, _ = three(place)
    forge_at(folder, 2, text="something else")
    assert states(notes(place, folder)) == [(SIGNED, ()), (UNKNOWN_SIGNER, ()), (BROKEN, ("out_of_chain",))]
    stranger = notes(place, folder).notes[1].document
    assert stranger.signer_subject == "CN=a stranger"
    assert len(stranger.signer_sha256) == 64


def forge_at(folder: Path, number: int, **members: object) -> None:
    """Put another document in the place of one, signed by a stranger, itself in the chain."""
    where = sidecar_of(folder) / "notes"
    data = json.loads((where / f"{number:06d}.json").read_bytes())
    for name in (f"{number:06d}.json", f"{number:06d}.json.p7s"):
        (where / name).unlink()
    forge(folder, number, {**data, **members}, person("p256", name="a stranger"))


def test_a_missing_note_is_a_gap(place: Place) -> None:
    folder, where = three(place)
    for name in ("000002.json", "000002.json.p7s"):
        (where / name).unlink()
    found = notes(place, folder)
    assert [item.document.seq for item in found.notes] == [1, 3]
    assert found.gaps == ((2, 2),)
    assert not found.is_whole


def test_a_signature_without_its_note_keeps_its_number(place: Place) -> None:
    folder, where = three(place)
    (where / "000003.json").unlink()
    assert note(place, folder, "next") == "notes/000004.json"
    assert notes(place, folder).gaps == ((3, 3),)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "the signature is gone": (lambda p: p.with_name(f"{p.name}.p7s").unlink(), "unsigned"),
    "a signature of something else": (
        lambda p: shutil.copy(p.with_name("000002.json.p7s"), p.with_name("000001.json.p7s")), "bad_signature"),
    "a signature that is none": (lambda p: p.with_name(f"{p.name}.p7s").write_bytes(b"x"), "bad_signature"),
    "not JSON": (lambda p: p.write_bytes(b"{"), "malformed"),
    "a list": (lambda p: p.write_bytes(b"[]"), "malformed"),
    "deep": (lambda p: p.write_bytes(b"[" * 60_000), "malformed"),
    "too large": (lambda p: p.write_bytes(b" " * 70_000), "unreadable"),
    "a link": (lambda p: (p.unlink(), p.symlink_to(p.with_name("000002.json"))), "unreadable"),
    "a folder": (lambda p: (p.unlink(), p.mkdir()), "unreadable"),
    "a pipe": (lambda p: (p.unlink(), os.mkfifo(p)), "unreadable"),
    "no kind": (lambda p: edit(p, kind="verdict"), "bad_signature"),
    "a number as text": (lambda p: edit(p, text=5), "bad_signature"),
    "a frame that is none": (lambda p: edit(p, frame=True), "bad_signature"),
    "a clip elsewhere": (lambda p: edit(p, clip="../../etc/passwd"), "bad_signature"),
    "a time that is none": (lambda p: edit(p, at="yesterday"), "bad_signature"),
    "about nothing": (lambda p: edit(p, about=3), "bad_signature"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_note_is_named_and_the_others_are_read(place: Place, what: str) -> None:
    folder, where = three(place)
    change, finding = CHANGES[what]
    for path in where.iterdir():
        path.chmod(0o600)
    change(where / "000001.json")
    found = notes(place, folder)
    documents = [*found.unreadable, *(item.document for item in found.notes)]
    first = next(document for document in documents if document.seq == 1)
    assert (first.state, finding in first.findings) == (BROKEN, True)
    assert [item.document.seq for item in found.notes][-2:] == [2, 3]
    assert not found.is_whole
    assert place.verify(folder).reasons == (), "the folder itself is as it was"


def test_notes_of_another_record_or_seal_are_told_apart(place: Place) -> None:
    folder, other = place.folder("kyc"), place.folder("ess")
    note(place, other, "about somebody else")
    shutil.copytree(sidecar_of(other), sidecar_of(folder))
    assert states(notes(place, folder)) == [(BROKEN, ("other_record", "out_of_chain"))]


def test_a_number_in_the_name_only_is_malformed(place: Place) -> None:
    folder, where = three(place)
    for suffix in ("", ".p7s"):
        (where / f"000003.json{suffix}").rename(where / f"000007.json{suffix}")
    found = notes(place, folder)
    assert states(found)[-1] == (BROKEN, ("malformed",))
    assert found.gaps == ((3, 6),)


@pytest.mark.parametrize("name", ["", "notes"])
def test_a_link_in_the_place_of_the_sidecar_is_neither_followed_nor_silent(
    place: Place, tmp_path: Path, name: str
) -> None:
    folder = place.folder("kyc")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = sidecar_of(folder) / name
    target.parent.mkdir(exist_ok=True)
    target.symlink_to(elsewhere)
    with pytest.raises(SubjectError, match="sidecar_no_folder"):
        note(place, folder)
    with pytest.raises(SubjectError, match="sidecar_no_folder"):
        notes(place, folder)
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_the_place_of_the_sidecar_is_told(place: Place) -> None:
    folder = place.folder("kyc")
    sidecar_of(folder).write_bytes(b"")
    for act in (note, notes):
        with pytest.raises(SubjectError, match="sidecar_no_folder"):
            act(place, folder)


def test_there_is_a_most_and_it_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, where = three(place)
    monkeypatch.setattr(sidecar, "MAX_DOCUMENTS", 3)
    with pytest.raises(SubjectError, match="sidecar_too_many"):
        note(place, folder)
    monkeypatch.undo()
    (where / "999999.json").write_bytes(b"{}")
    with pytest.raises(SubjectError, match="sidecar_too_many"):
        note(place, folder)
    assert notes(place, folder).gaps == ((4, 999_998),), "one run, not a million lines"


def test_a_flood_of_files_is_not_read(place: Place) -> None:
    folder, where = three(place)
    for number in range(4, MAX_DOCUMENTS + 2):
        (where / f"{number:06d}.json").touch()
    with pytest.raises(SubjectError, match="sidecar_too_many"):
        notes(place, folder)


# --- snapshots -------------------------------------------------------------------------------------------


def read_all(place: Place, folder: Path):  # type: ignore[no-untyped-def]
    return read_snapshots(folder, sealed_identity(folder), place.house.keys.trusted())


def test_a_snapshot_says_of_which_frame_it_is(place: Place) -> None:
    folder = place.folder("kyc")
    assert snapshot(place, folder) == "snapshots/000001.json"
    where = sidecar_of(folder) / "snapshots"
    data = json.loads((where / "000001.json").read_bytes())
    png = (where / "000001.png").read_bytes()
    assert data["schema"] == SCHEMA
    assert data["clip"] == {"path": "media/video.mp4", "role": "liveness", "index": 1, "sha256": "ab" * 32}
    assert (data["frame"], data["pts_us"], data["damaged"]) == (3, 120_000, False)
    assert data["decoder"] == {"name": "h264", "version": "1"}
    assert data["planes"] == {
        "sha256": hashlib.sha256(b"planes").hexdigest(), "format": "yuv420p", "width": 640, "height": 480,
    }  # fmt: skip
    assert data["shown"] == {
        "rotation": 90, "mirrored": True, "pixel_shape": "4:3", "matrix": 5, "full_range": False, "width": 480,
        "height": 640,
    }  # fmt: skip
    assert data["picture"] == {"sha256": hashlib.sha256(png).hexdigest()}
    (found,) = read_all(place, folder).snapshots
    assert (found.state, found.frame, found.clip, found.picture) == (
        SIGNED, 3, "media/video.mp4", "snapshots/000001.png",
    )  # fmt: skip
    assert place.verify(folder).reasons == ()


def test_a_snapshot_of_an_earlier_version_can_still_be_read(place: Place) -> None:
    """Its hash is that of the pixels in the picture, and how it was shown is not said."""
    folder = place.folder("kyc")
    snapshot(place, folder)
    where = sidecar_of(folder) / "snapshots"
    data = json.loads((where / "000001.json").read_bytes())
    (where / "000002.png").write_bytes((where / "000001.png").read_bytes())
    earlier = {"sha256": "ab" * 32, "format": "rgb24", "width": 480, "height": 640, "rotation": 90}
    forge(folder, 2, {"planes": earlier, "shown": None, "picture": data["picture"]}, place.signer, "snapshots")
    found = read_all(place, folder).snapshots
    assert [(item.state, item.frame) for item in found] == [(SIGNED, 3), (SIGNED, 3)]


def test_a_picture_that_was_changed_or_taken_away_is_told(place: Place) -> None:
    folder = place.folder("kyc")
    for _ in range(3):
        snapshot(place, folder)
    where = sidecar_of(folder) / "snapshots"
    for path in where.iterdir():
        path.chmod(0o600)
    (where / "000001.png").write_bytes(b"another picture")
    (where / "000002.png").unlink()
    found = read_all(place, folder).snapshots
    assert [(item.state, item.findings) for item in found] == [
        (BROKEN, ("picture_changed",)), (BROKEN, ("picture_missing",)), (SIGNED, ()),
    ]  # fmt: skip
    edit(where / "000003.json", clip="none")
    assert [document.seq for document in read_all(place, folder).unreadable] == [3]


def test_notes_and_snapshots_are_no_mixture(place: Place) -> None:
    folder = place.folder("kyc")
    snapshot(place, folder)
    note(place, folder)
    root = sidecar_of(folder)
    for suffix in ("", ".p7s"):
        shutil.copy(root / f"snapshots/000001.json{suffix}", root / f"notes/000002.json{suffix}")
    assert [document.findings for document in notes(place, folder).unreadable] == [("malformed",)]


# --- two at once, crashes, media that refuse ---------------------------------------------------------------


def test_two_programs_at_once_lose_no_note_and_share_no_number(place: Place) -> None:
    """Processes of their own homes: no lock in common, only exclusive creation."""
    folder, subject, signer = place.folder("kyc"), None, place.signer
    subject = sealed_identity(folder)
    others = [Place(place.template, place.home.with_name(f"other-{number}")) for number in range(2)]

    def write(other: Place) -> None:
        for number in range(8):
            add_note(writer(other.house), folder, subject, NoteDraft(NOTE, f"{other.home.name} {number}"), signer)

    children = [start_child(lambda other=other: write(other)) for other in others]
    assert [end_of(child) for child in children] == [0, 0]
    found = notes(place, folder)
    assert len(found.notes) == 16
    assert found.gaps == ()
    assert sorted(item.text for item in found.notes) == sorted(f"other-{k} {n}" for k in range(2) for n in range(8))
    assert states(found) == [(SIGNED, ())] * 16, "each names the one before it"


def test_two_threads_of_one_program_lose_none(place: Place) -> None:
    folder, signer = place.folder("kyc"), place.signer

    def work(name: str) -> None:
        for number in range(5):
            note(place, folder, f"{name}{number}", signer)

    in_threads(work, "ab")
    assert states(notes(place, folder)) == [(SIGNED, ())] * 10


def test_without_hard_links_a_number_still_goes_to_one_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    folder = place.folder("kyc")
    note(place, folder, "first")
    taken = sidecar_of(folder) / "notes/000002.json"
    ends = iter([(2, "x" * 64)])
    monkeypatch.setattr(sidecar, "_end_of", lambda *rest, end_of=sidecar._end_of: next(ends, None) or end_of(*rest))
    shutil.copy(sidecar_of(folder) / "notes/000001.json", taken)
    before = taken.read_bytes()
    assert note(place, folder, "third") == "notes/000003.json"
    assert taken.read_bytes() == before
    assert states(notes(place, folder))[0] == (SIGNED, ())


def test_after_a_crash_before_any_change_nothing_is_half_there_unsaid(place: Place) -> None:
    """Crash before each change of the disk: the note is there whole, or unsigned and said so, or not at all."""
    folder = place.folder("kyc")
    note(place, folder, "before")
    seen: list[str] = []
    step = 1
    while crash_before(step, lambda: note(place, folder, "interrupted")):
        found = notes(place, folder)
        assert found.gaps == ()
        assert found.unreadable == ()
        assert states(found)[0] == (SIGNED, ())
        seen.append(states(found)[1][1][0] if len(found.notes) > 1 and states(found)[1][1] else str(len(found.notes)))
        note(place, folder, "after")
        assert states(notes(place, folder))[-1] == (SIGNED, ())
        shutil.rmtree(sidecar_of(folder))
        note(place, folder, "before")
        step += 1
    assert set(seen) == {"1", "unsigned", "2"}, "before, between and after the two names appear"
    assert seen.count("unsigned") == 1


def test_a_full_disk_leaves_no_half_note(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, write_new = place.folder("kyc"), sidecar.write_new
    note(place, folder, "first")
    before = files_of(sidecar_of(folder))

    def full(path: Path, raw: bytes) -> None:
        if ".p7s" in path.name:
            raise OSError(28, "No space left on device")
        write_new(path, raw)

    monkeypatch.setattr(sidecar, "write_new", full)
    with pytest.raises(SurroundingsError, match="disk_full"):
        note(place, folder, "second")
    assert files_of(sidecar_of(folder)) == before


def test_a_key_that_refuses_leaves_nothing(place: Place) -> None:
    class Refusing:
        certificate_der = place.signer.certificate_der

        def sign(self, data: bytes) -> bytes:
            raise SurroundingsError("no_signing_key", cause="keyring_locked")

    folder = place.folder("kyc")
    with pytest.raises(SurroundingsError, match="no_signing_key"):
        note(place, folder, "x", Refusing())
    assert files_of(sidecar_of(folder)) == {}


def test_where_nothing_may_be_written_that_is_told_and_notes_are_still_read(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder, noted = place.folder("kyc"), place.folder("ess")
        note(place, noted, "before")
        hand_over(base)
        place.root.chmod(0o555)
        (sidecar_of(noted) / "notes").chmod(0o555)
        refused = []

        def attempt() -> list[tuple[str, str]]:
            for target in (folder, noted):
                try:
                    note(place, target)
                except FacevidError as error:
                    refused.append((error.code, Path(error.params["path"]).name))
            return refused

        assert as_unprivileged(attempt) == [
            ("sidecar_refused", sidecar_of(folder).name), ("sidecar_refused", sidecar_of(noted).name),
        ]  # fmt: skip
        assert states(notes(place, noted)) == [(SIGNED, ())]
        assert not sidecar_of(folder).exists()
        unlock_folders(base)


def test_a_folder_that_cannot_be_read_is_told(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        note(place, folder)
        subject, trusted = sealed_identity(folder), place.house.keys.trusted()
        hand_over(base)
        (sidecar_of(folder) / "notes").chmod(0o000)

        def attempt() -> str:
            try:
                read_notes(folder, subject, trusted)
            except FacevidError as error:
                return error.code
            return ""

        assert as_unprivileged(attempt) == "permission_denied"
        (sidecar_of(folder) / "notes").chmod(0o700)
        assert len(read_documents(folder, "notes", "facevid-note/1", subject, trusted).items) == 1


# --- what happens to the folder happens to its notes -----------------------------------------------------------------


def test_notes_travel_with_a_package_and_hold_where_it_is_unpacked(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    note(place, folder, "for the court", spot=SPOT)
    snapshot(place, folder)
    package = tmp_path / "hand-over.zip"
    request = ExportRequest(folder, package)
    place.house.exporter.export(request, place.trust(), lambda: place.signer, CancelToken())
    with zipfile.ZipFile(package) as opened:
        opened.extractall(tmp_path / "court")
    (unpacked,) = [path for path in (tmp_path / "court").rglob("fv-*") if path.is_dir() and path.suffix != ".work"]
    assert states(notes(place, unpacked)) == [(SIGNED, ())]
    assert [found.state for found in read_all(place, unpacked).snapshots] == [SIGNED]


def test_deleting_evidence_deletes_its_notes(place: Place) -> None:
    folder = place.folder("kyc")
    note(place, folder)
    snapshot(place, folder)
    purger = place.house.purger
    purger.purge(purger.plan(folder, place.trust(), [place.root]), "retention is over")
    assert not folder.exists()
    assert not sidecar_of(folder).exists()
