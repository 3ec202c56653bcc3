"""The guide's desk: steps follow what there is; places that refuse; keys; the demo as a process of its own."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge import demo_start
from facevid_gui.bridge.guide_desk import DONE, SKIPPED, STEPS, TODO, GuideDesk
from facevid_gui.bridge.key_desk import KeyDesk
from facevid_gui.bridge.root_desk import RootDesk, add_root, choose_root
from facevid_gui.core.errors import FacevidError, SurroundingsError, UsageError
from facevid_gui.core.secret import Secret
from facevid_gui.program import window_command
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import CONTRACTS, NoKeyring, Office
from tests.support.places import make_house
from tests.support.qt import pump_until
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


class Beginner:
    """An office with the desks of the first start."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.keys = KeyDesk(office.house, office.controller)
        self.roots = RootDesk(office.house, office.controller)
        self.guide = GuideDesk(office.house, office.controller, office.desk, self.keys)
        self.said: list[tuple[str, Any]] = []
        self.keys.done.connect(lambda done: self.said.append(("done", done.message)))
        self.keys.refused.connect(lambda error: self.said.append(("refused", error.code)))
        self.keys.stopped.connect(lambda: self.said.append(("stopped", None)))
        self.guide.look()
        self.settle()

    def settle(self) -> None:
        pump_until(lambda: self.office.jobs.is_idle)

    def states(self) -> dict[str, str]:
        return {step: self.guide.state_of(step) for step in STEPS}


@pytest.fixture
def beginner(office: Office) -> Beginner:
    return Beginner(office)


@pytest.fixture
def newcomer(home: Path, application: object) -> Iterator[Beginner]:
    """A home where nothing is, on a computer without a keyring."""
    house = make_house(home)
    house.__dict__["secret_store"] = NoKeyring()
    office = Office(house)
    office.start()
    yield Beginner(office)
    assert office.close()


def test_what_there_is_already_is_done(beginner: Beginner) -> None:
    states = beginner.states()
    assert (states["service"], states["keys"], states["place"]) == (DONE, DONE, DONE)
    assert (states["connection"], states["key"], states["sheet"]) == (TODO, TODO, TODO)
    assert beginner.guide.next_to_do() == "connection"


def test_a_connection_is_done_while_its_last_test_was_good(beginner: Beginner, simulator: Simulator) -> None:
    profile = beginner.office.session.profile
    assert profile is not None
    assert profile.name == CONTRACTS
    beginner.office.desk.probe(profile)
    beginner.settle()
    assert beginner.states()["connection"] == DONE
    assert beginner.guide.kind == "ess"
    beginner.guide.choose_service("kyc")
    assert beginner.states()["connection"] == TODO, "that one was not tested"
    beginner.guide.choose_service("ess")
    simulator.stop()
    beginner.office.desk.probe(profile)
    beginner.settle()
    assert beginner.states()["connection"] == TODO
    assert beginner.office.said[-1][0] == "probed"
    assert not beginner.office.said[-1][1].ok


def test_keys_that_were_changed_are_tested_anew(beginner: Beginner) -> None:
    beginner.office.desk.working.add(CONTRACTS)
    profile = beginner.office.session.profile
    assert profile is not None
    options: dict[str, str | bool | None] = {"user_id": profile.user_id, "endpoint": profile.endpoint}
    beginner.office.desk.keep(CONTRACTS, "ess", options, {}, replace_it=True)
    beginner.settle()
    assert beginner.states()["connection"] == TODO


def test_what_was_skipped_is_kept_and_doing_it_wins(newcomer: Beginner) -> None:
    for step in STEPS:
        newcomer.guide.skip(step)
    newcomer.settle()
    assert set(newcomer.states().values()) == {SKIPPED, DONE}
    assert newcomer.guide.next_to_do() == ""
    assert set(make_house(newcomer.office.house.paths.config.parent).settings.guide_skipped) == set(STEPS)
    newcomer.keys.make(Secret("a long passphrase"))
    newcomer.settle()
    assert newcomer.states()["key"] == DONE


def test_steps_named_by_another_version_do_no_harm(newcomer: Beginner) -> None:
    newcomer.office.house.settings_file.change({"guide_skipped": ("service", "no such step")})
    newcomer.guide.look()
    newcomer.settle()
    assert newcomer.states()["service"] == SKIPPED


def test_damaged_settings_stop_nobody(newcomer: Beginner) -> None:
    house = make_house(newcomer.office.house.paths.config.parent)
    (house.paths.config / "settings.json").write_bytes(b"{")
    newcomer.office.house.__dict__.pop("settings_file")
    newcomer.guide.look()
    newcomer.guide.skip("sheet")
    newcomer.keys.make(Secret("a long passphrase"))
    newcomer.settle()
    states = newcomer.states()
    assert (states["sheet"], states["key"]) == (SKIPPED, DONE)
    assert (house.paths.config / "settings.json").read_bytes() == b"{"


def test_without_a_keyring_a_key_needs_a_passphrase(newcomer: Beginner) -> None:
    assert newcomer.keys.state.protection == "new_passphrase"
    newcomer.keys.make(None)
    newcomer.settle()
    assert newcomer.said == [("refused", "no_signing_key")]
    assert not newcomer.keys.is_busy
    newcomer.keys.make(Secret("a long passphrase"))
    newcomer.settle()
    assert newcomer.said[-1] == ("done", "key.window.made")
    assert newcomer.office.session.key_protection == "passphrase"


def test_one_thing_at_a_time(newcomer: Beginner) -> None:
    newcomer.keys.make(Secret("a long passphrase"))
    newcomer.keys.make(Secret("another passphrase"))
    newcomer.settle()
    assert newcomer.said == [("done", "key.window.made")]
    newcomer.office.house.keys.open(Secret("a long passphrase"))


def test_a_sheet_without_a_key_and_over_a_file_is_refused(beginner: Beginner, tmp_path: Path) -> None:
    beginner.keys.write_sheet(tmp_path / "sheet.pdf")
    beginner.settle()
    beginner.keys.make(None)
    beginner.settle()
    (tmp_path / "sheet.pdf").write_text("mine")
    beginner.keys.write_sheet(tmp_path / "sheet.pdf")
    beginner.settle()
    assert beginner.said == [("refused", "no_key_yet"), ("done", "key.window.made"), ("refused", "file_exists")]
    assert (tmp_path / "sheet.pdf").read_text() == "mine"
    assert beginner.states()["sheet"] == TODO
    beginner.keys.write_sheet(tmp_path / "other.pdf")
    beginner.settle()
    assert beginner.states()["sheet"] == DONE
    beginner.keys.rotate(None)
    beginner.settle()
    assert beginner.states()["sheet"] == TODO, "another key, another sheet"


def test_printing_can_be_stopped(beginner: Beginner, monkeypatch: pytest.MonkeyPatch) -> None:
    from facevid_gui.bridge import printing

    monkeypatch.setattr(printing, "print_pdf", lambda _pdf, _printer, token, _tell: token.wait(20.0))
    beginner.keys.make(None)
    beginner.settle()
    beginner.keys.print_sheet(object())
    pump_until(lambda: beginner.keys.is_busy)
    beginner.keys.stop()
    beginner.settle()
    assert beginner.said[-1] == ("stopped", None)
    assert beginner.states()["sheet"] == TODO


def test_the_first_place_that_is_listed_is_that_of_new_evidence(tmp_path: Path, home: Path) -> None:
    house = make_house(home)
    house.paths = replace(house.paths, default_evidence_root=None)  # as where no FACEVID_HOME is set
    add_root(house, tmp_path / "first")
    add_root(house, tmp_path / "second")
    assert house.evidence_roots() == (tmp_path / "first", tmp_path / "second")
    assert house.evidence_root(None) == tmp_path / "first"


def test_the_place_of_a_portable_home_is_new_until_something_is_saved_there(beginner: Beginner) -> None:
    seen: list[Any] = []
    beginner.roots.looked.connect(seen.append)
    beginner.roots.look()
    beginner.settle()
    assert [state.state for state in seen[-1]] == ["new"]
    beginner.office.house.evidence_root(None).mkdir()
    beginner.roots.look()
    beginner.settle()
    assert [state.state for state in seen[-1]] == ["reachable"]


def test_a_place_is_made_proved_and_first(beginner: Beginner, tmp_path: Path) -> None:
    root = tmp_path / "court" / "evidence"
    beginner.roots.choose(root)
    beginner.settle()
    assert root.is_dir()
    assert list(root.iterdir()) == [], "nothing is left of the proof"
    assert beginner.office.session.evidence_roots[0] == root
    assert make_house(beginner.office.house.paths.config.parent).evidence_root(None) == root


def test_a_read_only_place_is_refused_and_nothing_chosen() -> None:
    with unprivileged_folder() as folder:
        house = make_house(folder / "home")
        place = folder / "read only"
        place.mkdir()

        def attempt() -> str:
            place.chmod(0o500)
            try:
                choose_root(house, place)
            except FacevidError as error:
                return f"{error.code} {house.settings.evidence_root!r}"
            return "chosen"

        (folder / "home").mkdir(mode=0o777, exist_ok=True)
        os.chmod(folder / "home", 0o777)
        os.chmod(place, 0o777)
        os.chown(place, 65534, 65534) if os.geteuid() == 0 else None
        os.chown(folder / "home", 65534, 65534) if os.geteuid() == 0 else None
        assert as_unprivileged(attempt) == "permission_denied ''"


def test_a_place_that_the_environment_names_is_not_chosen_away(home: Path, tmp_path: Path) -> None:
    house = make_house(home, FACEVID_EVIDENCE_ROOT=str(tmp_path / "named"))
    with pytest.raises(UsageError) as caught:
        choose_root(house, tmp_path / "other")
    assert caught.value.code == "root_from_environment"
    assert caught.value.params["path"] == str(tmp_path / "named")


# --- the demo -------------------------------------------------------------------------------------------


def test_the_command_is_the_programs_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert window_command() == [sys.executable, "-P", "-m", "facevid_gui.app"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "facevid.exe"))
    assert window_command() == [str(tmp_path / "facevid-gui.exe")]


def test_the_demo_is_told_nothing_of_this_home(
    beginner: Beginner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told.txt"
    script = tmp_path / "program.py"
    script.write_text(
        "import os, sys, pathlib\n"
        f"path = pathlib.Path({str(told)!r})\n"
        "lines = [' '.join(sys.argv[1:]), *sorted(f'{k}={v}' for k, v in os.environ.items() if 'FACEVID' in k + v)]\n"
        "path.with_suffix('.part').write_text('\\n'.join(lines)); path.with_suffix('.part').replace(path)\n"
    )
    monkeypatch.setenv("FACEVID_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("FACEVID_PROFILE", "mine")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "FACEVID secret")
    monkeypatch.setenv("https_proxy", "http://FACEVID:secret@proxy.example:1")
    monkeypatch.setattr(demo_start, "window_command", lambda: [sys.executable, str(script)])
    started: list[bool] = []
    beginner.guide.demo_started.connect(lambda: started.append(True))
    beginner.guide.start_demo()
    pump_until(lambda: started and told.exists())
    language = beginner.office.house.messages.language
    assert told.read_text().splitlines() == ["demo", f"FACEVID_LANG={language}"]


def test_a_demo_that_cannot_be_started_is_told(beginner: Beginner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_start, "window_command", lambda: ["/no/such/program"])
    refused: list[SurroundingsError] = []
    beginner.guide.demo_refused.connect(refused.append)
    beginner.guide.start_demo()
    pump_until(lambda: refused)
    assert (refused[0].code, refused[0].params) == ("demo_not_started", {"program": "/no/such/program"})


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes as Linux shows them")
def test_the_real_demo_runs_beside_on_a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    demo_start.start_demo("en")
    try:
        pump_until(lambda: list(tmp_path.glob("facevid-demo-*/state/running.json")), 60.0)
        assert len(demos(tmp_path)) == 1
    finally:
        for pid in demos(tmp_path):
            os.kill(pid, signal.SIGTERM)
    pump_until(lambda: not demos(tmp_path), 30.0)
    assert not list(tmp_path.glob("facevid-demo-*")), "its home is thrown away"


def demos(folder: Path) -> list[int]:
    """The demos that keep their throw-away home in this folder, their children left out."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            surroundings = (process / "environ").read_bytes().split(b"\0")
            if words[-2:-1] == [b"demo"] and f"TMPDIR={folder}".encode() in surroundings:
                found.append(int(process.name))
    return found
