"""The library: what is not saved yet on top with its countdown, sealed evidence below, a search (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.bridge.library_model import ENTRY, FILTERS, HEADER, Header, LibraryModel
from facevid_gui.core.expiry import Keeping
from facevid_gui.core.masking import mask_name
from facevid_gui.core.wording import countdown, short_time
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.ending_words import draft_ending, retention_ending
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS, fixed_font
from facevid_gui.views.widgets import box, restyle, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtWidgets import QStyleOptionViewItem

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.views.theme import Theme

_TILE = 40


class LibraryDelegate(QStyledItemDelegate):
    """Paints a row: tile, who and what, id, state. No widget per row."""

    def __init__(self, theme: Theme, messages: Messages, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._messages = messages
        self._now = now
        self.keeping = Keeping(None)  # until the settings were read

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """Three lines for an entry, one for a headline."""
        line = QFontMetrics(option.font).height()
        if index.data(HEADER) is not None:
            return QSize(100, line + 2 * SPACE_S)
        return QSize(100, max(_TILE, 3 * line + 4) + 2 * SPACE_M - 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        painter.save()
        header = index.data(HEADER)
        if isinstance(header, Header):
            self._paint_header(painter, option, header)
        else:
            entry = index.data(ENTRY)
            if entry is not None:
                self._paint_entry(painter, option, entry)
        painter.restore()

    def state_of(self, entry: LibraryEntry) -> tuple[str, str, str]:
        """Icon, words and tone of an entry's state. A verdict of the past is told as past, never as verified."""
        text = self._messages.text
        ending = draft_ending(entry, self.keeping, self._now(), self._messages)
        if ending is not None:
            return ending
        if entry.state == "complete" and not entry.media:
            return "info", text("library.no_media"), "muted"
        if entry.state == "complete":
            words, tone = countdown(entry.deadline, self._now(), self._messages)
            return "clock", words, tone
        if entry.state in ("interrupted", "receiving"):
            icon = "interrupted" if entry.state == "interrupted" else "network"
            return icon, text(f"capture.state.{entry.state}"), "bad" if entry.state == "interrupted" else "muted"
        if entry.state == "unreadable":
            return "warning", text("library.unreadable"), "bad"
        return self._sealed_state(entry)

    def _sealed_state(self, entry: LibraryEntry) -> tuple[str, str, str]:
        """Bad news first, then that its retention date has passed."""
        text, last, when = self._messages.text, entry.last_verdict, short_time(entry.last_verified_at)
        if last is not None and not last.startswith("verified"):
            return "warning", text(f"library.last.{last}", when=when), "bad"
        if entry.is_due(self._now()):
            return "clock", text("library.due", when=short_time(entry.review_by)), "warn"
        ending = retention_ending(entry, self.keeping, self._now(), self._messages)
        if ending is not None:
            return ending
        if last is None:
            return "shield", text("library.never_verified"), "muted"
        return "shield", text("library.last.good", when=when), "muted"

    def title_of(self, entry: LibraryEntry) -> tuple[str, str]:
        """Who, and what kind with the case."""
        kind = self._messages.text(f"library.kind.{entry.kind}") if entry.kind else "–"
        who = mask_name(entry.person) if entry.person else kind
        what = kind if entry.person else ""
        case = self._messages.text("library.case", case=entry.case_ref) if entry.case_ref else ""
        return visible(who), visible(" · ".join(filter(None, (what, case))))

    def _paint_header(self, painter: QPainter, option: QStyleOptionViewItem, header: Header) -> None:
        font = QFont(option.font)
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        words = self._messages.text(f"library.section.{header.section}", count=header.count)
        place = option.rect.adjusted(SPACE_M, 0, -SPACE_M, -SPACE_XS)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)

    def _paint_entry(self, painter: QPainter, option: QStyleOptionViewItem, entry: LibraryEntry) -> None:
        from PySide6.QtWidgets import QStyle  # 5 ms the first time, and an empty library needs none of it

        theme = self._theme
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("accent_soft" if selected else "hover"))
        if selected:
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), theme.color("accent")
            )
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), theme.color("border"))
        inner = option.rect.adjusted(SPACE_M, SPACE_M - 2, -SPACE_M, -SPACE_M + 2)
        tile = QRect(inner.left(), inner.top() + (inner.height() - _TILE) // 2, _TILE, _TILE)
        self._paint_tile(painter, tile, entry)
        self._paint_lines(painter, option, inner.adjusted(_TILE + SPACE_M, 0, 0, 0), entry)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))

    def _paint_tile(self, painter: QPainter, tile: QRect, entry: LibraryEntry) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(tile, 6, 6)
        icon = self._theme.icon("order" if entry.kind == "kyc" else "contract", "muted", 22)
        icon.paint(painter, tile.adjusted(9, 9, -9, -9))

    def _paint_lines(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, entry: LibraryEntry) -> None:
        who, what = self.title_of(entry)
        icon, state, tone = self.state_of(entry)
        bold = QFont(option.font)
        bold.setBold(True)
        line = place.height() // 3
        rows = [QRect(place.left(), place.top() + number * line, place.width(), line) for number in range(3)]
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        metrics = QFontMetrics(bold)
        painter.setFont(bold)
        painter.setPen(self._theme.color("text"))
        name = metrics.elidedText(who, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(rows[0], left, name)
        used = metrics.horizontalAdvance(name) + SPACE_S
        painter.setFont(option.font)
        painter.setPen(self._theme.color("muted"))
        rest = rows[0].adjusted(used, 0, 0, 0)
        painter.drawText(
            rest, left, QFontMetrics(option.font).elidedText(what, Qt.TextElideMode.ElideRight, rest.width())
        )
        painter.setFont(fixed_font(0.9))
        record_id = visible(entry.flow_id or entry.order_no or entry.evidence_id)
        painter.drawText(
            rows[1], left, painter.fontMetrics().elidedText(record_id, Qt.TextElideMode.ElideMiddle, place.width())
        )
        size = QFontMetrics(option.font).height() - 4
        spot = QRect(rows[2].left(), rows[2].top() + (line - size) // 2, size, size)
        self._theme.icon(icon, tone, size).paint(painter, spot)
        painter.setFont(option.font)
        painter.setPen(self._theme.color(tone))
        words = rows[2].adjusted(size + 5, 0, 0, 0)
        shown = QFontMetrics(option.font).elidedText(state, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, left, shown)


class LibraryView(QListView):
    """The list: Enter or a click opens a row."""

    open_wanted = Signal(object)  # LibraryEntry

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("library_view")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens, on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if entry is not None:
            self.open_wanted.emit(entry)


class LibraryPane(QFrame):
    """Search, filters, list."""

    def __init__(self, theme: Theme, messages: Messages, model: LibraryModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._messages = messages
        self._model = model
        self._shown: Path | None = None
        self.setProperty("role", "side-left")
        self.setMinimumWidth(230)
        column = box(QVBoxLayout(self), spacing=0)
        top = QWidget()
        inner = box(QVBoxLayout(top), margin=SPACE_M, spacing=SPACE_S)
        self.search_field = QLineEdit()
        self.search_field.setObjectName("search_field")
        self.search_field.setPlaceholderText(self.tr("Search ids, cases, names…"))
        self.search_field.setAccessibleName(self.tr("Search the library"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.textChanged.connect(self._on_search)
        inner.addWidget(self.search_field)
        self._filters = QButtonGroup(self)
        chips = FlowLayout(SPACE_XS)
        for number in range(len(FILTERS)):
            button = QPushButton()
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setProperty("kind", "filter")
            self._filters.addButton(button, number)
            chips.addWidget(button)
        self._filters.idClicked.connect(lambda number: self._choose(FILTERS[number]))
        inner.addLayout(chips)
        column.addWidget(top)
        self.view = LibraryView()
        self.view.setModel(model)
        self._delegate = LibraryDelegate(theme, messages, now, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setAccessibleName(self.tr("Library"))
        self._empty = EmptyState(theme, "folder", "", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)  # the first, as it is at the start: turning the page costs 4 ms
        self._stack.addWidget(self.view)
        column.addWidget(self._stack, 1)
        model.counts_changed.connect(self._show_counts)
        model.modelReset.connect(self._on_reset)
        self._show_counts()
        self._on_reset()

    def keep(self, keeping: Keeping) -> None:
        """The rows warn of dates as the settings say."""
        self._delegate.keeping = keeping
        self._model.tick()

    def mark_open(self, folder: Path | None) -> None:
        """Mark the record that the page shows."""
        self._shown = folder
        row = self._model.row_of(folder) if folder else -1
        if row >= 0:
            self.view.setCurrentIndex(self._model.index(row))
        else:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())

    def _on_search(self, text: str) -> None:
        self._model.search(text)

    def _choose(self, name: str) -> None:
        self._model.choose(name)

    def _on_reset(self) -> None:
        empty = self._model.rowCount() == 0
        if empty:
            if self._model.count_of("all"):
                self._empty.say(self.tr("Nothing found"), self.tr("No record matches. Clear the search or the filter."))
            else:
                self._empty.say(self.tr("Nothing here yet"), self.tr(
                    "Records you look up appear here; unsaved ones stay on top until you save them."))  # fmt: skip
        self._stack.setCurrentWidget(self._empty if empty else self.view)
        if self._shown is not None:
            self.mark_open(self._shown)

    def _show_counts(self) -> None:
        tones = {"unsaved": "warn", "trouble": "bad", "due": "warn"}
        for number, name in enumerate(FILTERS):
            count = self._model.count_of(name)
            button = self._filters.button(number)
            button.setText(self._messages.text(f"library.filter.{name}", count=count))
            is_quiet = name == "due" and not count and not button.isChecked()
            if button.isHidden() != is_quiet:  # what is never shown need not be dressed before the first paint
                button.setHidden(is_quiet)
            tone = tones.get(name, "accent") if count else "muted"
            if button.property("tone") != tone:
                button.setProperty("tone", tone)
                restyle(button)
