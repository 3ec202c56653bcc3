"""Making a report: language, sections, masking, where it goes; or printing it. Then what it came to (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from facevid_gui.bridge.report_work import Reporting
from facevid_gui.bridge.work import looks_synced
from facevid_gui.core.errors import UsageError
from facevid_gui.core.plain import file_name
from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.views.combo import Combo
from facevid_gui.views.departure_form import DepartureForm
from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.reason_dialog import ReasonField
from facevid_gui.views.save_dialog import typed_path
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import PlainLabel, add_row, box, push

if TYPE_CHECKING:
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.report import Reported
    from facevid_gui.settings import Settings
    from facevid_gui.views.theme import Theme

_ACROSS = 2


class ReportDialog(DepartureForm):
    """A report of `folder`, as a file or, with `printing`, on paper. `holds`: the check passed when it was opened."""

    confirmed = Signal(object)  # Reporting

    def __init__(
        self, theme: Theme, messages: Messages, folder: Path, settings: Settings, key_protection: str,
        parent: QWidget | None, *, holds: bool, printing: bool, reasons: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(self.tr("Print") if printing else self.tr("Report"), messages.text("report.sentence"), parent)
        self.setObjectName("report_dialog")
        self._messages, self._folder = messages, folder
        self._holds, self._printing = holds, printing
        self.language_box = Combo(theme)
        self.language_box.setObjectName("report_language_box")
        for name, language in (("中文", "zh_CN"), ("English", "en")):
            self.language_box.addItem(name, language)
        chosen = settings.report_language or messages.language
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(chosen)))
        add_row(self.form, self.tr("Language"), self.language_box)
        self._make_sections(settings.report_sections)
        self.file_field = QLineEdit(str(Path.home() / f"{file_name(folder.name)}.{chosen}.pdf"))
        self.file_field.setObjectName("report_file_field")
        self._make_place()
        self.passphrase = PassphraseRows(self.form, messages, key_protection if holds else "keyring", self)
        self._asked = frozenset(settings.ask_purpose)
        self.reason_field = ReasonField(reasons)
        add_row(self.form, self.tr("Reason"), self.reason_field)
        self.unmask_box = QCheckBox(self.tr("Show personal data in full (logged)"))
        self.unmask_box.setObjectName("report_unmask_box")
        self.form.addRow("", self.unmask_box)
        self.broken_box = QCheckBox(self.tr("Make it although the check failed; every page says so"))
        self.broken_box.setObjectName("report_broken_box")
        self.form.addRow("", self.broken_box)
        self.form.setRowVisible(self.broken_box, not holds)
        self.warning = PlainLabel(" ", tone="warn", wrap=True)
        self.warning.setMinimumHeight(2 * self.warning.fontMetrics().height())  # its room is kept: nothing jumps
        self.warning.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.warning.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.form.addRow("", self.warning)
        self._make_result("report")
        self._make_buttons()
        for changed in (
            self.passphrase.changed, self.file_field.textChanged, self.reason_field.textChanged,
            self.broken_box.toggled, self.unmask_box.toggled,
        ):  # fmt: skip
            changed.connect(self._update)
        self.language_box.currentIndexChanged.connect(self._follow_language)
        self._update()

    def _make_sections(self, chosen: tuple[str, ...]) -> None:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_XS)
        self.section_boxes: dict[str, QCheckBox] = {}
        rows = -(-len(SECTIONS) // _ACROSS)
        for place, name in enumerate(SECTIONS):
            made = QCheckBox(self._messages.text(f"report.section.{name}"))
            made.setObjectName(f"report_section_{name}")
            made.setChecked(name in chosen or not chosen)
            made.toggled.connect(self._update)
            grid.addWidget(made, place % rows, place // rows)
            self.section_boxes[name] = made
        add_row(self.form, self.tr("Sections"), part)

    def _make_place(self) -> None:
        place = QWidget()
        row = box(QHBoxLayout(place), spacing=SPACE_S)
        row.addWidget(self.file_field, 1)
        self.choose_button = push(self.tr("Choose…"), on_click=self._choose_place)
        row.addWidget(self.choose_button)
        add_row(self.form, self.tr("File"), place, self.file_field)
        self.form.setRowVisible(place, not self._printing)

    def _make_buttons(self) -> None:
        self._make_folder_button("report")
        self.back_button = push(self.tr("Back"), on_click=self.reject)
        self.back_button.setObjectName("report_back_button")
        self.confirm_button = push(self.tr("Print…") if self._printing else self.tr("Make report"), "primary",
                                   self._confirm)  # fmt: skip
        self.confirm_button.setObjectName("confirm_report_button")
        self.confirm_button.setDefault(True)
        for button in (self.back_button, self.confirm_button):
            self.buttons.addWidget(button)

    # --- what comes back ---------------------------------------------------------------------------------

    def show_stage(self, stage: str, number: int) -> None:
        """How far it is."""
        if self._is_busy and stage:
            self.result_text.setText(self._messages.text(f"report.stage.{stage}", number=number))

    def finish(self, reported: Reported) -> None:
        """Say where it lies and what its hash is; the dialog stays until it was read."""
        text, draft = self._messages.text, reported.draft
        done = "report.printed" if reported.file is None else "report.done"
        lines = [text(done, path=reported.file, pages=draft.pages)]
        if reported.recorded:
            lines.append(text("report.hash_noted", custody=draft.state.custody))
        elif draft.verdict.verified:
            lines.append(text("export.pending"))
        else:
            lines.append(text("report.told_broken"))
        self._show_done(lines, draft.sha256, reported.file)

    # --- what the user does ------------------------------------------------------------------------------

    def _choose_place(self) -> None:
        self._choose_file(self.tr("Where the report goes"), self.file_field, "pdf")

    def _follow_language(self) -> None:
        """The name that was proposed says the language."""
        for language in ("zh_CN", "en"):
            if self.file_field.text().endswith(f".{language}.pdf"):
                kept = self.file_field.text().removesuffix(f".{language}.pdf")
                self.file_field.setText(f"{kept}.{self.language_box.currentData()}.pdf")
                return

    def _update(self) -> None:
        place = self.file_field.text().strip()
        self.form.setRowVisible(self.reason_field, bool(self._asked & {"export", "unmask"}))
        has_section = any(section.isChecked() for section in self.section_boxes.values())
        ready = self._is_allowed and has_section and (bool(place) or self._printing)
        self.confirm_button.setEnabled(ready and not self._is_busy)
        text = self._messages.text
        lines = [text("report.unmask_warning")] if self.unmask_box.isChecked() else []
        if place and not self._printing and looks_synced(Path(place).parent):
            lines.append(text("save.synced"))
        self.warning.setText("\n".join(lines) or " ")

    def _confirm(self) -> None:
        self.error.setText(" ")
        try:
            file = None if self._printing else typed_path(self.file_field)
        except UsageError as error:
            self.complain(error, self._messages)
            return
        chosen = tuple(name for name, section in self.section_boxes.items() if section.isChecked())
        wish = Reporting(
            self._folder, file, self.language_box.currentData(), () if len(chosen) == len(SECTIONS) else chosen,
            self.unmask_box.isChecked(), self.broken_box.isChecked() and not self._holds, self.passphrase.secret(),
            self.reason_field.reason,
        )  # fmt: skip
        self.kept_focus.hold()
        self._set_busy(busy=True)
        self.confirmed.emit(wish)

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        fields = (self.language_box, self.reason_field, self.file_field, self.choose_button, *self.passphrase.fields)
        for widget in (*fields, self.unmask_box, self.broken_box, *self.section_boxes.values()):
            widget.setEnabled(not busy and not self._is_done)
        self.back_button.setText(self.tr("Stop") if busy else self.tr("Back"))
        self._update()
