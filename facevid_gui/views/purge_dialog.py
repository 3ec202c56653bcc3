"""Deleting evidence: what goes, what is known of copies, why; the evidence id is typed (floor 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from facevid_gui.core.moments import shown_time
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import BriefLabel, PlainLabel, add_row, brief, push

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.purge import PurgePlan

ENOUGH = 8  # characters of an evidence id
_MOST = 4
_AGAIN = 2


class PurgeDialog(FormDialog):
    """Delete a folder for good."""

    confirmed = Signal(object, str)  # PurgePlan, reason

    def __init__(
        self, messages: Messages, plan: PurgePlan, now: datetime, parent: QWidget | None,
        remembered: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(self.tr("Delete evidence"), messages.text("purge.sentence"), parent)
        self.setObjectName("purge_dialog")
        self._plan = plan
        for tone, text in _facts(plan, now, messages):
            label = BriefLabel(text, tone=tone)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.form.addRow(label)
        self.reason_field = QPlainTextEdit()
        self.reason_field.setObjectName("purge_reason_field")
        self.reason_field.setTabChangesFocus(True)
        self.reason_field.setFixedHeight(2 * self.reason_field.fontMetrics().height() + 16)
        self.id_field = QLineEdit()
        self.id_field.setObjectName("purge_id_field")
        add_row(self.form, self.tr("Reason"), self.reason_field)
        for reason in remembered[:_AGAIN]:
            again = push(brief(reason, 48).replace("&", "&&"), "link", partial(self.reason_field.setPlainText, reason))
            self.form.addRow("", again)
        add_row(self.form, self.tr("Evidence id"), self.id_field)
        how = messages.text("purge.type_id_window", id=plan.evidence_id, count=ENOUGH)
        self.form.addRow(PlainLabel(how, tone="muted", wrap=True))
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Delete for good"), "danger", self._confirm)
        self.confirm_button.setObjectName("confirm_purge_button")
        self.buttons.addWidget(self.confirm_button)
        self.reason_field.textChanged.connect(self._update)
        self.id_field.textChanged.connect(self._update)
        self._update()

    def _reason(self) -> str:
        return " ".join(self.reason_field.toPlainText().split())

    def _update(self) -> None:
        typed = self.id_field.text().strip().lower()
        is_meant = len(typed) >= ENOUGH and self._plan.evidence_id.startswith(typed)
        self.confirm_button.setEnabled(bool(self._reason()) and is_meant)

    def _confirm(self) -> None:
        self.confirmed.emit(self._plan, self._reason())
        self.accept()


def _facts(plan: PurgePlan, now: datetime, messages: Messages) -> Iterator[tuple[str, str]]:
    """Tone and words of what the user should know before."""
    text = messages.text
    if not plan.verdict.verified:
        yield "bad", text(f"verdict.{plan.verdict.verdict}")
    if plan.review_by is None:
        yield "warn", text("purge.no_date")
    elif plan.is_due(now):
        yield "muted", text("purge.date_passed", when=shown_time(plan.review_by, messages))
    else:
        yield "warn", text("purge.date_ahead", when=shown_time(plan.review_by, messages))
    yield "muted", text("purge.covers" if plan.has_sidecar else "purge.covers_folder")
    if plan.exports:
        known = [
            " · ".join(filter(None, (export.at[:10], brief(export.recipient), brief(export.file))))
            for export in plan.exports[-_MOST:]
        ]
        yield "warn", "\n".join((text("purge.exports", count=len(plan.exports)), *known))
    if plan.copies:
        paths = [brief(str(path)) for path in plan.copies[:_MOST]]
        yield "warn", "\n".join((text("purge.copies", count=len(plan.copies)), *paths))
    yield "muted", text("purge.not_proven")
