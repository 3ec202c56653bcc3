"""The window program, put together (floor 4); `running` runs it.

What enters: a house. What leaves: a window that works. What shows a record, the log, player and decoder come a moment
after the window is there; nothing of network or cryptography is imported before it is.

Qt's messages are not caught by a handler in Python: Qt Multimedia writes one while the system loads its library, and
a worker that loads one of its own at that moment waits for the loader while it holds the GIL that the handler waits
for (measured: the window hung in one start of three). `app` switches its chatter off by category.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from facevid_gui.application import install_translators
from facevid_gui.bridge.session import Notice, Session
from facevid_gui.bridge.window_state import read_window_state, write_window_state
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.house import House
from facevid_gui.paths import find_paths
from facevid_gui.views.main_window import MainWindow
from facevid_gui.views.theme import Theme
from facevid_gui.views.window_memory import restore_pictures, restore_sound, restore_window, tell_player, window_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger
    from types import TracebackType

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.exact import ExactFrames
    from facevid_gui.bridge.garbage import GarbageCollector
    from facevid_gui.bridge.guide_desk import GuideDesk
    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.key_desk import KeyDesk
    from facevid_gui.bridge.library_model import LibraryModel
    from facevid_gui.bridge.profile_desk import ProfileDesk
    from facevid_gui.bridge.screen_lock import ScreenLock
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.trusted_desk import TrustedDesk
    from facevid_gui.one_window import Reachable
    from facevid_gui.views.privacy import Privacy

UNSEEN_PATIENCE_MS = 1000
_IS_LINUX = sys.platform.startswith("linux")  # where the system's packages have names to tell


class Desktop(QObject):
    """Everything of one running window. What has only a type here is there once `furnished` was said."""

    furnished = Signal()
    _alarm = Signal()
    jobs: JobRunner
    controller: Controller
    desks: Desks
    library_model: LibraryModel
    exact: ExactFrames
    screening: Screening
    lock: ScreenLock
    privacy: Privacy
    reachable: Reachable

    def __init__(self, application: QApplication, house: House) -> None:
        super().__init__()
        self.application = application
        self.house = house
        self.messages = house.messages
        self._translators = install_translators(application, self.messages.language)
        self._left = read_window_state(find_paths(house.environ).state)
        self.theme = Theme(application, self._left.scheme, self)
        self.session = Session(self, house.examples)
        self.player: QObject | None = None
        self.window = MainWindow(self.theme, self.messages, self.session, house.clock.now)
        restore_window(self.window, self._left)
        self.theme.dress()
        self.window.closing.connect(self.shut_down)
        self._alarm.connect(self._on_alarm)
        self.is_furnished = self._is_down = self.is_main = self.may_tell_bad_end = self.opens_anew = False
        self._collector: GarbageCollector | None = None
        # First the player's libraries, then the workers: both load libraries, one after the other.
        self._steps: list[Callable[[], object]] = [
            self.furnish, self._bring_player, self._begin_work, self._protect, self._be_reachable, load_dialogs,
        ]  # fmt: skip

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
        """Do the next step; what the user does meanwhile comes in between."""
        if self._steps and not self._is_down:
            self._steps.pop(0)()
            QTimer.singleShot(0, self._go_on)

    def furnish(self) -> None:
        """Make what shows a record and what does the work; nothing more where that was done before."""
        if self.is_furnished:
            return
        from facevid_gui.bridge.controller import Controller
        from facevid_gui.bridge.exact import ExactFrames
        from facevid_gui.bridge.jobs import JobRunner
        from facevid_gui.bridge.screening import Screening
        from facevid_gui.bridge.watch_desk import WatchDesk

        start_log(self.house)
        self.jobs = JobRunner(self, logs=self.house.paths.logs)
        self.controller = Controller(self.house, self.session, self.jobs, self)
        self.exact = ExactFrames(self)
        self.screening = Screening(self.exact, None, self)
        self.watch = WatchDesk(self.house, self.controller, self.screening, self)
        self.controller.clip_expected.connect(self.exact.expect)
        self.desks = self._make_desks()
        self.window.furnish(self.controller, self.desks, self.screening)
        self.window.page.clip_shown.connect(self.watch.show_clip)
        restore_pictures(self.window, self._left)
        restore_sound(self.window.page.clip_view.transport, self.screening, self._left)
        self.is_furnished = True
        self.furnished.emit()

    def _make_desks(self) -> Desks:
        from facevid_gui.bridge.access_desk import AccessDesk
        from facevid_gui.bridge.check_desk import CheckDesk
        from facevid_gui.bridge.deadline_desk import DeadlineDesk
        from facevid_gui.bridge.desks import Desks
        from facevid_gui.bridge.expiry_desk import ExpiryDesk
        from facevid_gui.bridge.hand_over_desk import HandOverDesk
        from facevid_gui.bridge.help_desk import HelpDesk
        from facevid_gui.bridge.import_desk import ImportDesk
        from facevid_gui.bridge.lack_desk import LackDesk
        from facevid_gui.bridge.library_desk import LibraryDesk
        from facevid_gui.bridge.library_model import LibraryModel
        from facevid_gui.bridge.notes_desk import NotesDesk
        from facevid_gui.bridge.package_desk import PackageDesk
        from facevid_gui.bridge.profile_desk import ProfileDesk
        from facevid_gui.bridge.report_desk import ReportDesk
        from facevid_gui.bridge.rescue_desk import RescueDesk
        from facevid_gui.bridge.root_desk import RootDesk
        from facevid_gui.bridge.saved_filters import FilterDesk
        from facevid_gui.bridge.settings_desk import SettingsDesk
        from facevid_gui.bridge.stamp_desk import StampDesk
        from facevid_gui.bridge.stored_desk import StoredDesk
        from facevid_gui.bridge.thumb_desk import ThumbDesk
        from facevid_gui.bridge.trust_desk import TrustDesk
        from facevid_gui.bridge.undo_desk import UndoDesk

        self.library_model = LibraryModel(self)
        settings = SettingsDesk(self.house, self.controller, self)
        help_desk = HelpDesk(self.house, self.jobs, self.screening, self)
        self.lacks = LackDesk(self.house, self.controller, help_desk, self)
        profiles = ProfileDesk(self.house, self.session, self.jobs, self)
        return Desks(
            profiles,
            ImportDesk(self.house, self.controller, self),
            RescueDesk(self.house, self.session, self.jobs, self.lacks.tell, self),
            HandOverDesk(self.house, self.controller, self),
            TrustDesk(self.house, self.controller, self),
            NotesDesk(self.house, self.controller, self.screening, self),
            settings,
            LibraryDesk(self.house, self.controller, self.library_model, self),
            RootDesk(self.house, self.controller, self),
            FilterDesk(self.house, self.controller, self),
            CheckDesk(self.house, self.controller, self),
            StampDesk(self.house, self.controller, self),
            ThumbDesk(self.house, self.controller, self.screening, settings, self),
            PackageDesk(self.house, self.controller, self),
            AccessDesk(self.house, self.jobs, self),
            StoredDesk(self.house, self.jobs, self),
            ExpiryDesk(self.house, self.controller, self),
            ReportDesk(self.house, self.controller, self),
            help_desk,
            DeadlineDesk(self.house, self.controller, settings, self),
            UndoDesk(self.controller, self),
            *self._make_set_up_desks(profiles),
        )

    def _make_set_up_desks(self, profiles: ProfileDesk) -> tuple[KeyDesk, GuideDesk, TrustedDesk]:
        from facevid_gui.bridge.guide_desk import GuideDesk
        from facevid_gui.bridge.key_desk import KeyDesk
        from facevid_gui.bridge.trusted_desk import TrustedDesk

        keys = KeyDesk(self.house, self.controller, self)
        guide = GuideDesk(self.house, self.controller, profiles, keys, self)
        return keys, guide, TrustedDesk(self.house, self.controller, self)

    def _begin_work(self) -> None:
        from facevid_gui.bridge.garbage import GarbageCollector
        from facevid_gui.bridge.give_back import GiveBack
        from facevid_gui.bridge.read_back import ReadBack

        self._collector = GarbageCollector(self)
        self.controller.start()
        self.desks.filters.read()
        self.desks.checks.look()
        self.desks.stamps.start()
        self._read_back = ReadBack(self.house, self.controller, self)
        self._give_back = GiveBack(self.controller, self)
        if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
            self._tell(SurroundingsError("no_chinese_font" if _IS_LINUX else "no_chinese_font_here"))

    def _protect(self) -> None:
        """Mark and curtain, as the settings say."""
        from facevid_gui.bridge.screen_lock import ScreenLock
        from facevid_gui.views.privacy import Privacy

        self.lock = ScreenLock(self)
        self.privacy = Privacy(
            self.window, self.messages, self.desks.settings, self.screening, self.lock, self.house.clock.now
        )
        self.privacy.covered.connect(self.desks.thumbs.set_covered)
        self.session.minute_passed.connect(self.lock.tick)
        self.desks.settings.saved.connect(self._on_settings)
        self.desks.settings.read()
        self.lock.start()

    def _be_reachable(self) -> None:
        """A second start hands over to this window; a bad end of the one before is told, and its record opened."""
        from facevid_gui.one_window import Reachable

        self.reachable = Reachable(self)

    def open_named(self, named: Path) -> None:
        """Open a folder or package; a draft of this home by its id."""
        if named.parent == self.house.paths.captures:
            self.controller.open_capture(named.name)
        else:
            self.desks.packages.open(named)

    def _bring_player(self) -> None:
        """Real-time playback, where this system has what it needs; stepping works without."""
        try:
            from facevid_gui.bridge.player import Player, prepare_environment

            prepare_environment()
            player = Player(self)
        except ImportError as error:
            start_log(self.house).warning("no Qt Multimedia: %s", error)
            self._tell(SurroundingsError("no_multimedia" if _IS_LINUX else "no_multimedia_here"))
            return
        self.player = player
        self.screening.use_player(player)
        transport = self.window.page.clip_view.transport
        transport.refresh_sound()
        tell_player(transport, self.screening)
        self.exact.warm_up()

    def _tell(self, error: SurroundingsError, tone: str = "warn") -> None:
        self.session.notice = Notice(tone, error=error)
        self.session.notice_changed.emit()

    @Slot()
    def _on_settings(self) -> None:
        """Another language was chosen: the window opens anew in it, with the record that is open.

        Not in the middle of work, and not over a note that is being written.
        """
        if not self.is_main or self.house.language(self.desks.settings.settings.language) == self.messages.language:
            return
        if self.session.is_busy or self.window.notes.view.composer.field.toPlainText().strip():
            self.session.notice = Notice("warn", "settings.language.later")
            self.session.notice_changed.emit()
            return
        self.opens_anew = True
        QTimer.singleShot(0, self.window.close)

    def clear_away(self) -> None:
        """Make room for another desktop in the same process."""
        for translator in self._translators:
            self.application.removeTranslator(translator)
        self.window.deleteLater()
        self.deleteLater()

    @Slot()
    def shut_down(self) -> None:
        """Refuse new work, cancel what runs, let go of the clip, end the child."""
        if self._is_down:
            return
        self._is_down = True
        self._remember_window()
        if hasattr(self, "reachable"):
            self.reachable.close()
        if self._collector is not None:
            self._collector.stop()
        if self.is_furnished:
            self.watch.leave()
            self.desks.packages.let_go()
            self.desks.undo.finish()
            clean = self.controller.shut_down()
            self.screening.shut_down()
            if not clean:
                start_log(self.house).warning("a worker was left behind")

    def _remember_window(self) -> None:
        """The window is on its way out: half a kilobyte is written here, for no worker is left to do it."""
        if self.is_furnished:
            self.window.stage_screen.leave()
        screening = self.screening if self.is_furnished else None
        state = window_state(self.window, self.theme, screening, self._left)
        if state != self._left:
            write_window_state(find_paths(self.house.environ).state, state)

    def watch_failures(self) -> None:
        """What nobody foresaw is logged, redacted, and told once, on the GUI thread."""

        def on_exception(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                self.application.quit()
                return
            start_log(self.house).error("unforeseen", exc_info=(kind, value, trace))
            self._alarm.emit()

        def on_thread_exception(arguments: Any) -> None:  # noqa: ANN401 - threading.ExceptHookArgs
            on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

        sys.excepthook = on_exception
        threading.excepthook = on_thread_exception

    @Slot()
    def _on_alarm(self) -> None:
        self._tell(SurroundingsError("unforeseen", log=self.house.paths.logs), "bad")


def load_dialogs() -> None:
    """What nearly everybody opens comes at once when it is asked for."""
    from facevid_gui.views import answer_view, save_dialog  # noqa: F401


def start_log(house: House) -> Logger:
    """The log, started if it was not."""
    from facevid_gui.logs import LOGGER, start_logging

    start_logging(house.paths.logs)
    return LOGGER
