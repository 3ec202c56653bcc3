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
    "stored": {"files", "paths", "credentials"},
    "diagnosis": {
        "evidence",
        "captures",
        "credentials",
        "media",
        "files",
        "paths",
        "settings",
        "logs",
        "program",
        "system_libraries",
    },
    "program": set(),
    "last_run": {"files", "paths"},
    "turn": {"files"},
    "system_libraries": set(),
    "system_notice": set(),
}
EVERYBODY = {"core", "resources"}
UPPER = {
    "bridge": set(FLOOR_1) - {"simulator"},
    "views": {"bridge"},
}
ROOF = {
    "cli", "terminal", "__main__", "house", "house_hand_over", "house_keeping", "console", "app", "desktop", "demo",
    "running", "smoke", "one_window",
    "application", "probe", "trouble",
}  # fmt: skip
QT_ROOF = {"app", "application", "desktop", "running", "demo", "smoke", "one_window", "probe", "trouble"}
STDLIB_ONLY = {"core", "resources"}
LIBRARIES = {
    "net": {"requests", "urllib3"},
    "media": {"pybase64"},
    "credentials": {"keyring", "secretstorage"},
    "providers": {"filelock"},
    "captures": {"filelock"},
    "evidence": {"PIL", "asn1crypto", "cryptography", "filelock", "fpdf", "segno"},
    "paths": {"platformdirs"},
    "system_notice": {"jeepney"},
    "bridge": {"PySide6"},
    "views": {"PySide6"},
}
# Qt beyond its core is only for those who draw or play; decoding stays in the child.
QT_MODULES = {
    "bridge": {"QtCore", "QtGui", "QtMultimedia", "QtDBus", "QtPdf", "QtPrintSupport"},
    "views": {"QtCore", "QtGui", "QtWidgets", "QtSvg", "QtPrintSupport"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imports_of(path: Path, *, types_too: bool = True) -> set[str]:
    """Dotted names of everything a module imports, wherever the import stands; perhaps without those for types."""
    tree = ast.parse(path.read_text("utf-8"))
    if not types_too:
        tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node))]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def test_every_module_belongs_to_a_known_room() -> None:
    rooms = {room_of(path) for path in modules()} - {"__init__"}
    assert rooms == set(FLOOR_1) | set(UPPER) | EVERYBODY | ROOF


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    room = room_of(path)
    if room in ROOF or room == "__init__":
        return
    allowed = EVERYBODY | FLOOR_1.get(room, UPPER.get(room, set())) | {room}
    for name in imports_of(path, types_too=room != "views"):  # a view may name the type of what it is handed
        if name == "facevid_gui":
            continue  # the version
        if name.startswith("facevid_gui."):
            target = name.split(".")[1]
            assert target in allowed, f"{room} imports {name}"


def test_only_the_child_decodes() -> None:
    """What imports PyAV is imported by nobody but the child's own modules."""
    for path in modules():
        if path.name != "frames_child.py" and not path.match("media/child_*.py"):
            assert not [name for name in imports_of(path) if "media.child_" in name], path


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    import sys

    room = room_of(path)
    foreign = {name.split(".")[0] for name in imports_of(path)} - set(sys.stdlib_module_names) - {"facevid_gui", ""}
    if room in ROOF:
        assert not foreign & set(QT) or room in QT_ROOF
        return
    own = {"av"} if path.name == "frames_child.py" or path.match("media/child_*.py") else set()
    assert foreign <= LIBRARIES.get(room, set()) | own, f"{room} uses {foreign}"
    modules = {name.split(".")[1] for name in imports_of(path) if name.startswith("PySide6.")}
    assert modules <= QT_MODULES.get(room, set()), f"{room} uses {modules}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "views").glob("*.py")), ids=lambda p: p.name)
def test_views_show_and_ask_but_read_and_write_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name != "read_text" or path.name == "theme.py"  # the style sheet, once
            assert name not in {"open_new", "write_bytes", "write_text", "exec", "processEvents", "sleep"}
            assert name != "QLabel" or path.name == "widgets.py", "foreign text may be markup: use PlainLabel"
            assert name != "read_bytes" or path.name == "theme.py"  # icons of our own, once


def test_no_label_is_translated_in_an_f_string() -> None:
    for path in (PACKAGE / "views").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tr":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"


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


def test_the_window_loads_no_network_cryptography_or_media_library_before_it_is_there() -> None:
    import subprocess
    import sys

    code = (
        "import sys, facevid_gui.desktop; "
        "heavy = {'requests', 'cryptography', 'keyring', 'asn1crypto', 'urllib3', 'av', 'sqlite3', "
        "'PySide6.QtMultimedia', 'PySide6.QtNetwork'} & set(sys.modules); print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
