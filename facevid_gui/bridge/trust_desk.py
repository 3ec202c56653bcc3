"""Trusting who signed a folder, after fingerprints were compared (floor 2).

What enters: what somebody typed from the sheet that came by another road. What leaves: whether it is the fingerprint
of the folder's signer; then the trusted certificate, and the folder verified anew. Which groups are asked for is drawn
anew for each comparison, so that nobody can prepare a certificate that is right only where one looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import trust_work
from facevid_gui.core.fingerprints import DIGITS, GROUP, GROUPS, cleaned
from facevid_gui.core.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.review import Reviewed

ASKED_GROUPS = 5


@dataclass(frozen=True)
class Stranger:
    """A signer who is not trusted yet: a folder's, or one whose certificate file `folder` names.

    `asked` are the numbers (from 0) of the groups to be typed.
    """

    folder: Path
    subject: str
    sha256: str
    asked: tuple[int, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The fingerprint in groups."""
        return tuple(self.sha256[start : start + GROUP] for start in range(0, DIGITS, GROUP))

    def is_complete(self, typed: str) -> bool:
        """Whether so much was typed that it can be compared: the asked groups, or the whole fingerprint."""
        return len(cleaned(typed) or "") in (GROUP * len(self.asked), DIGITS)

    def is_same(self, typed: str) -> bool:
        """Whether that is what was typed. Nothing is told of single digits: they could be guessed one by one."""
        return cleaned(typed) in ("".join(self.groups[number] for number in self.asked), self.sha256)


def draw_groups() -> tuple[int, ...]:
    """Which groups are to be typed this time."""
    import secrets  # costs more than the window has to spend at its start

    return tuple(sorted(secrets.SystemRandom().sample(range(GROUPS), ASKED_GROUPS)))


class TrustDesk(QObject):
    """The commands of the trust dialog."""

    trusted = Signal()
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller

    def stranger(self) -> Stranger | None:
        """Who signed the open folder, if that is a stranger."""
        reviewed = self._controller.session.page.reviewed
        verdict = reviewed.verdict if reviewed is not None else None
        if reviewed is None or verdict is None or verdict.verdict is not Verdict.UNKNOWN_SIGNER:
            return None
        if verdict.signer is None:
            return None
        return Stranger(reviewed.folder, verdict.signer.subject, verdict.signer.sha256, draw_groups())

    def trust(self, stranger: Stranger, typed: str) -> bool:
        """Trust a stranger, if what was typed is the fingerprint; the folder is then verified anew.

        False when it has not begun: another fingerprint, or something else is running.
        """
        return stranger.is_same(typed) and self._controller.begin(
            "trust", lambda _token, _tell: trust_work.trust_signer(self._services, stranger.folder, stranger.sha256),
            self._on_trusted, self._on_refused,
        )  # fmt: skip

    def _on_trusted(self, reviewed: Reviewed) -> None:
        self._controller.show_opened(reviewed)
        self.trusted.emit()

    def _on_refused(self, error: FacevidError) -> None:
        self._controller.end_activity()
        self.refused.emit(error)
