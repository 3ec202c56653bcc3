"""Review: one door for captures and evidence, and no byte shown that is not the one that was recorded."""

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import read_capture_record
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.record import MediaItem
from facevid_gui.core.verdict import FolderVerdict, Reason, Verdict
from facevid_gui.evidence import bag, reading, verify
from facevid_gui.evidence.review import (
    MAX_MEDIA_BYTES,
    Reviewed,
    UnreadableFolderError,
    open_capture,
    open_evidence,
    raw_answers,
    read_media,
)
from tests.support.evidence_places import Place, unlock
from tests.support.evidence_tampering import add_event, edit_record, flip, rebuild_lists, video

FOLDERS = ["ess", "kyc", "other", "repaired", "damaged", "no_media", "gzip", "bad_base64", "stamped"]
BODY = "data/exchanges/01/response-body.bin"
Tamper = Callable[[Path], object]


def opened(place: Place, folder: Path) -> Reviewed:
    return open_evidence(folder, place.trust())


def media_of(reviewed: Reviewed) -> list[MediaItem]:
    return [*reviewed.record.clips, *reviewed.record.photos]


def refusal(reviewed: Reviewed, item: MediaItem) -> str:
    with pytest.raises(SubjectError) as caught:
        read_media(reviewed, item)
    return caught.value.code


# --- the one door ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOLDERS)
def test_a_sealed_folder_opens_verified_with_its_record_media_and_custody(place: Place, name: str) -> None:
    folder = place.folder(name)
    reviewed = opened(place, folder)
    assert reviewed.is_sealed
    assert (reviewed.folder, reviewed.data) == (folder, folder / "data")
    assert reviewed.verdict == place.verify(folder)
    assert reviewed.capture == read_capture_record(folder / "data")
    assert reviewed.record == record_of(reviewed.capture, lambda path: FileBody(folder / "data" / path))
    for item in media_of(reviewed):
        if item.path is not None:
            assert read_media(reviewed, item) == (folder / "data" / item.path).read_bytes()
    events = [event.event for event in reviewed.custody]
    assert events == (["sealed", "stamped", "verified"] if name == "stamped" else ["sealed"])
    assert [event.seq for event in reviewed.custody] == list(range(1, len(events) + 1))
    assert reviewed.custody[0].operator == place.house.operator["account"]
    assert reviewed.custody[0].at == reviewed.capture.sealed_at
    assert "seal_sha256" in reviewed.custody[0].detail


@pytest.mark.parametrize("name", ["flow", "order"])
def test_a_capture_shows_what_its_evidence_will_show(place: Place, name: str) -> None:
    entry = place.capture(name)
    before = open_capture(entry)
    assert (before.is_sealed, before.verdict, before.custody) == (False, None, ())
    assert before.data == before.folder == entry.path
    shown = {item.pointer: read_media(before, item) for item in media_of(before)}
    raw = raw_answers(before)
    assert len(raw.rows) > 5
    assert not raw.damaged
    after = opened(place, place.seal(entry).folder)
    assert after.record == before.record
    assert {item.pointer: read_media(after, item) for item in media_of(after)} == shown
    assert raw_answers(after) == raw


def test_a_folder_of_strangers_opens_with_its_verdict(place: Place) -> None:
    reviewed = open_evidence(place.folder("kyc"), verify.Trust())
    assert reviewed.verdict is not None
    assert (reviewed.verdict.verdict, reviewed.verdict.reasons) == (Verdict.UNKNOWN_SIGNER, ())
    assert len(media_of(reviewed)) == 2
    assert all(read_media(reviewed, item) for item in media_of(reviewed))


# --- captures that cannot be reviewed ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["interrupted", "receiving"])
def test_only_complete_captures_are_reviewed(place: Place, state: str) -> None:
    with pytest.raises(SubjectError, match="capture_interrupted"):
        open_capture(replace(place.capture("order"), state=state))


def test_a_capture_that_is_gone_is_unknown(place: Place) -> None:
    entry = place.capture("order")
    place.house.captures.discard(entry)
    with pytest.raises(UsageError, match="capture_unknown"):
        open_capture(entry)


def replaced_by_link(path: Path) -> None:
    """The same bytes, elsewhere."""
    elsewhere = path.parent.parent / f"elsewhere-{path.name}"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def fill(path: Path, size: int = MAX_CAPTURE_JSON_BYTES) -> None:
    """More than is ever read, at no cost."""
    with path.open("ab") as file:
        file.truncate(file.tell() + size)


def other_id(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(path.parent.name.encode(), b"f" * 32))


CHANGED = {
    "record damaged": ("capture.json", lambda path: path.write_bytes(path.read_bytes()[:-20])),
    "record huge": ("capture.json", fill),
    "record missing": ("capture.json", Path.unlink),
    "record a link": ("capture.json", replaced_by_link),
    "record of another": ("capture.json", other_id),
    "answer changed": ("exchanges/01/response-body.bin", flip),
    "answer longer": ("exchanges/01/response-body.bin", fill),
    "answer missing": ("exchanges/01/response-body.bin", Path.unlink),
    "answer a link": ("exchanges/01/response-body.bin", replaced_by_link),
    "exchange a link": ("exchanges/01", replaced_by_link),
}


def answer_path(folder: Path) -> str:
    """The exchange with the answer: the ticket's are kept without files, the further photos come after it."""
    return min(p.parent.relative_to(folder).as_posix() for p in folder.rglob("response-body.bin"))


@pytest.mark.parametrize("what", CHANGED)
def test_a_capture_that_is_not_what_was_received_is_refused(place: Place, what: str) -> None:
    entry = place.capture("order")
    path, tamper = CHANGED[what]
    tamper(entry.path / path.replace("exchanges/01", answer_path(entry.path)))
    with pytest.raises(SubjectError, match="capture_changed") as caught:
        open_capture(entry)
    assert caught.value.params["path"].startswith(str(entry.path))


def test_a_clip_of_a_capture_is_checked_against_its_record(place: Place) -> None:
    entry = place.capture("order")
    reviewed = open_capture(entry)
    flip(entry.path / "media/video.mp4")
    clip, photo = media_of(reviewed)
    assert refusal(reviewed, clip) == "media_changed"
    assert read_media(reviewed, photo)


# --- folders somebody worked on ----------------------------------------------------------------------------------


def as_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_bytes(b"")


MEDIA = {
    "changed": ("video.mp4", flip, "media_changed"),
    "shorter": ("video.mp4", lambda path: path.write_bytes(path.read_bytes()[:-1]), "media_changed"),
    "longer": ("video.mp4", fill, "media_changed"),
    "removed": ("video.mp4", Path.unlink, "media_missing"),
    "a link": ("video.mp4", replaced_by_link, "media_changed"),
    "a pipe": ("video.mp4", as_fifo, "media_changed"),
    "a folder": ("video.mp4", as_folder, "media_changed"),
    "below a link": ("", replaced_by_link, "media_changed"),
    "below a file": ("", as_file, "media_missing"),
}


@pytest.mark.parametrize("what", MEDIA)
def test_a_clip_that_is_not_the_sealed_one_is_never_shown(place: Place, what: str) -> None:
    folder = place.open_folder("kyc")
    name, tamper, code = MEDIA[what]
    tamper(folder / "data/media" / name)
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.ALTERED
    clip, photo = media_of(reviewed)
    assert refusal(reviewed, clip) == code
    if name:
        assert read_media(reviewed, photo)


def test_a_clip_exchanged_together_with_its_record_is_not_shown(place: Place) -> None:
    folder = place.open_folder("kyc")
    flip(video(folder))
    record = json.loads((folder / "data/capture.json").read_bytes())
    for item in record["derived"]:
        item["sha256"] = hashlib.sha256((folder / "data" / item["path"]).read_bytes()).hexdigest()
    edit_record(folder, derived=record["derived"])
    reviewed = opened(place, folder)
    assert refusal(reviewed, reviewed.record.clips[0]) == "media_changed"
    assert read_media(reviewed, reviewed.record.photos[0])
    tags = (folder / bag.TAG_MANIFEST).read_bytes()
    rebuild_lists(folder)
    reviewed = opened(place, folder)  # all lists made to fit: shown, under a verdict that says so
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.ALTERED
    assert read_media(reviewed, reviewed.record.clips[0])
    (folder / bag.TAG_MANIFEST).write_bytes(tags)  # the signed list does not know this manifest
    assert refusal(opened(place, folder), reviewed.record.clips[0]) == "media_changed"


def test_a_clip_said_to_be_larger_than_any_is_not_loaded(place: Place) -> None:
    folder = place.open_folder("kyc")
    record = json.loads((folder / "data/capture.json").read_bytes())
    record["derived"][0]["size_bytes"] = 2 * MAX_MEDIA_BYTES
    edit_record(folder, derived=record["derived"])
    fill(video(folder), 2 * MAX_MEDIA_BYTES)
    reviewed = opened(place, folder)
    assert refusal(reviewed, reviewed.record.clips[0]) == "media_too_large"


@pytest.mark.parametrize("name", [bag.MANIFEST, bag.TAG_MANIFEST])
@pytest.mark.parametrize("tamper", [Path.unlink, flip, as_folder, replaced_by_link], ids=lambda t: t.__name__)
def test_without_the_sealed_list_no_clip_is_the_sealed_one(place: Place, name: str, tamper: Tamper) -> None:
    folder = place.open_folder("kyc")
    tamper(folder / name)
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.ALTERED
    if tamper is not flip or name == bag.MANIFEST:  # a changed tag list is still a list, though nobody signed it
        assert {refusal(reviewed, item) for item in media_of(reviewed)} == {"media_changed"}
    assert raw_answers(reviewed).rows


RECORD = {
    "damaged": lambda path: path.write_bytes(b"{"),
    "not text": lambda path: path.write_bytes(b"\xff\x00" * 50),
    "deeply nested": lambda path: path.write_bytes(b"[" * 200_000),
    "huge": fill,
    "missing": Path.unlink,
    "a folder": as_folder,
    "a pipe": as_fifo,
    "a link": replaced_by_link,
    "of another schema": lambda path: path.write_bytes(path.read_bytes().replace(b"facevid-evidence/1", b"x/1")),
    "leading out": lambda path: path.write_bytes(path.read_bytes().replace(b'"media/', b'"../media/')),
}


@pytest.mark.parametrize("what", RECORD)
def test_a_folder_without_a_readable_record_is_told_with_its_verdict(place: Place, what: str) -> None:
    folder = place.open_folder("kyc")
    RECORD[what](folder / "data/capture.json")
    with pytest.raises(UnreadableFolderError, match="folder_unreadable") as caught:
        opened(place, folder)
    assert caught.value.verdict == place.verify(folder)
    assert not caught.value.verdict.verified
    assert caught.value.params["path"] == str(folder)


def test_a_payload_behind_a_link_is_not_read(place: Place) -> None:
    folder = place.open_folder("kyc")
    replaced_by_link(folder / "data")
    with pytest.raises(UnreadableFolderError) as caught:
        opened(place, folder)
    assert Reason("link", "data") in caught.value.verdict.reasons


@pytest.mark.parametrize("what", ["nothing", "file", "link"])
def test_what_is_no_folder_is_told_with_its_verdict(place: Place, what: str) -> None:
    path = place.home / "thing"
    if what == "file":
        path.write_bytes(b"x")
    elif what == "link":
        path.symlink_to(place.folder("kyc"))
    with pytest.raises(UnreadableFolderError) as caught:
        opened(place, path)
    assert caught.value.verdict.verdict is Verdict.UNREADABLE


def test_a_changed_answer_is_shown_behind_its_verdict(place: Place) -> None:
    folder = place.open_folder("kyc")
    body = min(folder.rglob("response-body.bin"))
    body.write_bytes(body.read_bytes().replace(b'"99"', b'"11"'))
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert (reviewed.verdict.verdict, reviewed.record.scores.live_rate) == (Verdict.ALTERED, "11")
    tree = raw_answers(reviewed)
    assert [tree.rows[number].text for number in tree.find("liveRate")] == ["11"]
    assert tree.damaged == {0}
    assert "while it was opened" not in {reason.detail for reason in reviewed.verdict.reasons}


def test_a_folder_without_its_answer_opens_empty(place: Place) -> None:
    folder = place.open_folder("kyc")
    min(folder.rglob("response-body.bin")).unlink()
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.ALTERED
    assert (reviewed.record.outcome.code, media_of(reviewed)) == ("unreadable_answer", [])
    tree = raw_answers(reviewed)
    assert (tree.rows[0].kind, tree.rows[0].text) == ("text", "")
    assert tree.damaged == {0}


@pytest.mark.parametrize(
    ("tamper", "left"),
    [
        (lambda folder: (folder / "custody/000002.json").unlink(), 1),
        (lambda folder: (folder / "custody/000002.json").write_bytes(b"[]"), 1),
        (lambda folder: (folder / "custody/000002.json").write_bytes(b'{"event":["sealed"]}'), 1),
        (lambda folder: flip(folder / "custody/000001.json", 30), None),
        (lambda folder: (folder / "custody/000003.json.p7s").unlink(), 3),
        (lambda folder: shutil.rmtree(folder / "custody"), 0),
        (lambda folder: as_file(folder / "custody"), 0),
    ],
)
def test_the_custody_is_shown_as_far_as_it_can_be_read(place: Place, tamper: Tamper, left: int | None) -> None:
    folder = place.open_folder("stamped")
    tamper(folder)
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert not reviewed.verdict.verified
    assert "while it was opened" not in {reason.detail for reason in reviewed.verdict.reasons}
    if left is not None:
        assert len(reviewed.custody) == left


@pytest.mark.parametrize(
    "members",
    [
        {"event": "invented"}, {"event": None}, {"event": ["sealed"]}, {"event": {}}, {"operator": 7},
        {"detail": []}, {"at": "yesterday"}, {"at": None},
        {"at": ["2026-01-01T00:00:00Z"]},
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_shown_ends_the_custody(place: Place, members: dict[str, object]) -> None:
    folder = place.open_folder("stamped")
    path = folder / "custody/000003.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | members), "utf-8")
    assert [event.seq for event in opened(place, folder).custody] == [1, 2]


# --- between check and use ---------------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Tamper], None]:
    """Let something happen to a folder right after it was verified."""
    check = verify.verify_folder

    def arrange(tamper: Tamper) -> None:
        def checked(folder: Path, trust: verify.Trust) -> FolderVerdict:
            verdict = check(folder, trust)
            tamper(folder)
            return verdict

        monkeypatch.setattr(verify, "verify_folder", checked)

    return arrange


def change_record(folder: Path) -> None:
    edit_record(folder, case_ref="another case")


def change_answer(folder: Path) -> None:
    body = min(folder.rglob("response-body.bin"))
    body.write_bytes(body.read_bytes().replace(b'"99"', b'"98"'))


def break_answer(folder: Path) -> None:
    min(folder.rglob("response-body.bin")).write_bytes(b"<html>")


def change_headers(folder: Path) -> None:
    path = min(folder.rglob("response-headers.txt"))
    path.write_bytes(path.read_bytes() + b"X: y\n")


def change_list(folder: Path) -> None:
    flip(folder / bag.MANIFEST)


def change_custody(folder: Path) -> None:
    path = folder / "custody/000001.json"
    path.write_bytes(path.read_bytes().replace(b'"sealed"', b'"verified"', 1))


MEANWHILE = {
    "record": (change_record, ["data/capture.json"]),
    "answer": (change_answer, [BODY]),
    "no answer": (break_answer, [BODY]),
    "answer gone": (lambda folder: min(folder.rglob("response-body.bin")).unlink(), [BODY]),
    "headers": (change_headers, [BODY.replace("response-body.bin", "response-headers.txt")]),
    "list": (change_list, None),
    "custody": (change_custody, ["custody/"]),
    "custody gone": (lambda folder: shutil.rmtree(folder / "custody"), ["custody/"]),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_changes_while_a_folder_is_opened_is_never_shown_as_verified(
    place: Place, meanwhile: Callable[[Tamper], None], what: str
) -> None:
    tamper, named = MEANWHILE[what]
    meanwhile(tamper)
    folder = place.open_folder("kyc")
    inside = answer_path(folder)
    reviewed = opened(place, folder)
    assert reviewed.verdict is not None
    assert (reviewed.verdict.verdict, reviewed.verdict.verified) == (Verdict.ALTERED, False)
    changed = [r.path for r in reviewed.verdict.reasons if (r.code, r.detail) == ("changed", "while it was opened")]
    assert changed == [path.replace("data/exchanges/01", inside) for path in named] if named else changed


def test_an_event_added_while_a_folder_is_opened_is_not_shown_yet(
    place: Place, meanwhile: Callable[[Tamper], None]
) -> None:
    meanwhile(lambda folder: add_event(folder, place.signer, "verified", {"reason": "at the same moment"}))
    reviewed = opened(place, place.open_folder("kyc"))
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.VERIFIED_UNSTAMPED
    assert [event.event for event in reviewed.custody] == ["sealed"]


def test_a_record_that_vanishes_while_its_folder_is_opened_is_told(
    place: Place, meanwhile: Callable[[Tamper], None]
) -> None:
    meanwhile(shutil.rmtree)
    with pytest.raises(UnreadableFolderError):
        opened(place, place.open_folder("kyc"))


def test_what_changes_after_a_folder_was_opened_is_not_shown(place: Place) -> None:
    folder = place.open_folder("kyc")
    reviewed = opened(place, folder)
    item = reviewed.record.clips[0]
    assert item.path is not None
    rebuilt = bytes(reversed((folder / "data" / item.path).read_bytes()))
    (folder / "data" / item.path).write_bytes(rebuilt)
    rebuild_lists(folder)  # a new manifest does not help: the one that was verified counts
    assert refusal(reviewed, replace(item, sha256=hashlib.sha256(rebuilt).hexdigest())) == "media_changed"
    change_answer(folder)
    with pytest.raises(SubjectError, match="answer_changed"):
        raw_answers(reviewed)


# --- the media ---------------------------------------------------------------------------------------------------


def test_media_that_could_not_be_decoded_are_missing(place: Place) -> None:
    reviewed = opened(place, place.folder("kyc"))
    undecoded = MediaItem("photo", 2, "/result/photoList/0", problem="damaged_base64")
    assert refusal(reviewed, undecoded) == "media_missing"


def test_a_disk_that_fails_is_no_tampering(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewed = opened(place, place.folder("kyc"))

    def fail(path: Path, limit: int) -> bytes:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(reading, "read_limited", fail)
    with pytest.raises(SurroundingsError, match="disk_failed"):
        read_media(reviewed, reviewed.record.clips[0])


# --- whatever is in a folder -------------------------------------------------------------------------------------


def spoil(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, a part doubled or removed."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[start] = chance.randrange(256)
        elif what == 1:
            del data[start : start + chance.randint(1, 40)]
        elif what == 2:
            data[start:start] = data[start : start + chance.randint(1, 200)]
        else:
            data[start:start] = chance.choice([b"null", b"1e999", b"-1", b"[]", b"{}", b'"', b"\x00", b"9" * 5000])
    return bytes(data) or b"0"


@pytest.mark.parametrize("seed", range(40))
def test_only_errors_with_a_sentence_come_out_of_a_spoilt_folder(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    folder = place.open_folder(chance.choice(["kyc", "ess", "stamped", "gzip"]))
    record = folder / "data/capture.json"
    paths = [record, *folder.rglob("response-*"), *folder.rglob("custody/*.json"), folder / bag.MANIFEST]
    for path in chance.sample(paths, chance.randint(1, 2)):
        path.write_bytes(spoil(path.read_bytes(), chance))
    try:
        reviewed = opened(place, folder)
        raw_answers(reviewed)
    except FacevidError:
        return
    assert reviewed.verdict is not None
    assert not reviewed.verdict.verified
    for item in media_of(reviewed):
        try:
            read_media(reviewed, item)
        except FacevidError as error:
            assert error.code.startswith("media_")  # noqa: PT017


@pytest.mark.parametrize("seed", range(40))
def test_only_errors_with_a_sentence_come_out_of_a_spoilt_capture(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    entry = place.capture(chance.choice(["flow", "order"]))
    path = chance.choice([entry.path / "capture.json", *entry.path.rglob("response-*")])
    path.write_bytes(spoil(path.read_bytes(), chance))
    try:
        reviewed = open_capture(entry)
        raw_answers(reviewed)
        for item in media_of(reviewed):
            read_media(reviewed, item)
    except FacevidError:
        pass


def test_reviewing_changes_nothing(place: Place) -> None:
    folder = place.folder("stamped")
    before = {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in [folder, *folder.rglob("*")]}
    reviewed = opened(place, folder)
    raw_answers(reviewed)
    assert all(read_media(reviewed, item) for item in media_of(reviewed))
    assert {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in [folder, *folder.rglob("*")]} == before
    unlock(folder)
