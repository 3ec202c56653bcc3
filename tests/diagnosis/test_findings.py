"""The diagnosis: every lack is found, told apart from its neighbours, and has a cure on every system."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.credentials.secret_store import STATES, SessionStore
from facevid_gui.diagnosis import checking, installation, places, surroundings, video, words
from facevid_gui.diagnosis.finding import Finding, Question, Running
from facevid_gui.house import House
from facevid_gui.media import walls
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.places import look_up_order, make_house
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

SYSTEMS = ("linux", "win32", "darwin")
Check = Callable[[Question], Iterator[Finding]]


class Keyring(SessionStore):
    """A keyring in one of the states."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self._state = state

    def state(self) -> str:
        return self._state


def ask(check: Check, house: House, running: Running | None = None) -> dict[str, Finding]:
    """What a check finds, by name; of several of one name the last."""
    return {finding.name: finding for finding in check(Question(house, CancelToken(), running))}


def one(check: Check, house: House, name: str, running: Running | None = None) -> Finding:
    return ask(check, house, running)[name]


def said(finding: Finding, system: str = "linux") -> str:
    """Value and cure in both languages, to look for words in; each language says something of its own."""
    texts = []
    for language in LANGUAGES:
        messages = Messages(language)
        value, cure = words.value_of(finding, messages), words.cure_of(finding, messages, system)
        assert "?" not in value + cure, f"{finding}: a value is missing"
        assert not value.startswith("doctor."), finding
        assert not cure.startswith(("doctor.", "error.")), finding
        texts.append(f"{value} {cure}")
    return "\n".join(texts)


def test_the_states_of_a_keyring_have_a_sentence_and_a_cure_each(house: House) -> None:
    found = []
    for state in STATES:
        house.__dict__["secret_store"] = Keyring(state)
        finding = one(surroundings.keyring, house, "keyring")
        assert finding.state == ("ok" if state == "ready" else "warn")
        found.append([said(finding, system) for system in SYSTEMS])
    assert len({texts[0] for texts in found}) == len(STATES)
    assert "gnome-keyring" in found[-1][0]
    assert "gnome-keyring" not in found[-1][1] + found[-1][2]
    assert "Keychain" in found[-1][2]


def test_the_decoder_really_decodes(house: House) -> None:
    assert one(video.decoder, house, "decoder") == Finding("decoder", "ok", "H.264, 480x640")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a filter of system calls is of Linux")
def test_what_shuts_the_decoder_in_is_told(house: House) -> None:
    assert one(video.decoder, house, "walls") == Finding("walls", "ok", "filtered")


@pytest.mark.parametrize("word", walls.WORDS)
def test_each_word_of_the_walls_has_a_sentence(house: House, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    code = (
        "from facevid_gui.media import frames_child as child\n"
        f"child.raise_walls = lambda memory_bytes: {word!r}\nchild.main()"
    )
    monkeypatch.setattr("facevid_gui.media.frames.child_command", lambda: [sys.executable, "-P", "-c", code])
    finding = one(video.decoder, house, "walls")
    assert finding.state == ("warn" if word in (walls.NO_LIBRARY, walls.REFUSED) else "ok")
    spoken = [said(finding, system) for system in SYSTEMS]
    assert ("Debian/Ubuntu: libseccomp2" in spoken[0]) is (word == walls.NO_LIBRARY)


def test_a_decoder_that_cannot_start_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facevid_gui.media.frames.child_command", lambda: [sys.executable, "-c", "raise SystemExit(1)"])
    finding = one(video.decoder, house, "decoder")
    assert (finding.state, finding.value) == ("warn", "none")
    assert "not shown" in said(finding)


@pytest.mark.parametrize(
    ("answer", "player", "sound"),
    [
        ({"player": "ready", "detail": "H.264, 8x8", "sound": True}, ("ok", "H.264, 8x8"), "ok"),
        ({"player": "ready", "detail": "H.264, 8x8", "sound": False}, ("ok", "H.264, 8x8"), "warn"),
        ({"player": "no_picture", "detail": "bad codec", "sound": True}, ("warn", "no_picture"), "ok"),
        ({"player": "none", "detail": "libpulse.so.0"}, ("warn", "none"), None),
        ("nonsense", ("warn", "silent"), None),
        ([], ("warn", "silent"), None),
    ],
)
def test_what_the_probe_of_the_player_tells(
    house: House, monkeypatch: pytest.MonkeyPatch, answer: Any, player: tuple[str, str], sound: str | None
) -> None:
    pytest.importorskip("PySide6")
    line = answer if isinstance(answer, str) else json.dumps(answer)
    monkeypatch.setattr(video, "probe_command", lambda: [sys.executable, "-c", f"print({line!r})"])
    found = ask(video.player, house)
    assert (found["player"].state, found["player"].value) == player
    assert (found["sound"].state if "sound" in found else None) == sound
    for finding in found.values():
        assert [said(finding, system) for system in SYSTEMS]
    if player[1] == "none":
        assert "libpulse0" in said(found["player"])
        assert "Media Feature Pack" in said(found["player"], "win32")


def test_a_probe_that_hangs_or_crashes_is_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "PATIENCE_S", 0.5)
    for code in ("import time; time.sleep(60)", "import os; os.abort()"):
        monkeypatch.setattr(video, "probe_command", lambda code=code: [sys.executable, "-c", code])
        assert video.probe() == {}
    monkeypatch.setattr(video, "probe_command", lambda: ["/nowhere/facevid-gui"])
    assert video.probe() == {}


def test_the_probe_gets_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "examplekey")
    monkeypatch.setenv("FACEVID_HOME", "/elsewhere")
    monkeypatch.setenv("https_proxy", "http://u:S3cret@proxy:1")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    monkeypatch.setattr(video, "probe_command", lambda: [sys.executable, "-c", code])
    seen = video.probe()
    assert seen["QT_QPA_PLATFORM"] == "offscreen"
    assert not [name for name in seen if name.startswith(("TENCENTCLOUD_", "FACEVID_"))]
    assert "S3cret" not in str(seen)


def test_the_real_probe_plays_a_clip_that_nobody_sees() -> None:
    pytest.importorskip("PySide6.QtMultimedia")
    seen = video.probe()
    assert (seen["player"], seen["detail"]) == ("ready", "H.264, 480x640")
    assert isinstance(seen["sound"], bool)


def test_a_running_window_says_what_it_has_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6")
    monkeypatch.setattr(video, "probe", lambda: {"player": "ready", "detail": "H.264", "sound": True})
    without = Running(has_player=False, has_sound=False, has_chinese_font=False)
    assert one(video.player, house, "player", without).value == "none"
    silent = Running(has_player=True, has_sound=False, has_chinese_font=True)
    assert one(video.player, house, "sound", silent).state == "warn"
    assert one(installation.chinese_font, house, "chinese_font", silent).state == "ok"
    finding = one(installation.chinese_font, house, "chinese_font", without)
    assert finding.state == "warn"
    assert "fonts-noto-cjk" in said(finding)
    assert "Optional features" in said(finding, "win32")


@pytest.mark.parametrize(
    ("listed", "matched", "named"),
    [
        (["Noto Sans CJK HK", "Noto Sans CJK SC,Noto Sans CJK SC Regular"], ["Noto Sans CJK SC"], "Noto Sans CJK SC"),
        (["AR PL UMing CN"], ["DejaVu Sans"], "AR PL UMing CN"), (["AR PL UMing CN"], None, "AR PL UMing CN"),
        ([""], ["DejaVu Sans"], "none"),
    ],
)  # fmt: skip
def test_the_font_that_is_drawn_with_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch, listed: list[str], matched: list[str] | None, named: str
) -> None:
    said = {"fc-list": listed, "fc-match": matched}
    monkeypatch.setattr(installation, "_asked", lambda tool, *_: said[tool])
    monkeypatch.setattr(sys, "platform", "linux")
    assert one(installation.chinese_font, house, "chinese_font").value == named


def test_a_library_that_is_gone_is_needed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "LIBRARIES", ("requests", "no-such-library"))
    finding = one(installation.versions, house, "libraries")
    assert (finding.state, finding.value) == ("missing", "no-such-library")


# --- folders -----------------------------------------------------------------------------------------------


def test_folders_that_are_as_they_should_be(house: House) -> None:
    house.paths  # noqa: B018 - made
    found = (
        ask(places.own_folders, house)
        | ask(places.room, house)
        | ask(places.privacy, house)
        | ask(places.own_files, house)
    )
    assert {finding.state for finding in found.values()} == {"ok"}
    assert {"folder_config", "folder_data", "folder_cache", "disk", "modes", "file_settings"} <= set(found)
    assert not list(house.paths.data.rglob(".doctor*")), "nothing is left behind"


def test_folders_that_cannot_be_written_to_are_told_by_an_unprivileged_user() -> None:
    with unprivileged_folder() as folder:
        home = folder / "home"
        as_unprivileged(lambda: make_house(home).paths and None)
        os.chmod(home / "cache", 0o500)
        found = as_unprivileged(lambda: ask(places.own_folders, make_house(home)))
    assert isinstance(found, dict)
    assert found["folder_data"].state == "ok"
    finding = found["folder_cache"]
    assert (finding.state, finding.cure) == ("missing", "doctor.cure.folder_permission_denied")
    assert "chmod" in said(finding)
    assert "Properties" in said(finding, "win32")


@pytest.mark.parametrize(
    ("number", "words_of"), [(errno.ENOSPC, "Make room"), (errno.EROFS, "read-only"), (errno.EIO, "connected")]
)
def test_a_full_a_read_only_and_a_broken_disk_have_different_cures(
    house: House, monkeypatch: pytest.MonkeyPatch, number: int, words_of: str
) -> None:
    def fail(path: Path, _data: bytes) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(places, "replace_file", fail)
    finding = one(places.own_folders, house, "folder_data")
    assert finding.state == "missing"
    assert words_of in said(finding)


def test_a_home_that_is_no_folder_is_a_finding_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = list(checking.findings(Question(make_house(tmp_path / "file" / "home"), CancelToken(), NOTHING)))
    assert {finding.state for finding in found if finding.name.startswith("folder_")} == {"missing"}
    for finding in found:
        assert said(finding)


NOTHING = Running(has_player=False, has_sound=False, has_chinese_font=True)


def test_little_room_is_warned_of(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MIN_FREE_BYTES", 2**62)
    assert one(places.room, house, "disk").state == "warn"


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing there")
def test_folders_open_to_others_are_named_with_the_command_that_closes_them(tmp_path: Path) -> None:
    house = make_house(tmp_path / "my home")
    house.paths.config.chmod(0o755)
    finding = one(places.privacy, house, "modes")
    assert finding.state == "warn"
    assert f"chmod 700 '{house.paths.config}'" in said(finding)
    house.paths.config.chmod(0o700)
    assert one(places.privacy, house, "modes").state == "ok"


@pytest.mark.parametrize("name", ["settings", "profiles", "home"])
@pytest.mark.parametrize("content", [b"{ not json", b"[]", b"\xff\xfe"])
def test_a_damaged_file_of_ours_is_told_and_left_alone(house: House, name: str, content: bytes) -> None:
    file = house.paths.config / f"{name}.json"
    file.write_bytes(content)
    finding = one(places.own_files, house, f"file_{name}")
    assert finding.state == "missing"
    assert str(file) in said(finding)
    assert file.read_bytes() == content


# --- evidence ----------------------------------------------------------------------------------------------


def test_evidence_places_that_lack_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(root: Path) -> Finding:
        return one(places.evidence, make_house(tmp_path / "home", FACEVID_EVIDENCE_ROOT=str(root)), "evidence")

    assert one(places.evidence, make_house(tmp_path / "home"), "evidence").value == "unborn"
    assert look(tmp_path / "gone").value == "away"
    here, synced = tmp_path / "evidence", tmp_path / "OneDrive - Corp" / "evidence"
    for folder in (here, synced):
        folder.mkdir(parents=True)
    assert look(here).state == "ok"
    assert look(synced).value == "synced"
    (tmp_path / "file").write_text("no folder")
    assert look(tmp_path / "file").value == "away"
    monkeypatch.setattr(places, "_is_read_only", lambda _path: True)
    assert look(here).value == "read_only"
    monkeypatch.setattr(places, "_is_read_only", lambda _path: False)
    monkeypatch.setattr(places, "MIN_FREE_BYTES", 2**62)
    assert look(here).value == "full"
    for root in (tmp_path / "gone", here, synced, tmp_path / "file"):
        assert str(root) in said(look(root))


def test_evidence_that_may_not_be_written_or_entered_is_told_by_an_unprivileged_user() -> None:
    with unprivileged_folder() as folder:
        root = folder / "evidence"
        root.mkdir()
        seen = []
        for mode in (0o555, 0o000, 0o777):
            root.chmod(mode)
            house = make_house(folder / "home", FACEVID_EVIDENCE_ROOT=str(root))
            seen.append(as_unprivileged(lambda house=house: one(places.evidence, house, "evidence").value))
    assert seen == ["read_only", "unreadable", "fine"]


def test_only_the_first_place_must_take_new_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house(tmp_path / "home")
    roots = [tmp_path / "new", tmp_path / "old"]
    for root in roots:
        root.mkdir()
        house.choose_evidence_root(root)
    monkeypatch.setattr(places, "_is_read_only", lambda path: path == tmp_path / "new")
    found = list(places.evidence(Question(house, CancelToken())))
    assert [finding.value for finding in found][:2] == ["fine", "fine"]


# --- clock, network, key -----------------------------------------------------------------------------------


def at(home: Path, moment: datetime) -> House:
    return make_house(home, StillClock(moment))


def test_a_clock_before_the_program_was_made_is_wrong(home: Path) -> None:
    finding = one(surroundings.clock, at(home, datetime(2020, 1, 1, tzinfo=UTC)), "clock")
    assert (finding.state, finding.value) == ("missing", "before_program")
    assert "2020-01-01T00:00:00Z" in said(finding)
    assert "timedatectl" in said(finding)
    assert "Sync now" in said(finding, "win32")


def test_a_clock_before_the_newest_line_of_the_register_is_wrong(home: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    at(home, later).register.add("access")
    assert one(surroundings.clock, at(home, later + timedelta(seconds=1)), "clock").state == "ok"
    finding = one(surroundings.clock, at(home, later - timedelta(minutes=3)), "clock")
    assert (finding.state, finding.value) == ("missing", "before_register")
    assert to_rfc3339(later) in said(finding)


@pytest.mark.parametrize(("minutes", "value"), [(10, "ahead"), (-10, "behind"), (0, None)])
def test_a_clock_that_differs_from_the_services_is_told(
    home: Path, simulator: Simulator, minutes: int, value: str | None
) -> None:
    house = at(home, datetime.now(UTC) + timedelta(minutes=minutes))
    look_up_order(house, simulator, "simOrder0001")
    finding = one(surroundings.clock, house, "clock")
    if value is None:
        assert finding.state == "ok"
        return
    assert (finding.state, finding.value) == ("warn", value)
    assert dict(finding.values)["seconds"] in {f"{-60 * minutes + late:+d}" for late in range(-3, 4)}
    house.clock.move(days=3)  # type: ignore[attr-defined]
    assert one(surroundings.clock, house, "clock").state == "ok", "what was measured days ago says nothing today"


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://lisi:S3cret@proxy.corp:3128", "HTTPS_PROXY: proxy.corp:3128"),
        ("proxy.corp:8080", "HTTPS_PROXY: proxy.corp:8080"),
        ("http://lisi:S3cret@proxy.corp:99999", "HTTPS_PROXY: ?"),
    ],
)
def test_a_proxy_is_told_without_whom_it_knows(home: Path, proxy: str, shown: str) -> None:
    finding = one(surroundings.network, make_house(home, HTTPS_PROXY=proxy), "proxy")
    assert finding.value == shown
    assert "S3cret" not in repr(finding)
    assert "lisi" not in repr(finding)
    for language in LANGUAGES:
        assert words.cure_of(finding, Messages(language))


def test_without_a_proxy_there_is_none_and_a_lost_bundle_is_told(home: Path) -> None:
    assert one(surroundings.network, make_house(home), "proxy").value == "none"
    found = ask(surroundings.network, make_house(home, REQUESTS_CA_BUNDLE=str(home / "gone.pem")))
    assert found["authorities"].state == "warn"


# --- all of it ---------------------------------------------------------------------------------------------


def test_what_stands_in_the_way_of_one_check_does_not_stop_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_question: Question) -> Iterator[Finding]:
        raise SurroundingsError("read_only", path="/x")
        yield

    monkeypatch.setattr(checking, "CHECKS", (("key", refuse), ("retention", refuse), ("proxy", surroundings.network)))
    found = list(checking.findings(Question(house, CancelToken())))
    assert [(finding.name, finding.state) for finding in found] == [
        ("key", "missing"), ("retention", "warn"), ("proxy", "ok"),
    ]  # fmt: skip
    assert "/x" in said(found[0])


def test_it_stops_when_it_is_asked_to(house: House) -> None:
    token = CancelToken()
    asked = checking.findings(Question(house, token))
    next(asked)
    token.cancel()
    with pytest.raises(CancelledError):
        list(asked)


def test_the_text_to_copy_holds_no_secret_and_no_name_of_the_home(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facevid_gui.core.secret import Secret
    from facevid_gui.logs import REDACTOR

    monkeypatch.setattr(Path, "home", lambda: Path("/daten/zhangsan"))
    REDACTOR.register(Secret("a-very-secret-key"))
    found = [
        Finding("folder_data", "missing", "/daten/zhangsan/x: a-very-secret-key", "doctor.cure.folder_read_only",
                (("path", "/daten/zhangsan/x"),)),
        Finding("keyring", "ok", "ready"),
    ]  # fmt: skip
    for language, state in (("en", "needed, not in order"), ("zh_CN", "必需项有问题")):
        text = words.text_of(found, Messages(language))
        assert "zhangsan" not in text
        assert "a-very-secret-key" not in text
        assert f"✗ {state}" in text
        assert "~/x" in text
        assert text.count("\n") == 3
