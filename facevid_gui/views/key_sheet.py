"""The sheet of keys: what every key does, by group, read from the table the window acts by (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.keys import GROUPS
from facevid_gui.views.least_size import LeastSize
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL
from facevid_gui.views.widgets import Chip, PlainLabel, SectionTitle, box, scrolling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.views.keys import DeskKey

_KEY_WIDTH = 116
_RIGHT = ("compare", "notes", "window")
_HIGHEST = 720


class KeySheet(QDialog):
    """Two columns: what is done with the video left, the rest right."""

    def __init__(self, table: Sequence[DeskKey], actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("key_sheet")
        self.setWindowTitle(self.tr("Keyboard"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        LeastSize(self)
        titles = {
            "play": self.tr("Playing"), "frames": self.tr("Frames"), "view": self.tr("View"),
            "compare": self.tr("Comparing"), "notes": self.tr("Notes"), "window": self.tr("Window"),
        }  # fmt: skip
        content = QWidget()
        columns = box(QHBoxLayout(content), margin=SPACE_L, spacing=SPACE_XL)
        left, right = box(QVBoxLayout(), spacing=SPACE_M), box(QVBoxLayout(), spacing=SPACE_M)
        columns.addLayout(left)
        columns.addLayout(right)
        for group in GROUPS:
            rows = [(entry.shown, entry.says) for entry in table if entry.group == group and entry.says]
            if group == "window":
                rows += [(_keys_of(action), _words_of(action)) for action in actions if not action.shortcut().isEmpty()]
            self._add_group(right if group in _RIGHT else left, titles[group], rows)
        note = self.tr("The keys rest while you type. They act once a record is open.")
        right.addWidget(PlainLabel(note, tone="muted", wrap=True))
        for column in (left, right):
            column.addStretch(1)
        box(QVBoxLayout(self)).addWidget(scrolling(content))
        self.resize(content.sizeHint().width() + SPACE_XL, min(_HIGHEST, content.sizeHint().height() + SPACE_S))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The key that opened it closes it."""
        if event.text() in ("?", "？"):
            self.close()
        else:
            super().keyPressEvent(event)

    def _add_group(self, column: QVBoxLayout, title: str, rows: Sequence[tuple[str, str]]) -> None:
        if not rows:
            return
        column.addWidget(SectionTitle(title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        for number, (keys, words) in enumerate(rows):
            caps = QWidget()
            caps.setMinimumWidth(_KEY_WIDTH)
            line = box(QHBoxLayout(caps), spacing=4)
            for key in keys.split("  "):
                line.addWidget(Chip(key))
            line.addStretch(1)
            says = PlainLabel(words)
            says.setAccessibleName(f"{keys}: {words}")
            grid.addWidget(caps, number, 0)
            grid.addWidget(says, number, 1)
        column.addLayout(grid)


def _keys_of(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _words_of(action: QAction) -> str:
    return action.text().rstrip("…")
