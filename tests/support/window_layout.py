"""What of a window cannot be read whole, or lies outside its place."""

import re
from collections.abc import Iterator

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from facevid_gui.views.narrow_button import NarrowButton
from facevid_gui.views.notice_bar import NoticeBar
from facevid_gui.views.widgets import ElidedLabel

_BREAKS = re.compile(r"[\s/]+|(?<=-)(?=[a-z])")  # where a line may end, as Qt sees it


def looked_at(window: QWidget) -> Iterator[str]:
    """What is cut or outside in a window as it stands."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window:
            yield from (f"{named(widget)} {problem}" for problem in (*cut(widget), *outside(widget)))


def cut(widget: QWidget) -> Iterator[str]:
    """What cannot be read whole, where it is not meant to be cut."""
    advance = widget.fontMetrics().horizontalAdvance
    if isinstance(widget, NarrowButton):
        is_seen = not widget.visibleRegion().isEmpty()  # it finds out when it is painted
        if is_seen and widget.width() < widget.sizeHint().width() and widget.toolTip() != widget.text():
            yield f"is shortened and nothing says its words ({widget.text()!r})"
    elif isinstance(widget, QAbstractButton) and widget.text():
        if advance(widget.text()) + 4 > widget.width() or widget.width() < widget.minimumSizeHint().width():
            yield f"is cut: {advance(widget.text())} of {widget.width()} ({widget.text()!r})"
    elif isinstance(widget, QLabel) and widget.text().strip():
        yield from cut_label(widget)
    elif isinstance(widget, QComboBox) and advance(widget.currentText()) + 30 > widget.width():
        if widget.toolTip() == widget.currentText():
            return  # shortened, and said whole
        yield f"is cut ({widget.currentText()!r})"
    elif isinstance(widget, QLineEdit) and widget.objectName() != "look_up_field" and not widget.text():
        missing = advance(widget.placeholderText()) + 22 - widget.width()
        if missing > 0:
            yield f"cuts its hint by {missing} ({widget.placeholderText()!r})"


def cut_label(label: QLabel) -> Iterator[str]:
    """What of a label cannot be read; those that shorten their text themselves need room for a few letters."""
    advance, width = label.fontMetrics().horizontalAdvance, label.width()
    words = f"({label.text()[:60]!r})"
    if isinstance(label, ElidedLabel):
        if width < advance("…mm"):
            yield f"has no room at all {words}"
    elif not label.wordWrap():
        if advance(label.text()) > width + 1:
            yield f"is cut: {advance(label.text())} of {width} {words}"
    else:
        if label.heightForWidth(width) > label.height() + 1:
            yield f"is cut: {label.height()} high of {label.heightForWidth(width)} {words}"
        longest = max(map(advance, _BREAKS.split(label.text())))
        if longest > width + 1 and label.text().isascii():
            yield f"breaks a word: {longest} of {width} {words}"


def outside(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or isinstance(widget, NoticeBar) or widget.isWindow():
        return
    if isinstance(parent, QTabBar | QComboBox | QAbstractScrollArea):
        return  # Qt's own parts
    area = parent.parentWidget()
    if isinstance(area, QAbstractScrollArea) and parent is area.viewport():
        if widget.width() > parent.width():
            yield f"is wider than what is seen of it: {widget.width()} of {parent.width()}"
        return
    if not parent.rect().contains(widget.geometry()):
        yield f"lies outside its parent: {widget.geometry().getRect()} in {parent.size().toTuple()}"


def named(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.objectName()} in {type(parent).__name__ if parent else '-'}"
