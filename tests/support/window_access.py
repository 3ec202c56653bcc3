"""What somebody needs who works without eyes or without a mouse: names, an order to go by, a focus that is seen.

Names: what a screen reader says. Order: Tab visits every enabled control once, part by part; inside a part from top to
bottom, on one line from left to right. Two parts are on one line when they share half the height of the lower one;
`TOLERANCE` pixels of overlap do not count. Focus: what has it looks different.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QScrollArea,
    QToolButton,
    QWidget,
)

from tests.support.window_walk import Shown

TOLERANCE = 4
RING = 3  # pixels around a control that may show its focus
ENOUGH = 12  # pixels that differ
CUSTOM = ("ImageCanvas", "Timeline", "LibraryView")  # they paint what they show: only a description can tell it


def reading_chain(window: QWidget) -> list[QWidget]:
    """What Tab reaches now, in the order it is reached; the focus ends where it was.

    Gone through as Tab does it: `nextInFocusChain` makes PySide believe that each widget owns the next one, which takes
    the next one away when the first is deleted.
    """
    before, found = window.focusWidget(), list[QWidget]()
    if before is not None:
        before.clearFocus()
    while window.focusNextChild() and (reached := window.focusWidget()) is not None and reached not in found:
        found.append(reached)
    if before is not None:
        before.setFocus()
    elif found:
        found[-1].clearFocus()
    return found


def name_of(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.text()
    buddies = [label for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    return buddies[0].text() if buddies else ""


def is_scroll_area(widget: QWidget) -> bool:
    """Qt's own: it scrolls with the arrow keys, and what is in it has names."""
    return isinstance(widget, QScrollArea)


class Access:
    """The check. Each kind of control is looked at for its focus once."""

    def __init__(self) -> None:
        self._focused: set[tuple[str, str, str]] = set()

    def __call__(self, shown: Shown) -> Iterator[str]:
        """Complain about a window."""
        window = shown.window
        if isinstance(window, QMenu):
            yield from menu_names(window)
            return
        if QApplication.activeWindow() is not window:
            window.activateWindow()
            QApplication.processEvents()
        chain = reading_chain(window)
        controls = [widget for widget in chain if not is_scroll_area(widget)]
        yield from names(window, controls)
        yield from twins(controls)
        yield from order(window, chain)
        yield from by_colour_alone(window)
        yield from self._focus(window, controls)

    def _focus(self, window: QWidget, controls: list[QWidget]) -> Iterator[str]:
        """Controls of a kind that was not looked at yet."""
        before = window.focusWidget()
        for widget in controls:
            kind = (type(widget).__name__, str(widget.property("kind") or ""), str(widget.property("tone") or ""))
            if kind in self._focused or not whole(widget):
                continue
            self._focused.add(kind)
            other = next((one for one in controls if one is not widget), None)
            if is_lost(window, widget, other):
                yield f"{named(widget)} does not show that it has the focus"
        if before is not None:
            before.setFocus()


def names(window: QWidget, controls: list[QWidget]) -> Iterator[str]:
    """Controls without a name; icons without words; pictures without a description."""
    for widget in controls:
        name = name_of(widget).strip()
        if not name or name == "…":
            yield f"{named(widget)} has no name"
        if isinstance(widget, QToolButton) and not widget.text() and not widget.toolTip():
            yield f"{named(widget)} is an icon without a tooltip"
        if isinstance(widget, QComboBox) and widget.isEditable():
            yield f"{named(widget)} can be typed into: its line needs a name, too"
    for widget in [window, *window.findChildren(QWidget)]:
        if type(widget).__name__ in CUSTOM and widget.isVisible():
            if not widget.accessibleName():
                yield f"{named(widget)} paints without a name"
            if not widget.accessibleDescription():
                yield f"{named(widget)} paints without a description"
    if not window.windowTitle():
        yield f"{named(window)} has no title"


def menu_names(menu: QMenu) -> Iterator[str]:
    """Lines of a menu that say nothing, or the same."""
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    if not all(texts):
        yield f"{named(menu)} has a line without words"
    for text, count in Counter(texts).items():
        if count > 1:
            yield f"{named(menu)} says {text!r} {count} times"


def twins(controls: list[QWidget]) -> Iterator[str]:
    """Controls that are called alike; a description may tell them apart."""
    called: dict[tuple[str, str], list[QWidget]] = {}
    for widget in controls:
        called.setdefault((name_of(widget), widget.accessibleDescription()), []).append(widget)
    for (name, _), alike in called.items():
        if len(alike) > 1:
            yield f"{name!r} is said of {', '.join(sorted({named(widget) for widget in alike}))} ({len(alike)})"


def by_colour_alone(window: QWidget) -> Iterator[str]:
    """Labels whose tone is all they say."""
    for label in window.findChildren(QLabel):
        tone = label.property("tone")
        if tone in ("ok", "warn", "bad") and label.isVisible() and label.window() is window:
            says = label.text().strip() or label.accessibleName()
            if not says and not label.pixmap().isNull():
                yield f"{named(label)} shows {tone} by its colour alone"


# --- order ----------------------------------------------------------------------------------------------


def order(window: QWidget, chain: list[QWidget]) -> Iterator[str]:
    """Where Tab jumps back, or comes to a part a second time."""
    yield from branches(window, chain)


def branches(part: QWidget, chain: list[QWidget]) -> Iterator[str]:
    """The children of a part that Tab comes through: each once, in reading order; then each by itself."""
    runs: list[tuple[QWidget, list[QWidget]]] = []
    for widget in chain:
        if widget is part:
            continue
        branch = child_of(part, widget)
        if runs and runs[-1][0] is branch:
            runs[-1][1].append(widget)
        else:
            runs.append((branch, [widget]))
    for name, count in Counter(named(branch) for branch, _ in runs).items():
        if count > len({id(branch) for branch, _ in runs if named(branch) == name}):
            yield f"Tab comes to {name} {count} times"
    for (before, _), (after, _) in pairwise(runs):
        if is_back(place(before, part), place(after, part)):
            yield f"Tab goes back from {named(before)} to {named(after)} in {named(part)}"
    for branch, inside in runs:
        if inside != [branch]:
            yield from branches(branch, inside)


def child_of(part: QWidget, widget: QWidget) -> QWidget:
    """The child of `part` that holds `widget`."""
    while widget.parentWidget() is not part:
        parent = widget.parentWidget()
        assert parent is not None, f"{named(widget)} is not in {named(part)}"
        widget = parent
    return widget


def place(widget: QWidget, part: QWidget) -> QRect:
    return QRect(widget.mapTo(part, QPoint(0, 0)), widget.size())


def is_back(before: QRect, after: QRect) -> bool:
    """Whether the second is read before the first."""
    shared = min(before.bottom(), after.bottom()) - max(before.top(), after.top())
    if shared > min(before.height(), after.height()) / 2:
        return after.right() <= before.left() + TOLERANCE
    return after.bottom() <= before.top() + TOLERANCE and after.left() <= before.right()


# --- focus ----------------------------------------------------------------------------------------------


def whole(widget: QWidget) -> bool:
    """Whether all of it is in sight."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def is_lost(window: QWidget, widget: QWidget, other: QWidget | None) -> bool:
    """Whether it looks alike with the focus and when `other` has it."""
    frame = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-RING, -RING, RING, RING)
    if other is not None:
        other.setFocus(Qt.FocusReason.TabFocusReason)
    else:
        widget.clearFocus()
    QApplication.processEvents()
    without = window.grab(frame).toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    with_focus = window.grab(frame).toImage()
    return differing(with_focus, without) < ENOUGH


def differing(one: QImage, other: QImage) -> int:
    """How many pixels differ so that it can be seen (by more than a tenth of the range in some channel)."""
    count = 0
    for y in range(min(one.height(), other.height())):
        for x in range(min(one.width(), other.width())):
            a, b = one.pixel(x, y), other.pixel(x, y)
            if a != b and any(abs((a >> shift & 255) - (b >> shift & 255)) > 25 for shift in (0, 8, 16)):
                count += 1
                if count >= ENOUGH:
                    return count
    return count


def named(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.objectName()} in {type(parent).__name__ if parent else '-'}"
