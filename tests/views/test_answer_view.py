"""The raw answers on the screen: opened, searched, copied from; media folded, foreign text harmless."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from facevid_gui.bridge.answer_model import AnswerModel
from facevid_gui.core.messages import Messages
from facevid_gui.core.record import MediaItem
from facevid_gui.views.answer_view import AnswerView
from facevid_gui.views.theme import Theme
from tests.support.window_records import BODY, make_tree

KEY = Qt.Key
DOCUMENT = {
    "Response": {
        "VideoData": {"LiveNessVideo": "*?" * 20},
        "IntentionQuestionResult": {"AsrResult": ["同意", "不同意"], "ResultCode": ["0", "-1"]},
        "Empty": "", "Number": 12, "Nothing": None, "Yes": True, "Many": [1, 2], "Long": "word " * 100,
        "RequestId": "request-1",
    }
}  # fmt: skip
LOST = MediaItem("liveness", 1, "/Response/VideoData/LiveNessVideo", problem="damaged_base64")


@pytest.fixture
def view(theme: Theme) -> AnswerView:
    made = AnswerView(theme, Messages("en"))
    made.show_tree(make_tree(DOCUMENT, (LOST,)))
    return made


def cells(model: QAbstractItemModel, parent: QModelIndex | None = None, depth: int = 0) -> list[tuple[int, str, str]]:
    """Every row with its depth, name and value, from top to bottom."""
    found = []
    above = parent or QModelIndex()
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        found.append((depth, str(index.data()), str(model.index(row, 1, above).data())))
        found += cells(model, index, depth + 1)
    return found


def choose(view: AnswerView, pointer: str) -> None:
    tree = view.model.tree
    assert tree is not None
    number = next(number for number in range(len(tree.rows)) if tree.pointer(number) == pointer)
    view.tree.setCurrentIndex(view.model.index_of(number))


def test_every_row_shows_its_name_and_value_as_received(view: AnswerView) -> None:
    rows = cells(view.model)
    assert rows[0] == (0, BODY, "object · 1")
    assert rows[1] == (1, "Response", "object · 9")
    assert (3, "LiveNessVideo", "base64, 40 bytes; could not be decoded") in rows
    assert [row for row in rows if row[0] == 4] == [
        (4, "0", '"同意"'), (4, "1", '"不同意"'), (4, "0", '"0"'), (4, "1", '"-1"'),
    ]  # fmt: skip
    for expected in (("Empty", '""'), ("Number", "12"), ("Nothing", "null"), ("Yes", "true"), ("Many", "list · 2")):
        assert (2, *expected) in rows


def test_the_model_is_one_that_qt_accepts(view: AnswerView) -> None:
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    view.show_tree(make_tree([[1, [2]], {}]))
    view.show_tree(None)
    assert cells(view.model) == []
    empty = AnswerModel(lambda _number, _column: "", ("", ""))
    QAbstractItemModelTester(empty, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_media_name_the_file_made_of_them(theme: Theme) -> None:
    view = AnswerView(theme, Messages("en"))
    tree = make_tree({"video": "AAAA"})
    rows = (*tree.rows[:1], replace(tree.rows[1], kind="media", text="", length=1234567, path="media/video.mp4"))
    view.show_tree(replace(tree, rows=rows), "data/")
    assert cells(view.model) == [
        (0, f"data/{BODY}", "object · 1"), (1, "video", "base64, 1,234,567 bytes → data/media/video.mp4"),
    ]  # fmt: skip


def test_what_is_small_is_open_at_once(view: AnswerView) -> None:
    assert view.tree.isExpanded(view.model.index_of(0))
    assert view.tree.isExpanded(view.model.index_of(1))
    many = {f"n{number}": {"inner": 1} for number in range(300)}
    view.show_tree(make_tree({"many": many}))
    assert view.tree.isExpanded(view.model.index_of(0))
    assert not view.tree.isExpanded(view.model.index_of(1))


def test_one_value_is_shown_whole_with_its_place(view: AnswerView) -> None:
    choose(view, "/Response/Long")
    assert view.value.toPlainText() == "word " * 100
    assert view.value.isReadOnly()
    assert view.pointer.text() == f"{BODY}#/Response/Long"


def test_searching_goes_forth_and_back_and_round(view: AnswerView) -> None:
    QTest.keyClicks(view.field, "asr")
    assert (view.place.text(), view.tree.currentIndex().data()) == ("1 / 1", "AsrResult")
    view.field.setText("同意")
    assert (view.place.text(), view.value.toPlainText()) == ("1 / 2", "同意")
    QTest.keyClick(view.field, KEY.Key_Return)
    assert (view.place.text(), view.value.toPlainText()) == ("2 / 2", "不同意")
    QTest.keyClick(view.field, KEY.Key_Return)
    assert view.place.text() == "1 / 2"
    QTest.keyClick(view.field, KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.place.text() == "2 / 2"
    QTest.mouseClick(view.previous_button, Qt.MouseButton.LeftButton)
    assert view.place.text() == "1 / 2"
    QTest.mouseClick(view.next_button, Qt.MouseButton.LeftButton)
    assert view.place.text() == "2 / 2"
    view.field.setText("nowhere")
    assert view.place.text() == "0 / 0"
    assert not view.next_button.isEnabled()
    view.step(1)
    view.field.clear()
    assert view.place.text() == ""


def test_what_is_found_in_a_closed_branch_is_opened(view: AnswerView) -> None:
    view.tree.collapseAll()
    view.field.setText("不同意")
    index = view.tree.currentIndex()
    assert index.data() == "1"
    while (index := index.parent()).isValid():
        assert view.tree.isExpanded(index)


@pytest.mark.parametrize(
    ("pointer", "copied"),
    [
        ("/Response/IntentionQuestionResult/AsrResult/0", "同意"),
        ("/Response/Empty", ""),
        ("/Response/Number", "12"),
        ("/Response/Many", "list · 2"),
        ("/Response/VideoData/LiveNessVideo", "base64, 40 bytes; could not be decoded"),
    ],
)
def test_values_and_places_are_copied(view: AnswerView, pointer: str, copied: str) -> None:
    choose(view, pointer)
    QGuiApplication.clipboard().setText("before")
    view.copy_value_button.click()
    assert QGuiApplication.clipboard().text() == copied
    view.copy_path_button.click()
    assert QGuiApplication.clipboard().text() == f"{BODY}#{pointer}"


def test_an_answer_that_is_no_json_is_shown_as_its_text(view: AnswerView) -> None:
    tree = make_tree({})
    row = replace(tree.rows[0], kind="text", text='{"code": "0", "result": {"live')
    view.show_tree(replace(tree, rows=(row,)))
    assert cells(view.model) == [(0, BODY, "no JSON; as text, below")]
    assert view.value.toPlainText() == '{"code": "0", "result": {"live'
    view.copy_value_button.click()
    assert QGuiApplication.clipboard().text() == '{"code": "0", "result": {"live'


def test_an_answer_whose_bytes_are_others_says_so(view: AnswerView) -> None:
    view.show_tree(replace(make_tree(DOCUMENT), damaged=frozenset({0})))
    assert cells(view.model)[0][2] == "the bytes on disk are not the recorded ones · object · 1"


def test_rows_that_are_not_listed_are_counted_and_say_where_they_are(view: AnswerView) -> None:
    view.show_tree(make_tree([0] * 6000), "data/")
    assert cells(view.model)[-1][2] == f"1,000 more, not listed here; all is in data/{BODY}"


def test_without_answers_it_says_so(view: AnswerView) -> None:
    view.show_tree(None)
    assert view.is_empty
    assert view.value.placeholderText() == "Reading the answer…"
    assert not view.copy_value_button.isEnabled()
    view.copy_value()
    view.copy_path()
    view.step(1)
    tree = make_tree({})
    view.show_tree(replace(tree, rows=(), answers=0, order=(), folded=()))
    assert view.value.placeholderText() == "No answer was kept."
