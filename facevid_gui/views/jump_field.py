"""A small field for a frame number or a time, over the line that says which frame is shown (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from facevid_gui.bridge.places import place_named
from facevid_gui.core.clip_words import clock_text
from facevid_gui.views.theme import SPACE_S, SPACE_XS
from facevid_gui.views.widgets import ElidedLabel, box

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QKeyEvent

    from facevid_gui.bridge.screening import Screening
    from facevid_gui.core.messages import Messages


class JumpField(QFrame):
    """Opens over a widget of its parent; Enter goes there, Escape and looking elsewhere close it."""

    def __init__(self, screening: Screening, messages: Messages, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._screening, self._messages = screening, messages
        self._back: QWidget | None = None  # who had the focus
        self.field = QLineEdit()
        self.field.setObjectName("jump_field")
        self.field.setAccessibleName(self.tr("Frame number or time"))
        self.field.setPlaceholderText("12   +5   0:03.2")
        self.field.setFixedWidth(self.field.fontMetrics().horizontalAdvance("0:00:03.200   +5 00") + 2 * SPACE_S)
        self.field.returnPressed.connect(self._go)
        self.field.textEdited.connect(self._say_range)
        self.field.installEventFilter(self)
        self.hint = ElidedLabel(tone="muted")
        row = box(QHBoxLayout(self), margin=SPACE_XS, spacing=SPACE_S)
        row.addWidget(self.field)
        row.addWidget(self.hint, 1)
        self.hide()

    def open_over(self, widget: QWidget) -> None:
        """Stand where `widget` stands and take the focus; without an open clip nothing happens."""
        if self._screening.facts is None:
            return
        self._back = self.window().focusWidget()
        self.field.clear()
        self._say_range()
        place = widget.geometry()
        place.setHeight(self.sizeHint().height())  # its first row, not what may stand below that
        place.moveTop(min(place.top(), place.top() + widget.height() - place.height()))  # inside of who holds it
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The field has lost the focus."""
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape leaves things as they are; no other key gets through to the desk."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        event.accept()

    def _close(self) -> None:
        back, self._back = self._back, None
        self.hide()
        if back is not None and back.isVisible():
            back.setFocus()

    def _go(self) -> None:
        facts = self._screening.facts
        number = place_named(self.field.text(), facts, self._screening.current_number) if facts is not None else None
        if number is None:
            self.hint.set_tone("warn")
            self.hint.setText(self._messages.text("jump.nowhere", range=self._range()))
            return
        self._close()
        self._screening.go_to_frame(number)

    def _say_range(self) -> None:
        self.hint.set_tone("muted")
        self.hint.setText(self._range())

    def _range(self) -> str:
        facts = self._screening.facts
        if facts is None:
            return ""
        start, end = (clock_text(moment) for moment in facts.span_us)
        return self._messages.text("jump.range", count=facts.frame_count, start=start, end=end)
