"""Sealing: what the folder holds, what it does not hold, what is refused, and who may go first."""

import base64
import hashlib
import json
import os
import socket
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui import __version__
from facevid_gui.captures.store import CaptureEntry, CaptureStore
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.seal import Sealer, SealRequest, check_case, evidence_folders
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_cms import Person
from tests.support.evidence_crash import Other, umask
from tests.support.evidence_matrix_seals import encipherer, expired, not_yet
from tests.support.evidence_places import CASE, PURPOSE, Place, capture_of, files_of
from tests.support.places import look_up_flow, look_up_order
from tests.support.secrets import forms_of, secrets_on_the_wire

OUTSIDE_DATA = {
    "bagit.txt", "bag-info.txt", "README.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
    "signatures/tagmanifest-sha256.txt.p7s", "custody/000001.json", "custody/000001.json.p7s",
}  # fmt: skip
ONE_EXCHANGE = {"request.json", "response-headers.txt", "response-body.bin"}


# --- what is in the folder ---------------------------------------------------------------------------------------


def test_a_sealed_order_holds_exactly_these_files(place: Place) -> None:
    sealed = place.seal(place.capture("order"))
    payload = {"data/capture.json", "data/media/video.mp4", "data/media/photo-01.jpg"}
    payload |= {f"data/exchanges/{number}/{name}" for number in ("01", "02") for name in ONE_EXCHANGE}
    assert set(files_of(sealed.folder)) == OUTSIDE_DATA | payload


def test_a_sealed_flow_holds_the_trimmed_flow_and_the_answer(place: Place) -> None:
    sealed = place.seal(place.capture("flow"))
    payload = {f"data/exchanges/{number}/{name}" for number in ("01", "02") for name in ONE_EXCHANGE}
    assert set(files_of(sealed.folder)) == OUTSIDE_DATA | payload | {"data/capture.json", "data/media/liveness.mp4"}


def test_everything_but_the_record_is_moved_byte_for_byte(place: Place) -> None:
    entry = place.capture("order")
    before = files_of(entry.path)
    after = files_of(place.seal(entry).folder / "data")
    before.pop("capture.json")
    after.pop("capture.json")
    assert after == before


def test_the_record_keeps_every_captured_fact_and_adds_only_what_sealing_knows(place: Place) -> None:
    entry = place.capture("flow")
    draft_bytes = (entry.path / "capture.json").read_bytes()
    draft = json.loads(draft_bytes)
    final = json.loads((place.seal(entry).folder / "data" / "capture.json").read_bytes())
    added = {"case_ref", "purpose", "legal_basis", "operator", "sealed_at", "draft_sha256"}
    assert {name: value for name, value in final.items() if name not in added | {"captured_by"}} == {
        name: value for name, value in draft.items() if name not in added
    }
    assert final["captured_by"] == draft["operator"]
    assert (final["case_ref"], final["purpose"], final["legal_basis"]) == (CASE, PURPOSE, None)
    assert final["draft_sha256"] == hashlib.sha256(draft_bytes).hexdigest()


def test_the_draft_can_be_made_again_from_the_record_and_has_that_hash(place: Place) -> None:
    """Years later nobody has the draft; a reader can still check that sealing changed nothing else in it."""
    final = json.loads((place.folder("ess") / "data" / "capture.json").read_bytes())
    draft = {name: value for name, value in final.items() if name != "captured_by"}
    draft |= dict.fromkeys(("case_ref", "purpose", "legal_basis", "sealed_at", "draft_sha256"))
    draft["operator"] = final["captured_by"]
    raw = (json.dumps(draft, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    assert hashlib.sha256(raw).hexdigest() == final["draft_sha256"]


def test_a_legal_basis_given_is_kept(place: Place) -> None:
    request = place.request(legal_basis="个人信息保护法第十三条")
    sealed = place.house.sealer.seal(place.capture("order"), request, place.signer)
    assert json.loads((sealed.folder / "data" / "capture.json").read_bytes())["legal_basis"] == request.legal_basis


def test_members_a_newer_program_wrote_are_kept(place: Place) -> None:
    entry = place.capture("order")
    path = entry.path / "capture.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "weather": {"sky": "grey"}}), "utf-8")
    final = json.loads((place.seal(entry).folder / "data" / "capture.json").read_bytes())
    assert final["weather"] == {"sky": "grey"}


def test_half_a_surrogate_pair_in_an_answer_is_kept_as_its_escape(place: Place) -> None:
    """A newer program may keep one; it must not stop the seal."""
    entry = place.capture("order")
    path = entry.path / "capture.json"
    data = json.loads(path.read_bytes())
    data["transcript"] = "\ud83d"
    path.write_text(json.dumps(data), "ascii")
    sealed = place.seal(entry)
    assert place.verify(sealed.folder).verified
    final = (sealed.folder / "data" / "capture.json").read_bytes()
    assert b'"\\ud83d"' in final
    assert json.loads(final)["transcript"] == "\ud83d"


def test_the_small_files_say_what_design_section_9_says(place: Place) -> None:
    entry = place.capture("order")
    sealed = place.seal(entry)
    assert (sealed.folder / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = [path.stat().st_size for path in (sealed.folder / "data").rglob("*") if path.is_file()]
    info = (sealed.folder / "bag-info.txt").read_text("ascii").splitlines()
    assert f"Payload-Oxum: {sum(payload)}.{len(payload)}" in info
    assert f"External-Identifier: {sealed.evidence_id}" in info
    assert f"Bag-Software-Agent: facevid_gui {__version__}" in info
    event = json.loads((sealed.folder / "custody" / "000001.json").read_bytes())
    assert list(event) == ["schema", "seq", "event", "at", "operator", "detail", "prev_sha256"]
    assert (event["schema"], event["seq"], event["event"]) == ("facevid-custody/1", 1, "sealed")
    assert event["prev_sha256"] == event["detail"]["seal_sha256"] == sealed.seal_sha256
    assert (sealed.folder / "custody" / "000001.json").read_bytes().endswith(b"}\n")
    assert evidence_id_of(sealed.folder.name) == sealed.evidence_id == entry.evidence_id


def test_the_result_and_the_register_line_name_the_same_seal(place: Place) -> None:
    sealed = place.seal(place.capture("order"))
    line = list(read_lines(place.house.paths.register))[-1][1]
    assert line is not None
    assert line["event"] == "sealed"
    assert (line["evidence_id"], line["seal_sha256"]) == (sealed.evidence_id, sealed.seal_sha256)
    assert (line["custody_head"], line["signer_sha256"]) == (sealed.custody_head, sealed.signer_sha256)
    raw = (sealed.folder / "tagmanifest-sha256.txt").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == sealed.seal_sha256
    assert sealed.signer_sha256 == place.signer.certificate_sha256
    assert place.verify(sealed.folder).verdict is Verdict.VERIFIED_UNSTAMPED


def test_folder_names_and_bag_info_hold_no_personal_and_no_provider_id(place: Place) -> None:
    for name in ("ess", "kyc"):
        folder = place.folder(name)
        seen_by_many = folder.name + (folder / "bag-info.txt").read_text("ascii")
        record = json.loads((folder / "data" / "capture.json").read_bytes())["provider"]
        for member in ("flow_id", "sign_id", "order_no", "request_id"):
            assert record[member] is None or record[member] not in seen_by_many


# --- what is not in the folder -----------------------------------------------------------------------------------


def test_no_secret_is_anywhere_in_a_sealed_folder_in_any_form(house: House, simulator: Simulator, home: Path) -> None:
    captures = [
        look_up_flow(house, simulator, flow_id("One")), look_up_order(house, simulator, "simOrder0001"),
    ]  # fmt: skip
    request = SealRequest("c", "p", house.operator, home / "evidence")
    signer = house.keys.open()
    haystack = b""
    for result in captures:
        entry = house.captures.open(str(capture_of(result)))
        folder = house.sealer.seal(entry, request, signer).folder
        haystack += b"\n".join([folder.name.encode(), *files_of(folder).values()])
    password = house.secret_store.read("@workstation", "key_password")
    assert password is not None
    secrets = secrets_on_the_wire(simulator) | {password.reveal()}
    assert len(secrets) >= 8, "ids, keys, tokens, tickets, signatures"
    for secret in secrets:
        for form in forms_of(secret):
            assert form.lower() not in haystack.lower(), f"{secret[:6]}… as {form[:12]!r}"
    for prefix in (b"", b"x", b"xx", b"xxx"):  # the search finds what is there
        hidden = base64.b64encode(prefix + flow_id("One").encode() + b"yy")
        assert any(form in hidden for form in forms_of(flow_id("One")))
    assert flow_id("One").encode() in haystack


# --- modes and order of events -----------------------------------------------------------------------------------


def test_modes_hold_under_umask_zero(place: Place) -> None:
    with umask(0):
        sealed = place.seal(place.capture("order"), place.home / "new" / "evidence")
    modes = {
        path.relative_to(sealed.folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in [sealed.folder, *sealed.folder.rglob("*")]
    }
    writable = {".", "signatures", "custody"}
    for path, mode in modes.items():
        is_folder = (sealed.folder / path).is_dir()
        assert mode == (0o700 if path in writable else 0o555 if is_folder else 0o444), path
    assert stat.S_IMODE((place.home / "new").stat().st_mode) == 0o700


def test_the_register_line_comes_before_the_folder_and_the_capture_goes_last(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = place.capture("order")
    seen: list[tuple[str, bool, bool, bool]] = []

    def look(what: str) -> None:
        known = place.house.register.view(entry.evidence_id).known
        seen.append((what, known, bool(list(place.root.glob("fv-*"))), entry.path.exists()))

    publish, discard = Sealer._publish, CaptureStore.discard
    monkeypatch.setattr(Sealer, "_publish", lambda self, *a: (look("before rename"), publish(self, *a)))
    monkeypatch.setattr(CaptureStore, "discard", lambda self, e: (look("before discard"), discard(self, e)))
    place.seal(entry)
    look("after")
    assert seen == [
        ("before rename", True, False, True), ("before discard", True, True, True), ("after", True, True, False),
    ]  # fmt: skip


def test_everything_is_on_the_disk_before_the_register_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The register line vouches for files and folder entries alike; a power cut after it must find them."""
    flushed: set[int] = set()
    fsync, add = os.fsync, place.house.register.add
    missing: list[Path] = []

    def noting(descriptor: int) -> None:
        flushed.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def looking(*args: object, **members: object) -> str:
        [partial] = place.root.iterdir()
        missing.extend(path for path in [partial, *partial.rglob("*")] if path.stat().st_ino not in flushed)
        return add(*args, **members)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(place.house.register, "add", looking)
    sealed = place.seal(place.capture("order"))
    assert missing == []
    assert place.root.stat().st_ino in flushed, "the name of the finished folder, too"
    assert place.verify(sealed.folder).verified


def test_nothing_is_left_in_queue_root_and_captures(place: Place) -> None:
    sealed = place.seal(place.capture("order"))
    assert list(place.house.paths.queue.iterdir()) == []
    assert list(place.root.iterdir()) == [sealed.folder]
    assert list(place.house.captures.root.iterdir()) == []


@pytest.mark.parametrize("there", ["folder", "empty folder", "file", "dangling link"])
def test_nothing_that_exists_is_overwritten(place: Place, there: str) -> None:
    entry = place.capture("order")
    assert entry.record is not None
    target = place.root / f"fv-{entry.record.captured_at:%Y%m%dT%H%M%SZ}-kyc-{entry.evidence_id}"
    if there == "file":
        target.write_bytes(b"mine")
    elif there == "dangling link":
        target.symlink_to(place.root / "nowhere")
    else:
        target.mkdir()
    if there == "folder":
        (target / "mine").write_bytes(b"mine")
    before = files_of(place.root)
    with pytest.raises(SubjectError, match="already_sealed"):
        place.seal(entry)
    assert files_of(place.root) == before
    assert list(place.root.iterdir()) == [target]
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert list(place.house.paths.queue.iterdir()) == []


# --- what is refused ---------------------------------------------------------------------------------------------


def rewrite(**members: object) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        record = path / "capture.json"
        record.write_text(json.dumps(json.loads(record.read_bytes()) | members), "utf-8")

    return tamper


def forget_hash(path: Path) -> None:
    record = path / "capture.json"
    data = json.loads(record.read_bytes())
    data["exchanges"][-1] |= {"sha256": None, "complete": False}
    record.write_text(json.dumps(data), "utf-8")


def change_derived(**members: object) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        record = path / "capture.json"
        data = json.loads(record.read_bytes())
        data["derived"][0] |= members
        record.write_text(json.dumps(data), "utf-8")

    return tamper


def change_result(path: Path, **members: object) -> None:
    record = path / "capture.json"
    data = json.loads(record.read_bytes())
    next(value for value in data["result"] if value["name"] == "similarity").update(members)
    record.write_text(json.dumps(data), "utf-8")


def flip(name: str) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        raw = bytearray((path / name).read_bytes())
        raw[-1] ^= 1
        (path / name).write_bytes(raw)

    return tamper


def socket_at(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # socket names are short
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(path.name)
    finally:
        os.chdir(here)


TAMPERED: dict[str, Callable[[Path], object]] = {
    "answer changed": flip("exchanges/01/response-body.bin"),
    "answer removed": lambda path: (path / "exchanges/01/response-body.bin").unlink(),
    "video changed": flip("media/video.mp4"),
    "video removed": lambda path: (path / "media/video.mp4").unlink(),
    "video renamed": lambda path: (path / "media/video.mp4").rename(path / "media/clip.mp4"),
    "video replaced by a link": lambda path: (
        (path / "media/video.mp4").rename(path.parent / "v"),
        (path / "media/video.mp4").symlink_to(path.parent / "v"),
    ),
    "media replaced by a link": lambda path: (
        (path / "media").rename(path.parent / "m"),
        (path / "media").symlink_to(path.parent / "m"),
    ),
    "file added to the media": lambda path: (path / "media/extra.mp4").write_bytes(b"x"),
    "file added to an exchange": lambda path: (path / "exchanges/01/notes.txt").write_bytes(b"x"),
    "file added at the top": lambda path: (path / "notes.txt").write_bytes(b"x"),
    "answer nobody recorded": lambda path: (
        (path / "exchanges/03").mkdir(),
        (path / "exchanges/03/response-body.bin").write_bytes(b"x"),
    ),
    "file with a foreign name": lambda path: (path / "media/Ü b.mp4").write_bytes(b"x"),
    "hidden file": lambda path: (path / ".hidden").write_bytes(b"x"),
    "fifo": lambda path: os.mkfifo(path / "exchanges/01/tls-chain.pem"),
    "socket": lambda path: socket_at(path / "exchanges/01/tls-chain.pem"),
    "answer whose hash was taken away": forget_hash,
    "record removed": lambda path: (path / "capture.json").unlink(),
    "record without meaning": lambda path: (path / "capture.json").write_bytes(b"{}"),
    "record too large": lambda path: (path / "capture.json").write_bytes(b" " * (4 * 1024 * 1024 + 1)),
    "another's record": rewrite(evidence_id="0" * 32),
    "a record that points elsewhere": rewrite(evidence_id="../../../elsewhere"),
    "a provider nobody knows": rewrite(provider={"kind": "../x", "host": "", "action": "", "version": ""}),
    "hash of the record changed": change_derived(sha256="0" * 64),
    "media from nowhere": change_derived(source="exchanges/09/response-body.bin"),
    "media from another exchange": change_derived(source="exchanges/02/response-body.bin"),
    "media from another place of the answer": change_derived(pointer="/result/photo"),
    "media decoded by other steps": change_derived(decoding=["gzip", "json", "base64"]),
    "media of another size": change_derived(size_bytes=5),
    "a copied value that the answer does not hold": lambda path: change_result(path, value="100.00"),
    "a copied value from nowhere": lambda path: change_result(path, source="exchanges/09/response-body.bin"),
    "a copied value from another place": lambda path: change_result(path, pointer="/result/orderNo"),
    "a member twice": lambda path: (path / "capture.json").write_bytes(
        (path / "capture.json").read_bytes().replace(b"{", b'{"case_ref": "another",', 1)
    ),
    "a line break among the repairs": change_derived(repairs=["x\nrm -rf ~"]),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_capture_is_refused_and_left_alone(place: Place, name: str) -> None:
    entry = place.capture("order")
    TAMPERED[name](entry.path)
    left = files_of(entry.path)
    reopened = place.house.captures.open(entry.evidence_id)
    with pytest.raises(SubjectError, match="capture_changed"):
        place.seal(reopened)
    assert files_of(entry.path) == left
    assert list(place.root.iterdir()) == []
    assert list(place.house.paths.queue.iterdir()) == []
    assert not place.house.register.view(entry.evidence_id).known


def test_the_record_that_is_sealed_is_the_one_that_was_compared(place: Place) -> None:
    """Between opening and sealing the record is exchanged for one that tells of other bytes."""
    entry = place.capture("order")
    change_derived(sha256="0" * 64)(entry.path)
    with pytest.raises(SubjectError, match="capture_changed"):
        place.seal(entry)


def test_an_interrupted_capture_is_refused(place: Place) -> None:
    entry = place.capture("order")
    entry.path.rename(entry.path.with_name(f".partial-{entry.evidence_id}"))
    interrupted = place.house.captures.open(entry.evidence_id)
    assert interrupted.state == "interrupted"
    with pytest.raises(SubjectError, match="capture_interrupted"):
        place.seal(interrupted)
    assert list(place.root.iterdir()) == []


@pytest.mark.parametrize("member", ["case_ref", "purpose"])
@pytest.mark.parametrize(("text", "code"), [("", "case_missing"), (" \t", "case_missing"), ("x" * 501, "option_value"),
                                            ("a\nb", "option_value"), ("\x1b[2J", "option_value")])  # fmt: skip
def test_case_and_purpose_are_checked_first(place: Place, member: str, text: str, code: str) -> None:
    request: SealRequest = place.request(**{member: text})
    with pytest.raises(UsageError, match=code):
        check_case(request.case_ref, request.purpose)
    with pytest.raises(UsageError, match=code):
        place.house.sealer.seal(place.capture("order"), request, place.signer)


@pytest.mark.parametrize(("somebody", "code"), [(expired, "signer_expired"), (not_yet, "signer_expired"),
                                                (encipherer, "signer_unfit")])  # fmt: skip
def test_a_certificate_that_no_check_would_accept_seals_nothing(
    place: Place, somebody: Callable[[], Person], code: str
) -> None:
    entry = place.capture("order")
    with pytest.raises(SurroundingsError, match=code):
        place.house.sealer.seal(entry, place.request(), somebody())
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert not place.root.is_dir() or list(place.root.iterdir()) == []


# --- what a crash while receiving left behind --------------------------------------------------------------------


def test_an_empty_folder_that_a_crash_left_does_not_make_the_seal_look_altered(place: Place) -> None:
    entry = place.capture("order")
    (entry.path / "exchanges" / "03").mkdir()
    sealed = place.seal(entry)
    assert place.verify(sealed.folder).verified
    assert not entry.path.exists()


def test_an_answer_cut_by_a_crash_before_a_whole_one_is_sealed_as_it_is(place: Place) -> None:
    """The store promotes a capture whose earlier answer is whole; of the last one not even the name was noted."""
    entry = place.capture("order")
    data = json.loads((entry.path / "capture.json").read_bytes())
    whole = next(exchange for exchange in data["exchanges"] if exchange["role"] == "record")
    digest = hashlib.sha256(b"cut").hexdigest()
    cut = whole | {"path": "exchanges/03/response-body.bin", "complete": False, "sha256": digest, "size_bytes": 3}
    started = whole | {"path": None, "complete": False, "sha256": None, "size_bytes": None, "status": None}
    rewrite(exchanges=[*data["exchanges"], cut, started])(entry.path)
    for number in ("03", "04"):
        folder = entry.path / "exchanges" / number
        folder.mkdir()
        (folder / "request.json").write_bytes(b"{}\n")
        (folder / "response-body.bin").write_bytes(b"cut")
    sealed = place.seal(place.house.captures.open(entry.evidence_id))
    assert place.verify(sealed.folder).verified
    assert (sealed.folder / "data/exchanges/03/response-body.bin").read_bytes() == b"cut"


# --- two at once -------------------------------------------------------------------------------------------------


def outcome_of(work: Callable[[], object]) -> str:
    try:
        work()
    except FacevidError as error:
        return error.code
    return "sealed"


def test_of_two_threads_one_seals_and_the_other_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = place.capture("order")
    signer, building, go_on = place.signer, threading.Event(), threading.Event()
    build = Sealer._build

    def slow_build(self: Sealer, *args: object) -> object:
        building.set()
        assert go_on.wait(20)
        return build(self, *args)

    monkeypatch.setattr(Sealer, "_build", slow_build)
    outcomes: list[str] = []
    first = threading.Thread(
        target=lambda: outcomes.append(outcome_of(lambda: place.house.sealer.seal(entry, place.request(), signer)))
    )
    first.start()
    assert building.wait(20)
    assert outcome_of(lambda: place.house.sealer.seal(entry, place.request(), signer)) == "capture_being_sealed"
    go_on.set()
    first.join(20)
    assert outcomes == ["sealed"]
    assert outcome_of(lambda: place.house.sealer.seal(entry, place.request(), signer)) == "capture_unknown"
    [folder] = place.root.iterdir()
    assert place.verify(folder).verified


def test_of_two_processes_one_seals_and_the_other_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = place.capture("order")
    other, build = Other(), Sealer._build

    def held_build(self: Sealer, *args: object) -> object:
        other.hold()
        return build(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Sealer, "_build", held_build)
        other.start(lambda: place.seal(entry))
    assert outcome_of(lambda: place.seal(entry)) == "capture_being_sealed"
    assert place.house.sealer.recover() == (), "what is being sealed right now is nobody else's to undo"
    assert other.go_on() == 0
    [folder] = place.root.iterdir()
    assert place.verify(folder).verified
    assert not entry.path.exists()


def test_the_evidence_folders_of_a_root_are_found_and_nothing_else(place: Place) -> None:
    assert list(evidence_folders(place.root / "absent")) == []
    folder = place.folder("kyc")
    (place.root / ".partial-fv-x").mkdir()
    (place.root / "fv-file").touch()
    (place.root / "notes").mkdir()
    assert list(evidence_folders(place.root)) == [folder]


def test_a_capture_that_another_sealed_elsewhere_meanwhile_is_unknown(place: Place) -> None:
    entry = place.capture("order")
    place.seal(entry, place.home / "first")
    assert outcome_of(lambda: place.seal(entry, place.home / "second")) == "capture_unknown"
    assert not list((place.home / "second").glob("*"))


def test_an_entry_is_only_a_claim(place: Place) -> None:
    """Sealing reads the folder again: a record handed in that differs from it has no effect."""
    entry = place.capture("order")
    assert entry.record is not None
    liar = replace(entry.record, provider=replace(entry.record.provider, order_no="another"))
    sealed = place.seal(CaptureEntry(entry.path, entry.evidence_id, "complete", liar))
    record = CaptureRecord.from_bytes((sealed.folder / "data" / "capture.json").read_bytes())
    assert record.provider.order_no == "simOrder0001"
