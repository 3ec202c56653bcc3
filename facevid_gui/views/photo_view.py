"""The photo beside the video: what the provider returned, or a pinned frame for comparison (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import EmptyState, IconButton, box, push

if TYPE_CHECKING:
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
        column = box(QVBoxLayout(self), spacing=0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.empty, 1)
        self._tools = QWidget()
        row = box(QHBoxLayout(self._tools), spacing=SPACE_S)
        row.setContentsMargins(0, SPACE_S, 0, 0)
        for icon, name, act in (
            ("zoom_out", self.tr("Smaller"), self.canvas.zoom_out),
            ("fit", self.tr("Fit"), self.canvas.fit),
            ("zoom_in", self.tr("Larger"), self.canvas.zoom_in),
            ("rotate", self.tr("Turn the view"), self.canvas.rotate),
        ):
            button = IconButton(theme, icon, kind="flat")
            button.name(name)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        self._unpin = IconButton(theme, "cross", kind="flat")
        self._unpin.name(self.tr("Remove the pinned frame"))
        self._unpin.clicked.connect(self.show_nothing)
        row.addWidget(self._unpin)
        column.addWidget(self._tools)
        self._words = ("", "")
        self._caption = ""
        self.show_nothing()

    def reset(self, title: str, text: str, *, can_pin: bool) -> None:
        """Begin a record: say why there is no photo, until one comes."""
        self._words = (title, text)
        self._pin.setVisible(can_pin)
        self.canvas.reset_view()
        self.show_nothing()

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
        self.canvas.bottom_left.say(caption)

    def _arrange(self, *, picture: bool, pinned: bool) -> None:
        self.canvas.setVisible(picture)
        self.empty.setVisible(not picture)
        self._tools.setVisible(picture)
        self._unpin.setVisible(pinned)
