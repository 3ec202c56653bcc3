"""Text of strangers is text: never markup, never invisible, never able to push the window out of its place.

Walks every label, field, tooltip and title that is there after a hostile value was put into each foreign field.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from facevid_gui.bridge.session import Notice, Page
from facevid_gui.core.clip import AudioFacts, ClipFacts, VideoFacts
from facevid_gui.core.deadline import Deadline
from facevid_gui.core.errors import SubjectError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Detail, Flow, Question, RiskTag, Scores, Signer
from facevid_gui.core.verdict import Reason, SignerFacts, StampFacts, Verdict
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.evidence.review import ReviewedEvent, UnreadableFolderError
from facevid_gui.views.text_dialog import TextDialog
from tests.support.window_driver import Driver
from tests.support.window_records import (
    NOW,
    clip,
    make_capture,
    make_entry,
    make_record,
    make_reviewed,
    make_tree,
    make_verdict,
)

HOSTILE = {
    "markup": '<img src="file:///etc/passwd"><b>bold</b> &amp; <a href="https://x.example">x</a><table><tr><td>',
    "right_to_left": "invoice\u202egpj.exe \u2066\u2067x\u2069 \u200f",
    "controls": "a\x00b\x07c\x1b[31md\re\x7ff\x85g\x0bh",
    "invisible": "a\u200bb\u200dc\ufeffd\u00ade\u2060f\U000e0041",
    "separators": "a\u2028b\u2029c",
    "surrogate": "a\ud800b",
    "endless_word": "x" * 10_000,
    "endless_words": "word " * 2_000,
    "endless_chinese": "字" * 10_000,
    "many_lines": "line\n" * 500,
    "ampersands": "&File &&Open %n {0} {name} %1",
}
SIZE = (1024, 680)


def hostile_record(text: str) -> Any:
    signer = Signer(text, text, "PERSON", "signed", NOW, Deadline(None, None), text, text)
    record = make_record(
        "kyc",
        outcome=Outcome(OutcomeKind.FOUND, "found", 0, text, text, text, 1.0),
        flow_id=text, sign_id=text, order_no=text,
        scores=Scores(text, text),
        risk_tags=(RiskTag(text, text), RiskTag("LivenessInfoTag", text, "risk.liveness.03")),
        questions=(Question(text, text), Question(text, "0")),
        clips=(clip(media_type=text), clip("question", pointer=text, sha256=text)),
        details=(Detail(text, text, text), Detail(text, text, text, personal=True)),
        signer=signer,
        warnings=(text,),
    )  # fmt: skip
    capture = make_capture(case_ref=text, purpose=text)
    capture = replace(capture, provider=replace(capture.provider, host=text))
    verdict = make_verdict(
        Verdict.ALTERED,
        reasons=tuple(Reason("changed", text, text) for _ in range(5)),
        signer=SignerFacts(text, text, trusted=False),
        stamp=StampFacts(NOW, text, 1.0, late=False),
        custody_head=text, seal_sha256=text,
    )  # fmt: skip
    reviewed = make_reviewed(record, verdict, capture)
    return replace(reviewed, custody=(ReviewedEvent(1, "sealed", NOW, text, {text: text}),))


def show_record(driver: Driver, text: str) -> None:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.show_page(Page("record", hostile_record(text), unmasked=True))
    facts = ClipFacts(text, text, 0, 1000, 1, VideoFacts(text, text, 10, 10, 0, 25.0, text, 1),
                      AudioFacts(text, 16000, 1), (0,), (0,), created=text, encoder=text)  # fmt: skip
    driver.desktop.screening.facts_changed.emit(facts)
    driver.window.page.clip_view.set_markers([(0, text)])
    driver.window.page.stage._on_problem("clip_unreadable", text)
    driver.window.findings.show_raw_answers(driver.session.page.title_id, make_tree({text: text, "list": [text]}))
    driver.window.findings.tabs.setCurrentIndex(1)


def show_verified(driver: Driver, text: str) -> None:
    verdict = make_verdict(signer=SignerFacts(text, text, trusted=True), reasons=(Reason("stamp_late", text),))
    driver.show_page(Page("record", make_reviewed(make_record(), verdict)))


def show_outcome(driver: Driver, text: str) -> None:
    people = tuple(
        Signer(text, text, kind, state, NOW, Deadline(None, None), text, text)
        for kind, state in (("PERSON", "signed"), (text, text))
    )
    driver.session.signers, driver.session.signers_of = people, text
    driver.session.signers_changed.emit()
    outcome = Outcome(OutcomeKind.REFUSED, "signer_needed", 1, text, text, text, 99.0, (("host", text),))
    driver.show_page(Page("outcome", outcome=outcome, flow=Flow(text, text, text, people)))


def show_error(driver: Driver, text: str) -> None:
    driver.show_page(Page("error", error=SubjectError("media_changed", path=text)))


def show_unreadable(driver: Driver, text: str) -> None:
    verdict = make_verdict(Verdict.UNREADABLE, folder=text, reasons=(Reason("missing", text),), source=None)
    driver.show_page(Page("error", error=UnreadableFolderError(verdict), verdict=verdict))


def show_notice(driver: Driver, text: str) -> None:
    driver.session.notice = Notice("bad", error=SubjectError("media_changed", path=text))
    driver.session.notice_changed.emit()


def show_news(driver: Driver, text: str) -> None:
    driver.session.notice = Notice("ok", "notice.sealed", {"path": text})
    driver.session.notice_changed.emit()


def show_library(driver: Driver, text: str) -> None:
    states = ("complete", "interrupted", "sealed", "unreadable")
    driver.list_entries(
        (
            make_entry(number, state, flow_id=text, person=text, case_ref=text, purpose=text, last_reason=text)
            for number, state in enumerate(states)
        ),
        NOW,
    )


SHOWN: dict[str, Callable[[Driver, str], None]] = {
    "record": show_record,
    "verified": show_verified,
    "outcome": show_outcome,
    "error": show_error,
    "unreadable": show_unreadable,
    "notice": show_notice,
    "news": show_news,
    "library": show_library,
}


@pytest.fixture
def small(driver: Driver) -> Driver:
    driver.choose_profile(make_profile("work", "ess", {"user_id": "u"}))
    driver.window.resize(*SIZE)
    driver.settle()
    return driver


@pytest.mark.parametrize("place", list(SHOWN))
def test_hostile_text_is_shown_as_harmless_text_and_moves_nothing(small: Driver, place: str) -> None:
    before = size_of(small)
    for text in HOSTILE.values():
        SHOWN[place](small, text)
        for _ in range(2):  # a low page gives up rows when it sees how high its words became, and is laid out anew
            small.settle()
        check_harmless(small.window)
        check_in_place(small, before)
    small.window.grab()


def size_of(driver: Driver) -> tuple[int, int]:
    return driver.window.width(), driver.window.height()


def check_in_place(driver: Driver, before: tuple[int, int]) -> None:
    assert size_of(driver) == before, "the window was pushed out of its size"
    hint = driver.window.minimumSizeHint()
    assert hint.width() <= SIZE[0], "the window could not be made small again"
    assert hint.height() <= SIZE[1]
    for area in driver.window.findChildren(QScrollArea):
        content = area.widget()
        if content is not None and content.isVisible():
            assert content.width() <= area.viewport().width(), f"{area} hides what is at its right"


def check_harmless(window: QWidget) -> None:
    for text in words_of(window):
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n" for c in text), ascii(text)[:200]
    for label in window.findChildren(QLabel):
        if label.text():
            assert label.textFormat() == GuiQt.TextFormat.PlainText, label.text()[:80]
            assert not label.openExternalLinks()
    for widget in (window, *window.findChildren(QWidget)):
        tip = widget.toolTip()
        if GuiQt.mightBeRichText(tip):
            assert tip.startswith("<qt>"), tip[:80]
            assert "<" not in tip.removeprefix("<qt>").removesuffix("</qt>"), tip[:80]


def words_of(window: QWidget) -> Iterator[str]:
    yield window.windowTitle()
    for widget in window.findChildren(QWidget):
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        yield widget.statusTip()
        yield widget.whatsThis()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QGroupBox | QDockWidget):
            yield widget.title() if isinstance(widget, QGroupBox) else widget.windowTitle()
        elif isinstance(widget, QMenu):
            yield from (action.text().split("\t")[0] + action.statusTip() for action in widget.actions())
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
            yield widget.displayText()
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from words_of_model(widget.model())
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(number) for number in range(widget.count()))
        elif isinstance(widget, QTabBar):
            yield from (widget.tabText(number) + widget.tabToolTip(number) for number in range(widget.count()))
        elif isinstance(widget, QPlainTextEdit):
            yield widget.toPlainText()


ROLES = (
    GuiQt.ItemDataRole.DisplayRole, GuiQt.ItemDataRole.ToolTipRole, GuiQt.ItemDataRole.StatusTipRole,
    GuiQt.ItemDataRole.AccessibleTextRole, GuiQt.ItemDataRole.AccessibleDescriptionRole,
)  # fmt: skip


def words_of_model(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    """What a list, a table or a tree says, to eyes and to screen readers."""
    parent = parent or QModelIndex()
    for row in range(min(model.rowCount(parent), 50)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(row, column, parent)
            yield from (text for role in ROLES if isinstance(text := index.data(role), str))
            if column == 0:
                yield from words_of_model(model, index)


def test_markup_is_seen_as_it_was_written(small: Driver) -> None:
    text = '<b>bold</b> <img src="x">'
    small.show_page(Page("record", make_reviewed(make_record(warnings=(text,)))))
    assert text in small.texts(small.window.findings)


def test_what_is_copied_is_what_was_received(small: Driver) -> None:
    text = "request\u202eid<b>"
    outcome = Outcome(OutcomeKind.FOUND, "found", 0, request_id=text)
    small.show_page(Page("record", make_reviewed(make_record("ess", outcome=outcome))))
    buttons = [b for b in small.window.findings.findChildren(QWidget) if b.accessibleName() == "Copy"]
    copied = set()
    for button in buttons:
        if button.isVisible():
            small.click(button)
            copied.add(small.desktop.application.clipboard().text())
    assert text in copied


def test_a_profile_dialog_keeps_its_size_whatever_a_service_says(small: Driver) -> None:
    small.window.show_profiles()
    dialog: Any = small.dialog("profiles_dialog")
    small.settle()
    before = dialog.width(), dialog.height()
    for text in HOSTILE.values():
        form = dialog.panel.form
        form.shown = make_profile("work", "kyc", {"app_id": "IDA1", "ticket_mode": "pasted"})
        form._set_busy("probe")
        form._on_probed(Outcome(OutcomeKind.REFUSED, "no_permission", 1, text, text))
        small.settle()
        check_harmless(dialog)
        assert (dialog.width(), dialog.height()) == before
        assert dialog.minimumSizeHint().width() <= before[0]
        assert dialog.minimumSizeHint().height() <= SIZE[1]
    dialog.close()


def test_the_other_dialogs_keep_their_size_whatever_is_said_in_them(small: Driver) -> None:
    small.window.ask_import()
    small.window.show_rescue_list()
    text_dialog = TextDialog("Request", "What would be sent", "", small.window)
    text_dialog.open()
    imported, rescued = small.dialog("import_dialog"), small.dialog("rescue_list_dialog")
    small.settle()
    before = {dialog: dialog.width() for dialog in (imported, rescued, text_dialog)}
    for text in HOSTILE.values():
        error = SubjectError("media_changed", path=text)
        imported.complain(error, small.desktop.messages)  # type: ignore[attr-defined]
        rescued._on_failed(error)  # type: ignore[attr-defined]
        small.settle()
        for dialog, width in before.items():
            check_harmless(dialog)
            assert dialog.width() == width
            assert dialog.minimumSizeHint().width() <= width
            assert dialog.minimumSizeHint().height() <= SIZE[1]
    for dialog in before:
        dialog.close()


def test_a_save_dialog_keeps_its_size_whatever_went_wrong(small: Driver) -> None:
    small.show_page(Page("record", make_reviewed()))
    small.click("save_button")
    dialog: Any = small.dialog("save_dialog")
    small.settle()
    before = dialog.width()
    for text in HOSTILE.values():
        dialog.refuse(SubjectError("media_changed", path=text))
        small.settle()
        check_harmless(dialog)
        assert dialog.width() == before
        assert dialog.minimumSizeHint().width() <= before
        assert dialog.minimumSizeHint().height() <= SIZE[1]
    dialog.close()
