"""Keeping and forgetting a profile together with its secrets, for console and window alike (floor 1).

What enters: a checked profile and its secrets. What leaves: a profile on disk and one keyring entry per field;
entries of an older profile of that name that no longer belong are removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.credentials.profiles import (
    CACHE_FIELDS,
    OPTIONAL_SECRETS,
    SECRET_FIELDS,
    Profile,
    ProfileStore,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.secret_store import SecretStore


def keep_secrets(store: SecretStore, profile: Profile, secrets: Mapping[str, Secret]) -> None:
    """Write the secrets of a profile, one entry per field; `SurroundingsError` when the keyring refuses."""
    store.delete(profile.name, [field for field in fields_of(profile.kind) if field not in secrets])
    for field, secret in secrets.items():
        store.write(profile.name, field, secret)


def kept_secrets(
    store: SecretStore, name: str, kind: str, typed: Collection[str], given: Mapping[str, Secret] | None = None
) -> dict[str, Secret]:
    """The secrets a profile cannot do without that were not `typed`, as far as they are known: `given`, else kept.

    The keyring is asked for nothing else. Of the secrets of an order profile each has a way of its own to a ticket;
    there is nothing to complete. Raises `SurroundingsError` for a keyring that is there and does not open.
    """
    if kind == "kyc":
        return {}
    needed = [field for field in SECRET_FIELDS[kind] if field not in OPTIONAL_SECRETS and field not in typed]
    try:
        found = {field: (given or {}).get(field) or store.read(name, field) for field in needed}
    except SurroundingsError as error:
        if error.code != "keyring_unavailable":
            raise
        return {}
    return {field: secret for field, secret in found.items() if secret}


def forget_profile(profiles: ProfileStore, store: SecretStore, name: str) -> Profile:
    """Remove a profile and its secrets; `SurroundingsError` while the keyring keeps them."""
    profile = profiles.get(name)
    try:
        store.delete(profile.name, fields_of(profile.kind))
    except SurroundingsError as error:
        if error.code != "keyring_unavailable":
            raise  # the entries are still there: removing the profile now would orphan them
    return profiles.remove(profile.name)


def fields_of(kind: str) -> tuple[str, ...]:
    """Every keyring field a profile of that kind may have, cached tokens included."""
    return (*SECRET_FIELDS[kind], *(CACHE_FIELDS if kind == "kyc" else ()))
