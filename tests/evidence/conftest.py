"""Sealed folders for the tests of the evidence room: made once, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.evidence_authority import Authority
from tests.support.evidence_places import Place, Template, make_template, unlock_folders


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A timestamp authority."""
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Template]:
    """A home with captures and sealed folders of every kind; read only."""
    base = tmp_path_factory.mktemp("template")
    yield make_template(base / "home", authority)
    unlock_folders(base)


@pytest.fixture
def place(template: Template, tmp_path: Path) -> Iterator[Place]:
    """A home of this test's own."""
    yield Place(template, tmp_path / "home")
    unlock_folders(tmp_path)
