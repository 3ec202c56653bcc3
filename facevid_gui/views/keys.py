"""Every key of the desk, in one table that the window acts by and the sheet of keys shows (floor 3).

A new key is one line in `DeskKeys.table`. Keys act while a record is open and nobody is typing. With Ctrl or Alt they
are somebody else's. A Chinese input method may send full-width marks for `,` `.` `?` even where nothing can be typed:
they count as the same keys; what it keeps for composing never comes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Session
    from facevid_gui.views.record_page import RecordPage
    from facevid_gui.views.stage_screen import StageScreen

GROUPS = ("play", "frames", "view", "window")
_NOT_OURS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_FULL_WIDTH = {
    "，": Qt.Key.Key_Comma, "。": Qt.Key.Key_Period, "、": Qt.Key.Key_Comma, "？": Qt.Key.Key_Question,
    "＋": Qt.Key.Key_Plus, "－": Qt.Key.Key_Minus, "＝": Qt.Key.Key_Equal, "０": Qt.Key.Key_0,
}  # fmt: skip


@dataclass(frozen=True)
class DeskKey:
    """What one or several keys do: `shown` is how the sheet prints them, `says` what it says of them.

    `repeats`: a key that is held down acts again and again. `always`: it acts without a record, too. `when` says
    whether it does anything just now; otherwise the key is let through.
    """

    group: str
    shown: str
    says: str
    act: Callable[[QKeyEvent], object]
    keys: tuple[Qt.Key, ...]
    repeats: bool = False
    always: bool = False
    when: Callable[[], bool] | None = None


class DeskKeys(QObject):
    """The keys of one window."""

    def __init__(
        self, session: Session, screening: Screening, page: RecordPage, screen: StageScreen,
        show_sheet: Callable[[], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session = session
        self._screening, self._page, self._screen, self._show_sheet = screening, page, screen, show_sheet

    def command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does now; None when it is not one of ours."""
        if event.modifiers() & _NOT_OURS or is_typing(QApplication.focusWidget()):
            return None
        key = _FULL_WIDTH.get(event.text(), event.key())
        for entry in self.table:
            if key in entry.keys and self._is_on(entry):
                if event.isAutoRepeat() and not entry.repeats:
                    return lambda: None
                return lambda: entry.act(event)
        return None

    def _is_on(self, entry: DeskKey) -> bool:
        if not entry.always and self._session.page.kind != "record":
            return False
        return entry.when is None or entry.when()

    @property
    def table(self) -> tuple[DeskKey, ...]:
        """All keys, in the order of the sheet."""
        screening, page, screen = self._screening, self._page, self._screen
        key, stage, transport = Qt.Key, page.stage, page.clip_view.transport
        space = self.tr("Space")
        return (
            DeskKey("play", f"{space}  K", self.tr("Play, or hold"), _does(screening.toggle),
                    (key.Key_Space, key.Key_K)),
            DeskKey("play", "L", self.tr("Play"), _does(screening.play), (key.Key_L,)),
            DeskKey("play", "R", self.tr("Loop"), _does(transport.loop_button.click), (key.Key_R,)),
            DeskKey("frames", ",  ←", self.tr("One frame back"), _does(lambda: screening.step(-1)),
                    (key.Key_Comma, key.Key_Left), repeats=True),
            DeskKey("frames", ".  →", self.tr("One frame forward"), _does(lambda: screening.step(1)),
                    (key.Key_Period, key.Key_Right), repeats=True),
            DeskKey("frames", "Home", self.tr("First frame"), _does(transport.start_button.click), (key.Key_Home,)),
            DeskKey("frames", "End", self.tr("Last frame"), _does(transport.end_button.click), (key.Key_End,)),
            DeskKey("frames", "P", self.tr("Pin this frame for comparison"), _does(stage.pin_wanted.emit),
                    (key.Key_P,)),
            DeskKey("view", "+  −", self.tr("Larger, smaller"), _does(stage.canvas.zoom_in),
                    (key.Key_Plus, key.Key_Equal), repeats=True),
            DeskKey("view", "", "", _does(stage.canvas.zoom_out), (key.Key_Minus, key.Key_Underscore), repeats=True),
            DeskKey("view", "0", self.tr("Fit"), _does(stage.canvas.fit), (key.Key_0,)),
            DeskKey("view", "T", self.tr("Turn the view"), _does(stage.canvas.rotate), (key.Key_T,)),
            DeskKey("view", "F", self.tr("The video on the whole screen, and back"), _does(screen.toggle),
                    (key.Key_F,)),
            DeskKey("view", "Esc", self.tr("Leave the whole screen"), _does(screen.leave), (key.Key_Escape,),
                    always=True, when=lambda: screen.is_on),
            DeskKey("window", "?", self.tr("This sheet"), _does(self._show_sheet), (key.Key_Question,), always=True),
        )  # fmt: skip


def is_typing(focused: QWidget | None) -> bool:
    """Whether letters go into a field."""
    if isinstance(focused, QLineEdit | QPlainTextEdit | QTextEdit):
        return not focused.isReadOnly()
    if isinstance(focused, QComboBox):
        return focused.isEditable()
    return isinstance(focused, QAbstractSpinBox)


def _does(act: Callable[[], object]) -> Callable[[QKeyEvent], object]:
    return lambda _event: act()
