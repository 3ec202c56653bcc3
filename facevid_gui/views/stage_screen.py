"""The video on the whole screen: everything but stage, timeline and transport is hidden, and comes back (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


class StageScreen(QObject):
    """Hides the rest of a window. What hides or shows itself meanwhile is inside of what is hidden here."""

    changed = Signal(bool)

    def __init__(self, window: QWidget, rest: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._rest = rest
        self._hidden: list[QWidget] = []
        self._was_full = False
        self._size = window.size()
        self.is_on = False
        window.installEventFilter(self)

    def toggle(self) -> None:
        """To the whole screen, or back."""
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Give the video the screen."""
        if self.is_on:
            return
        self.is_on = True  # whoever shows and hides parts by their room lets them be from here on
        self._size = self._window.size()
        self._hidden = [widget for widget in self._rest if not widget.isHidden()]
        for widget in self._hidden:
            widget.hide()
        self._was_full = self._window.isFullScreen()
        self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
        self.changed.emit(True)

    def leave(self) -> None:
        """Show the desk again, as large as it was."""
        if not self.is_on:
            return
        self.is_on = False
        if not self._was_full:
            self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)
        for widget in self._hidden:
            widget.show()
        self._hidden = []
        if not (self._window.isMaximized() or self._was_full):
            self._window.resize(self._size)
        self.changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The system can end full screen by itself."""
        if event.type() == QEvent.Type.WindowStateChange and self.is_on and not self._window.isFullScreen():
            self.leave()
        return super().eventFilter(watched, event)
