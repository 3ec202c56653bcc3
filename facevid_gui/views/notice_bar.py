"""A notice that lies over the page's lower edge: nothing moves when it comes or goes (floor 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.bridge.settings_desk import is_settings_damaged
from facevid_gui.core.wording import window_failure
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.kept_focus import is_shown, take_focus
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import BriefLabel, IconButton, IconLabel, box, push, restyle

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.session import Notice
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_ICONS = {"warn": "info", "bad": "warning"}
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
# What the computer lacks: the Help page says more about it.
LACKS = frozenset({
    "keyring_locked", "keyring_denied", "keyring_hangs", "keyring_unavailable", "no_multimedia", "no_chinese_font",
    "no_multimedia_here", "no_chinese_font_here", "clock", "clock_differs", "disk_full", "disk_failed", "read_only",
    "keys_not_kept", "permission_denied", "config_damaged", "unforeseen",
})  # fmt: skip

# What new keys help with: the profile asks for them.
KEYS_ASKED = frozenset({
    "credentials_refused", "secrets_absent", "keys_not_kept", "token_refused", "ticket_expired", "ticket_refused",
})  # fmt: skip


class NoticeBar(QFrame):
    """What happened, the next step, and buttons where there is one to press; bad news stays until it was read."""

    action_wanted = Signal(str, str)  # one of `Notice.actions`

    def __init__(self, theme: Theme, messages: Messages, controller: Controller, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("notice_bar")
        self.setProperty("role", "notice")
        self._messages = messages
        self._controller = controller
        self._over = over
        self._rows: list[QWidget] = []
        self._told_on = ""  # the id of the record that was open when it came
        row = box(QHBoxLayout(self), margin=SPACE_M, spacing=SPACE_M)
        self._icon = IconLabel(theme, "info", "accent", 20)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = box(QVBoxLayout(), spacing=SPACE_XS)
        self.headline = BriefLabel()
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        self.text = BriefLabel(tone="muted")
        for label in (self.headline, self.text):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        self._buttons = QWidget()
        self._row = FlowLayout(SPACE_S)
        self._buttons.setLayout(self._row)
        words.addWidget(self._buttons)
        row.addLayout(words, 1)
        self._close = close = IconButton(theme, "cross", color="muted", kind="flat", size=14)
        close.name(self.tr("Close this notice"))
        close.clicked.connect(controller.dismiss_notice)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        over.installEventFilter(self)
        controller.session.notice_changed.connect(self._on_notice)
        controller.session.page_changed.connect(self._on_page)
        self.hide()

    def keep_clear(self, row: QWidget) -> None:
        """Lie above this row of controls while it is shown, as far as there is room for that."""
        self._rows.append(row)
        row.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay at the lower edge of what it lies over, above the rows that are to be kept clear."""
        if event.type() in _MOVES and watched in (self._over, *self._rows):
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        """What it says may need another height once it is laid out."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def _on_notice(self) -> None:
        notice = self._controller.session.notice
        if notice is None or notice.tone == "ok":
            self._put_away()  # good news is the status bar's
            return
        self._told_on = self._controller.session.page.title_id
        self._say(notice)
        self.show()
        self.raise_()
        self._place()

    def _put_away(self) -> None:
        """Whoever stood on one of its buttons stands where the next id is asked for, not on some button behind it."""
        window = self.window()
        if self.isAncestorOf(window.focusWidget()):
            take_focus(window.findChild(QWidget, "look_up_field"))
        self.hide()

    def _on_page(self) -> None:
        """What went wrong with one record is no news over another one. A record that is on its way is none yet."""
        shown = self._controller.session.page.title_id
        if shown and self._told_on not in ("", shown):
            self.leave()

    def leave(self) -> None:
        """Another page comes: bad news about the one before is old."""
        notice = self._controller.session.notice
        if notice is not None and notice.tone == "bad":
            self._controller.dismiss_notice()

    def _say(self, notice: Notice) -> None:
        if notice.error is not None:
            headline, text = window_failure(notice.error.code, notice.error.params, self._messages)
        else:
            headline, text = self._messages.text(notice.message, **notice.values), ""
        self._icon.show_icon(_ICONS[notice.tone], notice.tone)
        self.headline.setText(headline)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self._offer(notice)
        self.setAccessibleName(f"{self.headline.text()} {self.text.text()}")
        self.setProperty("tone", notice.tone)
        restyle(self)

    def _offer(self, notice: Notice) -> None:
        """A button for each action; what a system lacks is explained in Help."""
        names = {
            "open": self.tr("Open"),
            "save": self.tr("Save evidence…"),
            "help": self.tr("Help…"),
            "undo": self.tr("Take it back"),
            "set_aside": self.tr("Set the file aside"),
            "rescue_list": self.tr("Go on…"),
            "profile": self.tr("Profile…"),
            "add_place": self.tr("Add it as a place"),
        }
        actions = list(notice.actions)
        if notice.error is not None and is_settings_damaged(notice.error):
            actions.append(("set_aside", ""))
        if notice.error is not None and notice.error.code in KEYS_ASKED:
            actions.append(("profile", ""))
        if notice.error is not None and notice.error.code in LACKS:
            actions.append(("help", ""))
        while (item := self._row.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        before: QWidget = self._close
        for what, key in actions:
            button = push(names[what], on_click=partial(self.action_wanted.emit, what, key))
            button.setObjectName(f"notice_{what}_button")
            self._row.addWidget(button)
            self.setTabOrder(before, button)  # it came late: Tab would reach it behind everything else
            before = button
            if what == "undo":  # it waits for seconds only; the dialog that asked must be gone first
                button.setAccessibleDescription(self.headline.text())
                QTimer.singleShot(0, button, partial(take_focus, button))
        self._buttons.setVisible(bool(actions))

    def _place(self) -> None:
        if self.isHidden():
            return
        width = min(620, self._over.width() - 2 * SPACE_L)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        lowest = self._over.height() - height - SPACE_L
        top = min([lowest, *(self._top_of(row) - height - SPACE_S for row in self._rows if is_shown(row))])
        self.setGeometry((self._over.width() - width) // 2, top if top >= 0 else lowest, width, height)

    def _top_of(self, row: QWidget) -> int:
        return row.mapTo(self._over, QPoint()).y()
