"""What this computer lacks, told in the window without being asked (floor 2).

What enters: the library's first listing, and each answer of a service. What leaves: a notice that leads to Help, once
for each lack, when nothing else is to be read: a wrong clock, a full disk, an evidence place that cannot be written to.
What the window shows elsewhere anyway (no keyring, no player, a place that is away) is not told twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.credentials.secret_store import STATES

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.help_desk import Finding, HelpDesk
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken

KEY = "lacks"
LARGE_OFFSET_S = 60.0
_JUST_NOW = timedelta(minutes=10)
_EVIDENCE = ("read_only", "full", "unreadable")


class LackDesk(QObject):
    """Looks once at the start, and at the clock whenever a service says what time it is."""

    def __init__(
        self, services: Services, controller: Controller, help_desk: HelpDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._is_begun = False
        self._told: set[str] = set()
        self._waiting: list[Notice] = []
        session = controller.session
        session.library_changed.connect(self._on_library)
        session.page_changed.connect(self._on_page)
        session.notice_changed.connect(self._on_notice)
        help_desk.found.connect(self._on_found)

    def _on_library(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            self._controller.jobs.submit(
                KEY, lambda token, _tell: _lacks(self._services, token), self._on_lacks,
                failed=self._controller.tell_error,
            )  # fmt: skip

    def _on_lacks(self, found: tuple[Finding, ...]) -> None:
        from facevid_gui.diagnosis.words import line_of

        for finding in found:
            said = line_of(finding, self._services.messages)
            self.tell(finding.name, Notice("warn", "notice.lack", {"said": said}, actions=(("help", ""),)))

    def _on_page(self) -> None:
        """The answer that has just come says what time it is there."""
        page = self._controller.session.page
        record = page.reviewed.record if page.reviewed is not None and not page.reviewed.is_sealed else None
        if record is not None:
            is_new = self._services.clock.now() - record.captured_at < _JUST_NOW
            offset = record.clock_offset_s if is_new else None
        else:
            offset = page.outcome.clock_offset_s if page.kind == "outcome" and page.outcome is not None else None
        if offset is not None and abs(offset) > LARGE_OFFSET_S:
            self.tell("clock", Notice("warn", error=SurroundingsError("clock_differs", seconds=f"{offset:+.0f}")))

    def _on_found(self, finding: Finding) -> None:
        """Help has just asked the keyring: the line at the foot says the same."""
        session = self._controller.session
        if finding.name == "keyring" and finding.value in STATES and finding.value != session.keyring:
            session.keyring = finding.value
            session.keyring_changed.emit()

    def tell(self, name: str, notice: Notice) -> None:
        """Tell it once, when nothing else is to be read."""
        if name not in self._told:
            self._told.add(name)
            self._waiting.append(notice)
            self._on_notice()

    def _on_notice(self) -> None:
        shown = self._controller.session.notice
        if self._waiting and (shown is None or shown.tone == "ok"):
            self._controller.notify(self._waiting.pop(0))


def _lacks(services: Services, token: CancelToken) -> tuple[Finding, ...]:
    """What stands in the way of looking up and saving; no child is started for it, and no network asked."""
    from facevid_gui.diagnosis import places, surroundings
    from facevid_gui.diagnosis.finding import OK, Question

    question = Question(services, token, fresh=False)
    found = [*surroundings.clock(question), *places.room(question)]
    found += [finding for finding in places.evidence(question) if finding.value in _EVIDENCE]
    return tuple(finding for finding in found if finding.state != OK)
