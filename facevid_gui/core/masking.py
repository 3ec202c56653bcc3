"""Personal data as it is shown unless the user asks to see it (floor 0).

Names keep their first and last character, numbers their first three and last four digits: enough to
recognise someone one already knows, too little to learn who a stranger is.
"""

from __future__ import annotations


def mask_name(name: str) -> str:
    """`张志英` becomes `张*英`, `李四` becomes `李*`, `Anna Smith` becomes `A***h`."""
    if len(name) <= 1:
        return "*" if name else ""
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * min(len(name) - 2, 3)}{name[-1]}"


def mask_number(number: str) -> str:
    """`13200000000` becomes `132****0000`; numbers too short to hide four of their digits vanish behind stars."""
    if len(number) < 11:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
