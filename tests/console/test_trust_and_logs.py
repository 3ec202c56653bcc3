"""`facevid trust`, `facevid register`, `facevid log`; and what the commands write into the access log."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.fingerprints import grouped
from facevid_gui.evidence.signing_key import pem_of_certificate
from facevid_gui.simulator.records import flow_id
from tests.support.console import Console
from tests.support.evidence_authority import Authority
from tests.support.places import make_house

WITH = ("--profile", "contracts")
CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
FLOW, MANY, ORDER = flow_id("One"), flow_id("Many"), "simOrder0001"


@pytest.fixture
def colleague(tmp_path: Path) -> tuple[Path, str]:
    """The certificate of another workstation as a file, and its fingerprint."""
    key = make_house(tmp_path / "colleague").keys.open()
    path = tmp_path / "colleague.pem"
    path.write_bytes(pem_of_certificate(key.certificate_der))
    return path, key.certificate_sha256


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def access(console: Console) -> list[tuple[str, str]]:
    path = console.home / "access" / "access.jsonl"
    return [(line["event"], line["subject"]) for line in lines(path)] if path.exists() else []


# --- trust -----------------------------------------------------------------------------------------------------------


def test_adding_says_the_fingerprint_in_groups_and_what_to_compare_it_with(
    console: Console, colleague: tuple[Path, str]
) -> None:
    path, sha256 = colleague
    done = console("trust", "add", str(path))
    assert done.code == 0
    assert grouped(sha256) in done.out
    assert "another road" in done.out
    assert (console.home / "keys" / "trusted" / f"{sha256[:16]}.pem").read_bytes() == path.read_bytes()
    assert access(console) == [("trusted", sha256)]
    again = console("trust", "add", str(path), "--json")
    assert (again.code, again.json["added"], again.json["certificates"][0]["use"]) == (0, False, "signer")
    assert access(console) == [("trusted", sha256)], "nothing changed the second time"


def test_a_fingerprint_given_is_compared_before_anything_is_trusted(
    console: Console, colleague: tuple[Path, str]
) -> None:
    path, sha256 = colleague
    wrong = ("0" if sha256[0] != "0" else "1") + sha256[1:]
    refused = console("trust", "add", str(path), "--fingerprint", wrong, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "fingerprint_differs")
    part = console("trust", "add", str(path), "--fingerprint", sha256[:32])
    assert part.code == 2, "half a fingerprint is none"
    assert not (console.home / "keys" / "trusted").exists()
    assert access(console) == []
    done = console("trust", "add", str(path), "--fingerprint", grouped(sha256).upper())
    assert done.code == 0
    assert "another road" not in done.out, "it was compared"


def test_the_list_names_the_own_key_signers_and_authorities(
    console: Console, colleague: tuple[Path, str], tmp_path: Path
) -> None:
    assert console("trust", "list").code == 0
    console("key", "show")
    authority = Authority(tmp_path / "tsa")
    for path in (authority.root_pem, colleague[0]):
        assert console("trust", "add", str(path)).code == 0
    done = console("trust", "list", "--json").json
    assert done["schema"] == "facevid-trust/1"
    assert [one["use"] for one in done["certificates"]] == ["signer", "signer", "tsa-root"]
    assert [bool(one["path"]) for one in done["certificates"]] == [False, True, True]
    spoken = console("trust", "list").out
    assert "this computer's own key" in spoken
    assert grouped(colleague[1]) in spoken


def test_use_can_be_said_where_the_certificate_says_something_else(console: Console, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    assert console("trust", "add", str(authority.root_pem), "--use", "signer", "--json").json["certificates"][0][
        "use"
    ] == "signer"  # fmt: skip
    assert console("trust", "add", str(authority.root_pem), "--use", "nonsense").code == 2


def test_removing_needs_enough_digits_of_something_that_is_there(console: Console, colleague: tuple[Path, str]) -> None:
    path, sha256 = colleague
    console("trust", "add", str(path))
    own = console("key", "show", "--json").json["certificate"]["sha256"]
    assert console("trust", "remove", sha256[:7]).code == 2
    assert console("trust", "remove", "0" * 16 if sha256[0] != "0" else "f" * 16).code == 1
    refused = console("trust", "remove", own)
    assert refused.code == 2
    assert "own key" in refused.err
    done = console("trust", "remove", *grouped(sha256).split(), "--json")
    assert (done.code, done.json["removed"]) == (0, sha256)
    assert access(console)[-1] == ("distrusted", sha256)
    assert console("trust", "remove", sha256).code == 1


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_refusals_say_why_and_what_to_do_and_change_nothing(
    console: Console, colleague: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("FACEVID_LANG", language)
    pem = colleague[0].read_bytes()
    key = (tmp_path / "colleague" / "keys" / "workstation.key").read_bytes()
    bad = tmp_path / "bad.pem"
    for raw in (b"", pem + pem, key, pem + key, b"x" * 100_000):
        bad.write_bytes(raw)
        done = console("trust", "add", str(bad))
        assert (done.code, done.out) == (2, "")
        assert "→" in done.err
        assert "Traceback" not in done.err
    assert not (console.home / "keys" / "trusted").exists()


def test_verify_uses_the_enrolled_set_and_an_option_replaces_it(
    console: Console, sealed: Path, colleague: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.pem"
    assert console("key", "export", "-o", str(own)).code == 0
    only_colleague = console("verify", str(sealed), "--signer", str(colleague[0]), "--json")
    assert only_colleague.json["folders"][0]["verdict"] == "unknown_signer"
    monkeypatch.setenv("FACEVID_HOME", str(tmp_path / "elsewhere"))
    assert console("verify", str(sealed), "--json").json["folders"][0]["verdict"] == "unknown_signer"
    assert console("verify", str(sealed), "--signer", str(own)).code == 0
    assert console("trust", "add", str(own)).code == 0
    assert console("verify", str(sealed)).code == 0
    assert console("verify", str(sealed), "--signer", str(colleague[0])).code == 1


# --- register and access log -----------------------------------------------------------------------------------------


def test_show_prints_what_happened_to_a_folder(online: Console, sealed: Path) -> None:
    evidence_id = sealed.name[-32:]
    done = online("register", "show", "--json").json
    assert done["schema"] == "facevid-register-show/1"
    assert [(e["seq"], e["event"], e["evidence_id"]) for e in done["entries"]] == [(1, "sealed", evidence_id)]
    assert evidence_id in online("register", "show").out
    assert online("register", "show", "--id", "0" * 32, "--json").json["entries"] == []
    assert online("register", "show", "--last", "0").code == 2
    shown = online("log", "show", "--last", "1", "--json").json
    assert [(e["event"], e["subject"]) for e in shown["entries"]] == [("opened", evidence_id)]


def test_an_empty_log_is_shown_checked_and_has_no_head(console: Console) -> None:
    for name in ("register", "log"):
        assert console(name, "show", "--json").json["entries"] == []
        assert console(name, "verify").code == 0
        done = console(name, "head", "--json")
        assert (done.code, done.json["error"]["code"], done.json["schema"]) == (
            1,
            "chain_empty",
            f"facevid-{name}-head/1",
        )


def test_the_head_of_the_register_vouches_for_the_access_log(online: Console, sealed: Path, tmp_path: Path) -> None:
    online("lookup", "kyc", "--order", ORDER, "--json")
    register = online.home / "register" / "register.jsonl"
    assert len(lines(register)) == 1
    head = online("register", "head").out.strip()
    assert re.fullmatch(r"facevid-register/1 2 \S+Z [0-9a-f]{64}", head)
    assert online("register", "head").out.strip() == head, "nothing new, no new line"
    last = lines(register)[-1]
    assert last["event"] == "access"
    assert last["access_head"] == online("log", "head", "--json").json["head"]["sha256"]
    log = online.home / "access" / "access.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    done = online("log", "verify", "--json")
    assert (done.code, done.json["problems"], done.json["lost_heads"]) == (1, [], [2])


def test_heads_are_gathered_in_a_file_and_never_written_over_another(
    online: Console, sealed: Path, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.txt"
    for name in ("register", "log", "register"):
        assert online(name, "head", "-o", str(heads)).code == 0
    assert [line.split()[0] for line in heads.read_text().splitlines()] == [
        "facevid-register/1", "facevid-access/1", "facevid-register/1",
    ]  # fmt: skip
    for name in ("register", "log"):
        done = online(name, "verify", "--against", str(heads), "--json")
        assert (done.code, done.json["compared"][0]["result"]) == (0, "same")
    other = tmp_path / "minutes.txt"
    other.write_text("minutes of a meeting\n")
    assert online("register", "head", "-o", str(other)).code == 2
    assert other.read_text() == "minutes of a meeting\n"


def test_a_whole_copy_shows_what_was_done_to_the_register(online: Console, sealed: Path, tmp_path: Path) -> None:
    copy, register = tmp_path / "copy.jsonl", online.home / "register" / "register.jsonl"
    online("lookup", "ess", *WITH, "--flow", FLOW, "--save", *CASE)
    done = online("register", "export", "-o", str(copy), "--json")
    assert (done.code, done.json["lines"]) == (0, 2)
    assert copy.read_bytes() == register.read_bytes()
    assert online("register", "export", "-o", str(copy)).code == 2, "nothing is written over"
    online("lookup", "kyc", "--order", ORDER, "--save", *CASE)
    older = online("register", "verify", "--against", str(copy))
    assert older.code == 0
    assert "merely older: 2 of 3 lines" in older.out
    register.write_bytes(register.read_bytes().splitlines(keepends=True)[0])
    cut = online("register", "verify", "--against", str(copy))
    assert cut.code == 1
    assert "CUT here: line 2" in cut.out
    assert online("register", "verify").code == 0, "the chain alone does not show it"
    assert online("register", "verify", "--against", str(tmp_path / "nothing")).code == 2


def test_a_torn_line_is_reported_and_what_was_moved_aside_stays_known(online: Console, sealed: Path) -> None:
    register = online.home / "register" / "register.jsonl"
    register.write_bytes(register.read_bytes()[:-30])
    torn = online("register", "verify", "--json")
    assert (torn.code, torn.json["problems"]) == (1, [{"code": "torn", "line": 1}])
    online("lookup", "ess", *WITH, "--flow", FLOW, "--save", *CASE)
    done = online("register", "verify", "--json")
    assert (done.code, done.json["lines"], len(done.json["moved_aside"])) == (0, 1, 1)
    assert done.json["moved_aside"][0] in online("register", "verify").out


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_finding_is_worded(
    online: Console, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    online("lookup", "ess", *WITH, "--flow", FLOW, "--save", *CASE)
    monkeypatch.setenv("FACEVID_LANG", language)
    register, copy = online.home / "register" / "register.jsonl", tmp_path / "copy.jsonl"
    online("register", "export", "-o", str(copy))
    whole = register.read_bytes()
    first, second = whole.splitlines(keepends=True)
    for raw in (first + b"x\n", second + first, first.replace(b"sealed", b"sealeb") + second, whole[:-9], b""):
        register.write_bytes(raw)
        done = online("register", "verify", "--against", str(copy))
        assert done.code == 1
        assert "chain." not in done.out
        assert "chain." not in done.err
        assert online("register", "show").code == 0


# --- what is written into the access log -----------------------------------------------------------------------------


def test_looking_at_a_record_is_logged_by_its_evidence_id_alone(online: Console, tmp_path: Path) -> None:
    found = online("lookup", "kyc", "--order", ORDER, "--json").json["evidence_id"]
    assert access(online) == [("opened", found)]
    shown = online("lookup", "ess", *WITH, "--flow", FLOW, "--unmask", "--json").json["evidence_id"]
    assert access(online)[1:] == [("opened", shown), ("unmasked", shown)]
    answer = tmp_path / "answer.json"
    clip = "AAAAHGZ0eXBpc29tAAACAGlzb21pc28ybXA0MQ=="
    answer.write_text(json.dumps({"VideoData": {"LiveNessVideo": clip}, "RequestId": "s1"}))
    imported = online("import", str(answer), "--kind", "ess", "--flow", FLOW, "--sign", flow_id("Sign"), "--json")
    assert imported.code == 0, imported.err
    assert access(online)[3:] == [("opened", imported.json["evidence_id"])]
    raw = (online.home / "access" / "access.jsonl").read_text()
    assert ORDER not in raw
    assert FLOW not in raw


def test_what_was_not_found_was_not_looked_at(online: Console) -> None:
    assert online("lookup", "kyc", "--order", "simOrderGone").code == 1
    assert access(online) == []


def test_names_of_signers_shown_without_a_record_are_logged_too(online: Console) -> None:
    assert online("signers", *WITH, "--flow", MANY).code == 0
    assert access(online) == []
    listed = online("signers", *WITH, "--flow", MANY, "--unmask")
    assert listed.code == 0
    assert online("lookup", "ess", *WITH, "--flow", MANY, "--unmask", "--json").json["outcome"] != "found"
    entries = lines(online.home / "access" / "access.jsonl")
    assert [(e["event"], e["subject"], e["detail"]["command"]) for e in entries] == [("unmasked", "", "signers")] * 2
    assert all(e["detail"]["request_id"] for e in entries)
    raw = (online.home / "access" / "access.jsonl").read_text()
    assert MANY not in raw


def test_an_access_that_cannot_be_logged_does_not_happen(online: Console) -> None:
    (online.home / "access").mkdir(exist_ok=True)
    (online.home / "access" / "access.jsonl").mkdir()
    done = online("lookup", "ess", *WITH, "--flow", FLOW, "--unmask")
    assert done.code == 3
    assert "FlowId" not in done.out
    assert done.out == ""
    (online.home / "access" / "access.jsonl").rmdir()
    assert online("captures", "list", "--json").json["captures"], "what was received is kept"


def test_discarding_is_logged_with_its_reason(online: Console) -> None:
    found = online("lookup", "kyc", "--order", ORDER, "--json").json["evidence_id"]
    assert online("captures", "discard", found, "--reason", "wrong person").code == 0
    entry = lines(online.home / "access" / "access.jsonl")[-1]
    assert (entry["event"], entry["subject"], entry["detail"]) == ("discarded", found, {"reason": "wrong person"})
    assert set(entry) == {"schema", "seq", "at", "event", "operator", "subject", "detail", "prev_sha256"}
