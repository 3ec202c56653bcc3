"""Which program, on which machine, made this, and what it was started with (floor 1).

What leaves: facts for the capture record and `doctor`; the environment, of which no child gets the secrets.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from facevid_gui import __version__
from facevid_gui.core.secret import SECRET_VARIABLES


def take_environment() -> dict[str, str]:
    """The environment the program was started with. Its secrets are taken out: no child is to find them in its own.

    The system still tells the user's own programs what this one was started with (Linux: `/proc/PID/environ`).
    """
    environ = dict(os.environ)
    for name in SECRET_VARIABLES.values():
        os.environ.pop(name, None)
    return environ


def leave_no_core() -> None:
    """A crash writes no core file: it would hold secrets. Children inherit it; Windows keeps none by default."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def program_facts() -> dict[str, str]:
    """Name, version, system, host, Python and TLS library of this run."""
    import platform  # here and below: the window starts without them
    import ssl

    return {
        "name": "facevid_gui",
        "version": __version__,
        "os": platform.platform(),
        "host": platform.node(),
        "python": platform.python_version(),
        "tls_library": ssl.OPENSSL_VERSION,
    }


def program_record() -> dict[str, str]:
    """The facts for a capture record: those of `program_facts`, and the hash of this very build."""
    return program_facts() | {"build_sha256": build_sha256()}


@cache
def build_sha256() -> str:
    """SHA-256 of what runs: of the program file when it is frozen, else of the list of hashes of all its modules.

    The latter anybody can make again, where the package lies:
    `find facevid_gui -name '*.py' | LC_ALL=C sort | xargs sha256sum | sha256sum`.
    """
    import hashlib

    if getattr(sys, "frozen", False):
        with Path(sys.executable).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    package = Path(__file__).parent
    modules = sorted(path.relative_to(package.parent).as_posix() for path in package.rglob("*.py"))
    listed = (f"{hashlib.sha256((package.parent / name).read_bytes()).hexdigest()}  {name}\n" for name in modules)
    return hashlib.sha256("".join(listed).encode()).hexdigest()


def window_command() -> list[str]:
    """How the window program is started once more: its own executable when frozen, else this Python."""
    if getattr(sys, "frozen", False):
        running = Path(sys.executable)
        return [str(running.with_name(f"facevid-gui{running.suffix}"))]
    # -P: the folder it is started in may be evidence; nothing in it is imported.
    return [sys.executable, "-P", "-m", "facevid_gui.app"]


def window_environment() -> dict[str, str]:
    """What the window program may know of this one's environment when it is started once more.

    Neither credentials nor whose home this is, nor proxies, which may hold a password; in a checkout, where Python
    finds its modules.
    """
    environ = {name: value for name, value in os.environ.items() if not _is_private(name.upper())}
    if not getattr(sys, "frozen", False):
        environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return environ


def _is_private(name: str) -> bool:
    return name.startswith(("TENCENTCLOUD_", "FACEVID_")) or name.endswith("_PROXY")


def account_name() -> str:
    """The name of the account the program runs under; empty when the system does not say."""
    import getpass

    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
    return name.encode("utf-8", "replace").decode("utf-8")  # a variable may hold bytes that are no text
