"""Garbage is collected on the GUI thread, and what was there from the start is left out (floor 2).

Nothing enters or leaves. Python collects garbage on whatever thread happens to allocate. An object of Qt that is part
of a circle nobody holds any more would be destroyed there, while the event loop works with it (measured: one process
of twenty died). What a widget tells others when it goes is not heard at once either: Qt's style sheet kept the address
of a label destroyed so, and the next change of colours ended the program (found in the soak). And a full collection
looks at everything that was ever loaded: 60 000 objects in this program, during which every thread stands still for
some 50 ms.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 1000


class GarbageCollector(QObject):
    """Collects instead of Python's own, from its making until `stop`. Make it on the GUI thread, with the window.

    A program that has workers turns Python's own off before it begins; it stays so when the window has gone.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it as it was before."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()

    @Slot()
    def _collect(self) -> None:
        """The oldest generation that has grown enough, as Python itself would."""
        due = [place for place, pair in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
               if pair[0] > pair[1] > 0]  # fmt: skip
        if due:
            gc.collect(due[-1])
