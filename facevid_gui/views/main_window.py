"""The window: look-up bar, library, record, findings, status (floor 3). It wires parts and asks; it decides nothing.

It is built in two steps. What the first paint shows and the first key needs comes first; the parts that show a record
come with `furnish`, right behind that paint (start-up counts: design section 7).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.library_pane import LibraryPane
from facevid_gui.views.lookup_bar import LookupBar
from facevid_gui.views.side_panes import SidePanes
from facevid_gui.views.status_line import StatusLine
from facevid_gui.views.theme import SPACE_M, by_font
from facevid_gui.views.welcome import Welcome
from facevid_gui.views.widgets import box, brief, panel, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Session
    from facevid_gui.bridge.work import Sealing
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.findings import Findings
    from facevid_gui.views.keys import DeskKeys
    from facevid_gui.views.library_part import LibraryPart
    from facevid_gui.views.notes_part import NotesPart
    from facevid_gui.views.packages import Packages
    from facevid_gui.views.record_page import RecordPage
    from facevid_gui.views.rescue_list_dialog import RescueListDialog
    from facevid_gui.views.save_dialog import SaveDialog
    from facevid_gui.views.stage_screen import StageScreen
    from facevid_gui.views.theme import Theme
    from facevid_gui.views.window_menu import WindowMenu

FINDINGS_MINIMUM = 296
PAGE_MINIMUM = 500


class MainWindow(QMainWindow):
    """One window. `page` and `findings` exist once it is furnished."""

    closing = Signal()
    menu: WindowMenu
    keys: DeskKeys
    stage_screen: StageScreen
    page: RecordPage
    findings: Findings
    notes: NotesPart
    library_part: LibraryPart
    packages: Packages

    def __init__(self, theme: Theme, messages: Messages, session: Session, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._session = session
        self._now = now
        self._screening: Screening | None = None
        self._remembered = ("", "")
        self._rescue_list: RescueListDialog | None = None
        self.setObjectName("main_window")
        self.bar = LookupBar(theme, messages, session)
        self.library = LibraryPane(theme, messages)
        self._welcome = Welcome(theme, messages, self._session)
        self._no_findings = EmptyState(theme, "info", self.tr("Findings"), self.tr(
            "Scores, risk tags, questions and details of the record you open appear here."))  # fmt: skip
        self._arrange()
        self.setStatusBar(StatusLine(theme, messages, session, self.bar.stage_text))
        self._show_title()
        self.bar.field.setFocus()

    def furnish(self, controller: Controller, desks: Desks, screening: Screening) -> None:
        """Build what shows a record, where until now its empty states stood, and let gestures do something."""
        from facevid_gui.views.findings import Findings
        from facevid_gui.views.library_part import LibraryPart
        from facevid_gui.views.notes_part import NotesPart
        from facevid_gui.views.record_page import RecordPage

        self._controller, self._desks, self._screening = controller, desks, screening
        self.library.furnish(desks.library.model, self._now)
        self.page = RecordPage(self._theme, self._messages, self._controller, screening, self._welcome, self._now)
        self.findings = Findings(self._theme, self._messages, self._no_findings)
        self.notes = NotesPart(self._theme, self._messages, controller, desks.notes, self.page, self.findings)
        self._middle.addWidget(self.page)
        self._side.addWidget(self.findings)
        self._make_menu(screening)
        self._make_keys(screening)
        self._follow_bar()
        self._follow_record()
        self._follow()
        self.library_part = LibraryPart(
            self._theme, self._messages, controller, desks, self.library, (self._middle_panel, self._side_panel), self
        )
        self.menu.add_submenu(self.library_part.menu)

    # --- building --------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        center = QWidget()
        column = box(QVBoxLayout(center), spacing=0)
        column.addWidget(self.bar)
        middle, side = QWidget(), panel("side-right")
        self._middle_panel, self._side_panel = middle, side
        middle.setMinimumWidth(by_font(PAGE_MINIMUM))
        side.setMinimumWidth(by_font(FINDINGS_MINIMUM))
        self._middle, self._side = box(QVBoxLayout(middle)), box(QVBoxLayout(side), margin=SPACE_M)
        self._middle.addWidget(self._welcome)
        self._side.addWidget(self._no_findings)
        self.splitter = SidePanes(self._theme, self.library, middle, side)
        self.bar.add_ends(*self.splitter.buttons.values())
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(center)

    def _make_menu(self, screening: Screening) -> None:
        from facevid_gui.views.drop_target import DropTarget
        from facevid_gui.views.hand_over import HandOver
        from facevid_gui.views.help_actions import HelpActions
        from facevid_gui.views.notice_actions import NoticeActions
        from facevid_gui.views.packages import Packages
        from facevid_gui.views.privacy_actions import PrivacyActions
        from facevid_gui.views.report_actions import ReportActions
        from facevid_gui.views.set_up import SetUp
        from facevid_gui.views.window_menu import WindowMenu

        self.menu = menu = WindowMenu(self)
        menu.add(self.tr("Profiles…"), "", self.show_profiles)
        self.packages = Packages(self._messages, self._session, self._desks.packages, self)
        self.drops = DropTarget(self)
        self.drops.dropped.connect(self._desks.packages.open)
        menu.add_all(self.packages.actions)
        save = menu.add(self.tr("Save evidence…"), "Ctrl+S", self.page.banner.ask_to_save)
        menu.aboutToShow.connect(lambda: save.setEnabled(self.page.banner.offers_saving))
        menu.aboutToHide.connect(lambda: save.setEnabled(True))  # its keys look for themselves
        menu.add(self.tr("Import a saved answer…"), "Ctrl+I", self.ask_import)
        menu.add(self.tr("Rescue a list…"), "Ctrl+R", self.show_rescue_list)
        menu.add(self.tr("Show the request…"), "", self._desks.imports.preview)
        menu.add(self.tr("Read the library again"), "F5", self._controller.refresh_library)
        self._hand_over = HandOver(
            self._messages, self._session, self._desks.hand_over, self._desks.settings, self._now, self
        )  # fmt: skip
        self._reports = ReportActions(self._theme, self._messages, self._session, self._desks, self)
        menu.add_all([*self._reports.actions, *self._hand_over.actions])
        self.privacy_actions = PrivacyActions(self._theme, self._messages, self._session, self._desks, self)
        menu.add_all(self.privacy_actions.actions)
        menu.add(self.tr("Go to a frame or time…"), "Ctrl+G", self.page.stage.ask_place)
        if self._session.is_demo:
            menu.add(self.tr("Records of the demo"), "", self._controller.show_nothing)
        menu.addSeparator()
        menu.add_appearance(self._theme)
        menu.add(self.tr("Full screen"), "F11", self._toggle_full_screen)
        menu.add(self.tr("Keyboard…"), "Shift+F1", self.show_keys)
        self.set_up = SetUp(self._theme, self._messages, self._session, self._desks, screening, self)
        menu.add_all(self.set_up.actions)
        self.help = HelpActions(self._theme, self._messages, self._desks, self)
        menu.add_all(self.help.actions)
        self.notices = NoticeActions(self._messages, self._controller, self._desks, self, self._ask_save)
        menu.addSeparator()
        menu.add(self.tr("Quit"), "Ctrl+Q", self.close)
        menu.add_unlisted(self.tr("Go to the field for ids"), "Ctrl+L", self.bar.focus_field)
        menu.add_unlisted(self.tr("Open the menu"), "F10", self._pop_menu)

    def _make_keys(self, screening: Screening) -> None:
        from facevid_gui.views.keys import DeskKeys
        from facevid_gui.views.stage_screen import StageScreen

        page = self.page
        rest = (self.bar, self.library, self._side_panel, self.statusBar(), page.banner)
        self.stage_screen = StageScreen(self, rest)
        self.splitter.is_asleep = lambda: self.stage_screen.is_on
        self.stage_screen.changed.connect(self.splitter.fit)
        self.stage_screen.changed.connect(page.give_screen)
        page.screen_button.clicked.connect(self.stage_screen.toggle)
        self.keys = DeskKeys(self._session, screening, page, self.stage_screen, self.notes, self.show_keys, self)

    def _follow_bar(self) -> None:
        self.bar.look_up_wanted.connect(self._controller.look_up)
        self.bar.cancel_wanted.connect(self._controller.cancel)
        self.bar.profile_picked.connect(self._controller.choose_profile)
        self.bar.signer_picked.connect(self._controller.choose_signer)
        self.bar.signers_wanted.connect(self._controller.list_signers)
        self.bar.field.textChanged.connect(self._controller.recognise)
        self._controller.recognise(self.bar.field.text())  # somebody may have been quick
        self.bar.profiles_wanted.connect(self.show_profiles)
        self.bar.rescue_wanted.connect(self._ask_rescue)
        self.bar.menu_wanted.connect(self._pop_menu)

    def _follow(self) -> None:
        session = self._session
        self._welcome.guide_wanted.connect(self.set_up.show_guide)
        self._welcome.example_wanted.connect(self._look_up_example)
        self._welcome.profiles_wanted.connect(self.show_profiles)
        self._welcome.open_folder_wanted.connect(self.packages.choose_folder)
        self._desks.packages.file_came.connect(self.ask_import)
        self._controller.reason_wanted.connect(self._ask_reason)
        self._desks.imports.request_previewed.connect(self._show_request)
        for ended in (self._desks.rescue.finished, self._desks.rescue.failed, self._desks.rescue.stopped):
            ended.connect(lambda *_: self._controller.refresh_library())
        session.minute_passed.connect(self._desks.library.model.tick)
        session.activity_changed.connect(self._on_activity)

    def _follow_record(self) -> None:
        self.page.banner.save_wanted.connect(self._ask_save)
        self.page.banner.discard_wanted.connect(self._ask_discard)
        self.page.banner.verify_wanted.connect(self._verify_again)
        self.page.banner.export_wanted.connect(self._hand_over.ask_export)
        self.page.banner.trust_wanted.connect(self._ask_trust)
        self.page.banner.keep_wanted.connect(self.packages.ask_keep)
        self.page.banner.show_folder_wanted.connect(self._show_folder)
        self.page.outcome.profiles_wanted.connect(self.show_profiles)
        self.page.outcome.capture_wanted.connect(self._controller.open_capture)
        self.page.outcome.again_wanted.connect(self._desks.imports.ask_again)
        self.page.outcome.signer_chosen.connect(self._look_up_signer)
        self.findings.unmask_wanted.connect(self._controller.unmask)
        self.findings.raw_answers_wanted.connect(self._controller.read_raw_answers)
        self._controller.raw_answers_read.connect(self.findings.show_raw_answers)
        self._session.page_changed.connect(self._on_page)

    # --- commands --------------------------------------------------------------------------------------

    def show_profiles(self) -> None:
        """Open the profiles dialog."""
        from facevid_gui.views.profiles_dialog import ProfilesDialog  # dialogs are loaded when they are asked for

        ProfilesDialog(self._theme, self._messages, self._session, self._desks.profiles, self).open()

    def ask_import(self, file: Path | None = None) -> None:
        """Ask which saved answer to import."""
        from facevid_gui.views.import_dialog import ImportDialog

        dialog = ImportDialog(self._theme, self._messages, file, self)
        dialog.confirmed.connect(self._desks.imports.import_answer)
        dialog.open()

    def show_rescue_list(self) -> None:
        """Open the window of a list; the desk stays usable beside it."""
        from facevid_gui.views.rescue_list_dialog import RescueListDialog

        if self._rescue_list is None or not (self._rescue_list.isVisible() or self._desks.rescue.is_running):
            if self._rescue_list is not None:
                self._rescue_list.deleteLater()
            self._rescue_list = RescueListDialog(self._messages, self._session, self._desks.rescue, self)
        self._rescue_list.show()
        self._rescue_list.raise_()

    def _look_up_example(self, record_id: str) -> None:
        self.bar.field.setText(record_id)
        self._controller.look_up()

    def _show_request(self, text: str) -> None:
        from facevid_gui.views.text_dialog import TextDialog

        TextDialog(self.tr("Request"), self._messages.text("preview.sentence"), text, self).open()

    def _pop_menu(self) -> None:
        button = self.bar.profiles_button
        self.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _ask_save(self) -> None:
        dialog = self._save_dialog(rescue=False)
        dialog.confirmed.connect(self._controller.save)
        self._controller.capture_saved.connect(dialog.accept)
        self._controller.save_refused.connect(dialog.refuse)
        dialog.open()

    def _ask_rescue(self) -> None:
        if self._session.profile is None:
            self.show_profiles()
            return
        dialog = self._save_dialog(rescue=True)
        dialog.confirmed.connect(self._controller.rescue)
        dialog.confirmed.connect(dialog.accept)
        dialog.open()

    def _save_dialog(self, *, rescue: bool) -> SaveDialog:
        from facevid_gui.views.save_dialog import SaveDialog

        dialog = SaveDialog(
            self._messages, self._session.evidence_roots, self._session.key_protection, self, rescue=rescue,
            remembered=self._remembered,
        )  # fmt: skip
        dialog.confirmed.connect(self._remember)
        return dialog

    def _remember(self, sealing: Sealing) -> None:
        """The next record of the same case needs no second typing."""
        self._remembered = (sealing.case_ref, sealing.purpose)

    def _ask_discard(self) -> None:
        from facevid_gui.views.save_dialog import DiscardDialog

        dialog = DiscardDialog(self._messages, self)
        dialog.confirmed.connect(self._desks.undo.discard)
        dialog.open()

    def _ask_trust(self) -> None:
        from facevid_gui.views.trust_dialog import TrustDialog

        stranger = self._desks.trust.stranger()
        if stranger is not None:
            TrustDialog(self._messages, self._desks.trust, stranger, self).open()

    def _ask_reason(self, what: str, act: Callable[[str], object]) -> None:
        from facevid_gui.views.reason_dialog import ReasonDialog

        dialog = ReasonDialog(self._messages, what, self._session.reasons, self)
        dialog.confirmed.connect(act)
        dialog.open()

    def _verify_again(self) -> None:
        reviewed, package = self._session.page.reviewed, self._session.visiting
        if package is not None:
            self._desks.packages.open(package.package, package.inside)
        elif reviewed is not None and reviewed.is_sealed:
            self._controller.open_folder(reviewed.folder)

    def _show_folder(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        page = self._session.page
        folder = page.reviewed.folder if page.reviewed else Path(page.verdict.folder) if page.verdict else None
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _look_up_signer(self, sign_id: str) -> None:
        flow = self._session.page.flow
        if flow is not None:  # the card speaks of this flow, whatever was typed since
            self.bar.field.setText(flow.flow_id)
        index = self.bar.signer_box.findData(sign_id)
        self.bar.signer_box.setCurrentIndex(max(0, index))
        self._controller.choose_signer(sign_id)
        self._controller.look_up()

    def show_keys(self) -> None:
        """Show what every key does."""
        from facevid_gui.views.key_sheet import KeySheet

        KeySheet(self.keys.table, self.actions(), self).open()

    def show_settings(self) -> None:
        """Open the settings."""
        self.set_up.show_settings()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # --- following -------------------------------------------------------------------------------------

    def _on_page(self) -> None:
        page = self._session.page
        if page.kind == "record" and page.reviewed is not None:
            self.findings.show_record(page.reviewed, unmasked=page.unmasked)
        else:
            self.findings.show_nothing()
            self.stage_screen.leave()
        self.library.mark_open(page.folder)
        self._show_title()

    def _on_activity(self) -> None:
        if self._screening is not None and self._session.activity.what in ("look_up", "rescue", "open"):
            self._screening.exact.warm_up()

    def _show_title(self) -> None:
        demo = self.tr("Demo, not evidence") if self._session.is_demo else ""
        self.setWindowTitle(" – ".join(filter(None, (brief(visible(self._session.page.record_id)), demo, "facevid"))))

    # --- Qt's own --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys of the desk; a field that is typed into keeps its keys for itself."""
        act = self.keys.command(event) if self._screening is not None else None
        if act is None:
            super().keyPressEvent(event)
        else:
            act()
            event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Leave in order: work is asked to stop, the player lets go."""
        self.closing.emit()
        event.accept()
