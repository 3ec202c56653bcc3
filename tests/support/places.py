"""A house under a temporary home, with secrets in memory, and tokens that never sleep."""

from pathlib import Path

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.query import Query
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import Profile, make_profile
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator import records
from facevid_gui.simulator.server import Simulator

ESS_SECRETS = {"secret_id": Secret(records.SECRET_ID), "secret_key": Secret(records.SECRET_KEY)}
KYC_SECRETS = {"secret": Secret(records.KYC_SECRET)}


class HastyToken(CancelToken):
    """Waits are noted, not waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.raise_if_cancelled()
        self.waits.append(seconds)


def make_house(home: Path, clock: Clock | None = None, **environ: str) -> House:
    """A house whose secrets live in memory instead of the system's keyring."""
    house = House({"FACEVID_HOME": str(home), "FACEVID_LANG": "en", **environ}, clock)
    house.__dict__["secret_store"] = SessionStore()
    return house


def ess_profile(simulator: Simulator, kind: str = "ess") -> Profile:
    """A profile of the simulated company."""
    options = {"endpoint": simulator.base_url(kind), **simulator.describe()[kind]["settings"]}
    return make_profile("demo", kind, options)


def kyc_profile(simulator: Simulator) -> Profile:
    """A profile of the simulated KYC app, direct mode."""
    options = {"endpoint": simulator.base_url("kyc"), "app_id": records.KYC_APP_ID, "ticket_mode": "direct"}
    return make_profile("orders", "kyc", options)


def look_up_flow(
    house: House, simulator: Simulator, flow_id: str, sign_id: str | None = None, token: CancelToken | None = None
) -> LookupResult:
    """Look up a flow of the simulated company."""
    provider = house.ess_provider(ess_profile(simulator), ESS_SECRETS)
    return Lookup(house.workplace, token or HastyToken()).ess(provider, Query.for_flow("ess", flow_id, sign_id))


def look_up_order(house: House, simulator: Simulator, order_no: str, token: CancelToken | None = None) -> LookupResult:
    """Look up an order of the simulated app."""
    profile = kyc_profile(simulator)
    desk = house.ticket_desk(profile, KYC_SECRETS, house.secret_store)
    return Lookup(house.workplace, token or HastyToken()).kyc(KycProvider(profile), desk, Query.for_order(order_no))
