"""Can recordings be decoded, played and heard here: each is really done, in a child (floor 1)."""

from __future__ import annotations

import json
import subprocess
import sys
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from facevid_gui.diagnosis.finding import OK, WARN, Finding
from facevid_gui.diagnosis.installation import WINDOW, is_installed
from facevid_gui.program import window_command, window_environment
from facevid_gui.resources import resource
from facevid_gui.system_libraries import CHILD, PLAYER, missing, packages_everywhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.diagnosis.finding import Question
    from facevid_gui.media.frames import Reply

CLIP = "demo/order.mp4"
PROBE_ARGUMENT = "--probe"
PATIENCE_S = 30


def decoder(_question: Question) -> Iterator[Finding]:
    """One frame of a clip of our own, decoded by the child that decodes every record's; and how that is shut in."""
    from facevid_gui.media.frames import Failure, Frame, FrameClient

    replies: SimpleQueue[Reply] = SimpleQueue()
    client = FrameClient(replies.put)
    try:
        client.open_clip(CLIP, resource(CLIP).read_bytes())
        client.want_frames(CLIP, 0, 0)
        while not isinstance(reply := replies.get(timeout=PATIENCE_S), Failure | Frame):
            pass
    except Empty:
        yield _no_decoder("silent")
        return
    finally:
        client.close()
    if isinstance(reply, Failure):
        yield _no_decoder(reply.code)
    else:
        yield Finding("decoder", OK, f"H.264, {reply.pixels.width}x{reply.pixels.height}")
        yield _walls(client.walls)


def player(question: Question) -> Iterator[Finding]:
    """What Qt Multimedia makes of the same clip, and whether there is something to hear it with."""
    if not all(is_installed(name) for name in WINDOW):
        return  # said already
    if question.running is not None and not question.running.has_player:
        yield _no_player("none", "")
        return
    seen = probe()
    found = seen.get("player")
    if found == "ready":
        yield Finding("player", OK, str(seen.get("detail", "")))
    else:
        yield _no_player(str(found) if found in ("none", "no_picture") else "silent", str(seen.get("detail", "")))
    sound = question.running.has_sound if question.running is not None else seen.get("sound")
    if sound is not None:
        yield Finding(
            "sound", OK if sound else WARN, "there" if sound else "none", "" if sound else "doctor.cure.sound"
        )


def probe() -> dict[str, Any]:
    """Ask a window program of our own that nobody sees; empty when it says nothing in time."""
    environ = window_environment() | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    else:
        flags = 0
    try:
        done = subprocess.run(  # noqa: S603 - our own executable
            probe_command(), env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S,
            creationflags=flags, check=False,
        )  # fmt: skip
        told = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return {}
    return told if isinstance(told, dict) else {}


def probe_command() -> list[str]:
    """How to start it."""
    return [*window_command(), PROBE_ARGUMENT]


def _walls(word: str) -> Finding:
    """What keeps the child from everything else (`media.walls`); what a system has not is no lack of this one."""
    from facevid_gui.media.walls import NO_LIBRARY, REFUSED

    if word not in (NO_LIBRARY, REFUSED):
        return Finding("walls", OK, word)
    return Finding("walls", WARN, word, f"doctor.cure.walls_{word}", (("packages", packages_everywhere(CHILD)),))


def _no_decoder(why: str) -> Finding:
    return Finding("decoder", WARN, "none", "doctor.cure.decoder", (("why", why),))


def _no_player(what: str, detail: str) -> Finding:
    lost = missing(PLAYER) if sys.platform.startswith("linux") else []
    values = (("detail", detail), ("packages", packages_everywhere(lost or PLAYER)))
    return Finding("player", WARN, what, f"doctor.cure.player_{'none' if what == 'none' else 'broken'}", values)
