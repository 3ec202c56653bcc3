"""Reading and changing the settings from the window (floor 2).

What enters: the changes of a dialog. What leaves: the settings in force, on the GUI thread, once they were read and
each time they were written. Files are a worker's business.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import settings_work
from facevid_gui.bridge.session import Notice
from facevid_gui.settings import SETTINGS_FILE, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.settings_work import Read
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.expiry import Keeping


def is_settings_damaged(error: FacevidError) -> bool:
    """Whether it says that the settings, not another file of ours, are damaged."""
    return error.code == "config_damaged" and Path(str(error.params.get("path", ""))).name == SETTINGS_FILE


class SettingsDesk(QObject):
    """`settings` and `operator` are the defaults until they were read.

    `decided`: by setting, the variable of the environment that decides instead. `problem`: why they could not be read.
    """

    changed = Signal()
    saved = Signal()
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self.settings = Settings()
        self.operator = ""
        self.decided: Mapping[str, str] = {}
        self.problem: FacevidError | None = None
        controller.session.page_changed.connect(self._remind)

    @property
    def keeping(self) -> Keeping:
        """How long unsaved captures are kept, and how early retention is warned of."""
        return self.settings.keeping

    def read(self) -> None:
        """Read them; a damaged file is told, and safe defaults stand in."""
        self._controller.jobs.submit(
            "settings", lambda _token, _tell: settings_work.read(self._services), self._on_read, failed=self._on_unread
        )

    def set_aside(self) -> None:
        """Rename a damaged file, so that settings can be chosen and saved again."""
        self._controller.jobs.submit(
            "set settings aside", lambda _token, _tell: settings_work.set_aside(self._services), self._on_aside,
            failed=self._controller.tell_error,
        )  # fmt: skip

    def save(self, **changes: object) -> None:
        """Write changes; what is in force changes only when they are written."""
        self._controller.jobs.submit(
            "save settings", lambda _token, _tell: settings_work.change(self._services, changes), self._on_saved,
            failed=self.refused.emit,
        )  # fmt: skip

    def _on_read(self, read: Read) -> None:
        self.settings, self.operator, self.decided = read.settings, read.operator, read.decided
        self.problem = read.problem
        self._remind()
        self.changed.emit()

    def _on_aside(self, done: tuple[Read, Path | None]) -> None:
        read, aside = done
        self._on_saved(read)
        if read.problem is None:
            told = Notice("warn", "settings.set_aside", {"name": aside.name}) if aside else None
            self._controller.notify(told)

    def _remind(self) -> None:
        """Opening something takes notices away; a damaged file is told again, but pushes nothing aside."""
        shown = self._controller.session.notice
        if self.problem is not None and (shown is None or shown.tone == "ok"):
            self._controller.tell_error(self.problem)

    def _on_unread(self, error: FacevidError) -> None:
        self.problem = error
        self._controller.tell_error(error)

    def _on_saved(self, read: Read) -> None:
        self._on_read(read)
        self.saved.emit()
