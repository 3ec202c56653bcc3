"""The program's own window in a process of its own, which says what happens in it, a line of JSON each.

Run: python -m tests.support.window_standing [FOLDER]. "ready" once it can be reached, "opened" with the folder of each
record that is shown and noted for the start after a bad end, "report" with text and sentence of a report; a line
on stdin closes it, "reason TEXT" gives the reason that is asked for.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from facevid_gui import running as roof
from facevid_gui.bridge.inbox import Inbox
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.house import House
from facevid_gui.last_run import read_running
from facevid_gui.views.reason_dialog import ReasonDialog
from facevid_gui.views.text_dialog import TextDialog

INBOX: Any = None


def say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


class Orders(QObject):
    """Lines from standard input, one after the other, for the window that is there."""

    def __init__(self) -> None:
        super().__init__()
        self.take: Callable[[str], None] = lambda _line: None
        inbox = Inbox(lambda line: self.take(line), self)
        # A descriptor of its own: for a moment 0 is the clip that is loaded (`clip_source`), which is no orders.
        lines = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
        threading.Thread(target=self._read, args=(lines, inbox.send), daemon=True).start()

    @staticmethod
    def _read(lines: Iterable[str], send: Callable[[str], None]) -> None:
        for line in lines:
            send(line)


class Watched(roof.Desktop):
    """Tells."""

    def _be_reachable(self) -> None:
        super()._be_reachable()
        say({"ready": True, "look_up": self.window.bar.look_up_button.text()})
        self._opened = self._noticed = ""
        self._reported = False
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)
        self._watch.start(20)
        INBOX.take = self._do

    def _do(self, line: str) -> None:
        order, _, value = line.strip().partition(" ")
        if order == "speak":
            self.desks.settings.save(language=value)
        elif order == "reason":
            dialog = next(top for top in QApplication.topLevelWidgets() if isinstance(top, ReasonDialog))
            dialog.field.setText(value)
            dialog.confirm_button.click()
        elif order == "note":
            self.window.notes.view.composer.field.setPlainText(value)
        else:
            self.window.close()

    def _look(self) -> None:
        folder = str(self.session.page.folder or "")
        dialogs = [top for top in QApplication.topLevelWidgets() if isinstance(top, TextDialog) and top.isVisible()]
        if folder and folder != self._opened and not self.session.is_busy and self._is_noted(folder):
            self._opened = folder
            say({"opened": folder, "dialog": bool(dialogs)})
        notice = self.session.notice.message if self.session.notice else ""
        if notice and notice != self._noticed:
            self._noticed = notice
            say({"notice": notice})
        if dialogs and not self._reported:
            self._reported = True
            say({"report": dialogs[0].text.toPlainText(), "sentence": dialogs[0].sentence.text()})
            dialogs[0].close()

    def _is_noted(self, folder: str) -> bool:
        """A worker notes it; a bad end a moment earlier would leave nothing to open again."""
        running = read_running(self.house.paths.state)
        return running is not None and running.open == folder


def main() -> int:
    """Run the window as `facevid-gui` does, with a keyring in memory."""
    roof.Desktop = Watched  # type: ignore[misc]
    make = roof.make_application

    def make_with_orders(arguments: list[str]) -> QApplication:
        global INBOX
        application = make(arguments)
        INBOX = Orders()
        return application

    roof.make_application = make_with_orders
    house = House(os.environ)
    house.__dict__["secret_store"] = SessionStore()
    return roof.run(Path(sys.argv[1]) if sys.argv[1:] else None, house)


if __name__ == "__main__":
    sys.exit(main())
