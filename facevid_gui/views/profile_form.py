"""One profile's form: fields, keys, where the keys go; keep, test, forget, and what each came to (floor 3).

The profiles dialog and the guide show it. A form hears only what became of its own wishes: another may be open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from facevid_gui.core.errors import FacevidError
from facevid_gui.core.wording import failure_text, joined, window_failure
from facevid_gui.views.combo import Combo
from facevid_gui.views.form_rows import FormRows
from facevid_gui.views.kept_focus import KeptFocus
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.secret_field import SecretField
from facevid_gui.views.theme import SPACE_M, SPACE_S, by_font
from facevid_gui.views.widgets import (
    BriefLabel,
    IconLabel,
    PlainLabel,
    add_row,
    box,
    push,
    restyle,
    scrolling,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from facevid_gui.bridge.profile_desk import ProfileDesk
    from facevid_gui.bridge.session import Session
    from facevid_gui.bridge.work import Kept
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.views.theme import Theme

KINDS = ("ess", "essbasic", "kyc")
# Which settings and which secrets each kind has, in the order they are asked for.
FIELDS = {
    "ess": ("user_id", "proxy_organization_id"),
    "essbasic": ("app_id", "proxy_organization_open_id", "proxy_operator_open_id"),
    "kyc": ("app_id",),
}
OPTIONAL = frozenset({"proxy_organization_id", "token", "ticket_header"})
SECRETS = {"ess": ("secret_id", "secret_key", "token"), "essbasic": ("secret_id", "secret_key", "token")}
TICKET_SECRET = {"pasted": "ticket", "server": "header_value", "direct": "secret"}

_BOX = 420


class ProfileForm(QWidget):
    """The form of the profile that is shown, or of a new one. `tests`: it can be tested and forgotten here, too."""

    kept = Signal(object)  # Profile

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desk: ProfileDesk, *, tests: bool = True
    ) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._session = session
        self._desk = desk
        self._rows: dict[str, QLineEdit] = {}
        self._secrets: dict[str, QLineEdit] = {}
        self._kept_focus = KeptFocus(self)
        self._asked = ""  # what this form waits for: "", "keep", "forget", "probe"
        self.shown: Profile | None = None
        self.is_edited = False  # something was typed that is not kept
        column = box(QVBoxLayout(self), spacing=SPACE_M)
        column.addLayout(self._make_keyring())
        holder = QWidget()
        self._form = FormRows(holder)
        self._make_fixed_rows()
        if not tests:
            self._form.setContentsMargins(0, 0, 0, 0)  # it scrolls with what is around it
        column.addWidget(scrolling(holder) if tests else holder, 1)
        self.status = BriefLabel(" ")
        self.status.setObjectName("profile_status")
        self.status.setMinimumHeight(3 * self.status.fontMetrics().height())
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        if tests:
            column.addWidget(self.status)
        column.addLayout(self._make_buttons())
        if not tests:  # what scrolls has its button as near as can be; what it says is scrolled to
            column.addWidget(self.status)
        for button in (self.forget_button, self.test_button):
            button.setVisible(tests)
        session.keyring_changed.connect(self._show_keyring)
        desk.kept.connect(self._on_kept)
        desk.refused.connect(self._on_refused)
        desk.probed.connect(self._on_probed)
        self.show_profile(None)

    # --- building --------------------------------------------------------------------------------------

    def _make_keyring(self) -> QHBoxLayout:
        keyring = box(QHBoxLayout(), spacing=SPACE_S)
        self._keyring_icon = IconLabel(self._theme, "lock", "muted", 18)
        self._keyring_text = PlainLabel(wrap=True)
        self._keyring_text.setObjectName("keyring_text")
        keyring.addWidget(self._keyring_icon, 0, Qt.AlignmentFlag.AlignTop)
        keyring.addWidget(self._keyring_text, 1)
        return keyring

    def _make_buttons(self) -> QHBoxLayout:
        self.buttons = box(QHBoxLayout(), spacing=SPACE_S)
        self.forget_button = push(self.tr("Forget"), "danger", self._forget)
        self.forget_button.setObjectName("forget_profile_button")
        self.test_button = push(self.tr("Test connection"), on_click=self._test)
        self.test_button.setObjectName("test_profile_button")
        self.keep_button = push(self.tr("Keep profile"), "primary", self._keep)
        self.keep_button.setObjectName("keep_profile_button")
        self.buttons.addWidget(self.forget_button)
        self.buttons.addStretch(1)
        for button in (self.test_button, self.keep_button):
            self.buttons.addWidget(button)
        return self.buttons

    def _make_fixed_rows(self) -> None:
        self.name_field = QLineEdit()
        self.name_field.setObjectName("profile_name_field")
        self.kind_box = Combo(self._theme)
        self.kind_box.setObjectName("profile_kind_box")
        self.kind_box.setMaximumWidth(by_font(_BOX))  # it may be shortened where there is little room
        for kind in KINDS:
            self.kind_box.addItem(self._messages.text(f"profile.kind.{kind}.long"), kind)
        self.environment_box = Combo(self._theme)
        self.environment_box.setObjectName("profile_environment_box")
        for environment in ("prod", "test"):
            self.environment_box.addItem(self._messages.text(f"badge.{environment}"), environment)
        self.endpoint_field = QLineEdit()
        self.endpoint_field.setObjectName("profile_endpoint_field")
        self.endpoint_field.setPlaceholderText(self.tr("usual address of the service"))
        for field in (self.name_field, self.endpoint_field):
            field.textEdited.connect(self._on_edited)
        add_row(self._form, self.tr("Name"), self.name_field)
        add_row(self._form, self.tr("Service"), self.kind_box)
        add_row(self._form, self.tr("Environment"), self.environment_box)
        add_row(self._form, self.tr("Other address"), self.endpoint_field)
        self._keep_label_width()
        self._fixed_rows = self._form.rowCount()
        self.kind_box.currentIndexChanged.connect(lambda _index: self._make_rows())

    def _keep_label_width(self) -> None:
        """As wide as the longest label of any kind: the fields stay where they are when another kind is chosen."""
        named = {name for fields in (*FIELDS.values(), ("ticket_url", "ticket_header")) for name in fields}
        secret = {name for names in (*SECRETS.values(), TICKET_SECRET.values()) for name in names}
        words = [self._messages.text(f"profile.field.{name}") for name in named]
        words += [self._messages.text(f"profile.secret.{name}") for name in secret]
        label = self._form.labelForField(self.name_field)
        label.setMinimumWidth(max(map(label.fontMetrics().horizontalAdvance, words)))

    # --- one profile -----------------------------------------------------------------------------------

    def show_profile(self, profile: Profile | None, *, kind: str = "", name: str = "") -> None:
        """Show a profile, or an empty form for a new one, perhaps of a `kind` and with a proposal for its name."""
        if self._asked == "probe":  # its answer would be read as that of the profile shown now
            self._desk.stop_probe()
        self.shown = profile
        self._say("", "")
        self.name_field.setText(profile.name if profile else name)
        self.name_field.setReadOnly(profile is not None)
        self.kind_box.setEnabled(profile is None)
        self.environment_box.setCurrentIndex(self.environment_box.findData(profile.environment if profile else "prod"))
        self.endpoint_field.setText(profile.endpoint if profile else "")
        self.kind_box.setCurrentIndex(KINDS.index(profile.kind if profile else kind or KINDS[0]))
        self._make_rows()
        self._show_keyring()
        self._set_busy("")
        self.is_edited = False
        self.keep_button.setText(self.tr("Keep changes") if profile else self.tr("Keep profile"))
        self.keep_button.setProperty("kind", "" if profile else "primary")  # what is kept needs no second step
        restyle(self.keep_button)

    def _make_rows(self) -> None:
        while self._form.rowCount() > self._fixed_rows:
            self._form.removeRow(self._fixed_rows)
        self._rows, self._secrets = {}, {}
        kind = self.kind_box.currentData()
        for name in FIELDS[kind]:
            self._add_row(name)
        if kind == "kyc":
            self._add_ticket_rows()
        else:
            for name in SECRETS[kind]:
                self._add_secret(name)
        keep_reading_order(self)

    def _add_row(self, name: str) -> None:
        field = QLineEdit(getattr(self.shown, name, "") if self.shown else "")
        field.setObjectName(f"profile_{name}")
        field.textEdited.connect(self._on_edited)
        if name in OPTIONAL:
            field.setPlaceholderText(self.tr("only if needed"))
        self._rows[name] = field
        add_row(self._form, self._messages.text(f"profile.field.{name}"), field)

    def _add_secret(self, name: str) -> None:
        label = self._messages.text(f"profile.secret.{name}")
        secret = SecretField(self._theme, name, label)
        secret.field.setPlaceholderText(self._secret_hint(name))
        secret.field.textEdited.connect(self._on_edited)
        self._secrets[name] = secret.field
        add_row(self._form, label, secret, secret.field)

    def _secret_hint(self, name: str) -> str:
        """What an empty field means. A field is left as it is only where there is something to leave."""
        if name in OPTIONAL:
            return self.tr("only if needed")
        if self.shown is not None and self._session.has_keys(self.shown):
            return self.tr("unchanged")
        if self.shown is None:
            return ""
        return self.tr("enter again") if self._session.keyring == "unavailable" else self.tr("cannot be read now")

    def _add_ticket_rows(self) -> None:
        self.mode_box = Combo(self._theme)
        self.mode_box.setObjectName("profile_ticket_mode_box")
        self.mode_box.setMaximumWidth(by_font(_BOX))  # it may be shortened where there is little room
        for mode in TICKET_SECRET:
            self.mode_box.addItem(self._messages.text(f"profile.mode.{mode}"), mode)
        if self.shown is not None:
            self.mode_box.setCurrentIndex(max(0, self.mode_box.findData(self.shown.ticket_mode or "pasted")))
        add_row(self._form, self.tr("SIGN ticket"), self.mode_box)
        self._mode_row = self._form.rowCount()
        self.mode_box.currentIndexChanged.connect(lambda _index: self._make_mode_rows())
        self._make_mode_rows()

    def _make_mode_rows(self) -> None:
        while self._form.rowCount() > self._mode_row:
            self._form.removeRow(self._mode_row)
        for name in ("ticket_url", "ticket_header"):
            self._rows.pop(name, None)
        self._secrets = {}
        mode = self.mode_box.currentData()
        if mode == "server":
            self._add_row("ticket_url")
            self._add_row("ticket_header")
        self._add_secret(TICKET_SECRET[mode])
        if mode == "direct":
            self.risk_box = QCheckBox(self.tr("I accept this risk"))
            self.risk_box.setObjectName("accept_token_risk_box")
            self.risk_box.setChecked(bool(self.shown and self.shown.accept_token_risk))
            self._form.addRow("", PlainLabel(self._messages.text("profile.direct_warning"), tone="warn", wrap=True))
            self._form.addRow("", self.risk_box)
        keep_reading_order(self)

    @property
    def is_keeping(self) -> bool:
        """Whether a wish to keep what was typed is on its way."""
        return self._asked == "keep"

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter in a field keeps the profile; the dialog around would press a button of its own."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(self.focusWidget(), QLineEdit):
            if self.keep_button.isEnabled():
                self._keep()
            event.accept()
            return
        super().keyPressEvent(event)

    # --- commands and answers --------------------------------------------------------------------------

    def _keep(self) -> None:
        kind = self.kind_box.currentData()
        options: dict[str, str | bool | None] = {name: field.text().strip() for name, field in self._rows.items()}
        options["environment"] = self.environment_box.currentData()
        options["endpoint"] = self.endpoint_field.text().strip()
        if kind == "kyc":
            options["ticket_mode"] = self.mode_box.currentData()
            options["accept_token_risk"] = self.mode_box.currentData() == "direct" and self.risk_box.isChecked()
        data = {name: field.text().strip() for name, field in self._secrets.items() if field.text().strip()}
        self._set_busy("keep")
        self._desk.keep(self.name_field.text().strip(), kind, options, data, replace_it=self.shown is not None)

    def _forget(self) -> None:
        if self.shown is not None:
            self._set_busy("forget")
            self._desk.forget(self.shown.name)

    def _test(self) -> None:
        if self._asked == "probe":
            self._desk.stop_probe()
            self._set_busy("")
            self._say("muted", self.tr("Stopped."))
        elif self.shown is not None:
            self._say("muted", self.tr("Asking the service…"))
            self._set_busy("probe")
            self._desk.probe(self.shown)

    def _on_kept(self, kept: Kept) -> None:
        if self._asked != "keep":
            return
        self.show_profile(kept.profile)
        self.kept.emit(kept.profile)
        if kept.problem is not None:
            what, _ = window_failure(kept.problem.code, kept.problem.params, self._messages)
            self._say("warn", joined(what, self._messages.text("profile.this_run_only")))
        else:
            self._say("ok", self._messages.text("profile.kept", name=kept.profile.name))

    def _on_refused(self, error: FacevidError) -> None:
        if self._asked:
            self._set_busy("")
            self._say("bad", self._words(error))

    def _words(self, error: FacevidError) -> str:
        """An error in the words of this form: where the console names options and keys, a form has labels."""
        params = dict(error.params)
        for name, family in (("option", "field"), ("key", "secret"), ("kind", "kind")):
            label = f"profile.{family}.{params.get(name, '').lstrip('-').replace('-', '_')}"
            if self._messages.has(label):
                params[name] = self._messages.text(label)
        return failure_text(error.code, params, self._messages)

    def _on_probed(self, result: Outcome | FacevidError) -> None:
        if self._asked != "probe":
            return
        if isinstance(result, FacevidError):
            self._on_refused(result)
            return
        self._set_busy("")
        assert self.shown is not None
        self._say(*probe_words(self.shown, result, self._messages))

    def _show_keyring(self) -> None:
        state = self._session.keyring
        icon, color = ("lock", "ok") if state == "ready" else ("warning", "warn")
        self._keyring_icon.show_icon(icon, color)
        profile, text = self.shown, self._messages.text
        is_gone = profile is not None and state == "unavailable" and not self._session.has_keys(profile)
        self._keyring_text.setText(
            text("profile.keys_gone", name=profile.name) if profile and is_gone else text(f"keyring.{state}")
        )
        for name, field in self._secrets.items():
            field.setPlaceholderText(self._secret_hint(name))

    def _on_edited(self) -> None:
        self.is_edited = True
        if not self._asked:
            self._say("", "")  # that was about what stood here before

    def _say(self, tone: str, text: str) -> None:
        self.status.set_tone(tone)
        self.status.setText(text or " ")
        if text:
            self._scroll_to_status()

    def _scroll_to_status(self) -> None:
        part = self.parentWidget()
        while part is not None and not part.isWindow():
            if isinstance(part, QScrollArea):
                part.ensureWidgetVisible(self.status)
                return
            part = part.parentWidget()

    def _set_busy(self, asked: str) -> None:
        if asked in ("keep", "forget"):
            self._kept_focus.hold()
        was, self._asked = self._asked, asked
        self.keep_button.setEnabled(not asked)
        self.forget_button.setEnabled(not asked and self.shown is not None)
        self.test_button.setEnabled(asked in ("", "probe") and self.shown is not None)
        self.test_button.setText(self.tr("Stop") if asked == "probe" else self.tr("Test connection"))
        if was in ("keep", "forget") and not asked:
            self._kept_focus.give_back(otherwise=self.keep_button)


def probe_words(profile: Profile, result: Outcome | FacevidError, messages: Messages) -> tuple[str, str]:
    """The tone and the sentence of what testing a connection came to."""
    words = failure_text(result.code, dict(result.params), messages)
    if isinstance(result, FacevidError):
        return "bad", words
    if result.ok:
        return "ok", messages.text("profile.works", name=profile.name, host=profile.base_url)
    said = " ".join(filter(None, (result.provider_code, result.provider_message)))
    return "bad", f"{words} ({said})" if said else words
