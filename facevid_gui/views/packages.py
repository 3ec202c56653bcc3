"""Opening folders and packages, and keeping a copy of what came in one: the actions and their dialogs (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from facevid_gui.bridge.work import looks_synced
from facevid_gui.core.errors import UsageError
from facevid_gui.views.save_dialog import FormDialog, typed_path
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import PlainLabel, add_row, box, push, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.bridge.package_desk import PackageDesk
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.visiting import Packed

_ROWS = 6


class Packages(QObject):
    """The actions, over one window."""

    def __init__(self, messages: Messages, session: Session, desk: PackageDesk, window: QWidget) -> None:
        super().__init__(window)
        self._messages = messages
        self._session = session
        self._desk = desk
        self._window = window
        self.folder_action = self._action(self.tr("Open an evidence folder…"), "Ctrl+O", self.choose_folder)
        self.package_action = self._action(self.tr("Open a package (zip)…"), "Ctrl+Shift+O", self.choose_package)
        self.keep_action = self._action(self.tr("Keep a copy in the library…"), "", self.ask_keep)
        self.actions = (self.folder_action, self.package_action, self.keep_action)
        desk.choice_wanted.connect(self._ask_which)
        session.page_changed.connect(self._offer)
        self._offer()

    def choose_folder(self) -> None:
        """Ask which evidence folder to open."""
        roots = self._session.evidence_roots
        dialog = self._file_dialog(self.tr("Open an evidence folder"), str(roots[0]) if roots else "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def choose_package(self) -> None:
        """Ask which package to open."""
        dialog = self._file_dialog(self.tr("Open a package"), "")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{self.tr('Packages')} (*.zip *.ZIP)", f"{self.tr('All files')} (*)"])
        dialog.open()

    def ask_keep(self) -> None:
        """Ask where the copy of the open package's folder goes."""
        if self._session.visiting is None:
            return
        dialog = KeepDialog(self._messages, self._session.evidence_roots, self._window)
        dialog.confirmed.connect(self._desk.keep_copy)
        dialog.open()

    def _file_dialog(self, title: str, place: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, place)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._desk.open(Path(name)))
        return dialog

    def _ask_which(self, package: Path, found: Sequence[Packed]) -> None:
        dialog = WhichDialog(self._messages, found, self._window)
        dialog.chosen.connect(lambda inside: self._desk.open(package, inside))
        dialog.open()

    def _action(self, name: str, keys: str, act: object) -> QAction:
        action = QAction(name, self)
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked=False: act())  # type: ignore[operator]
        return action

    def _offer(self) -> None:
        package, page = self._session.visiting, self._session.page
        self.keep_action.setEnabled(package is not None and page.reviewed is not None)


class WhichDialog(FormDialog):
    """Several evidence folders lie in a package: which one is opened."""

    chosen = Signal(str)

    def __init__(self, messages: Messages, found: Sequence[Packed], parent: QWidget | None) -> None:
        super().__init__(self.tr("Open a package"), messages.text("package.which", count=len(found)), parent)
        self.setObjectName("which_dialog")
        self.list = QListWidget()
        self.list.setObjectName("packed_list")
        self.list.setAccessibleName(self.tr("Evidence folders in the package"))
        for packed in found:
            size = f"{packed.size_bytes / 1e6:.1f}"
            words = messages.text("package.folder", name=packed.inside or packed.name, files=packed.files, size=size)
            item = QListWidgetItem(visible(words))
            item.setData(Qt.ItemDataRole.UserRole, packed.inside)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        line = self.list.sizeHintForRow(0)
        self.list.setFixedHeight(min(len(found), _ROWS) * line + 2 * self.list.frameWidth() + SPACE_S)
        self.form.addRow(self.list)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.open_button = push(self.tr("Open"), "primary", self._choose)
        self.open_button.setObjectName("open_packed_button")
        self.open_button.setDefault(True)
        self.buttons.addWidget(self.open_button)
        self.list.itemDoubleClicked.connect(lambda _item: self._choose())

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            inside = str(item.data(Qt.ItemDataRole.UserRole))
            self.accept()
            self.chosen.emit(inside)


class KeepDialog(FormDialog):
    """Where a copy goes."""

    confirmed = Signal(Path)

    def __init__(self, messages: Messages, roots: Sequence[Path], parent: QWidget | None) -> None:
        super().__init__(self.tr("Keep a copy in the library"), messages.text("package.keep_sentence"), parent)
        self.setObjectName("keep_dialog")
        self._messages = messages
        self.place_field = QLineEdit(str(roots[0]) if roots else "")
        self.place_field.setObjectName("keep_place_field")
        place = QWidget()
        row = box(QHBoxLayout(place), spacing=SPACE_S)
        row.addWidget(self.place_field, 1)
        row.addWidget(push(self.tr("Choose…"), on_click=self._choose_place))
        add_row(self.form, self.tr("Place"), place, self.place_field)
        self.warning = PlainLabel(" ", tone="warn", wrap=True)
        self.form.addRow("", self.warning)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Keep a copy"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_keep_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.confirm_button)
        self.place_field.textChanged.connect(self._update)
        self._update()

    def _choose_place(self) -> None:
        dialog = QFileDialog(self, self.tr("Where evidence goes"), self.place_field.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.place_field.setText)
        dialog.open()

    def _update(self) -> None:
        text = self.place_field.text().strip()
        self.confirm_button.setEnabled(bool(text))
        self.warning.setText(self._messages.text("save.synced") if text and looks_synced(Path(text)) else " ")

    def _confirm(self) -> None:
        try:
            place = typed_path(self.place_field)
        except UsageError as error:
            self.complain(error, self._messages)
            return
        self.accept()
        self.confirmed.emit(place)
