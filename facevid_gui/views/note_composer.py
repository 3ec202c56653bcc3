"""Writing a note: what it is about, its words, and signing it (floor 3).

What enters: a draft to begin with. What leaves: the draft as it is to be signed. What was typed for one record and not
signed is there again when that record is opened the next time the window shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from facevid_gui.core.note import NOTE, NoteDraft
from facevid_gui.core.wording import failure_text
from facevid_gui.views.theme import SPACE_S, SPACE_XS
from facevid_gui.views.widgets import BriefLabel, ElidedLabel, IconButton, box, push

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QKeyEvent

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_LINES = 4


@dataclass(frozen=True)
class Begun:
    """A draft, and the words that say what it is about."""

    draft: NoteDraft
    about: str = ""


class NoteComposer(QWidget):
    """The field and its buttons."""

    signing_wanted = Signal(object)  # NoteDraft
    left = Signal()  # by Escape: the keys are the desk's again
    mark_wanted = Signal()
    snapshot_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._begun: Begun | None = None
        self._is_busy = False
        column = box(QVBoxLayout(self), spacing=SPACE_XS)
        self._about_row = QWidget()
        line = box(QHBoxLayout(self._about_row), spacing=SPACE_XS)
        self.about = ElidedLabel(tone="muted")
        self.about.setObjectName("note_about")
        line.addWidget(self.about, 1)
        forget = IconButton(theme, "cross", kind="tiny", size=14)
        forget.name(self.tr("About the whole record instead"))
        forget.clicked.connect(self.begin_plain)
        line.addWidget(forget)
        column.addWidget(self._about_row)
        self.field = QPlainTextEdit()
        self.field.setObjectName("note_field")
        self.field.setAccessibleName(self.tr("Note"))
        self.field.setPlaceholderText(self.tr("Write what you saw…"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(_LINES * self.field.fontMetrics().lineSpacing() + 16)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._update)
        column.addWidget(self.field)
        self.told = BriefLabel("")
        self.told.setObjectName("note_told")
        self.told.hide()
        column.addWidget(self.told)
        buttons = box(QHBoxLayout(), spacing=SPACE_S)
        for icon, name, keys, signal in (
            ("flag", self.tr("Mark this frame"), "M", self.mark_wanted),
            ("camera", self.tr("Snapshot of this frame"), "S", self.snapshot_wanted),
        ):
            button = IconButton(theme, icon, kind="flat", size=16)
            button.name(name, keys)
            button.setAccessibleDescription(self.field.accessibleName())
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.sign_button = push(self.tr("Sign and keep"), "primary", self._sign)
        self.sign_button.setObjectName("sign_note_button")
        buttons.addWidget(self.sign_button)
        column.addLayout(buttons)
        self.begin_plain()

    def begin(self, begun: Begun) -> None:
        """Begin with a draft. Words that were typed stay when it is about a place; else Ctrl+Z brings them back."""
        typed = self.field.toPlainText()
        is_untouched = not typed.strip() or (self._begun is not None and typed == self._begun.draft.text)
        self._begun = begun
        if is_untouched or begun.draft.about is not None:
            cursor = self.field.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(begun.draft.text)
            self.field.selectAll()
        self.about.setText(begun.about)
        self._about_row.setVisible(bool(begun.about))
        self._tell("", "")
        self._update()
        self.field.setFocus()

    def begin_plain(self) -> None:
        """A note about the whole record."""
        self._begun = None
        self._about_row.hide()
        self._tell("", "")
        self._update()

    def take_down(self) -> Begun:
        """What stands here, to be put back later; the field is empty then."""
        draft = NoteDraft(NOTE, "") if self._begun is None else self._begun.draft
        begun = Begun(replace(draft, text=self.field.toPlainText()), self.about.text() if self._begun else "")
        self.clear()
        return begun

    def put_back(self, begun: Begun) -> None:
        """What was taken down, without the focus."""
        self.field.setPlainText(begun.draft.text)
        self._begun = begun if begun.about else None
        self.about.setText(begun.about)
        self._about_row.setVisible(bool(begun.about))
        self._update()

    def clear(self) -> None:
        """Signed: the next one begins empty."""
        self.field.clear()
        self.set_busy(busy=False)
        self.begin_plain()

    def refuse(self, error: FacevidError) -> None:
        """It could not be signed or kept; what was typed stays."""
        self.set_busy(busy=False)
        self._tell("bad", failure_text(error.code, error.params, self._messages))

    def say_kept(self, number: int) -> None:
        """It was signed and kept."""
        self._tell("ok", self._messages.text("note.kept", number=number))

    def set_busy(self, *, busy: bool) -> None:
        """While it is signed nothing can be changed."""
        self.field.setEnabled(not busy)
        self.sign_button.setText(self.tr("Signing…") if busy else self.tr("Sign and keep"))
        self._is_busy = busy
        self._update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Ctrl+Enter signs, Escape leaves; what was typed stays."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            key: QKeyEvent = event  # type: ignore[assignment]
            if key.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            wanted = key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if wanted and key.modifiers() & Qt.KeyboardModifier.ControlModifier and self.sign_button.isEnabled():
                self._sign()
                return True
        return False

    def _sign(self) -> None:
        text = self.field.toPlainText()
        self._tell("", "")
        self.signing_wanted.emit(
            NoteDraft(NOTE, text) if self._begun is None else replace(self._begun.draft, text=text)
        )

    def _update(self) -> None:
        self.sign_button.setEnabled(bool(self.field.toPlainText().strip()) and not self._is_busy)

    def _tell(self, tone: str, text: str) -> None:
        self.told.set_tone(tone)
        self.told.setText(text)
        self.told.setVisible(bool(text))
