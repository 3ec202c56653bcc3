"""Every locked package has a licence that was looked at; what ships goes together with the GPL of the bundle."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / ".ci" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_locked_package_may_be_used_for_what_it_is_used(licences: ModuleType) -> None:
    pytest.importorskip("PySide6")  # an environment without Qt is not that of the locks
    found = list(licences.findings())
    assert len(found) > 80
    assert [(name, expression) for name, expression, allowed in found if not allowed] == []


def test_every_lock_is_looked_at(licences: ModuleType) -> None:
    names = {name for name, _, _ in licences.findings()}
    for lock in (ROOT / ".ci" / "locks").glob("*.txt"):
        told = {re.split("[=; ]", line)[0].lower() for line in lock.read_text("utf-8").splitlines() if "==" in line}
        assert told <= names, lock.name
        assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock.read_text("utf-8").strip()))


@pytest.mark.parametrize(
    ("expression", "may_ship", "may_help"),
    [
        ("MIT", True, True),
        ("Apache-2.0 AND MIT", True, True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True, True),
        ("GPL-2.0-only", False, True),
        ("Apache-2.0 AND GPL-2.0-only", False, True),
        ("AGPL-3.0-only", False, False),
        ("MIT AND Proprietary", False, False),
        ("see licenses/", False, False),
        ("not installed here", False, False),
        ("", False, False),
    ],
)
def test_a_licence_that_was_not_looked_at_is_not_allowed(
    licences: ModuleType, expression: str, may_ship: bool, may_help: bool
) -> None:
    assert licences.is_allowed(expression, licences.SHIPPED) is may_ship
    assert licences.is_allowed(expression, licences.TOOLS) is may_help


def test_a_package_that_nobody_knows_is_a_finding(
    licences: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lock in ("run.txt", "test.txt"):
        (tmp_path / lock).write_text(
            "no-such-package-of-ours==1.0 \\\n    --hash=sha256:00\nrequests==2.0 \\\n    --hash=sha256:00\n"
        )
    monkeypatch.setattr(licences, "LOCKS", tmp_path)
    assert list(licences.findings()) == [
        ("no-such-package-of-ours", "not installed here", False), ("requests", "Apache-2.0", True)
    ]  # fmt: skip
    assert licences.main() == 1
