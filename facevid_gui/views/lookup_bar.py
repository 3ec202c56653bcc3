"""The look-up bar: profile, id, signer, Look up and Rescue; what was recognised; stages and Cancel (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.core.masking import mask_name
from facevid_gui.core.moments import shown_time
from facevid_gui.core.provenance import OFFICIAL_HOSTS, TEST_HOSTS, is_loopback
from facevid_gui.core.wording import state_text, window_failure
from facevid_gui.views.combo import Combo
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, by_font, fixed_font
from facevid_gui.views.widgets import Chip, IconButton, PlainLabel, box, push, restyle, tip, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Signer
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.views.theme import Theme

ASKING = frozenset({"look_up", "rescue", "signers"})
UNPACKING = frozenset({"open", "keep"})
STOPPABLE = frozenset({"open", "import", "seal"})  # what is over at once in most cases: Cancel comes when it is not
LONG_MS = 1000
ONLY_SIGNER, ASK, ENTER = "", "?", "+"


class LookUpField(QLineEdit):
    """The field for the id, with what it was recognised as at its right end."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("look_up_field")
        self.setFont(fixed_font(1.0))
        self.setMinimumWidth(130)
        self._hint = PlainLabel(tone="muted", parent=self)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.setFont(PlainLabel().font())

    def hint(self, text: str, tone: str) -> None:
        """Say what was recognised, or which stage a look-up is in."""
        self._hint.setText(text)
        self._hint.set_tone(tone)
        self.setAccessibleDescription(text)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the hint at the right end."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        room = self.width() - self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText()) - 40
        width = min(self._hint.sizeHint().width(), max(0, room))
        self._hint.setGeometry(self.width() - width - SPACE_M, 0, width, self.height())
        self._hint.setVisible(width >= self._hint.sizeHint().width() and bool(self._hint.text()))
        self.setToolTip(tip(self._hint.text()))
        margin = width + SPACE_S if self._hint.isVisible() else 0
        self.setTextMargins(0, 0, margin, 0)


class LookupBar(QFrame):
    """The bar on top of the window."""

    look_up_wanted = Signal()
    cancel_wanted = Signal()
    profile_picked = Signal(str)  # name
    signer_picked = Signal(str)  # SignId; empty: the only one
    signers_wanted = Signal()
    profiles_wanted = Signal()
    rescue_wanted = Signal()
    menu_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._session = session
        self._sign_id_used = self._is_long = False
        self._what = ""
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(LONG_MS)
        self._long.timeout.connect(self._on_long)
        self.setProperty("role", "topbar")
        column = box(QVBoxLayout(self), spacing=0)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.setContentsMargins(SPACE_L, SPACE_M - 2, SPACE_L, SPACE_M - 4)
        self._make_profile_box()
        self.badge = Chip()
        self.profiles_button = IconButton(theme, "menu", kind="flat")
        self.profiles_button.name(self.tr("Profiles and menu"))
        self.profiles_button.setObjectName("menu_button")
        self.profiles_button.clicked.connect(self.menu_wanted)
        self.field = LookUpField()
        self.field.setPlaceholderText(self.tr("Paste a FlowId, SignId or order number"))
        self.field.setAccessibleName(self.tr("Id to look up"))
        self.field.returnPressed.connect(self._look_up)
        self._make_signer_parts()
        self.look_up_button = push(self.tr("Look up"), "primary", self._look_up)
        self.look_up_button.setObjectName("look_up_button")
        self.rescue_button = push(self.tr("Rescue"), on_click=self.rescue_wanted.emit)
        self.rescue_button.setObjectName("rescue_button")
        self.rescue_button.setToolTip(self.tr("Look up and seal at once, without viewing: the provider's clock runs"))
        self.cancel_button = push(self.tr("Cancel"), "danger", self.cancel_wanted.emit)
        self.cancel_button.setObjectName("cancel_button")
        self._last = QStackedWidget()  # Rescue and Cancel take turns, so that nothing jumps
        self._last.addWidget(self.rescue_button)
        self._last.addWidget(self.cancel_button)
        self._last.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for widget, stretch in (
            (self.profiles_button, 0), (self.profile_box, 0), (self.badge, 0), (self.field, 1), (self._signer, 0),
            (self.look_up_button, 0), (self._last, 0),
        ):  # fmt: skip
            row.addWidget(widget, stretch)
        column.addLayout(row)
        self._row = row
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1)
        self.progress.setAccessibleName(self.tr("Progress"))
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        column.addWidget(self.progress)
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Make Cancel as wide as its longer word, so that nothing jumps when it says that."""
        super().showEvent(event)
        stopping = push(self.tr("Stopping…"), "danger")
        self.cancel_button.setMinimumWidth(stopping.sizeHint().width())

    def add_ends(self, first: QWidget, last: QWidget) -> None:
        """What puts away the sides of the window stands above them."""
        self._row.insertWidget(1, first)
        self._row.addWidget(last)
        self.setTabOrder(self.profiles_button, first)
        self.setTabOrder(self.cancel_button, last)

    def focus_field(self) -> None:
        """Put the cursor where an id is pasted."""
        self.field.setFocus()
        self.field.selectAll()

    def _make_profile_box(self) -> None:
        self.profile_box = Combo(self._theme, acts=True)
        self.profile_box.setObjectName("profile_box")
        self.profile_box.setAccessibleName(self.tr("Profile"))
        self.profile_box.setMaximumWidth(by_font(260))
        self.profile_box.currentIndexChanged.connect(self._on_profile_picked)

    def _make_signer_parts(self) -> None:
        self._signer = QWidget()
        row = box(QHBoxLayout(self._signer), spacing=SPACE_S)
        self.signer_box = Combo(self._theme, acts=True)
        self.signer_box.setObjectName("signer_box")
        self.signer_box.setAccessibleName(self.tr("Signer"))
        self.signer_box.setMaximumWidth(by_font(300))
        self.signer_box.activated.connect(self._on_signer_picked)
        self.signer_field = QLineEdit()
        self.signer_field.setObjectName("signer_field")
        self.signer_field.setPlaceholderText("SignId")
        self.signer_field.setAccessibleName(self.tr("SignId"))
        self.signer_field.setFont(fixed_font(1.0))
        self.signer_field.setFixedWidth(by_font(150))
        self.signer_field.textChanged.connect(self._on_sign_id_typed)
        self.signer_field.returnPressed.connect(self._look_up)
        self.signer_field.hide()
        row.addWidget(self.signer_box)
        row.addWidget(self.signer_field)

    def _follow(self) -> None:
        session = self._session
        session.profiles_changed.connect(self._show_profiles)
        session.profile_chosen.connect(self._show_profile)
        session.recognised_changed.connect(self._show_hint)
        session.recognised_changed.connect(self._keep_sign_id)
        session.signers_changed.connect(self._show_signers)
        session.activity_changed.connect(self._show_activity)
        self._show_profiles()
        self._show_signers()
        self._show_activity()

    # --- gestures --------------------------------------------------------------------------------------

    def _look_up(self) -> None:
        if self._session.profile is None:
            self.profiles_wanted.emit()
        elif self.look_up_button.isEnabled():
            self._sign_id_used = True
            self.look_up_wanted.emit()

    def _on_profile_picked(self, index: int) -> None:
        name = self.profile_box.itemData(index)
        if name:
            self.profile_picked.emit(name)
        elif index >= 0 and self._session.started:
            self._show_profile()
            self.profiles_wanted.emit()

    def _on_signer_picked(self, index: int) -> None:
        choice = self.signer_box.itemData(index)
        self.signer_field.setVisible(choice == ENTER)
        if choice == ASK:
            self.signer_box.setCurrentIndex(0)
            self.signer_picked.emit("")
            self.signers_wanted.emit()
        elif choice == ENTER:
            self.signer_field.setFocus()
            self.signer_picked.emit(self.signer_field.text())
        else:
            self.signer_picked.emit(choice)

    def _keep_sign_id(self) -> None:
        """Another id was pasted: a SignId typed for it stays in force, one that was looked up with goes."""
        if self.signer_field.isHidden():
            return
        if self._sign_id_used:
            self.signer_field.clear()
            self.signer_field.hide()
            self.signer_box.setCurrentIndex(0)
        self.signer_picked.emit(self.signer_field.text().strip())

    def _on_sign_id_typed(self, text: str) -> None:
        self._sign_id_used = False
        if text:
            self.signer_box.setCurrentIndex(self.signer_box.findData(ENTER))
            self.signer_field.show()
        self.signer_picked.emit(text.strip())

    # --- what is shown ---------------------------------------------------------------------------------

    def _show_profiles(self) -> None:
        with QSignalBlocker(self.profile_box):
            self.profile_box.clear()
            for profile in self._session.profiles:
                kind = self._messages.text(f"profile.kind.{profile.kind}")
                self.profile_box.addItem(f"{visible(profile.name)} · {kind}", profile.name)
            self.profile_box.addItem(self.tr("Add a profile…"), "")
        self._show_profile()

    def _show_profile(self) -> None:
        profile = self._session.profile
        with QSignalBlocker(self.profile_box):
            index = self.profile_box.findData(profile.name) if profile else self.profile_box.count() - 1
            self.profile_box.setCurrentIndex(index)
        badge = badge_of(profile) if profile else ""
        self.badge.setVisible(bool(badge))
        if badge:
            self.badge.setText(self._messages.text(f"badge.{badge}"))
            self.badge.setProperty("tone", {"prod": "ok", "test": "warn"}.get(badge, "accent"))
            restyle(self.badge)
        self._signer.setVisible(profile is not None and profile.kind != "kyc")
        self._show_hint()

    def _show_hint(self) -> None:
        if self._session.is_busy:
            return
        found = self._session.recognised
        if found.what == "empty":
            self.field.hint("", "muted")
        elif found.problem is not None:
            what, _ = window_failure(found.problem.code, found.problem.params, self._messages)
            self.field.hint(what, "bad")
        elif found.reason:
            cleaned = self._messages.text("recognised.cleaned") if found.changed else ""
            self.field.hint(" · ".join(filter(None, (self._messages.text(found.reason), cleaned))), "muted")
        else:
            self.field.hint("", "muted")

    def _show_signers(self) -> None:
        chosen = self.signer_box.currentData()
        with QSignalBlocker(self.signer_box):
            self.signer_box.clear()
            self.signer_box.addItem(self.tr("Signer: the only one"), ONLY_SIGNER)
            for signer in self._session.signers:
                self._add_signer(signer)
            if not self._session.signers:
                self.signer_box.addItem(self.tr("Ask for the signers…"), ASK)
            self.signer_box.addItem(self.tr("Enter a SignId…"), ENTER)
            index = self.signer_box.findData(chosen) if chosen else 0
            self.signer_box.setCurrentIndex(max(0, index))
        self.signer_field.setVisible(self.signer_box.currentData() == ENTER)

    def _add_signer(self, signer: Signer) -> None:
        state = state_text(signer.state, self._messages)
        moment = shown_time(signer.approved_at, self._messages) if signer.approved_at else ""
        words = " · ".join(filter(None, (mask_name(signer.name), state, moment)))
        self.signer_box.addItem(visible(words), signer.sign_id)
        model = self.signer_box.model()
        assert isinstance(model, QStandardItemModel)
        item: QStandardItem = model.item(self.signer_box.count() - 1)
        if not signer.is_signed_person:
            item.setEnabled(False)
            item.setToolTip(self._messages.text("signer.no_recording"))

    def _on_long(self) -> None:
        """It takes longer than most: say what it is, and offer to stop it."""
        self._is_long = True
        self._show_activity()

    def _show_activity(self) -> None:
        activity = self._session.activity
        busy = bool(activity.what)
        asking = activity.what in ASKING
        if activity.what != self._what:
            self._what, self._is_long = activity.what, False
            self._long.start() if busy else self._long.stop()
        takes_time = (activity.what in UNPACKING and bool(activity.stage)) or (
            self._is_long and activity.what in STOPPABLE
        )
        self._last.setCurrentIndex(1 if asking or takes_time else 0)
        self.look_up_button.setEnabled(not busy)
        self.rescue_button.setEnabled(not busy)
        self.cancel_button.setEnabled(not activity.cancelling)
        self.cancel_button.setText(self.tr("Stopping…") if activity.cancelling else self.tr("Cancel"))
        self.field.setReadOnly(asking)
        self.progress.setVisible(busy)
        self.progress.setRange(0, 0 if busy else 1)
        if asking or takes_time or self._is_long:
            self.field.hint(self.stage_text(), "accent")
        else:
            self._show_hint()

    def stage_text(self) -> str:
        """Which stage the look-up or the unpacking is in; nothing while none runs."""
        activity = self._session.activity
        stage, number = activity.stage, activity.number
        if activity.what in UNPACKING and stage:
            return self._messages.text(f"progress.package_{stage}", megabytes=f"{number / 1e6:.1f}")
        if activity.what not in ASKING:
            return self._messages.text(f"progress.busy.{activity.what}") if self._is_long else ""
        if stage == "receive":
            return self._messages.text("progress.received", megabytes=f"{number / 1e6:.1f}")
        return self._messages.text(f"progress.{stage}", number=number) if stage else self.tr("Starting…")

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its row."""
        return QSize(900, super().sizeHint().height())


def badge_of(profile: Profile) -> str:
    """Which world a profile asks: "prod", "test", "simulator" (this computer) or "custom" (another server)."""
    host = urlsplit(profile.base_url).hostname or ""
    if is_loopback(host):
        return "simulator"
    if host in TEST_HOSTS[profile.kind] or profile.environment == "test":
        return "test"
    return "prod" if host in OFFICIAL_HOSTS[profile.kind] else "custom"
