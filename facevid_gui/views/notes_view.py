"""Notes, markers and snapshots of the open record, the newest first, and a place to write (floor 3).

They lie beside the seal and say what their writers said; each card says whether its signature holds. A note that was
corrected or withdrawn stays where it is and says so. Cards are made a few at a time: hundreds hold nobody up.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from facevid_gui.core.clip_words import clock_text
from facevid_gui.core.note import RETRACTION, NoteDraft, Spot
from facevid_gui.core.wording import failure_text, media_name, missing_numbers
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.note_card import CardMaker, SmallPicture
from facevid_gui.views.note_composer import Begun, NoteComposer
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.text_dialog import TextDialog
from facevid_gui.views.theme import SPACE_M, SPACE_S
from facevid_gui.views.widgets import PlainLabel, SectionTitle, box, push, scrolling

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from facevid_gui.bridge.notes_work import Beside
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Record
    from facevid_gui.evidence.notes import Note
    from facevid_gui.evidence.snapshots import Snapshot
    from facevid_gui.views.note_card import Action
    from facevid_gui.views.theme import Theme

_CARDS = 30  # at first; the others are one click away
_AT_ONCE = 2
UNSAVED, NOTES = range(2)


class NotesView(QWidget):
    """A page of the findings pane."""

    spot_wanted = Signal(object)  # Spot
    small_picture_wanted = Signal(object)  # Snapshot
    picture_wanted = Signal(object)  # Snapshot

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._cards = CardMaker(theme, messages)
        self._record: Record | None = None
        self._waiting: list[Callable[[], QWidget]] = []
        self._pictures: dict[str, SmallPicture] = {}
        self.composer = NoteComposer(theme, messages)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(theme, "note", self.tr("Notes"), messages.text("notes.unsaved")))
        page = QWidget()
        column = box(QVBoxLayout(page), spacing=SPACE_M)
        column.addWidget(self.composer)
        self.view_only = PlainLabel(messages.text("notes.view_only"), tone="muted", wrap=True)
        self.view_only.hide()
        column.addWidget(self.view_only)
        self.trouble = PlainLabel("", tone="bad", wrap=True)
        self.trouble.setObjectName("notes_trouble")
        column.addWidget(self.trouble)
        self._list = box(QVBoxLayout(), spacing=SPACE_S)
        column.addLayout(self._list)
        self._more = push(self.tr("Show earlier ones"), "link", self._show_more)
        column.addWidget(self._more)
        column.addWidget(PlainLabel(messages.text("notes.beside"), tone="muted", wrap=True))
        column.addStretch(1)
        self._stack.addWidget(scrolling(page))
        box(QVBoxLayout(self)).addWidget(self._stack)
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill)
        self._allowed = 0
        self.show_unsaved()

    def allow_writing(self, *, allowed: bool) -> None:
        """A package that is only looked at takes no notes."""
        self.composer.setVisible(allowed)
        self.view_only.setVisible(not allowed)

    def show_unsaved(self) -> None:
        """There is no seal to write about yet."""
        self._record = None
        self._clear()
        self._stack.setCurrentIndex(UNSAVED)

    def show_beside(self, record: Record, beside: Beside | None, problem: FacevidError | None) -> None:
        """Show what lies beside a folder; nothing yet while it is read."""
        self._record = record
        self._clear()
        self._stack.setCurrentIndex(NOTES)
        if problem is not None:
            self._say(failure_text(problem.code, problem.params, self._messages))
        elif beside is not None:
            self._say("\n".join(self._missing(beside)))
            self._waiting = self._list_of(beside)
            if not self._waiting:
                self._list.addWidget(PlainLabel(self._messages.text("notes.none_yet"), tone="muted", wrap=True))
            self._filling.start()

    @property
    def is_filling(self) -> bool:
        """Whether cards are still to come."""
        return self._filling.isActive()

    def where(self, spot: Spot) -> str:
        """A place in a recording, in words."""
        items = () if self._record is None else self._record.clips
        name = next((media_name(item, self._messages) for item in items if item.path == spot.clip), spot.clip)
        time = clock_text(spot.pts_us)
        if spot.frame is None:
            return self._messages.text("note.spot_time", clip=name, time=time)
        return self._messages.text("note.spot", clip=name, frame=spot.frame + 1, time=time)

    def begin_correction(self, note: Note) -> None:
        """Write a note that takes the place of another."""
        about = self._messages.text("note.about", number=note.document.seq)
        self.composer.begin(Begun(NoteDraft(note.kind, note.text, note.spot, note.ref), about))

    def begin_withdrawal(self, note: Note) -> None:
        """Write why a note is withdrawn."""
        about = self._messages.text("note.withdraws", number=note.document.seq)
        self.composer.begin(Begun(NoteDraft(RETRACTION, "", note.spot, note.ref), about))

    def _missing(self, beside: Beside) -> list[str]:
        gaps = (
            (self.tr("Notes"), beside.notes.gaps),
            (self.tr("Snapshots"), beside.snapshots.gaps),
        )
        return [f"{name}: {missing_numbers(found, self._messages)}" for name, found in gaps if found]

    def _list_of(self, beside: Beside) -> list[Callable[[], QWidget]]:
        made: list[Callable[[], QWidget]] = []
        unreadable = (*beside.notes.unreadable, *beside.snapshots.unreadable)
        made += [partial(self._cards.unreadable, document) for document in unreadable]
        made += [partial(self._note_card, note) for note in reversed(beside.notes.notes)]
        if beside.snapshots.snapshots:
            made.append(partial(SectionTitle, self.tr("Snapshots")))
        made += [partial(self._snapshot_card, snapshot) for snapshot in reversed(beside.snapshots.snapshots)]
        return made

    def _note_card(self, note: Note) -> QWidget:
        spot = note.spot
        actions: list[Action] = []
        if spot is not None and self._is_here(spot):
            actions.append((self.tr("Go to the frame"), partial(self.spot_wanted.emit, spot)))
        writable = not self.composer.isHidden()
        if writable and note.replaced_by is None and note.kind != "retraction" and note.document.sha256:
            actions.append((self.tr("Correct"), partial(self.begin_correction, note)))
            actions.append((self.tr("Withdraw"), partial(self.begin_withdrawal, note)))
        whole: Action = (self.tr("Show all of it"), partial(self._show_whole, note))
        return self._cards.note(note, self.where(spot) if spot else "", actions, whole)

    def _snapshot_card(self, snapshot: Snapshot) -> QWidget:
        spot = Spot(snapshot.clip, snapshot.frame, snapshot.pts_us)
        actions: list[Action] = []
        picture: SmallPicture | None = None
        if self._is_here(spot):
            actions.append((self.tr("Go to the frame"), partial(self.spot_wanted.emit, spot)))
        if snapshot.state != "broken":
            look = partial(self.picture_wanted.emit, snapshot)
            actions.append((self.tr("Look at it closer"), look))
            picture = self._pictures[snapshot.picture] = SmallPicture(self.tr("Look at it closer"), look)
            self.small_picture_wanted.emit(snapshot)
        return self._cards.snapshot(snapshot, self.where(spot), actions, picture)

    def show_small_picture(self, name: str, image: QImage) -> None:
        """The picture of a snapshot, by its path, where its card is there."""
        card = self._pictures.get(name)
        if card is not None:
            card.show_picture(image)

    def _is_here(self, spot: Spot) -> bool:
        return self._record is not None and any(item.path == spot.clip for item in self._record.clips)

    def _show_whole(self, note: Note) -> None:
        TextDialog(self.tr("Note"), "", note.text, self.window()).open()

    def _show_more(self) -> None:
        self._allowed += _CARDS
        self._filling.start()

    def _fill(self) -> None:
        for _ in range(_AT_ONCE):
            if self._waiting and self._allowed:
                self._allowed -= 1
                self._list.addWidget(self._waiting.pop(0)())
        self._more.setVisible(bool(self._waiting) and not self._allowed)
        if not (self._waiting and self._allowed):
            self._filling.stop()
            keep_reading_order(self)

    def _say(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _clear(self) -> None:
        self._filling.stop()
        self._waiting, self._allowed = [], _CARDS
        self._pictures.clear()
        self._more.hide()
        self._say("")
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
