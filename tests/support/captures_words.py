"""Which message ids the source uses: literal ones, and families made of f-strings."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent.parent / "facevid_gui"
TALKING = {"text", "_text", "say", "note", "pair"}
ERRORS = {"FacevidError", "SubjectError", "UsageError", "SurroundingsError"}


@dataclass(frozen=True)
class Use:
    """One place where a sentence is asked for. `pattern` matches the ids it may mean."""

    where: str
    pattern: str
    is_literal: bool
    values: frozenset[str] | None  # names of the values given; None when they are not written there


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of the package, parsed."""
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in sorted(PACKAGE.rglob("*.py")))


def patterns_of(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """Regular expressions for the texts an expression may be, and whether each is one literal text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value), True
    elif isinstance(node, ast.IfExp):
        yield from patterns_of(node.body)
        yield from patterns_of(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from patterns_of(value)
    elif isinstance(node, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in node.values]
        yield "".join(parts), False


def name_of(call: ast.Call) -> str:
    """The last part of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Every call of the package, with its place."""
    return tuple(
        (f"{path.relative_to(PACKAGE)}:{node.lineno}", node)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def given(call: ast.Call) -> frozenset[str] | None:
    """The names of the keyword arguments; None when some come in a mapping."""
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(str(name) for name in names)


def sentences_asked_for() -> Iterator[Use]:
    """Every use of a sentence by its whole id."""
    for where, call in calls():
        if name_of(call) in TALKING and call.args:
            for pattern, is_literal in patterns_of(call.args[0]):
                if r"\." in pattern:  # a message id has dots; an attribute of that name may take anything else
                    yield Use(where, pattern, is_literal, given(call))


def errors_raised() -> Iterator[Use]:
    """Every error made with a code."""
    for where, call in calls():
        if name_of(call) in ERRORS and call.args:
            for pattern, is_literal in patterns_of(call.args[0]):
                yield Use(where, pattern, is_literal, given(call))


def codes_given(to: str, position: int, keyword: str) -> Iterator[Use]:
    """Every literal code handed to calls of `to`, by position or keyword."""
    for where, call in calls():
        if name_of(call) == to:
            named = [item.value for item in call.keywords if item.arg == keyword]
            for node in (*call.args[position : position + 1], *named):
                for pattern, is_literal in patterns_of(node):
                    yield Use(where, pattern, is_literal, None)


@cache
def literals() -> frozenset[str]:
    """Every text that stands anywhere in the package, docstrings excepted, and every name of an attribute."""
    found: set[str] = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
                found.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return frozenset(found)


@cache
def families() -> tuple[re.Pattern[str], ...]:
    """Every f-string of the package as a regular expression; those without a word of their own are left out."""
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                ((pattern, _),) = patterns_of(node)
                if re.search(r"[a-z]", pattern.replace("(.+)", "")):
                    found.add(pattern)
    return tuple(re.compile(pattern) for pattern in sorted(found))


def is_said(text: str, depth: int = 2) -> bool:
    """Whether the package holds `text`, or makes it: an f-string whose blanks are filled by what it holds."""
    if text in literals() or text.isdigit():
        return True
    if depth == 0:
        return False
    matches = (pattern.fullmatch(text) for pattern in families())
    return any(match and all(is_said(part, depth - 1) for part in match.groups()) for match in matches)
