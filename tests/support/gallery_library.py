"""The library's states for the gallery: a long list of words only, in the place of the real one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from facevid_gui.bridge.check_desk import CheckState
from facevid_gui.bridge.library_model import LibraryQuery
from facevid_gui.bridge.root_desk import RootState
from facevid_gui.bridge.saved_filters import SavedFilter
from facevid_gui.bridge.session import LibraryState
from facevid_gui.core.deadline import deadline_for
from facevid_gui.evidence.checking import CheckedFolder, CheckingReport
from tests.support.library_source import ListedLibrary
from tests.support.qt import pump_until
from tests.support.window_records import make_entry

_VERDICTS = ("verified", "verified", None, "altered", "verified_unstamped", "unknown_signer")
_NAMES = ("赵样本", "Ünal Öz", "钱样本", "Sample Person", "孙某某")


def entries(now: Any, number: int = 4000) -> list[Any]:
    """Three unsaved, the others sealed over two years in many cases."""
    unsaved = [
        make_entry(n, "complete", captured_at=now - timedelta(hours=n), person=_NAMES[n],
                   deadline=deadline_for("ess", now - timedelta(hours=18 * n)))
        for n in range(3)
    ]  # fmt: skip
    sealed = [
        make_entry(
            n, kind="kyc" if n % 3 == 0 else "ess", flow_id=None if n % 3 == 0 else f"yDCkdU{n:06d}aVtQ",
            order_no=f"orderNo{n:08d}" if n % 3 == 0 else None, person=_NAMES[n % 5],
            case_ref=f"2026-{n % 900:04d}" if n % 7 else None, captured_at=now - timedelta(hours=4 * n),
            sealed_at=now - timedelta(hours=4 * n - 1), last_verdict=_VERDICTS[n % 6], operator=("li", "wang")[n % 2],
            last_verified_at=now - timedelta(hours=n), review_by=now + timedelta(days=300 - n),
        )
        for n in range(3, number)
    ]  # fmt: skip
    return unsaved + sealed


def library_states(stage: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """Names, and how to come there."""
    window, desks = stage.desktop.window, stage.desktop.desks
    model, part, session = stage.desktop.library_model, window.library_part, stage.desktop.session
    now = stage.house.clock.now()

    def settle() -> None:
        pump_until(lambda: desks.library.is_settled)
        stage.rest()

    def hold(listed: list[Any]) -> None:
        stage.house.library = ListedLibrary(listed, now)
        desks.library.refresh()
        settle()

    def ask(query: LibraryQuery, filter_name: str = "all") -> None:
        model.set_question(query, filter_name)
        settle()

    def close_dialog() -> None:
        stage.dialog().close()

    def wide(width: int) -> None:
        window.splitter.setSizes([width, 1360 - width - 290, 290])

    yield "library-long", lambda: hold(entries(now))
    yield "library-grouped", lambda: ask(LibraryQuery(order="case"))
    yield "library-filtered", lambda: (
        window.library.filter_button.click(), ask(LibraryQuery(kinds=("kyc",), operator="li", case_ref="2026-0021"))
    )  # fmt: skip
    yield "library-nothing-found", lambda: (window.library.filter_button.click(), ask(LibraryQuery("no such")))
    yield "library-wide", lambda: (part.clear(), settle(), wide(640), window.library.view.setFocus())
    yield "library-over-the-window", lambda: (wide(280), part.wide_action.trigger(), stage.rest())
    yield "library-narrow-again", part.wide_action.trigger
    yield (
        "library-keep-dialog",
        lambda: (wide(280), ask(LibraryQuery("样本", ("ess",)), "trouble"), part.ask_filter_name()),
    )
    yield "library-kept-dialog", lambda: (
        close_dialog(), desks.filters.keep(SavedFilter("Fraud, this quarter", LibraryQuery("样本"))),
        desks.filters.keep(SavedFilter("待复核", LibraryQuery(verdict="trouble"))), settle(), part.show_filters(),
    )  # fmt: skip
    yield "library-menu-dialog", lambda: (close_dialog(), part.clear(), settle(), part._pop_menu())
    yield (
        "library-row-menu-dialog",
        lambda: (part.menu.close(), choose_some(window), part.show_row_menu(row_place(window))),
    )
    yield "library-places-dialog", lambda: (part.row_menu.close(), part.show_places(), stage.rest(), show_places(desks))
    yield (
        "library-away",
        lambda: (close_dialog(), say(desks, session, LibraryState(True, away=(Path("/nonexistent"),)))),
    )
    yield "library-indexing", lambda: say(desks, session, LibraryState(is_scanning=True, done=3200, total=100_000))
    yield (
        "library-checking",
        lambda: (
            say(desks, session, LibraryState(is_scanned=True)),
            desks.checks._set(CheckState("running", 1280, 3997)),
        ),
    )
    yield "library-check-held", lambda: desks.checks._set(CheckState("paused", 1290, 3997))
    yield "library-check-dialog", lambda: (desks.checks._set(CheckState()), show_report(stage, report()))
    yield (
        "library-check-good-dialog",
        lambda: (
            close_dialog(),
            show_report(stage, replace(report(), changed=(), bad=(), changed_count=0, bad_count=0)),
        ),
    )
    yield "library-none", lambda: (close_dialog(), hold([]))


def choose_some(window: Any) -> None:
    """Five rows, the last of them current."""
    view = window.library.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(5))
    selection = view.selectionModel()
    for row in range(5, 10):
        selection.select(view.model().index(row), selection.SelectionFlag.Select)


def row_place(window: Any) -> Any:
    view = window.library.view
    return view.visualRect(view.model().index(8)).center()


def say(desks: Any, session: Any, state: LibraryState) -> None:
    """The index is in this state."""
    session.library = state
    desks.library.state_changed.emit()


def show_places(desks: Any) -> None:
    desks.roots.looked.emit((
        RootState(Path("/srv/li/evidence"), "reachable", is_synced=False, is_first=True),
        RootState(Path("/srv/li/OneDrive/证据 2025"), "reachable", is_synced=True, is_first=False),
        RootState(Path("/media/archive-2024"), "read_only", is_synced=False, is_first=False),
        RootState(Path("/mnt/share/legal department/evidence"), "away", is_synced=False, is_first=False),
    ))  # fmt: skip


def report() -> CheckingReport:
    folder = Path("/srv/li/evidence/fv-20260311T080000Z-ess-0123456789abcdef0123456789abcdef")
    changed = (
        CheckedFolder(folder, "altered", False, "verified", "changed data/media/liveness.mp4"),
        CheckedFolder(folder, "verified", True, "unreadable", ""),
    )  # fmt: skip
    bad = (CheckedFolder(folder, "unknown_signer", False, "unknown_signer", "unknown_signer signatures/seal.p7s"),
           CheckedFolder(folder, "unsigned", False, None, "missing signatures/seal.p7s"))  # fmt: skip
    return CheckingReport(3997, 3997, True, changed, bad, 2, 3, 120, {"verified": 3994})


def show_report(stage: Any, made: CheckingReport) -> None:
    stage.desktop.desks.checks.report = made
    stage.desktop.desks.checks.finished.emit(made)
