"""Custody: the seal, every file with its hash and what checking it came to, the events since (floor 3).

Nothing is called unchanged here that was not hashed when the folder was opened and led to the seal that was checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.core.moments import shown_moment
from facevid_gui.views.findings_scores import Part
from facevid_gui.views.theme import SPACE_S, fixed_font
from facevid_gui.views.widgets import (
    ElidedLabel,
    IconButton,
    IconLabel,
    PlainLabel,
    SectionTitle,
    ValueRow,
    box,
    push,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.review import Reviewed, ReviewedEvent
    from facevid_gui.views.theme import Theme

DATA = "data/"
_MOST_FILES = 300


@dataclass(frozen=True)
class FileState:
    """A file and what is known of it: `state` is a message id, `tone` its colour; `digest` the hash it should have."""

    path: str
    digest: str
    state: str
    tone: str


def file_states(reviewed: Reviewed) -> tuple[str, tuple[FileState, ...]]:
    """Which note stands above the files (a message id), and the files, those with findings first."""
    if reviewed.verdict is None:
        return "files.note.recorded", tuple(_recorded(reviewed))
    verdict = reviewed.verdict
    found = {reason.path: reason.code for reason in verdict.reasons if reason.path}
    wrong = [FileState(path, reviewed.listed.get(path.removeprefix(DATA), ""), f"reason.{code}", _tone(verdict))
             for path, code in found.items()]  # fmt: skip
    is_vouched = verdict.signer is not None and verdict.signer.trusted
    note = "sealed" if is_vouched else "listed"
    state, tone = (f"file.{note}", "ok" if is_vouched else "warn")
    held = [FileState(DATA + path, digest, state, tone)
            for path, digest in reviewed.listed.items() if DATA + path not in found]  # fmt: skip
    return f"files.note.{note if reviewed.listed else 'unlisted'}", (*wrong, *held)


def _recorded(reviewed: Reviewed) -> Iterator[FileState]:
    for exchange in reviewed.capture.exchanges:
        if exchange.path and exchange.sha256:
            yield FileState(exchange.path, exchange.sha256, "file.recorded", "muted")
    for item in reviewed.capture.derived:
        yield FileState(item.path, item.sha256, "file.recorded", "muted")


def _tone(verdict: FolderVerdict) -> str:
    """What is found in a folder that passed is a remark."""
    return "warn" if verdict.verified else "bad"


class CustodyPanel(Part):
    """Seal, files, events; and the way to who looked at it."""

    log_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__(messages)
        self._theme = theme

    def fill(self, reviewed: Reviewed) -> Iterator[None]:
        """Show the custody of an opened record."""
        self._add(push(self.tr("Who looked at this record…"), "link", self.log_wanted.emit))
        if reviewed.verdict is None:
            self._say(self._messages.text("custody.unsaved"))
        else:
            self._add_seal(reviewed.verdict)
            yield
        yield from self._fill_files(reviewed)
        if reviewed.verdict is not None:
            self._add(SectionTitle(self.tr("Events")))
        for event in reviewed.custody:
            self._add_event(event)
            yield
        self._column.addStretch(1)

    def _add_seal(self, verdict: FolderVerdict) -> None:
        self._add(SectionTitle(self.tr("Seal")))
        signer = verdict.signer.sha256 if verdict.signer else None
        for label, value in (
            (self.tr("seal digest"), verdict.seal_sha256), (self.tr("signer"), signer),
            (self.tr("custody head"), verdict.custody_head),
        ):  # fmt: skip
            if value:
                self._add(ValueRow(self._theme, label, value, is_id=True, copy_tip=self.tr("Copy")))
        if verdict.capture_to_seal_s is not None:
            self._add(ValueRow(self._theme, self.tr("look-up to seal"), f"{verdict.capture_to_seal_s:g} s"))

    def _fill_files(self, reviewed: Reviewed) -> Iterator[None]:
        note, files = file_states(reviewed)
        self._add(SectionTitle(self.tr("Files")))
        self._say(self._messages.text(note))
        for state in files[:_MOST_FILES]:
            self._add(self._file_row(state))
            yield
        if len(files) > _MOST_FILES:
            self._say(self._messages.text("banner.more", count=len(files) - _MOST_FILES))

    def _file_row(self, file: FileState) -> QWidget:
        row = QWidget()
        column = box(QVBoxLayout(row), spacing=0)
        first = box(QHBoxLayout(), spacing=SPACE_S)
        icon = {"ok": "check", "muted": "info"}.get(file.tone, "warning")
        first.addWidget(IconLabel(self._theme, icon, file.tone, 14))
        first.addWidget(ElidedLabel(file.path, mode=Qt.TextElideMode.ElideMiddle), 1)
        word = self._messages.text(file.state).rstrip().removesuffix(":").removesuffix(":")
        column.addLayout(first)
        if file.state.startswith("reason."):
            column.addWidget(PlainLabel(word, tone=file.tone, wrap=True))
        else:
            first.addWidget(PlainLabel(word, tone=file.tone))
        if file.digest:
            second = box(QHBoxLayout(), spacing=SPACE_S)
            digest = ElidedLabel(file.digest, tone="muted", mode=Qt.TextElideMode.ElideMiddle)
            digest.setFont(fixed_font(0.88))
            second.addSpacing(14 + SPACE_S)
            second.addWidget(digest, 1)
            copy = IconButton(self._theme, "copy", color="muted", kind="tiny", size=12)
            copy.name(self.tr("Copy"))
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(file.digest))
            second.addWidget(copy)
            column.addLayout(second)
        row.setAccessibleName(visible(f"{file.path}: {word}. {file.digest}"))
        return row

    def _add_event(self, event: ReviewedEvent) -> None:
        name = self._messages.text(f"custody.event.{event.event}")
        self._say(f"{event.seq}  {name}\n{shown_moment(event.at, self._messages)} · {event.operator}", "")
