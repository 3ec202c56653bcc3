"""How far verifying the library is: held, gone on with, given up (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from facevid_gui.views.theme import SPACE_S, SPACE_XS
from facevid_gui.views.widgets import IconButton, IconLabel, PlainLabel, box

if TYPE_CHECKING:
    from facevid_gui.bridge.check_desk import CheckDesk
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class CheckLine(QFrame):
    """One line with a bar; hidden while nothing is verified and nothing waits."""

    def __init__(self, theme: Theme, messages: Messages, desk: CheckDesk) -> None:
        super().__init__()
        self.setObjectName("check_line")
        self._messages = messages
        self._desk = desk
        column = box(QVBoxLayout(self), spacing=SPACE_XS)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addWidget(IconLabel(theme, "shield", "accent", 16))
        self.text = PlainLabel(tone="muted", wrap=True)
        self.text.setObjectName("check_text")
        row.addWidget(self.text, 1)
        self.pause_button = IconButton(theme, "pause", color="muted", kind="flat", size=16)
        self.pause_button.setObjectName("check_pause_button")
        self.pause_button.name(self.tr("Hold verifying"))
        self.pause_button.clicked.connect(self._toggle)
        self.stop_button = IconButton(theme, "cross", color="muted", kind="flat", size=16)
        self.stop_button.setObjectName("check_stop_button")
        self.stop_button.name(self.tr("Give up verifying"))
        self.stop_button.clicked.connect(lambda _checked=False: desk.give_up())
        row.addWidget(self.pause_button)
        row.addWidget(self.stop_button)
        column.addLayout(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of verifying"))
        column.addWidget(self.bar)
        self.show_state()

    def show_state(self) -> None:
        """Say how far it is."""
        state = self._desk.state
        self.setVisible(state.what != "idle")
        if state.what == "idle":
            return
        self.text.setText(self._messages.text(f"check.{state.what}", done=state.done, total=state.total))
        is_paused = state.what == "paused"
        self.pause_button.show_icon("play" if is_paused else "pause")
        self.pause_button.name(self.tr("Go on verifying") if is_paused else self.tr("Hold verifying"))
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(state.what != "stopping")
        self.bar.setRange(0, state.total)
        self.bar.setValue(state.done)
        self.setAccessibleName(self.text.text())

    def _toggle(self) -> None:
        if self._desk.state.what == "paused":
            self._desk.start()
        else:
            self._desk.pause()
