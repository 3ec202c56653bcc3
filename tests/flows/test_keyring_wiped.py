"""The keyring is emptied between two steps, as by a new login password or another desktop: what is lost is said.

Absent, locked, refusing and hanging keyrings have their tests in `tests/credentials/`. Nothing received or sealed ever
lies in the keyring; its password of the signing key is all that cannot be typed in again.
"""

import json
from pathlib import Path

import pytest

from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.net_lookups import Post, bodies

LOST = "error.no_signing_key.keyring_entry_absent"  # its own words: no passphrase helps here
CASE = ("--case", "C", "--purpose", "P")
LOOKUPS = pytest.mark.parametrize(
    "lookup",
    [
        ("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One")),
        ("lookup", "kyc", "--order", "simOrder0001"),
    ],
    ids=["ess", "kyc"],
)


@pytest.fixture
def ready(console: Console, simulator: Simulator) -> Console:
    console.add_profiles(simulator)
    return console


def wipe(console: Console) -> None:
    console.store._secrets.clear()


def refused(console: Console, *arguments: str, stdin: str = "") -> str:
    """The code of an error of the surroundings, which has a sentence and a next step."""
    done = console(*arguments, "--json", stdin=stdin)
    assert done.code == 3, done.out
    error = done.json["error"]
    assert error["message"]
    assert error["next_step"]
    if error["code"] == "no_signing_key":
        assert error["message"] == Messages("en").text(LOST)
        assert "facevid key retire" in error["next_step"]
    return str(error["code"])


def verified(console: Console, folder: str | Path) -> bool:
    return bool(console("verify", str(folder), "--json").json["verified"])


@LOOKUPS
def test_between_adding_a_profile_and_looking_up_nothing_is_asked_and_the_way_back_is_named(
    ready: Console, simulator: Simulator, lookup: tuple[str, ...]
) -> None:
    wipe(ready)
    simulator.requests.clear()
    assert refused(ready, *lookup) == "secrets_absent"
    assert simulator.requests == []
    assert ready("captures", "list", "--json").json["captures"] == []
    for language in LANGUAGES:
        assert "--replace" in Messages(language).failure("secrets_absent", {"profile": "orders"})[1]
    described = simulator.describe()["kyc"]
    options = ("--kind", "kyc", "--endpoint", simulator.base_url("kyc"), "--app-id", described["settings"]["app_id"])
    secrets = json.dumps(described["secrets"])
    assert ready("profile", "add", "orders", *options, "--secrets-stdin", "--replace", stdin=secrets).code == 0
    assert ready("lookup", "kyc", "--order", "simOrder0001").code == 0


@LOOKUPS
def test_during_a_look_up_it_goes_on_with_what_it_had_read(ready: Console, post: Post, lookup: tuple[str, ...]) -> None:
    spoil = post._spoil

    def wipe_first(*arguments: object) -> object:
        wipe(ready)
        return spoil(*arguments)  # type: ignore[arg-type]

    post._spoil = wipe_first  # type: ignore[method-assign, assignment]
    done = ready(*lookup, "--save", *CASE, "--json")
    assert done.code == 0
    [body] = bodies(Path(done.json["evidence"]) / "data")
    assert body == post.sent[0]
    assert verified(ready, done.json["evidence"])


@LOOKUPS
def test_between_look_up_and_save_the_record_waits_and_a_new_key_saves_it(
    ready: Console, simulator: Simulator, lookup: tuple[str, ...]
) -> None:
    """The password of the key cannot be had again: only giving the key up helps, and it is said so."""
    before = ready(*lookup, "--save", *CASE, "--json").json["evidence"]
    capture = ready(*lookup, "--json").json["capture"]
    wipe(ready)
    for arguments, stdin in (((), ""), (("--key-passphrase-stdin",), "a passphrase that opens nothing\n")):
        assert refused(ready, "seal", capture, *CASE, *arguments, stdin=stdin) == "no_signing_key"
    assert refused(ready, "key", "rotate") == "no_signing_key"
    [entry] = ready("captures", "list", "--json").json["captures"]
    assert entry["state"] == "complete"
    assert verified(ready, before)
    for language in LANGUAGES:
        for suffix in ("", ".window"):
            assert "facevid key retire" in Messages(language).text(f"{LOST}.next{suffix}")
    assert ready("key", "retire", "--reason", "the keyring was emptied").code == 0
    sealed = ready("seal", capture, *CASE, "--json")
    assert sealed.code == 0
    assert verified(ready, sealed.json["evidence"])
    assert verified(ready, before), "what the old key signed still holds here"


def test_between_a_save_and_its_export_the_package_waits(ready: Console, tmp_path: Path) -> None:
    evidence = ready("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json").json["evidence"]
    kept = dict(ready.store._secrets)
    wipe(ready)
    package = tmp_path / "package.zip"
    assert refused(ready, "export", evidence, "-o", str(package)) == "no_signing_key"
    assert not package.exists()
    assert verified(ready, evidence)
    ready.store._secrets.update(kept)
    assert ready("export", evidence, "-o", str(package)).code == 0
    assert verified(ready, evidence)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch)
