"""The checks of the walk see what is wrong: one small window for each fault."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.views.least_size import LeastSize
from facevid_gui.views.narrow_button import NarrowButton
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.widgets import PlainLabel
from tests.support.pseudo import pseudo
from tests.support.window_access import Access, is_lost, reading_chain
from tests.support.window_contrast import Contrasts
from tests.support.window_layout import looked_at
from tests.support.window_walk import Shown
from tests.support.window_words import left_over, untranslated

Make = Callable[..., QDialog]
SEEN = "QPushButton { border: 1px solid grey; } QPushButton:focus { border: 3px solid black; }"


@pytest.fixture
def make(application: QApplication) -> Make:
    made: list[QDialog] = []

    def show(*parts: QWidget, title: str = "Window", sheet: str = "") -> QDialog:
        dialog = QDialog()
        dialog.setWindowTitle(title)
        column = QVBoxLayout(dialog)
        for part in parts:
            column.addWidget(part)
        dialog.setStyleSheet(sheet)
        dialog.show()
        dialog.activateWindow()
        application.processEvents()
        made.append(dialog)
        return dialog

    yield show  # type: ignore[misc]
    for dialog in made:
        dialog.close()
        dialog.deleteLater()


def complaints(dialog: QDialog) -> str:
    return "\n".join(Access()(Shown("here", dialog)))


def named_field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    return field


def test_a_window_that_is_in_order_is_not_complained_about(make: Make) -> None:
    parts = named_field("Case"), QPushButton("Back"), QPushButton("Go on")
    assert complaints(make(*parts, sheet=SEEN)) == ""


def test_what_has_no_name_is_named(make: Make) -> None:
    icon = QToolButton()
    icon.setObjectName("icon")
    icon.setAccessibleName("Copy")
    said = complaints(make(QLineEdit(), icon, title=""))
    assert "QLineEdit  in QDialog has no name" in said
    assert "QToolButton icon in QDialog is an icon without a tooltip" in said
    assert "has no title" in said


def test_two_controls_of_one_name_need_a_description(make: Make) -> None:
    twins = QPushButton("Copy"), QPushButton("Copy")
    dialog = make(*twins, sheet=SEEN)
    assert "'Copy' is said of" in complaints(dialog)
    twins[1].setAccessibleDescription("the seal's digest")
    assert complaints(dialog) == ""


def test_a_jump_back_is_seen_and_the_helper_of_the_views_cures_it(make: Make) -> None:
    first, second, third = (named_field(name) for name in ("first", "second", "third"))
    dialog = make(first, second, third, sheet=SEEN)
    QWidget.setTabOrder(third, second)
    assert "Tab goes back from" in complaints(dialog)
    keep_reading_order(dialog)
    assert complaints(dialog) == ""
    assert reading_chain(dialog) == [first, second, third]


def test_a_part_that_is_come_to_twice_is_seen(make: Make) -> None:
    box, below = QWidget(), QPushButton("Below")
    inside = named_field("one"), named_field("two")
    row = QHBoxLayout(box)
    for field in inside:
        row.addWidget(field)
    dialog = make(box, below)
    QWidget.setTabOrder(inside[0], below)
    QWidget.setTabOrder(below, inside[1])
    assert "2 times" in complaints(dialog)


def test_a_focus_that_nobody_sees_is_told(make: Make) -> None:
    button, other = QPushButton("One"), QPushButton("Two")
    dialog = make(button, other, sheet="QPushButton { border: 1px solid black; background: white; outline: none; }")
    assert is_lost(dialog, button, other)
    dialog.setStyleSheet(SEEN)
    assert not is_lost(dialog, button, other)


@pytest.mark.parametrize(("color", "seen"), [("#777777", 4.2), ("#767676", 4.5)])
def test_contrast_is_measured_in_pixels(make: Make, color: str, seen: float) -> None:
    """The two greys next to the limit of WCAG AA on white (4.48 and 4.54)."""
    label = QLabel("█████ text")  # one of its letters is a block: its colour is whole at every scale
    label.setStyleSheet(f"color: {color}; background: white;")
    found = list(Contrasts()(Shown("here", make(label))))
    assert bool(found) == (seen < 4.5), found


def test_a_label_a_box_and_a_button_that_are_cut_are_seen(make: Make) -> None:
    label, box, button = QLabel("a sentence that is long"), QComboBox(), QPushButton("a button that says a lot")
    box.addItem("an entry that is long")
    for part in (label, box, button):
        part.setFixedWidth(40)
    found = list(looked_at(make(label, box, button)))
    assert [word for word in ("QLabel", "QComboBox", "QPushButton") if any(word in text for text in found)] == [
        "QLabel", "QComboBox", "QPushButton",
    ]  # fmt: skip


def test_a_narrow_button_says_the_whole_of_what_it_shortens(make: Make) -> None:
    button = NarrowButton("Show personal data (logged)")
    dialog = make(button)
    dialog.resize(600, 100)
    QApplication.processEvents()
    assert button.toolTip() == ""
    button.setFixedWidth(80)
    QApplication.processEvents()
    assert (button.toolTip(), button.text()) == ("Show personal data (logged)", "Show personal data (logged)")
    assert list(looked_at(dialog)) == []


def test_a_window_with_a_least_size_has_room_for_its_sentence(make: Make) -> None:
    dialog = make(PlainLabel("word " * 60, wrap=True))
    dialog.resize(10, 10)
    QApplication.processEvents()
    assert any("is cut" in text for text in looked_at(dialog))
    dialog.close()
    LeastSize(dialog, 300)
    dialog.show()
    dialog.resize(10, 10)
    QApplication.processEvents()
    assert dialog.width() == 300
    assert list(looked_at(dialog)) == []


def test_words_that_no_translation_was_asked_for_are_seen(make: Make) -> None:
    dialog = make(QLabel(pseudo("Case")), QLabel("Forgotten"), title=pseudo("Window"))
    found = list(untranslated(Shown("here", dialog)))
    assert len(found) == 1
    assert "Forgotten" in found[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{pseudo('Frame {number}').format(number=pseudo('one'))} more", ["more"]),
        ("data/media/liveness.mp4 2026-03-11T08:00Z 12.5 kB SecretId", []),
        ("Ctrl+Shift+L", []),
        ("", []),
    ],
)
def test_what_is_the_same_in_every_language_is_left(text: str, words: list[str]) -> None:
    assert left_over(text) == words
