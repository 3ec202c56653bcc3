"""The settings: sections at the left, the chosen one at the right; what is chosen is saved together (floor 3).

Profiles, places, trusted signers and keys act at once, as their own dialogs do; Save is for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.core.wording import failure_text
from facevid_gui.views.kept_focus import KeptFocus
from facevid_gui.views.settings_doors import KeysSection, PlacesSection, ProfilesSection, TrustedSection
from facevid_gui.views.settings_privacy import PrivacySection
from facevid_gui.views.settings_sections import (
    LookSection,
    NetworkSection,
    OperatorSection,
    PlaybackSection,
    StampSection,
)
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import PlainLabel, SectionTitle, box, panel, push, scrolling

if TYPE_CHECKING:
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.clip_view import Transport
    from facevid_gui.views.settings_section import Section
    from facevid_gui.views.theme import Theme

_SIZE = (1000, 740)
_FRAME = 64
_LIST_WIDTH = 200


class SettingsDialog(QDialog):
    """Shows the settings in force; they change when they were written."""

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desks: Desks, transport: Transport,
        screening: Screening, parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._messages, self._desk = messages, desks.settings
        self._kept_focus = KeptFocus(self)
        self.sections: dict[str, Section] = {
            "profiles": ProfilesSection(theme, messages, session, desks),
            "places": PlacesSection(theme, messages, desks),
            "operator": OperatorSection(messages, desks.settings),
            "stamps": StampSection(messages, desks.settings),
            "trusted": TrustedSection(theme, messages, desks),
            "network": NetworkSection(messages, desks.settings),
            "privacy": PrivacySection(messages, desks.settings),
            "playback": PlaybackSection(theme, messages, transport, screening),
            "look": LookSection(theme, messages, desks.settings),
            "keys": KeysSection(messages, desks),
        }
        outer = box(QHBoxLayout(self), spacing=0)
        outer.addWidget(self._make_list())
        outer.addWidget(self._make_side(), 1)
        desks.settings.saved.connect(self._on_saved)
        desks.settings.refused.connect(self._refuse)
        self.rejected.connect(self._go_back)
        if self._desk.problem is not None:
            self._complain(self._desk.problem)
        room = self.screen().availableGeometry()
        self.resize(min(_SIZE[0], room.width() - _FRAME), min(_SIZE[1], room.height() - _FRAME))
        self.go_to("profiles")

    def go_to(self, name: str) -> None:
        """Show a section."""
        self.list.setCurrentRow(list(self.sections).index(name))

    def _make_list(self) -> QWidget:
        side = panel("side-left")
        side.setFixedWidth(_LIST_WIDTH)
        column = box(QVBoxLayout(side), margin=SPACE_M, spacing=SPACE_S)
        column.addWidget(SectionTitle(self.tr("Settings")))
        self.list = QListWidget()
        self.list.setObjectName("settings_sections")
        self.list.setAccessibleName(self.tr("Sections"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        height = self.list.fontMetrics().height() + 2 * SPACE_S
        for section in self.sections.values():
            item = QListWidgetItem(section.title)
            item.setSizeHint(QSize(0, height))  # rows are measured before the style sheet is there
            self.list.addItem(item)
        self.list.currentRowChanged.connect(self._on_row)
        column.addWidget(self.list, 1)
        return side

    def _make_side(self) -> QWidget:
        side = QWidget()
        column = box(QVBoxLayout(side), margin=SPACE_L, spacing=SPACE_M)
        self._stack = QStackedWidget()
        for section in self.sections.values():
            self._stack.addWidget(scrolling(section))
        column.addWidget(self._stack, 1)
        self.error = PlainLabel(" ", tone="bad", wrap=True)
        self.error.setObjectName("dialog_error")
        column.addWidget(self.error)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        row.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.save_button = push(self.tr("Save"), "primary", self._save)
        self.save_button.setObjectName("save_settings_button")
        self.save_button.setDefault(True)
        row.addWidget(self.save_button)
        column.addLayout(row)
        return side

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self._stack.setCurrentIndex(row)
            list(self.sections.values())[row].refresh()

    def _save(self) -> None:
        for name, section in self.sections.items():
            if unkept := section.unkept():
                self.go_to(name)
                self.error.setText(self._messages.text(unkept))
                return
        self._kept_focus.hold()
        self.save_button.setEnabled(False)
        self.error.setText(" ")
        changes: dict[str, object] = {}
        for section in self.sections.values():
            changes |= section.changes()
        self._desk.save(**changes)

    def _on_saved(self) -> None:
        for section in self.sections.values():
            section.apply()
        self.accept()

    def _go_back(self) -> None:
        for section in self.sections.values():
            section.go_back()

    def _refuse(self, error: FacevidError) -> None:
        """Say what is wrong, where it is."""
        self.save_button.setEnabled(True)
        self._kept_focus.give_back()
        setting = getattr(error, "setting", "")
        for name, section in self.sections.items():
            if setting in section.settings:
                self.go_to(name)
        self._complain(error)

    def _complain(self, error: FacevidError) -> None:
        self.error.setText(failure_text(error.code, error.params, self._messages))
