"""Profiles: add, replace, test, forget; where the keys go and in which state the keyring is, in words (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.core.errors import FacevidError
from facevid_gui.core.wording import window_failure
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import (
    BriefLabel,
    Combo,
    IconButton,
    IconLabel,
    PlainLabel,
    SectionTitle,
    add_row,
    box,
    panel,
    push,
    visible,
)

if TYPE_CHECKING:
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
NEW = ""


class SecretField(QWidget):
    """A password field that can be looked at."""

    def __init__(self, theme: Theme, name: str, label: str) -> None:
        super().__init__()
        row = box(QHBoxLayout(self), spacing=SPACE_S)
        self.field = QLineEdit()
        self.field.setObjectName(f"secret_{name}")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(label)
        self.setFocusProxy(self.field)
        eye = IconButton(theme, "eye", color="muted", kind="flat", size=16)
        eye.name(self.tr("Show what was typed"))
        eye.setCheckable(True)
        eye.toggled.connect(self._reveal)
        row.addWidget(self.field, 1)
        row.addWidget(eye)

    def _reveal(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class ProfilesDialog(QDialog):
    """The list at the left, one profile's form at the right."""

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desk: ProfileDesk, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profiles_dialog")
        self.setWindowTitle(self.tr("Profiles"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 600)
        self._theme = theme
        self._messages = messages
        self._session = session
        self._desk = desk
        self._rows: dict[str, QLineEdit] = {}
        self._secrets: dict[str, QLineEdit] = {}
        outer = box(QHBoxLayout(self), spacing=0)
        outer.addWidget(self._make_list())
        outer.addWidget(self._make_side(), 1)
        session.profiles_changed.connect(self._fill_list)
        session.keyring_changed.connect(self._show_keyring)
        desk.kept.connect(self._on_kept)
        desk.refused.connect(self._on_refused)
        desk.probed.connect(self._on_probed)
        self._fill_list()
        self._show_keyring()
        chosen = session.profile.name if session.profile else NEW
        self._choose(chosen)

    # --- building --------------------------------------------------------------------------------------

    def _make_list(self) -> QWidget:
        side = panel("side-left")
        side.setFixedWidth(230)
        column = box(QVBoxLayout(side), margin=SPACE_M, spacing=SPACE_S)
        column.addWidget(SectionTitle(self.tr("Profiles")))
        self.list = QListWidget()
        self.list.setObjectName("profiles_list")
        self.list.setAccessibleName(self.tr("Profiles"))
        self.list.currentItemChanged.connect(self._on_chosen)
        column.addWidget(self.list, 1)
        self.add_button = push(self.tr("New profile"), on_click=lambda: self._choose(NEW))
        self.add_button.setObjectName("new_profile_button")
        column.addWidget(self.add_button)
        return side

    def _make_side(self) -> QWidget:
        side = QWidget()
        column = box(QVBoxLayout(side), margin=SPACE_L, spacing=SPACE_M)
        keyring = box(QHBoxLayout(), spacing=SPACE_S)
        self._keyring_icon = IconLabel(self._theme, "lock", "muted", 18)
        self._keyring_text = PlainLabel(wrap=True)
        self._keyring_text.setObjectName("keyring_text")
        keyring.addWidget(self._keyring_icon, 0, Qt.AlignmentFlag.AlignTop)
        keyring.addWidget(self._keyring_text, 1)
        column.addLayout(keyring)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form_holder = QWidget()
        self._form = QFormLayout(self._form_holder)
        self._form.setHorizontalSpacing(SPACE_M)
        self._form.setVerticalSpacing(SPACE_S)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._make_fixed_rows()
        area.setWidget(self._form_holder)
        column.addWidget(area, 1)
        self.status = BriefLabel(" ")
        self.status.setObjectName("profile_status")
        self.status.setMinimumHeight(3 * self.status.fontMetrics().height())
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.status)
        buttons = box(QHBoxLayout(), spacing=SPACE_S)
        self.forget_button = push(self.tr("Forget"), "danger", self._forget)
        self.forget_button.setObjectName("forget_profile_button")
        self._is_testing = False
        self.test_button = push(self.tr("Test connection"), on_click=self._test)
        self.test_button.setObjectName("test_profile_button")
        self.keep_button = push(self.tr("Keep profile"), "primary", self._keep)
        self.keep_button.setObjectName("keep_profile_button")
        close = push(self.tr("Close"), on_click=self.accept)
        close.setObjectName("close_profiles_button")
        buttons.addWidget(self.forget_button)
        buttons.addStretch(1)
        for button in (self.test_button, self.keep_button, close):
            buttons.addWidget(button)
        column.addLayout(buttons)
        return side

    def _make_fixed_rows(self) -> None:
        self.name_field = QLineEdit()
        self.name_field.setObjectName("profile_name_field")
        self.kind_box = Combo(self._theme)
        self.kind_box.setObjectName("profile_kind_box")
        for kind in KINDS:
            self.kind_box.addItem(self._messages.text(f"profile.kind.{kind}.long"), kind)
        self.environment_box = Combo(self._theme)
        self.environment_box.setObjectName("profile_environment_box")
        for environment in ("prod", "test"):
            self.environment_box.addItem(self._messages.text(f"badge.{environment}"), environment)
        self.endpoint_field = QLineEdit()
        self.endpoint_field.setObjectName("profile_endpoint_field")
        self.endpoint_field.setPlaceholderText(self.tr("usual address of the service"))
        add_row(self._form, self.tr("Name"), self.name_field)
        add_row(self._form, self.tr("Service"), self.kind_box)
        add_row(self._form, self.tr("Environment"), self.environment_box)
        add_row(self._form, self.tr("Other address"), self.endpoint_field)
        self._fixed_rows = self._form.rowCount()
        self.kind_box.currentIndexChanged.connect(lambda _index: self._make_rows())

    # --- one profile -----------------------------------------------------------------------------------

    def _choose(self, name: str) -> None:
        """Show a profile of the list, or an empty form."""
        if name == NEW:
            self.list.setCurrentRow(-1)
            self._show(None)
            self.name_field.setFocus()
            return
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentRow(row)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name = item.data(Qt.ItemDataRole.UserRole)
            self._show(next((known for known in self._session.profiles if known.name == name), None))

    def _show(self, profile: Profile | None) -> None:
        if self._is_testing:  # its answer would be read as that of the profile shown now
            self._desk.stop_probe()
            self._end_test()
        self._shown = profile
        self._say("", "")
        self.name_field.setText(profile.name if profile else "")
        self.name_field.setReadOnly(profile is not None)
        self.kind_box.setEnabled(profile is None)
        self.environment_box.setCurrentIndex(self.environment_box.findData(profile.environment if profile else "prod"))
        self.endpoint_field.setText(profile.endpoint if profile else "")
        self.kind_box.setCurrentIndex(KINDS.index(profile.kind) if profile else 0)
        self._make_rows()
        self.forget_button.setEnabled(profile is not None)
        self.test_button.setEnabled(profile is not None)
        self.keep_button.setText(self.tr("Replace") if profile else self.tr("Keep profile"))

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

    def _add_row(self, name: str) -> None:
        field = QLineEdit(getattr(self._shown, name, "") if self._shown else "")
        field.setObjectName(f"profile_{name}")
        if name in OPTIONAL:
            field.setPlaceholderText(self.tr("only if needed"))
        self._rows[name] = field
        add_row(self._form, self._messages.text(f"profile.field.{name}"), field)

    def _add_secret(self, name: str) -> None:
        label = self._messages.text(f"profile.secret.{name}")
        secret = SecretField(self._theme, name, label)
        if self._shown is not None:
            secret.field.setPlaceholderText(self.tr("unchanged"))
        elif name in OPTIONAL:
            secret.field.setPlaceholderText(self.tr("only if needed"))
        self._secrets[name] = secret.field
        add_row(self._form, label, secret, secret.field)

    def _add_ticket_rows(self) -> None:
        self.mode_box = Combo(self._theme)
        self.mode_box.setObjectName("profile_ticket_mode_box")
        for mode in TICKET_SECRET:
            self.mode_box.addItem(self._messages.text(f"profile.mode.{mode}"), mode)
        if self._shown is not None:
            self.mode_box.setCurrentIndex(max(0, self.mode_box.findData(self._shown.ticket_mode or "pasted")))
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
            self.risk_box.setChecked(bool(self._shown and self._shown.accept_token_risk))
            self._form.addRow("", PlainLabel(self._messages.text("profile.direct_warning"), tone="warn", wrap=True))
            self._form.addRow("", self.risk_box)

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
        self._set_busy(busy=True)
        self._desk.keep(self.name_field.text().strip(), kind, options, data, replace_it=self._shown is not None)

    def _forget(self) -> None:
        if self._shown is not None:
            self._set_busy(busy=True)
            self._desk.forget(self._shown.name)

    def _test(self) -> None:
        if self._is_testing:
            self._desk.stop_probe()
            self._end_test()
            self._say("muted", self.tr("Stopped."))
        elif self._shown is not None:
            self._say("muted", self.tr("Asking the service…"))
            self._set_busy(busy=True)
            self._is_testing = True
            self.test_button.setText(self.tr("Stop"))
            self.test_button.setEnabled(True)
            self._desk.probe(self._shown)

    def _end_test(self) -> None:
        self._is_testing = False
        self.test_button.setText(self.tr("Test connection"))
        self._set_busy(busy=False)

    def _on_kept(self, kept: Kept) -> None:
        self._set_busy(busy=False)
        self._choose(kept.profile.name)
        if kept.problem is not None:
            what, _ = window_failure(kept.problem.code, kept.problem.params, self._messages)
            self._say("warn", f"{what} {self._messages.text('profile.this_run_only')}")
        else:
            self._say("ok", self._messages.text("profile.kept", name=kept.profile.name))

    def _on_refused(self, error: FacevidError) -> None:
        self._set_busy(busy=False)
        self._say("bad", self._words(error))

    def _words(self, error: FacevidError) -> str:
        """An error in the words of this form: where the console names options and keys, a form has labels."""
        params = dict(error.params)
        for name, family in (("option", "field"), ("key", "secret"), ("kind", "kind")):
            label = f"profile.{family}.{params.get(name, '').lstrip('-').replace('-', '_')}"
            if self._messages.has(label):
                params[name] = self._messages.text(label)
        return " ".join(window_failure(error.code, params, self._messages))

    def _on_probed(self, result: Outcome | FacevidError) -> None:
        self._end_test()
        if isinstance(result, FacevidError):
            self._on_refused(result)
        elif result.ok:
            assert self._shown is not None
            self._say("ok", self._messages.text("profile.works", name=self._shown.name, host=self._shown.base_url))
        else:
            words = " ".join(window_failure(result.code, dict(result.params), self._messages))
            said = " ".join(filter(None, (result.provider_code, result.provider_message)))
            self._say("bad", f"{words} ({said})" if said else words)

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for profile in self._session.profiles:
            kind = self._messages.text(f"profile.kind.{profile.kind}")
            item = QListWidgetItem(f"{visible(profile.name)}\n{kind} · {profile.base_url.split('://')[-1]}")
            item.setData(Qt.ItemDataRole.UserRole, profile.name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if not self._session.profiles or getattr(self, "_shown", None) not in self._session.profiles:
            self._set_busy(busy=False)
            if self._session.profiles:
                self.list.setCurrentRow(0)
            else:
                self._show(None)

    def _show_keyring(self) -> None:
        state = self._session.keyring
        icon, color = ("lock", "ok") if state == "ready" else ("warning", "warn")
        self._keyring_icon.show_icon(icon, color)
        self._keyring_text.setText(self._messages.text(f"keyring.{state}"))

    def _say(self, tone: str, text: str) -> None:
        self.status.set_tone(tone)
        self.status.setText(text or " ")

    def _set_busy(self, *, busy: bool) -> None:
        shown = getattr(self, "_shown", None)
        self.keep_button.setEnabled(not busy)
        self.forget_button.setEnabled(not busy and shown is not None)
        self.test_button.setEnabled(not busy and shown is not None)
