"""The passphrase of the signing key in a form: one field, two for a key that is yet to be made (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit

from facevid_gui.core.secret import LEAST_PASSPHRASE, Secret
from facevid_gui.views.widgets import PlainLabel, add_row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFormLayout

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages


class PassphraseRows(QObject):
    """Rows of `form`, none where the keyring opens the key. `prefix` begins the names of the fields."""

    changed = Signal()

    def __init__(
        self, form: QFormLayout, messages: Messages, key_protection: str, parent: QObject, prefix: str = ""
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._is_needed = key_protection != "keyring"
        self._is_new = key_protection == "new_passphrase"
        self.field, self.again = QLineEdit(), QLineEdit()
        self.hint = PlainLabel(" ", tone="warn", wrap=True)
        self.fields = [*([self.field] if self._is_needed else []), *([self.again] if self._is_new else [])]
        for field, name in ((self.field, "passphrase_field"), (self.again, "passphrase_again_field")):
            field.setObjectName(f"{prefix}{name}")
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._on_text)
        if self._is_needed:
            add_row(form, self.tr("Key passphrase"), self.field)
        if self._is_new:  # nobody could open a key made with a slip of the finger
            add_row(form, self.tr("Once more"), self.again)
            form.addRow("", self.hint)

    @property
    def is_complete(self) -> bool:
        """Whether what is needed was typed, twice the same where that is asked for."""
        typed = self.field.text()
        fits = not self._is_new or (self.again.text() == typed and Secret(typed).is_long_enough)
        return not self._is_needed or (bool(typed) and fits)

    @property
    def missing(self) -> QLineEdit | None:
        """The field in which something is still to be typed."""
        if self.is_complete:
            return None
        typed = Secret(self.field.text())
        return self.again if self._is_new and typed.is_long_enough else self.field

    def secret(self) -> Secret | None:
        """What was typed; None where nothing is needed."""
        return Secret(self.field.text()) if self._is_needed else None

    def wrong(self, error: FacevidError) -> QLineEdit | None:
        """The field to type in anew after an error of the passphrase; None after another one."""
        return self.field if self._is_needed and error.code == "key_passphrase_wrong" else None

    def clear(self) -> None:
        """Forget what was typed."""
        self.field.clear()
        self.again.clear()

    def _on_text(self) -> None:
        typed, again = self.field.text(), self.again.text()
        hint = " "
        if self._is_new and again and not typed.startswith(again):
            hint = self._messages.text("error.passphrases_differ")
        elif self._is_new and typed and not Secret(typed).is_long_enough:
            hint = self._messages.text("error.passphrase_short", least=LEAST_PASSPHRASE)
        self.hint.setText(hint)
        self.changed.emit()
