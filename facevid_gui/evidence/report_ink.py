"""What a report is drawn with: pages with head and foot, letters that are all seen, lines (floor 1).

Every letter is embedded or, without a font of this system, one of those every reader has; what the font lacks is seen
as its code point. The same calls give the same bytes: the one time in the file is that which the caller says, the
file's identifier is a hash of its contents.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import PageMode, TextMode, XPos, YPos

from facevid_gui import __version__
from facevid_gui.evidence.report_wrap import printable, wrapped

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.evidence.fonts import FontFace

MARGIN_MM = 16.0
FOOT_MM = 15.0
GREY, LINE_GREY = 96, 205
BAD = (179, 38, 30)
BODY, SMALL, FIXED_PT = 9.0, 8.0, 7.6
LEADING = 0.48  # mm of line for each point of letter
MM_PER_INCH = 25.4
FIXED = "courier"
_FIXED_WIDTH = 0.6 * MM_PER_INCH / 72  # of a letter, for each point of its size
_FONT, _PLAIN = "report", "helvetica"
for _name in ("fontTools", "fpdf"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # they tell of every table a font has and they do not use


@dataclass(frozen=True)
class Letterhead:
    """What stands on every page. `head` are lines above, `broken` what is wrong with the folder, `page` a format."""

    head: tuple[str, ...]
    foot: str
    page: str  # with {page} and {pages}
    language: str  # RFC 5646, for readers that speak
    broken: tuple[str, ...] = ()


class _Pages(FPDF):
    """fpdf2 calls back for what stands on every page."""

    head: Callable[[], None]
    foot: Callable[[], None]

    def header(self) -> None:
        self.head()

    def footer(self) -> None:
        self.foot()


class Ink:
    """A document and what draws on it."""

    def __init__(self, title: str, letterhead: Letterhead, at: datetime, font: FontFace | None, mark: str) -> None:
        self._letterhead = letterhead
        self._mark = mark
        self._pdf = pdf = _Pages(format="A4", unit="mm")
        pdf.head, pdf.foot = self._draw_head, self._draw_foot
        pdf.set_title(title)
        pdf.set_creator(f"facevid_gui {__version__}")
        pdf.set_producer("fpdf2")
        pdf.set_creation_date(at)
        pdf.set_lang(letterhead.language)
        pdf.page_mode = PageMode.USE_OUTLINES
        self._family = _PLAIN
        if font is not None:
            self._family = _FONT
            pdf.add_font(_FONT, fname=str(font.path), collection_font_number=font.number)
            # The bounds of the whole font hold for its letters, too; to draw each for narrower ones takes seconds.
            pdf.fonts[_FONT].ttfont.recalcBBoxes = False  # type: ignore[union-attr]
        self._cmap = pdf.fonts[_FONT].cmap if font is not None else None  # type: ignore[union-attr]
        self._measure = lru_cache(maxsize=8192)(self._width_of)
        pdf.set_margin(MARGIN_MM)
        pdf.c_margin = 0
        pdf.set_auto_page_break(auto=True, margin=FOOT_MM + 3)
        pdf.add_page()
        self.width_mm: float = pdf.epw

    @property
    def top_mm(self) -> float:
        """Where the next line begins."""
        return float(self._pdf.get_y())

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return int(self._pdf.page_no())

    def space(self, height_mm: float) -> None:
        """Leave some room."""
        self._go(self.top_mm + height_mm)

    def keep(self, height_mm: float) -> None:
        """Begin a new page when so much does not fit any more."""
        if self._pdf.will_page_break(height_mm):
            self._pdf.add_page()

    def close(self) -> None:
        """Let go of the font's file."""
        if _FONT in self._pdf.fonts:
            self._pdf.fonts[_FONT].ttfont.close()  # type: ignore[union-attr]

    def to_bytes(self) -> bytes:
        """The finished document."""
        return bytes(self._pdf.output())

    def _draw_head(self) -> None:
        pdf = self._pdf
        pdf.set_auto_page_break(auto=False)
        self._go(8)
        for text in self._letterhead.head:
            for line in self._lines(text, 7, pdf.epw):
                self._draw(line, MARGIN_MM, 7, grey=GREY)
        for text in self._letterhead.broken:
            for line in self._lines(text, SMALL, pdf.epw):
                self._draw(line, MARGIN_MM, SMALL, bad=True, bold=True)
        self._rule(LINE_GREY)
        pdf.set_auto_page_break(auto=True, margin=FOOT_MM + 3)
        self._go(max(self.top_mm + 4, MARGIN_MM + 2))

    def _draw_foot(self) -> None:
        pdf = self._pdf
        self._go(pdf.h - FOOT_MM)
        self._rule(LINE_GREY)
        self._go(pdf.h - FOOT_MM + 1.5)
        self._draw_at(self._safe(self._letterhead.foot), MARGIN_MM, 7, grey=GREY)
        page = self._letterhead.page.format(page=pdf.page_no(), pages="{nb}")
        self._font(7, GREY)
        pdf.set_x(MARGIN_MM)
        pdf.cell(pdf.epw, 7 * LEADING, self._safe(page), align="R")

    def _has(self, letter: str) -> bool:
        if self._cmap is None:
            return letter.encode("latin-1", "ignore") != b""
        return ord(letter) in self._cmap

    def _safe(self, text: str) -> str:
        return printable(text, self._has)

    def _lines(self, text: str, size: float, width: float) -> list[str]:
        """Text as lines that can be drawn; a line end in it ends one."""
        measure: Callable[[str], float] = lambda piece: sum(map(self._measure, piece)) * size  # noqa: E731
        parts = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
        return [line for part in parts for line in wrapped(self._safe(part), width, measure)]

    def _cut(self, text: str, width: float, size: float) -> list[str]:
        """ASCII in pieces of equal length, halves of a hash among them."""
        shown = text.encode("ascii", "backslashreplace").decode("ascii")
        fit = max(8, int(width / (size * _FIXED_WIDTH)))
        count = -(-len(shown) // fit)
        if shown.isalnum() and count > 1:
            fit = -(-len(shown) // count)
        return [shown[place : place + fit] for place in range(0, len(shown), fit)]

    def _fitting_size(self, letters: int, width: float) -> float:
        """The size at which so many letters of one width fit."""
        return width / (max(1, letters) * _FIXED_WIDTH)

    def _width_of(self, text: str) -> float:
        """Millimetres per point of size."""
        self._pdf.set_font(self._family, size=10)
        return float(self._pdf.get_string_width(text)) / 10

    def _write(self, text: str, *, size: float, grey: int = 0, bold: bool = False, bad: bool = False) -> None:
        for line in self._lines(text, size, self.width_mm):
            self._room(size)
            self._draw(line, MARGIN_MM, size, grey=grey, bold=bold, bad=bad)

    def _room(self, size: float) -> None:
        self.keep(size * LEADING)

    def _draw(
        self, line: str, left: float, size: float, *, grey: int = 0, bold: bool = False, bad: bool = False,
        family: str = "", extra: float = 0.0,
    ) -> None:  # fmt: skip
        """One line at `left`; go on below it."""
        self._draw_at(line, left, size, grey=grey, bold=bold, bad=bad, family=family)
        self._go(self.top_mm + size * LEADING + extra)

    def _draw_at(
        self, line: str, left: float, size: float, *, grey: int = 0, bold: bool = False, bad: bool = False,
        family: str = "",
    ) -> None:  # fmt: skip
        self._font(size, grey, family)
        if bad:
            self._pdf.set_text_color(*BAD)
        top = self.top_mm
        self._pdf.set_x(left)
        if bold:  # the font has one weight: letters are drawn with a thin line around them
            self._pdf.set_draw_color(*(BAD if bad else (grey,) * 3))
            with self._pdf.local_context(text_mode=TextMode.FILL_STROKE, line_width=size * 0.011):
                self._cell(line, size)
        else:
            self._cell(line, size)
        self._go(top)

    def _cell(self, line: str, size: float) -> None:
        self._pdf.cell(0, size * LEADING, line, new_x=XPos.LEFT, new_y=YPos.TOP, align="L")

    def _font(self, size: float, grey: int, family: str = "") -> None:
        self._pdf.set_font(family or self._family, size=size)
        self._pdf.set_text_color(grey)

    def _rule(self, grey: int) -> None:
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(0.2)
        self._pdf.line(MARGIN_MM, self.top_mm, MARGIN_MM + self._pdf.epw, self.top_mm)

    def _go(self, top_mm: float) -> None:
        self._pdf.set_xy(MARGIN_MM, top_mm)
