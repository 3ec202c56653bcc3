"""What lies in an evidence folder, beside it and around it: record, lists, custody, notes, packages, the whole."""

import hashlib
import zipfile
from pathlib import Path

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.ids import is_capture_path
from facevid_gui.core.messages import Messages
from facevid_gui.core.moments import shown_moment
from facevid_gui.core.wording import local_time
from facevid_gui.evidence import bag
from facevid_gui.evidence.archive_names import name_problem
from facevid_gui.evidence.archive_reader import ArchiveError, open_archive
from facevid_gui.evidence.custody import check_chain
from facevid_gui.evidence.identity import Identity
from facevid_gui.evidence.notes import SCHEMA as NOTE
from facevid_gui.evidence.notes import read_notes
from facevid_gui.evidence.review import custody_events
from facevid_gui.evidence.snapshots import read_snapshots
from facevid_gui.evidence.unpacking import sort_members, verify_archive
from facevid_gui.evidence.verify import Trust
from tests.fuzz import byte_level, json_level, zip_level
from tests.fuzz.target import Feed, Target, ViolationError, must, sayable, typed

SEAL = "5" * 64
EVIDENCE_ID = "0123456789abcdef" * 2
_MESSAGES = Messages("zh_CN")
_MOST_UNPACKED = 20_000_000


def _record(_: Path) -> Feed:
    def feed(data: bytes) -> None:
        with typed(ValueError):
            record = CaptureRecord.from_bytes(data)
            written = CaptureRecord.from_bytes(record.to_bytes())  # times are written to the millisecond
            must(CaptureRecord.from_bytes(written.to_bytes()) == written, "a record that is written otherwise")
            sayable(local_time(record.captured_at, _MESSAGES), shown_moment(record.sealed_at, _MESSAGES))
            must(all(is_capture_path(item.path) for item in record.derived), "a path that leads out")
            record.review_by, record.answer_exchanges(), record.flow_exchange()

    return feed


def _lists(_: Path) -> Feed:
    def feed(data: bytes) -> None:
        for read in (bag.read_manifest, bag.read_tag_manifest):
            with typed(bag.ListError):
                entries = read(data)
                must(bag.write_list(entries) == data, "a list of another form than ours")
        told = bag.payload_bytes(data)
        must(told is None or told >= 0, "fewer bytes than none")

    return feed


def _custody(scratch: Path) -> Feed:
    """The first event, and one after it, each without a signature that holds."""
    (scratch / "custody").mkdir()

    def feed(data: bytes) -> None:
        first, second = "custody/000001.json", "custody/000002.json"
        for files in ({first: data}, {first: b"{}", second: data, f"{second}.p7s": b""}):
            chain = check_chain(files, SEAL, ())
            must(bool(chain.reasons), "an unsigned chain that holds")
            sayable(*chain.stamps, *chain.reasons)
        (scratch / first).write_bytes(data)
        for event in custody_events(scratch, None):
            sayable(event.seq, event.event, event.at)

    return feed


def _notes(scratch: Path) -> Feed:
    """A note or a snapshot that is the only one; unsigned, so it is never believed."""
    folder = scratch / "fv-20261121T022900Z-kyc-0123456789abcdef0123456789abcdef"
    places = [scratch / f"{folder.name}.work" / series for series in ("notes", "snapshots")]
    for place in places:
        place.mkdir(parents=True)
    subject = Identity(EVIDENCE_ID, SEAL)

    def feed(data: bytes) -> None:
        for place in places:
            (place / "000001.json").write_bytes(data)
        notes = read_notes(folder, subject, ())
        must(len(notes.notes) + len(notes.unreadable) == 1, "a note that vanished")
        must(not notes.markers and not notes.is_whole, f"a {NOTE} that is believed without a signature")
        for note in notes.notes:
            sayable(note.at, note.spot, note.about)
            must(len(note.text) <= 8000, "a note without an end")
        snapshots = read_snapshots(folder, subject, ())
        must(not snapshots.is_whole, "a snapshot that is believed without a signature")

    return feed


def _package(scratch: Path) -> Feed:
    """A zip of a stranger: what is accepted has harmless names and the bytes that `zipfile` finds, too."""
    path, unpacked = scratch / "stranger.zip", scratch / "unpacked"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        token = CancelToken()
        with typed(ArchiveError), open_archive(path) as archive:
            sort_members(archive.members)
            for member in archive.members:
                must(not name_problem(member.name), "a name that leads elsewhere")
                found = b"".join(archive.pieces(member, token))
                must(len(found) == member.size <= _MOST_UNPACKED, "more than it says")
                _compare(path, member.name, found)
        verdicts = verify_archive(path, Trust(), unpacked, token)
        must(not any(verdict.verified for verdict in verdicts.verdicts), "a stranger's zip that is verified")
        sayable(*verdicts.verdicts, *verdicts.beside)
        must(not [item for item in unpacked.glob("*") if item.is_dir()], "something was left behind")

    return feed


def _compare(path: Path, name: str, found: bytes) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            other = archive.read(name)
    except Exception as error:
        raise ViolationError(f"accepted, and refused by zipfile: {type(error).__name__}") from error
    must(other == found, "two programs read two things")


def _folder(scratch: Path) -> Feed:
    """A sealed folder before the strict verifier; the input is only what the mutation is drawn with."""
    from tests.support.evidence_authority import Authority
    from tests.support.evidence_fuzz import Fuzzer
    from tests.support.evidence_places import Place, make_template

    template = make_template(scratch / "home", Authority(scratch / "authority"))
    fuzzer = Fuzzer(Place(template, scratch / "fuzzed"), seed=1)

    def feed(data: bytes) -> None:
        finding = fuzzer.run(int.from_bytes(hashlib.sha256(data).digest()[:6], "big"))
        must(finding is None, f"{finding.path}: {finding.what}" if finding else "")

    return feed


TARGETS = (
    Target("capture_record", "core.capture", _record, json_level.mutated),
    Target("bag_lists", "evidence.bag", _lists, byte_level.mutated),
    Target("custody", "evidence.custody, evidence.review", _custody, json_level.mutated),
    Target("notes", "evidence.sidecar, notes, snapshots", _notes, json_level.mutated),
    Target("package", "evidence.archive_reader, unpacking", _package, zip_level.mutated),
    Target("sealed_folder", "evidence.verify (support.evidence_fuzz)", _folder, byte_level.mutated, 10.0),
)
