"""The raw answers as rows of a tree view (floor 2).

What enters: an `AnswerTree`, made by a worker, and a way to word its rows. What leaves: cells, when the view asks for
them; nothing is copied, whatever the answer's size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.evidence.answer_tree import AnswerTree

NAME, VALUE = 0, 1
Index = QModelIndex | QPersistentModelIndex


class AnswerModel(QAbstractItemModel):
    """Two columns, name and value. A row's internal id is its number in the tree."""

    def __init__(self, word: Callable[[int, int], str], titles: tuple[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._word = word
        self._titles = titles
        self.tree: AnswerTree | None = None

    def show_tree(self, tree: AnswerTree | None) -> None:
        """Show other answers, or none."""
        self.beginResetModel()
        self.tree = tree
        self.endResetModel()

    def number_of(self, index: Index) -> int | None:
        """The number of a row; None for no row."""
        return int(index.internalId()) if index.isValid() else None

    def index_of(self, number: int) -> QModelIndex:
        """The place of a row in the view."""
        assert self.tree is not None
        return self.createIndex(number - self._first_beside(number), NAME, number)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The place of a child."""
        first, count = self._children(parent)
        if not (0 <= row < count and 0 <= column <= VALUE):
            return QModelIndex()
        return self.createIndex(row, column, first + row)

    def parent(self, index: Index | None = None) -> Any:  # noqa: ANN401 - Qt has two of them
        """The row above; without a place, the object that owns the model."""
        if index is None:
            return super().parent()
        number = self.number_of(index)
        if self.tree is None or number is None or self.tree.rows[number].parent < 0:
            return QModelIndex()
        return self.index_of(self.tree.rows[number].parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """How many children are listed."""
        return self._children(parent)[1]

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008, N802
        """Name and value."""
        return VALUE + 1

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """The words of a cell."""
        number = self.number_of(index)
        if number is None or self.tree is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._word(number, index.column())

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401
        """Titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        return None

    def _children(self, parent: Index) -> tuple[int, int]:
        """First row and count below a place."""
        if self.tree is None or parent.column() > NAME:
            return 0, 0
        number = self.number_of(parent)
        if number is None:
            return 0, self.tree.answers
        row = self.tree.rows[number]
        return row.first, row.count

    def _first_beside(self, number: int) -> int:
        assert self.tree is not None
        above = self.tree.rows[number].parent
        return self.tree.rows[above].first if above >= 0 else 0
