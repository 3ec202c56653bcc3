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

from facevid_gui.views.focus_keys import FocusKeys
from facevid_gui.views.play_keys import PlayKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Session
    from facevid_gui.views.notes_part import NotesPart
    from facevid_gui.views.record_page import RecordPage
    from facevid_gui.views.stage_screen import StageScreen

GROUPS = ("play", "frames", "view", "compare", "notes", "window")
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_NOT_OURS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_FULL_WIDTH = {
    "，": Qt.Key.Key_Comma, "。": Qt.Key.Key_Period, "、": Qt.Key.Key_Comma, "？": Qt.Key.Key_Question,
    "＋": Qt.Key.Key_Plus, "－": Qt.Key.Key_Minus, "＝": Qt.Key.Key_Equal, "０": Qt.Key.Key_0, "１": Qt.Key.Key_1,
    "【": Qt.Key.Key_BracketLeft, "】": Qt.Key.Key_BracketRight,
}  # fmt: skip


@dataclass(frozen=True)
class DeskKey:
    """What one or several keys do: `shown` is how the sheet prints them, `says` what it says of them.

    `shift`: only with Shift, only without, or either way (None). `repeats`: a key that is held down acts again and
    again. `always`: it acts without a record, too. `when` says whether it does anything just now; otherwise the key
    is let through.
    """

    group: str
    shown: str
    says: str
    act: Callable[[QKeyEvent], object]
    keys: tuple[Qt.Key, ...]
    shift: bool | None = None
    repeats: bool = False
    always: bool = False
    when: Callable[[], bool] | None = None


class DeskKeys(QObject):
    """The keys of one window."""

    def __init__(
        self, session: Session, screening: Screening, page: RecordPage, screen: StageScreen,
        notes: NotesPart, show_sheet: Callable[[], object], window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._notes = notes
        self._play = PlayKeys(screening, window)
        self._focus = FocusKeys(window, self.command)
        self._session = session
        self._screening, self._page, self._screen, self._show_sheet = screening, page, screen, show_sheet

    def command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does now; None when it is not one of ours."""
        if event.modifiers() & _NOT_OURS or is_typing(QApplication.focusWidget()):
            return None
        key = _FULL_WIDTH.get(event.text(), event.key())
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        for entry in self.table:
            if key in entry.keys and entry.shift in (None, with_shift) and self._is_on(entry):
                if event.isAutoRepeat() and not entry.repeats:
                    return lambda: None
                return lambda: entry.act(event)
        return None

    def _is_on(self, entry: DeskKey) -> bool:
        if not entry.always and (self._session.page.kind != "record" or self._page.is_covered):
            return False
        return entry.when is None or entry.when()

    @property
    def table(self) -> tuple[DeskKey, ...]:
        """All keys, in the order of the sheet."""
        return (*self._play_table(), *self._frame_table(), *self._view_table(), *self._record_table())

    def _play_table(self) -> tuple[DeskKey, ...]:
        key, loop_button, space = Qt.Key, self._page.clip_view.transport.loop_button, self.tr("Space")
        return (
            DeskKey("play", space, self.tr("Play, or hold"), _does(self._screening.toggle), (key.Key_Space,)),
            DeskKey("play", "K", self.tr("Hold; held down, J and L step; on a clip that stands: play"), self._run,
                    (key.Key_K,), repeats=True),
            DeskKey("play", "J  L", self.tr("Backwards, forwards; again: faster, with Shift: slower"), self._run,
                    (key.Key_J, key.Key_L), repeats=True),
            DeskKey("play", "I  O", self.tr("First and last frame of a part; with Shift: go there"), self._run,
                    (key.Key_I, key.Key_O)),
            DeskKey("play", "X", self.tr("Take the marks of the part away"), self._run, (key.Key_X,)),
            DeskKey("play", "R", self.tr("Loop"), _does(loop_button.click), (key.Key_R,)),
        )  # fmt: skip

    def _run(self, event: QKeyEvent) -> None:
        command = self._play.command(event)
        if command is not None:
            command()

    def _frame_table(self) -> tuple[DeskKey, ...]:
        screening, stage, transport, key = self._screening, self._page.stage, self._page.clip_view.transport, Qt.Key
        return (
            DeskKey("frames", ",  ←", self.tr("One frame back"), _does(lambda: screening.step(-1)),
                    (key.Key_Comma, key.Key_Left), shift=False, repeats=True),
            DeskKey("frames", ".  →", self.tr("One frame forward"), _does(lambda: screening.step(1)),
                    (key.Key_Period, key.Key_Right), shift=False, repeats=True),
            DeskKey("frames", "Home", self.tr("First frame"), _does(transport.start_button.click), (key.Key_Home,)),
            DeskKey("frames", "End", self.tr("Last frame"), _does(transport.end_button.click), (key.Key_End,)),
            DeskKey("frames", "P", self.tr("Pin this frame for comparison"), _does(stage.pin_wanted.emit),
                    (key.Key_P,)),
        )  # fmt: skip

    def _view_table(self) -> tuple[DeskKey, ...]:
        canvas, screen, key = self._page.stage.canvas, self._screen, Qt.Key
        return (
            DeskKey("view", "+  −", self.tr("Larger, smaller"), _does(canvas.zoom_in),
                    (key.Key_Plus, key.Key_Equal), repeats=True),
            DeskKey("view", "", "", _does(canvas.zoom_out), (key.Key_Minus, key.Key_Underscore), repeats=True),
            DeskKey("view", "0  1", self.tr("Fit; pixel for pixel"), _does(canvas.fit), (key.Key_0,)),
            DeskKey("view", "", "", _does(canvas.zoom_exact), (key.Key_1,)),
            DeskKey("view", self.tr("Shift and arrows"), self.tr("Move the picture"), self._move, _ARROWS, shift=True,
                    repeats=True),
            DeskKey("view", "T", self.tr("Turn the view"), _does(canvas.rotate), (key.Key_T,)),
            DeskKey("view", "H", self.tr("Mirror the view"), _does(canvas.mirror), (key.Key_H,)),
            DeskKey("view", "B", self.tr("Brightness, contrast, gamma of the view"), _does(canvas.levels_wanted.emit),
                    (key.Key_B,)),
            DeskKey("view", "F", self.tr("The video on the whole screen, and back"), _does(screen.toggle),
                    (key.Key_F,)),
            DeskKey("view", "Esc", self.tr("Leave the whole screen"), _does(screen.leave), (key.Key_Escape,),
                    always=True, when=lambda: screen.is_on),
        )  # fmt: skip

    def _record_table(self) -> tuple[DeskKey, ...]:
        compare, notes, key = self._page.comparison, self._notes, Qt.Key
        return (
            DeskKey("compare", "C", self.tr("Side by side, swipe, blink, overlay"), _does(compare.cycle), (key.Key_C,)),
            DeskKey("compare", "[  ]", self.tr("Move the divider, or change the opacity"),
                    _does(lambda: compare.nudge(-1)), (key.Key_BracketLeft,), repeats=True),
            DeskKey("compare", "", "", _does(lambda: compare.nudge(1)), (key.Key_BracketRight,), repeats=True),
            DeskKey("compare", "Y", self.tr("Link the two views"), _does(self._page.compare_bar.link_button.click),
                    (key.Key_Y,)),
            DeskKey("notes", "M", self.tr("Mark this frame"), _does(self._beside(notes.mark)), (key.Key_M,)),
            DeskKey("notes", "N", self.tr("Write a note"), _does(self._beside(notes.write)), (key.Key_N,)),
            DeskKey("notes", "S", self.tr("Snapshot of this frame"), _does(notes.snapshot), (key.Key_S,)),
            DeskKey("window", "?", self.tr("This sheet"), _does(self._show_sheet), (key.Key_Question,), always=True),
        )  # fmt: skip

    def _move(self, event: QKeyEvent) -> None:
        command = self._page.stage.canvas.command_for(Qt.Key(event.key()), event.modifiers())
        if command is not None:
            command()

    def _beside(self, act: Callable[[], object]) -> Callable[[], object]:
        """What is written stands beside the video: the desk comes back for it."""

        def do() -> None:
            self._screen.leave()
            act()

        return do


def is_typing(focused: QWidget | None) -> bool:
    """Whether letters go into a field."""
    if isinstance(focused, QLineEdit | QPlainTextEdit | QTextEdit):
        return not focused.isReadOnly()
    if isinstance(focused, QComboBox):
        return focused.isEditable()
    return isinstance(focused, QAbstractSpinBox)


def _does(act: Callable[[], object]) -> Callable[[QKeyEvent], object]:
    return lambda _event: act()
