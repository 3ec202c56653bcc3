"""Pages that name tests as their proof: the rows of their tables, and whether the tests are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows_of(page: str) -> list[list[str]]:
    """The cells of every line of a table that is neither its head nor the line below that."""
    lines = page.splitlines()
    tables = [line for line, below in zip(lines, [*lines[1:], ""], strict=True)
              if line.startswith("| ") and not below.startswith("|---")]  # fmt: skip
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in tables]


def named_in(text: str) -> list[tuple[str, str]]:
    """The tests that are named, each once: file and name."""
    return sorted(set(_NAMED.findall(text)))


def is_there(file: str, name: str) -> bool:
    """Whether a file holds a test of that name."""
    path = ROOT / file
    return path.is_file() and bool(re.search(rf"^\s*def {name}\(", path.read_text("utf-8"), re.MULTILINE))
