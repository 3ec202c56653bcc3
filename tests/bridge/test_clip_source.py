"""How a clip's bytes come to FFmpeg: nothing lost per clip, standard input given back, another way when need be."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.clip_source import DeviceSource, MemoryFileSource
from facevid_gui.bridge.heap import allocated_bytes
from facevid_gui.bridge.player import Player
from tests.support.bridge_pictures import demo, person_in
from tests.support.media_clips import at_rate, make_clip
from tests.support.qt import pump_until

LINUX = pytest.mark.skipif(not MemoryFileSource.is_possible(), reason="no files in memory, or no standard input")
LOST_PER_DEVICE = 32 * 1024  # what Qt 6.11 never frees
ROUNDS = 60
FAILURES = [errno.EMFILE, errno.ENOSYS, errno.EPERM]


def allocated() -> int:
    """Bytes that are allocated and not freed."""
    found = allocated_bytes()
    if found is None:
        pytest.skip("this C library does not count")
    return found


def memory_files() -> list[str]:
    """The files in memory that this process has open."""
    links = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return [str(link.readlink()) for link in links if link.is_symlink() and "memfd:clip" in str(link.readlink())]


def where(descriptor: int) -> tuple[int, int]:
    """Which file it is."""
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def show(player: Player, person: str) -> list[str]:
    """Load a clip, wait for its first picture; returns who was seen."""
    seen: list[str] = []
    connection = player.frame_shown.connect(lambda image, _start: seen.append(person_in(image)))
    player.load(demo(person))
    pump_until(lambda: player.state == "paused")
    player.frame_shown.disconnect(connection)
    return seen


@LINUX
def test_a_clip_that_was_shown_leaves_nothing_behind(make_player: Callable[[], Player]) -> None:
    player, data = make_player(), make_clip(at_rate(3, 25))

    def switch(times: int) -> None:
        for _ in range(times):
            player.load(data)
            pump_until(lambda: player.state == "paused")
        player.unload()
        pump_until(lambda: False, 0.05, must=False)  # threads of the player end

    switch(20)
    before = allocated()
    switch(ROUNDS)
    assert allocated() - before < ROUNDS * LOST_PER_DEVICE / 4


@LINUX
@pytest.mark.parametrize("how", ["shown", "broken", "let go at once", "another at once"])
def test_standard_input_is_given_back(make_player: Callable[[], Player], how: str) -> None:
    player, before = make_player(), where(0)
    player.load(b"this is no clip at all" if how == "broken" else demo("A"))
    assert where(0) != before
    assert not os.get_inheritable(0)  # no child gets the clip
    if how == "let go at once":
        player.unload()
    elif how == "another at once":
        player.load(demo("B"))
        pump_until(lambda: player.state == "paused")
    else:
        pump_until(lambda: player.state == ("failed" if how == "broken" else "paused"))
    assert where(0) == before
    assert os.get_inheritable(0)
    player.unload()
    pump_until(lambda: not memory_files())


@LINUX
def test_what_a_player_reads_cannot_be_changed(make_player: Callable[[], Player]) -> None:
    player = make_player()
    player.load(demo("A"))
    for change in (lambda: os.pwrite(0, b"x", 0), lambda: os.ftruncate(0, 1), lambda: os.ftruncate(0, 1 << 20)):
        with pytest.raises(PermissionError):
            change()
    assert os.pread(0, 1 << 24, 0) == demo("A")
    pump_until(lambda: player.state == "paused")


@LINUX
def test_a_second_player_finds_another_way_meanwhile(make_player: Callable[[], Player]) -> None:
    first, second = make_player(), make_player()
    first.load(demo("A"))
    second.load(demo("B"))
    assert isinstance(first._source, MemoryFileSource)
    assert isinstance(second._source, DeviceSource)
    pump_until(lambda: (first.state, second.state) == ("paused", "paused"))
    assert set(show(second, "C")) == {"C"}
    assert isinstance(second._source, MemoryFileSource)


@LINUX
@pytest.mark.parametrize("what", ["memfd_create", "write", "dup2"])
@pytest.mark.parametrize("number", FAILURES)
def test_where_there_is_no_room_for_a_file_a_device_is_read(
    make_player: Callable[[], Player], monkeypatch: pytest.MonkeyPatch, what: str, number: int
) -> None:
    before, real = where(0), getattr(os, what)

    def refuse(*arguments: Any, **options: Any) -> Any:
        if what == "dup2" and options.get("inheritable", True):
            return real(*arguments, **options)
        raise OSError(number, os.strerror(number))

    player = make_player()
    with monkeypatch.context() as patch:
        patch.setattr(os, what, refuse)
        assert set(show(player, "A")) == {"A"}
        assert isinstance(player._source, DeviceSource)
    assert where(0) == before
    assert set(show(player, "B")) == {"B"}


@LINUX
def test_without_standard_input_a_device_is_read() -> None:
    """Descriptor 0 may then be anything: a socket of the window system, for example."""
    code = "from facevid_gui.bridge import clip_source as c; print(c.MemoryFileSource.is_possible(), c.protocols())"
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" <&-', sys.executable, code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "none"]


@LINUX
@pytest.mark.parametrize("named", ["{clip}", "file:{clip}", "file://{clip}", "fd:", "{name}"])
@pytest.mark.parametrize("form", ["ffconcat version 1.0\nfile '{}'\n", "#EXTM3U\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"])
def test_a_list_that_names_a_file_is_not_followed(
    make_player: Callable[[], Player], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, named: str
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(demo("A"))
    monkeypatch.chdir(tmp_path)
    player = make_player()
    shown: list[object] = []
    player.frame_shown.connect(lambda image, _start: shown.append(image))
    player.load(form.format(named.format(clip=clip, name=clip.name)).encode())
    pump_until(lambda: player.state == "failed")
    assert shown == []
