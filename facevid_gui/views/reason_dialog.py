"""Why something is looked at, asked before it is shown, where the settings demand it (floor 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from facevid_gui.core.reasons import MAX_REASON
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import add_row, brief, push

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.messages import Messages

_OFFERED = 4


class ReasonField(QLineEdit):
    """One line for a reason; the last ones of this run complete what is typed."""

    def __init__(self, remembered: Sequence[str]) -> None:
        super().__init__()
        from PySide6.QtWidgets import QCompleter

        self.setObjectName("reason_field")
        self.setMaxLength(MAX_REASON)
        completer = QCompleter(list(remembered), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)

    @property
    def reason(self) -> str:
        """What was said, on one line."""
        return " ".join(self.text().split())


class ReasonDialog(FormDialog):
    """A sentence, a line, the last reasons to take again."""

    confirmed = Signal(str)

    def __init__(self, messages: Messages, what: str, remembered: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(self.tr("Reason"), messages.text(f"reason_for.{what}"), parent)
        self.setObjectName("reason_dialog")
        self.field = ReasonField(remembered)
        add_row(self.form, self.tr("Reason"), self.field)
        for number, reason in enumerate(remembered[:_OFFERED]):
            again = push(brief(reason, 48).replace("&", "&&"), "link", partial(self.field.setText, reason))
            again.setObjectName(f"reason_again_{number}")
            self.form.addRow("", again)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Go on"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_reason_button")
        self.confirm_button.setDefault(True)
        self.confirm_button.setEnabled(False)
        self.buttons.addWidget(self.confirm_button)
        self.field.textChanged.connect(lambda _text: self.confirm_button.setEnabled(bool(self.field.reason)))
        self.field.setFocus()

    def _confirm(self) -> None:
        reason = self.field.reason
        self.accept()
        self.confirmed.emit(reason)
