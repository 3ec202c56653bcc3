"""Look-ups against the simulator: what it sent, answer by answer, and what lies on the disk afterwards."""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import read_capture_record
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.query import Query
from facevid_gui.core.record import Record
from facevid_gui.core.secret import Secret
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult, Progress
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator import server
from facevid_gui.simulator.faults import FAULTS, Delivery
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimRequest, SimResponse
from tests.support.places import ESS_SECRETS, KYC_SECRETS, HastyToken, ess_profile, kyc_profile, make_house


class Post:
    """Spoils the simulator's answers one by one and remembers what was sent.

    `recordings`, `photos` and `flows` are the faults of the next answers of that kind; when they run out, flows are
    answered well and the others as the simulator's own fault has it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.recordings: deque[str] = deque()
        self.photos: deque[str] = deque()
        self.flows: deque[str] = deque()
        self.replies: deque[SimResponse] = deque()  # to flow questions, instead of the service's own
        self.sent: list[bytes] = []
        self.asked: list[str] = []
        post = self

        def spoil(handler: server._Handler, request: SimRequest, response: SimResponse) -> Delivery:
            return post._spoil(request, response, handler.simulator.fault)

        monkeypatch.setattr(server._Handler, "_spoil", spoil)

    def _spoil(self, request: SimRequest, response: SimResponse, fault: str) -> Delivery:
        action = request.headers.get("x-tc-action", "") or request.path.rsplit("/", 1)[1]
        self.asked.append(action)
        if "FaceVideo" in action or action == "queryfacerecord":
            delivery = FAULTS[self.recordings.popleft() if self.recordings else fault](response)
            self.sent.append(delivery.response.body[: delivery.cut_at])
            return delivery
        if action == "queryphotoinfo":
            return FAULTS[self.photos.popleft() if self.photos else fault](response)
        if "Flow" in action:
            response = self.replies.popleft() if self.replies else response
            return FAULTS[self.flows.popleft() if self.flows else "none"](response)
        return Delivery(response)


def look_up(
    house: House,
    simulator: Simulator,
    *,
    kind: str = "ess",
    flow: str = "",
    sign: str | None = None,
    order: str = "",
    token: CancelToken | None = None,
    progress: Progress = lambda _stage, _done: None,
) -> LookupResult:
    """Look up a flow of either edition, or an order, with a progress callback."""
    lookup = Lookup(house.workplace, token or HastyToken(), progress)
    if order:
        profile = kyc_profile(simulator)
        desk = house.ticket_desk(profile, KYC_SECRETS, house.secret_store)
        return lookup.kyc(KycProvider(profile), desk, Query.for_order(order))
    secrets = dict(ESS_SECRETS)
    if kind == "essbasic":
        secrets["secret_id"] = Secret(next(iter(simulator.essbasic.keys)))
    provider = house.ess_provider(ess_profile(simulator, kind), secrets)
    return lookup.ess(provider, Query.for_flow(kind, flow, sign))


def capture_of(result: LookupResult) -> CaptureRecord:
    """The record on disk of what a look-up left."""
    assert result.capture is not None
    record = read_capture_record(result.capture)
    assert record is not None
    return record


def bodies(folder: Path, roles: Iterable[str] = ("record",)) -> list[bytes]:
    """The bodies on disk of the exchanges of some roles, in order."""
    record = read_capture_record(folder)
    assert record is not None
    return [(folder / e.path).read_bytes() for e in record.exchanges if e.path and e.role in roles]


def read_again(folder: Path) -> Record:
    """Read a capture from its raw bytes, as a window or a verifier would years later."""
    capture = read_capture_record(folder)
    assert capture is not None
    return record_of(capture, lambda path: FileBody(folder / path))


def written(folder: Path) -> str:
    """Everything below a folder as text, base64 of media included."""
    return "\n".join(p.read_bytes().decode("utf-8", "replace") for p in sorted(folder.rglob("*")) if p.is_file())


def without_sign_ids(simulator: Simulator) -> None:
    """Let the platform edition answer like the official sample: signers without their SignId."""
    simulator.essbasic.flows = tuple(
        replace(flow, signers=tuple(replace(signer, sign_id="") for signer in flow.signers))
        for flow in simulator.essbasic.flows
    )


def json_reply(content: object, status: int = 200, *headers: tuple[str, str]) -> SimResponse:
    """An answer of the test's own."""
    return SimResponse(json.dumps(content).encode(), status, headers=headers)


def new_home(home: Path) -> House:
    """A second program on the same home."""
    return make_house(home)
