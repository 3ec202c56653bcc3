"""The page of threats promises nothing that no test holds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "facevid_gui" / "THREATS.md").read_text("utf-8")
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ") and "`tests/" in line]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


def test_every_promise_names_a_test() -> None:
    promises = PAGE.count("\n| ") - PAGE.count("| promise |") - PAGE.split("\n## ", 1)[0].count("\n| ")
    assert len(ROWS) == promises >= 15
    assert all(re.search(r"`tests/[\w/]+\.py::test_\w+`", tests) for _, tests in ROWS)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_test_is_there(file: str, name: str) -> None:
    assert re.search(rf"^\s*def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{file}::{name}"
