"""Register and access log: chained lines, torn lines, tampering, two writers, and what a register says of a folder."""

import hashlib
import json
import os
import stat
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.evidence import chainlog
from facevid_gui.evidence import register as register_module
from facevid_gui.evidence.access_log import AccessLog
from facevid_gui.evidence.chainlog import (
    MAX_LINE_BYTES,
    NO_PREVIOUS,
    ChainLog,
    ChainProblem,
    check_chain,
    read_lines,
)
from facevid_gui.evidence.register import Register, read_register
from facevid_gui.house import House
from tests.support.clocks import StillClock
from tests.support.evidence_crash import CRASHED, crash_before, end_of, in_child, start_child, umask
from tests.support.places import make_house

SCHEMA = "test/1"
LINES, HELD_PER_LINE = 200, 700  # a line of 450 bytes is 1.6 kB as an object of JSON


@pytest.fixture
def log(tmp_path: Path) -> ChainLog:
    """A log with a clock that stands still."""
    return ChainLog(tmp_path / "log" / "log.jsonl", SCHEMA, StillClock())


def filled(log: ChainLog, count: int = 5) -> list[bytes]:
    """The log with that many entries; its lines."""
    for number in range(count):
        log.append({"number": number})
    return log.path.read_bytes().splitlines(keepends=True)


def problems(log: ChainLog, lines: list[bytes]) -> list[tuple[str, int]]:
    log.path.write_bytes(b"".join(lines))
    return [(problem.code, problem.line) for problem in check_chain(log.path, SCHEMA)]


# --- writing -----------------------------------------------------------------------------------------------------


def test_lines_are_compact_gapless_and_chained_over_their_line_feed(log: ChainLog) -> None:
    lines = filled(log, 3)
    previous = NO_PREVIOUS
    for number, line in enumerate(lines, 1):
        data = json.loads(line)
        assert list(data) == ["schema", "seq", "at", "number", "prev_sha256"]
        assert (data["schema"], data["seq"], data["at"]) == (SCHEMA, number, "2026-03-05T12:00:00Z")
        assert data["prev_sha256"] == previous
        assert line == json.dumps(data, separators=(",", ":")).encode() + b"\n"
        previous = hashlib.sha256(line).hexdigest()
    assert log.head() == previous
    assert check_chain(log.path, SCHEMA) == ()


def test_appending_returns_the_new_head(log: ChainLog) -> None:
    assert log.head() == NO_PREVIOUS
    for number in range(3):
        assert log.append({"number": number}) == log.head()


def test_the_log_is_private_whatever_the_umask(log: ChainLog) -> None:
    with umask(0):
        filled(log, 1)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in log.path.parent.iterdir())


def test_an_absent_log_has_no_problem_and_no_head(log: ChainLog) -> None:
    assert check_chain(log.path, SCHEMA) == ()
    assert log.head() == NO_PREVIOUS


def test_text_that_is_no_unicode_is_kept_as_json_escape(log: ChainLog) -> None:
    log.append({"path": os.fsdecode(b"/mnt/\xff\xfe")})
    assert check_chain(log.path, SCHEMA) == ()
    [(_, data)] = read_lines(log.path)
    assert data is not None
    assert data["path"] == os.fsdecode(b"/mnt/\xff\xfe")


def test_an_entry_longer_than_a_reader_accepts_is_refused(log: ChainLog) -> None:
    filled(log, 1)
    with pytest.raises(UsageError, match="entry_too_long"):
        log.append({"reason": "x" * MAX_LINE_BYTES})
    around = len(log.path.read_bytes().replace(b'"number":0', b'"reason":""'))
    log.append({"reason": "x" * (MAX_LINE_BYTES - around)})
    log.append({"reason": "after"})
    assert len(log.path.read_bytes().splitlines(keepends=True)[1]) == MAX_LINE_BYTES
    assert check_chain(log.path, SCHEMA) == ()


def test_a_short_write_is_completed(log: ChainLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system call may write less than asked; the line must not end there."""
    write_all = chainlog.write_all

    class Slow:
        def __init__(self, file: object) -> None:
            self._file = file

        def write(self, data: bytes) -> int:
            return self._file.write(data[:7])  # type: ignore[attr-defined, no-any-return]

    monkeypatch.setattr(chainlog, "write_all", lambda file, data: write_all(Slow(file), data))  # type: ignore[arg-type]
    filled(log, 2)
    assert check_chain(log.path, SCHEMA) == ()


# --- torn lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [1, 10, -1])
def test_a_torn_last_line_is_reported_then_moved_aside_by_the_next_entry(log: ChainLog, left: int) -> None:
    lines = filled(log, 3)
    torn = lines[2][:left]
    log.path.write_bytes(b"".join(lines[:2]) + torn)
    assert check_chain(log.path, SCHEMA) == (ChainProblem("torn", 3),)
    assert log.head() == hashlib.sha256(lines[1]).hexdigest()
    log.append({"number": "after"})
    assert check_chain(log.path, SCHEMA) == ()
    [aside] = log.path.parent.glob("log.jsonl.torn-*")
    assert aside.read_bytes() == torn
    assert aside.name.startswith("log.jsonl.torn-2026-03-05T120000Z-")


def test_an_end_that_no_torn_line_can_be_is_said_and_stays_as_it_is(log: ChainLog) -> None:
    """Found by fuzzing: only a part of it was moved aside, and the next entry went behind the rest."""
    log.append({"event": "first"})
    damaged = log.path.read_bytes() + b"x" * (2 * MAX_LINE_BYTES + 1)
    log.path.write_bytes(damaged)
    for use in (log.head, log.last_entry, lambda: log.append({"event": "second"})):
        with pytest.raises(SurroundingsError) as caught:
            use()
        assert caught.value.code == "log_damaged"
    assert log.path.read_bytes() == damaged
    assert log.moved_aside() == ()


def test_a_number_that_could_not_be_written_is_not_followed(log: ChainLog) -> None:
    """Found by fuzzing: a number of 4300 digits can be read; the next one has one more, and cannot be written."""
    for seq in ("9" * 4300, "0", "-1", "true", "1.0"):
        log.path.parent.mkdir(exist_ok=True)
        log.path.write_bytes(f'{{"seq":{seq}}}\n'.encode())
        with pytest.raises(SurroundingsError) as caught:
            log.append({"event": "next"})
        assert caught.value.code == "log_damaged"


def test_a_log_that_is_one_torn_line_begins_anew(log: ChainLog) -> None:
    log.path.parent.mkdir()
    log.path.write_bytes(b'{"sch')
    log.append({"number": 0})
    assert check_chain(log.path, SCHEMA) == ()
    assert [data["seq"] for _, data in read_lines(log.path) if data] == [1]


def test_an_empty_log_begins_at_one(log: ChainLog) -> None:
    log.path.parent.mkdir()
    log.path.touch()
    filled(log, 1)
    assert check_chain(log.path, SCHEMA) == ()


@pytest.mark.parametrize("last", [b"not json\n", b"[]\n", b"\n", b'{"seq":"1"}\n', b"\xff\n", b"[" * 5000 + b"\n"])
def test_a_last_line_that_cannot_be_followed_stops_the_log(log: ChainLog, last: bytes) -> None:
    """Going on would hide it."""
    lines = filled(log, 2)
    log.path.write_bytes(b"".join([*lines, last]))
    with pytest.raises(SurroundingsError, match="log_damaged"):
        log.append({"number": 3})
    assert log.path.read_bytes() == b"".join([*lines, last])


def test_a_crash_before_any_change_leaves_whole_lines_or_a_torn_one(log: ChainLog) -> None:
    pristine = filled(log, 2)
    for step in range(1, 100):
        log.path.write_bytes(b"".join(pristine))
        crashed = crash_before(step, lambda: log.append({"number": "x"}))
        found = check_chain(log.path, SCHEMA)
        assert found in ((), (ChainProblem("torn", 3),)), step
        log.append({"number": "after"})
        assert check_chain(log.path, SCHEMA) == ()
        if not crashed:
            break
    assert step > 5


# --- tampering ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", range(5))
def test_a_changed_line_is_found_at_the_line_behind_it(log: ChainLog, line: int) -> None:
    lines = filled(log)
    lines[line] = lines[line].replace(b'"number":', b'"number":1')
    expected = [("broken", line + 2)] if line < 4 else []
    assert problems(log, lines) == expected, "the end shows only in a head kept elsewhere"


@pytest.mark.parametrize("line", range(4))
def test_a_removed_line_is_found(log: ChainLog, line: int) -> None:
    lines = filled(log)
    assert problems(log, lines[:line] + lines[line + 1 :])[0] == ("gap", line + 1)


def test_a_cut_end_is_found_only_with_the_head_kept_elsewhere(log: ChainLog) -> None:
    lines = filled(log)
    head = log.head()
    assert problems(log, lines[:-1]) == []
    assert log.head() != head


@pytest.mark.parametrize("line", range(4))
def test_exchanged_lines_are_found(log: ChainLog, line: int) -> None:
    lines = filled(log)
    lines[line], lines[line + 1] = lines[line + 1], lines[line]
    assert [code for code, _ in problems(log, lines)][:2] == ["gap", "gap"]


@pytest.mark.parametrize(("inserted", "code"), [
    (b"x\n", "malformed"), (b"\n", "malformed"), (b"[]\n", "malformed"),
    (b'{"schema":"other/1","seq":3}\n', "malformed"),
    (b'{"schema":"test/1","seq":9}\n', "gap"), (b'{"schema":"test/1","seq":3,"prev_sha256":""}\n', "broken"),
    (b"x" * (MAX_LINE_BYTES + 5) + b"\n", "torn"),
])  # fmt: skip
def test_an_inserted_line_is_found(log: ChainLog, inserted: bytes, code: str) -> None:
    lines = filled(log)
    assert problems(log, [*lines[:2], inserted, *lines[2:]])[0] == (code, 3)


def test_a_repeated_line_is_found(log: ChainLog) -> None:
    lines = filled(log)
    assert problems(log, [*lines, lines[-1]]) == [("gap", 6)]


# --- two writers -------------------------------------------------------------------------------------------------


def test_two_processes_and_two_threads_lose_no_line(log: ChainLog) -> None:
    def write(name: str) -> None:
        for number in range(20):
            log.append({"who": f"{name}{number}"})

    children = [start_child(lambda name=name: write(name)) for name in "ab"]
    threads = [threading.Thread(target=write, args=(name,)) for name in "cd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [end_of(child) for child in children] == [0, 0]
    assert check_chain(log.path, SCHEMA) == ()
    written = [data["who"] for _, data in read_lines(log.path) if data]
    assert sorted(written) == sorted(f"{name}{number}" for name in "abcd" for number in range(20))


def test_a_log_that_stays_locked_is_an_error_of_the_surroundings(
    log: ChainLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log, 1)
    monkeypatch.setattr(chainlog, "_LOCK_PATIENCE_S", 0.05)
    with FileLock(log.path.with_suffix(".lock")), pytest.raises(SurroundingsError):
        log.append({"number": 1})


def test_a_writer_that_dies_does_not_keep_the_lock(log: ChainLog) -> None:
    def die() -> None:
        FileLock(log.path.with_suffix(".lock")).acquire()
        os._exit(CRASHED)

    filled(log, 1)
    assert in_child(die) == CRASHED
    log.append({"number": 1})
    assert check_chain(log.path, SCHEMA) == ()


# --- the access log ----------------------------------------------------------------------------------------------


def test_the_access_log_says_who_did_what_to_what(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "access" / "access.jsonl", StillClock(), "zhao")
    log.add("unmasked", "1" * 32, reason="court order")
    log.add("discarded", "0" * 32)
    assert check_chain(log.path, "facevid-access/1") == ()
    first, second = [data for _, data in read_lines(log.path) if data]
    assert (first["event"], first["operator"], first["subject"]) == ("unmasked", "zhao", "1" * 32)
    assert (first["detail"], second["detail"]) == ({"reason": "court order"}, {})


@pytest.fixture
def days(home: Path) -> tuple[House, StillClock]:
    """A house whose clock is moved from day to day."""
    clock = StillClock()
    return make_house(home, clock), clock


def registered(house: House) -> list[tuple[str, str]]:
    """Event and access head of every line of the register."""
    path = house.paths.register
    lines = [data for _, data in read_lines(path) if data] if path.exists() else []
    return [(str(data["event"]), str(data.get("access_head", ""))) for data in lines]


def test_every_line_of_the_register_carries_the_head_of_the_access_log(days: tuple[House, StillClock]) -> None:
    house, _ = days
    house.register.add("key")
    house.access_log.add("opened", ID)
    first = house.access_log.head()
    house.register.add("sealed", evidence_id=ID)
    house.access_log.add("watched", ID)
    house.register.add("custody", evidence_id=ID)
    assert registered(house) == [("key", ""), ("sealed", first), ("custody", house.access_log.head())]
    assert first != house.access_log.head()
    assert check_chain(house.paths.register, "facevid-register/1") == ()


def test_a_day_without_a_seal_leaves_its_head_in_the_register_the_next_day(days: tuple[House, StillClock]) -> None:
    house, clock = days
    for _ in range(3):
        house.access_log.add("opened", ID)
        clock.move(minutes=1)
    assert registered(house) == [], "the day is not over"
    monday = house.access_log.head()
    clock.move(days=1)
    for _ in range(3):
        house.access_log.add("opened", ID)
    assert registered(house) == [("access", monday)], "one line, before the first entry of the new day"
    house.register.add("sealed", evidence_id=ID)
    tuesday = house.access_log.head()
    clock.move(days=1)
    house.access_log.add("opened", ID)
    assert registered(house)[1:] == [("sealed", tuesday)], "the seal carried it already"


def test_a_register_in_trouble_does_not_stop_the_access_log(days: tuple[House, StillClock]) -> None:
    house, clock = days
    house.access_log.add("opened", ID)
    house.paths.register.write_bytes(b"rubbish\n")
    clock.move(days=1)
    house.access_log.add("opened", ID)
    assert [data["seq"] for _, data in read_lines(house.paths.access_log) if data] == [1, 2]
    assert house.paths.register.read_bytes() == b"rubbish\n"


def test_an_access_log_in_trouble_does_not_stop_the_register(days: tuple[House, StillClock]) -> None:
    house, _ = days
    house.paths.access_log.mkdir()
    house.register.add("sealed", evidence_id=ID)
    assert registered(house) == [("sealed", "")]


def test_noting_the_access_head_twice_writes_one_line(days: tuple[House, StillClock]) -> None:
    house, _ = days
    house.register.note_access()
    assert registered(house) == []
    house.access_log.add("opened", ID)
    house.register.note_access()
    house.register.note_access()
    assert registered(house) == [("access", house.access_log.head())]


# --- the register ------------------------------------------------------------------------------------------------

ID, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """An empty register."""
    return Register(tmp_path / "register" / "register.jsonl", StillClock())


def test_a_register_line_has_the_members_of_design_section_9(register: Register) -> None:
    stamp_time = datetime(2026, 3, 5, 12, 0, 7, tzinfo=UTC)
    register.add("stamped", evidence_id=ID, seal_sha256="s", custody_head="h", signer_sha256="k", stamp_time=stamp_time)
    register.add("key", signer_sha256="k", detail={"reason": "rotated"})
    first, second = [data for _, data in read_lines(register.path) if data]
    assert " ".join(first) == (
        "schema seq at event evidence_id seal_sha256 custody_head signer_sha256 stamp_time prev_sha256"
    )
    assert first["stamp_time"] == "2026-03-05T12:00:07Z"
    assert (second["event"], second["stamp_time"], second["detail"]) == ("key", None, {"reason": "rotated"})
    assert register.head() == hashlib.sha256(register.path.read_bytes().splitlines(keepends=True)[-1]).hexdigest()


def test_a_view_gathers_what_was_said_of_one_id(register: Register) -> None:
    assert not register.view(ID).known
    register.add("sealed", evidence_id=ID, seal_sha256="s1", custody_head="h1", signer_sha256="k1")
    register.add("sealed", evidence_id=OTHER, seal_sha256="s2", custody_head="x", signer_sha256="k2")
    register.add("custody", evidence_id=ID, seal_sha256="s1", custody_head="h2", signer_sha256="k3")
    register.add("pending", evidence_id=ID, seal_sha256="s1", detail={"event": "exported", "head": "h3"})
    view = register.view(ID)
    assert view.known
    assert (view.seals, view.signers, view.heads) == (frozenset({"s1"}), frozenset({"k1"}), ("h1", "h2"))
    assert (view.purged, view.problems, view.torn) == (False, (), False)
    register.add("purged", evidence_id=ID)
    assert register.view(ID).purged


def test_a_head_that_came_to_nothing_is_withdrawn_by_the_pending_line(register: Register) -> None:
    register.add("sealed", evidence_id=ID, seal_sha256="s", custody_head="h1")
    register.add("custody", evidence_id=ID, seal_sha256="s", custody_head="h2")
    register.add("pending", evidence_id=OTHER, detail={"event": "exported", "head": "h1"})
    assert register.view(ID).heads == ("h1", "h2"), "another folder's line withdraws nothing"
    register.add("pending", evidence_id=ID, detail={"event": "exported", "head": "h2"})
    assert register.view(ID).heads == ("h1",)
    register.add("pending", evidence_id=ID, detail={"event": "exported"})
    assert register.view(ID).heads == ("h1",)


def test_a_folder_sealed_elsewhere_is_known_by_the_seal_its_events_were_added_to(register: Register) -> None:
    register.add("stamped", evidence_id=ID, seal_sha256="theirs", custody_head="h2", signer_sha256="mine")
    view = register.view(ID)
    assert (view.seals, view.signers, view.heads) == (frozenset({"theirs"}), frozenset(), ("h2",))
    register.add("sealed", evidence_id=ID, seal_sha256="own")
    assert register.view(ID).seals == frozenset({"own"}), "what was sealed here counts first"


def test_a_view_sees_every_new_line_at_once(register: Register) -> None:
    for number in range(5):
        register.add("custody", evidence_id=ID, custody_head=f"h{number}")
        assert register.view(ID).heads[-1] == f"h{number}"


def test_a_register_is_read_once_for_many_folders(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    register.add("sealed", evidence_id=ID, seal_sha256="s")
    reads: list[Path] = []
    read = read_lines

    def counting(path: Path) -> object:
        reads.append(path)
        return read(path)

    monkeypatch.setattr("facevid_gui.evidence.register.read_lines", counting)
    for number in range(50):
        read_register(register.path, f"{number:032x}")
    assert len(reads) == 1


def test_what_is_held_of_a_register_is_small_and_reading_it_takes_little_more(register: Register) -> None:
    """It grows for years, and whoever opened a folder holds what was read of it."""
    for number in range(LINES):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        register.add(
            "sealed", evidence_id=f"id-{number}", seal_sha256=digest, custody_head=digest[::-1], signer_sha256="f" * 64
        )
    register_module._read.cache_clear()
    tracemalloc.start()
    try:
        view = read_register(register.path, "id-7")
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert view.known
    assert held < LINES * HELD_PER_LINE
    assert peak < 2 * LINES * HELD_PER_LINE


def test_problems_and_a_torn_end_are_told_apart(register: Register) -> None:
    for number in range(3):
        register.add("sealed", evidence_id=ID, seal_sha256=f"s{number}")
    lines = register.path.read_bytes().splitlines(keepends=True)
    register.path.write_bytes(b"".join([*lines, b'{"evidence_id":"' + OTHER.encode()]))
    view = register.view(ID)
    assert (view.problems, view.torn) == ((), True)
    register.path.write_bytes(b"".join([lines[0], b"x\n", lines[2], b"torn"]))
    view = register.view(ID)
    assert view.problems == ("malformed line 2", "broken line 3")
    assert view.torn
    assert register.view(OTHER).problems == view.problems


def test_a_torn_line_counts_for_nothing_even_when_it_reads_like_a_whole_one(register: Register) -> None:
    """The next entry moves it aside; until then it must not vouch for a folder."""
    register.add("sealed", evidence_id=ID, seal_sha256="s")
    register.path.write_bytes(register.path.read_bytes().rstrip(b"\n"))
    assert not register.view(ID).known
    assert register.view(ID).torn


def test_an_unreadable_register_is_an_error_of_the_surroundings(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError):
        read_register(tmp_path, ID)
    assert not read_register(tmp_path / "absent", ID).known


NAMES: dict[str, Callable[[House], Path]] = {
    "register": lambda house: house.paths.register, "access log": lambda house: house.paths.access_log,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_both_logs_lie_where_design_section_9_says(house: House, home: Path, name: str) -> None:
    house.register.add("key")
    house.access_log.add("opened", "x")
    expected = {"register": "register/register.jsonl", "access log": "access/access.jsonl"}
    assert NAMES[name](house) == home / expected[name]
    assert NAMES[name](house).is_file()
