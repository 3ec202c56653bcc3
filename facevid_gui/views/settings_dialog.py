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


class SettingsDialog(FormDialog):
    """Shows the settings in force; they change when they were written."""

    def __init__(self, theme: Theme, messages: Messages, desk: SettingsDesk, parent: QWidget | None) -> None:
        super().__init__(self.tr("Settings"), "", parent)
        self.setObjectName("settings_dialog")
        self._messages = messages
        self._desk = desk
        self._make_language(theme)
        self._make_privacy()
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
        self.minutes_box = QSpinBox()
        self.minutes_box.setObjectName("minutes_box")
        self.minutes_box.setAccessibleName(self.tr("Minutes"))
        self.minutes_box.setRange(1, _MOST_MINUTES)
        self.minutes_box.setValue(settings.idle_minutes)
        self.minutes_box.setSuffix(self.tr(" min"))
        idle = QWidget()
        row = box(QHBoxLayout(idle), spacing=SPACE_S)
        row.addWidget(self.idle_box)
        row.addWidget(self.minutes_box)
        row.addStretch(1)
        self.form.addRow("", idle)
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
        )  # fmt: skip

    def _refuse(self, error: FacevidError) -> None:
        self.save_button.setEnabled(True)
        self.complain(error, self._messages)
