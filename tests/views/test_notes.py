"""Notes in the window: nothing typed is lost, hostile text stays text, long lists come in pieces."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QPushButton

from facevid_gui.bridge.notes_work import Beside
from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import SubjectError
from facevid_gui.core.note import MARKER, RETRACTION, NoteDraft, NoteRef, Spot
from facevid_gui.evidence.notes import Note, Notes
from facevid_gui.evidence.snapshots import Snapshot, Snapshots
from facevid_gui.views.note_composer import Begun
from facevid_gui.views.text_dialog import TextDialog
from tests.support.window_driver import Driver
from tests.support.window_records import SHA, clip, make_record, make_reviewed, make_verdict
from tests.support.window_results import SPOT, document, note, snapshot
from tests.views.test_hostile_text import HOSTILE, SIZE, check_harmless, check_in_place, size_of


def show(driver: Driver, *notes: Note, snapshots: tuple[Snapshot, ...] = (), **more: Any) -> list[str]:
    """Show a sealed record with these notes beside it; the words that are seen."""
    record = make_record(clips=(clip(),))
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.show_page(Page("record", make_reviewed(record, make_verdict())))
    driver.until(lambda: driver.desktop.jobs.is_idle)
    view = driver.window.notes.view
    beside = Beside(Notes(tuple(notes), **more), Snapshots(snapshots))
    view.show_beside(record, beside, None)
    driver.window.findings.tabs.setCurrentIndex(driver.window.notes._tab)
    driver.until(lambda: not view.is_filling)
    return driver.texts(view)


def cards(driver: Driver) -> list[QFrame]:
    driver.until(lambda: not driver.window.notes.view.is_filling)
    driver.settle()
    found = driver.window.notes.view.findChildren(QFrame)
    return [frame for frame in found if frame.property("role") == "card" and frame.isVisible()]


# --- reading --------------------------------------------------------------------------------------------------


def test_each_note_says_who_when_where_what_and_whether_its_signature_holds(driver: Driver) -> None:
    words = show(
        driver,
        note(1, "blinks twice", kind=MARKER, spot=SPOT, replaced_by=2),
        note(2, "blinks once", kind=MARKER, spot=SPOT, about=NoteRef(1, "1" * 64)),
        note(3, "from elsewhere", document=document(3, "unknown_signer", subject="CN=desk-9")),
        note(4, "changed", document=document(4, "broken", "bad_signature", "out_of_chain", subject="")),
        note(5, "never mind", kind=RETRACTION, about=NoteRef(4, "4" * 64)),
        snapshots=(snapshot(1), snapshot(2, state="broken", findings=("picture_changed",))),
        gaps=((6, 8),),
    )
    seen = "\n".join(words)
    for text in (
        "2  marker", "investigator", "liveness video, frame 13, 00:00.480", "blinks once", "corrects number 1",
        "corrected by number 2", "signature valid · CN=desk-1", "does not know · CN=desk-9",
        "broken: changed since it was signed; the one before it", "withdraws number 4", "Notes: Missing: number 6–8",
        "snapshot 000002.png", "broken: its picture was changed", "outside its seal",
    ):  # fmt: skip
        assert text in seen, text
    order = [words.index(next(word for word in words if word.startswith(f"{number}  "))) for number in (5, 4, 3, 2, 1)]
    assert order == sorted(order), "the newest first"


def test_only_what_is_in_force_can_be_corrected(driver: Driver) -> None:
    show(driver, note(1, replaced_by=2), note(2, kind=RETRACTION, about=NoteRef(1, "1" * 64)), note(3))
    buttons = [[b.text() for b in card.findChildren(QPushButton)] for card in cards(driver)]
    assert buttons == [["Correct", "Withdraw"], [], []]


def test_a_place_in_a_clip_that_is_not_here_leads_nowhere(driver: Driver) -> None:
    went: list[Spot] = []
    driver.window.notes.view.spot_wanted.connect(went.append)
    show(driver, note(1, spot=SPOT), note(2, spot=Spot("media/gone.mp4", None, 1_000_000)))
    buttons = [[b.text() for b in card.findChildren(QPushButton)] for card in cards(driver)]
    assert ["Go to the frame" in names for names in buttons] == [False, True]
    assert "media/gone.mp4, at 00:01.000" in driver.texts(driver.window.notes.view)
    driver.click(next(b for b in cards(driver)[1].findChildren(QPushButton) if b.text() == "Go to the frame"))
    assert went == [SPOT]


def test_hundreds_of_notes_come_in_pieces_and_all_can_be_reached(driver: Driver) -> None:
    show(driver, *(note(number) for number in range(1, 71)))
    assert len(cards(driver)) == 30
    more = driver.window.notes.view._more
    for expected in (60, 70):
        driver.click(more)
        driver.until(lambda expected=expected: len(cards(driver)) == expected)
    assert not more.isVisible()


def test_a_long_note_is_shown_whole_on_demand(driver: Driver) -> None:
    text = "".join(f"{number} " for number in range(1000)) + "the end"
    show(driver, note(1, text))
    assert not any("the end" in word for word in driver.texts(driver.window.notes.view))
    driver.click(driver.button("Show all of it", driver.window.notes.view))
    dialog = driver.dialog("text_dialog")
    assert isinstance(dialog, TextDialog)
    assert dialog.text.toPlainText().endswith("the end")
    dialog.close()


def test_notes_that_cannot_be_read_are_a_problem_with_a_next_step(driver: Driver) -> None:
    show(driver)
    record = make_record(clips=(clip(),))
    driver.window.notes.view.show_beside(record, None, SubjectError("sidecar_no_folder", path="/x.work"))
    words = driver.window.notes.view.trouble.text()
    assert "is a link or a file" in words
    assert "Nothing was read or written there." in words


def test_without_a_seal_there_is_nothing_to_write_on(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.window.findings.tabs.setCurrentIndex(driver.window.notes._tab)
    assert any("Save this record first" in text for text in driver.texts(driver.window.notes.view))
    assert not driver.find("note_field").isVisible()


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_notes_are_shown_as_harmless_text_and_move_nothing(driver: Driver, name: str) -> None:
    text = HOSTILE[name]
    driver.window.resize(*SIZE)
    driver.settle()
    before = size_of(driver)
    hostile = document(3, "unknown_signer", subject=text)
    show(
        driver,
        note(1, text, operator=text, spot=Spot(text, None, 0)),
        note(2, text, operator=text, document=replace(hostile, seq=2), kind=MARKER, spot=SPOT, replaced_by=3),
        note(3, text, document=hostile, kind=RETRACTION, about=NoteRef(2, SHA)),
        snapshots=(snapshot(1, operator=text, clip=text, picture=f"snapshots/{text}"),),
        unreadable=(replace(document(9, "broken", "malformed"), name=text),),
        gaps=((4, 8),),
    )
    check_harmless(driver.window)
    check_in_place(driver, before)
    driver.window.grab()


# --- writing --------------------------------------------------------------------------------------------------


def begun(text: str, about: str = "liveness video, frame 13") -> Begun:
    return Begun(NoteDraft(MARKER, text, SPOT), about)


def test_a_marker_begins_with_its_place_and_is_signed_with_the_keyboard(driver: Driver) -> None:
    show(driver)
    composer, field = driver.window.notes.view.composer, driver.find("note_field")
    wanted: list[NoteDraft] = []
    composer.signing_wanted.disconnect()
    composer.signing_wanted.connect(wanted.append)
    composer.begin(begun("Liveness video, frame 13"))
    assert driver.find("note_about").isVisible()
    assert field.textCursor().selectedText() == "Liveness video, frame 13", "typing takes its place"  # type: ignore[attr-defined]
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert wanted == [NoteDraft(MARKER, "Liveness video, frame 13", SPOT)]


def test_words_typed_before_a_mark_stay_and_get_the_place(driver: Driver) -> None:
    show(driver)
    composer, field = driver.window.notes.view.composer, driver.find("note_field")
    QTest.keyClicks(field, "mouth and sound differ")
    composer.begin(begun("Liveness video, frame 13"))
    assert field.toPlainText() == "mouth and sound differ"  # type: ignore[attr-defined]
    assert composer.about.text() == "liveness video, frame 13"
    composer.field.clear()
    composer.begin(begun("Liveness video, frame 13"))
    composer.begin(begun("Liveness video, frame 14", "liveness video, frame 14"))
    assert composer.field.toPlainText() == "Liveness video, frame 14", "what nobody touched is replaced"
    driver.click(next(b for b in composer.findChildren(type(driver.window.page.compare_bar.link_button))
                      if b.accessibleName() == "About the whole record instead"))  # fmt: skip
    assert not driver.find("note_about").isVisible()


def test_a_correction_takes_the_place_of_what_was_typed_and_undo_brings_it_back(driver: Driver) -> None:
    show(driver, note(1, "blinks twice"))
    field = driver.find("note_field")
    QTest.keyClicks(field, "half a thought")
    driver.click(driver.button("Correct", driver.window.notes.view))
    assert field.toPlainText() == "blinks twice"  # type: ignore[attr-defined]
    field.undo()  # type: ignore[attr-defined]
    assert field.toPlainText() == "half a thought"  # type: ignore[attr-defined]


def test_what_was_typed_for_a_record_waits_for_it(driver: Driver) -> None:
    show(driver)
    composer = driver.window.notes.view.composer
    composer.begin(begun("Liveness video, frame 13"))
    composer.field.setPlainText("not yet signed")
    other = make_record(evidence_id="f" * 32)
    driver.show_page(Page("record", make_reviewed(other, make_verdict(evidence_id="f" * 32))))
    assert composer.field.toPlainText() == ""
    assert composer.about.isHidden() or not composer.about.isVisible()
    show(driver)
    assert composer.field.toPlainText() == "not yet signed"
    assert composer.about.text() == "liveness video, frame 13"


def test_while_it_is_signed_nothing_can_be_changed_and_a_refusal_gives_it_back(driver: Driver) -> None:
    show(driver)
    composer = driver.window.notes.view.composer
    composer.field.setPlainText("words")
    composer.set_busy(busy=True)
    assert not composer.field.isEnabled()
    assert not composer.sign_button.isEnabled()
    composer.refuse(SubjectError("sidecar_refused", path="/evidence"))
    assert composer.field.toPlainText() == "words"
    assert composer.sign_button.isEnabled()
    told = driver.find("note_told").text()  # type: ignore[attr-defined]
    assert "/evidence" in told
    assert "Copy the evidence folder" in told


def test_keys_of_the_desk_are_letters_while_a_note_is_written(driver: Driver) -> None:
    show(driver)
    composer = driver.window.notes.view.composer
    composer.field.setFocus()
    stage = driver.window.page.stage.canvas
    QTest.keyClicks(composer.field, "mn s t c h 0 1 + - k l")
    assert composer.field.toPlainText() == "mn s t c h 0 1 + - k l"
    assert (stage.turn, stage.layer.mirrored, driver.window.page.comparison.mode) == (0, False, "alone")
    assert driver.session.notice is None


@pytest.mark.parametrize("typed", ["", "half a thought"])
def test_escape_leaves_the_field_and_gives_the_keys_back(driver: Driver, typed: str) -> None:
    show(driver)
    driver.window.notes.write()
    field = driver.find("note_field")
    assert field.hasFocus()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.hasFocus()
    QTest.keyClick(driver.window.focusWidget(), Qt.Key.Key_N)
    assert field.hasFocus(), "the desk's keys work again"
    assert field.toPlainText() == typed, "what was typed stays"  # type: ignore[attr-defined]


def test_without_a_picture_there_is_nothing_to_mark(driver: Driver) -> None:
    show(driver)
    driver.window.page.clip_view.transport.play_button.setFocus()
    QTest.keyClick(driver.window, Qt.Key.Key_M)
    assert "no frame on the screen" in driver.notice()
