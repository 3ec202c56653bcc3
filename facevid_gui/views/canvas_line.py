"""The line below a stage: what is shown, whether it is as in the file, and the ways to look at it (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.views.image_canvas import OVERLAY
from facevid_gui.views.picture_layer import Levels
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_S, SPACE_XS, Theme
from facevid_gui.views.widgets import ElidedLabel, IconButton, PlainLabel, box, push, stand_by_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction, QResizeEvent

    from facevid_gui.views.image_canvas import ImageCanvas
    from facevid_gui.views.picture_layer import Layer

_WIDE = 560
_SLIDER = 80


class CanvasLine(QWidget):
    """Caption, badge and tools, and a row of levels when it is asked for.

    The badge is there whenever the pixels shown are not the file's, or not where the file puts them; pressed, it shows
    them as they are in the file.
    """

    def __init__(self, theme: Theme, canvas: ImageCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        column = box(QVBoxLayout(self), spacing=SPACE_XS)
        column.setContentsMargins(0, SPACE_XS, 0, 0)
        self._parts = box(QBoxLayout(QBoxLayout.Direction.LeftToRight), spacing=SPACE_XS)
        column.addLayout(self._parts)
        told = box(QHBoxLayout(), spacing=SPACE_S)
        self.badge = push(self.tr("Adjusted"), "filter", canvas.show_as_recorded)
        self.badge.setProperty("tone", "warn")
        self.badge.setObjectName("adjusted_badge")
        self.badge.hide()
        told.addWidget(self.badge)
        self.caption = ElidedLabel(tone="muted")
        told.addWidget(self.caption, 1)
        self._parts.addLayout(told, 1)
        self._row = box(QHBoxLayout(), spacing=0)
        self._row.addStretch(1)
        self._parts.addLayout(self._row)
        self._tools: list[IconButton] = []
        for icon, name, keys, act in (
            ("zoom_out", self.tr("Smaller"), "-", canvas.zoom_out),
            ("fit", self.tr("Fit"), "0", canvas.fit),
            ("zoom_in", self.tr("Larger"), "+", canvas.zoom_in),
            ("rotate", self.tr("Turn the view"), "T", canvas.rotate),
        ):
            button = self.add_tool(IconButton(theme, icon, kind="flat", size=16))
            button.name(name, keys)
            button.clicked.connect(lambda _checked=False, act=act: act())
        self.levels = LevelsRow(canvas)
        self.levels.hide()
        column.addWidget(self.levels)
        self.menu = self._make_menu(theme)
        canvas.levels_wanted.connect(self._on_levels_wanted)
        canvas.view_changed.connect(self._on_view)
        self.allow(allowed=False)

    def add_choice(self, name: str, keys: str, act: Callable[[], object]) -> QAction:
        """One more way in the menu."""
        action = self.menu.addAction(f"{name}\t{keys}" if keys else name)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _make_menu(self, theme: Theme) -> QMenu:
        """What is needed less often."""
        more = self.add_tool(IconButton(theme, "levels", kind="flat", size=16))
        more.name(self.tr("More ways to look at it"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = self.menu = QMenu(self)
        more.setMenu(menu)
        self.add_choice(self.tr("Pixel for pixel"), "1", self._canvas.zoom_exact)
        self.add_choice(self.tr("Mirror the view"), "H", self._canvas.mirror)
        self.add_choice(self.tr("Brightness, contrast, gamma"), "B", self._canvas.levels_wanted.emit)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the room of the badge, whether it is there or not."""
        super().resizeEvent(event)
        self.caption.setMinimumHeight(self.badge.sizeHint().height())

    def stand_for(self, width: int) -> None:
        """Where a width has little room beside the tools, the words stand above them."""
        stand_by_width(self._parts, width, _WIDE)

    def add_tool(self, button: IconButton) -> IconButton:
        """One more way to look at it."""
        self._row.addWidget(button)
        self._tools.append(button)
        keep_reading_order(self)
        return button

    def allow(self, allowed: bool) -> None:
        """An empty stage cannot be zoomed."""
        for button in self._tools:
            button.setEnabled(allowed)
        if not allowed:
            self.levels.hide()

    def _on_levels_wanted(self) -> None:
        if self._canvas.image is None:
            return
        self.levels.setVisible(self.levels.isHidden())
        if not self.levels.isHidden():
            self.levels.take_focus()

    def _on_view(self) -> None:
        canvas = self._canvas
        self.allow(canvas.image is not None)
        self.levels.show_levels(canvas.layer.levels)
        changes = self._changes(canvas.layer)
        if canvas.over is not None:
            changes += [self.tr("other picture: {0}").format(change) for change in self._changes(canvas.over)]
            if canvas.mode == OVERLAY:
                changes.append(self.tr("two pictures mixed"))
        self.badge.setVisible(bool(changes) and canvas.image is not None)
        if changes:
            told = ", ".join(changes)
            self.badge.setAccessibleName(self.tr("Adjusted: {0}. Show as it is in the file.").format(told))
            self.badge.setToolTip(
                self.tr("Not shown as it is in the file: {0}.\nClick to show it as it is in the file.").format(told)
            )

    def _changes(self, layer: Layer) -> list[str]:
        levels = layer.levels
        found = [self.tr("turned by {0}°").format(layer.turn)] if layer.turn else []
        if layer.mirrored:
            found.append(self.tr("mirrored"))
        if levels.brightness:
            found.append(self.tr("brightness {0}").format(f"{levels.brightness:+d}"))
        if levels.contrast:
            found.append(self.tr("contrast {0}").format(f"{levels.contrast:+d}"))
        if levels.gamma != Levels().gamma:
            found.append(self.tr("gamma {0}").format(f"{levels.gamma / 100:.2f}"))
        return found


class LevelsRow(QWidget):
    """Three sliders. They change what is shown, never what is kept."""

    def __init__(self, canvas: ImageCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE_XS)
        plain = Levels()
        self.sliders: dict[str, QSlider] = {}
        for row, (name, words, least, most) in enumerate(
            (
                ("brightness", self.tr("Brightness"), -100, 100),
                ("contrast", self.tr("Contrast"), -100, 100),
                ("gamma", self.tr("Gamma"), 30, 300),
            )
        ):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(least, most)
            slider.setValue(getattr(plain, name))
            slider.setPageStep(10)
            slider.setMinimumWidth(_SLIDER)
            slider.setAccessibleName(words)
            slider.setObjectName(f"{name}_slider")
            slider.valueChanged.connect(self._on_value)
            grid.addWidget(PlainLabel(words, tone="muted"), row, 0)
            grid.addWidget(slider, row, 1)
            self.sliders[name] = slider
        grid.setColumnStretch(1, 1)

    def take_focus(self) -> None:
        """The arrow keys change the first level at once."""
        self.sliders["brightness"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_levels(self, levels: Levels) -> None:
        """Stand where the picture stands; nobody is told."""
        for name, slider in self.sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(getattr(levels, name))

    def _on_value(self) -> None:
        self._canvas.set_levels(Levels(**{name: slider.value() for name, slider in self.sliders.items()}))
