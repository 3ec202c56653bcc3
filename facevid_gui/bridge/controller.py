"""The commands of the window: each becomes a job, each answer a change of the session (floor 2).

What enters: imperative calls from views. What leaves: changes of the one session, which only this module and the
profile desk write. Workers take and return frozen values; what is no longer asked for is dropped by the runner.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from facevid_gui.bridge import work
from facevid_gui.bridge.opening import Opening
from facevid_gui.bridge.session import Activity, Notice, Page, Session
from facevid_gui.core.errors import CancelledError, FacevidError, UsageError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.lookups.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.photos import Photo
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.review import Reviewed

TICK_MS = 20_000
# Which kinds of profile can ask for what was recognised.
_ASKED_OF = {
    "order": ("kyc",), "flow": ("ess", "essbasic"), "signer": ("ess", "essbasic"),
    "flow_and_signer": ("ess", "essbasic"),
}  # fmt: skip


class Controller(Opening):
    """Turns gestures into jobs and their answers into state."""

    raw_answers_read = Signal(str, object)  # evidence id, AnswerTree
    capture_saved = Signal()
    library_stale = Signal(object)  # paths; none: all of it
    library_noted = Signal()  # the index itself was written to: only what is shown of it is old
    save_refused = Signal(object)  # FacevidError
    clip_expected = Signal(object)  # the bytes that will be shown in a moment; None: they will not

    def __init__(self, services: Services, session: Session, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.session = session
        self.jobs = jobs
        self._sign_id: str | None = None
        self.asked: work.Question | None = None  # what the page speaks of, whatever stands in the field now
        self._ahead: work.ClipAhead | None = None
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(session.minute_passed)

    def start(self) -> None:
        """Look at profiles, keyring and library; nothing here waits for the network."""
        self.jobs.submit("start", lambda _token, _tell: work.start(self._services), self._on_started,
                         failed=self.tell_error)  # fmt: skip
        self._ticker.start()

    def choose_profile(self, name: str) -> None:
        """Use another profile."""
        profile = next((known for known in self.session.profiles if known.name == name), None)
        if profile is not self.session.profile:
            self.session.profile = profile
            self._forget_signers()
            self.session.profile_chosen.emit()

    def recognise(self, text: str) -> None:
        """Say what was pasted; choose a profile that can ask for it when the chosen one cannot."""
        session = self.session
        kind = session.profile.kind if session.profile else None
        found = recognise(text, kind)
        if found != session.recognised:
            if found.flow_id != session.signers_of:
                self._forget_signers()
            session.recognised = found
            self._fit_profile(found.what)
            session.recognised_changed.emit()

    def choose_signer(self, sign_id: str | None) -> None:
        """Ask for this signer; None: the only signed person."""
        self._sign_id = sign_id or None

    def look_up(self) -> None:
        """Look up what was pasted."""
        question = self.question()
        if question is not None and self.begin(
            "look_up", partial(work.look_up, self._services, question), self.show_answer
        ):
            self.asked = question

    def rescue(self, sealing: work.Sealing) -> None:
        """Look up and seal at once."""
        question = self.question()
        if question is not None and self.begin(
            "rescue", partial(work.rescue, self._services, question, sealing), self._on_rescued
        ):
            self.asked = question

    def list_signers(self) -> None:
        """Ask who signed the pasted flow."""
        question = self.question(any_signer=True)
        if question is not None and question.query.kind != "kyc":
            run = partial(work.list_signers, self._services, question)
            self.begin("signers", run, partial(self._on_signers, question))

    def cancel(self) -> None:
        """Ask what runs to stop; it says itself when it has."""
        activity = self.session.activity
        if activity.what:
            self._set_activity(replace(activity, cancelling=True))
            left_behind = activity.what == "open" and not activity.stage  # a dead network drive answers to nobody
            self.jobs.cancel(activity.what, drop=left_behind)
            if left_behind:
                self._on_cancelled(activity.what)

    def load_media(
        self, item: MediaItem, done: Callable[[bytes], None], failed: Callable[[FacevidError], None]
    ) -> None:
        """Read a clip of the open record, checked against its hash; only the latest wish is answered."""
        reviewed = self.session.page.reviewed
        if self._ahead is not None and self._ahead.sha256 == item.sha256:
            self.jobs.cancel("clip", drop=True)
            done(self._ahead.data)  # read and checked a moment ago
        elif reviewed is not None:
            self.jobs.submit("clip", lambda _token, _tell: work.load_media(reviewed, item), done, failed=failed)

    def load_photo(
        self, item: MediaItem, done: Callable[[Photo], None], failed: Callable[[FacevidError], None]
    ) -> None:
        """Read and decode a photo of the open record."""
        from facevid_gui.bridge.photos import decode_photo  # not needed before a record with one is open

        reviewed = self.session.page.reviewed
        if reviewed is not None:
            self.jobs.submit(
                "photo", lambda _token, _tell: decode_photo(item, work.load_media(reviewed, item)), done, failed=failed
            )

    def forget_media(self) -> None:
        """What was still being read belongs to a record that is no longer open."""
        for key in ("clip", "photo", "reference", "raw"):
            self.jobs.cancel(key, drop=True)

    def read_raw_answers(self) -> None:
        """Read the answers of the open record."""
        reviewed = self.session.page.reviewed
        if reviewed is not None:
            evidence_id = reviewed.record.evidence_id
            self.jobs.submit(
                "raw", lambda _token, _tell: work.load_raw_answers(reviewed),
                lambda tree: self.raw_answers_read.emit(evidence_id, tree), failed=self.tell_error,
            )  # fmt: skip

    def save(self, sealing: work.Sealing) -> None:
        """Make evidence of the open capture."""
        reviewed = self.session.page.reviewed
        if reviewed is None or reviewed.is_sealed:
            return
        capture = reviewed.record.evidence_id
        self.begin("seal", lambda token, _tell: work.seal(self._services, capture, sealing, token), self._on_sealed,
                    self._on_save_refused)  # fmt: skip

    def discard(self, reason: str) -> None:
        """Remove the open capture for good, unless it is just becoming evidence."""
        reviewed = self.session.page.reviewed
        if reviewed is None or reviewed.is_sealed or self.session.activity.what == "seal":
            return
        self.show_page(Page())  # its files are let go of before they are removed
        self.remove_capture(reviewed.record.evidence_id, reason)

    def remove_capture(self, capture: str, reason: str) -> None:
        """Remove a capture for good, even while the window closes."""
        self.jobs.submit(
            f"discard {capture}", lambda _token, _tell: work.discard(self._services, capture, reason),
            lambda _none: self._on_discarded(capture), failed=self.tell_error, lasting=True,
        )  # fmt: skip

    def refresh_library(self, *changed: Path | None) -> None:
        """Look at these folders again, or at all of the library where none is named."""
        paths = tuple(path for path in changed if path is not None)
        if paths or not changed:
            self.library_stale.emit(paths)

    def dismiss_notice(self) -> None:
        """The user has read it."""
        self.notify(None)

    def shut_down(self) -> bool:
        """Stop everything; False when something hangs and is left behind."""
        self._ticker.stop()
        self.session.given.clear()
        return self.jobs.shut_down()

    @Slot(object)
    def _on_started(self, start: work.Start) -> None:
        session = self.session
        session.profiles, session.keyring = start.profiles, start.keyring
        session.evidence_roots, session.key_protection = start.evidence_roots, start.key_protection
        session.keys_in_environment = start.keys_in_environment
        session.started = True
        if session.profile is None and start.profiles:
            wanted = self._services.environ.get("FACEVID_PROFILE")
            session.profile = next((p for p in start.profiles if p.name == wanted), start.profiles[0])
        session.keyring_changed.emit()
        session.profiles_changed.emit()
        session.profile_chosen.emit()
        if start.damaged is not None:
            self.tell_error(start.damaged)
        self.refresh_library()

    def show_answer(self, answered: work.Answered) -> None:
        """An answer is here: its record, or what it came to."""
        self.end_activity()
        if answered.flow is not None:
            self._know_signers(answered)
        found = answered.outcome.ok and answered.reviewed is not None
        kind, reviewed = ("record", answered.reviewed) if found else ("outcome", None)
        asked = self.asked.query if self.asked else None
        self.show_page(Page(kind, reviewed, answered.outcome, answered.flow, answered.capture, asked=asked))
        self.refresh_library(answered.capture, answered.reviewed.folder if answered.reviewed else None)

    def _on_rescued(self, answered: work.Answered) -> None:
        self.show_answer(answered)
        if answered.reviewed is not None and answered.reviewed.is_sealed:
            self._tell_sealed("notice.rescued", answered.reviewed, answered.problem)
        elif answered.problem is not None:
            self.tell_error(answered.problem)

    def _on_signers(self, question: work.Question, answered: work.Answered) -> None:
        self.end_activity()
        if answered.flow is None or answered.outcome.kind is not OutcomeKind.FOUND:
            self.asked = question
            self.show_page(Page("outcome", outcome=answered.outcome, asked=question.query))
        else:
            self._know_signers(answered)

    def show_opened(self, reviewed: Reviewed) -> None:
        """A folder was opened: show it."""
        self.end_activity()
        self.show_page(Page("record", reviewed, reviewed.record.outcome))
        if reviewed.is_sealed:
            self.refresh_library(reviewed.folder)

    def _on_sealed(self, answered: work.Answered) -> None:
        assert answered.reviewed is not None
        self.show_opened(answered.reviewed)
        self._tell_sealed("notice.sealed", answered.reviewed, answered.problem)
        self.capture_saved.emit()

    def _on_save_refused(self, error: FacevidError) -> None:
        self.end_activity()
        self.save_refused.emit(error)
        self.refresh_library()

    def tell_error(self, error: FacevidError) -> None:
        """Something that is no page of its own went wrong."""
        self.notify(Notice("bad", error=error))

    def _show_unmasked(self, evidence_id: str) -> None:
        page = self.session.page
        if page.title_id == evidence_id:
            self.session.page = replace(page, unmasked=True)
            self.session.page_changed.emit()

    def question(self, *, any_signer: bool = False) -> work.Question | None:
        """What is asked, checked; a notice says what is missing."""
        session = self.session
        found = session.recognised
        try:
            if session.profile is None:
                raise UsageError("profile_none", kind="ess")
            if found.problem is not None:
                raise found.problem
            kind = session.profile.kind
            if found.what in _ASKED_OF and kind not in _ASKED_OF[found.what]:
                raise UsageError("profile_none", kind=_ASKED_OF[found.what][0])
            if kind == "kyc":
                query = Query.for_order(found.order_no or "")
            else:
                signer = None if any_signer else (self._sign_id or found.sign_id)
                query = Query.for_flow(kind, found.flow_id or "", signer)
        except FacevidError as error:
            self.tell_error(error)
            return None
        self.notify(None)
        return work.Question(session.profile, query, session.given.get(session.profile.name))

    def begin(self, what: str, run: Callable[[Any, Any], Any], done: Callable[[Any], None],
               failed: Callable[[FacevidError], None] | None = None) -> bool:  # fmt: skip
        """Start something the user waits for. Only one such thing runs: a second gesture is told to wait its turn."""
        if self.session.activity.what not in ("", "open") or (what != "open" and self.session.is_busy):
            self.notify(Notice("warn", "notice.busy"))
            return False
        self.notify(None)
        self._set_activity(Activity(what))
        self.jobs.submit(
            what, run, done, failed=failed or partial(self._on_failed, what),
            progress=partial(self._on_progress, what), cancelled=partial(self._on_cancelled, what),
        )  # fmt: skip
        return True

    def _on_progress(self, what: str, told: tuple[str, int] | work.ClipAhead) -> None:
        activity = self.session.activity
        if isinstance(told, work.ClipAhead):
            self._expect(told)
        elif activity.what == what:
            self._set_activity(replace(activity, stage=told[0], number=told[1]))

    def _expect(self, ahead: work.ClipAhead | None) -> None:
        if ahead is not self._ahead:
            self._ahead = ahead
            self.clip_expected.emit(ahead.data if ahead else None)

    def _on_failed(self, what: str, error: FacevidError) -> None:
        self.end_activity()
        self._expect(None)
        if what == "open":
            self.show_page(Page("error", error=error, verdict=getattr(error, "verdict", None)))
        else:
            self.notify(Notice("bad", error=error))
        self.refresh_library()

    def _on_cancelled(self, what: str) -> None:
        self.end_activity()
        self._expect(None)
        if what != "open":
            self.notify(Notice("warn", error=CancelledError()))
        self.refresh_library()

    def _on_discarded(self, capture: str) -> None:
        self.notify(Notice("ok", "notice.discarded", {"id": capture}))
        self.refresh_library(self._services.paths.captures / capture)

    def _tell_sealed(self, message: str, reviewed: Reviewed, not_stamped: FacevidError | None) -> None:
        self.session.note_sealed(self._services.evidence_roots(), waits=not_stamped is not None)
        self.refresh_library(reviewed.folder, self._services.paths.captures / reviewed.record.evidence_id)
        if not_stamped is None:
            self.notify(Notice("ok", message, {"path": str(reviewed.folder)}))
        else:
            why = self._services.messages.error(not_stamped)[0]
            self.notify(Notice("warn", "notice.sealed_unstamped", {"path": str(reviewed.folder), "why": why}))

    def _know_signers(self, answered: work.Answered) -> None:
        assert answered.flow is not None
        self.session.signers = answered.flow.signers
        self.session.signers_of = answered.flow.flow_id
        self.session.signers_changed.emit()

    def _forget_signers(self) -> None:
        self._sign_id = None
        if self.session.signers or self.session.signers_of:
            self.session.signers, self.session.signers_of = (), ""
            self.session.signers_changed.emit()

    def _fit_profile(self, what: str) -> None:
        kinds = _ASKED_OF.get(what)
        profile = self.session.profile
        if kinds is None or (profile is not None and profile.kind in kinds):
            return
        fitting = next((known for known in self.session.profiles if known.kind in kinds), None)
        if fitting is not None:
            self.session.profile = fitting
            self.session.profile_chosen.emit()

    def _set_activity(self, activity: Activity) -> None:
        if activity != self.session.activity:
            self.session.activity = activity
            self.session.activity_changed.emit()

    def end_activity(self) -> None:
        """What the user waited for has ended."""
        self._set_activity(Activity())

    def show_nothing(self) -> None:
        """Leave what is open."""
        self.show_page(Page())

    def show_page(self, page: Page) -> None:
        """Show something else; what was still being read is let go of."""
        self.forget_media()
        self.session.page = page
        self.session.page_changed.emit()
        self._expect(None)  # it is shown by now, or it never is

    def notify(self, notice: Notice | None) -> None:
        """Tell something that is no page of its own; None takes it back."""
        if notice is not self.session.notice:
            self.session.notice = notice
            self.session.notice_changed.emit()
