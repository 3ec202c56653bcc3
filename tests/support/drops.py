"""Dragging a file or folder onto a window, as a window system would (floor of tests)."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

ANY = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction
_PLACE = (50, 50)
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths: Path) -> QMimeData:
    """What a file manager drags."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_over(window: QWidget, data: QMimeData, offered: Qt.DropAction = ANY) -> QDragEnterEvent:
    """It comes over the window; nobody has taken it yet."""
    event = QDragEnterEvent(QPoint(*_PLACE), offered, data, _LEFT, _NONE)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def drop(window: QWidget, path: Path, offered: Qt.DropAction = ANY) -> QDropEvent:
    """It is let go there; Qt gives a drop to whoever took the drag."""
    data = files(path)
    drag_over(window, data, offered)
    event = QDropEvent(QPointF(*_PLACE), offered, data, _LEFT, _NONE)
    QApplication.sendEvent(window, event)
    return event
