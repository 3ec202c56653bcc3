"""Removing unsaved captures: whose date has passed, what goes with them, what is logged; a purge is thorough."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facevid_gui.core.errors import SubjectError
from facevid_gui.core.expiry import Keeping
from facevid_gui.core.note import NOTE, NoteDraft
from facevid_gui.evidence.discarding import Discarder, received_at, remove_thumbs
from facevid_gui.evidence.identity import identify
from facevid_gui.evidence.notes import add_note
from facevid_gui.evidence.sidecar import SidecarWriter
from tests.evidence.test_export import access_lines
from tests.support.evidence_places import Place
from tests.support.library_shelf import listed

LATER = timedelta(days=31)


def thumbs_of(place: Place, *names: str) -> Path:
    folder = place.house.paths.thumbs
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"a face")
    return folder


def test_every_small_picture_of_a_record_goes_and_no_other(tmp_path: Path) -> None:
    first, second = "0" * 32, "0" * 31 + "1"
    for name in (f"{first}.jpg", f"{first}.webp", f"{first}.clip-2.png", first, f"{second}.jpg", f"{first}0.jpg"):
        (tmp_path / name).write_bytes(b"x")
    remove_thumbs(tmp_path, first)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"{second}.jpg", f"{first}0.jpg"])
    remove_thumbs(tmp_path / "nowhere", first)


def test_what_has_expired_is_found_interrupted_ones_too(place: Place) -> None:
    whole = place.capture("order")
    captures = place.house.captures
    broken = captures.root / f".partial-{'a' * 32}"
    broken.mkdir()
    os.utime(broken, (0, 0))
    discarder: Discarder = place.house.discarder
    now = received_at(whole)
    assert now is not None
    keeping = Keeping(30)
    assert [entry.evidence_id for entry in discarder.expired(keeping, now)] == ["a" * 32]
    assert {entry.evidence_id for entry in discarder.expired(keeping, now + LATER)} == {"a" * 32, whole.evidence_id}
    assert discarder.expired(Keeping(None), now + LATER) == ()


def test_a_capture_goes_with_its_row_and_pictures_and_the_reason_stays(place: Place) -> None:
    entry = place.capture("order")
    folder = thumbs_of(place, f"{entry.evidence_id}.jpg", f"{'f' * 32}.jpg")
    listed(place.house.library, [place.root])
    place.house.discarder.discard(entry, "expired")
    assert not entry.path.exists()
    assert [path.name for path in folder.iterdir()] == [f"{'f' * 32}.jpg"]
    [line] = access_lines(place)
    assert (line["event"], line["subject"], line["detail"]) == ("discarded", entry.evidence_id, {"reason": "expired"})
    assert entry.evidence_id.encode() not in (place.house.paths.cache / "index.sqlite").read_bytes()


def test_one_that_is_held_back_does_not_stop_the_others(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = place.capture("order"), place.capture("flow")
    discard = place.house.captures.discard

    def held(entry: object) -> None:
        if entry == first:
            raise SubjectError("capture_receiving", id=first.evidence_id)
        discard(second)

    monkeypatch.setattr(place.house.captures, "discard", held)
    done = place.house.discarder.discard_all([first, second], "expired")
    assert (done.evidence_ids, done.kept) == ((second.evidence_id,), 1)
    assert done.problem is not None
    assert done.problem.code == "capture_receiving"


def traces(home: Path, secrets: dict[str, bytes]) -> dict[str, list[str]]:
    """Which files of a home hold which of these, in their bytes or in their names."""
    found: dict[str, list[str]] = {}
    for path in sorted(home.rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        for what, secret in secrets.items():
            if secret in raw or secret in os.fsencode(path.name):
                found.setdefault(what, []).append(path.relative_to(home).as_posix())
    return found


@pytest.mark.parametrize("kind", ["ess", "kyc"])
def test_after_a_purge_nothing_of_the_person_is_left_in_this_home(place: Place, kind: str) -> None:
    """README, "Delete": register and access log keep the evidence id; name and the provider's ids stand nowhere."""
    folder = place.folder(kind)
    record = json.loads((folder / "data/capture.json").read_bytes())
    evidence_id = record["evidence_id"]
    [entry] = listed(place.house.library, [place.root])
    writer = SidecarWriter(place.house.journal, place.house.clock, "li")
    add_note(writer, folder, identify(folder), NoteDraft(NOTE, f"{entry.person} 说话时口型不一致", None), place.signer)
    thumbs_of(place, f"{evidence_id}.jpg", f"{evidence_id}.2.webp")
    place.house.library.note(place.verify(folder), datetime.now(UTC))
    place.house.access_log.add("opened", evidence_id)
    ids = {name: record["provider"].get(name) for name in ("flow_id", "sign_id", "order_no")}
    secrets = {name: value.encode() for name, value in ids.items() if value}
    if entry.person:
        secrets |= {"name": entry.person.encode(), "name in JSON": json.dumps(entry.person)[1:-1].encode()}
    assert len(traces(place.home, secrets)) >= len(secrets) - 1, "they are there before"
    place.house.purger.purge(place.house.purger.plan(folder, place.trust(), [place.root]), "retention ended")
    assert traces(place.home, secrets) == {}
    left = {path.split("/")[0] for path in traces(place.home, {"id": evidence_id.encode()})["id"]}
    assert left == {"access", "register"}
