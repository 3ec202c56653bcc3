"""One note or snapshot as it is read: who, when, where, what, and whether its signature holds (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from facevid_gui.core.moments import shown_time
from facevid_gui.core.wording import document_state
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.mark import mark_of, paint_mark
from facevid_gui.views.theme import SPACE_S, SPACE_XS
from facevid_gui.views.widgets import IconLabel, PlainLabel, box, brief, panel, push, tip, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QImage, QPaintEvent
    from PySide6.QtWidgets import QFrame, QWidget

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.notes import Note
    from facevid_gui.evidence.sidecar import Document
    from facevid_gui.evidence.snapshots import Snapshot
    from facevid_gui.views.theme import Theme

_SMALL = (128, 96)  # of a snapshot on its card, in pixels of the window
_SHOWN = 600  # letters on a card; the rest is one click away
_TONES = {"signed": ("check", "ok"), "unknown_signer": ("user", "warn"), "broken": ("warning", "bad")}
Action = tuple[str, "Callable[[], object]"]


class SmallPicture(QToolButton):
    """A picture to look at closer. Its place is as large before it is here."""

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("snapshot_picture")
        self.setProperty("kind", "flat")
        self.setIconSize(QSize(*_SMALL))
        self.setFixedSize(_SMALL[0] + 2 * SPACE_S, _SMALL[1] + 2 * SPACE_XS)
        self.setToolTip(tip(name))
        self.setAccessibleName(visible(name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked=False: act())
        self.image: QImage | None = None

    def show_picture(self, image: QImage) -> None:
        """It was read, and is the one that was signed."""
        self.image = image
        self.setIcon(QIcon(QPixmap.fromImage(image)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture, and the operator's mark over it."""
        super().paintEvent(event)
        if self.image is not None:
            paint_mark(QPainter(self), self.rect(), mark_of(self))


class CardMaker:
    """Makes cards in the words and colours of the window. `where` words a place in a recording."""

    def __init__(self, theme: Theme, messages: Messages) -> None:
        self._theme = theme
        self._messages = messages

    def note(self, note: Note, where: str, actions: list[Action], show_whole: Action) -> QFrame:
        """The card of a note; `show_whole` is offered when its text is long."""
        text = self._messages.text
        card, inner = self._begin(note.document.seq, text(f"note.kind.{note.kind}"), note.at, note.operator)
        if where:
            inner.addWidget(PlainLabel(where, tone="muted", wrap=True))
        shown = note.text if len(note.text) <= _SHOWN else f"{note.text[:_SHOWN]}…"
        inner.addWidget(PlainLabel(shown, tone="muted" if note.replaced_by else "", wrap=True))
        if note.about is not None:
            relation = "note.withdraws" if note.kind == "retraction" else "note.about"
            inner.addWidget(PlainLabel(text(relation, number=note.about.seq), tone="muted", wrap=True))
        if note.replaced_by is not None:
            relation = "note.withdrawn" if note.is_withdrawn else "note.replaced"
            inner.addWidget(PlainLabel(text(relation, number=note.replaced_by), tone="warn", wrap=True))
        self._end(inner, note.document, note.document.state, note.document.findings,
                  [*actions, *([show_whole] if len(note.text) > _SHOWN else [])])  # fmt: skip
        return card

    def snapshot(self, snapshot: Snapshot, where: str, actions: list[Action], picture: QWidget | None) -> QFrame:
        """The card of a snapshot; a `picture` only of one that holds."""
        name = self._messages.text("notes.snapshot", picture=snapshot.picture.rpartition("/")[2])
        card, inner = self._begin(snapshot.document.seq, name, snapshot.at, snapshot.operator)
        inner.addWidget(PlainLabel(where, tone="muted", wrap=True))
        if picture is not None:
            picture.setAccessibleDescription(visible(name))
            inner.addWidget(picture)
        self._end(inner, snapshot.document, snapshot.state, snapshot.findings, actions)
        return card

    def unreadable(self, document: Document) -> QFrame:
        """The card of a document that says nothing a note would say."""
        card = panel("card")
        inner = box(QVBoxLayout(card), margin=SPACE_S, spacing=SPACE_XS)
        inner.addWidget(PlainLabel(document.name, tone="muted", wrap=True))
        self._end(inner, document, document.state, document.findings, [])
        return card

    def _begin(self, number: int, kind: str, at: datetime, operator: str) -> tuple[QFrame, QVBoxLayout]:
        card = panel("card")
        inner = box(QVBoxLayout(card), margin=SPACE_S, spacing=SPACE_XS)
        title = PlainLabel(f"{number}  {kind}", wrap=True)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        inner.addWidget(title)
        inner.addWidget(
            PlainLabel(f"{shown_time(at, self._messages)} UTC+8 · {brief(operator)}", tone="muted", wrap=True)
        )
        return card, inner

    def _end(
        self, inner: QVBoxLayout, document: Document, state: str, findings: tuple[str, ...], actions: list[Action]
    ) -> None:
        icon, tone = _TONES[state]
        row = box(QHBoxLayout(), spacing=SPACE_XS)
        row.addWidget(IconLabel(self._theme, icon, tone, 14), 0, Qt.AlignmentFlag.AlignTop)
        words = document_state(state, findings, self._messages)
        if document.signer_subject:
            words = f"{words} · {brief(document.signer_subject)}"
        row.addWidget(PlainLabel(words, tone=tone, wrap=True), 1)
        inner.addLayout(row)
        if actions:
            line = FlowLayout(SPACE_XS)
            for name, act in actions:
                button = push(name, "link", act)
                button.setAccessibleDescription(visible(document.name))
                line.addWidget(button)
            inner.addLayout(line)
