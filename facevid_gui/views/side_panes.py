"""Library and findings beside the page: each can be put away; where there is no room for both, one goes (floor 3).

What enters: the width there is, and what the user wants to see. What leaves: which of the two is shown. The page is
always there. In a narrow window the library gives way to the findings, unless it was the one asked for last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QSplitter

from facevid_gui.views.widgets import IconButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from facevid_gui.views.theme import Theme

LIBRARY, FINDINGS = "library", "findings"
_COMFORT = 680  # what the page needs so that its buttons stand in one row; with less, one side is enough


class SidePanes(QSplitter):
    """The three parts of the window. `buttons` put the sides away and bring them back."""

    def __init__(self, theme: Theme, library: QWidget, page: QWidget, findings: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self._page = page
        self._sides = {LIBRARY: library, FINDINGS: findings}
        self._wanted = {LIBRARY: True, FINDINGS: True}
        self._front = FINDINGS
        self._is_narrow = self._is_fitting = False
        self._widths: dict[str, int] = {}  # of the sides while there was room for all
        self.splitterMoved.connect(self._note_widths)
        self.is_asleep: Callable[[], bool] = lambda: False  # whether somebody else has put both away
        for widget, stretch in ((library, 0), (page, 1), (findings, 0)):
            self.addWidget(widget)
            self.setStretchFactor(self.count() - 1, stretch)
        for widget in (page, findings):
            widget.installEventFilter(self)
        self.buttons: dict[str, IconButton] = {}
        for side, icon, name in (
            (LIBRARY, "pane_left", self.tr("Show or hide the library")),
            (FINDINGS, "pane_right", self.tr("Show or hide the findings")),
        ):
            button = IconButton(theme, icon, kind="flat")
            button.setObjectName(f"{side}_pane_button")
            button.name(name)
            button.setCheckable(True)
            button.setChecked(True)
            button.clicked.connect(lambda _checked=False, side=side: self.toggle(side))
            self.buttons[side] = button

    @property
    def wanted(self) -> tuple[bool, bool]:
        """Whether library and findings are wanted where there is room for both."""
        return self._wanted[LIBRARY], self._wanted[FINDINGS]

    def want(self, *, library: bool, findings: bool) -> None:
        """Show or put away both, as they were left; done with the next size, the first that is known."""
        self._wanted = {LIBRARY: library, FINDINGS: findings}

    def toggle(self, side: str) -> None:
        """Put a side away, or bring it; where there is no room for both, the other one goes."""
        self._wanted[side] = self._sides[side].isHidden()
        if self._wanted[side]:
            self._front = side
        self.fit()

    def fit(self) -> None:
        """Show what is wanted and has room; while the page is hidden, the library has all of it."""
        if self._is_fitting or self.is_asleep():
            return
        self._is_fitting = True
        if self._page.isHidden():
            self._show({LIBRARY: True, FINDINGS: False})
        else:
            self._fit()
        self._is_fitting = False

    def _fit(self) -> None:
        is_narrow = self.width() < _COMFORT + sum(map(_least, self._sides.values())) + 2 * self.handleWidth()
        self._note_widths()
        self._show({side: self._wanted[side] and (side == self._front or not is_narrow) for side in self._sides})
        if is_narrow or self._is_narrow:
            widths = {side: 0 if is_narrow else self._widths.get(side, 0) for side in self._sides}
            least = {side: max(widths[side], _least(widget)) for side, widget in self._sides.items()}
            self.setSizes([least[LIBRARY], max(1, self.width() - sum(least.values())), least[FINDINGS]])
        self._is_narrow = is_narrow

    def _show(self, shown: dict[str, bool]) -> None:
        for side, widget in self._sides.items():
            if widget.isHidden() is shown[side]:
                widget.setVisible(shown[side])
            self.buttons[side].setChecked(shown[side])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """Somebody else hid or showed a part: the library over the whole window, or back."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.fit()
        return False

    def _note_widths(self) -> None:
        if not self._is_narrow and not self._page.isHidden():
            seen = zip((LIBRARY, FINDINGS), self.sizes()[::2], strict=True)
            self._widths.update({side: width for side, width in seen if width})

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for the page and one side: the other one goes."""
        width = _least(self._page) + max(map(_least, self._sides.values())) + self.handleWidth()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """See first who has room, then place them."""
        self.fit()
        super().resizeEvent(event)


def _least(widget: QWidget) -> int:
    return widget.minimumWidth()
