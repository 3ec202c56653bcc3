"""The tamper matrix: every row against our verifier, the register, and the stock commands; and its page.

The stock commands are run, not believed. The page that people read, facevid_gui/evidence/TAMPERING.md, is written
from these rows by `python -m tests.support.evidence_page`.
"""

import json
import os
from pathlib import Path

import pytest

from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.verify import verify_folder
from tests.support.evidence_matrix import Case, codes
from tests.support.evidence_matrix_own import OWN
from tests.support.evidence_matrix_paper import PAPER
from tests.support.evidence_page import PAGE, page
from tests.support.evidence_places import Place
from tests.support.evidence_stock import COLUMNS, complaints, keep_copies

CASES = [*PAPER, *OWN]
ROWS = pytest.mark.parametrize("case", CASES, ids=str)
FINE = (Verdict.VERIFIED, Verdict.VERIFIED_UNSTAMPED)


def tampered(place: Place, case: Case) -> Path:
    """A folder to which it was done."""
    if case.needs == "root" and os.geteuid() != 0:
        pytest.skip("needs root")
    folder = place.open_folder(case.base)
    keep_copies(place, folder)
    try:
        case.tamper(place, folder)
    except OSError as error:
        if not case.needs:
            raise
        pytest.skip(f"not possible here: {error.strerror}")
    return folder


def judge(place: Place, folder: Path, case: Case, *, register: bool):
    return verify_folder(folder, case.trust(place, register=register))


@ROWS
def test_our_verdict_on_a_tampered_folder_and_what_the_register_adds(place: Place, case: Case) -> None:
    folder = tampered(place, case)
    alone = judge(place, folder, case, register=False)
    assert (alone.verdict, codes(alone)) == (case.verdict, set(case.codes.split())), alone.reasons
    if case.where is not None:
        assert case.where in [reason.path for reason in alone.reasons]
    json.dumps([reason.path for reason in alone.reasons], ensure_ascii=False).encode("utf-8")

    compared = judge(place, folder, case, register=True)
    assert codes(compared, register=True) == set(case.register.split())
    assert codes(compared, register=False) == set(case.codes.split())
    expected = Verdict.REGISTER_DISAGREES if case.verdict in FINE and case.register else case.verdict
    assert compared.verdict is expected


@ROWS
def test_stock_commands_see_what_the_page_says(place: Place, case: Case) -> None:
    folder = tampered(place, case)
    signer = None if case.signer is None else case.signer().certificate_der
    original = place.template.folders[case.base]
    assert complaints(place, folder, original, signer, case.stuck.split()) == set(case.stock.split())


def test_every_row_is_seen_by_us_or_by_the_register_or_is_honest() -> None:
    for case in CASES:
        seen = case.verdict not in FINE or case.register
        noted = bool(case.codes)  # what is noted beside a good verdict is shown, too
        only_kept = case.stock.split() == ["kept"]  # a register rewritten to fit: nothing else can know
        assert case.honest is not (bool(seen) or noted or only_kept), case
    assert len({case.number for case in CASES}) == len(CASES) >= 60


def test_every_row_that_is_not_honest_is_shown_by_a_stock_command_or_says_why_not() -> None:
    unseen = [case.number for case in CASES if not case.honest and not (case.stock or case.stuck)]
    assert unseen == ["N17"], "nothing relies on the copy of an authority's chain"


def test_the_page_is_what_the_rows_say() -> None:
    assert PAGE.read_text("utf-8") == page(CASES), "write it anew: python -m tests.support.evidence_page"
    for name in COLUMNS:
        assert any(name in case.stock.split() for case in CASES), f"{name} shows nothing: why run it?"
