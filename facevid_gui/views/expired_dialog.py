"""Unsaved captures past their date: which of them are removed, and why (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from facevid_gui.core.moments import shown_time
from facevid_gui.core.wording import failure_text
from facevid_gui.views.reason_dialog import ReasonField
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import PlainLabel, add_row, push, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.bridge.expiry_desk import Expired, ExpiryDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages

_ROWS = 10


class ExpiredDialog(FormDialog):
    """A list with a mark for each; nothing is marked at first."""

    def __init__(self, messages: Messages, desk: ExpiryDesk, remembered: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(self.tr("Unsaved captures past their date"), messages.text("expired.sentence"), parent)
        self.setObjectName("expired_dialog")
        self._messages = messages
        self._desk = desk
        self.list = QListWidget()
        self.list.setObjectName("expired_list")
        self.list.setAccessibleName(self.windowTitle())
        self.list.setMinimumHeight(_ROWS * self.list.fontMetrics().height())
        self.waiting = PlainLabel(self.tr("Looking…"), tone="muted")
        self.form.addRow(self.waiting)
        self.form.addRow(self.list)
        self.reason_field = ReasonField(remembered)
        add_row(self.form, self.tr("Reason"), self.reason_field)
        self.all_button = push(self.tr("Mark all"), on_click=self._mark_all)
        self.buttons.insertWidget(0, self.all_button)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Remove for good"), "danger", self._confirm)
        self.confirm_button.setObjectName("confirm_expired_button")
        self.buttons.addWidget(self.confirm_button)
        self.list.itemChanged.connect(lambda _item: self._update())
        self.reason_field.textChanged.connect(self._update)
        desk.found.connect(self._on_found)
        desk.discarded.connect(self._on_discarded)
        desk.refused.connect(self._on_refused)
        self._update()
        desk.look()

    def _on_found(self, found: Sequence[Expired]) -> None:
        self.waiting.hide()
        self.list.clear()
        for one in found:
            state = self._messages.text(f"capture.state.{one.state}")
            words = f"{shown_time(one.captured_at, self._messages)}  {one.subject or one.evidence_id}  ·  {state}"
            item = QListWidgetItem(visible(words))
            item.setData(Qt.ItemDataRole.UserRole, one.evidence_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        if not found:
            self.error.set_tone("muted")
            self.error.setText(self._messages.text("captures.none_expired"))
        self._update()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _marked(self) -> list[str]:
        checked = Qt.CheckState.Checked
        return [str(item.data(Qt.ItemDataRole.UserRole)) for item in self._items() if item.checkState() == checked]

    def _mark_all(self) -> None:
        for item in self._items():
            item.setCheckState(Qt.CheckState.Checked)

    def _update(self) -> None:
        self.all_button.setEnabled(self.list.count() > 0)
        self.confirm_button.setEnabled(bool(self._marked()) and bool(self.reason_field.reason))

    def _confirm(self) -> None:
        self.confirm_button.setEnabled(False)
        self._desk.discard(self._marked(), self.reason_field.reason)

    def _on_discarded(self, count: int) -> None:
        self.error.set_tone("ok")
        self.error.setText(self._messages.text("notice.captures_removed", count=count))
        self._desk.look()

    def _on_refused(self, error: FacevidError) -> None:
        self.error.set_tone("bad")
        self.error.setText(failure_text(error.code, error.params, self._messages))
        self._update()
