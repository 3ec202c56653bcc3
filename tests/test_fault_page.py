"""The page of faults tells of tests that exist, of messages that have words, and counts itself."""

import json
import re

import pytest

from facevid_gui.core.messages import LANGUAGES
from facevid_gui.resources import resource
from facevid_gui.simulator.faults import FAULTS
from tests.support.fault_page import PAGE, with_blocks
from tests.support.promised_tests import ROOT, is_there, named_in, rows_of

TEXT = PAGE.read_text("utf-8")
ROWS = [row for row in rows_of(TEXT) if len(row) == 4]
WORDS = [json.loads(resource(f"messages/{language}.json").read_text("utf-8")) for language in LANGUAGES]


def test_what_is_written_by_the_script_is_up_to_date() -> None:
    assert with_blocks(TEXT) == TEXT, "python -m tests.support.fault_page"


def test_every_fault_of_the_simulator_has_a_row() -> None:
    assert {row[0].replace(" ", "_") for row in ROWS} >= set(FAULTS) - {"none"}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_a_state_a_message_with_words_and_tests_that_know_it(row: list[str]) -> None:
    fault, state, messages, tests = row
    assert fault
    assert state
    named = named_in(tests)
    assert named
    assert [test for test in named if not is_there(*test)] == []
    codes = re.findall(r"`(\w+)`", messages)
    assert codes or messages == "-"
    sources = "".join((ROOT / file).read_text("utf-8") for file, _ in named)
    for code in codes:
        assert code in sources, f"no named test's file knows {code}"
        assert all(words.get(f"error.{code}") or words.get(f"problem.{code}") for words in WORDS), (
            f"no words for {code}"
        )
