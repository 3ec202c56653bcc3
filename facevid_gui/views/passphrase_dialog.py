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


class SecretDialog(FormDialog):
    """Asks for a passphrase before something is done; it is forgotten once it was used.

    `name` is that of the object, and of its button between "confirm_" and "_button". What deletes or replaces is not
    what Enter presses.
    """

    confirmed = Signal(object)  # Secret, or None where a keyring keeps the key

    def __init__(
        self, messages: Messages, key_protection: str, words: tuple[str, str, str], name: str, prefix: str,
        parent: QWidget | None, *, kind: str = "primary",
    ) -> None:  # fmt: skip
        title, sentence, act = words
        super().__init__(title, sentence, parent)
        self.setObjectName(f"{name}_dialog")
        self._rows = PassphraseRows(self.form, messages, key_protection, self, prefix=prefix)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(act, kind, self._confirm)
        self.confirm_button.setObjectName(f"confirm_{name}_button")
        self.confirm_button.setDefault(kind == "primary")
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


class PassphraseDialog(SecretDialog):
    """What opens the key, to sign a note."""

    def __init__(self, messages: Messages, key_protection: str, parent: QWidget | None) -> None:
        words = self.tr("Sign"), messages.text("note.passphrase_why"), self.tr("Sign")
        super().__init__(messages, key_protection, words, "passphrase", "note_", parent)
