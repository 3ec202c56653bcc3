"""The licence of every locked package: what each states, and whether we may use it. `python .ci/licences.py` checks.

What enters: the locks, the metadata of the packages installed here. What leaves: a table, and exit code 1 when a
licence is not on the list. build.spec and package.py word what is inside with `licence_of`. A package whose statement
is not known is looked at by a person, who adds it here; nothing is guessed.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

LOCKS = Path(__file__).resolve().parent / "locks"
# May go into the bundle, which as a whole is GPL-3.0-or-later (resources/licenses/NOTICE.in).
SHIPPED = frozenset({
    "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-3.0-only", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-2.0", "PSF-2.0",
})  # fmt: skip
# May be used to build and test; its code is not handed on (PyInstaller's exception covers its boot loader).
TOOLS = SHIPPED | {"GPL-2.0-only", "GPL-2.0-or-later WITH Bootloader-exception", "LicenseRef-Public-Domain"}
# Other ways in which packages say the same.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GPLv2-or-later with a special exception which allows to use PyInstaller to build and distribute non-free programs"
    " (including commercial ones)": "GPL-2.0-or-later WITH Bootloader-exception",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "LicenseRef-Public-Domain",
    "Apache Software License, GNU General Public License v2 (GPLv2)": "Apache-2.0 AND GPL-2.0-only",
}
# Read in their sources: what states nothing, and what is installed on other systems only.
_READ = {
    "atheris": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "macholib": "MIT",
    "pefile": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}


def licence_of(package: Distribution) -> str:
    """What a package says about its licence, in its own words."""
    about = package.metadata
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License")
    ]
    stated = about.get("License-Expression") or about.get("License") or ", ".join(classified) or "see licenses/"
    return stated.strip().splitlines()[0]


def names_in(lock: Path) -> list[str]:
    """The packages of a lock."""
    lines = lock.read_text("utf-8").splitlines()
    return [re.split(r"[=\s]", line, maxsplit=1)[0].lower() for line in lines if re.match(r"[A-Za-z0-9].*==", line)]


def expression_of(name: str) -> str:
    """The SPDX expression of a package; what it says itself when that is not known."""
    if name in _READ:
        return _READ[name]
    try:
        stated = licence_of(importlib.metadata.distribution(name))
    except importlib.metadata.PackageNotFoundError:
        return "not installed here"
    return _SPDX.get(stated, stated)


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Whether an expression without brackets permits it: one of its alternatives, all parts of that."""
    alternatives = [part.split(" AND ") for part in expression.split(" OR ")]
    return any(all(part.strip() in allowed for part in parts) for parts in alternatives)


def findings() -> Iterator[tuple[str, str, bool]]:
    """Name, expression and whether it is allowed, for every package of every lock."""
    shipped = set(names_in(LOCKS / "run.txt"))
    tools = {name for lock in LOCKS.glob("*.txt") for name in names_in(lock)}
    for name in sorted(shipped | tools):
        expression = expression_of(name)
        yield name, expression, is_allowed(expression, SHIPPED if name in shipped else frozenset(TOOLS))


def main() -> int:
    """Print the table."""
    found = list(findings())
    for name, expression, allowed in found:
        print(f"{'✓' if allowed else '✗'} {name}: {expression}")
    return 0 if all(allowed for _, _, allowed in found) else 1


if __name__ == "__main__":
    sys.exit(main())
