"""The first start, step by step: what is done, what is to do, what was skipped (floor 2).

Nothing here does a step: the desks of profiles, places and keys do. This one looks at what there is, so that what was
done in another way, or years ago, is done here, too. What was skipped is kept in the settings.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.key_desk import KeyDesk
    from facevid_gui.bridge.profile_desk import ProfileDesk
    from facevid_gui.bridge.services import Services
    from facevid_gui.credentials.profiles import Profile

STEPS = ("service", "keys", "connection", "place", "key", "sheet")
DONE, TODO, SKIPPED = "done", "todo", "skipped"


class GuideDesk(QObject):
    """`changed` says that a step may stand otherwise now."""

    changed = Signal()
    demo_started = Signal()
    demo_refused = Signal(object)  # FacevidError

    def __init__(
        self, services: Services, controller: Controller, profiles: ProfileDesk, keys: KeyDesk,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._session = controller.session
        self._profiles = profiles
        self._keys = keys
        self._kind = ""
        self._skipped: frozenset[str] = frozenset()
        session = self._session
        for happened in (
            session.profiles_changed, session.profile_chosen, session.keyring_changed, session.activity_changed,
            keys.changed, profiles.probed,
        ):  # fmt: skip
            happened.connect(lambda *_: self.changed.emit())

    @property
    def kind(self) -> str:
        """The service that was chosen, else that of the profile in use; nothing before either."""
        return self._kind or (self._session.profile.kind if self._session.profile is not None else "")

    @property
    def profile(self) -> Profile | None:
        """The profile of the chosen service: the one in use, if it is of that service."""
        chosen = self._session.profile
        fitting = [profile for profile in self._session.profiles if profile.kind == self.kind]
        return chosen if chosen in fitting else next(iter(fitting), None)

    def look(self) -> None:
        """See how everything stands."""
        self._controller.jobs.submit("guide", lambda _token, _tell: _read_skipped(self._services), self._on_read)
        self._keys.look()

    def state_of(self, step: str) -> str:
        """How a step stands: DONE, TODO or SKIPPED."""
        profile = self.profile
        done = {
            "service": bool(self.kind),
            "keys": profile is not None and self._session.has_keys(profile),
            "connection": profile is not None and profile.name in self._profiles.working,
            "place": bool(self._session.evidence_roots),
            "key": bool(self._keys.state.facts),
            "sheet": self._keys.state.has_sheet,
        }[step]
        return DONE if done else SKIPPED if step in self._skipped else TODO

    def next_to_do(self) -> str:
        """The first step that is to be done; nothing when there is none left."""
        return next((step for step in STEPS if self.state_of(step) == TODO), "")

    def choose_service(self, kind: str) -> None:
        """Go on with this service."""
        self._kind = kind
        self.changed.emit()

    def skip(self, step: str) -> None:
        """Leave a step out; it can be done later all the same."""
        self._skipped |= {step}
        skipped = tuple(name for name in STEPS if name in self._skipped)
        self._controller.jobs.submit(
            f"skip {step}", lambda _token, _tell: _keep_skipped(self._services, skipped), lambda _none: None,
            lane="guide",
        )  # fmt: skip
        self.changed.emit()

    def start_demo(self) -> None:
        """Start the demo: this program once more, in a process and a home of its own."""
        from facevid_gui.bridge.demo_start import start_demo

        self._controller.jobs.submit(
            "demo", lambda _token, _tell: start_demo(self._services.messages.language),
            lambda _none: self.demo_started.emit(), failed=self.demo_refused.emit,
        )  # fmt: skip

    def _on_read(self, skipped: tuple[str, ...]) -> None:
        self._skipped |= frozenset(skipped)
        self.changed.emit()


def _read_skipped(services: Services) -> tuple[str, ...]:
    with suppress(SurroundingsError):
        return services.settings.guide_skipped
    return ()


def _keep_skipped(services: Services, skipped: tuple[str, ...]) -> None:
    with suppress(SurroundingsError):
        services.settings_file.change({"guide_skipped": skipped}, even_unwritten=True)
