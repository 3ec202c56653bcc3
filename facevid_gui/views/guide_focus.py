"""Where the keyboard's focus stands in the guide (floor 3).

With the step that comes: at its first control. While a step is at work: nowhere that Enter could press. When the work
is done: at "Next step"; when it came to nothing: at what began it. Where somebody moved it meanwhile it stays.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from facevid_gui.views.kept_focus import first_control, is_shown, is_usable, take_focus

if TYPE_CHECKING:
    from facevid_gui.views.guide_page import GuidePage


class GuideFocus(QObject):
    """Watches the controls of the step that is shown; one that goes away while it has the focus has begun something."""

    def __init__(self, page: GuidePage) -> None:
        super().__init__(page)
        self._page = page
        self._begun: QWidget | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    def enter(self) -> None:
        """A step came. Whoever goes through the list of steps goes on there."""
        self._watch(None)
        if not self._page.steps.hasFocus() and not take_focus(first_control(self._page.step)):
            self.go_on()

    def go_on(self) -> None:
        """The step's work is done: what comes next is one key away."""
        self._watch(None)
        page = self._page
        any(take_focus(widget) for widget in (page.next_button, page.skip_button, page.finish_button, page.steps))

    def look(self) -> None:
        """Something is otherwise now: see whether what was begun has come to its end."""
        begun, page = self._begun, self._page
        if begun is None or (is_shown(begun) and not begun.isEnabled()):
            return
        if is_usable(page.next_button):
            self.go_on()
        elif is_usable(begun):
            take_focus(begun)
        else:
            self.enter()

    def rest(self) -> None:
        """Work has ended that began in another window, a file dialog perhaps: nobody heard who lost the focus."""
        if is_usable(self._page.next_button):
            self.go_on()
        elif self._begun is None or not take_focus(self._begun):
            self.enter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What has begun something can be used again."""
        if watched is self._begun and event.type() == QEvent.Type.EnabledChange:
            self._look_soon()
        return False

    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        page = self._page
        if old is None or now is None or not is_usable(page) or now in (page.step, self._begun):
            return
        if page.step.isAncestorOf(old) and not is_usable(old):
            self._watch(old)
            page.step.setFocus()
            self._look_soon()
        else:
            self._watch(None)  # somebody moved it

    def _look_soon(self) -> None:
        QTimer.singleShot(0, self, self.look)  # once all who hear of it have shown it

    def _watch(self, widget: QWidget | None) -> None:
        if self._begun is not None:
            with suppress(RuntimeError):  # Qt has destroyed it meanwhile: a row of a form
                self._begun.removeEventFilter(self)
        self._begun = widget
        if widget is not None:
            widget.installEventFilter(self)
