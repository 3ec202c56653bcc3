"""No sound device, no Chinese font: a notice or a disabled button that says why, and everything else as ever."""

from collections.abc import Callable

import pytest

from facevid_gui.bridge.screening import Screening
from tests.support.window_driver import Driver


def test_without_a_sound_device_sound_cannot_be_chosen_and_says_why(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = driver.window.page.clip_view.transport
    for sound, words in ((False, "No sound device on this computer"), (True, "Mute")):
        monkeypatch.setattr(Screening, "has_sound", property(lambda _self, sound=sound: sound))
        transport.refresh_sound()
        assert (transport.mute_button.isEnabled(), transport.volume.isEnabled()) == (sound, sound)
        assert transport.mute_button.toolTip().startswith(words)


def test_without_a_player_the_button_says_why(driver: Driver) -> None:
    transport = driver.window.page.clip_view.transport
    assert not driver.desktop.screening.has_player
    assert not transport.play_button.isEnabled()
    assert "Qt Multimedia is missing" in transport.play_button.toolTip()


def test_a_clip_the_player_cannot_play_is_not_offered_and_says_what_still_works(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening, transport = driver.desktop.screening, driver.window.page.clip_view.transport
    monkeypatch.setattr(Screening, "has_player", property(lambda _self: True))
    screening._set_state("loading")
    screening._on_player_failed("no decoder")
    screening._set_state("paused")
    assert not transport.play_button.isEnabled()
    assert "Stepping works" in transport.play_button.toolTip()


@pytest.mark.parametrize("families", [[], ["Noto Sans CJK SC"]])
def test_without_a_chinese_font_a_notice_says_what_to_install(
    make_driver: Callable[..., Driver], monkeypatch: pytest.MonkeyPatch, families: list[str]
) -> None:
    from facevid_gui import desktop

    class Fonts(desktop.QFontDatabase):  # type: ignore[misc]
        @staticmethod
        def families(*_: object) -> list[str]:
            return families

    monkeypatch.setattr(desktop, "QFontDatabase", Fonts)
    driver = make_driver()
    driver.start()
    said = driver.notice()
    assert ("font" in said) == (not families)
    if not families:
        assert "fonts-noto-cjk" in said
    assert driver.window.isVisible()
