"""The one application of a window program: its name, its words, and how it ends on a signal (floor 4).

What enters: arguments, a language. What leaves: the application; whoever asks keeps what must live as long as it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from facevid_gui import __version__
from facevid_gui.resources import resource
from facevid_gui.views.theme import STYLE

if TYPE_CHECKING:
    from PySide6.QtCore import QSocketNotifier


# A worker gives the interpreter back after so many seconds when the window wants it: five times as soon as is usual.
# The longest gap of the event loop while a large answer arrives was a tenth to a seventh shorter (medians of six).
SWITCH_S = 0.001


def make_application(arguments: list[str]) -> QApplication:
    """The one QApplication, named and with its icon.

    It is told that everything is painted by the processor. Otherwise Qt Multimedia has each picture of a clip made by
    the graphics card and fetches it back, which without a good one takes ten to thirty times as long (measured under
    Xvfb, 1280x720: 22.8 against 2.1 ms in the median, 129 against 13 ms at worst).
    """
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)
    sys.setswitchinterval(SWITCH_S)
    application = QApplication([*arguments, "-style", STYLE])
    application.setApplicationName("facevid")
    application.setApplicationDisplayName("facevid")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("facevid-gui")
    application.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    return application


def install_translators(application: QApplication, language: str) -> list[QTranslator]:
    """Words of our widgets and of Qt's own buttons; the caller keeps them alive."""
    QLocale.setDefault(QLocale(language))
    if language == "en":
        return []
    from PySide6.QtCore import QLibraryInfo

    translators = []
    for folder, name in (
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{language}"),
        (str(resource("translations")), f"facevid_{language}"),
    ):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
            translators.append(translator)
    return translators


def quit_on_signals(application: QApplication) -> QSocketNotifier:
    """Ctrl-C and termination close the window in order; the caller keeps the notifier alive."""
    import signal
    import socket

    from PySide6.QtCore import QSocketNotifier

    receiving, sending = socket.socketpair()
    for end in (receiving, sending):
        end.setblocking(False)
    signal.set_wakeup_fd(sending.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(receiving.fileno(), QSocketNotifier.Type.Read, application)

    def leave() -> None:
        receiving.recv(64)
        _ = sending  # both ends live as long as this function
        application.closeAllWindows()
        application.quit()

    notifier.activated.connect(leave)
    return notifier
