"""Opening and unmasking: what the controller does behind a reason, where one is demanded (floor 2).

What enters: wishes to look at something. What leaves: jobs; where a worker finds that a reason is demanded and none was
given, nothing is shown: the reason is asked for, and the same wish goes again with it. So the rule stands in one place,
and the GUI thread reads no settings.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import work
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.core.reasons import remember

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.review import Reviewed

REASON_NEEDED = "reason_needed"


class Opening(QObject):
    """The part of the controller that opens; `begin` and what is shown are the controller's."""

    reason_wanted = Signal(str, object)  # one of core.reasons.ASKED_FOR, and what to do with the reason
    _services: Services
    session: Session
    jobs: JobRunner
    _opened_for: tuple[object, str, Reviewed | None] = (None, "", None)  # what was opened, why, and what came of it

    if TYPE_CHECKING:
        # ruff: noqa: D102 - said where they are made

        def begin(
            self, what: str, run: Callable[[Any, Any], Any], done: Callable[[Any], None],
            failed: Callable[[FacevidError], None] | None = None,
        ) -> bool: ...  # fmt: skip
        def show_opened(self, reviewed: Reviewed) -> None: ...
        def tell_error(self, error: FacevidError) -> None: ...
        def end_activity(self) -> None: ...
        def _on_failed(self, what: str, error: FacevidError) -> None: ...
        def _show_unmasked(self, evidence_id: str) -> None: ...

    def open_entry(self, entry: LibraryEntry) -> None:
        """Open a row of the library."""
        if entry.state == "sealed" or evidence_id_of(entry.path.name):
            self.open_folder(entry.path)
        else:
            self.open_capture(entry.evidence_id)

    def open_folder(self, folder: Path) -> None:
        """Open a sealed folder; it is verified before anything of it is shown."""
        self.open_with_reason(folder, lambda reason: partial(_open_folder, self._services, folder, reason))

    def open_capture(self, capture: str) -> None:
        """Open an unsaved capture by id."""
        self.open_with_reason(capture, lambda reason: partial(_open_capture, self._services, capture, reason))

    def open_with_reason(
        self, subject: object, run: Callable[[str], Callable[[Any, Any], Any]],
        done: Callable[[Any], None] | None = None, failed: Callable[[FacevidError], None] | None = None,
    ) -> None:  # fmt: skip
        """Open `subject` by the work that `run` makes of a reason; what is open already keeps the reason it had."""
        before, reason, reviewed = self._opened_for
        is_open = subject == before and reviewed is not None and reviewed is self.session.page.reviewed
        self._open(subject, run, done or self.show_opened, failed, reason if is_open else "")

    def _open(
        self, subject: object, run: Callable[[str], Callable[[Any, Any], Any]], done: Callable[[Any], None],
        failed: Callable[[FacevidError], None] | None, reason: str,
    ) -> None:  # fmt: skip
        def on_opened(answer: Any) -> None:  # noqa: ANN401 - whatever the work brings
            done(answer)
            self._opened_for = (subject, reason, self.session.page.reviewed)

        def on_failed(error: FacevidError) -> None:
            if error.code == REASON_NEEDED:
                self.end_activity()
                self.ask_reason("open", partial(self._open, subject, run, done, failed))
            elif failed is not None:
                failed(error)
            else:
                self._on_failed("open", error)

        self.begin("open", run(reason), on_opened, on_failed)

    def unmask(self, reason: str = "") -> None:
        """Show personal data of the open record; that is logged first."""
        page = self.session.page
        if page.reviewed is None or page.unmasked:
            return
        evidence_id = page.title_id
        self.jobs.submit(
            "unmask", lambda _token, _tell: work.note_unmasking(self._services, evidence_id, reason),
            lambda _none: self._show_unmasked(evidence_id), failed=self._on_not_unmasked,
        )  # fmt: skip

    def _on_not_unmasked(self, error: FacevidError) -> None:
        if error.code == REASON_NEEDED:
            self.ask_reason("unmask", self.unmask)
        else:
            self.tell_error(error)

    def ask_reason(self, what: str, act: Callable[[str], object]) -> None:
        """Ask why; `act` goes on with what was said."""

        def go_on(reason: str) -> None:
            self.session.reasons = remember(self.session.reasons, reason)
            act(reason)

        self.reason_wanted.emit(what, go_on)


def _open_folder(services: Services, folder: Path, reason: str, token: CancelToken, _tell: object) -> Reviewed:
    return work.open_folder(services, folder, reason, token)


def _open_capture(services: Services, capture: str, reason: str, _token: object, _tell: object) -> Reviewed:
    return work.open_capture(services, capture, reason)
