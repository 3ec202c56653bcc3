"""How fast a clip runs: the speed somebody chose, and the one in use while keys make it faster or slower (floor 2)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

RATES = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
SLOW = 0.5


class Rates(QObject):
    """Speeds are positive; which way a clip runs is not known here."""

    changed = Signal(float)  # the one in use

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = self.current = 1.0

    def choose(self, rate: float) -> None:
        """This fast, now and from now on."""
        self.chosen = rate
        self.use(rate)

    def begin(self, *, slow: bool) -> None:
        """Start to run by a key: as fast as was chosen, or slowly."""
        self.use(SLOW if slow else self.chosen)

    def press_on(self, *, slow: bool) -> None:
        """The same key again: the next speed above, or below."""
        others = [rate for rate in RATES if (rate < self.current if slow else rate > self.current)]
        if others:
            self.use(max(others) if slow else min(others))

    def settle(self) -> None:
        """It stands: what was chosen counts again."""
        self.use(self.chosen)

    def use(self, rate: float) -> None:
        """This fast, for now."""
        if rate != self.current:
            self.current = rate
            self.changed.emit(rate)
