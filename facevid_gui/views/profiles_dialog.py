"""Profiles: the list at the left, one form at the right; in a dialog, or as a section of the settings (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from facevid_gui.views.least_size import LeastSize
from facevid_gui.views.profile_form import ProfileForm
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, by_font
from facevid_gui.views.widgets import SectionTitle, box, panel, push, tip, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.profile_desk import ProfileDesk
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.views.theme import Theme

NEW = ""


class ProfilesPanel(QWidget):
    """Every profile of this home, and the form of the one that is chosen."""

    def __init__(self, theme: Theme, messages: Messages, session: Session, desk: ProfileDesk) -> None:
        super().__init__()
        self._messages = messages
        self._session = session
        outer = box(QHBoxLayout(self), spacing=0)
        outer.addWidget(self._make_list())
        self.form = ProfileForm(theme, messages, session, desk)
        side = QWidget()
        box(QVBoxLayout(side), margin=SPACE_L).addWidget(self.form)
        outer.addWidget(side, 1)
        session.profiles_changed.connect(self._fill_list)
        self.form.kept.connect(self._mark)
        self._fill_list()
        self._choose(session.profile.name if session.profile else NEW)

    def _make_list(self) -> QWidget:
        side = panel("side-left")
        side.setFixedWidth(by_font(230))
        column = box(QVBoxLayout(side), margin=SPACE_M, spacing=SPACE_S)
        column.addWidget(SectionTitle(self.tr("Profiles")))
        self.list = QListWidget()
        self.list.setObjectName("profiles_list")
        self.list.setAccessibleName(self.tr("Profiles"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._on_chosen)
        column.addWidget(self.list, 1)
        self.add_button = push(self.tr("New profile"), on_click=lambda: self._choose(NEW))
        self.add_button.setObjectName("new_profile_button")
        column.addWidget(self.add_button)
        return side

    def _choose(self, name: str) -> None:
        """Show a profile of the list, or an empty form."""
        if name == NEW:
            self.list.setCurrentRow(-1)
            self.form.show_profile(None)
            self.form.name_field.setFocus()
        else:
            self.list.setCurrentRow(self._row_of(name))

    def _mark(self, profile: Profile) -> None:
        """The form shows it already, and says what became of it."""
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(self._row_of(profile.name))

    def _row_of(self, name: str) -> int:
        rows = range(self.list.count())
        return next((row for row in rows if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name), -1)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name = item.data(Qt.ItemDataRole.UserRole)
            self.form.show_profile(next((known for known in self._session.profiles if known.name == name), None))

    def _fill_list(self) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for profile in self._session.profiles:
                kind = self._messages.text(f"profile.kind.{profile.kind}")
                item = QListWidgetItem(f"{visible(profile.name)}\n{kind}\n{profile.base_url.split('://')[-1]}")
                item.setToolTip(tip(item.text()))
                item.setData(Qt.ItemDataRole.UserRole, profile.name)
                self.list.addItem(item)
        if not self._session.profiles:
            self.form.show_profile(None)
        elif self.form.shown not in self._session.profiles and not self.form.is_keeping:
            self.list.setCurrentRow(0)


class ProfilesDialog(QDialog):
    """The same over the window."""

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desk: ProfileDesk, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profiles_dialog")
        self.setWindowTitle(self.tr("Profiles"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 600)
        LeastSize(self, by_font(760))
        self.panel = ProfilesPanel(theme, messages, session, desk)
        box(QVBoxLayout(self), spacing=0).addWidget(self.panel)
        close = push(self.tr("Close"), on_click=self.accept)
        close.setObjectName("close_profiles_button")
        self.panel.form.buttons.addWidget(close)
        keep_reading_order(self)
