"""Privacy in the settings: what others may see, where a reason is demanded, what is removed when (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit

from facevid_gui.views.settings_section import Section, number
from facevid_gui.views.widgets import PlainLabel, add_row

if TYPE_CHECKING:
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.messages import Messages

_LONGEST_MARK = 60
_MOST_MINUTES = 24 * 60
_MOST_DAYS = 3650
_MOST_HOURS = 72


class PrivacySection(Section):
    """Shows the settings in force."""

    def __init__(self, messages: Messages, desk: SettingsDesk) -> None:
        super().__init__(self.tr("Privacy"), messages)
        self._desk = desk
        self._make_privacy()
        self._make_purposes()
        self._make_dates()
        self.column.addStretch(1)

    def _make_privacy(self) -> None:
        self._begin(self.tr("On the screen"))
        settings = self._desk.settings
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
        self.minutes_box = number("minutes_box", self.tr("Minutes"), settings.idle_minutes, _MOST_MINUTES)
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
        self._begin(self.tr("Reasons"))
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
        self._begin(self.tr("Dates"))
        settings = self._desk.settings
        self.expire_box = QCheckBox(self.tr("Offer unsaved records for removal after"))
        self.expire_box.setObjectName("expire_box")
        self.expire_box.setChecked(settings.captures_expire)
        self.expire_days_box = number("expire_days_box", self.tr("Days"), settings.captures_expire_days, _MOST_DAYS)
        self.expire_days_box.setSuffix(self.tr(" days"))
        self._beside(self.expire_box, self.expire_days_box)
        self.automatic_box = self._check(
            self.tr("Remove them at the start without asking"), settings.captures_expire_automatically
        )
        self.automatic_box.setObjectName("expire_automatically_box")
        self._hint("settings.expire.hint")
        self.warn_days_box = number("warn_days_box", self.tr("Days"), settings.retention_warn_days, _MOST_DAYS)
        self.warn_days_box.setSuffix(self.tr(" days"))
        self._beside(PlainLabel(self.tr("Warn of a retention date before, by")), self.warn_days_box)
        self.deadline_box = QCheckBox(self.tr("Warn before the provider deletes an unsaved recording, by"))
        self.deadline_box.setObjectName("deadline_box")
        self.deadline_box.setChecked(settings.deadline_warn)
        self.deadline_hours_box = number(
            "deadline_hours_box", self.tr("Hours"), settings.deadline_warn_hours, _MOST_HOURS
        )
        self.deadline_hours_box.setSuffix(self.tr(" h"))
        self._beside(self.deadline_box, self.deadline_hours_box)
        self._hint("settings.deadline.hint")
        self.deadline_box.toggled.connect(self.deadline_hours_box.setEnabled)
        self.deadline_hours_box.setEnabled(settings.deadline_warn)
        for box_of in (self.expire_days_box, self.automatic_box):
            self.expire_box.toggled.connect(box_of.setEnabled)
            box_of.setEnabled(settings.captures_expire)

    def changes(self) -> dict[str, object]:
        """See `Section`."""
        return {
            "watermark": self.watermark_box.isChecked(),
            "watermark_text": self.watermark_field.text().strip(),
            "hide_when_idle": self.idle_box.isChecked(),
            "idle_minutes": self.minutes_box.value(),
            "hide_when_locked": self.lock_box.isChecked(),
            "library_thumbnails": self.thumbnails_box.isChecked(),
            "ask_purpose": tuple(what for what, made in self.purpose_boxes.items() if made.isChecked()),
            "captures_expire": self.expire_box.isChecked(),
            "captures_expire_days": self.expire_days_box.value(),
            "captures_expire_automatically": self.automatic_box.isChecked(),
            "retention_warn_days": self.warn_days_box.value(),
            "deadline_warn": self.deadline_box.isChecked(),
            "deadline_warn_hours": self.deadline_hours_box.value(),
        }
