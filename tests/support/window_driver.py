"""Drives the real window as a person does: finds widgets by their object names, types, clicks, waits.

Import it only where `QT_QPA_PLATFORM` was set before: it imports Qt.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QImage, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton, QTabBar, QWidget

from facevid_gui.bridge.session import Page
from facevid_gui.credentials.profiles import Profile
from facevid_gui.desktop import Desktop
from facevid_gui.evidence.library import LibraryEntry
from tests.support.library_source import ListedLibrary
from tests.support.qt import pump_until

AnyWidget = TypeVar("AnyWidget", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton


class Paints(QObject):
    """Counts how often a widget was painted, and with how many different pictures."""

    def __init__(self, canvas: Any) -> None:
        super().__init__()
        self._canvas = canvas
        self.pictures: set[int] = set()
        self.count = 0
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and self._canvas.image is not None:
            self.count += 1
            self.pictures.add(self._canvas.image.cacheKey())
        return False


class Driver:
    """Hands and eyes on one desktop."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.window = desktop.window
        self.session = desktop.session

    # --- finding ---------------------------------------------------------------------------------------

    def find(self, name: str, kind: type[AnyWidget] = QWidget) -> AnyWidget:  # type: ignore[assignment]
        """The one widget of that name, in the window or in a dialog over it; a shown one is preferred."""
        found = [
            widget for top in self._tops() for widget in (top, *top.findChildren(kind)) if widget.objectName() == name
        ]
        found = [widget for widget in found if isinstance(widget, kind)]
        assert found, f"nothing is called {name}"
        return next((widget for widget in found if widget.isVisible()), found[0])

    def button(self, text: str, inside: QWidget | None = None) -> QPushButton:
        """A shown push button by its words."""
        tops = [inside] if inside is not None else self._tops()
        for top in tops:
            for button in top.findChildren(QPushButton):
                if button.text() == text and button.isVisible():
                    return button
        raise AssertionError(f"no button says {text!r}")

    def dialog(self, name: str) -> QWidget:
        """An open dialog."""
        self.until(lambda: any(top.objectName() == name and top.isVisible() for top in self._tops()))
        return next(top for top in self._tops() if top.objectName() == name and top.isVisible())

    def has_dialog(self) -> bool:
        """Whether something stands over the window."""
        return any(top is not self.window and top.isVisible() and top.isModal() for top in self._tops())

    def _tops(self) -> list[QWidget]:
        others = [
            top for top in QApplication.topLevelWidgets() if top is not self.window and top.parent() is self.window
        ]
        return [*others, self.window]

    # --- doing -----------------------------------------------------------------------------------------

    def click(self, target: str | QWidget) -> None:
        """Click a button that is shown and enabled."""
        widget = self.find(target) if isinstance(target, str) else target
        assert widget.isVisible(), f"{target} is not shown"
        assert widget.isEnabled(), f"{target} is not enabled"
        QTest.mouseClick(widget, LEFT)

    def type(self, name: str, text: str) -> None:
        """Replace what stands in a field by typing."""
        self.until(lambda: self.find(name).isVisible(), 2.0)  # a row that was just made is shown a moment later
        field = self.find(name)
        assert field.isEnabled(), f"{name} cannot be typed into"
        if isinstance(field, QLineEdit) and field.text():
            QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.SelectAll))
        for is_plain, letters in groupby(text, key=str.isascii):
            if is_plain:
                QTest.keyClicks(field, "".join(letters))
            else:
                self.compose(field, "".join(letters))

    def compose(self, field: QWidget, text: str) -> None:
        """Enter text as an input method does: first as a proposal, then for good."""
        QApplication.sendEvent(field, QInputMethodEvent(text[:1], []))
        done = QInputMethodEvent("", [])
        done.setCommitString(text)
        QApplication.sendEvent(field, done)

    def paste(self, name: str, text: str) -> None:
        """Replace what stands in a field by pasting."""
        QGuiApplication.clipboard().setText(text)
        field = self.find(name)
        QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.SelectAll))
        QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))

    def press(self, name: str, key: Qt.Key) -> None:
        """Press a key in a widget."""
        QTest.keyClick(self.find(name), key)

    def pick(self, name: str, wanted: object) -> None:
        """Choose an entry of a box by its data: open the list, go there with the arrow keys, press Enter."""
        self.until(lambda: self.find(name).isVisible(), 2.0)
        box = self.find(name, QComboBox)
        assert box.isEnabled(), f"{name} cannot be used"
        target = box.findData(wanted)
        assert target >= 0, f"{name} does not offer {wanted!r}"
        QTest.mouseClick(box, LEFT)
        view = box.view()
        self.until(view.isVisible)
        for _ in range(box.count()):
            if view.currentIndex().row() != target:
                QTest.keyClick(view, Qt.Key.Key_Down if view.currentIndex().row() < target else Qt.Key.Key_Up)
        assert view.currentIndex().row() == target
        QTest.keyClick(view, Qt.Key.Key_Return)
        self.until(lambda: not view.isVisible())

    def until(self, reached: Callable[[], object], timeout_s: float = 20.0) -> None:
        """Let the window work until something is so."""
        pump_until(reached, timeout_s)

    def show_page(self, page: Page) -> None:
        """Put a page before the views, as the controller would."""
        self.session.page = page
        self.session.page_changed.emit()
        self.settle()

    def list_entries(self, entries: Iterable[LibraryEntry], now: datetime) -> None:
        """Let the library hold these entries and nothing else."""
        self.desktop.house.library = ListedLibrary(entries, now)  # type: ignore[assignment]
        self.desktop.desks.library.refresh()
        self.listed()

    def listed(self) -> None:
        """Wait until the library shows what it was asked for."""
        self.until(lambda: self.desktop.desks.library.is_settled)
        self.settle()

    def settle(self) -> None:
        """Let layouts come to rest: what was just made is shown a moment later."""
        for _ in range(3):
            QApplication.processEvents()
        while not self.window.updatesEnabled() or (self.desktop.is_furnished and self.window.findings.is_filling):
            QApplication.processEvents()
        QApplication.processEvents()

    def choose_profile(self, *profiles: Profile) -> None:
        """Know these profiles, use the first."""
        self.session.profiles, self.session.profile = profiles, profiles[0] if profiles else None
        self.session.started = True
        self.session.profiles_changed.emit()
        self.session.profile_chosen.emit()

    # --- ways through the window -----------------------------------------------------------------------

    def start(self) -> None:
        """Show the window and wait until it knows its profiles and has its player."""
        self.desktop.show()
        self.until(lambda: self.session.started and self.desktop.screening.has_player)

    def go_to_section(self, name: str) -> None:
        """Choose a section of the settings, which are open."""
        dialog: Any = self.dialog("settings_dialog")
        self.find("settings_sections", QListWidget).setCurrentRow(list(dialog.sections).index(name))
        self.settle()

    def add_profile(self, name: str, kind: str, part: Mapping[str, Any], **choices: str) -> str:
        """Type a profile of the simulator into the open profiles dialog; returns what it said."""
        dialog = self.dialog("profiles_dialog")
        if self.session.profiles:
            self.click("new_profile_button")
        self.type("profile_name_field", name)
        self.pick("profile_kind_box", kind)
        self.type("profile_endpoint_field", part["base_url"])
        for field, value in part["settings"].items():
            self.type(f"profile_{field}", value)
        for box, value in choices.items():
            self.pick(box, value)
        for field, value in part["secrets"].items():
            self.type(f"secret_{field}", value)
        self.click("keep_profile_button")
        self.until(lambda: any(profile.name == name for profile in self.session.profiles))
        self.until(lambda: self.find("profile_status", QLabel).text().strip())
        assert dialog.isVisible()
        return self.find("profile_status", QLabel).text()

    def look_up(self, pasted: str | None = None) -> str:
        """Paste an id, press Look up, wait for the answer; returns the kind of page that is shown."""
        if pasted is not None:
            self.paste("look_up_field", pasted)
        self.click("look_up_button")
        assert self.session.activity.what == "look_up", self.notice()
        self.until(lambda: not self.session.is_busy)
        return self.session.page.kind

    def first_frame(self) -> None:
        """Wait until the clip stands, exact, at a frame."""
        screening = self.desktop.screening
        self.until(lambda: screening.state == "paused" and screening.shown is not None
                   and screening.shown.mode == "exact" and screening.shown.number is not None)  # fmt: skip

    def at_frame(self, number: int) -> None:
        """Wait until the clip stands, exact, at that frame."""
        screening = self.desktop.screening
        self.until(lambda: (s := screening.shown) is not None and (s.mode, s.number) == ("exact", number))
        self.until(lambda: screening.state == "paused")

    def play(self, pictures: int = 5) -> int:
        """Press play until that many different pictures were painted, press again; returns how many there were."""
        paints = Paints(self.find("video_canvas"))
        self.until(self.find("play_button").isEnabled)  # the player has the clip a moment after its first picture
        self.click("play_button")
        self.until(lambda: len(paints.pictures) >= pictures)
        if self.desktop.screening.state == "playing":
            self.click("play_button")
        self.first_frame()
        self.find("video_canvas").removeEventFilter(paints)
        return len(paints.pictures)

    def step(self, name: str) -> tuple[str, str]:
        """Press a step button; returns the frame's words before and after."""
        label = self.find("frame_label", QLabel)
        before = label.text()
        self.click(name)
        self.until(lambda: label.text() != before)
        return before, label.text()

    def save(self, case: str, purpose: str, place: Path | None, passphrase: str = "") -> None:
        """Fill in the save dialog and wait until the banner speaks of a sealed folder."""
        self.click("save_button")
        self.dialog("save_dialog")
        self.type("case_field", case)
        self.type("purpose_field", purpose)
        if place is not None:
            self.type("place_field", str(place))
        if passphrase:
            self.type("passphrase_field", passphrase)
        if self.session.key_protection == "new_passphrase":
            self.type("passphrase_again_field", passphrase)
        self.click("confirm_save_button")
        self.until(lambda: self.session.page.reviewed is not None and self.session.page.reviewed.is_sealed
                   and not self.session.is_busy)  # fmt: skip
        self.until(lambda: not self.has_dialog())

    def close(self) -> None:
        """Close the window as a user does."""
        self.window.close()

    # --- seeing ----------------------------------------------------------------------------------------

    def texts(self, inside: str | QWidget) -> list[str]:
        """The words of every shown label in a part, top to bottom as they were made."""
        part = self.find(inside) if isinstance(inside, str) else inside
        self.settle()
        return [label.text() for label in part.findChildren(QLabel) if label.text().strip() and _is_meant(label, part)]

    def tabs(self) -> list[str]:
        """The clips' names."""
        tabs = self.find("clip_tabs", QTabBar)
        return [tabs.tabText(number) for number in range(tabs.count())]

    def picture(self, name: str) -> str:
        """A digest of the picture on a canvas, in its own pixels."""
        return digest(self.find(name).image)  # type: ignore[attr-defined]

    def notice(self) -> str:
        """What the notice says; empty when there is none."""
        bar = self.find("notice_bar")
        return " ".join(self.texts(bar)) if bar.isVisible() else ""

    def page(self) -> dict[str, Any]:
        """What the record page shows, in words and digests; the first clip's first frame is shown for it."""
        self.first_frame()
        self.desktop.screening.go_to_frame(0)
        self.until(lambda: self.desktop.screening.shown.number == 0 and self.desktop.screening.shown.mode == "exact")
        reviewed = self.session.page.reviewed
        assert reviewed is not None
        if reviewed.record.photos:
            self.until(lambda: self.find("photo_canvas").image is not None)  # type: ignore[attr-defined]
        return {
            "tabs": self.tabs(),
            "frame": self.find("frame_label", QLabel).text(),
            "picture": self.picture("video_canvas"),
            "photo": self.picture("photo_canvas"),
            "scores": self.texts("scores_panel"),
            "risk": self.texts("risk_panel"),
            "findings": self.texts(self.window.findings),
            "title": self.window.windowTitle(),
        }

    def banner(self) -> dict[str, Any]:
        """What the banner says, and in which tone."""
        banner = self.find("verdict_banner")
        return {"tone": banner.property("tone"), "texts": self.texts(banner), "name": banner.accessibleName()}


def digest(image: QImage | None) -> str:
    """SHA-256 of a picture's pixels and size; empty when there is none."""
    import hashlib

    if image is None:
        return ""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = [bytes(plain.constScanLine(row))[: plain.width() * 3] for row in range(plain.height())]
    return f"{plain.width()}x{plain.height()}:{hashlib.sha256(b''.join(rows)).hexdigest()}"


def _is_meant(label: QWidget, part: QWidget) -> bool:
    """Whether a label is not hidden by itself or by a parent below `part`; another tab or page is still meant."""
    widget: QWidget | None = label
    while widget is not None and widget is not part:
        if widget.isHidden() and not _is_page(widget):
            return False
        widget = widget.parentWidget()
    return True


def _is_page(widget: QWidget) -> bool:
    """Pages of a stack are hidden one by one; that says nothing about what is on them."""
    from PySide6.QtWidgets import QStackedWidget

    return isinstance(widget.parentWidget(), QStackedWidget)
