"""Fingerprints of certificates as people read and type them (floor 0).

What enters: a SHA-256 in hex, or what somebody typed or pasted of one. What leaves: sixteen groups of four digits, or
plain lower-case digits. The same grouping stands in the console, in the window and on paper, so that two of them can
be laid side by side.
"""

from __future__ import annotations

import re
import unicodedata

DIGITS = 64
GROUP = 4
GROUPS = DIGITS // GROUP
_BETWEEN = re.compile(r"[\s:.\-\u2010-\u2015]+")
_HEX = re.compile(r"[0-9a-f]*")


def grouped(fingerprint: str) -> str:
    """`ab12 cd34 …`: groups of four."""
    return " ".join(fingerprint[start : start + GROUP] for start in range(0, len(fingerprint), GROUP))


def cleaned(typed: str) -> str | None:
    """The digits of what was typed or pasted, without blanks, colons and dashes; None when there is anything else.

    Full-width digits of a Chinese input method count, and so does what stands before the digits in the output of
    other programs (`sha256 Fingerprint=`, `SHA-256`).
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    text = re.sub(r"^sha-?256(?:\s+fingerprint)?\s*[=:]?\s*", "", text)
    digits = _BETWEEN.sub("", text)
    return digits if _HEX.fullmatch(digits) else None
