"""A system that lacks something: the rest stays usable, and something says what to install."""

from pathlib import Path

import pytest

from tests.support.window_flows import NOTHING_LEFT, check_verified, left_of, play

pytest.importorskip("PySide6")


def test_without_qt_multimedia_stepping_saving_and_verifying_go_on(tmp_path: Path) -> None:
    seen = play("without_multimedia", {"home": str(tmp_path / "home")})
    assert "libpulse0" in seen["notice"]
    assert seen["page"] == "record"
    enabled, tip = seen["play"]
    assert not enabled
    assert "Qt Multimedia is missing" in tip
    assert seen["forward"][0].startswith("Frame 1 / ")
    assert seen["forward"][1].startswith("Frame 2 / ")
    check_verified(seen["banner"])
    assert left_of(seen) == NOTHING_LEFT


def test_without_the_decoder_nothing_is_shown_and_saving_goes_on(tmp_path: Path) -> None:
    seen = play("without_decoder", {"home": str(tmp_path / "home")})
    assert (seen["page"], set(seen["problems"])) == ("record", {"decoder_missing"})
    assert (seen["state"], seen["enabled"]) == ("failed", [False, False])
    check_verified(seen["banner"])
    assert left_of(seen) == NOTHING_LEFT
    assert any("PyAV" in text and "install" in text for text in seen["words"]), seen["words"]
