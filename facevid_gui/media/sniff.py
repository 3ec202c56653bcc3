"""What a blob is, by its first bytes; the field it came in is never trusted (floor 1).

What enters: at least the first 64 bytes of a file, or all of it. What leaves: a media type and the extension to name
the file by. Signatures: pitfalls.md 4.2; ISO/IEC 14496-12 for `ftyp`.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD_BYTES = 64


@dataclass(frozen=True)
class MediaType:
    """`name` is an IANA media type, `extension` has no dot."""

    name: str
    extension: str

    @property
    def is_video(self) -> bool:
        """Whether this is a moving picture."""
        return self.name.startswith("video/")


UNKNOWN = MediaType("application/octet-stream", "bin")
_MP4 = MediaType("video/mp4", "mp4")
_QUICKTIME = MediaType("video/quicktime", "mov")
_FTYP_BRANDS = {
    b"qt  ": _QUICKTIME,
    b"heic": MediaType("image/heic", "heic"),
    b"heix": MediaType("image/heic", "heic"),
    b"mif1": MediaType("image/heif", "heif"),
    b"avif": MediaType("image/avif", "avif"),
    b"M4A ": MediaType("audio/mp4", "m4a"),
}
_PREFIXES = (
    (b"\xff\xd8\xff", MediaType("image/jpeg", "jpg")),
    (b"\x89PNG\r\n\x1a\n", MediaType("image/png", "png")),
    (b"GIF87a", MediaType("image/gif", "gif")),
    (b"GIF89a", MediaType("image/gif", "gif")),
    (b"FLV\x01", MediaType("video/x-flv", "flv")),
)
_BMP = MediaType("image/bmp", "bmp")
_RIFF = {b"WEBP": MediaType("image/webp", "webp"), b"AVI ": MediaType("video/x-msvideo", "avi")}


def sniff(head: bytes) -> MediaType:
    """Name the type of a file that begins with `head`; `UNKNOWN` when no signature fits."""
    if head[4:8] == b"ftyp":
        return _from_ftyp(head)
    if head[4:8] in (b"moov", b"wide", b"mdat", b"free", b"skip"):
        return _QUICKTIME
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        is_webm = b"webm" in head[:HEAD_BYTES]
        return MediaType("video/webm", "webm") if is_webm else MediaType("video/x-matroska", "mkv")
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return media_type
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":  # two letters alone would name any text
        return _BMP
    return UNKNOWN


def _from_ftyp(head: bytes) -> MediaType:
    brand = head[8:12]
    if brand[:3] == b"3gp":
        return MediaType("video/3gpp", "3gp")
    if brand[:3] == b"3g2":
        return MediaType("video/3gpp2", "3g2")
    return _FTYP_BRANDS.get(brand, _MP4)
