"""The rows of the tamper matrix: what is done to a folder, and who sees it. See facevid_gui/evidence/TAMPERING.md."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence.verify import Trust
from tests.support.evidence_cms import Person
from tests.support.evidence_places import Place
from tests.support.evidence_tampering import Tamper


@dataclass(frozen=True)
class Case:
    """One row; `stock`, `codes`, `register`, `stuck` and `where` are sets of words separated by blanks.

    `base` is the folder it starts from: "kyc" is not stamped, "stamped" has a stamp and three custody events.
    `stock` are the commands of `evidence_stock` that see it, `stuck` those that wait for ever. `verdict` and
    `codes` are ours without a register, `register` the codes that a register adds. `where` is a path that one of
    the reasons names. `honest` means that nothing was tampered with. `signer` is enrolled in the place of the
    workstation. `needs` is what the system must allow: "root", "xattr".
    """

    number: str
    what: str
    tamper: Tamper
    stock: str
    verdict: Verdict
    codes: str = ""
    register: str = ""
    base: str = "kyc"
    where: str | None = None
    honest: bool = False
    stuck: str = ""
    signer: Callable[[], Person] | None = None
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.what}"

    def trust(self, place: Place, *, register: bool) -> Trust:
        """What the checker brings along."""
        signers = {} if self.signer is None else {"signers": (self.signer().certificate_der,)}
        return place.trust(**signers, **({} if register else {"register": None, "register_required": False}))


def then(*steps: Callable[[Place, Path], object]) -> Tamper:
    """Several steps in order."""

    def tamper(place: Place, folder: Path) -> None:
        for step in steps:
            step(place, folder)

    return tamper


def write(path: str, raw: bytes = b"x") -> Tamper:
    """Add or replace a file."""

    def tamper(_: Place, folder: Path) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(raw)

    return tamper


def remove(*paths: str) -> Tamper:
    """Remove files."""
    return lambda _, folder: [(folder / path).unlink() for path in paths]


def change(path: str, edit: Callable[[bytes], bytes]) -> Tamper:
    """Change the bytes of a file; fails when they stay what they were."""

    def tamper(_: Place, folder: Path) -> None:
        before = (folder / path).read_bytes()
        after = edit(before)
        assert after != before, path
        (folder / path).write_bytes(after)

    return tamper


def codes(verdict: FolderVerdict, *, register: bool | None = None) -> set[str]:
    """The codes of all reasons, or only those of the register, or only the others."""
    found = {reason.code for reason in verdict.reasons}
    if register is None:
        return found
    return {code for code in found if code.startswith("register_") is register}
