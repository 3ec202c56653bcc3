"""Set up and run facevid_gui from a checkout, with nothing but Python 3.11 or newer.

    python3 bootstrap.py test            run the tests
    python3 bootstrap.py env             only make the environment (.venv), so that .venv/bin/facevid works
    python3 bootstrap.py facevid ...     make the environment and run the console program

What enters: this checkout. What leaves: `.venv` with hash-locked packages (.ci/locks/), and the system
packages the tests need. Missing system packages are installed when this may be done (root, or sudo that
asks no password), else unpacked privately into `.cache/system`; when neither works, the exact command is
printed and the exit code is 3. Standard library only. Safe to run again: what is there is not fetched twice.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PRIVATE = ROOT / ".cache" / "system"
LOCKS = ROOT / ".ci" / "locks"
OLDEST = (3, 11)
NEWEST_KNOWN = 14
QT_PACKAGES = ("pyside6-essentials", "pyside6-addons", "shiboken6")
BUILT_HERE = ("bagit",)  # published as source only
# program or library -> Debian package; the tests' own tools
TEST_TOOLS = {
    "openssl": "openssl",
    "jq": "jq",
    "certtool": "gnutls-bin",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}


class Problem(Exception):
    """Something the user must do; the text says what."""


def main(arguments: list[str]) -> int:
    """Run one command of the list above; return its exit code."""
    if sys.version_info < OLDEST:
        return with_newer_python(arguments)
    commands = {"test": test, "env": only_environment, "facevid": facevid}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 3


def test(arguments: list[str]) -> int:
    """Run the test suite; further arguments go to pytest."""
    environment = system_packages(TEST_TOOLS)
    python = make_environment("test", ENVIRONMENT)
    workers = ["-n", str(min(os.cpu_count() or 1, 4))]
    return subprocess.run(
        [python, "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def only_environment(arguments: list[str]) -> int:
    """Make `.venv`, or with `--without-qt DIR` one without Qt for the floors that need none."""
    if arguments[:1] == ["--without-qt"] and len(arguments) == 2:
        make_environment("test", Path(arguments[1]).absolute(), leave_out=QT_PACKAGES)
    else:
        python = make_environment("test", ENVIRONMENT)
        print(f"ready: {python.parent / 'facevid'}")
    return 0


def facevid(arguments: list[str]) -> int:
    """Run the console program."""
    python = make_environment("run", ENVIRONMENT)
    return subprocess.run([python, "-m", "facevid_gui", *arguments], check=False).returncode


def with_newer_python(arguments: list[str]) -> int:
    """Start again under a newer Python if there is one."""
    for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        works = found and subprocess.call([found, "-c", "pass"], stderr=subprocess.DEVNULL) == 0
        if found and works:
            return subprocess.call([found, str(ROOT / "bootstrap.py"), *arguments])
    print(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
    return 3


def make_environment(lock_name: str, folder: Path, leave_out: tuple[str, ...] = ()) -> Path:
    """Make or update a virtual environment from a lock; return its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock = without((LOCKS / f"{lock_name}.txt").read_text("utf-8"), leave_out)
    mark = folder / f".{lock_name}-lock"
    wanted = hashlib.sha256(lock.encode() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if python.exists() and mark.exists() and mark.read_text() == wanted:
        return python
    if not python.exists():
        make_venv(folder)
    print(f"installing {lock_name} packages into {folder.name} …", file=sys.stderr)
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    for part, options in (
        (without(lock, BUILT_HERE), ("--only-binary", ":all:")),
        (without(lock, tuple(set(names(lock)) - set(BUILT_HERE))), ("--no-build-isolation",)),
    ):
        listed = folder / "requirements.txt"
        listed.write_text(part, "utf-8")
        if part:
            run([*install, "--require-hashes", *options, "-r", str(listed)])
    run([*install, "--no-build-isolation", "--editable", str(ROOT)])
    mark.write_text(wanted)
    return python


def without(lock: str, unwanted: tuple[str, ...]) -> str:
    """Leave packages out of a lock: each is a line `name==version …` with its indented hash lines."""
    return "".join(block for block in blocks(lock) if name_of(block) not in unwanted)


def names(lock: str) -> list[str]:
    """The packages of a lock."""
    return [name_of(block) for block in blocks(lock)]


def name_of(block: str) -> str:
    """The package a block of a lock is about."""
    return re.split(r"[=\s]", block, maxsplit=1)[0].lower()


def blocks(lock: str) -> Iterator[str]:
    """Split a lock into packages."""
    block = ""
    for line in lock.splitlines(keepends=True):
        if block and not line.startswith((" ", "\t")):
            yield block
            block = ""
        block += line
    yield block


def make_venv(folder: Path) -> None:
    """Make a virtual environment with pip, also where Debian split ensurepip off."""
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
        run([sys.executable, "-m", "venv", str(folder)])
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = system_packages({}, extra=(f"python{version}-venv", "python3-pip-whl", "python3-setuptools-whl"))
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
        run([sys.executable, "-m", "venv", str(folder)])
        return
    wheels = sorted(PRIVATE.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Problem(f"This Python cannot make virtual environments. Install python{version}-venv.")
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    pip = f"{wheels[-1]}/pip"
    run([str(folder / "bin/python"), pip, "install", "--quiet", "--no-index", str(wheels[-1])], environment)


def system_packages(tools: dict[str, str], extra: tuple[str, ...] = ()) -> dict[str, str]:
    """Bring missing Debian packages; return the environment in which they are found."""
    environment = private_environment()
    missing = [package for tool, package in tools.items() if shutil.which(tool, path=environment["PATH"]) is None]
    missing += [package for package in extra if not is_installed(package)]
    if not missing or not sys.platform.startswith("linux"):
        return environment
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        raise Problem(f"Missing: {', '.join(missing)}. Install them with your system's package manager.")
    prefix = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    may = not prefix or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    if may:
        print(f"installing system packages: {' '.join(missing)} …", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run([*prefix, "apt-get", "update", "--quiet", "--quiet"], quiet)
        run([*prefix, *command, "--quiet", "--quiet"], quiet)
    elif not unpack_privately(missing):
        raise Problem(f"System packages are missing. Run this, then try again:\n\n    sudo {' '.join(command)}\n")
    return private_environment()


def unpack_privately(packages: list[str]) -> bool:
    """Download packages and what they need, and unpack them below `.cache/system`; True when all worked."""
    print(f"unpacking system packages privately: {' '.join(packages)} …", file=sys.stderr)
    downloads = PRIVATE.parent / "debs"
    downloads.mkdir(parents=True, exist_ok=True)
    wanted = needed_packages(packages)
    done = subprocess.run(["apt-get", "download", *wanted], cwd=downloads, capture_output=True, check=False)
    archives = sorted(downloads.glob("*.deb"))
    if done.returncode or not archives or shutil.which("dpkg-deb") is None:
        return False
    PRIVATE.mkdir(parents=True, exist_ok=True)
    unpacked = [subprocess.run(["dpkg-deb", "-x", deb, str(PRIVATE)], check=False).returncode for deb in archives]
    return not any(unpacked)


def needed_packages(packages: list[str]) -> list[str]:
    """The packages and those of their dependencies that are not installed, as apt would choose them."""
    simulated = subprocess.run(
        ["apt-get", "install", "--simulate", "--no-install-recommends", *packages],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    chosen = re.findall(r"^Inst (\S+)", simulated.stdout, re.MULTILINE)
    return chosen or packages


def is_installed(package: str) -> bool:
    """Whether dpkg knows the package as installed."""
    query = ["dpkg-query", "--show", "--showformat=${Status}", package]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.endswith("ok installed")


def private_environment() -> dict[str, str]:
    """The environment with the privately unpacked programs and libraries found first."""
    environment = dict(os.environ)
    if not PRIVATE.is_dir():
        return environment
    libraries = [str(p) for p in (PRIVATE / "usr/lib").glob("*-linux-gnu")] + [str(PRIVATE / "usr/lib")]
    programs = [str(PRIVATE / part) for part in ("usr/bin", "bin")]
    environment["PATH"] = os.pathsep.join([*programs, environment.get("PATH", os.defpath)])
    known = environment.get("LD_LIBRARY_PATH", "")
    environment["LD_LIBRARY_PATH"] = os.pathsep.join([*libraries, *([known] if known else [])])
    return environment


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a step; a failing one ends the set-up with its own words."""
    if subprocess.run(command, env=environment, check=False).returncode:
        raise Problem(f"This step failed:\n\n    {' '.join(command)}\n\nIts own words stand above.")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
