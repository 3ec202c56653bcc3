"""A text to read and copy: the request that would be sent, its secrets masked (floor 3)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, fixed_font
from facevid_gui.views.widgets import PlainLabel, box, push


class TextDialog(QDialog):
    """Read-only text in a monospace."""

    def __init__(self, title: str, sentence: str, text: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("text_dialog")
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 520)
        LeastSize(self, LEAST_WIDTH)
        self.column = column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        self.sentence = PlainLabel(sentence, tone="muted", wrap=True)
        column.addWidget(self.sentence)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font(0.95))
        self.text.setAccessibleName(title)
        column.addWidget(self.text, 1)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        row.addWidget(push(self.tr("Copy"), on_click=self._copy))
        row.addWidget(push(self.tr("Close"), "primary", self.accept))
        column.addLayout(row)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
