"""What is stored where: listed and measured by a worker (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.stored import Measured, Place

KEY = "stored"


@dataclass(frozen=True)
class Listing:
    """Every place, and the names of the keyring entries."""

    places: tuple[Place, ...]
    keyring: tuple[str, ...]


class StoredDesk(QObject):
    """`listed` comes first, then one `measured` for each place."""

    listed = Signal(object)  # Listing
    measured = Signal(object)  # Measured
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._jobs = jobs

    def look(self) -> None:
        """List and measure."""
        self._jobs.submit(
            KEY, lambda token, tell: _look(self._services, token, tell), lambda _none: None,
            progress=self._on_told, failed=self.refused.emit,
        )  # fmt: skip

    def stop(self) -> None:
        """Nobody looks any more."""
        self._jobs.cancel(KEY, drop=True)

    def _on_told(self, told: Listing | Measured) -> None:
        (self.listed if isinstance(told, Listing) else self.measured).emit(told)


def _look(services: Services, token: CancelToken, tell: Callable[[object], None]) -> None:
    from facevid_gui.stored import keyring_entries, measure, places

    listing = Listing(
        places(services.paths, services.evidence_roots()),
        keyring_entries(services.keyring_service, services.profiles.all()),
    )
    tell(listing)
    for place in listing.places:
        tell(measure(place, token))
