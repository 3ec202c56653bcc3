"""A snapshot large, with its place, its hashes, and a way to copy it (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.canvas_line import CanvasLine
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.mark import mark_of
from facevid_gui.views.privacy import Watermark
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import ValueRow, box, push, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QImage

    from facevid_gui.views.theme import Theme


class PictureDialog(QDialog):
    """A picture to look at; `hashes` are names and values that can be copied."""

    def __init__(
        self, theme: Theme, title: str, where: str, image: QImage, hashes: Mapping[str, str], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("picture_dialog")
        self.setWindowTitle(visible(title))
        self.setModal(True)
        self.resize(760, 720)
        LeastSize(self, LEAST_WIDTH)
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        self.canvas = ImageCanvas()
        self.canvas.setAccessibleName(visible(title))
        self.canvas.setAccessibleDescription(visible(where))
        line = CanvasLine(theme, self.canvas)
        stage = box(QVBoxLayout(), spacing=0)
        stage.addWidget(self.canvas, 1)
        stage.addWidget(line)
        column.addLayout(stage, 1)
        for name, value in hashes.items():
            column.addWidget(ValueRow(theme, name, value, is_id=True, copy_tip=self.tr("Copy")))
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        self.copy_button = push(
            self.tr("Copy the picture"), on_click=lambda: QGuiApplication.clipboard().setImage(image)
        )
        row.addWidget(self.copy_button)
        row.addWidget(push(self.tr("Close"), "primary", self.accept))
        column.addLayout(row)
        self.canvas.show_another(image)
        Watermark(self.canvas).show_text(mark_of(parent))
        line.caption.setText(f"{where} · {image.width()}×{image.height()}")
