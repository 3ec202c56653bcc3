"""Sealed folders for the tests of the evidence room: made once, copied for each test."""

import subprocess
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A mount point for volumes of any size; needs root and the right to mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    probe = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    unlock_folders(folder)
    subprocess.run(["umount", str(folder)], check=True)
