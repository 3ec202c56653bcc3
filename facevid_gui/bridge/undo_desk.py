"""A discarded capture can be taken back for a few seconds (floor 2).

What enters: a reason, then nothing, or a change of mind. What leaves: the capture is gone, or it is not. Until then it
lies where it lay, nothing is logged, and a crash leaves it there: the line in the access log is written when it is
removed, never earlier. The seconds end when the notice goes, for whatever reason, and when the window closes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from facevid_gui.bridge.session import Notice, Page

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller

UNDO_MS = 10_000


class UndoDesk(QObject):
    """One capture at a time."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._doomed: tuple[str, str] | None = None  # evidence id and reason
        self._notice: Notice | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self._on_time)
        controller.session.notice_changed.connect(self._on_notice)
        controller.session.page_changed.connect(self._on_page)

    def discard(self, reason: str) -> None:
        """Put the open capture away, and remove it when the seconds are over."""
        session = self._controller.session
        reviewed = session.page.reviewed
        if reviewed is None or reviewed.is_sealed or session.activity.what == "seal":
            return
        self.finish()
        capture = reviewed.record.evidence_id
        self._doomed = capture, reason
        known_as = session.page.record_id or capture
        self._controller.show_page(Page())  # its files are let go of before they are removed
        self._notice = Notice(
            "warn", "notice.discarding", {"id": known_as, "seconds": str(UNDO_MS // 1000)}, actions=(("undo", capture),)
        )
        self._controller.notify(self._notice)
        self._timer.start()

    def take_back(self) -> None:
        """It stays; show it again."""
        doomed = self._forget()
        if doomed is not None:
            self._controller.open_capture(doomed[0])

    def finish(self) -> None:
        """Remove it now."""
        doomed = self._forget()
        if doomed is not None:
            self._controller.remove_capture(*doomed)

    def _forget(self) -> tuple[str, str] | None:
        doomed, self._doomed = self._doomed, None
        notice, self._notice = self._notice, None
        self._timer.stop()
        if notice is not None and self._controller.session.notice is notice:
            self._controller.notify(None)
        return doomed

    def _on_time(self) -> None:
        """The seconds are over; what is just being opened may be this very capture."""
        if self._controller.session.activity.what == "open":
            self._timer.start()
        else:
            self.finish()

    def _on_notice(self) -> None:
        """Closed, or something newer is to be read. Work that begins takes notices away, too: look a moment later."""
        if self._notice is not None and self._controller.session.notice is not self._notice:
            self._notice = None
            QTimer.singleShot(0, self, self._on_gone)

    def _on_gone(self) -> None:
        if self._notice is None and self._controller.session.activity.what != "open":
            self.finish()

    def _on_page(self) -> None:
        """Somebody opened it again: that is a change of mind, too."""
        if self._doomed is not None and self._controller.session.page.title_id == self._doomed[0]:
            self._forget()
