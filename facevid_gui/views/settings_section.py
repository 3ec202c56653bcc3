"""What every section of the settings is made of (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.views.form_rows import FormRows
from facevid_gui.views.theme import SPACE_M, SPACE_S, icon
from facevid_gui.views.widgets import PlainLabel, SectionTitle, add_row, box, embolden, push

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.messages import Messages

_TEXT_MARGIN, _ARROW = 9, 12
_ARROWS = (
    ("chevron_up", QStyle.SubControl.SC_SpinBoxUp),
    ("chevron_down", QStyle.SubControl.SC_SpinBoxDown),
)


class Section(QWidget):
    """A headline and a form. What it changes is saved with what the other sections change."""

    settings: ClassVar[tuple[str, ...]] = ()  # those it holds: a refused one leads here

    def __init__(self, title: str, messages: Messages) -> None:
        super().__init__()
        self.title = title
        self._messages = messages
        self.column = box(QVBoxLayout(self), spacing=SPACE_M)
        headline = PlainLabel(title, wrap=True)
        embolden(headline, 1.2)
        self.column.addWidget(headline)
        self.form = FormRows()
        self.column.addLayout(self.form)

    def changes(self) -> dict[str, object]:
        """The settings as they are chosen here."""
        return {}

    def unkept(self) -> str:
        """Why saving must wait: the id of a message, about what was typed here and is kept by a button of its own."""
        return ""

    def apply(self) -> None:
        """Everything was saved: what is no setting of the home takes effect now."""

    def go_back(self) -> None:
        """Nothing was saved: what took effect at once is taken back."""

    def refresh(self) -> None:
        """The section is gone to: show how things stand."""

    # --- rows ------------------------------------------------------------------------------------------

    def _text(self, name: str, words: str, value: str, *, placeholder: str = "") -> QLineEdit:
        field = QLineEdit(value)
        field.setObjectName(name)
        field.setPlaceholderText(placeholder)
        field.setCursorPosition(0)
        add_row(self.form, words, field)
        return field

    def _path(self, name: str, words: str, value: str) -> QLineEdit:
        """A field for a file, and a button that asks for it."""
        field = QLineEdit(value)
        field.setObjectName(name)
        row = QWidget()
        inside = box(QHBoxLayout(row), spacing=SPACE_S)
        inside.addWidget(field, 1)
        inside.addWidget(push(self.tr("Choose…"), on_click=lambda: self._ask_file(words, field)))
        add_row(self.form, words, row, field)
        return field

    def _ask_file(self, title: str, field: QLineEdit) -> None:
        dialog = QFileDialog(self.window(), title, field.text())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(field.setText)
        dialog.open()

    def _beside(self, first: QCheckBox | PlainLabel, second: QWidget) -> None:
        second.setAccessibleDescription(first.text())
        holder = QWidget()
        row = box(QHBoxLayout(holder), spacing=SPACE_S)
        row.addWidget(first)
        row.addWidget(second)
        row.addStretch(1)
        self.form.addRow("", holder)

    def _begin(self, title: str) -> None:
        self.form.addRow(SectionTitle(title))

    def _check(self, words: str, checked: bool) -> QCheckBox:
        made = QCheckBox(words)
        made.setChecked(checked)
        self.form.addRow("", made)
        return made

    def _hint(self, message: str, **values: str) -> None:
        self._say_below(self._messages.text(message, **values), "muted")

    def _say_below(self, words: str, tone: str) -> None:
        label = PlainLabel(words, tone=tone, wrap=True)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.form.addRow("", label)

    def _tell_decided(self, desk: SettingsDesk, *names: str) -> None:
        """Where the environment decides, what is chosen here does not count meanwhile."""
        for name in names:
            if name in desk.decided:
                self._say_below(self._messages.text("settings.decided", variable=desk.decided[name]), "warn")


class NumberField(QSpinBox):
    """A number framed like every other field; the sheet that frames it takes away the arrows of the style."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_TEXT_MARGIN, 0, 0, 0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Qt does not count the margin of the text."""
        return super().sizeHint() + QSize(_TEXT_MARGIN, 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As `sizeHint`."""
        return super().minimumSizeHint() + QSize(_TEXT_MARGIN, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The field, then an arrow at each of its buttons."""
        super().paintEvent(event)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        color = self.palette().color(QPalette.ColorRole.Text).name()[1:]
        painter = QPainter(self)
        for name, part in _ARROWS:
            place = self.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, self)
            middle = QRect(0, 0, _ARROW, _ARROW)
            middle.moveCenter(place.center())
            icon(name, color, _ARROW).paint(painter, middle)
        painter.end()


def number(name: str, words: str, value: int, most: int) -> NumberField:
    """A field for a number from 1 on."""
    made = NumberField()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setRange(1, most)
    made.setValue(value)
    return made
