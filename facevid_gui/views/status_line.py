"""The line at the foot of the window: keyring, news, where evidence goes (floor 3).

Good news stands here for a while; bad news is the page's. A stage of the look-up is said here, too: in a narrow
window the bar has no room for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStatusBar

from facevid_gui.views.theme import SPACE_L, SPACE_S
from facevid_gui.views.widgets import ElidedLabel, IconLabel, PlainLabel, push

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QPushButton

    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

NEWS_MS = 10_000


class StatusLine(QStatusBar):
    """Follows the session; `stage_text` says which stage a look-up is in."""

    help_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, session: Session, stage_text: Callable[[], str]) -> None:
        super().__init__()
        self._messages = messages
        self._session = session
        self._stage_text = stage_text
        self.setSizeGripEnabled(False)
        self.setContentsMargins(SPACE_L - 6, 0, SPACE_L - 6, 0)
        self._keyring_icon = IconLabel(theme, "lock", "muted", 14)
        self._keyring_text = PlainLabel(tone="muted")
        self._keyring_text.setObjectName("keyring_state")
        self._keyring_help: QPushButton | None = None  # made when there is something to explain
        self._place_text = ElidedLabel(tone="muted", mode=Qt.TextElideMode.ElideMiddle)
        self._news_icon = IconLabel(theme, "check", "ok", 14)
        self._news_icon.hide()
        for widget, stretch in (
            (self._keyring_icon, 0), (self._keyring_text, 0), (self._news_icon, 0), (self._place_text, 1),
        ):  # fmt: skip
            self.addWidget(widget, stretch)
        self.addPermanentWidget(PlainLabel(self.tr("All data stay on this computer"), tone="muted"))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(SPACE_S)
        self._news_over = False
        self.news_timer = QTimer(self)
        self.news_timer.setSingleShot(True)
        self.news_timer.setInterval(NEWS_MS)
        self.news_timer.timeout.connect(self._end_news)
        for changed in (session.keyring_changed, session.activity_changed, session.page_changed):
            changed.connect(self._show)
        session.notice_changed.connect(self._on_notice)

    def _on_notice(self) -> None:
        self._news_over = False
        self.news_timer.start()
        self._show()

    def _end_news(self) -> None:
        self._news_over = True
        self._show()

    def _show(self) -> None:
        self._show_keyring()
        notice = self._session.notice
        is_news = notice is not None and notice.tone == "ok" and not self._news_over
        self._news_icon.setVisible(is_news)
        self._place_text.set_tone("ok" if is_news else "muted")
        stage = self._stage_text()
        if stage:
            self._place_text.setText(stage)
        elif notice is not None and is_news:
            self._place_text.setText(self._messages.text(notice.message, **notice.values))
        else:
            roots = self._session.evidence_roots
            self._place_text.setText(self._messages.text("status.place", path=str(roots[0])) if roots else "")

    def _show_keyring(self) -> None:
        state = self._session.keyring
        if self._session.is_demo:
            self._keyring_icon.show_icon("info", "accent")
            self._keyring_text.setText(self._messages.text("status.demo"))
            self._keyring_text.setToolTip(self._messages.text("status.demo.why"))
        elif state != "unknown":
            is_ready = state == "ready"
            self._keyring_icon.show_icon("lock" if is_ready else "warning", "muted" if is_ready else "warn")
            self._keyring_text.setText(self._messages.text(f"keyring.{state}.short"))
            self._keyring_text.setToolTip(self._messages.text(f"keyring.{state}"))
            self._offer_help(wanted=not is_ready)

    def _offer_help(self, *, wanted: bool) -> None:
        if wanted and self._keyring_help is None:
            self._keyring_help = push(self.tr("Help…"), "link", self.help_wanted.emit)
            self._keyring_help.setObjectName("keyring_help_button")
            self._keyring_help.setAccessibleDescription(self.tr("What to do about the keyring"))
            self.insertWidget(2, self._keyring_help)
        if self._keyring_help is not None:
            self._keyring_help.setVisible(wanted)
