"""The steps of the guide, one part each (floor 3). What a step does is done by the desk that does it elsewhere, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from facevid_gui.core.wording import failure_text
from facevid_gui.views.key_parts import KeyCard, KeyLine, SheetButtons
from facevid_gui.views.places_panel import PlacesPanel
from facevid_gui.views.profile_form import KINDS, ProfileForm, probe_words
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import BriefLabel, Line, PlainLabel, box, embolden, push

if TYPE_CHECKING:
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.views.theme import Theme

# What a profile is called unless the user says otherwise: names are typed on the command line, too.
_NAMES = {"ess": "contracts", "essbasic": "platform", "kyc": "orders"}


class Step(QWidget):
    """A headline, a sentence, and what inherits adds to `column`."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.column = box(QVBoxLayout(self), spacing=SPACE_M)
        self.title = PlainLabel(title, wrap=True)
        embolden(self.title, 1.2)
        self.column.addWidget(self.title)
        self.sentence = PlainLabel(sentence, wrap=True)
        self.column.addWidget(self.sentence)

    def refresh(self) -> None:
        """Show how things stand now; told whenever the step is gone to."""


class ServiceStep(Step):
    """Who uses which service, or the demo."""

    def __init__(self, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Which service do you use?"), messages.text("guide.service"))
        self._messages, self._desk = messages, desks.guide
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        for kind in KINDS:
            button = QRadioButton(messages.text(f"profile.kind.{kind}.long"))
            button.setObjectName(f"guide_service_{kind}")
            hint = PlainLabel(messages.text(f"guide.service.{kind}"), tone="muted", wrap=True)
            hint.setContentsMargins(SPACE_L + SPACE_S, 0, 0, 0)
            button.setAccessibleDescription(hint.text())
            button.clicked.connect(lambda _checked=False, kind=kind: self._desk.choose_service(kind))
            self._group.addButton(button)
            pair = box(QVBoxLayout(), spacing=SPACE_XS)
            pair.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)  # a click beside its words is no choice
            pair.addWidget(hint)
            self.column.addLayout(pair)
            self.buttons[kind] = button
        self.column.addWidget(Line())
        self.column.addWidget(PlainLabel(messages.text("guide.demo"), wrap=True))
        row = box(QHBoxLayout(), spacing=SPACE_M)
        self.demo_button = push(self.tr("Just look at the demo"), on_click=self._start_demo)
        self.demo_button.setObjectName("guide_demo_button")
        row.addWidget(self.demo_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.said = PlainLabel(" ", wrap=True)
        self.said.setObjectName("guide_demo_status")
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self._desk.changed.connect(self.refresh)
        self._desk.demo_started.connect(self._tell_started)
        self._desk.demo_refused.connect(self._refuse)
        self.refresh()

    def refresh(self) -> None:
        """Mark the service in use."""
        button = self.buttons.get(self._desk.kind)
        if button is not None:
            with QSignalBlocker(self._group):
                button.setChecked(True)

    def _start_demo(self) -> None:
        self._say("muted", self._messages.text("guide.demo.starting"))
        self.demo_button.setEnabled(False)
        self._desk.start_demo()

    def _tell_started(self) -> None:
        self._say("ok", self._messages.text("guide.demo.started"))

    def _refuse(self, error: FacevidError) -> None:
        self._say("bad", failure_text(error.code, error.params, self._messages))

    def _say(self, tone: str, words: str) -> None:
        self.demo_button.setEnabled(True)
        self.said.set_tone(tone)
        self.said.setText(words)


class KeysStep(Step):
    """Where the keys come from, and the form they are pasted into."""

    def __init__(self, theme: Theme, messages: Messages, session: Session, desks: Desks) -> None:
        super().__init__(self.tr("Paste the keys"), "")
        self._messages, self._desk = messages, desks.guide
        self.form = ProfileForm(theme, messages, session, desks.profiles, tests=False)
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.form.kind_box.currentIndexChanged.connect(self._explain)
        self.form.kind_box.activated.connect(lambda _index: self._desk.choose_service(self.form.kind_box.currentData()))
        self._explain()

    def refresh(self) -> None:
        """The profile of the chosen service; an empty form of that kind before there is one."""
        profile, kind = self._desk.profile, self._desk.kind or KINDS[0]
        if self.form.is_keeping:
            return
        if profile is not None and self.form.shown != profile:
            self.form.show_profile(profile)
        elif profile is None and (self.form.shown is not None or self.form.kind_box.currentData() != kind
                                  or not self.form.name_field.text()):  # fmt: skip
            self.form.show_profile(None, kind=kind, name=_NAMES[kind])

    def _explain(self) -> None:
        kind = self.form.kind_box.currentData()
        self.sentence.setText(self._messages.text(f"guide.keys.{kind}"))
        if self.form.shown is None and self.form.name_field.text() in _NAMES.values():
            self.form.name_field.setText(_NAMES[kind])


class ConnectionStep(Step):
    """Asks the service something harmless."""

    def __init__(self, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Test the connection"), messages.text("guide.connection"))
        self._messages, self._guide, self._desk = messages, desks.guide, desks.profiles
        self._is_asking = False
        self.who = PlainLabel(wrap=True)
        self.who.setObjectName("guide_connection_profile")
        self.column.addWidget(self.who)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.test_button = push(self.tr("Test connection"), "primary", self._test)
        self.test_button.setObjectName("guide_test_button")
        self.stop_button = push(self.tr("Stop"), on_click=self._stop)
        self.stop_button.setObjectName("guide_stop_test_button")
        row.addWidget(self.test_button)
        row.addWidget(self.stop_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Asking the service…"))
        self.column.addWidget(self.bar)
        self.said = BriefLabel(" ")  # what a service says may be long
        self.said.setObjectName("guide_connection_status")
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self._desk.probed.connect(self._on_probed)
        self._guide.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Which profile is tested."""
        profile = self._guide.profile
        text = self._messages.text
        if profile is None:
            self.who.setText(text("guide.connection.no_profile"))
        else:
            self.who.setText(text("guide.connection.profile", name=profile.name, host=profile.base_url))
        self.test_button.setEnabled(profile is not None and not self._is_asking)
        self.stop_button.setVisible(self._is_asking)
        self.bar.setVisible(self._is_asking)

    def _test(self) -> None:
        profile = self._guide.profile
        if profile is not None:
            self._profile = profile
            self._say("muted", self.tr("Asking the service…"), asking=True)
            self._desk.probe(profile)

    def _on_probed(self, result: Outcome | FacevidError) -> None:
        if self._is_asking:
            self._say(*probe_words(self._profile, result, self._messages), asking=False)

    def _stop(self) -> None:
        self._desk.stop_probe()
        self._say("muted", self.tr("Stopped."), asking=False)

    def _say(self, tone: str, words: str, *, asking: bool) -> None:
        self._is_asking = asking
        self.said.set_tone(tone)
        self.said.setText(words)
        self.refresh()


class PlaceStep(Step):
    """Where evidence is kept."""

    def __init__(self, theme: Theme, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Where evidence is kept"), messages.text("guide.place"))
        self._messages, self._desk = messages, desks.roots
        self.places = PlacesPanel(theme, messages, desks.roots, chooses=True)
        self.places.add_button.setText(self.tr("Choose a folder…"))
        self.places.add_button.setObjectName("guide_choose_place_button")
        self.column.addWidget(self.places)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addWidget(self.places.add_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.said = PlainLabel(" ", tone="bad", wrap=True)
        self.said.setObjectName("guide_place_status")
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self.places.shown.connect(lambda: self.said.setText(" "))
        desks.roots.refused.connect(self._refuse)

    def refresh(self) -> None:
        """See how the places stand."""
        self._desk.look()

    def _refuse(self, error: FacevidError) -> None:
        self.said.setText(failure_text(error.code, error.params, self._messages))


class KeyStep(Step):
    """The key that signs evidence."""

    def __init__(self, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Make the workstation key"), messages.text("guide.key"))
        self.column.addWidget(KeyCard(messages, desks.keys))
        self._line = KeyLine(messages, desks.keys)
        self.column.addWidget(self._line)
        self.column.addStretch(1)
        self._desk = desks.keys

    def refresh(self) -> None:
        """See how the key stands."""
        self._line.clear()
        self._desk.look()


class SheetStep(Step):
    """Its fingerprint on paper."""

    def __init__(self, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Print the enrolment sheet"), messages.text("guide.sheet"))
        self._messages, self._desk = messages, desks.keys
        self.none = PlainLabel(messages.text("guide.sheet.no_key"), tone="warn", wrap=True)
        self.column.addWidget(self.none)
        self.column.addWidget(SheetButtons(desks.keys))
        self._line = KeyLine(messages, desks.keys)
        self.column.addWidget(self._line)
        self.column.addStretch(1)
        desks.keys.changed.connect(self._show)
        self._show()

    def refresh(self) -> None:
        """See how the key stands."""
        self._line.clear()
        self._desk.look()

    def _show(self) -> None:
        self.none.setVisible(not self._desk.state.facts)


class LastPage(Step):
    """What comes next."""

    id_wanted = Signal()

    def __init__(self, messages: Messages) -> None:
        super().__init__(self.tr("What comes next"), messages.text("guide.next"))
        self.rest = PlainLabel(messages.text("guide.next.rest"), tone="muted", wrap=True)
        self.column.addWidget(self.rest)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.button = push(self.tr("Paste an id"), "primary", self.id_wanted.emit)
        self.button.setObjectName("guide_paste_button")
        row.addWidget(self.button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addStretch(1)
