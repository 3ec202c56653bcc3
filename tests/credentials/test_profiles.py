"""Profiles: every option checked, nothing secret in the file, nothing of another version lost."""

import json
import stat
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.credentials.profiles import Profile, ProfileStore, check_origin, make_profile

GOOD = {
    "ess": {"user_id": "u"},
    "essbasic": {"app_id": "a", "proxy_organization_open_id": "o", "proxy_operator_open_id": "p"},
    "kyc": {"app_id": "a"},
}


def refused(code: str, kind: str, options: dict[str, object], name: str = "p") -> UsageError:
    with pytest.raises(UsageError) as caught:
        make_profile(name, kind, options)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize(
    ("kind", "environment", "url"),
    [
        ("ess", "prod", "https://ess.tencentcloudapi.com"),
        ("ess", "test", "https://ess.test.ess.tencent.cn"),
        ("essbasic", "prod", "https://essbasic.tencentcloudapi.com"),
        ("essbasic", "test", "https://essbasic.test.ess.tencent.cn"),
        ("kyc", "prod", "https://kyc1.qcloud.com"),
        ("kyc", "test", "https://kyc1.qcloud.com"),
    ],
)
def test_kind_and_environment_fix_the_host(kind: str, environment: str, url: str) -> None:
    assert make_profile("p", kind, {**GOOD[kind], "environment": environment}).base_url == url
    assert make_profile("p", kind, {**GOOD[kind], "endpoint": "https://other.example"}).base_url == (
        "https://other.example"
    )


def test_options_are_trimmed_and_empty_ones_are_not_set() -> None:
    options = {"user_id": " u ", "proxy_organization_id": "", "app_id": None, "accept_token_risk": False}
    assert make_profile("p", "ess", options) == Profile("p", "ess", user_id="u")


@pytest.mark.parametrize(
    ("kind", "missing"),
    [("ess", "user_id"), ("essbasic", "app_id"), ("essbasic", "proxy_organization_open_id"),
     ("essbasic", "proxy_operator_open_id"), ("kyc", "app_id")],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_option_is_named(kind: str, missing: str, value: str | None) -> None:
    error = refused("option_missing", kind, {**GOOD[kind], missing: value})
    assert error.params == {"option": f"--{missing.replace('_', '-')}", "kind": kind}


@pytest.mark.parametrize(
    ("kind", "foreign", "value"),
    [("ess", "app_id", "a"), ("ess", "ticket_mode", "pasted"), ("ess", "accept_token_risk", True),
     ("essbasic", "user_id", "u"), ("essbasic", "proxy_organization_id", "x"), ("essbasic", "ticket_url", "x"),
     ("kyc", "user_id", "u"), ("kyc", "proxy_operator_open_id", "x")],
)  # fmt: skip
def test_an_option_of_another_kind_is_named(kind: str, foreign: str, value: object) -> None:
    error = refused("option_not_for_kind", kind, {**GOOD[kind], foreign: value})
    assert error.params == {"option": f"--{foreign.replace('_', '-')}", "kind": kind}


@pytest.mark.parametrize("name", ["", ".hidden", "-dash", "a/b", "a b", "a\n", "(environment)", "x" * 41, "a:b"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    refused("profile_name", "ess", GOOD["ess"], name)


@pytest.mark.parametrize("name", ["prod", "法务部", "a.b-c_d", "environment", "x" * 40])
def test_names_may_be_chinese(name: str) -> None:
    assert make_profile(name, "ess", GOOD["ess"]).name == name


@pytest.mark.parametrize(
    ("kind", "options", "option"),
    [("faceid", {}, "--kind"), ("ess", {**GOOD["ess"], "environment": "staging"}, "--environment"),
     ("kyc", {**GOOD["kyc"], "ticket_mode": "stolen"}, "--ticket-mode")],
)  # fmt: skip
def test_a_value_that_is_no_choice_is_refused(kind: str, options: dict[str, object], option: str) -> None:
    assert refused("option_value", kind, options).params["option"] == option


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://kyc1.qcloud.com", "https://kyc1.qcloud.com"),
        (" HTTPS://KYC1.qcloud.COM/ ", "https://kyc1.qcloud.com"),
        ("https://h.example:8443", "https://h.example:8443"),
        ("https://h.example:443", "https://h.example:443"),
        ("https://10.0.0.7", "https://10.0.0.7"),
        ("https://[2001:DB8::1]:9443", "https://[2001:db8::1]:9443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, origin: str) -> None:
    assert check_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "kyc1.qcloud.com", "//h.example", "ftp://h.example", "https://", "https://h.example/path", "https://h.example?q=1",
     "https://h.example#f", "https://user@h.example", "https://user:pass@h.example", "https://:pass@h.example",
     "https://h.example:port", "https://h.example:99999", "https://h.example:0", "https://h exa", "https://[bad",
     "https://[::zz]", "https://例子.example", "https://a..b", "https://-%41.example", "file:///etc/passwd",
     "https://h.example\\@evil.example", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_origin(text)
    assert caught.value.code == "endpoint_malformed"


@pytest.mark.parametrize(
    "text", ["http://h.example", "http://10.0.0.7", "http://128.0.0.1", "http://127.0.0.1.example", "http://127.1",
             "http://localhost.example", "http://[2001:db8::1]"]
)  # fmt: skip
def test_plain_http_is_for_this_computer_only(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_origin(text)
    assert caught.value.code == "endpoint_insecure"


def server_options(**more: object) -> dict[str, object]:
    return {"app_id": "a", "ticket_mode": "server", "ticket_url": "https://t.example/sign?app=a", **more}


def test_a_ticket_server_has_a_url_and_perhaps_a_header() -> None:
    profile = make_profile("p", "kyc", server_options(ticket_header="X-Api-Key"))
    assert (profile.ticket_url, profile.ticket_header) == ("https://t.example/sign?app=a", "X-Api-Key")
    assert profile.secret_fields == ("header_value",)
    assert make_profile("p", "kyc", server_options(ticket_url="http://127.0.0.1:9/t")).ticket_url


def test_a_ticket_server_without_a_url_is_refused() -> None:
    assert refused("option_missing", "kyc", server_options(ticket_url="")).params["option"] == "--ticket-url"


def test_a_ticket_server_elsewhere_needs_https() -> None:
    refused("endpoint_insecure", "kyc", server_options(ticket_url="http://t.example/sign"))


@pytest.mark.parametrize(
    "url", ["t.example/sign", "https://", "https://[bad", "https://t.example:x/", "https://t.example:0/", "ftp://t.example/",
            "https://user@t.example/", "https://user:hunter2@t.example/?key=hunter2", "https://t.example/ sign",
            "https://t.example/签"]
)  # fmt: skip
def test_a_ticket_url_that_is_none_or_holds_a_password_is_refused_without_showing_it(url: str) -> None:
    error = refused("option_value", "kyc", server_options(ticket_url=url))
    assert error.params["option"] == "--ticket-url"
    assert "hunter2" not in str(error)


def test_a_ticket_url_is_checked_in_every_mode() -> None:
    refused("endpoint_insecure", "kyc", {"app_id": "a", "ticket_url": "http://t.example/sign"})
    assert refused("option_value", "kyc", {"app_id": "a", "ticket_header": "X Y"}).params["option"] == "--ticket-header"


@pytest.mark.parametrize("header", ["X Y", "X:Y", "密钥", "X\nY", "x" * 81])
def test_a_ticket_header_that_is_none_is_refused(header: str) -> None:
    assert refused("option_value", "kyc", server_options(ticket_header=header)).params["option"] == "--ticket-header"


def test_fetching_tokens_oneself_needs_consent_except_on_this_computer() -> None:
    direct = {"app_id": "a", "ticket_mode": "direct"}
    refused("token_risk", "kyc", direct)
    refused("token_risk", "kyc", {**direct, "endpoint": "https://h.example"})
    assert make_profile("p", "kyc", {**direct, "accept_token_risk": True}).secret_fields == ("secret",)
    assert make_profile("p", "kyc", {**direct, "endpoint": "http://[::1]:8"}).ticket_mode == "direct"


def test_the_secrets_of_each_kind_have_names() -> None:
    assert make_profile("p", "ess", GOOD["ess"]).secret_fields == ("secret_id", "secret_key", "token")
    assert make_profile("p", "kyc", GOOD["kyc"]).secret_fields == ("ticket",)


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "config" / "profiles.json")


def test_what_is_saved_is_read_back_in_order_of_name(store: ProfileStore, tmp_path: Path) -> None:
    direct = {"app_id": "a", "ticket_mode": "direct", "accept_token_risk": True}
    saved = [make_profile("b", "kyc", direct), make_profile("a", "essbasic", GOOD["essbasic"])]
    for profile in saved:
        store.save(profile, replace=False)
    assert store.all() == (saved[1], saved[0])
    assert store.get("b") == saved[0]
    file = tmp_path / "config" / "profiles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["schema"] == "facevid-profiles/1"


def test_an_empty_home_has_no_profiles(store: ProfileStore) -> None:
    assert store.all() == ()
    with pytest.raises(UsageError) as caught:
        store.get("prod")
    assert caught.value.code == "profile_unknown"


def test_a_name_is_taken_unless_it_is_replaced(store: ProfileStore) -> None:
    store.save(make_profile("p", "ess", {"user_id": "one"}), replace=False)
    with pytest.raises(UsageError) as caught:
        store.save(make_profile("p", "ess", {"user_id": "two"}), replace=False)
    assert caught.value.code == "profile_exists"
    store.save(make_profile("p", "ess", {"user_id": "two"}), replace=True)
    assert store.get("p").user_id == "two"


def test_a_removed_profile_is_gone_and_the_others_stay(store: ProfileStore) -> None:
    for name in ("a", "b"):
        store.save(make_profile(name, "ess", GOOD["ess"]), replace=False)
    assert store.remove("a").name == "a"
    assert [profile.name for profile in store.all()] == ["b"]
    with pytest.raises(UsageError) as caught:
        store.remove("a")
    assert caught.value.code == "profile_unknown"


@pytest.mark.parametrize(
    "item",
    [None, 7, "text", {}, {"kind": "faceid"}, {"kind": "ess"}, {"kind": "ess", "user_id": 7},
     {"kind": "ess", "user_id": "u", "environment": "staging"}, {"kind": ["ess"]},
     {"kind": "ess", "user_id": "u", "endpoint": "http://evil.example"}],
)  # fmt: skip
def test_what_is_no_profile_in_the_file_is_left_alone(store: ProfileStore, tmp_path: Path, item: object) -> None:
    path = tmp_path / "config" / "profiles.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"schema": "facevid-profiles/1", "profiles": {"later": item}}))
    store.save(make_profile("p", "ess", GOOD["ess"]), replace=False)
    assert [profile.name for profile in store.all()] == ["p"]
    assert json.loads(path.read_text())["profiles"]["later"] == item
    store.remove("p")
    assert json.loads(path.read_text())["profiles"] == {"later": item}


def test_members_of_a_later_version_are_ignored(store: ProfileStore, tmp_path: Path) -> None:
    path = tmp_path / "config" / "profiles.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"profiles": {"p": {"kind": "ess", "user_id": "u", "colour": "red"}}}))
    assert store.get("p") == Profile("p", "ess", user_id="u")


@pytest.mark.parametrize("content", ["[]", "{", "", "7"])
def test_a_damaged_file_is_said_so_and_never_overwritten(store: ProfileStore, tmp_path: Path, content: str) -> None:
    path = tmp_path / "config" / "profiles.json"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(SurroundingsError) as caught:
        store.save(make_profile("p", "ess", GOOD["ess"]), replace=True)
    assert caught.value.code == "config_damaged"
    assert path.read_text() == content


def test_profiles_of_the_wrong_type_are_none(store: ProfileStore, tmp_path: Path) -> None:
    path = tmp_path / "config" / "profiles.json"
    path.parent.mkdir()
    path.write_text('{"profiles": []}')
    assert store.all() == ()
