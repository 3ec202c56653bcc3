"""Timestamps in the console: after sealing, and `facevid stamp`."""

from pathlib import Path

import pytest

from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, SurroundingsError
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console, stamping_raises

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
NOWHERE = ("--tsa-url", "http://127.0.0.1:9/tsa")


@pytest.mark.parametrize("command", ["seal", "lookup"])
@pytest.mark.parametrize(
    "error", [SurroundingsError("disk_full", path="/"), SubjectError("not_evidence", path="/"), CancelledError()]
)
def test_what_goes_wrong_after_sealing_does_not_hide_the_seal(
    console: Console, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, command: str, error: FacevidError
) -> None:
    """A disk error while stamping once ended `facevid seal` with an error and no word of the sealed folder."""
    stamping_raises(monkeypatch, error)
    console.add_profiles(simulator)
    if command == "seal":
        capture = console("lookup", "kyc", "--order", "simOrder0001", "--json").json["evidence_id"]
        done = console("seal", capture, *CASE, *NOWHERE, "--json")
    else:
        done = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, *NOWHERE, "--json")
    assert (done.code, done.json["ok"]) == (0, True)
    assert Path(done.json["evidence"]).is_dir()
    assert "Not yet stamped" in done.err
    assert console("verify", done.json["evidence"]).code == 0
