"""Which profile and which secrets a command uses (floor 1).

What enters: an explicit name, the environment, the profiles of this home. What leaves: a profile, and its
secrets: given for this run, from the keyring, or from the environment. Order: design section 9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.core.secret import SECRET_VARIABLES, Secret
from facevid_gui.credentials.profiles import (
    MODE_FIELD,
    OPTIONAL_SECRETS,
    SECRET_FIELDS,
    Profile,
    ProfileStore,
    check_ticket,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.credentials.secret_store import SecretStore

ENVIRONMENT_PROFILE = "(environment)"  # no profile can be given this name


def choose_profile(
    kinds: tuple[str, ...], name: str | None, environ: Mapping[str, str], profiles: ProfileStore
) -> Profile:
    """Choose a profile of one of `kinds`; `UsageError` says what to name or set."""
    wanted = name or environ.get("FACEVID_PROFILE")
    if wanted:
        profile = profiles.get(wanted)
        if profile.kind not in kinds:
            raise UsageError("profile_kind", name=profile.name, kind=profile.kind)
        return profile
    if "ess" in kinds and _environment_secrets(environ):
        user_id = environ.get("FACEVID_USER_ID", "").strip()
        if not user_id:
            raise UsageError("user_id_missing")
        return Profile(ENVIRONMENT_PROFILE, "ess", user_id=user_id)
    known = [profile for profile in profiles.all() if profile.kind in kinds]
    if len(known) == 1:
        return known[0]
    if not known:
        raise UsageError("profile_none", kind=kinds[0])
    raise UsageError("profile_ambiguous", names=", ".join(profile.name for profile in known))


def read_secrets(
    profile: Profile, store: SecretStore, environ: Mapping[str, str], given: Mapping[str, Secret] | None
) -> dict[str, Secret]:
    """The secrets of a profile by field. Those `given` for this run come first, the environment last.

    Raises `SurroundingsError`: keyring_locked and its kin, or secrets_absent.
    """
    if given:
        return dict(given)
    if profile.name == ENVIRONMENT_PROFILE:
        return _environment_secrets(environ)
    fallback = _environment_secrets(environ) if profile.kind != "kyc" else {}
    try:
        found = {field: secret for field in profile.secret_fields if (secret := store.read(profile.name, field))}
    except SurroundingsError:
        if fallback:
            return fallback
        raise
    missing = [field for field in profile.secret_fields if field not in found and field not in OPTIONAL_SECRETS]
    if not missing:
        return found
    if fallback:
        return fallback
    raise SurroundingsError("secrets_absent", profile=profile.name)


def check_secrets(kind: str, mode: str, data: object) -> tuple[str, dict[str, Secret]]:
    """Check a secrets object from standard input; return the ticket mode (KYC) and the secrets.

    Raises `UsageError` for a key that does not belong, a missing one, blanks in a value, or characters
    that no header can carry.
    """
    allowed = SECRET_FIELDS[kind]
    if not isinstance(data, dict) or not data:
        raise UsageError("secrets_malformed")
    for key, value in data.items():
        if key not in allowed:
            raise UsageError("secrets_key", key=str(key)[:40], allowed=", ".join(allowed))
        if not isinstance(value, str) or (not value and key not in OPTIONAL_SECRETS):
            raise UsageError("secrets_value", key=key)
        _check_characters(key, value)
    secrets = {key: Secret(value) for key, value in data.items() if value}
    if kind == "kyc":
        mode = _kyc_mode(mode, secrets)
    else:
        for key in allowed:
            if key not in secrets and key not in OPTIONAL_SECRETS:
                raise UsageError("secrets_missing", key=key)
    return mode, secrets


def with_ticket_mode(profile: Profile, mode: str) -> Profile:
    """The profile with the ticket mode that follows from the secret given for this run; checked like one added."""
    if profile.kind != "kyc" or not mode:
        return profile
    changed = replace(profile, ticket_mode=mode)
    check_ticket(changed)
    return changed


def _kyc_mode(mode: str, secrets: Mapping[str, Secret]) -> str:
    modes = [name for name, field in MODE_FIELD.items() if field in secrets]
    if len(modes) != 1:
        raise UsageError("secrets_one_of", keys=", ".join(MODE_FIELD.values()))
    if mode and mode != modes[0]:
        raise UsageError("secrets_missing", key=MODE_FIELD[mode])
    return modes[0]


def _check_characters(key: str, value: str) -> None:
    inner = value.replace(" ", "") if key == "header_value" else value  # "Bearer ..." has a blank of its own
    if value != value.strip() or any(character.isspace() for character in inner):
        raise UsageError("secrets_blanks", key=key)
    if not (value.isascii() and value.isprintable()):
        raise UsageError("secrets_value", key=key)  # full-width letters of an input method, for example


def _environment_secrets(environ: Mapping[str, str]) -> dict[str, Secret]:
    values = {field: environ.get(name, "").strip() for field, name in SECRET_VARIABLES.items()}
    if not (values["secret_id"] and values["secret_key"]):
        return {}
    for field, value in values.items():
        _check_characters(SECRET_VARIABLES[field], value)
    return {field: Secret(value) for field, value in values.items() if value}
