"""Who had the keyboard's focus before a control was disabled or hidden, and who has it afterwards (floor 3).

Qt gives the focus of a control that goes away to the next one in the chain: mostly a way back, which Enter then takes.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget


class KeptFocus:
    """For a form that is at work now and then. While it is, nothing has the focus that Enter could press."""

    def __init__(self, form: QWidget) -> None:
        self._form = form
        self._held: QWidget | None = None

    def hold(self) -> None:
        """The form is about to be at work: remember who has the focus."""
        focused = self._form.window().focusWidget()
        if self._form.isAncestorOf(focused):
            self._held = focused
            self._form.setFocus()

    def give_back(self, wanted: QWidget | None = None, otherwise: QWidget | None = None) -> None:
        """It is at rest again: the focus goes to `wanted`, else to who had it; not if somebody moved it meanwhile.

        `otherwise` has it when who had it is not there any more.
        """
        held, self._held = self._held, None
        focused = self._form.window().focusWidget()
        if wanted is None and focused not in (None, self._form):
            return
        if not take_focus(wanted or held):
            take_focus(otherwise)


def take_focus(widget: QWidget | None) -> bool:
    """Give a control the focus, a field with its text selected; False when it cannot be used."""
    if widget is None or not is_usable(widget):
        return False
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(widget, QLineEdit):
        widget.selectAll()
    return True


def is_usable(widget: QWidget) -> bool:
    """Whether it can be seen and worked with."""
    return is_shown(widget) and widget.isEnabled() and not widget.isHidden()


def is_shown(widget: QWidget) -> bool:
    """Whether it is visible; what Qt has destroyed meanwhile is not."""
    try:
        return widget.isVisible()
    except RuntimeError:
        return False


def first_control(part: QWidget) -> QWidget | None:
    """The control that was made first in a part, as it is read; of several choices the one that is made."""
    found = [w for w in part.findChildren(QWidget) if is_usable(w) and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    if found and isinstance(found[0], QAbstractButton) and (group := found[0].group()) is not None:
        return group.checkedButton() or found[0]
    return found[0] if found else None
