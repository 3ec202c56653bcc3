"""The guide for the first start, in the middle of the window (floor 3).

The steps stand at the left, each with how it stands; every one can be left out, gone back to, and done again. It never
comes by itself, and it never stands in the way: what is opened meanwhile takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.bridge.guide_desk import DONE, SKIPPED, STEPS, TODO
from facevid_gui.views.guide_focus import GuideFocus
from facevid_gui.views.guide_steps import (
    ConnectionStep,
    KeysStep,
    KeyStep,
    LastPage,
    PlaceStep,
    ServiceStep,
    SheetStep,
    Step,
)
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, by_font
from facevid_gui.views.widgets import IconButton, PlainLabel, box, embolden, push, scrolling, stand_by_width

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_LOOKS = {DONE: ("check", "ok"), TODO: ("circle", "muted"), SKIPPED: ("step_forward", "muted")}
_WIDE = 640  # steps beside what they ask for
_LIST_WIDTH = 210
_ACROSS = 3
QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own, which PySide does not name
_ICON = 18


class GuidePage(QWidget):
    """One step at a time."""

    closed = Signal()
    id_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, session: Session, desks: Desks) -> None:
        super().__init__()
        self.setObjectName("guide_page")
        self._theme, self._messages, self._desk = theme, messages, desks.guide
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        column.addLayout(self._make_head())
        self._parts = box(QBoxLayout(QBoxLayout.Direction.LeftToRight), spacing=SPACE_L)
        self._parts.addWidget(self._make_list())
        self._keys_step = KeysStep(theme, messages, session, desks)
        self._pages: list[Step] = [
            ServiceStep(messages, desks), self._keys_step, ConnectionStep(messages, desks),
            PlaceStep(theme, messages, desks), KeyStep(messages, desks), SheetStep(messages, desks),
        ]  # fmt: skip
        last = LastPage(messages)
        last.id_wanted.connect(self.id_wanted)
        self._pages.append(last)
        self._stack = QStackedWidget()
        for page in self._pages:
            area = scrolling(page)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it would be a stop of Tab that nobody sees
            self._stack.addWidget(area)
        self._parts.addWidget(self._stack, 1)
        column.addLayout(self._parts, 1)
        column.addWidget(self._make_foot())
        self._focus = GuideFocus(self)
        self._keys_step.form.kept.connect(lambda _profile: self._focus.go_on())
        for ended in (desks.keys.done, desks.keys.refused, desks.keys.stopped):
            ended.connect(lambda *_: self._on_key_work())
        desks.keys.changed.connect(self._keep_order)
        self.steps.currentRowChanged.connect(self._on_row)
        self._desk.changed.connect(self._on_changed)
        theme.changed.connect(self._on_changed)
        self._show_states()

    def begin(self) -> None:
        """Go to the first step that is to be done."""
        self._desk.look()
        step = self._desk.next_to_do()
        self.go_to(STEPS.index(step) if step else len(STEPS))
        self._show_states()

    def go_to(self, number: int) -> None:
        """Show a step; the number behind the last one is what comes next."""
        self.steps.setCurrentRow(min(number, len(STEPS)))

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._pages[max(0, self.steps.currentRow())]

    # --- building --------------------------------------------------------------------------------------

    def _make_head(self) -> QHBoxLayout:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        title = PlainLabel(self.tr("Getting started"))
        embolden(title, 1.2)
        row.addWidget(title)
        row.addStretch(1)
        close = IconButton(self._theme, "cross", color="muted", kind="flat", size=18)
        close.setObjectName("guide_close_button")
        close.name(self.tr("Close the guide; the menu opens it again"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        return row

    def _make_list(self) -> QListWidget:
        self._names = (
            self.tr("Service"), self.tr("Service keys"), self.tr("Connection"), self.tr("Evidence place"),
            self.tr("Workstation key"), self.tr("Enrolment sheet"), self.tr("What comes next"),
        )  # fmt: skip
        self._words = {DONE: self.tr("done"), TODO: self.tr("to do"), SKIPPED: self.tr("skipped")}
        self.steps = QListWidget()
        self.steps.setObjectName("guide_steps")
        self.steps.setAccessibleName(self.tr("Steps"))
        self.steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.steps.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.steps.setFixedWidth(_LIST_WIDTH)
        for name in self._names:
            self.steps.addItem(QListWidgetItem(name))
        return self.steps

    def _make_foot(self) -> QWidget:
        self.foot = QWidget()
        row = box(QHBoxLayout(self.foot), spacing=SPACE_S)
        self.back_button = push(self.tr("Previous step"), on_click=lambda: self.go_to(self.steps.currentRow() - 1))
        self.back_button.setObjectName("guide_back_button")
        self.skip_button = push(self.tr("Skip this step"), on_click=self._skip)
        self.skip_button.setObjectName("guide_skip_button")
        self.next_button = push(self.tr("Next step"), "primary", self._go_on)
        self.next_button.setObjectName("guide_next_button")
        self.finish_button = push(self.tr("Finish"), on_click=self.closed.emit)
        self.finish_button.setObjectName("guide_finish_button")
        row.addWidget(self.back_button)
        row.addStretch(1)
        for button in (self.skip_button, self.next_button, self.finish_button):
            row.addWidget(button)
        return self.foot

    # --- going -----------------------------------------------------------------------------------------

    def _skip(self) -> None:
        number = self.steps.currentRow()
        self._desk.skip(STEPS[number])
        self.go_to(number + 1)

    def _go_on(self) -> None:
        self.go_to(self.steps.currentRow() + 1)

    def _on_row(self, number: int) -> None:
        if number >= 0:
            self._stack.setCurrentIndex(number)
            self._pages[number].refresh()
            self._show_states()
            self._focus.enter()

    def _on_changed(self) -> None:
        """While nobody sees it nothing is drawn: much changes while a record arrives."""
        if self.isVisible():
            self._show_states()
            self._focus.look()

    def _on_key_work(self) -> None:
        if isinstance(self.step, KeyStep | SheetStep):
            self._focus.rest()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """How the steps stand now. The page came late: Tab comes to it with those beside it, not last."""
        super().showEvent(event)
        self._show_states()
        self._keep_order()

    def _keep_order(self) -> None:
        """Rows may have come: those for a passphrase come once it is known that no keyring keeps it."""
        keep_reading_order(self.parentWidget() or self)

    def _show_states(self) -> None:
        """Icon and word of every step, and what can be done with the one that is shown."""
        with QSignalBlocker(self.steps):
            for number, step in enumerate(STEPS):
                state = self._desk.state_of(step)
                item = self.steps.item(number)
                item.setText(f"{self._names[number]}\n{self._words[state]}")
                item.setIcon(self._theme.icon(*_LOOKS[state], _ICON))
            self.steps.item(len(STEPS)).setIcon(self._theme.icon("flag", "muted", _ICON))
        number = self.steps.currentRow()
        is_last = number == len(STEPS)
        state = DONE if is_last or number < 0 else self._desk.state_of(STEPS[number])
        self.back_button.setEnabled(number > 0)
        self.skip_button.setVisible(state == TODO)
        self.next_button.setVisible(state != TODO and not is_last)
        self.finish_button.setVisible(is_last)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Steps beside what they ask for where there is room; else above it, several on a line, all in sight."""
        super().resizeEvent(event)
        is_wide = self.width() >= by_font(_WIDE)
        stand_by_width(self._parts, self.width(), by_font(_WIDE))
        steps, width = self.steps, self.width() - 2 * SPACE_L
        if is_wide == (steps.flow() == QListWidget.Flow.TopToBottom) and (is_wide or steps.width() == width):
            return
        height = 2 * steps.fontMetrics().height() + 2 * SPACE_S
        steps.setFlow(QListWidget.Flow.TopToBottom if is_wide else QListWidget.Flow.LeftToRight)
        steps.setWrapping(not is_wide)
        steps.setGridSize(QSize() if is_wide else QSize((width - SPACE_L) // _ACROSS, height))
        steps.setFixedWidth(_LIST_WIDTH if is_wide else width)
        steps.setMaximumHeight(QWIDGETSIZE_MAX if is_wide else -(-steps.count() // _ACROSS) * height)
