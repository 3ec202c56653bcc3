"""How the window was left: size, panes, scheme, volume, speed (floor 2). Nothing of records or people.

What enters: `state/window.json`, perhaps damaged, from another version, or from a larger screen. What leaves: a
frozen value, each member usable or its default. Reading never fails: a window opens in any case. It is written when
the window closes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from facevid_gui.files import read_limited, replace_file

FILE = "window.json"
SCHEMA = "facevid-window/1"
_MAX_BYTES = 64 * 1024
_RANGES: dict[str, tuple[float, float]] = {"width": (640, 20_000), "height": (480, 20_000), "volume": (0, 100),
                                           "rate": (0.25, 4.0)}  # fmt: skip
_CHOICES = {"scheme": ("system", "light", "dark", "contrast")}


@dataclass(frozen=True)
class WindowState:
    """Sizes in device-independent pixels, `panes` those of library, page and findings; volume in percent.

    `library` and `findings`: whether they are shown where there is room. `pictures`: the widths of video and photo.
    """

    width: int = 1360
    height: int = 860
    maximized: bool = False
    panes: tuple[int, ...] = (280, 760, 330)
    scheme: str = "system"
    volume: int = 80
    muted: bool = False
    rate: float = 1.0
    library: bool = True
    findings: bool = True
    pictures: tuple[int, ...] = (600, 400)


def read_window_state(folder: Path) -> WindowState:
    """Read how the window was left; what cannot be used is as in a new home."""
    try:
        data = json.loads(read_limited(folder / FILE, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return WindowState()
    if not isinstance(data, dict):
        return WindowState()
    return WindowState(**{
        field.name: _usable(field.name, data.get(field.name), field.default) for field in fields(WindowState)
    })  # fmt: skip


def write_window_state(folder: Path, state: WindowState) -> bool:
    """Keep how the window is; False when that is not possible, which is no reason to complain while leaving."""
    text = json.dumps({"schema": SCHEMA, **asdict(state)}, indent=2) + "\n"
    try:
        replace_file(folder / FILE, text.encode("ascii"))
    except OSError:
        return False
    return True


def _usable(name: str, value: Any, default: Any) -> Any:  # noqa: ANN401 - whatever a file holds
    if name in ("panes", "pictures"):
        is_good = isinstance(value, list) and len(value) == len(default)
        whole = is_good and all(type(size) is int and 0 <= size <= 20_000 for size in value) and sum(value) > 0
        return tuple(value) if whole else default
    if type(value) is int and isinstance(default, float) and abs(value) <= 1000:  # a longer one may fit no float
        value = float(value)
    if type(value) is not type(default):
        return default
    if name in _RANGES:
        low, high = _RANGES[name]
        return value if low <= value <= high else default
    return value if value in _CHOICES.get(name, (value,)) else default
