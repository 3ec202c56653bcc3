"""The gallery's states of setting up: the guide's steps, the settings' sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.support.qt import pump_until

if TYPE_CHECKING:
    from tests.support.gallery import Stage

STEPS = ("service", "keys", "connection", "place", "key", "sheet", "next")


def set_up_states(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """The guide, then the settings."""
    yield from guide_states(stage)
    yield from settings_states(stage)


def guide_states(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """From an empty home to what comes next."""
    window = stage.desktop.window

    def guide() -> Any:
        return window.set_up.guide

    def go(number: int) -> None:
        guide().go_to(number)
        settle(stage)

    yield "guide-welcome", lambda: forget_everything(stage)
    yield "guide-service", lambda: (window.set_up.show_guide(), go(0))
    yield "guide-keys", lambda: (stage.desktop.desks.guide.choose_service("kyc"), go(1))
    yield "guide-connection", lambda: go(2)
    yield "guide-connection-tested", lambda: (know_again(stage), go(2), test(stage, guide()))
    yield "guide-place", lambda: (stage.desktop.desks.roots.add(stage.house.paths.config.parent / "OneDrive"), go(3))
    yield "guide-key", lambda: (lose_key(stage), go(4))
    yield "guide-key-made", lambda: (stage.desktop.desks.keys.make(None), settle(stage))
    yield "guide-sheet", lambda: (stage.desktop.desks.guide.skip("sheet"), go(5))
    yield "guide-next", lambda: go(6)
    yield "guide-closed", lambda: window.page.close_guide()


def settings_states(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every section, and a refused change."""
    window = stage.desktop.window

    def go(name: str) -> None:
        stage.dialog().go_to(name)  # type: ignore[attr-defined]
        settle(stage)

    yield "settings-profiles-dialog", lambda: (know_again(stage), window.show_settings(), go("profiles"))
    for name in ("places", "operator", "stamps", "trusted", "network", "privacy", "playback", "look", "keys"):
        yield f"settings-{name}-dialog", lambda name=name: go(name)
    yield "settings-refused-dialog", lambda: refuse(stage)
    yield "settings-closed", lambda: stage.dialog().close()


def refuse(stage: Stage) -> None:
    dialog: Any = stage.dialog()
    dialog.sections["stamps"].url_field.setText("ftp://times.example")
    dialog.save_button.click()
    settle(stage)


def settle(stage: Stage) -> None:
    pump_until(lambda: stage.desktop.jobs.is_idle)
    stage.rest()


def forget_everything(stage: Stage) -> None:
    """No profile, no record: as at the first start."""
    from facevid_gui.bridge.session import Page

    session = stage.desktop.session
    stage.desktop.controller.dismiss_notice()
    stage.desktop.controller.show_page(Page())
    session.profiles, session.profile, session.started = (), None, True
    session.profiles_changed.emit()
    session.profile_chosen.emit()


def know_again(stage: Stage) -> None:
    session = stage.desktop.session
    session.profiles = stage.house.profiles.all()
    session.profile = next(profile for profile in session.profiles if profile.kind == "ess")
    session.profiles_changed.emit()
    session.profile_chosen.emit()
    stage.desktop.desks.guide.choose_service("ess")


def test(stage: Stage, guide: Any) -> None:
    guide.findChild(object, "guide_test_button").click()
    settle(stage)


def lose_key(stage: Stage) -> None:
    for path in stage.house.paths.keys.glob("workstation.*"):
        path.unlink()
