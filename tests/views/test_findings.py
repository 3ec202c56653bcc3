"""Findings: as received, never invented; "not returned" is not 0; masked until asked for; the raw answer gated."""

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from facevid_gui.bridge.session import Page
from facevid_gui.core.messages import Messages
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Question, RiskTag, Scores
from facevid_gui.core.verdict import Verdict
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.findings import Findings
from facevid_gui.views.theme import Theme
from tests.support.qt import pump_until
from tests.support.window_driver import Driver
from tests.support.window_records import (
    EVIDENCE_ID,
    SHA,
    clip,
    make_capture,
    make_record,
    make_reviewed,
    make_verdict,
)


@pytest.fixture
def findings(theme: Theme) -> Findings:
    return Findings(theme, Messages("en"), EmptyState(theme, "info", "Findings", "Scores appear here."))


def words(part: QWidget) -> list[str]:
    return [label.text() for label in part.findChildren(QLabel) if label.text() and not label.isHidden()]


def show(findings: Findings, record=None, *, unmasked=False, verdict=None, capture=None) -> None:  # type: ignore[no-untyped-def]
    findings.show_record(make_reviewed(record, verdict, capture), unmasked=unmasked)
    pump_until(lambda: not findings.is_filling)


def test_before_a_record_is_open_it_says_what_will_stand_here(findings: Findings) -> None:
    assert "appear here" in words(findings._stack.currentWidget())[-1]
    assert findings._stack.currentIndex() == 0
    show(findings)
    assert findings._stack.currentIndex() != 0
    findings.show_nothing()
    assert findings._stack.currentIndex() == 0
    assert not words(findings.scores_panel), "nothing of the record before stays"


@pytest.mark.parametrize("score", ["0", "99", "88.01", "0.0", "100.000", "-1", "1e2"])
def test_scores_are_shown_as_received_without_a_judgement(findings: Findings, score: str) -> None:
    show(findings, make_record("kyc", scores=Scores(score, score)))
    texts = words(findings.scores_panel)
    assert texts.count(score) == 2
    assert "No pass mark is published" in texts[-1]
    for label in findings.scores_panel.findChildren(QLabel):
        assert label.property("tone") in (None, "", "muted"), "a score has no colour of good or bad"


def test_a_score_that_was_not_returned_is_not_0(findings: Findings) -> None:
    show(findings, make_record("kyc", scores=Scores("99", None)))
    texts = words(findings.scores_panel)
    assert "99" in texts
    assert texts.count("not returned") == 1
    assert "0" not in texts


def test_a_contract_has_no_scores_and_no_risk_tags(findings: Findings) -> None:
    show(findings, make_record("ess"))
    assert words(findings.scores_panel)[-1] == "The e-sign interface returns no scores. “Not returned” is not 0."
    assert findings.risk_panel.isHidden()
    assert not words(findings.risk_panel)


def test_tags_are_explained_and_unknown_ones_shown_raw(findings: Findings) -> None:
    tags = (
        RiskTag("LivenessInfoTag", "03", "risk.liveness.03"),
        RiskTag("DeviceInfoTag", "03"),
        RiskTag("SomethingNew", "x-99"),
    )
    show(findings, make_record("kyc", risk_tags=tags))
    texts = words(findings.risk_panel)
    assert "03  suspected re-shoot of a screen or photo" in texts
    assert "03  no public meaning for this product" in texts
    assert "x-99  no public meaning for this product" in texts
    assert sum("suspected" in text for text in texts) == 1, "the liveness table is for its own field only"
    assert any("Does not prove" in text for text in texts)
    assert "field SomethingNew, as received" in texts


def test_no_risk_tag_is_not_no_risk(findings: Findings) -> None:
    show(findings, make_record("kyc", risk_tags=()))
    assert words(findings.risk_panel)[-1] == "No risk tag was returned. That does not mean there was no risk."


def test_questions_with_their_codes(findings: Findings) -> None:
    show(findings, make_record(questions=(Question("同意", "0"), Question("", "-1"), Question(None, None))))
    texts = words(findings._questions)
    assert "同意\ncode 0: matched" in texts
    assert "\ncode -1: not matched" in texts
    assert "not returned\ncode –: not matched" in texts
    show(findings, make_record(questions=()))
    assert findings._questions.isHidden()


def test_personal_data_is_masked_until_asked_for(findings: Findings) -> None:
    asked: list[bool] = []
    findings.unmask_wanted.connect(lambda: asked.append(True))
    show(findings)
    text = "\n".join(words(findings._details))
    assert "赵*本 132****0001" in text
    assert "110***********0000" in text
    for secret in ("赵样本", "13200000001", "110101199003070000"):
        assert secret not in text
    names = [w.accessibleName() for w in findings._details.findChildren(QWidget)]
    tips = [w.toolTip() for w in findings._details.findChildren(QWidget)]
    assert not any("110101199003070000" in hidden or "13200000001" in hidden for hidden in (*names, *tips))
    button = next(
        b for b in findings._details.findChildren(QWidget) if "Show personal data" in getattr(b, "text", str)()
    )
    button.click()
    assert asked == [True]
    show(findings, unmasked=True)
    text = "\n".join(words(findings._details))
    assert "赵样本 13200000001" in text
    assert "110101199003070000" in text
    assert "Show personal data" not in text


def test_the_raw_answer_is_gated_like_personal_data(findings: Findings) -> None:
    wanted: list[bool] = []
    findings.raw_answer_wanted.connect(lambda: wanted.append(True))
    reviewed = make_reviewed()
    findings.show_record(reviewed, unmasked=False)
    findings.tabs.setCurrentIndex(1)
    assert findings._stack.currentWidget() is findings._masked
    assert wanted == []
    findings.show_record(reviewed, unmasked=True)
    assert findings._stack.currentWidget() is findings.raw_text
    assert wanted == [True]
    findings.show_raw_answer("another record", "not this")
    assert findings.raw_text.toPlainText() == ""
    findings.show_raw_answer(EVIDENCE_ID, '{\n  "idNo": "110101199003070000"\n}')
    assert "110101199003070000" in findings.raw_text.toPlainText()
    assert findings.raw_text.isReadOnly()
    show(findings, make_record(evidence_id="f" * 32))
    assert findings.raw_text.toPlainText() == "", "the raw answer of the record before"
    assert findings.tabs.currentIndex() == 0


def test_unmasking_is_logged_before_anything_is_shown(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed()))
    log = driver.desktop.house.paths.access_log
    assert not log.exists() or "unmasked" not in log.read_text("utf-8")
    driver.click(driver.button("Show personal data (logged)", driver.window.findings))
    driver.until(lambda: driver.session.page.unmasked)
    assert '"unmasked"' in log.read_text("utf-8")
    assert EVIDENCE_ID in log.read_text("utf-8")
    assert "赵样本 13200000001" in driver.texts(driver.window.findings)


def test_details_name_what_is_needed_for_a_file(findings: Findings) -> None:
    record = make_record(
        clips=(clip(), clip("nod", 1, path=None, sha256=None)),
        outcome=Outcome(OutcomeKind.FOUND, "found", 0, "0", "请求成功", "request-1"),
        warnings=("one thing to know",),
    )
    show(findings, record, verdict=make_verdict(), capture=make_capture(case_ref="2026-0311", purpose="dispute"))
    text = "\n".join(words(findings._details))
    for expected in ("2026-0311", "dispute", "ess.tencentcloudapi.com", SHA, "request-1", "0 请求成功",
                     "2026-03-11 14:00:00 UTC+8 (2026-03-11T06:00:00Z)", "server clock +0.4 s",
                     "the text received could not be decoded", "one thing to know"):  # fmt: skip
        assert expected in text


def test_custody_begins_with_the_seal(findings: Findings) -> None:
    show(findings)
    assert words(findings._custody) == ["Not sealed yet: there is no custody chain. It begins with Save evidence."]
    show(findings, verdict=make_verdict(Verdict.VERIFIED))
    texts = words(findings._custody)
    assert texts[0] == "Seal"
    assert texts.count(SHA) == 3
    assert "12 s" in texts
    assert "1  sealed\n2026-03-11T08:00:00Z · investigator" in texts
