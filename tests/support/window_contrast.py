"""Whether what is written can be read: measured in the pixels of a window.

The ground of a word is the colour most of its place has, the word the pixel that differs most from it: at 200 % strokes
are two pixels wide, so that one of them shows its full colour. WCAG 2.1 AA: 4.5 to 1; 3 to 1 for large words (18 pt, or
14 pt bold). Disabled controls are exempt (success criterion 1.4.3).
"""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QTabBar, QWidget

from tests.support.window_access import named
from tests.support.window_walk import Shown

AA, AA_LARGE = 4.5, 3.0


def luminance(color: int) -> float:
    """Relative luminance of 0xRRGGBB (WCAG 2.1)."""
    parts = [(color >> shift & 255) / 255 for shift in (16, 8, 0)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: int, other: int) -> float:
    """How well two colours are told apart, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Contrasts:
    """The check. What was measured before, the same kind of widget in the same clothes, is not measured again."""

    def __init__(self) -> None:
        self._known: set[tuple[object, ...]] = set()

    def __call__(self, shown: Shown) -> Iterator[str]:
        """Complain about words that are hard to read."""
        window = shown.window
        picture: QImage | None = None
        for widget in window.findChildren(QWidget):
            if not widget.isVisible() or widget.window() is not window or not widget.isEnabled():
                continue
            for part, text in written(widget):
                at = QRect(widget.mapTo(window, part.topLeft()), part.size())
                if not in_sight(widget, window).contains(at):
                    continue  # scrolled away in part: it is measured where it is seen whole
                key = (named(widget), text if isinstance(widget, QTabBar) else "", clothes(widget), state(widget))
                if key in self._known:
                    continue
                self._known.add(key)
                picture = picture or window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
                seen = measured(picture, at)
                if seen is not None and seen < wanted(widget):
                    yield f"{named(widget)} can hardly be read: {seen:.1f} ({text[:40]!r})"


def state(widget: QWidget) -> tuple[object, ...]:
    """What changes its colours besides."""
    is_checked = isinstance(widget, QAbstractButton) and widget.isChecked()
    is_empty = isinstance(widget, QLineEdit) and not widget.text()
    return is_checked, is_empty, widget.hasFocus(), widget.styleSheet()


def clothes(widget: QWidget) -> tuple[object, ...]:
    """What decides on its colours: its own properties and those of what it stands on."""
    worn: list[object] = []
    part: QWidget | None = widget
    while part is not None:
        worn += [part.property(name) for name in ("role", "tone", "kind")]
        part = part.parentWidget()
    return tuple(worn)


def written(widget: QWidget) -> Iterator[tuple[QRect, str]]:
    """Where words stand in a widget."""
    if isinstance(widget, QLabel | QAbstractButton) and widget.text().strip():
        yield widget.rect(), widget.text()
    elif isinstance(widget, QComboBox) and widget.currentText():
        yield widget.rect(), widget.currentText()
    elif isinstance(widget, QLineEdit) and not isinstance(widget.parentWidget(), QComboBox):
        if widget.text() or widget.placeholderText():
            yield widget.rect(), widget.text() or widget.placeholderText()
    elif isinstance(widget, QTabBar):
        for number in range(widget.count()):
            if widget.isTabEnabled(number):
                yield widget.tabRect(number), widget.tabText(number)


def in_sight(widget: QWidget, window: QWidget) -> QRect:
    """What of a widget is not scrolled away, in the window."""
    region = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(window, region.topLeft()), region.size())


def wanted(widget: QWidget) -> float:
    font = widget.font()
    is_large = font.pointSizeF() >= 18 or (font.pointSizeF() >= 14 and font.bold())
    return AA_LARGE if is_large else AA


def measured(picture: QImage, at: QRect) -> float | None:
    """The contrast in a part of a picture; None where too little of it is seen."""
    scale = picture.devicePixelRatio()
    left, top = round(at.left() * scale), round(at.top() * scale)
    width, height = round(at.width() * scale), round(at.height() * scale)
    part = picture.copy(left, top, width, height)
    if part.width() < 8 or part.height() < 8:
        return None
    raw = bytes(part.constBits())
    colors = Counter(memoryview(raw).cast("I"))
    ground = colors.most_common(1)[0][0] & 0xFFFFFF
    return max(ratio(color & 0xFFFFFF, ground) for color in colors)
