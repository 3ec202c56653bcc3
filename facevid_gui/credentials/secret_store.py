"""Secrets in the operating system's keyring, one short entry per field (floor 1).

What enters: a profile name and a field. What leaves: a `Secret`, or one of four different states, each
with its own sentence: *absent* (no such entry), *locked*, *denied*, *unavailable* (no keyring at all).

Only the systems' own back ends are accepted, by module: an environment variable or a configuration file
may point `keyring` at its null or plain-text back ends. Calls run one at a time in a thread of their own
with ten seconds of patience, because keyrings are known to hang (qt-anchors, section 6). One entry per
field, because Windows allows about 1280 characters per entry.
"""

from __future__ import annotations

import importlib
import queue
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PATIENCE_S = 10.0
MAX_SECRET_CHARACTERS = 1200
_FREE_DESKTOPS = (("SecretService", "Keyring"), ("libsecret", "Keyring"), ("kwallet", "DBusKeyring"))
_SYSTEM_BACKENDS = {"darwin": (("macOS", "Keyring"),), "win32": (("Windows", "WinVaultKeyring"),)}
_STILL_HANGS_S = 3.0
_LANE = threading.Lock()
STATES = ("ready", "locked", "denied", "hangs", "unavailable")
_NOBODY = "@state/none"
_PROMPTING = ("keyring.backends.libsecret", "keyring.backends.kwallet")  # a read may ask for a password


class SecretStore(Protocol):
    """Where secrets are kept. Errors: keyring_locked, keyring_denied, keyring_unavailable, keyring_hangs."""

    def read(self, owner: str, field: str) -> Secret | None:
        """The secret, or None when there is no such entry."""
        ...

    def write(self, owner: str, field: str, secret: Secret) -> None:
        """Keep a secret, replacing an older one."""
        ...

    def delete(self, owner: str, fields: Iterable[str]) -> None:
        """Forget secrets; missing ones are fine."""
        ...

    def state(self) -> str:
        """One of STATES; asks nobody for a password."""
        ...


class SessionStore:
    """Secrets in memory, for this run only."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], Secret] = {}

    def read(self, owner: str, field: str) -> Secret | None:
        """The secret, or None."""
        return self._secrets.get((owner, field))

    def write(self, owner: str, field: str, secret: Secret) -> None:
        """Keep a secret until the program ends."""
        self._secrets[owner, field] = secret

    def delete(self, owner: str, fields: Iterable[str]) -> None:
        """Forget secrets."""
        for field in fields:
            self._secrets.pop((owner, field), None)

    def state(self) -> str:
        """Memory is always ready."""
        return "ready"


class KeyringStore:
    """The operating system's keyring; `service` is `facevid/<home_id>`, the user `<owner>/<field>`."""

    def __init__(self, service: str, patience_s: float = PATIENCE_S) -> None:
        self._service = service
        self._patience_s = patience_s
        self._hung_at_s: float | None = None

    def read(self, owner: str, field: str) -> Secret | None:
        """The secret, or None when there is no such entry."""
        text = self._call(lambda backend: backend.get_password(self._service, f"{owner}/{field}"))
        return Secret(text) if isinstance(text, str) else None

    def write(self, owner: str, field: str, secret: Secret) -> None:
        """Keep a secret; `SurroundingsError` `secret_too_long` above what every system can hold."""
        if len(secret.reveal()) > MAX_SECRET_CHARACTERS:
            raise SurroundingsError("secret_too_long", field=field, limit=MAX_SECRET_CHARACTERS)
        self._call(lambda backend: backend.set_password(self._service, f"{owner}/{field}", secret.reveal()))

    def delete(self, owner: str, fields: Iterable[str]) -> None:
        """Forget secrets; missing ones are fine."""
        for field in fields:
            user = f"{owner}/{field}"
            if self._call(lambda backend, user=user: backend.get_password(self._service, user)) is not None:
                self._call(lambda backend, user=user: backend.delete_password(self._service, user))

    def state(self) -> str:
        """Look without asking for a password.

        Where that is safe an entry that nobody has is read: a keyring that denies this program denies that, too.
        """
        if self._hung_at_s is not None and time.monotonic() - self._hung_at_s < _STILL_HANGS_S:
            return "hangs"  # asked twice in a row, as the window's start does, nobody waits twice
        try:
            self._call(self._read_nothing)
        except SurroundingsError as error:
            state = error.code.removeprefix("keyring_")
            self._hung_at_s = time.monotonic() if state == "hangs" else None
            return state if state in STATES else "unavailable"
        return "ready"

    def _read_nothing(self, backend: Any) -> None:  # noqa: ANN401 - a keyring backend
        if type(backend).__module__ not in _PROMPTING:
            backend.get_password(self._service, _NOBODY)

    def _call(self, action: Callable[..., Any]) -> Any:  # noqa: ANN401 - whatever the back end returns
        return _with_patience(lambda: _guarded(action), self._patience_s)


def system_backend() -> Any:  # noqa: ANN401 - a keyring backend
    """The first usable back end of this system; `SurroundingsError` when there is none.

    The classes are named here instead of asking `keyring` to choose: its choice follows environment,
    configuration and installed plug-ins, any of which may store in plain text.
    """
    for module_name, class_name in _SYSTEM_BACKENDS.get(sys.platform, _FREE_DESKTOPS):
        try:
            backend_class = getattr(importlib.import_module(f"keyring.backends.{module_name}"), class_name)
            if backend_class.priority > 0:
                backend = backend_class()
                if module_name == "Windows":
                    backend.persist = "local machine"  # the default may roam with a domain profile
                return backend
        except Exception:  # noqa: BLE001, S112 - a back end that fails its own test is not usable
            continue
    raise SurroundingsError("keyring_unavailable")


def _state_of(backend: object) -> str:
    """Ask the Secret Service, without a prompt: "ready", "locked" or "unavailable" (no default collection).

    The back end itself would prompt for a password, and again to make a missing collection: nobody may be
    there to answer, and ten seconds are too short to type one in.
    """
    if type(backend).__module__ != "keyring.backends.SecretService":
        return "ready"
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            return "locked" if secretstorage.Collection(bus).is_locked() else "ready"
        except secretstorage.ItemNotFoundException:
            return "unavailable"


def _guarded(action: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    import keyring.errors

    backend = system_backend()
    try:
        state = _state_of(backend)
        if state != "ready":
            raise SurroundingsError(f"keyring_{state}")
        return action(backend)
    except SurroundingsError:
        raise
    except (keyring.errors.KeyringLocked, keyring.errors.InitError) as error:
        raise SurroundingsError("keyring_locked") from error
    except Exception as error:
        raise SurroundingsError("keyring_denied", reason=type(error).__name__) from error


def _with_patience(work: Callable[[], Any], patience_s: float) -> Any:  # noqa: ANN401
    """Run `work` in the keyring lane and wait `patience_s` seconds.

    A call that hangs is left behind; one that still waits behind it is never begun: its caller was told no.
    """
    results: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()
    given_up = threading.Event()

    def run() -> None:
        with _LANE:
            if given_up.is_set():
                return
            try:
                results.put((work(), None))
            except Exception as error:  # noqa: BLE001 - carried to the caller
                results.put((None, error))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        value, error = results.get(timeout=patience_s)
    except queue.Empty:
        given_up.set()
        raise SurroundingsError("keyring_hangs", seconds=round(patience_s)) from None
    if error is not None:
        raise error
    return value
