"""Rows of our own: signatures, timestamps, custody, and the register itself."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.chainlog import NO_PREVIOUS, compact_line
from facevid_gui.evidence.cms import sign_detached
from facevid_gui.evidence.timestamp import make_request
from tests.support.evidence_authority import make_pair
from tests.support.evidence_cms import Forgery, Person, make_person, openssl_sign, person, to_der, to_pem
from tests.support.evidence_matrix import Case, change, remove, then, write
from tests.support.evidence_places import Place
from tests.support.evidence_tampering import (
    P7S,
    TSR,
    Tamper,
    add_event,
    film_anew,
    flip,
    seal_anew,
    sealed_at,
    sign_anew,
    stamp_anew,
)

ANEW = "register_seal_differs register_custody_behind"
DAY = timedelta(days=1)


def enrolled(place: Place) -> Person:
    """The workstation's key and certificate in a forger's hands."""
    return Person(place.signer.private_key, x509.load_der_x509_certificate(place.signer.certificate_der))


def forged(attributes: dict[str, Any] | None = None, **wrong: Any) -> Tamper:
    """A signature by the enrolled key with something wrong."""

    def tamper(place: Place, folder: Path) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        members = {"signing_time": [cms.Time({"utc_time": now})], **(attributes or {})}
        data = (folder / bag.TAG_MANIFEST).read_bytes()
        (folder / P7S).write_bytes(Forgery(enrolled(place), data=data, attributes=members, **wrong).pem())

    return tamper


def signed_by_openssl(*options: str, with_stranger: bool = False) -> Tamper:
    """What `openssl cms -sign` makes of it with the enrolled key."""

    def tamper(place: Place, folder: Path) -> None:
        people = [enrolled(place), *([person()] if with_stranger else [])]
        with tempfile.TemporaryDirectory() as scratch:
            data = (folder / bag.TAG_MANIFEST).read_bytes()
            (folder / P7S).write_bytes(openssl_sign(Path(scratch), data, *people, options=options).replace(
                b" CMS-----", b" PKCS7-----"
            ))  # fmt: skip

    return tamper


def by(somebody: Callable[[], Person]) -> Tamper:
    """Everything sealed anew by somebody."""
    return lambda place, folder: seal_anew(place, folder, somebody())


@cache
def expired() -> Person:
    return make_person(person().key, "expired", valid=(-300 * DAY, -DAY))


@cache
def not_yet() -> Person:
    return make_person(person().key, "not yet valid", valid=(DAY, 300 * DAY))


@cache
def encipherer() -> Person:
    usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    return make_person(person().key, "for encryption", extensions=((usage, True),))


@cache
def web_server() -> Person:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return make_person(person().key, "for web servers", extensions=((usage, False),))


@cache
def mysterious() -> Person:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    return make_person(person().key, "critical and unknown", extensions=((unknown, True),))


def weakling() -> Person:
    return person("rsa1024")


def signature_of_another(place: Place, folder: Path) -> None:
    shutil.copyfile(place.template.folders["other"] / P7S, folder / P7S)


def custody_of_another(place: Place, folder: Path) -> None:
    for path in ("custody/000001.json", "custody/000001.json.p7s"):
        shutil.copyfile(place.template.folders["other"] / path, folder / path)


def linked_signature(_: Place, folder: Path) -> None:
    (folder / P7S).rename(folder.parent / "p7s")
    (folder / P7S).symlink_to(folder.parent / "p7s")


def unsigned_attribute(_: Place, folder: Path) -> None:
    info = cms.ContentInfo.load(to_der((folder / P7S).read_bytes()))
    signer = info["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = [{"type": "counter_signature", "values": [signer.copy()]}]
    der = info.dump()
    assert cms.ContentInfo.load(der)["content"]["signer_infos"][0]["unsigned_attrs"].native, "it is really there"
    (folder / P7S).write_bytes(to_pem(der))


# --- timestamps --------------------------------------------------------------------------------------------------


def stamped(at: Callable[[Path], datetime] | None = None, **lies: Any) -> Tamper:
    """A stamp with something wrong, rightly recorded in the custody log."""

    def tamper(place: Place, folder: Path) -> None:
        more = {"at": at(folder)} if at else {}
        made = {name: value() if callable(value) else value for name, value in lies.items()}
        request = make_request((folder / P7S).read_bytes())
        (folder / TSR).write_bytes(place.template.authority.respond(request.der, **more, **made))
        record_stamp(place, folder)

    return tamper


def record_stamp(place: Place, folder: Path) -> None:
    digest = hashlib.sha256((folder / TSR).read_bytes()).hexdigest()
    add_event(folder, place.signer, "stamped", {"tsr": TSR, "tsr_sha256": digest})


def stamped_by(**leaf: Any) -> Tamper:
    """A stamp of a unit that our authority certified, which is not fit for it."""

    def tamper(place: Place, folder: Path) -> None:
        unit = make_pair("Unit", place.template.authority.root, **leaf)
        stamped(signer=unit)(place, folder)

    return tamper


def stamp_of_another(place: Place, folder: Path) -> None:
    shutil.copyfile(place.template.folders["stamped"] / TSR, folder / TSR)
    record_stamp(place, folder)


def restamped(covered: Callable[[Path], bytes]) -> Tamper:
    def tamper(place: Place, folder: Path) -> None:
        response = place.template.authority.respond(make_request(covered(folder)).der)
        (folder / f"{TSR}.tsr").write_bytes(response)
        digest = hashlib.sha256(response).hexdigest()
        add_event(folder, place.signer, "restamped", {"tsr": f"{TSR}.tsr", "tsr_sha256": digest})

    return tamper


# --- custody -----------------------------------------------------------------------------------------------------


def move_event(number: int, to: int) -> Tamper:
    def tamper(_: Place, folder: Path) -> None:
        for end in (".json", ".json.p7s"):
            (folder / f"custody/{number:06d}{end}").rename(folder / f"custody/{to:06d}{end}")

    return tamper


def copy_event(number: int, to: int) -> Tamper:
    def tamper(_: Place, folder: Path) -> None:
        for end in (".json", ".json.p7s"):
            shutil.copyfile(folder / f"custody/{number:06d}{end}", folder / f"custody/{to:06d}{end}")

    return tamper


def exchange(first: str, second: str) -> Tamper:
    def tamper(_: Place, folder: Path) -> None:
        raw = (folder / first).read_bytes()
        (folder / first).write_bytes((folder / second).read_bytes())
        (folder / second).write_bytes(raw)

    return tamper


def event_of_another(place: Place, folder: Path) -> None:
    """An event of the stamped folder, carried on in the chain of this one."""
    for end in (".json", ".json.p7s"):
        shutil.copyfile(place.template.folders["stamped"] / f"custody/000002{end}", folder / f"custody/000002{end}")


def unsigned_event(place: Place, folder: Path) -> None:
    add_event(folder, place.signer, "exported", {"to": "court"})
    (folder / "custody/000004.json.p7s").unlink()


def event(edit: Callable[[dict[str, Any]], bytes]) -> Tamper:
    """Event 2 of bytes that `edit` makes of a good one, rightly signed with the enrolled key."""

    def tamper(place: Place, folder: Path) -> None:
        add_event(folder, place.signer, "exported", {"to": "court"})
        path = folder / "custody/000002.json"
        raw = edit(json.loads(path.read_bytes()))
        path.write_bytes(raw)
        (folder / "custody/000002.json.p7s").write_bytes(sign_detached(raw, place.signer, datetime.now(UTC)))

    return tamper


def first_event(kind: str, detail: Callable[[str], dict[str, str]]) -> Tamper:
    def tamper(place: Place, folder: Path) -> None:
        for path in (folder / "custody").iterdir():
            path.unlink()
        seal = hashlib.sha256((folder / bag.TAG_MANIFEST).read_bytes()).hexdigest()
        add_event(folder, place.signer, kind, detail(seal), previous=seal)

    return tamper


def exchanged_and_recorded(place: Place, folder: Path) -> None:
    """Another genuine stamp in the place of the first, and an event that names it under the same path."""
    stamp_anew(folder, place.template.authority)
    record_stamp(place, folder)


# --- the register ------------------------------------------------------------------------------------------------


def register(edit: Callable[[list[dict[str, Any]], str], list[dict[str, Any]]], *, chained: bool) -> Tamper:
    """The register with other lines; `chained` makes numbers and hashes fit again."""

    def tamper(place: Place, folder: Path) -> None:
        path = place.house.paths.register
        lines = edit([json.loads(line) for line in path.read_bytes().splitlines()], folder.name[-32:])
        raw, previous = b"", NO_PREVIOUS
        for number, line in enumerate(lines, 1):
            fitting = {**line, "seq": number, "prev_sha256": previous} if chained else line
            raw += compact_line(fitting)
            previous = hashlib.sha256(compact_line(fitting)).hexdigest()
        assert raw != path.read_bytes()
        path.write_bytes(raw)

    return tamper


def without_folder(lines: list[dict[str, Any]], evidence_id: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["evidence_id"] != evidence_id]


def another_seal(lines: list[dict[str, Any]], evidence_id: str) -> list[dict[str, Any]]:
    return [{**line, "seal_sha256": "0" * 64} if line["evidence_id"] == evidence_id else line for line in lines]


def forged_and_registered(place: Place, folder: Path) -> None:
    """The stolen key, and the register on the same machine rewritten to fit."""
    film_anew(folder)
    seal_anew(place, folder, place.signer)
    seal = hashlib.sha256((folder / bag.TAG_MANIFEST).read_bytes()).hexdigest()
    head = hashlib.sha256(sorted((folder / "custody").glob("*.json"))[-1].read_bytes()).hexdigest()

    def edit(lines: list[dict[str, Any]], evidence_id: str) -> list[dict[str, Any]]:
        new = {"seal_sha256": seal, "custody_head": head}
        return [{**line, **new} if line["evidence_id"] == evidence_id else line for line in lines]

    register(edit, chained=True)(place, folder)


V = Verdict
SEALS = [
    # the signature
    Case("S1", "signature file emptied", write(P7S, b""), "any pin gnutls form print", V.ALTERED, "bad_signature",
         where=P7S),
    Case("S2", "signature file of 300 kB", write(P7S, b"x" * 300_000), "any pin gnutls form print", V.UNREADABLE,
         "too_large", where=P7S),
    Case("S3", "signature replaced by a link to it", linked_signature, "list", V.ALTERED, "link missing"),
    Case("S4", "signature of another genuine folder", signature_of_another, "any pin gnutls", V.ALTERED,
         "bad_signature"),
    Case("S5", "as S4, custody too", then(signature_of_another, custody_of_another),
         "any pin gnutls custody register", V.ALTERED,
         "bad_signature custody_changed", "register_custody_behind"),
    Case("S6", "a second signer", signed_by_openssl("-cades", with_stranger=True), "pin print", V.ALTERED,
         "bad_signature"),
    Case("S7", "no signed attributes", signed_by_openssl("-noattr"), "print", V.ALTERED, "bad_signature"),
    Case("S8", "no certificate hash among the attributes", signed_by_openssl(), "pin print", V.ALTERED,
         "bad_signature"),
    Case("S9", "certificate not enclosed", signed_by_openssl("-cades", "-nocerts"), "any pin gnutls", V.ALTERED,
         "bad_signature"),
    Case("S10", "content enclosed in the signature", signed_by_openssl("-cades", "-nodetach"), "print", V.ALTERED,
         "bad_signature"),
    Case("S11", "digest attribute missing", forged(attributes={"message_digest": None}), "any pin gnutls print",
         V.ALTERED,
         "bad_signature"),
    Case("S12", "content type attribute twice", forged(repeated=("content_type",)), "any pin gnutls print", V.ALTERED,
         "bad_signature"),
    Case("S13", "content type attribute differs", forged(attributes={"content_type": ["tst_info"]}), "gnutls",
         V.ALTERED,
         "bad_signature"),
    Case("S14", "digest attribute differs", forged(attributes={"message_digest": [b"\0" * 32]}), "any pin gnutls",
         V.ALTERED,
         "bad_signature"),
    Case("S15", "another content type", forged(content_type="digested_data"), "gnutls", V.ALTERED, "bad_signature"),
    Case("S16", "SHA-1 as digest", forged(digest="sha1", signature_hash=hashes.SHA1,
                                          signature_algorithm="sha1_ecdsa"), "print", V.UNSIGNED, "weak_signature"),
    Case("S17", "no signing time", forged(attributes={"signing_time": None}), "print", V.UNSIGNED, "weak_signature"),
    Case("S18", "garbage behind the PEM", change(P7S, lambda raw: raw + b"garbage\n"), "form", V.ALTERED,
         "bad_signature"),
    Case("S19", "garbage before the PEM", change(P7S, lambda raw: b"garbage\n" + raw), "form", V.ALTERED,
         "bad_signature"),
    Case("S20", "the PEM twice", change(P7S, lambda raw: raw + raw), "form", V.ALTERED, "bad_signature"),
    Case("S21", "DER instead of PEM", change(P7S, to_der), "any pin gnutls form print", V.ALTERED, "bad_signature"),
    Case("S22", "the same signature under OpenSSL's own label", change(P7S, lambda raw: raw.replace(
        b"PKCS7", b"CMS")), "gnutls form", V.VERIFIED_UNSTAMPED, honest=True),
    Case("S23", "an unsigned attribute added, no stamp over it", unsigned_attribute, "", V.VERIFIED_UNSTAMPED,
         honest=True),
    Case("S24", "an unsigned attribute added below a stamp", unsigned_attribute, "ts", V.ALTERED, "bad_stamp",
         base="stamped"),
    Case("S25", "signed anew with the stolen key, stamp kept", lambda p, f: sign_anew(f, p.signer), "ts", V.ALTERED,
         "bad_stamp", base="stamped"),
    Case("S26", "enrolled certificate had expired", by(expired), "pin gnutls custody register", V.UNSIGNED,
         "weak_signature custody_bad_signature", "register_signer_differs register_custody_behind", signer=expired),
    Case("S27", "enrolled certificate not yet valid", by(not_yet), "pin gnutls custody register", V.UNSIGNED,
         "weak_signature custody_bad_signature", "register_signer_differs register_custody_behind", signer=not_yet),
    Case("S28", "enrolled certificate is for encryption", by(encipherer), "pin custody register", V.UNSIGNED,
         "weak_signature custody_bad_signature", "register_custody_behind", signer=encipherer),
    Case("S29", "enrolled certificate is for web servers", by(web_server), "pin custody register", V.UNSIGNED,
         "weak_signature custody_bad_signature", "register_custody_behind", signer=web_server),
    Case("S30", "enrolled certificate with an unknown critical extension", by(mysterious), "pin custody register",
         V.UNSIGNED,
         "weak_signature custody_bad_signature", "register_custody_behind", signer=mysterious),
    Case("S31", "enrolled key too short (RSA 1024)", lambda p, f: (f / P7S).write_bytes(
        Forgery(weakling(), data=(f / bag.TAG_MANIFEST).read_bytes()).pem()), "custody", V.UNSIGNED,
        "weak_signature custody_unknown_signer", signer=weakling),
    # timestamps
    Case("T1", "stamp removed though the custody log names it", remove(TSR), "ts text custody", V.ALTERED, "missing",
         base="stamped", where=TSR),
    Case("T2", "stamp exchanged for another genuine one", lambda p, f: stamp_anew(f, p.template.authority), "custody",
         V.ALTERED, "changed", base="stamped", where=TSR),
    Case("T3", "as T2, and a later event names it", exchanged_and_recorded, "custody", V.ALTERED, "changed",
         base="stamped", where=TSR),
    Case("T4", "stamp of another folder", stamp_of_another, "ts", V.ALTERED, "bad_stamp", where=TSR),
    Case("T5", "stamp that is garbage", then(write(TSR, b"garbage"), record_stamp), "ts text", V.ALTERED, "bad_stamp"),
    Case("T6", "stamp without an event", lambda p, f: stamp_anew(f, p.template.authority), "custody", V.VERIFIED,
         "stamp_unnamed"),
    Case("T7", "stamp over another hash", stamped(imprint=b"\0" * 32), "ts", V.ALTERED, "bad_stamp"),
    Case("T8", "stamp over SHA-1", lambda p, f: stamped(
        hash_name="sha1", imprint=hashlib.sha1((f / P7S).read_bytes()).digest())(p, f), "text", V.ALTERED, "bad_stamp"),
    Case("T9", "stamp with a critical extension nobody knows", stamped(extension=True), "text", V.ALTERED, "bad_stamp"),
    Case("T10", "stamp with an extension that is not critical", stamped(extension=False), "", V.VERIFIED,
         honest=True),
    Case("T11", "stamp that answers another request (nonce)", stamped(nonce=5), "", V.VERIFIED, honest=True),
    Case("T12", "stamp under another policy", stamped(policy="1.2.3.99"), "", V.VERIFIED, honest=True),
    Case("T13", "stamp by a unit that is not for stamping", stamped_by(usage="none"), "ts", V.ALTERED, "bad_stamp"),
    Case("T14", "stamp by a unit for stamping among other things", stamped_by(usage="mixed"), "ts", V.ALTERED,
         "bad_stamp"),
    Case("T15", "stamp by a unit whose certificate had expired", stamped_by(valid=(-300 * DAY, -DAY)), "ts",
         V.VERIFIED_UNSTAMPED, "bad_stamp"),
    Case("T16", "stamp by a unit with an unknown critical extension", stamped_by(unknown=True), "ts", V.ALTERED,
         "bad_stamp"),
    Case("T17", "stamp an hour older than the seal", stamped(at=lambda f: sealed_at(f) - timedelta(hours=1)), "text",
         V.VERIFIED, "stamp_early"),
    Case("T18", "stamp with bytes behind it", then(stamped(), change(TSR, lambda raw: raw + b"\0")), "custody",
         V.ALTERED,
         "bad_stamp changed"),
    Case("T19", "stamp over the stamp", restamped(lambda f: (f / TSR).read_bytes()), "", V.VERIFIED, base="stamped",
         honest=True),
    Case("T20", "stamp over another stamp", restamped(lambda f: b"other"), "ts", V.ALTERED, "bad_stamp",
         base="stamped", where=f"{TSR}.tsr"),
    Case("T21", "stamp removed below a stamp over it", then(restamped(lambda f: (f / TSR).read_bytes()), remove(TSR)),
         "ts custody", V.ALTERED, "bad_stamp missing", base="stamped"),
    Case("T22", "stamp and its event removed, the event after it too", then(
        remove(TSR), lambda _, f: [path.unlink() for path in (f / "custody").glob("00000[23]*")]), "ts text register",
        V.VERIFIED_UNSTAMPED, "", "register_custody_behind", base="stamped"),
    # custody
    Case("C1", "event renumbered (a gap)", move_event(3, 4), "custody", V.CHAIN_BROKEN, "custody_missing",
         "register_custody_behind", base="stamped", where="custody/000003.json"),
    Case("C2", "events exchanged", then(exchange("custody/000002.json", "custody/000003.json"),
                                        exchange("custody/000002.json.p7s", "custody/000003.json.p7s")), "custody",
         V.CHAIN_BROKEN, "custody_malformed stamp_unnamed", base="stamped"),
    Case("C3", "signatures of events exchanged", exchange("custody/000002.json.p7s", "custody/000003.json.p7s"),
         "custody",
         V.CHAIN_BROKEN, "custody_bad_signature", base="stamped"),
    Case("C4", "event doubled under the next number", copy_event(2, 4), "custody", V.CHAIN_BROKEN, "custody_malformed",
         base="stamped"),
    Case("C5", "event of another folder", event_of_another, "custody", V.CHAIN_BROKEN, "custody_changed"),
    Case("C6", "event by a stranger", lambda p, f: add_event(f, person(), "exported", {"to": "court"}), "custody",
         V.CHAIN_BROKEN, "custody_unknown_signer", base="stamped", where="custody/000004.json"),
    Case("C7", "event without a signature", unsigned_event, "custody", V.CHAIN_BROKEN, "custody_unsigned",
         base="stamped"),
    Case("C8", "signature without an event", remove("custody/000003.json"), "register", V.CHAIN_BROKEN,
         "custody_missing",
         "register_custody_behind", base="stamped"),
    Case("C9", "event 1 is no sealing", first_event("verified", lambda seal: {}), "register", V.CHAIN_BROKEN,
         "custody_changed", "register_custody_behind"),
    Case("C10", "event 1 names another seal", first_event("sealed", lambda seal: {"seal_sha256": "a" * 64}), "register",
         V.CHAIN_BROKEN, "custody_changed", "register_custody_behind"),
    Case("C11", "event that is no JSON, rightly signed", event(lambda data: b"\xff"), "custody event", V.CHAIN_BROKEN,
         "custody_malformed"),
    Case("C12", "event nested too deeply, rightly signed", event(lambda data: b"[" * 60_000), "custody event",
         V.CHAIN_BROKEN,
         "custody_malformed"),
    Case("C13", "event of a kind nobody knows, rightly signed", event(
        lambda data: compact_line({**data, "event": "unsealed"})), "event", V.CHAIN_BROKEN, "custody_malformed"),
    Case("C14", "event without a time, rightly signed", event(
        lambda data: compact_line({**data, "at": "yesterday"})), "event", V.CHAIN_BROKEN, "custody_malformed"),
    Case("C15", "event with a member twice, rightly signed", event(
        lambda data: b'{"prev_sha256":"' + b"0" * 64 + b'",' + compact_line(data)[1:]), "event", V.CHAIN_BROKEN,
        "custody_malformed"),
    Case("C16", "event of a stamp that names none", lambda p, f: add_event(f, p.signer, "stamped", {"tsr": 5}), "event",
         V.CHAIN_BROKEN, "custody_malformed"),
    Case("C17", "event of 70 kB", write("custody/000001.json", b" " * 70_000), "custody event register", V.UNREADABLE,
         "too_large"),
    # the register
    Case("G1", "register: a byte changed", lambda p, f: flip(p.house.paths.register, 40), "kept",
         V.VERIFIED_UNSTAMPED, "",
         "register_broken"),
    Case("G2", "register: the lines of this folder removed", register(without_folder, chained=False), "register kept",
         V.VERIFIED_UNSTAMPED, "", "register_broken register_missing"),
    Case("G3", "as G2, chained anew", register(without_folder, chained=True), "register kept", V.VERIFIED_UNSTAMPED, "",
         "register_missing"),
    Case("G4", "register forked: another seal for this folder, chained anew", register(another_seal, chained=True),
         "register kept",
         V.VERIFIED_UNSTAMPED, "", "register_seal_differs"),
    Case("G5", "register: its end cut off", register(lambda lines, _: lines[:-1], chained=False), "kept",
         V.VERIFIED, "", base="stamped"),
    Case("G6", "as 12a, and the register rewritten to fit", forged_and_registered, "kept", V.VERIFIED_UNSTAMPED, ""),
]  # fmt: skip
