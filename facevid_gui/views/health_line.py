"""The line that says how a recording is, and the way to all its facts (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facevid_gui.core.clip_words import details_text, health_text, is_sound, seen_details, seen_text
from facevid_gui.views.theme import SPACE_XS
from facevid_gui.views.widgets import ElidedLabel, IconButton, box

if TYPE_CHECKING:
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.core.clip import ClipCheck, ClipFacts, ClipSeen
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

LASTING_PROBLEMS = frozenset(
    {
        "decoder_missing",
        "decoder_crashed",
        "decoder_stalled",
        "player_failed",
        "player_no_picture",
        "player_not_given",
        "player_turns_wrong",
    }
)


class HealthLine(QWidget):
    """What is known of the open clip; what limits it for as long as it is open stays said."""

    def __init__(self, theme: Theme, screening: Screening, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._facts: ClipFacts | None = None
        self._check: ClipCheck | None = None
        self._seen: ClipSeen | None = None  # of a clip that is not shown
        self._problem = ""
        self.label = ElidedLabel(" ", tone="muted")
        self.label.setObjectName("health_label")
        self.button = IconButton(theme, "info", color="muted", kind="flat", size=16)
        self.button.setObjectName("recording_button")
        self.button.name(self.tr("All facts about this recording, and the kind of every frame"))
        self.button.clicked.connect(self.show_details)
        self._row = box(QHBoxLayout(self), spacing=SPACE_XS)
        self._row.addWidget(self.label, 1)
        self._row.addWidget(self.button)
        screening.facts_changed.connect(self._on_facts)
        screening.exact.clip_checked.connect(self._on_checked)
        screening.exact.refused_seen.connect(self._on_seen)
        screening.problem_found.connect(self._on_problem)
        screening.state_changed.connect(self._on_state)
        self._say()

    def add_tool(self, button: IconButton) -> IconButton:
        """One more button at the end of the line."""
        self._row.addWidget(button)
        return button

    def show_details(self) -> None:
        """Everything, in a window to read and copy from."""
        from facevid_gui.views.text_dialog import TextDialog

        text = seen_details(self._seen, self._messages) if self._seen is not None else ""
        if self._facts is not None:
            text = details_text(self._facts, self._check, self._messages)
        if text:
            sentence = self._messages.text("recording.sentence")
            TextDialog(self.tr("Recording"), sentence, text, self.window()).open()

    def _on_facts(self, facts: ClipFacts | None) -> None:
        self._facts, self._check = facts, None
        self._say()

    def _on_seen(self, seen: ClipSeen) -> None:
        self._seen = seen
        self._say()

    def _on_checked(self, check: ClipCheck) -> None:
        self._check = check
        self._say()

    def _on_state(self, state: str) -> None:
        if state in ("loading", "empty"):
            self._problem, self._seen = "", None
            self._on_facts(None)

    def _on_problem(self, code: str, detail: str) -> None:
        if code in LASTING_PROBLEMS:
            self._problem = self._messages.text(f"problem.{code}", detail=detail)
            self._say()

    def _seen_text(self) -> str:
        if self._seen is None:
            return ""
        return QCoreApplication.translate("ClipView", "Recording: {0}").format(seen_text(self._seen, self._messages))

    def _say(self) -> None:
        self.button.setEnabled(self._facts is not None or self._seen is not None)
        if self._facts is None:
            self.label.set_tone("warn" if self._problem or self._seen else "muted")
            self.label.setText(self._problem or self._seen_text() or " ")
            return
        health = health_text(self._facts, self._check, self._messages)
        words = QCoreApplication.translate("ClipView", "Recording: {0}").format(health)
        self.label.set_tone("muted" if is_sound(self._facts, self._check) and not self._problem else "warn")
        self.label.setText(f"{self._problem} · {words}" if self._problem else words)
