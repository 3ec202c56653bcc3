"""Trusting a stranger's signer: the user compares fingerprints by typing what is hidden here (floor 3).

The folder shows most of its signer's fingerprint; some groups, other ones each time, are hidden and must come from
the sheet that was received by another road. There is no button that only says OK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout

from facevid_gui.core.fingerprints import DIGITS, GROUP
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.theme import SPACE_M, SPACE_S, fixed_font
from facevid_gui.views.widgets import BriefLabel, Chip, PlainLabel, add_row, box, brief, panel, push

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFrame, QWidget

    from facevid_gui.bridge.trust_desk import Stranger, TrustDesk
    from facevid_gui.bridge.trusted_desk import TrustedDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages

_PER_ROW = 4
HIDDEN = "????"


class TrustDialog(FormDialog):
    """One comparison, of who signed a folder, or of a certificate that somebody sent."""

    def __init__(
        self, messages: Messages, desk: TrustDesk | TrustedDesk, stranger: Stranger, parent: QWidget | None, *,
        sent: bool = False,
    ) -> None:  # fmt: skip
        sentence = messages.text("trust.dialog.sent" if sent else "trust.dialog.sentence")
        super().__init__(self.tr("Compare the signer"), sentence, parent)
        self._differs = "trust.dialog.sent.differs" if sent else "trust.dialog.differs"
        self.setObjectName("trust_dialog")
        self._messages = messages
        self._desk = desk
        self._stranger = stranger
        subject = BriefLabel(brief(stranger.subject))
        add_row(self.form, self.tr("Calls itself"), subject)
        add_row(self.form, self.tr("Fingerprint"), self._make_groups())
        self.field = QLineEdit()
        self.field.setObjectName("trust_field")
        self.field.setFont(fixed_font())
        self.field.setPlaceholderText(" ".join(["0000"] * len(stranger.asked)))
        self.field.setMaxLength(4 * DIGITS)
        add_row(self.form, self.tr("From the sheet"), self.field)
        hint = messages.text("trust.dialog.hint", digits=GROUP * len(stranger.asked))
        self.form.addRow("", PlainLabel(hint, tone="muted", wrap=True))
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Compare and trust"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_trust_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.confirm_button)
        self.field.textChanged.connect(self._update)
        desk.trusted.connect(self.accept)
        desk.refused.connect(self._refuse)
        self._update()
        self.field.setFocus()

    def _make_groups(self) -> QFrame:
        """The folder's fingerprint as it stands on a sheet, four groups a line, those to be typed hidden."""
        card = panel("card")
        column = box(QVBoxLayout(card), margin=SPACE_M, spacing=SPACE_S)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        for number, group in enumerate(self._stranger.groups):
            row, place = divmod(number, _PER_ROW)
            if number in self._stranger.asked:
                label: PlainLabel = Chip(HIDDEN, tone="accent")
                label.setAccessibleName(self._messages.text("trust.dialog.hidden", number=number + 1))
            else:
                label = PlainLabel(group)
            label.setFont(fixed_font())
            grid.addWidget(label, row, place, Qt.AlignmentFlag.AlignCenter)
        beside = box(QHBoxLayout(), spacing=0)
        beside.addLayout(grid)
        beside.addStretch(1)
        column.addLayout(beside)
        return card

    def _update(self) -> None:
        self.confirm_button.setEnabled(self._stranger.is_complete(self.field.text()))

    def _confirm(self) -> None:
        if not self._stranger.is_same(self.field.text()):
            self._say(self._messages.text(self._differs))
        elif self._desk.trust(self._stranger, self.field.text()):
            self._say(" ")
            self.kept_focus.hold()
            self._set_busy(busy=True)
        else:
            self._say(self._messages.text("notice.busy"))

    def _refuse(self, error: FacevidError) -> None:
        self._set_busy(busy=False)
        self.complain(error, self._messages)
        self.kept_focus.give_back(self.field)

    def _say(self, text: str) -> None:
        self.error.setText(text)
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))

    def _set_busy(self, *, busy: bool) -> None:
        self.field.setEnabled(not busy)
        self.confirm_button.setEnabled(not busy)
        self.confirm_button.setText(self.tr("Checking…") if busy else self.tr("Compare and trust"))
