"""Privacy in the console: the access log as CSV, what is stored, what expires, reasons that are demanded."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facevid_gui.core.clock import Clock
from facevid_gui.program import account_name
from facevid_gui.settings import SettingsFile
from facevid_gui.simulator.records import KYC_SECRET, SECRET_KEY, flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
ORDER, FLOW = "simOrder0001", flow_id("One")


def choose(console: Console, **changes: object) -> None:
    SettingsFile(console.home / "config" / "settings.json").change(changes)


def access(console: Console) -> list[tuple[str, str]]:
    path = console.home / "access" / "access.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return [(line["event"], line["detail"].get("reason", "")) for line in lines]


def go_to(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    later = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(Clock, "now", lambda _clock: later)


# --- the access log ---------------------------------------------------------------------------------------------------


def test_the_log_goes_to_a_file_or_to_standard_output_as_csv(console: Console, sealed: Path, tmp_path: Path) -> None:
    evidence_id = sealed.name[-32:]
    target = tmp_path / "log.csv"
    done = console("log", "show", "--record", evidence_id, "--csv", str(target))
    assert done.code == 0, done.err
    assert str(target) in done.out
    table = list(csv.DictReader(io.StringIO(target.read_bytes().decode("utf-8-sig"), newline="")))
    assert {row["subject"] for row in table} == {evidence_id}
    assert table[0]["operator"] == account_name()
    out = console("log", "show", "--csv", "-").out
    assert out.startswith("\ufeffseq,at,operator,event,subject,reason,detail")
    assert console("log", "show", "--csv", str(target)).code == 2, "nothing is overwritten"
    assert console("log", "show", "--csv", "-", "--json").code == 2
    document = console("log", "show", "--csv", str(tmp_path / "b.csv"), "--json").json
    assert (document["schema"], document["count"], document["problems"]) == ("facevid-log-show/1", len(table), [])


def test_one_operator_is_shown_alone(console: Console, sealed: Path) -> None:
    assert sealed.is_dir()
    mine = console("log", "show", "--operator", account_name(), "--json").json["entries"]
    assert mine
    assert console("log", "show", "--operator", "nobody-else", "--json").json["entries"] == []
    assert len(console("log", "show", "--operator", account_name(), "--csv", "-").out.splitlines()) == len(mine) + 1
    assert len(console("log", "show", "--last", "1", "--csv", "-").out.splitlines()) == 2


def test_a_broken_log_is_said_to_be_broken(console: Console, sealed: Path, tmp_path: Path) -> None:
    assert sealed.is_dir()
    console("lookup", "kyc", "--order", ORDER)
    path = console.home / "access" / "access.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"opened"', b'"watched"', 1))
    done = console("log", "show", "--csv", str(tmp_path / "x.csv"))
    assert done.code == 0
    assert "facevid log verify" in done.err


# --- reasons ----------------------------------------------------------------------------------------------------------


def test_a_reason_that_is_demanded_is_needed_before_anything_is_asked(online: Console, simulator: Simulator) -> None:
    choose(online, ask_purpose=("export", "unmask"))
    before = len(simulator.requests)
    for command in (
        ("lookup", "kyc", "--order", ORDER, "--unmask"),
        ("signers", "--flow", FLOW, "--profile", "contracts", "--unmask"),
    ):  # fmt: skip
        refused = online(*command, "--json")
        assert (refused.code, refused.out) == (2, "")
        assert "A reason has to be given" in refused.err
        assert "--reason" in refused.err
    assert len(simulator.requests) == before
    assert access(online) == []
    assert online("lookup", "kyc", "--order", ORDER, "--unmask", "--reason", "to call the signer").code == 0
    assert online("signers", "--flow", FLOW, "--profile", "contracts", "--unmask", "--reason", "who signed").code == 0
    assert access(online) == [("opened", ""), ("unmasked", "to call the signer"), ("unmasked", "who signed")]
    assert online("lookup", "kyc", "--order", ORDER).code == 0, "masked, it needs none"


def test_an_export_needs_its_reason_which_stays_out_of_the_package(
    console: Console, sealed: Path, tmp_path: Path
) -> None:
    choose(console, ask_purpose=("export",))
    target = tmp_path / "court.zip"
    refused = console("export", str(sealed), "-o", str(target), "--json")
    assert (refused.code, "A reason has to be given" in refused.err) == (2, True)
    assert not target.exists()
    assert console("export", str(sealed), "-o", str(target), "--reason", "asked for by court 9").code == 0
    assert access(console)[-1] == ("exported", "asked for by court 9")
    assert b"asked for by court 9" not in target.read_bytes()


# --- what expires -----------------------------------------------------------------------------------------------------


def test_unsaved_captures_say_their_date_and_go_only_when_told(
    online: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    online("lookup", "kyc", "--order", ORDER)
    [listed] = online("captures", "list", "--json").json["captures"]
    assert listed["expires_at"] > listed["captured_at"]
    assert "offered for removal from" in online("captures", "list").out
    assert "No unsaved capture" in online("captures", "discard", "--expired", "--reason", "r").out
    go_to(monkeypatch, 31)
    assert len(online("captures", "list", "--json").json["captures"]) == 1, "nothing goes by itself"
    assert online("captures", "discard", "--expired", listed["id"], "--reason", "r").code == 2
    assert online("captures", "discard", "--reason", "r").code == 2
    assert online("captures", "discard", "--expired", "--reason", " ").code == 2
    done = online("captures", "discard", "--expired", "--reason", "never needed", "--json")
    assert (done.code, done.json["discarded"]) == (0, [listed["id"]])
    assert access(online)[-1] == ("discarded", "never needed")
    assert online("captures", "list", "--json").json["captures"] == []


def test_captures_can_be_kept_until_somebody_removes_them(online: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(online, captures_expire=False)
    online("lookup", "kyc", "--order", ORDER)
    go_to(monkeypatch, 3000)
    [listed] = online("captures", "list", "--json").json["captures"]
    assert listed["expires_at"] is None
    assert online("captures", "discard", "--expired", "--reason", "r", "--json").json["discarded"] == []


def test_retention_that_is_near_is_listed_when_asked_for(
    console: Console, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert console("purge", "--soon").code == 2
    assert console("purge", "--due", "--soon", "--json").json["soon"] == []
    go_to(monkeypatch, 360)
    document = console("purge", "--due", "--soon", "--json").json
    assert [one["folder"] for one in document["soon"]] == [str(sealed)]
    assert document["due"] == []
    assert "soon" not in console("purge", "--due", "--json").json
    assert "within 14 days: 1" in console("purge", "--due", "--soon").out
    go_to(monkeypatch, 366)
    document = console("purge", "--due", "--soon", "--json").json
    assert ([one["folder"] for one in document["due"]], document["soon"]) == ([str(sealed)], [])


# --- what is stored ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_stored_where_is_told_without_a_secret(
    console: Console, sealed: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEVID_LANG", language)
    done = console("stored")
    assert done.code == 0, done.err
    assert str(console.home / "captures") in done.out
    assert "contracts/secret_key" in done.out
    assert SECRET_KEY not in done.out
    assert KYC_SECRET not in done.out
    document = console("stored", "--json").json
    assert document["schema"] == "facevid-stored/1"
    evidence = next(place for place in document["places"] if place["name"] == "evidence")
    assert (evidence["path"], evidence["about"], evidence["exists"]) == (str(sealed.parent), "people", True)
    assert evidence["size_bytes"] > 1000
