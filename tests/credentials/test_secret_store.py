"""The keyring through stand-ins: its states are told apart, only the systems' own back ends are used."""

import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring.backend
import keyring.errors
import pytest

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials import secret_store
from facevid_gui.credentials.secret_store import KeyringStore, SessionStore, system_backend

FREE = ("SecretService", "libsecret", "kwallet")


class FakeKeyring:
    """A back end in memory; `trouble` is called before each action."""

    priority = 5
    entries: dict[tuple[str, str], str]
    trouble: Callable[[], None]

    def __init__(self) -> None:
        type(self).trouble()

    def get_password(self, service: str, user: str) -> str | None:
        return self.entries.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        self.entries[service, user] = password

    def delete_password(self, service: str, user: str) -> None:
        del self.entries[service, user]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeKeyring]]:
    """The only back end of this system."""
    made = type("Keyring", (FakeKeyring,), {"entries": {}, "trouble": staticmethod(lambda: None)})
    monkeypatch.setattr(secret_store, "system_backend", made)
    return made


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return staticmethod(fail)  # type: ignore[return-value]


def error_of(action: Callable[[], object]) -> SurroundingsError:
    with pytest.raises(SurroundingsError) as caught:
        action()
    return caught.value


def test_a_secret_is_kept_read_replaced_and_forgotten(backend: type[FakeKeyring]) -> None:
    store = KeyringStore("facevid/home")
    assert store.read("prod", "secret_id") is None
    store.write("prod", "secret_id", Secret("one"))
    store.write("prod", "secret_id", Secret("two"))
    assert store.read("prod", "secret_id") == Secret("two")
    store.delete("prod", ("secret_id", "secret_key"))
    assert store.read("prod", "secret_id") is None
    assert store.state() == "ready"


def test_there_is_one_entry_per_field_under_the_homes_own_service(backend: type[FakeKeyring]) -> None:
    store = KeyringStore("facevid/0123abcd")
    store.write("prod", "secret_id", Secret("a"))
    store.write("prod", "secret_key", Secret("b"))
    assert backend.entries == {
        ("facevid/0123abcd", "prod/secret_id"): "a",
        ("facevid/0123abcd", "prod/secret_key"): "b",
    }
    assert KeyringStore("facevid/other").read("prod", "secret_id") is None


@pytest.mark.parametrize("module", ["keyring.backends.libsecret", "keyring.backends.kwallet"])
def test_looking_at_the_state_reads_nothing_from_a_wallet_that_would_ask_for_its_password(
    backend: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(backend, "get_password", lambda _self, _service, user: asked.append(user))
    KeyringStore("s").state()
    assert len(asked) == 1
    monkeypatch.setattr(backend, "__module__", module)
    assert KeyringStore("s").state() == "ready"
    assert len(asked) == 1


def test_a_secret_too_long_for_some_system_is_refused_everywhere(backend: type[FakeKeyring]) -> None:
    store = KeyringStore("s")
    store.write("prod", "ticket", Secret("x" * 1200))
    error = error_of(lambda: store.write("prod", "ticket", Secret("x" * 1201)))
    assert (error.code, error.params) == ("secret_too_long", {"field": "ticket", "limit": "1200"})
    assert len(backend.entries["s", "prod/ticket"]) == 1200


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (keyring.errors.KeyringLocked("locked"), "keyring_locked"),
        (keyring.errors.InitError("dismissed"), "keyring_locked"),
        (keyring.errors.PasswordSetError("no"), "keyring_denied"),
        (PermissionError("no"), "keyring_denied"),
        (RuntimeError("D-Bus broke"), "keyring_denied"),
    ],
)
def test_locked_and_denied_are_told_apart(
    backend: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch, trouble: Exception, code: str
) -> None:
    def fail(*_: object) -> None:
        raise trouble

    for name in ("get_password", "set_password"):
        monkeypatch.setattr(backend, name, fail)
    store = KeyringStore("s")
    for action in (
        lambda: store.read("p", "f"),
        lambda: store.write("p", "f", Secret("x")),
        lambda: store.delete("p", ("f",)),
    ):
        error = error_of(action)
        assert error.code == code
        assert "D-Bus" not in str(error)
    assert f"keyring_{store.state()}" == code


def test_a_system_without_a_keyring_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FREE:
        monkeypatch.setitem(sys.modules, f"keyring.backends.{name}", None)
    monkeypatch.setattr(sys, "platform", "linux")
    store = KeyringStore("s")
    assert error_of(lambda: store.read("p", "f")).code == "keyring_unavailable"
    assert store.state() == "unavailable"


def test_a_keyring_that_hangs_is_left_and_what_waits_behind_it_never_happens(
    backend: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, released = threading.Event(), threading.Event()

    def hang() -> None:
        entered.set()
        released.wait(30)

    monkeypatch.setattr(backend, "trouble", staticmethod(hang))
    store = KeyringStore("s", patience_s=0.2)
    began = time.monotonic()
    error = error_of(lambda: store.read("p", "f"))
    assert (error.code, error.params) == ("keyring_hangs", {"seconds": "0"})
    assert entered.is_set()
    assert error_of(lambda: store.write("p", "f", Secret("late"))).code == "keyring_hangs"
    assert store.state() == "hangs"
    monkeypatch.setattr(store, "_call", lambda _action: pytest.fail("it was asked again at once"))
    assert store.state() == "hangs"
    monkeypatch.undo()
    monkeypatch.setattr(secret_store, "system_backend", backend)
    monkeypatch.setattr(backend, "trouble", staticmethod(hang))
    assert time.monotonic() - began < 3
    released.set()
    monkeypatch.setattr(backend, "trouble", staticmethod(lambda: None))
    patient = KeyringStore("s", patience_s=10)
    assert patient.read("p", "f") is None
    assert backend.entries == {}


def test_calls_never_run_side_by_side(backend: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = 0, 0

    def count() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.02)
        inside -= 1

    monkeypatch.setattr(backend, "trouble", staticmethod(count))
    threads = [threading.Thread(target=lambda: KeyringStore("s").read("p", "f")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == 1


def fake_module(monkeypatch: pytest.MonkeyPatch, name: str, class_name: str, **members: object) -> type:
    """Put a module with one back end where `keyring` keeps its own."""
    made = type(class_name, (), {"priority": 5, **members})
    module = types.ModuleType(f"keyring.backends.{name}")
    setattr(module, class_name, made)
    monkeypatch.setitem(sys.modules, f"keyring.backends.{name}", module)
    return made


def test_the_first_back_end_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @property
        def priority(self) -> int:
            raise RuntimeError("no D-Bus")

    monkeypatch.setattr(sys, "platform", "linux")
    fake_module(monkeypatch, "SecretService", "Keyring", priority=0)
    broken = types.ModuleType("keyring.backends.libsecret")
    broken.Keyring = Broken()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring.backends.libsecret", broken)
    wallet = fake_module(monkeypatch, "kwallet", "DBusKeyring")
    assert type(system_backend()) is wallet


def test_a_mac_uses_its_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    chain = fake_module(monkeypatch, "macOS", "Keyring")
    assert type(system_backend()) is chain


def test_windows_keeps_secrets_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    vault = fake_module(monkeypatch, "Windows", "WinVaultKeyring", persist="enterprise")
    backend = system_backend()
    assert type(backend) is vault
    assert backend.persist == "local machine"


class FakeService(types.ModuleType):
    """The Secret Service with one default collection, or with none."""

    class ItemNotFoundException(Exception):  # noqa: N818 - the library's own name
        pass

    def __init__(self, locked: bool | None) -> None:
        super().__init__("secretstorage")
        self.locked = locked
        self.open_connections = 0

    def dbus_init(self) -> "FakeService":
        self.open_connections += 1
        return self

    def close(self) -> None:
        self.open_connections -= 1

    def Collection(self, bus: object) -> "FakeService":  # noqa: N802 - the library's own name
        if self.locked is None:
            raise self.ItemNotFoundException
        return self

    def is_locked(self) -> bool | None:
        return self.locked


@pytest.mark.parametrize(
    ("locked", "state", "read"),
    [(False, "ready", None), (True, "locked", "keyring_locked"), (None, "unavailable", "keyring_unavailable")],
)
def test_the_secret_service_is_asked_for_its_state_before_it_could_prompt(
    backend: type[FakeKeyring], monkeypatch: pytest.MonkeyPatch, locked: bool | None, state: str, read: str | None
) -> None:
    service = FakeService(locked)
    monkeypatch.setitem(sys.modules, "secretstorage", service)
    monkeypatch.setattr(backend, "__module__", "keyring.backends.SecretService")
    store = KeyringStore("s")
    assert store.state() == state
    if read is None:
        assert store.read("p", "f") is None
    else:
        assert error_of(lambda: store.read("p", "f")).code == read
    assert service.open_connections == 0


class PlaintextKeyring(keyring.backend.KeyringBackend):
    """What a plug-in like keyrings.alt offers: it volunteers with a high priority and stores in the open."""

    priority = 20  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return "from the plain-text file"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a secret was about to be stored in the open")

    def delete_password(self, service: str, username: str) -> None:
        """Nothing to delete."""


def test_a_plain_text_back_end_is_never_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FREE:
        monkeypatch.setitem(sys.modules, f"keyring.backends.{name}", None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    keyring.set_keyring(PlaintextKeyring())
    assert keyring.get_password("s", "u") == "from the plain-text file"
    store = KeyringStore("s")
    assert error_of(lambda: store.write("p", "f", Secret("x"))).code == "keyring_unavailable"
    assert error_of(lambda: store.read("p", "f")).code == "keyring_unavailable"


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_an_environment_variable_cannot_choose_another_back_end(name: str) -> None:
    code = (
        "import keyring\n"
        "from facevid_gui.core.errors import SurroundingsError\n"
        "from facevid_gui.core.secret import Secret\n"
        "from facevid_gui.credentials.secret_store import KeyringStore\n"
        "print(type(keyring.get_keyring()).__module__)\n"
        "try:\n    KeyringStore('s').write('p', 'f', Secret('x'))\n"
        "except SurroundingsError as error:\n    print(error.code)\n"
    )
    environ = {
        "PYTHON_KEYRING_BACKEND": name,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [name.rsplit(".", 1)[0], "keyring_unavailable"]


def test_secrets_of_one_run_are_kept_in_memory_only() -> None:
    store = SessionStore()
    store.write("p", "f", Secret("x"))
    assert store.read("p", "f") == Secret("x")
    assert store.read("q", "f") is None
    store.delete("p", ("f", "g"))
    assert store.read("p", "f") is None
    assert store.state() == "ready"
