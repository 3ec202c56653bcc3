"""Keeping a filter under a name; renaming and deleting kept ones (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from facevid_gui.bridge.saved_filters import LONGEST_NAME, SavedFilter
from facevid_gui.bridge.session import LIBRARY_FILTERS
from facevid_gui.views.filter_words import narrowed, part_words
from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.widgets import PlainLabel, add_row, brief, push, tip, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.library_model import LibraryModel
    from facevid_gui.bridge.saved_filters import FilterDesk
    from facevid_gui.core.messages import Messages

_LETTERS = 60


class KeepFilterDialog(FormDialog):
    """Asks for the name of what the library shows just now."""

    def __init__(self, messages: Messages, desk: FilterDesk, model: LibraryModel, parent: QWidget | None) -> None:
        super().__init__(self.tr("Keep this filter"), "", parent)
        self.setObjectName("keep_filter_dialog")
        self._desk, self._kept = desk, SavedFilter("", model.question, model.filter_name)
        self.name_field = QLineEdit()
        self.name_field.setObjectName("filter_name_field")
        self.name_field.setMaxLength(LONGEST_NAME)
        self.name_field.textChanged.connect(self._on_name)
        add_row(self.form, self.tr("Name"), self.name_field)
        parts = [part_words(model.query, part, messages) for part in narrowed(model.narrowing)]
        if model.query.text:
            parts.insert(0, f'"{model.query.text}"')
        if model.filter_name != LIBRARY_FILTERS[0]:
            parts.append(messages.text(f"library.filter.{model.filter_name}", count="").strip())
        what = PlainLabel(" · ".join(brief(visible(part), _LETTERS) for part in parts) or self.tr("everything"),
                          tone="muted", wrap=True)  # fmt: skip
        add_row(self.form, self.tr("Narrows to"), what)
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.keep_button = push(self.tr("Keep"), "primary", self._keep)
        self.keep_button.setObjectName("keep_filter_button")
        self.keep_button.setDefault(True)
        self.buttons.addWidget(self.keep_button)
        self._on_name("")

    def _on_name(self, text: str) -> None:
        name = text.strip()
        self.keep_button.setEnabled(bool(name))
        is_taken = any(kept.name == name for kept in self._desk.filters)
        self.error.setText(self.tr("A filter of this name is kept already; it will be replaced.") if is_taken else " ")

    def _keep(self) -> None:
        self._desk.keep(SavedFilter(self.name_field.text().strip(), self._kept.query, self._kept.filter_name))
        self.accept()


class FiltersDialog(FormDialog):
    """The kept filters by name."""

    def __init__(self, desk: FilterDesk, parent: QWidget | None) -> None:
        super().__init__(self.tr("Kept filters"), "", parent)
        self.setObjectName("filters_dialog")
        self._desk = desk
        self.list = QListWidget()
        self.list.setObjectName("filters_list")
        self.list.setAccessibleName(self.tr("Kept filters"))
        self.list.currentItemChanged.connect(self._on_current)
        self.form.addRow(self.list)
        self.name_field = QLineEdit()
        self.name_field.setObjectName("filter_new_name_field")
        self.name_field.setMaxLength(LONGEST_NAME)
        self.name_field.textChanged.connect(self._update)
        add_row(self.form, self.tr("New name"), self.name_field)
        self.delete_button = push(self.tr("Delete"), "danger", self._delete)
        self.delete_button.setObjectName("delete_filter_button")
        self.rename_button = push(self.tr("Rename"), "", self._rename)
        self.rename_button.setObjectName("rename_filter_button")
        for button in (self.delete_button, self.rename_button, push(self.tr("Close"), "primary", self.accept)):
            self.buttons.addWidget(button)
        desk.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        kept = self._name
        self.list.clear()
        for number, item in enumerate(self._desk.filters):
            row = QListWidgetItem(brief(visible(item.name), _LETTERS))
            row.setToolTip(tip(item.name))
            self.list.addItem(row)
            if item.name == kept or number == 0:
                self.list.setCurrentItem(row)
        self._on_current()

    @property
    def _name(self) -> str:
        row = self.list.currentRow()
        return self._desk.filters[row].name if 0 <= row < len(self._desk.filters) else ""

    def _on_current(self, *_: object) -> None:
        self.name_field.setText(self._name)
        self._update()

    def _update(self) -> None:
        new = self.name_field.text().strip()
        self.rename_button.setEnabled(bool(self._name and new and new != self._name))
        self.delete_button.setEnabled(bool(self._name))

    def _rename(self) -> None:
        self._desk.rename(self._name, self.name_field.text().strip())

    def _delete(self) -> None:
        self._desk.delete(self._name)
