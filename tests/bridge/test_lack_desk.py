"""What the computer lacks is told without being asked: once, and after what is to be read already."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.help_desk import HelpDesk
from facevid_gui.bridge.lack_desk import LackDesk
from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.diagnosis import places
from facevid_gui.diagnosis.finding import Finding
from facevid_gui.house import House
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import Office
from tests.support.clocks import StillClock
from tests.support.evidence_places import unlock_folders
from tests.support.places import make_house


@pytest.fixture
def make_office(home: Path, application: Any, simulator: Simulator) -> Any:
    """Offices with the desk, on houses that the test made."""
    made: list[Office] = []

    def make(house: House) -> tuple[Office, LackDesk, HelpDesk]:
        office = Office(house)
        made.append(office)
        help_desk = HelpDesk(house, office.jobs, None)
        desk = LackDesk(house, office.controller, help_desk)
        office.know(simulator)
        office.start()
        office.settle()
        return office, desk, help_desk

    yield make
    for office in made:
        assert office.close()
    unlock_folders(home)


Make = Callable[[House], tuple[Office, LackDesk, HelpDesk]]


def told(office: Office) -> list[str]:
    return [notice.values.get("said", "") for notice in office.notices if notice is not None]


def test_a_computer_that_lacks_nothing_is_told_nothing(home: Path, make_office: Make) -> None:
    office, *_ = make_office(make_house(home))
    assert told(office) == []


def test_a_clock_before_the_register_and_a_full_disk_are_told_one_after_the_other(
    home: Path, make_office: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    make_house(home, StillClock(later)).register.add("access")
    monkeypatch.setattr(places, "MIN_FREE_BYTES", 2**62)
    office, *_ = make_office(make_house(home))
    assert len(told(office)) == 1
    assert "the register ends at" in told(office)[0]
    assert office.session.notice is not None
    assert office.session.notice.actions == (("help", ""),)
    office.controller.dismiss_notice()
    assert "free space" in told(office)[1]
    office.controller.dismiss_notice()
    assert office.session.notice is None
    office.controller.refresh_library()
    office.settle()
    assert len(told(office)) == 2, "once in a run"


def test_bad_news_is_not_pushed_aside(home: Path, make_office: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    office, desk, _ = make_office(make_house(home))
    bad = Notice("bad", error=SurroundingsError("read_only", path="/x"))
    office.controller.notify(bad)
    desk._on_lacks((Finding("disk", "warn", "5 MB", "doctor.cure.disk"),))
    assert office.session.notice is bad
    office.controller.dismiss_notice()
    assert told(office)[-1] == "free space: 5 MB"


@pytest.mark.parametrize("value", ["read_only", "full", "unreadable", "away", "synced"])
def test_of_the_evidence_place_only_what_the_library_does_not_say_is_told(
    home: Path, make_office: Make, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    finding = Finding("evidence", "warn", value, f"doctor.cure.evidence_{value}", (("path", "/e"), ("free", "3")))
    monkeypatch.setattr(places, "evidence", lambda _question: iter([finding]))
    office, *_ = make_office(make_house(home))
    assert len(told(office)) == (value in ("read_only", "full", "unreadable"))


@pytest.mark.parametrize(("minutes", "order"), [(10, "simOrder0001"), (-4, "simOrder0001"), (10, "simOrderNothing")])
def test_an_answer_from_another_time_is_told(home: Path, make_office: Make, minutes: int, order: str) -> None:
    """Of a record and of an answer without one alike."""
    office, *_ = make_office(make_house(home, StillClock(datetime.now(UTC) + timedelta(minutes=minutes))))
    office.look_up(order)
    assert office.session.notice is not None
    error = office.session.notice.error
    assert error is not None
    assert error.code == "clock_differs"
    assert int(error.params["seconds"]) == pytest.approx(-60 * minutes, abs=5)
    office.controller.dismiss_notice()
    office.look_up(order)
    assert office.session.notice is None, "once in a run"


def test_a_right_clock_and_an_old_capture_are_no_news(home: Path, make_office: Make) -> None:
    clock = StillClock(datetime.now(UTC) + timedelta(minutes=10))
    office, *_ = make_office(make_house(home, clock))
    office.look_up("simOrder0001")
    evidence_id = office.session.page.title_id
    clock.move(days=3)
    again, *_ = make_office(make_house(home, clock))
    again.controller.open_capture(evidence_id)
    again.settle()
    assert again.session.page.title_id == evidence_id
    assert told(again) == []


def test_when_help_finds_the_keyring_unlocked_the_window_says_so_too(home: Path, make_office: Make) -> None:
    office, _, help_desk = make_office(make_house(home))
    office.session.keyring = "locked"
    changes: list[str] = []
    office.session.keyring_changed.connect(lambda: changes.append(office.session.keyring))
    for value in ("ready", "ready", "nonsense"):
        help_desk.found.emit(Finding("keyring", "ok", value))
    assert changes == ["ready"]
