"""Make the synthetic demo media of facevid_gui.

What enters
    Nothing but this script: the people, their movements and the sounds are all drawn and
    computed here.  No photograph, recording or likeness of a real person is used.

What leaves
    Six videos and two still pictures, written to OUTPUT_DIR (default: this script's folder):

    ========================  =========  ======  ========================================================
    file                      container  person  what it shows
    ========================  =========  ======  ========================================================
    liveness-plain.mp4        faststart  1       6 s, 25 fps, B-frames; sways, turns a little, blinks
    liveness-fragmented.mp4   fragments  2       6 s; turns to both sides, blinks
    question.mp4              fragments  2       6 s; a rising tone "asks", a voice answers at 3.5-4.5 s
    nod-01.mp4                fragments  2       3 s; prompt tone, one slow nod tilting to one side
    nod-02.mp4                fragments  2       3 s; prompt tone, two nods tilting to the other side
    order.mp4                 moov last  3       5 s, B-frames; speaks throughout
    photo.jpg                 JPEG       3       480x640, frontal, eyes open
    photo.png                 PNG        2       480x640, frontal, eyes open
    ========================  =========  ======  ========================================================

    Every video is 480x640 H.264 (yuv420p, BT.601, 25 fps) with AAC 16 kHz mono.  The fragmented
    ones begin with the 28 bytes in FRAGMENTED_FTYP (major brand iso5, minor version 1, compatible
    brands isom, iso5, hlsf), keep no samples in moov, hold about one second per moof and carry no
    sidx, mfra or edit list; their video starts at 0 and has no B-frames.

How to run
    python resources/demo/make_demo_media.py [OUTPUT_DIR]

    Needs Python 3.11 or newer with av, numpy and Pillow.  The same versions on the same kind of
    machine give byte-identical files.  All files are made in a temporary folder, decoded again and
    checked frame by frame; only if every check passes are they moved to OUTPUT_DIR.  The exit
    status is 1, and nothing is replaced, if a check fails or the total is 2,000,000 bytes or more.

Frame numbers
    Frames are numbered from 1: frame n of a clip is the one shown from (n - 1) / 25 s on.  The
    number is drawn twice in every video frame (pixel coordinates from the top left, in 480x640):

    * as text: rows 576 to 615 are a dark strip with "frame 061 / 150", the time of the frame, the
      name of the clip and SYNTHETIC DEMO;
    * as blocks: rows 616 to 639, the very bottom edge, are 12 blocks side by side, each 40 px wide
      and 24 px high with no gap.  Block i (i = 0 at the left) covers columns 40*i to 40*i + 39 and
      is white for a 1 and black for a 0 in the 12-bit binary number, most significant bit first.

    ``read_frame_number`` reads the blocks back: it averages the middle half (in both directions)
    of each block and compares with mid-grey.  It scales the geometry, so it also works on a
    resized frame.  All blocks black is the number 0, which no frame carries.  The still pictures
    have no blocks; their text strip is at the bottom edge (rows 600 to 639).
"""

from __future__ import annotations

import argparse
import hashlib
import math
import shutil
import struct
import sys
import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags as CodecFlags
from av.video.frame import PictureType
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

Points = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float64]
Colour = tuple[int, int, int] | tuple[int, int, int, int]
Rgb = tuple[int, int, int]

WIDTH, HEIGHT = 480, 640
FPS = 25
SAMPLE_RATE = 16_000
AAC_FRAME = 1024
SUPERSAMPLING = 3
SIZE_LIMIT = 2_000_000

CODE_BITS = 12
CODE_HEIGHT = 24
LABEL_HEIGHT = 40

FRAGMENTED_FTYP = struct.pack(">I4s4sI4s4s4s", 28, b"ftyp", b"iso5", 1, b"isom", b"iso5", b"hlsf")

NAVY: Rgb = (21, 27, 38)
WHITE: Rgb = (255, 255, 255)
INK: Rgb = (38, 30, 34)


class CheckError(Exception):
    """A made file is not what it should be."""


def require(condition: bool, message: str) -> None:
    """Raise CheckError with the message unless the condition holds."""
    if not condition:
        raise CheckError(message)


# --------------------------------------------------------------------------------------------------
# Frame number blocks
# --------------------------------------------------------------------------------------------------


def read_frame_number(rgb_or_luma_array: npt.NDArray[Any]) -> int:
    """Return the frame number in the blocks at the bottom edge of a picture.

    The array is (height, width) luma or (height, width, 3 or 4) RGB(A), 8 bits a value, full or
    video range.  Raises ValueError if a block is neither clearly black nor clearly white.
    """
    picture = np.asarray(rgb_or_luma_array, dtype=np.float64)
    if picture.ndim == 3:
        picture = picture[:, :, :3].mean(axis=2)
    height, width = picture.shape
    strip = CODE_HEIGHT * height / HEIGHT
    block = width / CODE_BITS
    rows = slice(round(height - 0.75 * strip), round(height - 0.25 * strip))
    number = 0
    for index in range(CODE_BITS):
        columns = slice(round((index + 0.25) * block), round((index + 0.75) * block))
        level = float(picture[rows, columns].mean())
        if 88 < level < 168:
            raise ValueError(f"block {index} is neither black nor white (mean {level:.0f})")
        number = number * 2 + (level >= 128)
    return number


def draw_frame_code(pen: ImageDraw.ImageDraw, number: int) -> None:
    """Draw the blocks that read_frame_number reads."""
    block = WIDTH // CODE_BITS
    for index in range(CODE_BITS):
        bit = number >> (CODE_BITS - 1 - index) & 1
        box = (index * block, HEIGHT - CODE_HEIGHT, (index + 1) * block - 1, HEIGHT - 1)
        pen.rectangle(box, fill=WHITE if bit else (0, 0, 0))


# --------------------------------------------------------------------------------------------------
# Drawing tools
# --------------------------------------------------------------------------------------------------


def points(*pairs: tuple[float, float]) -> Points:
    """Return the pairs as an array of points."""
    return np.array(pairs, dtype=np.float64)


def mirrored(half: Points) -> Points:
    """Close a right-hand outline, given from top to bottom, with its mirror image on the left."""
    other = half[half[:, 0] > 0][::-1] * np.array([-1.0, 1.0])
    return np.concatenate([half, other])


def ellipse(x: float, y: float, radius_x: float, radius_y: float) -> Points:
    """Return the outline of an ellipse."""
    angle = np.linspace(0.0, 2 * math.pi, 49)[:-1]
    return np.column_stack([x + radius_x * np.cos(angle), y + radius_y * np.sin(angle)])


def smooth(knots: Points, closed: bool = True, steps: int = 10) -> Points:
    """Return a Catmull-Rom curve through the knots."""
    if closed:
        extended = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        extended = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(extended, extended[1:], extended[2:], extended[3:], strict=False):
        cubic = (3 * (p1 - p2) + p3 - p0) * t**3 + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        pieces.append(0.5 * (cubic + (p2 - p0) * t + 2 * p1))
    if not closed:
        pieces.append(knots[-1:])
    return np.concatenate(pieces)


def ribbon(path: Points, widths: float | Points) -> Points:
    """Return the outline of a line along the path, as wide as given at each of its points."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    offset = normal * (np.broadcast_to(widths, len(path))[:, None] / 2)
    return np.concatenate([path + offset, (path - offset)[::-1]])


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the first colour with a share (0 to 1) of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Canvas:
    """A picture drawn larger than needed, so that shrinking it smooths every edge."""

    def __init__(self, background: Image.Image) -> None:
        """Start from a copy of a background that is SUPERSAMPLING times the final size."""
        self._image = background.copy()
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def fill(self, outline: Points, colour: Colour) -> None:
        """Fill an outline given in final pixels."""
        self._pen.polygon([(x, y) for x, y in (outline * SUPERSAMPLING).tolist()], fill=colour)

    def line(self, path: Points, width: float, colour: Colour, taper: bool = False) -> None:
        """Draw a line with round ends, or one that thins out towards its ends."""
        if taper:
            profile = np.sin(np.linspace(0.12, math.pi - 0.12, len(path))) ** 0.6
            self.fill(ribbon(path, width * profile), colour)
            return
        self.fill(ribbon(path, width), colour)
        for x, y in (path[0], path[-1]):
            self.fill(ellipse(x, y, width / 2, width / 2), colour)

    def finish(self) -> Image.Image:
        """Return the picture at its final size."""
        return self._image.reduce(SUPERSAMPLING)


# --------------------------------------------------------------------------------------------------
# People and poses
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """The colours and styles of one synthetic person."""

    skin: Rgb
    hair: Rgb
    shirt: Rgb
    iris: Rgb
    lips: Rgb
    backdrop: Rgb
    hair_style: str
    collar: str
    beard: bool = False
    lashes: bool = False

    @property
    def shade(self) -> Rgb:
        """The skin where less light falls."""
        return mix(self.skin, (110, 40, 40), 0.22)


@dataclass(frozen=True)
class Pose:
    """How a person holds the head and face; angles in degrees, shifts in pixels."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    breath: float = 0.0
    lids: float = 1.0
    mouth: float = 0.0
    mouth_width: float = 1.0
    smile: float = 0.85
    gaze: float = 0.0


PERSON_1 = Person(
    skin=(250, 212, 184), hair=(146, 68, 40), shirt=(38, 132, 136), iris=(62, 128, 92), lips=(206, 98, 98),
    backdrop=(222, 233, 240), hair_style="long", collar="crew", lashes=True,
)  # fmt: skip
PERSON_2 = Person(
    skin=(150, 96, 66), hair=(42, 30, 32), shirt=(236, 170, 58), iris=(74, 44, 28), lips=(150, 66, 66),
    backdrop=(226, 238, 224), hair_style="curly", collar="vee", lashes=True,
)  # fmt: skip
PERSON_3 = Person(
    skin=(226, 176, 134), hair=(78, 56, 44), shirt=(104, 92, 168), iris=(66, 98, 140), lips=(186, 98, 88),
    backdrop=(240, 231, 221), hair_style="short", collar="shirt", beard=True,
)  # fmt: skip

HEAD_X, HEAD_Y = 240.0, 268.0
NECK_PIVOT = np.array([0.0, 125.0])
FACE = smooth(
    mirrored(points((0, -138), (52, -130), (88, -96), (101, -40), (99, 14), (90, 62), (66, 106), (34, 130), (0, 137)))
)


class Head:
    """Places head points (origin between the eyes and nose, front view) in the picture."""

    def __init__(self, pose: Pose) -> None:
        """Remember the pose as sines and cosines."""
        yaw, pitch, roll = (math.radians(a) for a in (pose.yaw, pose.pitch, pose.roll))
        self._yaw = math.sin(yaw), math.cos(yaw)
        self._pitch = math.sin(pitch), math.cos(pitch)
        self._roll = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
        self._shift = np.array([HEAD_X + pose.dx, HEAD_Y + pose.dy])

    def place(self, outline: Points, depth: float) -> Points:
        """Turn an outline that lies ``depth`` pixels before the middle of the head."""
        sin_yaw, cos_yaw = self._yaw
        sin_pitch, cos_pitch = self._pitch
        x, y = outline[:, 0], outline[:, 1]
        turned = -x * sin_yaw * 0.35 + depth * cos_yaw
        flat = np.column_stack([x * cos_yaw + depth * sin_yaw, y * cos_pitch + turned * sin_pitch])
        placed: Points = (flat - NECK_PIVOT) @ self._roll + NECK_PIVOT + self._shift
        return placed


class Artist:
    """Draws one person in one pose."""

    def __init__(self, canvas: Canvas, person: Person, pose: Pose) -> None:
        """Keep what all parts need."""
        self.canvas = canvas
        self.person = person
        self.pose = pose
        self.head = Head(pose)

    def part(self, outline: Points, depth: float, colour: Colour) -> None:
        """Fill an outline that moves with the head."""
        self.canvas.fill(self.head.place(outline, depth), colour)

    def curve(self, path: Points, depth: float, width: float, colour: Colour, taper: bool = False) -> None:
        """Draw a line that moves with the head."""
        self.canvas.line(self.head.place(path, depth), width, colour, taper)

    def draw(self) -> None:
        """Draw the whole person, back to front."""
        self.hair_behind()
        self.body()
        self.ears()
        self.part(FACE, 0, self.person.skin)
        for side in (-1, 1):
            self.part(ellipse(side * 55, 40, 21, 14), 46, (*mix(self.person.lips, (240, 90, 90), 0.5), 46))
        if self.person.beard:
            self.beard()
        self.nose()
        for side in (-1, 1):
            self.eye(side)
            self.brow(side)
        self.mouth()
        self.hair_in_front()

    # -- body --------------------------------------------------------------------------------------

    def body(self) -> None:
        """Draw neck, shoulders and shirt; they follow the head only a little."""
        person, pose = self.person, self.pose
        move = np.array([HEAD_X + 0.25 * pose.dx, HEAD_Y + 0.1 * pose.dy + pose.breath])
        top = np.array([0.55 * pose.dx, 0.0])
        neck = mirrored(points((47, 70), (46, 150), (58, 182), (84, 196), (0, 260)))
        neck[neck[:, 1] < 100] += top
        self.canvas.fill(neck + move, person.skin)
        reach = 156 + 0.5 * pose.dy + 0.7 * pose.pitch
        shadow = smooth(points((-46.5, 76), (46.5, 76), (46, 128), (24, reach), (-24, reach), (-46, 128)))
        shadow[shadow[:, 1] < 100] += top
        self.canvas.fill(shadow + move, person.shade)
        neckline = {"crew": (56, 186), "vee": (60, 222), "shirt": (54, 216)}[person.collar]
        side = points((58, 176), (86, 190), (136, 206), (186, 232), (214, 290), (222, 380))
        inner = points((-58, 176), (-34, neckline[0] + 138), (0, neckline[1] + 12), (34, neckline[0] + 138))
        if person.collar != "crew":
            inner = points((-58, 176), (-26, neckline[1] - 18), (0, neckline[1] + 8), (26, neckline[1] - 18))
        opening = smooth(np.concatenate([inner, side[:1]]), closed=False)
        outside = smooth(side, closed=False)
        shirt = np.concatenate([outside, outside[::-1] * np.array([-1.0, 1.0]), opening])
        self.canvas.fill(shirt + move, person.shirt)
        self.collar(opening, move)

    def collar(self, opening: Points, move: Points) -> None:
        """Draw the edge of the neckline and the sleeve seams."""
        dark = mix(self.person.shirt, INK, 0.28)
        for side in (-1, 1):
            seam = smooth(points((150 * side, 268), (154 * side, 300), (152 * side, 340)), closed=False)
            self.canvas.line(seam + move, 3, dark)
        if self.person.collar != "shirt":
            self.canvas.line(opening + move, 8, dark)
            return
        light = mix(self.person.shirt, WHITE, 0.22)
        for side in (-1, 1):
            flap = points((60, 170), (76, 186), (52, 244), (2, 222), (30, 204)) * np.array([side, 1.0])
            self.canvas.fill(flap + move, light)
        self.canvas.line(points((0, 228), (0, 340)) + move, 3, dark)
        for y in (258, 294):
            self.canvas.fill(ellipse(0, y, 4.5, 4.5) + move, light)

    def ears(self) -> None:
        """Draw both ears behind the face, unless long hair covers them."""
        if self.person.hair_style == "long":
            return
        for side in (-1, 1):
            self.part(ellipse(side * 101, 12, 17, 29), -14, self.person.skin)
            self.part(ellipse(side * 104, 12, 8.5, 18), -12, self.person.shade)

    # -- face --------------------------------------------------------------------------------------

    def nose(self) -> None:
        """Draw the tip and the wings of the nose."""
        shade = self.person.shade
        tip = smooth(points((-19, 30), (-14, 40), (0, 45), (14, 40), (19, 30)), closed=False)
        self.curve(tip, 88, 5, shade, taper=True)
        bridge = smooth(points((-9, -18), (-12, 0), (-15, 18)), closed=False)
        self.curve(bridge, 82, 4, mix(self.person.skin, shade, 0.6), taper=True)

    def eye(self, side: int) -> None:
        """Draw one eye with its lids as far open as the pose says."""
        person, pose = self.person, self.pose
        middle = np.array([44.0 * side, -12.0])
        x = np.linspace(-1.0, 1.0, 25)
        bow = np.sqrt(np.maximum(1 - x**2, 0.0))
        lower = np.column_stack([23 * x, 9.5 * bow**1.6]) + middle
        upper = np.column_stack([23 * x, -13.5 * bow]) + middle
        lid = lower + (upper - lower) * pose.lids * (1.0 if person.lashes else 0.92)
        self.part(np.concatenate([upper, lower[::-1]]), 72, (250, 250, 248))
        look = middle + np.array([pose.gaze, -1.5])
        self.part(ellipse(look[0], look[1], 11.5, 11.5), 72, mix(person.iris, INK, 0.35))
        self.part(ellipse(look[0], look[1], 10, 10), 72, person.iris)
        self.part(ellipse(look[0], look[1], 5, 5), 72, (18, 14, 18))
        self.part(ellipse(look[0] + 3.6, look[1] - 4.2, 2.6, 2.6), 72, WHITE)
        over = np.column_stack([24.5 * x, -19.5 * bow]) + middle
        under = np.column_stack([24.5 * x, 15 * bow]) + middle
        self.part(np.concatenate([over, lid[::-1]]), 72, mix(person.skin, person.shade, 0.55))
        self.part(np.concatenate([lower, under[::-1]]), 72, person.skin)
        self.curve(lower[3:-3], 72, 2, mix(person.skin, person.shade, 0.9), taper=True)
        self.curve(lid, 72, 5 if person.lashes else 4, INK, taper=True)
        if person.lashes:
            tip = lid[-3] if side > 0 else lid[2]
            lash = points((tip[0], tip[1]), (tip[0] + 9 * side, tip[1] - 3.5 + 5 * (1 - pose.lids)))
            self.curve(lash, 72, 3, INK)

    def brow(self, side: int) -> None:
        """Draw one eyebrow; it sinks slightly when the eye closes."""
        sink = 2.5 * (1 - self.pose.lids)
        arch = points((20, -43), (40, -51), (58, -49), (72, -40)) * np.array([side, 1.0])
        thick = 8.5 if self.person.beard else 7.0
        path = smooth(arch, closed=False) + np.array([0.0, sink])
        self.curve(path, 74, thick, mix(self.person.hair, INK, 0.25), taper=True)

    def mouth(self) -> None:
        """Draw lips, and teeth and tongue as far as the mouth is open."""
        person, pose = self.person, self.pose
        x = np.linspace(-1.0, 1.0, 33)
        bow = np.maximum(1 - x**2, 0.0)
        across = 35 * pose.mouth_width * x
        middle = 74 + pose.smile * (12 * bow - 8)
        drop = 24 * pose.mouth * bow**0.6
        upper = middle - 1.5 * pose.mouth * bow
        lower = middle + drop
        notch = 1 - 0.35 * np.exp(-((x / 0.16) ** 2))
        lips_top, lips_bottom = upper - 6.5 * bow**0.8 * notch, lower + 9 * bow**0.8
        self.part(self._band(across, lips_top, lips_bottom), 78, person.lips)
        if pose.mouth > 0.04:
            self.part(self._band(across, upper, lower), 78, (84, 28, 34))
            tongue = np.maximum(upper, lower - 9 * pose.mouth)
            self.part(self._band(across, tongue, lower), 78, (206, 96, 100))
            teeth = np.minimum(lower, upper + 7 * min(1.0, 1.6 * pose.mouth) * bow**0.5)
            self.part(self._band(across, upper, teeth), 78, (252, 250, 246))
        else:
            self.curve(np.column_stack([across, middle]), 78, 3, mix(person.lips, INK, 0.45), taper=True)

    @staticmethod
    def _band(across: Points, top: Points, bottom: Points) -> Points:
        """Return the outline between two curves over the same columns."""
        return np.concatenate([np.column_stack([across, top]), np.column_stack([across, bottom])[::-1]])

    def beard(self) -> None:
        """Draw a short beard along the jaw."""
        outer = points((98, 8), (97, 34), (88, 70), (66, 108), (34, 133), (0, 140))
        inner = points((0, 52), (26, 54), (50, 66), (74, 52), (88, 22))
        outline = smooth(mirrored(outer), closed=False)
        edge = smooth(mirrored(inner[::-1]), closed=False)
        colour = mix(self.person.hair, self.person.skin, 0.32)
        self.part(np.concatenate([outline, edge[::-1]]), 0, colour)

    # -- hair --------------------------------------------------------------------------------------

    def hair_behind(self) -> None:
        """Draw the hair that neck and face cover."""
        person = self.person
        if person.hair_style == "long":
            half = points((0, -160), (66, -146), (110, -88), (122, 0), (134, 90), (148, 160), (128, 204), (70, 206))
            self.part(smooth(mirrored(half)), -30, mix(person.hair, INK, 0.3))
        elif person.hair_style == "curly":
            self.curls(points((-101, -22), (101, -22), (-108, -48), (108, -48)), 27, -10)
            self.part(ellipse(0, -70, 116, 96), -26, person.hair)
        else:
            self.part(ellipse(0, -46, 107, 112), -20, mix(person.hair, INK, 0.2))

    def curls(self, centres: Points, radius: float, depth: float) -> None:
        """Draw round curls of the hair colour."""
        for x, y in centres.tolist():
            self.part(ellipse(x, y, radius, radius), depth, self.person.hair)

    def hair_in_front(self) -> None:
        """Draw the hair that covers the top of the face."""
        if self.person.hair_style == "long":
            self.parted_hair()
        elif self.person.hair_style == "curly":
            self.curly_hair()
        else:
            self.short_hair()

    def parted_hair(self) -> None:
        """Draw two long locks falling from a side parting."""
        hair = self.person.hair
        left = points((40, -164), (-30, -172), (-92, -140), (-122, -70), (-128, 20), (-126, 96), (-106, 70),
                      (-100, 0), (-90, -52), (-56, -92), (-6, -112))  # fmt: skip
        right = points((20, -166), (84, -148), (118, -84), (128, 10), (126, 96), (106, 70), (101, 4),
                       (96, -46), (78, -84), (46, -118))  # fmt: skip
        self.part(smooth(left), 22, hair)
        self.part(smooth(right), 22, hair)
        shine, dark = mix(hair, (255, 190, 130), 0.3), mix(hair, INK, 0.3)
        for path in (points((4, -142), (-48, -126), (-90, -84)), points((62, -136), (94, -100), (108, -56))):
            self.curve(smooth(path, closed=False), 24, 6, shine, taper=True)
        self.curve(smooth(points((31, -150), (31, -134), (20, -113)), closed=False), 24, 3, dark, taper=True)

    def curly_hair(self) -> None:
        """Draw a round crown of curls."""
        angles = np.radians(np.linspace(-172, -8, 13))
        outer = np.column_stack([112 * np.cos(angles), -62 + 98 * np.sin(angles)])
        self.curls(outer, 29, 4)
        inner = np.column_stack([84 * np.cos(angles[1:-1]), -82 + 52 * np.sin(angles[1:-1])])
        self.curls(inner, 27, 26)
        fringe = points((-90, -62), (-74, -88), (-46, -101), (-16, -108), (16, -106), (46, -101), (74, -88), (90, -62))
        self.curls(fringe, 21, 34)
        shine = mix(self.person.hair, (190, 140, 130), 0.28)
        angles = np.radians(np.linspace(195, 300, 12))
        arc = 17 * np.column_stack([np.cos(angles), np.sin(angles)])
        for x, y in ((-84, -118), (-44, -146), (4, -152), (52, -140), (88, -108), (-20, -118), (34, -116)):
            self.curve(arc + np.array([x, y]), 28, 3.5, shine, taper=True)

    def short_hair(self) -> None:
        """Draw short hair swept to one side."""
        hair = self.person.hair
        cap = points((-101, -8), (-112, -60), (-104, -116), (-66, -158), (-8, -178), (60, -172), (102, -132),
                     (112, -64), (101, -8), (96, -40), (86, -72), (60, -84), (10, -98), (-44, -112),
                     (-80, -82), (-94, -44))  # fmt: skip
        self.part(smooth(cap), 16, hair)
        shine = mix(hair, (230, 190, 150), 0.25)
        for path in (
            points((-58, -136), (-4, -154), (54, -142)),
            points((-24, -126), (30, -128), (78, -104)),
        ):
            self.curve(smooth(path, closed=False), 20, 5, shine, taper=True)


# --------------------------------------------------------------------------------------------------
# Movement
# --------------------------------------------------------------------------------------------------


def bump(t: float, centre: float, half_width: float) -> float:
    """Return a smooth rise and fall around the centre: 1 there, 0 from half_width away."""
    distance = abs(t - centre) / half_width
    return 0.5 + 0.5 * math.cos(math.pi * distance) if distance < 1 else 0.0


def glide(t: float, start: float, stop: float) -> float:
    """Return 0 before start, 1 after stop and a smooth passage between."""
    share = min(max((t - start) / (stop - start), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def lids_at(t: float, *blinks: float) -> float:
    """Return how far the eyes are open, closed at each of the given times."""
    return 1.0 - max((bump(t, blink, 0.15) for blink in blinks), default=0.0)


def sway(t: float, phase: float) -> Pose:
    """Return the gentle movement of someone who tries to keep still."""
    return Pose(
        yaw=3.0 * math.sin(1.05 * t + phase),
        pitch=1.2 * math.sin(0.8 * t + 2 * phase),
        roll=1.4 * math.sin(0.9 * t + 0.5 + phase),
        dx=5.0 * math.sin(0.95 * t + phase),
        dy=2.0 * math.sin(1.3 * t + phase),
        breath=1.6 * math.sin(1.6 * t),
    )


def move_liveness_plain(t: float) -> Pose:
    """Sway, one small turn to each side, three blinks."""
    pose = sway(t, 0.0)
    turn = 9.0 * (bump(t, 2.5, 0.9) - bump(t, 4.4, 0.9))
    return replace(pose, yaw=pose.yaw + turn, lids=lids_at(t, 1.2, 3.44, 5.2), smile=0.8 + 0.25 * glide(t, 4, 5))


def move_liveness_fragmented(t: float) -> Pose:
    """Look to both sides, then blink twice."""
    pose = sway(t, 1.0)
    turn = 15.0 * (bump(t, 1.6, 1.0) - bump(t, 3.4, 1.0))
    return replace(pose, yaw=pose.yaw + turn, gaze=-0.15 * turn, lids=lids_at(t, 0.8, 2.52, 4.72, 5.16))


def move_question(t: float) -> Pose:
    """Listen with a tilted head, then answer."""
    pose = sway(t, 2.0)
    tilt = 4.0 * (glide(t, 0.6, 1.4) - glide(t, 3.0, 3.5))
    openness, width = mouth_at(t, ANSWER)
    nodding = 3.0 * bump(t, 3.9, 0.5) + 2.5 * bump(t, 5.2, 0.35)
    return replace(
        pose, roll=pose.roll + tilt, pitch=pose.pitch + nodding, lids=lids_at(t, 1.52, 3.2, 5.0),
        mouth=openness, mouth_width=width, smile=0.65 + 0.3 * glide(t, 4.6, 5.1),
    )  # fmt: skip


def nod(t: float, depth: float, tilt: float, phase: float, *times: float) -> Pose:
    """Nod at the given times; positive depth lowers the chin."""
    pose = sway(t, phase)
    amount = sum(bump(t, time, 0.42) for time in times) - 0.3 * bump(t, times[0] - 0.5, 0.25)
    return replace(
        pose,
        pitch=pose.pitch + depth * amount,
        dy=pose.dy + 1.15 * depth * amount,
        roll=pose.roll + tilt * amount,
        lids=lids_at(t, times[-1] + 0.56),
    )


def move_nod_1(t: float) -> Pose:
    """One slow nod with a tilt to the right of the picture."""
    return nod(t * 0.8, 17.0, -4.5, 0.4, 1.1)


def move_nod_2(t: float) -> Pose:
    """Two nods with a tilt to the left of the picture."""
    return nod(t, 14.0, 4.0, 2.4, 1.04, 1.84)


def move_order(t: float) -> Pose:
    """Speak with small movements of the head."""
    pose = sway(t, 3.0)
    openness, width = mouth_at(t, SPEECH)
    stress = 2.2 * math.sin(2.9 * t) * math.sin(0.7 * t + 0.4)
    return replace(
        pose,
        pitch=pose.pitch + stress,
        lids=lids_at(t, 0.92, 2.6, 4.12),
        mouth=openness,
        mouth_width=width,
        smile=0.45,
    )


# --------------------------------------------------------------------------------------------------
# Sound
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sound:
    """A tone or a vowel; the pitch (Hz) glides to pitch_end."""

    start: float
    duration: float
    kind: str
    pitch: float
    pitch_end: float = 0.0
    gain: float = 1.0


# Three formants (Hz), then how far the mouth opens and how wide it is.
VOWELS: dict[str, tuple[tuple[float, float, float], float, float]] = {
    "a": ((740.0, 1150.0, 2500.0), 1.0, 1.0),
    "e": ((480.0, 1850.0, 2550.0), 0.62, 1.08),
    "i": ((300.0, 2200.0, 2950.0), 0.3, 1.14),
    "o": ((470.0, 850.0, 2450.0), 0.7, 0.8),
    "u": ((320.0, 780.0, 2300.0), 0.35, 0.68),
    "m": ((260.0, 1050.0, 2150.0), 0.0, 1.0),
}

ANSWER = (
    Sound(3.50, 0.36, "a", 138, 130),
    Sound(3.84, 0.30, "e", 132, 124),
    Sound(4.12, 0.38, "o", 126, 104),
)


def speech_sounds() -> tuple[Sound, ...]:
    """Return two spoken phrases of even syllables with a falling pitch."""
    sounds = []
    for index, vowel in enumerate("aeoiauoe" + "oaieuao"):
        phrase, place = divmod(index, 8)
        start = (0.25, 2.72)[phrase] + 0.28 * place
        pitch = 132 - 3.2 * place + (7 if place % 3 == 0 else 0)
        sounds.append(Sound(start, 0.33, vowel, pitch, pitch - 5))
    return tuple(sounds)


SPEECH = speech_sounds()


def mouth_at(t: float, sounds: tuple[Sound, ...]) -> tuple[float, float]:
    """Return how far the mouth is open and how wide it is while the vowels sound."""
    openness, width = 0.0, 1.0
    for sound in sounds:
        amount = bump(t, sound.start + sound.duration / 2, sound.duration / 2 + 0.04)
        _, vowel_open, vowel_width = VOWELS[sound.kind]
        openness = max(openness, amount * vowel_open)
        width += amount * (vowel_width - 1.0)
    return openness, width


def envelope(count: int, attack: float, release: float) -> Samples:
    """Return a smooth rise from and fall to silence over count samples."""
    t = np.arange(count) / SAMPLE_RATE
    rise = np.clip(t / attack, 0.0, 1.0)
    fall = np.clip((count / SAMPLE_RATE - t) / release, 0.0, 1.0)
    shape: Samples = np.sin(rise * math.pi / 2) ** 2 * np.sin(fall * math.pi / 2) ** 2
    return shape


def render_sound(sound: Sound) -> Samples:
    """Return the samples of one sound."""
    count = round(sound.duration * SAMPLE_RATE)
    t = np.arange(count) / SAMPLE_RATE
    pitch = np.linspace(sound.pitch, sound.pitch_end or sound.pitch, count)
    if sound.kind == "tone":
        phase = 2 * math.pi * np.cumsum(pitch) / SAMPLE_RATE
        wave = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.08 * np.sin(3 * phase)
        return sound.gain * 0.7 * wave * envelope(count, 0.03, min(0.3, 0.6 * sound.duration))
    formants, _, _ = VOWELS[sound.kind]
    pitch = pitch * (1 + 0.012 * np.sin(2 * math.pi * 5.2 * t))
    phase = 2 * math.pi * np.cumsum(pitch) / SAMPLE_RATE
    wave = np.zeros(count)
    for harmonic in range(1, int(3600 / sound.pitch)):
        frequency = harmonic * sound.pitch
        strengths = zip(formants, (1.0, 0.55, 0.25), (110.0, 150.0, 220.0), strict=True)
        level = sum(gain / (1 + ((frequency - formant) / width) ** 2) for formant, gain, width in strengths)
        wave += (level + 0.25 / harmonic**2) / harmonic**0.4 * np.sin(harmonic * phase + 0.7 * harmonic**2)
    wave *= 1 / max(float(np.abs(wave).max()), 1e-9)
    return sound.gain * wave * envelope(count, 0.06, min(0.12, 0.4 * sound.duration))


def render_track(duration: float, sounds: tuple[Sound, ...]) -> Samples:
    """Mix the sounds over a soft chord, fade in and out, and keep clear of clipping.

    The first AAC_FRAME samples are silent: see encode().
    """
    count = round(duration * SAMPLE_RATE)
    t = np.arange(count) / SAMPLE_RATE
    track = sum((0.05 * np.sin(2 * math.pi * f * t) for f in (196.0, 247.0, 294.0)), np.zeros(count))
    track *= 0.8 + 0.2 * np.sin(2 * math.pi * 0.4 * t)
    for sound in sounds:
        samples = render_sound(sound)
        first = round(sound.start * SAMPLE_RATE)
        stop = min(first + len(samples), count)
        track[first:stop] += samples[: stop - first]
    track *= 0.55 / float(np.abs(track).max())
    return np.concatenate([np.zeros(AAC_FRAME), track[AAC_FRAME:] * envelope(count - AAC_FRAME, 0.12, 0.25)])


def melody(kind: str, start: float, step: float, *pitches: float) -> tuple[Sound, ...]:
    """Return evenly spaced notes, each running a little into the next."""
    return tuple(Sound(start + index * step, step * 1.15, kind, pitch, gain=0.8) for index, pitch in enumerate(pitches))


QUESTION_SOUNDS = (
    *melody("tone", 0.2, 0.36, 330, 370, 415, 440, 494),
    Sound(2.0, 0.8, "tone", 523, 784),
    *ANSWER,
    *melody("tone", 4.95, 0.3, 523, 659),
)
NOD_SOUNDS = (Sound(0.1, 0.5, "tone", 523, gain=0.8), Sound(0.36, 0.6, "tone", 784, gain=0.8))


# --------------------------------------------------------------------------------------------------
# The clips
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clip:
    """All that makes one video."""

    name: str
    person: Person
    seconds: int
    move: Callable[[float], Pose]
    sounds: tuple[Sound, ...]
    layout: str = "fragmented"

    @property
    def frames(self) -> int:
        """The number of frames."""
        return self.seconds * FPS

    @property
    def fragmented(self) -> bool:
        """Whether the file is a fragmented MP4."""
        return self.layout == "fragmented"


CLIPS = (
    Clip("liveness-plain.mp4", PERSON_1, 6, move_liveness_plain,
         melody("m", 0.1, 0.7, 220, 247, 262, 294, 262, 247, 220, 196), "faststart"),
    Clip("liveness-fragmented.mp4", PERSON_2, 6, move_liveness_fragmented,
         melody("m", 0.1, 0.7, 165, 196, 220, 196, 247, 220, 196, 165)),
    Clip("question.mp4", PERSON_2, 6, move_question, QUESTION_SOUNDS),
    Clip("nod-01.mp4", PERSON_2, 3, move_nod_1, (*NOD_SOUNDS, Sound(1.5, 0.9, "m", 150, 185))),
    Clip("nod-02.mp4", PERSON_2, 3, move_nod_2, (*NOD_SOUNDS, *melody("m", 1.1, 0.7, 150, 175))),
    Clip("order.mp4", PERSON_3, 5, move_order, SPEECH, "moov last"),
)  # fmt: skip


def make_background(person: Person) -> Image.Image:
    """Return the plain backdrop, slightly lighter towards the top, at drawing size."""
    share = np.linspace(0.45, 0.0, HEIGHT * SUPERSAMPLING)[:, None, None]
    base = np.array(person.backdrop, dtype=np.float64)
    rows = np.rint(base + (255 - base) * share).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(rows, (len(rows), WIDTH * SUPERSAMPLING, 3))))


def draw_guide(canvas: Canvas) -> None:
    """Draw the faint dashed oval that face-check apps show."""
    angle = np.linspace(0, 2 * math.pi, 481)
    oval = np.column_stack([240 + 168 * np.cos(angle), 262 + 218 * np.sin(angle)])
    for first in range(0, 480, 12):
        canvas.fill(ribbon(oval[first : first + 8], 3.0), (70, 100, 140, 90))


def draw_label(image: Image.Image, top: int, name: str, counter: str, time: str) -> None:
    """Draw the dark strip with the counter, the time, the name and what this is."""
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, top, WIDTH - 1, top + LABEL_HEIGHT - 1), fill=NAVY)
    middle = top + LABEL_HEIGHT / 2
    edge = WIDTH - 12
    texts: tuple[tuple[float, float, str, int, Rgb, str], ...] = (
        (12, middle, counter, 22, WHITE, "lm"),
        (262, middle, time, 15, (168, 190, 214), "mm"),
        (edge, middle - 9, name.removesuffix(".mp4"), 15, WHITE, "rm"),
        (edge, middle + 9, "SYNTHETIC DEMO", 13, (255, 206, 110), "rm"),
    )
    for x, y, text, size, colour, anchor in texts:
        pen.text((x, y), text, font=ImageFont.load_default(size=size), fill=colour, anchor=anchor)


def draw_person(background: Image.Image, person: Person, pose: Pose, guide: bool) -> Image.Image:
    """Return the picture of a person without any label."""
    canvas = Canvas(background)
    if guide:
        draw_guide(canvas)
    Artist(canvas, person, pose).draw()
    return canvas.finish()


def draw_frame(clip: Clip, background: Image.Image, number: int) -> Image.Image:
    """Return frame ``number`` (from 1) of a clip."""
    t = (number - 1) / FPS
    image = draw_person(background, clip.person, clip.move(t), guide=True)
    top = HEIGHT - CODE_HEIGHT - LABEL_HEIGHT
    draw_label(image, top, clip.name, f"frame {number:03d} / {clip.frames:03d}", f"{t:.2f} s")
    draw_frame_code(ImageDraw.Draw(image), number)
    return image


def draw_still(person: Person, name: str) -> Image.Image:
    """Return a frontal picture with a label and without blocks."""
    image = draw_person(make_background(person), person, Pose(), guide=False)
    draw_label(image, HEIGHT - LABEL_HEIGHT, name, "still picture", "")
    return image


# --------------------------------------------------------------------------------------------------
# Encoding
# --------------------------------------------------------------------------------------------------


MUXER_OPTIONS: dict[str, dict[str, str]] = {
    "faststart": {"movflags": "+faststart"},
    "moov last": {},
    "fragmented": {"movflags": "+empty_moov+default_base_moof+frag_keyframe+skip_trailer+skip_sidx"},
}


def add_video(container: OutputContainer, fragmented: bool) -> VideoStream:
    """Add the H.264 stream: a key frame a second and no B-frames if fragmented.

    Left to itself, x264 does not always repeat its output, even in one thread: with B-frames the
    SIMD code of mb-tree reads memory it has not set (seen by running with MALLOC_PERTURB_).  So
    mb-tree is off; SIMD is off too, since x264 chooses it by the type of the processor.
    """
    groups = f"keyint={FPS}:bframes=0" if fragmented else f"keyint={2 * FPS}:bframes=3:b-adapt=1"
    options = {
        "preset": "slow",
        "crf": "26",
        "profile": "main" if fragmented else "high",
        "x264-params": f"threads=1:lookahead-threads=1:asm=0:mbtree=0:scenecut=0:open-gop=0:{groups}",
    }
    stream = container.add_stream("libx264", rate=FPS, options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.thread_count = 1
    context.flags |= CodecFlags.bitexact
    context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 6, 6, 6
    return stream


def add_audio(container: OutputContainer) -> AudioStream:
    """Add the AAC stream."""
    stream = container.add_stream("aac", rate=SAMPLE_RATE)
    context = stream.codec_context
    context.layout, context.format, context.bit_rate = "mono", "fltp", 32_000
    context.thread_count = 1
    context.flags |= CodecFlags.bitexact
    return stream


def video_frames(clip: Clip) -> Iterator[av.VideoFrame]:
    """Draw the frames of a clip one by one."""
    background = make_background(clip.person)
    for number in range(1, clip.frames + 1):
        rgb = np.asarray(draw_frame(clip, background, number))
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU601")
        frame.pts, frame.time_base = number - 1, Fraction(1, FPS)
        frame.colorspace, frame.color_range = 6, 1
        yield frame


def audio_frames(track: Samples, first: int) -> Iterator[av.AudioFrame]:
    """Cut the track from sample ``first`` on into AAC frames that keep their time stamps."""
    for start in range(first, len(track), AAC_FRAME):
        samples = track[start : start + AAC_FRAME].astype(np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


def encode(clip: Clip, path: Path) -> None:
    """Draw and encode a clip.

    The AAC encoder puts AAC_FRAME samples of run-in before the first sample.  An edit list hides
    them in the plain files.  A fragmented file has none, so there the track loses its first
    AAC_FRAME samples, which are silent, and the run-in takes their place: both streams start at 0
    and stay in step.
    """
    options = {"fflags": "+bitexact", **MUXER_OPTIONS[clip.layout]}
    track = render_track(clip.seconds, clip.sounds)
    with av.open(str(path), "w", format="mp4", options=options) as container:
        video, audio = add_video(container, clip.fragmented), add_audio(container)
        pending = audio_frames(track, AAC_FRAME if clip.fragmented else 0)
        for picture in video_frames(clip):
            container.mux(video.encode(picture))
            sound = next(pending, None)
            if sound is not None:
                container.mux(audio.encode(sound))
        for sound in pending:
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    if clip.fragmented:
        path.write_bytes(with_service_brands(path.read_bytes()))


# --------------------------------------------------------------------------------------------------
# MP4 boxes
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """One MP4 box: its type and where its content and its end are."""

    kind: str
    start: int
    content: int
    end: int


def boxes(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two offsets, not their children."""
    stop = len(data) if stop is None else stop
    while start < stop:
        size, kind = struct.unpack_from(">I4s", data, start)
        content = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, content)
            content += 8
        end = stop if size == 0 else start + size
        require(content <= end <= stop, f"broken box at {start}")
        yield Box(kind.decode("latin-1"), start, content, end)
        start = end


def find_boxes(data: bytes, *kinds: str) -> list[Box]:
    """Return all boxes at a path of types, such as moof, traf, tfhd."""
    found = list(boxes(data))
    for depth, kind in enumerate(kinds):
        found = [box for box in found if box.kind == kind]
        if depth + 1 < len(kinds):
            found = [child for box in found for child in boxes(data, box.content, box.end)]
    return found


def brands(data: bytes) -> str:
    """Return the major brand and the compatible brands, for people to read."""
    ftyp = next(boxes(data))
    require(ftyp.kind == "ftyp", "the file does not begin with ftyp")
    names = [data[i : i + 4].decode("latin-1") for i in range(ftyp.content, ftyp.end, 4)]
    return f"{names[0]} ({' '.join(names[2:])})"


def with_service_brands(data: bytes) -> bytes:
    """Replace the ftyp box; nothing in our fragmented files counts bytes from the file's start."""
    ftyp = next(boxes(data))
    require(ftyp.kind == "ftyp", "the file does not begin with ftyp")
    return FRAGMENTED_FTYP + data[ftyp.end :]


def check_fragmented(clip: Clip, data: bytes) -> None:
    """Check the brands, the empty moov and that each fragment stands for itself."""
    kinds = [box.kind for box in boxes(data)]
    expected = ["ftyp", "moov"] + ["moof", "mdat"] * clip.seconds
    require(data.startswith(FRAGMENTED_FTYP), "wrong ftyp")
    require(kinds == expected, f"top-level boxes are {kinds}")
    require(len(find_boxes(data, "moov", "mvex", "trex")) == 2, "moov lacks trex boxes")
    require(not find_boxes(data, "moov", "trak", "edts"), "unexpected edit list")
    for stsz in find_boxes(data, "moov", "trak", "mdia", "minf", "stbl", "stsz"):
        require(struct.unpack_from(">I", data, stsz.content + 8)[0] == 0, "moov holds samples")
    headers = find_boxes(data, "moof", "traf", "tfhd")
    require(len(headers) == 2 * clip.seconds, "a fragment lacks a track")
    for tfhd in headers:
        (flags,) = struct.unpack_from(">I", data, tfhd.content)
        require(flags & 0x020001 == 0x020000, "tfhd is not default-base-is-moof")


def check_plain(clip: Clip, data: bytes) -> None:
    """Check the place of moov and that no fragments exist."""
    kinds = [box.kind for box in boxes(data)]
    require("moof" not in kinds, "unexpected fragments")
    moov_first = kinds.index("moov") < kinds.index("mdat")
    require(moov_first == (clip.layout == "faststart"), f"moov is in the wrong place: {kinds}")


# --------------------------------------------------------------------------------------------------
# Checks by decoding
# --------------------------------------------------------------------------------------------------


def check_video(clip: Clip, container: InputContainer) -> None:
    """Decode every frame; check its number, its time, its size and the use of B-frames."""
    number, b_frames = 0, 0
    for frame in container.decode(video=0):
        number += 1
        layout = frame.width, frame.height, frame.format.name
        require(layout == (WIDTH, HEIGHT, "yuv420p"), f"picture layout is {layout}")
        for picture in (frame.to_ndarray(format="rgb24"), frame.to_ndarray()[:HEIGHT]):
            try:
                found = read_frame_number(picture)
            except ValueError as error:
                raise CheckError(f"frame {number}: {error}") from error
            require(found == number, f"frame {number} carries number {found}")
        require(frame.pts is not None and frame.time_base is not None, f"frame {number} has no time")
        time = (frame.pts or 0) * (frame.time_base or Fraction(0))
        require(time == Fraction(number - 1, FPS), f"frame {number} is at {time} s")
        b_frames += frame.pict_type == PictureType.B
    require(number == clip.frames, f"{number} frames instead of {clip.frames}")
    require((b_frames == 0) == clip.fragmented, f"{b_frames} B-frames")


def check_audio(clip: Clip, container: InputContainer) -> None:
    """Decode the sound; check its times, length, level and that no half second is silent."""
    pieces, position = [], 0
    for frame in container.decode(audio=0):
        require(frame.sample_rate == SAMPLE_RATE and frame.layout.name == "mono", "wrong sound format")
        require(frame.pts == position, f"sound jumps from {position} to {frame.pts}")
        position += frame.samples
        pieces.append(frame.to_ndarray()[0])
    sound = np.concatenate(pieces).astype(np.float64)
    wanted = clip.seconds * SAMPLE_RATE
    require(wanted - AAC_FRAME <= len(sound) <= wanted + 2 * AAC_FRAME, f"{len(sound)} samples of sound")
    require(0.2 < float(np.abs(sound).max()) < 0.95, "the sound is too soft or clips")
    half = SAMPLE_RATE // 2
    levels = np.sqrt((sound[: wanted // half * half - half].reshape(-1, half) ** 2).mean(axis=1))
    require(float(levels.min()) > 0.01, f"half a second of silence: {levels.round(4).tolist()}")


def check_clip(clip: Clip, path: Path) -> dict[str, str]:
    """Check a made video in every way and return what the table says about it."""
    data = path.read_bytes()
    (check_fragmented if clip.fragmented else check_plain)(clip, data)
    with av.open(str(path)) as container:
        duration = (container.duration or 0) / 1_000_000
        require(abs(duration - clip.seconds) < 0.1, f"duration is {duration} s")
        video = container.streams.video[0].codec_context
        codecs = f"{video.name} {video.profile} + {container.streams.audio[0].codec_context.name}"
        check_video(clip, container)
    with av.open(str(path)) as container:
        check_audio(clip, container)
    return {
        "codec": codecs,
        "frames": str(clip.frames),
        "duration": f"{duration:.3f} s",
        "brands": brands(data),
    }


def check_still(path: Path, kind: str) -> dict[str, str]:
    """Check a still picture and return what the table says about it."""
    with Image.open(path) as image:
        image.load()
        require((image.format, image.size) == (kind, (WIDTH, HEIGHT)), f"is {image.format} {image.size}")
        return {"codec": f"{image.format} {image.mode}", "frames": "1", "duration": "-", "brands": "-"}


# --------------------------------------------------------------------------------------------------
# The whole
# --------------------------------------------------------------------------------------------------


def make_stills(folder: Path) -> list[dict[str, str]]:
    """Write both still pictures and return their rows of the table."""
    jpeg, png = folder / "photo.jpg", folder / "photo.png"
    draw_still(PERSON_3, jpeg.name).save(jpeg, format="JPEG", quality=88, subsampling=0, optimize=True)
    still = draw_still(PERSON_2, png.name)
    still.quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(png, format="PNG", optimize=True)
    return [{"name": path.name} | check_still(path, kind) for path, kind in ((jpeg, "JPEG"), (png, "PNG"))]


def make_all(folder: Path) -> list[dict[str, str]]:
    """Write and check all files in a folder and return the table."""
    rows = []
    for clip in CLIPS:
        print(f"making {clip.name} ...", file=sys.stderr)
        path = folder / clip.name
        encode(clip, path)
        try:
            rows.append({"name": clip.name} | check_clip(clip, path))
        except CheckError as error:
            raise CheckError(f"{clip.name}: {error}") from error
    rows += make_stills(folder)
    for row in rows:
        data = (folder / row["name"]).read_bytes()
        row |= {"bytes": str(len(data)), "SHA-256": hashlib.sha256(data).hexdigest()}
    return rows


def print_table(rows: list[dict[str, str]]) -> None:
    """Print one line a file."""
    columns = ("name", "bytes", "SHA-256", "codec", "frames", "duration", "brands")
    widths = [max(len(column), *(len(row[column]) for row in rows)) for column in columns]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        cells = (row[column].ljust(width) for column, width in zip(columns, widths, strict=True))
        print("  ".join(cells).rstrip())


def main() -> int:
    """Make, check and install the files; return the exit status."""
    parser = argparse.ArgumentParser(description="Make the synthetic demo media of facevid_gui.")
    default = Path(__file__).resolve().parent
    parser.add_argument("output_dir", metavar="OUTPUT_DIR", nargs="?", type=Path, default=default,
                        help="where the files go (default: the folder of this script)")  # fmt: skip
    output: Path = parser.parse_args().output_dir
    with tempfile.TemporaryDirectory() as scratch:
        try:
            rows = make_all(Path(scratch))
            print_table(rows)
            total = sum(int(row["bytes"]) for row in rows)
            print(f"total {total} bytes")
            require(total < SIZE_LIMIT, f"the limit for all files together is {SIZE_LIMIT} bytes")
        except CheckError as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
        output.mkdir(parents=True, exist_ok=True)
        for row in rows:
            shutil.copyfile(Path(scratch) / row["name"], output / row["name"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
