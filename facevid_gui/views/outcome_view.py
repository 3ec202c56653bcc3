"""A look-up that came to no recording: what, why, next step, the service's own words (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from facevid_gui.core.masking import mask_name
from facevid_gui.core.moments import shown_time
from facevid_gui.core.wording import state_text, window_failure
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.notice_bar import KEYS_ASKED, LACKS
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import (
    Chip,
    IconLabel,
    PlainLabel,
    SectionTitle,
    ValueRow,
    box,
    panel,
    push,
    visible,
)

if TYPE_CHECKING:
    from facevid_gui.bridge.session import Page
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.core.query import Query
    from facevid_gui.core.record import Flow
    from facevid_gui.views.theme import Theme

_ICONS = {
    "no_media_yet": ("clock", "warn"), "no_recording": ("video", "warn"), "not_found": ("search", "warn"),
    "refused": ("lock", "bad"), "signature": ("key", "bad"), "network": ("network", "bad"),
    "incomplete": ("interrupted", "bad"),
}  # fmt: skip
_NO_FAILURE = {"signer_needed": ("user", "accent"), "cancelled": ("stop", "muted")}
_LARGE_OFFSET_S = 60


class OutcomeView(QScrollArea):
    """One card in the middle."""

    signer_chosen = Signal(str)
    again_wanted = Signal()
    profiles_wanted = Signal()
    help_wanted = Signal()
    capture_wanted = Signal(str)

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("outcome_view")
        self._theme = theme
        self._messages = messages
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_page(self, page: Page) -> None:
        """Word an outcome or an error."""
        outcome, error = page.outcome, page.error
        code, params = (
            (error.code, error.params) if error else (outcome.code, dict(outcome.params)) if outcome else ("", {})
        )
        icon, tone = _ICONS.get(str(outcome.kind), ("warning", "bad")) if outcome and not error else ("warning", "bad")
        icon, tone = _NO_FAILURE.get(code, (icon, tone))
        content = QWidget()
        outer = box(QVBoxLayout(content), margin=SPACE_L)
        outer.addStretch(1)
        card = panel("card")
        card.setMaximumWidth(640)
        column = box(QVBoxLayout(card), margin=SPACE_L, spacing=SPACE_M)
        what, next_step = window_failure(code, params, self._messages)
        self._add_headline(column, icon, tone, what)
        self.next_step = PlainLabel(next_step, wrap=True)
        column.addWidget(self.next_step)
        if page.flow is not None and code == "signer_needed":
            self._add_signers(column, page.flow)
        if page.asked is not None:
            self._add_asked(column, page.asked)
        if outcome is not None:
            self._add_facts(column, outcome)
        if page.capture is not None:
            column.addWidget(PlainLabel(self._messages.text("outcome.kept"), tone="muted", wrap=True))
        self._add_buttons(column, page, code)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 10)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(2)
        self.setAccessibleName(self.headline.text())
        self.setWidget(content)
        keep_reading_order(self)

    def _add_headline(self, column: QVBoxLayout, icon: str, tone: str, what: str) -> None:
        row = box(QHBoxLayout(), spacing=SPACE_M)
        row.addWidget(IconLabel(self._theme, icon, tone, 26), 0, Qt.AlignmentFlag.AlignTop)
        self.headline = PlainLabel(what, wrap=True)
        self.headline.setObjectName("outcome_headline")
        font = self.headline.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.headline.setFont(font)
        row.addWidget(self.headline, 1)
        column.addLayout(row)

    def _add_asked(self, column: QVBoxLayout, asked: Query) -> None:
        """Whatever stands in the field by now."""
        copy = self.tr("Copy")
        for name, value in (("flow_id", asked.flow_id), ("sign_id", asked.sign_id), ("order_no", asked.order_no)):
            if value:
                label = self._messages.text(f"label.{name}")
                column.addWidget(ValueRow(self._theme, label, value, is_id=True, copy_tip=copy))

    def _add_facts(self, column: QVBoxLayout, outcome: Outcome) -> None:
        copy = self.tr("Copy")
        said = visible(" ".join(part for part in (outcome.provider_code, outcome.provider_message) if part))
        rows = [(self.tr("service says"), said if outcome.provider_code != "0" else "", False),
                (self._messages.text("label.request_id"), outcome.request_id or "", True)]  # fmt: skip
        offset = outcome.clock_offset_s
        if offset is not None and abs(offset) > _LARGE_OFFSET_S:
            rows.append((self.tr("clock"), self._messages.text("clock.difference", seconds=f"{offset:+.0f}"), False))
        shown = [row for row in rows if row[1]]
        if shown:
            column.addWidget(SectionTitle(self.tr("For a support request")))
        for label, value, is_id in shown:
            column.addWidget(ValueRow(self._theme, label, value, is_id=is_id, copy_tip=copy))

    def _add_signers(self, column: QVBoxLayout, flow: Flow) -> None:
        column.addWidget(SectionTitle(self.tr("Who signed")))
        for signer in flow.signers:
            row = box(QHBoxLayout(), spacing=SPACE_S)
            words = FlowLayout()
            words.addWidget(PlainLabel(mask_name(signer.name) or "–"))
            state = state_text(signer.state, self._messages)
            words.addWidget(Chip(state, tone="ok" if signer.is_signed_person else "", letters=22))
            words.addWidget(PlainLabel(shown_time(signer.approved_at, self._messages), tone="muted"))
            row.addLayout(words, 1)
            row.setAlignment(words, Qt.AlignmentFlag.AlignVCenter)
            button = push(self.tr("Look up"), "primary" if signer.is_signed_person else "")
            button.setEnabled(signer.is_signed_person)
            button.setAccessibleDescription(visible(mask_name(signer.name)))
            if not signer.is_signed_person:
                button.setToolTip(self._messages.text("signer.no_recording"))
            button.clicked.connect(lambda _checked, sign_id=signer.sign_id: self.signer_chosen.emit(sign_id))
            row.addWidget(button)
            column.addLayout(row)

    def _add_buttons(self, column: QVBoxLayout, page: Page, code: str) -> None:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        if code in KEYS_ASKED:
            row.addWidget(push(self.tr("Edit profile…"), on_click=self.profiles_wanted.emit))
        if code in LACKS:
            row.addWidget(push(self.tr("Help…"), on_click=self.help_wanted.emit))
        if page.capture is not None and not page.capture.name.startswith("."):
            name = page.capture.name
            row.addWidget(push(self.tr("Show what was received"), on_click=lambda: self.capture_wanted.emit(name)))
        if page.error is None and code != "signer_needed":
            row.addWidget(push(self.tr("Look up again"), "primary", self.again_wanted.emit))
        column.addLayout(row)
