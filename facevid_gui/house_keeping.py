"""The part of the house that keeps and removes: packages, copies, captures, evidence (floor 4).

What enters: the rooms of the house. What leaves: services, each made when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.expiry import Keeping
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.discarding import Discarder
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.keeping_copy import CopyKeeper
    from facevid_gui.evidence.library import Library
    from facevid_gui.evidence.purge import Purger
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.visiting import Visits
    from facevid_gui.paths import Paths
    from facevid_gui.settings import Settings


class Rooms(Protocol):
    """What the parts of the house need of the rest of it."""

    clock: Clock

    @property
    def paths(self) -> Paths: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def safe_settings(self) -> Settings: ...
    @property
    def captures(self) -> CaptureStore: ...
    @property
    def register(self) -> Register: ...
    @property
    def access_log(self) -> AccessLog: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def library(self) -> Library: ...
    @property
    def custody(self) -> CustodyWriter: ...
    @property
    def operator(self) -> dict[str, str]: ...


_MADE_OF_SETTINGS = ("transport", "authorities", "workplace", "importer")


class KeepingRooms:
    """Mixed into the house."""

    def follow_settings(self) -> None:
        """The settings changed: what was made of them is made anew when it is next asked for."""
        for name in _MADE_OF_SETTINGS:
            self.__dict__.pop(name, None)

    @cached_property
    def purger(self: Rooms) -> Purger:
        """Deletes evidence, and notes it."""
        from facevid_gui.evidence.purge import Purger

        return Purger(
            self.register,
            self.access_log,
            self.journal,
            self.captures,
            self.clock,
            self.library.forget,
            self.paths.thumbs,
        )

    @cached_property
    def discarder(self: Rooms) -> Discarder:
        """Removes unsaved captures, and logs why."""
        from facevid_gui.evidence.discarding import Discarder

        return Discarder(self.captures, self.access_log, self.paths.thumbs, self.library.forget)

    @property
    def keeping(self: Rooms) -> Keeping:
        """How long unsaved captures are kept, and how early retention is warned of."""
        return self.settings.keeping

    @cached_property
    def visits(self: Rooms) -> Visits:
        """The packages that are looked at."""
        from facevid_gui.evidence.visiting import Visits

        return Visits(self.paths.visiting)

    @cached_property
    def copy_keeper(self: Rooms) -> CopyKeeper:
        """Keeps copies of evidence that came in packages."""
        from facevid_gui.evidence.keeping_copy import CopyKeeper

        return CopyKeeper(self.access_log, self.journal)
