"""The gallery's pictures of Help, of what a system may lack, and of a deadline that comes near."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from facevid_gui.bridge.help_desk import HelpDesk
from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.diagnosis import checking
from facevid_gui.diagnosis.finding import Finding
from facevid_gui.views.help_dialog import HelpDialog
from tests.support.qt import pump_until

if TYPE_CHECKING:
    from tests.support.gallery import Stage

_PLACE = (("path", "/media/lisi/证据盘/evidence"),)
LACKING = (
    Finding("clock", "missing", "before_register", "doctor.cure.clock",
            (("now", "2026-03-05T12:00:00Z"), ("known", "2026-11-26T09:30:12Z"))),
    Finding("player", "warn", "none", "doctor.cure.player_none",
            (("detail", ""), ("packages", "Debian/Ubuntu: libpulse0; Fedora: pulseaudio-libs; Arch: libpulse"))),
    Finding("walls", "warn", "no_library", "doctor.cure.walls_no_library",
            (("packages", "Debian/Ubuntu: libseccomp2; Fedora: libseccomp; Arch: libseccomp"),)),
    Finding("sound", "warn", "none", "doctor.cure.sound"),
    Finding("chinese_font", "warn", "none", "doctor.cure.chinese_font"),
    Finding("evidence", "warn", "read_only", "doctor.cure.evidence_read_only", _PLACE),
    Finding("keyring", "warn", "denied", "doctor.cure.keyring_denied"),
)  # fmt: skip


def help_states(stage: "Stage") -> Iterator[tuple[str, Callable[[], object]]]:
    """Names, and how to come there; the window is empty before and after."""
    window = stage.desktop.window
    yield "help-dialog", lambda: (close(stage), window.help.show_help(), settle(stage))
    yield "help-checking-dialog", lambda: (close(stage), window.help._desk.read_checking(), dialog_named("text_dialog"))
    yield (
        "help-licences-dialog",
        lambda: (close(stage), window.help._desk.read_licences(), dialog_named("papers_dialog")),
    )
    yield "help-lacking-dialog", lambda: (close(stage), lack(), window.help.show_help(), settle(stage))
    yield "lack-keyring", lambda: (close(stage), whole(), keyring(stage, "locked"))
    for code in ("no_multimedia", "no_chinese_font", "clock_differs", "read_only"):
        yield f"lack-{code.replace('_', '-')}", lambda code=code: tell(stage, code)
    yield (
        "lack-settings",
        lambda: stage.desktop.controller.tell_error(
            SurroundingsError("config_damaged", path="/users/lisi/.config/facevid/settings.json")
        ),
    )
    yield "lack-trouble-dialog", lambda: no_home(stage)
    yield "lack-nothing", lambda: (close(stage), keyring(stage, "ready"), stage.desktop.controller.dismiss_notice())


def deadline_states(stage: "Stage") -> Iterator[tuple[str, Callable[[], object]]]:
    """A record that is open and not saved, two hours before its end."""
    yield "notice-deadline", lambda: near_the_end(stage)
    yield "notice-undo", lambda: discard(stage)
    yield "notice-deadline-over", lambda: (
        stage.desktop.desks.undo.take_back(), pump_until(lambda: not stage.desktop.session.is_busy), back_in_time(stage)
    )  # fmt: skip


_WHOLE = checking.CHECKS


def lack() -> None:
    """Nearly everything is missing."""
    checking.CHECKS = (("all", lambda _question: iter(LACKING)), *_WHOLE[:2])  # type: ignore[misc]


def whole() -> None:
    """All is as it is."""
    checking.CHECKS = _WHOLE  # type: ignore[misc]


def settle(stage: "Stage") -> None:
    """Until all was looked at."""
    pump_until(lambda: stage.desktop.jobs.is_idle)
    stage.rest()


def dialog_named(name: str) -> Any:
    """The dialog, once it is there."""
    pump_until(lambda: any(top.objectName() == name and top.isVisible() for top in QApplication.topLevelWidgets()))


def close(stage: "Stage") -> None:
    """Every dialog over the window."""
    for top in QApplication.topLevelWidgets():
        if top.isVisible() and top is not stage.desktop.window:
            top.close()
    stage.rest()


def keyring(stage: "Stage", state: str) -> None:
    """As the keyring would be."""
    stage.desktop.session.keyring = state
    stage.desktop.session.keyring_changed.emit()


def tell(stage: "Stage", code: str) -> None:
    """Something is missing, as it is told at the start or after an answer."""
    stage.desktop.controller.notify(None)
    error = SurroundingsError(code, seconds="-742", path="/media/lisi/证据盘/evidence")
    stage.desktop.controller.notify(Notice("warn", error=error))


def no_home(stage: "Stage") -> None:
    """What is shown in the place of the window where nothing can be written."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    error = SurroundingsError("read_only", path="/media/lisi/facevid/config")
    desk = HelpDesk(stage.house, stage.desktop.jobs, None, stage.desktop)
    HelpDialog(stage.desktop.theme, stage.desktop.messages, desk, (), None, error).show()
    settle(stage)


def near_the_end(stage: "Stage") -> None:
    """Time passes until two hours before the provider deletes the first recording."""
    first = min(one.until for one in stage.desktop.desks.deadlines._unsaved)
    moment = first - timedelta(hours=2, minutes=10)
    stage.house.clock.now = lambda: moment  # type: ignore[method-assign]
    stage.desktop.session.minute_passed.emit()


def discard(stage: "Stage") -> None:
    """The open record is on its way out."""
    stage.desktop.controller.dismiss_notice()
    stage.desktop.desks.undo.discard("looked up by mistake")


def back_in_time(stage: "Stage") -> None:
    """The clock of this computer again."""
    del stage.house.clock.now  # type: ignore[method-assign]
    stage.desktop.session.minute_passed.emit()
