"""Every directory of the program (floor 1).

What enters: the environment. What leaves: paths, made on demand with mode 0700. FACEVID_HOME puts all of
them under one folder (tests, demos, portable use); else `platformdirs` says where they belong. State,
captures and keys never go into a roaming profile. Evidence goes where the user says, never in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.files import disk_errors, make_private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_NAME = "facevid"
# Folders that a synchronising program copies to other people's computers; the user is warned, not stopped.
_SYNCED = ("onedrive", "dropbox", "icloud", "google drive", "nutstore", "坚果云", "百度网盘", "baidunetdisk", "wps云盘")


@dataclass(frozen=True)
class Paths:
    """Where things are kept. `default_evidence_root` exists only under FACEVID_HOME."""

    config: Path
    data: Path
    state: Path
    logs: Path
    cache: Path
    default_evidence_root: Path | None

    @property
    def captures(self) -> Path:
        """Unsaved captures, one folder each."""
        return self.data / "captures"

    @property
    def keys(self) -> Path:
        """The workstation key, its certificate and the trusted signers."""
        return self.data / "keys"

    @property
    def register(self) -> Path:
        """The register of seals."""
        return self.data / "register" / "register.jsonl"

    @property
    def access_log(self) -> Path:
        """The log of who opened, unmasked, exported and deleted what."""
        return self.data / "access" / "access.jsonl"

    @property
    def queue(self) -> Path:
        """Work to be finished after a crash, and stamps still to be fetched."""
        return self.data / "queue"

    @property
    def unpacked(self) -> Path:
        """Where archives are unpacked for as long as they are verified."""
        return self.cache / "unpacked"

    @property
    def thumbs(self) -> Path:
        """Small pictures for the library, named by evidence id."""
        return self.cache / "thumbs"

    @property
    def visiting(self) -> Path:
        """Where packages are unpacked for as long as they are looked at."""
        return self.cache / "visiting"

    def make(self) -> None:
        """Create the folders that the program itself writes to; `SurroundingsError` when it cannot."""
        for folder in (self.config, self.captures, self.keys, self.register.parent, self.access_log.parent):
            with disk_errors(folder):
                make_private_folder(folder)
        for folder in (self.queue, self.state, self.logs, self.cache):
            with disk_errors(folder):
                make_private_folder(folder)


def find_paths(environ: Mapping[str, str]) -> Paths:
    """Return the directories for this environment; nothing is created."""
    home = environ.get("FACEVID_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(root / "config", root, root / "state", root / "logs", root / "cache", root / "evidence")
    import platformdirs  # not needed under FACEVID_HOME, and start-up counts

    dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False, roaming=False)
    return Paths(
        config=Path(dirs.user_config_dir),
        data=Path(dirs.user_data_dir),
        state=Path(dirs.user_state_dir),
        logs=Path(dirs.user_log_dir),
        cache=Path(dirs.user_cache_dir),
        default_evidence_root=None,
    )


def named_path(text: str) -> Path:
    """The path that an argument names; a file manager may hand over a `file:` URL instead (RFC 8089)."""
    if not text.lower().startswith("file:/"):
        return Path(text)
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(text)
    host = parts.netloc if parts.netloc.lower() != "localhost" else ""
    return Path(url2pathname(f"//{host}{parts.path}" if host else parts.path))


def looks_synced(root: Path) -> bool:
    """Whether a folder seems to lie where a synchronising program would copy it away."""
    parts = [part.lower() for part in root.parts]
    return any(name in part for part in parts for name in _SYNCED)
