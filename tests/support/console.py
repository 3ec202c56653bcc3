"""Runs `facevid` inside the test process: arguments in, exit code and both streams out."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from facevid_gui import cli
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.evidence.stamping import Stamper
from facevid_gui.simulator.server import Simulator


class FakeStdin:
    """Standard input with given bytes; not a terminal."""

    def __init__(self, data: bytes, *, is_terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class Done:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


class Console:
    """The console of one home. `store` stands in for the system's keyring."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.store: Any = SessionStore()
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("FACEVID_HOME", str(home))
        monkeypatch.setenv("FACEVID_LANG", "en")
        monkeypatch.setattr("facevid_gui.credentials.secret_store.KeyringStore", lambda service: self.store)
        monkeypatch.setattr("facevid_gui.core.cancel.CancelToken.wait", lambda token, s: token.raise_if_cancelled())

    def __call__(self, *arguments: str, stdin: str | bytes = b"") -> Done:
        """Run one command."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        self._monkeypatch.setattr(sys, "stdin", FakeStdin(data))
        self._capsys.readouterr()
        try:
            code = cli.main(list(arguments))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        streams = self._capsys.readouterr()
        return Done(code, streams.out, streams.err)

    def add_profiles(self, simulator: Simulator) -> None:
        """Add a profile for each of the simulator's services: contracts, channel, orders."""
        described = simulator.describe()
        for name, kind in (("contracts", "ess"), ("channel", "essbasic"), ("orders", "kyc")):
            options = [f"--{key.replace('_', '-')}={value}" for key, value in described[kind]["settings"].items()]
            secrets = json.dumps(described[kind]["secrets"])
            endpoint = f"--endpoint={simulator.base_url(kind)}"
            done = self("profile", "add", name, "--kind", kind, endpoint, *options, "--secrets-stdin", stdin=secrets)
            assert done.code == 0, done.err


def stamping_raises(monkeypatch: pytest.MonkeyPatch, error: FacevidError) -> None:
    """Whoever has a folder stamped meets this error; `CancelledError` as if the user had asked to stop."""

    def stamp(_self: Stamper, _folder: Path, _urls: object, _signer: object, token: CancelToken) -> None:
        if isinstance(error, CancelledError):
            token.cancel()
        raise error

    monkeypatch.setattr(Stamper, "stamp", stamp)
