"""Every kind of recording through the real child and the real player: what is shown is exactly right or plainly said.

The number is read back from the picture. Nothing hangs: every wait has an end. The child's memory stays bounded.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage, QTransform

from facevid_gui.bridge.exact import ExactFrames
from facevid_gui.bridge.player import Player
from facevid_gui.bridge.screening import FILMSTRIP_FRAMES, Screening
from facevid_gui.bridge.shown import Shown
from facevid_gui.core.clip import ClipCheck
from facevid_gui.core.clip_words import health_text
from facevid_gui.core.messages import Messages
from tests.support.bridge_pictures import number_on
from tests.support.media_matrix import FIXTURES, Fixture, fixture
from tests.support.qt import pump_until

SHOWN = [name for name, kind in FIXTURES.items() if not kind.refused]
REFUSED = [name for name, kind in FIXTURES.items() if kind.refused]
CHILD_MEMORY_BYTES = 700 * 1024 * 1024
ENGLISH = Messages("en")
SAID_OF_THE_PLAYER = {"player_no_picture", "player_failed", "player_turns_wrong"}


class Desk:
    """A screening with everything it said."""

    def __init__(self) -> None:
        self.player = Player(patience_ms=1500)
        self.screening = Screening(ExactFrames(), self.player)
        self.pictures: list[tuple[QImage, Shown]] = []
        self.problems: list[str] = []
        self.thumbnails: list[Any] = []
        self.checks: list[ClipCheck] = []
        self.sounds: list[bytes] = []
        self.kind = FIXTURES["plain"]
        screening = self.screening
        screening.picture_changed.connect(lambda image, shown: self.pictures.append((image, shown)))
        screening.problem_found.connect(lambda code, _: self.problems.append(code))
        screening.thumbnail_ready.connect(self.thumbnails.append)
        screening.exact.clip_checked.connect(self.checks.append)
        screening.exact.sound_heard.connect(self.sounds.append)

    def load(self, name: str) -> None:
        self.kind = FIXTURES[name]
        for heard in (self.pictures, self.problems, self.thumbnails, self.checks, self.sounds):
            heard.clear()
        self.screening.load(fixture(name))
        pump_until(lambda: self.screening.state in ("paused", "failed"))

    def until_exact(self, number: int) -> None:
        pump_until(lambda: self.screening.shown is not None
                   and (self.screening.shown.number, self.screening.shown.mode) == (number, "exact"))  # fmt: skip
        assert self.screening.image is not None
        self.is_right(self.screening.image, number)

    def is_right(self, image: QImage, number: int) -> None:
        image = as_recorded(image, self.kind)
        if image.height() >= 64:  # not a small one
            assert (image.width(), image.height()) == self.kind.size
        assert number_on(image.scaled(96, 64)) == number % self.kind.group

    @property
    def child_peak_bytes(self) -> int:
        child = self.screening.exact._client._child
        assert child is not None
        status = Path(f"/proc/{child._process.pid}/status").read_text()
        return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def as_recorded(image: QImage, kind: Fixture) -> QImage:
    """The picture as it lies in the file: what the container asks to be done to it is undone."""
    if kind.mirrored:
        image = image.transformed(QTransform().scale(-1, 1))
    return image.transformed(QTransform().rotate(-kind.turn)) if kind.turn else image


@pytest.fixture
def desk(application: Any) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.screening.shut_down()
    desk.screening.deleteLater()
    desk.player.deleteLater()


@pytest.mark.parametrize("name", SHOWN)
def test_every_frame_shown_is_the_one_its_number_says(desk: Desk, name: str) -> None:
    desk.load(name)
    facts = desk.screening.facts
    assert facts is not None
    count = facts.frame_count
    assert count == desk.kind.frames or (desk.kind.frames == 0 and 3 < count < 36)
    assert facts.video.rotation == desk.kind.turn
    desk.until_exact(0)
    for number in (count - 1, count // 2, count // 2 + 1, count // 2, count // 3, 0):
        desk.screening.go_to_frame(min(number, count - 1))
        desk.until_exact(min(number, count - 1))
    for step, number in ((1, 1), (1, 2), (-1, 1), (-1, 0)):
        desk.screening.step(step)
        desk.until_exact(min(number, count - 1))
    pump_until(lambda: len(desk.thumbnails) == len(set(map(facts.frame_at, parts(facts)))))
    for frame in desk.thumbnails:
        desk.is_right(frame.image, frame.number)
    pump_until(lambda: desk.checks)
    assert (desk.checks[0].undecodable, desk.checks[0].damaged) == (0, 0)
    health = health_text(facts, desk.checks[0], ENGLISH)
    assert desk.kind.wrong in health, health
    assert ("no sound track" in health) is not desk.kind.sound
    if desk.kind.sound:
        pump_until(lambda: desk.sounds)
        assert any(desk.sounds[0]) is desk.kind.spoken
    assert desk.child_peak_bytes < CHILD_MEMORY_BYTES
    assert set(desk.problems) <= SAID_OF_THE_PLAYER


def parts(facts: Any) -> list[int]:
    from facevid_gui.core.clip import moments_of

    return moments_of(facts.span_us, FILMSTRIP_FRAMES)


@pytest.mark.parametrize("name", SHOWN)
def test_while_it_plays_every_picture_is_the_one_its_number_says(desk: Desk, name: str) -> None:
    """Or, where the player shows nothing, that is said and stepping goes on."""
    desk.load(name)
    if not desk.kind.plays:
        pump_until(lambda: desk.problems)
        assert desk.problems[0] in SAID_OF_THE_PLAYER
        assert not desk.screening.can_play
        desk.screening.go_to_frame(5)
        desk.until_exact(5)
        return
    assert desk.screening.facts is not None
    enough = min(8, desk.screening.facts.frame_count)
    desk.until_exact(0)
    desk.screening.play()
    # Where minutes lie between two frames the first stands for minutes; it plays all the same.
    patience = 3.0 if name == "minutes between frames" else 20.0
    live = lambda: [(i, s) for i, s in desk.pictures if s.mode == "live"]  # noqa: E731
    pump_until(lambda: len(live()) >= enough or desk.screening.state == "ended", patience, must=patience > 3)
    for image, shown in live():
        assert shown.number is not None
        desk.is_right(image, shown.number)
    assert live() or desk.screening.state == "ended" or patience == 3.0
    assert desk.problems == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_shown_is_said_and_the_player_never_gets_it(desk: Desk, name: str) -> None:
    given: list[bytes] = []
    desk.player.load = given.append  # type: ignore[method-assign, assignment]
    desk.load(name)
    assert (desk.screening.state, desk.problems) == ("failed", [desk.kind.refused])
    assert ENGLISH.text(f"problem.{desk.kind.refused}", detail="…")
    assert (given, desk.pictures, desk.thumbnails) == ([], [], [])
    assert desk.screening.facts is None
    assert desk.child_peak_bytes < CHILD_MEMORY_BYTES
    del desk.player.load  # type: ignore[method-assign]
    desk.load("plain")
    desk.until_exact(0)


def test_one_after_the_other_and_back_the_desk_never_shows_another_clip(desk: Desk) -> None:
    for name in [*FIXTURES, *reversed(FIXTURES)]:
        if name == "hours long":
            continue
        desk.load(name)
        if desk.kind.refused:
            assert desk.problems == [desk.kind.refused]
            continue
        desk.until_exact(0)
        for image, shown in desk.pictures:
            assert shown.number is not None
            desk.is_right(image, shown.number)
    assert desk.child_peak_bytes < CHILD_MEMORY_BYTES
