"""Is the program whole, and does the system bring what its window needs (floor 1)."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from facevid_gui import system_libraries
from facevid_gui.diagnosis.finding import MISSING, OK, WARN, Finding
from facevid_gui.program import program_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.diagnosis.finding import Question

LIBRARIES = (
    "requests", "urllib3", "keyring", "cryptography", "asn1crypto", "pybase64", "av", "filelock", "platformdirs",
)  # fmt: skip
WINDOW = ("PySide6-Essentials", "PySide6-Addons")
_PATIENCE_S = 10


def versions(_question: Question) -> Iterator[Finding]:
    """The program, the system, the libraries; the window's own may be left out, but must fit Python."""
    facts = program_facts()
    yield Finding("program", OK, f"{facts['name']} {facts['version']}")
    yield Finding("system", OK, f"{facts['os']}, Python {facts['python']}, {facts['tls_library']}")
    lost = [name for name in LIBRARIES if not is_installed(name)]
    if lost:
        yield Finding("libraries", MISSING, ", ".join(lost), "doctor.cure.libraries")
    else:
        yield Finding("libraries", OK, ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES))
    missing = [name for name in WINDOW if not is_installed(name)]
    if missing:
        yield Finding("window", WARN, ", ".join(missing), "doctor.cure.window", (("names", " ".join(missing)),))
        return
    shown = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in WINDOW)
    bad = sys.version_info < (3, 12) and importlib.metadata.version(WINDOW[0]).startswith("6.12")
    yield Finding("window", MISSING if bad else OK, shown, "doctor.cure.qt_pair" if bad else "")


def libraries_of_the_system(_question: Question) -> Iterator[Finding]:
    """Only Linux leaves these to the user."""
    if not sys.platform.startswith("linux"):
        return
    missing = system_libraries.missing(system_libraries.QT)
    if not missing:
        yield Finding("system_libraries", OK, ", ".join(system_libraries.QT))
        return
    packages = system_libraries.packages_everywhere(missing)
    yield Finding("system_libraries", WARN, ", ".join(missing), "doctor.cure.packages", (("packages", packages),))


def chinese_font(question: Question) -> Iterator[Finding]:
    """Whether the window can show names and answers. Without a window only fontconfig is asked."""
    if question.running is not None:
        name = "there" if question.running.has_chinese_font else ""
    else:
        asked = _chinese_family()
        if asked is None:
            return
        name = asked
    if name:
        yield Finding("chinese_font", OK, name)
    else:
        yield Finding("chinese_font", WARN, "none", "doctor.cure.chinese_font")


def _chinese_family() -> str | None:
    """The font that is drawn with, as fontconfig has it, "" for none; None where it cannot be asked.

    The lists hold the faces of every region (a collection names Hong Kong's first); what is drawn is what is matched.
    """
    if not sys.platform.startswith("linux"):
        return None
    listed = _asked("fc-list", ":lang=zh-cn", "family")
    if listed is None:
        return None
    families = sorted({line.split(",")[0].strip() for line in listed if line.strip()})
    matched = _asked("fc-match", "-f", "%{family}", "sans-serif:lang=zh-cn") or [""]
    drawn = matched[0].split(",")[0].strip()
    return drawn if drawn in families else next(iter(families), "")


def _asked(tool: str, *arguments: str) -> list[str] | None:
    """The lines a tool of fontconfig says; None without it."""
    found = shutil.which(tool)
    if found is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a tool of the system, no word of a stranger's
            [found, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").split("\n")


def is_installed(name: str) -> bool:
    """Whether a distribution is there."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
