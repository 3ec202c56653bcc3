"""Trusting who signed a folder after fingerprints were compared; watching is logged once for each opening."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge.rates import Rates
from facevid_gui.bridge.shown import Shown
from facevid_gui.bridge.trust_desk import ASKED_GROUPS, Stranger, TrustDesk
from facevid_gui.bridge.watch_desk import WatchDesk
from facevid_gui.core.errors import FacevidError
from facevid_gui.core.fingerprints import grouped
from facevid_gui.core.verdict import Verdict
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import Office
from tests.support.evidence_places import unlock, unlock_folders
from tests.support.places import make_house

ORDER, FLOW = "simOrder0001", flow_id("One")
SHA = "0123456789abcdef" * 4


@pytest.fixture
def signer_home(application: object, simulator: Simulator, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that another workstation sealed, and the fingerprint on that workstation's sheet."""
    office = Office(make_house(tmp_path / "signer"))
    office.know(simulator)
    office.start()
    office.look_up(ORDER)
    page = office.save()
    assert page.folder is not None
    fingerprint = office.house.keys.open().certificate_sha256
    assert office.close()
    yield page.folder, fingerprint
    unlock_folders(tmp_path)


def log_of(office: Office) -> list[tuple[str, str]]:
    path = office.house.paths.access_log
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return [(line["event"], line["subject"]) for line in lines]


# --- what is compared ------------------------------------------------------------------------------------------------


def stranger(*asked: int) -> Stranger:
    return Stranger(Path("/nonexistent"), "CN=somebody", SHA, asked)


def test_the_asked_groups_or_the_whole_fingerprint_count_and_nothing_less() -> None:
    one = stranger(0, 5, 10)
    right = "0123" + "4567" + "89ab"
    for typed in (right, "0123 4567 89AB", SHA, grouped(SHA), SHA.upper()):
        assert (one.is_complete(typed), one.is_same(typed)) == (True, True), typed
    for typed in ("", right[:-1], SHA[:-1], f"{SHA}0"):
        assert (one.is_complete(typed), one.is_same(typed)) == (False, False), typed
    for typed in ("0123 4567 89ac", "89ab 4567 0123", SHA[1:] + "0", "????" * 3):
        assert not one.is_same(typed), typed


def test_the_visible_groups_are_not_those_that_count() -> None:
    visible = stranger(1, 2, 3)
    shown = [group for number, group in enumerate(visible.groups) if number not in visible.asked]
    assert not visible.is_same("".join(shown[:3]))
    assert not visible.is_same(" ".join(shown))


# --- trusting --------------------------------------------------------------------------------------------------------


class Desk:
    """The trust desk, and what it said."""

    def __init__(self, office: Office) -> None:
        self.desk = TrustDesk(office.house, office.controller)
        self.said: list[Any] = []
        self.desk.trusted.connect(lambda: self.said.append("trusted"))
        self.desk.refused.connect(self.said.append)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_a_stranger_is_trusted_by_what_stands_on_the_sheet_and_the_folder_verified_anew(
    office: Office, desk: Desk, signer_home: tuple[Path, str]
) -> None:
    folder, sheet = signer_home
    assert desk.desk.stranger() is None, "nothing is open"
    page = office.open(folder)
    assert page.reviewed is not None
    assert page.reviewed.verdict is not None
    assert page.reviewed.verdict.verdict is Verdict.UNKNOWN_SIGNER
    one = desk.desk.stranger()
    assert one is not None
    assert len(one.asked) == ASKED_GROUPS
    groups = grouped(sheet).split()
    assert desk.desk.trust(one, " ".join(groups[number] for number in one.asked))
    office.settle()
    assert desk.said == ["trusted"]
    reviewed = office.page.reviewed
    assert reviewed is not None
    assert reviewed is not page.reviewed
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.VERIFIED_UNSTAMPED
    assert [trusted.sha256 for trusted in office.house.trusted.all()] == [sheet]
    assert log_of(office)[-2:] == [("trusted", sheet), ("opened", page.title_id)]
    assert desk.desk.stranger() is None


def test_other_groups_are_asked_for_each_time(office: Office, desk: Desk, signer_home: tuple[Path, str]) -> None:
    office.open(signer_home[0])
    asked = {one.asked for one in (desk.desk.stranger() for _ in range(30)) if one is not None}
    assert len(asked) > 10
    assert all(list(groups) == sorted(set(groups)) for groups in asked)


def test_another_fingerprint_trusts_nobody(office: Office, desk: Desk, signer_home: tuple[Path, str]) -> None:
    office.open(signer_home[0])
    one = desk.desk.stranger()
    assert one is not None
    assert not desk.desk.trust(one, "f" * 64)
    assert not desk.desk.trust(one, "")
    assert office.jobs.is_idle
    assert office.house.trusted.all() == ()


def test_a_folder_whose_signer_changed_meanwhile_is_not_trusted(
    office: Office, desk: Desk, signer_home: tuple[Path, str], tmp_path: Path, simulator: Simulator
) -> None:
    folder, sheet = signer_home
    office.open(folder)
    one = desk.desk.stranger()
    assert one is not None
    impostor = make_house(tmp_path / "impostor").keys.open()
    from facevid_gui.evidence.cms import sign_detached

    signature = unlock(folder) / "signatures/tagmanifest-sha256.txt.p7s"
    signed = (folder / "tagmanifest-sha256.txt").read_bytes()
    signature.write_bytes(sign_detached(signed, impostor, office.house.clock.now()))
    assert desk.desk.trust(one, sheet)
    office.settle()
    [error] = desk.said
    assert isinstance(error, FacevidError)
    assert error.code == "signer_changed"
    assert office.house.trusted.all() == ()
    assert not office.session.is_busy


def test_trust_that_cannot_be_logged_is_not_given(office: Office, desk: Desk, signer_home: tuple[Path, str]) -> None:
    folder, sheet = signer_home
    office.open(folder)
    one = desk.desk.stranger()
    assert one is not None
    log = office.house.paths.access_log
    log.unlink()
    log.mkdir()
    assert desk.desk.trust(one, sheet)
    office.settle()
    assert [type(said).__name__ for said in desk.said] == ["SurroundingsError"]
    assert office.house.trusted.all() == ()
    log.rmdir()


# --- opening and watching --------------------------------------------------------------------------------------------


class Stage(QObject):
    """Stands in for the clip on the screen."""

    watching_began = Signal()
    position_changed = Signal(object)
    picture_changed = Signal(object, object)
    state_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.paused = 0
        self.state = "paused"
        self.rates = Rates(self)

    def be(self, state: str) -> None:
        self.state = state
        self.state_changed.emit(state)

    def play(self, *positions_ms: int) -> None:
        """Run from the first to the last, telling each."""
        self.watching_began.emit()
        self.be("playing")
        for position in positions_ms:
            self.position_changed.emit(position * 1000)
        self.be("paused")

    def show(self, *numbers: int, mode: str = "exact") -> None:
        for number in numbers:
            self.picture_changed.emit(None, Shown(number, 100, number * 40_000, mode))

    def pause(self) -> None:
        self.paused += 1


def test_what_arrives_and_is_shown_is_logged_as_opened(office: Office) -> None:
    page = office.look_up(ORDER)
    assert log_of(office) == [("opened", page.title_id)]
    capture = page.title_id
    office.controller.open_capture(capture)
    office.settle()
    assert log_of(office) == [("opened", capture)] * 2
    office.look_up("simOrderGone")
    assert len(log_of(office)) == 2, "there was nothing to see"
    raw = office.house.paths.access_log.read_text("utf-8")
    assert ORDER not in raw


def test_watching_is_logged_once_for_each_opening(office: Office) -> None:
    stage = Stage()
    WatchDesk(office.house, office.controller, stage, office.session)  # type: ignore[arg-type]
    stage.watching_began.emit()
    assert office.jobs.is_idle, "nothing is open"
    first = office.look_up(ORDER).title_id
    for _ in range(3):
        stage.watching_began.emit()
    office.settle()
    assert log_of(office) == [("opened", first), ("watched", first)]
    office.controller.unmask()
    office.settle()
    stage.watching_began.emit()
    office.settle()
    assert log_of(office)[2:] == [("unmasked", first)], "showing personal data opens nothing anew"
    office.controller.open_capture(first)
    office.settle()
    stage.watching_began.emit()
    office.settle()
    assert log_of(office)[3:] == [("opened", first), ("watched", first)]
    assert stage.paused == 0


def test_watching_that_cannot_be_logged_is_held_and_told_each_time(office: Office) -> None:
    stage = Stage()
    WatchDesk(office.house, office.controller, stage, office.session)  # type: ignore[arg-type]
    office.look_up(ORDER)
    log = office.house.paths.access_log
    log.unlink()
    log.mkdir()
    for count in (1, 2):
        stage.watching_began.emit()
        office.settle()
        assert stage.paused == count
        assert office.notice_code.startswith("bad ")
    log.rmdir()
    stage.watching_began.emit()
    office.settle()
    assert [event for event, _ in log_of(office)] == ["watched"]


def seen_of(office: Office) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in office.house.paths.access_log.read_text("utf-8").splitlines()]
    return [line["detail"] for line in lines if line["event"] == "looked_at"]


def test_what_was_seen_of_a_recording_is_written_when_it_is_left(office: Office) -> None:
    stage = Stage()
    watch = WatchDesk(office.house, office.controller, stage, office.session)  # type: ignore[arg-type]
    reviewed = office.look_up(flow_id("One")).reviewed
    assert reviewed is not None
    first, second = reviewed.record.clips[:2]
    watch.show_clip(first)
    stage.show(0)
    watch.show_clip(second)
    office.settle()
    assert seen_of(office) == [], "a first picture that came by itself is no watching"
    watch.show_clip(first)
    stage.play(0, 100, 900, 1500)
    stage.play(1400, 2000)
    stage.rates.use(0.5)
    stage.play(9000, 9400)
    stage.show(4, 5, 6, 20)
    stage.show(7, mode="live")
    watch.show_clip(second)
    stage.play(0, 40)
    watch.leave()
    office.settle()
    assert seen_of(office) == [
        {first.path: "played 0-2000,9000-9400 ms at 0.5,1; frames 4: 5-7,21"},
        {second.path: "played 0-40 ms at 0.5"},
    ]
    raw = office.house.paths.access_log.read_text("utf-8")
    assert reviewed.record.signer is not None
    assert reviewed.record.signer.name not in raw
    watch.leave()
    office.settle()
    assert len(seen_of(office)) == 2, "each is told once"


def test_what_was_seen_is_written_although_the_window_closes_at_once(office: Office) -> None:
    stage = Stage()
    watch = WatchDesk(office.house, office.controller, stage, office.session)  # type: ignore[arg-type]
    reviewed = office.look_up(ORDER).reviewed
    assert reviewed is not None
    watch.show_clip(reviewed.record.clips[0])
    stage.play(0, 500)
    watch.leave()
    assert office.close()
    assert [list(detail.values()) for detail in seen_of(office)] == [["played 0-500 ms at 1"]]
