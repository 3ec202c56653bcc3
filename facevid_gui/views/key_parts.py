"""The key that signs, and its enrolment sheet: parts of the guide and of the settings (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facevid_gui.core.fingerprints import grouped
from facevid_gui.core.moments import shown_day_of
from facevid_gui.core.wording import failure_text
from facevid_gui.views.form_rows import FormRows
from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.theme import SPACE_M, SPACE_S, fixed_font
from facevid_gui.views.widgets import PlainLabel, box, embolden, panel, push

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.key_desk import KeyDesk
    from facevid_gui.bridge.key_work import KeyDone
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages

_PER_LINE = 8  # groups of the fingerprint


class KeyCard(QWidget):
    """What there is to see of the key; before there is one, what makes it."""

    def __init__(self, messages: Messages, desk: KeyDesk) -> None:
        super().__init__()
        self._messages, self._desk = messages, desk
        column = box(QVBoxLayout(self), spacing=SPACE_M)
        self._card = panel("card")
        inside = box(QVBoxLayout(self._card), margin=SPACE_M, spacing=SPACE_S)
        self.name = PlainLabel(wrap=True)
        embolden(self.name)
        self.subject = PlainLabel(wrap=True)
        self.subject.setObjectName("key_subject")
        self.fingerprint = PlainLabel(wrap=True)
        self.fingerprint.setObjectName("key_fingerprint")
        self.fingerprint.setFont(fixed_font())
        self.fingerprint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.validity = PlainLabel(tone="muted", wrap=True)
        for label in (self.name, self.subject, self.fingerprint, self.validity):
            inside.addWidget(label)
        column.addWidget(self._card)
        self.problem = PlainLabel(tone="bad", wrap=True)
        self.problem.setObjectName("key_problem")
        column.addWidget(self.problem)
        self._maker = KeyMaker(messages, desk)
        column.addWidget(self._maker)
        desk.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        state, text = self._desk.state, self._messages.text
        facts, problem = state.facts, state.problem
        self._card.setVisible(bool(facts))
        self.problem.setVisible(problem is not None)
        self._maker.setVisible(not facts and problem is None)
        if problem is not None:
            self.problem.setText(failure_text(problem.code, problem.params, self._messages))
        if facts:
            self.name.setText(text(f"key.in_use.{state.in_use}"))
            self.subject.setText(facts["subject"])
            groups = grouped(facts["sha256"]).split()
            lines = [" ".join(groups[at : at + _PER_LINE]) for at in range(0, len(groups), _PER_LINE)]
            self.fingerprint.setText("\n".join(lines))
            self.fingerprint.setAccessibleName(f"SHA-256 {' '.join(groups)}")
            begin, end = (shown_day_of(facts[at], self._messages) for at in ("not_before", "not_after"))
            self.validity.setText(text("key.window.valid", begin=begin, end=end))


class KeyMaker(QWidget):
    """Makes the workstation key; asks for a passphrase only where no keyring keeps one."""

    def __init__(self, messages: Messages, desk: KeyDesk) -> None:
        super().__init__()
        self._messages, self._desk = messages, desk
        self._protection = ""
        self._form: QWidget | None = None
        self._column = box(QVBoxLayout(self), spacing=SPACE_S)
        self.button = push(self.tr("Make the key"), "primary", self._make)
        self.button.setObjectName("make_key_button")
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addWidget(self.button)
        row.addStretch(1)
        self._column.addLayout(row)
        desk.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """Rows for the passphrase, as this system needs them."""
        if self._protection != self._desk.state.protection:
            self._protection = self._desk.state.protection
            if self._form is not None:
                self._form.hide()
                self._form.deleteLater()
            self._form = QWidget()
            form = FormRows(self._form)
            form.setContentsMargins(0, 0, 0, 0)
            self.rows = PassphraseRows(form, self._messages, self._protection, self._form, prefix="key_")
            if self._protection != "keyring":
                form.addRow(PlainLabel(self._messages.text("save.passphrase_why"), tone="muted", wrap=True))
            self.rows.changed.connect(self._update)
            self._column.insertWidget(0, self._form)
        self._update()

    def _update(self) -> None:
        self.button.setEnabled(not self._desk.is_busy and self.rows.is_complete)
        self.button.setText(self.tr("Making the key…") if self._desk.is_busy else self.tr("Make the key"))

    def _make(self) -> None:
        secret = self.rows.secret()
        self.rows.clear()
        self._desk.make(secret)


class SheetButtons(QWidget):
    """Printing the enrolment sheet, or saving it; Stop while that runs."""

    def __init__(self, desk: KeyDesk) -> None:
        super().__init__()
        self._desk = desk
        row = box(QHBoxLayout(self), spacing=SPACE_S)
        self.print_button = push(self.tr("Print the sheet…"), on_click=self._print)
        self.print_button.setObjectName("print_sheet_button")
        self.save_button = push(self.tr("Save the sheet…"), on_click=self._save)
        self.save_button.setObjectName("save_sheet_button")
        for button in (self.print_button, self.save_button):
            row.addWidget(button)
        row.addStretch(1)
        desk.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        for button in (self.print_button, self.save_button):
            button.setEnabled(bool(self._desk.state.facts) and not self._desk.is_busy)

    def _save(self) -> None:
        ask_new_file(self, self.tr("Save the sheet"), "facevid-enrolment-sheet.pdf", self._desk.write_sheet)

    def _print(self) -> None:
        """The system's own dialog; leaving it leaves everything as it was."""
        printer = self._desk.make_printer()
        if printer is None:
            return
        from PySide6.QtPrintSupport import QPrintDialog

        chooser = QPrintDialog(printer, self.window())
        chooser.setObjectName("print_dialog")
        chooser.accepted.connect(lambda *_: self._desk.print_sheet(printer))
        chooser.finished.connect(chooser.deleteLater)
        chooser.setModal(True)
        chooser.show()


class KeyLine(QWidget):
    """What the last wish about the key came to; while one is on its way: that, and Stop."""

    def __init__(self, messages: Messages, desk: KeyDesk) -> None:
        super().__init__()
        self._messages, self._desk = messages, desk
        column = box(QVBoxLayout(self), spacing=SPACE_S)
        self._progress = QWidget()
        busy = box(QHBoxLayout(self._progress), spacing=SPACE_S)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(self.tr("At work"))
        stop = push(self.tr("Stop"), on_click=desk.stop)
        stop.setObjectName("stop_key_button")
        busy.addWidget(bar, 1)
        busy.addWidget(stop)
        column.addWidget(self._progress)
        self.text = PlainLabel(" ", wrap=True)
        self.text.setObjectName("key_status")
        column.addWidget(self.text)
        desk.changed.connect(self._update)
        desk.done.connect(self._on_done)
        desk.refused.connect(self._on_refused)
        desk.stopped.connect(self._on_stopped)
        self._update()

    def clear(self) -> None:
        """What was said is old."""
        self._say("", " ")

    def _update(self) -> None:
        self._progress.setVisible(self._desk.is_busy)
        if self._desk.is_busy:
            self.clear()

    def _on_done(self, done: KeyDone) -> None:
        words = [self._messages.text(done.message, **done.values)]
        if done.warning:
            words.append(self._messages.text(done.warning))
        self._say("warn" if done.warning else "ok", " ".join(words))

    def _on_stopped(self) -> None:
        self._say("muted", self._messages.text("error.cancelled"))

    def _on_refused(self, error: FacevidError) -> None:
        self._say("bad", failure_text(error.code, error.params, self._messages))

    def _say(self, tone: str, words: str) -> None:
        self.text.set_tone(tone)
        self.text.setText(words)


def ask_new_file(parent: QWidget, title: str, name: str, take: Callable[[Path], object]) -> None:
    """Ask for a new file, `name` proposed in the home folder; nothing is overwritten: that is refused."""
    dialog = QFileDialog(parent.window(), title, str(Path.home() / name))
    dialog.setObjectName("new_file_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: take(Path(chosen)))
    dialog.open()
