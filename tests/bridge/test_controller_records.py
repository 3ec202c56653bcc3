"""Opening, saving, discarding, unmasking and reading media, on records that came from the simulator."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge import work
from facevid_gui.bridge.photos import Photo
from facevid_gui.core.errors import FacevidError, UsageError
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import NoKeyring, Office
from tests.support.places import look_up_flow, look_up_order, make_house
from tests.support.qt import pump_until
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

FLOW, ORDER = "One", "simOrder0001"


@dataclass(frozen=True)
class Template:
    """A home with a sealed flow, an unsaved flow and an unsaved order; copied for each test."""

    home: Path
    store: SessionStore
    sealed: str
    flow: str
    order: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    from facevid_gui.simulator.records import flow_id

    home = tmp_path_factory.mktemp("template") / "home"
    house = make_house(home)
    with Simulator() as simulator:
        first = look_up_flow(house, simulator, flow_id(FLOW)).capture
        flow = look_up_flow(house, simulator, flow_id(FLOW)).capture
        order = look_up_order(house, simulator, ORDER).capture
    assert first
    assert flow
    assert order
    sealing = work.Sealing("2026-0001", "test", house.evidence_root(None))
    signer = house.keys.open()
    sealed = house.sealer.seal(house.captures.open(first.name), work.seal_request(house, sealing), signer)
    store = house.secret_store
    assert isinstance(store, SessionStore)
    return Template(home, store, sealed.folder.name, flow.name, order.name)


@pytest.fixture
def make_office(home: Path, application: object, template: Template) -> Iterator[Callable[..., Office]]:
    made: list[Office] = []
    shutil.copytree(template.home, home, symlinks=True)

    def make(*, keyring: bool = True, **environ: str) -> Office:
        house = make_house(home, **environ)
        house.__dict__["secret_store"] = template.store if keyring else NoKeyring()
        office = Office(house)
        office.start()
        made.append(office)
        return office

    yield make
    closed = [office.close() for office in made]
    assert all(closed)
    for folder, _, _ in os.walk(home):
        os.chmod(folder, 0o700)


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office()


@pytest.fixture
def sealed(office: Office, template: Template) -> Path:
    return office.house.evidence_root(None) / template.sealed


def writable(folder: Path) -> Path:
    """What a tamperer makes of a sealed folder first."""
    for base, _, names in os.walk(folder):
        os.chmod(base, 0o700)
        for name in names:
            os.chmod(Path(base, name), 0o600)
    return folder


def opened_capture(office: Office, capture: str) -> None:
    office.controller.open_capture(capture)
    office.settle()
    assert office.page.kind == "record"


def log_events(office: Office) -> list[dict[str, Any]]:
    return [json.loads(line) for line in office.house.paths.access_log.read_text("utf-8").splitlines()]


# --- opening -------------------------------------------------------------------------------------------


def test_the_library_lists_what_this_home_has(office: Office, template: Template) -> None:
    assert {entry.evidence_id for entry in office.entries("complete")} == {template.flow, template.order}
    assert [entry.path.name for entry in office.entries("sealed")] == [template.sealed]


def test_a_sealed_folder_is_verified_and_shown_and_its_verdict_remembered(office: Office, sealed: Path) -> None:
    page = office.open(sealed)
    assert page.kind == "record"
    assert page.reviewed
    assert page.reviewed.verdict
    assert page.reviewed.verdict.verified
    assert page.folder == sealed
    assert not page.unmasked
    [entry] = office.entries("sealed")
    assert entry.last_verdict == "verified_unstamped"
    assert log_events(office)[-1]["event"] == "opened"


def test_rows_open_as_what_they_are(office: Office, template: Template) -> None:
    for entry in office.listed():
        office.controller.open_entry(entry)
        office.settle()
        assert office.page.kind == "record"
        assert office.page.folder == entry.path
        assert office.page.reviewed
        assert office.page.reviewed.is_sealed is (entry.state == "sealed")
    assert len(office.pages) == 3


def test_a_broken_folder_is_shown_with_its_verdict(office: Office, sealed: Path) -> None:
    clip = next(writable(sealed).rglob("liveness.mp4"))
    clip.write_bytes(clip.read_bytes()[:-1] + b"x")
    page = office.open(sealed)
    assert page.kind == "record"
    assert page.reviewed
    assert page.reviewed.verdict
    assert page.reviewed.verdict.verdict is Verdict.ALTERED
    [entry] = office.entries("sealed")
    assert entry.last_verdict == "altered"


def test_an_unreadable_folder_is_an_error_with_its_verdict(office: Office, sealed: Path) -> None:
    (writable(sealed) / "data" / "capture.json").write_text("{")
    page = office.open(sealed)
    assert page.kind == "error"
    assert page.reviewed is None
    assert page.error
    assert page.verdict
    assert not page.verdict.verified
    assert office.listed()[-1].last_verdict == str(page.verdict.verdict)


@pytest.mark.parametrize("name", ["no such folder", "config"])
def test_what_is_no_evidence_is_an_error(office: Office, name: str) -> None:
    page = office.open(office.house.paths.data / name)
    assert page.kind == "error"
    assert page.error
    assert not office.session.is_busy


def test_a_capture_that_is_gone_is_an_error(office: Office, template: Template) -> None:
    shutil.rmtree(office.house.paths.captures / template.flow)
    entry = next(e for e in office.listed() if e.evidence_id == template.flow)
    office.controller.open_entry(entry)
    office.settle()
    assert office.page.kind == "error"
    assert office.page.error
    assert office.page.error.code == "capture_unknown"
    assert template.flow not in {e.evidence_id for e in office.listed()}


def test_of_two_that_are_opened_at_once_the_second_is_shown(office: Office, template: Template) -> None:
    office.controller.open_capture(template.flow)
    office.controller.open_capture(template.order)
    office.settle()
    assert [page.title_id for page in office.pages] == [template.order]


def test_opening_that_is_cancelled_leaves_the_page(office: Office, template: Template) -> None:
    office.controller.open_capture(template.flow)
    office.controller.cancel()
    office.settle()
    assert [page.kind for page in office.pages] in ([], ["record"])  # whether it had begun is chance
    assert office.session.notice is None


# --- saving --------------------------------------------------------------------------------------------


def test_saved_it_is_sealed_verified_and_shown_from_there(office: Office, template: Template, tmp_path: Path) -> None:
    opened_capture(office, template.flow)
    root = tmp_path / "case files"
    page = office.save(office.sealing(root))
    assert page.reviewed
    assert page.reviewed.verdict
    assert page.reviewed.verdict.verified
    assert page.folder
    assert page.folder.parent == root
    assert page.title_id == template.flow
    assert page.reviewed.capture.case_ref == "2026-0311 借款纠纷"
    assert office.said == [("saved", None)]
    assert office.notice_code == "ok notice.sealed"
    assert office.session.notice
    assert office.session.notice.values["path"] == str(page.folder)
    assert office.session.evidence_roots[0] == root
    assert {entry.path.name for entry in office.entries("sealed")} == {template.sealed, page.folder.name}
    assert [entry.evidence_id for entry in office.entries("complete")] == [template.order]
    office.controller.save(office.sealing())  # it is sealed: nothing to save
    office.controller.discard("by mistake")
    assert not office.session.is_busy
    assert office.page is page


def test_a_wrong_passphrase_refuses_and_a_right_one_saves(
    make_office: Callable[..., Office], home: Path, template: Template
) -> None:
    shutil.rmtree(home / "keys")
    office = make_office(keyring=False)
    assert (office.session.keyring, office.session.key_protection) == ("unavailable", "new_passphrase")
    opened_capture(office, template.flow)
    office.save(office.sealing())
    assert [(kind, error.code) for kind, error in office.said] == [("save refused", "no_signing_key")]
    opened_capture(office, template.flow)
    assert office.save(office.sealing(passphrase="first one")).reviewed
    assert office.said[1:] == [("saved", None)]
    opened_capture(office, template.order)
    before = office.page
    office.save(office.sealing(passphrase="another one"))
    kind, error = office.said[-1]
    assert (kind, error.code) == ("save refused", "key_passphrase_wrong")
    assert office.page is before
    assert not office.session.is_busy
    page = office.save(office.sealing(passphrase="first one"))
    assert page.reviewed
    assert page.reviewed.verdict
    assert page.reviewed.verdict.verified


@pytest.mark.parametrize("changes", [{"case_ref": " "}, {"purpose": ""}, {"case_ref": "x" * 10_000}])
def test_a_case_that_says_nothing_is_refused(office: Office, template: Template, changes: dict[str, str]) -> None:
    opened_capture(office, template.flow)
    office.save(office.sealing(**changes))
    [(kind, error)] = office.said
    assert kind == "save refused"
    assert isinstance(error, UsageError)
    assert len(office.entries("complete")) == 2


def test_a_place_that_takes_nothing_is_refused_and_not_remembered(
    office: Office, template: Template, tmp_path: Path
) -> None:
    roots = office.session.evidence_roots
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    opened_capture(office, template.flow)
    page = office.page
    office.save(office.sealing(in_the_way / "below"))
    [(kind, _)] = office.said
    assert kind == "save refused"
    assert office.page is page
    assert office.session.evidence_roots == roots
    assert office.house.evidence_roots() == roots
    assert office.house.settings.evidence_root == ""
    assert len(office.entries("complete")) == 2
    assert office.save().reviewed
    assert office.said[-1] == ("saved", None)


def test_on_a_read_only_disk_saving_is_refused_and_the_capture_kept(template: Template) -> None:
    """As a user who may not write everywhere."""
    with unprivileged_folder() as folder:
        home, locked = folder / "home", folder / "locked"
        shutil.copytree(template.home, home, symlinks=True)
        locked.mkdir()
        for base, folders, names in os.walk(folder):
            for path in (Path(base), *(Path(base, name) for name in (*folders, *names))):
                os.chown(path, 65534, 65534)
        locked.chmod(0o500)

        def save() -> object:
            house = make_house(home)
            house.__dict__["secret_store"] = template.store
            sealing = work.Sealing("case", "purpose", locked / "evidence")
            code = "sealed"
            try:
                work.seal(house, template.flow, sealing, work_token())
            except FacevidError as error:
                code = error.code
            return code, house.settings.evidence_root, [entry.state for entry in house.captures.entries()]

        assert as_unprivileged(save) == ("permission_denied", "", ["complete", "complete"])


def work_token() -> Any:
    from facevid_gui.core.cancel import CancelToken

    return CancelToken()


def test_sealed_is_sealed_even_if_it_cannot_be_stamped(make_office: Callable[..., Office], template: Template) -> None:
    office = make_office(FACEVID_TSA_URL="not an address")
    opened_capture(office, template.flow)
    page = office.save()
    assert page.reviewed
    assert page.reviewed.is_sealed
    assert office.said == [("saved", None)]
    assert office.notice_code == "warn notice.sealed_unstamped"
    assert office.session.notice
    assert "not" in office.session.notice.values["why"]


def test_an_authority_out_of_reach_is_told_after_saving(make_office: Callable[..., Office], template: Template) -> None:
    office = make_office(FACEVID_TSA_URL="http://127.0.0.1:9/")
    opened_capture(office, template.flow)
    office.save()
    assert office.notice_code == "warn notice.sealed_unstamped"
    assert [folder for folder, _ in office.house.stamper(()).waiting()] == [office.page.folder]


def test_asked_to_stop_while_it_is_stamped_it_stays_sealed_and_waits_for_its_stamp(
    make_office: Callable[..., Office], template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(FACEVID_TSA_URL="http://127.0.0.1:9/")
    opened_capture(office, template.flow)
    stamping = threading.Event()

    def fetch(_url: str, _request: object, _transport: object, token: Any) -> bytes:
        stamping.set()
        token.wait(20)
        return b""

    monkeypatch.setattr("facevid_gui.evidence.authorities.fetch", fetch)
    office.controller.save(office.sealing())
    pump_until(stamping.is_set)
    office.controller.cancel()
    office.settle()
    assert office.page.reviewed
    assert office.page.reviewed.is_sealed
    assert office.said == [("saved", None)]
    waiting = office.house.stamper(()).waiting()
    assert [folder for folder, _ in waiting] == [office.page.folder]


# --- discarding ----------------------------------------------------------------------------------------


def test_discarded_it_is_gone_and_the_reason_is_logged(office: Office, template: Template) -> None:
    opened_capture(office, template.flow)
    office.controller.discard("looked up by mistake")
    assert office.page.kind == "empty"
    office.settle()
    pump_until(lambda: len(office.entries("complete")) == 1)
    assert not (office.house.paths.captures / template.flow).exists()
    assert office.notice_code == "ok notice.discarded"
    assert log_events(office)[-1]["event"] == "discarded"
    assert log_events(office)[-1]["detail"]["reason"] == "looked up by mistake"
    office.controller.discard("again")
    office.controller.save(office.sealing())
    assert office.jobs.is_idle


def test_two_discards_in_haste_are_both_done(office: Office, template: Template) -> None:
    """Also when every thread is busy and neither has begun."""
    opened_capture(office, template.flow)
    first = office.page
    opened_capture(office, template.order)
    second = office.page
    gate = threading.Event()
    for number in range(4):
        office.jobs.submit(f"busy {number}", lambda *_: gate.wait(10), lambda _: None)
    for page in (first, second):
        office.session.page = page
        office.controller.discard("mistake")
    gate.set()
    pump_until(lambda: office.entries("complete") == [])
    office.settle()
    assert list(office.house.paths.captures.glob("[0-9a-f]*")) == []


def test_what_is_becoming_evidence_cannot_be_discarded(
    office: Office, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_capture(office, template.flow)
    gate, sealing = threading.Event(), work.seal

    def held(*arguments: Any) -> Any:
        gate.wait(10)
        return sealing(*arguments)

    monkeypatch.setattr(work, "seal", held)
    office.controller.save(office.sealing())
    office.controller.discard("at the same time")
    assert office.page.kind == "record"
    gate.set()
    office.settle()
    assert office.said == [("saved", None)]
    assert office.page.reviewed
    assert office.page.reviewed.is_sealed
    assert "discarded" not in {event["event"] for event in log_events(office)}


def test_a_discard_that_fails_is_told_and_loses_nothing(
    office: Office, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facevid_gui.core.errors import SurroundingsError

    opened_capture(office, template.flow)

    def full(*_: object, **__: object) -> None:
        raise SurroundingsError("disk_full", path="access.jsonl", reason="")

    monkeypatch.setattr(office.house.access_log, "add", full)
    office.controller.discard("mistake")
    office.settle()
    assert office.notice_code == "bad disk_full"
    assert (office.house.paths.captures / template.flow).exists()
    assert len(office.entries("complete")) == 2


# --- reading -------------------------------------------------------------------------------------------


def test_unmasking_is_logged_and_then_shown(office: Office, sealed: Path, template: Template) -> None:
    office.controller.unmask()
    assert office.jobs.is_idle  # nothing is open
    page = office.open(sealed)
    office.controller.unmask()
    office.settle()
    assert office.page.unmasked
    assert office.page.reviewed is page.reviewed
    event = log_events(office)[-1]
    assert (event["event"], event["subject"]) == ("unmasked", page.title_id)
    logged = len(log_events(office))
    office.controller.unmask()
    office.settle()
    assert len(log_events(office)) == logged
    opened_capture(office, template.flow)
    assert not office.page.unmasked


def test_unmasking_that_cannot_be_logged_does_not_happen(
    office: Office, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.open(sealed)
    log = office.house.paths.access_log
    log.unlink()
    log.mkdir()
    office.controller.unmask()
    office.settle()
    assert not office.page.unmasked
    assert office.notice_code.startswith("bad ")
    assert log.is_dir()


def test_unmasking_one_record_does_not_unmask_the_next(office: Office, template: Template) -> None:
    opened_capture(office, template.flow)
    office.controller.unmask()
    office.controller.open_capture(template.order)
    office.settle()
    assert office.page.title_id == template.order
    assert not office.page.unmasked


def test_the_answers_are_read_as_a_tree(office: Office, template: Template) -> None:
    office.controller.read_raw_answers()
    assert office.jobs.is_idle
    opened_capture(office, template.order)
    office.controller.read_raw_answers()
    office.settle()
    [(kind, tree)] = office.said
    assert kind == "raw"
    assert [tree.rows[number].name for number in tree.find("liveRate")] == ["liveRate"]


def test_clips_and_photos_are_read_when_they_are_what_was_sealed(office: Office, template: Template) -> None:
    opened_capture(office, template.order)
    assert office.page.reviewed
    record = office.page.reviewed.record
    [clip], [photo] = record.clips, record.photos[:1]
    data = office.media(clip)
    assert isinstance(data, bytes)
    assert b"ftyp" in data[:16]
    came: list[Photo] = []
    office.controller.load_photo(photo, came.append, came.append)
    pump_until(lambda: came)
    assert came[0].item == photo
    assert came[0].image is not None
    assert came[0].image.width() > 100


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_media_that_were_tampered_with_are_refused(office: Office, sealed: Path, how: str) -> None:
    office.open(sealed)
    assert office.page.reviewed
    clip = office.page.reviewed.record.clips[0]
    assert clip.path
    file = writable(sealed) / "data" / clip.path
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    error = office.media(clip)
    assert isinstance(error, FacevidError)
    assert error.code == ("media_missing" if how == "gone" else "media_changed")


def test_of_two_clips_wished_for_only_the_second_comes(office: Office, sealed: Path) -> None:
    office.open(sealed)
    assert office.page.reviewed
    first, second = office.page.reviewed.record.clips[:2]
    came: list[object] = []
    office.controller.load_media(first, came.append, came.append)
    wanted = office.media(second)
    pump_until(lambda: len(came) > 0, 0.2, must=False)
    assert came == []
    assert isinstance(wanted, bytes)


def test_media_that_come_when_another_page_is_shown_are_dropped(
    office: Office, sealed: Path, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.open(sealed)
    assert office.page.reviewed
    gate, begun = threading.Event(), []
    for name in ("load_media", "load_raw_answers"):
        real = getattr(work, name)

        def held(*arguments: Any, real: Any = real) -> Any:
            begun.append(1)
            gate.wait(10)
            return real(*arguments)

        monkeypatch.setattr(work, name, held)
    came: list[object] = []
    clip = office.page.reviewed.record.clips[0]
    office.controller.load_media(clip, came.append, came.append)
    office.controller.load_photo(clip, came.append, came.append)
    office.controller.read_raw_answers()
    pump_until(lambda: len(begun) == 3)
    office.controller.open_capture(template.order)
    pump_until(lambda: office.page.title_id == template.order)
    gate.set()
    office.settle()
    pump_until(lambda: came or office.said, 0.1, must=False)
    assert came == []
    assert office.said == []


def test_with_nothing_open_there_are_no_media(office: Office, template: Template) -> None:
    opened_capture(office, template.flow)
    assert office.page.reviewed
    clip = office.page.reviewed.record.clips[0]
    office.controller.discard("x")
    office.settle()
    came: list[object] = []
    office.controller.load_media(clip, came.append, came.append)
    office.controller.load_photo(clip, came.append, came.append)
    assert office.jobs.is_idle


@pytest.mark.parametrize(
    ("root", "synced"),
    [("/srv/a/OneDrive - Firm/x", True), ("/Users/a/坚果云/x", True), ("/srv/a/evidence", False), ("/", False)],
)
def test_folders_of_synchronising_programs_are_known(root: str, synced: bool) -> None:
    assert work.looks_synced(Path(root)) is synced
