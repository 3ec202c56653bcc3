"""Which libraries of the system the window, the player and the decoding child need, and who brings them (floor 1).

What enters: nothing. What leaves: the names of those that cannot be loaded, and of the packages that hold them.
Read from the ELF headers of PySide6 6.11 and 6.12: `readelf -d` on its libraries and plugins. Shared by the
window's start, `facevid doctor` and `bootstrap.py`, so nothing but the standard library is imported.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping

DISTRIBUTIONS = ("Debian/Ubuntu", "Fedora", "Arch", "openSUSE")
Packages = tuple[str, str, str, str]  # in the order of DISTRIBUTIONS

# QtMultimedia and its FFmpeg plugin; without them the window opens, without video.
PLAYER: Mapping[str, Packages] = {
    "libpulse.so.0": ("libpulse0", "pulseaudio-libs", "libpulse", "libpulse0"),
    "libXrandr.so.2": ("libxrandr2", "libXrandr", "libxrandr", "libXrandr2"),
    "libXext.so.6": ("libxext6", "libXext", "libxext", "libXext6"),
    "libdrm.so.2": ("libdrm2", "libdrm", "libdrm", "libdrm2"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5-libs", "krb5", "krb5"),
    "libbrotlidec.so.1": ("libbrotli1", "libbrotli", "brotli", "libbrotlidec1"),
}
# QtCore, QtGui, QtWidgets, QtDBus: needed off-screen too.
WINDOW: Mapping[str, Packages] = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libEGL1"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libGL1"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11", "libX11-6"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2", "libfreetype6"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libgthread-2_0-0"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd", "libzstd1"),
}
# The platform plug-in for X11.
X11: Mapping[str, Packages] = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil", "libxcb-render-util0",
    ),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb", "libxcb-render0"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb", "libxcb-shm0"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
}  # fmt: skip
# The platform plug-in for Wayland.
WAYLAND: Mapping[str, Packages] = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland", "libwayland-client0"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0"),
}
# Loaded by the decoding child itself, to shut itself in (`media.walls_filter`); it decodes without, less guarded.
CHILD: Mapping[str, Packages] = {
    "libseccomp.so.2": ("libseccomp2", "libseccomp", "libseccomp", "libseccomp2"),
}
QT: Mapping[str, Packages] = {**PLAYER, **WINDOW, **X11, **WAYLAND}
ALL: Mapping[str, Packages] = {**QT, **CHILD}


def loads(name: str) -> bool:
    """Whether the system's loader finds a library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(*groups: Mapping[str, Packages]) -> list[str]:
    """The libraries of some groups that cannot be loaded."""
    return [name for group in groups for name in group if not loads(name)]


def packages(libraries: Iterable[str], distribution: str) -> list[str]:
    """The packages of a distribution that bring these libraries; libraries unknown here are left out."""
    which = DISTRIBUTIONS.index(distribution)
    return list(dict.fromkeys(ALL[name][which] for name in libraries if name in ALL))


def packages_everywhere(libraries: Iterable[str]) -> str:
    """The packages that bring these libraries, for every known distribution, in one line."""
    wanted = list(libraries)
    return "; ".join(f"{name}: {' '.join(packages(wanted, name))}" for name in DISTRIBUTIONS)
