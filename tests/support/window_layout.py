"""Looks for what is cut or lies outside its place. Run: python -m tests.support.window_layout; complaints as JSON.

The window is shown in both languages, in two sizes, in many states; QT_SCALE_FACTOR in the environment scales it.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from facevid_gui.bridge.session import Activity, Notice, Page
from facevid_gui.core.clip import AudioFacts, ClipFacts, VideoFacts
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Flow, Question, Signer
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.evidence.review import UnreadableFolderError
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.views.notice_bar import NoticeBar
from facevid_gui.views.widgets import ElidedLabel
from tests.support.window_driver import Driver
from tests.support.window_records import (
    NOW,
    clip,
    make_capture,
    make_entry,
    make_record,
    make_reviewed,
    make_verdict,
    reasons,
)
from tests.support.window_scenarios import bury, make_desktop, make_home

SIZES = ((1024, 680), (1360, 860))
LANGUAGES = ("en", "zh_CN")
VIDEO = VideoFacts("h264", "High", 480, 640, 0, 25.0, "yuv420p", 125)
TIMES = tuple(range(0, 5_000_000, 40_000))
FACTS = ClipFacts("mov,mp4", "isom iso2", 0, 5_000_000, 2, VIDEO, AudioFacts("aac", 16000, 1), TIMES, (0,))


def pages() -> Iterator[tuple[str, Page]]:
    """States of the page with ordinary words, the longest there are."""
    late = deadline_for("ess", NOW.replace(day=9))
    capture = make_capture(case_ref="2026-0311 (district court, second instance)", purpose="disputed signature")
    people = tuple(
        Signer(sign_id(name), "赵样本", kind, state, NOW, Deadline(None, None))
        for name, kind, state in (
            ("A", "PERSON", "signed"),
            ("B", "ORGANIZATION", "waiting"),
            ("C", "PERSON", "refused"),
        )
    )
    clips = (clip(), clip("question"), *(clip("nod", number) for number in range(1, 11)))
    questions = tuple(Question("是的,本人自愿签署本合同并知晓全部内容", code) for code in ("0", "-1"))
    yield "empty", Page()
    yield "contract", Page("record", make_reviewed(make_record(clips=clips, questions=questions, deadline=late)))
    yield "order", Page("record", make_reviewed(make_record("kyc", clips=(clip(),), source="custom")))
    for verdict in (Verdict.VERIFIED, Verdict.UNKNOWN_SIGNER, Verdict.REGISTER_DISAGREES):
        found = make_verdict(
            verdict, source="custom", reasons=reasons("changed", "missing", "custody_changed", "extra")
        )
        record = make_record("kyc", clips=(clip(),), source="custom")
        yield f"sealed {verdict}", Page("record", make_reviewed(record, found, capture))
    yield "no recording", Page("record", make_reviewed(make_record(source="simulator")))
    yield "signers", Page("outcome", outcome=Outcome(OutcomeKind.REFUSED, "signer_needed", 1, request_id="r" * 36),
                          flow=Flow("", "", "", people))  # fmt: skip
    for kind, code in ((OutcomeKind.NETWORK, "unreachable"), (OutcomeKind.SIGNATURE, "credentials_refused")):
        outcome = Outcome(
            kind, code, 3, "AuthFailure.SignatureFailure", "The signature is not valid.", "r" * 36, 3600.0
        )
        yield f"outcome {code}", Page("outcome", outcome=outcome, capture=Path("/captures/x"))
    yield "error", Page("error", error=SubjectError("media_too_large", path="media/liveness.mp4", limit=400))
    unreadable = make_verdict(Verdict.UNREADABLE, reasons=reasons("unreadable"))
    yield "unreadable", Page("error", error=UnreadableFolderError(unreadable), verdict=unreadable)


def furnish(driver: Driver) -> None:
    """What stands around the page."""
    driver.choose_profile(
        make_profile("contracts", "ess", {"user_id": "u", "endpoint": "https://proxy.example"}),
        make_profile("orders", "kyc", {"app_id": "a"}),
    )
    driver.session.evidence_roots = (Path("/srv/investigator/Documents/evidence of the fraud department"),)
    driver.window.page._now = driver.window.library.view.itemDelegate()._now = lambda: NOW  # type: ignore[attr-defined]
    driver.session.keyring = "unavailable"
    driver.session.keyring_changed.emit()
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.list_entries(
        (
            make_entry(number, state, last_verdict="altered", case_ref="2026-0311")
            for number, state in enumerate(("complete", "interrupted", "sealed", "unreadable"))
        ),
        NOW,
    )


def complaints(driver: Driver) -> Iterator[str]:
    """Every complaint about every state of one window at its size."""
    for name, page in pages():
        driver.show_page(page)
        if page.kind == "record":
            driver.desktop.screening.facts_changed.emit(FACTS)
            driver.window.page.stage.line.allow(allowed=True)
            driver.window.page.stage.frame_label.setText("Frame 100 / 125 · 00:04.000 · exact")
        for tab in range(3 if name in ("contract", "sealed verified") else 1):
            driver.window.findings.tabs.setCurrentIndex(tab)
            driver.settle()
            yield from (f"{name}: {text}" for text in looked_at(driver.window))
    for stage in ("flow", "receive", "poll"):
        driver.session.activity = Activity("look_up", stage, 60_000_000, cancelling=stage == "poll")
        driver.session.activity_changed.emit()
        driver.settle()
        yield from (f"{stage}: {text}" for text in looked_at(driver.window))
    driver.session.activity = Activity()
    driver.session.activity_changed.emit()
    driver.session.notice = Notice("bad", error=SurroundingsError("keyring_unavailable"))
    driver.session.notice_changed.emit()
    driver.settle()
    yield from (f"notice: {text}" for text in looked_at(driver.window))
    yield from dialogs(driver)
    yield from set_up(driver)


def dialogs(driver: Driver) -> Iterator[str]:
    """The dialogs, each in its forms."""
    driver.session.key_protection = "new_passphrase"
    driver.show_page(Page("record", make_reviewed()))
    for button, name in (("save_button", "save_dialog"), ("discard_button", "discard_dialog")):
        driver.click(button)
        dialog: Any = driver.dialog(name)
        dialog.complain(SubjectError("media_too_large", path="media/liveness.mp4", limit=400), driver.desktop.messages)
        driver.settle()
        yield from (f"{name}: {text}" for text in looked_at(dialog))
        dialog.close()
        driver.until(lambda: not driver.has_dialog())
    driver.window.ask_import()
    driver.settle()
    yield from (f"import_dialog: {text}" for text in looked_at(driver.dialog("import_dialog")))
    driver.dialog("import_dialog").close()
    driver.window.show_rescue_list()
    driver.settle()
    yield from (f"rescue_list_dialog: {text}" for text in looked_at(driver.dialog("rescue_list_dialog")))
    driver.dialog("rescue_list_dialog").close()
    driver.window.show_profiles()
    dialog = driver.dialog("profiles_dialog")
    driver.click("new_profile_button")
    for kind in ("ess", "essbasic", "kyc"):
        driver.pick("profile_kind_box", kind)
        driver.settle()
        yield from (f"profiles {kind}: {text}" for text in looked_at(dialog))
    driver.pick("profile_ticket_mode_box", "direct")
    dialog.panel.form._set_busy("keep")
    dialog.panel.form._on_refused(SubjectError("secrets_blanks", key="secret_key"))
    driver.settle()
    yield from (f"profiles direct: {text}" for text in looked_at(dialog))
    dialog.close()
    driver.until(lambda: not driver.has_dialog())


def set_up(driver: Driver) -> Iterator[str]:
    """Every step of the guide, every section of the settings."""
    driver.show_page(Page())
    driver.window.set_up.show_guide()
    guide: Any = driver.window.set_up.guide
    for number in range(guide.steps.count()):
        guide.go_to(number)
        driver.until(lambda: driver.desktop.jobs.is_idle)
        driver.settle()
        yield from (f"guide {number}: {text}" for text in looked_at(driver.window))
    guide.closed.emit()
    driver.window.show_settings()
    dialog: Any = driver.dialog("settings_dialog")
    for name in dialog.sections:
        dialog.go_to(name)
        driver.until(lambda: driver.desktop.jobs.is_idle)
        driver.settle()
        yield from (f"settings {name}: {text}" for text in looked_at(dialog))
    dialog.close()
    driver.until(lambda: not driver.has_dialog())


def looked_at(window: QWidget) -> Iterator[str]:
    """What is cut or outside in a window as it stands."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window:
            yield from (f"{named(widget)} {problem}" for problem in (*cut(widget), *outside(widget)))


def cut(widget: QWidget) -> Iterator[str]:
    """What cannot be read whole, where it is not meant to be cut."""
    advance = widget.fontMetrics().horizontalAdvance
    if isinstance(widget, QAbstractButton) and widget.text():
        if advance(widget.text()) + 4 > widget.width() or widget.width() < widget.minimumSizeHint().width():
            yield f"is cut: {advance(widget.text())} of {widget.width()} ({widget.text()!r})"
    elif isinstance(widget, QLabel) and widget.text().strip():
        yield from cut_label(widget)
    elif isinstance(widget, QComboBox) and advance(widget.currentText()) + 30 > widget.width():
        yield f"is cut ({widget.currentText()!r})"
    elif isinstance(widget, QLineEdit) and widget.objectName() != "look_up_field" and not widget.text():
        missing = advance(widget.placeholderText()) + 22 - widget.width()
        if missing > 0:
            yield f"cuts its hint by {missing} ({widget.placeholderText()!r})"


def cut_label(label: QLabel) -> Iterator[str]:
    """What of a label cannot be read; those that shorten their text themselves need room for a few letters."""
    advance, width = label.fontMetrics().horizontalAdvance, label.width()
    words = f"({label.text()[:60]!r})"
    if isinstance(label, ElidedLabel):
        if width < advance("…mm"):
            yield f"has no room at all {words}"
    elif not label.wordWrap():
        if advance(label.text()) > width + 1:
            yield f"is cut: {advance(label.text())} of {width} {words}"
    else:
        if label.heightForWidth(width) > label.height() + 1:
            yield f"is cut: {label.height()} high of {label.heightForWidth(width)} {words}"
        longest = max(map(advance, label.text().replace("/", " ").split()))
        if longest > width + 1 and label.text().isascii():
            yield f"breaks a word: {longest} of {width} {words}"


def outside(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or isinstance(widget, NoticeBar) or widget.isWindow():
        return
    if isinstance(parent, QTabBar | QComboBox | QAbstractScrollArea):
        return  # Qt's own parts
    area = parent.parentWidget()
    if isinstance(area, QAbstractScrollArea) and parent is area.viewport():
        if widget.width() > parent.width():
            yield f"is wider than what is seen of it: {widget.width()} of {parent.width()}"
        return
    if not parent.rect().contains(widget.geometry()):
        yield f"lies outside its parent: {widget.geometry().getRect()} in {parent.size().toTuple()}"


def named(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.objectName()} in {type(parent).__name__ if parent else '-'}"


def main() -> None:
    """Look, in a home that is thrown away."""
    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            driver = make_desktop(make_home(Path(folder, language), keyring=True, language=language))
            driver.desktop.furnish()
            furnish(driver)
            driver.window.show()
            for size in SIZES:
                driver.window.resize(*size)
                driver.settle()
                place = f"{language} {size[0]}x{size[1]}"
                if driver.window.size().toTuple() != size:
                    found.setdefault(place, []).append(f"the window is {driver.window.size().toTuple()}")
                found.setdefault(place, []).extend(dict.fromkeys(complaints(driver)))
            driver.close()
            bury(driver)
    scale = QApplication.primaryScreen().devicePixelRatio()
    print(json.dumps({"scale": scale, "found": found, "looked_up": flow_id("One")}, ensure_ascii=False))


if __name__ == "__main__":
    main()
