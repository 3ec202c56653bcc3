"""`facevid rescue`: one line per row, one document, the exit code of its rows; nothing asked that cannot be sealed."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.console import rescue as command
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.evidence.signing_key import pem_of_certificate
from facevid_gui.lookups.list_file import read_list
from facevid_gui.lookups.rescue_list import _name_of
from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console, Done, stamping_raises
from tests.support.evidence_authority import Authority, AuthorityServer
from tests.support.places import make_house
from tests.support.rescue_lists import add_flow, add_orders, asked_of, asked_twice

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
ROW_MEMBERS = {
    "line", "flow_id", "sign_id", "order_no", "outcome", "evidence", "evidence_id", "seal_sha256", "error",
}  # fmt: skip


@pytest.fixture
def ready(console: Console, simulator: Simulator) -> Console:
    """A console with one profile for contracts and one for orders."""
    console.add_profiles(simulator)
    assert console("profile", "remove", "channel").code == 0
    return console


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def rescue(console: Console, path: Path, *lines: str, options: tuple[str, ...] = (), stdin: str = "") -> Done:
    if lines:
        path.write_text("\n".join(lines), "utf-8")
    return console("rescue", str(path), *CASE, *options, "--json", stdin=stdin)


def words(done: Done) -> dict[tuple[int, str], str]:
    """Line and id of each row, and its outcome: "sealed", or the code of the error."""
    return {
        (row["line"], row["order_no"] or row["sign_id"] or row["flow_id"] or ""): (
            "sealed" if row["evidence"] else row["error"]["code"]
        )
        for row in done.json["rows"]
    }


MIXED = (
    "合同ID,订单号", f"{flow_id('One')},", ",simOrder0001", ",simOrderGone", f"{flow_id('Many')},", "short,",
)  # fmt: skip


def test_a_mixed_list_is_one_document(ready: Console, path: Path) -> None:
    done = rescue(ready, path, *MIXED)
    document = done.json
    assert done.code == 2, "the highest of its rows"
    assert set(document) == {"schema", "ok", "rows", "done", "left"}
    assert (document["schema"], document["ok"], document["done"], document["left"]) == (
        "facevid-rescue/1", False, 6, 0,
    )  # fmt: skip
    assert all(set(row) == ROW_MEMBERS for row in document["rows"])
    assert words(done) == {
        (2, sign_id("One")): "sealed", (3, "simOrder0001"): "sealed", (4, "simOrderGone"): "no_such_record",
        (5, sign_id("Many")): "sealed", (5, sign_id("Clerk")): "sealed", (6, ""): "flow_id_length",
    }  # fmt: skip
    by_line = {row["line"]: row for row in document["rows"]}
    assert by_line[3]["outcome"] == "found"
    assert by_line[3]["error"] is None
    assert (by_line[4]["outcome"], by_line[4]["error"]["provider_code"]) == ("not_found", "66660011")
    assert by_line[6]["outcome"] is None
    for row in document["rows"]:
        if row["evidence"]:
            verdict = ready("verify", row["evidence"], "--json").json["folders"][0]
            assert (verdict["verdict"], verdict["seal_sha256"]) == ("verified_unstamped", row["seal_sha256"])
            assert verdict["evidence_id"] == row["evidence_id"]


def test_the_same_command_again_asks_nothing_and_ends_the_same_way(
    ready: Console, simulator: Simulator, path: Path
) -> None:
    first = rescue(ready, path, *MIXED)
    asked = len(simulator.requests)
    again = rescue(ready, path)
    assert len(simulator.requests) == asked + 1, "somebody may still sign the flow Many: it is asked for again"
    assert (again.code, words(again)) == (first.code, words(first))
    assert (again.json["done"], again.json["left"]) == (6, 0)
    assert rescue(ready, path, options=("--retry",)).code == 2
    assert asked_twice(simulator) == ["simOrderGone"]


def test_people_read_a_line_per_row_without_names(ready: Console, path: Path) -> None:
    path.write_text("\n".join((*MIXED, f",{'赵样本'}")), "utf-8")
    done = ready("rescue", str(path), *CASE)
    assert done.code == 2
    for text in (flow_id("One"), sign_id("One"), sign_id("Clerk"), "simOrder0001", str(ready.home / "evidence")):
        assert text in done.out
    assert "66660011" in done.out
    assert "None of these is certain" in done.out, "what can be done, too"
    assert not {"赵样本", "赵*本", "13200000001"} & set(done.out.split())
    assert "样本" not in done.out + done.err
    lines = [line for line in done.out.splitlines() if "simOrder" in line or "yDSim" in line]
    assert len(lines) == 5


def test_progress_goes_to_standard_error(ready: Console, path: Path) -> None:
    assert len(rescue(ready, path, *MIXED).err.splitlines()) >= 6


def test_a_list_written_by_excel_in_china(ready: Console, path: Path) -> None:
    path.write_bytes(f"合同流程ID;签署方ID;用途\r\n{flow_id('Many')};{sign_id('Many')};借款纠纷\r\n".encode("gbk"))
    done = rescue(ready, path)
    assert (done.code, words(done)) == (0, {(2, sign_id("Many")): "sealed"})
    assert done.json["ok"] is True
    capture = json.loads((Path(done.json["rows"][0]["evidence"]) / "data/capture.json").read_bytes())
    assert (capture["purpose"], capture["case_ref"]) == ("借款纠纷", "2026-0311")


def test_a_column_of_ids_without_a_name(ready: Console, simulator: Simulator, path: Path) -> None:
    letters = "1617091885609174325769165852abcd"
    add_orders(simulator, letters)
    assert rescue(ready, path, flow_id("One"), "simOrder0001").code == 0
    only = rescue(ready, path, letters, options=("--profile", "orders"))
    assert words(only) == {(1, letters): "sealed"}
    as_flow = rescue(ready, path, letters, options=("--profile", "contracts"))
    assert words(as_flow) == {(1, letters): "not_found"}


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("", CASE),
        ("PK\0", CASE),
        ("FlowId\nx,\"open\n", CASE),
        (flow_id("One"), ("--case", "x")),
        (flow_id("One"), ("--purpose", "x")),
        (flow_id("One"), ("--case", " ", "--purpose", "x")),
        (flow_id("One"), (*CASE, "--profile", "nobody")),
        (flow_id("One"), (*CASE, "--tsa-url", "ftp://x")),
    ],
)  # fmt: skip
def test_wrong_usage_is_refused_before_anything_is_asked(
    ready: Console, simulator: Simulator, path: Path, content: str, options: tuple[str, ...]
) -> None:
    path.write_text(content, "utf-8")
    asked = len(simulator.requests)
    done = ready("rescue", str(path), *options, "--json")
    assert (done.code, done.out) == (2, "")
    assert "→" in done.err
    assert len(simulator.requests) == asked


def test_a_list_that_is_not_there(ready: Console, path: Path) -> None:
    assert rescue(ready, path).code == 2


# --- profiles and secrets -----------------------------------------------------------------------------------------


def test_each_row_takes_its_own_profile_the_named_one_or_the_only_one(
    ready: Console, simulator: Simulator, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = simulator.describe()["kyc"]
    ready("profile", "add", "more", "--kind", "kyc", f"--endpoint={simulator.base_url('kyc')}", "--app-id",
          described["settings"]["app_id"], "--secrets-stdin", stdin=json.dumps(described["secrets"]))  # fmt: skip
    lines = (
        "FlowId,orderNo,profile",
        f"{flow_id('One')},,",
        ",simOrder0001,more",
        ",simOrderNegative,",
        ",x,contracts",
    )
    done = rescue(ready, path, *lines)
    assert words(done) == {
        (2, sign_id("One")): "sealed", (3, "simOrder0001"): "sealed", (4, "simOrderNegative"): "profile_ambiguous",
        (5, "x"): "profile_kind",
    }  # fmt: skip
    assert (done.code, done.json["left"]) == (2, 2)
    named = rescue(ready, path, options=("--profile", "orders"))
    assert words(named) == {**words(done), (4, "simOrderNegative"): "sealed"}
    monkeypatch.setenv("FACEVID_PROFILE", "more")
    lines = ("FlowId,orderNo", f"{flow_id('NoVideo')},", ",simOrderLiveness")
    assert words(rescue(ready, path, *lines)) == {
        (2, sign_id("NoVideo")): "no_recording", (3, "simOrderLiveness"): "sealed",
    }  # fmt: skip


def test_a_kind_without_a_profile_fails_its_rows_alone(console: Console, simulator: Simulator, path: Path) -> None:
    console.add_profiles(simulator)
    console("profile", "remove", "channel")
    console("profile", "remove", "orders")
    done = rescue(console, path, "FlowId,orderNo", f"{flow_id('One')},", ",simOrder0001")
    assert words(done) == {(2, sign_id("One")): "sealed", (3, "simOrder0001"): "profile_none"}
    assert (done.code, done.json["done"], done.json["left"]) == (2, 1, 1)


def test_the_platform_edition_is_rescued_by_the_same_command(
    console: Console, simulator: Simulator, path: Path
) -> None:
    console.add_profiles(simulator)
    done = rescue(console, path, flow_id("Many"), options=("--profile", "channel"))
    assert words(done) == {(1, sign_id("Many")): "sealed", (1, sign_id("Clerk")): "sealed"}
    assert all("-essbasic-" in row["evidence"] for row in done.json["rows"])


def test_keys_of_the_environment_serve_contracts(console: Console, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDx")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "x")
    done = rescue(console, path, flow_id("One"))
    assert words(done) == {(1, flow_id("One")): "user_id_missing"}


def test_secrets_and_passphrase_may_come_by_standard_input(ready: Console, simulator: Simulator, path: Path) -> None:
    secrets = json.dumps(simulator.describe()["ess"]["secrets"])
    ready.store = SessionStore()
    options = ("--profile", "contracts", "--secrets-stdin", "--key-passphrase-stdin")
    lines = ("FlowId,orderNo", f"{flow_id('One')},", ",simOrder0001")
    done = rescue(ready, path, *lines, options=options, stdin=f"{secrets}\ncorrect horse battery\n")
    assert words(done) == {(2, sign_id("One")): "sealed", (3, "simOrder0001"): "secrets_absent"}
    assert (done.code, done.json["left"]) == (3, 1)
    assert records.SECRET_KEY not in done.out + done.err
    assert rescue(ready, path, options=options, stdin="{}").code == 2


def test_tickets_of_given_secrets_stay_out_of_the_keyring(ready: Console, simulator: Simulator, path: Path) -> None:
    secrets = json.dumps(simulator.describe()["kyc"]["secrets"])
    ready("key", "show")
    before = dict(ready.store._secrets)
    options = ("--profile", "orders", "--secrets-stdin")
    assert rescue(ready, path, "orderNo", "simOrder0001", options=options, stdin=secrets).code == 0
    assert ready.store._secrets == before


class Deaf(SessionStore):
    """A keyring that gives but takes nothing."""

    def write(self, owner: str, field: str, secret: Any) -> None:
        raise SurroundingsError("keyring_locked")


def test_without_a_key_nothing_is_asked(ready: Console, simulator: Simulator, path: Path) -> None:
    deaf = Deaf()
    deaf._secrets = ready.store._secrets
    ready.store = deaf
    done = rescue(ready, path, *MIXED)
    assert (done.code, done.json["error"]["code"]) == (3, "no_signing_key")
    assert (done.json["schema"], done.json["ok"], done.json["capture"]) == ("facevid-rescue/1", False, None)
    assert simulator.requests == []
    assert rescue(ready, path, options=("--key-passphrase-stdin",), stdin="correct horse battery\n").code == 2
    assert len(asked_of(simulator)) == 5


# --- in the middle ------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_with_a_document_of_what_is_done(
    ready: Console, simulator: Simulator, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = ["a", "b", "c", "d"]
    add_orders(simulator, *numbers)
    show = command._show

    def show_and_stop(context: Any, result: Any) -> None:
        show(context, result)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as stopping:
        stopping.setattr(command, "_show", show_and_stop)
        done = rescue(ready, path, "orderNo", *numbers)
    assert done.code == 130
    assert (done.json["ok"], words(done)) == (False, {(2, "a"): "sealed"})
    assert (done.json["done"], done.json["left"]) == (1, 3)
    again = rescue(ready, path)
    assert (again.code, again.json["done"], again.json["left"]) == (0, 4, 0)
    assert asked_of(simulator) == numbers


def test_a_list_that_is_being_rescued_is_left_to_that_process(ready: Console, simulator: Simulator, path: Path) -> None:
    path.write_text("orderNo\nsimOrder0001\n")
    journal = make_house(ready.home).journal
    with journal.lock(_name_of(read_list(path, None), CASE[1]), 0):
        done = rescue(ready, path)
    assert (done.code, done.json["error"]["code"]) == (3, "work_in_progress")
    assert simulator.requests == []
    assert rescue(ready, path).code == 0


def test_an_authority_out_of_reach_leaves_the_folders_sealed_and_waiting(ready: Console, path: Path) -> None:
    options = ("--tsa-url", "http://127.0.0.1:9/tsa")
    done = rescue(ready, path, "orderNo", "simOrder0001", "simOrderNegative", options=options)
    assert done.code == 0
    assert len(list((ready.home / "queue").glob("stamp-*.json"))) == 2


@pytest.mark.parametrize(("error", "code"), [(SurroundingsError("disk_full", path="/"), 0), (CancelledError(), 130)])
def test_what_happens_while_a_stamp_is_fetched_takes_nothing_from_the_seals(
    ready: Console, path: Path, monkeypatch: pytest.MonkeyPatch, error: FacevidError, code: int
) -> None:
    stamping_raises(monkeypatch, error)
    done = rescue(
        ready, path, "orderNo", "simOrder0001", "simOrderNegative", options=("--tsa-url", "http://127.0.0.1:9")
    )
    assert done.code == code
    assert set(words(done).values()) == {"sealed"}
    assert len(words(done)) == (2 if code == 0 else 1)


def test_every_folder_is_stamped_when_an_authority_answers(ready: Console, path: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    root = tmp_path / "root.pem"
    root.write_bytes(pem_of_certificate(authority.root_der))
    with AuthorityServer(authority.respond_with_openssl) as server:
        options = ("--tsa-url", server.url, "--tsa-root", str(root))
        done = rescue(ready, path, "orderNo", "simOrder0001", "simOrderNegative", options=options)
    folders = [row["evidence"] for row in done.json["rows"]]
    verdicts = ready("verify", *folders, "--tsa-root", str(root), "--json").json["folders"]
    assert [verdict["verdict"] for verdict in verdicts] == ["verified"] * 2


def test_no_room_for_evidence_is_said_and_the_next_run_seals_without_asking(
    ready: Console, simulator: Simulator, path: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_bytes(b"a file where the root should be")
    done = rescue(ready, path, "orderNo", "simOrder0001", options=("--evidence-root", str(taken)))
    [row] = done.json["rows"]
    assert (done.code, row["outcome"], row["evidence"], done.json["left"]) == (3, "found", None, 1)
    assert (ready.home / "captures" / row["evidence_id"]).is_dir()
    spoken = ready("rescue", str(path), *CASE, "--evidence-root", str(taken))
    assert row["evidence_id"] in spoken.out
    again = rescue(ready, path, options=("--evidence-root", str(tmp_path / "free")))
    assert (again.code, again.json["rows"][0]["evidence_id"]) == (0, row["evidence_id"])
    assert asked_of(simulator) == ["simOrder0001"]


def test_the_state_holds_ids_only(ready: Console, simulator: Simulator, path: Path) -> None:
    add_flow(simulator, "Private", 1)
    rescue(ready, path, *MIXED, f"{flow_id('Private')},")
    [state] = (ready.home / "queue").glob("rescue-*.jsonl")
    text = state.read_text("utf-8")
    assert flow_id("Private") in text
    for secret in ("样本", "1320000", records.SECRET_KEY, records.KYC_SECRET, CASE[1], CASE[3]):
        assert secret not in text
