"""Walks through all windows and lets every check look at each. Run: python -m tests.support.window_look LANGUAGE.

WALK_CHECKS in the environment names the checks ("layout access"), WALK_SCHEME the colours, WALK_FONT a factor for the
system's font, WALK_SIZES the sizes of the main window; QT_SCALE_FACTOR scales. Complaints are printed as JSON.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QDialog, QMainWindow

from facevid_gui.application import make_application
from tests.support.pseudo import NAME
from tests.support.pseudo_qt import speak_pseudo
from tests.support.qt import run_alone
from tests.support.screens import large_screen
from tests.support.window_driver import Driver
from tests.support.window_layout import looked_at
from tests.support.window_scenarios import bury, make_desktop, make_home
from tests.support.window_walk import Seen, Shown, walk

Check = Callable[[Shown], Iterator[str]]


class Look:
    """Checks that look at every window; what they complain about, by check."""

    def __init__(self, names: list[str], language: str) -> None:
        self.checks: dict[str, Check] = {}
        if "layout" in names:
            self.checks["layout"] = lambda shown: looked_at(shown.window)
        if "access" in names:
            from tests.support.window_access import Access

            self.checks["access"] = Access()
        if "contrast" in names:
            from tests.support.window_contrast import Contrasts

            self.checks["contrast"] = Contrasts()
        if "words" in names:
            from tests.support.window_words import untranslated

            self.checks["words"] = untranslated
        self.found: dict[str, dict[str, list[str]]] = {name: {} for name in self.checks}
        self.language = language

    def at(self, shown: Shown) -> None:
        """Let every check look; a complaint is kept with the first state it was seen in."""
        for name, check in self.checks.items():
            for complaint in check(shown):
                self.found[name].setdefault(complaint, []).append(shown.state)


def sizes() -> list[tuple[int, int]]:
    """Sizes of the main window."""
    wanted = os.environ.get("WALK_SIZES", "1024x680").split()
    return [(int(width), int(height)) for width, _, height in (size.partition("x") for size in wanted)]


def look(language: str) -> dict[str, object]:
    """Walk, look, tell."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = large_screen(Path(folder))
        application = make_application(["facevid-gui"])
        font = application.font()
        font.setPointSizeF(font.pointSizeF() * float(os.environ.get("WALK_FONT", "1")))
        application.setFont(font)
        house = make_home(Path(folder, "home"), keyring=True, language=language)
        translator = speak_pseudo(application, house) if language == NAME else None
        driver = make_desktop(house)
        driver.desktop.theme.choose(os.environ.get("WALK_SCHEME", "light"))
        driver.desktop.furnish()
        driver.window.resize(*sizes()[0])
        driver.window.show()
        driver.window.activateWindow()
        driver.settle()
        seen, looker, count = Seen(), Look(os.environ.get("WALK_CHECKS", "layout").split(), language), 0
        for shown in walk(driver):
            seen.note(shown)
            for stand in stands(driver, shown):
                looker.at(stand)
                count += 1
        never = seen.never_shown()
        smallest = driver.window.minimumSizeHint().toTuple()
        driver.close()
        bury(driver)
        del translator  # until now it was needed
    return {
        "language": language, "scale": application.primaryScreen().devicePixelRatio(), "windows": count,
        "never_shown": never, "found": looker.found, "smallest": smallest,
        "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def stands(driver: Driver, shown: Shown) -> Iterator[Shown]:
    """A window at its usual size, then at its smallest."""
    yield shown
    if isinstance(shown.window, QMainWindow):
        for size in sizes()[1:]:
            before = shown.window.size()
            shown.window.resize(*size)
            driver.settle()
            yield Shown(f"{shown.state} {size[0]}x{size[1]}", shown.window)
            shown.window.resize(before)
            driver.settle()
    elif isinstance(shown.window, QDialog):
        before = shown.window.size()
        shown.window.resize(shown.window.minimumSizeHint())
        driver.settle()
        yield Shown(f"{shown.state} smallest", shown.window)
        shown.window.resize(before)
        driver.settle()


def main() -> None:
    print(json.dumps(look(sys.argv[1]), ensure_ascii=False))


if __name__ == "__main__":
    run_alone(main)
