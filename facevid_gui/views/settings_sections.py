"""Sections of the settings that are saved together: operator, timestamps, network, playback, look (floor 3)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from facevid_gui.bridge.rates import RATES
from facevid_gui.views.combo import Combo
from facevid_gui.views.settings_section import NumberField, Section, number
from facevid_gui.views.widgets import add_row
from facevid_gui.views.window_menu import SCHEMES

if TYPE_CHECKING:
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.clip_view import Transport
    from facevid_gui.views.theme import Theme

_MOST_DAYS = 36_500
_MIB = 1024 * 1024
_MOST_MIB = 2**20
_LONGEST = 500


class OperatorSection(Section):
    """Who works here, on what legal basis, and how long evidence is kept: parts of every seal."""

    settings: ClassVar = ("operator_name", "operator_role", "legal_basis", "retention_days")

    def __init__(self, messages: Messages, desk: SettingsDesk) -> None:
        super().__init__(self.tr("Operator and retention"), messages)
        now = desk.settings
        self.name_field = self._text("operator_name_field", self.tr("Name"), now.operator_name)
        self.role_field = self._text("operator_role_field", self.tr("Function"), now.operator_role)
        self.basis_field = self._text("legal_basis_field", self.tr("Legal basis"), now.legal_basis)
        for field in (self.name_field, self.role_field, self.basis_field):
            field.setMaxLength(_LONGEST)
        self._hint("settings.operator.hint")
        self.days_box = number("retention_days_box", self.tr("Keep evidence for"), now.retention_days, _MOST_DAYS)
        self.days_box.setSuffix(self.tr(" days"))
        add_row(self.form, self.tr("Keep evidence for"), self.days_box)
        self._hint("settings.retention.hint")
        self.column.addStretch(1)

    def changes(self) -> dict[str, object]:
        """See `Section`."""
        return {
            "operator_name": self.name_field.text().strip(),
            "operator_role": self.role_field.text().strip(),
            "legal_basis": self.basis_field.text().strip(),
            "retention_days": self.days_box.value(),
        }


class StampSection(Section):
    """Who confirms the time of a seal."""

    settings: ClassVar = ("tsa_url", "tsa_root", "request_stamp")

    def __init__(self, messages: Messages, desk: SettingsDesk) -> None:
        super().__init__(self.tr("Timestamps"), messages)
        now = desk.settings
        self.url_field = self._text("tsa_url_field", self.tr("Authorities"), now.tsa_url, placeholder="http://…")
        self._tell_decided(desk, "tsa_url")
        self._hint("settings.stamp.url.hint")
        self.root_field = self._path("tsa_root_field", self.tr("Their certificates"), now.tsa_root)
        self._tell_decided(desk, "tsa_root")
        self._hint("settings.stamp.root.hint", separator=os.pathsep)
        self.request_box = self._check(self.tr("Have every request stamped before it is sent"), now.request_stamp)
        self.request_box.setObjectName("request_stamp_box")
        self._hint("settings.stamp.request.hint")
        self.column.addStretch(1)

    def changes(self) -> dict[str, object]:
        """See `Section`."""
        return {
            "tsa_url": " ".join(self.url_field.text().split()),
            "tsa_root": self.root_field.text().strip(),
            "request_stamp": self.request_box.isChecked(),
        }


class NetworkSection(Section):
    """How the services are reached."""

    settings: ClassVar = ("proxy", "ca_file", "max_answer_bytes")

    def __init__(self, messages: Messages, desk: SettingsDesk) -> None:
        super().__init__(self.tr("Network"), messages)
        now = self._now = desk.settings
        self.proxy_field = self._text("proxy_field", self.tr("Proxy"), now.proxy, placeholder="http://…:8080")
        self._tell_decided(desk, "proxy")
        self._hint("settings.proxy.hint")
        self.ca_field = self._path("ca_file_field", self.tr("Certificate authorities"), now.ca_file)
        self._tell_decided(desk, "ca_file")
        self._hint("settings.ca.hint")
        size = max(1, now.max_answer_bytes // _MIB)
        self.size_box = number("max_answer_box", self.tr("Largest answer"), size, _MOST_MIB)
        self.size_box.setSuffix(" MiB")
        add_row(self.form, self.tr("Largest answer"), self.size_box)
        self._hint("settings.answer.hint")
        self._size = size
        self.column.addStretch(1)

    def changes(self) -> dict[str, object]:
        """See `Section`. A size in the file that is no whole MiB stays until another is chosen."""
        is_same = self.size_box.value() == self._size
        return {
            "proxy": self.proxy_field.text().strip(),
            "ca_file": self.ca_field.text().strip(),
            "max_answer_bytes": self._now.max_answer_bytes if is_same else self.size_box.value() * _MIB,
        }


class PlaybackSection(Section):
    """What the player remembers: the same state as its own controls have."""

    def __init__(self, theme: Theme, messages: Messages, transport: Transport, screening: Screening) -> None:
        super().__init__(self.tr("Playback"), messages)
        self._transport, self._screening = transport, screening
        self.speed_box = Combo(theme)
        self.speed_box.setObjectName("playback_speed_box")
        for rate in RATES:
            self.speed_box.addItem(f"{rate:g}×", rate)
        self.speed_box.setCurrentIndex(RATES.index(screening.rates.chosen))
        add_row(self.form, self.tr("Speed"), self.speed_box)
        self.volume_box = NumberField()
        self.volume_box.setObjectName("playback_volume_box")
        self.volume_box.setRange(transport.volume.minimum(), transport.volume.maximum())
        self.volume_box.setValue(transport.volume.value())
        self.volume_box.setSuffix(" %")
        add_row(self.form, self.tr("Volume"), self.volume_box)
        self.mute_box = self._check(self.tr("Without sound"), transport.mute_button.isChecked())
        self.mute_box.setObjectName("playback_mute_box")
        self.loop_box = self._check(self.tr("Begin again at the end"), screening.loop.looping)
        self.loop_box.setObjectName("playback_loop_box")
        self._hint("settings.playback.hint")
        self.column.addStretch(1)

    def apply(self) -> None:
        """See `Section`."""
        self._screening.rates.choose(self.speed_box.currentData())
        self._transport.volume.setValue(self.volume_box.value())
        self._transport.mute_button.setChecked(self.mute_box.isChecked())
        if self._screening.loop.looping != self.loop_box.isChecked():
            self._screening.loop.set_looping(self.loop_box.isChecked())


class LookSection(Section):
    """Language and colours. Colours change at once, as in the menu."""

    settings: ClassVar = ("language",)

    def __init__(self, theme: Theme, messages: Messages, desk: SettingsDesk) -> None:
        super().__init__(self.tr("Language and appearance"), messages)
        self._theme, self._before = theme, theme.choice
        self.language_box = Combo(theme)
        self.language_box.setObjectName("language_box")
        for name, language in ((self.tr("Like the system"), ""), ("中文", "zh_CN"), ("English", "en")):
            self.language_box.addItem(name, language)
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(desk.settings.language)))
        add_row(self.form, self.tr("Language"), self.language_box)
        self._tell_decided(desk, "language")
        self._hint("settings.language.hint")
        self.theme_box = Combo(theme)
        self.theme_box.setObjectName("theme_box")
        names = (self.tr("Like the system"), self.tr("Light"), self.tr("Dark"), self.tr("High contrast"))
        for scheme, name in zip(SCHEMES, names, strict=True):
            self.theme_box.addItem(name, scheme)
        self.theme_box.setCurrentIndex(self.theme_box.findData(theme.choice))
        self.theme_box.activated.connect(lambda _index: theme.choose(self.theme_box.currentData()))
        add_row(self.form, self.tr("Appearance"), self.theme_box)
        self._hint("settings.appearance.hint")
        self.column.addStretch(1)

    def changes(self) -> dict[str, object]:
        """See `Section`."""
        return {"language": self.language_box.currentData()}

    def go_back(self) -> None:
        """See `Section`."""
        if self._theme.choice != self._before:
            self._theme.choose(self._before)
