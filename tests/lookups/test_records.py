"""Every demo record of the simulated company: its outcome, its exit code, and what is kept of it."""

import base64
from dataclasses import replace

import pytest

from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.house import House
from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.net_lookups import Post, bodies, capture_of, look_up, read_again, without_sign_ids, written
from tests.support.places import HastyToken

Found = OutcomeKind.FOUND

FLOWS = [
    # label, outcome, code, exit code, clips
    ("One", Found, "found", 0, 4),
    ("NoVideo", OutcomeKind.NO_RECORDING, "no_recording", 1, 0),
    ("Expired", OutcomeKind.NOT_FOUND, "gone_or_never_there", 1, 0),
    ("Damaged", Found, "found", 0, 2),
    ("Sample", OutcomeKind.INCOMPLETE, "media_unreadable", 1, 1),
    ("Twelve", Found, "found", 0, 12),
]
ORDERS = [
    # order, outcome, code, exit code, provider code, clips, photos, pauses
    ("simOrder0001", Found, "found", 0, "0", 1, 1, []),
    ("simOrderLate", Found, "found", 0, "0", 1, 1, [2.0, 2.0]),
    ("simOrderNegative", Found, "found", 0, "66660004", 1, 1, []),
    ("simOrderNegativeBare", OutcomeKind.NO_RECORDING, "not_same_person", 1, "66660004", 0, 0, []),
    ("simOrderLiveness", Found, "found", 0, "0", 1, 1, []),
    ("simOrderPhotos", Found, "found", 0, "0", 1, 3, []),
    ("simOrderNoFiles", OutcomeKind.NO_MEDIA_YET, "no_media_yet", 1, "0", 0, 0, [2.0, 2.0, 2.0]),
    ("simOrderGone", OutcomeKind.NOT_FOUND, "no_such_record", 1, "66660011", 0, 0, []),
    ("simOrderQuit", OutcomeKind.NOT_FOUND, "no_such_record", 1, "66660011", 0, 0, []),
]


def test_every_demo_record_is_tested() -> None:
    now = Simulator().now()
    tested = {flow_id(label) for label, *_ in FLOWS} | {flow_id("Many"), flow_id("Waiting")}
    assert tested == {flow.flow_id for flow in records.make_flows(now)}
    assert {order for order, *_ in ORDERS} == {order.order_no for order in records.make_orders(now)}


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
@pytest.mark.parametrize("named", [False, True], ids=["only signer", "named signer"])
@pytest.mark.parametrize(("label", "outcome", "code", "exit_code", "clips"), FLOWS, ids=lambda v: str(v))
def test_a_flow(
    house: House, simulator: Simulator, post: Post, kind: str, named: bool, label: str, outcome: OutcomeKind,
    code: str, exit_code: int, clips: int,
) -> None:  # fmt: skip
    token = HastyToken()
    sign = sign_id(label) if named else None
    result = look_up(house, simulator, kind=kind, flow=flow_id(label), sign=sign, token=token)
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (outcome, code, exit_code)
    assert token.waits == []
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    assert result.record is not None
    assert len(result.record.clips) == clips
    assert (result.record.flow_id, result.record.sign_id) == (flow_id(label), sign_id(label))
    assert (result.record.source, result.record.kind) == ("simulator", kind)
    assert read_again(result.capture) == result.record
    capture = capture_of(result)
    assert capture.provider.host == simulator.base_url(kind).removeprefix("http://")
    assert capture.provider.sign_id == sign_id(label)


@pytest.mark.parametrize(
    ("order", "outcome", "code", "exit_code", "provider_code", "clips", "photos", "pauses"),
    ORDERS,
    ids=[order for order, *_ in ORDERS],
)
def test_an_order(
    house: House, simulator: Simulator, post: Post, order: str, outcome: OutcomeKind, code: str, exit_code: int,
    provider_code: str, clips: int, photos: int, pauses: list[float],
) -> None:  # fmt: skip
    token = HastyToken()
    result = look_up(house, simulator, order=order, token=token)
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (outcome, code, exit_code)
    assert result.outcome.provider_code == provider_code
    assert token.waits == pauses
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    assert len(post.sent) == 1 + len(pauses)
    assert result.record is not None
    assert (len(result.record.clips), len(result.record.photos)) == (clips, photos)
    assert result.record.order_no == order
    assert read_again(result.capture) == result.record


def test_media_on_disk_are_what_the_service_holds(house: House, simulator: Simulator) -> None:
    result = look_up(house, simulator, flow=flow_id("One"))
    assert result.record is not None
    assert result.capture is not None
    names = ("liveness-fragmented.mp4", "question.mp4", "nod-01.mp4", "nod-02.mp4")
    for clip, name in zip(result.record.clips, names, strict=True):
        assert clip.path is not None
        assert (result.capture / clip.path).read_bytes() == base64.b64decode(records.demo_media(name))


def test_a_flow_is_asked_for_first_unless_the_signer_is_named(house: House, simulator: Simulator, post: Post) -> None:
    look_up(house, simulator, flow=flow_id("One"))
    look_up(house, simulator, flow=flow_id("One"), sign=sign_id("One"))
    assert post.asked == [
        "DescribeFlowInfo", "DescribeSignFaceVideo", "DescribeSignFaceVideo", "DescribeFlowInfo",
    ]  # fmt: skip


def test_several_signers_must_be_named_and_nothing_is_kept_of_them(
    house: House, simulator: Simulator, post: Post
) -> None:
    result = look_up(house, simulator, flow=flow_id("Many"))
    assert (result.outcome.code, result.outcome.exit_code) == ("signer_needed", 1)
    assert result.outcome.kind is OutcomeKind.REFUSED
    assert result.capture is None
    assert result.flow is not None
    assert [signer.sign_id for signer in result.flow.signers if signer.is_signed_person] == [
        sign_id("Many"), sign_id("Clerk"),
    ]  # fmt: skip
    assert post.asked == ["DescribeFlowInfo"]
    assert list(house.paths.captures.iterdir()) == []


def test_one_of_several_signers_is_kept_without_the_others(house: House, simulator: Simulator) -> None:
    result = look_up(house, simulator, flow=flow_id("Many"), sign=sign_id("Clerk"))
    assert result.outcome.ok
    assert result.record is not None
    assert result.record.signer is not None
    assert result.record.signer.name == "孙样本"
    assert result.capture is not None
    text = written(result.capture)
    assert "孙样本" in text
    assert "钱样本" not in text
    assert "周样本" not in text
    assert "观察样本" not in text
    flow = next(exchange for exchange in capture_of(result).exchanges if exchange.role == "flow")
    assert flow.trimmed


def test_a_flow_nobody_signed_has_no_recording_yet(house: House, simulator: Simulator) -> None:
    result = look_up(house, simulator, flow=flow_id("Waiting"))
    assert (result.outcome.code, result.outcome.exit_code, result.capture) == ("nobody_signed", 1, None)
    named = look_up(house, simulator, flow=flow_id("Waiting"), sign=sign_id("Waiting"))
    assert (named.outcome.code, named.outcome.exit_code) == ("flow_not_signed", 1)
    assert named.capture is not None


@pytest.mark.parametrize(
    ("label", "code"), [("One", "sign_id_not_returned"), ("Many", "sign_id_not_returned"), ("Waiting", "nobody_signed")]
)
def test_signers_without_their_sign_id_must_be_named(house: House, simulator: Simulator, label: str, code: str) -> None:
    without_sign_ids(simulator)
    result = look_up(house, simulator, kind="essbasic", flow=flow_id(label))
    assert (result.outcome.code, result.outcome.exit_code, result.capture) == (code, 1, None)
    assert result.flow is not None


def test_a_signer_of_a_flow_without_sign_ids_can_be_named(house: House, simulator: Simulator, post: Post) -> None:
    flows = simulator.essbasic.flows
    without_sign_ids(simulator)
    anonymous = simulator.essbasic.flows
    simulator.essbasic.flows = flows
    simulator.essbasic._flow_info = lambda body: {  # type: ignore[method-assign]
        "FlowInfo": [simulator.essbasic._detail(flow) for flow in anonymous if flow.flow_id in body["FlowIds"]]
    }
    result = look_up(house, simulator, kind="essbasic", flow=flow_id("One"), sign=sign_id("One"))
    assert result.outcome.ok
    assert result.record is not None
    assert result.record.signer is None
    assert "赵样本" not in written(result.capture)  # type: ignore[arg-type]


def test_one_signer_with_and_one_without_a_sign_id_cannot_be_told_apart(house: House, simulator: Simulator) -> None:
    flow = next(flow for flow in simulator.ess.flows if flow.flow_id == flow_id("Many"))
    half = (flow.signers[0], replace(flow.signers[1], sign_id=""))
    simulator.ess.flows = (replace(flow, signers=half),)
    assert look_up(house, simulator, flow=flow_id("Many")).outcome.code == "signer_needed"


@pytest.mark.parametrize("sign", [None, sign_id("One")])
def test_an_unknown_flow_is_answered_in_the_providers_words_and_kept(
    house: House, simulator: Simulator, sign: str | None
) -> None:
    result = look_up(house, simulator, flow=flow_id("Nobodys"), sign=sign)
    assert result.outcome.kind is OutcomeKind.NOT_FOUND
    assert result.outcome.exit_code == 1
    assert result.outcome.provider_code in ("FailedOperation", "ResourceNotFound.Flow")
    assert result.outcome.provider_message
    assert result.outcome.request_id
    assert result.capture is not None
    assert read_again(result.capture).outcome.code == result.outcome.code


def test_wrong_keys_are_a_matter_of_signature(house: House, simulator: Simulator) -> None:
    simulator.ess.keys = {records.SECRET_ID: "another key"}
    result = look_up(house, simulator, flow=flow_id("One"), sign=sign_id("One"))
    assert result.outcome.kind is OutcomeKind.SIGNATURE
    assert (result.outcome.code, result.outcome.exit_code) == ("credentials_refused", 1)


def test_a_wrong_clock_is_named_with_its_error(house: House) -> None:
    with Simulator(fault="clock_skew") as simulator:
        result = look_up(house, simulator, flow=flow_id("One"), sign=sign_id("One"))
    assert result.outcome.kind is OutcomeKind.SIGNATURE
    assert (result.outcome.code, result.outcome.exit_code) == ("clock", 3)
    assert result.outcome.clock_offset_s == pytest.approx(3600, abs=2)


@pytest.mark.parametrize("order", ["simOrder0001", None])
def test_nothing_secret_is_written(
    house: House, simulator: Simulator, order: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    if order:
        look_up(house, simulator, order=order)
    else:
        look_up(house, simulator, flow=flow_id("One"))
    text = written(house.paths.data) + caplog.text
    signs = [request.json_body()["sign"] for request in simulator.requests if "/v2/base/query" in request.path]
    secrets = [*simulator.kyc._tokens, *simulator.kyc._tickets, *signs]
    assert len(secrets) == (4 if order else 0)
    for secret in (records.SECRET_ID, records.SECRET_KEY, records.KYC_SECRET, "Signature=", *secrets):
        assert secret not in text
