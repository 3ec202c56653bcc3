"""Rows of our own: what lies in the folder, under which names, and what the lists and the record say of it."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import bag
from tests.support.evidence_matrix import Case, change, remove, then, write
from tests.support.evidence_places import Place
from tests.support.evidence_tampering import (
    TSR,
    Tamper,
    custody_anew,
    edit_record,
    flip,
    rebuild_lists,
    rebuild_tag_manifest,
    seal_anew,
    sign_anew,
    video,
)

A = "a" * 64
PHOTO = "data/media/photo-01.jpg"
RECORD = "data/capture.json"
ANEW = "register_seal_differs register_custody_behind"


def link_inside(_: Place, folder: Path) -> None:
    (folder / PHOTO).unlink()
    (folder / PHOTO).symlink_to("video.mp4")


def replace_by(make: Callable[[str], object]) -> Tamper:
    """Something else in the place of the photo."""

    def tamper(_: Place, folder: Path) -> None:
        (folder / PHOTO).unlink()
        make(str(folder / PHOTO))

    return tamper


def unix_socket(path: str) -> None:
    """A socket; names of sockets are short."""
    here = os.getcwd()
    os.chdir(Path(path).parent)
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(Path(path).name)
    finally:
        os.chdir(here)


def device(path: str) -> None:
    """/dev/null under another name."""
    os.mknod(path, 0o20600, os.makedev(1, 3))


def name(*names: bytes) -> Tamper:
    """Files of those names among the media."""

    def tamper(_: Place, folder: Path) -> None:
        for each in names:
            with open(os.path.join(os.fsencode(folder), b"data/media", each), "xb"):
                pass

    return tamper


def rename_video(to: str) -> Tamper:
    return lambda _, folder: video(folder).rename(folder / "data/media" / to)


def hard_link_outside(_: Place, folder: Path) -> None:
    os.link(video(folder), folder.parent / "elsewhere.mp4")


def hard_link_changed(_: Place, folder: Path) -> None:
    os.link(video(folder), folder.parent / "elsewhere.mp4")
    flip(folder.parent / "elsewhere.mp4")


def sparse_gigabytes(_: Place, folder: Path) -> None:
    with video(folder).open("r+b") as file:
        file.truncate(3 * 1024**3)


def zeros(_: Place, folder: Path) -> None:
    size = video(folder).stat().st_size
    with video(folder).open("wb") as file:
        file.truncate(size)


def other_modes(_: Place, folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def attribute(_: Place, folder: Path) -> None:
    os.setxattr(video(folder), "user.comment", b"alternate data")


def renamed_folder(_: Place, folder: Path) -> None:
    """Under another name, then back: the checks run on the path they know, the name is no part of the evidence."""
    other = folder.rename(folder.with_name("another name"))
    shutil.copytree(other, folder, symlinks=True)


def exchange_media(place: Place, folder: Path) -> None:
    """The video of another folder that is as genuine."""
    shutil.copyfile(video(place.template.folders["ess"]), video(folder))


def exchange_media_signed(place: Place, folder: Path) -> None:
    exchange_media(place, folder)
    seal_anew(place, folder, place.signer)


def signed_list(path: str, edit: Callable[[bytes], bytes]) -> Tamper:
    """A list or tag file changed, everything around it made to fit with the stolen key."""

    def fit(place: Place, folder: Path) -> None:
        rebuild_tag_manifest(folder)
        sign_anew(folder, place.signer)
        custody_anew(folder, place.signer, stamped=False)

    return then(change(path, edit), fit)


def one_more(line: str) -> Tamper:
    """A manifest with one more line, sorted in, everything around it made to fit with the stolen key."""

    def edit(raw: bytes) -> bytes:
        lines = (raw + f"{line}\n".encode()).splitlines(keepends=True)
        return b"".join(sorted(lines, key=lambda text: text[66:]))

    return signed_list(bag.MANIFEST, edit)


def record(edit: Callable[[dict[str, Any]], object]) -> Tamper:
    """A record that says something else, everything made to fit with the stolen key."""

    def tamper(place: Place, folder: Path) -> None:
        data = json.loads((folder / RECORD).read_bytes())
        edit(data)
        edit_record(folder, **data)
        seal_anew(place, folder, place.signer)

    return tamper


def record_bytes(raw: bytes) -> Tamper:
    def tamper(place: Place, folder: Path) -> None:
        (folder / RECORD).write_bytes(raw)
        rebuild_lists(folder)
        sign_anew(folder, place.signer)
        custody_anew(folder, place.signer, stamped=False)

    return tamper


def signed_stranger(place: Place, folder: Path) -> None:
    """A file that lists and signature know and the record does not."""
    (folder / "data/media/extra.mp4").write_bytes(b"x")
    seal_anew(place, folder, place.signer)


def many_files(_: Place, folder: Path) -> None:
    for number in range(10_000):
        (folder / "data/media" / f"f{number}").touch()


def everything_gone(_: Place, folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def similarity(data: dict[str, Any]) -> None:
    next(value for value in data["result"] if value["name"] == "similarity")["value"] = "99.99"


V = Verdict
FILES = [
    # what lies where it should not
    Case("F1", "photo replaced by a link to a file inside the folder", link_inside, "man bagit list", V.ALTERED, "link",
         where=PHOTO),
    Case("F2", "photo replaced by a FIFO", replace_by(os.mkfifo), "bagit list", V.ALTERED, "special_file", where=PHOTO,
         stuck="man"),
    Case("F3", "photo replaced by a socket", replace_by(unix_socket), "man bagit list", V.ALTERED, "special_file",
         where=PHOTO),
    Case("F4", "photo replaced by a device", replace_by(device), "man bagit list", V.ALTERED, "special_file",
         where=PHOTO,
         needs="root"),
    Case("F5", "photo replaced by a folder", replace_by(os.mkdir), "man bagit list", V.ALTERED, "missing extra"),
    Case("F6", "hard link to the video made outside the folder", hard_link_outside, "", V.VERIFIED_UNSTAMPED,
         honest=True),
    Case("F7", "video changed through a hard link outside the folder", hard_link_changed, "man bagit", V.ALTERED,
         "changed"),
    Case("F8", "hard link to the video under another name inside", lambda _, f: os.link(
        video(f), f / "data/media/clip.mp4"), "bagit list", V.ALTERED, "extra"),
    Case("F9", "video exchanged for that of another genuine folder", exchange_media, "man bagit", V.ALTERED, "changed"),
    Case("F10", "as F9, sealed anew with the stolen key", exchange_media_signed, "media register", V.ALTERED,
         "changed", ANEW),
    Case("F11", "video replaced by as many zeros (a sparse file)", zeros, "man bagit", V.ALTERED, "changed"),
    Case("F12", "video made a sparse file of 3 GB", sparse_gigabytes, "bagit", V.ALTERED, "changed",
         where="data/media/video.mp4", stuck="man"),
    Case("F13", "10 000 files added", many_files, "bagit list", V.UNREADABLE, "too_large", where=""),
    Case("F14", "modes changed, nothing else", other_modes, "", V.VERIFIED_UNSTAMPED, honest=True),
    Case("F15", "an extended attribute (alternate data) added", attribute, "", V.VERIFIED_UNSTAMPED, honest=True,
         needs="xattr"),
    Case("F16", "folder renamed and copied", renamed_folder, "", V.VERIFIED_UNSTAMPED, honest=True),
    Case("F17", "emptied", everything_gone,
         "man tag bagit any pin gnutls form print list custody event media register", V.ALTERED, "missing"),
    Case("F18", "data/ removed", lambda _, f: shutil.rmtree(f / "data"), "man bagit list media", V.ALTERED, "missing"),
    # names
    Case("N1", "name with a line break", name(b"a\nb"), "bagit list", V.ALTERED, "extra", where="data/media/a\nb"),
    Case("N2", "name with control characters", name(b"\x1b[2J\x07"), "bagit list", V.ALTERED, "extra"),
    Case("N3", "name that is no UTF-8", name(b"\xff\xfe.mp4"), "bagit list", V.ALTERED, "extra",
         where="data/media/\\xff\\xfe.mp4"),
    Case("N4", "name with the dots of a parent", name(b"..mp4"), "bagit list", V.ALTERED, "extra"),
    Case("N5", "name with a dot at its end", name(b"video.mp4."), "bagit list", V.ALTERED, "extra"),
    Case("N6", "name with a blank at its end", name(b"video.mp4 "), "bagit list", V.ALTERED, "extra"),
    Case("N7", "name that Windows reserves", name(b"con", b"nul.mp4"), "bagit list", V.ALTERED, "extra"),
    Case("N8", "name of an alternate stream on Windows", name(b"video.mp4:hidden"), "bagit list", V.ALTERED, "extra"),
    Case("N9", "name of 255 characters", name(b"x" * 255), "bagit list", V.ALTERED, "extra"),
    Case("N10", "name that is an option", name(b"-rf"), "bagit list", V.ALTERED, "extra"),
    Case("N11", "two names that differ only in Unicode form", name("é.mp4".encode(), "e\u0301.mp4".encode()),
         "bagit list",
         V.ALTERED, "extra"),
    Case("N12", "video renamed to a name that looks the same", rename_video("vide\u043e.mp4"), "man bagit list",
         V.ALTERED,
         "missing extra"),
    Case("N13", "a twin in capital letters", name(b"VIDEO.MP4"), "bagit list", V.ALTERED, "extra"),
    Case("N14", "video renamed to capital letters", rename_video("VIDEO.mp4"), "man bagit list", V.ALTERED,
         "missing extra"),
    Case("N15", "hidden file beside the signature", write("signatures/.hidden"), "list", V.ALTERED, "extra"),
    Case("N16", "folder below custody/", lambda _, f: (f / "custody/old").mkdir(), "list", V.ALTERED, "extra",
         where="custody/old/"),
    Case("N17", "an authority's chain without its stamp", write(f"{TSR}.crt"), "", V.ALTERED, "extra"),
    # lists, all around them made to fit with the stolen key
    Case("L1", "manifest removed", remove(bag.MANIFEST), "man tag bagit list media", V.ALTERED, "missing",
         where=bag.MANIFEST),
    Case("L2", "both lists removed", remove(bag.MANIFEST, bag.TAG_MANIFEST),
         "man tag bagit any pin gnutls list custody media register", V.ALTERED, "missing"),
    Case("L3", "manifest names a path twice", one_more(f"{A}  data/media/video.mp4"), "man bagit list register",
         V.ALTERED, "bad_manifest",
         ANEW, where=bag.MANIFEST),
    Case("L4", "manifest names a parent", one_more(f"{A}  data/../../x"), "man bagit list register", V.ALTERED,
         "bad_manifest", ANEW),
    Case("L5", "manifest names an absolute path", one_more(f"{A}  /etc/passwd"), "man bagit list register", V.ALTERED,
         "bad_manifest", ANEW),
    Case("L6", "manifest with a percent escape", one_more(f"{A}  data/a%0ab"), "man bagit list register", V.ALTERED,
         "bad_manifest", ANEW),
    Case("L7", "manifest with a NUL", one_more(f"{A}  data/a\0b"), "man bagit list register", V.ALTERED,
         "bad_manifest", ANEW),
    Case("L8", "manifest names what is not there", one_more(f"{A}  data/zzz"), "man bagit list register", V.ALTERED,
         "missing", ANEW,
         where="data/zzz"),
    Case("L9", "manifest with CRLF", signed_list(bag.MANIFEST, lambda raw: raw.replace(b"\n", b"\r\n")),
         "list register",
         V.ALTERED, "bad_manifest", ANEW),
    Case("L10", "manifest in capital hex", signed_list(bag.MANIFEST, lambda raw: b"".join(
        line[:64].upper() + line[64:] for line in raw.splitlines(keepends=True))), "media register", V.ALTERED,
         "bad_manifest",
        ANEW),
    Case("L11", "manifest with one blank", signed_list(bag.MANIFEST, lambda raw: raw.replace(b"  ", b" ")),
         "list media register",
         V.ALTERED, "bad_manifest", ANEW),
    Case("L12", "manifest with a byte order mark", signed_list(bag.MANIFEST, lambda raw: b"\xef\xbb\xbf" + raw),
         "man list register",
         V.ALTERED, "bad_manifest", ANEW),
    Case("L13", "manifest not sorted", signed_list(bag.MANIFEST, lambda raw: b"".join(
        reversed(raw.splitlines(keepends=True)))), "register", V.ALTERED, "bad_manifest", ANEW),
    Case("L14", "another BagIt version", signed_list(bag.BAGIT, lambda raw: raw.replace(b"1.0", b"0.97")), "register",
         V.ALTERED, "bad_manifest", ANEW, where=bag.BAGIT),
    Case("L15", "wrong size line", signed_list(bag.BAG_INFO, lambda raw: raw.replace(b"Oxum: ", b"Oxum: 1")),
         "bagit register",
         V.ALTERED, "bad_manifest", ANEW, where=bag.BAG_INFO),
    Case("L16", "a manifest of 1.1 MB", write(bag.MANIFEST, b"x" * 1_100_000), "man tag bagit list media",
         V.UNREADABLE, "too_large",
         where=bag.MANIFEST),
    Case("L17", "a README that says something else", change(bag.README, lambda raw: raw.replace(b"sha256sum", b"true")),
         "tag bagit", V.ALTERED, "changed", where=bag.README),
    # the record, sealed anew with the stolen key
    Case("R1", "record edited", record(lambda data: data.update(case_ref="x")), "register", V.VERIFIED_UNSTAMPED, "",
         ANEW),
    Case("R2", "record names another place in the answer for the video", record(
        lambda data: data["derived"][0].update(pointer="/result/photo")), "register", V.ALTERED, "changed", ANEW),
    Case("R3", "record names another exchange for the video", record(
        lambda data: data["derived"][0].update(source="exchanges/02/response-body.bin")), "register", V.ALTERED,
         "changed",
        ANEW),
    Case("R4", "record names another hash of the answer", record(
        lambda data: data["exchanges"][0].update(sha256=A)), "register", V.ALTERED, "changed", ANEW),
    Case("R5", "record states another similarity than the answer", record(similarity), "register", V.ALTERED,
         "bad_manifest",
         ANEW, where=RECORD),
    Case("R6", "record forgets the photo", record(lambda data: data["derived"].pop()), "register", V.ALTERED, "extra",
         ANEW,
         where=PHOTO),
    Case("R7", "a file that lists and signature know and the record does not", signed_stranger, "register", V.ALTERED,
         "extra",
         ANEW, where="data/media/extra.mp4"),
    Case("R8", "record points out of the folder", record(
        lambda data: data["derived"][0].update(path="../../x")), "register", V.ALTERED, "bad_manifest"),
    Case("R9", "record with a member twice", then(change(RECORD, lambda raw: raw.replace(
        b"{", b'{"case_ref": "another",', 1)), lambda p, f: seal_anew(p, f, p.signer)), "register", V.ALTERED,
         "bad_manifest"),
    Case("R10", "record without members", record_bytes(b"{}"), "register", V.ALTERED, "bad_manifest", where=RECORD),
    Case("R11", "record that is no UTF-8", record_bytes(b"\xff"), "register", V.ALTERED, "bad_manifest"),
    Case("R12", "record nested too deeply", record_bytes(b"[" * 200_000), "register", V.ALTERED, "bad_manifest"),
    Case("R13", "record of another schema", record_bytes(b'{"schema":"facevid-evidence/9"}'), "register", V.ALTERED,
         "bad_manifest"),
    Case("R14", "record of 4.2 MB", write(RECORD, b" " * 4_200_000), "man bagit", V.UNREADABLE, "too_large"),
]  # fmt: skip
