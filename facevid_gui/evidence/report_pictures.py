"""The pictures of a report, with the operator's mark over them (floor 1).

The mark lies over the pictures as text: it shows where a printed or photographed page came from. Who edits the file can
take it off; its hash in the custody log then tells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from facevid_gui.evidence.report_ink import GREY, LEADING, MARGIN_MM, MM_PER_INCH, Ink

if TYPE_CHECKING:
    from PIL.Image import Image

_MARK_OPACITY = 0.42
_PICTURE_DPI = 220
_TILT = 24


@dataclass(frozen=True)
class Figure:
    """A picture and what stands below it, a line each."""

    image: Image
    lines: tuple[str, ...]


class PicturePaper(Ink):
    """Ink that also shows pictures."""

    def figures(self, figures: Sequence[Figure], across: int, height_mm: float) -> None:
        """Pictures side by side, each in its own box with its lines below; a row of them is kept together."""
        gap = 4.0
        wide = (self.width_mm - gap * (across - 1)) / across
        for start in range(0, len(figures), across):
            row = figures[start : start + across]
            below = [[line for text in figure.lines for line in self._lines(text, 7, wide)] for figure in row]
            tallest = max(self._fitted(figure.image, wide, height_mm)[1] for figure in row)
            self.keep(tallest + max(map(len, below)) * 7 * LEADING + 3)
            top, bottom = self.top_mm, 0.0
            for place, (figure, lines) in enumerate(zip(row, below, strict=True)):
                left = MARGIN_MM + place * (wide + gap)
                self._picture(figure.image, left, top, wide, height_mm)
                self._go(top + tallest + 1)
                for line in lines:
                    self._draw(line, left, 7, grey=GREY)
                bottom = max(bottom, self.top_mm)
            self._go(bottom + 2.5)

    def _fitted(self, image: Image, wide: float, high: float) -> tuple[float, float]:
        scale = min(wide / image.width, high / image.height)
        return image.width * scale, image.height * scale

    def _picture(self, image: Image, left: float, top: float, wide: float, high: float) -> None:
        across, down = self._fitted(image, wide, high)
        self._pdf.image(_jpeg(image, across, down), left, top, across, down)
        if self._mark:
            self._stamp_mark(left, top, across, down)

    def _stamp_mark(self, left: float, top: float, across: float, down: float) -> None:
        """The operator's mark, again and again, over a picture and nowhere else."""
        size = max(4.5, min(9.0, across / 9))
        text = self._safe(self._mark)
        middle = (left + across / 2, top + down / 2)
        spots = list(_spots(across, down, sum(map(self._measure, text)) * size, size))
        with self._pdf.rect_clip(left, top, across, down), self._pdf.rotation(_TILT, *middle):
            for shade, shift in ((0, 0.15), (255, 0.0)):
                with self._pdf.local_context(fill_opacity=_MARK_OPACITY):
                    self._pdf.set_font(self._family, size=size)
                    self._pdf.set_text_color(shade)
                    for x, y in spots:
                        self._pdf.text(middle[0] + x + shift, middle[1] + y + shift, text)


def _spots(across: float, down: float, length: float, size: float) -> Iterator[tuple[float, float]]:
    """Where marks so long begin, seen from the middle of a picture before it is turned; none where none is seen."""
    step, stride = size * 1.6, length + size
    rows, columns = int((across + down) / step) + 1, int((across + down) / stride) + 1
    cosine, sine = math.cos(math.radians(_TILT)), math.sin(math.radians(_TILT))
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            x, y = (column - 0.5 + 0.5 * (row % 2)) * stride, row * step
            centre = x + length / 2
            turned = (centre * cosine + y * sine, y * cosine - centre * sine)
            reach = (length / 2 * cosine + size, length / 2 * sine + size)
            if abs(turned[0]) < across / 2 + reach[0] and abs(turned[1]) < down / 2 + reach[1]:
                yield x, y


def _jpeg(image: Image, across_mm: float, down_mm: float) -> BytesIO:
    """A picture with as many pixels as paper can show."""
    limit = tuple(max(1, round(side / MM_PER_INCH * _PICTURE_DPI)) for side in (across_mm, down_mm))
    small = image.convert("RGB")
    if small.width > limit[0]:
        small = small.resize(limit)
    file = BytesIO()
    small.save(file, "JPEG", quality=90)
    file.seek(0)
    return file
