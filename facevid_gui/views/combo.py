"""A combo box that follows the scheme, and whose list is as high as its entries (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox

from facevid_gui.views.theme import SPACE_S, Theme, by_font
from facevid_gui.views.widgets import tip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent

_LEAST, _ANY_WIDTH = 200, 16777215  # the second is QWIDGETSIZE_MAX
_CHOOSING_KEYS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)


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

    def showPopup(self) -> None:  # noqa: N802
        """Make the list as high as its entries; Qt forgets the frame of a list that has the focus (seen with 6.11)."""
        super().showPopup()
        view, popup = self.view(), self.view().window()
        frame = view.height() - view.viewport().height()
        needed = sum(map(view.sizeHintForRow, range(self.count()))) + frame + 2 * view.y()
        missing = needed - popup.height()
        if missing > 0 and self.count() <= self.maxVisibleItems():
            below = popup.geometry().bottom() + missing - self.screen().availableGeometry().bottom()
            place = QRect(popup.x(), popup.y() - max(0, below), popup.width(), needed)
            popup.setGeometry(place.adjusted(0, 0, 0, popup.height()))  # with so much room the arrow below it goes
            popup.setGeometry(place)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """What is shortened is said whole."""
        super().resizeEvent(event)
        if self.maximumWidth() < _ANY_WIDTH:
            self.setToolTip(tip(self.currentText()) if self.width() < self.sizeHint().width() else "")

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for an entry of usual length; Qt would say what was needed before there were entries."""
        hint = self.sizeHint()
        is_bound = self.maximumWidth() < _ANY_WIDTH  # what may not grow may be shortened
        return QSize(min(hint.width(), by_font(_LEAST)) if is_bound else hint.width(), hint.height())

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
