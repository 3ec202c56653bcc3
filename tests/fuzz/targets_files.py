"""Files of our own that a disk, another version or another program may have changed, and what people hand in."""

from pathlib import Path

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.credentials.profiles import ProfileStore
from facevid_gui.evidence.access_log import SCHEMA as ACCESS
from facevid_gui.evidence.access_view import csv_of, read_access
from facevid_gui.evidence.chain_check import compare_with_copy, read_chain, read_heads
from facevid_gui.evidence.chainlog import ChainLog
from facevid_gui.evidence.journal import Journal
from facevid_gui.evidence.library_entry import from_facts
from facevid_gui.evidence.register import SCHEMA as REGISTER
from facevid_gui.evidence.register import read_register
from facevid_gui.last_run import FILE as RUNNING
from facevid_gui.last_run import read_running
from facevid_gui.lookups.list_file import MAX_ROWS, read_list
from facevid_gui.lookups.recognise import recognise
from facevid_gui.lookups.rescue_state import RescueState
from facevid_gui.settings import SETTINGS_FILE, SettingsFile, home_id, load_settings
from tests.fuzz import json_level, text_level
from tests.fuzz.target import Feed, Target, must, sayable, typed
from tests.fuzz.targets_evidence import EVIDENCE_ID
from tests.support.clocks import NOON, StillClock

KINDS = ("ess", "essbasic", "kyc", None)


def _settings(scratch: Path) -> Feed:
    """Every small JSON file of a home is tried with the same bytes."""
    from facevid_gui.bridge.window_state import FILE as WINDOW
    from facevid_gui.bridge.window_state import read_window_state

    settings, window = scratch / SETTINGS_FILE, scratch / WINDOW

    def feed(data: bytes) -> None:
        settings.write_bytes(data)
        with typed(SurroundingsError):
            load_settings(settings)
        sayable(SettingsFile(settings).safe)
        with typed(SurroundingsError):
            file = SettingsFile(settings)
            must(file.change({"retention_days": 7}) == load_settings(settings), "settings that are read otherwise")
        with typed(SurroundingsError):
            ProfileStore(settings).all()
        window.write_bytes(data)
        state = read_window_state(scratch)
        must(state.width >= 640 and 0.25 <= state.rate <= 4.0, "a window that cannot be used")
        (scratch / RUNNING).write_bytes(data)
        read_running(scratch)
        with typed(ValueError):
            from_facts(scratch, data)

    return feed


def _filters(scratch: Path) -> Feed:
    from facevid_gui.bridge.saved_filters import FILE, read_filters

    def feed(data: bytes) -> None:
        (scratch / FILE).write_bytes(data)
        must(len(read_filters(scratch)) <= 1000, "more filters than are kept")

    return feed


def _home(scratch: Path) -> Feed:
    path = scratch / "home.json"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        with typed(SurroundingsError):
            must(bool(home_id(path)), "a home without an id")

    return feed


def _logs(scratch: Path) -> Feed:
    """Register, access log, copies of them, state of a rescue, work that is not finished."""
    path, journal = scratch / "log.jsonl", Journal(scratch / "queue")
    copy = scratch / "copy.jsonl"
    journal.folder.mkdir()
    clock = StillClock(NOON)

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        view = read_register(path, EVIDENCE_ID)
        sayable(*view.problems)
        csv_of(read_access(path, CancelToken()).rows)
        with typed(UsageError):
            copy.write_bytes(data[: len(data) // 2])
            read_heads(path)
            compare_with_copy(read_chain(path, REGISTER, note="access_head"), copy)
        RescueState(path, clock)
        (journal.folder / "seal-1.json").write_bytes(data)
        for _, intent in journal.pending("seal"):
            must(isinstance(intent, dict), "an intent that is none")

    return feed


def _append(scratch: Path) -> Feed:
    """A log goes on after whatever its end is, or says that it cannot."""
    path = scratch / "log.jsonl"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        log = ChainLog(path, ACCESS, StillClock(NOON))
        with typed(SurroundingsError):
            head = log.append({"event": "x"})
            must(head == log.head() and path.read_bytes().startswith(data[: data.rfind(b"\n") + 1]), "lines were lost")
        for torn in log.moved_aside():
            (scratch / torn).unlink()

    return feed


def _list(scratch: Path) -> Feed:
    path = scratch / "list.csv"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        for kind in ("kyc", "ess", None):
            with typed(UsageError):
                rows = read_list(path, kind).rows
                must(0 < len(rows) <= MAX_ROWS, "a list without an end")
                for row in rows[:20]:
                    must(bool(row.problem) != bool(row.flow_id or row.order_no), "a row that is neither good nor bad")
                    must(row.problem is None or bool(row.problem.code), "a problem without a name")

    return feed


def _pasted(_: Path) -> Feed:
    def feed(data: bytes) -> None:
        for text in (
            data.decode("utf-8", "replace"),
            data.decode("utf-16-le", "surrogatepass" if len(data) % 2 == 0 else "replace"),
        ):
            for kind in KINDS:
                found = recognise(text, kind)
                ids = (found.flow_id, found.sign_id, found.order_no)
                must(bool(found.problem) or any(ids), "neither an id nor a problem")
                if found.problem is None:
                    must(all(i is None or (i.isascii() and i.isalnum() and len(i) <= 32) for i in ids), "an odd id")

    return feed


TARGETS = (
    Target("settings", "settings, profiles, window and run state", _settings, json_level.mutated, needs=("PySide6",)),
    Target("saved_filters", "bridge.saved_filters", _filters, json_level.mutated, needs=("PySide6",)),
    Target("home_id", "settings.home_id", _home, json_level.mutated),
    Target("logs", "evidence.chainlog, register, journal, rescue", _logs, json_level.mutated_lines),
    Target("log_append", "evidence.chainlog.append", _append, json_level.mutated_lines),
    Target("rescue_list", "lookups.list_file", _list, text_level.mutated),
    Target("pasted_ids", "lookups.recognise", _pasted, text_level.mutated),
)
