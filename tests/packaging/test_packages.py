"""What users are given on Linux: installed, run and taken away again by somebody without rights; evidence stays."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui import __version__
from tests.support.tools import need, run_tool
from tests.support.unprivileged import NOBODY, unprivileged_folder

DIST = Path(os.environ.get("FACEVID_DIST") or Path(__file__).parent.parent.parent / "dist").absolute()
SUMS = DIST / "SHA256SUMS"

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.skipif(not SUMS.is_file(), reason="pack it first: python3 bootstrap.py package, or set FACEVID_DIST"),
]


def made(pattern: str) -> Path:
    return next(DIST.glob(pattern))


def plain(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def as_nobody(home: Path, *command: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a program as a user without rights, with nothing of ours in its surroundings."""
    surroundings = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "FACEVID_LANG": "en"}
    root = os.geteuid() == 0
    return subprocess.run(
        command, env=surroundings, cwd=home, capture_output=True, text=True, timeout=240, check=False,
        user=NOBODY if root else None, group=NOBODY if root else None, extra_groups=[] if root else None,
    )  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    with unprivileged_folder() as folder:
        yield folder


def test_the_sums_are_those_of_what_lies_there() -> None:
    lines = dict(reversed(line.split("  ")) for line in SUMS.read_text("ascii").splitlines())
    assert {re.sub(r"[\d.]+\d|x86_64|amd64|aarch64|arm64", "*", name) for name in lines} == {
        "facevid-gui-*.cdx.json", "facevid-gui-*-linux-*.tar.gz", "facevid-gui_*_*.deb",
    }  # fmt: skip
    for name, told in lines.items():
        with (DIST / name).open("rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == told


def test_the_list_of_parts_names_every_package_inside() -> None:
    bom = json.loads(made("*.cdx.json").read_text("utf-8"))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert (bom["metadata"]["component"]["name"], bom["metadata"]["component"]["version"]) == (
        "facevid-gui", __version__,
    )  # fmt: skip
    with tarfile.open(made("*.tar.gz")) as archive:
        members = archive.getmembers()
    inside = {
        m[1] for member in members if (m := re.search(r"_internal/(.+)-[^-/]+\.dist-info/METADATA$", member.name))
    }
    parts = {part["name"] for part in bom["components"] if part.get("purl", "").startswith("pkg:pypi/")}
    assert {plain(name) for name in parts} == {plain(name) for name in inside - {"facevid_gui"}}
    libraries = [part for part in bom["components"] if "hashes" in part]
    assert any(part["name"].startswith("libpython") for part in libraries)
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "root")}
    assert len({member.mtime for member in members}) == 1


@pytest.mark.slow
def test_the_archive_installs_runs_and_leaves_for_a_user_without_rights(home: Path) -> None:
    with tarfile.open(made("*.tar.gz")) as archive:
        archive.extractall(home, filter="tar")
    folder = home / f"facevid-gui-{__version__}"
    readme = (folder / "README.txt").read_text("utf-8")
    assert f"facevid {__version__}\n" in readme
    assert "@" not in readme
    evidence = home / "evidence" / "fv-kept"
    evidence.mkdir(parents=True)
    os.chmod(evidence, 0o755)
    installed = as_nobody(home, folder / "install.sh")
    assert installed.returncode == 0, installed.stderr
    commands = [home / ".local" / "bin" / name for name in ("facevid", "facevid-gui")]
    for command in commands:
        assert as_nobody(home, command, "--version").stdout.strip() == f"{command.name} {__version__}"
    entry = home / ".local" / "share" / "applications" / "facevid-gui.desktop"
    assert f'Exec="{home}/.local/opt/facevid-gui/facevid-gui" %f' in entry.read_text("utf-8")
    need("desktop-file-validate")
    assert run_tool("desktop-file-validate", str(entry)).stdout == b""
    smoke = as_nobody(home, commands[1], "--smoke-test")
    assert smoke.returncode == 0, smoke.stdout + smoke.stderr
    again = as_nobody(home, folder / "install.sh")
    assert again.returncode == 0, "an update over what is there"
    own = as_nobody(home, home / ".local" / "opt" / "facevid-gui" / "install.sh")
    assert own.returncode == 0, own.stderr
    assert as_nobody(home, commands[0], "--version").returncode == 0, (
        "the installed copy installs itself: nothing changes"
    )
    shared = [path for path in (home / ".local" / "share").rglob("*facevid*") if path.is_file()]
    assert len(shared) >= 4
    gone = as_nobody(home, home / ".local" / "opt" / "facevid-gui" / "install.sh", "--uninstall")
    assert gone.returncode == 0, gone.stderr
    assert [
        path for path in (*commands, *shared, home / ".local" / "opt" / "facevid-gui") if os.path.lexists(path)
    ] == []
    assert evidence.is_dir()


@pytest.mark.slow
def test_a_program_of_that_name_is_not_replaced(home: Path) -> None:
    with tarfile.open(made("*.tar.gz")) as archive:
        members = [
            m for m in archive if m.name.endswith("install.sh") or ("/share/" in m.name and "_internal" not in m.name)
        ]
        archive.extractall(home, members, filter="tar")
    other = home / ".local" / "bin" / "facevid"
    other.parent.mkdir(parents=True)
    other.write_text("another program")
    done = as_nobody(home, home / f"facevid-gui-{__version__}" / "install.sh")
    assert done.returncode == 3
    assert "Move it away" in done.stderr
    assert other.read_text() == "another program"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Debian package")
def test_the_debian_package_installs_runs_and_leaves(home: Path) -> None:
    need("dpkg", "dpkg-deb")
    package = made("*.deb")
    told = dict(line.split(": ", 1) for line in run_tool("dpkg-deb", "-f", str(package)).stdout.decode().splitlines()
                if ": " in line and not line.startswith(" "))  # fmt: skip
    assert told["Version"] == __version__
    assert re.match(r"libc6 \(>= 2\.\d+\)", told["Depends"])
    root = home / "root"
    for place in ("info", "updates", "triggers"):
        (root / "var" / "lib" / "dpkg" / place).mkdir(parents=True)
    (root / "var" / "lib" / "dpkg" / "status").touch()
    evidence = root / "home" / "evidence"
    evidence.mkdir(parents=True)
    dpkg = ("dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--force-bad-path",
            "--force-script-chrootless")  # fmt: skip
    done = run_tool(*dpkg, "-i", str(package))
    assert done.returncode == 0, done.stderr.decode()
    for program in ("facevid", "facevid-gui"):
        assert os.readlink(root / "usr" / "bin" / program) == f"/opt/facevid-gui/{program}"
    for folder in (home, root, root / "opt"):
        os.chmod(folder, 0o755)
    smoke = as_nobody(home, root / "opt" / "facevid-gui" / "facevid-gui", "--smoke-test")
    assert smoke.returncode == 0, smoke.stdout + smoke.stderr
    writable = [path for path in (root / "opt").rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
    assert writable == []
    assert run_tool(*dpkg, "-P", "facevid-gui").returncode == 0
    assert not (root / "opt" / "facevid-gui").exists()
    assert evidence.is_dir()
