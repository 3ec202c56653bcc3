"""Handing evidence over: where the package goes, to whom, what its page shows; then what it came to (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from facevid_gui.bridge.hand_over_work import HandingOver
from facevid_gui.bridge.work import looks_synced
from facevid_gui.core.errors import UsageError
from facevid_gui.core.plain import file_name
from facevid_gui.views.departure_form import DepartureForm
from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.reason_dialog import ReasonField
from facevid_gui.views.save_dialog import typed_path
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import PlainLabel, add_row, box, push

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.export import Exported


class ExportDialog(DepartureForm):
    """Export a folder. `holds`: the check passed when it was opened; the export checks again."""

    confirmed = Signal(object)  # HandingOver

    def __init__(
        self, messages: Messages, folder: Path, key_protection: str, parent: QWidget | None, *, holds: bool,
        ask_purpose: Collection[str] = (), remembered: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(self.tr("Export"), messages.text("export.sentence"), parent)
        self.setObjectName("export_dialog")
        self._messages = messages
        self._folder = folder
        self._key_protection = key_protection if holds else "keyring"
        self.package_field = _field("package_field", str(Path.home() / f"{file_name(folder.name)}.zip"))
        self.recipient_field = _field("recipient_field")
        self.recipient_field.setPlaceholderText(self.tr("stands in the custody log"))
        self.unmask_box = QCheckBox(self.tr("Show personal data on the reading page (logged)"))
        self.unmask_box.setObjectName("unmask_page_box")
        self.broken_box = QCheckBox(self.tr("Pack it although the check failed; page and logs say so"))
        self.broken_box.setObjectName("even_if_broken_box")
        self._asked = frozenset(ask_purpose)
        self.reason_field = ReasonField(remembered)
        self._lay_out(holds=holds)
        self._make_result("export")
        self._make_folder_button("export")
        self.back_button = push(self.tr("Back"), on_click=self.reject)
        self.back_button.setObjectName("export_back_button")
        self.confirm_button = push(self.tr("Export"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_export_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.back_button)
        self.buttons.addWidget(self.confirm_button)
        self.passphrase.changed.connect(self._update)
        self.package_field.textChanged.connect(self._update)
        self.broken_box.toggled.connect(self._update)
        self.unmask_box.toggled.connect(self._update)
        self.reason_field.textChanged.connect(self._update)
        self._holds = holds
        self._update()
        self.recipient_field.setFocus()  # where the package goes is proposed already

    def _lay_out(self, *, holds: bool) -> None:
        place = QWidget()
        row = box(QHBoxLayout(place), spacing=SPACE_S)
        row.addWidget(self.package_field, 1)
        self.choose_button = push(self.tr("Choose…"), on_click=self._choose_place)
        row.addWidget(self.choose_button)
        add_row(self.form, self.tr("Package"), place, self.package_field)
        add_row(self.form, self.tr("Recipient"), self.recipient_field)
        add_row(self.form, self.tr("Reason"), self.reason_field)
        self.passphrase = PassphraseRows(self.form, self._messages, self._key_protection, self)
        self.form.addRow("", self.unmask_box)
        self.form.addRow("", self.broken_box)
        self.form.setRowVisible(self.broken_box, not holds)
        self.warning = PlainLabel(" ", tone="warn", wrap=True)
        self.form.addRow("", self.warning)

    def finish(self, exported: Exported) -> None:
        """Say where the package lies and what its hash is; the dialog stays until it was read."""
        text = self._messages.text
        lines = [
            text("export.done", path=exported.package, files=exported.files, size=exported.size_bytes),
            text("export.hash_elsewhere"),
        ]
        if exported.verdict.verified and not exported.recorded:
            lines.append(text("export.pending"))
        if exported.left_out:
            lines.append(text("export.left_out", count=len(exported.left_out)))
        self._show_done(lines, exported.sha256, exported.package)
        self.warning.setText(" ")

    def _choose_place(self) -> None:
        self._choose_file(self.tr("Where the package goes"), self.package_field, "zip")

    def _update(self) -> None:
        texts = [self.package_field.text().strip()]
        self.form.setRowVisible(self.reason_field, bool(self._asked & {"export", "unmask"}))
        self.reason_field.setPlaceholderText(self.tr("stands in the access log") if self._needs_reason else "")
        self.confirm_button.setEnabled(all(texts) and self._is_allowed and not self._is_busy)
        lines = []
        if texts[0] and not _is_zip(texts[0]):
            lines.append(self._messages.text("export.suffix"))
        if texts[0] and looks_synced(Path(texts[0]).parent):
            lines.append(self._messages.text("save.synced"))
        self.warning.setText("\n".join(lines) or " ")

    def _confirm(self) -> None:
        self.error.setText(" ")
        try:
            package = typed_path(self.package_field)
        except UsageError as error:
            self.complain(error, self._messages)
            return
        if not _is_zip(package.name):
            package = package.with_name(f"{package.name}.zip")
            self.package_field.setText(str(package))
        self.kept_focus.hold()
        self._set_busy(busy=True)
        self.confirmed.emit(
            HandingOver(
                self._folder, package, self.recipient_field.text(), self.unmask_box.isChecked(),
                self.broken_box.isChecked() and not self._holds, self.passphrase.secret(),
                self.reason_field.reason,
            )
        )  # fmt: skip

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        fields = (self.package_field, self.recipient_field, self.reason_field, *self.passphrase.fields)
        for widget in (*fields, self.unmask_box, self.broken_box, self.choose_button):
            widget.setEnabled(not busy and not self._is_done)
        self.confirm_button.setText(self.tr("Packing…") if busy else self.tr("Export"))
        self.back_button.setText(self.tr("Stop") if busy else self.tr("Back"))
        self._update()


def _is_zip(name: str) -> bool:
    """Whether a name says what the package is; nothing that was handed a package opens one of another name."""
    return name.lower().endswith(".zip")


def _field(name: str, text: str = "") -> QLineEdit:
    field = QLineEdit(text)
    field.setObjectName(name)
    return field
