"""Profiles: kept, replaced, forgotten, tested; with a keyring and without one."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge import work
from facevid_gui.core.errors import FacevidError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import NoKeyring, Office
from tests.support.net_stores import RefusingStore
from tests.support.places import make_house
from tests.support.qt import pump_until

ORDER = "simOrder0001"


@pytest.fixture
def make_office(tmp_path: Path, application: object) -> Iterator[Callable[..., Office]]:
    made: list[Office] = []

    def make(store: SessionStore | None = None, **environ: str) -> Office:
        house = make_house(tmp_path / f"home-{len(made)}", **environ)
        if store is not None:
            house.__dict__["secret_store"] = store
        made.append(Office(house))
        made[-1].start()
        return made[-1]

    yield make
    closed = [office.close() for office in made]
    assert all(closed)


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office()


def keep(office: Office, simulator: Simulator, kind: str = "ess", name: str = "mine", *, replace_it: bool = False,
         data: dict[str, str] | None = None, **options: Any) -> tuple[str, Any]:  # fmt: skip
    """Keep a profile of the simulator; what was said."""
    part = simulator.describe()[kind]
    fields = {"endpoint": part["base_url"], **part["settings"], **options}
    office.desk.keep(name, kind, fields, part["secrets"] if data is None else data, replace_it=replace_it)
    return answer(office)


def answer(office: Office) -> tuple[str, Any]:
    """Wait for what the desk says next."""
    office.said.clear()
    pump_until(lambda: office.said)
    office.settle()
    return office.said[-1]


def forget(office: Office, name: str) -> None:
    office.desk.forget(name)
    office.settle()


def probe(office: Office) -> Any:
    assert office.session.profile
    office.desk.probe(office.session.profile)
    kind, result = answer(office)
    assert kind == "probed"
    return result


def kept_secrets(office: Office) -> dict[str, str]:
    store = office.house.secret_store
    assert isinstance(store, SessionStore)
    return {"/".join(key): secret.reveal() for key, secret in store._secrets.items()}


@pytest.mark.parametrize(("kind", "text"), [("ess", flow_id("One")), ("essbasic", flow_id("One")), ("kyc", ORDER)])
@pytest.mark.parametrize("keyring", [True, False])
def test_a_kept_profile_is_chosen_tested_and_looks_up(
    make_office: Callable[..., Office], simulator: Simulator, kind: str, text: str, keyring: bool
) -> None:
    office = make_office(None if keyring else NoKeyring())
    told: list[str] = []
    office.session.profiles_changed.connect(lambda: told.append("profiles"))
    office.session.profile_chosen.connect(lambda: told.append("chosen"))
    said, kept = keep(office, simulator, kind)
    assert said == "kept"
    assert told == ["profiles", "chosen"]
    assert office.session.profile == kept.profile
    assert office.session.profiles == (kept.profile,)
    if keyring:
        assert kept.problem is None
        assert office.session.given == {}
    else:
        assert kept.problem.code == "keyring_unavailable"
        assert set(office.session.given) == {"mine"}
    outcome = probe(office)
    assert isinstance(outcome, Outcome), outcome
    assert outcome.ok
    assert office.look_up(text).kind == "record"
    for file in office.house.paths.data.rglob("*"):
        if file.is_file() and file.parent.name != "captures":
            for secret in simulator.describe()[kind]["secrets"].values():
                assert secret.encode() not in file.read_bytes() or kind != "kyc", file


def test_secrets_without_a_keyring_are_for_this_run_only(
    make_office: Callable[..., Office], simulator: Simulator
) -> None:
    office = make_office(NoKeyring())
    keep(office, simulator)
    assert office.close()
    assert office.session.given == {}
    again = Office(make_house(office.house.paths.data))
    again.house.__dict__["secret_store"] = NoKeyring()
    again.start()
    assert [profile.name for profile in again.session.profiles] == ["mine"]
    page = again.look_up(flow_id("One"))
    assert page.kind == "empty"
    assert again.notice_code == "bad keys_not_kept"
    again.close()


def test_a_profile_replaced_without_secrets_keeps_those_it_has(office: Office, simulator: Simulator) -> None:
    keep(office, simulator)
    secrets = kept_secrets(office)
    said, kept = keep(office, simulator, data={}, replace_it=True, environment="test")
    assert said == "kept"
    assert kept.profile.environment == "test"
    assert office.session.profile == kept.profile
    assert kept_secrets(office) == secrets
    assert probe(office).ok


def test_without_a_keyring_too(make_office: Callable[..., Office], simulator: Simulator) -> None:
    office = make_office(NoKeyring())
    keep(office, simulator)
    given = office.session.given["mine"]
    keep(office, simulator, data={}, replace_it=True, environment="test")
    assert office.session.given["mine"] is given
    assert probe(office).ok


def test_replaced_with_secrets_the_new_ones_count(office: Office, simulator: Simulator) -> None:
    keep(office, simulator, data={"secret_id": "AKIDwrong", "secret_key": "wrong"})
    assert not probe(office).ok
    keep(office, simulator, replace_it=True)
    assert probe(office).ok
    assert "wrong" not in kept_secrets(office).values()


def test_when_the_keyring_came_back_what_was_given_for_this_run_is_no_longer_used(
    office: Office, simulator: Simulator
) -> None:
    good = office.house.secret_store
    office.house.__dict__["secret_store"] = RefusingStore()
    _, kept = keep(office, simulator)
    assert kept.problem.code == "keyring_denied"
    assert "mine" in office.session.given
    office.house.__dict__["secret_store"] = good
    keep(office, simulator, replace_it=True)
    assert office.session.given == {}
    assert probe(office).ok


def test_a_name_is_taken_once(office: Office, simulator: Simulator) -> None:
    keep(office, simulator)
    before = office.session.profiles
    said, error = keep(office, simulator)
    assert (said, error.code) == ("refused", "profile_exists")
    assert office.session.profiles == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"user_id": ""}, "option_missing"),
        ({"endpoint": "http://example.com"}, "endpoint_insecure"),
        ({"data": {"secret_id": "a"}}, "secrets_missing"),
        ({"data": {"secret_id": "a b", "secret_key": "c"}}, "secrets_blanks"),
        ({"data": {}}, "secrets_malformed"),
        ({"name": "no/name"}, "profile_name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(
    office: Office, simulator: Simulator, changes: dict[str, Any], code: str
) -> None:
    said, error = keep(office, simulator, **changes)
    assert (said, error.code) == ("refused", code)
    assert office.session.profiles == ()
    assert not (office.house.paths.config / "profiles.json").exists()
    assert kept_secrets(office) == {}


def test_the_risk_of_a_token_must_be_accepted(office: Office, simulator: Simulator) -> None:
    said, error = keep(office, simulator, "kyc", endpoint="https://kyc.example.com")
    assert (said, error.code) == ("refused", "token_risk")
    said, kept = keep(office, simulator, "kyc", endpoint="https://kyc.example.com", accept_token_risk=True)
    assert (said, kept.profile.ticket_mode) == ("kept", "direct")


def test_forgotten_it_is_gone_with_its_secrets(office: Office, simulator: Simulator) -> None:
    keep(office, simulator, name="first")
    keep(office, simulator, "kyc", name="second")
    assert probe(office).ok
    assert any(name.startswith("second/cache_") for name in kept_secrets(office))
    forget(office, "second")
    assert [profile.name for profile in office.session.profiles] == ["first"]
    assert office.session.profile == office.session.profiles[0]
    assert {name.split("/")[0] for name in kept_secrets(office)} == {"first"}
    forget(office, "first")
    assert (office.session.profiles, office.session.profile) == ((), None)
    assert kept_secrets(office) == {}


def test_forgetting_another_profile_keeps_the_chosen_one(office: Office, simulator: Simulator) -> None:
    keep(office, simulator, name="first")
    keep(office, simulator, name="second")
    forget(office, "first")
    assert office.session.profile
    assert office.session.profile.name == "second"


def test_without_a_keyring_what_was_given_is_forgotten(
    make_office: Callable[..., Office], simulator: Simulator
) -> None:
    office = make_office(NoKeyring())
    keep(office, simulator)
    forget(office, "mine")
    assert office.session.given == {}
    assert office.session.profiles == ()


def test_what_cannot_be_forgotten_is_said(office: Office, simulator: Simulator) -> None:
    office.desk.forget("nobody")
    assert answer(office)[0] == "refused"
    keep(office, simulator)

    class Locked(RefusingStore):
        def delete(self, owner: str, fields: Any) -> None:
            self.write(owner, "", None)  # type: ignore[arg-type]

    office.house.__dict__["secret_store"] = Locked()
    office.desk.forget("mine")
    said, error = answer(office)
    assert (said, error.code) == ("refused", "keyring_denied")
    assert [profile.name for profile in office.session.profiles] == ["mine"]


def test_two_profiles_that_are_changed_in_haste_are_both_changed(
    office: Office, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the second wish nor the second writer of the file makes the first one undone."""
    for name in ("first", "second", "third"):
        keep(office, simulator, name=name)
    store = office.house.profiles
    read, reading = store._items, threading.Semaphore(0)

    def slowly() -> dict[str, Any]:
        items = read()
        reading.acquire(timeout=0.1)
        return items

    monkeypatch.setattr(store, "_items", slowly)
    office.desk.forget("first")
    office.desk.forget("second")
    office.settle()
    assert [profile.name for profile in office.session.profiles] == ["third"]
    assert list(json.loads((office.house.paths.config / "profiles.json").read_text())["profiles"]) == ["third"]


# --- testing a connection ------------------------------------------------------------------------------


def test_a_wrong_key_is_told_by_the_service(office: Office, simulator: Simulator) -> None:
    keep(office, simulator, data={"secret_id": "AKIDnobody", "secret_key": "wrong"})
    outcome = probe(office)
    assert isinstance(outcome, Outcome)
    assert not outcome.ok
    assert (outcome.provider_code or "").startswith("AuthFailure")


def test_a_wrong_kyc_secret_is_told(office: Office, simulator: Simulator) -> None:
    keep(office, simulator, "kyc", data={"secret": "wrong" * 12})
    outcome = probe(office)
    assert isinstance(outcome, Outcome)
    assert not outcome.ok


def test_a_service_out_of_reach_is_told(office: Office, simulator: Simulator) -> None:
    keep(office, simulator)
    simulator.stop()
    outcome = probe(office)
    assert isinstance(outcome, Outcome)
    assert outcome.kind is OutcomeKind.NETWORK


def test_a_keyring_that_is_locked_is_told(office: Office, simulator: Simulator) -> None:
    keep(office, simulator)
    office.house.__dict__["secret_store"] = RefusingStore(reads=False)
    error = probe(office)
    assert isinstance(error, FacevidError)
    assert error.code == "keyring_locked"


def test_a_profile_with_a_pasted_ticket_is_asked_for_with_it(office: Office, simulator: Simulator) -> None:
    said, kept = keep(office, simulator, "kyc", data={"ticket": "T" * 60}, ticket_mode="pasted")
    assert (said, kept.profile.ticket_mode) == ("kept", "pasted")
    assert not probe(office).ok
    page = office.look_up(ORDER)
    assert page.kind == "outcome"
    assert kept_secrets(office) == {"mine/ticket": "T" * 60}


def test_secrets_of_the_environment_come_last(make_office: Callable[..., Office], simulator: Simulator) -> None:
    secrets = simulator.describe()["ess"]["secrets"]
    names = {"TENCENTCLOUD_SECRET_ID": secrets["secret_id"], "TENCENTCLOUD_SECRET_KEY": secrets["secret_key"]}
    office = make_office(NoKeyring(), **names)
    keep(office, simulator)
    office.session.given.clear()
    assert office.look_up(flow_id("One"), sign_id("One")).kind == "record"


def test_telling_progress_is_paced_but_no_stage_is_left_out() -> None:
    told: list[tuple[str, int]] = []
    tell = work.paced(told.append)
    for done in range(1000):
        tell("receive", done)
    for stage in ("ask", "store", "ask"):
        tell(stage, 1)
    assert told[0] == ("receive", 0)
    assert len(told) < 100
    assert told[-3:] == [("ask", 1), ("store", 1), ("ask", 1)]


def test_a_locked_keyring_is_asked_only_for_what_was_not_typed(
    make_office: Callable[..., Office], simulator: Simulator
) -> None:
    office = make_office(RefusingStore(reads=False))
    assert keep(office, simulator)[0] == "kept"
    office.session.given.clear()
    said, error = keep(office, simulator, replace_it=True, data={"secret_key": "another-key"})
    assert (said, error.code) == ("refused", "keyring_locked")
    said, kept = keep(office, simulator, replace_it=True)
    assert said == "kept"
    assert set(kept.given) == {"secret_id", "secret_key"}
