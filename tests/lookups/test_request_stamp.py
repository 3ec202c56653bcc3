"""The stamp over the request, "not earlier than": from the look-up into the seal, and checked there by stock tools."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_authority import Authority, AuthorityServer, HttpReply
from tests.support.evidence_stock import readme_steps
from tests.support.places import look_up_flow, look_up_order, make_house
from tests.support.tools import need, run_tool

TSR = "exchanges/01/request.json.tsr"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "tsa")


@pytest.fixture
def server(authority: Authority) -> Iterator[AuthorityServer]:
    with AuthorityServer(authority.respond_with_openssl) as running:
        yield running


def house_with(home: Path, server: AuthorityServer, authority: Authority, *, wanted: bool = True) -> House:
    config = home / "config"
    config.mkdir(parents=True)
    settings = {"tsa_url": server.url, "tsa_root": str(authority.root_pem), "request_stamp": wanted}
    (config / "settings.json").write_text(json.dumps(settings))
    return make_house(home)


def sealed(house: House, capture: Path | None) -> Path:
    assert capture is not None
    request = SealRequest("2026-0311", "test", house.operator, house.evidence_root(None))
    return house.sealer.seal(house.captures.open(str(capture)), request, house.keys.open()).folder


def verdict_of(house: House, folder: Path, *roots: bytes) -> FolderVerdict:
    return verify_folder(folder, Trust(house.keys.trusted(), roots))


def codes(verdict: FolderVerdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_the_first_request_is_stamped_before_it_is_sent_and_the_stamp_is_sealed(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority
) -> None:
    house = house_with(home, server, authority)
    sent_before: list[int] = []
    answer = server.answer

    def noting(query: bytes) -> bytes | HttpReply:
        sent_before.append(sum("DescribeFaceVideo" in str(r.headers) or r.body != b"" for r in simulator.requests))
        return answer(query)

    server.answer = noting
    result = look_up_flow(house, simulator, flow_id("One"), "yDSimSignOne00000000000000000000")
    assert result.capture is not None
    assert len(server.queries) == 1
    assert sent_before == [0], "nothing was asked of the service before"
    tsr = (result.capture / TSR).read_bytes()
    folder = sealed(house, result.capture)
    assert (folder / "data" / TSR).read_bytes() == tsr
    assert f"data/{TSR}" in (folder / bag.MANIFEST).read_text()
    verdict = verdict_of(house, folder, authority.root_der)
    assert (verdict.verdict, codes(verdict)) == (Verdict.VERIFIED_UNSTAMPED, ["request_stamped"])
    assert verdict.reasons[0].path == f"data/{TSR}"
    assert codes(verdict_of(house, folder)) == ["request_stamp_unchecked"]


def test_the_readme_of_the_folder_has_the_command_that_checks_it(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority
) -> None:
    need("openssl")
    house = house_with(home, server, authority)
    folder = sealed(house, look_up_order(house, simulator, "simOrder0001").capture)
    (folder.parent / "tsa-root.pem").write_bytes(authority.root.pem)
    commands = [line for line in readme_steps(folder)[4].splitlines() if "request.json.tsr" in line]
    assert len(commands) == 2
    for command in commands:
        done = run_tool("bash", "-c", command, cwd=folder)
        assert done.returncode == 0, done.stderr.decode()


def test_off_by_default_and_no_word_of_it_in_the_readme(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority
) -> None:
    house = house_with(home, server, authority, wanted=False)
    folder = sealed(house, look_up_order(house, simulator, "simOrder0001").capture)
    assert server.queries == []
    assert not (folder / "data" / TSR).exists()
    assert "request.json" not in (folder / bag.README).read_text("utf-8")


@pytest.mark.parametrize("reply", [HttpReply(b"busy", 503), b"garbage", HttpReply(b"", 302, (("Location", "/x"),))])
def test_an_authority_that_does_not_deliver_stops_no_look_up(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority, reply: bytes | HttpReply
) -> None:
    house = house_with(home, server, authority)
    server.answer = lambda query: reply
    result = look_up_order(house, simulator, "simOrder0001")
    assert result.outcome.ok
    assert result.capture is not None
    assert not (result.capture / TSR).exists()
    assert codes(verdict_of(house, sealed(house, result.capture), authority.root_der)) == []


def test_a_stamp_of_a_stranger_or_over_other_bytes_is_said_and_changes_no_verdict(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority, tmp_path: Path
) -> None:
    house = house_with(home, server, authority)
    capture = look_up_order(house, simulator, "simOrder0001").capture
    assert capture is not None
    good = (capture / TSR).read_bytes()
    for number, spoilt in enumerate((good[:-5], b"", b"\x30" * 1_100_000)):
        again = look_up_order(house, simulator, "simOrder0001").capture
        assert again is not None
        (again / TSR).write_bytes(spoilt)
        verdict = verdict_of(house, sealed(house, again), authority.root_der)
        assert (verdict.verdict, codes(verdict)) == (Verdict.VERIFIED_UNSTAMPED, ["request_stamp_bad"]), number
    stranger = Authority(tmp_path / "stranger")
    assert codes(verdict_of(house, sealed(house, capture), stranger.root_der)) == ["request_stamp_bad"]


def test_a_request_stamp_changed_after_sealing_is_an_alteration(
    home: Path, simulator: Simulator, server: AuthorityServer, authority: Authority
) -> None:
    house = house_with(home, server, authority)
    folder = sealed(house, look_up_order(house, simulator, "simOrder0001").capture)
    path = folder / "data" / TSR
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    assert verdict_of(house, folder, authority.root_der).verdict is Verdict.ALTERED
