"""Notes, markers and snapshots of the open record (floor 2).

What enters: which clip is shown, drafts, the wish for a snapshot. What leaves: what lies beside the folder, checked
each time the folder is opened, and the markers of the clip that is shown. A snapshot is taken of an exact frame only:
while the clip plays it is held first, and what is kept is the exact picture of the frame it was held at.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from facevid_gui.bridge import notes_work
from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import SubjectError
from facevid_gui.core.note import NoteDraft, Spot

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.notes_work import Beside, Kept
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.shown import Shown
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.record import MediaItem
    from facevid_gui.core.secret import Secret
    from facevid_gui.evidence.review import Reviewed


class NotesDesk(QObject):
    """Follows the page of the session; `beside` is None until it was read, `problem` says why it cannot be."""

    changed = Signal()
    markers_changed = Signal(object)  # list of (microseconds, text) of the clip that is shown
    note_kept = Signal(str, str)  # evidence id, path
    note_refused = Signal(str, object)  # evidence id, FacevidError

    def __init__(
        self, services: Services, controller: Controller, screening: Screening, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._session = controller.session
        self._screening = screening
        self._numbers = count(1)
        self._clip: MediaItem | None = None
        self._read: Reviewed | None = None
        self._snapshot_wanted: tuple[int, Secret | None] | None = None
        self.beside: Beside | None = None
        self.problem: FacevidError | None = None
        self._session.page_changed.connect(self._on_page)
        screening.picture_changed.connect(self._on_picture)
        screening.problem_found.connect(self._on_problem)

    @property
    def reviewed(self) -> Reviewed | None:
        """The sealed folder that is open, or None."""
        page = self._session.page
        reviewed = page.reviewed if page.kind == "record" else None
        return reviewed if reviewed is not None and reviewed.is_sealed else None

    def show_clip(self, item: MediaItem | None) -> None:
        """Another clip is shown; None: nothing is."""
        self._clip = item
        self._snapshot_wanted = None
        self._tell_markers()

    def spot(self) -> Spot | None:
        """The place that is shown now; None where nothing can be marked."""
        shown, clip = self._screening.shown, self._clip
        if shown is None or shown.pts_us is None or clip is None or clip.path is None:
            return None
        return Spot(clip.path, shown.number, shown.pts_us)

    @property
    def is_view_only(self) -> bool:
        """Whether a package is only looked at: nothing is added to it."""
        return self._session.visiting is not None

    def require_saved(self) -> bool:
        """Whether notes can be kept for what is open; a notice says why not."""
        if self.is_view_only:
            self._controller.tell_error(SubjectError("package_view_only"))
        elif self.reviewed is None:
            self._controller.tell_error(SubjectError("save_first"))
        return self.reviewed is not None and not self.is_view_only

    def add_note(self, draft: NoteDraft, passphrase: Secret | None = None) -> None:
        """Sign a note and keep it."""
        reviewed = self.reviewed
        if reviewed is None:
            self.note_refused.emit("", SubjectError("save_first"))
            return
        if self.is_view_only:
            self.note_refused.emit(reviewed.record.evidence_id, SubjectError("package_view_only"))
            return
        self._controller.jobs.submit(
            f"note {next(self._numbers)}",
            lambda _token, _tell: notes_work.add_note(self._services, reviewed, draft, passphrase),
            partial(self._on_note, reviewed), failed=partial(self.note_refused.emit, reviewed.record.evidence_id),
        )  # fmt: skip

    def take_snapshot(self, passphrase: Secret | None = None) -> None:
        """Keep an exact picture of the frame that is shown, or that the clip is held at now."""
        shown = self._screening.shown
        if not self.require_saved():
            return
        if shown is None or self._screening.facts is None or shown.number is None:
            self._refuse_snapshot()
            return
        playing = self._screening.state == "playing"
        if shown.mode == "exact" and not playing:
            image = self._screening.image
            assert image is not None
            self._keep(image, shown, passphrase)
            return
        self._snapshot_wanted = (shown.number, passphrase)
        self._screening.go_to_frame(shown.number)

    @Slot()
    def _on_page(self) -> None:
        reviewed = self.reviewed
        if reviewed is self._read:
            return
        self._read, self.beside, self.problem, self._snapshot_wanted = reviewed, None, None, None
        self._controller.jobs.cancel("notes", drop=True)
        if reviewed is not None:
            self._controller.jobs.submit(
                "notes", lambda _token, _tell: notes_work.read_beside(self._services, reviewed),
                partial(self._on_read, reviewed), failed=partial(self._on_unreadable, reviewed),
            )  # fmt: skip
        self._tell()

    def _on_read(self, reviewed: Reviewed, beside: Beside) -> None:
        if reviewed is self._read:
            self.beside, self.problem = beside, None
            self._tell()

    def _on_unreadable(self, reviewed: Reviewed, error: FacevidError) -> None:
        if reviewed is self._read:
            self.problem = error
            self._tell()

    def _on_note(self, reviewed: Reviewed, kept: Kept) -> None:
        self._on_kept(reviewed, kept.beside)
        self.note_kept.emit(reviewed.record.evidence_id, str(kept.path))

    def _on_kept(self, reviewed: Reviewed, beside: Beside) -> None:
        """What is there now is there, also when the folder was verified anew meanwhile."""
        self._session.note_signed()
        if self._read is not None and self._read.folder == reviewed.folder:
            self._controller.jobs.cancel("notes", drop=True)
            self._on_read(self._read, beside)

    def _on_snapshot(self, reviewed: Reviewed, kept: Kept) -> None:
        self._on_kept(reviewed, kept.beside)
        path = str(kept.path.with_suffix(".png"))
        self._controller.notify(Notice("ok", "notice.snapshot", {"path": path}))

    def _on_picture(self, image: QImage, shown: Shown) -> None:
        wanted = self._snapshot_wanted
        if wanted is not None and shown.mode == "exact" and shown.number == wanted[0]:
            self._snapshot_wanted = None
            self._keep(image, shown, wanted[1])

    def _on_problem(self, *_: object) -> None:
        if self._snapshot_wanted is not None:
            self._refuse_snapshot()

    def _refuse_snapshot(self) -> None:
        self._snapshot_wanted = None
        self._controller.tell_error(SubjectError("no_exact_frame"))

    def _keep(self, image: QImage, shown: Shown, passphrase: Secret | None) -> None:
        from facevid_gui.evidence.snapshots import Source

        reviewed, clip, facts = self.reviewed, self._clip, self._screening.facts
        if reviewed is None or clip is None or facts is None or shown.number is None or shown.planes is None:
            self._refuse_snapshot()
            return
        source = Source(clip, shown.number, facts.pts_us[shown.number], shown.damaged, facts.video, shown.planes)
        self._controller.jobs.submit(
            f"snapshot {next(self._numbers)}",
            lambda _token, _tell: notes_work.keep_snapshot(self._services, reviewed, source, image, passphrase),
            partial(self._on_snapshot, reviewed), failed=self._controller.tell_error,
        )  # fmt: skip

    def _tell(self) -> None:
        self.changed.emit()
        self._tell_markers()

    def _tell_markers(self) -> None:
        markers = self.beside.notes.markers if self.beside is not None and self._clip is not None else ()
        self.markers_changed.emit(
            [(m.spot.pts_us, m.text) for m in markers if m.spot is not None and m.spot.clip == self._clip_path()]
        )

    def _clip_path(self) -> str | None:
        return self._clip.path if self._clip is not None else None
