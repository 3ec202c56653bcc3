"""A library over captures and folders made by hand; and many synthetic folders, small and quickly made.

The many are what a library reads of a folder, and nothing else of it. They have a valid `capture.json`, a small answer,
and for contracts the copy of the flow that names the signer. They have no media, no hash lists, no signature: nothing
of them could be verified.
"""

import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from facevid_gui.captures.store import CaptureStore
from facevid_gui.core.capture import CaptureRecord, Derived, ProviderFacts, retention_rule
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.ids import folder_name
from facevid_gui.evidence.library import Library, LibraryEntry
from facevid_gui.evidence.library_query import LibraryPage, LibraryQuery
from tests.support.captures_exchanges import begin, draft, receive
from tests.support.captures_samples import ess_answer, json_bytes, kyc_answer
from tests.support.clocks import NOON, StillClock

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉力宁鑫波斌宇浩凯"
SUBJECTS = ("借款纠纷", "签名有争议", "冒名开户", "保险理赔", "disputed signature", "租赁合同")
ANSWERS = ("同意", "我同意签署这份合同", "是我本人", "确认", "我已阅读并同意", "不清楚")
_BEGAN = datetime(2021, 1, 4, tzinfo=UTC)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_ALNUM = string.ascii_letters + string.digits


def listed(library: Library, roots: Sequence[Path]) -> tuple[LibraryEntry, ...]:
    """Scan, then everything in one page."""
    library.scan(roots)
    return library.page(LibraryQuery(), roots, 0, -1).entries


class Shelf:
    """Captures made by hand, an evidence root and a library over both."""

    def __init__(self, home: Path) -> None:
        self.store = CaptureStore(home / "captures")
        self.root = home / "evidence"
        self.index = home / "cache" / "index.sqlite"
        self.clock = StillClock()
        self.library = Library(self.store, self.index, self.clock)

    def order(self, evidence_id: str, occurred: str = "20260305190000", body: bytes | None = None) -> Path:
        """A complete capture of a KYC order; the time is China's: 11:00 UTC, an hour before noon."""
        partial = begin(self.store, "kyc", evidence_id)
        receive(partial, body or json_bytes(kyc_answer("0", occurredTime=occurred, photo="/9j/4AAQSkZJRg==")))
        return partial.complete()

    def folder(self, evidence_id: str, minutes: int = 0, **facts: Any) -> Path:
        """An evidence folder reduced to what a listing reads."""
        sealed_at = NOON + timedelta(minutes=minutes)
        usual = {"sealed_at": sealed_at, "case_ref": "2026-0311", "purpose": "a dispute"}
        record = draft("kyc", evidence_id, **{**usual, **facts})
        folder = self.root / folder_name("kyc", evidence_id, record.captured_at)
        (folder / "data").mkdir(parents=True)
        (folder / "data/capture.json").write_bytes(record.to_bytes())
        return folder

    def entries(self) -> tuple[LibraryEntry, ...]:
        return listed(self.library, [self.root])

    def ids(self) -> list[str]:
        return [entry.evidence_id for entry in self.entries()]

    def page(self, query: LibraryQuery | None = None, offset: int = 0, limit: int = 200) -> LibraryPage:
        return self.library.page(query or LibraryQuery(), [self.root], offset, limit)

    def found(self, text: str, **narrowed: Any) -> list[str]:
        """The ids of what a search finds, in order, without a scan."""
        return [entry.evidence_id for entry in self.page(LibraryQuery(text, **narrowed)).entries]


@dataclass(frozen=True)
class Sample:
    """What a search for one of the folders can begin with."""

    evidence_id: str
    flow_id: str
    order_no: str
    person: str
    case_ref: str


def make_shelf(root: Path, count: int, seed: int = 7) -> Iterator[Sample]:
    """Make `count` folders below `root`, half contracts, half orders, over five years; yield what each holds."""
    chance = random.Random(seed)
    for number in range(count):
        captured_at = _BEGAN + timedelta(seconds=round(number * 5 * 365 * 86400 / count))
        yield _make(root, chance, number, captured_at)


def _make(root: Path, chance: random.Random, number: int, captured_at: datetime) -> Sample:
    is_contract = number % 2 == 0
    kind = "ess" if is_contract else "kyc"
    evidence_id = f"{chance.getrandbits(128):032x}"
    flow_id, sign_id = (f"yD{''.join(chance.choices(_ALNUM, k=30))}" for _ in range(2))
    order_no = "".join(chance.choices(string.digits, k=28))
    person = chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
    case_ref = f"{captured_at.year}-{number // 12:05d} {chance.choice(SUBJECTS)}"
    folder = root / folder_name(kind, evidence_id, captured_at)
    bodies = _contract(chance, flow_id, sign_id, person, captured_at) if is_contract else _order(chance, captured_at)
    exchanges = []
    for place, (role, body) in enumerate(bodies.items(), 1):
        path = f"exchanges/{place:02d}/response-body.bin"
        target = folder / "data" / path
        target.parent.mkdir(parents=True)
        target.write_bytes(body)
        target.with_name("response-headers.txt").write_bytes(_HEAD)
        exchanges.append(
            Exchange(
                "POST", "https://ess.tencentcloudapi.com/", captured_at, role=role, path=path, status=200,
                complete=True, received_at=captured_at, trimmed=role == "flow",
            )
        )  # fmt: skip
    ids = {"flow_id": flow_id, "sign_id": sign_id} if is_contract else {"order_no": order_no}
    record = CaptureRecord(
        evidence_id=evidence_id,
        captured_at=captured_at,
        provider=ProviderFacts(kind, "ess.tencentcloudapi.com", "Describe", "2020-11-11", **ids),
        operator={"account": f"operator{number % 9}", "name": "", "role": ""},
        program={"name": "facevid_gui", "version": "0"},
        exchanges=tuple(exchanges),
        derived=(
            Derived("media/video.mp4", "liveness", 1, exchanges[0].path or "", "/v", (), "0" * 64, 9, "video/mp4"),
        ),
        retention=retention_rule(captured_at, 5 * 365 + 2),
        case_ref=case_ref,
        purpose=chance.choice(SUBJECTS),
        sealed_at=captured_at + timedelta(seconds=90),
    )
    (folder / "data/capture.json").write_bytes(record.to_bytes())
    return Sample(evidence_id, flow_id if is_contract else "", "" if is_contract else order_no, person, case_ref)


def _contract(chance: random.Random, flow_id: str, sign_id: str, person: str, signed_at: datetime) -> dict[str, bytes]:
    said = chance.choices(ANSWERS, k=2)
    answer = ess_answer(IntentionQuestionResult={"AsrResult": said, "ResultCode": ["0", "0"]})
    signer = {
        "SignId": sign_id, "ApproveName": person, "ApproveStatus": 3, "ApproveTime": int(signed_at.timestamp()) - 600,
    }  # fmt: skip
    flow = {"Response": {"FlowDetailInfos": [{"FlowId": flow_id, "FlowApproverInfos": [signer]}]}}
    return {"record": json_bytes(answer), "flow": json_bytes(flow)}


def _order(chance: random.Random, seen_at: datetime) -> dict[str, bytes]:
    risk = {"RiskInfo": {"LivenessInfoTag": f"{chance.randint(1, 12):02d}"}} if chance.random() < 0.1 else {}
    return {"record": json_bytes(kyc_answer("0", occurredTime=f"{seen_at:%Y%m%d%H%M%S}", liveRate="99", **risk))}
