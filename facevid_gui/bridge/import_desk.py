"""Answers saved earlier, and what a look-up would send (floor 2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import work

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.query import Query


class ImportDesk(QObject):
    """Commands beside the look-up; what they bring is shown by the controller."""

    request_previewed = Signal(str)

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller

    def import_answer(self, file: Path, query: Query) -> None:
        """Make a record of an answer saved earlier."""
        self._controller.begin(
            "import", lambda token, _tell: work.import_answer(self._services, file, query, token),
            self._on_imported,
        )  # fmt: skip

    def _on_imported(self, answered: work.Answered) -> None:
        self._controller.asked = None  # a file was
        self._controller.show_answer(answered)

    def ask_again(self) -> None:
        """Ask once more for what the page speaks of, with the chosen profile where it can ask for that."""
        asked, session = self._controller.asked, self._controller.session
        if asked is None:
            self._controller.look_up()
            return
        same = next((known for known in session.profiles if known.name == asked.profile.name), asked.profile)
        chosen = session.profile if session.profile and session.profile.kind == asked.profile.kind else same
        question = work.Question(chosen, asked.query, session.given.get(chosen.name))
        self._controller.begin("look_up", partial(work.look_up, self._services, question), self._controller.show_answer)

    def preview(self) -> None:
        """Show what a look-up of the pasted id would send."""
        question = self._controller.question()
        if question is not None:
            self._controller.jobs.submit(
                "preview", lambda _token, _tell: work.preview(self._services, question), self.request_previewed.emit,
                failed=self._controller.tell_error,
            )  # fmt: skip
