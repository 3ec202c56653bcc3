"""The real window, driven by its object names: from a pasted id to verified evidence, and again without a network.

Each part runs in a process of its own, so that a crash, a hang or a thread left behind is seen as what it is.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.window_flows import NOTHING_LEFT, check_verified, left_of, play

pytest.importorskip("PySide6")


@pytest.mark.parametrize(
    ("kind", "record_id", "keyring"),
    [("ess", flow_id("One"), True), ("kyc", "simOrder0001", False), ("essbasic", flow_id("One"), False)],
)
def test_from_a_pasted_id_to_verified_evidence_and_again_offline(
    kind: str, record_id: str, keyring: bool, simulator: Simulator, tmp_path: Path
) -> None:
    part = simulator.describe()[kind]
    first, other, evidence = tmp_path / "home", tmp_path / "another home", tmp_path / "evidence of Müller & 赵"
    order = {"home": str(first), "evidence": str(evidence), "kind": kind, "part": part, "keyring": keyring}
    seen = play("online", {**order, "pasted": f"  {record_id}\n"})

    assert "Welcome" in seen["welcome"]
    said = " ".join(seen["keyring_words"])
    assert ("Secrets are kept in the system's keyring" if keyring else "There is no system keyring") in said
    assert ("kept; its secrets" if keyring else "until the program ends") in seen["profile_status"]
    assert "works" in seen["probe_status"]
    assert seen["profile"].startswith("work · ")
    assert (seen["badge"], seen["page_kind"], seen["field"].strip()) == ("SIMULATOR", "record", record_id)
    assert seen["unsaved_banner"]["tone"] in ("warn", "bad")
    assert "Not saved as evidence yet" in seen["unsaved_banner"]["name"]
    assert seen["painted"] >= 5
    number = int(seen["forward"][0].split()[1])
    assert [words.split(" / ")[0] for words in seen["forward"]] == [f"Frame {number}", f"Frame {number + 1}"]
    assert seen["back"] == list(reversed(seen["forward"]))
    check_verified(seen["banner"])
    assert Path(seen["folder"]).parent == evidence
    logged = [json.loads(line) for line in (first / "access" / "access.jsonl").read_text("utf-8").splitlines()]
    events = [entry["event"] for entry in logged]
    assert sorted(events) == sorted(["opened", "watched", "looked_at"] * 2), "as a draft, then as evidence"
    assert [event for event in events if event != "looked_at"] == ["opened", "watched"] * 2
    assert {entry["subject"] for entry in logged} == {Path(seen["folder"]).name[-32:]}
    assert left_of(seen) == NOTHING_LEFT
    everything = json.dumps(seen, ensure_ascii=False)
    for secret in part["secrets"].values():
        assert secret not in everything
        assert not any(secret.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    certificate = first / "keys" / "workstation.crt"
    again = play("offline", {"home": str(other), "folder": seen["folder"], "certificate": str(certificate)})
    assert again["stranger_banner"]["tone"] == "bad"
    assert again["stranger_banner"]["texts"][0] == "SIGNED BY A STRANGER"
    assert as_of_a_stranger(seen["page"]) == again["stranger_page"]
    check_verified(again["banner"])
    assert again["page"] == seen["page"]
    assert left_of(again) == NOTHING_LEFT
    check_page(kind, seen["page"])


def as_of_a_stranger(page: dict[str, Any]) -> dict[str, Any]:
    """The same page, but for what is said of each file: that it fits a list nobody vouches for."""
    words = {
        "Hashed when the folder was opened, and compared with the sealed list.":
            "Hashed when the folder was opened. The files fit their list, but nobody trusted vouches for that list.",
        "unchanged": "as listed",
    }  # fmt: skip
    return {**page, "findings": [words.get(text, text) for text in page["findings"]]}


def check_page(kind: str, page: dict[str, Any]) -> None:
    assert page["frame"].startswith("Frame 1 / ")
    assert page["picture"]
    if kind == "kyc":
        assert page["tabs"] == ["Liveness video"]
        assert {"99", "88.01"} <= set(page["scores"])
        assert any(text.startswith("03") for text in page["risk"])
        assert page["photo"]
    else:
        assert page["tabs"] == ["Liveness video", "Question and answer video", "Nod video 1", "Nod video 2"]
        assert "Not returned" in page["scores"][-1]
        assert (page["risk"], page["photo"]) == ([], "")


def test_one_of_several_signers_is_chosen_from_the_list_or_typed(simulator: Simulator, tmp_path: Path) -> None:
    seen = play("signers", {"home": str(tmp_path / "home"), "part": simulator.describe()["ess"]})
    many, clerk = sign_id("Many"), sign_id("Clerk")
    assert seen["first_page"] == "outcome"
    assert seen["first_words"][:3] == [
        "Several people signed this flow.", "Choose whose recording to look up.", "Who signed",
    ]  # fmt: skip
    assert len(seen["offered"]) == 6
    assert seen["chosen"] == ["record", clerk]
    assert (seen["forgotten"], seen["asked"]) == (True, True)
    assert seen["typed_after"] == ["record", many]
    assert seen["next_flow"] == ["record", sign_id("One"), False]  # the SignId of the flow before went with it
    assert seen["typed_before"] == ["record", clerk]
    assert left_of(seen) == NOTHING_LEFT
