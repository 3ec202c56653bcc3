"""Notes and snapshots for tests: written as the program does, and by people with keys of their own. No Qt."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facevid_gui.core.clip import FramePlanes, VideoFacts
from facevid_gui.core.note import MARKER, NOTE, NoteDraft, NoteRef, Spot
from facevid_gui.core.record import MediaItem
from facevid_gui.evidence.chainlog import compact_line
from facevid_gui.evidence.cms import Signer, sign_detached
from facevid_gui.evidence.notes import Notes, add_note, read_notes
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.sidecar import SidecarWriter, sealed_identity
from facevid_gui.evidence.snapshots import FramePicture, Source, add_snapshot
from facevid_gui.house import House
from tests.support.evidence_places import Place

SPOT = Spot("media/video.mp4", 12, 480_000)


def writer(house: House) -> SidecarWriter:
    """Writes for a house, as the window does."""
    return SidecarWriter(house.journal, house.clock, house.operator["account"])


def note(place: Place, folder: Path, text: str = "looks away", signer: Signer | None = None, **more: Any) -> str:
    """Add a note as the program does; its path in the sidecar."""
    draft = NoteDraft(**{"kind": MARKER if "spot" in more else NOTE, "text": text, **more})
    return add_note(writer(place.house), folder, sealed_identity(folder), draft, signer or place.signer)


def notes(place: Place, folder: Path) -> Notes:
    """What is read of the notes on this workstation."""
    return read_notes(folder, sealed_identity(folder), place.house.keys.trusted())


def states(found: Notes) -> list[tuple[str, tuple[str, ...]]]:
    """State and findings of each note."""
    return [(item.document.state, item.document.findings) for item in found.notes]


def ref(found: Notes, number: int) -> NoteRef:
    """How another note names the note of that number."""
    return next(item.ref for item in found.notes if item.document.seq == number)


def snapshot(place: Place, folder: Path, png: bytes = b"\x89PNG\r\n\x1a\n picture", **changes: Any) -> str:
    """Add a snapshot whose picture is made of words."""
    item = MediaItem("liveness", 1, "/Video", "media/video.mp4", "video/mp4", 10, "ab" * 32)
    video = VideoFacts("h264", "High", 640, 480, 90, 25.0, "yuv420p", 100, True, "4:3", "h264", "1")
    planes = FramePlanes(hashlib.sha256(b"planes").hexdigest(), "yuv420p", 640, 480, 5, False)
    made = {"item": item, "frame": 3, "pts_us": 120_000, "damaged": False, "video": video, "planes": planes}
    source = Source(**{**made, **changes})
    picture = FramePicture(png, 480, 640)
    return add_snapshot(writer(place.house), folder, sealed_identity(folder), source, picture, place.signer)


def forge(folder: Path, number: int, members: dict[str, Any], signer: Signer | None, series: str = "notes") -> Path:
    """Put a document of one's own making beside a folder: like the last one, with other members."""
    place = sidecar_of(folder) / series
    last = max(place.glob("*.json"), key=lambda path: path.name, default=None)
    data = json.loads(last.read_bytes()) if last else {}
    digest = hashlib.sha256(last.read_bytes()).hexdigest() if last else ""
    raw = compact_line({**data, "seq": number, "prev_sha256": digest, **members})
    path = place / f"{number:06d}.json"
    path.write_bytes(raw)
    if signer is not None:
        path.with_name(f"{path.name}.p7s").write_bytes(sign_detached(raw, signer, datetime.now(UTC)))
    return path


def edit(path: Path, **members: Any) -> None:
    """Change members of a document that is there; its signature stays as it was."""
    path.chmod(0o600)
    path.write_bytes(compact_line(json.loads(path.read_bytes()) | members))
