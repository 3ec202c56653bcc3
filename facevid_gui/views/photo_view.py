"""The photo beside the video: what the provider returned, or a pinned frame for comparison (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.image_canvas import CanvasLine, ImageCanvas
from facevid_gui.views.widgets import IconButton, Tabs, box, push

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from facevid_gui.views.theme import Theme


class PhotoView(QWidget):
    """The photo stage with its few controls; without a photo, what can be compared instead."""

    pin_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.canvas = ImageCanvas()
        self.canvas.setObjectName("photo_canvas")
        self.canvas.setAccessibleName(self.tr("Photo"))
        self.empty = EmptyState(theme, "photo", "", "")
        self._pin = push(self.tr("Pin the current frame"), on_click=self.pin_wanted.emit)
        self.empty.add_action(self._pin)
        self.tabs = Tabs()
        self.tabs.setObjectName("photo_tabs")
        self.tabs.setAccessibleName(self.tr("Photos"))
        column = box(QVBoxLayout(self), spacing=0)
        column.addWidget(self.tabs)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.empty, 1)
        self._line = CanvasLine(theme, self.canvas)
        self._unpin = self._line.add_tool(IconButton(theme, "cross", kind="flat", size=16))
        self._unpin.name(self.tr("Remove the pinned frame"))
        self._unpin.clicked.connect(self.show_nothing)
        column.addWidget(self._line)
        self._words = ("", "")
        self.show_nothing()

    def reset(self, title: str, text: str, *, can_pin: bool) -> None:
        """Begin a record: say why there is no photo, until one comes."""
        self._words = (title, text)
        self._pin.setVisible(can_pin)
        self.canvas.reset_view()
        self.show_nothing()

    def offer(self, names: Sequence[str]) -> None:
        """Name the photos of the record; a single one needs no tabs."""
        self.tabs.show_tabs(names)
        self.tabs.setVisible(len(names) > 1)

    @Slot()
    def show_nothing(self) -> None:
        """No photo and no pinned frame."""
        self.empty.say(*self._words)
        self.canvas.show_image(None)
        self._arrange(picture=False, pinned=False)

    def show_photo(self, image: QImage, caption: str) -> None:
        """Show the provider's photo."""
        self._put(image, caption)
        self._arrange(picture=True, pinned=False)

    def show_pinned(self, image: QImage, caption: str) -> None:
        """Show a frame of the recording that the user pinned; it is not part of the evidence."""
        self._put(image, caption)
        self._arrange(picture=True, pinned=True)

    def _put(self, image: QImage, caption: str) -> None:
        self.canvas.reset_view()
        self.canvas.show_image(image)
        self._line.caption.setText(caption)

    def _arrange(self, *, picture: bool, pinned: bool) -> None:
        self.canvas.setVisible(picture)
        self.empty.setVisible(not picture)
        if not picture:
            self._line.caption.setText(" ")
        self._unpin.setVisible(pinned)
