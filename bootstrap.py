"""Set up and run facevid_gui from a checkout, with nothing but Python 3.11 or newer.

    python3 bootstrap.py demo            run the demo: a window where there is a display, else off-screen
    python3 bootstrap.py test            run the tests
    python3 bootstrap.py gui [FOLDER]    run the window
    python3 bootstrap.py facevid ...     run the console program
    python3 bootstrap.py build           build dist/facevid-gui/, a folder that needs no Python
    python3 bootstrap.py package         pack that folder for users (Linux): archive, .deb, list of parts, sums
    python3 bootstrap.py env             only make the environment (.venv), so that .venv/bin/facevid works

What enters: this checkout. What leaves: `.venv` with hash-locked packages (.ci/locks/), and the system packages
that the command needs. On Linux, missing system packages are installed with apt when this may be done (root, or
sudo that asks no password), else unpacked privately into `.cache/system`; when neither works, the exact command is
printed and the exit code is 3. Standard library only. Safe to run again: what is there is not fetched twice.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PRIVATE = ROOT / ".cache" / "system"
PRIVATE_APT = ROOT / ".cache" / "apt"
LOCKS = ROOT / ".ci" / "locks"
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; the folder made there has a name of chance
ROOM_FOR_TESTS = 8 * 1024**3  # bytes; a run leaves three of them
OLDEST = (3, 11)
NEWEST_KNOWN = 14
QT_PACKAGES = ("pyside6-essentials", "pyside6-addons", "shiboken6")
BUILT_HERE = ("bagit",)  # published as source only
# program -> Debian package; the tests' own tools
TEST_TOOLS = {
    "openssl": "openssl",
    "jq": "jq",
    "certtool": "gnutls-bin",
    "pdftotext": "poppler-utils",
    "zbarimg": "zbar-tools",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "Xvfb": "xvfb",
    "pulseaudio": "pulseaudio",
    "pactl": "pulseaudio-utils",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "update-mime-database": "shared-mime-info",
}
BUILD_TOOLS = {"objdump": "binutils"}
PACKAGE_TOOLS = {"dpkg-deb": "dpkg"}
CHINESE_FONT = "fonts-noto-cjk"
_CHINESE_FONT_FILES = re.compile(r"CJK|SourceHan|wqy|uming|ukai|DroidSansFallback", re.IGNORECASE)
# Never unpacked privately: a second C library beside the system's loader starts nothing.
_THE_SYSTEMS_OWN = {"libc6", "libc-bin"}
_APT = ["--yes", "--no-install-recommends"]


class Problem(Exception):
    """Something the user must do; the text says what."""


def main(arguments: list[str]) -> int:
    """Run one command of the list above; return its exit code."""
    if sys.version_info < OLDEST:
        return with_newer_python(arguments)
    commands = {
        "demo": demo, "test": test, "gui": gui, "facevid": facevid, "build": build, "package": package,
        "env": only_environment,
    }  # fmt: skip
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 3
    except PermissionError as error:
        print(f"\n{error}\nClone the project into a folder of your own, then try again.", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def demo(arguments: list[str]) -> int:
    """Run the demo."""
    return gui(["demo", *arguments])


def gui(arguments: list[str]) -> int:
    """Run the window."""
    environment = system_packages({}, window=True)
    python = make_environment("run", ENVIRONMENT)
    return subprocess.run([python, "-m", "facevid_gui.app", *arguments], env=environment, check=False).returncode


def test(arguments: list[str]) -> int:
    """Run the test suite; further arguments go to pytest."""
    environment = system_packages(TEST_TOOLS, window=True)
    python = make_environment("test", ENVIRONMENT)
    # Who has nothing left takes over what others have still to do: some folders are much slower than others.
    workers = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
    with fast_folder() as folder:
        if folder:
            environment = {**environment, "TMPDIR": str(folder)}
        return subprocess.run(
            [python, "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment, check=False
        ).returncode


@contextmanager
def fast_folder() -> Iterator[Path | None]:
    """A folder in memory, removed afterwards: on a disk every file is waited for. None where there is no room."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or room_in_memory() < ROOM_FOR_TESTS:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="fv-", dir=MEMORY))  # short, for sockets that lie below it
    folder.chmod(0o711)  # tests that run as nobody go through it
    try:
        yield folder
    finally:
        for base, _, _ in os.walk(folder):
            Path(base).chmod(0o700)  # evidence is read-only
        shutil.rmtree(folder, ignore_errors=True)


def room_in_memory() -> int:
    """Bytes of files that memory can take: what the folder may hold, but no more than what nobody uses (proc(5))."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)
    return min(available, shutil.disk_usage(MEMORY).free)


def build(arguments: list[str]) -> int:
    """Build the program as a folder; further arguments go to PyInstaller."""
    environment = system_packages(BUILD_TOOLS, window=True, extra=shared_python())
    python = make_environment("test", ENVIRONMENT)
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    done = subprocess.run([*command, *arguments, "build.spec"], cwd=ROOT, env=environment, check=False).returncode
    if done == 0:
        made = ROOT / "dist" / "facevid-gui"
        size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file() and not path.is_symlink())
        print(f"ready: {made} ({size // 1_000_000} MB)")
    return done


def package(arguments: list[str]) -> int:
    """Pack the built folder."""
    if arguments or not sys.platform.startswith("linux"):
        raise Problem("Nothing follows 'package', and it packs on Linux. For Windows and macOS see resources/desktop/.")
    if not (ROOT / "dist" / "facevid-gui").is_dir():
        raise Problem("Build it first: python3 bootstrap.py build")
    environment = system_packages({**BUILD_TOOLS, **PACKAGE_TOOLS})
    python = make_environment("test", ENVIRONMENT)
    command = [str(python), str(ROOT / ".ci" / "package.py")]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


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
    wheels_too = ("python3-pip-whl", "python3-setuptools-whl")
    environment = system_packages({}, extra=(f"python{version}-venv", *wheels_too))
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
        run([sys.executable, "-m", "venv", str(folder)])
        return
    wheels = sorted(PRIVATE.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Problem(f"This Python cannot make virtual environments. Install python{version}-venv.")
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    pip = f"{wheels[-1]}/pip"
    run([str(folder / "bin/python"), pip, "install", "--quiet", "--no-index", str(wheels[-1])], environment)


def system_packages(tools: dict[str, str], *, window: bool = False, extra: tuple[str, ...] = ()) -> dict[str, str]:
    """Bring missing Debian packages; return the environment in which what they hold is found."""
    environment = private_environment()
    if not sys.platform.startswith("linux"):
        return environment
    missing = [package for tool, package in tools.items() if shutil.which(tool, path=environment["PATH"]) is None]
    missing += [package for package in extra if not is_installed(package)]
    libraries = missing_libraries() if window else []
    fonts = [CHINESE_FONT] if window and not has_chinese_font() else []
    if not missing and not libraries and not fonts:
        return environment
    if shutil.which("apt-get") is None:
        without_apt(missing, libraries, fonts)
        return environment
    bring([*missing, *debian_packages(libraries), *fonts])
    return private_environment()


def without_apt(tools: list[str], libraries: list[str], fonts: list[str]) -> None:
    """Say what is missing where packages have other names; a missing font alone stops nothing."""
    from facevid_gui import system_libraries

    if not tools and not libraries:
        print(f"note: no Chinese font was found; install one (Debian: {fonts[0]})", file=sys.stderr)
        return
    lines = [f"Missing programs, by their Debian packages: {' '.join(tools)}"] if tools else []
    if libraries:
        names = system_libraries.packages_everywhere(libraries).replace("; ", "\n    ")
        lines.append(f"Missing libraries: {' '.join(libraries)}\n    {names}")
    raise Problem("\n".join([*lines, "Install them with your system's package manager, then try again."]))


def missing_libraries() -> list[str]:
    """The libraries of the system that the window needs and that are neither installed nor unpacked privately."""
    from facevid_gui import system_libraries

    here = private_libraries()
    names = system_libraries.missing(system_libraries.ALL)
    return [name for name in names if not any((folder / name).exists() for folder in here)]


def debian_packages(libraries: list[str]) -> list[str]:
    """The Debian packages that bring these libraries."""
    from facevid_gui import system_libraries

    return system_libraries.packages(libraries, "Debian/Ubuntu")


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed, or unpacked privately."""
    if any(found_font(PRIVATE / "usr/share/fonts")):
        return True
    if shutil.which("fc-list"):
        return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)
    homes = (Path.home() / ".fonts", Path.home() / ".local/share/fonts")
    return any(found_font(Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), *homes))


def found_font(*folders: Path) -> Iterator[Path]:
    """Font files below some folders whose names tell that they hold Chinese characters."""
    for folder in folders:
        yield from (path for path in folder.rglob("*.*") if _CHINESE_FONT_FILES.search(path.name))


def shared_python() -> tuple[str, ...]:
    """The Debian package of this Python's shared library, when a bundle needs it and it is not there."""
    name, place = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    there = not name or not str(name).endswith(".so.1.0") or (Path(place) / name).exists()
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    there = there or (Path(place) / multiarch / name).exists()
    return () if there else (f"libpython{sys.version_info.major}.{sys.version_info.minor}",)


def bring(packages: list[str]) -> None:
    """Install Debian packages, or unpack them privately, or say the command that installs them."""
    prefix = () if os.geteuid() == 0 else ("sudo", "--non-interactive")
    if may_run(prefix):
        print(f"installing system packages: {' '.join(packages)} …", file=sys.stderr)
        refresh(prefix)
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
        run([*prefix, *quiet, "install", *_APT, *packages], silent=True)
    elif not unpack_privately(packages):
        command = f"sudo apt-get update && sudo apt-get install {' '.join([*_APT, *packages])}"
        raise Problem(f"System packages are missing. Run this, then try again:\n\n    {command}\n")


def may_run(prefix: tuple[str, ...]) -> bool:
    """Whether programs can be run with the rights a prefix gives."""
    if not prefix:
        return True
    known = shutil.which(prefix[0]) is not None
    return known and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0


@cache
def refresh(prefix: tuple[str, ...], options: tuple[str, ...] = ()) -> None:
    """Fetch the lists of packages, once. A list that cannot be had is no failure yet: the packages may be in others."""
    subprocess.run([*prefix, "apt-get", *options, "update", "--quiet", "--quiet"], check=False, capture_output=True)


def unpack_privately(packages: list[str]) -> bool:
    """Download packages and what they need, and unpack them below `.cache/system`; True when all worked."""
    if shutil.which("dpkg-deb") is None:
        return False
    print(f"unpacking system packages privately: {' '.join(packages)} …", file=sys.stderr)
    for folder in ("lists/partial", "archives/partial", "debs"):
        (PRIVATE_APT / folder).mkdir(parents=True, exist_ok=True)
    options = (
        "-o", f"Dir::State::lists={PRIVATE_APT / 'lists'}", "-o", f"Dir::Cache={PRIVATE_APT}",
        "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=",
    )  # fmt: skip
    refresh((), options)
    debs = PRIVATE_APT / "debs"
    wanted = needed_packages(packages, options)
    done = subprocess.run(["apt-get", *options, "download", *wanted], cwd=debs, capture_output=True, check=False)
    archives = sorted(debs.glob("*.deb"))
    if done.returncode or not archives:
        return False
    PRIVATE.mkdir(parents=True, exist_ok=True)
    unpacked = [subprocess.run(["dpkg-deb", "-x", deb, str(PRIVATE)], check=False).returncode for deb in archives]
    for deb in archives:
        deb.unlink()
    return not any(unpacked)


def needed_packages(packages: list[str], options: tuple[str, ...]) -> list[str]:
    """The packages and those of their dependencies that are not installed, as apt would choose them."""
    simulated = subprocess.run(
        ["apt-get", *options, "install", "--simulate", *_APT, *packages], capture_output=True, text=True, check=False
    )
    chosen = re.findall(r"^Inst (\S+)", simulated.stdout, re.MULTILINE)
    return [name for name in chosen or packages if name not in _THE_SYSTEMS_OWN]


def is_installed(package: str) -> bool:
    """Whether dpkg knows the package as installed."""
    query = ["dpkg-query", "--show", "--showformat=${Status}", package]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.endswith("ok installed")


def private_libraries() -> list[Path]:
    """Where privately unpacked libraries lie; PulseAudio keeps a part of its own in folders below."""
    folders = [found for base in ("usr/lib", "lib") for found in sorted((PRIVATE / base).glob("*-linux-gnu"))]
    return [*folders, *(folder / "pulseaudio" for folder in folders), PRIVATE / "usr/lib"]


def private_environment() -> dict[str, str]:
    """The environment with the privately unpacked programs, libraries and fonts found first."""
    environment = dict(os.environ)
    environment.setdefault("PATH", os.defpath)
    if not PRIVATE.is_dir():
        return environment
    put_first(environment, "PATH", [private_bus(), *(PRIVATE / part for part in ("usr/bin", "bin"))])
    put_first(environment, "LD_LIBRARY_PATH", private_libraries())
    keyboard = PRIVATE / "usr/share/X11/xkb"
    if keyboard.is_dir() and not Path("/usr/share/X11/xkb").is_dir():
        environment.setdefault("XKB_CONFIG_ROOT", str(keyboard))
    for modules in PRIVATE.glob("usr/lib/pulse-*/modules"):
        environment.setdefault("PULSE_DLPATH", str(modules))
    if (PRIVATE / "usr/share/fonts").is_dir():
        environment.setdefault("FONTCONFIG_FILE", str(private_fonts()))
    return environment


def private_bus() -> Path:
    """Make `dbus-run-session` find its configuration and libraries, which it looks for where it was built to lie."""
    program, configuration = PRIVATE / "usr/bin/dbus-run-session", PRIVATE / "usr/share/dbus-1/session.conf"
    folder = PRIVATE / "wrappers"
    if program.exists():
        folder.mkdir(exist_ok=True)
        libraries = os.pathsep.join(map(str, private_libraries()))
        lines = ("#!/bin/sh", f"export LD_LIBRARY_PATH='{libraries}'",
                 f"exec '{program}' --config-file '{configuration}' \"$@\"", "")  # fmt: skip
        (folder / program.name).write_text("\n".join(lines), "utf-8")
        (folder / program.name).chmod(0o755)
    return folder


def put_first(environment: dict[str, str], name: str, folders: Iterable[Path]) -> None:
    """Put folders before those that a variable names already."""
    known = environment.get(name)
    environment[name] = os.pathsep.join([*map(str, folders), *([known] if known else [])])


def private_fonts() -> Path:
    """Write the font configuration: the system's, and the privately unpacked fonts."""
    path = PRIVATE / "fonts.conf"
    system = Path("/etc/fonts/fonts.conf")  # its links are made by the package's scripts, which do not run here
    rules = [system] if system.exists() else sorted(PRIVATE.glob("usr/share/fontconfig/conf.avail/*-latin.conf"))
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        + "".join(f'<include ignore_missing="yes">{name}</include>\n' for name in rules)
        + f"<dir>/usr/share/fonts</dir>\n<dir>{PRIVATE / 'usr/share/fonts'}</dir>\n"
        f"<cachedir>{PRIVATE / 'fontconfig'}</cachedir>\n</fontconfig>\n",
        "utf-8",
    )
    return path


def run(command: list[str], environment: dict[str, str] | None = None, *, silent: bool = False) -> None:
    """Run a step; a failing one ends the set-up with its own words. A silent one speaks only then."""
    to = subprocess.PIPE if silent else None
    done = subprocess.run(
        command, env=environment, check=False, stdout=to, stderr=subprocess.STDOUT if silent else None
    )
    if done.returncode:
        print((done.stdout or b"").decode("utf-8", "replace"), file=sys.stderr)
        raise Problem(f"This step failed:\n\n    {' '.join(command)}\n\nIts own words stand above.")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
