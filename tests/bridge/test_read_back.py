"""A look-up is shown as it was received and read back a moment later; its first clip is begun with before that."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge import work
from facevid_gui.bridge.read_back import AFTER_MS, ReadBack
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.evidence.review import open_capture, read_media
from facevid_gui.lookups.lookup import LookupResult
from facevid_gui.simulator.records import flow_id
from tests.support.bridge_office import CONTRACTS, ORDERS, PLATFORM, Office
from tests.support.qt import pump_until

ORDER = "simOrder0001"


@pytest.fixture
def read_back(office: Office) -> ReadBack:
    return ReadBack(office.house, office.controller)


def body_of(office: Office) -> Path:
    folder = office.page.folder
    assert folder is not None
    return max(folder.glob("exchanges/*/response-body.bin"), key=lambda path: path.stat().st_size)


def after_a_moment(office: Office, read_back: ReadBack) -> None:
    assert read_back._timer.isActive()
    assert read_back._timer.interval() == AFTER_MS
    read_back._timer.stop()
    read_back._timer.timeout.emit()
    office.settle()


@pytest.mark.parametrize(("name", "text"), [(CONTRACTS, flow_id("One")), (ORDERS, ORDER), (PLATFORM, flow_id("One"))])
def test_what_is_shown_at_once_is_what_the_folder_holds(
    office: Office, read_back: ReadBack, name: str, text: str
) -> None:
    office.controller.choose_profile(name)
    shown = office.look_up(text).reviewed
    assert shown is not None
    assert not shown.is_read_back
    again = open_capture(office.house.captures.open(shown.record.evidence_id))
    assert again.is_read_back
    assert (again.capture, again.record) == (shown.capture, shown.record)
    assert {(path, digest) for path, digest in again.read.items() if path.endswith("-body.bin")} <= shown.read.items()
    after_a_moment(office, read_back)
    assert office.page.reviewed is shown
    assert office.notice_code == ""


@pytest.mark.parametrize("how", ["other byte", "gone", "other record"])
def test_a_record_that_is_not_what_was_shown_gives_way_to_an_error(
    office: Office, read_back: ReadBack, how: str
) -> None:
    office.look_up(flow_id("One"))
    body = body_of(office)
    if how == "gone":
        body.unlink()
    elif how == "other byte":
        raw = body.read_bytes()
        body.write_bytes(raw.replace(b'"RequestId"', b'"RequestIe"', 1))
        assert body.read_bytes() != raw
    else:
        record = body.parents[2] / "capture.json"
        record.write_bytes(record.read_bytes().replace(b'"retention', b'"_etention', 1))
    after_a_moment(office, read_back)
    assert office.page.kind == "error"
    assert office.page.error is not None
    assert office.page.error.code == "capture_changed"


def test_what_was_read_from_a_folder_is_not_read_again(office: Office, read_back: ReadBack) -> None:
    evidence_id = office.look_up(flow_id("One")).title_id
    office.controller.open_capture(evidence_id)
    office.settle()
    assert not read_back._timer.isActive()
    office.look_up(flow_id("One"))
    assert read_back._timer.isActive()
    office.save()
    assert office.page.reviewed
    assert office.page.reviewed.is_sealed
    assert not read_back._timer.isActive()


def test_becoming_evidence_it_is_left_alone(office: Office, read_back: ReadBack) -> None:
    office.look_up(flow_id("One"))
    office.controller.save(office.sealing())
    read_back._timer.timeout.emit()
    office.settle()
    assert office.page.reviewed
    assert office.page.reviewed.is_sealed


def expected_by(office: Office) -> list[bytes | None]:
    expected: list[bytes | None] = []
    office.controller.clip_expected.connect(expected.append)
    return expected


@pytest.mark.parametrize(("name", "text"), [(CONTRACTS, flow_id("One")), (ORDERS, ORDER)])
def test_the_first_clip_is_there_before_the_record_is_and_is_not_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    expected, order, loaded = expected_by(office), [], []
    office.controller.choose_profile(name)
    office.controller.clip_expected.connect(lambda data: order.append("clip" if data else "none"))

    def on_page() -> None:
        order.append(office.page.kind)
        assert office.page.reviewed is not None
        office.controller.load_media(office.page.reviewed.record.clips[0], loaded.append, loaded.append)

    office.session.page_changed.connect(on_page)
    monkeypatch.setattr(work, "load_media", lambda *_: pytest.fail("it was read again"))
    reviewed = office.look_up(text).reviewed
    assert reviewed is not None
    assert order == ["clip", "record", "none"]
    assert loaded == [read_media(reviewed, reviewed.record.clips[0])]
    assert loaded[0] is expected[0]


def test_later_the_clip_is_read_from_its_folder(office: Office) -> None:
    reviewed = office.look_up(flow_id("One")).reviewed
    assert reviewed is not None
    clip = reviewed.record.clips[0]
    assert clip.path is not None
    path = reviewed.folder / clip.path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    came: list[Any] = []
    office.controller.load_media(clip, came.append, came.append)
    pump_until(lambda: came)
    assert came[0].code == "media_changed"


def test_a_clip_that_was_still_being_read_does_not_take_the_place_of_one_that_is_there(office: Office) -> None:
    reviewed = office.look_up(flow_id("One")).reviewed
    assert reviewed is not None
    first, other, *_ = reviewed.record.clips
    came: list[str] = []
    office.controller._ahead = work.ClipAhead(first.sha256 or "", b"there")
    office.controller.load_media(other, lambda _data: came.append("other"), pytest.fail)
    office.controller.load_media(first, lambda _data: came.append("first"), pytest.fail)
    office.settle()
    assert came == ["first"]


@pytest.mark.parametrize("how", ["cancelled", "failed", "refused"])
def test_where_no_record_comes_of_it_the_clip_is_no_longer_expected(
    office: Office, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    expected = expected_by(office)
    ask = work._ask

    def ask_and_end(*arguments: Any) -> Any:
        result = ask(*arguments)
        if how == "refused":
            return LookupResult(replace(result.outcome, kind=OutcomeKind.REFUSED, exit_code=1))
        token = arguments[2]
        if how == "cancelled":
            token.cancel()
            token.raise_if_cancelled()
        raise OSError("unforeseen")

    monkeypatch.setattr(work, "_ask", ask_and_end)
    office.look_up(flow_id("One"))
    assert [data is None for data in expected] == [False, True]
    assert office.page.kind == ("outcome" if how == "refused" else "empty")


def test_a_rescue_shows_nothing_so_nothing_is_begun(office: Office, tmp_path: Path) -> None:
    expected = expected_by(office)
    office.ask(flow_id("One"), lambda: office.controller.rescue(office.sealing(tmp_path / "rescued")))
    office.settle()
    assert expected == []
    assert office.page.kind == "record"


def test_a_clip_that_is_not_what_was_written_is_left_to_the_reading(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facevid_gui.evidence import review

    monkeypatch.setattr(review, "read_limited", lambda *_: b"other bytes")
    expected = expected_by(office)
    assert office.look_up(flow_id("One")).kind == "record"
    assert expected == []
