"""The house: what console and window are given, the same for both."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.core.reasons import ASKED_FOR
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.certificate_files import read_certificates
from facevid_gui.evidence.signing_key import pem_of_certificate
from facevid_gui.house import House
from facevid_gui.settings import SAFE_DEFAULTS, Settings, load_settings, save_settings
from tests.support.evidence_authority import Authority
from tests.support.evidence_cms import person
from tests.support.library_shelf import listed
from tests.support.places import make_house


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """An authority's root: its PEM file and its bytes."""
    authority = Authority(tmp_path_factory.mktemp("authority") / "tsa")
    path = tmp_path_factory.mktemp("roots") / "root.pem"
    path.write_bytes(pem_of_certificate(authority.root_der))
    return path, authority.root_der


def settle(home: Path, **settings: str) -> None:
    save_settings(home / "config" / "settings.json", Settings(**settings))  # type: ignore[arg-type]


def test_the_library_lists_this_home(house: House) -> None:
    assert house.library is house.library
    assert listed(house.library, house.evidence_roots()) == ()
    assert (house.paths.cache / "index.sqlite").is_file()


def test_secrets_of_this_run_are_kept_apart_from_the_keyring(house: House) -> None:
    house.session_store.write("p", "secret", Secret("x"))
    assert house.session_store.read("p", "secret") == Secret("x")
    assert house.secret_store.read("p", "secret") is None


def test_folders_are_checked_against_the_enrolled_keys_and_the_register(home: Path, house: House) -> None:
    assert house.trust().signers == ()
    key = house.keys.open()
    trusted = house.paths.keys / "trusted"
    trusted.mkdir()
    other = person(number=3).certificate_der
    (trusted / "colleague.pem").write_bytes(pem_of_certificate(other))
    trust = house.trust()
    assert trust.signers == (key.certificate_der, other)
    assert (trust.register, trust.register_required) == (home / "register/register.jsonl", False)
    assert (trust.tsa_roots, trust.stamp_required) == ((), False)


def test_a_root_in_the_settings_is_trusted_one_in_the_environment_required(
    home: Path, root: tuple[Path, bytes]
) -> None:
    path, der = root
    settle(home, tsa_root=str(path))
    assert make_house(home).tsa_roots() == ((der,), False)
    assert make_house(home).trust().tsa_roots == (der,)
    named = make_house(home, FACEVID_TSA_ROOT=str(path))
    assert named.tsa_roots() == ((der,), True)
    assert named.trust().stamp_required
    assert make_house(home).tsa_roots([str(path), str(path)]) == ((der, der), True)


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"x" * 2_000_000])
def test_a_root_that_cannot_be_read_is_named(home: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "root.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="certificate_file") as caught:
        make_house(home, FACEVID_TSA_ROOT=str(path)).trust()
    assert caught.value.params["path"] == str(path)
    assert read_certificates([]) == ()


def test_the_authority_s_address_comes_from_the_environment_then_the_settings(home: Path) -> None:
    assert make_house(home).tsa_urls == ()
    settle(home, tsa_url="https://tsa.example/ https://second.example/")
    assert make_house(home).tsa_urls == ("https://tsa.example/", "https://second.example/")
    assert make_house(home, FACEVID_TSA_URL="https://other.example/").tsa_urls == ("https://other.example/",)


def test_evidence_is_listed_from_the_chosen_root(home: Path, tmp_path: Path) -> None:
    assert make_house(home).evidence_roots() == (home / "evidence",)
    settle(home, evidence_root=str(tmp_path / "chosen"))
    assert make_house(home).evidence_roots() == (tmp_path / "chosen",)
    assert make_house(home, FACEVID_EVIDENCE_ROOT=str(tmp_path / "env")).evidence_roots() == (tmp_path / "env",)


def test_without_a_root_nothing_is_listed_and_nothing_raises(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.PlatformDirs", lambda *_a, **_k: _Dirs(home))
    house = House({"FACEVID_LANG": "en"})
    assert house.evidence_roots() == ()
    with pytest.raises(UsageError, match="evidence_root_missing"):
        house.evidence_root(None)


class _Dirs:
    def __init__(self, home: Path) -> None:
        self._home = home

    def __getattr__(self, name: str) -> str:
        return str(self._home / name)


def test_damaged_settings_close_no_evidence_but_name_no_place_for_new(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config/settings.json").write_bytes(b"{")
    house = make_house(home)
    told: list[str] = []
    house.tell_defaults = lambda error: told.append(error.code)
    assert house.evidence_roots() == (home / "evidence",)
    assert house.safe_settings == SAFE_DEFAULTS
    assert set(house.safe_settings.ask_purpose) == set(ASKED_FOR), "the safe side: a reason is demanded"
    assert house.report_mark(), "and pictures of a report are marked"
    assert house.trust().tsa_roots == ()
    assert told == ["config_damaged"], "once"
    with pytest.raises(SurroundingsError, match="config_damaged"):
        house.evidence_root(None)
    for name in ("transport", "workplace", "importer", "keeping"):
        with pytest.raises(SurroundingsError, match="config_damaged"):
            getattr(house, name)


def test_a_damaged_file_is_set_aside_once_and_nothing_of_it_is_lost(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    file = home / "config/settings.json"
    file.write_bytes(b"{broken")
    settings, now = make_house(home).settings_file, datetime(2026, 3, 11, 8, tzinfo=UTC)
    aside = settings.set_aside(now)
    assert aside is not None
    assert (aside.name, aside.read_bytes()) == ("settings.json.damaged-20260311T080000Z", b"{broken")
    assert not file.exists()
    assert settings.change({"operator_name": "周"}).operator_name == "周"
    assert settings.set_aside(now) is None, "what is whole stays"
    file.write_bytes(b"{again")
    with pytest.raises(SurroundingsError, match="not_set_aside"):
        settings.set_aside(now)
    assert (aside.read_bytes(), file.read_bytes()) == (b"{broken", b"{again")


@pytest.mark.skipif(os.name == "nt", reason="homes of other users are a thing of POSIX")
def test_a_home_nobody_knows_is_an_option_s_value(home: Path) -> None:
    house = make_house(home, FACEVID_EVIDENCE_ROOT="~nobody-of-that-name/evidence")
    assert house.evidence_roots() == ()
    with pytest.raises(UsageError, match="option_value"):
        house.evidence_root(None)


def test_a_root_once_chosen_is_remembered(home: Path, tmp_path: Path) -> None:
    settle(home, operator_name="周")
    house = make_house(home)
    house.choose_evidence_root(tmp_path / "chosen")
    roots = (tmp_path / "chosen", home / "evidence")  # what was saved at the place before stays listed
    assert house.evidence_roots() == roots
    assert make_house(home).evidence_roots() == roots
    assert load_settings(home / "config/settings.json") == Settings(
        operator_name="周", evidence_root=str(tmp_path / "chosen"), known_roots=tuple(map(str, roots))
    )


def test_the_root_that_is_used_anyway_is_not_written_down(home: Path) -> None:
    house = make_house(home)
    house.choose_evidence_root(home / "evidence")
    assert not (home / "config/settings.json").exists()


def test_settings_that_cannot_be_written_do_not_keep_evidence_waiting(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(home)
    assert house.settings == Settings()
    (home / "config/settings.json").write_bytes(b"{")
    house.choose_evidence_root(tmp_path / "chosen")
    assert house.evidence_roots() == (tmp_path / "chosen", home / "evidence")
    assert (home / "config/settings.json").read_bytes() == b"{"
