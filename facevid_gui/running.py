"""The window program, run (floor 4).

What enters: a house, perhaps a folder to open. What leaves: an exit code.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from facevid_gui.application import make_application, quit_on_signals
from facevid_gui.desktop import Desktop
from facevid_gui.paths import find_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from facevid_gui.core.secret import Secret
    from facevid_gui.house import House


def run(named: Path | None, house: House) -> int:
    """Run the window until it is closed; `named` is a folder or package to open in it.

    Where a window runs already for this home, that one does it.
    """
    from facevid_gui.one_window import begin

    turn = begin(find_paths(house.environ).state, named)
    if turn is None:
        print(house.messages.text("gui.handed_over"))  # noqa: T201 - for whoever started it in a terminal
        return 0
    with turn:
        return _run_windows(named, house, may_tell_bad_end=turn.is_ours)


def _run_windows(named: Path | None, house: House, *, may_tell_bad_end: bool) -> int:
    from facevid_gui.last_run import watch_crashes

    application = make_application(sys.argv[:1])
    watch: Callable[[], None] = partial(watch_crashes, house.paths)
    given: dict[str, Mapping[str, Secret]] = {}
    while True:
        desktop = Desktop(application, house)
        desktop.is_main, desktop.may_tell_bad_end = True, may_tell_bad_end
        desktop.session.given.update(given)
        code = _run_one(desktop, named, watch)
        if not desktop.opens_anew:
            return code
        named, given, watch = desktop.session.page.folder, desktop.session.given, _nothing
        house.__dict__.pop("messages", None)
        desktop.clear_away()


def _run_one(desktop: Desktop, named: Path | None, once: Callable[[], None]) -> int:
    desktop.watch_failures()
    notifiers = []
    desktop.furnished.connect(lambda: notifiers.append(quit_on_signals(desktop.application)))
    desktop.furnished.connect(once)
    if named is not None:
        desktop.furnished.connect(lambda: desktop.open_named(named))
    desktop.show()
    code = desktop.application.exec()
    desktop.shut_down()
    for notifier in notifiers:
        notifier.setEnabled(False)
    return code


def _nothing() -> None:
    """For what was done in the first window."""
