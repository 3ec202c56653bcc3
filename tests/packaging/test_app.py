"""`facevid-gui` before there is a window: arguments, a Qt that cannot be loaded, no display; and the smoke test."""

import importlib.abc
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from facevid_gui import __version__, app, system_libraries
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.messages import Messages
from facevid_gui.media.frames_process import FROZEN_ARGUMENT

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays and libraries of Linux")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("FACEVID_LANG", "en")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


class Absent(importlib.abc.MetaPathFinder):
    """Makes a module fail to import."""

    def __init__(self, name: str, error: ImportError) -> None:
        self._name, self._error = name, error

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == self._name:
            raise self._error


def absent(monkeypatch: pytest.MonkeyPatch, name: str, error: ImportError) -> None:
    monkeypatch.delitem(sys.modules, name, raising=False)
    package, _, part = name.rpartition(".")
    if package in sys.modules:
        monkeypatch.delattr(sys.modules[package], part, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(name, error), *sys.meta_path])


def ran(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """Put a stand-in in the place of a module with `run`; return what it was called with."""
    calls: list[Any] = []
    stand_in = types.ModuleType(f"facevid_gui.{name}")
    stand_in.run = lambda argument, *_: calls.append(argument) or 0  # type: ignore[attr-defined, func-returns-value]
    monkeypatch.setitem(sys.modules, f"facevid_gui.{name}", stand_in)
    monkeypatch.setattr(f"facevid_gui.{name}", stand_in, raising=False)
    return calls


def test_arguments_choose_window_folder_and_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    window, demo = ran(monkeypatch, "running"), ran(monkeypatch, "demo")
    assert app.main([]) == 0
    assert app.main(["some/folder"]) == 0
    assert app.main(["demo"]) == 0
    assert app.main(["demo", "--screenshot", "shots"]) == 0
    assert window == [None, Path("some/folder")]
    assert demo == [None, Path("shots")]


@pytest.mark.parametrize(
    "arguments", [["--screenshot", "x"], ["folder", "--smoke-test"], ["--nonsense"], ["a", "b"], ["--smoke"]]
)
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        app.main(arguments)
    assert left.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("language", "word"), [("en", "usage:"), ("zh_CN", "用法：")])
def test_help_and_version(
    language: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FACEVID_LANG", language)
    for argument, expected in (("--help", word), ("--version", f"facevid-gui {__version__}")):
        with pytest.raises(SystemExit) as left:
            app.main([argument])
        assert (left.value.code, expected in capsys.readouterr().out) == (0, True)


def test_the_decoding_child_is_started_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.FRAMES_CHILD == FROZEN_ARGUMENT
    started: list[bool] = []
    monkeypatch.setattr("facevid_gui.media.frames_child.main", lambda: started.append(True))
    monkeypatch.setattr("facevid_gui.app._speaking", lambda words: 1)
    assert app.main([FROZEN_ARGUMENT]) == 0
    assert started == [True]


def test_importing_the_roof_loads_nothing_heavy() -> None:
    code = (
        "import sys; import facevid_gui.app; "
        "print(sorted({'requests', 'cryptography', 'keyring', 'PySide6', 'av', 'argparse'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_qt_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    absent(monkeypatch, "PySide6", ModuleNotFoundError("No module named 'PySide6'", name="PySide6"))
    assert app.main([]) == 3
    said = capsys.readouterr()
    assert "PySide6-Essentials" in said.err
    assert "Traceback" not in said.err


def test_a_missing_library_is_told_with_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    absent(monkeypatch, "PySide6.QtWidgets", error)
    with pytest.raises(SurroundingsError) as told:
        app.load_qt()
    assert told.value.code == "qt_library"
    assert told.value.params["names"].startswith("libEGL.so.1")
    for distribution, package in zip(
        system_libraries.DISTRIBUTIONS, system_libraries.WINDOW["libEGL.so.1"], strict=True
    ):
        assert f"{distribution}: {package}" in told.value.params["packages"]


def test_any_other_failure_of_qt_is_told_with_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    absent(monkeypatch, "PySide6.QtWidgets", ImportError("DLL load failed"))
    with pytest.raises(SurroundingsError, match="DLL load failed") as told:
        app.load_qt()
    assert told.value.code == "qt_unusable"


def test_the_qt_that_aborts_on_python_3_11_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PySide6.__version__", "6.12.0")
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    with pytest.raises(SurroundingsError) as told:
        app.load_qt()
    assert told.value.code == "qt_pair"


@LINUX
def test_without_a_display_only_demo_and_smoke_test_run() -> None:
    environ: dict[str, str] = {}
    with pytest.raises(SurroundingsError) as told:
        app.choose_platform(environ, may_be_offscreen=False)
    assert (told.value.code, environ) == ("no_display", {})
    app.choose_platform(environ, may_be_offscreen=True)
    assert environ == {"QT_QPA_PLATFORM": "offscreen"}
    app.choose_platform(environ, may_be_offscreen=False)  # chosen by the user: Qt's own affair


@LINUX
def test_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facevid_gui.system_libraries.loads", lambda name: True)
    monkeypatch.setenv("DISPLAY", ":987")
    environ = {"DISPLAY": ":987"}
    with pytest.raises(SurroundingsError) as told:
        app.choose_platform(environ, may_be_offscreen=False)
    assert (told.value.code, told.value.params) == ("display_unreachable", {"display": ":987"})
    app.choose_platform(environ, may_be_offscreen=True)
    assert environ["QT_QPA_PLATFORM"] == "offscreen"


@LINUX
def test_libraries_for_the_display_are_told_before_qt_aborts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("facevid_gui.system_libraries.loads", lambda name: "cursor" not in name)
    (tmp_path / "wayland-0").touch()
    for environ in (
        {"DISPLAY": ":987"}, {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)},
    ):  # fmt: skip
        with pytest.raises(SurroundingsError) as told:
            app.choose_platform(environ, may_be_offscreen=True)
        assert told.value.code == "qt_library"
    assert told.value.params["names"] == "libwayland-cursor.so.0"


@LINUX
def test_a_wayland_display_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("facevid_gui.system_libraries.loads", lambda name: True)
    (tmp_path / "wayland-0").touch()
    environ = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    app.choose_platform(environ, may_be_offscreen=False)
    assert "QT_QPA_PLATFORM" not in environ


def smoke_test(*arguments: str, **environ: str) -> Any:
    command = [sys.executable, "-m", "facevid_gui.app", "--smoke-test", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environ}, check=False)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_this_installation_passes_the_smoke_test(language: str) -> None:
    done = smoke_test(FACEVID_LANG=language)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line[0] for line in done.stdout.splitlines()[:-1]] == ["✓"] * 8


def test_each_check_that_fails_is_told_and_the_others_are_done(
    qapp: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from facevid_gui import smoke

    def lacking() -> str:
        raise SurroundingsError("no_display")

    def broken() -> str:
        raise RuntimeError("left out")

    monkeypatch.setattr(smoke, "CHECKS", {"tls": smoke._tls, "words": broken, "window": lacking})
    assert smoke.run(Messages("en")) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines if not line.startswith(" ")][:3] == ["✓", "✗", "✗"]
    assert "RuntimeError: left out" in lines[1]
    monkeypatch.setattr(smoke, "CHECKS", {"tls": smoke._tls, "words": broken})
    assert smoke.run(Messages("en")) == 1


def test_every_check_can_be_done_in_this_process(qapp: object) -> None:
    from facevid_gui import smoke

    assert smoke.run(Messages("en")) == 0


def test_what_is_missing_from_an_installation_is_found(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from facevid_gui import smoke
    from facevid_gui.core.errors import SubjectError

    monkeypatch.setattr(smoke, "LANGUAGES", ("en", "en"))
    with pytest.raises(SubjectError, match="smoke_words"):
        smoke._words()
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: ())
    with pytest.raises(SubjectError, match="smoke_keyring"):
        smoke._keyring()
    absent(monkeypatch, "facevid_gui.bridge.player", ModuleNotFoundError("No module named 'PySide6.QtMultimedia'"))
    with pytest.raises(SurroundingsError, match="qt_missing"):
        smoke._player()
