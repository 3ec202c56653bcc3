"""The key that signs: making it, its certificate and enrolment sheet, replacing it (floor 2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import key_work
from facevid_gui.bridge.key_work import KeyDone, KeyState
from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.jobs import Work
    from facevid_gui.bridge.printing import Printer
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.secret import Secret

KEY = "key"


class KeyDesk(QObject):
    """`state` is what was seen last; `is_busy` while something is made, written or printed. One thing at a time."""

    changed = Signal()
    done = Signal(object)  # KeyDone
    refused = Signal(object)  # FacevidError
    stopped = Signal()

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self.state = KeyState()
        self.is_busy = False

    def look(self) -> None:
        """See how the key stands."""
        self._controller.jobs.submit(
            "look at key", lambda _token, _tell: key_work.look(self._services), self._on_looked,
            failed=self.refused.emit,
        )  # fmt: skip

    def make(self, passphrase: Secret | None) -> None:
        """Make the workstation key."""
        self._do(lambda _token, _tell: key_work.make(self._services, passphrase))

    def rotate(self, passphrase: Secret | None) -> None:
        """Replace the workstation key."""
        self._do(lambda _token, _tell: key_work.rotate(self._services, passphrase))

    def import_organisation(self, path: Path, passphrase: Secret) -> None:
        """Keep the organisation's key, and sign with it."""
        self._do(lambda _token, _tell: key_work.import_organisation(self._services, path, passphrase))

    def use(self, which: str) -> None:
        """Sign with this key from now on."""
        self._do(lambda _token, _tell: key_work.use(self._services, which))

    def export(self, path: Path) -> None:
        """Write the certificate to a file."""
        self._do(lambda _token, _tell: key_work.export_certificate(self._services, path))

    def write_sheet(self, path: Path) -> None:
        """Write the enrolment sheet to a file."""
        self._do(lambda _token, _tell: key_work.write_sheet(self._services, path))

    def print_sheet(self, printer: Printer) -> None:
        """Print the enrolment sheet."""
        self._do(partial(key_work.print_sheet, self._services, printer))

    def make_printer(self) -> Printer | None:
        """A printer for the print dialog; None where this system cannot print, and why is told."""
        from facevid_gui.bridge.printing import make_printer

        try:
            return make_printer()
        except SurroundingsError as error:
            self.refused.emit(error)
            return None

    def stop(self) -> None:
        """Stop what runs; what is written already stays."""
        self._controller.jobs.cancel(KEY)

    def _do(self, run: Work) -> None:
        if self.is_busy:
            return
        self._set_busy(busy=True)
        self._controller.jobs.submit(
            KEY, run, self._on_done, failed=self._ending(self.refused.emit), progress=lambda _told: None,
            cancelled=self._ending(self.stopped.emit),
        )  # fmt: skip

    def _ending(self, say: Callable[..., object]) -> Callable[..., None]:
        def end(*told: FacevidError) -> None:
            self._set_busy(busy=False)
            say(*told)

        return end

    def _on_done(self, done: KeyDone) -> None:
        self.is_busy = False
        self._on_looked(done.state)
        self.done.emit(done)

    def _on_looked(self, state: KeyState) -> None:
        self.state = state
        session = self._controller.session
        if session.key_protection != state.protection:
            session.key_protection = state.protection
        self.changed.emit()

    def _set_busy(self, *, busy: bool) -> None:
        self.is_busy = busy
        self.changed.emit()
