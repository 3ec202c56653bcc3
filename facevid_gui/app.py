"""`facevid-gui`: the window, the demo and the proof of an installation (floor 4, the roof).

What enters: arguments and environment. What leaves: an exit code of design section 9. Nothing heavy is imported
before it is known what is wanted: the decoding child, which a frozen program starts by a hidden argument, never
loads Qt. A Qt that cannot be loaded and a missing display are told in one sentence with the way out.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from facevid_gui.core.errors import SurroundingsError
    from facevid_gui.core.messages import Messages
    from facevid_gui.house import House

PRIVATE_UMASK = 0o077
# Said again, for the child loads no more than it needs: media.frames_process.FROZEN_ARGUMENT.
FRAMES_CHILD = "--frames-child"
PROBE = "--probe"  # and here: diagnosis.video.PROBE_ARGUMENT
DEMO = "demo"
QUIET_QT = "qt.multimedia.*.info=false;qt.multimedia.symbolsresolver=false;qt.multimedia.ffmpeg*=false"
_QT_PACKAGES = "PySide6-Essentials PySide6-Addons"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; return its exit code."""
    os.umask(PRIVATE_UMASK)
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words == [FRAMES_CHILD]:
        from facevid_gui.media import frames_child

        frames_child.main()
        return 0
    if words == [PROBE]:
        return _probe()
    return _speaking(words)


def _probe() -> int:
    from facevid_gui.core.errors import SurroundingsError

    try:
        load_qt()
    except SurroundingsError as error:
        print(error.code, file=sys.stderr)  # noqa: T201 - for whoever started it by hand
        return error.exit_code
    from facevid_gui import probe

    return probe.run()


def _speaking(words: Sequence[str]) -> int:
    from facevid_gui.core.errors import CancelledError, FacevidError
    from facevid_gui.house import House
    from facevid_gui.program import leave_no_core, take_environment
    from facevid_gui.terminal import speak_utf8

    speak_utf8()
    leave_no_core()
    house = House(take_environment())
    messages = house.messages
    try:
        return _run(_parse(words, messages), house)
    except FacevidError as error:
        from facevid_gui.console.output import Output

        Output(messages, as_json=False).error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return CancelledError.exit_code


@dataclass
class _Wish:
    """What is wanted; argparse fills in the rest where there are options."""

    what: str | None = None
    screenshot: str | None = None
    smoke_test: bool = False


def _run(parsed: _Wish, house: House) -> int:
    gc.disable()  # what is loaded stays (a tenth of the start goes into finding that out); `bridge.garbage` takes over
    os.environ.setdefault("QT_LOGGING_RULES", QUIET_QT)
    choose_platform(os.environ, may_be_offscreen=parsed.smoke_test or parsed.what == DEMO)
    load_qt()
    if parsed.smoke_test:
        from facevid_gui import smoke

        return smoke.run(house.messages)
    if parsed.what == DEMO:
        from facevid_gui import demo

        return demo.run(Path(parsed.screenshot) if parsed.screenshot else None)
    from facevid_gui import running
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.paths import named_path

    try:
        return running.run(named_path(parsed.what) if parsed.what else None, house)
    except FacevidError as error:
        from facevid_gui import trouble

        trouble.tell(house, error)
        raise


def _parse(words: Sequence[str], messages: Messages) -> _Wish:
    if not words:  # the ordinary start needs no grammar
        return _Wish()
    from facevid_gui import __version__
    from facevid_gui.console.arguments import Parser, translate_argparse

    translate_argparse(messages)
    speaking: type[Parser] = type("SpeakingParser", (Parser,), {"messages": messages})
    usage = "%(prog)s [FOLDER | FILE.zip]\n       %(prog)s demo [--screenshot DIR]\n       %(prog)s --smoke-test"
    parser = speaking(prog="facevid-gui", usage=usage, description=messages.text("gui.description"))
    about_version = messages.text("argparse.15")  # this one argparse does not look up
    parser.add_argument("--version", action="version", version=f"facevid-gui {__version__}", help=about_version)
    parser.add_argument("what", nargs="?", metavar="FOLDER | FILE.zip | demo", help=messages.text("gui.what"))
    parser.add_argument("--screenshot", metavar="DIR", help=messages.text("gui.screenshot"))
    parser.add_argument("--smoke-test", action="store_true", help=messages.text("gui.smoke_test"))
    parsed = parser.parse_args(words, _Wish())
    if parsed.screenshot and parsed.what != DEMO:
        parser.error(messages.text("gui.only_demo"))
    if parsed.smoke_test and parsed.what:
        parser.error(messages.text("gui.smoke_test_alone"))
    return parsed


def load_qt() -> None:
    """Load what the window cannot do without; raise `SurroundingsError` naming what is missing and who brings it."""
    from facevid_gui.core.errors import SurroundingsError

    try:
        import PySide6

        if sys.version_info < (3, 12) and PySide6.__version__.startswith("6.12."):
            raise SurroundingsError("qt_pair", version=PySide6.__version__)
        from PySide6 import QtSvg, QtWidgets  # noqa: F401
    except ImportError as error:
        raise qt_problem(error) from error


def qt_problem(error: ImportError) -> SurroundingsError:
    """The error for a part of Qt that cannot be imported: not installed, or a library of the system is missing."""
    import re

    from facevid_gui import system_libraries
    from facevid_gui.core.errors import SurroundingsError

    if isinstance(error, ModuleNotFoundError):
        return SurroundingsError("qt_missing", names=_QT_PACKAGES)
    failed = re.search(r"(\S+\.so[.\d]*): cannot open shared object", str(error))
    if failed is None:
        return SurroundingsError("qt_unusable", detail=error)
    others = system_libraries.missing(system_libraries.WINDOW, system_libraries.PLAYER)
    return _library_problem(list(dict.fromkeys([failed[1], *others])))


def _library_problem(names: Sequence[str]) -> SurroundingsError:
    from facevid_gui import system_libraries
    from facevid_gui.core.errors import SurroundingsError

    return SurroundingsError("qt_library", names=", ".join(names), packages=system_libraries.packages_everywhere(names))


def choose_platform(environ: MutableMapping[str, str], *, may_be_offscreen: bool) -> None:
    """On Linux, make sure that Qt finds a display, for it aborts without one; or let it draw off-screen.

    Raises `SurroundingsError` when there is no display, or when libraries for the one there is are missing.
    """
    if not sys.platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return
    problem = _display_problem(environ)
    if problem is None:
        return
    if not may_be_offscreen or problem.code == "qt_library":
        raise problem
    environ["QT_QPA_PLATFORM"] = "offscreen"


def _display_problem(environ: MutableMapping[str, str]) -> SurroundingsError | None:
    from facevid_gui import system_libraries
    from facevid_gui.core.errors import SurroundingsError

    wayland, x11 = environ.get("WAYLAND_DISPLAY"), environ.get("DISPLAY")
    if wayland and Path(environ.get("XDG_RUNTIME_DIR", "/"), wayland).exists():
        missing = system_libraries.missing(system_libraries.WAYLAND)
        if not missing:
            return None
        if not x11:
            return _library_problem(missing)
    if not x11:
        return SurroundingsError("no_display")
    missing = system_libraries.missing(system_libraries.X11)
    if missing:
        return _library_problem(missing)
    return None if _x11_answers() else SurroundingsError("display_unreachable", display=x11)


def _x11_answers() -> bool:
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt will say what it misses
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    answers = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return answers


if __name__ == "__main__":
    raise SystemExit(main())
