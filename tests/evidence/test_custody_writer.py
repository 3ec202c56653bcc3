"""Custody events added to sealed folders: by one writer at a time, on media that refuse, through crashes."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import custody_writer
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.custody import MAX_EVENT_BYTES
from facevid_gui.evidence.timestamp import Stamp
from facevid_gui.house import House
from tests.evidence.test_seal_crashes import hand_over
from tests.support.evidence_crash import Other, crash_before, end_of, start_child
from tests.support.evidence_places import Place, Template, files_of, in_threads, unlock_folders
from tests.support.places import make_house
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


def append(place: Place, folder: Path, event: str = "exported", **detail: object) -> bool:
    return place.house.custody.append(folder, event, detail, place.signer)


def register_lines(place: Place) -> list[dict[str, object]]:
    return [data for _, data in read_lines(place.house.paths.register) if data is not None]


def test_an_event_names_the_one_before_and_is_registered(place: Place) -> None:
    folder = place.folder("kyc")
    before = files_of(folder)
    assert append(place, folder, to="Intermediate Court", purpose="证据交换") is True
    added = {name: raw for name, raw in files_of(folder).items() if name not in before}
    assert set(added) == {"custody/000002.json", "custody/000002.json.p7s"}
    assert {name: raw for name, raw in files_of(folder).items() if name in before} == before
    event = json.loads(added["custody/000002.json"])
    assert (event["seq"], event["event"], event["detail"]["purpose"]) == (2, "exported", "证据交换")
    assert b", " not in added["custody/000002.json"].split(b'"detail"')[0], "compact JSON"
    verdict = place.verify(folder)
    assert (verdict.verified, verdict.reasons) == (True, ())
    line = register_lines(place)[-1]
    assert (line["event"], line["custody_head"]) == ("custody", verdict.custody_head)
    assert line["signer_sha256"] == place.signer.certificate_sha256
    assert list(place.house.paths.queue.iterdir()) == []


def test_events_are_read_only_and_numbered_on(place: Place) -> None:
    folder = place.folder("stamped")
    for number in range(4, 8):
        assert append(place, folder)
        path = folder / f"custody/{number:06d}.json"
        assert path.stat().st_mode & 0o777 == 0o444
    assert place.verify(folder).verdict is Verdict.VERIFIED


def test_a_detail_with_half_a_character_is_kept_as_json_escape(place: Place) -> None:
    folder = place.folder("kyc")
    assert append(place, folder, path=os.fsdecode(b"/mnt/\xff"))
    assert place.verify(folder).verified
    assert json.loads((folder / "custody/000002.json").read_bytes())["detail"]["path"] == "/mnt/\udcff"


NOT_EVIDENCE: dict[str, Callable[[Path], object]] = {
    "no record": lambda folder: (folder / "data/capture.json").unlink(),
    "a record without meaning": lambda folder: (folder / "data/capture.json").write_bytes(b"{}"),
    "no tag manifest": lambda folder: (folder / "tagmanifest-sha256.txt").unlink(),
    "no custody": lambda folder: shutil.rmtree(folder / "custody"),
    "no event": lambda folder: [path.unlink() for path in (folder / "custody").iterdir()],
    "an event too large": lambda folder: (folder / "custody/000001.json").write_bytes(b" " * 70_000),
    "a link as event": lambda folder: (folder / "custody/000002.json").symlink_to("000001.json"),
}


@pytest.mark.parametrize("what", NOT_EVIDENCE)
def test_what_is_not_evidence_gets_no_event(place: Place, what: str) -> None:
    folder = place.open_folder("kyc")
    NOT_EVIDENCE[what](folder)
    before, register = files_of(folder), place.house.paths.register.read_bytes()
    with pytest.raises(SubjectError, match="not_evidence"):
        append(place, folder)
    assert files_of(folder) == before
    assert place.house.paths.register.read_bytes() == register
    assert list(place.house.paths.queue.glob("*.json")) == []


# --- media that refuse -------------------------------------------------------------------------------------------


def test_where_the_medium_refuses_the_register_keeps_the_event_as_pending(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        hand_over(base)
        (folder / "custody").chmod(0o555)
        before = files_of(folder)

        def attempt() -> bool:
            accepted = append(place, folder)
            assert list(place.house.paths.queue.iterdir()) == []
            return accepted

        assert as_unprivileged(attempt) is False
        assert files_of(folder) == before
        line = register_lines(place)[-1]
        assert (line["event"], line["evidence_id"]) == ("pending", folder.name[-32:])
        assert line["detail"]["event"] == "exported"
        assert place.verify(folder).reasons == ()


def test_a_folder_on_a_read_only_medium_takes_no_event_until_it_is_copied(template: Template) -> None:
    """Everything read-only, as on a disc or a share for readers: nothing is lost, nothing disagrees afterwards."""
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("stamped")
        before = files_of(folder)
        for path in sorted(folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        folder.chmod(0o555)
        hand_over(base)
        unlocked = [place.house.paths.keys, place.house.paths.register.parent, place.house.paths.queue, place.root]

        def attempt() -> tuple[bool, bool, str]:
            assert all(os.access(path, os.W_OK) for path in unlocked), "the home itself can be written"
            accepted = append(place, folder, to="court")
            return accepted, place.house.custody.accepts(folder), str(place.verify(folder).verdict)

        assert as_unprivileged(attempt) == (False, False, "verified")
        assert files_of(folder) == before

        def on_a_copy() -> tuple[bool, str, list[str]]:
            copy = place.root / "copy"
            shutil.copytree(folder, copy)
            for name in ("", "custody", "signatures"):
                (copy / name).chmod(0o755)
            added = append(place, copy, to="court")
            verdict = place.verify(copy)
            return added, str(verdict.verdict), [reason.code for reason in verdict.reasons]

        assert as_unprivileged(on_a_copy) == (True, "verified", [])
        kinds = [line["event"] for line in register_lines(place)][-2:]
        assert kinds == ["pending", "custody"]


def test_a_refused_event_is_noted_each_time_it_is_tried(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    monkeypatch.setattr(custody_writer, "_is_writable", lambda folder: False)
    assert append(place, folder) is False
    assert append(place, folder, "verified") is False
    pending = [line["detail"]["event"] for line in register_lines(place) if line["event"] == "pending"]
    assert pending == ["exported", "verified"]
    assert not place.house.custody.accepts(folder)
    assert list(place.house.paths.queue.iterdir()) == []


def test_a_disk_that_fails_in_the_middle_is_told_and_finished_at_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    write_new = custody_writer.write_new

    def full(path: Path, raw: bytes) -> None:
        if path.suffix == ".p7s":
            raise OSError(28, "No space left on device")
        write_new(path, raw)

    with monkeypatch.context() as patched:
        patched.setattr(custody_writer, "write_new", full)
        with pytest.raises(SurroundingsError, match="disk_full"):
            append(place, folder)
        place.house.custody.recover()  # still full: nothing is lost, nothing is raised
    assert place.verify(folder).verdict is Verdict.CHAIN_BROKEN
    place.house.custody.recover()
    assert place.verify(folder).verdict is Verdict.VERIFIED_UNSTAMPED
    assert len(list((folder / "custody").glob("*.json"))) == 2


# --- two workstations --------------------------------------------------------------------------------------------


@pytest.fixture
def colleague(tmp_path: Path, template: Template) -> House:
    """Another workstation: a home, a key and a register of its own."""
    return make_house(tmp_path / "colleague")


def theirs(house: House, folder: Path, **detail: object) -> bool:
    return house.custody.append(folder, "exported", detail, house.keys.open())


def trust_both(place: Place, colleague: House) -> tuple[bytes, ...]:
    return (*place.house.keys.trusted(), *colleague.keys.trusted())


def test_who_comes_second_takes_the_next_number_and_both_registers_agree_with_the_folder(
    place: Place, colleague: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    add = place.house.register.add

    def others_first(event: str, **members: Any) -> str:
        head = add(event, **members)
        if event == "custody" and not (folder / "custody/000002.json").exists():
            assert theirs(colleague, folder, to="theirs")
        return head

    monkeypatch.setattr(place.house.register, "add", others_first)
    assert append(place, folder, to="mine")
    events = [json.loads(path.read_bytes()) for path in sorted((folder / "custody").glob("*.json"))]
    assert [event["detail"].get("to") for event in events] == [None, "theirs", "mine"]
    kinds = [line["event"] for line in register_lines(place)][-3:]
    assert kinds == ["custody", "pending", "custody"], "the head that came to nothing is withdrawn"
    both = trust_both(place, colleague)
    assert place.verify(folder, signers=both).reasons == ()
    theirs_of_it = {"signers": both, "register": colleague.paths.register}
    assert place.verify(folder, **theirs_of_it, register_required=False).reasons == ()
    reasons = place.verify(folder, **theirs_of_it).reasons
    assert [reason.code for reason in reasons] == ["register_missing"], "what was only added to, it does not vouch for"
    assert "only what was added" in reasons[0].detail
    assert list(place.house.paths.queue.iterdir()) == []


def test_two_workstations_at_once_lose_no_event(
    place: Place, colleague: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody_writer, "_ATTEMPTS", 1000)  # however long one of them is kept waiting by this computer
    folder, signer = place.folder("kyc"), place.signer
    other = colleague.keys.open()
    colleague.register.add("key")  # its folder is there before both begin

    def write() -> None:
        for number in range(6):
            assert colleague.custody.append(folder, "exported", {"to": f"b{number}"}, other)

    child = start_child(write)
    for number in range(6):
        assert place.house.custody.append(folder, "exported", {"to": f"a{number}"}, signer)
    assert end_of(child) == 0
    events = [json.loads(path.read_bytes()) for path in sorted((folder / "custody").glob("*.json"))]
    told = [event["detail"].get("to") for event in events[1:]]
    assert sorted(told) == sorted(f"{name}{number}" for name in "ab" for number in range(6))
    verdict = place.verify(folder, signers=trust_both(place, colleague))
    assert (verdict.verified, verdict.reasons) == (True, ())


@pytest.mark.parametrize("left", ["no signature", "half an event", "half a signature", "rubbish"])
def test_nothing_is_built_upon_an_event_that_is_not_whole(
    place: Place, colleague: House, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """Its bytes may still change: the other workstation finishes it when it starts again."""
    folder = place.folder("kyc")
    assert theirs(colleague, folder)
    event, signature = folder / "custody/000002.json", folder / "custody/000002.json.p7s"
    whole = event.read_bytes(), signature.read_bytes()
    for path in (event, signature):
        path.chmod(0o600)
    if left == "no signature":
        signature.unlink()
    elif left == "half a signature":
        signature.write_bytes(whole[1][:300])
    else:
        event.write_bytes(whole[0][:60] if left == "half an event" else b"theirs")
    monkeypatch.setattr(custody_writer, "_PAUSE_S", 0)
    assert append(place, folder) is False
    assert not (folder / "custody/000003.json").exists()
    line = register_lines(place)[-1]
    assert (line["event"], line["detail"]) == ("pending", {"event": "exported"})
    event.write_bytes(whole[0])
    signature.write_bytes(whole[1])
    assert append(place, folder)
    assert place.verify(folder, signers=trust_both(place, colleague)).reasons == ()


def test_a_crash_before_the_number_was_taken_by_another_is_withdrawn_at_the_next_start(
    place: Place, colleague: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(custody_writer, "_put", die)
        with pytest.raises(KeyboardInterrupt):
            append(place, folder)
    assert theirs(colleague, folder)
    taken = (folder / "custody/000002.json").read_bytes()
    place.house.custody.recover()
    assert (folder / "custody/000002.json").read_bytes() == taken
    assert register_lines(place)[-1]["event"] == "pending"
    assert place.verify(folder, signers=trust_both(place, colleague)).reasons == ()
    assert list(place.house.paths.queue.iterdir()) == []


def test_a_stamp_whose_event_found_its_number_taken_lies_there_once(
    place: Place, colleague: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    source = place.template.folders["stamped"] / "signatures/tagmanifest-sha256.txt.p7s.tsr"
    response = source.read_bytes()
    stamp = Stamp(datetime(2026, 3, 5, tzinfo=UTC), "CN=test", 1, trusted=True)
    add = place.house.register.add

    def others_first(event: str, **members: Any) -> str:
        head = add(event, **members)
        if event == "stamped" and not (folder / "custody/000002.json").exists():
            assert theirs(colleague, folder)
        return head

    monkeypatch.setattr(place.house.register, "add", others_first)
    assert place.house.custody.append_stamp(folder, response, stamp, place.signer)
    assert [path.name for path in (folder / "signatures").glob("*.tsr")] == [source.name]
    assert json.loads((folder / "custody/000003.json").read_bytes())["event"] == "stamped"


# --- limits ------------------------------------------------------------------------------------------------------


def test_an_event_that_would_make_the_folder_unreadable_is_refused(place: Place) -> None:
    folder = place.folder("kyc")
    before = files_of(folder)
    with pytest.raises(UsageError, match="entry_too_long"):
        append(place, folder, to="x" * MAX_EVENT_BYTES)
    assert files_of(folder) == before
    assert place.verify(folder).reasons == ()


def test_a_custody_log_as_long_as_a_reader_accepts_takes_no_more(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    monkeypatch.setattr(custody_writer, "MAX_EVENTS", 2)
    assert append(place, folder)
    assert append(place, folder) is False
    assert register_lines(place)[-1]["event"] == "pending"
    assert place.verify(folder).reasons == ()


# --- two at once -------------------------------------------------------------------------------------------------


def test_two_threads_adding_events_lose_none(place: Place) -> None:
    folder, signer = place.folder("kyc"), place.signer

    def work(name: str) -> None:
        for number in range(5):
            assert place.house.custody.append(folder, "exported", {"to": f"{name}{number}"}, signer)

    in_threads(work, "ab")
    verdict = place.verify(folder)
    assert (verdict.verified, verdict.reasons) == (True, ())
    events = sorted((folder / "custody").glob("*.json"))[1:]
    told = sorted(json.loads(path.read_bytes())["detail"]["to"] for path in events)
    assert told == sorted(f"{name}{number}" for name in "ab" for number in range(5))


def test_a_second_process_waits_for_the_first_and_then_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    other, put = Other(), custody_writer._put

    def held_put(*args: object, **how: object) -> None:
        other.hold()
        put(*args, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(custody_writer, "_put", held_put)
        other.start(lambda: append(place, folder))
    monkeypatch.setattr(custody_writer, "_PATIENCE_S", 0.1)
    with pytest.raises(FacevidError, match="work_in_progress"):
        append(place, folder)
    place.house.custody.recover()
    assert not (folder / "custody/000002.json").exists(), "recovery keeps off what is being written right now"
    assert other.go_on() == 0
    assert append(place, folder)
    assert place.verify(folder).reasons == ()


# --- crashes -----------------------------------------------------------------------------------------------------


def crash_everywhere(place: Place, folder: Path, recover: Callable[[], object]) -> list[bool]:
    """Append with a crash before each change; return for each whether the event is there afterwards."""
    pristine, present = place.home.with_name("pristine"), []
    shutil.copytree(place.home, pristine, symlinks=True)
    step = 1
    while True:
        crashed = crash_before(step, lambda: append(place, folder, to="court"))
        recover()
        verdict = place.verify(folder)
        assert verdict.verified, (step, verdict.reasons)
        assert {reason.code for reason in verdict.reasons} <= {"register_torn"}, step
        assert [path.name for path in place.house.paths.queue.glob("*.json")] == []
        present.append((folder / "custody/000002.json").exists())
        if not crashed:
            return present
        unlock_folders(place.home)
        shutil.rmtree(place.home)
        shutil.copytree(pristine, place.home, symlinks=True)
        step += 1


def test_after_a_crash_before_any_change_the_next_start_finishes_or_drops_the_event(place: Place) -> None:
    folder = place.folder("kyc")
    present = crash_everywhere(place, folder, place.house.custody.recover)
    assert present == sorted(present), "from the register line on the event is there"
    assert present.count(False) > 10
    assert present.count(True) > 10


def test_after_a_crash_the_next_event_finishes_the_one_before_first(place: Place) -> None:
    """Without a start in between: the interrupted event keeps its number, the next one follows it."""
    folder = place.folder("kyc")

    def append_another() -> None:
        assert append(place, folder, to="another court")
        names = [json.loads(p.read_bytes())["detail"].get("to") for p in sorted((folder / "custody").glob("*.json"))]
        assert names in ([None, "another court"], [None, "court", "another court"])

    present = crash_everywhere(place, folder, append_another)
    assert set(present) == {True}


def test_an_interrupted_event_waits_for_a_medium_that_is_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(custody_writer, "_put", die)
        with pytest.raises(KeyboardInterrupt):
            append(place, folder)
    away = folder.rename(place.home / "unplugged")
    place.house.custody.recover()
    assert len(list(place.house.paths.queue.glob("custody-*.json"))) == 1
    away.rename(folder)
    (folder / "custody").chmod(0o700)
    place.house.custody.recover()
    assert place.verify(folder).reasons == ()
    assert (folder / "custody/000002.json").exists()
