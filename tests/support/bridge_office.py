"""The window's floor without a window: session, jobs, commands, and waiting until they have come to something."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from facevid_gui.bridge.controller import Controller
from facevid_gui.bridge.jobs import JobRunner
from facevid_gui.bridge.library_desk import LibraryDesk
from facevid_gui.bridge.library_model import LibraryModel
from facevid_gui.bridge.profile_desk import ProfileDesk
from facevid_gui.bridge.session import Activity, Notice, Page, Session
from facevid_gui.bridge.work import Sealing
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.keeping import keep_secrets
from facevid_gui.credentials.profiles import Profile
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.evidence.library import LibraryEntry
from facevid_gui.house import House
from facevid_gui.simulator import records
from facevid_gui.simulator.server import Simulator
from tests.support.places import ESS_SECRETS, KYC_SECRETS, ess_profile, kyc_profile
from tests.support.qt import pump_until

CONTRACTS, ORDERS, PLATFORM = "contracts", "orders", "platform"
CASE, PURPOSE = "2026-0311 借款纠纷", "disputed signature"


class NoKeyring(SessionStore):
    """What a computer without a keyring answers."""

    def read(self, owner: str, field: str) -> Secret | None:
        raise SurroundingsError("keyring_unavailable")

    def write(self, owner: str, field: str, secret: Secret) -> None:
        raise SurroundingsError("keyring_unavailable")

    def delete(self, owner: str, fields: Any) -> None:
        raise SurroundingsError("keyring_unavailable")

    def state(self) -> str:
        return "unavailable"


class Office:
    """One session on one house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.session = Session()
        self.jobs = JobRunner(logs=house.paths.logs)
        self.controller = Controller(house, self.session, self.jobs)
        self.desk = ProfileDesk(house, self.session, self.jobs)
        self.model = LibraryModel()
        self.library = LibraryDesk(house, self.controller, self.model)
        self.activities: list[Activity] = []
        self.pages: list[Page] = []
        self.notices: list[Notice | None] = []
        self.said: list[tuple[str, Any]] = []
        session = self.session
        session.activity_changed.connect(lambda: self.activities.append(session.activity))
        session.page_changed.connect(lambda: self.pages.append(session.page))
        session.notice_changed.connect(lambda: self.notices.append(session.notice))
        self.controller.capture_saved.connect(lambda: self.said.append(("saved", None)))
        self.controller.save_refused.connect(lambda error: self.said.append(("save refused", error)))
        self.controller.raw_answers_read.connect(lambda _, tree: self.said.append(("raw", tree)))
        self.desk.kept.connect(lambda kept: self.said.append(("kept", kept)))
        self.desk.refused.connect(lambda error: self.said.append(("refused", error)))
        self.desk.probed.connect(lambda result: self.said.append(("probed", result)))

    # --- profiles --------------------------------------------------------------------------------------

    def know(self, simulator: Simulator) -> None:
        """Profiles of all three services, their secrets in the house's store."""
        channel = {**ESS_SECRETS, "secret_id": Secret(records.ESSBASIC_SECRET_ID)}
        self._keep(replace(ess_profile(simulator), name=CONTRACTS), ESS_SECRETS)
        self._keep(replace(kyc_profile(simulator), name=ORDERS), KYC_SECRETS)
        self._keep(replace(ess_profile(simulator, "essbasic"), name=PLATFORM), channel)

    def _keep(self, profile: Profile, secrets: dict[str, Secret]) -> None:
        self.house.profiles.save(profile, replace=True)
        keep_secrets(self.house.secret_store, profile, secrets)

    # --- doing -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, and wait until the library was listed."""
        self.controller.start()
        self.settle()
        assert self.session.started

    def settle(self, timeout_s: float = 20.0) -> None:
        """Wait until nothing runs and no answer is awaited."""
        pump_until(lambda: self.jobs.is_idle and not self.session.is_busy and self.model.is_settled, timeout_s)

    def look_up(self, text: str, sign_id: str | None = None) -> Page:
        """Paste an id, look it up, wait for the page."""
        self.ask(text, self.controller.look_up, sign_id)
        self.settle()
        return self.session.page

    def ask(self, text: str, command: Callable[[], object], sign_id: str | None = None) -> None:
        """Paste an id and do something with it."""
        self.controller.recognise(text)
        self.controller.choose_signer(sign_id)
        command()

    def save(self, sealing: Sealing | None = None) -> Page:
        """Save the open capture."""
        self.controller.save(sealing or self.sealing())
        self.settle()
        return self.session.page

    def sealing(self, root: Path | None = None, passphrase: str | None = None, **changes: str) -> Sealing:
        """What the user says when saving."""
        secret = Secret(passphrase) if passphrase is not None else None
        return replace(Sealing(CASE, PURPOSE, root or self.house.evidence_root(None), secret), **changes)

    def open(self, folder: Path) -> Page:
        """Open a sealed folder."""
        self.controller.open_folder(folder)
        self.settle()
        return self.session.page

    def media(self, item: Any) -> bytes | Exception:
        """What comes of loading a clip."""
        came: list[Any] = []
        self.controller.load_media(item, came.append, came.append)
        pump_until(lambda: came)
        result: bytes | Exception = came[0]
        return result

    # --- seeing ----------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        return self.session.page

    @property
    def notice_code(self) -> str:
        """The message or error that is shown as a notice, with its tone."""
        notice = self.session.notice
        if notice is None:
            return ""
        return f"{notice.tone} {notice.message or (notice.error.code if notice.error else '')}"

    def entries(self, state: str) -> list[LibraryEntry]:
        """What the library lists in a state."""
        return [entry for entry in self.listed() if entry.state == state]

    def listed(self) -> tuple[LibraryEntry, ...]:
        """What the library lists."""
        return self.model.here()

    def close(self) -> bool:
        """Shut down as the window does."""
        return self.controller.shut_down()
