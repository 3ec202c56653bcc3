"""The library's menus, filters and lines, put together with the pane (floor 3). They come with `furnish`."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from facevid_gui.bridge.library_model import LibraryQuery
from facevid_gui.bridge.session import Notice
from facevid_gui.core.wording import window_failure
from facevid_gui.views.check_line import CheckLine
from facevid_gui.views.filter_words import narrowed
from facevid_gui.views.library_strip import LibraryStrip
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.widgets import brief, push, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.saved_filters import SavedFilter
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.views.filter_panel import FilterChips, FilterPanel
    from facevid_gui.views.library_pane import LibraryPane
    from facevid_gui.views.theme import Theme

_LETTERS = 40


class LibraryPart(QObject):
    """Everything of the library beside its list."""

    def __init__(
        self, theme: Theme, messages: Messages, controller: Controller, desks: Desks, pane: LibraryPane,
        beside: tuple[QWidget, ...], window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._theme, self._messages, self._controller, self._desks = theme, messages, controller, desks
        self.pane, self._beside, self._window = pane, beside, window
        self._session = controller.session
        self.model = desks.library.model
        self.panel: FilterPanel | None = None
        self.row_menu: QMenu | None = None
        self.pane.filter_button.toggled.connect(self._show_panel)
        self._make_strip()
        self._make_menu()
        self._make_empty()
        self._follow_view()
        self.model.query_changed.connect(self._on_query)
        self.model.counts_changed.connect(self._on_choices)
        desks.filters.changed.connect(self._fill_filters)

    # --- filters ---------------------------------------------------------------------------------------

    @cached_property
    def chips(self) -> FilterChips:
        """What narrows the list, made when something does."""
        from facevid_gui.views.filter_panel import FilterChips

        chips = FilterChips(self._theme, self._messages)
        chips.changed.connect(self.model.narrow)
        self.pane.put_above_list(chips)
        return chips

    def _show_panel(self, wanted: bool) -> None:
        if self.panel is None:
            from facevid_gui.views.filter_panel import FilterPanel

            self.panel = FilterPanel(self._theme, self._messages)
            self.panel.show_choices(self.model.choices)
            self.panel.show_query(self.model.narrowing)
            self.panel.changed.connect(self.model.narrow)
            self.pane.put_above_list(self.panel, 2)  # below the quick filters, above the chips
        self.panel.setVisible(wanted)
        if wanted:
            self.panel.kind_box.setFocus()

    def _on_query(self) -> None:
        query = self.model.narrowing
        if narrowed(query) or "chips" in self.__dict__:
            self.chips.show_query(query)
            keep_reading_order(self.pane)
        if self.panel is not None:
            self.panel.show_query(query)
        self.group_action.setChecked(query.order == "case")
        self.pane.show_question()
        self._say_filter()

    def _say_filter(self) -> None:
        """The filter button says, too, that something is hidden."""
        is_narrowed = bool(narrowed(self.model.narrowing))
        self.pane.filter_button.name(self.tr("More filters (some are set)") if is_narrowed else self.tr("More filters"))

    def _on_choices(self) -> None:
        if self.panel is not None:
            self.panel.show_choices(self.model.choices)
        self.pane.show_rows()

    def clear(self) -> None:
        """Show everything again."""
        self.pane.search_field.clear()
        self.model.set_question(LibraryQuery(order=self.model.narrowing.order), "all")

    # --- the menu --------------------------------------------------------------------------------------

    def _make_menu(self) -> None:
        self.menu = QMenu(self.tr("Library"), self._window)
        self.menu.setObjectName("library_menu")
        self.group_action = self._add(self.tr("Group by case"), self._group)
        self.group_action.setCheckable(True)
        self._filters_menu = self.menu.addMenu(self.tr("Kept filters"))
        self._fill_filters()
        self.menu.addSeparator()
        self.wide_action = self._add(self.tr("Library over the whole window"), self._show_wide)
        self.wide_action.setCheckable(True)
        self.wide_action.setShortcut("Ctrl+Shift+L")
        self._window.addAction(self.wide_action)
        self._session.page_changed.connect(self._on_page)
        self.menu.addSeparator()
        self.check_action = self._add(self.tr("Verify everything"), self._desks.checks.start)
        self.result_action = self._add(self.tr("What verifying came to…"), self.show_report)
        self.result_action.setEnabled(False)
        self.menu.addSeparator()
        self.places_action = self._add(self.tr("Evidence places…"), self.show_places)
        self.reread_action = self._add(self.tr("Read the library again"), self._controller.refresh_library)
        self.pane.menu_button.clicked.connect(self._pop_menu)

    def _add(self, words: str, act: Callable[[], object]) -> QAction:
        action = self.menu.addAction(words)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _pop_menu(self) -> None:
        button = self.pane.menu_button
        self.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _group(self) -> None:
        self.model.narrow(replace(self.model.narrowing, order="case" if self.group_action.isChecked() else "time"))

    def _show_wide(self) -> None:
        """The list alone, its rows with more columns; a record that is opened brings the desk back."""
        for part in self._beside:
            part.setVisible(not self.wide_action.isChecked())
        self.pane.view.setFocus()

    def _on_page(self) -> None:
        if self.wide_action.isChecked() and self._session.page.kind != "empty":
            self.wide_action.setChecked(False)
            self._show_wide()

    def _fill_filters(self) -> None:
        menu = self._filters_menu
        menu.clear()
        for kept in self._desks.filters.filters:
            action = menu.addAction(brief(visible(kept.name), _LETTERS).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, kept=kept: self.use(kept))
        if self._desks.filters.filters:
            menu.addSeparator()
        menu.addAction(self.tr("Keep this filter…")).triggered.connect(lambda _checked=False: self.ask_filter_name())
        manage = menu.addAction(self.tr("Rename or delete…"))
        manage.triggered.connect(lambda _checked=False: self.show_filters())
        manage.setEnabled(bool(self._desks.filters.filters))

    def use(self, kept: SavedFilter) -> None:
        """Ask what was kept."""
        self.model.set_question(kept.query, kept.filter_name)

    def ask_filter_name(self) -> None:
        """Keep what is asked now, under a name."""
        from facevid_gui.views.filters_dialog import KeepFilterDialog

        KeepFilterDialog(self._messages, self._desks.filters, self.model, self._window).open()

    def show_filters(self) -> None:
        """The kept filters, to rename or delete."""
        from facevid_gui.views.filters_dialog import FiltersDialog

        FiltersDialog(self._desks.filters, self._window).open()

    def show_places(self) -> None:
        """The places that are listed."""
        from facevid_gui.views.places_dialog import PlacesDialog

        PlacesDialog(self._theme, self._messages, self._desks.roots, self._window).open()

    # --- rows ------------------------------------------------------------------------------------------

    def _follow_view(self) -> None:
        view, thumbs = self.pane.view, self._desks.thumbs
        view.delegate.picture_of = thumbs.picture
        thumbs.changed.connect(view.viewport().update)
        view.open_wanted.connect(self._controller.open_entry)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self.show_row_menu)
        copy = QAction(view)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda _checked=False: self.copy_ids())
        view.addAction(copy)

    def show_row_menu(self, place: QPoint) -> None:
        """The menu of the chosen rows."""
        from facevid_gui.views.library_menu import RowCommands, RowMenu

        if self.row_menu is not None:
            self.row_menu.deleteLater()
        commands = RowCommands(
            self._controller.open_entry, self.verify_chosen, self.copy_ids, self._desks.stamps.fetch_now
        )
        self.row_menu = RowMenu(self.pane.view, commands, self._window)
        self.row_menu.popup(self.pane.view.viewport().mapToGlobal(place))

    def copy_ids(self) -> None:
        """The providers' ids of what is chosen, one a line."""
        self._with_chosen(lambda entries: QGuiApplication.clipboard().setText(
            "\n".join(entry.flow_id or entry.order_no or entry.evidence_id for entry in entries)))  # fmt: skip

    def verify_chosen(self) -> None:
        """Check the chosen folders, in the background when there are several."""
        self._with_chosen(self._verify)

    def _verify(self, entries: tuple[LibraryEntry, ...]) -> None:
        sealed = tuple(entry for entry in entries if entry.state in ("sealed", "unreadable"))
        if len(sealed) == 1:
            self._controller.open_folder(sealed[0].path)
        elif sealed and not self._desks.checks.start_these(sealed):
            self._controller.notify(Notice("warn", "notice.check_waits"))

    def _with_chosen(self, act: Callable[[tuple[LibraryEntry, ...]], object]) -> None:
        spans = self.pane.view.spans()
        if spans:
            self._desks.library.entries_at(self.model.query, spans, act)

    # --- what there is to say --------------------------------------------------------------------------

    def _make_strip(self) -> None:
        self.strip = LibraryStrip(self._theme, self._messages, self._session)
        self.strip.places_wanted.connect(self.show_places)
        self.strip.stop_wanted.connect(self._desks.library.stop)
        self.pane.foot.addWidget(self.strip)
        self._desks.library.state_changed.connect(self._on_state)
        self.check_line = CheckLine(self._theme, self._messages, self._desks.checks)
        self.strip.add(self.check_line)
        self._desks.checks.state_changed.connect(self._on_check)
        self._desks.checks.finished.connect(self._on_checked)

    def _on_state(self) -> None:
        self.strip.show_state()
        self.pane.view.delegate.away = frozenset(self._session.library.away)
        self.pane.view.viewport().update()
        self.pane.show_rows()

    def _on_check(self) -> None:
        self.check_line.show_state()
        self.strip.fit()
        what = self._desks.checks.state.what
        self.check_action.setEnabled(what in ("idle", "paused"))
        self.check_action.setText(self.tr("Go on verifying") if what == "paused" else self.tr("Verify everything"))

    def _on_checked(self) -> None:
        self.result_action.setEnabled(True)
        self.show_report()

    def show_report(self) -> None:
        """What the last run came to."""
        from facevid_gui.views.check_dialog import CheckDialog

        report = self._desks.checks.report
        if report is not None:
            dialog = CheckDialog(self._theme, self._messages, report, self._window)
            dialog.open_wanted.connect(self._controller.open_folder)
            dialog.show()

    def _make_empty(self) -> None:
        empty = self.pane.empty
        self.clear_button = push(self.tr("Show everything"), on_click=self.clear)
        self.clear_button.setObjectName("library_show_all_button")
        self.add_place_button = push(self.tr("Add a place…"), on_click=self.show_places)
        self.add_place_button.setObjectName("library_add_place_button")
        for button in (self.clear_button, self.add_place_button):
            button.hide()
            empty.add_action(button)
        self.pane.use_empty_words(self._empty_words)

    def _empty_words(self) -> tuple[str, str]:
        """Why nothing is listed, and the next step."""
        model, state = self.model, self._session.library
        is_asked = model.query != LibraryQuery(order=model.query.order) and bool(model.count_of("all"))
        problem = model.problem or state.problem
        self.clear_button.setVisible(is_asked and problem is None)
        self.add_place_button.setVisible(not is_asked and problem is None and state.is_scanned)
        if problem is not None:
            return window_failure(problem.code, problem.params, self._messages)
        if is_asked and model.is_known:
            return self.tr("Nothing found"), self.tr("No record matches. Clear the search or the filter.")
        if not state.is_scanned or not model.is_known:
            return self.tr("Reading the library…"), self.tr("What it holds appears here in a moment.")
        if not self._session.evidence_roots:
            return self.tr("Nothing here yet"), self.tr(
                "Records you look up appear here. No place for evidence is chosen yet: it is asked when you save the"
                " first record. Is there evidence already? Add its place.")  # fmt: skip
        return self.tr("Nothing here yet"), self.tr(
            "Records you look up appear here; unsaved ones stay on top until you save them.")  # fmt: skip
