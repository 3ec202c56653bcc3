"""The dialog of the places evidence is listed from (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facevid_gui.views.places_panel import PlacesPanel
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import push

if TYPE_CHECKING:
    from facevid_gui.bridge.root_desk import RootDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class PlacesDialog(FormDialog):
    """The places over the window. Nothing is ever deleted here."""

    def __init__(self, theme: Theme, messages: Messages, desk: RootDesk, parent: QWidget | None) -> None:
        super().__init__(self.tr("Evidence places"), messages.text("places.sentence"), parent)
        self.setObjectName("places_dialog")
        self._messages, self._desk = messages, desk
        self._places = PlacesPanel(theme, messages, desk)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self._places)  # not into the form: it would cut sentences that need two lines
        self.reindex_button = push(self.tr("Read all again"), "", self._reindex)
        self.reindex_button.setObjectName("reindex_button")
        close = push(self.tr("Close"), "primary", self.accept)
        close.setDefault(True)
        for button in (self.reindex_button, self._places.add_button, close):
            self.buttons.addWidget(button)
        self._places.shown.connect(self._on_shown)
        desk.refused.connect(self._refuse)
        desk.look()

    def _on_shown(self) -> None:
        self.error.setText(" ")
        keep_reading_order(self)
        QTimer.singleShot(0, self._fit)  # the cards know how high they must be once they are dressed

    def _fit(self) -> None:
        self._places.updateGeometry()
        self.resize(max(self.width(), self.sizeHint().width()), self.sizeHint().height())

    def _reindex(self) -> None:
        self._desk.reindex()
        self._desk.look()

    def _refuse(self, error: FacevidError) -> None:
        self.complain(error, self._messages)
