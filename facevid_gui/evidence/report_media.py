"""The pictures of a report: photo, kept frames, a contact sheet of each clip (floor 1).

What enters: the gathered facts and a decoding child. What leaves: pictures on the paper, each with where it came from.
Bytes are shown only when their hash is the sealed one; a picture that cannot be shown is said to be there and why it is
not shown. On paper pictures are smaller than in the folder: the files are the evidence, not these.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from facevid_gui.core.clip_words import clock_text, health_text
from facevid_gui.core.errors import CancelledError, FacevidError
from facevid_gui.core.wording import document_state, local_time, media_name, missing_numbers
from facevid_gui.evidence.report_facts import ReportFacts, size_text, snapshot_bytes
from facevid_gui.evidence.report_pictures import Figure
from facevid_gui.evidence.review import read_media
from facevid_gui.media.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.Image import Image

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clip import FramePixels
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.report_paper import ReportPaper
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.snapshots import Snapshot
    from facevid_gui.media.stills import StillsReader

_FORMATS = {f"image/{name.lower()}": name for name in ("JPEG", "PNG", "GIF", "BMP", "WEBP")}
_MAX_PIXELS = 64_000_000
_MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024
_CONTACTS = 12  # frames of each clip
_CONTACT_ROWS = 480  # pixels: what the paper can show of a picture this small
_ACROSS, _HIGH_MM = 4, 58.0


class UnshownError(Exception):
    """A picture that is not shown; says why in the report's language."""


def add_photos(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """The photos the provider returned."""
    reviewed = facts.reviewed
    photos = reviewed.record.photos if reviewed else ()
    if reviewed is None or not photos:
        paper.paragraph(messages.text("report.no_photo"))
        return
    figures = []
    for item in photos:
        try:
            image = picture_of(_bytes(reviewed, item, messages), messages)
        except UnshownError as error:
            paper.paragraph(f"{media_name(item, messages)}: {error}", bad=True)
            continue
        figures.append(Figure(image, (media_name(item, messages), *_file_lines(item, messages))))
    paper.figures(figures, across=2, height_mm=95)


def add_snapshots(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """The frames that were kept in the sidecar."""
    text, found = messages.text, facts.snapshots
    if not found.snapshots and not found.gaps and not found.unreadable:
        paper.paragraph(text("report.no_snapshots"))
        return
    paper.paragraph(text("report.snapshots.note"), grey=True)
    if found.gaps:
        paper.paragraph(missing_numbers(found.gaps, messages), bad=True)
    for document in found.unreadable:
        paper.paragraph(f"{document.name}: {document_state('broken', document.findings, messages)}", bad=True)
    figures = []
    for snapshot in found.snapshots:
        lines = tuple(_snapshot_lines(facts, snapshot, messages))
        try:
            image = picture_of(_snapshot(facts, snapshot, messages), messages)
        except UnshownError as error:
            paper.paragraph("\n".join([str(error), *lines]), bad=True)
            continue
        figures.append(Figure(image, lines))
    paper.figures(figures, across=2, height_mm=92)


def add_contacts(
    paper: ReportPaper, facts: ReportFacts, messages: Messages, reader: StillsReader, token: CancelToken,
    tell: Callable[[str, int], None],
) -> None:  # fmt: skip
    """Frames of each clip, evenly spread."""
    text, reviewed = messages.text, facts.reviewed
    clips = reviewed.record.clips if reviewed else ()
    if reviewed is None or not clips:
        paper.paragraph(text("record.no_clips"))
        return
    paper.paragraph(text("report.contact.note"), grey=True)
    for number, item in enumerate(clips, 1):
        tell("frames", number)
        paper.subheading(media_name(item, messages), needs_mm=_HIGH_MM + 40)
        try:
            stills = reader.read(_bytes(reviewed, item, messages), _CONTACTS, _CONTACT_ROWS, token)
        except UnshownError as error:
            paper.paragraph(str(error), bad=True)
            continue
        except CancelledError:
            raise
        except FacevidError as error:
            paper.paragraph(text(f"problem.{error.code}", **error.params), bad=True)
            continue
        video, count = stills.facts.video, stills.facts.frame_count
        decoder = text("report.decoder", name=video.decoder, version=video.decoder_version)
        paper.paragraph("\n".join([*_file_lines(item, messages), health_text(stills.facts, None, messages), decoder]))
        paper.figures([_contact(frame, count, messages) for frame in stills.frames], _ACROSS, _HIGH_MM)


def picture_of(data: bytes, messages: Messages) -> Image:
    """A photo, upright; `UnshownError` for anything else. Other readers never look at a stranger's bytes."""
    from PIL import Image, ImageOps

    name = _FORMATS.get(sniff(data).name)
    if name is None:
        raise UnshownError(messages.text("problem.photo_undecodable"))
    try:
        with Image.open(BytesIO(data), formats=[name]) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise ValueError("too large")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            upright.info.clear()  # comments and profiles would be written into the report
            return upright
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
        raise UnshownError(messages.text("problem.photo_undecodable")) from error


def image_of(pixels: FramePixels) -> Image:
    """A decoded frame, turned as its recording asks for."""
    from PIL import Image

    size = (pixels.width, pixels.height)
    image = Image.frombytes("RGB", size, pixels.data, "raw", "RGB", pixels.stride)
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if pixels.rotation in turns:
        image = image.transpose(turns[pixels.rotation])
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if pixels.mirrored else image


def _contact(pixels: FramePixels, count: int, messages: Messages) -> Figure:
    damaged = [messages.text("report.frame_damaged")] if pixels.damaged else []
    number = messages.text("report.frame", number=pixels.number + 1, count=count)
    return Figure(image_of(pixels), (number, _time(pixels.pts_us), *damaged))


def _time(pts_us: int) -> str:
    return f"{clock_text(pts_us)} · pts {pts_us} µs"


def _file_lines(item: MediaItem, messages: Messages) -> Iterator[str]:
    """Where a file lies, what it is, its hash."""
    yield f"{item.path} · {item.media_type} · {size_text(item.size_bytes or 0, messages)}"
    yield f"SHA-256 {item.sha256}"
    if item.problem:
        yield messages.text(f"problem.{item.problem}")


def _bytes(reviewed: Reviewed, item: MediaItem, messages: Messages) -> bytes:
    if item.path is None:
        raise UnshownError(messages.text("media.unusable"))
    try:
        return read_media(reviewed, item)
    except FacevidError as error:
        raise UnshownError(messages.error(error)[0]) from error


def _snapshot(facts: ReportFacts, snapshot: Snapshot, messages: Messages) -> bytes:
    """The bytes of a kept frame, when they are those its document names."""
    if {"picture_missing", "picture_changed"} & set(snapshot.findings):
        raise UnshownError(document_state(snapshot.state, snapshot.findings, messages))
    try:
        return snapshot_bytes(facts, snapshot.picture, _MAX_SNAPSHOT_BYTES)
    except (OSError, ValueError) as error:
        raise UnshownError(messages.text("sidecar.finding.picture_missing")) from error


def _snapshot_lines(facts: ReportFacts, snapshot: Snapshot, messages: Messages) -> Iterator[str]:
    text, data = messages.text, snapshot.document.data
    yield text("notes.snapshot", picture=snapshot.picture)
    yield text("note.spot", clip=snapshot.clip, frame=snapshot.frame + 1, time=_time(snapshot.pts_us))
    yield f"SHA-256 (PNG) {data['picture'].get('sha256')}"
    for name in ("clip", "planes"):
        member = data.get(name)
        if isinstance(member, dict) and member.get("sha256"):
            yield f"SHA-256 ({text(f'report.hash_of.{name}')}) {member['sha256']}"
    if data.get("damaged") is True:
        yield text("report.frame_damaged")
    yield f"{local_time(snapshot.at, messages)} · {snapshot.operator}"
    yield document_state(snapshot.state, snapshot.findings, messages)
    for note in facts.notes.notes:  # what was said of this very frame
        spot = note.spot
        if spot and (spot.clip, spot.frame) == (snapshot.clip, snapshot.frame) and note.replaced_by is None:
            yield f"{text('report.note_number', number=note.document.seq)}: {note.text}"
