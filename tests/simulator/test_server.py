"""The simulator's sockets: what it says of itself, how it is stopped, and how faults spoil answers."""

import contextlib
import gzip
import http.client
import json
import random
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id
from facevid_gui.credentials.choice import check_secrets
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.net.transport import Limits
from facevid_gui.providers.ess import EssCredentials, EssProvider
from facevid_gui.simulator import records
from facevid_gui.simulator.faults import FAULTS, HUGE_BYTES, Delivery
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimResponse
from tests.support.clocks import NOON
from tests.support.net_exchanges import RecordingSink, get, send
from tests.support.places import ESS_SECRETS, ess_profile


@contextlib.contextmanager
def connected(simulator: Simulator, kind: str = "kyc") -> Iterator[http.client.HTTPConnection]:
    host = simulator.base_url(kind).removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def test_it_describes_itself_as_the_design_fixes_it(simulator: Simulator) -> None:
    document = simulator.describe()
    assert json.loads(json.dumps(document)) == document
    assert document["schema"] == "facevid-simulator/1"
    assert set(document) == {"schema", "pid", "ess", "essbasic", "kyc"}
    assert set(document["ess"]["settings"]) == {"user_id"}
    assert set(document["essbasic"]["settings"]) == {
        "app_id", "proxy_organization_open_id", "proxy_operator_open_id",
    }  # fmt: skip
    assert set(document["kyc"]["settings"]) == {"app_id"}
    for kind in ("ess", "essbasic", "kyc"):
        part = document[kind]
        make_profile("demo", kind, {**part["settings"], "endpoint": part["base_url"]})
        check_secrets(kind, "", part["secrets"])
    for record in document["ess"]["records"]:
        assert check_flow_id(record["flow_id"])
        assert check_sign_id(record["sign_id"])
        assert record["about"]
    for record in document["kyc"]["records"]:
        assert check_order_no(record["order_no"])


def test_the_second_company_describes_itself_alike_and_shares_nothing_but_the_ports(simulator: Simulator) -> None:
    first, second = simulator.describe(), simulator.describe(simulator.second)
    for kind in ("ess", "essbasic", "kyc"):
        assert first[kind]["base_url"] == second[kind]["base_url"]
        assert set(first[kind]["settings"]) == set(second[kind]["settings"])
        mine, theirs = ({**part[kind]["settings"], **part[kind]["secrets"]} for part in (first, second))
        assert not set(mine.values()) & set(theirs.values())
        make_profile("demo", kind, {**second[kind]["settings"], "endpoint": second[kind]["base_url"]})
        check_secrets(kind, "", second[kind]["secrets"])
        assert second[kind]["records"]


def test_records_grow_old_while_it_runs_and_nothing_else_does(simulator: Simulator) -> None:
    before = simulator.now()
    flows, orders = simulator.ess.flows, simulator.kyc.orders
    simulator.let_records_age(hours=30)
    age = timedelta(hours=30)
    assert simulator.now() - before < timedelta(minutes=1)
    for old, new in zip(flows, simulator.ess.flows, strict=True):
        assert old.created_at - new.created_at == age
        for signer, older in zip(old.signers, new.signers, strict=True):
            assert older.signed_at == (signer.signed_at - age if signer.signed_at else None)
    assert simulator.essbasic.flows == simulator.ess.flows
    for order, aged in zip(orders, simulator.kyc.orders, strict=True):
        assert aged.occurred_at == (order.occurred_at - age if order.occurred_at else None)
    (second,) = simulator.second.ess.flows
    assert before - second.created_at > age


def test_ids_are_the_same_at_every_start_and_times_are_relative_to_it() -> None:
    first, second = records.make_flows(NOON), records.make_flows(NOON.replace(year=2030))
    assert [flow.flow_id for flow in first] == [flow.flow_id for flow in second]
    assert len({flow.flow_id for flow in first}) == len(first)
    assert NOON - first[0].created_at == NOON.replace(year=2030) - second[0].created_at


def three_free_ports() -> int:
    """The first of three free neighbours, below the range from which systems hand out ports."""
    for _ in range(100):
        first = random.randrange(20_000, 32_000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + 3):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
    raise AssertionError("no free ports")


def test_ports_follow_the_first_and_are_free_again_after_stopping() -> None:
    port = three_free_ports()
    for _ in range(2):
        with Simulator(port) as simulator:
            urls = [simulator.base_url(kind) for kind in ("ess", "essbasic", "kyc")]
        assert urls == [f"http://127.0.0.1:{port + offset}" for offset in range(3)]


def test_a_taken_port_is_an_error_with_a_name_and_leaves_none_open() -> None:
    port = three_free_ports()
    with socket.create_server(("127.0.0.1", port + 1)), pytest.raises(SurroundingsError) as caught:
        Simulator(port).start()
    assert caught.value.code == "port_in_use"
    assert caught.value.params == {"port": str(port + 1)}
    with Simulator(port):
        pass


@pytest.mark.parametrize("port", [65535, 70000])
def test_a_port_that_is_none_is_an_error_with_a_name(port: int) -> None:
    with pytest.raises(SurroundingsError) as caught:
        Simulator(port).start()
    assert caught.value.code == "port_in_use"


def test_answers_name_the_simulator_and_its_clock() -> None:
    with Simulator(now=lambda: NOON) as simulator:
        sink = send(simulator.base_url("kyc"))
    assert sink.head is not None
    assert sink.head.status == 404
    assert sink.head.header("Server").startswith("facevid-simulator/")
    assert sink.head.header("Date") == "Thu, 05 Mar 2026 12:00:00 GMT"
    assert sink.facts is not None
    assert sink.facts.simulated


@pytest.mark.parametrize("length", ["2000000", "many", "\u00b2", "-1"])
def test_a_request_of_no_sensible_size_is_refused(simulator: Simulator, length: str) -> None:
    with connected(simulator) as connection:
        connection.putrequest("POST", "/api/v2/base/queryfacerecord")
        connection.putheader("Content-Length", length.encode("latin-1"))
        connection.endheaders()
        assert connection.getresponse().status == 413
    assert simulator.requests == []


def test_a_client_that_hangs_up_early_disturbs_nobody(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    port = int(simulator.base_url("ess").rsplit(":", 1)[1])
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert send(simulator.base_url("kyc")).head is not None
    assert capsys.readouterr() == ("", "")


GOOD = SimResponse(json.dumps({"Response": {"VideoData": {"LiveNessVideo": "AAAAHGZ0" * 20_000}}}).encode())


def spoiled(name: str) -> Delivery:
    return FAULTS[name](GOOD)


def test_every_fault_changes_only_what_its_name_says() -> None:
    assert spoiled("none") == spoiled("clock_skew") == spoiled("late_photo") == Delivery(GOOD)
    assert spoiled("huge_answer") == Delivery(GOOD, filler=HUGE_BYTES)
    assert Limits().max_bytes < HUGE_BYTES
    assert spoiled("chunked") == Delivery(GOOD, chunked=True)
    assert spoiled("slow_drip") == Delivery(GOOD, drip=True)
    half = len(GOOD.body) // 2
    assert spoiled("cut_short") == Delivery(GOOD, cut_at=half)
    assert spoiled("reset_mid_body") == Delivery(GOOD, cut_at=half, reset=True)
    assert spoiled("chunked_cut") == Delivery(GOOD, chunked=True, cut_at=half)
    assert spoiled("short_length") == Delivery(GOOD, declared_length=half)
    assert spoiled("wrong_length") == Delivery(GOOD, declared_length=len(GOOD.body) + 1000)
    assert gzip.decompress(spoiled("gzip").response.body) == GOOD.body
    assert spoiled("gzip").response.headers == (("Content-Encoding", "gzip"),)
    assert spoiled("charset").response.content_type == "application/json; charset=utf-8"
    assert (spoiled("server_error_html").response.status, spoiled("proxy_page").response.status) == (502, 200)
    assert spoiled("redirect").response.headers == (("Location", "https://elsewhere.example/"),)
    assert b"!" in spoiled("bad_base64").response.body
    assert json.loads(spoiled("rate_limit").response.body)["code"] == "400504"


def delivered(fault: str) -> tuple[RecordingSink, str | None, bytes]:
    """Ask for a recording under a fault: what arrived, the error's code, and the whole answer meant."""
    meant: list[SimResponse] = []
    with Simulator(fault=fault) as simulator:
        handle = FAULTS[fault]

        def noted(response: SimResponse) -> Delivery:
            delivery = handle(response)
            meant.append(delivery.response)
            return delivery

        keys = EssCredentials(ESS_SECRETS["secret_id"], ESS_SECRETS["secret_key"])
        request = EssProvider(ess_profile(simulator), keys, Clock()).face_video(flow_id("Sample"), sign_id("Sample"))
        sink = RecordingSink()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(FAULTS, fault, noted)
            try:
                send(request, sink)
            except SurroundingsError as error:
                return sink, error.code, meant[0].body
    return sink, None, meant[0].body


@pytest.mark.parametrize(
    ("fault", "code", "share"),
    [
        ("none", None, 1.0),
        ("cut_short", "incomplete_body", 0.5),
        ("wrong_length", "incomplete_body", 1.0),
        ("short_length", None, 0.5),
        ("server_error_html", None, 1.0),
        ("proxy_page", None, 1.0),
        ("rate_limit", None, 1.0),
        ("redirect", "redirect", 1.0),
        ("gzip", None, 1.0),
        ("charset", None, 1.0),
        ("chunked", None, 1.0),
        ("chunked_cut", "incomplete_body", 0.5),
        ("slow_drip", None, 1.0),
        ("clock_skew", None, 1.0),
        ("late_photo", None, 1.0),
        *((name, None, 1.0) for name in FAULTS if "base64" in name),
        *((name, None, 1.0) for name in ("nulls", "wrong_types", "extra_fields")),
    ],
)
def test_every_fault_does_on_the_wire_what_it_says(fault: str, code: str | None, share: float) -> None:
    sink, error, body = delivered(fault)
    assert error == code
    assert sink.body == body[: int(len(body) * share)]
    assert sink.head is not None
    assert ("chunked" in fault) is (sink.head.header("Transfer-Encoding") == "chunked")


def test_a_reset_is_never_taken_for_a_proper_end() -> None:
    for _ in range(5):
        sink, error, body = delivered("reset_mid_body")
        assert error == "connection_reset"
        assert body.startswith(sink.body)


def test_a_huge_answer_is_proper_json_and_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    filler = 600_000
    monkeypatch.setitem(FAULTS, "huge_answer", lambda response: Delivery(response, filler=filler))
    sink, error, body = delivered("huge_answer")
    assert error is None
    assert sink.head is not None
    assert sink.head.header("Content-Length") == str(len(sink.body))
    document = json.loads(sink.body)
    assert document.pop("Filler") == "A" * filler
    assert document == json.loads(body)


def test_a_skewed_clock_is_an_hour_ahead_for_signatures_and_dates() -> None:
    sink, _, body = delivered("clock_skew")
    assert b"AuthFailure.SignatureExpire" in body
    assert sink.facts is not None
    assert sink.facts.clock_offset_s == pytest.approx(3600, abs=2)


def test_faults_leave_answers_without_media_alone() -> None:
    with Simulator(fault="server_error_html") as simulator:
        sink = send(get(f"{simulator.base_url('kyc')}/api/oauth2/access_token"))
    assert json.loads(sink.body)["code"] == "400101"
