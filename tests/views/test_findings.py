"""Findings: as received, never invented; "not returned" is not 0; masked until asked for; the raw answer gated."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from facevid_gui.bridge.session import Page
from facevid_gui.captures.risk import LIVENESS_TAGS
from facevid_gui.core.capture import Derived
from facevid_gui.core.messages import Messages
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Detail, Question, RiskTag, Scores
from facevid_gui.core.verdict import FolderVerdict, Reason, SignerFacts, Verdict
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.findings import Findings
from facevid_gui.views.findings_custody import file_states
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
    make_tree,
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
    assert "No pass mark and no range are published" in texts[-1]
    for label in findings.scores_panel.findChildren(QLabel):
        assert label.property("tone") in (None, "", "muted"), "a score has no colour of good or bad"


@pytest.mark.parametrize(
    ("hollow", "said"),
    [
        ((), "not returned"),
        ((("similarity", "null"),), "returned as null"),
        ((("similarity", "empty"),), "returned, but empty"),
        ((("similarity", "odd"),), "returned, but neither text nor number: see the raw answer"),
    ],
)
def test_a_score_that_is_not_there_says_in_which_way(
    findings: Findings, hollow: tuple[tuple[str, str], ...], said: str
) -> None:
    show(findings, make_record("kyc", scores=Scores("0", None, hollow)))
    texts = words(findings.scores_panel)
    assert texts.count("0") == 1
    assert texts.count(said) == 1
    rows = [widget.accessibleName() for widget in findings.scores_panel.findChildren(QWidget)]
    assert {"Liveness score: 0", f"Face match score: {said}"} <= set(rows)


def test_the_scale_is_named_beside_each_score_and_no_pass_mark_is_invented(findings: Findings) -> None:
    show(findings, make_record("kyc"))
    texts = words(findings.scores_panel)
    for field in ("liveRate", "similarity"):
        assert f"{field} · out of 100, going by the interface's own samples (99, 88.01)" in texts
    assert "No pass mark and no range are published" in texts[-1]


def test_a_contract_has_no_scores_and_no_risk_tags(findings: Findings) -> None:
    show(findings, make_record("ess"))
    assert words(findings.scores_panel)[-1] == 'The e-sign interface returns no scores. "Not returned" is not 0.'
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


@pytest.mark.parametrize("field", ["LivenessInfoTag", "liveness_info_tag"])
def test_a_tag_outside_of_the_table_is_not_said_to_have_no_table(findings: Findings, field: str) -> None:
    show(findings, make_record("kyc", risk_tags=(RiskTag(field, "03", "risk.liveness.03"), RiskTag(field, "99"))))
    texts = words(findings.risk_panel)
    assert "99  not in the published table (01 to 12)" in texts
    assert not any("publishes no table" in text for text in texts)
    assert any("ends with 12" in text for text in texts)


def test_a_field_returned_without_a_value_is_not_called_not_returned(findings: Findings) -> None:
    hollow = (("LivenessInfoTag", "empty"), ("deviceInfoLevel", "null"))
    show(findings, make_record("kyc", hollow_risks=hollow))
    texts = words(findings.risk_panel)
    assert any(text.startswith("LivenessInfoTag: returned, but empty") for text in texts)
    assert any(text.startswith("deviceInfoLevel: returned as null") for text in texts)
    assert not any("No risk tag was returned" in text for text in texts)


def test_as_received_is_the_very_text(findings: Findings) -> None:
    show(findings, make_record("kyc", risk_tags=(RiskTag("LivenessInfoTag", "3", None, " 3 "),)))
    assert 'field LivenessInfoTag, as received: " 3 "' in words(findings.risk_panel)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("tag", LIVENESS_TAGS)
def test_each_of_the_twelve_says_what_it_means_what_to_look_for_and_what_it_does_not_prove(
    theme: Theme, language: str, tag: str
) -> None:
    messages = Messages(language)
    findings = Findings(theme, messages, EmptyState(theme, "info", "Findings", "Scores appear here."))
    show(findings, make_record("kyc", risk_tags=(RiskTag("LivenessInfoTag", tag, f"risk.liveness.{tag}"),)))
    title, meaning, look, limits, field = words(findings.risk_panel)
    assert title
    assert meaning.startswith(f"{tag}  ")
    assert look.startswith({"en": ("Look", "Compare", "Step"), "zh_CN": "请"}[language])
    assert limits.startswith({"en": "Does not prove ", "zh_CN": "不能证明"}[language])
    assert "LivenessInfoTag" in field
    findings.deleteLater()


def test_a_level_is_not_read_with_the_table_of_another_product(findings: Findings) -> None:
    show(findings, make_record("kyc", risk_tags=(RiskTag("DeviceInfoLevel", "3"), RiskTag("DeviceInfoTag", "03"))))
    texts = words(findings.risk_panel)
    assert sum("The same digit means different degrees" in text for text in texts) == 1
    assert sum("publishes no table for this field" in text for text in texts) == 1


def test_no_risk_tag_is_not_no_risk(findings: Findings) -> None:
    show(findings, make_record("kyc", risk_tags=()))
    assert words(findings.risk_panel)[-1] == "No risk tag was returned. That does not mean there was no risk."


def test_questions_with_their_codes(findings: Findings) -> None:
    asked = (Question("同意", "0"), Question("", "-1"), Question(None, None), Question("好", "7"))
    show(findings, make_record(questions=asked))
    title, *texts, limits = words(findings.questions_panel)
    assert title
    assert texts == [
        "No.", "Recognised answer", "Result",
        "1", "同意", "code 0: matched", "2", "returned, but empty", "code -1: not matched",
        "3", "not returned", "no code returned", "4", "好", "code 7: no meaning published",
    ]  # fmt: skip
    assert "the question itself is heard in the clip" in limits
    show(findings, make_record(questions=()))
    assert findings.questions_panel.isHidden()


def test_personal_data_is_masked_until_asked_for(findings: Findings) -> None:
    asked: list[bool] = []
    findings.unmask_wanted.connect(lambda: asked.append(True))
    show(findings)
    text = "\n".join(words(findings.details_panel))
    assert "赵*本 132****0001" in text
    assert "110***********0000" in text
    for secret in ("赵样本", "13200000001", "110101199003070000"):
        assert secret not in text
    names = [w.accessibleName() for w in findings.details_panel.findChildren(QWidget)]
    tips = [w.toolTip() for w in findings.details_panel.findChildren(QWidget)]
    assert not any("110101199003070000" in hidden or "13200000001" in hidden for hidden in (*names, *tips))
    button = next(
        b for b in findings.details_panel.findChildren(QWidget) if "Show personal data" in getattr(b, "text", str)()
    )
    button.click()
    assert asked == [True]
    show(findings, unmasked=True)
    text = "\n".join(words(findings.details_panel))
    assert "赵样本 13200000001" in text
    assert "110101199003070000" in text
    assert "Show personal data" not in text


def test_the_raw_answer_is_gated_like_personal_data(findings: Findings) -> None:
    wanted: list[bool] = []
    findings.raw_answers_wanted.connect(lambda: wanted.append(True))
    reviewed = make_reviewed()
    findings.show_record(reviewed, unmasked=False)
    findings.tabs.setCurrentIndex(1)
    assert findings._stack.currentWidget() is findings._locked
    assert wanted == []
    tree = make_tree({"idNo": "110101199003070000"})
    findings.show_raw_answers(EVIDENCE_ID, tree)
    assert findings._stack.currentWidget() is findings._locked
    assert findings.answers.is_empty, "not shown before it was asked for"
    findings.show_record(reviewed, unmasked=True)
    assert findings._stack.currentWidget() is findings.answers
    assert wanted == [True]
    findings.show_raw_answers("another record", tree)
    assert findings.answers.is_empty
    findings.show_raw_answers(EVIDENCE_ID, tree)
    assert findings.answers.model.tree is tree
    show(findings, make_record(evidence_id="f" * 32))
    assert findings.answers.is_empty, "the raw answer of the record before"
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
    text = "\n".join(words(findings.details_panel))
    for expected in ("2026-0311", "dispute", "ess.tencentcloudapi.com", SHA, "request-1", "0 请求成功",
                     "11 Mar 2026, 14:00:00 UTC+8 (2026-03-11T06:00:00Z)", "server clock +0.4 s",
                     "the text received could not be decoded", "one thing to know"):  # fmt: skip
        assert expected in text


def test_custody_begins_with_the_seal(findings: Findings) -> None:
    show(findings)
    texts = words(findings.custody_panel)
    assert texts[0] == "Not sealed yet: there is no custody chain. It begins with Save evidence."
    assert "Seal" not in texts
    show(findings, verdict=make_verdict(Verdict.VERIFIED))
    texts = words(findings.custody_panel)
    assert texts[0] == "Seal"
    assert texts.count(SHA) == 3
    assert "12 s" in texts
    assert "1  sealed\n11 Mar 2026, 16:00:00 UTC+8 (2026-03-11T08:00:00Z) · investigator" in texts


LISTED = {"capture.json": "aa" * 32, "media/video.mp4": "bb" * 32}
STRANGER = SignerFacts("CN=a stranger", SHA, trusted=False)


@pytest.mark.parametrize(
    ("verdict", "listed", "note", "states"),
    [
        (make_verdict(), LISTED, "sealed", {"data/capture.json": "file.sealed", "data/media/video.mp4": "file.sealed"}),
        (make_verdict(Verdict.ALTERED, reasons=(Reason("changed", "data/media/video.mp4"),)), LISTED, "sealed",
         {"data/capture.json": "file.sealed", "data/media/video.mp4": "reason.changed"}),
        (make_verdict(Verdict.ALTERED, reasons=(Reason("extra", "data/x"), Reason("missing", "bagit.txt"))), LISTED,
         "sealed", {"data/x": "reason.extra", "bagit.txt": "reason.missing", "data/capture.json": "file.sealed",
                    "data/media/video.mp4": "file.sealed"}),
        (make_verdict(Verdict.UNKNOWN_SIGNER, signer=STRANGER), LISTED, "listed",
         {"data/capture.json": "file.listed", "data/media/video.mp4": "file.listed"}),
        (make_verdict(Verdict.UNSIGNED, signer=None), LISTED, "listed",
         {"data/capture.json": "file.listed", "data/media/video.mp4": "file.listed"}),
        (make_verdict(Verdict.ALTERED, reasons=(Reason("bad_manifest", "manifest-sha256.txt"),)), {}, "unlisted",
         {"manifest-sha256.txt": "reason.bad_manifest"}),
    ],
    ids=["whole", "changed", "extra and missing", "stranger", "unsigned", "no list"],
)  # fmt: skip
def test_every_file_says_what_checking_it_came_to(
    findings: Findings, verdict: FolderVerdict, listed: dict[str, str], note: str, states: dict[str, str]
) -> None:
    reviewed = replace(make_reviewed(verdict=verdict), listed=listed)
    said, files = file_states(reviewed)
    assert said == f"files.note.{note}"
    assert {file.path: file.state for file in files} == states
    assert {file.tone for file in files if file.state == "file.sealed"} <= {"ok"}
    assert all(file.tone == "bad" for file in files if file.state.startswith("reason."))
    findings.show_record(reviewed, unmasked=False)
    pump_until(lambda: not findings.is_filling)
    texts = words(findings.custody_panel)
    for path in states:
        assert path in texts
    assert texts.count("unchanged") == sum(state == "file.sealed" for state in states.values())


def test_the_files_of_a_draft_are_not_called_checked(findings: Findings) -> None:
    capture = make_capture(derived=(
        Derived("media/video.mp4", "liveness", 1, "exchanges/01/response-body.bin", "/x", (), SHA, 9, "video/mp4"),
    ))  # fmt: skip
    show(findings, capture=capture)
    texts = words(findings.custody_panel)
    assert {"media/video.mp4", "as received", SHA} <= set(texts)
    assert "unchanged" not in texts


def test_values_nobody_knew_of_are_details_and_personal_ones_masked(findings: Findings) -> None:
    record = make_record("kyc", details=(
        Detail("newThing.inner", "as it came", "/result/newThing/inner"),
        Detail("person.idNo", "110101199003070000", "/result/person/idNo", personal=True),
    ))  # fmt: skip
    show(findings, record)
    texts = words(findings.details_panel)
    assert {"newThing.inner", "as it came", "110***********0000"} <= set(texts)
