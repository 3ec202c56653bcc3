"""Decoding children that fail: commands for `FrameClient`, where the real child decodes."""

import sys
from functools import partial
from pathlib import Path

from facevid_gui.media.frames import FrameClient

# It speaks the protocol: one grey picture per frame, until it comes to the number at which it dies.
_CHILD = """
import json, os, sys
dies_at = int(sys.argv[1])
def say(data=b"", **header):
    sys.stdout.buffer.write(json.dumps({**header, "size": len(data)}).encode() + b"\\n" + data)
    sys.stdout.buffer.flush()
video = dict(codec="h264", profile="", width=2, height=2, rotation=0, fps=25.0, pixel_format="", frames_stated=20)
facts = dict(container="mov", brands="", start_us=0, duration_us=800_000, streams=1, video=video, audio=None,
             pts_us=[40_000 * n for n in range(20)], keys=[0])
say(ready=True)
while line := sys.stdin.buffer.readline():
    request = json.loads(line)
    sys.stdin.buffer.read(request["size"])
    if request["do"] == "open":
        if dies_at < 0:
            os._exit(3)
        say(id=request["id"], facts=facts)
    if request["do"] == "frames":
        for number in range(max(request["first"], request["after"] + 1), request["last"] + 1):
            if number == dies_at:
                os._exit(3)
            say(bytes(16), id=request["id"], frame=number, pts_us=40_000 * number, width=2, height=2, stride=8,
                rotation=0, damaged=False)
    if request["do"] != "cancel":
        say(id=request["id"], done=True)
"""

missing = partial(FrameClient, command=[str(Path("/nowhere/at all"))])


def dying_at(frame: int) -> "partial[FrameClient]":
    """A child that takes every clip for one of 20 frames and dies when asked for one of them; -1: when it opens it."""
    return partial(FrameClient, command=[sys.executable, "-c", _CHILD, str(frame)])
