"""Windows of these tests are drawn off-screen (tests/conftest.py); one application serves them all."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication


@pytest.fixture(scope="session")
def qapp() -> "QCoreApplication":
    """The one application of this process."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication(["tests"])
