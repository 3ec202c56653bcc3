"""Files that are two things at once: here each is one, named by its first bytes, kept byte for byte, run by nobody."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from facevid_gui.captures.answers import MediaText
from facevid_gui.captures.body import BytesBody
from facevid_gui.captures.extract import extract_media
from facevid_gui.core.messages import Messages
from facevid_gui.evidence.archive_reader import ArchiveError, open_archive
from facevid_gui.evidence.report_media import UnshownError, picture_of
from facevid_gui.media.sniff import sniff
from tests.support.captures_samples import MP4, b64

HTML = b"<html><script>fetch('https://x.example')</script></html>"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MEDIA = {"mp4", "mov", "3gp", "3g2", "webm", "mkv", "avi", "flv", "m4a", "heic", "heif", "avif", "jpg", "png",
         "gif", "bmp",
         "webp", "bin"}  # fmt: skip
EXE = b"MZ\x90\0" + bytes(60)


def jpeg(comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (24, 16), "red").save(file, "JPEG", comment=comment)
    return file.getvalue()


def png(chunks: bytes = b"", size: tuple[int, int] = (1, 1)) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunks + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def archive(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return file.getvalue()


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


POLYGLOTS = {  # bytes, and the one thing they are taken for
    "mp4 and html": (MP4 + HTML, "mp4"),
    "mp4 that holds html": (MP4[:28] + box(b"free", HTML) + MP4[28:], "mp4"),
    "html and mp4": (HTML + MP4, "bin"),
    "html that looks like a box": (b"<!--ftyp" + MP4 + b"-->" + HTML, "mp4"),
    "jpeg and zip": (jpeg() + archive(evil=b"x"), "jpg"),
    "zip that holds a jpeg": (archive(photo=jpeg()), "bin"),
    "jpeg that holds html": (jpeg(HTML), "jpg"),
    "jpeg that holds pdf": (jpeg(PDF), "jpg"),
    "pdf and jpeg": (PDF + jpeg(), "bin"),
    "pdf and mp4": (PDF + MP4, "bin"),
    "gif and script": (b"GIF89a/*" + bytes(20) + b"*/=alert(1)//", "gif"),
    "png that holds html": (png(chunk(b"tEXt", b"Comment\0" + HTML)), "png"),
    "png and program": (png() + EXE, "png"),
    "program and png": (EXE + png(), "bin"),
    "svg": (SVG, "bin"),
    "svg and png": (SVG + png(), "bin"),
    "shell": (b"#!/bin/sh\necho x\n" + jpeg(), "bin"),
    "bmp and script": (b"BM\0\0\0\0\0\0\0\0" + HTML, "bmp"),
    "text that begins as bmp": (b"BMW of the subject", "bin"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_it_is_named_by_its_first_bytes_and_kept_as_it_came(name: str, tmp_path: Path) -> None:
    """No name a system would start: what it is not is never in its name, whatever field it came in."""
    data, extension = POLYGLOTS[name]
    for role in ("liveness", "photo"):
        item = MediaText(role, 1, role, "/x", b64(data))
        [derived] = extract_media(BytesBody(b""), [item], tmp_path, "exchanges/01/response-body.bin", ())
        assert derived.path == f"media/{role}.{extension}"
        assert extension in MEDIA
        assert (tmp_path / derived.path).read_bytes() == data
        assert (tmp_path / derived.path).stat().st_mode & 0o111 == 0


@pytest.mark.parametrize("name", [name for name in POLYGLOTS if "zip" in name])
def test_a_picture_is_no_package(name: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.zip"
    path.write_bytes(POLYGLOTS[name][0])
    if sniff(POLYGLOTS[name][0]).name == "image/jpeg":
        with pytest.raises(ArchiveError), open_archive(path):
            pytest.fail("bytes before the first member were overlooked")
    else:
        with open_archive(path) as opened:
            assert [member.name for member in opened.members] == ["photo"]


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_report_shows_pictures_only_and_of_them_the_pixels_only(name: str) -> None:
    data, extension = POLYGLOTS[name]
    try:
        image = picture_of(data, Messages("en"))
    except UnshownError:
        return
    assert extension in ("jpg", "png", "gif", "bmp")
    file = io.BytesIO()
    image.save(file, "JPEG")
    for foreign in (HTML, PDF, b"PK\3\4", EXE[:4], b"alert"):
        assert foreign not in file.getvalue(), "what a picture carries along does not go into the report"


BOMBS = {
    "png of a million by a million": png(size=(1_000_000, 1_000_000)),
    "png just too large": png(size=(30_000, 30_000)),
    "text that unpacks to 200 MB": png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9))),
    "colours that unpack to 200 MB": png(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000), 9))),
    "gif": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;",
    "bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 2**30, 2**30, 1, 32, 0, 0, 0, 0, 0, 0),
    "webp": b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xff" * 6,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_not_let_go_off_in_a_report(name: str) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        image = picture_of(BOMBS[name], Messages("en"))
    except UnshownError:
        pass
    else:
        assert image.size == (1, 1), "only what is small after all"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024
