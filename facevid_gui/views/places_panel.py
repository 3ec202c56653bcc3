"""The places of evidence as cards: how each stands, where new evidence goes, add one, take one out (floor 3).

Nothing is ever deleted here. The dialog of places, the settings and the guide show it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import Chip, ElidedLabel, IconButton, IconLabel, PlainLabel, box, panel, push, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.root_desk import RootDesk, RootState
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_LOOKS = {
    "reachable": ("check", "ok"),
    "read_only": ("lock", "warn"),
    "new": ("plus", "muted"),
    "away": ("network", "bad"),
}


class PlacesPanel(QWidget):
    """One card per place. With `chooses` a place that is added is the one for new evidence."""

    shown = Signal()

    def __init__(self, theme: Theme, messages: Messages, desk: RootDesk, *, chooses: bool = False) -> None:
        super().__init__()
        self._theme, self._messages, self._desk = theme, messages, desk
        self._take = desk.choose if chooses else desk.add
        self._column = box(QVBoxLayout(self), spacing=SPACE_S)
        self.waiting = PlainLabel(self.tr("Looking at the places…"), tone="muted", wrap=True)
        self._column.addWidget(self.waiting)
        self.add_button = push(self.tr("Add a place…"), "", self._choose)
        self.add_button.setObjectName("add_place_button")
        desk.looked.connect(self._show)

    def _show(self, states: tuple[RootState, ...]) -> None:
        self.waiting.hide()
        for old in self.findChildren(QWidget, "place_card", Qt.FindChildOption.FindDirectChildrenOnly):
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        for state in states:
            self._column.addWidget(self._card(state))
        if not states:
            self.waiting.setText(self._messages.text("places.none"))
            self.waiting.show()
        self.shown.emit()

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
            if state.state == "reachable":
                use = push(self.tr("New evidence here"), "link", lambda: self._desk.choose(state.path))
                use.setObjectName("use_place_button")
                use.setAccessibleDescription(visible(str(state.path)))
                row.addWidget(use, 0, Qt.AlignmentFlag.AlignTop)
            remove = IconButton(self._theme, "cross", color="muted", kind="flat", size=16)
            remove.setObjectName("remove_place_button")
            remove.name(self.tr("Take out of the list; nothing is deleted"))
            remove.setAccessibleDescription(visible(str(state.path)))
            remove.clicked.connect(lambda _checked=False: self._desk.remove(state.path))
            row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        card.setAccessibleName(f"{visible(str(state.path))}: {words.text()}")
        return card

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a place"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._take(Path(name)))
        dialog.open()
