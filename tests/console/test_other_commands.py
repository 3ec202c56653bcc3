"""`facevid profile`, `key`, `verify`, `stamp`, `simulator`, `doctor` and the grammar."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui import __version__
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.simulator import records
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.lines import next_line

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
ESS = ("--kind", "ess", "--user-id", records.USER_ID)
GOOD = json.dumps({"secret_id": "AKIDexample", "secret_key": "examplekey"})
VERDICT_MEMBERS = {
    "folder", "verified", "verdict", "reasons", "evidence_id", "seal_sha256", "source", "signer", "stamp",
    "capture_to_seal_s", "custody_head", "files_checked",
}  # fmt: skip


class NoKeyring:
    """A system without a keyring."""

    def read(self, *_: object) -> None:
        raise SurroundingsError("keyring_unavailable")

    write = delete = read

    def state(self) -> str:
        return "unavailable"


@pytest.fixture
def sealed(console: Console, simulator: Simulator) -> Path:
    """An evidence folder made through the console."""
    console.add_profiles(simulator)
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    return Path(done.json["evidence"])


def test_a_profile_keeps_settings_in_a_file_and_secrets_in_the_keyring(console: Console) -> None:
    done = console("profile", "add", "east", *ESS, "--environment", "test", "--secrets-stdin", "--json", stdin=GOOD)
    assert done.code == 0
    assert done.json["profile"]["endpoint"] == "https://ess.test.ess.tencent.cn"
    kept = (console.home / "config" / "profiles.json").read_text()
    assert "AKIDexample" not in kept
    assert "examplekey" not in kept + done.out + done.err
    assert console.store.read("east", "secret_id").reveal() == "AKIDexample"
    assert console.store.read("east", "secret_key").reveal() == "examplekey"


def test_adding_makes_no_network_call_and_testing_does(console: Console, simulator: Simulator) -> None:
    console.add_profiles(simulator)
    assert simulator.requests == []
    for name in ("contracts", "channel", "orders"):
        done = console("profile", "test", name, "--json")
        assert (done.code, done.json["ok"]) == (0, True), done.err
    assert simulator.requests


def test_testing_a_profile_with_wrong_keys_says_so(console: Console, simulator: Simulator) -> None:
    endpoint = ("--endpoint", simulator.base_url("ess"))
    console("profile", "add", "east", *ESS, *endpoint, "--secrets-stdin", stdin=GOOD)
    done = console("profile", "test", "east", "--json")
    assert (done.code, done.json["error"]["provider_code"]) == (1, "AuthFailure.SecretIdNotFound")
    simulator.stop()
    assert console("profile", "test", "east").code == 3


def test_a_name_is_taken_until_replaced_and_removed_with_its_secrets(console: Console) -> None:
    assert console("profile", "add", "east", *ESS, "--secrets-stdin", stdin=GOOD).code == 0
    assert console("profile", "add", "east", *ESS, "--secrets-stdin", stdin=GOOD).code == 2
    temporary = json.dumps({"secret_id": "AKIDexample", "secret_key": "otherkey", "token": "temporary"})
    assert console("profile", "add", "east", *ESS, "--replace", "--secrets-stdin", stdin=temporary).code == 0
    assert console.store.read("east", "token").reveal() == "temporary"
    assert console("profile", "add", "east", *ESS, "--replace", "--secrets-stdin", stdin=GOOD).code == 0
    assert console.store.read("east", "token") is None
    assert [p["name"] for p in console("profile", "list", "--json").json["profiles"]] == ["east"]
    assert console("profile", "remove", "east").code == 0
    assert console.store._secrets == {}
    assert "No profiles yet" in console("profile", "list").out
    assert console("profile", "remove", "east").code == 2


@pytest.mark.parametrize(
    ("options", "stdin", "says"),
    [
        (("--kind", "ess"), GOOD, "--user-id"),
        ((*ESS, "--app-id", "x"), GOOD, "--app-id does not belong"),
        ((*ESS, "--endpoint", "http://ess.example.com"), GOOD, "Plain http"),
        ((*ESS, "--endpoint", "https://ess.example.com/path"), GOOD, "not an origin"),
        (ESS, "not json", "not a JSON object"),
        (ESS, '{"secret_id": "a"}', "secret_key is missing"),
        (ESS, '{"secret_id": "a", "secret_key": "b", "extra": "c"}', "extra"),
        (ESS, '{"secret_id": "a", "secret_key": "b "}', "blanks"),
        (("--kind", "kyc", "--app-id", "IDA00001"), '{"secret": "s"}', "--accept-token-risk"),
        (("--kind", "kyc", "--app-id", "IDA00001"), '{"secret": "s", "ticket": "t"}', "Exactly one"),
        (("--kind", "kyc", "--app-id", "IDA00001"), '{"header_value": "s"}', "--ticket-url"),
        (("--kind", "kyc", "--app-id", "IDA00001", "--ticket-mode", "server"), '{"ticket": "t"}', "header_value"),
    ],
)
def test_bad_profiles_are_refused_and_leave_nothing(
    console: Console, options: tuple[str, ...], stdin: str, says: str
) -> None:
    done = console("profile", "add", "east", *options, "--secrets-stdin", "--json", stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert not (console.home / "config" / "profiles.json").exists()
    assert console.store._secrets == {}


def test_secrets_are_asked_for_at_a_terminal_and_only_there(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert console("profile", "add", "east", *ESS).code == 2
    answers = iter(["AKIDexample", "examplekey", ""])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    monkeypatch.setattr("tests.support.console.FakeStdin.isatty", lambda self: True)
    assert console("profile", "add", "east", *ESS).code == 0
    assert console.store.read("east", "secret_key").reveal() == "examplekey"


def test_without_a_keyring_the_profile_is_kept_without_secrets(console: Console) -> None:
    console.store = NoKeyring()
    done = console("profile", "add", "east", *ESS, "--secrets-stdin", "--json", stdin=GOOD)
    assert (done.code, done.json["error"]["code"]) == (3, "keyring_unavailable")
    assert "examplekey" not in (console.home / "config" / "profiles.json").read_text()
    assert console("profile", "remove", "east").code == 0


def test_environment_secrets_serve_a_profile_without_stored_ones(
    console: Console, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.store = NoKeyring()
    endpoint = ("--endpoint", simulator.base_url("ess"))
    console("profile", "add", "east", *ESS, *endpoint, "--secrets-stdin", stdin=GOOD)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", records.SECRET_ID)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", records.SECRET_KEY)
    assert console("lookup", "ess", "--profile", "east", "--flow", records.flow_id("One")).code == 0


def test_verify_speaks_the_fixed_document(console: Console, sealed: Path) -> None:
    done = console("verify", str(sealed), "--json")
    document = done.json
    assert done.code == 0
    assert document["schema"] == "facevid-verify/1"
    assert document["verified"] is True
    folder = document["folders"][0]
    assert set(folder) == VERDICT_MEMBERS
    assert folder["signer"]["trusted"] is True
    assert folder["source"] == "simulator"
    assert folder["stamp"] is None
    spoken = console("verify", str(sealed)).out
    assert "VERIFIED, not stamped — simulator, not evidence" in spoken


def test_a_changed_file_is_named_and_several_folders_take_the_worst_code(console: Console, sealed: Path) -> None:
    photo = sealed / "data" / "media" / "photo-01.jpg"
    os.chmod(photo, 0o644)
    photo.write_bytes(photo.read_bytes()[:-1])
    other = Path(console("lookup", "kyc", "--order", "simOrderLiveness", "--save", *CASE, "--json").json["evidence"])
    done = console("verify", str(sealed), str(other), str(console.home / "nowhere"), "--json")
    verdicts = [(item["verdict"], item["verified"]) for item in done.json["folders"]]
    assert verdicts == [("altered", False), ("verified_unstamped", True), ("unreadable", False)]
    assert done.code == 1
    assert {"code": "changed", "path": "data/media/photo-01.jpg", "detail": ""} in done.json["folders"][0]["reasons"]
    spoken = console("verify", str(sealed)).out
    assert "changed since sealing: data/media/photo-01.jpg" in spoken
    assert "→" in spoken


def test_a_signer_given_by_hand_replaces_the_enrolled_ones(console: Console, sealed: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.pem"
    assert console("key", "export", "-o", str(mine)).code == 0
    assert console("verify", str(sealed), "--signer", str(mine)).code == 0
    stranger = tmp_path / "stranger.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
         str(tmp_path / "key.pem"), "-out", str(stranger), "-subj", "/CN=stranger"],
        check=True, capture_output=True,
    )  # fmt: skip
    done = console("verify", str(sealed), "--signer", str(stranger), "--json")
    assert (done.code, done.json["folders"][0]["verdict"]) == (1, "unknown_signer")
    assert console("verify", str(sealed), "--signer", str(stranger), "--signer", str(mine)).code == 0
    assert console("verify", str(sealed), "--signer", str(tmp_path / "none.pem")).code == 2


def test_a_required_stamp_that_is_missing_fails(console: Console, sealed: Path) -> None:
    done = console("verify", str(sealed), "--require-stamp", "--json")
    assert (done.code, done.json["folders"][0]["verdict"]) == (1, "verified_unstamped")
    assert "required and is missing" in console("verify", str(sealed), "--require-stamp").out


def test_a_register_kept_elsewhere_is_compared(console: Console, sealed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "register.jsonl"
    copy.write_bytes((console.home / "register" / "register.jsonl").read_bytes())
    assert console("verify", str(sealed), "--register", str(copy)).code == 0
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    done = console("verify", str(sealed), "--register", str(empty), "--json")
    assert (done.code, done.json["folders"][0]["verdict"]) == (1, "register_disagrees")
    assert console("verify", str(sealed), "--register", str(tmp_path / "none")).code == 2


def test_the_key_is_shown_exported_once_and_rotated(console: Console, tmp_path: Path) -> None:
    assert console("key", "rotate").code == 1
    first = console("key", "show", "--json").json["certificate"]
    assert console("key", "show", "--json").json["certificate"] == first
    target = tmp_path / "signer.pem"
    assert console("key", "export", "-o", str(target)).code == 0
    assert console("key", "export", "-o", str(target)).code == 2
    assert target.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    rotated = console("key", "rotate", "--json").json
    assert rotated["previous_sha256"] == first["sha256"]
    assert rotated["certificate"]["sha256"] != first["sha256"]
    lines = [data for _, data in read_lines(console.home / "register" / "register.jsonl")]
    assert lines[-1] is not None
    assert lines[-1]["event"] == "key"


def test_folders_sealed_before_a_rotation_still_verify(console: Console, sealed: Path) -> None:
    assert console("key", "rotate").code == 0
    assert console("verify", str(sealed)).code == 0


def test_an_authority_out_of_reach_leaves_the_folder_sealed_and_waiting(console: Console, simulator: Simulator) -> None:
    console.add_profiles(simulator)
    nowhere = "http://127.0.0.1:9/tsa"
    done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--tsa-url", nowhere, "--json")
    assert done.code == 0
    assert "Not yet stamped" in done.err
    again = console("stamp", "--json")
    assert again.code == 3
    assert again.json["folders"][0]["folder"] == done.json["evidence"]
    assert console("verify", done.json["evidence"]).code == 0


def test_stamping_with_nothing_to_do_or_no_authority(console: Console, sealed: Path) -> None:
    assert console("stamp").code == 0
    assert console("stamp", str(sealed)).code == 2
    assert console("stamp", str(sealed), "--tsa-url", "ftp://x").code == 2


def test_doctor_names_what_is_there_without_secrets(console: Console) -> None:
    done = console("doctor", "--json")
    assert done.code == 0
    checks = {check["name"]: check for check in done.json["checks"]}
    assert checks["program"]["value"] == f"facevid_gui {__version__}"
    assert checks["keyring"]["state"] == "ok"
    assert {"folder_config", "folder_data", "disk", "key", "libraries"} <= set(checks)
    console.store = NoKeyring()
    spoken = console("doctor")
    assert spoken.code == 0
    assert "gnome-keyring" in spoken.out


def test_doctor_speaks_where_nothing_can_be_written(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what one asks it about; any other command ends with the error."""
    console.home.parent.mkdir(exist_ok=True)
    console.home.write_text("a file in the way")
    done = console("doctor", "--json")
    assert (done.code, done.json["ok"]) == (3, False)
    checks = {check["name"]: check for check in done.json["checks"]}
    assert {checks[f"folder_{name}"]["state"] for name in ("config", "data", "cache")} == {"missing"}
    assert all(check["next_step"] for check in done.json["checks"] if check["state"] == "missing")
    assert "Traceback" not in done.err
    assert console("captures", "list").code == 3
    assert console.home.read_text() == "a file in the way"


def test_doctor_names_a_damaged_file_and_a_keyring_that_refuses(console: Console) -> None:
    console("doctor")
    (console.home / "config" / "settings.json").write_text("{ not json")
    console.store.state = lambda: "denied"
    checks = {check["name"]: check for check in console("doctor", "--json").json["checks"]}
    assert (checks["file_settings"]["state"], checks["file_settings"]["value"]) == ("missing", "config_damaged")
    assert (checks["keyring"]["state"], checks["keyring"]["value"]) == ("warn", "denied")
    spoken = console("doctor").out
    assert "refuses this program" in spoken
    assert "✗ settings file: " in spoken


def test_doctor_names_the_packages_of_each_distribution(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facevid_gui.system_libraries.loads", lambda name: False)
    monkeypatch.setattr("facevid_gui.diagnosis.installation.is_installed", lambda name: False)
    shown = console("doctor").out
    assert "Debian/Ubuntu: libpulse0" in shown
    assert "Fedora: pulseaudio-libs" in shown
    assert "PySide6-Essentials" in shown


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fontconfig is asked on Linux only")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'Noto Sans CJK SC,Noto Sans CJK SC Bold'; echo 'AR PL UMing CN'", ("ok", "AR PL UMing CN", "")),
        ("exit 0", ("warn", "none", "fonts-noto-cjk")),
        ("exit 1", None),
        (None, None),
    ],
    ids=["there", "missing", "fontconfig fails", "no fontconfig"],
)
def test_doctor_looks_for_a_chinese_font(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, said: tuple[str, ...] | None
) -> None:
    if script is not None:
        (tmp_path / "fc-list").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    checks = {check["name"]: check for check in console("doctor", "--json").json["checks"]}
    found = checks.get("chinese_font")
    if said is None:
        assert found is None
        return
    assert found is not None
    assert (found["state"], found["value"]) == said[:2]
    assert said[2] in found["next_step"]


def test_help_and_version_work_in_both_languages(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, word in (("en", "usage:"), ("zh_CN", "用法：")):
        monkeypatch.setenv("FACEVID_LANG", language)
        for command in ((), ("lookup",), ("lookup", "ess"), ("profile", "add"), ("verify",), ("simulator",)):
            done = console(*command, "--help")
            assert (done.code, word in done.out) == (0, True)
    assert console("--version").out.strip() == f"facevid {__version__}"


@pytest.mark.parametrize(
    "arguments",
    [(), ("nonsense",), ("lookup",), ("lookup", "ess"), ("lookup", "ess", "--flo", "x"), ("simulator", "--port", "x"),
     ("simulator", "--faults", "nonsense"), ("simulator", "--port", "70000"), ("profile", "add", "x", "--kind", "y")],
)  # fmt: skip
def test_wrong_usage_exits_2_with_a_hint_and_an_empty_standard_output(
    console: Console, arguments: tuple[str, ...]
) -> None:
    done = console(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "→" in done.err


def test_the_simulator_prints_one_line_of_json_and_stops_on_a_signal(tmp_path: Path) -> None:
    environ = {**os.environ, "FACEVID_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "facevid_gui", "simulator"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ)
    described = json.loads(next_line(process))
    assert described["schema"] == "facevid-simulator/1"
    assert described["pid"] == process.pid
    assert set(described) == {"schema", "pid", "ess", "essbasic", "kyc"}
    process.terminate()
    rest, _ = process.communicate(timeout=20)
    assert rest == b""
    assert process.returncode == 0


def test_a_taken_port_is_told(console: Console, simulator: Simulator) -> None:
    port = simulator.base_url("ess").rsplit(":", 1)[1]
    done = console("simulator", "--port", port)
    assert (done.code, done.out) == (3, "")
    assert "in use" in done.err


def test_what_nobody_foresaw_is_one_sentence_and_a_redacted_log(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(context: object) -> int:
        raise RuntimeError("secret_key=examplekey")

    monkeypatch.setattr("facevid_gui.console.doctor.run", explode)
    done = console("doctor", "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "unforeseen")
    assert "Traceback" not in done.out + done.err
    log = console.home / "logs" / "facevid.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "examplekey" not in log.read_text()


def test_a_damaged_settings_file_is_told_and_left_alone(console: Console) -> None:
    config = console.home / "config"
    config.mkdir(parents=True)
    (config / "profiles.json").write_text("{ not json")
    done = console("profile", "list", "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "config_damaged")
    assert (config / "profiles.json").read_text() == "{ not json"


def test_everything_is_private_whatever_the_umask(console: Console, sealed: Path) -> None:
    before = os.umask(0)
    try:
        console("lookup", "kyc", "--order", "simOrderLiveness")
    finally:
        os.umask(before)
    for path in console.home.rglob("*"):
        if sealed.parent in path.parents:
            continue
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
