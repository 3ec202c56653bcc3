"""The years after the look-up, end to end: rescue, search, another computer, report, export, stock tools, deletion.

At the end the register, kept apart as README says, still explains everything that was done.
"""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.evidence_places import unlock_folders
from tests.support.tools import need, run_tool
from tests.support.window_flows import PATIENCE_S, ROOT, environment

CASE, PURPOSE = "2026-0311", "disputed signature"


@pytest.fixture
def office(console: Console, simulator: Simulator, tmp_path: Path) -> Iterator[Console]:
    """A console with profiles, an evidence place, and a list rescued into it."""
    console.add_profiles(simulator)
    assert console("profile", "remove", "channel").code == 0
    path = tmp_path / "list.csv"
    path.write_text(f"合同ID,订单号\n{flow_id('One')},\n,simOrder0001\n", "utf-8")
    done = console("rescue", str(path), "--case", CASE, "--purpose", PURPOSE, "--json")
    assert done.code == 0, done.err
    assert [bool(row["evidence"]) for row in done.json["rows"]] == [True, True]
    yield console
    unlock_folders(tmp_path)


def found(console: Console, *words: str) -> list[Path]:
    done = console("library", "search", *words, "--json")
    assert done.code == 0, done.err
    return [Path(record["folder"]) for record in done.json["records"]]


def test_everything_that_happens_in_the_years_after_the_look_up(
    office: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("openssl", "sha256sum", "pdftotext")

    # Found again: by the recognised answer (two Chinese characters), by the case, by the end of an id.
    (contract,) = found(office, "签署")
    assert set(found(office, CASE)) == {contract, *found(office, "Order0001")}
    (order,) = set(found(office, CASE)) - {contract}
    assert contract.name.split("-")[2] == "ess"
    evidence_id = contract.name.rsplit("-", 1)[1]

    # A report, and a package with a note of who gets it.
    report = tmp_path / "report.pdf"
    done = office("report", str(contract), "-o", str(report), "--lang", "en", "--json")
    assert done.code == 0, done.err
    assert done.json["sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    text = run_tool("pdftotext", "-layout", str(report), "-").stdout.decode("utf-8")
    assert evidence_id in text
    package = tmp_path / "court.zip"
    done = office("export", str(contract), "-o", str(package), "--to", "Intermediate Court", "--json")
    assert done.code == 0, done.err

    # Another computer: no keyring, no profile, no network. The window, then the stock tools of the README.
    signer = tmp_path / "enrolled-signer.pem"
    assert office("key", "export", "-o", str(signer)).code == 0
    other = Console(tmp_path / "other", monkeypatch, office._capsys)
    other.store = None
    done = other("verify", str(package), "--signer", str(signer), "--json")
    assert (done.code, done.json["verified"]) == (0, True), done.out
    seen = look_at(package, tmp_path / "third")
    assert (seen["kind"], seen["id"], seen["verdict"]) == ("record", evidence_id, "unknown_signer")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked" / contract.name
    lists = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
    assert run_tool("sha256sum", "--strict", "--quiet", "-c", *lists, cwd=folder).returncode == 0
    signed = run_tool(
        "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in",
        "signatures/tagmanifest-sha256.txt.p7s", "-content", lists[0], "-CAfile", str(signer), cwd=folder,
    )  # fmt: skip
    assert signed.returncode == 0, signed.stderr.decode()

    # Everything is checked once more; then the contract's evidence is deleted, and nothing of it is found any more.
    monkeypatch.setenv("FACEVID_HOME", str(office.home))
    heads = tmp_path / "heads.txt"
    assert office("library", "verify").code == 0
    assert office("register", "head", "-o", str(heads)).code == 0
    done = office("purge", str(contract), "--reason", "end of the retention period", "--yes", "--json")
    assert done.code == 0, done.err
    assert not contract.exists()
    assert found(office, "签署") == []
    assert found(office, CASE) == [order]

    # The register explains all of it: what was sealed, handed over, deleted; and the copy that is out is known.
    assert office("register", "verify", "--against", str(heads)).code == 0
    lines = [json.loads(line) for line in (office.home / "register" / "register.jsonl").read_bytes().splitlines()]
    told = [line["event"] for line in lines if line.get("evidence_id") == evidence_id]
    assert told[0] == "sealed"
    assert told.count("custody") == 2, "the report and the package"
    assert told[-1] == "purged"
    done = office("verify", str(package), "--json")
    assert done.code == 1
    (answer,) = done.json["folders"]
    assert answer["verdict"] == "register_disagrees"
    assert "register_purged" in {reason["code"] for reason in answer["reasons"]}
    who = office("log", "show", "--record", evidence_id)
    assert who.code == 0
    assert [event for event in ("exported", "deleted") if event not in who.out] == []


def look_at(package: Path, home: Path) -> dict[str, object]:
    """Open a package in a window of a home that has nothing, where no socket can be used."""
    from tests.flows.test_second_computer import OFFLINE

    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(package)], cwd=ROOT, capture_output=True, timeout=PATIENCE_S, check=False,
        env=environment(FACEVID_HOME=str(home), FACEVID_LANG="en", PYTHONPATH=os.pathsep.join(sys.path)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    answer: dict[str, object] = json.loads(done.stdout.decode().splitlines()[-1])
    return answer
