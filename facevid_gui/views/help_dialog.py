"""The Help page: what is there, what is missing, as `facevid doctor` says it, and where to go from there (floor 3)."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui import __version__
from facevid_gui.bridge.help_desk import words_of
from facevid_gui.core.wording import failure_text, joined, window_failure
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import Chip, IconLabel, Line, PlainLabel, box, embolden, push, scrolling, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from facevid_gui.bridge.help_desk import Finding, HelpDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_SIZE = (760, 640)
_WORST_FIRST = ("missing", "warn", "ok")
_ICONS = {"ok": ("check", "ok"), "warn": ("warning", "warn"), "missing": ("cross", "bad")}
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class HelpDialog(QDialog):
    """One card for each finding as it comes, the worst on top."""

    def __init__(
        self, theme: Theme, messages: Messages, desk: HelpDesk,
        links: Sequence[tuple[str, Callable[[], object]]], parent: QWidget | None, trouble: FacevidError | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Help"))
        self.setModal(True)
        self._theme = theme
        self._messages = messages
        self._desk = desk
        self._is_looking = False
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        name = PlainLabel(f"facevid {__version__}")
        embolden(name, 1.2)
        column.addWidget(name)
        if trouble is not None:
            column.addWidget(self._make_trouble(trouble))
        column.addWidget(PlainLabel(messages.text("help.sentence"), tone="muted", wrap=True))
        column.addWidget(self._make_links(links))
        column.addWidget(Line())
        self.summary = PlainLabel(wrap=True)
        self.summary.setObjectName("help_summary")
        embolden(self.summary)
        column.addWidget(self.summary)
        self._area = scrolling(QWidget())
        self._area.setAccessibleName(self.tr("What was found"))
        column.addWidget(self._area, 1)
        column.addLayout(self._make_buttons())
        self.resize(*_SIZE)
        LeastSize(self, LEAST_WIDTH)
        desk.found.connect(self._on_found)
        desk.ended.connect(self._on_ended)
        desk.refused.connect(self._on_refused)
        self.finished.connect(lambda _result: desk.stop(quietly=True))  # nobody looks any more
        self.refresh()

    def refresh(self) -> None:
        """Look at everything anew."""
        self._is_looking = True
        self._begin()
        self._desk.look()

    def _make_trouble(self, error: FacevidError) -> QWidget:
        """Why there is no window behind this page."""
        holder = QWidget()
        row = box(QHBoxLayout(holder), spacing=SPACE_M)
        row.addWidget(IconLabel(self._theme, "warning", "bad", 26), 0, Qt.AlignmentFlag.AlignTop)
        words = box(QVBoxLayout(), spacing=SPACE_XS)
        what, next_step = window_failure(error.code, error.params, self._messages)
        headline = PlainLabel(what, tone="bad", wrap=True)
        embolden(headline)
        for label in (headline, PlainLabel(next_step, wrap=True)):
            label.setTextInteractionFlags(_SELECTABLE)
            words.addWidget(label)
        row.addLayout(words, 1)
        holder.setObjectName("help_trouble")
        holder.setAccessibleName(visible(joined(what, next_step)))
        return holder

    def _make_links(self, links: Sequence[tuple[str, Callable[[], object]]]) -> QWidget:
        holder = QWidget()
        row = FlowLayout(SPACE_S)
        holder.setLayout(row)
        for words, act in links:
            row.addWidget(push(words, on_click=act))
        row.addWidget(push(self.tr("Open the log folder"), on_click=self._open_logs))
        return holder

    def _make_buttons(self) -> QHBoxLayout:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.refresh_button = push(self.tr("Look again"), on_click=self.refresh)
        self.refresh_button.setObjectName("help_refresh_button")
        self.stop_button = push(self.tr("Stop"), on_click=self._desk.stop)
        self.stop_button.setObjectName("help_stop_button")
        self.copy_button = push(self.tr("Copy as text"), on_click=self._copy)
        self.copy_button.setObjectName("help_copy_button")
        self.copy_button.setToolTip(self._messages.text("help.copy"))
        for button in (self.refresh_button, self.stop_button, self.copy_button):
            row.addWidget(button)
        row.addStretch(1)
        close = push(self.tr("Close"), "primary", self.close)
        close.setDefault(True)
        row.addWidget(close)
        return row

    def _begin(self) -> None:
        """No cards yet."""
        content = QWidget()
        self._cards = box(QVBoxLayout(content), spacing=SPACE_M)
        self._cards.addStretch(1)
        content.setAutoFillBackground(False)
        self._area.setWidget(content)
        self._ranks: list[int] = []
        self._say(())

    def _card(self, finding: Finding) -> QWidget:
        name, value, cure = words_of(finding, self._messages)
        state = self._messages.text(f"doctor.state.{finding.state}")
        icon, tone = _ICONS[finding.state]
        card = QWidget()
        card.setObjectName(f"help_{finding.name}")
        card.setAccessibleName(visible(f"{name}: {state}. {value} {cure}"))
        row = box(QHBoxLayout(card), spacing=SPACE_M)
        row.addWidget(IconLabel(self._theme, icon, tone, 18), 0, Qt.AlignmentFlag.AlignTop)
        words = box(QVBoxLayout(), spacing=SPACE_XS)
        head = FlowLayout(SPACE_S)
        title = PlainLabel(name)
        embolden(title)
        head.addWidget(title)
        head.addWidget(Chip(state, tone=tone))
        words.addLayout(head)
        for text, look in ((value, "muted"), (cure, "")):
            if text:
                label = PlainLabel(text, tone=look, wrap=True)
                label.setTextInteractionFlags(_SELECTABLE)
                words.addWidget(label)
        row.addLayout(words, 1)
        return card

    def _say(self, findings: Sequence[Finding]) -> None:
        wrong = sum(finding.state != "ok" for finding in findings)
        if self._is_looking:
            words = self._messages.text("help.looking", count=len(findings))
        elif wrong:
            words = self._messages.text("help.wrong", count=wrong)
        else:
            words = self._messages.text("help.fine")
        self.summary.setText(words)
        self.refresh_button.setEnabled(not self._is_looking)
        self.stop_button.setEnabled(self._is_looking)
        self.copy_button.setEnabled(bool(findings))

    def _on_found(self, finding: Finding) -> None:
        rank = _WORST_FIRST.index(finding.state)
        place = bisect_right(self._ranks, rank)
        self._ranks.insert(place, rank)
        self._cards.insertWidget(place, self._card(finding))
        self._say(self._desk.findings)

    def _on_ended(self) -> None:
        self._is_looking = False
        self._say(self._desk.findings)

    def _on_refused(self, error: FacevidError) -> None:
        self.summary.setText(failure_text(error.code, error.params, self._messages))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._desk.text(self._messages))
        self.summary.setText(self._messages.text("help.copied"))

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._desk.logs)))
