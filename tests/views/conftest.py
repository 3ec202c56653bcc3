"""An application without a display, and windows on homes of their own."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

try:
    import PySide6  # noqa: F401
except ImportError:
    collect_ignore_glob = ["test_*.py"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def application() -> Any:
    """The one application of this process."""
    from PySide6.QtWidgets import QApplication

    from facevid_gui.application import make_application

    return QApplication.instance() or make_application(["facevid-gui"])


@pytest.fixture
def theme(application: Any) -> Iterator[Any]:
    """Colours for parts that are looked at alone."""
    from facevid_gui.views.theme import Theme

    theme = Theme(application, "light")
    yield theme
    application.styleHints().colorSchemeChanged.disconnect(theme.apply)
    theme.deleteLater()


@pytest.fixture
def make_driver(application: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Makes desktops: a window that is shown, but whose player and workers have not come yet."""
    from tests.conftest import stop_logging
    from tests.support.window_scenarios import bury, make_desktop, make_home, unforeseen

    made: list[Any] = []
    hooks = sys.excepthook, threading.excepthook

    def make(*, keyring: bool = True, language: str = "en", home: Path | None = None) -> Any:
        house = make_home(home or tmp_path / f"home-{len(made)}", keyring=keyring, language=language)
        driver = make_desktop(house)
        made.append(driver)
        driver.desktop.furnish()
        driver.window.show()
        driver.window.activateWindow()
        driver.settle()
        return driver

    yield make
    for driver in made:
        driver.window.close()
        driver.desktop.shut_down()
        bury(driver)
    application.setStyleSheet("")  # the next window is built without one, as the first of a process is
    stop_logging()
    sys.excepthook, threading.excepthook = hooks
    for driver in made:
        assert not unforeseen(driver.desktop.house.paths.logs.parent), "a failure that nobody foresaw was logged"


@pytest.fixture
def driver(make_driver: Callable[..., Any]) -> Any:
    """One window, in English, on an empty home."""
    return make_driver()
