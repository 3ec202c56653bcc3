"""Writes the page of the tamper matrix from its rows: `python -m tests.support.evidence_page`."""

from collections.abc import Sequence
from pathlib import Path

import facevid_gui.evidence
from tests.support.evidence_matrix import Case
from tests.support.evidence_stock import COLUMNS

PAGE = Path(facevid_gui.evidence.__file__).with_name("TAMPERING.md")
_HEAD = """# What was done to a folder, and who sees it

Written from the rows of `tests/support/evidence_matrix*.py` by `python -m tests.support.evidence_page`; do not edit.
`tests/evidence/test_tamper_matrix.py` does every one of these things to a sealed folder and runs every command.

**verdict** is ours (`facevid verify`) without a register, with its reason codes; **register** the codes that a
register adds (`facevid verify --register`), which make a good verdict `register_disagrees`. **shown by** are the
stock commands that fail; the others pass. In brackets: commands that wait for ever or for very long.
`honest` rows are no tampering: nothing needs to see them.

Numbers 0 to 25 are the matrix of the research paper, on a folder with a stamp and three custody events. There, 12a
and 18 can only be seen by a register, and a register that was rewritten on the same machine (G6) only by a copy of
it kept elsewhere. G5: a register may always be shorter than it was; only that copy knows. N17: nothing relies on
such a copy of a chain. A signature made with the stolen key cannot be told from a genuine one: rows that say so show
what gives the forger away nevertheless.

Run with OpenSSL 3.0, GnuTLS 3.7, GNU coreutils 9.1, bagit 1.9.0, jq 1.6; other versions may see more.

| command | is |
|---|---|
"""
_OUR_OWN = {"F": "Files", "N": "Names", "L": "Lists, made to fit with the stolen key where they can be",
            "R": "The record, sealed anew with the stolen key", "S": "The signature", "T": "Timestamps",
            "C": "Custody", "G": "The register"}  # fmt: skip
_TABLE = "\n| no. | what was done | verdict: codes | register | shown by |\n|---|---|---|---|---|\n"


def page(cases: Sequence[Case]) -> str:
    """The whole page."""
    text = _HEAD + "".join(f"| {name} | {command} |\n" for name, command in COLUMNS.items())
    heading = ""
    for case in cases:
        title = _OUR_OWN.get(case.number[0], "The paper's matrix")
        if title != heading:
            text += f"\n## {title}\n{_TABLE}"
            heading = title
        text += _row(case)
    return text


def _row(case: Case) -> str:
    verdict = f"{case.verdict}: {', '.join(case.codes.split())}" if case.codes else str(case.verdict)
    shown = ", ".join(name for name in COLUMNS if name in case.stock.split())
    if case.stuck:
        shown = f"{shown} [{', '.join(case.stuck.split())}]".strip()
    if case.honest:
        verdict += " (honest)"
    return f"| {case.number} | {case.what} | {verdict} | {', '.join(case.register.split())} | {shown} |\n"


def main() -> None:
    """Write the page."""
    from tests.support.evidence_matrix_own import OWN
    from tests.support.evidence_matrix_paper import PAPER

    PAGE.write_text(page([*PAPER, *OWN]), "utf-8")


if __name__ == "__main__":
    main()
