"""How a row of the library looks: a card in a narrow pane, more columns where there is room (floor 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QStyledItemDelegate

from facevid_gui.bridge.library_model import ENTRY, HEADER, Heading
from facevid_gui.core.expiry import Keeping
from facevid_gui.core.masking import mask_name
from facevid_gui.core.moments import shown_day, shown_time
from facevid_gui.core.wording import countdown
from facevid_gui.views.ending_words import draft_ending, retention_ending
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, fixed_font
from facevid_gui.views.widgets import tip, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QStyleOptionViewItem

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.views.ending_words import draft_ending, retention_ending
from facevid_gui.views.theme import Theme

_TILE = 40


@dataclass(frozen=True)
class _Column:
    """A title above a value; shown where the words of a row have at least `from_width` pixels."""

    title: str
    value: str
    width: int
    from_width: int


class LibraryDelegate(QStyledItemDelegate):
    """Paints a row: tile, who and what, id, state. No widget per row."""

    def __init__(self, theme: Theme, messages: Messages, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._now = now
        self.open_folder: Path | None = None  # what the page shows is marked, whatever is selected
        self.keeping = Keeping(None)  # until the settings were read
        self.away: frozenset[Path] = frozenset()  # places whose rows are from memory
        self.picture_of: Callable[[str], QImage | None] = _no_picture

    def heights(self, metrics: QFontMetrics) -> tuple[int, int]:
        """Of a row and of a headline, in device-independent pixels."""
        line = metrics.height()
        return max(_TILE, 3 * line + 4) + 2 * SPACE_M - 4, line + 2 * SPACE_S

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """Three lines for an entry, one for a headline."""
        row, heading = self.heights(QFontMetrics(option.font))
        return QSize(100, heading if index.data(HEADER) is not None else row)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        painter.save()
        header = index.data(HEADER)
        if isinstance(header, Heading):
            self._paint_header(painter, option, header)
        else:
            self._paint_ground(painter, option)
            entry = index.data(ENTRY)
            if entry is None:
                self._paint_waiting(painter, option)
            else:
                self._paint_entry(painter, option, entry)
        painter.restore()

    def spoken(self, entry: LibraryEntry | Heading) -> str:
        """A row as a screen reader says it: who, what, case, id, state."""
        if isinstance(entry, Heading):
            return self.heading_text(entry)
        who, what = self.title_of(entry)
        record_id = visible(entry.flow_id or entry.order_no or entry.evidence_id)
        return ", ".join(filter(None, (who, what, record_id, self.state_of(entry)[1])))

    def tip_of(self, entry: LibraryEntry) -> str:
        """All of a row that may have been cut, and when its last check was."""
        when = shown_time(entry.last_verified_at, self._messages)
        checked = self._messages.text("library.last_check", when=when) if entry.last_verified_at else ""
        who, what = self.title_of(entry)
        record_id = entry.flow_id or entry.order_no or entry.evidence_id
        lines = (" · ".join(filter(None, (who, what))), record_id, self.state_of(entry)[1], checked, str(entry.path))
        return tip("\n".join(filter(None, lines)))

    def heading_text(self, heading: Heading) -> str:
        """The words of a headline: a section, or a case with its number of records."""
        if heading.case_ref is None or heading.section == "unsaved":
            return self._messages.text(f"library.section.{heading.section}", count=heading.count)
        if not heading.case_ref:
            return self._messages.text("library.section.no_case", count=heading.count)
        return self._messages.text("library.section.case", case=visible(heading.case_ref), count=heading.count)

    def state_of(self, entry: LibraryEntry) -> tuple[str, str, str]:
        """Icon, words and tone of an entry's state. A verdict of the past is told as past, never as verified."""
        text = self._messages.text
        if entry.path.parent in self.away:
            return "network", text("library.from_memory"), "muted"
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
        text, last, when = self._messages.text, entry.last_verdict, shown_day(entry.last_verified_at, self._messages)
        if last is not None and not last.startswith("verified"):
            return "warning", text(f"library.last.{last}", when=when), "bad"
        if entry.is_due(self._now()):
            return "clock", text("library.due", when=shown_day(entry.review_by, self._messages)), "warn"
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

    def _paint_header(self, painter: QPainter, option: QStyleOptionViewItem, heading: Heading) -> None:
        font = QFont(option.font)
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        place = option.rect.adjusted(SPACE_M, 0, -SPACE_M, -SPACE_XS)
        words = QFontMetrics(font).elidedText(self.heading_text(heading), Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        from PySide6.QtWidgets import QStyle  # 5 ms the first time, and an empty library needs none of it

        theme = self._theme
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("accent_soft" if selected else "hover"))
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), theme.color("border"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))

    def _paint_waiting(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """The shape of a row whose page is on its way."""
        inner = _inner(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(_tile_in(inner), 6, 6)
        line = inner.height() // 3
        for number, part in enumerate((0.45, 0.8, 0.6)):
            left = inner.left() + _TILE + SPACE_M
            place = QRect(left, inner.top() + number * line + 3, int((inner.right() - left) * part), line - 6)
            painter.drawRoundedRect(place, 3, 3)

    def _paint_entry(self, painter: QPainter, option: QStyleOptionViewItem, entry: LibraryEntry) -> None:
        if self.open_folder is not None and entry.path == self.open_folder:
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), self._theme.color("accent")
            )
        inner = _inner(option.rect)
        self._paint_tile(painter, _tile_in(inner), entry)
        words = inner.adjusted(_TILE + SPACE_M, 0, 0, 0)
        columns = [column for column in self._columns(entry, option) if words.width() >= column.from_width]
        for column in reversed(columns):
            place = QRect(words.right() - column.width, words.top(), column.width, words.height())
            self._paint_column(painter, option, place, column)
            words.setRight(place.left() - SPACE_L)
        self._paint_lines(painter, option, words, entry)

    def _columns(self, entry: LibraryEntry, option: QStyleOptionViewItem) -> tuple[_Column, ...]:
        """What stands beside the card, and from which width on."""
        text, letter = self._messages.text, QFontMetrics(option.font).averageCharWidth()
        captured, sealed = (shown_time(at, self._messages) for at in (entry.captured_at, entry.sealed_at))
        return (
            _Column(text("library.column.captured"), captured, 20 * letter, 42 * letter),
            _Column(text("library.column.case"), visible(entry.case_ref or "-"), 18 * letter, 62 * letter),
            _Column(text("library.column.sealed"), sealed, 20 * letter, 84 * letter),
            _Column(text("library.column.operator"), visible(entry.operator or "-"), 18 * letter, 100 * letter),
        )

    def _paint_column(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, column: _Column) -> None:
        line, metrics = place.height() // 3, QFontMetrics(option.font)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(option.font)
        for number, (words, tone) in enumerate(((column.title, "muted"), (column.value, "text"))):
            painter.setPen(self._theme.color(tone))
            row = QRect(place.left(), place.top() + number * line, place.width(), line)
            painter.drawText(row, left, metrics.elidedText(words, Qt.TextElideMode.ElideRight, row.width()))

    def _paint_tile(self, painter: QPainter, tile: QRect, entry: LibraryEntry) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture = self.picture_of(entry.evidence_id)
        if picture is not None:
            painter.save()
            shape = QPainterPath()
            shape.addRoundedRect(tile, 6, 6)
            painter.setClipPath(shape)
            painter.drawImage(tile, picture)
            painter.restore()
            return
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


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(SPACE_M, SPACE_M - 2, -SPACE_M, -SPACE_M + 2)


def _tile_in(inner: QRect) -> QRect:
    return QRect(inner.left(), inner.top() + (inner.height() - _TILE) // 2, _TILE, _TILE)


def _no_picture(_evidence_id: str) -> None:
    return None
