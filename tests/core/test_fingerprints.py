"""Fingerprints: grouped for people, read back however somebody typed or pasted them."""

import pytest

from facevid_gui.core.fingerprints import DIGITS, GROUPS, cleaned, grouped

PRINT = "0123456789abcdef" * 4


def test_there_are_sixteen_groups_of_four() -> None:
    groups = grouped(PRINT).split(" ")
    assert len(groups) == GROUPS
    assert {len(group) for group in groups} == {4}
    assert "".join(groups) == PRINT


@pytest.mark.parametrize("typed", [
    PRINT, PRINT.upper(), grouped(PRINT), f"  {grouped(PRINT)}\n", ":".join(PRINT[i : i + 2] for i in range(0, 64, 2)),
    f"sha256 Fingerprint={PRINT.upper()}", f"SHA-256 {PRINT}", f"SHA256:{PRINT}", grouped(PRINT).replace(" ", "-"),
    grouped(PRINT).replace(" ", "\u3000"), "".join(chr(ord(c) + 0xFEE0) for c in PRINT),
    grouped(PRINT)[:39] + "\n" + grouped(PRINT)[40:],
])  # fmt: skip
def test_what_people_type_or_paste_of_one_is_read(typed: str) -> None:
    assert cleaned(typed) == PRINT
    assert len(cleaned(typed) or "") == DIGITS


@pytest.mark.parametrize(("typed", "digits"), [("", ""), ("ab 12", "ab12"), ("AB12", "ab12")])
def test_a_part_is_read_as_far_as_it_goes(typed: str, digits: str) -> None:
    assert cleaned(typed) == digits


@pytest.mark.parametrize("typed", ["xyz", "12 34 g", "0x12", "CN=somebody", "1\u0661"])
def test_anything_else_is_no_fingerprint(typed: str) -> None:
    assert cleaned(typed) is None
