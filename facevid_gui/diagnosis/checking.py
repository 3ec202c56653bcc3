"""The whole diagnosis, finding by finding, in the order in which it is read (floor 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.errors import CancelledError, FacevidError
from facevid_gui.diagnosis import installation, places, surroundings, video
from facevid_gui.diagnosis.finding import MISSING, WARN, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from facevid_gui.diagnosis.finding import Question

# What is asked, and what it is called when it cannot be asked at all.
CHECKS: tuple[tuple[str, Callable[[Question], Iterator[Finding]]], ...] = (
    ("program", installation.versions),
    ("system_libraries", installation.libraries_of_the_system),
    ("decoder", video.decoder),
    ("player", video.player),
    ("chinese_font", installation.chinese_font),
    ("folder_data", places.own_folders),
    ("disk", places.room),
    ("modes", places.privacy),
    ("file_settings", places.own_files),
    ("evidence", places.evidence),
    ("keyring", surroundings.keyring),
    ("key", surroundings.key),
    ("clock", surroundings.clock),
    ("proxy", surroundings.network),
    ("retention", surroundings.retention),
)
_NEEDED = frozenset({"key", "folder_data"})  # without these nothing can be received or sealed


def findings(question: Question) -> Iterator[Finding]:
    """Ask everything; what stands in the way of one check does not stop the others. `CancelledError`."""
    for name, check in CHECKS:
        question.token.raise_if_cancelled()
        try:
            yield from check(question)
        except CancelledError:
            raise
        except FacevidError as error:
            state = MISSING if name in _NEEDED else WARN
            yield Finding(name, state, error.code, f"error.{error.code}.next", tuple(error.params.items()))
