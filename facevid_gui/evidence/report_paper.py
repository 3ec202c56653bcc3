"""The parts a report is laid out of: headings with bookmarks, rows, tables, places to sign (floor 1).

What enters: texts, whoever wrote them. What leaves: pages on which all of it is seen: long texts wrap, a row is not
torn unless it is longer than a page, the head of a table is said again on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from facevid_gui.evidence.report_ink import BAD, BODY, FIXED, FIXED_PT, GREY, LEADING, MARGIN_MM, SMALL
from facevid_gui.evidence.report_pictures import PicturePaper

LABEL_MM = 44.0
_LEAST_FIXED_PT = 6.0
_KEPT_TOGETHER = 12  # lines


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its share of the width, whether it holds hashes."""

    name: str
    share: float
    fixed: bool = False


class ReportPaper(PicturePaper):
    """A report that is written from top to bottom."""

    def title(self, text: str) -> None:
        """The headline of the document."""
        self._write(text, size=17, bold=True)
        self.space(1.5)

    def heading(self, text: str, needs_mm: float = 26) -> None:
        """A section, with a bookmark; it is not left alone at the foot of a page."""
        self.keep(needs_mm)
        self.space(4)
        self._bookmark(text, 0)
        self._write(text, size=12.5, bold=True)
        self._rule(160)
        self.space(1.6)

    def subheading(self, text: str, needs_mm: float = 20) -> None:
        """A part of a section, with a bookmark below it."""
        self.keep(needs_mm)
        self.space(2)
        self._bookmark(text, 1)
        self._write(text, size=10, bold=True)
        self.space(0.6)

    def paragraph(self, text: str, *, grey: bool = False, bad: bool = False, size: float = BODY) -> None:
        """Sentences; line ends in them are kept."""
        self._write(text, size=size, grey=GREY if grey else 0, bad=bad)
        self.space(1)

    def statement(self, text: str, *, bad: bool) -> None:
        """The one sentence that counts, in a frame."""
        lines = self._lines(text, 13, self.width_mm - 8)
        height = len(lines) * 13 * LEADING + 5
        self.keep(height)
        top = self.top_mm
        self._pdf.set_draw_color(*(BAD if bad else (60, 60, 60)))
        self._pdf.set_line_width(0.5)
        self._pdf.rect(MARGIN_MM, top, self.width_mm, height)
        self._pdf.set_line_width(0.2)
        self._go(top + 2.5)
        for line in lines:
            self._draw(line, MARGIN_MM + 4, 13, bold=True, bad=bad)
        self._go(top + height + 2)

    def bullets(self, texts: Iterable[str], *, bad: bool = False) -> None:
        """A list."""
        for text in texts:
            for place, line in enumerate(self._lines(text, BODY, self.width_mm - 5)):
                self._room(BODY)
                if place == 0:
                    self._draw_at("•" if self._has("•") else "-", MARGIN_MM + 1, BODY, bad=bad)
                self._draw(line, MARGIN_MM + 5, BODY, bad=bad)
            self.space(0.7)

    def rows(self, rows: Iterable[tuple[str, str | None]]) -> None:
        """Labels and values; those without a value are left out."""
        for label, value in rows:
            if value:
                self._row(label, value)

    def fixed(self, text: str) -> None:
        """ASCII in letters of one width, for what is compared or typed, long lines broken."""
        lines = text.split("\n")
        size = min(FIXED_PT, max(_LEAST_FIXED_PT, self._fitting_size(max(map(len, lines)), self.width_mm - 4)))
        parts = [part for line in lines for part in self._cut(line, self.width_mm - 4, size) or [""]]
        if len(parts) <= _KEPT_TOGETHER:  # commands are read, and copied, as one
            self.keep(len(parts) * (size * LEADING + 0.5))
        for part in parts:
            self._room(size)
            self._pdf.set_fill_color(244)
            self._pdf.rect(MARGIN_MM, self.top_mm, self.width_mm, size * LEADING + 0.6, style="F")
            self._draw(part, MARGIN_MM + 2, size, family=FIXED, extra=0.5)
        self.space(1.5)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], size: float = SMALL) -> None:
        """A table whose head is said again on every page it goes on to; a row is not torn unless it is a page long."""
        self._table_head(columns, size)
        for row in rows:
            cells = [self._cell_lines(column, text, size) for column, text in zip(columns, row, strict=True)]
            height = max(len(lines) for lines in cells) * size * LEADING + 1.6
            if self._pdf.will_page_break(height):
                self._pdf.add_page()
                self._table_head(columns, size)
            self._table_row(columns, cells, size, height)

    def boxes(self, columns: Sequence[str], rows: Sequence[str], height_mm: float) -> None:
        """A table with places to write into, kept together."""
        label = 34.0
        wide = (self.width_mm - label) / len(columns)
        self.keep(height_mm * (len(rows) + 1))
        self._pdf.set_draw_color(120)
        for place, name in enumerate(("", *rows)):
            top = self.top_mm
            texts = [name, *(columns if place == 0 else [""] * len(columns))]
            for number, text in enumerate(texts):
                left = MARGIN_MM + (label + (number - 1) * wide if number else 0)
                self._pdf.rect(left, top, wide if number else label, height_mm)
                self._go(top + 1.5)
                for line in self._lines(text, SMALL, (wide if number else label) - 3):
                    self._draw(line, left + 1.5, SMALL)
            self._go(top + height_mm)

    def _bookmark(self, text: str, level: int) -> None:
        self._pdf.start_section(self._safe(text), level)

    def _row(self, label: str, value: str) -> None:
        names = self._lines(label, SMALL, LABEL_MM - 3)
        values = self._lines(value, BODY, self.width_mm - LABEL_MM)
        height = max(len(names) * SMALL * LEADING + 0.4, min(len(values), 6) * BODY * LEADING) + 1.6
        self.keep(height)
        top = self.top_mm
        self._go(top + 0.3)
        for line in names:
            self._draw(line, MARGIN_MM, SMALL, grey=GREY)
        named = self.top_mm
        self._go(top)
        pages = self.pages
        for line in values:
            self._room(BODY)
            self._draw(line, MARGIN_MM + LABEL_MM, BODY)
        if self.pages == pages:
            self._go(max(named, self.top_mm))
        self.space(0.7)
        self._rule(232)
        self.space(0.9)

    def _table_head(self, columns: Sequence[Column], size: float) -> None:
        self.keep(20)
        cells = [self._lines(column.name, size, self.width_mm * column.share - 2) for column in columns]
        height = max(map(len, cells)) * size * LEADING + 1.6
        top, left = self.top_mm, MARGIN_MM
        self._pdf.set_fill_color(240)
        self._pdf.rect(MARGIN_MM, top, self.width_mm, height, style="F")
        for column, lines in zip(columns, cells, strict=True):
            self._go(top + 0.8)
            for line in lines:
                self._draw(line, left + 1, size, bold=True)
            left += self.width_mm * column.share
        self._go(top + height)

    def _table_row(self, columns: Sequence[Column], cells: Sequence[list[str]], size: float, height: float) -> None:
        top = self.top_mm
        longest = max(map(len, cells))
        if not self._pdf.will_page_break(height):
            left = MARGIN_MM
            for column, lines in zip(columns, cells, strict=True):
                self._go(top + 0.8)
                for line in lines:
                    self._draw(line, left + 1, size if not column.fixed else FIXED_PT, family=column_font(column))
                left += self.width_mm * column.share
            self._go(top + height)
        else:  # longer than a page: line by line
            for number in range(longest):
                self._room(size)
                left = MARGIN_MM
                for column, lines in zip(columns, cells, strict=True):
                    if number < len(lines):
                        self._draw_at(lines[number], left + 1, size, family=column_font(column))
                    left += self.width_mm * column.share
                self.space(size * LEADING)
        self._rule(232)

    def _cell_lines(self, column: Column, text: str, size: float) -> list[str]:
        wide = self.width_mm * column.share - 2
        return self._cut(text, wide, FIXED_PT) if column.fixed else self._lines(text, size, wide)


def column_font(column: Column) -> str:
    """The font of a column; empty for that of the document."""
    return FIXED if column.fixed else ""


def sample_page(photo: bytes) -> bytes:
    """A page with words, a hash and a picture, to prove an installation; letters as this system has them."""
    from datetime import UTC, datetime
    from io import BytesIO

    from PIL import Image

    from facevid_gui.evidence.fonts import find_chinese_font
    from facevid_gui.evidence.report_ink import Letterhead
    from facevid_gui.evidence.report_pictures import Figure

    head = Letterhead(("facevid",), "facevid", "{page} / {pages}", "zh-CN")
    paper = ReportPaper("facevid", head, datetime(2026, 1, 1, tzinfo=UTC), find_chinese_font(), "facevid")
    with closing(paper), Image.open(BytesIO(photo), formats=["JPEG"]) as picture:
        paper.heading("人脸核身记录 / face verification record")
        paper.fixed("0" * 64)
        paper.figures([Figure(picture, ("photo",))], across=2, height_mm=90)
        return paper.to_bytes()
