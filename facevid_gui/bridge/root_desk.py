"""The places evidence is listed from: how each stands, adding one, taking one out of the list (floor 2).

Nothing here deletes a folder. New evidence goes to the first place; that one is chosen when saving and stays listed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge.work import looks_synced
from facevid_gui.core.errors import UsageError
from facevid_gui.files import disk_errors, make_private_folder, write_new

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError

STATES = ("reachable", "read_only", "new", "away")


@dataclass(frozen=True)
class RootState:
    """A place: `state` is one of STATES.

    `is_synced`: a program seems to copy it away. `is_first`: new evidence goes there.
    """

    path: Path
    state: str
    is_synced: bool
    is_first: bool


class RootDesk(QObject):
    """Commands of the dialog of places."""

    looked = Signal(object)  # tuple of RootState
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self.reindex = controller.refresh_library

    def look(self) -> None:
        """See how the places stand; one on a dead network drive may take long."""
        self._submit("roots", lambda: None, self.looked.emit)

    def add(self, root: Path, failed: Callable[[FacevidError], None] | None = None) -> None:
        """List a place from now on; `failed` hears of a refusal where no dialog of places does."""
        self._submit("add root", lambda: add_root(self._services, root), self._on_changed, failed)

    def choose(self, root: Path) -> None:
        """Put new evidence there from now on, if something can be written there."""
        self._submit("choose root", lambda: choose_root(self._services, root), self._on_changed)

    def remove(self, root: Path) -> None:
        """List a place no longer; what lies there stays."""
        self._submit("remove root", lambda: remove_root(self._services, root), self._on_changed)

    def _submit(
        self, key: str, change: Callable[[], object], done: Callable[[tuple[RootState, ...]], None],
        failed: Callable[[FacevidError], None] | None = None,
    ) -> None:  # fmt: skip
        def run(_token: object, _tell: object) -> tuple[RootState, ...]:
            change()
            return root_states(self._services.evidence_roots(), self._services.paths.default_evidence_root)

        self._controller.jobs.submit(key, run, done, failed=failed or self._on_failed)

    def _on_changed(self, states: tuple[RootState, ...]) -> None:
        session = self._controller.session
        session.evidence_roots = tuple(state.path for state in states)
        session.activity_changed.emit()  # the line at the foot names the first place
        self.looked.emit(states)
        self._controller.refresh_library()

    def _on_failed(self, error: FacevidError) -> None:
        self.refused.emit(error)


def root_states(roots: tuple[Path, ...], default: Path | None) -> tuple[RootState, ...]:
    """How each place stands. The `default` one is made when something is first saved there."""

    def state_of(root: Path) -> str:
        return "new" if root == default and not root.exists() and root.parent.is_dir() else _state_of(root)

    return tuple(RootState(root, state_of(root), looks_synced(root), number == 0) for number, root in enumerate(roots))


def add_root(services: Services, root: Path) -> None:
    """List a place behind those that are listed; the only one is where new evidence goes."""
    known = services.evidence_roots()
    if not known:
        services.choose_evidence_root(root)
    elif root not in known:
        services.settings_file.change({"known_roots": tuple(str(path) for path in (*known, root))})


def choose_root(services: Services, root: Path) -> None:
    """Make a place the first one, and make the folder if it is missing.

    `SurroundingsError` when nothing can be written there, or when the settings are damaged; `UsageError`
    root_from_environment when the environment names another place.
    """
    _ = services.settings  # a damaged file is told before anything is made
    probe = root / f".facevid-{os.getpid()}-{os.urandom(4).hex()}"
    with disk_errors(root):
        make_private_folder(root)
        write_new(probe, b"")
        probe.unlink()
    services.choose_evidence_root(root)
    first = services.evidence_roots()[0]
    if first != root:
        raise UsageError("root_from_environment", path=first)


def remove_root(services: Services, root: Path) -> None:
    """Take a place out of the list; the first one stays."""
    known = services.evidence_roots()
    if root in known[1:]:
        services.settings_file.change({"known_roots": tuple(str(path) for path in known if path != root)})


def _state_of(root: Path) -> str:
    if not root.is_dir():
        return "away"
    return "reachable" if os.access(root, os.W_OK) else "read_only"
