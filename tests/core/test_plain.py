"""Foreign text where it could act: on a terminal, in a page, in a name that is proposed."""

import pytest

from facevid_gui.core.plain import file_name, plain, plain_lines
from facevid_gui.evidence.archive_names import name_problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fv-20260311T080000Z-ess-0123456789abcdef0123456789abcdef", None),
        ("合同 2026.03", None),
        ("invoice\u202egpj.exe", "invoice_gpj.exe"),
        ("a\x1b[31mb\nc\0", "a_[31mb_c_"),
        ("../../etc", "_.._etc"),
        ('a:b|c<d>e"f?g*h\\i', "a_b_c_d_e_f_g_h_i"),
        (" . ", "record"),
        ("", "record"),
        ("x" * 10_000, "x" * 80),
        ("a\ud800", "a_"),
    ],
)
def test_a_name_that_is_proposed_is_what_it_looks_like_and_lies_where_it_is_put(
    text: str, expected: str | None
) -> None:
    name = file_name(text)
    assert name == (text if expected is None else expected)
    assert name_problem(f"{name}.pdf") == ""


def test_lines_and_tabs_are_kept_where_text_has_several() -> None:
    assert plain_lines("a\tb\nc\rd\x1b\u202e") == "a\tb\nc\ufffdd\ufffd\ufffd"
    assert plain("a\tb\nc") == "a\ufffdb\ufffdc"
