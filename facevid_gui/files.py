"""Files the careful way: private, whole or not at all, really on the disk (floor 1).

What enters: paths and bytes. What leaves: files of mode 0600 in folders of mode 0700 whatever the umask,
written beside their place and renamed, flushed down to the folder entry. Raises `SurroundingsError` with
a message id for what a disk can do to us.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_NO_MODES = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_HASHED_BYTES = 256 * 1024
_DISK_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.EROFS: "read_only",
    errno.ENAMETOOLONG: "path_too_long",
}


def disk_error(error: OSError, path: Path | str | None = None) -> SurroundingsError:
    """Turn what the system said into an error with a sentence and a next step."""
    code = _DISK_CODES.get(error.errno or 0, "disk_failed")
    where = path if path is not None else error.filename or ""
    return SurroundingsError(code, path=where, reason=error.strerror or type(error).__name__)


@contextlib.contextmanager
def disk_errors(path: Path | str | None = None) -> Iterator[None]:
    """Translate every `OSError` inside the block with `disk_error`."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def set_mode(path: Path | str, mode: int) -> None:
    """Set a file's mode where the medium knows modes: FAT and some shares do not, and refuse every change."""
    try:
        os.chmod(path, mode)
    except OSError as error:
        if error.errno not in _NO_MODES:
            raise


def make_private_folder(path: Path) -> None:
    """Make `path` and its missing parents, mode 0700 each, whatever the umask."""
    if path.is_dir():
        return
    if path.parent != path:
        make_private_folder(path.parent)
    try:
        path.mkdir(mode=PRIVATE_FOLDER)
        set_mode(path, PRIVATE_FOLDER)
    except FileExistsError:
        if not path.is_dir():  # else another process was faster
            raise


def open_new(path: Path) -> FileIO:
    """Create `path` with mode 0600, unbuffered, for writing; `FileExistsError` when it exists."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    return FileIO(os.open(path, flags, PRIVATE_FILE), "w")


def write_all(file: FileIO, data: bytes | memoryview) -> None:
    """Write every byte of `data` through an unbuffered file."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def write_new(path: Path, data: bytes) -> None:
    """Create `path` with `data` and flush it to the disk; `FileExistsError` when it exists."""
    with open_new(path) as file:
        write_all(file, data)
        os.fsync(file.fileno())


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file that is there, flushed; a last line without its LF gets one first. `SurroundingsError`."""
    with disk_errors(path), path.open("r+b", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        write_all(file, line)
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path` in one step: readers see the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        write_new(temporary, data)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def place_new(path: Path, data: bytes) -> bool:
    """Put `data` at `path` in one step unless a file is there already; return whether it was put.

    Of two processes that try at the same time only one succeeds, where the file system has hard links.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        write_new(temporary, data)
        return move_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def move_new(source: Path, path: Path) -> bool:
    """Give a file of the same volume the name `path` unless that is taken; return whether it got it. As `place_new`."""
    try:
        os.link(source, path)
    except FileExistsError:
        return False
    except OSError:
        if os.path.lexists(path):
            return False
        os.rename(source, path)  # noqa: PTH104 - on Windows it refuses a name that is taken meanwhile
    source.unlink(missing_ok=True)
    flush_folder(path.parent)
    return True


def flush_file(path: Path) -> None:
    """Flush a file that was written earlier down to the disk."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(path: Path) -> None:
    """Flush a folder's entries; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_tree(root: Path, flushed: Container[Path] = ()) -> None:
    """Flush every file and folder below `root`, then `root` itself; files in `flushed` are known to be."""
    for folder, _, names in os.walk(root, topdown=False):
        for path in (Path(folder, name) for name in names):
            if path not in flushed:
                flush_file(path)
        flush_folder(Path(folder))


def sha256_of(path: Path | str) -> tuple[str, int]:
    """Hash a file in pieces; return its SHA-256 in hex and its size in bytes."""
    import hashlib  # the window starts without it

    digest = hashlib.sha256()
    size = 0
    with open_regular(path) as file:
        # One buffer for all pieces, no larger than the file: a fresh megabyte each time costs a third of the hashing.
        expected = os.fstat(file.fileno()).st_size
        buffer = memoryview(bytearray(min(expected, _HASHED_BYTES) + 1))
        while length := file.readinto(buffer):
            digest.update(buffer[:length])
            size += length
    return digest.hexdigest(), size


def open_regular(path: Path | str) -> FileIO:
    """Open a regular file for reading; links are not followed, pipes not waited for. `OSError` otherwise."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return FileIO(descriptor, "r")


def read_limited(path: Path | str, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes; `ValueError` when it is larger, `OSError` when it is no file."""
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise ValueError("too large")
        parts = bytearray()
        while len(parts) <= limit and (piece := file.read(limit + 1 - len(parts))):
            parts += piece
    if len(parts) > limit:
        raise ValueError("too large")
    return bytes(parts)


def remove_tree(root: Path) -> None:
    """Remove a folder and all below it, read-only entries included; missing is fine, a link is left alone."""
    if root.is_symlink() or not root.is_dir():
        return
    import shutil

    for folder, _, _ in os.walk(root):
        set_mode(folder, PRIVATE_FOLDER)
    shutil.rmtree(root)
