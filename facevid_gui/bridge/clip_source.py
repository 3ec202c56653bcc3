"""How the player's FFmpeg gets the bytes of a clip: a file that is only in memory, or a device of Qt's (floor 2).

What enters: the bytes, piece by piece. What leaves: a source that a `QMediaPlayer` reads until it is closed.

Why not always a device: Qt never frees what it allocates to read from one (`avio_alloc_context` without
`avio_context_free`; counted in 6.11.3 and 6.12.0): 32 kB per clip whatever its size, for as long as the program runs.
What FFmpeg opens itself it frees. So where the system has files without a name (Linux, memfd_create(2)), the bytes are
put into one and sealed, and FFmpeg is told to read the descriptor: the URL `fd:`, the one protocol it may use then. It
names no file and no address, so a clip still cannot make it open anything. FFmpeg takes that protocol's number from an
option that Qt does not hand on; without the option it is 0, standard input. For the moments until it has made its own
copy of it, descriptor 0 is therefore the clip, and afterwards what it was before. No child of ours inherits it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import count
from typing import ClassVar, Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl
from PySide6.QtMultimedia import QMediaPlayer

_STANDARD_INPUT = 0


class ClipSource(Protocol):
    """Bytes on their way to a player. Every method may raise OSError."""

    def append(self, piece: memoryview) -> None:
        """Take the next bytes."""

    def give_to(self, player: QMediaPlayer) -> None:
        """Let the player load it."""

    def was_opened(self) -> None:
        """The player has loaded it, or failed to."""

    def close(self) -> None:
        """Let go of the bytes; the player must have let go before."""


class DeviceSource:
    """A buffer of Qt's.

    Its URL is of a file that does not exist and is never opened: FFmpeg then takes the device for local. For any other
    it complains on standard error and reads ahead in larger steps (and 130 kB are lost per clip).
    """

    _numbers: ClassVar[Iterator[int]] = count(1)

    def __init__(self, parent: QObject) -> None:
        self._buffer, self._bytes = QBuffer(parent), QByteArray()

    def append(self, piece: memoryview) -> None:
        """Take the next bytes."""
        self._bytes.append(bytes(piece))

    def give_to(self, player: QMediaPlayer) -> None:
        """Let the player read the buffer."""
        self._buffer.setData(self._bytes)
        self._bytes = QByteArray()
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        # The URL tells one clip from the next, so that the same player never keeps the clip before; it names nobody.
        player.setSourceDevice(self._buffer, QUrl(f"file:///clip-{next(self._numbers)}.mp4"))

    def was_opened(self) -> None:
        """Nothing to do: it is read as long as it is loaded."""

    def close(self) -> None:
        """Drop the buffer."""
        self._buffer.close()
        self._buffer.deleteLater()


class MemoryFileSource:
    """A sealed file without a name. Linux only; at most one at a time is on its way to a player."""

    _lent: ClassVar[MemoryFileSource | None] = None  # whose bytes are at descriptor 0

    def __init__(self) -> None:
        assert sys.platform == "linux"
        self._file = os.memfd_create("clip", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._standard_input: int | None = None  # a copy, while it is away

    @staticmethod
    def is_possible() -> bool:
        """Whether this system has such files, and descriptor 0 was standard input when Python started."""
        return sys.platform == "linux" and hasattr(os, "memfd_create") and sys.__stdin__ is not None

    @classmethod
    def is_free(cls) -> bool:
        """Whether no other player's clip is at descriptor 0."""
        return cls._lent is None

    def append(self, piece: memoryview) -> None:
        """Take the next bytes."""
        while piece:
            piece = piece[os.write(self._file, piece) :]

    def give_to(self, player: QMediaPlayer) -> None:
        """Let the player open it: from now on nobody can change its bytes."""
        assert sys.platform == "linux"
        import fcntl  # not on every system

        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self._file, fcntl.F_ADD_SEALS, seals)
        os.lseek(self._file, 0, os.SEEK_SET)  # FFmpeg's copy of the descriptor stands where this one does
        self._standard_input = os.dup(_STANDARD_INPUT)
        MemoryFileSource._lent = self
        os.dup2(self._file, _STANDARD_INPUT, inheritable=False)
        player.setSource(QUrl("fd:"))

    def was_opened(self) -> None:
        """FFmpeg has its own copy, or wants none: give standard input back."""
        if self._standard_input is not None:
            kept, self._standard_input = self._standard_input, None
            os.dup2(kept, _STANDARD_INPUT)
            os.close(kept)
            MemoryFileSource._lent = None

    def close(self) -> None:
        """Drop the file; it is gone when FFmpeg has closed its copy."""
        self.was_opened()
        os.close(self._file)


def protocols() -> str:
    """What FFmpeg may open, as it wants to be told; no protocol is called "none", an empty list would be no list."""
    return "fd" if MemoryFileSource.is_possible() else "none"


def make_source(parent: QObject) -> ClipSource:
    """The better source this system has at the moment."""
    if MemoryFileSource.is_possible() and MemoryFileSource.is_free():
        try:
            return MemoryFileSource()
        except OSError:  # no descriptor left, or forbidden by the system
            pass
    return DeviceSource(parent)
