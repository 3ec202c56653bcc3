"""The library: what is not saved yet on top with its countdown, sealed evidence below, a search (floor 3).

What the first paint shows is made at once; filters, menu and the line of the check come with `furnish`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.bridge.session import LIBRARY_FILTERS
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import IconButton, box, restyle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.bridge.library_model import LibraryModel
    from facevid_gui.core.expiry import Keeping
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.library_view import LibraryView
    from facevid_gui.views.theme import Theme


class LibraryPane(QFrame):
    """Search, filters, list. `view` exists once it is furnished; `top` and `foot` take what comes then, too."""

    view: LibraryView

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._model: LibraryModel | None = None
        self._shown: Path | None = None
        self._empty_words: Callable[[], tuple[str, str]] | None = None
        self.setProperty("role", "side-left")
        self.setMinimumWidth(230)
        column = box(QVBoxLayout(self), spacing=0)
        head = QWidget()
        self.top = box(QVBoxLayout(head), margin=SPACE_M, spacing=SPACE_S)
        self._make_search(theme)
        self._make_filters()
        column.addWidget(head)
        self.empty = EmptyState(theme, "folder", "", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)
        self.foot = box(QVBoxLayout(), spacing=0)
        column.addLayout(self.foot)
        self._show_counts()
        self.show_rows()

    def put_above_list(self, part: QWidget, place: int = -1) -> None:
        """One more part above the list; Tab comes to it before the list, too."""
        self.top.insertWidget(place if place >= 0 else self.top.count(), part)
        part.stackUnder(self._stack)
        keep_reading_order(self)

    def furnish(self, model: LibraryModel, now: Callable[[], datetime]) -> None:
        """Make the list; somebody may have typed already."""
        from facevid_gui.views.library_row import LibraryDelegate
        from facevid_gui.views.library_view import LibraryView

        self._model = model
        delegate = LibraryDelegate(self._theme, self._messages, now)
        self.view = LibraryView(model, delegate)
        self.view.setAccessibleName(self.tr("Library"))
        self.view.setAccessibleDescription(
            self.tr("Sealed and unsaved records. The arrow keys go through them, Enter opens one.")
        )
        self._stack.addWidget(self.view)
        model.say = delegate.spoken
        self.search_field.textChanged.connect(model.search)
        model.search(self.search_field.text())
        self._filters.idClicked.connect(lambda number: model.choose(LIBRARY_FILTERS[number]))
        model.choose(LIBRARY_FILTERS[self._filters.checkedId()])
        model.counts_changed.connect(self._show_counts)
        model.answered.connect(self.show_rows)

    def _make_search(self, theme: Theme) -> None:
        row = box(QHBoxLayout(), spacing=SPACE_XS)
        self.search_field = QLineEdit()
        self.search_field.setObjectName("search_field")
        self.search_field.setPlaceholderText(self.tr("Search…"))
        self.search_field.setAccessibleName(self.tr("Search the library"))
        self.search_field.setClearButtonEnabled(True)
        self.filter_button = IconButton(theme, "filter", color="muted")
        self.filter_button.setObjectName("library_filter_button")
        self.filter_button.setCheckable(True)
        self.filter_button.name(self.tr("More filters"))
        self.menu_button = IconButton(theme, "menu", color="muted")
        self.menu_button.setObjectName("library_menu_button")
        self.menu_button.name(self.tr("Library menu"))
        row.addWidget(self.search_field, 1)
        row.addWidget(self.filter_button)
        row.addWidget(self.menu_button)
        self.top.addLayout(row)

    def _make_filters(self) -> None:
        self._filters = QButtonGroup(self)
        chips = FlowLayout(SPACE_XS)
        for number in range(len(LIBRARY_FILTERS)):
            button = QPushButton()
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setProperty("kind", "filter")
            self._filters.addButton(button, number)
            chips.addWidget(button)
        self.top.addLayout(chips)

    def keep(self, keeping: Keeping) -> None:
        """The rows warn of dates as the settings say."""
        self.view.delegate.keeping = keeping
        self.view.viewport().update()

    def mark_open(self, folder: Path | None) -> None:
        """Mark the record that the page shows."""
        if folder == self._shown:
            return
        self._shown = self.view.delegate.open_folder = folder
        self.view.viewport().update()
        self._go_to_open()

    def _go_to_open(self) -> None:
        """Make the open record the current row, where it is among what is listed and nothing else is chosen."""
        assert self._model is not None
        row = self._model.row_of(self._shown) if self._shown else -1
        if row >= 0:
            self.view.setCurrentIndex(self._model.index(row))
        elif self._shown is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())

    def show_question(self) -> None:
        """The question was changed elsewhere: search field and chips follow."""
        assert self._model is not None
        if self.search_field.text().strip() != self._model.query.text:
            self.search_field.setText(self._model.query.text)
        self._filters.button(LIBRARY_FILTERS.index(self._model.filter_name)).setChecked(True)
        self._show_counts()

    def use_empty_words(self, words: Callable[[], tuple[str, str]]) -> None:
        """Somebody else knows better what to say where nothing is listed."""
        self._empty_words = words
        self.show_rows()

    def show_rows(self) -> None:
        """The list, or in words why there is none."""
        if self._model is None or not self._model.rowCount():
            self.empty.say(*(self._empty_words or self._say_reading)())
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self.view)
        if self._shown is not None and not self.view.currentIndex().isValid():
            self._go_to_open()

    def _say_reading(self) -> tuple[str, str]:
        return self.tr("Reading the library…"), self.tr("What it holds appears here in a moment.")

    def _show_counts(self) -> None:
        tones = {"unsaved": "warn", "trouble": "bad", "due": "warn"}
        for number, name in enumerate(LIBRARY_FILTERS):
            count = self._model.count_of(name) if self._model is not None else 0
            button = self._filters.button(number)
            button.setText(self._messages.text(f"library.filter.{name}", count=count))
            is_quiet = name == "due" and not count and not button.isChecked()
            if button.isHidden() != is_quiet:  # what is never shown need not be dressed before the first paint
                button.setHidden(is_quiet)
            tone = tones.get(name, "accent") if count else "muted"
            if button.property("tone") != tone:
                button.setProperty("tone", tone)
                restyle(button)
