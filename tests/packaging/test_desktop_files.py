"""What desktops and installers read: valid by the tools of each, naming only what is in the built folder."""

import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from facevid_gui import __version__
from facevid_gui.paths import find_paths
from tests.support.tools import need, run_tool

ROOT = Path(__file__).parent.parent.parent
DESKTOP = ROOT / "resources" / "desktop"
MIME_TYPE = "application/vnd.facevid.package+zip"


def test_the_menu_entry_is_valid_and_speaks_chinese() -> None:
    need("desktop-file-validate")
    file = DESKTOP / "linux" / "facevid-gui.desktop"
    done = run_tool("desktop-file-validate", str(file))
    assert (done.returncode, done.stdout) == (0, b"")
    text = file.read_text("utf-8")
    assert f"MimeType={MIME_TYPE};" in text
    assert "Comment[zh_CN]=" in text
    assert "Exec=facevid-gui %f\n" in text


def test_the_description_for_software_centres_is_valid(tmp_path: Path) -> None:
    need("appstreamcli")
    text = (DESKTOP / "linux" / "facevid-gui.metainfo.xml").read_text("utf-8")
    file = tmp_path / "local.facevid.gui.metainfo.xml"
    file.write_text(text.replace("@VERSION@", __version__).replace("@DATE@", "2026-11-26"), "utf-8")
    done = run_tool("appstreamcli", "validate", "--no-net", str(file))
    assert done.returncode == 0, done.stdout.decode()


def test_a_package_is_known_by_its_name_and_stays_a_zip(tmp_path: Path) -> None:
    need("update-mime-database")
    packages = tmp_path / "mime" / "packages"
    packages.mkdir(parents=True)
    (packages / "facevid-gui.xml").write_bytes((DESKTOP / "linux" / "facevid-gui.xml").read_bytes())
    done = run_tool("update-mime-database", str(tmp_path / "mime"))
    assert done.returncode == 0, done.stderr.decode()
    globs = (tmp_path / "mime" / "globs2").read_text()
    assert f"60:{MIME_TYPE}:fv-*t*z-*.zip" in globs, "names are compared in lower case"
    assert f"{MIME_TYPE} application/zip" in (tmp_path / "mime" / "subclasses").read_text()


@pytest.mark.parametrize("script", ["linux/install.sh", "macos/sign-and-notarise.sh"])
def test_the_scripts_are_programs_a_shell_can_read(script: str) -> None:
    file = DESKTOP / script
    assert file.stat().st_mode & 0o111
    shell = file.read_text("utf-8").splitlines()[0].removeprefix("#!")
    assert subprocess.run([shell, "-n", file], check=False).returncode == 0


def installed(tmp_path: Path, path: str) -> str:
    """What install.sh says when it installs a folder that holds nothing but what it needs."""
    folder, home = tmp_path / "unpacked", tmp_path / "home"
    (folder / "share" / "applications").mkdir(parents=True)
    home.mkdir()
    for name in ("facevid", "facevid-gui"):
        (folder / name).write_text("#!/bin/sh\n")
    shutil.copy(DESKTOP / "linux" / "install.sh", folder)
    shutil.copy(DESKTOP / "linux" / "facevid-gui.desktop", folder / "share" / "applications")
    done = subprocess.run([folder / "install.sh"], env={"HOME": str(home), "PATH": path}, capture_output=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (home / ".local" / "share" / "applications" / "facevid-gui.desktop").is_file()
    return done.stdout.decode()


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_who_installed_is_told_where_it_is_and_how_to_find_the_commands(tmp_path: Path) -> None:
    bin_folder = tmp_path / "home" / ".local" / "bin"
    said = installed(tmp_path, os.defpath)
    for words in ("in the menu", "应用菜单", "is not in PATH", "不在 PATH", 'export PATH="$HOME/.local/bin:$PATH"',
                  f"{bin_folder}/facevid-gui"):  # fmt: skip
        assert words in said


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_who_finds_the_commands_is_told_no_more_than_that(tmp_path: Path) -> None:
    said = installed(tmp_path, f"{tmp_path}/home/.local/bin:{os.defpath}")
    assert "in the menu" in said
    assert "export PATH" not in said


def test_the_readme_of_the_archive_says_the_same_in_both_languages() -> None:
    text = (DESKTOP / "linux" / "README.txt").read_text("utf-8")
    english, chinese = (part for part in text.split("facevid @VERSION@") if part.strip())
    for command in ("./facevid-gui demo", "./install.sh", "--uninstall", "./facevid doctor"):
        assert command in english
        assert command in chinese
    folders = find_paths({"HOME": "/home/li"})
    for name in ("config", "data", "state"):
        place = Path("~") / getattr(folders, name).relative_to(Path.home())
        assert str(place) in english
        assert str(place) in chinese


def test_what_the_mac_is_asked_to_allow_is_what_a_frozen_program_needs() -> None:
    with (DESKTOP / "macos" / "entitlements.plist").open("rb") as file:
        entitlements = plistlib.load(file)
    assert entitlements == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
        "com.apple.security.cs.disable-library-validation": True,
    }


def test_the_installer_for_windows_needs_no_admin_and_names_what_is_built() -> None:
    """Inno Setup runs on Windows only: here, that its sections are its own and its paths are those of the build."""
    text = (DESKTOP / "windows" / "facevid-gui.iss").read_text("utf-8")
    known = {"Setup", "Languages", "Files", "InstallDelete", "Icons", "Registry", "Run"}
    assert set(re.findall(r"^\[(\w+)\]$", text, re.MULTILINE)) == known
    assert "PrivilegesRequired=lowest" in text
    assert text.count('"') % 2 == 0
    bundle = re.search(r'#define Bundle "(.+)"', text)
    assert bundle is not None
    assert (DESKTOP / "windows" / bundle[1].replace("\\", "/")).resolve() == ROOT / "dist" / "facevid-gui"
    assert set(re.findall(r"\{app\}\\([\w-]+\.exe)", text)) == {"facevid-gui.exe"}
    assert "Evidence" not in re.sub(r"^;.*$", "", text, flags=re.MULTILINE), "evidence is never touched"
