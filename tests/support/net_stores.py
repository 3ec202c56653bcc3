"""Secret stores for tests: one that refuses, one that several processes share."""

import json
from collections.abc import Iterable
from pathlib import Path

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.secret_store import SessionStore


class RefusingStore(SessionStore):
    """A keyring that reads but cannot be written to; with `reads=False` it cannot even be read."""

    def __init__(self, *, reads: bool = True) -> None:
        super().__init__()
        self.reads = reads

    def read(self, owner: str, field: str) -> Secret | None:
        if not self.reads:
            raise SurroundingsError("keyring_locked")
        return super().read(owner, field)

    def write(self, owner: str, field: str, secret: Secret) -> None:
        raise SurroundingsError("keyring_denied", reason="full")


class FileStore(SessionStore):
    """Secrets in a file: in tests only, where several processes need the same store."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def read(self, owner: str, field: str) -> Secret | None:
        text = self._load().get(f"{owner}/{field}")
        return Secret(text) if text is not None else None

    def write(self, owner: str, field: str, secret: Secret) -> None:
        self._path.write_text(json.dumps({**self._load(), f"{owner}/{field}": secret.reveal()}))

    def delete(self, owner: str, fields: Iterable[str]) -> None:
        gone = {f"{owner}/{field}" for field in fields}
        self._path.write_text(json.dumps({k: v for k, v in self._load().items() if k not in gone}))

    def _load(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}
