"""`facevid key`: showing, exporting, rotating, importing, choosing, retiring."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.timestamp import check_stamp
from facevid_gui.simulator.server import Simulator
from tests.console.test_other_commands import NoKeyring
from tests.support.console import Console, FakeStdin
from tests.support.evidence_authority import Authority, AuthorityServer
from tests.support.evidence_organisation import PASSPHRASE, Organisation, make_organisation
from tests.support.places import make_house
from tests.support.tools import need, run_tool

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")
STDIN = "--key-passphrase-stdin"


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    return make_organisation(tmp_path_factory.mktemp("organisation") / "ca")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Somebody sits at a terminal and types these; what was asked is collected."""
    asked: list[str] = []

    def types(*answers: str) -> list[str]:
        left = iter(answers)

        def getpass(prompt: str) -> str:
            asked.append(prompt)
            return next(left)

        monkeypatch.setattr("getpass.getpass", getpass)
        monkeypatch.setattr(FakeStdin, "isatty", lambda self: True)
        return asked

    return types


def last_line(console: Console) -> dict[str, object]:
    line = list(read_lines(console.home / "register" / "register.jsonl"))[-1][1]
    assert line is not None
    return line


# --- passphrases -------------------------------------------------------------------------------------------------


def test_the_passphrase_of_a_new_key_is_typed_twice_that_of_an_old_one_once(
    console: Console, terminal: Callable[..., list[str]]
) -> None:
    console.store = NoKeyring()
    asked = terminal("open sesame", "open sesam")
    done = console("key", "show")
    assert (done.code, len(asked)) == (2, 2)
    assert "differ" in done.err
    assert not (console.home / "keys" / "workstation.key").exists()
    asked.clear()
    terminal("open sesame", "open sesame")
    made = console("key", "show", "--json")
    assert (made.code, len(asked)) == (0, 2)
    asked.clear()
    terminal("open sesame", "open sesame")
    rotated = console("key", "rotate", "--json")
    assert (rotated.code, len(asked)) == (0, 1), "the key in use opens, or it does not: no slip can be made"
    assert rotated.json["previous_sha256"] == made.json["certificate"]["sha256"]


def test_at_a_terminal_with_a_keyring_nothing_is_asked_unless_wanted(
    console: Console, terminal: Callable[..., list[str]]
) -> None:
    asked = terminal("one and two", "one and two", "two", "three")
    assert console("key", "show").code == 0
    assert asked == []
    assert console("key", "rotate", STDIN).code == 0
    assert len(asked) == 2, "the new key gets a passphrase instead of the keyring"
    assert (console.home / "keys" / "workstation.key").read_bytes().startswith(b"Protected-By: passphrase")


def test_a_passphrase_that_comes_through_a_pipe_is_one_line(console: Console) -> None:
    console.store = NoKeyring()
    assert console("key", "show", STDIN, stdin="open sesame\n").code == 0
    assert console("key", "show", STDIN, stdin="\n").code in (0, 2)
    assert console("key", "rotate", STDIN, stdin="wrong\n").code == 3
    assert console("key", "rotate", STDIN, stdin="open sesame\n").code == 0


@pytest.mark.parametrize("typed", [False, True])
def test_a_new_key_wants_a_passphrase_of_some_length(
    console: Console, terminal: Callable[..., list[str]], typed: bool
) -> None:
    console.store = NoKeyring()
    if typed:
        terminal("7 chars", "7 chars")
    done = console("key", "show", STDIN, stdin=None if typed else "7 chars\n")
    assert done.code == 2
    assert "at least 8 characters" in done.err
    assert "7 chars" not in done.err
    assert not (console.home / "keys" / "workstation.key").exists()


def test_sealing_asks_for_the_passphrase_too(
    console: Console, simulator: Simulator, terminal: Callable[..., list[str]]
) -> None:
    console.add_profiles(simulator)
    capture = console("lookup", "kyc", "--order", "simOrder0001", "--json").json["evidence_id"]

    class Locked(NoKeyring):
        def read(self, owner: str, field: str) -> None:
            raise SurroundingsError("keyring_unavailable")

    console.store = Locked()
    asked = terminal("open sesame", "open sesame")
    done = console("seal", capture, *CASE, "--json")
    assert (done.code, len(asked)) == (0, 2), done.err
    assert "open sesame" not in done.out + done.err + (console.home / "logs" / "facevid.log").read_text()


# --- export and rotation -----------------------------------------------------------------------------------------


def test_the_enrolment_sheet_is_written_beside_or_without_the_certificate(console: Console, tmp_path: Path) -> None:
    assert console("key", "export").code == 2
    pem, pdf = tmp_path / "signer.pem", tmp_path / "sheet.pdf"
    done = console("key", "export", "-o", str(pem), "--sheet", str(pdf), "--json")
    assert (done.code, done.json["path"], done.json["sheet"]) == (0, str(pem), str(pdf))
    assert make_house(console.home).settings.sheet_of == done.json["certificate"]["sha256"], "the window's guide knows"
    assert pdf.read_bytes().startswith(b"%PDF-")
    need("pdftotext")
    shown = run_tool("pdftotext", "-layout", str(pdf), "-").stdout.decode()
    assert done.json["certificate"]["sha256"] in "".join(shown.split())
    before = pdf.read_bytes()
    assert console("key", "export", "--sheet", str(pdf)).code == 2
    assert pdf.read_bytes() == before
    assert console("key", "export", "--sheet", str(tmp_path / "no" / "sheet.pdf")).code == 3
    assert console("key", "export", "--sheet", str(tmp_path / "alone.pdf")).code == 0


def test_a_rotation_names_the_statement_that_openssl_verifies(console: Console, tmp_path: Path) -> None:
    need("openssl")
    old = tmp_path / "old.pem"
    assert console("key", "export", "-o", str(old)).code == 0
    done = console("key", "rotate", "--json")
    statement = done.json["statement"]
    assert done.json["certificate"]["sha256"] in Path(statement).read_text()
    verified = run_tool("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in", f"{statement}.p7s",
                        "-content", statement, "-CAfile", str(old))  # fmt: skip
    assert verified.returncode == 0, verified.stderr.decode()


# --- the organisation's key --------------------------------------------------------------------------------------


def test_an_organisation_key_is_imported_seals_and_is_verified_by_its_root(
    console: Console, simulator: Simulator, organisation: Organisation
) -> None:
    console.add_profiles(simulator)
    console("key", "show")
    file = organisation.issue("signer rsa", "rsa")
    done = console("key", "import", str(file), STDIN, "--json", stdin=f"{PASSPHRASE}\n")
    assert (done.code, done.json["in_use"], done.json["protection"]) == (0, "organisation", "keyring"), done.err
    assert PASSPHRASE not in done.out + done.err
    assert console("key", "show", "--json").json["certificate"] == done.json["certificate"]
    sealed = console("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json").json["evidence"]
    by_root = console("verify", sealed, "--signer", str(organisation.root_pem), "--json")
    assert (by_root.code, by_root.json["folders"][0]["signer"]["trusted"]) == (0, True)
    assert console("verify", sealed).code == 0
    assert console("key", "rotate").code == 1
    assert console("key", "use", "workstation", "--json").json["in_use"] == "workstation"
    assert console("verify", sealed).code == 0, "its certificate stays trusted here"
    assert last_line(console)["event"] == "key"
    console("key", "use", "organisation")
    assert console("key", "show", "--json").json["in_use"] == "organisation"


def test_a_file_that_cannot_be_imported_is_told_in_both_languages_and_changes_nothing(
    console: Console, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    console("key", "show")
    before = {path: path.read_bytes() for path in (console.home / "keys").rglob("*") if path.is_file()}
    expired = organisation.issue("expired", end="20210101000000Z")
    early = organisation.issue("early", start="20900101000000Z")
    tls = organisation.issue("tls", usage="extendedKeyUsage=serverAuth")
    good = organisation.issue("good")
    for language, words in (
        (
            "en",
            ("expired on 2021", "valid only from 2090", "not for signing", "passphrase does not open", "no PKCS 12"),
        ),
        ("zh_CN", ("已于 2021", "自 2090", "不用于签署", "口令无法打开", "不是 PKCS 12")),
    ):
        monkeypatch.setenv("FACEVID_LANG", language)
        files = ((expired, PASSPHRASE), (early, PASSPHRASE), (tls, PASSPHRASE), (good, "wrong"))
        said = [console("key", "import", str(file), STDIN, stdin=secret) for file, secret in files]
        said.append(console("key", "import", str(organisation.root_pem), STDIN, stdin="x"))
        assert [done.code for done in said] == [1, 1, 1, 1, 2]
        for done, word in zip(said, words, strict=True):
            assert word in done.err, done.err
            assert "→" in done.err
            assert "Traceback" not in done.err
    assert {path: path.read_bytes() for path in (console.home / "keys").rglob("*") if path.is_file()} == before
    assert console("key", "import", str(good)).code == 2, "nobody is there to type the passphrase"
    assert console("key", "use", "organisation").code == 1
    assert console("key", "use", "nonsense").code == 2


def test_the_passphrase_of_the_file_is_asked_for_once_at_a_terminal(
    console: Console, organisation: Organisation, terminal: Callable[..., list[str]]
) -> None:
    asked = terminal(PASSPHRASE)
    assert console("key", "import", str(organisation.issue("signer"))).code == 0
    assert len(asked) == 1
    assert PASSPHRASE not in " ".join(sys.argv)


# --- theft -------------------------------------------------------------------------------------------------------


def test_a_retired_key_is_noted_stamped_and_never_used_again(console: Console, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    first = console("key", "show", "--json").json["certificate"]["sha256"]
    with AuthorityServer(authority.respond_with_openssl) as server:
        options = ("--tsa-url", server.url, "--tsa-root", str(authority.root_pem))
        done = console(
            "key", "retire", "--reason", "laptop lost 丢失", "--since", "2026-11-21T02:29:00Z", *options, "--json"
        )
    assert (done.code, done.json["retired_sha256"]) == (0, first), done.err
    notice = Path(done.json["notice"])
    text = notice.read_text("utf-8")
    assert first in text
    assert "laptop lost 丢失" in text
    assert "2026-11-21T02:29:00Z" in text
    stamp = check_stamp(notice.with_name(f"{notice.name}.tsr").read_bytes(), notice.read_bytes(), [authority.root_der])
    assert stamp.trusted
    detail = last_line(console)["detail"]
    assert isinstance(detail, dict)
    assert detail["notice_sha256"] == hashlib.sha256(notice.read_bytes()).hexdigest()
    assert detail["since"] == "2026-11-21T02:29:00Z"
    assert console("key", "show", "--json").json["certificate"]["sha256"] != first
    need("openssl")
    verified = run_tool("openssl", "ts", "-verify", "-data", str(notice), "-in", f"{notice}.tsr", "-CAfile",
                        str(authority.root_pem))  # fmt: skip
    assert verified.returncode == 0, verified.stderr.decode()


def test_a_note_that_found_no_authority_is_stamped_later(console: Console, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    console("key", "show")
    done = console("key", "retire", "--reason", "stolen", "--tsa-url", "http://127.0.0.1:9/", "--json")
    assert (done.code, done.json["stamp_time"]) == (0, None)
    assert done.json["register_head"] in done.err
    assert console("stamp", "--tsa-url", "http://127.0.0.1:9/").code == 3
    with AuthorityServer(authority.respond) as server:
        again = console("stamp", "--tsa-url", server.url, "--tsa-root", str(authority.root_pem))
        assert (again.code, "Note about a retired key" in again.out) == (0, True), again.err
        assert console("stamp", "--tsa-url", server.url).out.strip() == "No folder waits for a timestamp."


def test_what_is_missing_or_wrong_stops_a_retirement_before_anything_happens(console: Console) -> None:
    assert console("key", "retire", "--reason", "stolen").code == 1, "there is no key yet"
    first = console("key", "show", "--json").json["certificate"]["sha256"]
    for wrong in (("--reason", " "), ("--reason", "x" * 501), ("--reason", "a\x1bb")):
        assert console("key", "retire", *wrong).code == 2
    assert console("key", "retire", "--reason", "stolen", "--since", "yesterday").code == 2
    assert console("key", "retire", "--reason", "stolen", "--tsa-url", "ftp://x").code == 2
    assert console("key", "show", "--json").json["certificate"]["sha256"] == first
    assert not (console.home / "keys" / "notices").exists()
