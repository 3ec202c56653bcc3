"""The window cannot begin, for example because its folders lie on a read-only disk: said on the screen (floor 4).

What enters: the error. What leaves: the Help page alone, with the error on top; then the program ends as it would have.
Who starts it by a click sees no terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from facevid_gui.application import install_translators, make_application

if TYPE_CHECKING:
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.house import House
    from facevid_gui.views.help_dialog import HelpDialog

_UNSEEN = ("offscreen", "minimal")


def tell(house: House, error: FacevidError) -> None:
    """Show it until it is closed, where there is a screen."""
    application = QApplication.instance() or make_application(["facevid-gui"])
    assert isinstance(application, QApplication)
    if application.platformName() in _UNSEEN:
        return
    dialog = make_dialog(application, house, error)
    dialog.show()
    application.exec()


def make_dialog(application: QApplication, house: House, error: FacevidError) -> HelpDialog:
    """The Help page of a program that has nothing else to show."""
    from facevid_gui.bridge.help_desk import HelpDesk
    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.views.help_dialog import HelpDialog
    from facevid_gui.views.theme import Theme

    translators = install_translators(application, house.messages.language)
    theme = Theme(application, "system")
    theme.dress()
    jobs = JobRunner(application)
    dialog = HelpDialog(theme, house.messages, HelpDesk(house, jobs, None, jobs), (), None, error)
    dialog.finished.connect(jobs.shut_down)
    dialog.destroyed.connect(lambda: [application.removeTranslator(one) for one in translators])
    return dialog
