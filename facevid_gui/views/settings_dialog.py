"""The settings: one section below the other, saved together (floor 3). A new section is one `_make_…` of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSizePolicy, QSpinBox, QWidget

from facevid_gui.views.save_dialog import FormDialog
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import Combo, PlainLabel, SectionTitle, add_row, box, push

if TYPE_CHECKING:
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

_LONGEST_MARK = 60
_MOST_MINUTES = 24 * 60
_MOST_DAYS = 3650


class SettingsDialog(FormDialog):
    """Shows the settings in force; they change when they were written."""

    def __init__(self, theme: Theme, messages: Messages, desk: SettingsDesk, parent: QWidget | None) -> None:
        super().__init__(self.tr("Settings"), "", parent)
        self.setObjectName("settings_dialog")
        self._messages = messages
        self._desk = desk
        self._make_language(theme)
        self._make_privacy()
        self._make_purposes()
        self._make_dates()
        self.buttons.addWidget(push(self.tr("Back"), on_click=self.reject))
        self.save_button = push(self.tr("Save"), "primary", self._save)
        self.save_button.setObjectName("save_settings_button")
        self.save_button.setDefault(True)
        self.buttons.addWidget(self.save_button)
        desk.saved.connect(self.accept)
        desk.refused.connect(self._refuse)

    def _make_language(self, theme: Theme) -> None:
        self._begin(self.tr("Language"))
        self.language_box = Combo(theme)
        self.language_box.setObjectName("language_box")
        for name, language in ((self.tr("Like the system"), ""), ("中文", "zh_CN"), ("English", "en")):
            self.language_box.addItem(name, language)
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(self._desk.settings.language)))
        add_row(self.form, self.tr("Language"), self.language_box)
        self._hint("settings.language.hint")

    def _make_privacy(self) -> None:
        settings = self._desk.settings
        self._begin(self.tr("Privacy"))
        self.watermark_box = self._check(self.tr("Mark pictures with the operator"), settings.watermark)
        self.watermark_box.setObjectName("watermark_box")
        self.watermark_field = QLineEdit(settings.watermark_text)
        self.watermark_field.setObjectName("watermark_field")
        self.watermark_field.setMaxLength(_LONGEST_MARK)
        self.watermark_field.setPlaceholderText(self._desk.operator)
        add_row(self.form, self.tr("Text of the mark"), self.watermark_field)
        self._hint("settings.watermark.hint")
        self.idle_box = QCheckBox(self.tr("Hide everything without input for"))
        self.idle_box.setObjectName("idle_box")
        self.idle_box.setChecked(settings.hide_when_idle)
        self.minutes_box = _number("minutes_box", self.tr("Minutes"), settings.idle_minutes, _MOST_MINUTES)
        self.minutes_box.setSuffix(self.tr(" min"))
        self._beside(self.idle_box, self.minutes_box)
        self.lock_box = self._check(self.tr("Hide everything when the screen is locked"), settings.hide_when_locked)
        self.lock_box.setObjectName("lock_box")
        self._hint("settings.hide.hint")
        self.thumbnails_box = self._check(self.tr("Show small pictures in the library"), settings.library_thumbnails)
        self.thumbnails_box.setObjectName("thumbnails_box")
        self._hint("settings.thumbnails.hint")
        self.watermark_box.toggled.connect(self.watermark_field.setEnabled)
        self.idle_box.toggled.connect(self.minutes_box.setEnabled)
        self.watermark_field.setEnabled(settings.watermark)
        self.minutes_box.setEnabled(settings.hide_when_idle)

    def _make_purposes(self) -> None:
        """Where a reason is demanded. Deleting and discarding always need one."""
        names = {
            "open": self.tr("Ask why before a record is opened"),
            "unmask": self.tr("Ask why before personal data are shown"),
            "export": self.tr("Ask why before a record is exported"),
        }
        self.purpose_boxes: dict[str, QCheckBox] = {}
        for what, words in names.items():
            made = self._check(words, what in self._desk.settings.ask_purpose)
            made.setObjectName(f"ask_{what}_box")
            self.purpose_boxes[what] = made
        self._hint("settings.purpose.hint")

    def _make_dates(self) -> None:
        settings = self._desk.settings
        self.expire_box = QCheckBox(self.tr("Offer unsaved records for removal after"))
        self.expire_box.setObjectName("expire_box")
        self.expire_box.setChecked(settings.captures_expire)
        self.expire_days_box = _number("expire_days_box", self.tr("Days"), settings.captures_expire_days, _MOST_DAYS)
        self.expire_days_box.setSuffix(self.tr(" days"))
        self._beside(self.expire_box, self.expire_days_box)
        self.automatic_box = self._check(
            self.tr("Remove them at the start without asking"), settings.captures_expire_automatically
        )
        self.automatic_box.setObjectName("expire_automatically_box")
        self._hint("settings.expire.hint")
        self.warn_days_box = _number("warn_days_box", self.tr("Days"), settings.retention_warn_days, _MOST_DAYS)
        self.warn_days_box.setSuffix(self.tr(" days"))
        self._beside(PlainLabel(self.tr("Warn of a retention date before, by")), self.warn_days_box)
        self.deadline_box = QCheckBox(self.tr("Warn before the provider deletes an unsaved recording, by"))
        self.deadline_box.setObjectName("deadline_box")
        self.deadline_box.setChecked(settings.deadline_warn)
        self.deadline_hours_box = _number("deadline_hours_box", self.tr("Hours"), settings.deadline_warn_hours, 72)
        self.deadline_hours_box.setSuffix(self.tr(" h"))
        self._beside(self.deadline_box, self.deadline_hours_box)
        self._hint("settings.deadline.hint")
        self.deadline_box.toggled.connect(self.deadline_hours_box.setEnabled)
        self.deadline_hours_box.setEnabled(settings.deadline_warn)
        for box_of in (self.expire_days_box, self.automatic_box):
            self.expire_box.toggled.connect(box_of.setEnabled)
            box_of.setEnabled(settings.captures_expire)

    def _beside(self, first: QWidget, second: QWidget) -> None:
        holder = QWidget()
        row = box(QHBoxLayout(holder), spacing=SPACE_S)
        row.addWidget(first)
        row.addWidget(second)
        row.addStretch(1)
        self.form.addRow("", holder)

    def _begin(self, title: str) -> None:
        self.form.addRow(SectionTitle(title))

    def _check(self, words: str, checked: bool) -> QCheckBox:
        made = QCheckBox(words)
        made.setChecked(checked)
        self.form.addRow("", made)
        return made

    def _hint(self, message: str) -> None:
        hint = PlainLabel(self._messages.text(message), tone="muted", wrap=True)
        hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.form.addRow("", hint)

    def _save(self) -> None:
        self.save_button.setEnabled(False)
        self._desk.save(
            language=self.language_box.currentData(), watermark=self.watermark_box.isChecked(),
            watermark_text=self.watermark_field.text().strip(), hide_when_idle=self.idle_box.isChecked(),
            idle_minutes=self.minutes_box.value(), hide_when_locked=self.lock_box.isChecked(),
            library_thumbnails=self.thumbnails_box.isChecked(),
            ask_purpose=tuple(what for what, made in self.purpose_boxes.items() if made.isChecked()),
            captures_expire=self.expire_box.isChecked(), captures_expire_days=self.expire_days_box.value(),
            captures_expire_automatically=self.automatic_box.isChecked(),
            retention_warn_days=self.warn_days_box.value(), deadline_warn=self.deadline_box.isChecked(),
            deadline_warn_hours=self.deadline_hours_box.value(),
        )  # fmt: skip

    def _refuse(self, error: FacevidError) -> None:
        self.save_button.setEnabled(True)
        self.complain(error, self._messages)


def _number(name: str, words: str, value: int, most: int) -> QSpinBox:
    made = QSpinBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setRange(1, most)
    made.setValue(value)
    return made
