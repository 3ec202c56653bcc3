"""`facevid import`: the document of a look-up, its exit codes, and that nobody witnessed the answer."""

from pathlib import Path
from typing import Any

import pytest

from facevid_gui.captures.store import read_capture_record
from facevid_gui.core.messages import Messages
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.simulator.server import Simulator
from tests.console.test_lookup import CASE, ERROR_MEMBERS, LOOKUP_MEMBERS
from tests.support.captures_samples import (
    FLOW_ID,
    JPEG,
    ORDER_NO,
    SIGN_ID,
    b64,
    big_mp4,
    ess_answer,
    ess_refusal,
    json_bytes,
    kyc_answer,
)
from tests.support.console import Console

ESS = ess_answer(VideoData={"LiveNessVideo": b64(big_mp4())})
KYC = kyc_answer("0", video=b64(big_mp4()), photo=b64(JPEG), liveRate="99", name="赵样本")


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    """Writes an answer to a file and returns its name."""

    def write(document: object, name: str = "answer.json") -> str:
        path = tmp_path / name
        path.write_bytes(document if isinstance(document, bytes) else json_bytes(document))
        return str(path)

    return write


def test_the_document_is_that_of_a_look_up(console: Console, saved: Any) -> None:
    done = console("import", saved(ESS), "--kind", "ess", "--flow", FLOW_ID, "--sign", SIGN_ID, "--json")
    document = done.json
    assert done.code == 0
    assert set(document) == LOOKUP_MEMBERS
    assert (document["schema"], document["ok"], document["outcome"]) == ("facevid-lookup/1", True, "found")
    assert (document["kind"], document["source"], document["evidence"]) == ("ess", "custom", None)
    assert (document["flow_id"], document["sign_id"], document["order_no"]) == (FLOW_ID, SIGN_ID, None)
    assert (document["clock_offset_s"], document["deadline"]) == (None, {"safe": None, "outer": None})
    assert all(Path(clip["path"]).is_file() for clip in document["clips"])
    record = read_capture_record(Path(document["capture"]))
    assert record is not None
    assert (record.evidence_id, record.witnessed) == (document["evidence_id"], False)


def test_an_imported_answer_is_listed_and_can_be_discarded(console: Console, saved: Any) -> None:
    document = console("import", saved(KYC), "--kind", "kyc", "--json").json
    (listed,) = console("captures", "list", "--json").json["captures"]
    assert (listed["id"], listed["state"], listed["kind"]) == (document["evidence_id"], "complete", "kyc")
    assert (listed["order_no"], listed["clips"], listed["photos"]) == (ORDER_NO, 1, 1)
    assert console("captures", "discard", listed["id"], "--reason", "a test").code == 0


@pytest.mark.parametrize(("document", "code"), [(KYC, 0), (kyc_answer("66660004", liveRate="3"), 1)])
def test_people_are_told_that_nobody_witnessed_it_before_they_see_it(
    console: Console, saved: Any, document: Any, code: int
) -> None:
    done = console("import", saved(document), "--kind", "kyc")
    assert done.code == code
    assert done.out.startswith(Messages("en").text("import.not_witnessed"))
    assert Messages("en").text("source.custom") in done.out
    assert "赵样本" not in done.out


def test_a_refusal_is_its_outcome_and_kept(console: Console, saved: Any) -> None:
    done = console("import", saved(ess_refusal("ResourceNotFound.Flow")), "--kind", "essbasic", "--json")
    document = done.json
    assert done.code == 1
    assert (document["schema"], document["ok"], document["outcome"]) == ("facevid-lookup/1", False, "not_found")
    assert set(document["error"]) == ERROR_MEMBERS
    assert document["error"]["provider_code"] == document["provider_code"] == "ResourceNotFound.Flow"
    assert (Path(document["capture"]) / "exchanges/01/response-body.bin").is_file()


@pytest.mark.parametrize(
    ("document", "kind", "code"),
    [(b"<html>", "ess", "import_web_page"), (KYC, "essbasic", "import_wrong_kind"), (b"", "kyc", "import_empty")],
)
def test_a_file_that_is_no_such_answer_is_an_error_document(
    console: Console, saved: Any, document: Any, kind: str, code: str
) -> None:
    done = console("import", saved(document), "--kind", kind, "--json")
    assert done.code == 1
    assert (done.json["schema"], done.json["ok"], done.json["capture"]) == ("facevid-lookup/1", False, None)
    assert set(done.json["error"]) == ERROR_MEMBERS
    assert done.json["error"]["code"] == code
    assert console("captures", "list", "--json").json["captures"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("/nowhere/answer.json", "--kind", "ess"),
        ("/", "--kind", "ess"),
        ("/dev/null", "--kind", "kyc"),
        ("answer", "--kind", "faceid"),
        ("answer",),
        ("answer", "--kind", "kyc", "--flow", FLOW_ID),
        ("answer", "--kind", "ess", "--order", ORDER_NO),
        ("answer", "--kind", "ess", "--flow", "short"),
        ("answer", "--kind", "ess", "--save"),
        ("answer", "--kind", "ess", "--save", "--case", "C"),
    ],
)
def test_wrong_usage_says_so_on_standard_error_only(console: Console, arguments: tuple[str, ...]) -> None:
    done = console("import", *arguments, "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_an_id_with_blanks_and_wide_letters_is_cleaned(console: Console, saved: Any) -> None:
    done = console("import", saved(kyc_answer("0", orderNo="")), "--kind", "kyc", "--order", " ａ bc1 ", "--json")
    assert (done.code, done.json["order_no"]) == (1, "abc1")
    assert "abc1" in done.err


def test_it_can_be_sealed_at_once(console: Console, saved: Any) -> None:
    done = console("import", saved(ESS), "--kind", "ess", "--save", *CASE, "--json")
    document = done.json
    assert (done.code, document["ok"], document["source"], document["capture"]) == (0, True, "custom", None)
    assert Path(document["evidence"]).is_dir()
    assert all(Path(clip["path"]).is_file() for clip in document["clips"])
    verified = console("verify", document["evidence"], "--json").json["folders"][0]
    assert (verified["source"], verified["seal_sha256"]) == ("custom", document["seal_sha256"])


def test_a_refusal_is_not_sealed(console: Console, saved: Any) -> None:
    done = console("import", saved(ess_refusal("OperationDenied")), "--kind", "ess", "--save", *CASE, "--json")
    assert (done.code, done.json["evidence"]) == (1, None)
    assert Path(done.json["capture"]).is_dir()


def test_unmasking_is_logged_with_the_evidence_id_alone(console: Console, saved: Any) -> None:
    done = console("import", saved(KYC), "--kind", "kyc", "--unmask", "--json")
    found = done.json["evidence_id"]
    lines = [data for _, data in read_lines(console.home / "access" / "access.jsonl")]
    assert [(line["event"], line["subject"]) for line in lines if line] == [("opened", found), ("unmasked", found)]


def test_what_was_looked_up_and_saved_as_a_file_is_the_same_record(
    console: Console, simulator: Simulator, tmp_path: Path
) -> None:
    console.add_profiles(simulator)
    looked_up = console("lookup", "kyc", "--order", "simOrder0001", "--json").json
    body = Path(looked_up["capture"]) / "exchanges/01/response-body.bin"
    imported = console("import", str(body), "--kind", "kyc", "--json").json
    for name in ("order_no", "provider_code", "request_id", "scores", "risk_tags", "occurred_at", "outcome"):
        assert imported[name] == looked_up[name]
    for name in ("clips", "photos"):
        assert [item["sha256"] for item in imported[name]] == [item["sha256"] for item in looked_up[name]]
    assert (looked_up["source"], imported["source"]) == ("simulator", "custom")


def test_the_help_names_every_option(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEVID_LANG", "zh_CN")
    done = console("import", "--help")
    assert done.code == 0
    for option in ("--kind", "--flow", "--sign", "--order", "--save", "--case", "--purpose", "--unmask", "--json"):
        assert option in done.out
    assert done.err == ""
