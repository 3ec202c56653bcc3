"""Lines of a report: nothing is dropped, words and marks stay where they belong, what acts is only seen."""

import pytest

from facevid_gui.evidence.report_wrap import printable, wrapped


def columns(text: str) -> float:
    """A Chinese letter is two wide."""
    return sum(2.0 if ord(letter) > 0x2E7F else 1.0 for letter in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 9, ["one two", "three"]),
        ("中文可以随处断开", 8, ["中文可以", "随处断开"]),
        ("证据编号,不得改动", 8, ["证据编", "号,不得", "改动"]),  # no line begins with the comma
        ("甲方(乙方)", 6, ["甲方", "(乙方)"]),
        ("姓名：李四。", 10, ["姓名：李", "四。"]),
        ("见 README.txt 一节", 12, ["见", "README.txt", "一节"]),
        ("abcdefghij", 4, ["abc", "def", "ghij"]),
    ],
)
def test_where_lines_break(text: str, width: float, lines: list[str]) -> None:
    assert wrapped(text, width, columns) == lines


def test_a_hash_too_long_for_a_line_is_halved_evenly() -> None:
    first, second = wrapped("ab" * 32, 40, columns)
    assert first + second == "ab" * 32
    assert abs(len(first) - len(second)) <= 4


@pytest.mark.parametrize("width", [1, 2, 3, 7, 20])
def test_no_letter_is_lost_and_no_line_too_wide(width: int) -> None:
    text = "混合 mixed text,和标点。（括号）\u3000 long-word-without-blanks 12:30:05 结尾"
    lines = wrapped(text, width, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= max(width, 2) for line in lines), lines


def test_what_cannot_be_drawn_or_would_act_is_seen_as_its_code_point() -> None:
    has = "abc 张\u202e\x1b\ufffd".__contains__
    assert printable("a😀张", has) == "a[U+1F600]张"
    assert printable("\u202eabc\x1b", has) == "[U+202E]abc[U+001B]"
    assert printable("\ud800", has) == "[U+D800]"
