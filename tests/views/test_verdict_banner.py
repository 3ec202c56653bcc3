"""The banner: green is for verified evidence of an official source and for nothing else."""

from datetime import timedelta
from itertools import product

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.messages import Messages
from facevid_gui.core.verdict import Verdict
from facevid_gui.views.theme import Theme
from facevid_gui.views.verdict_banner import VerdictBanner
from tests.support.window_driver import Driver
from tests.support.window_records import NOW, make_record, make_reviewed, make_verdict, reasons

SOURCES = ("official", "test", "simulator", "custom", "unknown", None, "")


@pytest.fixture
def banner(theme: Theme) -> VerdictBanner:
    return VerdictBanner(theme, Messages("en"))


def shown(banner: VerdictBanner, name: str) -> bool:
    button = {
        "save": banner.save_button, "discard": banner.discard_button,
        "verify": banner.verify_button, "folder": banner.folder_button,
    }[name]  # fmt: skip
    return not button.isHidden()


@pytest.mark.parametrize(("verdict", "source", "required"), list(product(Verdict, SOURCES, (False, True))))
def test_only_verified_and_official_is_ok(
    banner: VerdictBanner, verdict: Verdict, source: str | None, required: bool
) -> None:
    folder = make_verdict(verdict, source=source, stamp_required=required)
    banner.show_verdict(folder)
    is_verified = verdict is Verdict.VERIFIED or (verdict is Verdict.VERIFIED_UNSTAMPED and not required)
    expected = "bad" if not is_verified else "ok" if source == "official" else "warn"
    assert banner.property("tone") == expected
    assert banner.headline.property("tone") == expected
    assert banner._icon._color == expected
    assert banner.headline.text() == Messages("en").text(f"verdict.{verdict}")
    assert banner.source.isHidden() == (source == "official")
    if source != "official":
        assert banner.source.property("tone") != "ok"
        assert banner.source.text()
        assert not banner.source.text().startswith("source."), "a source without words"


@pytest.mark.parametrize("source", ["test", "simulator", "custom"])
def test_an_unsaved_record_is_never_ok_and_names_its_source(banner: VerdictBanner, source: str) -> None:
    for hours in (1, 20, 30, 80):
        record = make_record(source=source, deadline=deadline_for("ess", NOW - timedelta(hours=hours)))
        banner.show_record(make_reviewed(record), NOW)
        assert banner.property("tone") in ("warn", "bad")
        assert not banner.source.isHidden()
        assert "Not saved as evidence yet" in banner.headline.text()
        assert (shown(banner, "save"), shown(banner, "discard")) == (True, True)
        assert (shown(banner, "verify"), shown(banner, "folder")) == (False, False)


def test_icon_words_and_colour_change_together_from_state_to_state(banner: VerdictBanner) -> None:
    seen = set()
    for verdict, source in ((Verdict.VERIFIED, "official"), (Verdict.VERIFIED, "test"), (Verdict.ALTERED, "official")):
        banner.show_verdict(make_verdict(verdict, source=source))
        seen.add((banner._icon._name, banner.property("tone"), banner.headline.text() + banner.source.text()))
    assert len({icon for icon, _, _ in seen}) == len({tone for _, tone, _ in seen}) == len(seen) == 3


def test_a_verified_folder_says_signer_files_and_stamp(banner: VerdictBanner) -> None:
    banner.show_verdict(make_verdict())
    text = banner.text.text()
    assert "15 files unchanged" in text
    assert "CN=facevid workstation desk-1" in text
    assert "2026-03-11T08:00:00Z" in text
    assert banner.accessibleName() == f"{banner.headline.text()}. {text}"
    assert (shown(banner, "save"), shown(banner, "verify"), shown(banner, "folder")) == (False, True, True)
    banner.show_verdict(make_verdict(Verdict.VERIFIED_UNSTAMPED))
    assert "not timestamped" in banner.text.text()


def test_a_late_stamp_is_told_beside_the_verdict(banner: VerdictBanner) -> None:
    banner.show_verdict(make_verdict(reasons=reasons("stamp_late")))
    assert "stamped late" in banner.text.text()


def test_a_broken_folder_names_what_is_broken_and_the_next_step(banner: VerdictBanner) -> None:
    found = reasons("changed", "missing", "extra", "link", "special_file")
    banner.show_verdict(make_verdict(Verdict.ALTERED, reasons=found))
    lines = banner.text.text().splitlines()
    assert lines[0] == "changed since sealing: data/changed.bin"
    assert lines[3] == "and 2 more"
    assert lines[-1].startswith("Do not rely on what is named above")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_verdict_and_reason_has_words(theme: Theme, language: str) -> None:
    messages = Messages(language)
    banner = VerdictBanner(theme, messages)
    codes = [name.removeprefix("reason.") for name in Messages("en")._texts if name.startswith("reason.")]
    assert len(codes) > 20
    for verdict in Verdict:
        banner.show_verdict(make_verdict(verdict, reasons=reasons(*codes)))
        assert banner.headline.text() == messages.text(f"verdict.{verdict}")
        assert "reason." not in banner.text.text()
        assert "verdict." not in banner.text.text()
    labels = banner.findChildren(QLabel)
    assert all(label.text() for label in labels if label.pixmap().isNull() and not label.isHidden())
    assert all(button.text() for button in banner.findChildren(QPushButton))


@pytest.mark.parametrize(
    ("deadline", "expected", "tone"),
    [
        (deadline_for("ess", NOW - timedelta(hours=2)), "22 h 0 min left", "warn"),
        (deadline_for("ess", NOW - timedelta(hours=2, minutes=1)), "21 h 59 min left", "warn"),
        (deadline_for("ess", NOW - timedelta(hours=18, minutes=1)), "5 h 59 min left", "bad"),
        (deadline_for("ess", NOW - timedelta(hours=24)), "24 h are over; perhaps 48 h 0 min", "bad"),
        (deadline_for("ess", NOW - timedelta(hours=72)), "time is over at the provider", "warn"),
        (deadline_for("kyc", NOW - timedelta(hours=2)), "at most 70 h 0 min left", "warn"),
        (deadline_for("kyc", NOW - timedelta(hours=67)), "at most 5 h 0 min left", "bad"),
        (deadline_for("ess", None), "start unknown: save now", "bad"),
    ],
)
def test_the_countdown(banner: VerdictBanner, deadline: Deadline, expected: str, tone: str) -> None:
    kind = "kyc" if deadline.safe is None and deadline.outer else "ess"
    banner.show_record(make_reviewed(make_record(kind, deadline=deadline)), NOW)
    assert banner.headline.text() == f"Not saved as evidence yet · {expected}"
    assert banner.property("tone") == tone
    assert "draft" in banner.text.text()


def test_the_countdown_goes_on_while_the_window_stands(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    from facevid_gui.bridge.session import Page

    page = driver.window.page
    page._now = lambda: NOW
    driver.session.page = Page("record", make_reviewed())
    driver.session.page_changed.emit()
    assert "22 h 0 min" in page.banner.headline.text()
    page._now = lambda: NOW + timedelta(minutes=1)
    driver.session.minute_passed.emit()
    assert "21 h 59 min" in page.banner.headline.text()


def test_the_countdown_names_the_page_of_each_deadline(theme: Theme) -> None:
    banner = VerdictBanner(theme, Messages("en"))
    banner.show_record(make_reviewed(), NOW)
    for label in (banner.headline, banner.text):
        assert "product/1323/104133" in label.toolTip()
        assert "api/1420/104134" in label.toolTip()
    banner.show_record(make_reviewed(make_record("kyc")), NOW)
    assert "No safe time is published" in banner.headline.toolTip()
    assert "product/1007/114181" in banner.headline.toolTip()
    banner.show_record(make_reviewed(make_record(deadline=Deadline(None, None))), NOW)
    assert "no rule can be applied" in banner.headline.toolTip()
    banner.show_verdict(make_verdict())
    assert banner.headline.toolTip() == ""
    assert "product" not in banner.text.toolTip()
