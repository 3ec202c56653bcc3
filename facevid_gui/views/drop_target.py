"""Folders and files that are dropped on a window (floor 3).

What enters: drags over the window. What leaves: the path of what was dropped; nothing of it is ever taken as moved: of
what was "moved" its source deletes its own. While something hangs over the window, a frame says what a drop will do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from facevid_gui.views.theme import SPACE_M
from facevid_gui.views.widgets import PlainLabel, box, embolden, panel

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent
    from PySide6.QtWidgets import QWidget


class DropTarget(QObject):
    """Watches `window`."""

    dropped = Signal(object)  # Path

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.frame = panel("drop")
        self.frame.setParent(window)
        self.frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        words = PlainLabel(self.tr("Open here; it stays where it lies"))
        embolden(words, 1.2)
        box(QVBoxLayout(self.frame), margin=SPACE_M).addWidget(words, 0, Qt.AlignmentFlag.AlignCenter)
        self.frame.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A drag comes, goes, or ends here."""
        if watched is not self._window:
            return False
        if event.type() == QEvent.Type.DragEnter:
            path = _path_of(event)  # type: ignore[arg-type]
            if path is not None:
                self._take(event)  # type: ignore[arg-type]
                self.frame.setGeometry(self._window.rect())
                self.frame.show()
                self.frame.raise_()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.frame.hide()
            return True
        if event.type() == QEvent.Type.Drop:
            self.frame.hide()
            path = _path_of(event)  # type: ignore[arg-type]
            if path is not None:
                self._take(event)  # type: ignore[arg-type]
                self.dropped.emit(path)
            return True
        return False

    def _take(self, event: QDropEvent) -> None:
        action = Qt.DropAction
        copies = event.possibleActions() & action.CopyAction
        event.setDropAction(action.CopyAction if copies else action.LinkAction)
        event.accept()


def _path_of(event: QDropEvent) -> Path | None:
    """The first thing of this computer among what is dragged."""
    urls = event.mimeData().urls()
    return next((Path(url.toLocalFile()) for url in urls if url.isLocalFile()), None)
