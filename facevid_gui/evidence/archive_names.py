"""Names inside a hand-over package: only those that every system unpacks to the same file (floor 1).

What enters: a path with forward slashes, ours or a stranger's. What leaves: what is wrong with it, if anything.
Writing and reading share the rule, so that what is exported can always be read again. Sources: Microsoft's
"Naming Files, Paths, and Namespaces"; APPNOTE.TXT 6.3.10, 4.4.17.
"""

from __future__ import annotations

import unicodedata

MAX_PART_BYTES = 255
MAX_PATH_BYTES = 1000
MAX_DEPTH = 12
_FORBIDDEN = frozenset('<>:"|?*\\')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"}
)


def name_problem(path: str) -> str:
    """Why `path` is no name that every system unpacks to the same place inside a folder; empty when it is one."""
    if not path:
        return "an empty name"
    if path.startswith("/"):
        return "an absolute name"
    if any(c in _FORBIDDEN or unicodedata.category(c) in _UNSEEN for c in path):
        return "a character that is not allowed everywhere (backslash, colon, control character …)"
    if unicodedata.normalize("NFC", path) != path:
        return "letters and accents stored apart"
    parts = path.split("/")
    if len(parts) > MAX_DEPTH or len(path.encode()) > MAX_PATH_BYTES:
        return "too deep or too long"
    return next(filter(None, map(_part_problem, parts)), "")


def collision_key(path: str) -> str:
    """What two names have in common that are one file on a system which ignores case."""
    return unicodedata.normalize("NFC", path.casefold())


def _part_problem(part: str) -> str:
    if part in ("", ".", ".."):
        return "a name that leads out of the folder, or an empty part"
    if part[-1] in ". " or part[0] == " ":
        return "a name that begins or ends with a blank, or ends with a dot"
    if len(part.encode()) > MAX_PART_BYTES:
        return "a name that is too long"
    if part.split(".")[0].rstrip(" ").casefold() in _DEVICES:
        return "the name of a Windows device"
    return ""
