"""Where things lie, what the user chose, and a log in which no secret ever stands."""

import getpass
import hashlib
import json
import logging
import os
import stat
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facevid_gui
from facevid_gui import logs, resources
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.files import place_new
from facevid_gui.logs import RedactingFormatter, Redactor, start_logging
from facevid_gui.paths import Paths, find_paths, named_path
from facevid_gui.program import account_name, build_sha256, program_facts, program_record
from facevid_gui.resources import resource
from facevid_gui.settings import (
    Settings,
    SettingsFile,
    home_id,
    load_settings,
    read_json_object,
    save_settings,
    write_json_object,
)
from tests.support.captures_processes import another_process
from tests.support.tools import need, run_tool
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

# --- paths


def test_everything_lies_under_the_home_when_one_is_named(tmp_path: Path) -> None:
    paths = find_paths({"FACEVID_HOME": str(tmp_path / "home")})
    assert not (tmp_path / "home").exists()
    assert {name: getattr(paths, name).relative_to(tmp_path / "home").as_posix() for name in (
        "config", "captures", "keys", "register", "access_log", "queue", "state", "logs", "cache",
        "default_evidence_root",
    )} == {
        "config": "config", "captures": "captures", "keys": "keys", "register": "register/register.jsonl",
        "access_log": "access/access.jsonl", "queue": "queue", "state": "state", "logs": "logs", "cache": "cache",
        "default_evidence_root": "evidence",
    }  # fmt: skip


def test_a_relative_home_and_a_tilde_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_paths({"FACEVID_HOME": "h"}).data == tmp_path / "h"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_paths({"FACEVID_HOME": "~/h"}).data == tmp_path / "h"


def test_without_a_home_the_systems_folders_are_used_and_evidence_has_no_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    for environ in ({}, {"FACEVID_HOME": ""}):
        paths = find_paths(environ)
        assert paths.default_evidence_root is None
        assert paths.config == tmp_path / "CONFIG" / "facevid"
        assert paths.data == tmp_path / "DATA" / "facevid"
        assert paths.state == tmp_path / "STATE" / "facevid"
        assert paths.cache == tmp_path / "CACHE" / "facevid"
        assert tmp_path in paths.logs.parents


def test_the_folders_are_made_private_and_evidence_is_not_made(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        find_paths({"FACEVID_HOME": str(tmp_path / "home")}).make()
    finally:
        os.umask(before)
    made = [path for path in (tmp_path / "home").rglob("*") if path.is_dir()]
    assert {path.name for path in made} == {
        "config", "captures", "keys", "register", "access", "queue", "state", "logs", "cache",
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}


def test_a_home_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SurroundingsError, match="disk_failed"):
        find_paths({"FACEVID_HOME": str(tmp_path / "file")}).make()
    with unprivileged_folder() as folder:
        os.chmod(folder, 0o500)

        def attempt() -> str:
            try:
                find_paths({"FACEVID_HOME": str(folder / "home")}).make()
            except SurroundingsError as error:
                return error.code
            return "no error"

        assert as_unprivileged(attempt) == "permission_denied"


# --- settings


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_without_a_file_the_defaults_count_and_nothing_is_written(settings_file: Path) -> None:
    assert load_settings(settings_file) == Settings()
    assert not settings_file.parent.exists()


def test_the_numbers_may_be_as_large_as_makes_sense(settings_file: Path) -> None:
    assert (Settings().retention_days, Settings().max_answer_bytes) == (365, 200 * 1024 * 1024)
    for days, read in ((1, 1), (36_500, 36_500), (36_501, 365), (0, 365)):
        write_json_object(settings_file, {"retention_days": days})
        assert load_settings(settings_file).retention_days == read


def test_settings_come_back_as_saved_and_the_file_is_private(settings_file: Path) -> None:
    chosen = Settings(language="zh_CN", operator_name="调查员", retention_days=30, max_answer_bytes=5)
    save_settings(settings_file, chosen)
    assert load_settings(settings_file) == chosen
    assert stat.S_IMODE(settings_file.stat().st_mode) == 0o600
    assert "调查员" in settings_file.read_text("utf-8")


def test_members_of_later_versions_survive_saving(settings_file: Path) -> None:
    write_json_object(settings_file, {"schema": "x", "language": "en", "later": [1]})
    save_settings(settings_file, Settings(language="zh_CN"))
    data = json.loads(settings_file.read_bytes())
    assert (data["later"], data["language"], data["schema"]) == ([1], "zh_CN", "facevid-settings/1")


@pytest.mark.parametrize(
    "data",
    [
        {"language": 5, "retention_days": "30", "max_answer_bytes": 2.5},
        {"language": None, "retention_days": True, "max_answer_bytes": None},
        {"retention_days": 0, "max_answer_bytes": -1},
        {"retention_days": 10**9, "max_answer_bytes": 10**30},
        {"retention_days": [], "language": {}, "unknown": 1},
    ],
)
def test_values_of_the_wrong_type_or_size_fall_back_to_their_default(settings_file: Path, data: dict) -> None:
    write_json_object(settings_file, data)
    assert load_settings(settings_file) == Settings()


DAMAGED = [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xff", b"[" * 100_000, b'{"a":1}' + b" " * 1_100_000]


@pytest.mark.parametrize("raw", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_reported_and_never_overwritten(settings_file: Path, raw: bytes) -> None:
    settings_file.parent.mkdir()
    settings_file.write_bytes(raw)
    for attempt in (
        lambda: load_settings(settings_file),
        lambda: save_settings(settings_file, Settings()),
        lambda: home_id(settings_file),
        lambda: read_json_object(settings_file),
    ):
        with pytest.raises(SurroundingsError, match="config_damaged"):
            attempt()
    assert settings_file.read_bytes() == raw
    assert os.listdir(settings_file.parent) == ["settings.json"]


def test_a_file_saved_by_an_editor_with_a_byte_order_mark_is_read(settings_file: Path) -> None:
    settings_file.parent.mkdir()
    settings_file.write_bytes(b"\xef\xbb\xbf" + b'{"language":"en"}')
    assert load_settings(settings_file).language == "en"


def test_a_file_that_cannot_be_read_is_a_typed_error_and_not_a_missing_one(settings_file: Path) -> None:
    settings_file.mkdir(parents=True)
    with pytest.raises(SurroundingsError, match="disk_failed"):
        load_settings(settings_file)


def test_settings_that_cannot_be_written_are_a_typed_error_and_leave_the_old_ones() -> None:
    with unprivileged_folder() as folder:

        def work() -> tuple[str, str]:
            path = folder / "config" / "settings.json"
            save_settings(path, Settings(language="en"))
            path.parent.chmod(0o500)
            try:
                save_settings(path, Settings(language="zh_CN"))
            except SurroundingsError as error:
                return error.code, load_settings(path).language
            return "no error", ""

        assert as_unprivileged(work) == ("permission_denied", "en")


def test_a_home_has_one_random_id_for_ever(tmp_path: Path) -> None:
    first = home_id(tmp_path / "a" / "home.json")
    assert home_id(tmp_path / "a" / "home.json") == first
    assert home_id(tmp_path / "b" / "home.json") != first
    assert len(first) == 16
    assert set(first) <= set("0123456789abcdef")
    assert stat.S_IMODE((tmp_path / "a" / "home.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [{}, {"home_id": ""}, {"home_id": 5}])
def test_a_home_file_without_an_id_gets_one(tmp_path: Path, data: dict) -> None:
    path = tmp_path / "home.json"
    write_json_object(path, data)
    made = home_id(path)
    assert made
    assert home_id(path) == made


def test_two_first_starts_agree_on_the_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process makes its id between our look and our writing."""
    path = tmp_path / "config" / "home.json"
    real = place_new

    def late(target: Path, data: bytes) -> bool:
        with another_process(lambda: real(target, b'{"home_id": "made elsewhere"}')):
            return real(target, data)

    monkeypatch.setattr("facevid_gui.settings.place_new", late)
    assert home_id(path) == "made elsewhere"
    assert home_id(path) == "made elsewhere"


# --- the redactor

SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.register(Secret(SECRET))
    return redactor


@pytest.mark.parametrize("text", ["{}", "x{}y", "'{}'", "https://h/?a={}&b=1", "{}{}", "\n{}\n"])
def test_a_known_secret_never_stands_in_a_line(redactor: Redactor, text: str) -> None:
    assert SECRET not in redactor.redact(text.format(SECRET, SECRET))
    assert SECRET not in redactor.redact_known(text.format(SECRET, SECRET))


@pytest.mark.parametrize("value", ['pa"ss\\word+1', "with blank+/=", "密码密码密码", "tab\tand'quote", "a%2Fb%2Fc"])
def test_a_known_secret_is_hidden_however_it_is_spelled(value: str) -> None:
    redactor = Redactor()
    redactor.register(Secret(value))
    for text in (
        value, repr(value), repr({"x": value}), json.dumps(value), json.dumps({"x": value}, ensure_ascii=False),
        quote(value, safe=""), quote_plus(value), urlencode({"x": value}),
    ):  # fmt: skip
        shown = redactor.redact_known(text)
        assert "***" in shown
        assert len(shown) < len(text) + 3
        assert value[:6] not in shown


def test_a_longer_secret_that_holds_a_shorter_one_is_hidden_whole() -> None:
    redactor = Redactor()
    for value in ("abcdef", "abcdefghij"):
        redactor.register(Secret(value))
    assert redactor.redact("abcdefghij abcdef") == "*** ***"


def test_very_short_secrets_do_not_blank_ordinary_words() -> None:
    redactor = Redactor()
    for value in ("", "a", "abcde"):
        redactor.register(Secret(value))
    assert redactor.redact("abcde is a word") == "abcde is a word"


LEAKS = [
    "Authorization: TC3-HMAC-SHA256 Credential=AKIDLEAK/2019-02-25/ess/tc3_request, SignedHeaders=host, Signature=LEAK",
    "{'Authorization': 'TC3-HMAC-SHA256 Credential=LEAK/x, Signature=LEAK'}",
    "X-TC-Token: LEAK",
    '{"secret_id": "LEAK", "secret_key": "LEAK"}',
    "{'secret_id': 'LEAK', 'secret_key': 'LEAK LEAK'}",
    'b\'{"secret": "LEAK"}\'',
    'b"{\\"ticket\\": \\"LEAK\\"}"',
    '{"header_value":"LEAK \\"LEAK"}',
    "SecretId=LEAK SecretKey=LEAK",
    "GET /api/oauth2/access_token?appId=1&secret=LEAK&grant_type=client_credential",
    "GET /api/oauth2/api_ticket?access_token=LEAK&type=SIGN",
    "?sign=LEAK&nonce=1",
    "password = LEAK",
    "Passphrase: 'LEAK'",
    "token=LEAK)",
    "[token: LEAK]",
    "Signature=LEAK",
    "ticket:\tLEAK",
]


@pytest.mark.parametrize("text", LEAKS)
def test_what_looks_like_a_secret_is_hidden_by_its_name(text: str) -> None:
    shown = Redactor().redact(text)
    assert "LEAK" not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "11010119900101123X",
        "id 110101199001011234.",
        "13812345678",
        "+8613812345678",
        "tel:13812345678,",
        "A" * 120,
        "QUJD" * 40 + "==",
    ],
)
def test_numbers_of_people_and_long_base64_are_hidden(text: str) -> None:
    shown = Redactor().redact(text)
    assert "***" in shown
    assert not any(character in shown for character in "0123456789")
    assert len(shown) < 12


@pytest.mark.parametrize(
    "text",
    [
        "flow yDwFmUUckpstqfvzUE1h3jo1f3cqjkGm sign_id=yDCNOUUckpv3ecwcUECtq4n1jXPLxLq7",
        "order 1617091885609174325769165852 request s1709628366717791449",
        "sha256 " + "0123456789abcdef" * 4,
        "evidence ab13812345678cd" + "0" * 17,
        "at 1700000000 or 1700000000000",
        "attempt 3 of 3, 66660011, 200 OK",
        "C:\\Users\\investigator\\facevid\\captures",
        "the signer signed it; no ticket was asked for",
    ],
)
def test_what_is_needed_to_help_stays_readable(text: str) -> None:
    assert Redactor().redact(text) == text


@given(st.text(max_size=200))
def test_any_text_can_be_redacted_and_redacting_twice_adds_nothing(text: str) -> None:
    redactor = Redactor()
    redactor.register(Secret(SECRET))
    once = redactor.redact(text + SECRET)
    assert SECRET not in once
    assert redactor.redact(once) == once


# --- the log


@pytest.fixture
def fresh_logger(monkeypatch: pytest.MonkeyPatch):
    """The program's logger as it is at the start, out of pytest's reach."""
    logger = logging.Logger("facevid_gui")  # noqa: LOG001 - nobody else must know it
    logger.parent = logging.getLogger()
    monkeypatch.setattr(logs, "LOGGER", logger)
    monkeypatch.setattr(logs, "REDACTOR", Redactor())
    yield logger
    for handler in logger.handlers:
        handler.close()


def test_a_traceback_is_redacted_like_every_line(fresh_logger: logging.Logger, tmp_path: Path) -> None:
    start_logging(tmp_path / "logs")
    logs.REDACTOR.register(Secret(SECRET))
    try:
        raise RuntimeError(f"failed with {SECRET} and {{'secret_key': 'LEAK'}}")
    except RuntimeError:
        fresh_logger.exception("unforeseen %s", SECRET, stack_info=True)
    text = (tmp_path / "logs" / "facevid.log").read_text("utf-8")
    assert "RuntimeError" in text
    assert "Traceback" in text
    assert "unforeseen ***" in text
    assert SECRET not in text
    assert "LEAK" not in text


def test_the_log_is_private_and_stays_so_when_it_rotates(fresh_logger: logging.Logger, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        start_logging(tmp_path / "logs")
        (handler,) = fresh_logger.handlers
        handler.maxBytes = 500  # type: ignore[attr-defined]
        for number in range(50):
            fresh_logger.info("line %d 查询", number)
    finally:
        os.umask(before)
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert "查询" in files[0].read_text("utf-8")


def test_starting_twice_logs_once_and_nothing_reaches_the_root_logger(
    fresh_logger: logging.Logger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start_logging(tmp_path / "logs")
    start_logging(tmp_path / "other")
    fresh_logger.info("once")
    fresh_logger.debug("never")
    assert (tmp_path / "logs" / "facevid.log").read_text("utf-8").count("once") == 1
    assert "never" not in (tmp_path / "logs" / "facevid.log").read_text("utf-8")
    assert not (tmp_path / "other").exists()
    assert caplog.text == ""


def test_a_handler_of_someone_who_embeds_us_does_not_keep_us_from_logging(
    fresh_logger: logging.Logger, tmp_path: Path
) -> None:
    fresh_logger.addHandler(logging.Handler())
    start_logging(tmp_path / "logs")
    start_logging(tmp_path / "logs")
    assert len(fresh_logger.handlers) == 2
    assert (tmp_path / "logs" / "facevid.log").exists()


def test_without_a_place_to_log_the_program_runs_all_the_same(fresh_logger: logging.Logger, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    start_logging(tmp_path / "file")
    fresh_logger.error("lost")
    assert isinstance(fresh_logger.handlers[0], logging.NullHandler)


def test_a_line_that_cannot_be_written_is_lost_and_not_printed_unredacted(
    fresh_logger: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(tmp_path / "logs")
    fresh_logger.error("wrong %d", "Authorization: LEAK")
    assert capsys.readouterr() == ("", "")


def test_the_formatter_redacts_with_the_redactor_of_this_run(fresh_logger: logging.Logger) -> None:
    logs.REDACTOR.register(Secret(SECRET))
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "value %s", (SECRET,), None)
    assert RedactingFormatter("%(message)s").format(record) == "value ***"


# --- resources and program


def test_a_resource_is_found_beside_the_package_in_a_checkout() -> None:
    assert json.loads(resource("messages/en.json").read_bytes())["error.found"]
    assert resource("messages/nothing.json").name == "nothing.json"


def test_a_wheel_keeps_its_resources_inside_and_a_frozen_bundle_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "facevid_gui"
    (package / "_resources").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource("a/b.txt") == package / "_resources" / "a" / "b.txt"
    bundle = tmp_path / "bundle"
    (bundle / "facevid_gui" / "_resources").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(bundle), raising=False)
    assert resource("a/b.txt") == bundle / "facevid_gui" / "_resources" / "a" / "b.txt"


def test_a_program_without_resources_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "nowhere" / "facevid_gui")
    with pytest.raises(FileNotFoundError, match="resources"):
        resource("messages/en.json")


def test_the_program_says_what_it_is_and_where_it_ran() -> None:
    facts = program_facts()
    assert facts["name"] == "facevid_gui"
    assert facts["version"] == facevid_gui.__version__
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert all(isinstance(value, str) for value in facts.values())
    assert set(facts) == {"name", "version", "os", "host", "python", "tls_library"}


def test_a_capture_record_names_the_very_build_and_anybody_can_hash_it_again() -> None:
    assert program_record() == program_facts() | {"build_sha256": build_sha256()}
    need("bash", "find", "sort", "xargs", "sha256sum")
    command = "find facevid_gui -name '*.py' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    done = run_tool("bash", "-c", command, cwd=Path(facevid_gui.__file__).parent.parent)
    assert done.stdout.split()[0].decode() == build_sha256()


def test_a_frozen_program_is_named_by_the_hash_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facevid").write_bytes(b"program")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "facevid"))
    assert build_sha256.__wrapped__() == hashlib.sha256(b"program").hexdigest()


def test_the_account_has_a_name_that_every_file_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "tester")
    assert account_name() == "tester"
    monkeypatch.setattr(getpass, "getuser", lambda: "caf\udce9")
    assert account_name() == "caf?"


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no"), ImportError("pwd")])
def test_an_account_the_system_does_not_name_has_an_empty_name(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", refuse)
    assert account_name() == ""


def test_paths_are_plain_values() -> None:
    paths = Paths(*[Path("/x")] * 5, None)
    assert paths == Paths(*[Path("/x")] * 5, None)


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("court (2026).zip", "court (2026).zip"),
        ("/srv/li/给 法院/a.zip", "/srv/li/给 法院/a.zip"),
        ("file:///srv/li/%E7%BB%99%20%E6%B3%95%E9%99%A2/a%23b.zip", "/srv/li/给 法院/a#b.zip"),
        ("file://localhost/srv/li/a.zip", "/srv/li/a.zip"),
        ("FILE:///a.zip", "/a.zip"),
        ("file.zip", "file.zip"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths as POSIX writes them")
def test_an_argument_is_a_path_or_a_url_of_one(argument: str, path: str) -> None:
    assert named_path(argument) == Path(path)


def test_members_we_do_not_know_make_no_file_that_cannot_be_read_again(tmp_path: Path) -> None:
    """Found by fuzzing: each line of a deep list began with a thousand blanks, and the file grew beyond its limit."""
    path = tmp_path / "settings.json"
    path.write_text('{"x":' + "[" * 900 + ",".join(["1"] * 20_000) + "]" * 900 + "}")
    file = SettingsFile(path)
    file.change({"retention_days": 7})
    assert path.stat().st_size < 100_000
    assert load_settings(path).retention_days == 7
    assert len(json.loads(path.read_bytes())["x"]) == 1


def test_half_a_character_in_the_settings_stops_no_change(tmp_path: Path) -> None:
    """Found by fuzzing: JSON can spell what no file can hold."""
    path = tmp_path / "settings.json"
    path.write_text('{"operator_name":"a\\ud800","known_roots":["\\ud800"],"y":"\\udfff"}')
    changed = SettingsFile(path).change({"retention_days": 7})
    assert (changed.operator_name, changed.known_roots) == ("", ())
    assert load_settings(path) == changed
    assert json.loads(path.read_bytes())["y"] == "\udfff"
