"""Pages that any reader shows and any printer prints: A4, Chinese and English (floor 1).

What enters: paragraphs, tables, codes. What leaves: a PDF. Made with fpdf2, chosen over reportlab: the Chinese font of
most Linux systems (Noto CJK, PostScript outlines in a collection) is refused by reportlab and embedded by fpdf2, as the
few letters that are used (8 kB instead of 18 MB). Loaded only when a page is made: it takes 0.3 s.

Without a Chinese font on this system the pages are in English only, in a font that every reader has; `in_chinese` says
so. A Chinese name in a certificate then appears as its code points rather than as empty boxes.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import segno
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from facevid_gui import __version__
from facevid_gui.core.messages import Messages
from facevid_gui.evidence.fonts import FontFace, find_chinese_font

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MARGIN_MM = 16.0
_GREY = 96
_FIXED = "courier"
for _name in ("fontTools", "fpdf"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # they tell of every table a font has and they do not use


class Paper:
    """An A4 document that is written from top to bottom."""

    def __init__(self, title: str, at: datetime, font: FontFace | None = None) -> None:
        font = font or find_chinese_font()
        self.in_chinese = font is not None
        self._languages = [Messages(name) for name in (("zh_CN", "en") if font else ("en",))]
        self._pdf = FPDF(format="A4", unit="mm")
        self._pdf.set_margin(MARGIN_MM)
        self._pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self._pdf.set_title(title)
        self._pdf.set_creator(f"facevid_gui {__version__}")
        self._pdf.set_creation_date(at)
        self._family = "helvetica"
        if font is not None:
            self._family = "chinese"
            self._pdf.add_font(self._family, fname=str(font.path), collection_font_number=font.number)
        self._pdf.add_page()
        self.width_mm: float = self._pdf.epw

    @property
    def top_mm(self) -> float:
        """Where the next line begins, from the page's upper edge."""
        return float(self._pdf.get_y())

    def move_to(self, top_mm: float) -> None:
        """Go on at this height."""
        self._pdf.set_xy(MARGIN_MM, top_mm)

    def words(self, message_id: str, **values: object) -> list[str]:
        """A sentence of the catalogue, in Chinese first where Chinese can be shown."""
        return [self._shown(messages.text(message_id, **values)) for messages in self._languages]

    def title(self, message_id: str) -> None:
        """The headline, in each language on a line of its own."""
        first, *others = self.words(message_id)
        self._write(first, size=18, line=9)
        for text in others:
            self._write(text, size=12, line=6, grey=_GREY)
        self.space(3)

    def heading(self, message_id: str) -> None:
        """The headline of a section."""
        self.space(3)
        self._write(" / ".join(self.words(message_id)), size=11.5, line=6)
        top = self.top_mm
        self._pdf.set_draw_color(160)
        self._pdf.line(MARGIN_MM, top, MARGIN_MM + self.width_mm, top)
        self.space(1.5)

    def paragraph(self, message_id: str, width_mm: float | None = None, **values: object) -> None:
        """A sentence, in each language on lines of its own."""
        for index, text in enumerate(self.words(message_id, **values)):
            self._write(text, size=9, line=4.4, grey=0 if index == 0 else _GREY, width=width_mm)
        self.space(0.8)

    def fact(self, message_id: str, value: str, width_mm: float | None = None) -> None:
        """A label and what it says."""
        self._write(" / ".join(self.words(message_id)), size=8, line=4, grey=_GREY, width=width_mm)
        self._write(self._shown(value), size=11, line=5.5, width=width_mm)
        self.space(1)

    def fixed(self, text: str, size_pt: float = 13) -> None:
        """ASCII in letters of one width, for what is compared letter by letter."""
        self._pdf.set_font(_FIXED, size=size_pt)
        self._pdf.set_text_color(0)
        self._line(text, size_pt * 0.52)

    def code(self, text: str, left_mm: float, top_mm: float, side_mm: float) -> None:
        """A QR code (ISO/IEC 18004, level M) with the four blank modules around it that scanners ask for."""
        matrix = [bytes(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
        module = side_mm / len(matrix)
        self._pdf.set_fill_color(0)
        for y, row in enumerate(matrix):
            x = 0
            while x < len(row):  # neighbours in one piece: hairlines between them disturb scanners
                run = len(row[x:]) - len(row[x:].lstrip(b"\x01"))
                if run:
                    self._pdf.rect(left_mm + x * module, top_mm + y * module, run * module, module, style="F")
                x += run or 1

    def boxes(self, rows: Sequence[tuple[str, str, str]], height_mm: float) -> None:
        """A table with places to write into: message ids of label, left and right column; an empty id is left blank.

        It is kept together: what does not fit below what is written already begins a new page.
        """
        label_mm = 34.0
        width = (self.width_mm - label_mm) / 2
        if self._pdf.will_page_break(height_mm * len(rows)):
            self._pdf.add_page()
        self._pdf.set_draw_color(120)
        for row in rows:
            top = self.top_mm
            for message_id, left, wide in zip(
                row, (MARGIN_MM, MARGIN_MM + label_mm, MARGIN_MM + label_mm + width), (label_mm, width, width),
                strict=True,
            ):  # fmt: skip
                self._pdf.rect(left, top, wide, height_mm)
                if message_id:
                    self._pdf.set_xy(left + 1.5, top + 1.5)
                    self._text(size=8.5, grey=0)
                    self._pdf.multi_cell(wide - 3, 4, "\n".join(self.words(message_id)), align="L")
            self.move_to(top + height_mm)

    def space(self, height_mm: float) -> None:
        """Leave some room."""
        self.move_to(self.top_mm + height_mm)

    def to_bytes(self) -> bytes:
        """The finished document."""
        return bytes(self._pdf.output())

    def _shown(self, text: str) -> str:
        return text if self.in_chinese else text.encode("latin-1", "backslashreplace").decode("latin-1")

    def _text(self, size: float, grey: int) -> None:
        self._pdf.set_font(self._family, size=size)
        self._pdf.set_text_color(grey)

    def _write(self, text: str, *, size: float, line: float, grey: int = 0, width: float | None = None) -> None:
        self._text(size, grey)
        self._line(text, line, width)

    def _line(self, text: str, height: float, width: float | None = None) -> None:
        wrap = WrapMode.WORD if text.isascii() else WrapMode.CHAR  # Chinese has no blanks to break at
        write = partial(self._pdf.multi_cell, width or self.width_mm, height, text, align="L")
        write(new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=wrap)
