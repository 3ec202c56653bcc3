"""The photo beside the video: the provider's, or for comparison a pinned frame or a reference picture (floor 3).

What is pinned or chosen is not part of the evidence and is said to be that; taken away, it gives its place back to the
provider's photo where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facevid_gui.views.canvas_line import CanvasLine
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.theme import SPACE_XS
from facevid_gui.views.widgets import IconButton, Tabs, box, push

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from facevid_gui.views.theme import Theme


class PhotoView(QWidget):
    """The photo stage with its few controls; without a photo, what can be compared instead."""

    pin_wanted = Signal()
    reference_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.canvas = ImageCanvas()
        self.canvas.setObjectName("photo_canvas")
        self.canvas.setAccessibleName(self.tr("Photo"))
        self.canvas.setAccessibleDescription(self.tr("The picture the video is compared with."))
        self.empty = EmptyState(theme, "photo", "", "")
        self._pin = push(self.tr("Pin the current frame"), on_click=self.pin_wanted.emit)
        self._choose = push(self.tr("Choose a picture…"), "link", self.reference_wanted.emit)
        self._choices = QWidget()
        stacked = box(QVBoxLayout(self._choices), spacing=SPACE_XS)
        stacked.addWidget(self._pin)
        stacked.addWidget(self._choose)
        self.empty.add_action(self._choices)
        self.tabs = Tabs()
        self.tabs.setObjectName("photo_tabs")
        self.tabs.setAccessibleName(self.tr("Photos"))
        column = box(QVBoxLayout(self), spacing=0)
        column.addWidget(self.tabs)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.empty, 1)
        self.line = CanvasLine(theme, self.canvas)
        self.line.add_choice(self.tr("Compare with a picture of your own…"), "", self.reference_wanted.emit)
        self._unpin = self.line.add_tool(IconButton(theme, "cross", kind="flat", size=16))
        self._unpin.name(self.tr("Take the pinned frame or picture away"))
        self._unpin.clicked.connect(self.show_own)
        column.addWidget(self.line)
        self._words = ("", "")
        self._own: tuple[QImage, str] | None = None
        self.caption = ""
        self.allow_pin(allowed=False)
        self._is_other = False  # what lies there is not the provider's photo
        self.show_nothing()

    def reset(self, title: str, text: str, *, can_pin: bool) -> None:
        """Begin a record: say why there is no photo, until one comes."""
        self._words = (title, text)
        self._own = None
        self._choices.setVisible(can_pin)
        self.show_nothing()
        self.canvas.reset_view()  # of an empty stage: the view of the video does not follow

    def allow_pin(self, *, allowed: bool) -> None:
        """There is a frame to pin, or none."""
        self._pin.setEnabled(allowed)

    def offer(self, names: Sequence[str]) -> None:
        """Name the photos of the record; a single one needs no tabs."""
        self.tabs.show_tabs(names)
        self.tabs.setVisible(len(names) > 1)

    @Slot()
    def show_own(self) -> None:
        """The provider's photo again; nothing where there is none."""
        if self._own is None:
            self.show_nothing()
        else:
            self._put(*self._own, is_other=False)

    @Slot()
    def show_nothing(self) -> None:
        """No photo and no pinned frame."""
        self.empty.say(*self._words)
        self.canvas.show_image(None)
        self._arrange(picture=False, is_other=False)

    def show_photo(self, image: QImage, caption: str) -> None:
        """Show the provider's photo; behind what the user put there it waits. The same again keeps its view."""
        is_again = self._own is not None and self._own[1] == caption
        self._own = (image, caption)
        if self._is_other:
            return
        if is_again:
            self.canvas.show_image(image)
        else:
            self._put(image, caption, is_other=False)

    def show_pinned(self, image: QImage, caption: str) -> None:
        """Show a frame of the recording, or a picture, that the user put there; it is not part of the evidence."""
        self._put(image, caption, is_other=True)

    def _put(self, image: QImage, caption: str, *, is_other: bool) -> None:
        self.caption = caption
        self.line.caption.setText(caption)
        self.canvas.show_another(image)
        self._arrange(picture=True, is_other=is_other)

    def _arrange(self, *, picture: bool, is_other: bool) -> None:
        self._is_other = is_other
        self.canvas.setVisible(picture)
        self.empty.setVisible(not picture)
        if not picture:
            self.caption = ""
            self.line.caption.setText(" ")
        self._unpin.setVisible(is_other)
