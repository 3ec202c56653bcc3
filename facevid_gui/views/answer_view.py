"""The raw answers: a tree to open, search and copy from; one value whole below it (floor 3).

What enters: an `AnswerTree`, read by a worker once personal data may be seen. Media are a line that names their file;
an answer that is no JSON is shown as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QSplitter, QTreeView, QVBoxLayout, QWidget

from facevid_gui.bridge.answer_model import NAME, AnswerModel
from facevid_gui.views.theme import SPACE_S, fixed_font
from facevid_gui.views.widgets import ElidedLabel, IconButton, PlainLabel, box, brief, push, visible

if TYPE_CHECKING:
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.answer_tree import AnswerRow, AnswerTree
    from facevid_gui.views.theme import Theme

_CELL = 120  # letters of a value in the tree; the whole stands below
_FEW = 60  # members of an object that is opened by itself


class AnswerView(QWidget):
    """Search above, tree, value below."""

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._inside = ""
        self._found: tuple[int, ...] = ()
        self.model = AnswerModel(self._word, (self.tr("Name"), self.tr("Value")), self)
        column = box(QVBoxLayout(self), spacing=SPACE_S)
        column.addLayout(self._make_search(theme))
        self.tree = QTreeView()
        self.tree.setObjectName("answer_tree")
        self.tree.setAccessibleName(self.tr("Raw answer"))
        self.tree.setModel(self.model)
        self.tree.setUniformRowHeights(True)
        self.tree.setFont(fixed_font(0.9))
        self.tree.setIndentation(14)
        self.tree.header().resizeSection(NAME, 150)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.tree)
        self.parts.addWidget(self._make_value())
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 1)
        column.addWidget(self.parts, 1)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.tree)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_value)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.field.setFocus)
        self.show_tree(None)

    def _make_search(self, theme: Theme) -> QHBoxLayout:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.field = _SearchField(self.step)
        self.field.setObjectName("answer_search_field")
        self.field.setPlaceholderText(self.tr("Search names and values"))
        self.field.setAccessibleName(self.tr("Search names and values"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.place = PlainLabel(tone="muted")
        self.previous_button, self.next_button = (
            IconButton(theme, icon, kind="flat", size=16) for icon in ("chevron_up", "chevron_down")
        )
        self.previous_button.name(self.tr("Previous"), "Shift+Enter")
        self.next_button.name(self.tr("Next"), "Enter")
        self.previous_button.clicked.connect(lambda _checked: self.step(-1))
        self.next_button.clicked.connect(lambda _checked: self.step(1))
        row.addWidget(self.field, 1)
        for widget in (self.place, self.previous_button, self.next_button):
            row.addWidget(widget)
        return row

    def _make_value(self) -> QWidget:
        holder = QWidget()
        column = box(QVBoxLayout(holder), spacing=SPACE_S)
        self.pointer = ElidedLabel(" ", tone="muted", mode=Qt.TextElideMode.ElideMiddle)
        self.pointer.setFont(fixed_font(0.88))
        self.value = QPlainTextEdit()
        self.value.setObjectName("answer_value")
        self.value.setReadOnly(True)
        self.value.setFont(fixed_font(0.9))
        self.value.setAccessibleName(self.tr("Value"))
        self.value.setMinimumHeight(4 * self.value.fontMetrics().lineSpacing())
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.copy_value_button = push(self.tr("Copy value"), on_click=self.copy_value)
        self.copy_path_button = push(self.tr("Copy path"), on_click=self.copy_path)
        for button in (self.copy_value_button, self.copy_path_button):
            row.addWidget(button)
        row.addStretch(1)
        column.addWidget(self.pointer)
        column.addWidget(self.value, 1)
        column.addLayout(row)
        return holder

    # --- showing ---------------------------------------------------------------------------------------

    def show_tree(self, tree: AnswerTree | None, inside: str = "") -> None:
        """Show answers; `inside` is the part of the folder that their paths are relative to. None: show nothing."""
        self._inside = inside
        self.model.show_tree(tree)
        self._found = ()
        self.field.clear()
        self._show_value(None)
        self._update()
        self.value.setPlaceholderText(
            self.tr("Reading the answer…") if tree is None else self.tr("No answer was kept.")
        )
        if tree is not None and tree.rows:
            self._open(0)
            self.tree.setCurrentIndex(self.model.index_of(0))

    @property
    def is_empty(self) -> bool:
        """Whether no answers are shown."""
        return self.model.tree is None

    def _open(self, number: int, depth: int = 3) -> None:
        """Open what is small enough to be looked through."""
        tree = self.model.tree
        assert tree is not None
        row = tree.rows[number]
        if not depth or not row.count or row.count > _FEW:
            return
        self.tree.expand(self.model.index_of(number))
        for child in range(row.first, row.first + row.count):
            self._open(child, depth - 1)

    def _word(self, number: int, column: int) -> str:
        row = self._row(number)
        if column == NAME:
            return visible(brief(self._path(row.path) if row.parent < 0 else row.name, _CELL))
        if row.kind == "string":
            return f'"{visible(brief(row.text, _CELL))}"'
        return visible(brief(self._whole(number), _CELL))

    def _whole(self, number: int) -> str:
        """A value in full, or what stands in its place."""
        row, messages = self._row(number), self._messages
        tree = self.model.tree
        assert tree is not None
        if row.parent < 0:
            notes = [messages.text("answer.damaged")] if number in tree.damaged else []
            is_text = row.kind == "text"
            notes.append(messages.text("answer.text") if is_text else messages.text("answer.object", length=row.length))
            return " · ".join(notes)
        length = f"{row.length:,}"
        if row.kind in ("object", "array"):
            return messages.text(f"answer.{row.kind}", length=length)
        if row.kind == "media" and not row.path:
            return messages.text("answer.media_lost", length=length)
        if row.kind in ("media", "long", "more"):
            path = row.path or self._answer_of(number).path
            return messages.text(f"answer.{row.kind}", length=length, path=self._path(path))
        return row.text

    def _row(self, number: int) -> AnswerRow:
        assert self.model.tree is not None
        return self.model.tree.rows[number]

    def _answer_of(self, number: int) -> AnswerRow:
        row = self._row(number)
        while row.parent >= 0:
            row = self._row(row.parent)
        return row

    def _path(self, path: str) -> str:
        return f"{self._inside}{path}"

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        self._show_value(self.model.number_of(current))

    def _show_value(self, number: int | None) -> None:
        for button in (self.copy_value_button, self.copy_path_button):
            button.setEnabled(number is not None)
        if number is None:
            self.value.clear()
            self.pointer.setText(" ")
            return
        row = self._row(number)
        text = row.text if row.kind == "text" else self._whole(number)
        lines = text.replace("\r\n", "\n").expandtabs(4)
        self.value.setPlainText(visible(lines, len(lines)))
        self.pointer.setText(self._place(number))

    def _place(self, number: int) -> str:
        """File and JSON pointer of a value."""
        assert self.model.tree is not None
        pointer = self.model.tree.pointer(number)
        path = self._path(self._answer_of(number).path)
        return f"{path}#{pointer}" if pointer else path

    # --- searching and copying -------------------------------------------------------------------------

    def _search(self, text: str) -> None:
        tree = self.model.tree
        self._found = tree.find(text) if tree is not None else ()
        if self._found:
            self._go_to(self._found[0])
        self._update()

    def step(self, way: int) -> None:
        """Go to the next (1) or previous (-1) row that was found; behind the last comes the first."""
        if not self._found:
            return
        current = self.model.number_of(self.tree.currentIndex())
        at = self._found.index(current) if current in self._found else -1 if way > 0 else 0
        self._go_to(self._found[(at + way) % len(self._found)])
        self._update()

    def _go_to(self, number: int) -> None:
        index = self.model.index_of(number)
        self.tree.scrollTo(index)  # opens what is above it
        self.tree.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect
                                                   | QItemSelectionModel.SelectionFlag.Rows)  # fmt: skip

    def _update(self) -> None:
        for button in (self.previous_button, self.next_button):
            button.setEnabled(bool(self._found))
        current = self.model.number_of(self.tree.currentIndex())
        at = self._found.index(current) + 1 if current in self._found else 0
        self.place.setText(f"{at} / {len(self._found)}" if self.field.text() else "")

    def copy_value(self) -> None:
        """Put the chosen value on the clipboard, as received."""
        number = self.model.number_of(self.tree.currentIndex())
        if number is not None:
            row = self._row(number)
            as_received = row.kind in ("string", "number", "literal", "text")
            QGuiApplication.clipboard().setText(row.text if as_received else self._whole(number))

    def copy_path(self) -> None:
        """Put the place of the chosen value on the clipboard: its file and JSON pointer."""
        number = self.model.number_of(self.tree.currentIndex())
        if number is not None:
            QGuiApplication.clipboard().setText(self._place(number))


class _SearchField(QLineEdit):
    """Enter goes on, Shift+Enter goes back."""

    def __init__(self, step: object) -> None:
        super().__init__()
        self._step = step

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter belongs to the search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(-1 if is_back else 1)  # type: ignore[operator]
            event.accept()
        else:
            super().keyPressEvent(event)
