"""Asking for the passphrase of the key, where no keyring keeps it (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import push

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from facevid_gui.core.messages import Messages


class PassphraseDialog(FormDialog):
    """What opens the key; it is forgotten once it was used."""

    confirmed = Signal(object)  # Secret

    def __init__(self, messages: Messages, key_protection: str, parent: QWidget | None) -> None:
        super().__init__(self.tr("Sign"), messages.text("note.passphrase_why"), parent)
        self.setObjectName("passphrase_dialog")
        self._rows = PassphraseRows(self.form, messages, key_protection, self, prefix="note_")
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Sign"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_passphrase_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.confirm_button)
        self._rows.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        self.confirm_button.setEnabled(self._rows.is_complete)

    def _confirm(self) -> None:
        secret = self._rows.secret()
        self._rows.clear()
        self.confirmed.emit(secret)
        self.accept()
