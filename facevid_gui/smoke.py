"""`facevid-gui --smoke-test`: proves that this installation can do its work (floor 4).

What enters: the words to speak with. What leaves: one line per check and an exit code: 0 all passed, 1 something
does not work, 3 the system lacks something. Bundles fail silently where a library was left out, so everything is
really done: a window shown, a frame played, a frame decoded by the child. Nothing of the user's is touched.
"""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QLibraryInfo, QSize, QTimer, QTranslator, qVersion
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMainWindow

from facevid_gui.app import qt_problem
from facevid_gui.console.output import Output
from facevid_gui.core.errors import FacevidError, SubjectError
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.resources import resource

if TYPE_CHECKING:
    from facevid_gui.media.frames import Reply

CLIP = "demo/order.mp4"
PHOTO = "demo/photo.jpg"
PATIENCE_S = 15
WATCHDOG_S = 60  # in C, so that even a library that hangs with the interpreter locked is ended
_KEYRINGS = {"win32": "Windows", "darwin": "macOS"}


def run(messages: Messages) -> int:
    """Do every check, say each result, return the exit code."""
    if sys.__stderr__ is not None:  # a windowed program on Windows has none
        faulthandler.dump_traceback_later(WATCHDOG_S, exit=True, file=sys.__stderr__)
    output = Output(messages, as_json=False)
    application = QApplication.instance() or QApplication([])
    codes = [_tell(output, name, check) for name, check in CHECKS.items()]
    application.quit()
    faulthandler.cancel_dump_traceback_later()
    output.say("smoke.failed" if any(codes) else "smoke.passed")
    return max(codes)


def _tell(output: Output, name: str, check: Callable[[], str]) -> int:
    label = output.messages.text(f"smoke.{name}")
    try:
        detail = check()
    except FacevidError as error:
        message, next_step = output.messages.error(error)
        output.line(f"✗ {label}: {message}")
        output.line(f"    → {next_step}")
        return error.exit_code
    except Exception as error:  # whatever a left-out part breaks
        output.line(f"✗ {label}: {type(error).__name__}: {error}")
        return 1
    output.line(f"✓ {label}: {detail}")
    return 0


def _window() -> str:
    window = QMainWindow()
    window.resize(640, 400)
    window.show()
    shown = _wait(window.windowHandle().isExposed)
    window.close()
    if not shown:
        raise SubjectError("smoke_no_window", seconds=PATIENCE_S)
    return f"Qt {qVersion()}, {QGuiApplication.platformName()}"


def _wait(done: Callable[[], bool]) -> bool:
    """Run the event loop until `done`; False when it takes too long."""
    loop = QEventLoop()
    poll = QTimer()
    poll.timeout.connect(lambda: loop.quit() if done() else None)
    poll.start(10)
    QTimer.singleShot(PATIENCE_S * 1000, loop.quit)
    loop.exec()
    poll.stop()
    return done()


def _icon() -> str:
    from facevid_gui.views.theme import icon

    drawn = icon("play", "1B1F24", 20).pixmap(QSize(20, 20)).toImage()
    if drawn.isNull() or not _has_colours(drawn):
        raise SubjectError("smoke_blank")
    return f"{drawn.width()}x{drawn.height()}"


def _player() -> str:
    """QMediaPlayer decodes a frame."""
    try:
        from facevid_gui.bridge.player import Player, prepare_environment
    except ImportError as error:
        raise qt_problem(error) from error
    prepare_environment()
    player = Player()
    pictures: list[QImage] = []
    failures: list[str] = []
    player.frame_shown.connect(lambda picture, _: pictures.append(picture))
    player.failed.connect(failures.append)
    player.load(resource(CLIP).read_bytes())
    _wait(lambda: bool(pictures or failures))
    player.unload()
    if not pictures:
        raise SubjectError("smoke_no_picture", seconds=PATIENCE_S, detail=" ".join(failures) or CLIP)
    if not _has_colours(pictures[0]):
        raise SubjectError("smoke_blank")
    return f"H.264, {pictures[0].width()}x{pictures[0].height()}"


def _frames() -> str:
    """The child process decodes a frame."""
    from facevid_gui.media.frames import Failure, Frame, FrameClient

    replies: SimpleQueue[Reply] = SimpleQueue()
    client = FrameClient(replies.put)
    try:
        client.open_clip(CLIP, resource(CLIP).read_bytes())
        client.want_frames(CLIP, 0, 0)
        while True:
            reply = replies.get(timeout=PATIENCE_S)
            if isinstance(reply, Failure):
                raise SubjectError("smoke_no_picture", seconds=PATIENCE_S, detail=f"{reply.code} {reply.detail}")
            if isinstance(reply, Frame):
                break
    except Empty:
        raise SubjectError("smoke_no_picture", seconds=PATIENCE_S, detail=CLIP) from None
    finally:
        client.close()
    pixels = reply.pixels
    picture = QImage(pixels.data, pixels.width, pixels.height, pixels.stride, QImage.Format.Format_RGB888)
    if not _has_colours(picture):
        raise SubjectError("smoke_blank")
    return f"{pixels.width}x{pixels.height}"


def _has_colours(picture: QImage) -> bool:
    """Whether a picture shows something: not every pixel is the same."""
    small = picture.scaled(16, 16)
    return len({small.pixel(x, y) for x in range(16) for y in range(16)}) > 1


def _paper() -> str:
    """A page with letters and a picture is made as for a report, and rendered as for a printer."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    from facevid_gui.bridge.printing import make_printer
    from facevid_gui.evidence.report_paper import sample_page

    printer = make_printer()
    from PySide6.QtPdf import QPdfDocument

    buffer, document = QBuffer(), QPdfDocument()
    buffer.setData(QByteArray(sample_page(resource(PHOTO).read_bytes())))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    picture = document.render(0, QSize(210, 297))
    document.close()
    if picture.isNull() or not _has_colours(picture):
        raise SubjectError("smoke_blank")
    return f"PDF, {printer.resolution()} dpi"


def _words() -> str:
    """The catalogue speaks both languages; Qt's own words and ours can be loaded."""
    if len({Messages(language).text("cli.command") for language in LANGUAGES}) != len(LANGUAGES):
        raise SubjectError("smoke_words", detail=", ".join(LANGUAGES))
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    files = [f"{folder}/qtbase_zh_CN.qm", *map(str, sorted(resource("translations").glob("facevid_*.qm")))]
    for file in files:
        if not QTranslator().load(file):
            raise SubjectError("smoke_words", detail=file)
    return ", ".join((*LANGUAGES, *(file.rpartition("/")[2] for file in files)))


def _tls() -> str:
    import ssl

    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    newest = "TLS 1.3" if ssl.HAS_TLSv1_3 else "TLS 1.2"
    return f"{ssl.OPENSSL_VERSION}, {newest}, {context.cert_store_stats()['x509_ca']} CA"


def _keyring() -> str:
    """The keyring's back ends are found by their metadata, and this system's can be loaded."""
    from importlib.metadata import entry_points

    backends = {entry.name: entry for entry in entry_points(group="keyring.backends")}
    wanted = _KEYRINGS.get(sys.platform, "SecretService")
    try:
        backends[wanted].load()
    except (KeyError, ImportError, AttributeError) as error:
        raise SubjectError("smoke_keyring", name=wanted) from error
    return ", ".join(sorted(backends))


CHECKS: dict[str, Callable[[], str]] = {
    "window": _window,
    "icon": _icon,
    "player": _player,
    "frames": _frames,
    "paper": _paper,
    "words": _words,
    "tls": _tls,
    "keyring": _keyring,
}
