"""Lines below the library: the index being built, places that are away (floor 3). Nothing to say: nothing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facevid_gui.views.narrow_button import NarrowButton
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import IconLabel, PlainLabel, box, push, tip, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.session import LibraryState, Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class LibraryStrip(QFrame):
    """Follows the state of the index."""

    places_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, session: Session) -> None:
        super().__init__()
        self.setObjectName("library_strip")
        self._messages = messages
        self._session = session
        self._column = box(QVBoxLayout(self), margin=SPACE_M, spacing=SPACE_S)
        self.scanning = QWidget()
        lines = box(QVBoxLayout(self.scanning), spacing=SPACE_XS)
        self.scan_text = PlainLabel(tone="muted", wrap=True)
        self.scan_text.setObjectName("library_scan_text")
        self.scan_bar = QProgressBar()
        self.scan_bar.setTextVisible(False)
        self.scan_bar.setAccessibleName(self.tr("Progress of the index"))
        words = box(QHBoxLayout(), spacing=SPACE_S)
        words.addWidget(self.scan_text, 1)
        self.stop_button = push(self.tr("Stop"), "link", self.stop_wanted.emit)
        self.stop_button.setObjectName("library_stop_button")
        self.stop_button.setAccessibleDescription(self.tr("Stop reading the library"))
        words.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(words)
        lines.addWidget(self.scan_bar)
        self.away = QWidget()
        row = box(QHBoxLayout(self.away), spacing=SPACE_S)
        row.addWidget(IconLabel(theme, "network", "warn", 16), 0, Qt.AlignmentFlag.AlignTop)
        self.away_text = PlainLabel(tone="warn", wrap=True)
        self.away_text.setObjectName("library_away_text")
        row.addWidget(self.away_text, 1)
        self.places_button = NarrowButton(self.tr("Places…"), "link", self.places_wanted.emit)
        self.places_button.setObjectName("library_places_button")
        row.addWidget(self.places_button, 0, Qt.AlignmentFlag.AlignTop)
        self._parts: list[QWidget] = []
        for part in (self.scanning, self.away):
            self.add(part)
            part.hide()
        self.hide()

    def add(self, part: QWidget) -> None:
        """One more line; it shows and hides itself."""
        self._column.addWidget(part)
        self._parts.append(part)

    def show_state(self) -> None:
        """Say what is so now."""
        state: LibraryState = self._session.library
        is_long = state.is_scanning and state.done > 0
        self.scanning.setVisible(is_long)
        if is_long:
            key = "library.index.reading" if state.is_scanned else "library.index.building"
            self.scan_text.setText(self._messages.text(key, done=state.done, total=state.total))
            self.scan_bar.setRange(0, state.total)
            self.scan_bar.setValue(state.done)
        self.away.setVisible(bool(state.away))
        if state.away:
            self.away_text.setText(self._messages.text("library.away", count=len(state.away)))
            self.away_text.setToolTip(tip("\n".join(visible(str(root)) for root in state.away)))
        self.fit()

    def fit(self) -> None:
        """Be there only while there is something to say."""
        self.setVisible(any(not part.isHidden() for part in self._parts))
