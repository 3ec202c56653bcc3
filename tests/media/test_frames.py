"""The client of the decoding child: replies, order, interruption, crashes, stalls, and an end that never hangs."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.clip import ClipCheck, StreamSeen
from facevid_gui.media import frames, frames_process
from facevid_gui.media.frames import (
    IDLE,
    NORMAL,
    URGENT,
    Checked,
    Done,
    Facts,
    Failure,
    Frame,
    FrameClient,
    Reply,
    Sound,
    Unseen,
)
from facevid_gui.media.frames_process import FROZEN_ARGUMENT, child_command, child_environment
from tests.support.lines import next_line
from tests.support.media_clips import HEIGHT, WIDTH, at_rate, damage_frames, make_clip, make_sound_only, number_in

FRAMES = 200
PATIENCE_S = 10
LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")

# A child that speaks the protocol but decodes nothing. What it is asked goes into a file; how it fails is told by the
# name of the clip or the number of the frame.
FAKE = """
import json, os, sys, threading, time
log = open(sys.argv[1], "ab", buffering=0)
log.write(b"started\\n")
cancelled = 0
def say(data=b"", **header):
    sys.stdout.buffer.write(json.dumps({**header, "size": len(data)}).encode() + b"\\n" + data)
    sys.stdout.buffer.flush()
VIDEO = dict(codec="h264", profile="", width=2, height=1, rotation=0, fps=25.0, pixel_format="", frames_stated=9)
FACTS = dict(container="mov", brands="", start_us=0, duration_us=9, streams=1, video=VIDEO, audio=None,
             pts_us=list(range(999)), keys=[0])
LIES = {"text": b"hello\\n", "list": b"[1]\\n", "size": b'{"size": 99999999999}\\n', "number": b'{"size": "x"}\\n',
        "deep": b"[" * 9000 + b"\\n"}
def serve(request):
    clip, id = request.get("clip", ""), request["id"]
    if request["do"] == "open":
        if clip == "mute": time.sleep(60)
        if clip == "crash" or clip == "crash once" and not os.path.exists(sys.argv[1] + ".crashed"):
            open(sys.argv[1] + ".crashed", "w")
            os._exit(3)
        if clip in LIES: os.write(1, LIES[clip])
        told = {"odd facts": {}, "endless facts": {**FACTS, "duration_us": float("inf")}}.get(clip, FACTS)
        say(id=id, facts=told) if clip != "no facts" else None
    elif request["do"] in ("sound", "check"):
        if clip == "crash later": os._exit(3)
        if clip == "stall later": time.sleep(60)
        if clip == "error later": return say(id=id, error="clip_memory", detail="")
        if request["do"] == "sound": say(bytes([1, 2, 3]), id=id, peaks=True)
        else: say(id=id, check={"types": "I!" if clip == "good" else "xyz"})
    elif request["do"] != "close":
        for number in range(max(request["first"], request["after"] + 1), request["last"] + 1):
            if number == 13: os._exit(3)
            if number == 14: time.sleep(60)
            if cancelled >= id: return say(id=id, cancelled=True)
            say(bytes(6), id=id, frame=number, pts_us=number, width=2, height=9 if number == 15 else 1, stride=6,
                rotation=0, damaged=False)
            if number >= 500: time.sleep(0.002)
    say(id=id, done=True)
clip = ""
def work():
    import queue
    global clip
    while True:
        request = inbox.get()
        if request["do"] == "open": clip = request["data"]
        serve({**request, "clip": clip})
import queue
inbox = queue.Queue()
threading.Thread(target=work, daemon=True).start()
for line in sys.stdin.buffer:
    request = json.loads(line)
    request["data"] = sys.stdin.buffer.read(request["size"]).decode()
    log.write(json.dumps({k: v for k, v in request.items() if k != "id"}).encode() + b"\\n")
    if request["do"] == "cancel": cancelled = request["id"]
    else: inbox.put(request)
"""
DEAF = "import time; time.sleep(60)"
GRAVE = """
import os, sys, time
from facevid_gui.media.frames import FrameClient
client = FrameClient(lambda reply: (print(client._child._process.pid, flush=True), time.sleep(60)))
client.open_clip("a", open(sys.argv[1], "rb").read())
time.sleep(60)
"""
WITHOUT_STREAMS = """
import os, sys, queue
for number in (0, 1, 2):
    os.close(number)
from facevid_gui.media.frames import Facts, FrameClient
replies = queue.SimpleQueue()
client = FrameClient(replies.put)
client.open_clip("a", open(sys.argv[1], "rb").read())
good = isinstance(replies.get(timeout=10), Facts)
client.close()
os._exit(0 if good else 1)
"""


@cache
def clip() -> bytes:
    return make_clip(at_rate(FRAMES), key_every=250, b_frames=2)


class Ear:
    """Hears replies on the client's thread; while the gate is shut, the client waits in the middle of telling."""

    def __init__(self) -> None:
        self.replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self.gate = threading.Event()
        self.gate.set()
        self.heard = threading.Event()

    def __call__(self, reply: Reply) -> None:
        self.replies.put(reply)
        self.heard.set()
        assert self.gate.wait(PATIENCE_S)

    def until(self, wanted: Callable[[Reply], bool]) -> list[Reply]:
        """Everything up to the first reply that is wanted."""
        found: list[Reply] = []
        while not found or not wanted(found[-1]):
            found.append(self.replies.get(timeout=PATIENCE_S))
        return found

    def nothing_more(self) -> bool:
        with pytest.raises(queue.Empty):
            self.replies.get(timeout=0.15)
        return True


class Fakes:
    """How to start the fake child, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "asked"
        self.command = [sys.executable, "-c", FAKE, str(self.log)]

    @property
    def starts(self) -> int:
        return self.log.read_text().count("started")

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line != "started"]


@contextmanager
def running(ear: Ear, **how: Any) -> Iterator[FrameClient]:
    client = FrameClient(ear, **how)
    try:
        yield client
    finally:
        ear.gate.set()
        client.close()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("frames")]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def fakes(tmp_path: Path) -> Fakes:
    return Fakes(tmp_path)


def is_done(reply: Reply) -> bool:
    return isinstance(reply, Done)


def is_ending(reply: Reply) -> bool:
    return isinstance(reply, Done | Failure)


def is_facts(reply: Reply) -> bool:
    return isinstance(reply, Facts)


def numbers(replies: list[Reply], purpose: str = "frames") -> list[int]:
    return [reply.pixels.number for reply in replies if isinstance(reply, Frame) and reply.purpose == purpose]


def drawn(reply: Reply) -> int:
    assert isinstance(reply, Frame)
    return number_in(reply.pixels.data, reply.pixels.stride, reply.pixels.height)


def process_of(client: FrameClient) -> "subprocess.Popen[bytes]":
    assert client._child is not None
    return client._child._process


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# The real child.


def test_a_clip_is_opened_and_its_frames_come_with_pixels_number_and_time(ear: Ear) -> None:
    with running(ear) as client:
        client.warm_up()
        client.open_clip("a", clip())
        client.want_frames("a", 7, 11)
        replies = ear.until(is_done)
        facts, done = replies[0], replies[-1]
        assert isinstance(facts, Facts)
        assert (facts.clip, facts.facts.frame_count, facts.facts.keys) == ("a", FRAMES, (0,))
        assert done == Done("a", "frames", 7, 11)
        assert numbers(replies) == [7, 8, 9, 10, 11]
        for reply in replies[1:-1]:
            assert isinstance(reply, Frame)
            assert drawn(reply) == reply.pixels.number
            assert reply.pixels.pts_us == facts.facts.pts_us[reply.pixels.number]
            assert not reply.pixels.damaged


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe has the size it has")
@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_clip_goes_through_a_wide_pipe_or_through_a_narrow_one(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, *, is_allowed: bool
) -> None:
    """An administrator may have set the limit lower, or one user may have too many of them (pipe(7))."""
    import fcntl

    usual, change = 64 * 1024, fcntl.fcntl

    def control(stream: Any, command: int, *value: int) -> int:
        if command == fcntl.F_SETPIPE_SZ and not is_allowed:
            raise PermissionError(1, "Operation not permitted")
        return change(stream, command, *value)

    monkeypatch.setattr(fcntl, "fcntl", control)
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        stream = process_of(client).stdin
        assert stream is not None
        assert (change(stream, fcntl.F_GETPIPE_SZ) > usual) is is_allowed


def test_thumbnails_are_small_and_spread(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        client.want_thumbnails("a", 4, HEIGHT // 2)
        replies = ear.until(is_done)
        assert replies[-1] == Done("a", "thumbnails", 0, 0)
        assert numbers(replies, "thumbnails") == [0, 50, 100, 150]
        assert [drawn(reply) for reply in replies[1:-1]] == [0, 50, 100, 150]
        assert isinstance(replies[1], Frame)
        assert replies[1].pixels.height == HEIGHT // 2


def test_frames_that_cannot_be_decoded_are_left_out_and_damaged_ones_are_marked(ear: Ear) -> None:
    data = damage_frames(make_clip(at_rate(20)), [4], lambda frame: b"\xff" * len(frame))
    with running(ear) as client:
        client.open_clip("a", data)
        client.want_frames("a", 0, 19)
        seen = {reply.pixels.number: reply.pixels for reply in ear.until(is_done) if isinstance(reply, Frame)}
        assert set(range(20)) - set(seen) == {4}
        assert [number for number, pixels in seen.items() if pixels.damaged] == [5, 6, 7, 8, 9]


def test_a_clip_that_cannot_be_shown_fails_once_per_opening_and_the_next_one_works(ear: Ear) -> None:
    with running(ear) as client:
        for _ in range(2):
            client.open_clip("a", b"not a clip")
            client.want_frames("a", 0, 3)
            client.want_thumbnails("a", 3, 9)
            assert ear.until(is_ending) == [Failure("a", "clip_unreadable", "InvalidDataError")]
            client.want_frames("a", 0, 3)
            assert ear.nothing_more()
        client.open_clip("b", clip())
        client.want_frames("a", 0, 0)
        client.want_frames("b", 1, 1)
        assert numbers(ear.until(is_done)) == [1]


def test_what_was_seen_of_a_clip_that_is_not_shown_is_told(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", make_sound_only())
        [failure] = ear.until(is_ending)
        assert (failure.code, failure.detail) == ("clip_sound_only", "aac")
        assert failure.seen.streams == (StreamSeen("audio", "aac"),)
        assert failure.seen.audio.sample_rate == 48_000
        assert "mp4" in failure.seen.container
        client.open_clip("b", make_clip([0], copies=17))
        [failure] = ear.until(is_ending)
        assert failure.code == "clip_too_many_streams"
        assert failure.seen.streams == (StreamSeen("video", "h264", WIDTH, HEIGHT),) * 16


@pytest.mark.parametrize("priority", [URGENT, NORMAL])
def test_a_wish_interrupts_thumbnails_which_go_on_later(ear: Ear, priority: int) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        ear.gate.clear()
        ear.heard.clear()
        client.want_thumbnails("a", FRAMES, HEIGHT // 2)
        assert ear.heard.wait(PATIENCE_S)
        client.want_frames("a", 100, 102, priority)
        ear.gate.set()
        before = ear.until(is_done)
        assert before[-1] == Done("a", "frames", 100, 102)
        assert numbers(before) == [100, 101, 102]
        first = numbers(before, "thumbnails")
        assert len(first) < FRAMES // 2
        after = ear.until(is_done)
        assert after[-1] == Done("a", "thumbnails", 0, 0)
        assert first + numbers(after, "thumbnails") == list(range(FRAMES))
        assert all(drawn(reply) == reply.pixels.number for reply in after if isinstance(reply, Frame))


def test_what_is_looked_at_now_comes_before_what_was_looked_at_a_moment_ago(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        ear.gate.clear()
        ear.heard.clear()
        client.want_frames("a", 0, 99)
        assert ear.heard.wait(PATIENCE_S)
        client.want_frames("a", 120, 121)
        client.want_frames("a", 140, 141, IDLE)
        client.want_frames("a", 130, 131)
        ear.gate.set()
        endings = [ear.until(is_done) for _ in range(4)]
        assert [done[-1] for done in endings] == [
            Done("a", "frames", 130, 131),
            Done("a", "frames", 120, 121),
            Done("a", "frames", 0, 99),
            Done("a", "frames", 140, 141),
        ]
        everything = numbers([reply for replies in endings for reply in replies])
        assert [number for number in everything if number < 100] == list(range(100))


def test_another_clip_does_not_wait_for_the_one_before_and_nothing_of_that_is_told_any_more(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        ear.gate.clear()
        ear.heard.clear()
        client.want_frames("a", 0, FRAMES - 1)
        client.want_thumbnails("a", FRAMES, 9)
        assert ear.heard.wait(PATIENCE_S)
        assert eventually(lambda: client._inbox.qsize() >= 3)
        time.sleep(0.1)
        assert client._inbox.qsize() < 8  # frames wait in the child, not here
        client.open_clip("b", make_clip(at_rate(3)))
        client.want_frames("b", 2, 2)
        ear.gate.set()
        replies = ear.until(is_done)
        assert replies[-1] == Done("b", "frames", 2, 2)
        assert len([reply for reply in replies if reply.clip == "a"]) < 8
        assert ear.nothing_more()


def test_the_same_name_with_other_bytes_never_shows_the_bytes_before(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        ear.gate.clear()
        client.want_frames("a", 50, FRAMES - 1)
        assert eventually(lambda: not ear.replies.empty())
        client.open_clip("a", make_clip(at_rate(3)))
        ear.gate.set()
        client.want_frames("a", 0, 99)
        replies = ear.until(is_facts)
        assert numbers(ear.until(is_done)) == [0, 1, 2]
        assert isinstance(replies[-1], Facts)
        assert replies[-1].facts.frame_count == 3


def test_a_closed_clip_is_forgotten(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        client.close_clip()
        client.want_frames("a", 0, 3)
        assert ear.nothing_more()
        client.open_clip("a", clip())
        assert is_facts(ear.replies.get(timeout=PATIENCE_S))


@LINUX
def test_closing_in_the_middle_of_decoding_leaves_no_process(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        client.want_frames("a", 0, FRAMES - 1)
        ear.until(lambda reply: isinstance(reply, Frame))
        process = process_of(client)
        started = time.monotonic()
        client.close()
        assert time.monotonic() - started < 2
        assert not is_alive(process.pid)
        assert process.returncode is not None
        client.close()
        while not ear.replies.empty():
            ear.replies.get()
        assert ear.nothing_more()


def test_a_child_that_ends_while_idle_is_replaced_without_a_word(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        ear.until(is_facts)
        for _ in range(3):
            process_of(client).kill()
            assert eventually(lambda: client._child is None)
            client.want_frames("a", 9, 9)
            assert numbers(ear.until(is_ending)) == [9]


def test_without_pyav_each_opening_says_so_once_and_the_child_stays(ear: Ear) -> None:
    code = "import sys; sys.modules['av'] = None\nfrom facevid_gui.media.frames_child import main\nmain()"
    with running(ear, command=[sys.executable, "-c", code]) as client:
        for name in ("a", "b", "b"):
            client.open_clip(name, clip())
            client.want_frames(name, 0, 0)
            [failure] = ear.until(is_ending)
            assert isinstance(failure, Failure)
            assert (failure.clip, failure.code) == (name, "decoder_missing")
            assert "av" in failure.detail
            process = process_of(client)
        assert process_of(client) is process
        assert ear.nothing_more()


def test_without_an_executable_each_opening_says_so_once(ear: Ear, tmp_path: Path) -> None:
    with running(ear, command=[str(tmp_path / "nowhere")]) as client:
        client.warm_up()
        for _ in range(2):
            client.open_clip("a", clip())
            client.want_frames("a", 0, 0)
            [failure] = ear.until(is_ending)
            assert isinstance(failure, Failure)
            assert failure.code == "decoder_missing"
            assert ear.nothing_more()


@LINUX
def test_the_child_ends_with_its_parent_even_one_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(clip())
    command = [sys.executable, "-c", GRAVE, str(tmp_path / "clip")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=child_environment()) as parent:
        assert parent.stdout is not None
        pid = int(next_line(parent))
        assert is_alive(pid)
        parent.send_signal(signal.SIGKILL)
        assert eventually(lambda: not is_alive(pid))


def test_the_child_works_when_its_parent_has_no_streams(tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(clip())
    command = [sys.executable, "-c", WITHOUT_STREAMS, str(tmp_path / "clip")]
    assert subprocess.run(command, env=child_environment(), timeout=30, check=False).returncode == 0


@LINUX
def test_the_child_knows_nothing_of_the_secrets_around_it(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "sesame")
    monkeypatch.setenv("FACEVID_HOME", "/secret/place")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/bundle")
    monkeypatch.setenv("_PYI_APPLICATION_HOME_DIR", "/opt/bundle")
    with running(ear) as client:
        client.warm_up()
        client.open_clip("a", clip())
        ear.until(is_facts)
        known = Path(f"/proc/{process_of(client).pid}/environ").read_text()
    assert "sesame" not in known
    assert "/secret/place" not in known
    assert "LD_LIBRARY_PATH=/opt/bundle" in known
    assert "_PYI_APPLICATION_HOME_DIR=/opt/bundle" in known


def test_nothing_is_imported_from_the_folder_the_user_is_in(
    ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("av", "json", "facevid_gui"):
        (tmp_path / f"{name}.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    with running(ear) as client:
        client.open_clip("a", clip())
        assert isinstance(ear.replies.get(timeout=PATIENCE_S), Facts)


def test_a_frozen_program_is_its_own_child(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_command()[1:] == ["-P", "-m", "facevid_gui.media.frames_child"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/facevid-gui/facevid-gui")
    assert child_command() == ["/opt/facevid-gui/facevid-gui", FROZEN_ARGUMENT]
    assert "PYTHONPATH" not in child_environment()


# A child that misbehaves.


def test_a_clip_that_takes_the_child_down_twice_crashes_the_decoder(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", b"crash")
        client.want_frames("a", 0, 3)
        assert ear.until(is_ending) == [Failure("a", "decoder_crashed", "the child ended")]
        assert ear.nothing_more()
        assert fakes.starts == 2
        client.open_clip("b", b"good")
        client.want_frames("b", 0, 3)
        assert numbers(ear.until(is_ending)) == [0, 1, 2, 3]


def test_a_clip_that_takes_the_child_down_once_is_opened_again(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", b"crash once")
        client.want_frames("a", 0, 3)
        replies = ear.until(is_ending)
        assert [type(reply) for reply in replies] == [Facts, Frame, Frame, Frame, Frame, Done]
        assert fakes.starts == 2


def test_after_a_crash_a_wish_goes_on_where_it_stopped_until_the_second_crash(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", b"good")
        client.want_frames("a", 10, 20)
        replies = ear.until(is_ending)
        assert [type(reply) for reply in replies] == [Facts, Frame, Frame, Frame, Failure]
        assert numbers(replies) == [10, 11, 12]
        asked = [(request["do"], request.get("after")) for request in fakes.asked]
        assert asked == [("open", None), ("frames", -1), ("open", None), ("frames", 12)]
        client.open_clip("a", b"good")
        client.want_frames("a", 1, 2)
        assert numbers(ear.until(is_ending)) == [1, 2]


def test_a_child_that_says_nothing_is_ended_and_the_clip_not_tried_again(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command, patience_s=0.4) as client:
        client.open_clip("a", b"good")
        client.want_frames("a", 14, 20)
        assert ear.until(is_ending)[-1] == Failure("a", "decoder_stalled", "0.4")
        assert client._child is None
        assert fakes.starts == 1
        client.open_clip("b", b"good")
        client.want_frames("b", 1, 2)
        assert numbers(ear.until(is_ending)) == [1, 2]


@pytest.mark.parametrize("name", ["text", "list", "size", "number", "deep", "no facts", "odd facts", "endless facts"])
def test_answers_that_make_no_sense_are_a_crash(ear: Ear, fakes: Fakes, name: str) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", name.encode())
        [failure] = ear.until(is_ending)
        assert isinstance(failure, Failure)
        assert failure.code == "decoder_crashed"
        assert failure.detail.startswith("malformed answer")


def test_pixels_that_do_not_fit_never_reach_the_window(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", b"good")
        client.want_frames("a", 15, 16)
        replies = ear.until(is_ending)
        assert [type(reply) for reply in replies] == [Facts, Failure]


def test_a_stall_of_a_clip_left_behind_is_cut_short_and_not_held_against_the_next(
    ear: Ear, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "CLOSED_CLIP_PATIENCE_S", 0.1)
    with running(ear, command=fakes.command) as client:
        for number in range(3):
            client.open_clip("first", b"good")
            ear.until(is_facts)
            client.want_frames("first", 14, 20)
            assert eventually(lambda: client._job is not None and client._job.wish is not None)
            started = time.monotonic()
            client.open_clip("next", b"good")
            client.want_frames("next", number, number)
            assert numbers(ear.until(is_ending)) == [number]
            assert time.monotonic() - started < 3


def test_closing_a_clip_interrupts_its_work_and_tells_the_child_to_forget_it(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        client.open_clip("a", b"good")
        client.want_frames("a", 500, 998)
        ear.until(lambda reply: isinstance(reply, Frame))
        client.close_clip()
        assert eventually(lambda: fakes.asked[-1]["do"] == "close")
        assert [request["do"] for request in fakes.asked] == ["open", "frames", "cancel", "close"]


@pytest.mark.parametrize("code", [DEAF, "mute"])
def test_closing_never_waits_for_a_stuck_child(ear: Ear, fakes: Fakes, code: str) -> None:
    command = fakes.command if code == "mute" else [sys.executable, "-c", code]
    with running(ear, command=command) as client:
        client.open_clip("a", b"mute" if code == "mute" else bytes(4_000_000))
        client.want_frames("a", 0, 9)
        assert eventually(lambda: client._job is not None)
        process = process_of(client)
        time.sleep(0.1)
        started = time.monotonic()
        client.close()
        assert time.monotonic() - started < 2
        assert process.returncode is not None


def test_closing_at_once_leaves_nothing(ear: Ear) -> None:
    for _ in range(5):
        with running(ear) as client:
            client.warm_up()
            client.open_clip("a", clip())


def test_a_child_still_loading_is_not_taken_for_a_stuck_one(
    ear: Ear, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "CLOSED_CLIP_PATIENCE_S", 0.05)
    slow = [sys.executable, "-c", "import time; time.sleep(0.4)\n" + FAKE, str(fakes.log)]
    with running(ear, command=slow) as client:
        client.open_clip("a", b"good")
        assert eventually(lambda: client._job is not None)
        client.open_clip("b", b"good")
        ear.until(is_facts)
        assert fakes.starts == 1


def test_a_long_search_for_a_frame_is_not_a_stall(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from facevid_gui.media import frames_child as child\nimport time\nchild.SIGN_OF_LIFE_S = 0.02\n"
        "walk = child.Clip.walk\n"
        "child.Clip.walk = lambda self, numbers: (time.sleep(0.01) or it for it in walk(self, numbers))\nchild.main()"
    )
    with running(ear, command=[sys.executable, "-c", code], patience_s=1.5) as client:
        client.open_clip("a", clip())
        client.want_frames("a", FRAMES - 1, FRAMES - 1)
        assert numbers(ear.until(is_ending)) == [FRAMES - 1]


def test_the_limits_of_a_message_hold_the_largest_picture() -> None:
    from facevid_gui.media.child_probe import MAX_FRAMES, MAX_PIXELS

    assert frames_process.MAX_PIXEL_BYTES > 3 * MAX_PIXELS * 1.2
    assert frames_process.MAX_HEADER_BYTES > 24 * MAX_FRAMES


# Looks at a whole clip.


def test_sound_and_the_kinds_of_frames_are_told(ear: Ear) -> None:
    data = make_clip(at_rate(12), key_every=5, sound=True)
    with running(ear) as client:
        client.open_clip("a", data)
        client.want_sound("a", 40)
        client.want_check("a")
        replies = ear.until(lambda reply: isinstance(reply, Done) and reply.purpose == "check")
        assert Sound("a", bytes(40)) in replies
        assert Checked("a", ClipCheck("IPPPPIPPPPIP")) in replies


def test_looks_wait_for_everything_else_and_are_interrupted_for_it(ear: Ear) -> None:
    data = make_clip(at_rate(FRAMES), key_every=20, sound=True)
    with running(ear) as client:
        client.open_clip("a", data)
        ear.until(is_facts)
        ear.gate.clear()
        ear.heard.clear()
        client.want_frames("a", 0, 0)
        assert ear.heard.wait(PATIENCE_S)
        client.want_check("a")
        client.want_sound("a", 9)
        client.want_thumbnails("a", 4, HEIGHT)
        client.want_preview("a", 150, HEIGHT // 2)
        client.want_frames("a", 100, 100)
        ear.gate.set()
        replies = ear.until(lambda reply: isinstance(reply, Done) and reply.purpose == "check")
        done = [reply.purpose for reply in replies if isinstance(reply, Done)]
        assert done == ["frames", "frames", "preview", "thumbnails", "sound", "check"]
        [preview] = [reply for reply in replies if isinstance(reply, Frame) and reply.purpose == "preview"]
        assert (preview.pixels.number, drawn(preview), preview.pixels.height) == (150, 150, HEIGHT // 2)


def test_a_check_that_is_interrupted_comes_to_its_end(ear: Ear) -> None:
    with running(ear) as client:
        client.open_clip("a", clip())
        client.want_check("a")
        ear.until(is_facts)
        for number in range(0, FRAMES, 10):
            client.want_frames("a", number, number)
        replies = ear.until(lambda reply: isinstance(reply, Done) and reply.purpose == "check")
        [checked] = [reply for reply in replies if isinstance(reply, Checked)]
        assert (checked.check.looked_at, checked.check.decoded) == (FRAMES, FRAMES)


@pytest.mark.parametrize(
    ("name", "code"),
    [("crash later", "decoder_crashed"), ("stall later", "decoder_crashed"), ("error later", "clip_memory")],
)
def test_a_look_that_fails_leaves_the_frames(ear: Ear, fakes: Fakes, name: str, code: str) -> None:
    with running(ear, command=fakes.command, patience_s=1.0) as client:
        client.open_clip("a", name.encode())
        for look in ("sound", "check"):
            (client.want_check if look == "check" else lambda clip: client.want_sound(clip, 3))("a")
            assert ear.until(lambda reply: isinstance(reply, Unseen))[-1] == Unseen("a", look, code)
            client.want_frames("a", 2, 3)
            assert numbers(ear.until(is_ending)) == [2, 3]


def test_a_check_that_makes_no_sense_is_not_taken(ear: Ear, fakes: Fakes) -> None:
    with running(ear, command=fakes.command) as client:
        for name, reply in (("good", Checked("a", ClipCheck("I!"))), ("odd", Unseen("a", "check", "decoder_crashed"))):
            client.open_clip("a", name.encode())
            ear.until(is_facts)
            client.want_check("a")
            assert ear.replies.get(timeout=PATIENCE_S) == reply


# A clip that takes too much.


def child_with(code: str) -> list[str]:
    """The real child, something of it changed."""
    return [sys.executable, "-c", f"from facevid_gui.media import frames_child as child\n{code}\nchild.main()"]


def test_an_opening_that_takes_too_long_is_refused(ear: Ear) -> None:
    with running(ear, command=child_with("child.OPENING_LIMIT_S = -1.0")) as client:
        client.open_clip("a", clip())
        assert ear.until(is_ending) == [Failure("a", "clip_too_slow", "-1")]


def test_an_opening_that_hangs_is_ended(ear: Ear) -> None:
    hang = "import time\nchild.Clip.__init__ = lambda *_: time.sleep(60)"
    with running(ear, command=child_with(hang), patience_s=1.5) as client:
        client.warm_up()
        assert eventually(lambda: client._child_is_ready)
        client.open_clip("a", clip())
        assert ear.until(is_ending) == [Failure("a", "decoder_stalled", "1.5")]
        assert client._child is None


@LINUX
def test_a_clip_that_takes_more_memory_than_is_allowed_is_ended_and_said(ear: Ear) -> None:
    eat = "child.Clip.__init__ = lambda *_: bytearray(2**34)"
    with running(ear, command=child_with(eat)) as client:
        client.open_clip("a", clip())
        assert ear.until(is_ending) == [Failure("a", "clip_memory", "")]
        process = process_of(client)
        client.open_clip("b", clip())
        assert ear.until(is_ending) == [Failure("b", "clip_memory", "")]
        assert process_of(client) is process, "it goes on"


@LINUX
def test_a_clip_that_thinks_for_ever_is_ended_by_the_system(ear: Ear) -> None:
    """Even where the parent is patient, or stopped."""
    think = "child.CPU_LIMIT_S = 0\ndef think(*_):\n    while True: pass\nchild.Clip.__init__ = think"
    with running(ear, command=child_with(think), patience_s=60) as client:
        client.open_clip("a", clip())
        assert ear.until(is_ending) == [Failure("a", "decoder_crashed", "the child ended")]
