"""Handing over and deleting from the window's floor: what is begun, what comes back, what the page shows then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.hand_over_desk import HandOverDesk
from facevid_gui.bridge.hand_over_work import HandingOver
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import export as export_module
from facevid_gui.evidence.unpacking import verify_archive
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import ORDERS, Office
from tests.support.evidence_places import unlock
from tests.support.evidence_tampering import flip, video
from tests.support.places import make_house
from tests.support.qt import pump_until


class Handing(Office):
    """An office with the desk, and what it said."""

    def __init__(self, house: Any) -> None:
        super().__init__(house)
        self.hand_over = HandOverDesk(house, self.controller)
        self.hand_over.exported.connect(lambda done: self.said.append(("exported", done)))
        self.hand_over.export_refused.connect(lambda error: self.said.append(("refused", error)))
        self.hand_over.export_stopped.connect(lambda: self.said.append(("stopped", None)))
        self.hand_over.purge_planned.connect(lambda plan: self.said.append(("plan", plan)))


@pytest.fixture
def office(home: Path, application: object, simulator: Simulator) -> Iterator[Handing]:
    made = Handing(make_house(home))
    made.know(simulator)
    made.start()
    made.controller.choose_profile(ORDERS)
    made.look_up("simOrder0001")
    made.save()
    assert made.page.reviewed
    assert made.page.reviewed.is_sealed
    yield made
    assert made.close()


def folder_of(office: Handing) -> Path:
    assert office.page.folder is not None
    return office.page.folder


def test_a_package_is_made_and_the_page_tells_the_longer_history(office: Handing, tmp_path: Path) -> None:
    package = tmp_path / "x.zip"
    office.hand_over.export(HandingOver(folder_of(office), package, " court "))
    assert office.session.activity.what == "export"
    office.settle()
    ((what, exported),) = office.said[-1:]
    assert (what, exported.package, exported.recorded) == ("exported", package, True)
    assert office.notice_code == "ok notice.exported"
    assert office.page.reviewed
    assert [event.event for event in office.page.reviewed.custody] == ["sealed", "exported"]
    assert office.page.reviewed.custody[-1].detail["to"] == "court"
    assert office.page.reviewed.verdict
    assert office.page.reviewed.verdict.verified
    (verdict,) = verify_archive(package, office.house.trust(), tmp_path / "scratch", CancelToken()).verdicts
    assert verdict.verified


def test_another_page_opened_meanwhile_stays(office: Handing, tmp_path: Path) -> None:
    folder = folder_of(office)
    office.look_up("simOrderNegative")
    office.hand_over.export(HandingOver(folder, tmp_path / "x.zip"))
    office.settle()
    assert office.said[-1][0] == "exported"
    assert office.page.reviewed
    assert not office.page.reviewed.is_sealed


def test_a_refusal_comes_back_to_the_dialog(office: Handing, tmp_path: Path) -> None:
    folder = folder_of(office)
    flip(video(unlock(folder)))
    office.hand_over.export(HandingOver(folder, tmp_path / "x.zip"))
    office.settle()
    assert (office.said[-1][0], office.said[-1][1].code) == ("refused", "export_not_clean")
    assert list(tmp_path.glob("*.zip")) == []
    office.hand_over.export(HandingOver(folder, tmp_path / "x.zip", even_if_broken=True))
    office.settle()
    assert office.said[-1][1].verdict.verdict is Verdict.ALTERED
    assert not office.session.is_busy


def test_packing_can_be_stopped(office: Handing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker holds before it packs until the stop was asked for."""
    folder, fill = folder_of(office), export_module.Exporter._fill

    def hold(self: Any, writer: Any, work: Any, token: CancelToken, tell: Any) -> None:
        tell("pack", 0)
        with pytest.raises(Exception, match="cancelled"):
            token.wait(30)
        fill(self, writer, work, token, tell)

    monkeypatch.setattr(export_module.Exporter, "_fill", hold)
    office.hand_over.export(HandingOver(folder, tmp_path / "x.zip"))
    pump_until(lambda: office.session.activity.stage == "pack")
    office.hand_over.stop()
    office.settle()
    assert office.said[-1][0] == "stopped"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name or path.suffix == ".zip"] == []
    assert list(office.house.paths.queue.glob("*.json")) == []


def test_while_something_runs_nothing_is_begun(office: Handing, tmp_path: Path) -> None:
    folder = folder_of(office)
    office.hand_over.export(HandingOver(folder, tmp_path / "one.zip"))
    office.hand_over.export(HandingOver(folder, tmp_path / "two.zip"))
    assert office.said[-1][0] == "stopped"
    assert office.notice_code == "warn notice.busy"
    office.settle()
    assert [path.name for path in tmp_path.glob("*.zip")] == ["one.zip"]


def test_evidence_is_looked_at_and_deleted(office: Handing, tmp_path: Path) -> None:
    folder = folder_of(office)
    office.hand_over.export(HandingOver(folder, tmp_path / "x.zip", "court"))
    office.settle()
    office.hand_over.look_for_purge(folder)
    office.settle()
    what, plan = office.said[-1]
    assert (what, plan.folder, len(plan.exports)) == ("plan", folder, 1)
    assert folder.is_dir()
    office.hand_over.purge(plan, "retention ended")
    assert office.page.kind == "empty", "its files are let go of first"
    office.settle()
    assert not folder.exists()
    assert office.notice_code == "ok notice.purged"
    assert office.entries("sealed") == []
    assert office.house.register.view(plan.evidence_id).purged


def test_a_folder_that_is_gone_is_told(office: Handing) -> None:
    folder = folder_of(office)
    office.hand_over.look_for_purge(folder)
    office.settle()
    plan = office.said[-1][1]
    aside = folder.rename(folder.with_name("aside"))
    office.hand_over.purge(plan, "x")
    office.settle()
    assert office.notice_code == "bad not_evidence"
    assert aside.is_dir()
