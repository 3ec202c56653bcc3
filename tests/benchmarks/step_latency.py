"""How long the desk takes to show a frame, beside bare PyAV in the same run. Asserts nothing.

    python -m tests.benchmarks.step_latency [--rounds N] [--size WxH]

Ours is measured where a person feels it: from the wish in the GUI thread to the picture that is handed to the canvas,
through the child process, with an event loop that runs. Beside it stands what PyAV takes for the same frames in this
process, without anybody waiting for it: decoded from the key frame before (a new group), or just taken from a list and
made a picture (cached). The longest gap of the event loop is that of a timer of 5 ms, in any of it; what other
programs took meanwhile is left out where the system tells (Linux).
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import io

import av
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from facevid_gui.bridge.exact import SOUND_SLICES, ExactFrame, ExactFrames
from facevid_gui.bridge.screening import FILMSTRIP_FRAMES
from tests.benchmarks.results import Result, tell
from tests.support.media_clips import TICKS, make_clip
from tests.support.window_heartbeat import waited_ms

FRAMES, FPS, GROUP = 150, 25, 25
FRAME_MS = 1000 / FPS
PATIENCE_S = 30


class Desk:
    """Exact frames with a loop that waits for what comes, and a heart."""

    def __init__(self) -> None:
        self.exact = ExactFrames()
        self.loop = QEventLoop()
        self.frames: list[ExactFrame] = []
        self.thumbnails = 0
        self.looks: set[str] = set()
        self.longest_gap_ms = 0.0
        self._beat_at, self._waited_ms = time.perf_counter(), waited_ms()
        self.exact.facts_found.connect(lambda _: self.loop.quit())
        self.exact.frame_ready.connect(self._on_frame)
        self.exact.thumbnail_ready.connect(self._on_thumbnail)
        self.exact.sound_heard.connect(lambda _: self._on_look("sound"))
        self.exact.clip_checked.connect(lambda _: self._on_look("check"))
        self._heart = QTimer()
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(self._beat)
        self._heart.start(5)
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.timeout.connect(self._too_late)

    def wait(self, act: Callable[[], object], reached: Callable[[], object]) -> float:
        """Milliseconds from an act until something is so."""
        self._alarm.start(PATIENCE_S * 1000)
        began = self._beat_at = time.perf_counter()
        self._waited_ms = waited_ms()
        act()
        while not reached():
            self.loop.exec()
        self._alarm.stop()
        return (time.perf_counter() - began) * 1000

    def rest(self, milliseconds: int) -> None:
        """Let come what was asked for ahead."""
        QTimer.singleShot(milliseconds, self.loop.quit)
        self.loop.exec()

    def frame(self, number: int) -> float:
        self.frames.clear()
        return self.wait(lambda: self.exact.want(number), lambda: self.frames)

    def _on_frame(self, frame: ExactFrame) -> None:
        self.frames.append(frame)
        self.loop.quit()

    def _on_thumbnail(self, _: ExactFrame) -> None:
        self.thumbnails += 1
        self.loop.quit()

    def _on_look(self, what: str) -> None:
        self.looks.add(what)
        self.loop.quit()

    def _beat(self) -> None:
        now, waited = time.perf_counter(), waited_ms()
        self.longest_gap_ms = max(self.longest_gap_ms, (now - self._beat_at) * 1000 - (waited - self._waited_ms))
        self._beat_at, self._waited_ms = now, waited

    def _too_late(self) -> None:
        raise SystemExit("it did not come")


class Bare:
    """The same with PyAV alone, as quick as it goes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open()

    def open(self) -> float:
        """Open, read the index of all packets, decode and convert the first frame."""
        return timed(self._open)

    def _open(self) -> None:
        self._container = av.open(io.BytesIO(self._data))
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._packets = [packet for packet in self._container.demux(self._stream) if packet.size]
        self._container.seek(0)
        picture_of(next(self._container.decode(self._stream)))

    def group(self, number: int) -> float:
        """Seek to the key frame before, decode up to the frame, make it a picture."""
        return timed(lambda: self._to(number))

    def _to(self, number: int) -> None:
        self._container.seek(number * TICKS // FPS, stream=self._stream)
        for frame in self._container.decode(self._stream):
            if (frame.pts or 0) >= number * TICKS // FPS:
                picture_of(frame)
                return

    def converted(self) -> float:
        """Make a decoded frame a picture: the least that a step costs who keeps decoded frames."""
        frame = next(self._container.decode(self._stream))
        return timed(lambda: picture_of(frame))

    def filmstrip(self) -> float:
        """Decode everything, make every twelfth part a small picture."""

        def work() -> None:
            self._container.seek(0)
            for number, frame in enumerate(self._container.decode(self._stream)):
                if number % (FRAMES // FILMSTRIP_FRAMES) == 0:
                    picture_of(frame, 96)

        return timed(work)

    def waveform(self) -> float:
        """Decode the sound and find the loudest sample of each piece that comes."""

        def work() -> None:
            with av.open(io.BytesIO(self._data)) as container:
                plain = av.AudioResampler("s16")
                for frame in container.decode(audio=0):
                    for piece in plain.resample(frame):
                        max(memoryview(piece.planes[0]).cast("B").cast("h"))

        return timed(work)

    def check(self) -> float:
        """Decode every frame."""

        def work() -> None:
            self._container.seek(0)
            for _ in self._container.decode(self._stream):
                pass

        return timed(work)


def picture_of(frame: av.VideoFrame, height: int = 0) -> QImage:
    """An RGB picture of its own memory."""
    width = frame.width * height // frame.height if height else frame.width
    rgb = frame.reformat(format="rgb24", width=width, height=height or frame.height)
    plane = rgb.planes[0]
    return QImage(bytes(plane), rgb.width, rgb.height, plane.line_size, QImage.Format.Format_RGB888).copy()


def timed(act: Callable[[], object]) -> float:
    """Milliseconds an act takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def measure_ours(data: bytes, clip: str, desk: Desk) -> dict[str, float]:
    """One opening of the clip and everything that follows from it."""
    spent: dict[str, float] = {}
    desk.looks.clear()
    desk.thumbnails = 0

    def open_clip() -> None:
        desk.frames.clear()
        desk.exact.open(clip, data)
        while desk.exact.facts is None:
            desk.loop.exec()
        desk.exact.want(0)

    spent["open"] = desk.wait(open_clip, lambda: desk.frames)
    spent["filmstrip"] = desk.wait(
        lambda: desk.exact.want_thumbnails(FILMSTRIP_FRAMES), lambda: desk.thumbnails == FILMSTRIP_FRAMES
    )
    client = desk.exact._client
    spent["waveform"] = desk.wait(lambda: client.want_sound(clip, SOUND_SLICES), lambda: "sound" in desk.looks)
    spent["check"] = desk.wait(lambda: client.want_check(clip), lambda: "check" in desk.looks)
    spent["new group"] = statistics.median(desk.frame(number) for number in (62, 137, 12, 112, 37, 87))
    desk.frame(60)
    desk.rest(400)
    spent["cached"] = statistics.median(desk.frame(number) for number in (61, 62, 63, 62, 61, 60))
    return spent


def measure_bare(bare: Bare) -> dict[str, float]:
    """The same with PyAV alone."""
    return {
        "open": bare.open(),
        "filmstrip": bare.filmstrip(),
        "waveform": bare.waveform(),
        "check": bare.check(),
        "new group": statistics.median(bare.group(number) for number in (62, 137, 12, 112, 37, 87)),
        "cached": statistics.median(bare.converted() for _ in range(6)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", default="480x640")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    times = [number * TICKS // FPS for number in range(FRAMES)]
    data = make_clip(times, key_every=GROUP, b_frames=2, size=(width, height), tone_s=FRAMES / FPS)
    application = QGuiApplication([])
    desk, bare = Desk(), Bare(data)
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    for number in range(arguments.rounds + 1):
        for spent, kept in ((measure_ours(data, f"clip {number}", desk), ours), (measure_bare(bare), theirs)):
            for name, value in spent.items():
                if number:  # the first round starts the child
                    kept.setdefault(name, []).append(value)
    desk.exact.shut_down()
    print(f"{arguments.rounds} rounds, medians; {FRAMES} frames of {width}x{height}, a key frame every {GROUP}")
    print(f"    {'':<34} {'ours':>9} {'bare PyAV':>12}")
    for name in ("open", "filmstrip", "waveform", "check", "new group", "cached"):
        mine, other = statistics.median(ours[name]), statistics.median(theirs[name])
        print(f"    {NAMES[name]:<34} {mine:6.2f} ms {other:9.2f} ms {mine / other:6.2f} x")
        tell(Result(f"exact frames: {NAMES[name]}", mine, "ms", "bare PyAV", other))
    cached = statistics.median(ours["cached"])
    print(f"    a step from the cache takes {cached / FRAME_MS:.3f} of the time a frame lasts ({FRAME_MS:.0f} ms)")
    tell(Result("exact frames: a step within one frame time", cached, "ms", "a frame lasts", FRAME_MS, 1.0))
    print(f"    longest gap of the event loop {desk.longest_gap_ms:.0f} ms")
    del application
    os._exit(0)


NAMES = {
    "open": "open, first frame as a picture",
    "filmstrip": f"filmstrip of {FILMSTRIP_FRAMES}",
    "waveform": "waveform",
    "check": "every frame decoded once",
    "new group": "step into another group of pictures",
    "cached": "step from the cache",
}


if __name__ == "__main__":
    main()
