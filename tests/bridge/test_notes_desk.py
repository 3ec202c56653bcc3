"""Notes and snapshots of the open record: read at every opening, signed on a worker, exact frames only."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage

from facevid_gui.bridge.notes_desk import NotesDesk
from facevid_gui.bridge.notes_work import picture_file
from facevid_gui.bridge.screening import Shown
from facevid_gui.core.clip import FramePlanes, VideoFacts
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.note import MARKER, NOTE, NoteDraft, Spot
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.simulator.records import flow_id
from tests.support.bridge_office import Office
from tests.support.qt import pump_until

ORDER, FLOW = "simOrder0001", flow_id("One")


PLANES = FramePlanes("ab" * 32, "yuv420p", 5, 3, 5, False)
OTHER_PLANES = FramePlanes("cd" * 32, "yuv420p", 5, 3, 5, False)


class FakeScreening(QObject):
    """What the desk sees of a clip: one frame, and where it is told to go."""

    picture_changed = Signal(object, object)
    problem_found = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        video = VideoFacts("h264", "", 5, 3, 90, 25.0, "yuv420p", 100, True, "4:3", "h264", "libavcodec 1")
        self.facts: Any = SimpleNamespace(video=video, pts_us=tuple(range(0, 4_000_000, 40_000)))
        self.state = "paused"
        self.shown: Shown | None = Shown(5, 100, 200_000, "exact", planes=PLANES)
        self.image: QImage | None = picture()
        self.went_to: list[int] = []

    def go_to_frame(self, number: int) -> None:
        self.went_to.append(number)
        self.state = "paused"

    def show(self, shown: Shown, image: QImage) -> None:
        self.shown, self.image = shown, image
        self.picture_changed.emit(image, shown)


def picture(color: str = "#102030", width: int = 5, height: int = 3) -> QImage:
    """Rows of 15 bytes lie 16 apart: what pads them belongs to no pixel."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(QColor(color))
    return image


class Seen:
    """A desk on that office, and what it told."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.screening = FakeScreening()
        self.desk = NotesDesk(office.house, office.controller, self.screening)  # type: ignore[arg-type]
        self.kept: list[tuple[str, str]] = []
        self.refused: list[FacevidError] = []
        self.markers: list[list[tuple[int, str]]] = []
        self.desk.note_kept.connect(lambda evidence_id, path: self.kept.append((evidence_id, path)))
        self.desk.note_refused.connect(lambda _, error: self.refused.append(error))
        self.desk.markers_changed.connect(self.markers.append)

    def seal(self, text: str = ORDER) -> Path:
        self.office.look_up(text)
        page = self.office.save()
        assert page.folder is not None
        self.settle()
        self.desk.show_clip(page.reviewed.record.clips[0])  # type: ignore[union-attr]
        return page.folder

    def settle(self) -> None:
        pump_until(lambda: self.office.jobs.is_idle)

    def add(self, draft: NoteDraft) -> None:
        self.desk.add_note(draft)
        self.settle()

    @property
    def snapshots(self) -> Any:
        assert self.desk.beside is not None
        return self.desk.beside.snapshots.snapshots

    @property
    def error(self) -> str:
        notice = self.office.session.notice
        return notice.error.code if notice is not None and notice.error is not None else ""


@pytest.fixture
def seen(office: Office) -> Seen:
    return Seen(office)


def log_of(office: Office) -> list[tuple[str, dict[str, str]]]:
    lines = [json.loads(line) for line in office.house.paths.access_log.read_text("utf-8").splitlines()]
    return [(line["event"], line["detail"]) for line in lines]


# --- notes ----------------------------------------------------------------------------------------------------


def test_notes_are_read_at_every_opening_and_those_of_another_record_go(seen: Seen) -> None:
    folder = seen.seal()
    assert seen.desk.beside is not None
    assert seen.desk.beside.notes.notes == ()
    seen.add(NoteDraft(NOTE, "seen"))
    assert [note.text for note in seen.desk.beside.notes.notes] == ["seen"]
    assert seen.kept == [(folder.name[-32:], str(sidecar_of(folder) / "notes/000001.json"))]
    seen.office.look_up(FLOW)
    assert seen.desk.beside is None
    seen.office.open(folder)
    seen.settle()
    assert [note.text for note in seen.desk.beside.notes.notes] == ["seen"]


def test_a_note_is_logged_before_it_is_written_without_its_words(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    seen.seal()
    seen.add(NoteDraft(MARKER, "secret words", Spot("media/video.mp4", 3, 120_000)))
    assert log_of(seen.office)[-1] == ("noted", {"kind": "marker"})
    assert "secret words" not in seen.office.house.paths.access_log.read_text("utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise SurroundingsError("disk_full", path="x", reason="x")

    monkeypatch.setattr(type(seen.office.house.access_log), "add", refuse)
    seen.add(NoteDraft(NOTE, "not logged, not kept"))
    assert [error.code for error in seen.refused] == ["disk_full"]
    assert [note.text for note in seen.desk.beside.notes.notes] == ["secret words"]  # type: ignore[union-attr]


@pytest.mark.parametrize(("text", "code"), [("  ", "note_empty"), ("x" * 5000, "note_too_long")])
def test_a_text_that_cannot_be_kept_is_refused_and_not_logged(seen: Seen, text: str, code: str) -> None:
    folder = seen.seal()
    before = log_of(seen.office)
    seen.add(NoteDraft(NOTE, text))
    assert [error.code for error in seen.refused] == [code]
    assert log_of(seen.office) == before
    assert not sidecar_of(folder).exists()


def test_an_unsaved_record_gets_no_note(seen: Seen) -> None:
    seen.office.look_up(ORDER)
    seen.add(NoteDraft(NOTE, "too early"))
    assert [error.code for error in seen.refused] == ["save_first"]
    assert not seen.desk.require_saved()
    assert seen.error == "save_first"


def test_a_note_that_was_begun_before_another_record_was_opened_is_kept_with_its_own(seen: Seen) -> None:
    first = seen.seal()
    seen.desk.add_note(NoteDraft(NOTE, "about the first"))
    second = seen.seal(FLOW)
    assert seen.kept[0][0] == first.name[-32:]
    assert sidecar_of(first).exists()
    assert not sidecar_of(second).exists()
    assert seen.desk.beside is not None
    assert seen.desk.beside.notes.notes == ()


def test_two_notes_at_once_are_both_kept(seen: Seen) -> None:
    seen.seal()
    for text in ("one", "two"):
        seen.desk.add_note(NoteDraft(NOTE, text))
    seen.settle()
    assert len(seen.kept) == 2
    seen.office.open(seen.office.session.page.folder)  # type: ignore[arg-type]
    seen.settle()
    assert sorted(note.text for note in seen.desk.beside.notes.notes) == ["one", "two"]  # type: ignore[union-attr]


def test_markers_are_those_of_the_clip_that_is_shown(seen: Seen) -> None:
    seen.seal()
    record = seen.office.session.page.reviewed.record  # type: ignore[union-attr]
    path = str(record.clips[0].path)
    seen.add(NoteDraft(MARKER, "here", Spot(path, 3, 120_000)))
    seen.add(NoteDraft(MARKER, "elsewhere", Spot("media/other.mp4", 3, 120_000)))
    seen.add(NoteDraft(NOTE, "no marker", Spot(path, 4, 160_000)))
    assert seen.markers[-1] == [(120_000, "here")]
    seen.desk.show_clip(None)
    assert seen.markers[-1] == []


def test_what_cannot_be_read_is_told_as_a_problem(seen: Seen) -> None:
    folder = seen.seal()
    sidecar_of(folder).write_bytes(b"no folder")
    seen.office.open(folder)
    seen.settle()
    assert seen.desk.problem is not None
    assert seen.desk.problem.code == "sidecar_no_folder"
    assert seen.desk.beside is None
    sidecar_of(folder).unlink()


def test_the_place_that_is_shown_can_be_marked_only_where_there_is_one(seen: Seen) -> None:
    seen.seal()
    spot = seen.desk.spot()
    assert spot is not None
    assert (spot.frame, spot.pts_us) == (5, 200_000)
    seen.screening.shown = Shown(None, None, 40_000, "live")
    assert seen.desk.spot() == Spot(spot.clip, None, 40_000)
    seen.screening.shown = None
    assert seen.desk.spot() is None


# --- snapshots ------------------------------------------------------------------------------------------------


def test_an_exact_frame_is_kept_at_once_and_logged(seen: Seen) -> None:
    folder = seen.seal()
    seen.desk.take_snapshot()
    seen.settle()
    said = json.loads((sidecar_of(folder) / "snapshots/000001.json").read_bytes())
    assert (said["frame"], said["pts_us"], said["damaged"]) == (5, 200_000, False)
    assert said["decoder"] == {"name": "h264", "version": "libavcodec 1"}
    assert said["planes"] == {"sha256": "ab" * 32, "format": "yuv420p", "width": 5, "height": 3}
    assert said["shown"] == {
        "rotation": 90, "mirrored": True, "pixel_shape": "4:3", "matrix": 5, "full_range": False,
        "width": 5, "height": 3,
    }  # fmt: skip
    clip = seen.office.session.page.reviewed.record.clips[0]  # type: ignore[union-attr]
    assert (said["clip"]["path"], said["clip"]["sha256"]) == (clip.path, clip.sha256)
    assert log_of(seen.office)[-1] == ("snapshot", {"clip": clip.path, "frame": "5"})
    assert [snapshot.state for snapshot in seen.snapshots] == ["signed"]
    assert seen.screening.went_to == []


@pytest.mark.parametrize(("state", "mode"), [("playing", "live"), ("paused", "live"), ("playing", "exact")])
def test_what_is_not_exact_is_fetched_exactly_first(seen: Seen, state: str, mode: str) -> None:
    folder = seen.seal()
    seen.screening.state, seen.screening.shown = state, Shown(7, 100, 280_000, mode)
    seen.desk.take_snapshot()
    assert seen.screening.went_to == [7]
    seen.screening.show(Shown(6, 100, 240_000, "exact", planes=PLANES), picture("#999999"))
    seen.screening.show(Shown(7, 100, 280_000, "live"), picture("#888888"))
    seen.settle()
    assert seen.snapshots == (), "another frame, or not exact"
    seen.screening.show(Shown(7, 100, 280_000, "exact", damaged=True, planes=OTHER_PLANES), picture("#112233"))
    seen.settle()
    (kept,) = seen.snapshots
    assert kept.document.data["damaged"] is True
    assert kept.document.data["planes"]["sha256"] == OTHER_PLANES.sha256
    png = (sidecar_of(folder) / "snapshots/000001.png").read_bytes()
    assert QImage.fromData(png, "PNG").pixelColor(0, 0).name() == "#112233"
    seen.screening.show(Shown(7, 100, 280_000, "exact", planes=PLANES), picture())
    seen.settle()
    assert len(seen.snapshots) == 1, "one wish, one snapshot"


@pytest.mark.parametrize("lacking", ["facts", "shown", "number"])
def test_without_exact_frames_there_is_no_snapshot(seen: Seen, lacking: str) -> None:
    seen.seal()
    if lacking == "facts":
        seen.screening.facts = None
    else:
        seen.screening.shown = None if lacking == "shown" else Shown(None, None, 1, "live")
    seen.desk.take_snapshot()
    assert seen.error == "no_exact_frame"
    assert seen.snapshots == ()


def test_a_frame_that_cannot_be_decoded_ends_the_wish(seen: Seen) -> None:
    seen.seal()
    seen.screening.shown = Shown(7, 100, 280_000, "live")
    seen.desk.take_snapshot()
    seen.screening.problem_found.emit("frame_undecodable", "8")
    assert seen.error == "no_exact_frame"
    seen.screening.show(Shown(7, 100, 280_000, "exact", planes=PLANES), picture())
    seen.settle()
    assert seen.snapshots == ()


def test_another_clip_ends_the_wish(seen: Seen) -> None:
    seen.seal()
    seen.screening.shown = Shown(7, 100, 280_000, "live")
    seen.desk.take_snapshot()
    seen.desk.show_clip(seen.desk._clip)
    seen.screening.show(Shown(7, 100, 280_000, "exact", planes=PLANES), picture())
    seen.settle()
    assert seen.snapshots == ()


def test_a_picture_holds_the_pixels_and_nothing_of_what_pads_the_rows() -> None:
    image = picture()
    image.setPixelColor(4, 2, QColor("#FF0000"))
    assert image.bytesPerLine() == 16
    made = picture_file(image)
    assert (made.width, made.height) == (5, 3)
    assert QImage.fromData(made.png, "PNG").convertToFormat(QImage.Format.Format_RGB888) == image
    assert picture_file(image.convertToFormat(QImage.Format.Format_RGB32)).png == made.png
