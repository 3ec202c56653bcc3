"""Where the rows of a form stand: they scroll on a screen that is too low for them (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QWidget

from facevid_gui.views.scroll_room import ScrollRoom

if TYPE_CHECKING:
    from collections.abc import Callable


class FormRoom(ScrollRoom):
    """The room of a form: as wide as the form needs, and scrolling up and down where it is not high enough.

    `grown` is told when the form wants another height.
    """

    LEAST = 80

    def __init__(self, content: QWidget, grown: Callable[[], object]) -> None:
        super().__init__()
        self._grown = grown
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The form's width; its height is asked for by whoever knows the width."""
        return QSize(self._content.sizeHint().width(), self.LEAST)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """All of the form's width, and a little of its height."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, self.LEAST)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The form's rows changed."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest and watched is self._content:
            self._grown()
        return done
