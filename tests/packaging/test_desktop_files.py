"""What desktops and installers read: valid by the tools of each, naming only what is in the built folder."""

import plistlib
import re
import subprocess
from pathlib import Path

import pytest

from facevid_gui import __version__
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
