"""One small clip for each way a recording can be, and what is to be seen of it. Each is made once per session."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests.support.media_clips import (
    FRAGMENTED,
    INDEX_FIRST,
    TICKS,
    at_rate,
    boxes,
    make_clip,
    make_long_clip,
    make_sound_only,
    make_talking_clip,
    turned,
)

FRAMES, FPS = 36, 30
VARIABLE = [0, 3000, 9000, 9090, 20_000, 30_000, 30_500, 31_000, 60_000, 63_000, 66_000, 90_000]
HOURS, LONG_FPS = 2, 10
LONG_FRAMES = HOURS * 3600 * LONG_FPS


@dataclass(frozen=True)
class Fixture:
    """A way to make a clip. `refused` is the message id of a clip that is not shown; otherwise it has `frames`.

    The picture of frame n bears the number n % `group`. `turn` and `mirrored` are what the container asks for.
    `plays`: whether the player can run it; `wrong` is a word the health line must say, in English.
    """

    make: Callable[[], bytes]
    frames: int = FRAMES
    refused: str = ""
    group: int = 4096
    turn: int = 0
    mirrored: bool = False
    plays: bool = True
    wrong: str = ""
    sound: bool = False
    spoken: bool = False
    size: tuple[int, int] = (96, 64)  # as it is shown, before it is turned


def _plain() -> bytes:
    return make_clip(at_rate(FRAMES, FPS), key_every=12, b_frames=2, sound=True)


def _made(**how: object) -> Callable[[], bytes]:
    return lambda: make_clip(at_rate(FRAMES, FPS), **{"key_every": 12, **how})  # type: ignore[arg-type]


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 8 // 9]


def _without_index() -> bytes:
    data = _plain()
    return data[: boxes(data, "moov")[0][0] - 8]


FIXTURES = {
    "plain": Fixture(_plain, sound=True),
    "index first": Fixture(_made(options=INDEX_FIRST, b_frames=2)),
    "fragmented": Fixture(_made(options=FRAGMENTED, sound=True), sound=True),
    "fragmented with B-frames": Fixture(_made(options=FRAGMENTED, b_frames=2)),
    "variable rate": Fixture(lambda: make_clip(VARIABLE, key_every=5), frames=len(VARIABLE)),
    "turned 90": Fixture(lambda: turned(_plain(), 90), turn=90, sound=True),
    "turned -90": Fixture(lambda: turned(_plain(), 270), turn=270, sound=True),
    "mirrored": Fixture(lambda: turned(_plain(), 0, mirrored=True), mirrored=True, sound=True),
    "turned and mirrored": Fixture(
        lambda: turned(_plain(), 90, mirrored=True), turn=90, mirrored=True, sound=True, plays=False
    ),
    "wide pixels": Fixture(_made(settings=":sar=2/1"), size=(192, 64)),
    "narrow pixels": Fixture(_made(settings=":sar=3/4"), size=(96, 85)),
    "no sound": Fixture(_made(), wrong="no sound track"),
    "sound only": Fixture(make_sound_only, refused="clip_sound_only"),
    "HEVC": Fixture(_made(encoder="libx265", b_frames=2)),
    "VP9 in WebM": Fixture(_made(encoder="libvpx-vp9", container="webm")),
    "AV1": Fixture(_made(encoder="libsvtav1"), plays=False),
    "3GP": Fixture(_made(encoder="mpeg4", container="3gp", clock=30_000)),
    "MOV": Fixture(_made(container="mov", b_frames=2)),
    "truncated": Fixture(lambda: _cut(_made(options=INDEX_FIRST)()), frames=0, wrong="cut off"),
    "truncated WebM": Fixture(lambda: _cut(_made(encoder="libvpx-vp9", container="webm")()), frames=0, wrong="cut off"),
    "truncated before its index": Fixture(_without_index, refused="clip_no_index"),
    "zero bytes": Fixture(bytes, refused="clip_empty"),
    "one frame": Fixture(lambda: make_clip([0]), frames=1),
    "huge": Fixture(
        lambda: make_clip([0], container="mov", encoder="mjpeg", pixels="yuvj420p", size=(16_400, 64)),
        refused="clip_dimensions",
    ),
    "hours long": Fixture(
        cache(lambda: make_long_clip(LONG_FRAMES, LONG_FPS)), frames=LONG_FRAMES, group=250, wrong="the first 3,000"
    ),
    "minutes between frames": Fixture(lambda: make_clip([n * 120 * TICKS for n in range(60)]), frames=60),
    "days long": Fixture(lambda: make_clip([n * 3600 * TICKS for n in range(26)]), refused="clip_lasts_too_long"),
    "sound goes on": Fixture(
        lambda: make_talking_clip([(0.2, 2.5)], seconds=3.0, pictures_s=1.0),
        25,
        wrong="pictures end at 00:01.000 of",
        sound=True,
        spoken=True,
    ),
    "sixteen streams": Fixture(_made(copies=16), wrong="15 more picture tracks, not shown"),
    "many streams": Fixture(lambda: make_clip([0], copies=17), refused="clip_too_many_streams"),
    "a page": Fixture(lambda: b"<html>not found</html>" * 99, refused="clip_unreadable"),
    "a picture": Fixture(lambda: b"\xff\xd8\xff\xe0" + bytes(5000), refused="clip_container"),
    "noise": Fixture(lambda: bytes(n * n % 251 for n in range(50_000)), refused="clip_unreadable"),
}


@cache
def fixture(name: str) -> bytes:
    """The bytes of a fixture."""
    return FIXTURES[name].make()
