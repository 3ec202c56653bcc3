"""`facevid lookup`, `signers`, `seal`, `captures`: documents, words and exit codes of design section 9."""

import json
from pathlib import Path

import pytest

from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console

LOOKUP_MEMBERS = {
    "schema", "ok", "outcome", "kind", "source", "flow_id", "sign_id", "order_no", "provider_code",
    "provider_message", "request_id", "scores", "risk_tags", "questions", "clips", "photos", "occurred_at", "deadline",
    "clock_offset_s", "capture", "evidence", "evidence_id", "seal_sha256",
}  # fmt: skip
ERROR_MEMBERS = {
    "code", "message", "next_step", "provider_code", "provider_message", "request_id", "clock_offset_s",
}  # fmt: skip
CASE = ("--case", "2026-0311", "--purpose", "disputed signature")


@pytest.fixture
def ready(console: Console, simulator: Simulator) -> Console:
    """A console with a profile for each service."""
    console.add_profiles(simulator)
    return console


def test_a_flow_with_one_signed_person_needs_no_sign_id(ready: Console) -> None:
    done = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One"), "--json")
    document = done.json
    assert done.code == 0
    assert set(document) == LOOKUP_MEMBERS
    assert (document["schema"], document["ok"], document["outcome"]) == ("facevid-lookup/1", True, "found")
    assert document["sign_id"] == sign_id("One")
    assert [(clip["role"], clip["index"]) for clip in document["clips"]] == [
        ("liveness", 1), ("question", 1), ("nod", 1), ("nod", 2),
    ]  # fmt: skip
    assert document["scores"] == {"live_rate": None, "similarity": None}
    assert document["questions"][2] == {"transcript": None, "code": "-1"}
    assert document["source"] == "simulator"
    assert document["evidence"] is None
    assert all(Path(clip["path"]).is_file() for clip in document["clips"])
    assert Path(document["capture"]).name == document["evidence_id"]


def test_the_platform_edition_answers_the_same_command(ready: Console) -> None:
    done = ready("lookup", "ess", "--profile", "channel", "--flow", flow_id("One"), "--json")
    assert done.code == 0
    assert done.json["kind"] == "essbasic"
    assert len(done.json["clips"]) == 4


def test_an_order_has_scores_as_received_a_photo_and_a_risk_tag(ready: Console) -> None:
    document = ready("lookup", "kyc", "--order", "simOrder0001", "--json").json
    assert document["scores"] == {"live_rate": "99", "similarity": "88.01"}
    assert [photo["media_type"] for photo in document["photos"]] == ["image/jpeg"]
    assert document["risk_tags"] == [
        {"field": "LivenessInfoTag", "tag": "03", "meaning": "suspected re-shoot of a screen or photo"}
    ]
    assert document["deadline"]["safe"] is None
    assert document["deadline"]["outer"] is not None


def test_several_signed_people_ask_for_a_choice_and_name_them(ready: Console) -> None:
    done = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id("Many"), "--json")
    assert done.code == 1
    document = done.json
    assert document["ok"] is False
    assert document["error"]["code"] == "signer_needed"
    assert set(document["error"]) == ERROR_MEMBERS
    assert {signer["sign_id"] for signer in document["signers"]} >= {sign_id("Many"), sign_id("Clerk")}
    chosen = ready(
        "lookup", "ess", "--profile", "contracts", "--flow", flow_id("Many"), "--sign", sign_id("Clerk"), "--json"
    )
    assert (chosen.code, chosen.json["outcome"]) == (0, "found")


@pytest.mark.parametrize(
    ("label", "outcome", "code"),
    [
        ("NoVideo", "no_recording", "no_recording"),
        ("Expired", "not_found", "gone_or_never_there"),
        ("Waiting", "refused", "nobody_signed"),
        ("Sample", "incomplete", "media_unreadable"),
    ],
)
def test_what_cannot_be_shown_is_said_with_the_next_step(ready: Console, label: str, outcome: str, code: str) -> None:
    done = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id(label), "--json")
    document = done.json
    assert done.code == 1
    assert (document["outcome"], document["error"]["code"]) == (outcome, code)
    assert document["error"]["message"]
    assert document["error"]["next_step"]


def test_a_damaged_extra_does_not_spoil_the_record(ready: Console) -> None:
    done = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id("Damaged"), "--json")
    assert done.code == 0
    problems = {clip["role"]: clip["problem"] for clip in done.json["clips"]}
    assert problems == {"liveness": None, "question": "damaged_base64"}


def test_a_negative_order_with_files_is_found_and_shows_its_code(ready: Console) -> None:
    done = ready("lookup", "kyc", "--order", "simOrderNegative", "--json")
    assert done.code == 0
    assert done.json["provider_code"] == "66660004"
    assert [tag["tag"] for tag in done.json["risk_tags"]] == ["03", "04", "03"]
    assert done.json["risk_tags"][2]["meaning"] == "no public meaning for this product"


@pytest.mark.parametrize("order", ["simOrderGone", "simOrderQuit", "neverHeardOf"])
def test_no_such_order_names_the_documented_causes_and_asserts_none(ready: Console, order: str) -> None:
    done = ready("lookup", "kyc", "--order", order)
    assert done.code == 1
    assert "66660011" in done.err
    assert "None of these is certain" in done.err


def test_a_look_up_can_be_sealed_at_once_and_verifies(ready: Console) -> None:
    done = ready("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    document = done.json
    assert done.code == 0
    assert document["capture"] is None
    assert Path(document["evidence"]).parent == ready.home / "evidence"
    assert all(Path(item["path"]).is_relative_to(document["evidence"]) for item in document["clips"])
    verdict = ready("verify", document["evidence"], "--json").json["folders"][0]
    assert verdict["verdict"] == "verified_unstamped"
    assert verdict["seal_sha256"] == document["seal_sha256"]


@pytest.mark.parametrize("missing", [("--case", "x"), ("--purpose", "x"), ("--case", " ", "--purpose", "x")])
def test_saving_needs_case_and_purpose_before_anything_is_asked(
    ready: Console, simulator: Simulator, missing: tuple[str, ...]
) -> None:
    asked = len(simulator.requests)
    done = ready("lookup", "kyc", "--order", "simOrder0001", "--save", *missing, "--json")
    assert done.code == 2
    assert done.out == ""
    assert len(simulator.requests) == asked


def test_save_and_capture_only_exclude_each_other(ready: Console) -> None:
    assert ready("lookup", "kyc", "--order", "simOrder0001", "--save", "--capture-only", *CASE).code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lookup", "ess", "--flow", "short"), "5 characters"),
        (("lookup", "ess", "--flow", "yDSimFlowOne0000000000000000000!"), "does not belong: !"),
        (("lookup", "ess", "--flow", flow_id("One"), "--sign", "x"), "SignId"),
        (("lookup", "ess", "--flow", ""), "empty"),
        (("lookup", "kyc", "--order", "order-1"), "does not belong: -"),
        (("lookup", "kyc", "--order", "1" * 33), "33 characters"),
        (("signers", "--flow", "x"), "FlowId"),
    ],
)
def test_malformed_ids_are_refused_before_the_call(
    ready: Console, simulator: Simulator, arguments: tuple[str, ...], says: str
) -> None:
    asked = len(simulator.requests)
    done = ready(*arguments, "--json")
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "→" in done.err
    assert len(simulator.requests) == asked


def test_a_pasted_id_is_cleaned_visibly(ready: Console) -> None:
    done = ready("lookup", "kyc", "--order", " ｓｉｍOrder0001\n", "--json")
    assert done.code == 0
    assert "cleaned" in done.err
    assert "simOrder0001" in done.err


def test_names_and_numbers_are_masked_and_unmasking_is_logged(ready: Console) -> None:
    masked = ready("signers", "--profile", "contracts", "--flow", flow_id("Many"), "--json")
    assert {signer["name"] for signer in masked.json["signers"]} >= {"钱*本", "孙*本"}
    shown = ready("signers", "--profile", "contracts", "--flow", flow_id("Many"), "--unmask", "--json")
    assert {signer["name"] for signer in shown.json["signers"]} >= {"钱样本", "孙样本"}
    lines = [data for _, data in read_lines(ready.home / "access" / "access.jsonl")]
    assert [(line["event"], line["detail"]["command"]) for line in lines if line] == [("unmasked", "signers")]


def test_the_listing_of_signers_says_state_type_and_remaining_time(ready: Console) -> None:
    document = ready("signers", "--profile", "contracts", "--flow", flow_id("Many"), "--json").json
    assert document["schema"] == "facevid-signers/1"
    assert document["flow_status"] == "partly_signed"
    by_id = {signer["sign_id"]: signer for signer in document["signers"]}
    assert set(by_id[sign_id("Many")]) == {"sign_id", "name", "type", "state", "approved_at", "deadline"}
    assert (by_id[sign_id("Robot")]["type"], by_id[sign_id("Waiting")]["state"]) == ("ENTERPRISESERVER", "waiting")
    assert by_id[sign_id("Waiting")]["deadline"] == {"safe": None, "outer": None}


def test_an_unknown_flow_is_told_for_signers_too(ready: Console) -> None:
    done = ready("signers", "--profile", "contracts", "--flow", "y" * 32, "--json")
    assert done.code == 1
    assert done.json["error"]["provider_code"] == "FailedOperation"


def test_a_capture_is_listed_sealed_and_gone_from_the_list(ready: Console) -> None:
    capture = ready("lookup", "kyc", "--order", "simOrder0001", "--json").json["capture"]
    listed = ready("captures", "list", "--json").json["captures"]
    assert [(item["state"], item["order_no"], item["clips"], item["photos"]) for item in listed] == [
        ("complete", "simOrder0001", 1, 1)
    ]
    sealed = ready("seal", capture, *CASE, "--json")
    assert sealed.code == 0
    assert Path(sealed.json["evidence"]).is_dir()
    assert ready("captures", "list", "--json").json["captures"] == []
    assert "No unsaved captures" in ready("captures", "list").out


def test_discarding_needs_a_reason_that_is_logged(ready: Console) -> None:
    capture = ready("lookup", "kyc", "--order", "simOrder0001", "--json").json["evidence_id"]
    assert ready("captures", "discard", capture, "--reason", " ").code == 2
    assert ready("captures", "discard", capture, "--reason", "looked up by mistake").code == 0
    assert list((ready.home / "captures").iterdir()) == []
    lines = [data for _, data in read_lines(ready.home / "access" / "access.jsonl")]
    assert lines[-1] is not None
    assert lines[-1]["detail"] == {"reason": "looked up by mistake"}
    assert ready("captures", "discard", capture, "--reason", "again").code == 2


def test_wrong_credentials_are_a_refusal_by_the_service(console: Console, simulator: Simulator) -> None:
    secrets = {"secret_id": records.SECRET_ID, "secret_key": "not-the-key"}
    console("profile", "add", "bad", "--kind", "ess", "--endpoint", simulator.base_url("ess"), "--user-id",
            records.USER_ID, "--secrets-stdin", stdin=json.dumps(secrets))  # fmt: skip
    done = console("lookup", "ess", "--flow", flow_id("One"), "--json")
    assert done.code == 1
    assert done.json["outcome"] == "signature"
    assert done.json["error"]["code"] == "credentials_refused"
    assert done.json["error"]["provider_code"] == "AuthFailure.SignatureFailure"
    assert "not-the-key" not in done.out + done.err


def test_an_unreachable_host_is_the_surroundings_fault(console: Console, simulator: Simulator) -> None:
    console.add_profiles(simulator)
    simulator.stop()
    done = console("lookup", "kyc", "--order", "simOrder0001", "--json")
    assert done.code == 3
    assert done.json["capture"] is None
    assert done.json["outcome"] == "network"


def test_a_wrong_clock_is_measured_and_said(console: Console) -> None:
    with Simulator(fault="clock_skew") as skewed:
        console.add_profiles(skewed)
        done = console("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One"), "--json")
        spoken = console("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One"))
    assert (done.code, done.json["error"]["code"]) == (3, "clock")
    assert done.json["error"]["clock_offset_s"] == pytest.approx(3600, abs=5)
    assert "clock differs" in spoken.err


@pytest.mark.parametrize(("fault", "code"), [("cut_short", "incomplete_body"), ("chunked_cut", "incomplete_body")])
def test_an_answer_cut_short_is_kept_as_interrupted(console: Console, fault: str, code: str) -> None:
    with Simulator(fault=fault) as cutting:
        console.add_profiles(cutting)
        done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json")
    assert (done.code, done.json["outcome"], done.json["error"]["code"]) == (3, "incomplete", code)
    kept = Path(done.json["capture"])
    assert kept.name.startswith(".partial-")
    assert any(path.stat().st_size for path in kept.rglob("response-body.bin"))
    listed = console("captures", "list", "--json").json["captures"]
    assert [item["state"] for item in listed] == ["interrupted"]
    assert console("seal", listed[0]["id"], *CASE).code == 1


def test_without_a_key_the_capture_is_kept_and_can_be_sealed_later(ready: Console) -> None:
    class Deaf(type(ready.store)):  # type: ignore[misc]
        def write(self, owner: str, field: str, secret: object) -> None:
            from facevid_gui.core.errors import SurroundingsError

            raise SurroundingsError("keyring_locked")

    memory = ready.store
    ready.store = Deaf()
    ready.store._secrets = memory._secrets
    done = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One"), "--save", *CASE, "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "no_signing_key")
    capture = done.json["capture"]
    assert Path(capture).is_dir()
    assert done.json["evidence"] is None
    later = ready("seal", capture, *CASE, "--key-passphrase-stdin", "--json", stdin="correct horse battery\n")
    assert later.code == 0
    assert ready("verify", later.json["evidence"]).code == 0


def test_words_come_in_chinese_when_asked_for(ready: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEVID_LANG", "zh_CN")
    done = ready("lookup", "kyc", "--order", "simOrder0001")
    assert "活体检测得分" in done.out
    assert "疑似翻拍攻击" in done.out
    refused = ready("lookup", "kyc", "--order", "simOrderGone")
    assert "无此查询结果" in refused.err
    assert ready("lookup", "kyc").code == 2
    assert "缺少必填参数" in ready("lookup", "kyc").err


def test_the_record_is_shown_to_people_without_media_and_with_its_limits(ready: Console) -> None:
    shown = ready("lookup", "ess", "--profile", "contracts", "--flow", flow_id("One")).out
    assert "simulator, not evidence" in shown
    assert "not returned (code -1: not matched)" in shown
    assert "赵*本 132****0001" in shown
    assert "Unsaved capture" in shown


def test_secrets_can_be_given_for_one_run_only(console: Console, simulator: Simulator) -> None:
    described = simulator.describe()["kyc"]
    options = ["--kind", "kyc", "--endpoint", simulator.base_url("kyc"), "--app-id", records.KYC_APP_ID]
    console("profile", "add", "orders", *options, "--secrets-stdin", stdin=json.dumps(described["secrets"]))
    console.store._secrets.clear()
    absent = console("lookup", "kyc", "--order", "simOrder0001", "--json")
    assert (absent.code, absent.json["error"]["code"]) == (3, "secrets_absent")
    given = console("lookup", "kyc", "--order", "simOrder0001", "--secrets-stdin", "--json",
                    stdin=json.dumps(described["secrets"]))  # fmt: skip
    assert given.code == 0
    assert console.store._secrets == {}


def test_secrets_and_passphrase_share_standard_input_as_two_lines(console: Console, simulator: Simulator) -> None:
    console.add_profiles(simulator)
    secrets = json.dumps(simulator.describe()["kyc"]["secrets"])
    done = console("lookup", "kyc", "--order", "simOrder0001", "--secrets-stdin", "--key-passphrase-stdin", "--save",
                   *CASE, "--json", stdin=f"{secrets}\nlong enough passphrase\n")  # fmt: skip
    assert done.code == 0
    key = (console.home / "keys" / "workstation.key").read_bytes()
    assert key.startswith(b"Protected-By: passphrase")


def test_environment_credentials_need_a_user_id(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDexample")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "examplekey")
    done = console("lookup", "ess", "--flow", flow_id("One"))
    assert done.code == 2
    assert "FACEVID_USER_ID" in done.err
