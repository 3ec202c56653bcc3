"""What a tamperer does to an evidence folder, from a flipped byte to everything sealed anew with a stolen key."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import Signer, sign_detached
from facevid_gui.evidence.custody import make_event
from facevid_gui.evidence.timestamp import make_request
from tests.support.evidence_authority import Authority
from tests.support.evidence_cms import Person, make_person, person
from tests.support.evidence_places import Place

P7S = bag.SIGNATURE
TSR = f"{bag.SIGNATURE}.tsr"
Tamper = Callable[[Place, Path], object]


def flip(path: Path, position: int = -1) -> None:
    """Change one bit of one byte."""
    raw = bytearray(path.read_bytes())
    raw[position] ^= 1
    path.write_bytes(raw)


def video(folder: Path) -> Path:
    """The recording of a folder."""
    return sorted((folder / "data/media").glob("*.mp4"))[0]


def film_anew(folder: Path) -> None:
    """Another video in the answer, in its file and in the record: a forgery that fits together."""
    path = video(folder)
    before, name = path.read_bytes(), f"media/{path.name}"
    flip(path)
    after = path.read_bytes()
    record = json.loads((folder / "data/capture.json").read_bytes())
    item = next(item for item in record["derived"] if item["path"] == name)
    exchange = next(exchange for exchange in record["exchanges"] if exchange["path"] == item["source"])
    body = folder / "data" / item["source"]
    raw = body.read_bytes()
    assert raw.count(base64.b64encode(before)) == 1
    body.write_bytes(raw.replace(base64.b64encode(before), base64.b64encode(after)))
    item["sha256"] = hashlib.sha256(after).hexdigest()
    exchange["sha256"] = hashlib.sha256(body.read_bytes()).hexdigest()
    edit_record(folder, derived=record["derived"], exchanges=record["exchanges"])


def edit_record(folder: Path, **members: Any) -> None:
    """Change members of capture.json."""
    path = folder / "data/capture.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | members, ensure_ascii=False, indent=2) + "\n", "utf-8")


def rebuild_lists(folder: Path, payload: Mapping[str, str] | None = None) -> None:
    """Rebuild both hash lists and the size line, as any bag tool would."""
    files = [path for path in sorted((folder / "data").rglob("*")) if path.is_file()]
    hashes = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / bag.MANIFEST).write_bytes(bag.write_list(payload or hashes))
    info = (folder / bag.BAG_INFO).read_text("ascii").splitlines()
    size = sum(path.stat().st_size for path in files)
    kept = [line for line in info if not line.startswith("Payload-Oxum")]
    (folder / bag.BAG_INFO).write_text("\n".join([*kept, f"Payload-Oxum: {size}.{len(files)}", ""]), "ascii")
    rebuild_tag_manifest(folder)


def rebuild_tag_manifest(folder: Path) -> None:
    """Rebuild the list of the tag files only."""
    tags = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in bag.TAGGED}
    (folder / bag.TAG_MANIFEST).write_bytes(bag.write_list(tags))


def sign_anew(folder: Path, signer: Signer) -> None:
    """Replace the signature."""
    (folder / P7S).write_bytes(sign_detached((folder / bag.TAG_MANIFEST).read_bytes(), signer, datetime.now(UTC)))


def custody_anew(folder: Path, signer: Signer, *, stamped: bool = True) -> None:
    """Replace the custody log by one that fits the folder as it is now."""
    for path in (folder / "custody").iterdir():
        path.unlink()
    seal = hashlib.sha256((folder / bag.TAG_MANIFEST).read_bytes()).hexdigest()
    add_event(folder, signer, "sealed", {"seal_sha256": seal}, previous=seal)
    if stamped:
        digest = hashlib.sha256((folder / TSR).read_bytes()).hexdigest()
        add_event(folder, signer, "stamped", {"tsr": TSR, "tsr_sha256": digest})


def add_event(folder: Path, signer: Signer, event: str, detail: Mapping[str, Any], previous: str = "") -> None:
    """Append a custody event, register or not."""
    there = sorted((folder / "custody").glob("*.json"))
    if there:
        previous = hashlib.sha256(there[-1].read_bytes()).hexdigest()
    made = make_event(
        len(there) + 1, event, at=datetime.now(UTC), operator="somebody", detail=detail, previous=previous,
        signer=signer,
    )  # fmt: skip
    (folder / made.name).write_bytes(made.raw)
    (folder / f"{made.name}.p7s").write_bytes(made.signature)


def stamp_anew(folder: Path, authority: Authority, at: datetime | None = None, name: str = TSR) -> None:
    """Put a genuine stamp of that authority over the signature."""
    request = make_request((folder / P7S).read_bytes())
    lies = {"at": at} if at else {}
    (folder / name).write_bytes(authority.respond(request.der, **lies))


def seal_anew(place: Place, folder: Path, signer: Signer, at: datetime | None = None) -> None:
    """Everything inside the folder made to fit again: lists, signature, stamp, custody."""
    rebuild_lists(folder)
    sign_anew(folder, signer)
    if (folder / TSR).exists():
        stamp_anew(folder, place.template.authority, at or sealed_at(folder) + timedelta(seconds=5))
    custody_anew(folder, signer, stamped=(folder / TSR).exists())


def sealed_at(folder: Path) -> datetime:
    """When the folder says it was sealed, in whole seconds."""
    text = json.loads((folder / "data/capture.json").read_bytes())["sealed_at"]
    return from_rfc3339(text).replace(microsecond=0)


def sealed_long_ago(folder: Path) -> None:
    """Move the stated times an hour back."""
    edit_record(folder, sealed_at=to_rfc3339(sealed_at(folder) - timedelta(hours=1)))


@cache
def namesake(name: str) -> Person:
    """A stranger whose certificate carries the same name."""
    return make_person(person(number=7).key, name)


def impostor(place: Place) -> Person:
    """A stranger whose certificate carries the workstation's name."""
    certificate = place.house.keys.certificate()
    assert certificate is not None
    from cryptography import x509

    subject = x509.load_der_x509_certificate(certificate).subject.rfc4514_string()
    return namesake(subject.removeprefix("CN="))


def deep_folders(root: Path, depth: int) -> None:
    """Folders inside folders beyond the longest path a system call takes."""
    here = os.getcwd()
    os.chdir(root)
    try:
        for _ in range(depth):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    finally:
        os.chdir(here)
