"""Sections of the settings that act at once: profiles, places, trusted signers, keys (floor 3).

Each shows what its own dialog shows, or what only the console showed before; nothing here waits for Save.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.core.fingerprints import grouped
from facevid_gui.core.moments import shown_day_of
from facevid_gui.core.wording import failure_text
from facevid_gui.views.key_parts import KeyCard, KeyLine, SheetButtons, ask_new_file
from facevid_gui.views.passphrase_dialog import SecretDialog
from facevid_gui.views.places_panel import PlacesPanel
from facevid_gui.views.profiles_dialog import ProfilesPanel
from facevid_gui.views.settings_section import Section
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS, fixed_font
from facevid_gui.views.widgets import Chip, IconButton, PlainLabel, box, embolden, panel, push, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.key_desk import KeyDesk
    from facevid_gui.bridge.session import Session
    from facevid_gui.bridge.trust_desk import Stranger
    from facevid_gui.bridge.trusted_work import TrustedRow
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class Door(Section):
    """A section with a line that says what became of a wish."""

    def _make_line(self, name: str) -> None:
        self.said = PlainLabel(" ", wrap=True)
        self.said.setObjectName(name)
        self.column.addWidget(self.said)

    def _say(self, tone: str, words: str) -> None:
        self.said.set_tone(tone)
        self.said.setText(words)

    def _refuse(self, error: FacevidError) -> None:
        self._say("bad", failure_text(error.code, error.params, self._messages))

    def _row(self, *buttons: QWidget) -> None:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)


class ProfilesSection(Section):
    """The profiles, as in their dialog."""

    def __init__(self, theme: Theme, messages: Messages, session: Session, desks: Desks) -> None:
        super().__init__(self.tr("Profiles"), messages)
        self.panel = ProfilesPanel(theme, messages, session, desks.profiles)
        self.column.addWidget(self.panel, 1)

    def unkept(self) -> str:
        """See `Section`."""
        return "settings.profile_unkept" if self.panel.form.is_edited else ""


class PlacesSection(Door):
    """The places of evidence, as in their dialog."""

    settings = ("evidence_root",)

    def __init__(self, theme: Theme, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Evidence places"), messages)
        self._desk = desks.roots
        self.column.addWidget(PlainLabel(messages.text("places.sentence"), tone="muted", wrap=True))
        self._tell_decided(desks.settings, "evidence_root")
        places = PlacesPanel(theme, messages, desks.roots)
        self.column.addWidget(places)
        reindex = push(self.tr("Read all again"), on_click=self._reindex)
        reindex.setObjectName("reindex_button")
        self._row(places.add_button, reindex)
        self._make_line("places_status")
        self.column.addStretch(1)
        places.shown.connect(lambda: self._say("", " "))
        desks.roots.refused.connect(self._refuse)

    def refresh(self) -> None:
        """See `Section`."""
        self._desk.look()

    def _reindex(self) -> None:
        self._desk.reindex()
        self._desk.look()


class TrustedSection(Door):
    """Whose signatures and whose timestamps count here."""

    def __init__(self, theme: Theme, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Trusted signers"), messages)
        self._theme, self._desk = theme, desks.trusted
        self.column.addWidget(PlainLabel(messages.text("trusted.sentence"), tone="muted", wrap=True))
        self._cards = QWidget()
        self._list = box(QVBoxLayout(self._cards), spacing=SPACE_S)
        self.none = PlainLabel(messages.text("trusted.none"), tone="muted", wrap=True)
        self._list.addWidget(self.none)
        self.column.addWidget(self._cards)
        add = push(self.tr("Add a certificate…"), on_click=self._choose)
        add.setObjectName("add_trusted_button")
        self._row(add)
        self._make_line("trusted_status")
        self.column.addStretch(1)
        self._desk.listed.connect(self._show)
        self._desk.sent.connect(self._compare)
        self._desk.known.connect(self._tell_known)
        self._desk.trusted.connect(self._tell_added)
        self._desk.distrusted.connect(self._tell_removed)
        self._desk.refused.connect(self._refuse)

    def refresh(self) -> None:
        """See `Section`."""
        self._say("", " ")
        self._desk.look()

    def _show(self, rows: tuple[TrustedRow, ...]) -> None:
        for old in self._cards.findChildren(QWidget, "trusted_card", Qt.FindChildOption.FindDirectChildrenOnly):
            old.hide()
            self._list.removeWidget(old)
            old.deleteLater()
        self.none.setVisible(not rows)
        for row in rows:
            self._list.addWidget(self._card(row))

    def _card(self, row: TrustedRow) -> QWidget:
        text = self._messages.text
        card = panel("card")
        card.setObjectName("trusted_card")
        across = box(QHBoxLayout(card), margin=SPACE_M, spacing=SPACE_S)
        lines = box(QVBoxLayout(), spacing=SPACE_XS)
        name = PlainLabel(row.subject, wrap=True)
        embolden(name)
        groups = grouped(row.sha256).split()
        digits = PlainLabel("\n".join(" ".join(groups[at : at + 8]) for at in range(0, len(groups), 8)), wrap=True)
        digits.setFont(fixed_font(0.9))
        until = text("trusted.until", at=shown_day_of(row.not_after, self._messages))
        for label in (name, digits, PlainLabel(until, tone="muted", wrap=True)):
            lines.addWidget(label)
        across.addLayout(lines, 1)
        use = text("trust.own") if row.is_own else text(f"trust.use.{row.use}")
        across.addWidget(Chip(use, tone="accent"), 0, Qt.AlignmentFlag.AlignTop)
        if not row.is_own:
            remove = IconButton(self._theme, "cross", color="muted", kind="flat", size=16)
            remove.setObjectName("distrust_button")
            remove.name(self.tr("Trust no longer"))
            remove.clicked.connect(partial(self._desk.distrust, row.sha256))
            across.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        card.setAccessibleName(f"{visible(row.subject)}: {use}")
        return card

    def _choose(self) -> None:
        self._say("", " ")
        dialog = QFileDialog(self.window(), self.tr("Add a certificate"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Certificates") + " (*.pem *.crt)", self.tr("All files") + " (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._desk.read(Path(name)))
        dialog.open()

    def _compare(self, stranger: Stranger) -> None:
        from facevid_gui.views.trust_dialog import TrustDialog

        TrustDialog(self._messages, self._desk, stranger, self.window(), sent=True).open()

    def _tell_known(self) -> None:
        self._say("muted", self._messages.text("trust.known"))

    def _tell_added(self) -> None:
        self._say("ok", self._messages.text("trusted.added"))

    def _tell_removed(self, sha256: str) -> None:
        self._say("warn", self._messages.text("trusted.removed", fingerprint=grouped(sha256)[:19]))


class KeysSection(Door):
    """The key that signs."""

    def __init__(self, messages: Messages, desks: Desks) -> None:
        super().__init__(self.tr("Signing key"), messages)
        self._desk = desks.keys
        self.column.addWidget(KeyCard(messages, desks.keys))
        self.export_button = push(self.tr("Export the certificate…"), on_click=self._export)
        self.export_button.setObjectName("export_certificate_button")
        self.rotate_button = push(self.tr("Replace the key…"), "danger", self._rotate)
        self.rotate_button.setObjectName("rotate_key_button")
        self._row(self.export_button, self.rotate_button)
        self.column.addWidget(SheetButtons(desks.keys))
        self.import_button = push(self.tr("Import the organisation's key…"), on_click=self._choose_import)
        self.import_button.setObjectName("import_key_button")
        self.use_button = push("", on_click=self._use_other)
        self.use_button.setObjectName("use_key_button")
        self._row(self.import_button, self.use_button)
        self._line = KeyLine(messages, desks.keys)
        self.column.addWidget(self._line)
        self.column.addWidget(PlainLabel(messages.text("settings.keys.hint"), tone="muted", wrap=True))
        self.column.addStretch(1)
        self._desk.changed.connect(self._update)
        self._update()

    def refresh(self) -> None:
        """See `Section`."""
        self._line.clear()
        self._desk.look()

    def _update(self) -> None:
        state, is_free = self._desk.state, not self._desk.is_busy
        self.export_button.setEnabled(bool(state.facts) and is_free)
        is_own = state.in_use == "workstation"
        self.rotate_button.setEnabled(bool(state.facts) and is_free and is_own)
        self.import_button.setEnabled(is_free)
        self.use_button.setEnabled(is_free)
        self.use_button.setVisible(state.has_organisation)
        words = self.tr("Sign with the organisation's key") if is_own else self.tr("Sign with the workstation key")
        self.use_button.setText(words)

    def _export(self) -> None:
        ask_new_file(self, self.tr("Export the certificate"), "facevid-signer.pem", self._desk.export)

    def _use_other(self) -> None:
        self._desk.use("organisation" if self._desk.state.in_use == "workstation" else "workstation")

    def _choose_import(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Import the organisation's key"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Key files") + " (*.p12 *.pfx)", self.tr("All files") + " (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._ask_passphrase)
        dialog.open()

    def _ask_passphrase(self, name: str) -> None:
        ImportKeyDialog(self._messages, self._desk, Path(name), self.window()).open()

    def _rotate(self) -> None:
        RotateDialog(self._messages, self._desk, self.window()).open()


class ImportKeyDialog(SecretDialog):
    """Asks for the passphrase of a file with the organisation's key."""

    def __init__(self, messages: Messages, desk: KeyDesk, path: Path, parent: QWidget | None) -> None:
        sentence = messages.text("key.window.import_why", path=path)
        words = self.tr("Import the organisation's key"), sentence, self.tr("Import")
        super().__init__(messages, "passphrase", words, "import_key", "import_", parent)
        self.confirmed.connect(partial(desk.import_organisation, path))


class RotateDialog(SecretDialog):
    """Asks once more before the key is replaced."""

    def __init__(self, messages: Messages, desk: KeyDesk, parent: QWidget | None) -> None:
        words = self.tr("Replace the key"), messages.text("key.window.rotate_why"), self.tr("Replace the key")
        super().__init__(messages, desk.state.protection, words, "rotate", "rotate_", parent, kind="danger")
        self.confirmed.connect(desk.rotate)
