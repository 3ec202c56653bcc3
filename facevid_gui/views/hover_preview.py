"""What stands over the pointer on the timeline: that frame, its number, its time (floor 3).

Until the very frame is here its place stays empty: the picture of another one would say what is not so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from facevid_gui.core.clip_words import clock_text
from facevid_gui.views.mark import mark_of, paint_mark
from facevid_gui.views.theme import SPACE_S, SPACE_XS, STAGE
from facevid_gui.views.widgets import PlainLabel, box, brief

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPaintEvent

    from facevid_gui.core.clip import ClipFacts
    from facevid_gui.core.messages import Messages

HEIGHT, WIDEST = 132, 235


class _Picture(QWidget):
    """A frame, or nothing yet."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """The stage, then the frame in it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(f"#{STAGE}"))
        if self.image is not None:
            size = QSize(self.image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self.image)
            paint_mark(painter, self.rect(), mark_of(self))


class HoverPreview(QFrame):
    """Lies over the window's own content and lets the pointer through."""

    def __init__(self, messages: Messages, parent: QWidget) -> None:
        super().__init__(parent)
        self._messages = messages
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = box(QVBoxLayout(self), margin=SPACE_S, spacing=SPACE_XS)
        self._picture = _Picture()
        self._place: tuple[QWidget, int] | None = None  # over what it stands, and where
        self._words, self._label = PlainLabel(), PlainLabel(tone="warn")
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._label)
        column.addWidget(self._words)
        self.hide()

    @property
    def picture(self) -> QImage | None:
        """The frame that is shown."""
        return self._picture.image

    @property
    def words(self) -> str:
        """What is said of it."""
        return self._words.text()

    def begin(self, facts: ClipFacts, number: int) -> None:
        """Another frame: say which, and wait for its picture."""
        video = facts.video
        width, height = (video.height, video.width) if video.rotation in (90, 270) else (video.width, video.height)
        shape = QSize(max(1, width), max(1, height)).scaled(WIDEST, HEIGHT, Qt.AspectRatioMode.KeepAspectRatio)
        self._picture.image = None
        self._picture.setFixedSize(max(60, shape.width()), max(60, shape.height()))
        self._picture.update()
        time = clock_text(facts.pts_us[number])
        self.say(self._messages.text("frame.preview", number=number + 1, count=facts.frame_count, time=time))

    def show_picture(self, image: QImage) -> None:
        """Its picture is here."""
        self._picture.image = image
        self._picture.update()

    def say(self, words: str) -> None:
        """Say something below the picture; what is longer than what stood there gets its room."""
        self._words.setText(words)
        if self._place is not None and not self.isHidden():
            self.stand_over(*self._place)

    def label(self, text: str) -> None:
        """The label of the marker under the pointer, if there is one."""
        self._label.setText(brief(text, 40))
        self._label.setVisible(bool(text))

    def stand_over(self, widget: QWidget, x: int) -> None:
        """Stand above a place of a widget, inside its window."""
        self._place = (widget, x)
        window = widget.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.adjustSize()
        place = widget.mapTo(window, QPoint(x, 0))
        left = max(SPACE_XS, min(window.width() - self.width() - SPACE_XS, place.x() - self.width() // 2))
        self.move(left, max(SPACE_XS, place.y() - self.height() - SPACE_XS))
        self.raise_()
        self.show()
