"""Stamps in the background: fetched when an authority is there, asked for ever more seldom while it is not."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facevid_gui.bridge.session import Notice
from facevid_gui.bridge.stamp_desk import FIRST_MS, LONGEST_MS, SOON_MS, StampDesk
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.verify import verify_folder
from tests.bridge.test_controller_records import Template, make_office, opened_capture, template
from tests.support.bridge_office import Office
from tests.support.evidence_authority import Authority, AuthorityServer, HttpReply

__all__ = ["make_office", "template"]  # fixtures


class Tsa:
    """An authority that can be made to fail."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.works = True

    def answer(self, query: bytes) -> bytes | HttpReply:
        return self.authority.respond(query) if self.works else HttpReply(b"busy", 503)


@pytest.fixture
def tsa(tmp_path: Path) -> Tsa:
    return Tsa(tmp_path / "tsa")


@pytest.fixture
def server(tsa: Tsa) -> Iterator[AuthorityServer]:
    with AuthorityServer(tsa.answer) as running:
        yield running


def desk_of(office: Office) -> StampDesk:
    return StampDesk(office.house, office.controller, office.session)


def one_round(office: Office, desk: StampDesk) -> None:
    desk.try_now()
    office.settle()


def rested(office: Office) -> None:
    """Let the rest of every authority be over."""
    office.house.authorities._rests.clear()


def test_what_could_not_be_stamped_is_stamped_in_the_background(
    make_office: Callable[..., Office], template: Template, tsa: Tsa, server: AuthorityServer
) -> None:
    office = make_office(FACEVID_TSA_URL=server.url, FACEVID_TSA_ROOT=str(tsa.authority.root_pem))
    desk = desk_of(office)
    desk.start()
    assert desk._timer.interval() == SOON_MS
    tsa.works = False
    opened_capture(office, template.flow)
    folder = office.save().folder
    assert folder
    assert office.notice_code == "warn notice.sealed_unstamped"
    assert (desk._timer.isActive(), desk._timer.interval()) == (True, FIRST_MS), "soon: the sooner the better"
    office.controller.dismiss_notice()
    tsa.works = True
    rested(office)
    one_round(office, desk)
    assert office.notice_code == "ok notice.stamped"
    assert verify_folder(folder, office.house.trust()).verdict is Verdict.VERIFIED
    assert list(office.house.stamper(()).waiting()) == []
    before = len(server.queries)
    one_round(office, desk)
    assert len(server.queries) == before, "nothing waits: nobody is asked"


def test_an_authority_that_is_away_is_asked_ever_more_seldom(
    make_office: Callable[..., Office], template: Template, tsa: Tsa, server: AuthorityServer
) -> None:
    office = make_office(FACEVID_TSA_URL=server.url)
    desk = desk_of(office)
    tsa.works = False
    opened_capture(office, template.flow)
    office.save()
    intervals = []
    for _ in range(8):
        rested(office)
        one_round(office, desk)
        intervals.append(desk._timer.interval())
    assert intervals == [120_000, 240_000, 480_000, 960_000, 1_920_000, LONGEST_MS, LONGEST_MS, LONGEST_MS]
    asked = len(server.queries)
    one_round(office, desk)
    assert len(server.queries) == asked, "it rests besides"
    rested(office)
    tsa.works = True
    one_round(office, desk)
    assert desk._timer.interval() == FIRST_MS


def test_a_key_with_a_passphrase_gets_its_stamps_with_the_next_seal_without_asking_again(
    make_office: Callable[..., Office], home: Path, template: Template, tsa: Tsa, server: AuthorityServer
) -> None:
    shutil.rmtree(home / "keys")
    office = make_office(keyring=False, FACEVID_TSA_URL=server.url, FACEVID_TSA_ROOT=str(tsa.authority.root_pem))
    desk = desk_of(office)
    tsa.works = False
    opened_capture(office, template.flow)
    first = office.save(office.sealing(passphrase="open sesame")).folder
    assert first
    assert office.session.key_protection == "passphrase"
    tsa.works = True
    rested(office)
    one_round(office, desk)
    asked = len(server.queries)
    assert list(office.house.paths.queue.glob("stamp-*.tsr")), "fetched: its time is what counts"
    assert verify_folder(first, office.house.trust()).verdict is Verdict.VERIFIED_UNSTAMPED
    one_round(office, desk)
    assert len(server.queries) == asked, "once is enough"
    opened_capture(office, template.order)
    second = office.save(office.sealing(passphrase="open sesame")).folder
    assert second
    assert len(server.queries) == asked + 1
    for folder in (first, second):
        assert verify_folder(folder, office.house.trust()).verdict is Verdict.VERIFIED
    assert list(office.house.stamper(()).waiting()) == []


def test_a_root_that_cannot_be_read_is_told_and_news_to_be_read_is_not_pushed_aside(
    make_office: Callable[..., Office], template: Template, tmp_path: Path
) -> None:
    office = make_office(FACEVID_TSA_URL="http://127.0.0.1:9/", FACEVID_TSA_ROOT=str(tmp_path / "none.pem"))
    desk = desk_of(office)
    folder = office.house.evidence_root(None) / template.sealed
    office.house.journal.write("stamp-x", {"folder": str(folder), "urls": ["http://127.0.0.1:9/"]})
    bad = Notice("bad", error=SurroundingsError("disk_full", path="/"))
    office.session.notice = bad
    one_round(office, desk)
    assert office.session.notice is bad
    office.session.notice = None
    one_round(office, desk)
    assert office.notice_code == "warn certificate_file"
    assert desk._timer.isActive()
