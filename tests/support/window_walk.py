"""Every window of the program, one after the other, as it stands before a person: pages, dialogs, menus.

`walk` brings them up without network, player or decoder; the checks of `window_look` look at each. Dialogs that the
menu opens are found by opening what the menu has; the others are listed here. What was never shown is told by
`never_shown`, so that a new dialog cannot be forgotten.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

import facevid_gui.views
from facevid_gui.bridge.notes_work import Beside
from facevid_gui.bridge.session import Activity, Notice, Page
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.note import MARKER, RETRACTION, NoteRef
from facevid_gui.core.verdict import SignerFacts, Verdict
from facevid_gui.evidence.notes import Notes
from facevid_gui.evidence.snapshots import Snapshots
from facevid_gui.evidence.visiting import Packed
from facevid_gui.views.save_dialog import FormDialog
from tests.support.gallery_library import library_states
from tests.support.qt import pump_until
from tests.support.window_driver import Driver
from tests.support.window_pages import FACTS, furnish, pages
from tests.support.window_records import (
    SHA,
    clip,
    make_record,
    make_reviewed,
    make_tree,
    make_verdict,
)
from tests.support.window_results import SPOT, document, exported, note, plan, reported, snapshot

Act = Callable[[], object]
MAIN = "main"
MENU_AT_MOST = 60


@dataclass(frozen=True)
class Shown:
    """A window in a state. `again`: its parts were looked at before in another state; only the layout is new."""

    state: str
    window: QWidget


class Stage:
    """What `gallery_library` needs of a stage, over a driver."""

    def __init__(self, driver: Driver) -> None:
        self.desktop, self.house = driver.desktop, driver.desktop.house
        self._driver = driver

    def rest(self) -> None:
        wait(self._driver)

    def dialog(self) -> QWidget:
        return dialogs_over(self._driver)[0]


def walk(driver: Driver) -> Iterator[Shown]:
    """All windows of one desktop that was furnished and shown."""
    furnish(driver)
    yield from record_pages(driver)
    yield from states_around(driver)
    yield from guide(driver)
    yield from notes_and_answer(driver)
    yield from menu_dialogs(driver)
    yield from asked_dialogs(driver)
    yield from finished_dialogs(driver)
    yield from library(driver)


def record_pages(driver: Driver) -> Iterator[Shown]:
    """The main window empty, with each kind of record, with each way a look-up can end."""
    for name, page in pages():
        driver.show_page(page)
        if page.kind == "record":
            driver.desktop.screening.facts_changed.emit(FACTS)
            driver.window.page.stage.line.allow(allowed=True)
            driver.window.page.stage.frame_label.setText(driver.desktop.messages.text("frame.unnumbered", time="0:04"))
        for tab in range(driver.window.findings.tabs.count() if name in ("contract", "sealed verified") else 1):
            driver.window.findings.tabs.setCurrentIndex(tab)
            driver.settle()
            yield Shown(f"{name}/{tab}", driver.window)


def states_around(driver: Driver) -> Iterator[Shown]:
    """What is said around the page: work on its way, notices, the panel of filters."""
    for stage in ("flow", "receive", "poll"):
        driver.session.activity = Activity("look_up", stage, 60_000_000, cancelling=stage == "poll")
        driver.session.activity_changed.emit()
        driver.settle()
        yield Shown(f"at work/{stage}", driver.window)
    driver.session.activity = Activity()
    driver.session.activity_changed.emit()
    for tone, error in (
        ("bad", SurroundingsError("keyring_unavailable")),
        ("warn", SurroundingsError("no_multimedia")),
    ):
        driver.session.notice = Notice(tone, error=error)
        driver.session.notice_changed.emit()
        driver.settle()
        yield Shown(f"notice/{tone}", driver.window)
    driver.session.notice = None
    driver.session.notice_changed.emit()


def guide(driver: Driver) -> Iterator[Shown]:
    """Every step of the guide."""
    driver.show_page(Page())
    driver.window.set_up.show_guide()
    page: Any = driver.window.set_up.guide
    for number in range(page.steps.count()):
        page.go_to(number)
        wait(driver)
        yield Shown(f"guide/{number}", driver.window)
    page.closed.emit()
    driver.settle()


def notes_and_answer(driver: Driver) -> Iterator[Shown]:
    """Notes beside a sealed record, a comparison, the raw answer."""
    record = make_record("kyc", clips=(clip(),))
    driver.show_page(Page("record", make_reviewed(record, make_verdict())))
    wait(driver)
    notes, findings = driver.window.notes, driver.window.findings
    written = (
        note(1, "blinks twice", kind=MARKER, spot=SPOT, replaced_by=2),
        note(2, "blinks once", kind=MARKER, spot=SPOT, about=NoteRef(1, "1" * 64)), note(4, "smiles", spot=SPOT),
        note(3, "never mind", kind=RETRACTION, about=NoteRef(2, "2" * 64)),
    )  # fmt: skip
    notes.view.show_beside(record, Beside(Notes(written), Snapshots((snapshot(1), snapshot(2)))), None)
    findings.tabs.setCurrentIndex(notes._tab)
    driver.until(lambda: not notes.view.is_filling)
    driver.settle()
    yield Shown("notes", driver.window)
    findings.tabs.setCurrentIndex(1)
    findings.answers.show_tree(make_tree({"Result": {"Similarity": "88.01", "Text": "同意"}}))
    driver.settle()
    yield Shown("answer", driver.window)
    findings.tabs.setCurrentIndex(0)
    for way in ("side", "split", "overlay", "blink", "alone"):
        driver.window.page.comparison.choose(way)
        driver.settle()
        yield Shown(f"compare/{way}", driver.window)
    driver.window.page.stage.canvas.levels_wanted.emit()
    driver.settle()
    yield Shown("levels", driver.window)


# --- dialogs --------------------------------------------------------------------------------------------


def menu_dialogs(driver: Driver) -> Iterator[Shown]:
    """Whatever the actions of the menu open over a sealed record; the library's own menu comes with the library."""
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    driver.session.reasons = ("court order 7/2026", "dispute")
    window = driver.window
    yield from menus(driver, window.menu)
    for action in actions_of(window.menu, leave=(window.library_part.menu,))[:MENU_AT_MOST]:
        if not action.isEnabled() or action.isCheckable() or action.shortcut().toString() in ("Ctrl+Q", "F11", "F5"):
            continue
        action.trigger()
        wait(driver)
        for dialog in dialogs_over(driver):
            if not isinstance(dialog, QFileDialog) and not type(dialog).__module__.startswith("PySide6"):
                yield Shown(f"menu/{dialog.objectName()}", dialog)
                yield from inside(driver, dialog)
        close_dialogs(driver)


def menus(driver: Driver, menu: QMenu) -> Iterator[Shown]:
    """A menu and those in it."""
    for one in (menu, *menu.findChildren(QMenu)):
        one.popup(driver.window.mapToGlobal(driver.window.rect().center()))
        driver.settle()
        yield Shown(f"menu/{one.objectName() or one.title() or 'main'}", one)
        one.close()


def actions_of(menu: QMenu, leave: tuple[QMenu, ...]) -> list[QAction]:
    """Every action, those of submenus included."""
    found: list[QAction] = []
    for action in menu.actions():
        submenu = next((one for one in menu.findChildren(QMenu) if one.menuAction() is action), None)
        if submenu is not None or action.menu() is not None:
            inner = submenu or action.menu()
            found += actions_of(inner, leave) if inner not in leave else []  # type: ignore[arg-type]
        elif not action.isSeparator():
            found.append(action)
    return found


def inside(driver: Driver, dialog: QWidget) -> Iterator[Shown]:
    """The forms that a dialog has inside."""
    if dialog.objectName() == "profiles_dialog":
        driver.click("new_profile_button")
        for kind in ("ess", "essbasic", "kyc"):
            choose(driver, "profile_kind_box", kind)
            yield Shown(f"profiles/{kind}", dialog)
        choose(driver, "profile_ticket_mode_box", "direct")
        dialog.panel.form._set_busy("keep")  # type: ignore[attr-defined]
        dialog.panel.form._on_refused(SubjectError("secrets_blanks", key="secret_key"))  # type: ignore[attr-defined]
        driver.settle()
        yield Shown("profiles/direct", dialog)
    elif dialog.objectName() == "import_dialog":
        choose(driver, "import_kind_box", "kyc")
        yield Shown("import/kyc", dialog)
    for pages_of in dialog.findChildren(QWidget, "settings_sections"):
        for row in range(pages_of.count()):  # type: ignore[attr-defined]
            pages_of.setCurrentRow(row)  # type: ignore[attr-defined]
            driver.settle()
            yield Shown(f"{dialog.objectName()}/{row}", dialog)


def choose(driver: Driver, name: str, data: object) -> None:
    """Choose an entry of a box by its data."""
    box: Any = driver.find(name)
    box.setCurrentIndex(box.findData(data))
    driver.settle()


def asked_dialogs(driver: Driver) -> Iterator[Shown]:
    """Dialogs that something else than the menu opens."""
    window, desks, words = driver.window, driver.desktop.desks, driver.desktop.messages
    stranger = make_verdict(Verdict.UNKNOWN_SIGNER, signer=SignerFacts("CN=somebody", SHA, trusted=False))
    picture = QImage(480, 640, QImage.Format.Format_RGB32)
    picture.fill(QColor("teal"))
    kept = snapshot(1, document=replace(document(1), data={"picture": {"sha256": SHA}}))
    notes = window.notes
    packed = tuple(Packed(f"fv-20260311T080000Z-ess-{number:032x}", 4_000_000 * number, 12) for number in (1, 2, 3))
    from facevid_gui.views.settings_doors import ImportKeyDialog, RotateDialog

    driver.session.key_protection = "new_passphrase"
    ways: list[tuple[str, Page, Act]] = [
        ("save", Page("record", make_reviewed()), lambda: driver.click("save_button")),
        ("rescue", Page("record", make_reviewed()), window._ask_rescue),
        ("discard", Page("record", make_reviewed()), lambda: driver.click("discard_button")),
        ("trust", Page("record", make_reviewed(verdict=stranger)), lambda: driver.click("trust_button")),
        ("reason", Page(), lambda: window._ask_reason("open", lambda _why: None)),
        ("purge", Page(), lambda: desks.hand_over.purge_planned.emit(plan())),
        ("which", Page(), lambda: window.packages._ask_which(Path("/srv/all.zip"), packed)),
        ("keep", Page(), lambda: keep_dialog(driver)),
        ("passphrase", Page("record", make_reviewed(verdict=make_verdict())), lambda: passphrase_dialog(driver)),
        ("picture", Page("record", make_reviewed(verdict=make_verdict())),
         lambda: notes._show_picture(kept, picture)),
        ("import key", Page(), lambda: ImportKeyDialog(words, desks.keys, Path("key.p12"), window).open()),
        ("rotate", Page(), lambda: RotateDialog(words, desks.keys, window).open()),
        ("licences", Page(), desks.help.read_licences),
        ("request", Page(), lambda: desks.imports.request_previewed.emit("POST / HTTP/1.1\nHost: ess")),
    ]  # fmt: skip
    for name, page, act in ways:
        driver.show_page(page)
        act()
        wait(driver)
        for dialog in dialogs_over(driver):
            if isinstance(dialog, FormDialog) and hasattr(dialog, "complain"):
                yield Shown(name, dialog)
                dialog.complain(
                    SubjectError("media_too_large", path="media/liveness.mp4", limit=400), driver.desktop.messages
                )
                driver.settle()
            yield Shown(f"{name}/said", dialog)
        close_dialogs(driver)
    driver.session.key_protection = "keyring"


def keep_dialog(driver: Driver) -> None:
    from facevid_gui.views.packages import KeepDialog

    KeepDialog(driver.desktop.messages, driver.session.evidence_roots, driver.window).open()


def passphrase_dialog(driver: Driver) -> None:
    from facevid_gui.views.passphrase_dialog import PassphraseDialog

    PassphraseDialog(driver.desktop.messages, "new_passphrase", driver.window).open()


def finished_dialogs(driver: Driver) -> Iterator[Shown]:
    """What export and report say when they are done."""
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    for ask, done in (
        (driver.window._hand_over.ask_export, exported(recorded=False, left_out=("a", "b"))),
        (driver.window._reports.ask, reported()),
    ):
        ask()
        driver.settle()
        (dialog,) = dialogs_over(driver)
        dialog.finish(done)  # type: ignore[attr-defined]
        driver.settle()
        yield Shown(f"{dialog.objectName()}/done", dialog)
        close_dialogs(driver)


def library(driver: Driver) -> Iterator[Shown]:
    """The library in the states of the gallery."""
    driver.show_page(Page())
    for name, act in library_states(Stage(driver)):
        act()
        driver.settle()
        tops = dialogs_over(driver)
        yield Shown(name, tops[0] if tops and "dialog" in name else driver.window)
    close_dialogs(driver)


# --- what stands over the window ------------------------------------------------------------------------


def dialogs_over(driver: Driver) -> list[QWidget]:
    """What is open besides the main window."""
    return [
        top for top in QApplication.topLevelWidgets()
        if top is not driver.window and top.isVisible() and isinstance(top, QDialog | QMenu)
    ]  # fmt: skip


def close_dialogs(driver: Driver) -> None:
    """Leave them all."""
    while tops := dialogs_over(driver):
        for top in tops:
            top.close()
            if isinstance(top, QDialog):
                top.deleteLater()
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    driver.settle()


def wait(driver: Driver) -> None:
    """Until what workers do for a dialog is done."""
    driver.settle()
    pump_until(lambda: driver.desktop.jobs.is_idle)
    driver.settle()


class Seen(QObject):
    """Remembers which classes of dialogs were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: set[str] = set()

    def note(self, shown: Shown) -> None:
        self.classes.update(kind.__name__ for kind in type(shown.window).__mro__)

    def never_shown(self) -> list[str]:
        """Dialogs of the program that the walk did not come to."""
        return sorted(set(dialog_classes()) - self.classes)


def dialog_classes() -> Iterator[str]:
    """The names of all dialogs and menus of the views."""
    for module in pkgutil.iter_modules(facevid_gui.views.__path__):
        loaded = importlib.import_module(f"facevid_gui.views.{module.name}")
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ == loaded.__name__ and issubclass(kind, QDialog | QMenu):
                yield name
