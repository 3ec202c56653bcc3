"""The list of the library (floor 3).

Where a row stands is reckoned, never kept: Qt's own lists lay out each of 100 000 rows again whenever one of them
changes (QListView calls the model per row, which takes seconds in Python).

Rows have one height, headlines another; the model says in which rows headlines stand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QPainter, QRegion
from PySide6.QtWidgets import QAbstractItemView, QToolTip

from facevid_gui.bridge.library_model import ENTRY, LibraryModel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from facevid_gui.views.library_row import LibraryDelegate

_STEP = 24
_MOVING = frozenset({
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
})  # fmt: skip
_REMEMBERED = 500
Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction


class LibraryView(QAbstractItemView):
    """Rows of a `LibraryModel`: Enter or a click opens one, Shift and Ctrl choose several."""

    open_wanted = Signal(object)  # LibraryEntry

    def __init__(self, model: LibraryModel, delegate: LibraryDelegate) -> None:
        super().__init__()
        self.setObjectName("library_view")
        self._rows = model
        self.delegate = delegate
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self._heights = (1, 1)
        self._is_anew = False
        self._kept: tuple[set[Path], Path | None, tuple[Path, int] | None] = (set(), None, None)
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.clicked.connect(self._on_clicked)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        model.query_changed.connect(self._begin_anew)

    def spans(self) -> list[tuple[int, int]]:
        """What is selected, as first and last offset of entries, top to bottom."""
        found = []
        for part in sorted(_parts(self.selectionModel().selection()), key=lambda part: part.top()):
            top = part.top()
            while top <= part.bottom() and self._rows.heading_at(top) is not None:
                top += 1
            if top <= part.bottom():
                found.append((self._rows.offset_of(top), self._rows.offset_of(part.bottom() + 1) - 1))
        return [(first, last) for first, last in found if first <= last]

    # --- where rows stand ------------------------------------------------------------------------------

    def top_of(self, row: int) -> int:
        """How far below the first row a row begins."""
        height, heading = self._heights
        above = bisect_left(self._rows.heading_rows, row)
        return (row - above) * height + above * heading

    def row_at(self, y: int) -> int:
        """The row at that height; the last one for what lies below all."""
        height, heading = self._heights
        starts = self._rows.heading_rows
        number = bisect_right(range(len(starts)), y, key=lambda n: self.top_of(starts[n])) - 1
        if number < 0:
            row = y // height
        else:
            below = y - self.top_of(starts[number]) - heading
            row = starts[number] if below < 0 else starts[number] + 1 + below // height
            row = min(row, starts[number + 1] - 1) if number + 1 < len(starts) else row
        return max(0, min(row, self._rows.rowCount() - 1))

    def visualRect(self, index: Index) -> QRect:  # noqa: N802
        """A row's place in the viewport."""
        if not index.isValid():
            return QRect()
        height, heading = self._heights
        own = heading if self._rows.heading_at(index.row()) is not None else height
        return QRect(0, self.top_of(index.row()) - self.verticalOffset(), self.viewport().width(), own)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """The row below a point."""
        y = point.y() + self.verticalOffset()
        if y < 0 or y >= self.top_of(self._rows.rowCount()):
            return QModelIndex()
        return self._rows.index(self.row_at(y))

    def horizontalOffset(self) -> int:  # noqa: N802
        """Rows are as wide as the pane."""
        return 0

    def verticalOffset(self) -> int:  # noqa: N802
        """How far it is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:  # noqa: ARG002, N802
        """None is."""
        return False

    def scrollTo(  # noqa: N802
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a row into sight."""
        place, bar = self.visualRect(index), self.verticalScrollBar()
        if not place.isValid():
            return
        if hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + place.top())
        elif place.top() < 0:
            above = index.row() - 1  # the headline comes along
            extra = self._heights[1] if above >= 0 and self._rows.heading_at(above) is not None else 0
            bar.setValue(bar.value() + place.top() - extra)
        elif place.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + min(place.top(), place.bottom() - self.viewport().height() + 1))

    def updateGeometries(self) -> None:  # noqa: N802
        """As long as all rows together."""
        self._heights = self.delegate.heights(self.fontMetrics())
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self.top_of(self._rows.rowCount()) - height))
        bar.setPageStep(height)
        bar.setSingleStep(_STEP)
        super().updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002, N802
        """What is seen is painted anew."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The length of the bar depends on the height."""
        super().resizeEvent(event)
        self.updateGeometries()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the rows that are seen, and no other."""
        if not self._rows.rowCount():
            return
        from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

        painter = QPainter(self.viewport())
        flag = QStyle.StateFlag
        below = (
            self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.viewport().underMouse() else None
        )
        seen = event.rect().translated(0, self.verticalOffset())
        for row in range(self.row_at(seen.top()), self.row_at(seen.bottom()) + 1):
            index = self._rows.index(row)
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            option.rect = self.visualRect(index)
            for is_so, state in (
                (self.selectionModel().isSelected(index), flag.State_Selected),
                (index == below, flag.State_MouseOver),
                (self.hasFocus() and index == self.currentIndex(), flag.State_HasFocus),
            ):
                option.state = option.state | state if is_so else option.state & ~state
            self.delegate.paint(painter, option, index)
        painter.end()

    # --- keys and selection ----------------------------------------------------------------------------

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: ARG002, N802
        """The row a key leads to; headlines are stepped over."""
        last = self._rows.rowCount() - 1
        current = self.currentIndex().row()
        page = max(1, self.viewport().height() // self._heights[0] - 1)
        steps = {
            _Move.MoveUp: -1, _Move.MovePrevious: -1, _Move.MoveDown: 1, _Move.MoveNext: 1,
            _Move.MovePageUp: -page, _Move.MovePageDown: page,
        }  # fmt: skip
        if last < 0:
            return QModelIndex()
        if action == _Move.MoveHome or current < 0:
            return self._rows.index(self._entry_row(0, 1))
        if action == _Move.MoveEnd:
            return self._rows.index(self._entry_row(last, -1))
        step = steps.get(action, 0)
        row = self._entry_row(max(0, min(last, current + step)), 1 if step > 0 else -1)
        return self._rows.index(row if row >= 0 else current)

    def _entry_row(self, row: int, step: int) -> int:
        """The nearest row that is no headline, first in one direction, then in the other."""
        for way in (step, -step):
            there = row
            while 0 <= there < self._rows.rowCount():
                if self._rows.heading_at(there) is None:
                    return there
                there += way
        return -1

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:  # noqa: N802
        """Select what a rectangle touches."""
        if not self._rows.rowCount():
            return
        place = rect.normalized().translated(0, self.verticalOffset())
        first, last = self.row_at(place.top()), self.row_at(place.bottom())
        self.selectionModel().select(QItemSelection(self._rows.index(first), self._rows.index(last)), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """Where selected rows are painted, as far as they are seen."""
        region, offset = QRegion(), self.verticalOffset()
        for part in _parts(selection):
            top, bottom = self.top_of(part.top()) - offset, self.top_of(part.bottom() + 1) - offset
            region += QRect(
                0, max(top, 0), self.viewport().width(), min(bottom, self.viewport().height()) - max(top, 0)
            )
        return region

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens, on every system, and Menu or Shift+F10 shows the menu.

        Letters and Space belong to the desk: with a record open they play and step.
        """
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and shift):
            self.customContextMenuRequested.emit(self.visualRect(self.currentIndex()).center())
        elif key in _MOVING or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """The tip of a row is worded when it is asked for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            entry = self._rows.entry_at(self.indexAt(event.pos()))
            if entry is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.delegate.tip_of(entry), self.viewport())
            return True
        return super().viewportEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        several = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        if not QGuiApplication.keyboardModifiers() & several:
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if entry is not None:
            self.open_wanted.emit(entry)

    # --- a new answer ----------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """Another question: its answer begins at the top."""
        self._is_anew = True

    def _keep(self) -> None:
        """What is selected and where it stands, by folder: rows are about to mean something else."""
        chosen: set[Path] = set()
        for part in _parts(self.selectionModel().selection()):
            for row in range(part.top(), min(part.bottom(), part.top() + _REMEMBERED) + 1):
                entry = self._rows.entry_at(self._rows.index(row))
                if entry is not None:
                    chosen.add(entry.path)
        current = self._rows.entry_at(self.currentIndex())
        first = (
            self._rows.index(self._entry_row(self.row_at(self.verticalOffset()), 1))
            if self._rows.rowCount()
            else QModelIndex()
        )
        top = self._rows.entry_at(first)
        anchor = (top.path, self.visualRect(first).top()) if top is not None and self.verticalOffset() else None
        self._kept = chosen, current.path if current else None, anchor

    def _restore(self) -> None:
        chosen, current, anchor = self._kept
        self.updateGeometries()
        if self._is_anew:
            self._is_anew = False
            self.verticalScrollBar().setValue(0)
            return
        rows, selection = self._rows.rows_by_folder(), QItemSelection()
        for row in sorted(rows[path] for path in chosen if path in rows):
            selection.select(self._rows.index(row), self._rows.index(row))
        if current in rows:
            self.selectionModel().setCurrentIndex(
                self._rows.index(rows[current]), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
        if anchor is not None and anchor[0] in rows:
            self.verticalScrollBar().setValue(self.top_of(rows[anchor[0]]) - anchor[1])


def _parts(selection: QItemSelection) -> list[QItemSelectionRange]:
    return [selection.at(number) for number in range(selection.count())]
