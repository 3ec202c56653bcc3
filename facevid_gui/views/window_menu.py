"""The window's menu; its shortcuts work without the menu having been opened (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from facevid_gui.views.theme import Theme

SCHEMES = ("system", "light", "dark", "contrast")


class WindowMenu(QMenu):
    """Actions in the order they were added; `window` hears their shortcuts."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def add(self, name: str, keys: str, act: Callable[[], object]) -> QAction:
        """One more action."""
        action = self.addAction(name)
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked=False: act())
        if keys:
            self._window.addAction(action)
        return action

    def add_unlisted(self, name: str, keys: str, act: Callable[[], object]) -> None:
        """Keys without a line of their own; the sheet of keys names them."""
        action = QAction(name, self._window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked=False: act())
        self._window.addAction(action)

    def add_submenu(self, menu: QMenu) -> None:
        """A menu of its own, in front of the first line."""
        self.insertMenu(next(action for action in self.actions() if action.isSeparator()), menu)

    def add_all(self, actions: Sequence[QAction]) -> None:
        """Actions that somebody else made."""
        self.addActions(list(actions))
        for action in actions:
            if not action.shortcut().isEmpty():
                self._window.addAction(action)

    def add_appearance(self, theme: Theme) -> None:
        """The schemes, of which one is chosen."""
        appearance = self.addMenu(self.tr("Appearance"))
        group = QActionGroup(self)
        actions: dict[str, QAction] = {}
        names = (self.tr("Like the system"), self.tr("Light"), self.tr("Dark"), self.tr("High contrast"))
        for scheme, name in zip(SCHEMES, names, strict=True):
            action = appearance.addAction(name)
            action.setCheckable(True)
            action.setChecked(scheme == theme.choice)
            action.triggered.connect(lambda _checked, scheme=scheme: theme.choose(scheme))
            group.addAction(action)
            actions[scheme] = action
        self._theme, self._schemes = theme, actions
        theme.changed.connect(self._follow_theme)

    def _follow_theme(self) -> None:
        """The settings choose it, too."""
        self._schemes[self._theme.choice].setChecked(True)
