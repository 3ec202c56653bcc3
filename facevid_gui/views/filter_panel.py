"""Narrowing the library beside its search: kind, last check, deadline, case, operator, days, risk tag (floor 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QFormLayout, QFrame, QLineEdit, QVBoxLayout, QWidget

from facevid_gui.bridge.library_model import DEADLINES, VERDICTS, LibraryQuery
from facevid_gui.core.ids import KINDS
from facevid_gui.views.combo import Combo
from facevid_gui.views.filter_words import narrowed, part_words, widened
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.theme import SPACE_S, SPACE_XS
from facevid_gui.views.widgets import PlainLabel, add_row, box, brief, push, tip, visible

if TYPE_CHECKING:
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.library_query import LibraryChoices
    from facevid_gui.views.theme import Theme

_LETTERS = 26
_DAY = "2026-03-31"


class FilterPanel(QFrame):
    """The fields. Each change is a new question at once; `show_query` sets them without telling anybody."""

    changed = Signal(object)  # LibraryQuery

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("library_filters")
        self._query = LibraryQuery()
        column = box(QVBoxLayout(self), spacing=SPACE_S)
        form = QFormLayout()
        form.setSpacing(SPACE_S)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.kind_box = self._choice(theme, "library_kind_box", [
            (messages.text(f"library.kind.{kind}"), kind) for kind in KINDS])  # fmt: skip
        self.verdict_box = self._choice(theme, "library_verdict_box", [
            (messages.text(f"library.verdict.{name}"), name) for name in VERDICTS])  # fmt: skip
        self.deadline_box = self._choice(theme, "library_deadline_box", [
            (messages.text(f"library.deadline.{name}"), name) for name in DEADLINES])  # fmt: skip
        self.case_field = QLineEdit()
        self.case_field.setObjectName("library_case_field")
        self._cases = QStringListModel(self)
        completer = QCompleter(self._cases, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(lambda _text: self._on_case())
        self.case_field.setCompleter(completer)
        self.case_field.editingFinished.connect(self._on_case)
        self.operator_box = self._choice(theme, "library_operator_box", [])
        self.tag_box = self._choice(theme, "library_tag_box", [])
        self.since_field, self.until_field = self._day("library_since_field"), self._day("library_until_field")
        for words, field in (
            (self.tr("Kind"), self.kind_box), (self.tr("Last check"), self.verdict_box),
            (self.tr("Deadline"), self.deadline_box), (self.tr("Case"), self.case_field),
            (self.tr("Operator"), self.operator_box), (self.tr("Risk tag"), self.tag_box),
            (self.tr("From day"), self.since_field), (self.tr("To day"), self.until_field),
        ):  # fmt: skip
            add_row(form, words, field)
        for field in (self.since_field, self.until_field):
            field.setToolTip(self.tr("Day of the capture (UTC), written like 2026-03-31"))
        column.addLayout(form)
        self.complaint = PlainLabel(tone="bad", wrap=True)
        self.complaint.setObjectName("library_day_complaint")
        self.complaint.hide()
        column.addWidget(self.complaint)

    def show_query(self, query: LibraryQuery) -> None:
        """Show what the library is narrowed to."""
        self._query = query
        pairs = (
            (self.kind_box, query.kinds[0] if query.kinds else ""), (self.verdict_box, query.verdict),
            (self.deadline_box, query.deadline), (self.operator_box, query.operator), (self.tag_box, query.tag),
        )  # fmt: skip
        for chosen, value in pairs:
            with QSignalBlocker(chosen):
                if value and chosen.findData(value) < 0:  # kept under a name, and no longer in the library
                    chosen.addItem(brief(visible(value), _LETTERS), value)
                chosen.setCurrentIndex(max(0, chosen.findData(value)))
        texts = ((self.case_field, query.case_ref), (self.since_field, query.since), (self.until_field, query.until))
        for field, text in texts:
            if not (field.hasFocus() and field.isModified()):  # nobody's typing is taken away
                field.setText(str(text or ""))

    def show_choices(self, choices: LibraryChoices) -> None:
        """What there is to choose from."""
        if tuple(self._cases.stringList()) != choices.cases:
            self._cases.setStringList(list(choices.cases))
        for chosen, values in ((self.operator_box, choices.operators), (self.tag_box, choices.tags)):
            with QSignalBlocker(chosen):
                kept = chosen.currentData()
                while chosen.count() > 1:
                    chosen.removeItem(1)
                for value in dict.fromkeys((*values, *((kept,) if kept else ()))):
                    chosen.addItem(brief(visible(value), _LETTERS), value)
                    chosen.setItemData(chosen.count() - 1, tip(value), Qt.ItemDataRole.ToolTipRole)
                chosen.setCurrentIndex(max(0, chosen.findData(kept)))

    def _choice(self, theme: Theme, name: str, entries: list[tuple[str, str]]) -> Combo:
        made = Combo(theme)
        made.setObjectName(name)
        made.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(8)
        made.addItem(self.tr("All"), "")
        for words, value in entries:
            made.addItem(words, value)
        made.currentIndexChanged.connect(lambda _index: self._on_chosen())
        return made

    def _day(self, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setPlaceholderText(_DAY)
        made.setMaxLength(10)
        made.editingFinished.connect(self._on_days)
        return made

    def _on_chosen(self) -> None:
        kind = self.kind_box.currentData()
        self._say(replace(
            self._query, kinds=(kind,) if kind else (), verdict=self.verdict_box.currentData(),
            deadline=self.deadline_box.currentData(), operator=self.operator_box.currentData(),
            tag=self.tag_box.currentData(),
        ))  # fmt: skip

    def _on_case(self) -> None:
        self._say(replace(self._query, case_ref=self.case_field.text().strip()))

    def _on_days(self) -> None:
        """A day that is none narrows nothing and is told."""
        days = {}
        wrong = False
        for name, field in (("since", self.since_field), ("until", self.until_field)):
            text = field.text().strip()
            try:
                days[name] = date.fromisoformat(text) if text else None
            except ValueError:
                wrong = True
        self.complaint.setVisible(wrong)
        self.complaint.setText(self.tr("A day is written like 2026-03-31.") if wrong else "")
        if not wrong:
            self._say(replace(self._query, **days))  # type: ignore[arg-type]

    def _say(self, query: LibraryQuery) -> None:
        if query != self._query:
            self._query = query
            self.changed.emit(query)


class FilterChips(QWidget):
    """What narrows the library just now: each chip takes its part away."""

    changed = Signal(object)  # LibraryQuery

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("library_chips")
        self._theme = theme
        self._messages = messages
        self._row = FlowLayout(SPACE_XS)
        self.setLayout(self._row)
        self.hide()

    def show_query(self, query: LibraryQuery) -> None:
        """One chip for each part that narrows, then what one can do with them."""
        for old in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.hide()
            self._row.removeWidget(old)
            old.deleteLater()
        parts = narrowed(query)
        for part in parts:
            words = part_words(query, part, self._messages)
            chip = push(f"{brief(visible(words), _LETTERS)}  ✕".replace("&", "&&"), "filter")
            chip.setProperty("tone", "accent")
            chip.setObjectName(f"library_chip_{part}")
            chip.setAccessibleName(self.tr("Take away: %1").replace("%1", visible(words)))
            chip.setToolTip(tip(words))
            chip.clicked.connect(lambda _checked, part=part: self.changed.emit(widened(query, part)))
            self._row.addWidget(chip)
        if parts:
            clear = push(self.tr("Clear"), "link", lambda: self.changed.emit(LibraryQuery(order=query.order)))
            clear.setObjectName("library_clear_button")
            self._row.addWidget(clear)
        self.setVisible(bool(parts))
        self.updateGeometry()
