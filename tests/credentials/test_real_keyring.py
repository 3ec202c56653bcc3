"""The real Secret Service: gnome-keyring in a D-Bus session of the test's own, its home in a temporary folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools import need

ROOT = Path(__file__).parents[2]
PASSWORD = "password-of-the-keyring"

SCRIPT = """
import json, sys, time
import secretstorage
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.secret_store import KeyringStore, system_backend

store = KeyringStore("facevid/test-home", patience_s=8)
seen = []

def told(name, action):
    began = time.monotonic()
    try:
        value = action()
    except SurroundingsError as error:
        value = error.code
    value = value.reveal() if isinstance(value, Secret) else value
    assert time.monotonic() - began < 3, name
    seen.append([name, value])

def default_collection():
    return secretstorage.get_default_collection(secretstorage.dbus_init())

told("backend", lambda: type(system_backend()).__module__)
"""

ROUND = """
told("state", store.state)
told("absent", lambda: store.read("prod", "secret_key"))
told("write", lambda: store.write("prod", "secret_key", Secret("first")))
told("replace", lambda: store.write("prod", "secret_key", Secret("第二 second")))
told("read", lambda: store.read("prod", "secret_key"))
told("entries", lambda: sum(1 for _ in default_collection().get_all_items()))
told("other home", lambda: KeyringStore("facevid/other").read("prod", "secret_key"))
told("delete", lambda: store.delete("prod", ("secret_key", "never there")))
told("gone", lambda: store.read("prod", "secret_key"))
"""

LOCKED = """
told("write", lambda: store.write("prod", "secret_key", Secret("first")))
default_collection().lock()
told("state", store.state)
told("read", lambda: store.read("prod", "secret_key"))
told("write", lambda: store.write("prod", "secret_key", Secret("second")))
told("delete", lambda: store.delete("prod", ("secret_key",)))
"""

EMPTY = """
told("state", store.state)
told("read", lambda: store.read("prod", "secret_key"))
told("write", lambda: store.write("prod", "secret_key", Secret("first")))
"""

UNLOCKED = f"printf %s {PASSWORD} | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
STARTED = "gnome-keyring-daemon --start --components=secrets >/dev/null"


def session(folder: Path, daemon: str, script: str) -> list[tuple[str, object]]:
    """Run `script` beside a keyring daemon in a D-Bus session; nobody may have been prompted."""
    need("dbus-run-session", "gnome-keyring-daemon", "sh")
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    path = folder / "script.py"
    path.write_text(SCRIPT + script + "\njson.dump(seen, sys.stdout)\n", encoding="utf-8")
    command = ["dbus-run-session", "--", "sh", "-c", f"{daemon}; exec '{sys.executable}' '{path}'"]
    done = subprocess.run(command, env=environ, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"SystemPrompter" not in done.stderr, "somebody was asked for a password"
    seen = [(name, value) for name, value in json.loads(done.stdout)]
    assert seen.pop(0) == ("backend", "keyring.backends.SecretService")
    return seen


def test_an_open_keyring_keeps_reads_replaces_and_forgets(tmp_path: Path) -> None:
    assert session(tmp_path, UNLOCKED, ROUND) == [
        ("state", "ready"),
        ("absent", None),
        ("write", None),
        ("replace", None),
        ("read", "第二 second"),
        ("entries", 1),
        ("other home", None),
        ("delete", None),
        ("gone", None),
    ]


def test_a_locked_keyring_is_said_so_at_once_and_nobody_is_prompted(tmp_path: Path) -> None:
    assert session(tmp_path, UNLOCKED, LOCKED) == [
        ("write", None),
        ("state", "locked"),
        ("read", "keyring_locked"),
        ("write", "keyring_locked"),
        ("delete", "keyring_locked"),
    ]


def test_a_service_without_a_collection_is_unavailable_and_nobody_is_prompted(tmp_path: Path) -> None:
    assert session(tmp_path, STARTED, EMPTY) == [
        ("state", "unavailable"),
        ("read", "keyring_unavailable"),
        ("write", "keyring_unavailable"),
    ]


def test_a_keyring_that_is_locked_since_the_start_is_said_so(tmp_path: Path) -> None:
    session(tmp_path, UNLOCKED, ROUND)
    assert session(tmp_path, STARTED, EMPTY) == [
        ("state", "locked"),
        ("read", "keyring_locked"),
        ("write", "keyring_locked"),
    ]


@pytest.mark.parametrize("secret", ["x" * 1200, "\u0000\u0001", "emoji \U0001f511"])
def test_every_text_comes_back_as_it_was(tmp_path: Path, secret: str) -> None:
    script = (
        f"told('write', lambda: store.write('p', 'f', Secret({secret!r})))\ntold('read', lambda: store.read('p', 'f'))"
    )
    assert session(tmp_path, UNLOCKED, script) == [("write", None), ("read", secret)]
