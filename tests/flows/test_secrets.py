"""No secret is in a file, a log, an output, an argument or the environment of a child, whatever the console does.

Every command is a process of its own. In each a hook of Python's (PEP 578) writes down what it starts, with which
arguments and which environment; the user's own environment holds secrets, too, as some prefer to give them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.support.secrets import found_in, secrets_on_the_wire
from tests.support.window_flows import PATIENCE_S, ROOT, environment

PASSPHRASE = "correct horse battery staple 7"
TOKEN = "session-token-0123456789abcdef"
WATCH = """
import json, os, resource, sys
def hear(event, arguments):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
        given = arguments[-1] or os.environ
        environ = {os.fsdecode(name): os.fsdecode(value) for name, value in given.items()}
        with open(os.environ["FACEVID_TEST_WATCH"], "a") as file:
            core = resource.getrlimit(resource.RLIMIT_CORE)[0]
            said = {"core": core, "event": event, "started": repr(arguments[:-1]), "environ": environ}
            file.write(json.dumps(said) + chr(10))
sys.addaudithook(hear)
"""


class Console:
    """Runs commands, keeps everything they said."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.watched = folder / "started"
        self.said: dict[str, bytes] = {}
        (folder / "hook").mkdir()
        (folder / "hook" / "sitecustomize.py").write_text(WATCH, "utf-8")
        self._environ = environment(
            FACEVID_HOME=str(self.home), FACEVID_LANG="en", PYTHONPATH=f"{folder / 'hook'}{os.pathsep}{ROOT}",
            FACEVID_TEST_WATCH=str(self.watched), PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
        )  # fmt: skip

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0, **environ: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-m", "facevid_gui", *arguments], input=stdin.encode(), cwd=self.home.parent,
            env={**self._environ, **environ}, capture_output=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert done.returncode == code, (arguments, done.returncode, done.stderr.decode()[-2000:])
        self.said[f"{len(self.said)} {' '.join(arguments[:2])}"] = done.stdout + done.stderr
        return done.stdout

    def places(self) -> dict[str, bytes]:
        """Every file of the home with its name, everything said, everything started."""
        files = {str(path): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}
        names = {"names of files": "\n".join(map(str, self.home.rglob("*"))).encode()}
        return {**files, **names, **self.said, "started": self.watched.read_bytes()}


@pytest.fixture
def console(tmp_path: Path) -> object:
    console = Console(tmp_path)
    yield console
    unlock_folders(tmp_path)


def test_no_secret_is_left_anywhere_by_any_command(console: Console, simulator: Simulator, tmp_path: Path) -> None:
    told = simulator.describe()
    ess, kyc = told["ess"], told["kyc"]
    keys, app = json.dumps(ess["secrets"]), json.dumps(kyc["secrets"])
    both = f"{keys}\n{PASSPHRASE}\n"
    wrong = json.dumps({"secret_id": records.SECRET_ID, "secret_key": "wrong-key-0123456789abcdef"})
    case = ("--case", "2026-0311", "--purpose", "disputed signature")
    by_env = {
        "TENCENTCLOUD_SECRET_ID": records.SECRET_ID, "TENCENTCLOUD_SECRET_KEY": records.SECRET_KEY,
        "TENCENTCLOUD_TOKEN": TOKEN,
    }  # fmt: skip
    console("profile", "add", "c", "--kind", "ess", "--endpoint", ess["base_url"], "--user-id",
            ess["settings"]["user_id"], "--secrets-stdin", stdin=keys, code=3)  # fmt: skip
    console("profile", "add", "o", "--kind", "kyc", "--endpoint", kyc["base_url"], "--app-id",
            kyc["settings"]["app_id"], "--accept-token-risk", "--secrets-stdin", stdin=app, code=3)  # fmt: skip
    console("profile", "test", "c", code=3)
    look_up = ("lookup", "ess", "--flow", flow_id("One"), "--profile", "c", "--secrets-stdin", "--json")
    sealed = json.loads(console(*look_up, "--save", *case, "--key-passphrase-stdin", stdin=both))
    console("lookup", "ess", "--flow", flow_id("One"), "--profile", "c", "--secrets-stdin", stdin=wrong, code=1)
    console("lookup", "kyc", "--order", "simOrder0001", "--profile", "o", "--secrets-stdin", stdin=app)
    console("lookup", "kyc", "--order", "simOrderGone", "--profile", "o", "--secrets-stdin", stdin=app, code=1)
    console("signers", "--flow", flow_id("One"), "--profile", "c", "--secrets-stdin", stdin=keys)
    folder = sealed["evidence"]
    for command in (
        ("verify", folder), ("library", "list"), ("log", "show"), ("register", "show"), ("captures", "list"),
        ("key", "show"), ("stored",), ("profile", "list"),
    ):  # fmt: skip
        console(*command, **by_env)
    console("doctor", **by_env)
    passphrase = {"stdin": f"{PASSPHRASE}\n", **by_env}
    console("report", folder, "-o", str(console.home / "r.pdf"), "--key-passphrase-stdin", **passphrase)
    console("export", folder, "-o", str(console.home / "e.zip"), "--key-passphrase-stdin", **passphrase)
    console("seal", sealed["capture"] or "none", *case, "--key-passphrase-stdin", stdin="not it\n", code=2)

    secrets = secrets_on_the_wire(simulator) | {PASSPHRASE, TOKEN, "wrong-key-0123456789abcdef"}
    assert len(secrets) >= 10
    places = console.places()
    started = [json.loads(line) for line in places["started"].decode().splitlines()]
    assert {one["core"] for one in started} == {0}, "a crash writes no memory to the disk"
    assert any("frames_child" in line for line in places["started"].decode().splitlines()), "the report has frames"
    assert found_in(secrets, places) == []
    assert found_in({flow_id("One")}, places), "the search finds what is there"
