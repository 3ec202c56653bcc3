"""How fast this machine is at this moment, at the kind of work a window does.

Limits in milliseconds mean an office computer. Where the same work of plain Qt takes twice as long, be it that the
machine is slower or that others use it, too, what is measured beside it may take twice as long.
"""

import statistics
import time

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

REFERENCE_MS = 16.0  # in the program's own style, where it was seen to keep the limits of the design
ROUNDS = 9


def plain_window_ms() -> float:
    """Median milliseconds of making, laying out and painting a form of Qt's own widgets."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        window = QWidget()
        grid = QGridLayout(window)
        for row in range(24):
            for column, kind in enumerate((QLabel, QLineEdit, QLabel, QPushButton)):
                grid.addWidget(kind(f"row {row}, column {column}"), row, column)
        window.resize(1200, 800)
        window.grab()
        spent.append((time.perf_counter() - began) * 1000)
        window.deleteLater()
    return statistics.median(spent)


def pace() -> float:
    """How many times slower than the reference; never less than 1."""
    return max(1.0, plain_window_ms() / REFERENCE_MS)
