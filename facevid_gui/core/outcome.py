"""What a look-up came to: a state with a name, not an exception in a box (floor 0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    """The outcomes of design section 9, in the words of `facevid lookup --json`."""

    FOUND = "found"
    NO_MEDIA_YET = "no_media_yet"
    NO_RECORDING = "no_recording"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    SIGNATURE = "signature"
    NETWORK = "network"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Outcome:
    """A kind, the message id that words it, and the provider's own words, always shown beside ours.

    `exit_code` follows design section 9; `clock_offset_s` is server minus local clock where measured.
    """

    kind: OutcomeKind
    code: str
    exit_code: int
    provider_code: str | None = None
    provider_message: str | None = None
    request_id: str | None = None
    clock_offset_s: float | None = None
    params: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the record was found and can be looked at."""
        return self.kind is OutcomeKind.FOUND
