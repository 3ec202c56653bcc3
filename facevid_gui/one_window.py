"""One window for one home: a second start hands over what it was to open, and ends (floor 4).

What enters: a path, or the mere wish to see the window. What leaves: the running window comes to the front and opens
it. They speak over a local socket that only the user's own account may use; what comes over it is a path that is then
opened like any other, checked before it is shown. A start takes its turn before it builds a window: of two at one
moment the second waits until the first can be reached. Who has the turn and finds a note comes after a bad end, goes on
as the one window, and tells of it.
"""

from __future__ import annotations

import json
import os
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from facevid_gui.last_run import Running, crash_report, forget_running, note_running, read_running
from facevid_gui.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtNetwork import QLocalServer, QLocalSocket

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.desktop import Desktop

_PATIENCE_MS = 2000
_TURN_MS = 10_000  # how long another one may take to come up, or to go
_LOOK_MS = 25
_MAX_BYTES = 64 * 1024
TURN = "window.turn"
_DONE = b"ok\n"


def begin(state: Path, path: Path | None, patience_ms: int = _TURN_MS) -> Turn | None:
    """The turn to be the one window, to be kept until it is gone; None when another window took over what was asked.

    It is not ours where the system knows no such turns, and where another process has it but is not to be reached in
    so many milliseconds: a window comes all the same.
    """
    turn = Turn(state / TURN)
    until = time.monotonic() + patience_ms / 1000
    while True:
        try:
            waits = not turn.take()
        except OSError:
            waits = False
        left_ms = max(_LOOK_MS, int((until - time.monotonic()) * 1000))  # Qt takes less than nothing for ever
        if hand_over(state, path, left_ms if waits else _PATIENCE_MS):
            turn.give_back()
            return None
        if not waits or left_ms <= _LOOK_MS:
            return turn
        time.sleep(_LOOK_MS / 1000)


def hand_over(state: Path, path: Path | None, patience_ms: int = _PATIENCE_MS) -> bool:
    """Ask a window that runs for this home to come to the front, and to open `path`; False when there is none."""
    running = read_running(state)
    if running is None or running.pid == os.getpid():
        return False
    from PySide6.QtNetwork import QLocalSocket  # only where there is somebody to speak to

    socket = QLocalSocket()
    socket.connectToServer(running.server)
    if not socket.waitForConnected(patience_ms):
        return False
    socket.write(json.dumps({"open": None if path is None else str(path.absolute())}).encode() + b"\n")
    answered = socket.waitForBytesWritten(patience_ms) and socket.waitForReadyRead(patience_ms)
    answer = bytes(socket.readAll().data()) if answered else b""
    socket.disconnectFromServer()
    return answer == _DONE


class OneWindow(QObject):
    """The end that is reached. `left` is the note of a window that ended badly."""

    asked = Signal(object)  # Path, or None: only to be seen

    def __init__(self, state: Path, write: Callable[[Callable[[], None]], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._write = write  # does something with the disk elsewhere, one after the other
        self._server: QLocalServer | None = None
        self._running = Running(os.getpid(), f"facevid-{os.getpid()}-{os.urandom(8).hex()}")
        self.left: Running | None = None

    def start(self) -> None:
        """Listen, and leave the note."""
        from PySide6.QtNetwork import QLocalServer

        self.left = read_running(self._state)
        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        if server.listen(self._running.server):
            self._running = Running(os.getpid(), server.fullServerName())
        self._note(self._running)

    def note_open(self, folder: Path | None) -> None:
        """Another record is open now, or none."""
        name = "" if folder is None else str(folder)
        if self._server is not None and name != self._running.open:
            self._note(Running(self._running.pid, self._running.server, name))

    def close(self) -> None:
        """An end in order: nobody is to be reached any more."""
        if self._server is not None:
            self._server.close()
            self._write(lambda: forget_running(self._state))

    def _note(self, running: Running) -> None:
        self._running = running
        self._write(lambda: note_running(self._state, running))

    @Slot()
    def _on_connection(self) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._on_message(socket))
        socket.disconnected.connect(socket.deleteLater)

    def _on_message(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MAX_BYTES:
                socket.abort()
            return
        try:
            named = json.loads(bytes(socket.readLine(_MAX_BYTES).data()))["open"]
            path = None if named is None else Path(str(named))
        except (ValueError, TypeError, KeyError, RecursionError):
            socket.abort()
            return
        socket.write(_DONE)
        socket.flush()
        self.asked.emit(path)


class Reachable(QObject):
    """What a desktop does so that others reach it, and so that its bad end is known."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._numbers = count(1)
        self.end = OneWindow(desktop.house.paths.state, self._write, self)
        self.end.asked.connect(self._on_asked)
        self.end.start()
        desktop.session.page_changed.connect(self._note_open)
        self._note_open()
        if self.end.left is not None and desktop.may_tell_bad_end:
            self._tell_of_bad_end(self.end.left)

    def close(self) -> None:
        """The window ends in order."""
        self.end.close()

    def _write(self, work: Callable[[], None]) -> None:
        self._desktop.jobs.submit(
            f"running {next(self._numbers)}", lambda _token, _tell: work(), lambda _none: None, lasting=True,
            lane="running",
        )  # fmt: skip

    def _note_open(self) -> None:
        """A draft or a sealed folder; what is only looked at inside a package is gone after a bad end."""
        folder = self._desktop.session.page.folder
        is_kept = folder is not None and not folder.is_relative_to(self._desktop.house.paths.cache)
        self.end.note_open(folder if is_kept else None)

    @Slot(object)
    def _on_asked(self, named: Path | None) -> None:
        """Somebody started the program once more."""
        window = self._desktop.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        self._desktop.application.alert(window)
        if named is not None:
            self._desktop.open_named(named)

    def _tell_of_bad_end(self, left: Running) -> None:
        desktop = self._desktop

        def read(_token: object, _tell: object) -> str:
            from facevid_gui.program import program_facts

            return crash_report(desktop.house.paths, program_facts())

        def show(report: str, what: str) -> None:
            from facevid_gui.views.text_dialog import TextDialog

            texts, name = desktop.messages, Path(left.open).name
            sentence = " ".join((texts.text("crash.kept"), *([texts.text(what, name=name)] if what else [])))
            TextDialog(texts.text("crash.title"), sentence, report, desktop.window).open()

        def on_read(report: str) -> None:
            Reopening(desktop.controller, left.open, lambda what: show(report, what), self)

        if left.open and desktop.session.page.kind == "empty" and not desktop.session.is_busy:
            desktop.open_named(Path(left.open))
        desktop.jobs.submit("crash report", read, on_read)


class Reopening(QObject):
    """Waits for what the opening of the record comes to, then tells once, as an id of the catalogue; "" for no record.

    What asks for a reason first, is refused or was not tried is not opened: that is said.
    """

    def __init__(
        self, controller: Controller, wanted: str, tell: Callable[[str], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._wanted, self._tell = controller.session, wanted, tell
        self._is_told = False
        self._session.activity_changed.connect(self._look_later)
        self._look_later()

    @Slot()
    def _look_later(self) -> None:
        """An activity ends a moment before its page is shown."""
        QTimer.singleShot(0, self, self._look)

    @Slot()
    def _look(self) -> None:
        if self._is_told or (self._wanted and self._session.is_busy):
            return
        self._is_told = True
        is_open = str(self._session.page.folder or "") == self._wanted
        self._tell("" if not self._wanted else "crash.opened" if is_open else "crash.was_open")
        self.deleteLater()
