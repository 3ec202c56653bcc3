"""What protects the people on the screen: the operator's mark over pictures, a curtain when nobody is there (floor 3).

The mark lies over the canvases and is never part of a picture that is saved. The curtain hides every window of the
program; a click or a key takes it away and does nothing else.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPixmap, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QVBoxLayout, QWidget

from facevid_gui.views.focus_keys import ALL_KEYS
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.mark import paint_mark, set_mark
from facevid_gui.views.theme import SPACE_L
from facevid_gui.views.widgets import PlainLabel, box, brief, embolden

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from facevid_gui.bridge.screen_lock import ScreenLock
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.messages import Messages

_LETTERS = 60
_COARSE = 40  # of so many pixels one is left behind the curtain
_INPUT = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TabletMove,
})  # fmt: skip


class Watermark(QWidget):
    """A line, again and again, over a canvas. It takes no click and follows the canvas' size."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("watermark")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._text = ""
        canvas.installEventFilter(self)
        self.resize(canvas.size())

    def show_text(self, text: str) -> None:
        """Show another line; none hides the mark."""
        self._text = text
        self.setVisible(bool(text))
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """As large as the canvas, always."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.resize(watched.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Over all of it."""
        paint_mark(QPainter(self), self.rect(), self._text)


class Curtain(QWidget):
    """Covers one window: of what lies behind only coarse colours are left."""

    def __init__(self, top: QWidget, title: str, text: str, lift: Callable[[], object]) -> None:
        self._behind = _coarse(top)
        super().__init__(top)
        self.setObjectName("curtain")
        self.setAccessibleName(f"{title}. {text}")
        self._lift = lift
        self._focused = top.focusWidget()
        self.setProperty(ALL_KEYS, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = box(QVBoxLayout(self), margin=SPACE_L)
        column.addStretch(1)
        for words, factor in ((title, 1.5), (text, 1.0)):
            label = PlainLabel(words, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setStyleSheet("color: white;")
            if factor > 1:
                embolden(label, factor)
            column.addWidget(label)
        column.addStretch(1)
        top.installEventFilter(self)
        self.setGeometry(top.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def take_away(self) -> None:
        """Show what lies behind; whoever had the keys gets them back."""
        self.hide()
        with contextlib.suppress(RuntimeError):  # it may be gone by now
            if self._focused is not None:
                self._focused.setFocus()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """As large as its window, and on top of what comes later."""
        if isinstance(watched, QWidget) and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.setGeometry(watched.rect())
            self.raise_()
        return False

    def event(self, event: QEvent) -> bool:
        """No shortcut reaches what is hidden."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Coarse colours, darkened."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self._behind)
        painter.fillRect(self.rect(), QColor(12, 14, 17, 190))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A key takes it away."""
        event.accept()
        self._lift()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """So does a click."""
        event.accept()
        self._lift()


class Privacy(QObject):
    """Follows the settings: mark, curtain, the time without input."""

    covered = Signal(bool)  # the curtain came down, or was lifted

    def __init__(
        self, window: QMainWindow, messages: Messages, desk: SettingsDesk, screening: Screening, lock: ScreenLock,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window = window
        self._messages = messages
        self._desk = desk
        self._screening = screening
        self._now = now
        self._curtains: list[Curtain] = []
        self._watched: list[QWindow] = []
        self._is_watching = False
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._on_idle)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._on_focus_window)
        desk.changed.connect(self.apply)
        lock.locked.connect(self._on_locked)

    @property
    def is_hidden(self) -> bool:
        """Whether the curtain is down."""
        return bool(self._curtains)

    @Slot()
    def apply(self) -> None:
        """Do what the settings say now."""
        settings = self._desk.settings
        text = self._mark() if settings.watermark else ""
        set_mark(self._window, text)  # what is small carries it, too
        for canvas in self._window.findChildren(ImageCanvas):
            mark = canvas.findChild(Watermark)
            if mark is None and text:
                mark = Watermark(canvas)
            if mark is not None:
                mark.show_text(text)
        self._idle.stop()
        self._idle.setInterval(settings.idle_minutes * 60_000)
        self._watch_input(on=settings.hide_when_idle)

    def _mark(self) -> str:
        who = self._desk.settings.watermark_text.strip() or self._desk.operator
        return self._messages.text("privacy.mark", who=brief(who, _LETTERS), day=f"{self._now():%Y-%m-%d}")

    # --- the time without input --------------------------------------------------------------------------

    def _watch_input(self, *, on: bool) -> None:
        self._is_watching = on
        if not on:
            for window in self._watched:
                window.removeEventFilter(self)
            self._watched = []
            return
        handle = self._window.windowHandle()
        if handle is not None:
            self._on_focus_window(handle)
        self._idle.start()

    @Slot(QWindow)
    def _on_focus_window(self, window: QWindow | None) -> None:
        """Dialogs are windows of their own."""
        if self._is_watching and window is not None and window not in self._watched:
            window.installEventFilter(self)
            self._watched.append(window)
            window.destroyed.connect(lambda: self._watched.remove(window) if window in self._watched else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """Somebody is there."""
        if event.type() in _INPUT and not self._curtains:
            self._idle.start()
        return False

    # --- the curtain -------------------------------------------------------------------------------------

    @Slot()
    def _on_idle(self) -> None:
        self.hide(self._messages.text("privacy.idle", minutes=self._desk.settings.idle_minutes))

    @Slot()
    def _on_locked(self) -> None:
        if self._desk.settings.hide_when_locked:
            self.hide(self._messages.text("privacy.locked"))

    def hide(self, why: str) -> None:
        """Let the curtain down; what plays is held."""
        if self._curtains:
            return
        self._screening.pause()
        _close_popups()
        how = self._messages.text("privacy.back")
        for top in QApplication.topLevelWidgets():
            if top.isVisible() and isinstance(top, QMainWindow | QDialog):
                self._curtains.append(Curtain(top, why, how, self.lift))
        self.covered.emit(True)

    def lift(self) -> None:
        """Somebody is there again."""
        curtains, self._curtains = self._curtains, []
        for curtain in curtains:
            curtain.take_away()
        self.covered.emit(False)
        if self._desk.settings.hide_when_idle:
            self._idle.start()


def _close_popups() -> None:
    """Menus and lists that hang open would stay above the curtain."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
        if QApplication.activePopupWidget() is popup:
            popup.hide()
            return


def _coarse(top: QWidget) -> QPixmap:
    """A window in so few pixels that nobody can be recognised; painted that small, it takes a few milliseconds."""
    small = QPixmap(QSize(max(1, top.width() // _COARSE), max(1, top.height() // _COARSE)))
    small.fill(top.palette().window().color())
    painter = QPainter(small)
    painter.scale(small.width() / max(1, top.width()), small.height() / max(1, top.height()))
    top.render(painter, QPoint())
    painter.end()
    return small
