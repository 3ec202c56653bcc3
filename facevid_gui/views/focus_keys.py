"""The keys of the desk reach it wherever the focus stands, except what the focused widget needs itself (floor 3).

What enters: key presses of the widget that has the focus, before it sees them. What leaves: those of the desk act. A
widget keeps the keys it is worked with: a button Space and Enter, a list and a slider the arrows, a field everything.
Only the focused widget is listened to: a listener of the whole application would be called for every event.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable

ALL_KEYS = "all_keys"  # the property of a widget that keeps every key, as the curtain does
_PRESS = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select})
_ACROSS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
_ALONG = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down})
_FAR = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_TREE = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Asterisk})
_KEPT: tuple[tuple[type[QWidget], frozenset[Qt.Key]], ...] = (
    (QAbstractButton, _PRESS),
    (QComboBox, _PRESS | _ALONG),
    (QAbstractSlider, _ACROSS | _ALONG | _FAR),
    (QTabBar, _ACROSS | _FAR),
    (Timeline, _ACROSS | {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}),
    (QAbstractItemView, _ENTER | _ACROSS | _ALONG | _FAR | _TREE),
    (QPlainTextEdit, _ACROSS | _ALONG | _FAR),
    (QTextEdit, _ACROSS | _ALONG | _FAR),
)


def keeps(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether the widget that has the focus is worked with this key."""
    key = Qt.Key(event.key())
    if widget.property(ALL_KEYS):
        return True
    if isinstance(widget, ImageCanvas):  # the keys of the view act on the stage that has the focus
        return widget.command_for(key, event.modifiers()) is not None
    return any(isinstance(widget, kind) and key in kept for kind, kept in _KEPT)


class FocusKeys(QObject):
    """Follows the focus inside one window."""

    def __init__(self, window: QWidget, command: Callable[[QKeyEvent], Callable[[], object] | None]) -> None:
        super().__init__(window)
        self._window = window
        self._command = command
        self._watched: QWidget | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)
        self._on_focus(None, window.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A key was pressed where the focus stands."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        act = None if keeps(watched, event) else self._command(event)
        if act is None:
            return False
        act()
        return True

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._watched is not None:
            with suppress(RuntimeError):  # it is gone
                self._watched.removeEventFilter(self)
            self._watched = None
        if new is not None and new is not self._window and new.window() is self._window:
            new.installEventFilter(self)
            self._watched = new
