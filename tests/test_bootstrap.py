"""`bootstrap.py`: what it reads, decides and says; the set-up itself is run by CI on an empty machine."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

import bootstrap
from facevid_gui import system_libraries
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

LOCK = """alpha==1.0 \\
    --hash=sha256:aa
    # via x
beta-two==2.0 ; sys_platform == 'linux' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
bagit==1.9.0 \\
    --hash=sha256:dd
"""
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are a matter of Linux")


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for privately unpacked packages."""
    monkeypatch.setattr(bootstrap, "PRIVATE", tmp_path / "system")
    monkeypatch.setattr(bootstrap, "PRIVATE_APT", tmp_path / "apt")
    bootstrap.refresh.cache_clear()
    return tmp_path / "system"


class Calls:
    """Stands in for running programs: remembers commands, answers with an exit code and an output."""

    def __init__(self) -> None:
        self.made: list[list[str]] = []
        self.codes: dict[str, int] = {}
        self.outputs: dict[str, str] = {}

    def __call__(self, command: list[Any], **options: Any) -> Any:
        words = [str(word) for word in command]
        self.made.append(words)
        key = next((key for key in {**self.codes, **self.outputs} if key in " ".join(words)), "")
        output: Any = self.outputs.get(key, "")
        output = output if options.get("text") else output.encode()
        return subprocess.CompletedProcess(words, self.codes.get(key, 0), output, output)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """No program is run."""
    made = Calls()
    monkeypatch.setattr("subprocess.run", made)
    return made


def lacking(monkeypatch: pytest.MonkeyPatch, *, rights: bool) -> None:
    """A machine without libraries, fonts and tools, with apt-get."""
    monkeypatch.setattr(system_libraries, "loads", lambda name: False)
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if rights else 1000)
    known = {"apt-get": "/usr/bin/apt-get", "dpkg-deb": "/usr/bin/dpkg-deb"}
    monkeypatch.setattr("shutil.which", lambda name, path=None: known.get(name))


def test_a_lock_is_read_package_by_package() -> None:
    assert bootstrap.names(LOCK) == ["alpha", "beta-two", "bagit"]
    assert bootstrap.names(bootstrap.without(LOCK, ("alpha",))) == ["beta-two", "bagit"]
    assert bootstrap.without(LOCK, ()) == LOCK
    assert bootstrap.without(LOCK, ("alpha", "beta-two", "bagit")) == ""


def test_the_real_locks_hold_what_the_commands_need() -> None:
    run = set(bootstrap.names((bootstrap.LOCKS / "run.txt").read_text("utf-8")))
    test = set(bootstrap.names((bootstrap.LOCKS / "test.txt").read_text("utf-8")))
    assert {"pyside6-essentials", "pyside6-addons", "av", "hatchling", "editables"} <= run
    assert {"pytest", "pyinstaller"} & run == set()
    assert run | {"pytest", "pyinstaller", "ruff", "mypy", *bootstrap.BUILT_HERE} <= test


def test_nothing_is_done_without_a_known_command(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["nonsense"]):
        assert bootstrap.main(arguments) == 2
        assert "bootstrap.py demo" in capsys.readouterr().err


def test_a_problem_is_told_and_exits_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def problem(arguments: list[str]) -> int:
        raise bootstrap.Problem("do this")

    def stopped(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "demo", problem)
    assert (bootstrap.main(["demo"]), capsys.readouterr().err) == (3, "\ndo this\n")
    monkeypatch.setattr(bootstrap, "demo", stopped)
    assert bootstrap.main(["demo"]) == 130


@LINUX
def test_where_nothing_is_missing_nothing_is_run(private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "loads", lambda name: True)
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name, path=None: f"/usr/bin/{name}")
    assert bootstrap.system_packages(bootstrap.TEST_TOOLS, window=True) == dict(os.environ)
    assert calls.made == []


@LINUX
def test_with_rights_the_packages_are_installed(private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, rights=True)
    bootstrap.system_packages({"Xvfb": "xvfb"}, window=True)
    update, install = calls.made
    assert update[:2] == ["apt-get", "update"]
    assert {"xvfb", "libegl1", "libpulse0", "libxcb-cursor0", "fonts-noto-cjk"} <= set(install)
    assert {"sudo", "python3"} & set(install) == set()


@LINUX
def test_a_failing_installation_ends_the_set_up_with_its_own_words(
    private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking(monkeypatch, rights=True)
    calls.codes["install"], calls.outputs["install"] = 100, "no space left"
    with pytest.raises(bootstrap.Problem, match="This step failed"):
        bootstrap.system_packages({}, window=True)
    assert "no space left" in capsys.readouterr().err


@LINUX
def test_without_rights_the_packages_are_unpacked_privately(
    private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, rights=False)
    calls.outputs["--simulate"] = "Inst libegl1 (1 x)\nInst libc6 (2 x)\nInst xvfb [0] (1 x)\nConf xvfb\n"
    debs = bootstrap.PRIVATE_APT / "debs"
    debs.mkdir(parents=True)
    (debs / "libegl1_1_amd64.deb").touch()
    environment = bootstrap.system_packages({"Xvfb": "xvfb"})
    update, _, download, unpack = calls.made
    assert "update" in update
    assert download[-2:] == ["libegl1", "xvfb"]  # a second C library would start nothing
    assert unpack == ["dpkg-deb", "-x", str(debs / "libegl1_1_amd64.deb"), str(private)]
    assert all(f"Dir::State::lists={bootstrap.PRIVATE_APT / 'lists'}" in call for call in (update, download))
    assert environment["LD_LIBRARY_PATH"].startswith(str(private))


@LINUX
@pytest.mark.parametrize("failing", ["download", "dpkg-deb"])
def test_where_even_that_fails_the_exact_command_is_said(
    failing: str, private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking(monkeypatch, rights=False)
    calls.codes[failing] = 1
    debs = bootstrap.PRIVATE_APT / "debs"
    debs.mkdir(parents=True)
    (debs / "x.deb").touch()
    assert bootstrap.main(["demo"]) == 3
    said = capsys.readouterr().err
    assert "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libpulse0 " in said
    assert said.rstrip().endswith("fonts-noto-cjk")


@LINUX
def test_a_user_without_rights_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "loads", lambda name: name != "libEGL.so.1")
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: True)
    with unprivileged_folder() as folder:
        (folder / "apt-get").write_text("#!/bin/sh\nexit 100\n")
        (folder / "apt-get").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        monkeypatch.setattr(bootstrap, "PRIVATE", folder / "system")
        monkeypatch.setattr(bootstrap, "PRIVATE_APT", folder / "apt")

        def work() -> object:
            sys.stderr = io.StringIO()
            return bootstrap.main(["demo"]), sys.stderr.getvalue()

        code, said = cast("tuple[int, str]", as_unprivileged(work))
    assert code == 3
    command = "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1\n"
    assert f"Run this, then try again:\n\n    {command}" in said


@LINUX
def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> Path:
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(bootstrap, "system_packages", lambda *_, **__: {})
    monkeypatch.setattr(bootstrap, "make_environment", make)
    assert bootstrap.main(["demo"]) == 3


@LINUX
def test_where_there_is_no_apt_each_distribution_is_told_its_packages(
    private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, rights=True)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(bootstrap.Problem) as told:
        bootstrap.system_packages({"jq": "jq"}, window=True)
    for words in ("jq", "libEGL.so.1", "Fedora: pulseaudio-libs", "Arch: libpulse", "openSUSE: libpulse0"):
        assert words in str(told.value)
    assert calls.made == []


@LINUX
def test_a_missing_font_alone_stops_nothing_where_there_is_no_apt(
    private: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking(monkeypatch, rights=True)
    monkeypatch.setattr(system_libraries, "loads", lambda name: True)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    bootstrap.system_packages({}, window=True)
    assert "Chinese font" in capsys.readouterr().err


@LINUX
def test_what_is_unpacked_privately_is_found(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    libraries = private / "usr/lib/x86_64-linux-gnu"
    for place in (
        libraries / "libEGL.so.1",
        libraries / "pulseaudio/libpulsecommon-16.1.so",
        private / "lib/x86_64-linux-gnu/libdbus-1.so.3",
        private / "usr/lib/pulse-16.1/modules/module-null-sink.so",
        private / "usr/bin/dbus-run-session",
        private / "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    monkeypatch.setattr(system_libraries, "loads", lambda name: False)
    for name in ("FONTCONFIG_FILE", "PULSE_DLPATH", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    missing = bootstrap.missing_libraries()
    assert {"libEGL.so.1", "libdbus-1.so.3"} & set(missing) == set()
    assert "libGL.so.1" in missing
    assert bootstrap.has_chinese_font()
    environment = bootstrap.private_environment()
    places = (f"{private}/wrappers", f"{private}/usr/bin", f"{private}/bin", "")
    assert environment["PATH"].startswith(os.pathsep.join(places))
    assert f"{private}/usr/share/dbus-1/session.conf" in (private / "wrappers/dbus-run-session").read_text("utf-8")
    assert {str(libraries), str(libraries / "pulseaudio"), str(private / "lib/x86_64-linux-gnu")} <= set(
        environment["LD_LIBRARY_PATH"].split(os.pathsep)
    )
    assert environment["PULSE_DLPATH"] == str(private / "usr/lib/pulse-16.1/modules")
    configuration = Path(environment["FONTCONFIG_FILE"]).read_text("utf-8")
    assert f"<dir>{private}/usr/share/fonts</dir>" in configuration


@LINUX
def test_fonts_are_looked_for_by_their_files_where_no_program_lists_them(
    private: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(
        bootstrap, "found_font", lambda *folders: iter([f for f in folders if f.is_relative_to(tmp_path)])
    )
    assert bootstrap.has_chinese_font()
    monkeypatch.undo()
    (tmp_path / "wqy-microhei.ttc").touch()
    (tmp_path / "DejaVuSans.ttf").touch()
    assert [path.name for path in bootstrap.found_font(tmp_path)] == ["wqy-microhei.ttc"]


def test_every_library_has_a_package_on_every_distribution() -> None:
    groups = (system_libraries.PLAYER, system_libraries.WINDOW, system_libraries.X11, system_libraries.WAYLAND)
    assert len(system_libraries.QT) == sum(map(len, groups))
    assert len(system_libraries.ALL) == len(system_libraries.QT) + len(system_libraries.CHILD)
    for name, packages in system_libraries.ALL.items():
        assert len(packages) == len(system_libraries.DISTRIBUTIONS), name
        assert all(packages), name
    assert system_libraries.packages(["libGL.so.1", "libGL.so.1", "libother.so"], "Fedora") == ["libglvnd-glx"]
    assert not system_libraries.loads("libno-such-library.so.9")


@LINUX
def test_the_list_of_libraries_is_what_qt_really_links_to() -> None:
    """Read from the ELF headers of the installed Qt; libraries every Debian has are left out."""
    PySide6 = pytest.importorskip("PySide6")  # noqa: N806
    if bootstrap.shutil.which("readelf") is None:
        pytest.skip("readelf (binutils) is not installed")
    folder = Path(PySide6.__file__).parent
    plugins = (
        "platforms/libqxcb",
        "platforms/libqoffscreen",
        "platforms/libqwayland",
        "multimedia/*",
        "imageformats/*",
    )
    parts = (
        "Core", "Gui", "Widgets", "Svg", "Multimedia", "DBus", "XcbQpa", "WaylandClient", "Network", "Qml", "Quick",
    )  # fmt: skip
    files = [folder / f"Qt/lib/libQt6{part}.so.6" for part in parts] + [*(folder / "Qt/lib").glob("libav*.so.*")]
    files += [file for plugin in plugins for file in (folder / "Qt/plugins").glob(f"{plugin}.so")]
    read = subprocess.run(["readelf", "-d", *files], capture_output=True, text=True, check=True).stdout
    needed = {line.split("[")[1].rstrip("]") for line in read.splitlines() if "(NEEDED)" in line}
    own = {path.name for path in folder.rglob("*.so*")}
    everywhere = re.compile(r"lib(c|m|dl|pthread|rt|stdc\+\+|gcc_s|z|bz2|resolv)\.so\.|ld-linux")
    brought_along = {"libbrotlicommon.so.1", "libxcb.so.1"}  # in the packages of, or needed by, listed ones
    foreign = {name for name in needed - own - brought_along if not everywhere.match(name)}
    assert foreign == set(system_libraries.QT)


@LINUX
def test_the_tests_keep_their_files_in_memory_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path)
    monkeypatch.setattr(bootstrap, "ROOM_FOR_TESTS", 1)
    with bootstrap.fast_folder() as folder:
        assert folder is not None
        assert (folder.parent, folder.stat().st_mode & 0o777) == (tmp_path, 0o711)
        (folder / "sealed").mkdir()
        (folder / "sealed" / "file").touch()
        (folder / "sealed").chmod(0o500)
    assert list(tmp_path.iterdir()) == []

    def nowhere() -> bool:
        with bootstrap.fast_folder() as folder:
            return folder is None and list(tmp_path.iterdir()) == []

    assert 0 < bootstrap.room_in_memory() < 1 << 60
    monkeypatch.setattr(bootstrap, "ROOM_FOR_TESTS", 1 << 60)
    assert nowhere()
    monkeypatch.setattr(bootstrap, "ROOM_FOR_TESTS", 1)
    monkeypatch.setenv("TMPDIR", "elsewhere")
    assert nowhere(), "who chose a place keeps it"
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path / "missing")
    assert nowhere()
