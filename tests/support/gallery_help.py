"""The gallery's pictures of Help, of what a system may lack, and of a deadline that comes near."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from facevid_gui.diagnosis import checking
from facevid_gui.diagnosis.finding import Finding
from tests.support.qt import pump_until

if TYPE_CHECKING:
    from tests.support.gallery import Stage

_PLACE = (("path", "/media/lisi/证据盘/evidence"),)
LACKING = (
    Finding("clock", "missing", "before_register", "doctor.cure.clock",
            (("now", "2026-03-05T12:00:00Z"), ("known", "2026-11-26T09:30:12Z"))),
    Finding("player", "warn", "none", "doctor.cure.player_none",
            (("detail", ""), ("packages", "Debian/Ubuntu: libpulse0; Fedora: pulseaudio-libs; Arch: libpulse"))),
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
    yield "help-closed", lambda: (close(stage), whole())


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
