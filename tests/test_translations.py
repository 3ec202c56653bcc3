"""The Chinese words of the window's widgets: fresh, whole, and those that are loaded."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).parent.parent
TS = ROOT / "resources" / "translations" / "facevid_zh_CN.ts"
QM = TS.with_suffix(".qm")
SOURCES = [ROOT / "facevid_gui" / "views", ROOT / "facevid_gui" / "desktop.py", ROOT / "facevid_gui" / "app.py"]


def tool(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def messages(path: Path) -> list[tuple[str, str, str, str]]:
    """Context, source, translation and state of every message."""
    found = []
    for context in ET.parse(path).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            state = translation.get("type", "")
            found.append((name, message.findtext("source", ""), translation.text or "", state))
    return found


def test_the_committed_sources_are_those_of_the_code(tmp_path: Path) -> None:
    fresh = tmp_path / "facevid_zh_CN.ts"
    run(tool("pyside6-lupdate"), *map(str, sorted(python_files())), "-ts", str(fresh))
    code = Counter((context, source) for context, source, _, _ in messages(fresh))
    committed = Counter((context, source) for context, source, _, _ in messages(TS))
    assert len(code) > 100
    assert sorted(code - committed) == [], "not yet in the .ts: run lupdate"
    assert sorted(committed - code) == [], "no longer in the code: run lupdate"


def python_files() -> list[Path]:
    return [path for source in SOURCES for path in (source.rglob("*.py") if source.is_dir() else [source])]


def test_every_message_is_translated() -> None:
    for context, source, translation, state in messages(TS):
        assert state == "", f"{context}: {source!r} is {state}"
        assert translation.strip(), f"{context}: {source!r} is empty"
        assert source.count("…") == translation.count("…"), f"{context}: {source!r} asks for more, or not"
        assert blanks(source) == blanks(translation), f"{context}: {source!r}"


def blanks(text: str) -> list[str]:
    """What is filled in, in any order: {0}, {name}, %n, %1."""
    return sorted(re.findall(r"\{\w*\}|%n|%L?\d", text))


def test_translations_are_chinese() -> None:
    same = {
        source for _, source, translation, _ in messages(TS) if not any("\u4e00" <= c <= "\u9fff" for c in translation)
    }
    assert same <= {"SignId"}, same


def translations(qm: Path) -> dict[tuple[str, str], str]:
    """What a file of compiled translations gives for each source of the .ts."""
    from PySide6.QtCore import QCoreApplication, QTranslator

    _ = QCoreApplication  # translators need no application, but its module
    translator = QTranslator()
    assert translator.load(str(qm))
    return {(context, source): translator.translate(context, source) for context, source, _, _ in messages(TS)}


def test_what_is_loaded_is_what_was_translated(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.qm"
    run(tool("pyside6-lrelease"), str(TS), "-qm", str(fresh))
    expected = {(context, source): translation for context, source, translation, _ in messages(TS)}
    assert translations(fresh) == expected
    assert translations(QM) == expected, "the .qm is older than the .ts: run lrelease"


def test_qts_own_words_are_there_in_chinese() -> None:
    from PySide6.QtCore import QLibraryInfo, QTranslator

    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    assert translator.load("qtbase_zh_CN", folder), f"no qtbase_zh_CN in {folder}"
    assert translator.translate("QPlatformTheme", "Cancel") == "取消"
