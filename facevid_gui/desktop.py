"""The window program, put together and run (floor 4).

What enters: a house, perhaps a folder to open. What leaves: an exit code. Player and decoder come a moment after the
window is there; nothing of network or cryptography is imported before it is.

Qt's messages are not caught by a handler in Python: Qt Multimedia writes one while the system loads its library, and
a worker that loads one of its own at that moment waits for the loader while it holds the GIL that the handler waits
for (measured: the window hung in one start of three). `app` switches its chatter off by category.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QSocketNotifier,
    QTimer,
    QTranslator,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from facevid_gui import __version__
from facevid_gui.bridge.controller import Controller
from facevid_gui.bridge.exact import ExactFrames
from facevid_gui.bridge.import_desk import ImportDesk
from facevid_gui.bridge.jobs import JobRunner
from facevid_gui.bridge.library_model import LibraryModel
from facevid_gui.bridge.profile_desk import ProfileDesk
from facevid_gui.bridge.rescue_desk import RescueDesk
from facevid_gui.bridge.screening import Screening
from facevid_gui.bridge.session import Notice, Session
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.house import House
from facevid_gui.logs import LOGGER, start_logging
from facevid_gui.resources import resource
from facevid_gui.views.main_window import Desks, MainWindow
from facevid_gui.views.theme import Theme

if TYPE_CHECKING:
    from types import TracebackType

UNSEEN_PATIENCE_MS = 1000


class Desktop(QObject):
    """Everything of one running window."""

    _alarm = Signal()

    def __init__(self, application: QApplication, house: House) -> None:
        super().__init__()
        self.application = application
        self.house = house
        self.messages = house.messages
        self._translators = install_translators(application, self.messages.language)
        self.theme = Theme(application)
        self.session = Session(self)
        self.jobs = JobRunner(self)
        self.controller = Controller(house, self.session, self.jobs, self)
        self.desks = Desks(
            ProfileDesk(house, self.session, self.jobs, self),
            ImportDesk(house, self.controller, self),
            RescueDesk(house, self.session, self.jobs, self),
        )
        self.library_model = LibraryModel(self)
        self.exact = ExactFrames(self)
        self.screening = Screening(self.exact, None, self)
        self.player: QObject | None = None
        self.window = MainWindow(
            self.theme, self.messages, self.controller, self.desks, self.library_model, self.screening, house.clock.now
        )
        self.theme.dress()
        self.window.closing.connect(self.shut_down)
        self._alarm.connect(self._on_alarm)
        self._is_down = self._went_on = False

    def show(self) -> None:
        """Show the window; the rest comes once it was painted, or a moment later where nobody sees it."""
        self.window.show()
        self.window.windowHandle().installEventFilter(self)
        QTimer.singleShot(UNSEEN_PATIENCE_MS, self._go_on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The system wants the window painted: go on behind that."""
        if event.type() == QEvent.Type.Expose:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._go_on)
        return False

    @Slot()
    def _go_on(self) -> None:
        """First the player's libraries, then the workers: both load libraries, one after the other."""
        if not self._is_down and not self._went_on:
            self._went_on = True
            self._bring_player()
            self.controller.start()
            if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
                self._tell(SurroundingsError("no_chinese_font"))

    def _bring_player(self) -> None:
        """Real-time playback, where this system has what it needs; stepping works without."""
        try:
            from facevid_gui.bridge.player import Player, prepare_environment

            prepare_environment()
            player = Player(self)
        except ImportError as error:
            LOGGER.warning("no Qt Multimedia: %s", error)
            self._tell(SurroundingsError("no_multimedia"))
            return
        self.player = player
        self.screening.use_player(player)
        self.window.page.clip_view.transport.refresh_sound()
        self.exact.warm_up()

    def _tell(self, error: SurroundingsError, tone: str = "warn") -> None:
        self.session.notice = Notice(tone, error=error)
        self.session.notice_changed.emit()

    @Slot()
    def shut_down(self) -> None:
        """Refuse new work, cancel what runs, let go of the clip, end the child."""
        if not self._is_down:
            self._is_down = True
            clean = self.controller.shut_down()
            self.screening.shut_down()
            if not clean:
                LOGGER.warning("a worker was left behind")

    def watch_failures(self) -> None:
        """What nobody foresaw is logged, redacted, and told once, on the GUI thread."""

        def on_exception(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                self.application.quit()
                return
            LOGGER.error("unforeseen", exc_info=(kind, value, trace))
            self._alarm.emit()

        def on_thread_exception(arguments: Any) -> None:  # noqa: ANN401 - threading.ExceptHookArgs
            on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

        sys.excepthook = on_exception
        threading.excepthook = on_thread_exception

    @Slot()
    def _on_alarm(self) -> None:
        self._tell(SurroundingsError("unforeseen", log=self.house.paths.logs), "bad")


def make_application(arguments: list[str]) -> QApplication:
    """The one QApplication, named and with its icon."""
    application = QApplication(arguments)
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


def run(folder: Path | None) -> int:
    """Run the window until it is closed."""
    house = House(os.environ)
    start_logging(house.paths.logs)
    application = make_application(sys.argv[:1])
    desktop = Desktop(application, house)
    desktop.watch_failures()
    notifier = quit_on_signals(application)
    desktop.show()
    if folder is not None:
        desktop.controller.open_folder(folder.absolute())
    code = application.exec()
    desktop.shut_down()
    notifier.setEnabled(False)
    return code
