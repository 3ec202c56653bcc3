"""Packages on the desk: opened, let go of, refused, kept; and the reason that is asked for before."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.package_desk import PackageDesk
from facevid_gui.bridge.session import Page
from facevid_gui.bridge.trust_desk import TrustDesk
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import visiting
from facevid_gui.evidence.export import ExportRequest
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import NoKeyring, Office
from tests.support.evidence_places import unlock_folders
from tests.support.evidence_zips import entries_of, make_zip
from tests.support.places import make_house

ORDER = "simOrder0001"


@pytest.fixture
def court(application: object, simulator: Simulator, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A package made on another computer, and the fingerprint of its signer."""
    office = Office(make_house(tmp_path / "sender"))
    office.know(simulator)
    office.start()
    office.look_up(ORDER)
    folder = office.save().folder
    assert folder is not None
    house = office.house
    target = tmp_path / "致 法院" / "court.zip"
    target.parent.mkdir()
    house.exporter.export(ExportRequest(folder, target), house.trust(), house.keys.open, CancelToken())
    sha256 = house.keys.open().certificate_sha256
    assert office.close()
    yield target, sha256
    unlock_folders(tmp_path)


class Desk:
    """The package desk of a computer that knows nobody, and what it said."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.desk = PackageDesk(office.house, office.controller)
        self.files: list[Path] = []
        self.choices: list[Any] = []
        self.asked: list[tuple[str, Any]] = []
        self.desk.file_came.connect(self.files.append)
        self.desk.choice_wanted.connect(lambda path, found: self.choices.append((path, found)))
        office.controller.reason_wanted.connect(lambda what, act: self.asked.append((what, act)))

    def open(self, path: Path, inside: str | None = None) -> None:
        self.desk.open(path, inside)
        self.office.settle()

    @property
    def unpacked(self) -> list[Path]:
        scratch = self.office.house.paths.visiting
        return [path for path in scratch.iterdir() if path.is_dir()] if scratch.exists() else []

    @property
    def log(self) -> list[dict[str, Any]]:
        path = self.office.house.paths.access_log
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


@pytest.fixture
def reader(application: object, tmp_path: Path) -> Iterator[Desk]:
    """Another home, without keyring, profile or record."""
    house = make_house(tmp_path / "reader")
    house.__dict__["secret_store"] = NoKeyring()
    office = Office(house)
    office.start()
    desk = Desk(office)
    yield desk
    desk.desk.let_go()
    assert office.close()
    assert desk.unpacked == []
    unlock_folders(tmp_path)


def test_a_package_is_checked_then_shown_and_what_was_unpacked_goes(reader: Desk, court: tuple[Path, str]) -> None:
    package, _ = court
    raw = package.read_bytes()
    reader.open(package)
    page = reader.office.page
    assert page.reviewed is not None
    assert page.reviewed.verdict is not None
    assert page.reviewed.verdict.verdict is Verdict.UNKNOWN_SIGNER
    visit = reader.office.session.visiting
    assert visit is not None
    assert (visit.package, visit.folder) == (package, page.folder)
    [line] = reader.log
    assert (line["event"], line["subject"], line["detail"]) == (
        "opened", page.title_id, {"package_sha256": visit.sha256}
    )  # fmt: skip
    stages = [activity.stage for activity in reader.office.activities if activity.stage]
    assert stages[0] == "hash"
    assert stages[-1] == "verify"
    assert len(reader.unpacked) == 1
    reader.open(package)
    assert len(reader.unpacked) == 1, "the one before is gone"
    reader.office.open(package.parent)  # no evidence: its error takes the page
    reader.office.settle()
    assert reader.office.session.visiting is None
    assert reader.unpacked == []
    assert package.read_bytes() == raw
    assert reader.office.listed() == (), "nothing of it is in the library"


def test_a_strangers_signer_is_compared_and_trusted_in_the_package(reader: Desk, court: tuple[Path, str]) -> None:
    package, sheet = court
    reader.open(package)
    trust = TrustDesk(reader.office.house, reader.office.controller)
    stranger = trust.stranger()
    assert stranger is not None
    assert trust.trust(stranger, sheet)
    reader.office.settle()
    reviewed = reader.office.page.reviewed
    assert reviewed is not None
    assert reviewed.verdict is not None
    assert reviewed.verdict.verified
    assert reader.office.session.visiting is not None, "it still is the package"


def test_a_copy_is_kept_and_opened_where_it_lies(reader: Desk, court: tuple[Path, str], tmp_path: Path) -> None:
    package, _ = court
    reader.open(package)
    root = tmp_path / "reader" / "evidence"
    reader.desk.keep_copy(root)
    reader.office.settle()
    page = reader.office.page
    assert page.folder is not None
    assert page.folder.parent == root
    assert reader.office.session.visiting is None
    assert reader.office.notice_code == "ok notice.kept"
    assert reader.unpacked == []
    assert [entry.path for entry in reader.office.entries("sealed")] == [page.folder]
    assert [line["event"] for line in reader.log] == ["opened", "kept", "opened"]
    reader.open(package)
    reader.desk.keep_copy(root)
    reader.office.settle()
    assert reader.office.notice_code == "bad copy_exists"
    assert reader.office.session.visiting is not None


def test_of_several_folders_one_is_asked_for(reader: Desk, court: tuple[Path, str], tmp_path: Path) -> None:
    source = next((tmp_path / "sender" / "evidence").glob("fv-*"))
    twin = tmp_path / "twin" / f"{source.name[:-4]}0000"
    shutil.copytree(source, twin)
    package = tmp_path / "two.zip"
    package.write_bytes(make_zip([*entries_of(source), *entries_of(twin)]))
    reader.open(package)
    assert reader.office.page.kind == "empty"
    [(path, found)] = reader.choices
    assert path == package
    reader.open(path, source.name)
    assert reader.office.page.reviewed is not None
    assert {packed.name for packed in found} == {source.name, twin.name}


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"PK\3\4 and no more", "package_no_zip"), (make_zip([]), "package_none")],
    ids=["cut", "empty"],
)
def test_a_bad_package_is_told_and_what_was_open_stays(
    reader: Desk, court: tuple[Path, str], tmp_path: Path, raw: bytes, code: str
) -> None:
    reader.open(court[0])
    before = reader.office.page
    bad = tmp_path / "bad.zip"
    bad.write_bytes(raw)
    reader.open(bad)
    assert reader.office.notice_code == f"bad {code}"
    assert reader.office.page is before
    assert len(reader.unpacked) == 1


def test_a_package_without_a_record_says_what_is_broken_and_is_not_ours_to_delete(
    reader: Desk, tmp_path: Path, court: tuple[Path, str]
) -> None:
    source = next((tmp_path / "sender" / "evidence").glob("fv-*"))
    entries = [entry for entry in entries_of(source) if not entry.name.endswith(("capture.json", "bagit.txt"))]
    package = tmp_path / "broken.zip"
    package.write_bytes(make_zip(entries))
    reader.open(package)
    page = reader.office.page
    assert page.kind == "error"
    assert page.verdict is not None
    assert page.verdict.folder == str(Path(f"{package}!", source.name))
    assert reader.office.session.visiting is not None
    assert reader.unpacked == []


def test_files_are_handed_on_and_folders_opened(reader: Desk, tmp_path: Path, court: tuple[Path, str]) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text("{}")
    reader.open(answer)
    assert reader.files == [answer]
    assert reader.office.page.kind == "empty"
    reader.open(next((tmp_path / "sender" / "evidence").glob("fv-*")))
    assert reader.office.page.reviewed is not None
    assert reader.office.session.visiting is None


def test_a_folder_that_is_no_evidence_is_not_called_altered(
    reader: Desk, tmp_path: Path, court: tuple[Path, str]
) -> None:
    reader.open(court[0])
    before = reader.office.page
    empty = tmp_path / "empty"
    empty.mkdir()
    reader.open(empty)
    assert reader.office.notice_code == "bad no_evidence"
    assert reader.office.page is before
    place = tmp_path / "sender" / "evidence"
    reader.open(place)
    notice = reader.office.session.notice
    assert notice is not None
    assert notice.error is not None
    assert (notice.error.code, notice.error.params["count"]) == ("evidence_inside", "1")
    assert notice.actions == (("add_place", str(place)),)
    assert reader.office.page is before
    own = reader.office.house.evidence_root(None)
    shutil.copytree(place, own)
    reader.office.house.choose_evidence_root(own)
    reader.open(own)
    notice = reader.office.session.notice
    assert notice is not None
    assert notice.error is not None
    assert (notice.error.code, notice.actions) == ("evidence_listed", ())
    for name in ("bagit.txt", "tagmanifest-sha256.txt", "manifest-sha256.txt"):
        next(own.glob("fv-*")).chmod(0o700)
        (next(own.glob("fv-*")) / name).unlink()
    reader.open(next(own.glob("fv-*")))
    reviewed = reader.office.page.reviewed
    assert reviewed is not None
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.ALTERED


def test_unpacking_can_be_stopped(reader: Desk, court: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_archive: object, _member: object, _target: object, token: CancelToken) -> None:
        token.cancel()
        raise CancelledError

    monkeypatch.setattr(visiting, "unpack_member", stop)
    reader.open(court[0])
    assert reader.office.page.kind == "empty"
    assert not reader.office.session.is_busy
    assert reader.unpacked == []


def test_where_a_reason_is_demanded_nothing_is_shown_or_logged_without(reader: Desk, court: tuple[Path, str]) -> None:
    reader.office.house.settings_file.change({"ask_purpose": ("open", "unmask")})
    reader.open(court[0])
    assert reader.office.page.kind == "empty"
    assert reader.log == []
    assert reader.unpacked == []
    [(what, act)] = reader.asked
    assert what == "open"
    act("  court order\n 7/2026 ")
    reader.office.settle()
    assert reader.office.page.reviewed is not None
    assert reader.log[-1]["detail"]["reason"] == "court order 7/2026"
    assert reader.office.session.reasons == ("court order 7/2026",)
    reader.open(court[0])
    assert len(reader.asked) == 1, "it is open for that reason already"
    reader.office.controller.show_page(Page())
    reader.open(court[0])
    assert len(reader.asked) == 2, "it was left: it is asked for again"
    reader.asked[-1][1]("court order 7/2026")
    reader.office.settle()
    reader.office.controller.unmask()
    reader.office.settle()
    assert not reader.office.page.unmasked
    assert reader.asked[-1][0] == "unmask"
    reader.asked[-1][1]("to call the signer")
    reader.office.settle()
    assert reader.office.page.unmasked
    assert [(line["event"], line["detail"].get("reason")) for line in reader.log[-2:]] == [
        ("opened", "court order 7/2026"), ("unmasked", "to call the signer")
    ]  # fmt: skip
