"""The simulated companies' records: made anew at each start, with times relative to now (floor 1).

People, ids and media are synthetic; ids are the same at every start, so that the README can name them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from facevid_gui.resources import resource

USER_ID = "yDSimUser".ljust(32, "0")
SECRET_ID = "AKIDSIMULATOR".ljust(36, "0")
SECRET_KEY = "simulator-secret-key-not-a-secret"  # noqa: S105 - demo credentials, printed at every start
ESSBASIC_SECRET_ID = "AKIDSIMCHANNEL".ljust(36, "0")
ESSBASIC_APP_ID = "yDSimApp".ljust(32, "0")
ORGANIZATION = "org_simulated"
OPERATOR = "operator_simulated"
KYC_APP_ID = "IDASIM01"
KYC_SECRET = "simulator-kyc-secret".ljust(64, "0")


@dataclass(frozen=True)
class SimCompany:
    """Who asks: its ids and keys with each service, and how long its recordings are kept.

    `photo_app_id_name` is the member in which `queryphotoinfo` takes its appId (the pages differ, kyc.md 6);
    `subsidiaries` are the organization ids it may name in `Agent.ProxyOrganizationId`.
    """

    organization_id: str
    user_id: str
    secret_id: str
    secret_key: str
    essbasic_secret_id: str
    essbasic_app_id: str
    organization_open_id: str
    operator_open_id: str
    kyc_app_id: str
    kyc_secret: str
    photo_app_id_name: str
    expires_after: timedelta
    subsidiaries: tuple[str, ...] = ()


SECOND = SimCompany(
    organization_id="yDSimOrgSecond".ljust(32, "0"),
    user_id="yDSimUserSecond".ljust(32, "0"),
    secret_id="AKIDSIMSECOND".ljust(36, "0"),
    secret_key="second-simulator-secret-key",  # noqa: S106 - demo credentials as above
    essbasic_secret_id="AKIDSIMSECONDCHANNEL".ljust(36, "0"),
    essbasic_app_id="yDSimAppSecond".ljust(32, "0"),
    organization_open_id="org_simulated_second",
    operator_open_id="operator_simulated_second",
    kyc_app_id="IDASIM02",
    kyc_secret="second-simulator-kyc-secret".ljust(64, "0"),
    photo_app_id_name="webankAppId",
    expires_after=timedelta(hours=24),
)
FIRST = SimCompany(
    organization_id="yDSimOrg".ljust(32, "0"),
    user_id=USER_ID,
    secret_id=SECRET_ID,
    secret_key=SECRET_KEY,
    essbasic_secret_id=ESSBASIC_SECRET_ID,
    essbasic_app_id=ESSBASIC_APP_ID,
    organization_open_id=ORGANIZATION,
    operator_open_id=OPERATOR,
    kyc_app_id=KYC_APP_ID,
    kyc_secret=KYC_SECRET,
    photo_app_id_name="appId",
    expires_after=timedelta(hours=72),
    subsidiaries=(SECOND.organization_id,),
)


@dataclass(frozen=True)
class SimSigner:
    """One signer. `clips` maps a role ("liveness", "question", "nod-01"…) to base64 text."""

    sign_id: str
    name: str
    mobile: str
    type: str = "PERSON"
    signed_at: datetime | None = None
    clips: dict[str, str | None] = field(default_factory=dict)
    transcripts: tuple[str | None, ...] = ()
    codes: tuple[str | None, ...] = ()
    organization: str = ""


@dataclass(frozen=True)
class SimFlow:
    """One contract flow."""

    flow_id: str
    name: str
    about: str
    created_at: datetime
    signers: tuple[SimSigner, ...]


@dataclass(frozen=True)
class SimOrder:
    """One KYC order. Files appear at call number `files_from_call` of the order."""

    order_no: str
    about: str
    code: str = "0"
    message: str = "请求成功"
    live_rate: str | None = "99"
    similarity: str | None = "88.01"
    occurred_at: datetime | None = None
    video: str | None = None
    photo: str | None = None
    files_from_call: int = 1
    risk: dict[str, str] | None = None
    risk_name: str = "RiskInfo"
    further_photos: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def demo_media(name: str) -> str:
    """A file of the demo media, as base64 text."""
    return base64.b64encode(resource(f"demo/{name}").read_bytes()).decode("ascii")


def flow_id(label: str) -> str:
    """A simulated FlowId of 32 characters."""
    return f"yDSimFlow{label}".ljust(32, "0")


def sign_id(label: str) -> str:
    """A simulated SignId of 32 characters."""
    return f"yDSimSign{label}".ljust(32, "0")


def older_flow(flow: SimFlow, by: timedelta) -> SimFlow:
    """The flow as it is when so much time has passed."""
    signers = tuple(
        replace(signer, signed_at=signer.signed_at - by) if signer.signed_at else signer for signer in flow.signers
    )
    return replace(flow, created_at=flow.created_at - by, signers=signers)


def older_order(order: SimOrder, by: timedelta) -> SimOrder:
    """The order as it is when so much time has passed."""
    return replace(order, occurred_at=order.occurred_at - by) if order.occurred_at else order


def make_flows(now: datetime) -> tuple[SimFlow, ...]:
    """The flows of the first company."""

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    full = {
        "liveness": demo_media("liveness-fragmented.mp4"),
        "question": demo_media("question.mp4"),
        "nod-01": demo_media("nod-01.mp4"),
        "nod-02": demo_media("nod-02.mp4"),
    }
    answers: tuple[str | None, ...] = ("同意", "是的，本人签署", None)
    codes: tuple[str | None, ...] = ("0", "0", "-1")
    plain = {"liveness": demo_media("liveness-plain.mp4")}
    nods = {f"nod-{n:02d}": demo_media(f"nod-{1 + n % 2:02d}.mp4") for n in range(1, 11)}
    damaged = {**plain, "question": demo_media("question.mp4")[:30001]}
    sample: dict[str, str | None] = {"liveness": "AAAAHGZ0eXBpc281AAAAAWlzb21pc281aGxzZgAAB"}

    def person(label: str, name: str, hours: float, clips: dict[str, str | None], **more: object) -> SimSigner:
        signed_at = ago(hours=hours)
        return SimSigner(sign_id(label), name, "13200000001", "PERSON", signed_at, clips, **more)  # type: ignore[arg-type]

    robot = SimSigner(sign_id("Robot"), "样本科技有限公司", "", "ENTERPRISESERVER", ago(hours=3), {})
    clerk = SimSigner(
        sign_id("Clerk"), "孙样本", "13300000002", "ORGANIZATION", ago(hours=4), dict(plain),
        organization="样本科技有限公司",
    )  # fmt: skip
    waiting = SimSigner(sign_id("Waiting"), "周样本", "13400000003")
    return (
        SimFlow(flow_id("One"), "个人借款合同(样本)", "one person signed; liveness, questions, two nods", ago(hours=3),
                (person("One", "赵样本", 2, dict(full), transcripts=answers, codes=codes),)),
        SimFlow(flow_id("Many"), "三方协议(样本)", "person, clerk and company seal signed: choose one", ago(hours=6),
                (person("Many", "钱样本", 5, dict(plain)), clerk, robot, waiting)),
        SimFlow(flow_id("NoVideo"), "小程序合同(样本)", "signed in the mini program: no recording", ago(hours=2),
                (person("NoVideo", "李样本", 1, {}),)),
        SimFlow(flow_id("Expired"), "旧合同(样本)", "signed five days ago: the recording is gone", ago(days=6),
                (person("Expired", "吴样本", 120, dict(plain)),)),
        SimFlow(flow_id("Waiting"), "待签合同(样本)", "nobody has signed yet", ago(hours=1), (waiting,)),
        SimFlow(flow_id("Damaged"), "坏数据合同(样本)", "the question clip's base64 is cut", ago(hours=2),
                (person("Damaged", "郑样本", 1, dict(damaged)),)),
        SimFlow(flow_id("Sample"), "示例合同(样本)", "the 41 characters of the documentation's sample", ago(hours=2),
                (person("Sample", "王样本", 1, dict(sample)),)),
        SimFlow(flow_id("Twelve"), "十二段合同(样本)", "twelve clips: liveness, questions, ten nods", ago(hours=2),
                (person("Twelve", "冯样本", 1, {**full, **nods}, transcripts=answers, codes=codes),)),
    )  # fmt: skip


def make_orders(now: datetime) -> tuple[SimOrder, ...]:
    """The face-verification orders of the first company."""

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    video = demo_media("order.mp4")
    photo, another = demo_media("photo.jpg"), demo_media("photo.png")
    return (
        SimOrder("simOrder0001", "verified; video, photo, one risk tag", occurred_at=ago(hours=1), video=video,
                 photo=photo, risk={"LivenessInfoTag": "03"}),
        SimOrder("simOrderLate", "photo and video appear at the third call", occurred_at=ago(seconds=20),
                 video=video, photo=photo, files_from_call=3),
        SimOrder("simOrderNegative", "not the same person, with files", "66660004", "无法确认为同一人", "35", "41.20",
                 ago(hours=2), video, photo, risk={"LivenessInfoTag": "03_04", "DeviceInfoTag": "03"},
                 risk_name="riskInfo"),
        SimOrder("simOrderNegativeBare", "not the same person, without files", "66660004", "无法确认为同一人", "35",
                 "41.20", ago(hours=2)),
        SimOrder("simOrderLiveness", "liveness only, PNG photo, no comparison", similarity=None,
                 occurred_at=ago(hours=3), video=demo_media("liveness-plain.mp4"), photo=another),
        SimOrder("simOrderPhotos", "verified; video, photo and two further photos", occurred_at=ago(hours=1),
                 video=video, photo=photo, further_photos=(another, photo)),
        SimOrder("simOrderNoFiles", "verified a moment ago, files never appear", occurred_at=ago(seconds=5)),
        SimOrder("simOrderGone", "older than three days", "66660011", "无此查询结果", None, None),
        SimOrder("simOrderQuit", "attempts exceeded, risk control", "66660017", "验证次数超限", None, None),
    )  # fmt: skip


def make_second_flows(now: datetime) -> tuple[SimFlow, ...]:
    """The flows of the second company."""
    signed_at = now - timedelta(hours=1)
    signer = SimSigner(
        sign_id("Second"), "何样本", "13500000004", "PERSON", signed_at, {"liveness": demo_media("liveness-plain.mp4")}
    )
    return (SimFlow(flow_id("Second"), "子公司合同(样本)", "a flow of the second company", signed_at, (signer,)),)


def make_second_orders(now: datetime) -> tuple[SimOrder, ...]:
    """The face-verification orders of the second company."""
    photo = demo_media("photo.png")
    return (
        SimOrder("simOrderSecond", "an order of the second company, one further photo",
                 occurred_at=now - timedelta(hours=1), video=demo_media("order.mp4"), photo=photo,
                 further_photos=(photo,)),
    )  # fmt: skip
