"""Deadlines that come near: told once for each record and warning, by the wall clock, while nothing else is read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.deadline_desk import DeadlineDesk
from facevid_gui.bridge.session import Notice
from facevid_gui.bridge.settings_desk import SettingsDesk
from facevid_gui.core.deadline import Deadline, warned_at
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.record import Signer
from facevid_gui.evidence.library import LibraryEntry
from tests.support.bridge_office import Office
from tests.support.clocks import NOON, StillClock
from tests.support.library_source import ListedLibrary
from tests.support.places import make_house
from tests.support.qt import pump_until

SAFE, OUTER = timedelta(hours=24), timedelta(hours=72)


def entry(
    number: int, hours_left: float, *, kind: str = "ess", state: str = "complete", media: int = 2
) -> LibraryEntry:
    until = NOON + timedelta(hours=hours_left)
    deadline = Deadline(None, until) if kind == "kyc" else Deadline(until, until - SAFE + OUTER)
    evidence_id = f"{number:032x}"
    return LibraryEntry(Path(f"/captures/{evidence_id}"), evidence_id, state, kind, flow_id=f"yDflow{number}",
                        deadline=deadline, media=media)  # fmt: skip


class Desk:
    """The desk over a listed library and a clock that stands still."""

    def __init__(self, home: Path) -> None:
        self.clock = StillClock()
        self.office = Office(make_house(home, self.clock))
        self.settings = SettingsDesk(self.office.house, self.office.controller)
        self.desk = DeadlineDesk(self.office.house, self.office.controller, self.settings)
        self.told: list[tuple[int, Any]] = []
        self.desk.neared.connect(lambda count, until: self.told.append((count, until)))

    def list(self, *entries: LibraryEntry) -> None:
        self.office.house.__dict__["library"] = ListedLibrary(entries, self.clock.now())
        self.desk.look()
        pump_until(lambda: self.office.jobs.is_idle)

    def tick(self, **span: float) -> None:
        self.clock.move(**span)
        self.office.session.minute_passed.emit()

    @property
    def notice(self) -> Notice | None:
        return self.office.session.notice


@pytest.fixture
def desk(home: Path, application: Any) -> Iterator[Desk]:
    made = Desk(home)
    yield made
    assert made.office.close()


@pytest.mark.parametrize(
    ("left", "hours", "due"),
    [
        (timedelta(hours=4), 3, None), (timedelta(hours=3), 3, 3), (timedelta(minutes=61), 3, 3),
        (timedelta(minutes=60), 3, 1), (timedelta(minutes=1), 1, 1), (timedelta(0), 3, None),
        (timedelta(hours=-1), 3, None), (timedelta(minutes=90), 1, None),
    ],
)  # fmt: skip
def test_which_warning_is_due(left: timedelta, hours: int, due: int | None) -> None:
    assert warned_at(NOON + left, NOON, hours) == due


def test_it_is_told_three_hours_and_one_hour_before_and_at_no_other_time(desk: Desk) -> None:
    desk.list(entry(1, 5))
    assert desk.told == []
    desk.tick(hours=1, minutes=59)
    assert desk.told == []
    desk.tick(minutes=2)
    assert desk.told == [(1, NOON + timedelta(hours=5))]
    assert desk.notice is not None
    assert desk.notice.message == "notice.deadline.full.one"
    assert (desk.notice.values["hours"], desk.notice.values["minutes"]) == ("2", "59")
    assert desk.notice.actions == (("open", f"{1:032x}"), ("save", f"{1:032x}"))
    desk.office.controller.dismiss_notice()
    for _ in range(3):
        desk.tick(minutes=20)
        desk.desk.look()
        pump_until(lambda: desk.office.jobs.is_idle)
    assert len(desk.told) == 1
    assert desk.notice is None
    desk.tick(minutes=60)
    assert len(desk.told) == 2, "the last hour"
    desk.tick(hours=3)
    assert len(desk.told) == 2, "nothing can be done any more"


def test_after_a_sleep_the_next_look_is_right_and_only_the_nearer_warning_is_told(desk: Desk) -> None:
    desk.list(entry(1, 5))
    desk.tick(hours=4, minutes=30)
    assert len(desk.told) == 1
    desk.office.controller.dismiss_notice()
    desk.tick(minutes=1)
    assert len(desk.told) == 1, "not the earlier warning afterwards"


def test_a_clock_that_was_set_back_tells_nothing_twice_and_one_set_on_tells_it_at_once(desk: Desk) -> None:
    desk.list(entry(1, 5), entry(2, 50))
    desk.tick(hours=3)
    assert len(desk.told) == 1
    desk.tick(hours=-10)
    desk.tick(hours=10)
    assert len(desk.told) == 1
    desk.tick(hours=45)
    assert desk.told[1:] == [(1, NOON + timedelta(hours=50))]


def test_several_are_told_in_one_notice_the_most_urgent_named(desk: Desk) -> None:
    desk.list(entry(1, 2.5), entry(2, 2), entry(3, 2.8, kind="kyc"), entry(4, 30), entry(5, -1))
    assert desk.told == [(3, NOON + timedelta(hours=2))]
    assert desk.notice is not None
    assert desk.notice.message == "notice.deadline.full.several"
    assert (desk.notice.values["id"], desk.notice.values["others"]) == ("yDflow2", "2")


@pytest.mark.parametrize("state", ["interrupted", "receiving", "sealed"])
def test_what_is_saved_or_not_whole_is_not_told(desk: Desk, state: str) -> None:
    desk.list(entry(1, 1, state=state))
    assert desk.told == []


def test_a_record_of_which_nothing_came_is_to_be_looked_up_again(desk: Desk) -> None:
    desk.list(entry(1, 1, media=0))
    assert desk.notice is not None
    assert desk.notice.message == "notice.deadline.empty.one"
    assert desk.notice.actions == (("open", f"{1:032x}"),)


def test_a_signer_who_was_listed_and_never_looked_up_is_told_too(desk: Desk) -> None:
    until = Deadline(NOON + timedelta(hours=2), NOON + timedelta(hours=50))
    signers = tuple(
        Signer(sign_id, "李四", "PERSON", state, NOON, until)
        for sign_id, state in (("yDsignA", "signed"), ("yDsignB", "waiting"))
    )
    desk.office.session.signers, desk.office.session.signers_of = signers, "yDflow9"
    desk.list()
    assert desk.told == [(1, NOON + timedelta(hours=2))]
    assert desk.notice is not None
    assert desk.notice.values["id"] == "yDflow9"
    assert desk.notice.actions == ()
    assert "李四" not in repr(desk.notice)


def test_it_waits_until_bad_news_was_read(desk: Desk) -> None:
    bad = Notice("bad", error=SurroundingsError("read_only", path="/x"))
    desk.office.controller.notify(bad)
    desk.list(entry(1, 2))
    assert desk.notice is bad
    assert len(desk.told) == 1, "the desktop is told at once"
    desk.office.controller.dismiss_notice()
    assert desk.notice is not None
    assert desk.notice.message == "notice.deadline.full.one"
    desk.office.controller.dismiss_notice()
    assert desk.notice is None


def test_what_was_saved_meanwhile_is_not_told_any_more(desk: Desk) -> None:
    desk.list(entry(1, 2))
    assert desk.notice is not None
    desk.list()
    assert desk.notice is None
    bad = Notice("bad", error=SurroundingsError("read_only", path="/x"))
    desk.office.controller.notify(bad)
    desk.list(entry(2, 2))
    desk.list()
    desk.office.controller.dismiss_notice()
    assert desk.notice is None


def test_it_can_be_switched_off_and_to_another_time(desk: Desk) -> None:
    def save(**changes: object) -> None:
        desk.settings.save(**changes)
        pump_until(lambda: desk.office.jobs.is_idle)

    save(deadline_warn=False)
    desk.list(entry(1, 2), entry(2, 9))
    assert desk.told == []
    save(deadline_warn=True, deadline_warn_hours=12)
    assert desk.told == [(2, NOON + timedelta(hours=2))]


@pytest.mark.parametrize("taken", [True, False])
def test_where_the_bus_has_nobody_the_tray_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    sent: list[tuple[str, str]] = []
    tray: list[tuple[str, str]] = []

    def notify(title: str, text: str) -> bool:
        sent.append((title, text))
        return taken

    monkeypatch.setattr("facevid_gui.system_notice.notify", notify)
    desk.desk.tray_wanted.connect(lambda *said: tray.append(said))
    desk.desk.notify("title", "text")
    pump_until(lambda: desk.office.jobs.is_idle)
    assert sent == [("title", "text")]
    assert tray == ([] if taken else [("title", "text")])


def test_a_real_capture_is_found_in_the_library(office: Office) -> None:
    """From the folder through the index to the warning."""
    settings = SettingsDesk(office.house, office.controller)
    desk = DeadlineDesk(office.house, office.controller, settings)
    told: list[int] = []
    desk.neared.connect(lambda count, _until: told.append(count))
    settings.settings = type(settings.settings)(deadline_warn_hours=72)
    office.look_up("simOrder0001")
    pump_until(lambda: told)
    assert told == [1]
    assert office.session.notice is not None
    assert office.session.notice.actions[0] == ("open", office.session.page.title_id)
