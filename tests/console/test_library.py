"""`facevid library`: documents, words, pages, masking, exit codes, a check that is stopped and gone on with."""

import json
import os
import shutil
from pathlib import Path

import pytest

from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.evidence import checking
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console, Done
from tests.support.evidence_places import unlock, unlock_folders
from tests.support.evidence_tampering import flip, video
from tests.support.library_shelf import Sample, make_shelf

RECORD = {
    "folder", "evidence_id", "kind", "flow_id", "sign_id", "order_no", "case_ref", "captured_at", "last_verdict",
    "last_verified_at",
}  # fmt: skip


@pytest.fixture
def root(console: Console, tmp_path: Path) -> Path:
    return console.home / "evidence"


@pytest.fixture
def samples(root: Path) -> list[Sample]:
    """Twelve synthetic folders in the default root, the oldest first."""
    return list(make_shelf(root, 12))


@pytest.fixture
def sealed(console: Console, simulator: Simulator) -> Path:
    """A folder made through the console; it names a person."""
    console.add_profiles(simulator)
    flow = simulator.describe()["ess"]["records"][0]
    found = ("--profile", "contracts", "--flow", flow["flow_id"], "--sign", flow["sign_id"])
    saved = ("--save", "--case", "2026-0311 借款", "--purpose", "disputed")
    done = console("lookup", "ess", *found, *saved, "--json")
    assert done.code == 0, done.err
    return Path(done.json["evidence"])


def folders_of(done: Done) -> list[str]:
    return [record["evidence_id"] for record in done.json["records"]]


def test_the_document(console: Console, samples: list[Sample]) -> None:
    done = console("library", "list", "--json")
    assert done.code == 0, done.err
    document = done.json
    assert (document["schema"], document["ok"], document["total"], document["next"]) == (
        "facevid-library/1",
        True,
        12,
        None,
    )
    assert folders_of(done) == [sample.evidence_id for sample in reversed(samples)]
    for record in document["records"]:
        assert set(record) >= RECORD
        assert Path(record["folder"]).is_dir()
        assert (record["last_verdict"], record["last_verified_at"]) == (None, None)
    assert done.err == ""


def test_a_home_without_anything(console: Console) -> None:
    done = console("library", "list", "--json")
    assert (done.code, done.json["total"], done.json["records"], done.err) == (0, 0, [], "")
    assert "Nothing found" in console("library", "list").out


def test_pages_go_on_by_their_token(console: Console, samples: list[Sample], root: Path) -> None:
    first = console("library", "list", "--limit", "5", "--json")
    assert (first.json["total"], len(first.json["records"])) == (12, 5)
    list(make_shelf(root, 1, seed=99))
    shutil.rmtree(first.json["records"][0]["folder"])
    found, token = folders_of(first), first.json["next"]
    while token:
        page = console("library", "list", "--limit", "5", "--after", token, "--json")
        found, token = found + folders_of(page), page.json["next"]
    assert [sample.evidence_id for sample in reversed(samples)] == [
        i for i in found if i in {s.evidence_id for s in samples}
    ]
    assert len(found) == len(set(found)) == 13
    shown = console("library", "list", "--limit", "5").out
    assert "7 more" in shown
    assert "--after " in shown


@pytest.mark.parametrize("token", ["x", "!!", "MTI", "OjEy", "MTI6AA", "-" * 3, "A" * 5000, "王"])
def test_a_token_that_is_none(console: Console, samples: list[Sample], token: str) -> None:
    done = console("library", "list", f"--after={token}", "--json")
    assert (done.code, done.out) == (2, "")
    assert "--after" in done.err


WRONG = (
    ("--limit", "0"), ("--limit", "x"), ("--since", "yesterday"), ("--until", "2026-13-01"), ("--kind", "x"),
    ("--last-verdict", "x"),
)  # fmt: skip


@pytest.mark.parametrize("options", WRONG)
def test_wrong_options(console: Console, samples: list[Sample], options: tuple[str, str]) -> None:
    done = console("library", "list", *options, "--json")
    assert (done.code, done.out) == (2, "")
    assert options[0] in done.err


def test_search_finds_words_and_narrows(console: Console, samples: list[Sample]) -> None:
    contract, order = samples[4], samples[5]
    for typed, wanted in (
        ((contract.evidence_id[-6:],), contract),
        ((contract.flow_id[:9],), contract),
        ((order.order_no[-6:], "kyc"), order),
        ((contract.person, contract.evidence_id[:6]), contract),
    ):
        assert folders_of(console("library", "search", *typed, "--json")) == [wanted.evidence_id], typed
    assert console("library", "search", "kyc", "--json").json["total"] == 6
    assert console("library", "search", "kyc", "--kind", "ess", "--json").json["total"] == 0
    assert console("library", "list", "--kind", "ess", "--kind", "kyc", "--json").json["total"] == 12
    assert console("library", "list", "--operator", "operator3", "--json").json["total"] == 1
    assert console("library", "list", "--case", order.case_ref, "--json").json["total"] >= 1
    year = ("--since", "2022-01-01", "--until", "2022-12-31")
    captured = [r["captured_at"] for r in console("library", "list", *year, "--json").json["records"]]
    assert captured
    assert all(at.startswith("2022-") for at in captured)
    assert console("library", "list", "--section", "unsaved", "--json").json["total"] == 0
    assert console("library", "list", "--last-verdict", "never", "--by-case", "--json").json["total"] == 12
    assert console("library", "search", "'; DROP TABLE folders; --", '"', "-x", "--json").code in (0, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed(console: Console, sealed: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("FACEVID_LANG", language)
    text = Messages(language).text
    shown = console("library", "search", "借款").out
    for words in (text("library.found", count=1), text("library.never_verified"), str(sealed), "2026-0311 借款"):
        assert words in shown, words
    assert console("library", "verify").code == 0
    assert text("library.last.good", when="").split(" ")[0] in console("library", "list").out


def test_persons_are_masked_unless_one_asks_and_that_is_logged(console: Console, sealed: Path) -> None:
    masked = console("library", "list", "--json").json["records"][0]["person"]
    assert "*" in masked
    log = console.home / "access" / "access.jsonl"
    before = log.read_text().count('"unmasked"')
    name = console("library", "list", "--unmask", "--json").json["records"][0]["person"]
    assert "*" not in name
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert (lines[-1]["event"], lines[-1]["subject"]) == ("unmasked", sealed.name[-32:])
    assert log.read_text().count('"unmasked"') == before + 1
    assert name in console("library", "search", name, "--unmask").out
    assert name not in console("library", "search", name).out


def test_unsaved_captures_come_first(console: Console, sealed: Path, simulator: Simulator) -> None:
    capture = console("lookup", "kyc", "--order", "simOrder0001", "--json").json["capture"]
    records = console("library", "list", "--json").json["records"]
    assert [(record["folder"], record["state"]) for record in records] == [
        (capture, "complete"),
        (str(sealed), "sealed"),
    ]


def test_roots_that_are_named_and_one_that_is_away(console: Console, samples: list[Sample], tmp_path: Path) -> None:
    other = tmp_path / "other"
    list(make_shelf(other, 3, seed=5))
    named = ("--evidence-root", str(other))
    assert console("library", "list", *named, "--json").json["total"] == 3
    both = console("library", "list", *named, "--evidence-root", str(console.home / "evidence"), "--json")
    assert (both.code, both.json["total"], both.json["unreadable_roots"]) == (0, 15, [])
    away = console("library", "list", *named, "--evidence-root", str(tmp_path / "nowhere"), "--json")
    assert (away.code, away.json["total"], away.json["unreadable_roots"]) == (3, 3, [str(tmp_path / "nowhere")])
    assert str(tmp_path / "nowhere") in away.err


def test_reindexing_names_what_cannot_be_read(console: Console, samples: list[Sample], root: Path) -> None:
    index = console.home / "cache" / "index.sqlite"
    console("library", "list")
    index.write_bytes(os.urandom(5000))
    broken = min(root.iterdir())
    (broken / "data/capture.json").write_bytes(b"{")
    done = console("library", "reindex", "--json")
    assert (done.code, done.json["total"], done.json["unreadable"]) == (0, 12, [str(broken)])
    assert index.read_bytes().startswith(b"SQLite format 3")
    assert str(broken) in console("library", "reindex").out
    assert console("library", "list", "--json").json["total"] == 12


def test_verify_says_what_changed(console: Console, sealed: Path) -> None:
    first = console("library", "verify", "--json")
    assert (first.code, first.json["verified"], first.json["new_count"]) == (0, True, 1)
    flip(video(unlock(sealed)))
    second = console("library", "verify", "--json")
    (changed,) = second.json["changed"]
    assert (second.code, second.json["verified"], second.json["bad_count"]) == (1, False, 1)
    assert (changed["verdict"], changed["last_verdict"]) == ("altered", "verified_unstamped")
    assert changed["folder"] == str(sealed)
    shown = console("library", "verify")
    assert shown.code == 1
    assert "ALTERED" in shown.out
    assert str(sealed) in shown.out
    assert console("library", "list", "--json").json["records"][0]["last_verdict"] == "altered"


def test_verify_takes_the_options_of_verify(console: Console, sealed: Path, tmp_path: Path) -> None:
    done = console("library", "verify", "--require-stamp", "--json")
    assert (done.code, done.json["bad_count"], done.json["counts"]) == (1, 1, {"verified_unstamped": 1})
    done = console("library", "verify", "--register", str(tmp_path / "none"))
    assert done.code == 2


def test_a_check_that_is_stopped_goes_on(
    console: Console, sealed: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        copy = root / f"{sealed.name[:-4]}{number:04x}"
        shutil.copytree(sealed, copy)
    real = checking.verify_folders

    def stopped(folders, trust, token):  # type: ignore[no-untyped-def]
        for number, verdict in enumerate(real(folders, trust, token)):
            if number == 1:
                token.cancel()
            yield verdict

    monkeypatch.setattr(checking, "verify_folders", stopped)
    first = console("library", "verify", "--json")
    assert (first.code, first.json["finished"], first.json["checked"], first.json["total"]) == (130, False, 2, 4)
    assert "--resume" in first.err
    monkeypatch.setattr(checking, "verify_folders", real)
    rest = console("library", "verify", "--resume", "--json")
    assert (rest.json["finished"], rest.json["checked"]) == (True, 4)
    unlock_folders(root)


def test_a_register_that_cannot_be_read_is_a_failure_of_the_check(console: Console, sealed: Path) -> None:
    register = console.home / "register" / "register.jsonl"
    register.unlink()
    register.mkdir()
    done = console("library", "verify", "--json")
    assert done.code == 3
    assert (done.json["schema"], done.json["ok"]) == ("facevid-library-verify/1", False)
    assert done.json["error"]["next_step"]
