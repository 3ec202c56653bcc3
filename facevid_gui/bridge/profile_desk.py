"""Adding, testing and forgetting profiles (floor 2).

What enters: what the user typed, secrets among it. What leaves: profiles in the session; secrets go to the keyring,
or stay in memory for this run where there is none.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.credentials.profiles import Profile


class ProfileDesk(QObject):
    """The commands of the profiles dialog."""

    kept = Signal(object)  # work.Kept
    refused = Signal(object)  # FacevidError
    probed = Signal(object)  # Outcome, or FacevidError when it came to none

    def __init__(self, services: Services, session: Session, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._session = session
        self._jobs = jobs
        self.working: set[str] = set()  # names of the profiles whose test came to a good end in this run

    def keep(
        self, name: str, kind: str, options: Mapping[str, str | bool | None], data: Mapping[str, str], *,
        replace_it: bool,
    ) -> None:  # fmt: skip
        """Keep a profile and its secrets; an existing one keeps those that were not typed."""
        given = self._session.given.get(name)
        run = partial(work.keep_profile, self._services, name, kind, options, data, replace_it=replace_it, given=given)
        self._jobs.submit(f"keep {name}", lambda _token, _tell: run(), self._on_kept, failed=self.refused.emit)

    def forget(self, name: str) -> None:
        """Forget a profile and its secrets."""
        self._jobs.submit(
            f"forget {name}", lambda _token, _tell: work.forget_profile(self._services, name),
            partial(self._on_forgotten, name), failed=self.refused.emit,
        )  # fmt: skip

    def probe(self, profile: Profile) -> None:
        """Test the connection of a profile."""
        given = self._session.given.get(profile.name)
        self._jobs.submit(
            "probe", lambda token, _tell: work.probe_profile(self._services, profile, given, token),
            partial(self._on_probed, profile.name), failed=self.probed.emit,
        )  # fmt: skip

    def stop_probe(self) -> None:
        """Whoever asked waits no longer; the answer matters to nobody."""
        self._jobs.cancel("probe", drop=True)

    def _on_probed(self, name: str, outcome: Outcome) -> None:
        if outcome.ok:
            self.working.add(name)
        else:
            self.working.discard(name)
        self.probed.emit(outcome)

    def _on_kept(self, kept: work.Kept) -> None:
        self.working.discard(kept.profile.name)  # other keys, perhaps, or another address
        session = self._session
        session.profiles = kept.profiles
        if kept.secrets_changed:
            session.given.pop(kept.profile.name, None)
        if kept.given is not None:
            session.given[kept.profile.name] = kept.given
        session.profile = kept.profile
        session.profiles_changed.emit()
        session.profile_chosen.emit()
        self.kept.emit(kept)

    def _on_forgotten(self, name: str, profiles: tuple[Profile, ...]) -> None:
        session = self._session
        session.profiles = profiles
        session.given.pop(name, None)
        self.working.discard(name)
        if session.profile is not None and session.profile.name == name:
            session.profile = profiles[0] if profiles else None
        session.profiles_changed.emit()
        session.profile_chosen.emit()
