"""SIGN tickets: had without disturbing the company's own server more than once, and never written down."""

import contextlib
import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SubjectError, SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import CACHE_FIELDS, CACHE_TOKEN, Profile, make_profile
from facevid_gui.credentials.secret_store import SecretStore, SessionStore
from facevid_gui.net.settings import NetworkSettings
from facevid_gui.net.transport import Transport
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.providers.kyc_ticket import Ticket, TicketDesk
from facevid_gui.simulator import records
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.net_exchanges import RecordingSink
from tests.support.net_servers import ScriptedServer
from tests.support.net_stores import RefusingStore
from tests.support.places import HastyToken


@dataclass
class Place:
    """A simulated service, a clock both sides share, a store, and what the desk learned."""

    simulator: Simulator
    clock: StillClock
    store: SecretStore
    folder: Path
    learned: list[Secret]

    def desk(self, **changes: object) -> TicketDesk:
        desk = TicketDesk(
            profile=direct_profile(self.simulator), secret=Secret(records.KYC_SECRET), store=self.store,
            transport=Transport(NetworkSettings(), self.clock), clock=self.clock,
            lock_path=self.folder / "ticket.lock", learned=self.learned.append,
        )  # fmt: skip
        return replace(desk, **changes)  # type: ignore[arg-type]

    @property
    def asked(self) -> list[str]:
        """What the service was asked for, in order: "access_token", "api_ticket" or "queryfacerecord"."""
        return [request.path.rsplit("/", 1)[1] for request in self.simulator.requests]

    def accepts(self, ticket: Ticket) -> bool:
        """Whether the service accepts a query signed with this ticket."""
        sink = RecordingSink()
        request = KycProvider(direct_profile(self.simulator)).face_record("simOrder0001", ticket.value)
        Transport(NetworkSettings(), self.clock).exchange(request, sink, CancelToken())
        self.simulator.requests.pop()
        return json.loads(sink.body)["code"] == "0"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = StillClock()
    with Simulator(now=clock.now) as simulator:
        yield Place(simulator, clock, SessionStore(), tmp_path, [])


def direct_profile(simulator: Simulator) -> Profile:
    options = {"endpoint": simulator.base_url("kyc"), "app_id": records.KYC_APP_ID, "ticket_mode": "direct"}
    return make_profile("orders", "kyc", options)


def server_profile(url: str, header: str = "") -> Profile:
    options = {"app_id": "IDA", "ticket_mode": "server", "ticket_url": url, "ticket_header": header}
    return make_profile("orders", "kyc", options)


def service_forgets(simulator: Simulator, *, tickets: bool = True, tokens: bool = False) -> None:
    """Let the service forget what it handed out, as it does when somebody else asked for a token."""
    if tickets:
        simulator.kyc._tickets.clear()
    if tokens:
        simulator.kyc._tokens.clear()


def test_a_pasted_ticket_is_used_as_it_is_and_asks_nobody(place: Place) -> None:
    profile = make_profile("orders", "kyc", {"app_id": "IDA"})
    ticket = place.desk(profile=profile, secret=Secret("pasted")).ticket(CancelToken())
    assert ticket == Ticket(Secret("pasted"), renewable=False)
    assert place.asked == []


def test_a_first_ticket_takes_a_token_and_a_ticket(place: Place) -> None:
    ticket = place.desk().ticket(CancelToken())
    assert place.asked == ["access_token", "api_ticket"]
    assert place.accepts(ticket)
    assert ticket.renewable
    assert [exchange.role for exchange in ticket.exchanges] == ["token", "ticket"]


def test_a_ticket_is_used_again_for_twenty_minutes_by_the_clock(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    place.clock.move(minutes=19, seconds=59)
    again = place.desk().ticket(CancelToken())
    assert again == Ticket(first.value, renewable=True)
    assert place.asked == ["access_token", "api_ticket"]


def test_after_twenty_minutes_a_new_ticket_is_had_for_the_same_token(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    place.clock.move(minutes=20)
    second = place.desk().ticket(CancelToken())
    assert place.asked == ["access_token", "api_ticket", "api_ticket"]
    assert second.value != first.value
    assert place.accepts(second)


def test_a_token_near_its_end_is_replaced(place: Place) -> None:
    place.desk().ticket(CancelToken())
    place.clock.move(minutes=119)
    assert place.accepts(place.desk().ticket(CancelToken()))
    assert place.simulator.kyc.token_requests == 2


def test_a_refused_ticket_is_replaced_with_the_token_that_is_still_good(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    service_forgets(place.simulator)
    second = place.desk().ticket(CancelToken(), refused=first.value)
    assert place.asked == ["access_token", "api_ticket", "api_ticket"]
    assert place.accepts(second)
    assert [exchange.role for exchange in second.exchanges] == ["ticket"]


def test_only_a_token_that_died_is_replaced(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    service_forgets(place.simulator, tokens=True)
    second = place.desk().ticket(CancelToken(), refused=first.value)
    assert place.asked == ["access_token", "api_ticket", "api_ticket", "access_token", "api_ticket"]
    assert place.accepts(second)
    assert [exchange.role for exchange in second.exchanges] == ["ticket", "token", "ticket"]


def test_a_ticket_is_bound_to_its_token(place: Place) -> None:
    """A new token ends the tickets of the old one; here the ticket for the new one could not be had."""
    first = place.desk().ticket(CancelToken())
    place.store.delete("orders", (CACHE_TOKEN,))
    answers = [b'{"code": "0", "access_token": "another", "expire_in": 7200}', b'{"code": "400504"}']
    with ScriptedServer(*(lambda talk, a=answer: talk.answer(a) for answer in answers)) as server:
        elsewhere = replace(direct_profile(place.simulator), endpoint=server.url("").rstrip("/"))
        with pytest.raises(SubjectError):
            place.desk(profile=elsewhere).ticket(CancelToken())
    second = place.desk().ticket(CancelToken())
    assert second.value != first.value
    assert place.accepts(second)


def test_a_cached_ticket_without_its_token_is_not_used(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    place.store.delete("orders", (CACHE_TOKEN,))
    assert place.desk().ticket(CancelToken()).value != first.value
    assert place.simulator.kyc.token_requests == 2


def test_a_ticket_that_another_look_up_renewed_meanwhile_is_used(place: Place) -> None:
    first = place.desk().ticket(CancelToken())
    service_forgets(place.simulator)
    second = place.desk().ticket(CancelToken(), refused=first.value)
    third = place.desk().ticket(CancelToken(), refused=first.value)
    assert third == Ticket(second.value, renewable=True)
    assert place.asked == ["access_token", "api_ticket", "api_ticket"]


def test_a_refusal_that_a_new_token_would_not_cure_costs_none(place: Place) -> None:
    desk = place.desk()
    first = desk.ticket(CancelToken())
    with ScriptedServer(lambda talk: talk.answer(b'{"code": "400504", "msg": " too often "}')) as server:
        profile = replace(desk.profile, endpoint=server.url("").rstrip("/"))
        with pytest.raises(SubjectError) as caught:
            replace(desk, profile=profile).ticket(CancelToken(), refused=first.value)
    assert caught.value.code == "ticket_refused"
    assert caught.value.params == {"code": "400504", "message": "too often"}
    assert server.connections == 1


def test_a_clock_that_was_set_back_does_not_keep_a_ticket_for_ever(place: Place) -> None:
    place.desk().ticket(CancelToken())
    place.clock.move(hours=-5)
    place.desk().ticket(CancelToken())
    assert place.simulator.kyc.token_requests == 2


def test_profiles_do_not_share_their_tickets(place: Place) -> None:
    place.desk().ticket(CancelToken())
    place.desk(profile=replace(direct_profile(place.simulator), name="other")).ticket(CancelToken())
    assert place.simulator.kyc.token_requests == 2


@pytest.mark.parametrize("damaged", ["", "soon ticket", "99999999999 ", "\u00b2 x", "nothing"])
def test_a_damaged_cache_entry_is_no_entry(place: Place, damaged: str) -> None:
    for field in CACHE_FIELDS:
        place.store.write("orders", field, Secret(damaged))
    assert place.accepts(place.desk().ticket(CancelToken()))
    assert place.simulator.kyc.token_requests == 1


def test_without_a_keyring_that_can_be_written_the_desk_remembers_in_memory(place: Place) -> None:
    desk = place.desk(store=RefusingStore())
    first = desk.ticket(CancelToken())
    assert desk.ticket(CancelToken()).value == first.value
    service_forgets(place.simulator)
    assert place.accepts(desk.ticket(CancelToken(), refused=first.value))
    assert place.simulator.kyc.token_requests == 1


def test_a_keyring_that_cannot_be_read_is_said_so_before_a_token_is_spent(place: Place) -> None:
    with pytest.raises(SurroundingsError) as caught:
        place.desk(store=RefusingStore(reads=False)).ticket(CancelToken())
    assert caught.value.code == "keyring_locked"
    assert place.asked == []


def test_a_wrong_secret_is_refused_in_the_providers_words(place: Place) -> None:
    with pytest.raises(SubjectError) as caught:
        place.desk(secret=Secret("wrong")).ticket(CancelToken())
    assert caught.value.code == "ticket_refused"
    assert caught.value.params == {"code": "400101", "message": "非法请求"}


@pytest.mark.parametrize(
    ("token_answer", "ticket_answer", "code"),
    [
        ({"code": "0"}, {}, "0"),
        ({"code": "0", "access_token": 7}, {}, "0"),
        ({"code": "0", "access_token": "t"}, {"code": "0", "tickets": []}, "0"),
        ({"code": "0", "access_token": "t"}, {"code": "0", "tickets": ["x"]}, "0"),
        ({"code": "0", "access_token": "t"}, {"code": "0", "tickets": None}, "0"),
        ({"msg": 5}, {}, "?"),
        ({"code": 400101, "msg": None}, {}, "400101"),
    ],
)
def test_strange_answers_are_refusals(place: Place, token_answer: object, ticket_answer: object, code: str) -> None:
    answers = [json.dumps(answer).encode() for answer in (token_answer, ticket_answer)]
    with ScriptedServer(*(lambda talk, a=answer: talk.answer(a) for answer in answers)) as server:
        profile = replace(direct_profile(place.simulator), endpoint=server.url("").rstrip("/"))
        with pytest.raises(SubjectError) as caught:
            place.desk(profile=profile).ticket(CancelToken())
    assert caught.value.code == "ticket_refused"
    assert caught.value.params == {"code": code, "message": ""}


@pytest.mark.parametrize(
    ("expires", "reused"),
    [("7200", True), (7200, True), (7200.0, True), ("7200.0", True), (None, True), ("nonsense", True), (0, True),
     (-5, True), ("nan", True), (61, True), (60, False), ("30", False)],
)  # fmt: skip
def test_expire_in_is_read_as_text_or_number_and_assumed_when_unreadable(
    place: Place, expires: object, reused: bool
) -> None:
    token = json.dumps({"code": 0, "access_token": "t", "expire_in": expires}).encode()
    ticket = json.dumps({"code": 0, "tickets": [{"value": "v", "expire_in": expires}]}).encode()
    with ScriptedServer(
        *(lambda talk, a=answer: talk.answer(a) for answer in (token, ticket, token, ticket))
    ) as server:
        profile = replace(direct_profile(place.simulator), endpoint=server.url("").rstrip("/"))
        first = place.desk(profile=profile).ticket(CancelToken())
        second = place.desk(profile=profile).ticket(CancelToken())
    assert first.value == second.value == Secret("v")
    assert server.connections == (2 if reused else 4)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [("502 Bad Gateway", SurroundingsError, "http_status"), ("200 OK", SubjectError, "ticket_refused"),
     ("401 Unauthorized", SubjectError, "ticket_refused")],
)  # fmt: skip
@pytest.mark.parametrize("body", [b"<html>", b"[]", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_object_is_an_error_with_a_name(
    place: Place, status: str, kind: type[Exception], code: str, body: bytes
) -> None:
    with ScriptedServer(lambda talk: talk.answer(body, status=status)) as server, pytest.raises(kind) as caught:
        place.desk(profile=server_profile(server.url())).ticket(CancelToken())
    assert caught.value.code == code  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer", [{"ticket": "T"}, {"value": "T"}, {"code": "0", "tickets": [{"value": "T", "expire_in": "3600"}]}]
)
@pytest.mark.parametrize("header", ["", "X-Api-Key"])
def test_a_company_server_hands_out_the_ticket_for_the_secret_header(place: Place, answer: object, header: str) -> None:
    with ScriptedServer(lambda talk: talk.answer(json.dumps(answer).encode())) as server:
        desk = place.desk(profile=server_profile(server.url("/t?who=me"), header), secret=Secret("key"))
        ticket = desk.ticket(CancelToken())
        again = desk.ticket(CancelToken(), refused=ticket.value)
    assert ticket.value == again.value == Secret("T")
    assert ticket.renewable
    assert f"\r\n{header or 'Authorization'}: key\r\n".encode() in server.requests[0]
    assert server.requests[0].startswith(b"GET /t?who=me HTTP/1.1")
    assert ticket.exchanges[0].url == server.url("/t")
    assert ticket.exchanges[0].removed == (header or "Authorization",)
    assert Secret("T") in place.learned


def test_a_company_server_without_a_ticket_is_named(place: Place) -> None:
    script = lambda talk: talk.answer(b'{"error": "no"}')  # noqa: E731
    with ScriptedServer(script) as server, pytest.raises(SubjectError) as caught:
        place.desk(profile=server_profile(server.url())).ticket(CancelToken())
    assert caught.value.code == "ticket_missing"
    assert caught.value.params == {"host": "127.0.0.1"}


def test_a_login_page_instead_of_a_ticket_is_a_redirect(place: Place) -> None:
    script = lambda talk: talk.answer(b"", "Location: https://sso.example/", status="302 Found")  # noqa: E731
    with ScriptedServer(script) as server, pytest.raises(SurroundingsError) as caught:
        place.desk(profile=server_profile(server.url())).ticket(CancelToken())
    assert caught.value.code == "redirect"


def test_nothing_secret_is_in_exchanges_logs_or_files(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ticket = place.desk().ticket(CancelToken())
    secrets = {records.KYC_SECRET, ticket.value.reveal(), *(secret.reveal() for secret in place.learned)}
    assert len(secrets) == 3
    shown = f"{ticket} {place.desk()} {caplog.text}"
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    for secret in secrets:
        assert secret not in shown
        assert all(secret.encode() not in path.read_bytes() for path in files)
    for exchange in ticket.exchanges:
        assert exchange.path is None
        assert "?" not in exchange.url
        assert exchange.complete


def test_the_lock_file_is_empty_and_private(place: Place) -> None:
    place.desk().ticket(CancelToken())
    state = (place.folder / "ticket.lock").stat()
    assert state.st_size == 0
    assert stat.S_IMODE(state.st_mode) == 0o600


def test_two_threads_fetch_one_token_only(place: Place) -> None:
    gate = threading.Barrier(4)
    tickets: list[Ticket] = []

    def fetch() -> None:
        gate.wait(10)
        tickets.append(place.desk().ticket(CancelToken()))

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({ticket.value for ticket in tickets}) == 1
    assert place.simulator.kyc.token_requests == 1


PROCESS = """
import sys
from pathlib import Path
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.net.settings import NetworkSettings
from facevid_gui.net.transport import Transport
from facevid_gui.credentials.profiles import CACHE_FIELDS
from facevid_gui.providers.kyc_ticket import TicketDesk
from tests.support.net_stores import FileStore

folder, endpoint, app_id = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
profile = make_profile("orders", "kyc", {"endpoint": endpoint, "app_id": app_id, "ticket_mode": "direct"})
clock = Clock()
desk = TicketDesk(profile, Secret(sys.stdin.readline().strip()), FileStore(folder / "store"),
                  Transport(NetworkSettings(), clock), clock, folder / "ticket.lock")
sys.stdout.write(str(hash(desk.ticket(CancelToken()).value.reveal())))
"""


def test_two_processes_fetch_one_token_only(tmp_path: Path) -> None:
    with Simulator() as simulator:
        command = [sys.executable, "-c", PROCESS, str(tmp_path), simulator.base_url("kyc"), records.KYC_APP_ID]
        environ = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "0"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes = [subprocess.Popen(command, env=environ, **pipes) for _ in range(2)]  # type: ignore[call-overload]
        for process in processes:
            process.stdin.write(f"{records.KYC_SECRET}\n")
            process.stdin.flush()
        tickets = {process.communicate(timeout=30)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0]
    assert len(tickets) == 1
    assert simulator.kyc.token_requests == 1


def test_waiting_for_another_fetch_ends_at_once_when_cancelled(place: Place) -> None:
    class Impatient(CancelToken):
        def wait(self, seconds: float) -> None:
            self.cancel()
            super().wait(seconds)

    with FileLock(place.folder / "ticket.lock"), pytest.raises(CancelledError):
        place.desk().ticket(Impatient())
    assert place.asked == []


def test_waiting_for_another_fetch_has_an_end(place: Place) -> None:
    token = HastyToken()
    with FileLock(place.folder / "ticket.lock"), pytest.raises(SurroundingsError) as caught:
        place.desk().ticket(token)
    assert caught.value.code == "ticket_busy"
    assert sum(token.waits) == pytest.approx(60)


def test_a_lock_file_that_cannot_be_had_is_an_error_with_a_name(place: Place) -> None:
    (place.folder / "folder").mkdir()
    with pytest.raises(SurroundingsError) as caught:
        place.desk(lock_path=place.folder / "folder").ticket(CancelToken())
    assert caught.value.code == "disk_failed"
    assert caught.value.params["path"] == str(place.folder / "folder")
    assert place.asked == []


def test_the_lock_is_let_go_of_whatever_happens(place: Place) -> None:
    with contextlib.suppress(SubjectError):
        place.desk(secret=Secret("wrong")).ticket(CancelToken())
    assert place.accepts(place.desk().ticket(CancelToken()))


def test_a_token_outlives_the_overlap_of_its_predecessor(place: Place) -> None:
    """What a production server would live through when this program fetches a token of its own."""
    theirs = place.desk(store=SessionStore()).ticket(CancelToken())
    place.desk().ticket(CancelToken())
    assert place.accepts(theirs)
    place.clock.moment += timedelta(seconds=61)
    assert not place.accepts(theirs)
