"""The page "What is stored where" (floor 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.core.wording import failure_text, size_text
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import Chip, ElidedLabel, Line, PlainLabel, SectionTitle, box, embolden, push, scrolling

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from facevid_gui.bridge.stored_desk import Listing, StoredDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.stored import Measured, Place

_SIZE = (760, 600)
_TONES = {"people": "warn", "ids": "accent", "nobody": "muted"}
_SENT = ("lookup", "ticket", "stamp", "probe")


class StoredDialog(QDialog):
    """One card for each place; its size comes when it was measured."""

    def __init__(self, messages: Messages, desk: StoredDesk, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("stored_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What is stored where"))
        self.setModal(True)
        self._messages = messages
        self._desk = desk
        self._sizes: dict[tuple[str, Path], PlainLabel] = {}
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        column.addWidget(PlainLabel(messages.text("stored.sentence"), tone="muted", wrap=True))
        content = QWidget()
        self._cards = box(QVBoxLayout(content), spacing=SPACE_M)
        self._cards.addStretch(1)
        column.addWidget(scrolling(content), 1)
        self.error = PlainLabel("", tone="bad", wrap=True)
        self.error.hide()
        column.addWidget(self.error)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        close = push(self.tr("Close"), "primary", self.close)
        close.setDefault(True)
        row.addWidget(close)
        column.addLayout(row)
        self.resize(*_SIZE)
        LeastSize(self, LEAST_WIDTH)
        desk.listed.connect(self._on_listed)
        desk.measured.connect(self._on_measured)
        desk.refused.connect(self._on_refused)
        desk.look()

    def _on_listed(self, listing: Listing) -> None:
        for place in listing.places:
            self._add(self._card(place))
            self._add(Line())
        self._add(SectionTitle(self.tr("Keyring")))
        self._add(PlainLabel(self._messages.text("stored.keyring", count=len(listing.keyring)), wrap=True))
        for entry in listing.keyring:
            self._add(ElidedLabel(entry, tone="muted"))
        self._add(Line())
        self._add(SectionTitle(self.tr("What is sent")))
        words = [self._messages.text("stored.sent"), *(self._messages.text(f"stored.sent.{what}") for what in _SENT)]
        self._add(PlainLabel("\n".join(words), wrap=True))
        keep_reading_order(self)

    def _card(self, place: Place) -> QWidget:
        text = self._messages.text
        card = QWidget()
        column = box(QVBoxLayout(card), spacing=SPACE_XS)
        first = box(QHBoxLayout(), spacing=SPACE_S)
        name = PlainLabel(text(f"stored.{place.name}"))
        embolden(name)
        first.addWidget(name)
        first.addWidget(Chip(text(f"stored.about.{place.about}"), tone=_TONES[place.about]))
        first.addStretch(1)
        size = PlainLabel(text("stored.measuring"), tone="muted")
        size.setObjectName(f"stored_size_{place.name}")
        self._sizes[place.name, place.path] = size
        first.addWidget(size)
        column.addLayout(first)
        second = box(QHBoxLayout(), spacing=SPACE_S)
        path = ElidedLabel(str(place.path), tone="muted", mode=Qt.TextElideMode.ElideMiddle)
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        second.addWidget(path, 1)
        folder = place.path.parent if place.name == "index" else place.path  # the one that is a file
        opener = push(self.tr("Open the folder"), "link", partial(_open, folder))
        opener.setAccessibleName(f"{self.tr('Open the folder')}: {name.text()}")
        second.addWidget(opener)
        column.addLayout(second)
        words = f"{text(f'stored.{place.name}.holds')} {text(f'stored.{place.name}.stays')}"
        column.addWidget(PlainLabel(words, wrap=True))
        return card

    def _on_measured(self, measured: Measured) -> None:
        label = self._sizes[measured.place.name, measured.place.path]
        text = self._messages.text
        words = text("stored.nothing")
        if measured.exists:
            words = text("stored.size", files=measured.files, size=size_text(measured.size_bytes))
        label.setText(f"{words} {text('stored.unreadable')}" if measured.problem else words)

    def _on_refused(self, error: FacevidError) -> None:
        self.error.setText(failure_text(error.code, error.params, self._messages))
        self.error.show()

    def _add(self, widget: QWidget) -> None:
        self._cards.insertWidget(self._cards.count() - 1, widget)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Nobody looks any more."""
        self._desk.stop()
        super().closeEvent(event)


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
