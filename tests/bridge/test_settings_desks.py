"""Settings that are checked and counted at once; certificates that are compared before they count."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge import settings_work, trusted_work
from facevid_gui.bridge.session import Page
from facevid_gui.bridge.settings_desk import SettingsDesk, is_settings_damaged
from facevid_gui.bridge.trust_desk import Stranger
from facevid_gui.bridge.trusted_desk import TrustedDesk
from facevid_gui.core.errors import FacevidError, SubjectError, UsageError
from facevid_gui.evidence.fresh_key import make_workstation_key
from facevid_gui.evidence.signing_key import pem_of_certificate
from facevid_gui.program import account_name
from facevid_gui.settings import SAFE_DEFAULTS, Settings
from tests.support.bridge_office import Office
from tests.support.places import make_house
from tests.support.qt import pump_until


def certificate(path: Path, name: str = "colleague") -> Path:
    path.write_bytes(pem_of_certificate(make_workstation_key(name, datetime.now(UTC)).certificate_der))
    return path


def test_all_changes_are_written_or_none(home: Path) -> None:
    house = make_house(home)
    with pytest.raises(settings_work.RefusedSettingError) as caught:
        settings_work.change(house, {"operator_name": "Li", "tsa_url": "ftp://x"})
    assert (caught.value.setting, caught.value.code, caught.value.exit_code) == ("tsa_url", "tsa_url_malformed", 2)
    assert house.settings.operator_name == ""
    read = settings_work.change(house, {"operator_name": "Li", "tsa_url": "http://127.0.0.1:9"})
    assert (read.operator, read.settings.tsa_url) == ("Li", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("legal_basis", "x" * 501, "setting_text"),
        ("operator_role", "two\nlines", "setting_text"),
        ("ca_file", "/no/such/file", "certificate_file"),
        ("proxy", "http://a:b@proxy:1", "proxy_with_password"),
    ],
)
def test_what_cannot_be_is_named(home: Path, name: str, value: str, code: str) -> None:
    with pytest.raises(settings_work.RefusedSettingError) as caught:
        settings_work.change(make_house(home), {name: value})
    assert (caught.value.setting, caught.value.code) == (name, code)


def test_files_of_certificates_and_folders_of_them_are_taken(home: Path, tmp_path: Path) -> None:
    house, file = make_house(home), certificate(tmp_path / "root.pem")
    kept = settings_work.change(house, {"ca_file": str(tmp_path), "tsa_root": str(file)}).settings
    assert (kept.ca_file, kept.tsa_root) == (str(tmp_path), str(file))
    assert len(house.tsa_roots()[0]) == 1


def test_the_environment_may_name_the_authority_of_stamped_requests(home: Path) -> None:
    with pytest.raises(settings_work.RefusedSettingError):
        settings_work.change(make_house(home), {"request_stamp": True, "tsa_url": ""})
    house = make_house(home, FACEVID_TSA_URL="http://127.0.0.1:9/")
    read = settings_work.change(house, {"request_stamp": True, "tsa_url": ""})
    assert read.decided == {"tsa_url": "FACEVID_TSA_URL"} | (
        {"language": "FACEVID_LANG"} if "FACEVID_LANG" in house.environ else {}
    )


def test_what_was_made_of_the_settings_is_made_anew(home: Path) -> None:
    house = make_house(home)
    before = house.transport, house.authorities, house.workplace, house.importer
    settings_work.change(house, {"retention_days": 7})
    after = house.transport, house.authorities, house.workplace, house.importer
    assert all(old is not new for old, new in zip(before, after, strict=True))
    assert house.workplace.retention_days == 7
    assert house.workplace.transport is house.transport


def test_a_damaged_file_is_a_problem_the_desk_knows(office: Office) -> None:
    desk = SettingsDesk(office.house, office.controller)
    (office.house.paths.config / "settings.json").write_bytes(b"{")
    office.house.__dict__.pop("settings_file", None)
    desk.read()
    office.settle()
    assert desk.problem is not None
    assert desk.problem.code == "config_damaged"
    assert (desk.settings, desk.operator) == (SAFE_DEFAULTS, account_name())
    (office.house.paths.config / "settings.json").unlink()
    desk.read()
    office.settle()
    assert desk.problem is None


def test_a_sealed_folder_opens_without_settings_for_a_reason_and_the_file_is_set_aside(office: Office) -> None:
    office.look_up("simOrder0001")
    folder = office.save().folder
    assert folder is not None
    office.controller.show_page(Page())
    file = office.house.paths.config / "settings.json"
    file.write_bytes(b"{broken")
    office.house.__dict__.pop("settings_file", None)
    office.house.follow_settings()
    desk = SettingsDesk(office.house, office.controller)
    desk.read()
    asked: list[Any] = []
    office.controller.reason_wanted.connect(lambda what, act: asked.append((what, act)))
    office.controller.open_folder(folder)
    office.settle()
    assert office.session.page.kind == "empty", "the safe side: not without a reason"
    assert [what for what, _ in asked] == ["open"]
    asked[0][1]("court date")
    office.settle()
    page = office.session.page
    assert page.reviewed is not None
    assert page.reviewed.verdict is not None
    assert page.reviewed.verdict.verified
    told = json.loads(office.house.paths.access_log.read_text("utf-8").splitlines()[-1])
    assert (told["event"], told["detail"]["reason"]) == ("opened", "court date")
    notice = office.session.notice
    assert notice is not None, "opening takes notices away; this one comes again"
    assert notice.error is not None
    assert is_settings_damaged(notice.error)
    refused: list[str] = []
    desk.refused.connect(lambda error: refused.append(error.code))
    desk.save(watermark=True)
    office.settle()
    assert (refused, file.read_bytes()) == (["config_damaged"], b"{broken")
    desk.set_aside()
    office.settle()
    notice = office.session.notice
    assert notice is not None
    assert notice.message == "settings.set_aside"
    assert (file.parent / notice.values["name"]).read_bytes() == b"{broken"
    assert (desk.problem, desk.settings) == (None, Settings())
    desk.save(watermark=True)
    office.settle()
    assert json.loads(file.read_bytes())["watermark"] is True


# --- trusted certificates ---------------------------------------------------------------------------------


class Trusting:
    """A desk, and what it said."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.desk = TrustedDesk(office.house, office.controller)
        self.said: list[tuple[str, Any]] = []
        for name in ("listed", "sent", "known", "distrusted", "refused"):
            getattr(self.desk, name).connect(lambda value, name=name: self.said.append((name, value)))
        self.desk.trusted.connect(lambda: self.said.append(("trusted", None)))

    def settle(self) -> tuple[str, Any]:
        pump_until(lambda: self.office.jobs.is_idle and self.said)
        return self.said[-1]


@pytest.fixture
def trusting(office: Office) -> Trusting:
    return Trusting(office)


def test_a_certificate_counts_once_its_fingerprint_was_typed(trusting: Trusting, tmp_path: Path) -> None:
    trusting.desk.read(certificate(tmp_path / "c.pem"))
    name, stranger = trusting.settle()
    assert (name, len(stranger.asked)) == ("sent", 5)
    assert not trusting.desk.trust(stranger, "0" * 64)
    assert trusting.office.house.trusted.all() == ()
    assert trusting.desk.trust(stranger, stranger.sha256)
    assert trusting.settle()[0] == "trusted"
    assert [one.sha256 for one in trusting.office.house.trusted.all()] == [stranger.sha256]
    trusting.desk.read(tmp_path / "c.pem")
    assert trusting.settle()[0] == "known"
    trusting.desk.distrust(stranger.sha256)
    assert trusting.settle() == ("distrusted", stranger.sha256)
    lines = trusting.office.house.paths.access_log.read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["trusted", "distrusted"]


def test_a_file_that_was_exchanged_after_comparing_is_not_trusted(trusting: Trusting, tmp_path: Path) -> None:
    trusting.desk.read(certificate(tmp_path / "c.pem"))
    stranger: Stranger = trusting.settle()[1]
    certificate(tmp_path / "c.pem", "somebody else")
    assert trusting.desk.trust(stranger, stranger.sha256)
    name, error = trusting.settle()
    assert (name, error.code) == ("refused", "certificate_changed")
    assert trusting.office.house.trusted.all() == ()
    assert not trusting.office.house.paths.access_log.exists()


def test_the_own_key_stays_trusted(office: Office) -> None:
    office.house.keys.open()
    own = trusted_work.trusted_rows(office.house)[0]
    assert own.is_own
    with pytest.raises(UsageError) as caught:
        trusted_work.distrust(office.house, own.sha256)
    assert caught.value.code == "trust_own_key"
    with pytest.raises(SubjectError):
        trusted_work.distrust(office.house, "0" * 64)


def test_a_file_with_a_private_key_is_refused(trusting: Trusting, tmp_path: Path) -> None:
    (tmp_path / "k.pem").write_text("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n")
    trusting.desk.read(tmp_path / "k.pem")
    name, error = trusting.settle()
    assert name == "refused"
    assert isinstance(error, FacevidError)
    assert error.code == "certificate_with_key"
