"""The places evidence is listed from: how each stands, add one, take one out of the list (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import Chip, ElidedLabel, IconButton, IconLabel, PlainLabel, box, panel, push, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.root_desk import RootDesk, RootState
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_LOOKS = {"reachable": ("check", "ok"), "read_only": ("lock", "warn"), "away": ("network", "bad")}


class PlacesDialog(FormDialog):
    """One card per place. Nothing is ever deleted here."""

    def __init__(self, theme: Theme, messages: Messages, desk: RootDesk, parent: QWidget | None) -> None:
        super().__init__(self.tr("Evidence places"), messages.text("places.sentence"), parent)
        self.setObjectName("places_dialog")
        self._theme, self._messages, self._desk = theme, messages, desk
        self._cards = QWidget()
        self._column = box(QVBoxLayout(self._cards), spacing=SPACE_S)
        self.waiting = PlainLabel(self.tr("Looking at the places…"), tone="muted")
        self._column.addWidget(self.waiting)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self._cards)  # not into the form: it would cut sentences that need two lines
        self.reindex_button = push(self.tr("Read all again"), "", self._reindex)
        self.reindex_button.setObjectName("reindex_button")
        self.add_button = push(self.tr("Add a place…"), "", self._choose)
        self.add_button.setObjectName("add_place_button")
        close = push(self.tr("Close"), "primary", self.accept)
        close.setDefault(True)
        for button in (self.reindex_button, self.add_button, close):
            self.buttons.addWidget(button)
        desk.looked.connect(self._show)
        desk.refused.connect(self._refuse)
        desk.look()

    def _show(self, states: tuple[RootState, ...]) -> None:
        self.waiting.hide()
        for old in self._cards.findChildren(QWidget, "place_card", Qt.FindChildOption.FindDirectChildrenOnly):
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        for state in states:
            self._column.addWidget(self._card(state))
        if not states:
            self.waiting.setText(self._messages.text("places.none"))
            self.waiting.show()
        self.error.setText(" ")
        QTimer.singleShot(0, self._fit)  # the cards know how high they must be once they are dressed

    def _fit(self) -> None:
        self._cards.updateGeometry()
        self.resize(max(self.width(), self.sizeHint().width()), self.sizeHint().height())

    def _card(self, state: RootState) -> QWidget:
        card = panel("card")
        card.setObjectName("place_card")
        row = box(QHBoxLayout(card), margin=SPACE_M, spacing=SPACE_S)
        icon, tone = _LOOKS[state.state]
        row.addWidget(IconLabel(self._theme, icon, tone, 18), 0, Qt.AlignmentFlag.AlignTop)
        lines = box(QVBoxLayout(), spacing=SPACE_XS)
        path = ElidedLabel(str(state.path), mode=Qt.TextElideMode.ElideMiddle)
        lines.addWidget(path)
        words = PlainLabel(self._messages.text(f"places.{state.state}"), tone=tone, wrap=True)
        lines.addWidget(words)
        if state.is_synced:
            lines.addWidget(PlainLabel(self._messages.text("save.synced"), tone="warn", wrap=True))
        row.addLayout(lines, 1)
        if state.is_first:
            row.addWidget(Chip(self.tr("new evidence goes here"), tone="accent"), 0, Qt.AlignmentFlag.AlignTop)
        else:
            remove = IconButton(self._theme, "cross", color="muted", kind="flat", size=16)
            remove.setObjectName("remove_place_button")
            remove.name(self.tr("Take out of the list; nothing is deleted"))
            remove.clicked.connect(lambda _checked=False: self._desk.remove(state.path))
            row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        card.setAccessibleName(f"{visible(str(state.path))}: {words.text()}")
        return card

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a place"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._desk.add(Path(name)))
        dialog.open()

    def _reindex(self) -> None:
        self._desk.reindex()
        self._desk.look()

    def _refuse(self, error: FacevidError) -> None:
        self.complain(error, self._messages)
