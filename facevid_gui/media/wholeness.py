"""How much of a file is there, told by its own outermost sizes, and why one cannot be opened; no decoder (floor 1).

What enters: the bytes of a clip. What leaves: how many bytes its outer structure says are missing, or a refusal.
Sizes: ISO/IEC 14496-12, 4.2 (boxes); RFC 8794, 6 and RFC 9559, 5.1 (Matroska and WebM).
"""

from __future__ import annotations

from collections.abc import Iterator

from facevid_gui.media.sniff import UNKNOWN, sniff

_BOX_HEADER_BYTES = 8
_EBML_IDS = (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67")  # the header, the segment
_FAMILIES = ("video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "audio/mp4")
_NEVER_OPENED = ("image/", "audio/", "video/x-msvideo")


class NotShownError(Exception):
    """A clip that is not handed to anybody's eyes; `code` is a message id, `detail` goes into its sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def missing_bytes(data: bytes) -> int:
    """How many bytes a file lacks to be as long as its outermost sizes say; 0 when it is whole or does not say."""
    if data[:4] == _EBML_IDS[0]:
        return _missing_in_matroska(data)
    if sniff(data[:64]).name not in _FAMILIES:
        return 0
    end = 0
    for _, start, size in outer_boxes(data):
        end = start + size
    return max(0, end - len(data))


def outer_boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and stated size of the boxes of an MP4 file; the last one may reach beyond its end."""
    start = 0
    while start < len(data):
        header = data[start : start + 16]
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if len(header) < _BOX_HEADER_BYTES:
            size = _BOX_HEADER_BYTES  # cut off inside a header
        elif size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            size = len(data) - start  # up to the end
        if size < _BOX_HEADER_BYTES:
            return  # no box at all
        yield kind, start, size
        start += size


def why_unreadable(data: bytes, technical: str) -> NotShownError:
    """Why a file that cannot be opened cannot be opened, as plainly as its bytes allow."""
    if not data:
        return NotShownError("clip_empty")
    found = sniff(data[:64])
    if found.name.startswith(_NEVER_OPENED):
        return NotShownError("clip_container", found.extension.upper())
    if found is not UNKNOWN and found.name in _FAMILIES and b"moov" not in {kind for kind, _, _ in outer_boxes(data)}:
        return NotShownError("clip_no_index")
    return NotShownError("clip_unreadable", technical)


def _missing_in_matroska(data: bytes) -> int:
    start = 0
    for wanted in _EBML_IDS:
        if data[start : start + 4] != wanted:
            return 0
        length = 9 - data[start + 4].bit_length() if len(data) > start + 4 else 0
        if not 1 <= length <= 8:
            return 0
        value = int.from_bytes(data[start + 4 : start + 4 + length], "big") & ((1 << 7 * length) - 1)
        if value == (1 << 7 * length) - 1:
            return 0  # of unknown size: a live stream
        start += 4 + length + value
    return max(0, start - len(data))
