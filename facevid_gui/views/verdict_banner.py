"""The state of what is shown, in icon, words and colour: unsaved, verified or broken, and where it came from (floor 3).

Green only for verified evidence of an official source; anything else says what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from facevid_gui.core.expiry import Keeping
from facevid_gui.core.fingerprints import grouped
from facevid_gui.core.moments import shown_moment, shown_time
from facevid_gui.core.verdict import Verdict
from facevid_gui.core.wording import countdown, deadline_rule, deadline_sources
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS, by_font
from facevid_gui.views.widgets import (
    BriefLabel,
    Chip,
    ElidedLabel,
    Headline,
    IconButton,
    IconLabel,
    PlainLabel,
    box,
    brief,
    push,
    restyle,
    stand_by_width,
    tip,
)

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.visiting import OpenedPackage
    from facevid_gui.views.theme import Theme

_MOST_REASONS = 3
_WIDE = 560
_AIR = 90  # what words and buttons need beside each other besides their own least widths


class VerdictBanner(QFrame):
    """The banner above the record."""

    save_wanted = Signal()
    discard_wanted = Signal()
    show_folder_wanted = Signal()
    verify_wanted = Signal()
    export_wanted = Signal()
    trust_wanted = Signal()
    keep_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("verdict_banner")
        self.setProperty("role", "banner")
        self._messages = messages
        self.keeping = Keeping(None)  # until the settings were read
        self._said = ""
        self._is_flat = self._is_opened = False
        self._parts = box(QBoxLayout(QBoxLayout.Direction.LeftToRight, self), margin=SPACE_M, spacing=SPACE_S)
        self._words = row = box(QHBoxLayout(), spacing=SPACE_M)
        self._icon = IconLabel(theme, "clock", "warn", 20)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = box(QVBoxLayout(), spacing=SPACE_XS)
        first = FlowLayout(SPACE_S)
        self.headline = Headline()
        self.source = Chip()
        first.addWidget(self.headline)
        first.addWidget(self.source)
        self.text = BriefLabel()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.package = PlainLabel(tone="muted", wrap=True)
        self.package.setObjectName("package_line")
        self.package.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.package.hide()
        words.addLayout(first)
        words.addWidget(self.text)
        words.addWidget(self.package)
        self.line = ElidedLabel()
        words.addWidget(self.line)
        row.addLayout(words, 1)
        self._parts.addLayout(row, 1)
        self._buttons = buttons = box(QHBoxLayout(), spacing=SPACE_S)
        buttons.addStretch(1)
        buttons.addWidget(self._make_details_button(theme), 0, Qt.AlignmentFlag.AlignVCenter)
        self._parts.addLayout(buttons)
        self.discard_button = push(self.tr("Discard…"), on_click=self.discard_wanted.emit)
        self.discard_button.setObjectName("discard_button")
        self.save_button = push(self.tr("Save evidence…"), "primary", self.save_wanted.emit)
        self.save_button.setObjectName("save_button")
        self.trust_button = push(self.tr("Compare signer…"), "primary", self.trust_wanted.emit)
        self.trust_button.setObjectName("trust_button")
        self.verify_button = push(self.tr("Verify again"), on_click=self.verify_wanted.emit)
        self.folder_button = push(self.tr("Show folder"), on_click=self.show_folder_wanted.emit)
        self.export_button = push(self.tr("Export…"), on_click=self.export_wanted.emit)
        self.export_button.setObjectName("export_button")
        self.keep_button = push(self.tr("Keep a copy…"), on_click=self.keep_wanted.emit)
        self.keep_button.setObjectName("keep_button")
        for button in (
            self.discard_button, self.save_button, self.trust_button, self.verify_button, self.folder_button,
            self.export_button, self.keep_button,
        ):  # fmt: skip
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._offer(unsaved=True)
        self.style().name()  # PySide makes a style's type when it is first asked for: now, not while a record comes

    def _make_details_button(self, theme: Theme) -> IconButton:
        self.details_button = IconButton(theme, "info", kind="flat", size=14)
        self.details_button.setObjectName("banner_details_button")
        self.details_button.name(self.tr("Show all of it"))
        self.details_button.clicked.connect(self._open_out)
        self.details_button.hide()
        return self.details_button

    def flatten(self, *, flat: bool) -> None:
        """Say the headline only, and what is bad on one line; or all of it, on as many as it takes."""
        if flat != self._is_flat:
            self._is_flat, self._is_opened = flat, False
            self._arrange_text()

    def _open_out(self) -> None:
        self._is_opened = True
        self._arrange_text()

    def _arrange_text(self) -> None:
        is_short = self._is_flat and not self._is_opened and bool(self.text.text())
        self.details_button.setVisible(is_short)
        self.line.setVisible(is_short and self.property("tone") == "bad")
        self.text.setVisible(not is_short)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is little room beside the words, the buttons stand below them."""
        super().resizeEvent(event)
        least = self._words.minimumSize().width() + self._buttons.minimumSize().width()
        stand_by_width(self._parts, self.width(), max(_WIDE, least + by_font(_AIR)))

    def show_record(self, reviewed: Reviewed, now: datetime) -> None:
        """Say the state of an open record."""
        if reviewed.verdict is not None:
            self.show_verdict(reviewed.verdict)
        else:
            self._show_unsaved(reviewed, now)
        self._show_source(reviewed.record.source)

    def show_verdict(self, verdict: FolderVerdict) -> None:
        """Say what verifying a folder came to, just now."""
        official = verdict.source == "official"
        tone = ("ok" if official else "warn") if verdict.verified else "bad"
        icon = {"ok": "shield", "warn": "flask", "bad": "warning"}[tone]
        headline = self._messages.text(f"verdict.{verdict.verdict}")
        self._say(icon, tone, headline, self._verdict_text(verdict))
        self._show_source(verdict.source or "unknown")
        self._offer(unsaved=False)
        is_stranger = verdict.verdict is Verdict.UNKNOWN_SIGNER and verdict.signer is not None
        self.trust_button.setVisible(is_stranger)
        self.export_button.setVisible(not is_stranger)  # no room for both; the menu still has it

    def show_package(self, package: OpenedPackage | None, *, can_keep: bool) -> None:
        """Say that what is shown came in a package and goes again, and why nothing can be added to it here."""
        if package is None:
            return
        self.package.setText(self._messages.text(
            "banner.package", name=package.package.name, sha256=grouped(package.sha256)
        ))  # fmt: skip
        self.package.setToolTip(tip(f"{package.package}\n{package.sha256}"))
        self.package.setVisible(True)
        self.export_button.setVisible(False)
        self.folder_button.setVisible(False)
        self.keep_button.setVisible(can_keep and self.trust_button.isHidden())  # no room for both; the menu has it
        self.setAccessibleName(f"{self.accessibleName()} {self.package.text()}")

    def _show_unsaved(self, reviewed: Reviewed, now: datetime) -> None:
        deadline = reviewed.record.deadline
        left, tone = countdown(deadline, now, self._messages)
        headline = self._messages.text("banner.not_saved", left=left)
        text = self._messages.text("banner.unsaved", rule=deadline_rule(deadline, now, self._messages))
        received = reviewed.record.captured_at
        if self.keeping.is_capture_ending(received, now) or self.keeping.is_capture_expired(received, now):
            until = shown_time(self.keeping.capture_until(received), self._messages)
            text = f"{text} {self._messages.text('banner.expires', when=until)}"
        self._say("clock", "bad" if tone == "bad" else "warn", headline, text)
        for label in (self.headline, self.text):
            label.setToolTip(tip(deadline_sources(deadline, self._messages)))
        self._offer(unsaved=True)

    def _verdict_text(self, verdict: FolderVerdict) -> str:
        messages = self._messages
        if not verdict.verified:
            lines = self._reasons(verdict)
            if len(verdict.reasons) > _MOST_REASONS:
                lines.append(messages.text("banner.more", count=len(verdict.reasons) - _MOST_REASONS))
            lines.append(self._next_step(verdict))
            return "\n".join(line for line in lines if line)
        parts = [messages.text("banner.files", count=verdict.files_checked)]
        if verdict.signer is not None:
            parts.append(messages.text("banner.signer", subject=brief(verdict.signer.subject)))
        if verdict.stamp is not None:
            parts.append(messages.text("banner.stamped", time=shown_moment(verdict.stamp.time, messages)))
        else:
            parts.append(messages.text("banner.unstamped"))
        return " · ".join([*parts, *self._reasons(verdict)])

    def _reasons(self, verdict: FolderVerdict) -> list[str]:
        """The first findings in words; the paths come from the folder."""
        found = verdict.reasons[:_MOST_REASONS]
        return [f"{self._messages.text(f'reason.{reason.code}')} {brief(reason.path)}".strip() for reason in found]

    def _next_step(self, verdict: FolderVerdict) -> str:
        override = f"verdict.{verdict.verdict}.next.window"
        known = override if self._messages.has(override) else f"verdict.{verdict.verdict}.next"
        return self._messages.text(known)

    def _show_source(self, source: str) -> None:
        self.source.setVisible(source != "official")
        self.source.setText(self._messages.text(f"source.{source}"))
        self.source.setProperty("tone", "accent")
        restyle(self.source)

    def _say(self, icon: str, tone: str, headline: str, text: str) -> None:
        self._icon.show_icon(icon, tone)
        self.headline.setToolTip("")
        self.headline.setText(headline)
        self.headline.set_tone(tone)
        if text != self._said:  # something else is said: it is short again
            self._said, self._is_opened = text, False
        self.text.setText(text)
        self.line.setText(text)
        self.setAccessibleName(f"{self.headline.text()}. {self.text.text()}")
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)
        self._arrange_text()

    def allow(self, *, allowed: bool) -> None:
        """While something else runs, nothing new can be begun here."""
        for button in (
            self.save_button, self.discard_button, self.verify_button, self.trust_button, self.export_button,
            self.keep_button,
        ):  # fmt: skip
            button.setEnabled(allowed)

    @property
    def offers_saving(self) -> bool:
        """Whether what is shown can become evidence."""
        return self.save_button.isVisible() and self.save_button.isEnabled()

    def ask_to_save(self) -> None:
        """As its button does, where there is one to press."""
        if self.offers_saving:
            self.save_wanted.emit()

    def _offer(self, *, unsaved: bool) -> None:
        self.save_button.setVisible(unsaved)
        self.discard_button.setVisible(unsaved)
        self.verify_button.setVisible(not unsaved)
        self.folder_button.setVisible(not unsaved)
        self.export_button.setVisible(not unsaved)
        self.trust_button.setVisible(False)
        self.keep_button.setVisible(False)
        self.package.setVisible(False)
