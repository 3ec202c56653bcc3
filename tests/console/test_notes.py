"""`facevid notes`: what lies beside a folder, read, checked and said; hostile text stays text."""

import json
from pathlib import Path

import pytest

from facevid_gui.core.note import NOTE, RETRACTION, NoteDraft, NoteRef, Spot
from facevid_gui.evidence.notes import add_note, read_notes
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.sidecar import sealed_identity
from facevid_gui.house import House
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.places import make_house
from tests.support.sidecars import edit, writer


@pytest.fixture
def sealed(console: Console, simulator: Simulator) -> tuple[House, Path]:
    """A home and an evidence folder in it."""
    console.add_profiles(simulator)
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", "--case", "c", "--purpose", "p", "--json")
    house = make_house(console.home)
    house.__dict__["secret_store"] = console.store
    return house, Path(done.json["evidence"])


def add(house: House, folder: Path, text: str, kind: str = NOTE, **more: object) -> None:
    draft = NoteDraft(kind, text, **more)  # type: ignore[arg-type]
    add_note(writer(house), folder, sealed_identity(folder), draft, house.keys.open())


def test_without_a_sidecar_it_says_so(console: Console, sealed: tuple[House, Path]) -> None:
    done = console("notes", str(sealed[1]))
    assert done.code == 0
    assert "No notes and no snapshots." in done.out


def test_notes_are_told_with_place_and_signature(console: Console, sealed: tuple[House, Path]) -> None:
    house, folder = sealed
    add(house, folder, "looks away\nfor a moment", "marker", spot=Spot("media/video.mp4", 12, 480_000))
    add(house, folder, "hostile \x1b[31m \u202eright to left")
    notes = read_notes(folder, sealed_identity(folder), house.keys.trusted())
    add(house, folder, "wrong", RETRACTION, about=NoteRef(1, notes.notes[0].document.sha256))
    done = console("notes", str(folder))
    assert done.code == 0, done.err
    for words in ("looks away", "media/video.mp4, frame 13, 0.480 s", "withdrawn by number 3", "withdraws number 1"):
        assert words in done.out
    assert done.out.count("✓ signature valid") == 3
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    document = console("notes", str(folder), "--json").json
    assert document["whole"] is True
    assert [note["signature"] for note in document["notes"]] == ["valid"] * 3
    assert document["notes"][0]["withdrawn"] is True
    assert (document["notes"][0]["frame"], document["notes"][0]["pts_us"]) == (12, 480_000)


def test_what_is_broken_missing_or_a_strangers_ends_with_1(console: Console, sealed: tuple[House, Path]) -> None:
    house, folder = sealed
    for number in range(4):
        add(house, folder, f"note {number}")
    where = sidecar_of(folder) / "notes"
    for name in ("000003.json", "000003.json.p7s"):
        (where / name).unlink()
    edit(where / "000002.json", text="something else")
    done = console("notes", str(folder))
    assert done.code == 1
    assert "✗ broken: changed since it was signed" in done.out
    assert "✗ Missing: number 3" in done.out
    document = console("notes", str(folder), "--json").json
    assert document["missing"] == {"notes": [[3, 3]], "snapshots": []}
    assert [note["signature"] for note in document["notes"]] == ["valid", "broken", "valid"]
    assert console("verify", str(folder)).code == 0, "the seal does not speak of notes"


def test_another_signer_is_named(console: Console, sealed: tuple[House, Path], tmp_path: Path) -> None:
    house, folder = sealed
    add(house, folder, "a note")
    stranger = make_house(tmp_path / "stranger")
    stranger.keys.open()
    pem = tmp_path / "stranger" / "keys" / "workstation.crt"
    done = console("notes", str(folder), "--signer", str(pem))
    assert done.code == 1
    assert "signed by somebody this workstation does not know" in done.out


def test_what_is_no_evidence_folder_is_told(console: Console, tmp_path: Path) -> None:
    done = console("notes", str(tmp_path), "--json")
    assert done.code == 1
    assert json.loads(done.out)["error"]["code"] == "not_evidence"
