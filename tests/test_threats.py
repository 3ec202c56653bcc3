"""The page of threats promises nothing that no test holds."""

import pytest

from tests.support.promised_tests import ROOT, is_there, named_in, rows_of

PAGE = (ROOT / "facevid_gui" / "THREATS.md").read_text("utf-8")
PROMISES = rows_of(PAGE.split("\n## ", 1)[1])  # the table before them says who is against us


def test_every_promise_names_a_test() -> None:
    assert len(PROMISES) >= 15
    assert [promise for promise, tests in PROMISES if not named_in(tests)] == []


@pytest.mark.parametrize(("file", "name"), named_in(PAGE), ids=[name for _, name in named_in(PAGE)])
def test_the_test_is_there(file: str, name: str) -> None:
    assert is_there(file, name), f"{file}::{name}"
