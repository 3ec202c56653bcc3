"""Asking what a seal needs: case, purpose, place; a passphrase only where there is no keyring (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.bridge.work import Sealing, looks_synced
from facevid_gui.core.errors import UsageError
from facevid_gui.core.wording import failure_text
from facevid_gui.views.form_room import FormRoom
from facevid_gui.views.form_rows import FormRows
from facevid_gui.views.kept_focus import KeptFocus
from facevid_gui.views.least_size import LeastSize
from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import BriefLabel, PlainLabel, add_row, box, push

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages

WIDTH = 520
_FRAME = 64  # what a window's own frame and a panel of the desktop may take of a screen


def typed_path(field: QLineEdit) -> Path:
    """The absolute path typed into a field; `UsageError` when it begins with the home of a user nobody knows."""
    text = field.text().strip()
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError("option_value", option=field.accessibleName(), value=text) from error


class FormDialog(QDialog):
    """A window-modal form: sentence, rows, error line, buttons. The error line's room is kept, so nothing jumps.

    On a low screen sentence and rows scroll; error line and buttons are always seen.
    """

    def __init__(self, title: str, sentence: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.kept_focus = KeptFocus(self)
        LeastSize(self, WIDTH)
        outer = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        self._wanted = 0  # the height that all rows need, as far as the screen has it
        self._content = QWidget()
        self._room = FormRoom(self._content, self._make_room)
        column = box(QVBoxLayout(self._content), spacing=SPACE_M)
        outer.addWidget(self._room, 1)
        if sentence:
            column.addWidget(PlainLabel(sentence, tone="muted", wrap=True))
        self.form = FormRows()
        column.addLayout(self.form)
        column.addStretch(1)
        self.error = BriefLabel(" ", tone="bad")
        self.error.setObjectName("dialog_error")
        self.error.setMinimumHeight(2 * self.error.fontMetrics().height())
        self.error.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer.addWidget(self.error)
        self.buttons = box(QHBoxLayout(), spacing=SPACE_S)
        self.buttons.addStretch(1)
        outer.addLayout(self.buttons)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for a sentence, as high as its words need at that width, but never higher than the screen."""
        width = max(super().sizeHint().width(), WIDTH)
        outer, column = self.layout(), self._content.layout()
        if outer is None or column is None:
            return QSize(width, 0)
        margins = outer.contentsMargins()
        inside = width - margins.left() - margins.right()
        rows = column.totalHeightForWidth(inside) if column.hasHeightForWidth() else column.totalSizeHint().height()
        height = outer.totalHeightForWidth(width) - self._room.sizeHint().height() + rows
        return QSize(width, min(height, self.screen().availableGeometry().height() - _FRAME))

    def _make_room(self) -> None:
        """A row came: grow while the screen has room for it; never shrink, so that nothing jumps.

        A form that somebody made lower stays as it is until it has more to show.
        """
        before, self._wanted = self._wanted, self.sizeHint().height()
        if self.isVisible() and self._wanted > max(before, self.height()):
            self.resize(self.width(), self._wanted)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """As high as it needs, where Qt by itself would stop at two thirds of the screen."""
        hint = self.sizeHint()
        self._wanted = hint.height()
        self.resize(max(self.width(), hint.width()), max(self.height(), hint.height()))
        keep_reading_order(self)
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, while something is missing, says what, and leads there."""
        missing = self._missing() if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) else None
        if missing is None or not missing.isEnabled():
            super().keyPressEvent(event)
            return
        missing.setFocus(Qt.FocusReason.OtherFocusReason)
        self.error.setText(self.tr("Still missing: {name}").format(name=missing.accessibleName()))
        missing.textChanged.connect(self._unsay, Qt.ConnectionType.SingleShotConnection)

    def _unsay(self) -> None:
        self.error.setText(" ")

    def _missing(self) -> QLineEdit | None:
        """The first field that must be filled in and is not."""
        return None

    def complain(self, error: FacevidError, messages: Messages) -> None:
        """Say what is wrong and what to do; a long sentence makes the form higher instead of squeezing it."""
        self.error.setText(failure_text(error.code, error.params, messages))
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))


class SaveDialog(FormDialog):
    """Save evidence, or rescue."""

    confirmed = Signal(object)  # Sealing

    def __init__(
        self, messages: Messages, roots: tuple[Path, ...], key_protection: str, parent: QWidget | None, *,
        rescue: bool = False, remembered: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        title = self.tr("Rescue") if rescue else self.tr("Save evidence")
        sentence = messages.text("save.rescue_sentence" if rescue else "save.sentence")
        super().__init__(title, sentence, parent)
        self.setObjectName("save_dialog")
        self._messages = messages
        self.case_field = QLineEdit(remembered[0])
        self.case_field.setObjectName("case_field")
        self.purpose_field = QLineEdit(remembered[1])
        self.purpose_field.setObjectName("purpose_field")
        self.purpose_field.setPlaceholderText(self.tr("why this record is looked at"))
        self.place_field = QLineEdit(str(roots[0]) if roots else "")
        self.place_field.setObjectName("place_field")
        add_row(self.form, self.tr("Case"), self.case_field)
        add_row(self.form, self.tr("Purpose"), self.purpose_field)
        place = QWidget()
        row = box(QHBoxLayout(place), spacing=SPACE_S)
        row.addWidget(self.place_field, 1)
        row.addWidget(push(self.tr("Choose…"), on_click=self._choose_place))
        add_row(self.form, self.tr("Place"), place, self.place_field)
        self.passphrase = PassphraseRows(self.form, messages, key_protection, self)
        if key_protection != "keyring":
            self.form.addRow("", PlainLabel(messages.text("save.passphrase_why"), tone="muted", wrap=True))
        self.warning = PlainLabel(" ", tone="warn", wrap=True)
        self.form.addRow("", self.warning)
        self.cancel_button = push(self.tr("Back"), on_click=self.reject)
        self.confirm_button = push(title, "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_save_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.cancel_button)
        self.buttons.addWidget(self.confirm_button)
        for field in (self.case_field, self.purpose_field, self.place_field):
            field.textChanged.connect(self._update)
        self.passphrase.changed.connect(self._update)
        self._update()

    def refuse(self, error: FacevidError) -> None:
        """Sealing did not work: say why, let the user try again."""
        self.complain(error, self._messages)
        self._set_busy(busy=False)
        self.kept_focus.give_back(self.passphrase.wrong(error))

    def _missing(self) -> QLineEdit | None:
        fields = (self.case_field, self.purpose_field, self.place_field)
        return next((field for field in fields if not field.text().strip()), self.passphrase.missing)

    def _choose_place(self) -> None:
        dialog = QFileDialog(self, self.tr("Where evidence is kept"), self.place_field.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.place_field.setText)
        dialog.open()

    def _update(self) -> None:
        texts = [self.case_field.text().strip(), self.purpose_field.text().strip(), self.place_field.text().strip()]
        self.confirm_button.setEnabled(self._missing() is None)
        synced = bool(texts[2]) and looks_synced(Path(texts[2]))
        self.warning.setText(self._messages.text("save.synced") if synced else " ")

    def _confirm(self) -> None:
        self.error.setText(" ")
        try:
            root = typed_path(self.place_field)
        except UsageError as error:
            self.complain(error, self._messages)
            return
        self.kept_focus.hold()
        self._set_busy(busy=True)
        secret = self.passphrase.secret()
        self.confirmed.emit(Sealing(self.case_field.text(), self.purpose_field.text(), root, secret))

    def _set_busy(self, *, busy: bool) -> None:
        for widget in (self.case_field, self.purpose_field, self.place_field, *self.passphrase.fields):
            widget.setEnabled(not busy)
        self.confirm_button.setEnabled(not busy)
        self.confirm_button.setText(self.tr("Sealing…") if busy else self.windowTitle())


class DiscardDialog(FormDialog):
    """Removing a capture for good needs a reason."""

    confirmed = Signal(str)

    def __init__(self, messages: Messages, parent: QWidget | None) -> None:
        super().__init__(self.tr("Discard"), messages.text("discard.sentence"), parent)
        self.setObjectName("discard_dialog")
        self.reason_field = QPlainTextEdit()
        self.reason_field.setObjectName("reason_field")
        self.reason_field.setTabChangesFocus(True)
        self.reason_field.setFixedHeight(3 * self.reason_field.fontMetrics().height() + 16)
        add_row(self.form, self.tr("Reason"), self.reason_field)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Discard"), "danger", self._confirm)
        self.confirm_button.setObjectName("confirm_discard_button")
        self.confirm_button.setEnabled(False)
        self.buttons.addWidget(self.confirm_button)
        self.reason_field.textChanged.connect(self._update)

    def _reason(self) -> str:
        return " ".join(self.reason_field.toPlainText().split())

    def _update(self) -> None:
        self.confirm_button.setEnabled(bool(self._reason()))

    def _confirm(self) -> None:
        self.confirmed.emit(self._reason())
        self.accept()
