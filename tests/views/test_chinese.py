"""A Chinese window speaks Chinese: no English word is left on a label, a button, a tooltip, a menu, in a field."""

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from facevid_gui.bridge.session import Activity, Notice, Page
from facevid_gui.core.errors import SubjectError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Flow
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.review import UnreadableFolderError
from facevid_gui.simulator.records import flow_id, sign_id
from tests.support.window_driver import Driver
from tests.support.window_records import (
    EVIDENCE_ID,
    NOW,
    SHA,
    clip,
    make_capture,
    make_entry,
    make_record,
    make_reviewed,
    make_verdict,
    reasons,
)
from tests.views.test_lookup_bar import profile
from tests.views.test_record_page import signer

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Names that are the same in every language: of fields of the interface, of programs, of keys, of what a test put in.
NAMES = re.compile(
    r"FlowId|SignId|orderNo|RequestId|AppId|App|SecretId|SecretKey|UserId|ProxyOrganizationId|ProxyOrganizationOpenId"
    r"|OpenId|liveRate|similarity|sdkVersion|idNo|LivenessInfoTag|facevid|SHA-256|UTC|KYC|URL|PROD|TEST|Space|Home|End"
    r"|Ctrl|Token|SIGN|essbasic|ess|kyc|Qt Multimedia|gnome-keyring|KWallet|Linux|isom|CN=[^)]*|MP4|H264|AAC|kHz|fps"
    r"|GB|MB|min|PIN|CSV|csv|txt|tsv|cloud\.tencent\.com[\w/]*"
)
PUT_IN = (flow_id("One"), sign_id("One"), EVIDENCE_ID, SHA, "request-1", "work", "orders", "ess.tencentcloudapi.com",
          "1.12.12", "desk-1", "investigator",
          "simOrder0001")  # fmt: skip


def words(widget: QWidget) -> Iterator[str]:
    """Everything a user reads, or hears, in a window."""
    for part in (widget, *widget.findChildren(QWidget)):
        yield part.windowTitle()
        yield from (part.toolTip(), part.accessibleName(), part.statusTip())
        if isinstance(part, QLabel | QAbstractButton):
            yield part.text()
        elif isinstance(part, QComboBox):
            yield from (part.itemText(number) for number in range(part.count()))
        elif isinstance(part, QTabBar):
            yield from (part.tabText(number) for number in range(part.count()))
        elif isinstance(part, QLineEdit | QPlainTextEdit):
            yield part.placeholderText()
        elif isinstance(part, QMenu):
            yield from (action.text() for action in part.actions())
            yield part.title()


def english(widget: QWidget) -> set[str]:
    """Texts with English words that no name explains."""
    found = set()
    for text in words(widget):
        rest = text
        for put_in in PUT_IN:
            rest = rest.replace(put_in, "")
        rest = NAMES.sub("", rest)
        if ENGLISH.search(rest) and not re.fullmatch(r"[/\w.: ‑\-]*/[\w./-]*", text.strip()):
            found.add(text)
    return found


@pytest.fixture
def window(make_driver: Callable[..., Driver]) -> Driver:
    driver = make_driver(language="zh_CN")
    driver.choose_profile(profile(), profile("kyc", "orders"))
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    return driver


def test_the_window_in_each_state(window: Driver) -> None:
    people = (signer("甲", "signed"), signer("乙", "waiting"))
    verdicts = [make_verdict(verdict, reasons=reasons("changed", "missing")) for verdict in Verdict]
    unreadable, capture = make_verdict(Verdict.UNREADABLE), make_capture(case_ref="案", purpose="由")
    pages = [
        Page(),
        Page("record", make_reviewed(make_record("kyc", clips=(clip(), clip("question"), clip("nod"))))),
        *(Page("record", make_reviewed(verdict=verdict, capture=capture)) for verdict in verdicts),
        Page("record", make_reviewed(make_record(source="simulator")), unmasked=True),
        Page("outcome", outcome=Outcome(OutcomeKind.REFUSED, "signer_needed", 1), flow=Flow("", "", "", people)),
        Page("outcome", outcome=Outcome(OutcomeKind.NETWORK, "unreachable", 3, request_id="request-1")),
        Page("error", error=SubjectError("capture_interrupted", id=EVIDENCE_ID)),
        Page("error", error=UnreadableFolderError(unreadable), verdict=unreadable),
    ]  # fmt: skip
    for page in pages:
        window.show_page(page)
        left = {text for text in english(window.window) if "data/" not in text and "nonexistent" not in text}
        assert left == set(), page.kind
    window.session.keyring = "unavailable"
    window.session.keyring_changed.emit()
    window.session.notice = Notice("bad", error=SubjectError("media_missing", path="媒体"))
    window.session.notice_changed.emit()
    window.list_entries((make_entry(1, "complete"), make_entry(2, last_verdict="altered")), NOW)
    for stage in ("flow", "ask", "receive", "retry", "poll", "store"):
        window.session.activity = Activity("look_up", stage, 2, cancelling=True)
        window.session.activity_changed.emit()
        window.settle()
        left = {text for text in english(window.window) if "data/" not in text and "nonexistent" not in text}
        assert left == set(), stage


def test_the_words_of_the_library(window: Driver) -> None:
    delegate = window.window.library.view.itemDelegate()
    for state in ("complete", "interrupted", "receiving", "sealed", "unreadable"):
        for verdict in (None, *Verdict):
            entry = make_entry(1, state, last_verdict=verdict)
            assert CHINESE.search(delegate.state_of(entry)[1])  # type: ignore[attr-defined]
            assert not ENGLISH.search(delegate.state_of(entry)[1])  # type: ignore[attr-defined]
    assert delegate.title_of(make_entry(1, person=""))[0] == "合同"  # type: ignore[attr-defined]


def test_the_dialogs(window: Driver) -> None:
    window.session.key_protection = "new_passphrase"
    window.show_page(Page("record", make_reviewed()))
    for button, name in (
        ("save_button", "save_dialog"),
        ("discard_button", "discard_dialog"),
        ("rescue_button", "save_dialog"),
    ):
        window.click(button)
        dialog = window.dialog(name)
        assert {text for text in english(dialog) if "/" not in text} == set(), name
        dialog.close()
        window.until(lambda: not window.has_dialog())
    window.window.show_profiles()
    dialog = window.dialog("profiles_dialog")
    window.click("new_profile_button")
    for kind in ("ess", "essbasic", "kyc"):
        window.pick("profile_kind_box", kind)
        window.settle()
        assert {text for text in english(dialog) if "tencentcloudapi" not in text and "qcloud" not in text} == set(), (
            kind
        )
    for mode in ("server", "direct", "pasted"):
        window.pick("profile_ticket_mode_box", mode)
        window.settle()
        assert {text for text in english(dialog) if "tencentcloudapi" not in text and "qcloud" not in text} == set(), (
            mode
        )


def test_a_chinese_window_uses_chinese_words_of_qt(window: Driver) -> None:
    from PySide6.QtCore import QCoreApplication

    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


def test_qt_s_own_dialogs_speak_chinese(make_driver: Callable[..., Driver]) -> None:
    """Buttons, and the dialog for files, which the program itself never words."""
    driver = make_driver(language="zh_CN")
    kind = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kind.Save | kind.Cancel | kind.Ok | kind.Discard | kind.Close | kind.Yes | kind.No)
    for which in (kind.Save, kind.Cancel, kind.Ok, kind.Discard, kind.Close, kind.Yes, kind.No):
        text = box.button(which).text()
        assert CHINESE.search(text), text
    assert "取消" in box.button(kind.Cancel).text()
    assert "保存" in box.button(kind.Save).text()
    driver.window.packages.choose_folder()
    dialog = driver.window.findChild(QFileDialog)
    driver.settle()
    words = {part.text() for kind in (QPushButton, QLabel) for part in dialog.findChildren(kind) if part.text()}
    assert len(words) >= 4
    assert all(CHINESE.search(text) for text in words), words
    dialog.close()


def test_an_english_window_after_a_chinese_one_speaks_english_everywhere(make_driver: Callable[..., Driver]) -> None:
    first = make_driver(language="zh_CN")
    for translator in first.desktop._translators:
        first.desktop.application.removeTranslator(translator)
    make_driver(language="en")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "") == "Cancel"
