"""Strangers' text on a terminal: nothing moves the cursor, turns the direction or hides; JSON means the same."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.console.chains import _for_terminal
from facevid_gui.console.output import Output, error_document
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.plain import escaped_json, plain_lines
from facevid_gui.evidence.access_view import csv_of
from facevid_gui.resources import resource
from tests.support.console import Console

HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "one byte": "\x9b2J\x90q\x9c\x85",
    "overwritten": "not verified\rverified    ",
    "erased": "bad\b\b\bgood",
    "turned": "invoice\u202egpj.exe \u2066\u2067x\u2069 \u200f",
    "unseen": "a\u200bb\u200dc\ufeffd\u00ade\u2060f\U000e0041",
    "separators": "a\u2028b\u2029c",
    "surrogate": "a\ud800b",
    "delete": "a\x7fb\x00c",
    "long": "x" * 10_000,
}
ACTS = {"Cc", "Cf", "Cs"}


def acting(text: str) -> set[str]:
    """The characters a terminal would obey, or that nobody sees."""
    return {c for c in text if unicodedata.category(c) in ACTS and c not in "\n\t"}


def forms(output: Output, text: str) -> dict[str, Callable[[], None]]:
    error = SubjectError("media_changed", path=text)
    return {
        "line": lambda: output.line(text),
        "pair": lambda: output.pair("label.signer", text),
        "say": lambda: output.say("report.done", path=text, pages=1),
        "note": lambda: output.note("provider.words", words=text, request_id=text),
        "error": lambda: output.error(error),
        "failure": lambda: output.failure(text, text),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_way_of_saying_anything_lets_it_act(text: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever puts the words together may forget to make them harmless; the last step does not."""
    output = Output(Messages(language), as_json=False)
    for name, speak in forms(output, text).items():
        speak()
        said = "".join(capsys.readouterr())
        assert said.strip(), name
        assert acting(said) == set(), (name, ascii(said)[:200])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_json_means_what_was_received_and_acts_on_no_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = {"schema": "x/1", text: [text, {"value": text, "中文": "名"}], "n": 1}
    Output(Messages("en"), as_json=True).document(document)
    said = capsys.readouterr().out
    assert acting(said) == set()
    assert json.loads(said) == document
    assert "中文" in said, "what can be read stays readable"
    Output(Messages("en"), as_json=True).document(
        error_document("x/1", UsageError("option_value", value=text), Messages("en"))
    )
    assert acting(capsys.readouterr().out) == set()


def test_a_character_beyond_the_basic_plane_is_a_pair() -> None:
    assert escaped_json('"\U000e0041\u2028😀"') == '"\\udb40\\udc41\\u2028😀"'
    assert json.loads(escaped_json('"\U000e0041"')) == "\U000e0041"


def test_our_own_words_are_left_alone() -> None:
    for language in LANGUAGES:
        for text in json.loads(resource(f"messages/{language}.json").read_text("utf-8")).values():
            assert plain_lines(text) == text


@pytest.mark.parametrize("arguments", [("verify",), ("export", "-o", "x.zip"), ("report", "-o", "x.pdf"), ("stamp",)])
@pytest.mark.parametrize("text", [HOSTILE["colours"], HOSTILE["turned"], HOSTILE["one byte"]])
def test_a_path_that_is_hostile_is_told_harmlessly(
    console: Console, tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    """A folder is named by whoever packed it."""
    folder = tmp_path / text.replace("/", "")
    folder.mkdir()
    command, *options = arguments
    done = console(command, str(folder), *options)
    assert done.code in (1, 2, 3)
    assert done.out + done.err
    assert acting(done.out + done.err) == set()


def test_a_csv_shown_on_a_terminal_is_harmless_and_in_a_file_as_it_is() -> None:
    raw = csv_of([(1, "2026-11-21T02:29:00Z", HOSTILE["title"], "e", "s", HOSTILE["turned"], "r")])
    assert "\x1b]0;owned" in raw.decode("utf-8"), "a file holds what was noted"
    shown = _for_terminal(raw).decode("utf-8")
    assert acting(shown) == set()
    assert shown.startswith("seq,at,operator")
    assert shown.count("\n") == 2
