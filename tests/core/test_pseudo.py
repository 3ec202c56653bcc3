"""The language nobody speaks keeps what programs need, is longer, and cannot be chosen by a user."""

import re
import string

import pytest

from facevid_gui.core.messages import LANGUAGES, Messages, choose_language
from tests.support.pseudo import CLOSE, NAME, OPEN, PseudoMessages, pseudo
from tests.test_messages import EN, blanks


def test_every_sentence_of_the_catalogue_keeps_its_blanks_and_is_longer() -> None:
    messages = PseudoMessages()
    for name, text in EN.items():
        stretched = messages._texts[name]
        assert blanks(stretched) == blanks(text), name
        assert stretched.count("\n") == text.count("\n"), name
        if text.strip():
            assert stretched.strip().startswith(OPEN), name
            assert stretched.strip().endswith(CLOSE), name
            letters = sum(len(re.sub(r"%\(\w+\)s", "", part)) for part, *_ in string.Formatter().parse(text))
            assert len(stretched) >= len(text) + 0.25 * letters, name


@pytest.mark.parametrize(
    ("text", "stretched"),
    [("Save", "⟦Sáávéé⟧"), (" files", " ⟦fïïlééš⟧"), ("&Open %1", "⟦&ÖÖpééñ %1⟧"), ("<b>on</b>", "⟦<b>ööñ</b>⟧"),
     ("{{x}} %(prog)s", "⟦{{x}} %(prog)s⟧"), ("no\nyes", "⟦ñöö\nýýéš⟧"), ("", ""), ("  ", "  ")],
)  # fmt: skip
def test_blanks_marks_and_markup_stay(text: str, stretched: str) -> None:
    assert pseudo(text).replace("~", "") == stretched


def test_it_is_no_language_of_the_program() -> None:
    assert NAME not in LANGUAGES
    assert choose_language(NAME, "de_DE") == "en"
    with pytest.raises(ValueError, match=NAME):
        Messages(NAME)
