"""Importing an answer saved earlier: which file, of which service, which ids it does not hold (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from facevid_gui.core.errors import FacevidError
from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id, clean_id
from facevid_gui.core.query import Query
from facevid_gui.views.combo import Combo
from facevid_gui.views.save_dialog import FormDialog, typed_path
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import PlainLabel, add_row, box, push

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

KINDS = ("ess", "essbasic", "kyc")


class ImportDialog(FormDialog):
    """A file, a kind, perhaps ids."""

    confirmed = Signal(Path, object)  # the file, a Query

    def __init__(self, theme: Theme, messages: Messages, file: Path | None, parent: QWidget | None) -> None:
        super().__init__(self.tr("Import a saved answer"), messages.text("import.sentence"), parent)
        self.setObjectName("import_dialog")
        self._messages = messages
        self.file_field = QLineEdit(str(file) if file else "")
        self.file_field.setObjectName("import_file_field")
        holder = QWidget()
        row = box(QHBoxLayout(holder), spacing=SPACE_S)
        row.addWidget(self.file_field, 1)
        row.addWidget(push(self.tr("Choose…"), on_click=self._choose_file))
        add_row(self.form, self.tr("File"), holder, self.file_field)
        self.kind_box = Combo(theme)
        self.kind_box.setObjectName("import_kind_box")
        for kind in KINDS:
            self.kind_box.addItem(messages.text(f"profile.kind.{kind}.long"), kind)
        add_row(self.form, self.tr("Service"), self.kind_box)
        self.flow_field, self.sign_field, self.order_field = QLineEdit(), QLineEdit(), QLineEdit()
        for name, field, label in (
            ("flow", self.flow_field, "FlowId"), ("sign", self.sign_field, "SignId"),
            ("order", self.order_field, "orderNo"),
        ):  # fmt: skip
            field.setObjectName(f"import_{name}_field")
            field.setPlaceholderText(self.tr("if the answer does not hold it"))
            add_row(self.form, label, field)
        self.form.addRow("", PlainLabel(messages.text("import.not_witnessed"), tone="warn", wrap=True))
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.confirm_button = push(self.tr("Import"), "primary", self._confirm)
        self.confirm_button.setObjectName("confirm_import_button")
        self.confirm_button.setDefault(True)
        self.buttons.addWidget(self.confirm_button)
        self.file_field.textChanged.connect(self._update)
        self.kind_box.currentIndexChanged.connect(self._update)
        self._update()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Import a saved answer"), self.file_field.text())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file_field.setText)
        dialog.open()

    def _update(self) -> None:
        is_order = self.kind_box.currentData() == "kyc"
        for field, wanted in ((self.flow_field, not is_order), (self.sign_field, not is_order),
                              (self.order_field, is_order)):  # fmt: skip
            self.form.setRowVisible(field, wanted)
        self.confirm_button.setEnabled(bool(self.file_field.text().strip()))

    def _confirm(self) -> None:
        kind = self.kind_box.currentData()
        try:
            if kind == "kyc":
                query = Query(kind, order_no=_checked(self.order_field, check_order_no))
            else:
                flow_id = _checked(self.flow_field, check_flow_id)
                query = Query(kind, flow_id=flow_id, sign_id=_checked(self.sign_field, check_sign_id))
            file = typed_path(self.file_field)
        except FacevidError as error:
            self.complain(error, self._messages)
            return
        self.confirmed.emit(file, query)
        self.accept()


def _checked(field: QLineEdit, check: Callable[[str], str]) -> str | None:
    text = clean_id(field.text()).text
    return check(text) if text else None
