"""What a pasted text is taken for (floor 0). `lookups.recognise` finds it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.core.errors import UsageError


@dataclass(frozen=True)
class Recognised:
    """What a pasted text is taken for.

    `what` is "empty", "flow", "signer", "flow_and_signer", "order", "several" or "unknown"; `reason` is a message
    id that says why. The ids are as they will be looked up, `changed` when they differ from what was pasted.
    `problem` says why it cannot be looked up with any profile; then the ids are what was left after cleaning.
    """

    what: str
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    changed: bool = False
    reason: str = ""
    problem: UsageError | None = None
