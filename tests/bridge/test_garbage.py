"""Garbage: circles of Qt's objects are destroyed on the GUI thread only, and without looking at all that was loaded."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread

from facevid_gui.bridge import garbage
from facevid_gui.bridge.garbage import GarbageCollector
from tests.support.qt import pump_until

GONE_ON_MAIN: list[bool] = []


def note_going() -> None:
    GONE_ON_MAIN.append(QThread.currentThread().isMainThread())


class Circle:
    """Holds itself and an object of Qt's; it is noted on which thread it goes."""

    def __init__(self) -> None:
        self.me = self
        self.object = QObject()
        weakref.finalize(self, note_going)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[GarbageCollector]:
    monkeypatch.setattr(garbage, "EVERY_MS", 20)
    gc.enable()
    made = GarbageCollector()
    yield made
    made.stop()
    assert gc.isenabled()
    gc.disable()  # as the other tests have it


def allocate(kept: list[list[int]]) -> None:
    """Far more than what makes Python collect."""
    kept.extend([number] for number in range(50_000))


def test_a_worker_that_allocates_destroys_nothing_of_others(collector: GarbageCollector) -> None:
    GONE_ON_MAIN.clear()
    for _ in range(20):
        Circle()
    kept: list[list[int]] = []
    worker = threading.Thread(target=allocate, args=(kept,))
    worker.start()
    worker.join()
    assert GONE_ON_MAIN == []
    pump_until(lambda: len(GONE_ON_MAIN) == 20)
    assert set(GONE_ON_MAIN) == {True}


def test_older_generations_are_collected_when_they_have_grown(collector: GarbageCollector) -> None:
    collected: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            collected.append(info["generation"])

    before = gc.get_threshold()
    gc.callbacks.append(note)
    try:
        gc.set_threshold(100, 2, 2)
        kept: list[list[int]] = []
        pump_until(lambda: kept.extend([n] for n in range(200)) or 2 in collected)
        assert {0, 1, 2} <= set(collected)
    finally:
        gc.callbacks.remove(note)
        gc.set_threshold(*before)


def test_what_was_there_at_the_start_is_not_looked_at(collector: GarbageCollector) -> None:
    assert gc.get_freeze_count() > 20_000
    assert len(gc.get_objects()) < 20_000


@pytest.mark.parametrize("usually", [True, False])
def test_afterwards_python_does_as_before(usually: bool) -> None:
    """The next window is built, and workers of the last one end, without Python's own: the program turned it off."""
    (gc.enable if usually else gc.disable)()
    made = GarbageCollector()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled() is usually
    gc.disable()  # as the other tests have it


def test_nothing_new_means_nothing_to_do(collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(gc, "get_count", lambda: (3, 0, 0))
        patched.setattr(gc, "collect", collected.append)
        pump_until(lambda: False, 0.08, must=False)
    assert collected == []
