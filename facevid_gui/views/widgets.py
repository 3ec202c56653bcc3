"""The small parts every view is made of (floor 3). Labels that can show foreign text are plain text by type."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, Theme, fixed_font

_LONGEST_SHOWN = 2000
_LONGEST_WORD = 27
_CHOOSING_KEYS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)
Layout = TypeVar("Layout", bound=QBoxLayout)


def visible(text: str) -> str:
    """Foreign text for a screen: control, direction and invisible characters become marks; endless text is cut."""
    shown = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n" else c
        for c in text[:_LONGEST_SHOWN]
    )
    return shown if len(text) <= _LONGEST_SHOWN else f"{shown}…"


def tip(text: str) -> str:
    """Foreign text for a tooltip, which Qt would take for markup when it looks like it."""
    shown = visible(text)
    return f"<qt>{html.escape(shown)}</qt>" if "<" in shown else shown


class PlainLabel(QLabel):
    """A label whose text is never taken for markup."""

    def __init__(self, text: str = "", *, tone: str = "", wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if tone:
            self.setProperty("tone", tone)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show `text`, made harmless."""
        super().setText(visible(text))

    def set_tone(self, tone: str) -> None:
        """Change the state colour; the words must say the state, too."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


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
        self.style().drawItemText(
            painter, self.rect(), int(self.alignment()), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )


class Chip(PlainLabel):
    """A small badge: a word on a soft ground."""

    def __init__(self, text: str = "", *, tone: str = "") -> None:
        super().__init__(text, tone=tone)
        self.setProperty("role", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


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
    """A button that is an icon; its name is tooltip and accessible name."""

    def __init__(self, theme: Theme, name: str, *, color: str = "text", kind: str = "", size: int = 18) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._color = name, color
        self.setIconSize(QSize(size, size))
        if kind:
            self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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


class Combo(QComboBox):
    """A combo box with an arrow in the colour of the scheme (a style sheet takes the native one away).

    A wheel that passes over it changes nothing. Where choosing an entry does something (`acts`), keys open the list
    instead of walking through the entries.
    """

    def __init__(self, theme: Theme, *, acts: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._acts = acts
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Leave the wheel to whoever scrolls."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys that would choose the next entry open the list."""
        if self._acts and event.key() in _CHOOSING_KEYS:
            self.showPopup()
        elif not (self._acts and event.text().strip()):  # letters would choose, too
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The box, then the arrow."""
        super().paintEvent(event)
        size = 14
        place = QRect(self.width() - size - SPACE_S, (self.height() - size) // 2, size, size)
        self._theme.icon("chevron_down", "muted", size).paint(QPainter(self), place)


class Tabs(QTabBar):
    """A quiet row of tabs; many of them scroll instead of being cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

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


class FlowLayout(QLayout):
    """Puts widgets side by side and wraps them like words, so that no language and no scale cuts them."""

    def __init__(self, spacing: int = SPACE_S) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        """Take an item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """The item at a place, None behind the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Give an item back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """None: the row is as high as it must be."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Height at a width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All in one row."""
        widths = [item.sizeHint().width() for item in self._items]
        height = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(sum(widths) + self.spacing() * max(0, len(widths) - 1), height)

    def minimumSize(self) -> QSize:  # noqa: N802
        """Room for the widest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        row: list[tuple[QLayoutItem, QRect]] = []
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and line:
                if move:
                    self._place(row, line)
                x, y, line, row = rect.x(), y + line + self.spacing(), 0, []
            row.append((item, QRect(x, y, min(hint.width(), max(rect.width(), 1)), hint.height())))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        if move:
            self._place(row, line)
        return y + line - rect.y()

    @staticmethod
    def _place(row: Sequence[tuple[QLayoutItem, QRect]], line: int) -> None:
        """Put the items of a line side by side, centred on it."""
        for item, place in row:
            item.setGeometry(place.translated(0, (line - place.height()) // 2))


class SectionTitle(PlainLabel):
    """The quiet headline above a group."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, tone="muted")
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
        self.setAccessibleName(f"{label}: {visible(value)}")
        if is_id:
            button = IconButton(theme, "copy", color="muted", kind="tiny", size=14)
            button.name(copy_tip)
            button.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)


class EmptyState(QWidget):
    """What stands where nothing is yet: a picture, a sentence, the next step."""

    def __init__(self, theme: Theme, icon: str, title: str, text: str) -> None:
        super().__init__()
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_S)
        column.addStretch(2)
        picture = IconLabel(theme, icon, "muted", 44)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = PlainLabel(title, wrap=True)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.12)
        self.title.setFont(font)
        self.text = PlainLabel(text, tone="muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        self._buttons = box(QHBoxLayout(), spacing=SPACE_S)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        column.addSpacing(SPACE_S)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def add_action(self, button: QWidget) -> None:
        """Offer a next step."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self.title.setText(title)
        self.text.setText(text)


class Line(QFrame):
    """A hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "line")


def panel(role: str) -> QFrame:
    """A frame of one of the style sheet's roles."""
    frame = QFrame()
    frame.setProperty("role", role)
    return frame


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


def restyle(widget: QWidget) -> None:
    """Make a changed dynamic property visible."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class WidthWatcher(QWidget):
    """Tells its width when it changes, for parts that rearrange themselves."""

    width_changed = Signal(int)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Tell."""
        super().resizeEvent(event)
        self.width_changed.emit(self.width())
