"""The rows of a form (floor 3)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from facevid_gui.views.theme import SPACE_M, SPACE_S

_KEPT = "least_height"  # the room that was asked for before there were words


class FormRows(QFormLayout):
    """Labels at the left, what they name at the right; sentences have all of the room that is theirs.

    Qt gives a sentence the width of its usual size and reckons its height for the whole column, and it does not reckon
    again when a window gets narrower (seen with 6.11): without what is done here, sentences are cut.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalSpacing(SPACE_M)
        self.setVerticalSpacing(SPACE_S)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)

    def addRow(self, *parts: object) -> None:  # noqa: N802 - Qt's name
        """One more row."""
        for part in parts:
            if isinstance(part, QLabel) and part.wordWrap():
                part.setSizePolicy(QSizePolicy.Policy.Expanding, part.sizePolicy().verticalPolicy())
                part.setProperty(_KEPT, part.minimumHeight())
                part.installEventFilter(self)
        super().addRow(*parts)  # type: ignore[call-overload]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A sentence has another width, or other words."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Paint) and isinstance(watched, QLabel):
            height = max(watched.heightForWidth(watched.width()), watched.property(_KEPT) or 0)
            if watched.minimumHeight() != height:
                watched.setMinimumHeight(height)
        return False
