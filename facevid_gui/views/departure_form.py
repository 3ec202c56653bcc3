"""What package and report share on the screen: a record leaves the program (floor 3).

What enters: what came of it. What leaves: the wish to stop. A form of this kind stays until its result was read, asks
for a reason where the settings demand one, and offers what does not hold only to whoever says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPushButton

from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.theme import fixed_font
from facevid_gui.views.widgets import PlainLabel, add_row, push

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.passphrase_rows import PassphraseRows
    from facevid_gui.views.reason_dialog import ReasonField


class DepartureForm(FormDialog):
    """Says what it came to. Who inherits makes the parts, and says by `_set_busy` and `_update` what can be used."""

    stop_wanted = Signal()
    reason_field: ReasonField
    passphrase: PassphraseRows
    unmask_box: QCheckBox
    broken_box: QCheckBox
    back_button: QPushButton
    confirm_button: QPushButton
    _messages: Messages
    _asked: frozenset[str]
    _holds: bool
    _is_busy = _is_done = False
    _made: Path | None = None

    def _make_result(self, name: str) -> None:
        """Rows for what it came to; their object names begin with `name`."""
        self.result_text = PlainLabel(" ", tone="ok", wrap=True)
        self.result_text.setObjectName(f"{name}_result")
        self.result_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.form.addRow(self.result_text)
        self.hash_field = QLineEdit()
        self.hash_field.setObjectName(f"{name}_sha256")
        self.hash_field.setReadOnly(True)
        self.hash_field.setFont(fixed_font(0.78))
        add_row(self.form, "SHA-256", self.hash_field)
        self.form.setRowVisible(self.hash_field, False)

    def _make_folder_button(self, name: str) -> None:
        """The way to where it lies, shown once it is there; its object name begins with `name`."""
        self.folder_button = push(self.tr("Open folder"), on_click=self._open_folder)
        self.folder_button.setObjectName(f"{name}_folder_button")
        self.folder_button.hide()
        self.buttons.addWidget(self.folder_button)

    def _open_folder(self) -> None:
        if self._made is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._made.parent)))

    def _show_done(self, lines: Sequence[str], sha256: str, made: Path | None) -> None:
        """Say it; the form stays until it was read. `made` is the file, if it became one."""
        self._is_done, self._made = True, made
        self.folder_button.setVisible(made is not None)
        self._set_busy(busy=False)
        self.result_text.setText("\n".join(lines))
        self.hash_field.setText(sha256)
        self.hash_field.setCursorPosition(0)
        self.form.setRowVisible(self.hash_field, True)
        self.confirm_button.hide()
        self.back_button.setText(self.tr("Close"))
        self.back_button.setDefault(True)
        self.kept_focus.give_back(self.back_button)
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))

    def refuse(self, error: FacevidError) -> None:
        """It did not work: say why, let the user try again."""
        self.complain(error, self._messages)
        self.stopped()
        self.kept_focus.give_back(self.passphrase.wrong(error))
        if error.code == "export_not_clean" and self._holds:  # it was well when it was opened
            self._holds = False
            self.form.setRowVisible(self.broken_box, True)
            self._update()

    def stopped(self) -> None:
        """It was stopped, or something else is still running."""
        self.result_text.setText(" ")
        self._set_busy(busy=False)
        self.kept_focus.give_back()

    def reject(self) -> None:
        """Leaving while it is made, by Esc or by the window's frame, means to stop; the form says what came of it."""
        if self._is_busy:
            self.stop_wanted.emit()
        else:
            super().reject()

    @property
    def _needs_reason(self) -> bool:
        """Whether the settings demand a reason for what is chosen."""
        return "export" in self._asked or ("unmask" in self._asked and self.unmask_box.isChecked())

    @property
    def _is_allowed(self) -> bool:
        """Whether all is said that must be said before a record leaves."""
        holds = self._holds or self.broken_box.isChecked()
        return holds and self.passphrase.is_complete and (bool(self.reason_field.reason) or not self._needs_reason)

    def _missing(self) -> QLineEdit | None:
        """The field that Enter leads to."""
        reason = self.reason_field if self._needs_reason and not self.reason_field.reason else None
        return reason or self.passphrase.missing

    def _choose_file(self, title: str, field: QLineEdit, suffix: str) -> None:
        """Ask for a new file; its path goes into `field`."""
        dialog = QFileDialog(self, title, field.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is overwritten: it is refused
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(field.setText)
        dialog.open()

    def _set_busy(self, *, busy: bool) -> None:
        raise NotImplementedError

    def _update(self) -> None:
        raise NotImplementedError
