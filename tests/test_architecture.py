"""The floors: arrows point down only, floors 0 and 1 never import Qt."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "facevid_gui"
QT = ("PySide6", "shiboken6")

# Which rooms a room may import, besides core and itself (design section 3).
FLOOR_1 = {
    "net": set(),
    "media": {"files"},
    "credentials": {"settings", "files"},
    "providers": {"net", "credentials", "media"},
    "captures": {"net", "credentials", "media", "files"},
    "evidence": {"captures", "providers", "net", "credentials", "media", "files"},
    "lookups": {"evidence", "captures", "providers", "net", "credentials", "media", "files"},
    "simulator": {"net", "providers"},
    "files": set(),
    "paths": {"files"},
    "settings": {"files"},
    "logs": {"files"},
    "program": set(),
}
EVERYBODY = {"core", "resources"}
ROOF = {"cli", "__main__", "house", "console"}
STDLIB_ONLY = {"core", "resources"}
LIBRARIES = {
    "net": {"requests", "urllib3"},
    "media": {"pybase64"},
    "credentials": {"keyring", "secretstorage"},
    "providers": {"filelock"},
    "captures": {"filelock"},
    "evidence": {"asn1crypto", "cryptography", "filelock"},
    "paths": {"platformdirs"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imports_of(path: Path) -> set[str]:
    """Dotted names of everything a module imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def test_every_module_belongs_to_a_known_room() -> None:
    rooms = {room_of(path) for path in modules()} - {"__init__"}
    assert rooms == set(FLOOR_1) | EVERYBODY | ROOF


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    room = room_of(path)
    if room in ROOF or room == "__init__":
        return
    allowed = EVERYBODY | FLOOR_1.get(room, set()) | {room}
    for name in imports_of(path):
        if name == "facevid_gui":
            continue  # the version
        if name.startswith("facevid_gui."):
            target = name.split(".")[1]
            assert target in allowed, f"{room} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    import sys

    room = room_of(path)
    foreign = {name.split(".")[0] for name in imports_of(path)} - set(sys.stdlib_module_names) - {"facevid_gui", ""}
    if room in ROOF:
        assert not foreign & set(QT) or room == "app"
        return
    assert foreign <= LIBRARIES.get(room, set()), f"{room} uses {foreign}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_small_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no docstring"
    assert len(text.splitlines()) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


def test_nothing_is_imported_at_start_that_start_does_not_need() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from facevid_gui.cli import main; "
        "heavy = {'requests', 'cryptography', 'keyring', 'PySide6', 'asn1crypto', 'urllib3'} & set(sys.modules); "
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
