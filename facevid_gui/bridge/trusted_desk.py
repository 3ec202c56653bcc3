"""Whose signatures and whose timestamps count here: listing, adding after comparison, taking out (floor 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import trusted_work
from facevid_gui.bridge.trust_desk import Stranger, draw_groups

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.trusted_work import Sent, TrustedRow
    from facevid_gui.core.errors import FacevidError


class TrustedDesk(QObject):
    """Commands of the settings' section; `trust`, `trusted` and `refused` are those of the comparison's dialog."""

    listed = Signal(object)  # tuple of TrustedRow
    sent = Signal(object)  # Stranger: to be compared
    known = Signal(object)  # Sent: trusted already
    trusted = Signal()
    distrusted = Signal(str)  # SHA-256
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller

    def look(self) -> None:
        """List them."""
        self._submit("trusted", lambda: trusted_work.trusted_rows(self._services), self.listed.emit)

    def read(self, path: Path) -> None:
        """Read what somebody sent: it is compared before it is trusted."""
        self._submit("sent certificate", lambda: trusted_work.read_sent(self._services, path), self._on_sent)

    def trust(self, stranger: Stranger, typed: str) -> bool:
        """Trust what was read, if what was typed is its fingerprint; False when it is another."""
        if not stranger.is_same(typed):
            return False
        path, sha256 = stranger.folder, stranger.sha256
        self._submit("trust sent", lambda: trusted_work.trust_sent(self._services, path, sha256), self._on_trusted)
        return True

    def distrust(self, sha256: str) -> None:
        """Trust a certificate no longer."""

        def done(rows: tuple[TrustedRow, ...]) -> None:
            self.listed.emit(rows)
            self.distrusted.emit(sha256)

        self._submit(f"distrust {sha256}", lambda: trusted_work.distrust(self._services, sha256), done)

    def _submit(self, key: str, run: Callable[[], object], done: Callable[[Any], None]) -> None:
        self._controller.jobs.submit(key, lambda _token, _tell: run(), done, failed=self._on_failed)

    def _on_failed(self, error: FacevidError) -> None:
        self.refused.emit(error)

    def _on_sent(self, sent: Sent) -> None:
        if sent.is_known:
            self.known.emit(sent)
        else:
            self.sent.emit(Stranger(sent.path, sent.subject, sent.sha256, draw_groups()))

    def _on_trusted(self, rows: tuple[TrustedRow, ...]) -> None:
        self.listed.emit(rows)
        self.trusted.emit()
