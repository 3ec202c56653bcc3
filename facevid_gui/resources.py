"""Where `resources/` is: beside the package in a checkout, inside it in a wheel or a frozen bundle (floor 0).

The only module that knows the three places. It names paths and opens nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the path of the resource `name` (forward slashes), wherever this copy of the program keeps it."""
    for root in _roots():
        if root.is_dir():
            return root.joinpath(*name.split("/"))
    raise FileNotFoundError("the program's resources folder is missing")


def _roots() -> tuple[Path, ...]:
    frozen = getattr(sys, "_MEIPASS", None)
    bundle = (Path(frozen) / "facevid_gui" / "_resources",) if frozen else ()
    return (*bundle, _PACKAGE / "_resources", _PACKAGE.parent / "resources")
