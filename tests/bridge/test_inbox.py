"""Other threads reach the GUI thread: in order, and only whoever is still there."""

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread

from facevid_gui.bridge.inbox import Inbox
from tests.support.qt import pump_until


class Picture:
    """Something large."""


def sent_by_a_thread(send: Callable[[Any], None], *values: object) -> None:
    def work() -> None:
        for value in values:
            send(value)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


@pytest.mark.usefixtures("application")
def test_values_come_in_order_and_on_the_gui_thread() -> None:
    taken: list[tuple[int, bool]] = []
    home = QObject()
    inbox = Inbox(lambda value: taken.append((value, QThread.currentThread().isMainThread())), home)
    sent_by_a_thread(inbox.send, *range(50))
    assert taken == []
    pump_until(lambda: len(taken) == 50)
    assert taken == [(number, True) for number in range(50)]


@pytest.mark.usefixtures("application")
def test_what_is_sent_to_somebody_who_has_gone_is_dropped_at_once() -> None:
    home = QObject()
    inbox = Inbox(lambda _value: None, home)
    send = inbox.send  # a thread holds it for as long as it likes
    early, late = Picture(), Picture()
    gone = [weakref.ref(early), weakref.ref(late)]
    sent_by_a_thread(send, early)
    del early
    assert gone[0]() is not None
    home.deleteLater()
    pump_until(lambda: False, 0.02, must=False)
    del inbox, home
    gc.collect()
    assert gone[0]() is None
    sent_by_a_thread(send, late)
    del late
    assert gone[1]() is None
