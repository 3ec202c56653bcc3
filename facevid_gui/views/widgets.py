"""The small parts every view is made of (floor 3). Labels that can show foreign text are plain text by type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

from facevid_gui.views.scroll_room import ScrollRoom
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS, Theme, fixed_font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_LONGEST_SHOWN, _LONGEST_WORD = 2000, 27
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_FEW_LETTERS, _FEW_LINES, _BRIEF = 12, 8, 600
_LONGEST_RUN = 40  # letters without a place where a line may break
Layout = TypeVar("Layout", bound=QBoxLayout)


@lru_cache(maxsize=1)
def _unbroken() -> re.Pattern[str]:
    """Letters without a place where a line may break; Chinese breaks anywhere. Made when it is needed: 2 to 3 ms."""
    return re.compile(rf"[^\s/\\\u2e80-\uffff-]{{{_LONGEST_RUN + 1},}}")


def _has_long_words(text: str) -> bool:
    """Whether there may be such a run; what is told in usual words is known to have none."""
    return any(len(word) > _LONGEST_RUN for word in text.split())


def visible(text: str, limit: int = _LONGEST_SHOWN) -> str:
    """Foreign text for a screen: control, direction and invisible characters become marks; endless text is cut."""
    shown = "".join("\ufffd" if unicodedata.category(c) in _UNSEEN and c != "\n" else c for c in text[:limit])
    return shown if len(text) <= limit else f"{shown}…"


def brief(text: str, letters: int = 60) -> str:
    """Foreign text as a part of a sentence: on one line and cut."""
    line = " ".join(text[: 4 * letters].split())
    return line if len(line) <= letters else f"{line[:letters]}…"


def tip(text: str) -> str:
    """Foreign text for a tooltip, which Qt would take for markup when it looks like it."""
    shown = visible(text)
    return f"<qt>{shown.replace('&', '&amp;').replace('<', '&lt;')}</qt>" if "<" in shown else shown


class PlainLabel(QLabel):
    """A label whose text is never taken for markup. A wrapping one makes room for any text without asking for more."""

    def __init__(self, text: str = "", *, tone: str = "", wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if tone:
            self.setProperty("tone", tone)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show `text`, made harmless."""
        shown = visible(text)
        if self.wordWrap():
            has_runs = _has_long_words(text)
            if has_runs:
                shown = _unbroken().sub(lambda run: f"{run[0][:24]}…{run[0][-12:]}", shown)
            self.setToolTip(tip(text) if has_runs and _unbroken().search(text) else "")
        super().setText(shown)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A wrapping label needs room for a few letters: it is as high as its width makes it."""
        hint = super().minimumSizeHint()
        if self.wordWrap():
            hint.setWidth(min(hint.width(), _FEW_LETTERS * self.fontMetrics().averageCharWidth()))
        return hint

    def set_tone(self, tone: str) -> None:
        """Change the state colour; the words must say the state, too."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


class BriefLabel(PlainLabel):
    """A wrapping label where there is room for a few lines only; the tooltip holds what was cut."""

    def __init__(self, text: str = "", *, tone: str = "") -> None:
        super().__init__(text, tone=tone, wrap=True)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show the beginning of `text`."""
        short = "\n".join(text.splitlines()[:_FEW_LINES])[:_BRIEF]
        super().setText(short if short == text else f"{short}…")
        if short != text:
            self.setToolTip(tip(text))


class Headline(PlainLabel):
    """A sentence on one line where there is room, on several where there is not."""

    def __init__(self) -> None:
        super().__init__(wrap=True)
        font = self.font()
        font.setBold(True)
        self.setFont(font)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All on one line."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + SPACE_XS, self.fontMetrics().height())


class ElidedLabel(PlainLabel):
    """One line, cut in the middle (ids) or at the end; the whole text is the tooltip."""

    def __init__(self, text: str = "", *, tone: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        self._mode = mode
        super().__init__(text, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`; the tooltip holds it whole."""
        super().setText(text.replace("\n", " "))
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for a few letters."""
        return QSize(self.fontMetrics().horizontalAdvance("…mm"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Paint as much as fits."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), text)


class Chip(PlainLabel):
    """A small badge: a word on a soft ground."""

    def __init__(self, text: str = "", *, tone: str = "", letters: int = 40) -> None:
        self._letters = letters
        super().__init__(text, tone=tone)
        self.setProperty("role", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show a word or two; the tooltip holds more."""
        line, room = brief(text, 2 * self._letters), self._letters * self.fontMetrics().averageCharWidth()
        super().setText(self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room))
        self.setToolTip(tip(text) if self.text() != text else "")


class IconLabel(QLabel):
    """An icon in a state's colour. Decoration only: the words beside it say the same."""

    def __init__(self, theme: Theme, name: str, color: str = "text", size: int = 18) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._color, self._size = name, color, size
        theme.changed.connect(self._draw)
        self.setFixedSize(size, size)
        self._draw()

    def show_icon(self, name: str, color: str) -> None:
        """Change icon and colour."""
        self._name, self._color = name, color
        self._draw()

    def _draw(self) -> None:
        pixmap = self._theme.icon(self._name, self._color, self._size).pixmap(QSize(self._size, self._size))
        self.setPixmap(pixmap)


class IconButton(QToolButton):
    """A button that is an icon; its name is tooltip and accessible name. A click leaves the focus where it is."""

    def __init__(self, theme: Theme, name: str, *, color: str = "text", kind: str = "", size: int = 18) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._color = name, color
        self.setIconSize(QSize(size, size))
        if kind:
            self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else Space would press once more what was clicked last
        theme.changed.connect(self._draw)
        self._draw()

    def name(self, text: str, shortcut: str = "") -> None:
        """Say what the button does."""
        self.setToolTip(f"{text}  ({shortcut})" if shortcut else text)
        self.setAccessibleName(text)

    def show_icon(self, name: str) -> None:
        """Change the icon."""
        self._icon = name
        self._draw()

    def _draw(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._color, self.iconSize().width()))


class Tabs(QTabBar):
    """A quiet row of tabs; many of them scroll instead of being cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for button in self.findChildren(QToolButton):  # Qt's own: the arrow keys go through the tabs
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_tabs(self, names: Sequence[str], tips: Sequence[str] = ()) -> None:
        """Replace the tabs; the first is chosen. Nobody is told."""
        with QSignalBlocker(self):
            while self.count():
                self.removeTab(0)
            for number, name in enumerate(names):
                self.addTab(visible(name).replace("&", "&&"))
                self.setTabToolTip(number, tip(tips[number]) if number < len(tips) else "")
            if names:
                self.setCurrentIndex(0)


class SectionTitle(PlainLabel):
    """The quiet headline above a group."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, tone="muted", wrap=True)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.92)
        font.setBold(True)
        self.setFont(font)


class ValueRow(QWidget):
    """A label and its value; ids and hashes are cut in the middle and can be copied."""

    def __init__(self, theme: Theme, label: str, value: str, *, is_id: bool = False, copy_tip: str = "") -> None:
        super().__init__()
        row = box(QHBoxLayout(self), spacing=SPACE_S)
        is_one_word = len(label.split()) == 1 and label.isascii()
        name = ElidedLabel(label, tone="muted") if is_one_word else PlainLabel(label, tone="muted", wrap=True)
        name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        name.setFixedWidth(QFontMetrics(name.font()).horizontalAdvance("transactionTime"))
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        name.setAlignment(top)
        row.addWidget(name)
        is_long_word = any(len(word) > _LONGEST_WORD for word in value.split())
        elided = is_id or is_long_word  # a word that cannot be broken would push the pane wider than its place
        shown = ElidedLabel(value, mode=Qt.TextElideMode.ElideMiddle) if elided else PlainLabel(value, wrap=True)
        shown.setAlignment(top)
        if is_id:
            shown.setFont(fixed_font())
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(shown, 1)
        self.setAccessibleName(visible(f"{label}: {value}"))
        if is_id:
            button = IconButton(theme, "copy", color="muted", kind="tiny", size=14)
            button.name(copy_tip)
            button.setAccessibleDescription(visible(label))
            button.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)


def add_row(form: QFormLayout, words: str, field: QWidget, names: QWidget | None = None) -> None:
    """A row of a form; its words are the name of the field, or of `names` inside it."""
    label = PlainLabel(words)
    label.setBuddy(names or field)
    (names or field).setAccessibleName(words)
    form.addRow(label, field)


class Line(QFrame):
    """A hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "line")


def embolden(label: QLabel, factor: float = 1.0) -> None:
    """Make a label's letters bold, and larger by a factor."""
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * factor)
    label.setFont(font)


def panel(role: str) -> QFrame:
    """A frame of one of the style sheet's roles."""
    frame = QFrame()
    frame.setProperty("role", role)
    return frame


def scrolling(content: QWidget) -> QScrollArea:
    """Content that scrolls up and down where there is no room for it, on the ground it lies on."""
    area = ScrollRoom()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def push(text: str, kind: str = "", on_click: Callable[[], object] | None = None) -> QPushButton:
    """A push button of a kind."""
    button = QPushButton(text)
    if kind:
        button.setProperty("kind", kind)
    if on_click is not None:
        button.clicked.connect(lambda _checked: on_click())
    return button


def box(layout: Layout, margin: int = 0, spacing: int = SPACE_M) -> Layout:
    """Give a layout its margins and spacing."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def stand_by_width(parts: QBoxLayout, width: int, wide: int) -> None:
    """Side by side where there is room, else one above the other."""
    direction = QBoxLayout.Direction
    wanted = direction.LeftToRight if width >= wide else direction.TopToBottom
    if parts.direction() != wanted:
        parts.setDirection(wanted)


def restyle(widget: QWidget) -> None:
    """Make a changed dynamic property visible; what was never shown looks at its properties then."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
