"""Rescues of lists at the simulator: a list in, results out, and what was asked for, counted."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.profiles import Profile
from facevid_gui.evidence.seal import SealRequest, evidence_folders
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.house import House
from facevid_gui.lookups.connection import Connection
from facevid_gui.lookups.list_file import ListRow, read_list
from facevid_gui.lookups.rescue_list import RescueList, RowResult
from facevid_gui.lookups.rescue_one import Tools
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator.records import SimFlow, SimOrder, SimSigner, demo_media, flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.places import ESS_SECRETS, KYC_SECRETS, HastyToken, ess_profile, kyc_profile

CASE = "2026-0311"


class Lists:
    """A home that rescues lists. `token` waits for nothing; each start of the program takes a new one."""

    def __init__(self, house: House, simulator: Simulator, folder: Path) -> None:
        self.house = house
        self.simulator = simulator
        self.path = folder / "list.csv"
        self.root = house.evidence_root(None)
        self.token: CancelToken = HastyToken()
        self.stamped: list[Path] = []
        self.last: RescueList | None = None

    def tools(self) -> Tools:
        """What the rescue needs of the home."""
        house = self.house
        return Tools(
            house.workplace, house.sealer, house.register, house.journal, self.choose, self.connect, house.keys.open,
            lambda folder, _signer: self.stamped.append(folder),
        )  # fmt: skip

    def choose(self, row: ListRow) -> Profile:
        return kyc_profile(self.simulator) if row.order_no else ess_profile(self.simulator)

    def connect(self, profile: Profile) -> Connection:
        if profile.kind == "kyc":
            desk = self.house.ticket_desk(profile, KYC_SECRETS, self.house.secret_store)
            return Connection("kyc", KycProvider(profile), desk)
        return Connection(profile.kind, self.house.ess_provider(profile, ESS_SECRETS))

    def run(
        self, *lines: str, retry: bool = False, change: Callable[[Tools], Tools] = lambda tools: tools, case: str = CASE
    ) -> list[RowResult]:
        """Start the program, rescue a list of these lines (or the last one again) to its end."""
        results: list[RowResult] = []
        self.run_into(results, *lines, retry=retry, change=change, case=case)
        return results

    def run_into(
        self,
        results: list[RowResult],
        *lines: str,
        retry: bool = False,
        change: Callable[[Tools], Tools] = lambda tools: tools,
        case: str = CASE,
    ) -> None:
        """As `run`, for rescues that do not come to their end."""
        if lines:
            self.path.write_text("\n".join(lines), "utf-8")
        self.house.recover()
        request = SealRequest(case, "disputed signature", self.house.operator, self.root)
        self.last = RescueList(change(self.tools()), request, self.token, retry=retry)
        results.extend(self.last.run(read_list(self.path, None)))

    @property
    def asked(self) -> list[str]:
        """Which recordings were asked for, in order: SignIds and order numbers."""
        return asked_of(self.simulator)

    @property
    def flows_asked(self) -> int:
        """How often a flow was asked for."""
        return sum(r.headers.get("x-tc-action") == "DescribeFlowInfo" for r in self.simulator.requests)

    @property
    def folders(self) -> list[Path]:
        """The sealed folders; each is what it says."""
        folders = list(evidence_folders(self.root))
        for folder in folders:
            verdict = verify_folder(folder, self.house.trust())
            assert verdict.verdict is Verdict.VERIFIED_UNSTAMPED, verdict.reasons
        return folders


def asked_of(simulator: Simulator) -> list[str]:
    """Which recordings were asked for, in order: SignIds and order numbers."""
    asked = []
    for request in simulator.requests:
        if "FaceVideo" in request.headers.get("x-tc-action", ""):
            asked.append(json.loads(request.body)["SignId"])
        elif request.path.endswith("queryfacerecord"):
            asked.append(request.query["orderNo"])
    return asked


def asked_twice(simulator: Simulator) -> list[str]:
    """What was asked for more than once."""
    return [name for name, count in Counter(asked_of(simulator)).items() if count > 1]


def add_flow(simulator: Simulator, label: str, *signed_hours_ago: float) -> str:
    """A further flow of the simulated company, signed by so many people (`label`1, `label`2 …)."""
    now = simulator.now()
    signers = tuple(
        SimSigner(sign_id(f"{label}{number}"), "吴样本", "13200000001", "PERSON", now - timedelta(hours=hours),
                  {"liveness": demo_media("nod-01.mp4")})
        for number, hours in enumerate(signed_hours_ago, 1)
    )  # fmt: skip
    flow = SimFlow(flow_id(label), "合同(样本)", "a flow of a test", now, signers)
    simulator.ess.flows = (*simulator.ess.flows, flow)
    return flow.flow_id


def add_orders(simulator: Simulator, *numbers: str, occurred_at: datetime | None = None) -> None:
    """Further orders of the simulated app, complete at the first question."""
    model = SimOrder("", "an order of a test", video=demo_media("nod-01.mp4"), photo=demo_media("photo.jpg"))
    moment = occurred_at or simulator.now() - timedelta(hours=1)
    added = tuple(replace(model, order_no=number, occurred_at=moment) for number in numbers)
    simulator.kyc.orders = (*simulator.kyc.orders, *added)
