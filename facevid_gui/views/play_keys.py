"""The keys of editors: J, K and L run and hold, I and O mark, X takes the marks away (floor 3).

J runs backwards, L forwards; again is faster, with Shift slower. K holds; held down it makes J and L single steps, and
tapped on a clip that stands it plays. I and O mark the first and the last frame of a part; with Shift they go there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.screening import MOVING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.screening import Screening

_WAYS = {Qt.Key.Key_J: -1, Qt.Key.Key_L: 1}


class PlayKeys(QObject):
    """Hears of keys let go through the window, wherever the focus stands."""

    def __init__(self, screening: Screening, window: QWidget) -> None:
        super().__init__(window)
        self._screening = screening
        self._holding = self._tapped = False  # K is down; and nothing else happened since
        window.installEventFilter(self)

    def command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a pressed key does; None when it is none of these."""
        key = Qt.Key(event.key())
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _WAYS:
            return partial(self._run, _WAYS[key], slow=with_shift, again=event.isAutoRepeat())
        if key == Qt.Key.Key_K:
            return partial(self._hold, again=event.isAutoRepeat())
        loop, go = self._screening.loop, self._go_to
        acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_I: (lambda: go(loop.marks.first)) if with_shift else loop.mark_first,
            Qt.Key.Key_O: (lambda: go(loop.marks.last)) if with_shift else loop.mark_last,
            Qt.Key.Key_X: lambda: loop.mark(Marks()),
        }
        return acts.get(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A key was let go, or the window lost it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease:
            if event.key() == Qt.Key.Key_K and not event.isAutoRepeat() and self._holding:
                self._holding = False
                if self._tapped:
                    self._screening.toggle()
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._holding = False
        return super().eventFilter(watched, event)

    def _hold(self, *, again: bool) -> None:
        if again:
            return
        self._holding = True
        self._tapped = self._screening.state not in MOVING
        if not self._tapped:
            self._screening.pause()

    def _run(self, way: int, *, slow: bool, again: bool) -> None:
        if self._holding:
            self._tapped = False
            self._screening.step(way)
        elif not again:  # a key that is held down does not run faster and faster
            self._screening.shuttle(way, slow=slow)

    def _go_to(self, mark: int | None) -> None:
        if mark is not None:
            self._screening.go_to_frame(mark)
