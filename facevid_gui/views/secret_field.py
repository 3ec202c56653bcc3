"""A field for a secret (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import IconButton, box

if TYPE_CHECKING:
    from facevid_gui.views.theme import Theme


class SecretField(QWidget):
    """A password field that can be looked at."""

    def __init__(self, theme: Theme, name: str, label: str) -> None:
        super().__init__()
        row = box(QHBoxLayout(self), spacing=SPACE_S)
        self.field = QLineEdit()
        self.field.setObjectName(f"secret_{name}")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(label)
        self.setFocusProxy(self.field)
        eye = IconButton(theme, "eye", color="muted", kind="flat", size=16)
        eye.name(self.tr("Show what was typed"))
        eye.setAccessibleDescription(label)
        eye.setCheckable(True)
        eye.toggled.connect(self._reveal)
        row.addWidget(self.field, 1)
        row.addWidget(eye)

    def _reveal(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
