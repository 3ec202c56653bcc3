"""Which profile and which secrets a command uses: the whole order of precedence."""

from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.choice import check_secrets, choose_profile, read_secrets, with_ticket_mode
from facevid_gui.credentials.profiles import Profile, ProfileStore, make_profile
from facevid_gui.credentials.secret_store import SessionStore
from tests.support.net_stores import RefusingStore

ESS = ("ess", "essbasic")
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDenv", "TENCENTCLOUD_SECRET_KEY": "env-key"}
CALLER = {"FACEVID_USER_ID": "env-user"}
BASIC = {"app_id": "a", "proxy_organization_open_id": "o", "proxy_operator_open_id": "p"}
PROD = make_profile("prod", "ess", {"user_id": "u"})
OTHER = make_profile("other", "essbasic", BASIC)
ORDERS = make_profile("orders", "kyc", {"app_id": "a"})


@pytest.fixture
def profiles(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "profiles.json")


def save(profiles: ProfileStore, *known: Profile) -> ProfileStore:
    for profile in known:
        profiles.save(profile, replace=False)
    return profiles


def refused(code: str, *arguments: object) -> UsageError:
    with pytest.raises(UsageError) as caught:
        choose_profile(*arguments)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value


def test_the_option_comes_before_everything(profiles: ProfileStore) -> None:
    save(profiles, PROD, OTHER)
    environ = {"FACEVID_PROFILE": "prod", **KEYS, **CALLER}
    assert choose_profile(ESS, "other", environ, profiles) == OTHER


def test_the_profile_of_the_environment_comes_before_its_keys(profiles: ProfileStore) -> None:
    save(profiles, PROD, OTHER)
    assert choose_profile(ESS, None, {"FACEVID_PROFILE": "other", **KEYS, **CALLER}, profiles) == OTHER
    assert choose_profile(ESS, "", {"FACEVID_PROFILE": "other", **KEYS, **CALLER}, profiles) == OTHER


def test_the_keys_of_the_environment_come_before_the_only_profile(profiles: ProfileStore) -> None:
    chosen = choose_profile(ESS, None, {**KEYS, "FACEVID_USER_ID": " env-user "}, save(profiles, PROD))
    assert (chosen.kind, chosen.user_id) == ("ess", "env-user")
    assert chosen != PROD
    secrets = read_secrets(chosen, SessionStore(), {**KEYS, "TENCENTCLOUD_TOKEN": " t "}, None)
    assert secrets == {"secret_id": Secret("AKIDenv"), "secret_key": Secret("env-key"), "token": Secret("t")}


def test_the_keys_of_the_environment_need_a_user_id(profiles: ProfileStore) -> None:
    refused("user_id_missing", ESS, None, KEYS, save(profiles, PROD))
    refused("user_id_missing", ESS, None, {**KEYS, "FACEVID_USER_ID": " "}, profiles)


@pytest.mark.parametrize(
    "environ",
    [{}, {"TENCENTCLOUD_SECRET_ID": "a"}, {"TENCENTCLOUD_SECRET_KEY": "b"},
     {"TENCENTCLOUD_SECRET_ID": " ", "TENCENTCLOUD_SECRET_KEY": "b"}, {"TENCENTCLOUD_TOKEN": "t"}],
)  # fmt: skip
def test_half_a_key_is_no_key(profiles: ProfileStore, environ: dict[str, str]) -> None:
    assert choose_profile(ESS, None, environ, save(profiles, PROD)) == PROD


def test_the_keys_of_the_environment_are_not_for_orders(profiles: ProfileStore) -> None:
    assert choose_profile(("kyc",), None, {**KEYS, **CALLER}, save(profiles, PROD, ORDERS)) == ORDERS


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [("TENCENTCLOUD_SECRET_ID", "AK ID", "secrets_blanks"), ("TENCENTCLOUD_SECRET_KEY", "two\nlines", "secrets_blanks"),
     ("TENCENTCLOUD_TOKEN", "ｆｕｌｌ", "secrets_value")],
)  # fmt: skip
def test_a_damaged_key_of_the_environment_is_named_not_sent(
    profiles: ProfileStore, variable: str, value: str, code: str
) -> None:
    error = refused(code, ESS, None, {**KEYS, **CALLER, variable: value}, profiles)
    assert error.params == {"key": variable}


def test_the_only_profile_of_the_kind_is_taken(profiles: ProfileStore) -> None:
    save(profiles, PROD, ORDERS)
    assert choose_profile(ESS, None, {}, profiles) == PROD
    assert choose_profile(("kyc",), None, {}, profiles) == ORDERS


def test_several_profiles_must_be_named(profiles: ProfileStore) -> None:
    error = refused("profile_ambiguous", ESS, None, {}, save(profiles, PROD, OTHER, ORDERS))
    assert error.params == {"names": "other, prod"}


def test_no_profile_at_all_is_said_so(profiles: ProfileStore) -> None:
    assert refused("profile_none", ESS, None, {}, save(profiles, ORDERS)).params == {"kind": "ess"}


def test_an_unknown_name_is_said_so(profiles: ProfileStore) -> None:
    refused("profile_unknown", ESS, "nobody", {}, save(profiles, PROD))
    refused("profile_unknown", ESS, None, {"FACEVID_PROFILE": "nobody"}, profiles)


def test_a_profile_of_another_kind_is_said_so(profiles: ProfileStore) -> None:
    error = refused("profile_kind", ESS, "orders", {}, save(profiles, ORDERS))
    assert error.params == {"name": "orders", "kind": "kyc"}


STORED = {"secret_id": Secret("stored-id"), "secret_key": Secret("stored-key")}
FROM_ENVIRONMENT = {"secret_id": Secret("AKIDenv"), "secret_key": Secret("env-key")}


def keyring(**secrets: Secret) -> SessionStore:
    store = SessionStore()
    for field, secret in secrets.items():
        store.write("prod", field, secret)
    return store


def test_secrets_given_for_this_run_come_first_and_the_keyring_is_not_asked() -> None:
    given = {"secret_id": Secret("given"), "secret_key": Secret("given")}
    assert read_secrets(PROD, RefusingStore(reads=False), KEYS, given) == given


def test_the_keyring_comes_before_the_environment() -> None:
    assert read_secrets(PROD, keyring(**STORED), KEYS, None) == STORED
    with_token = {**STORED, "token": Secret("t")}
    assert read_secrets(PROD, keyring(**with_token), {}, {}) == with_token


@pytest.mark.parametrize("stored", [{}, {"secret_id": Secret("alone")}, {**STORED, "secret_key": Secret("")}])
def test_the_environment_stands_in_for_what_the_keyring_lacks_but_never_mixes(stored: dict[str, Secret]) -> None:
    assert read_secrets(PROD, keyring(**stored), KEYS, None) == FROM_ENVIRONMENT


def test_the_environment_stands_in_for_a_keyring_that_fails() -> None:
    assert read_secrets(PROD, RefusingStore(reads=False), KEYS, None) == FROM_ENVIRONMENT


def failure(profile: Profile, store: SessionStore, environ: dict[str, str]) -> SurroundingsError:
    with pytest.raises(SurroundingsError) as caught:
        read_secrets(profile, store, environ, None)
    return caught.value


def test_without_the_environment_a_failing_keyring_is_said_so() -> None:
    assert failure(PROD, RefusingStore(reads=False), {}).code == "keyring_locked"


def test_absent_secrets_are_another_state_than_a_failing_keyring() -> None:
    error = failure(PROD, keyring(), {})
    assert (error.code, error.params) == ("secrets_absent", {"profile": "prod"})


def test_the_environment_is_no_stand_in_for_orders() -> None:
    assert failure(ORDERS, SessionStore(), KEYS).code == "secrets_absent"
    assert failure(ORDERS, RefusingStore(reads=False), KEYS).code == "keyring_locked"


def test_a_profile_that_is_called_environment_is_a_profile_like_others() -> None:
    profile = make_profile("environment", "ess", {"user_id": "u"})
    assert failure(profile, SessionStore(), {}).code == "secrets_absent"


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_a_good_secrets_object_is_taken(kind: str) -> None:
    mode, secrets = check_secrets(kind, "", {"secret_id": "a", "secret_key": "b", "token": ""})
    assert (mode, secrets) == ("", {"secret_id": Secret("a"), "secret_key": Secret("b")})
    assert "token" in check_secrets(kind, "", {"secret_id": "a", "secret_key": "b", "token": "c"})[1]


@pytest.mark.parametrize(("key", "mode"), [("ticket", "pasted"), ("header_value", "server"), ("secret", "direct")])
def test_the_ticket_mode_follows_from_the_key(key: str, mode: str) -> None:
    assert check_secrets("kyc", "", {key: "x"}) == (mode, {key: Secret("x")})
    assert check_secrets("kyc", mode, {key: "x"}) == (mode, {key: Secret("x")})
    here = make_profile("p", "kyc", {"app_id": "a", "endpoint": "http://[::1]:1", "ticket_url": "https://t.example/"})
    assert with_ticket_mode(here, mode).ticket_mode == mode


@pytest.mark.parametrize(("mode", "code"), [("direct", "token_risk"), ("server", "option_missing")])
def test_a_mode_for_this_run_is_checked_like_one_that_is_added(mode: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_ticket_mode(ORDERS, mode)
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["Bearer abc", "Basic dXNlcjpwYXNz", "key"])
def test_the_header_of_a_ticket_server_may_hold_a_blank(value: str) -> None:
    assert check_secrets("kyc", "", {"header_value": value}) == ("server", {"header_value": Secret(value)})


def test_only_orders_have_a_ticket_mode() -> None:
    assert with_ticket_mode(PROD, "direct") == PROD
    assert with_ticket_mode(ORDERS, "") == ORDERS


@pytest.mark.parametrize(
    ("kind", "mode", "data", "code", "key"),
    [
        ("ess", "", None, "secrets_malformed", None),
        ("ess", "", [], "secrets_malformed", None),
        ("ess", "", {}, "secrets_malformed", None),
        ("ess", "", "text", "secrets_malformed", None),
        ("ess", "", {"secret_id": "a", "secret_key": "b", "password": "c"}, "secrets_key", "password"),
        ("ess", "", {"ticket": "a"}, "secrets_key", "ticket"),
        ("ess", "", {"secret_id": "a"}, "secrets_missing", "secret_key"),
        ("ess", "", {"secret_key": "a"}, "secrets_missing", "secret_id"),
        ("ess", "", {"secret_id": "", "secret_key": "b"}, "secrets_value", "secret_id"),
        ("ess", "", {"secret_id": 7, "secret_key": "b"}, "secrets_value", "secret_id"),
        ("ess", "", {"secret_id": "a", "secret_key": None}, "secrets_value", "secret_key"),
        ("ess", "", {"secret_id": "ＡＫＩＤ", "secret_key": "b"}, "secrets_value", "secret_id"),
        ("ess", "", {"secret_id": "a\x00", "secret_key": "b"}, "secrets_value", "secret_id"),
        ("ess", "", {"secret_id": " a", "secret_key": "b"}, "secrets_blanks", "secret_id"),
        ("ess", "", {"secret_id": "a", "secret_key": "b\n"}, "secrets_blanks", "secret_key"),
        ("ess", "", {"secret_id": "a", "secret_key": "b c"}, "secrets_blanks", "secret_key"),
        ("ess", "", {"secret_id": "a", "secret_key": "b\u3000"}, "secrets_blanks", "secret_key"),
        ("kyc", "", {"ticket": "a", "secret": "b"}, "secrets_one_of", None),
        ("kyc", "direct", {"ticket": "a"}, "secrets_missing", "secret"),
        ("kyc", "pasted", {"secret": "a"}, "secrets_missing", "ticket"),
        ("kyc", "", {"secret_id": "a"}, "secrets_key", "secret_id"),
        ("kyc", "", {"header_value": "Bearer a "}, "secrets_blanks", "header_value"),
        ("kyc", "", {"header_value": "Bearer\ta"}, "secrets_blanks", "header_value"),
        ("kyc", "", {"header_value": "Bearer\r\nX-Evil: 1"}, "secrets_blanks", "header_value"),
        ("kyc", "", {"ticket": "a b"}, "secrets_blanks", "ticket"),
    ],
)
def test_a_bad_secrets_object_is_refused_by_name(
    kind: str, mode: str, data: object, code: str, key: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        check_secrets(kind, mode, data)
    assert caught.value.code == code
    assert caught.value.params.get("key") == key
