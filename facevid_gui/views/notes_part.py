"""Joins the notes to the page, the findings and the keys (floor 3): it wires and asks, it decides nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from facevid_gui.core.errors import SubjectError
from facevid_gui.core.note import MARKER, NoteDraft, Spot
from facevid_gui.views.note_composer import Begun
from facevid_gui.views.notes_view import NotesView
from facevid_gui.views.widgets import IconButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.notes_desk import NotesDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.secret import Secret
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.snapshots import Snapshot
    from facevid_gui.views.findings import Findings
    from facevid_gui.views.record_page import RecordPage
    from facevid_gui.views.theme import Theme


class NotesPart(QObject):
    """What M, N and S do, and who hears of what."""

    def __init__(
        self, theme: Theme, messages: Messages, controller: Controller, desk: NotesDesk, page: RecordPage,
        findings: Findings,
    ) -> None:  # fmt: skip
        super().__init__(page)
        self._theme, self._messages = theme, messages
        self._controller = controller
        self._desk = desk
        self._page = page
        self._findings = findings
        self._drafts: dict[str, Begun] = {}
        self._open_id = ""
        self.view = NotesView(theme, messages)
        self._tab = findings.add_page(self.tr("Notes"), self.view)
        for icon, name, keys, act in (
            ("flag", self.tr("Mark this frame"), "M", self.mark),
            ("camera", self.tr("Snapshot of this frame"), "S", self.snapshot),
        ):
            button = page.stage.line.add_tool(IconButton(theme, icon, kind="flat", size=16))
            button.name(name, keys)
            button.clicked.connect(act)
            button.setEnabled(False)
        composer = self.view.composer
        composer.mark_wanted.connect(self.mark)
        composer.snapshot_wanted.connect(self.snapshot)
        composer.signing_wanted.connect(self._sign)
        composer.left.connect(page.stage.canvas.setFocus)
        self.view.spot_wanted.connect(page.go_to)
        self._follow_pictures()
        page.clip_shown.connect(desk.show_clip)
        desk.markers_changed.connect(page.clip_view.set_markers)
        desk.changed.connect(self._on_changed)
        desk.note_kept.connect(self._on_kept)
        desk.note_refused.connect(self._on_refused)

    def _follow_pictures(self) -> None:
        from facevid_gui.bridge.snapshot_pictures import SnapshotPictures

        self._pictures = SnapshotPictures(self._controller, self)
        self.view.small_picture_wanted.connect(partial(self._want_picture, self._pictures.want_small))
        self.view.picture_wanted.connect(partial(self._want_picture, self._pictures.want))
        self._pictures.small_read.connect(self.view.show_small_picture)
        self._pictures.read.connect(self._show_picture)

    def _want_picture(self, want: Callable[[Reviewed, Snapshot], None], snapshot: Snapshot) -> None:
        reviewed = self._desk.reviewed
        if reviewed is not None:
            want(reviewed, snapshot)

    def _show_picture(self, snapshot: Snapshot, image: QImage) -> None:
        from facevid_gui.views.picture_dialog import PictureDialog

        text, data = self._messages.text, snapshot.document.data
        hashes = {text("notes.picture_hash"): str(data["picture"]["sha256"])}
        planes = data.get("planes")
        if isinstance(planes, dict) and isinstance(planes.get("sha256"), str):
            hashes[text("notes.planes_hash", format=str(planes.get("format", "?")))] = planes["sha256"]
        title = text("notes.snapshot", picture=snapshot.picture.rpartition("/")[2])
        where = self.view.where(Spot(snapshot.clip, snapshot.frame, snapshot.pts_us))
        dialog = PictureDialog(self._theme, title, where, image, hashes, self._page.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def mark(self) -> None:
        """Begin a marker for what is shown at this moment; its words can be changed before it is signed."""
        spot = self._desk.spot()
        if not self._desk.require_saved():
            return
        if spot is None:
            self._controller.tell_error(SubjectError("nothing_to_mark"))
            return
        where = self.view.where(spot)
        self._findings.tabs.setCurrentIndex(self._tab)
        self.view.composer.begin(Begun(NoteDraft(MARKER, where[:1].upper() + where[1:], spot), where))

    def write(self) -> None:
        """Go to where notes are written."""
        if self._desk.require_saved():
            self._findings.tabs.setCurrentIndex(self._tab)
            self.view.composer.field.setFocus()

    def snapshot(self) -> None:
        """Keep an exact picture of the frame that is shown."""
        if self._desk.require_saved():
            self._with_passphrase(self._desk.take_snapshot)

    def _sign(self, draft: NoteDraft) -> None:
        self._with_passphrase(partial(self._add, draft))

    def _add(self, draft: NoteDraft, passphrase: Secret | None) -> None:
        self.view.composer.set_busy(busy=True)
        self._desk.add_note(draft, passphrase)

    def _with_passphrase(self, act: Callable[[Secret | None], object]) -> None:
        """Do it at once where the keyring opens the key; else ask."""
        if self._controller.session.key_protection == "keyring":
            act(None)
            return
        from facevid_gui.views.passphrase_dialog import PassphraseDialog

        protection, window = self._controller.session.key_protection, self._page.window()
        dialog = PassphraseDialog(self._messages, protection, window)
        dialog.confirmed.connect(act)
        dialog.open()

    def _on_changed(self) -> None:
        reviewed = self._desk.reviewed
        evidence_id = reviewed.record.evidence_id if reviewed is not None else ""
        if evidence_id != self._open_id:
            self._change_record(evidence_id)
        self.view.allow_writing(allowed=not self._desk.is_view_only)
        if reviewed is None:
            self.view.show_unsaved()
        else:
            self.view.show_beside(reviewed.record, self._desk.beside, self._desk.problem)

    def _change_record(self, evidence_id: str) -> None:
        """What was typed and not signed waits for its record."""
        begun = self.view.composer.take_down()
        if self._open_id and (begun.draft.text.strip()):
            self._drafts[self._open_id] = begun
        self._open_id = evidence_id
        waiting = self._drafts.pop(evidence_id, None)
        if waiting is not None:
            self.view.composer.put_back(waiting)

    def _on_kept(self, evidence_id: str, path: str) -> None:
        if evidence_id != self._open_id:
            self._drafts.pop(evidence_id, None)
            return
        self.view.composer.clear()
        self.view.composer.say_kept(int(Path(path).name.partition(".")[0]))

    def _on_refused(self, evidence_id: str, error: FacevidError) -> None:
        if evidence_id == self._open_id:
            self.view.composer.refuse(error)
        else:
            self._controller.tell_error(error)
