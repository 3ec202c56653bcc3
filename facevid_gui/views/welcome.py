"""What the middle of the window shows while no record is open: the next step (floor 3).

It stands there from the first paint on; the page of a record, which is never needed that early, takes it in later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLineEdit

from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.widgets import push

if TYPE_CHECKING:
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class Welcome(EmptyState):
    """Teaches the next step: the guide or a profile first, then an id; a folder needs neither."""

    guide_wanted = Signal()
    profiles_wanted = Signal()
    open_folder_wanted = Signal()

    example_wanted = Signal(str)

    def __init__(self, theme: Theme, messages: Messages, session: Session) -> None:
        super().__init__(theme, "search", "", "")
        self._session = session
        self.guide_button = push(self.tr("Getting started…"), "primary", self.guide_wanted.emit)
        self.guide_button.setObjectName("guide_button")
        self.profile_button = push(self.tr("Add a profile…"), on_click=self.profiles_wanted.emit)
        for button in (self.guide_button, self.profile_button):
            self.add_action(button)
        self.add_action(push(self.tr("Open a folder…"), on_click=self.open_folder_wanted.emit))
        if session.is_demo:
            from facevid_gui.views.demo_list import DemoList

            self.examples = DemoList(messages, session.examples)
            self.examples.wanted.connect(self.example_wanted)
            self.add_below(self.examples)
        session.profiles_changed.connect(self._word)
        self._word()

    def _word(self) -> None:
        ready = bool(self._session.profiles) or not self._session.started
        for button in (self.guide_button, self.profile_button):
            button.setVisible(not ready)
        if self._session.is_demo:
            self.say(self.tr("Demo"), self.tr(
                "A made-up company and made-up people. Choose a record to look it up; nothing here stays."
            ))  # fmt: skip
        elif ready:
            self.say(self.tr("Look up a record"), self.tr(
                "Paste the id of a contract flow or an order above. What arrives is kept on this computer at once; "
                "the provider deletes its copy after one to three days."))  # fmt: skip
        else:
            self.say(self.tr("Welcome"), self.tr(
                "The guide sets this computer up step by step, or shows the demo. To review an evidence folder "
                "offline, open it: that needs no keys and no network."))  # fmt: skip
            focused = QApplication.focusWidget()
            if not (isinstance(focused, QLineEdit) and focused.text()):  # else somebody is typing already
                self.guide_button.setFocus()
