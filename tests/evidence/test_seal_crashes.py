"""Sealing and its recovery, with the power cut before every single change of the disk.

Each case is one process that dies (`os._exit`, no clean-up) and a fresh start on the same home. Whatever the
moment: afterwards there is the untouched capture, or the verified folder with its register line; never
neither, never anything that looks sealed and is not. Run as a user who may not write everywhere.
"""

import os
import shutil
from pathlib import Path

import pytest

from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.seal import Sealer
from facevid_gui.house import House
from tests.support.evidence_crash import crash_before
from tests.support.evidence_places import Place, Template, files_of, unlock_folders
from tests.support.places import make_house
from tests.support.unprivileged import NOBODY, as_unprivileged, unprivileged_folder

SEALED, UNDONE = "sealed", "undone"

STRIDE = 1 if "FACEVID_KILL_MOMENTS" in os.environ else 2  # every second change; every one where all moments are wanted


def hand_over(folder: Path) -> None:
    """Give everything below a folder to the unprivileged user."""
    if os.geteuid() == 0:
        for base, _, names in os.walk(folder):
            for name in ["", *names]:
                os.lchown(os.path.join(base, name), NOBODY, NOBODY)


def fresh_house(place: Place) -> House:
    """The program started again on the same home."""
    house = make_house(place.home)
    house.__dict__["secret_store"] = place.template.store
    return house


def state_after(place: Place, original: dict[str, bytes]) -> str:
    """Start again; check everything the design promises; say which of the two states it is."""
    house = fresh_house(place)
    finished = house.sealer.recover()
    house.captures.recover()
    assert [path.name for path in house.paths.queue.glob("*.json")] == []
    entries = house.captures.entries()
    folders = list(place.root.iterdir())
    if not folders:
        assert finished == ()
        [entry] = entries
        assert entry.state == "complete"
        assert files_of(entry.path) == original
        return UNDONE
    [folder] = folders
    assert entries == ()
    assert folder.name.startswith("fv-"), "nothing half built is left"
    assert place.verify(folder).verdict is Verdict.VERIFIED_UNSTAMPED
    return SEALED


def crash_everywhere(place: Place, root: Path | None = None) -> list[str]:
    """Seal with a crash before change 1, 2, 3…; return the states found afterwards."""
    original = files_of(place.template.captures["order"])
    pristine, states = place.home.with_name("pristine"), []
    place.capture("order")
    shutil.copytree(place.home, pristine)
    step = 1
    while True:
        entry = place.house.captures.entries()[0]
        crashed = crash_before(step, lambda entry=entry: place.seal(entry, root))
        states.append(state_after(place, original))
        if states[-1] == UNDONE:  # what was undone can be sealed again, by an ordinary user
            again = fresh_house(place)
            place.house = again
            sealed = place.seal(again.captures.entries()[0], root)
            assert place.verify(sealed.folder).verified
        if not crashed:
            return states
        unlock_folders(place.home)
        shutil.rmtree(place.home)
        shutil.copytree(pristine, place.home)
        place.house = fresh_house(place)
        step += STRIDE


def test_a_crash_before_any_change_leaves_the_capture_or_the_sealed_folder(template: Template) -> None:
    with unprivileged_folder() as folder:
        place = Place(template, folder / "home")
        place.capture("order")
        shutil.rmtree(place.house.captures.root)
        place.house.captures.root.mkdir(mode=0o700)
        copy = folder / "captures"
        shutil.copytree(template.captures["order"].parent, copy)
        place.template = Template(
            template.home, template.store, template.authority, {"order": copy / template.captures["order"].name}
        )
        hand_over(folder)
        states = as_unprivileged(lambda: crash_everywhere(place))
    assert isinstance(states, list)
    first_sealed = states.index(SEALED)
    assert set(states[:first_sealed]) == {UNDONE}
    assert set(states[first_sealed:]) == {SEALED}, "from the register line on, every start finishes"
    assert first_sealed * STRIDE > 50, "journal, links, files, flushes"
    assert (len(states) - first_sealed) * STRIDE > 10, "rename, removal of the capture, journal"


def stop_before(place: Place, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Seal until just before a step of the sealer, then die."""

    class PowerCut(BaseException):
        pass

    def die(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(Sealer, method, die)
        with pytest.raises(PowerCut):
            place.seal(place.house.captures.entries()[0])


def test_while_the_evidence_medium_is_away_nothing_is_decided(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = place.capture("order")
    stop_before(place, monkeypatch, "_publish")
    place.root.rename(place.home / "unplugged")
    assert place.house.sealer.recover() == ()
    assert entry.path.is_dir()
    assert len(list(place.house.paths.queue.glob("seal-*.json"))) == 1
    (place.home / "unplugged").rename(place.root)
    [finished] = place.house.sealer.recover()
    assert place.verify(finished).verified
    assert not entry.path.exists()


def test_a_folder_that_lost_its_register_line_is_undone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the line nobody knows that everything was flushed: the capture is kept, the half folder is not."""
    entry = place.capture("order")
    stop_before(place, monkeypatch, "_publish")
    place.house.paths.register.unlink()
    assert place.house.sealer.recover() == ()
    assert list(place.root.iterdir()) == []
    assert files_of(entry.path) == files_of(place.template.captures["order"])


def test_a_stranger_s_folder_of_that_name_never_costs_the_capture(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = place.capture("order")
    stop_before(place, monkeypatch, "_publish")
    [partial] = place.root.iterdir()
    (place.root / partial.name.removeprefix(".partial-")).mkdir()
    (place.root / partial.name.removeprefix(".partial-") / "x").write_bytes(b"x")
    assert place.house.sealer.recover() == ()
    assert entry.path.is_dir()
    assert len(list(place.house.paths.queue.glob("seal-*.json"))) == 1, "it is tried again, and never in silence lost"


def test_a_tag_manifest_too_large_to_be_ours_is_no_seal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = place.capture("order")
    stop_before(place, monkeypatch, "_publish")
    [partial] = place.root.iterdir()
    manifest = partial / "tagmanifest-sha256.txt"
    manifest.chmod(0o600)
    manifest.write_bytes(b"x" * (1024 * 1024 + 1))
    assert place.house.sealer.recover() == ()
    assert list(place.root.iterdir()) == []
    assert entry.path.is_dir()


def test_an_interruption_after_the_register_line_is_finished_at_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C just after the line was written: it must not stay a line without a folder."""
    entry = place.capture("order")
    add = place.house.register.add

    def add_then_stop(*args: object, **members: object) -> str:
        add(*args, **members)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(place.house.register, "add", add_then_stop)
    with pytest.raises(KeyboardInterrupt):
        place.seal(entry)
    [finished] = place.house.sealer.recover()
    assert place.verify(finished).verified
    assert not entry.path.exists()


def test_an_interruption_before_the_register_line_is_undone_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = place.capture("order")

    def stop(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(place.house.register, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        place.seal(entry)
    assert list(place.root.iterdir()) == []
    assert list(place.house.paths.queue.iterdir()) == []
    assert files_of(entry.path) == files_of(place.template.captures["order"])


def test_a_seal_that_was_finished_but_for_the_journal_is_finished(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.capture("order")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place.house.journal, "done", die)
        with pytest.raises(KeyboardInterrupt):
            place.seal(place.house.captures.entries()[0])
    assert place.house.captures.entries() == ()
    [finished] = place.house.sealer.recover()
    assert place.verify(finished).verified
    assert list(place.house.paths.queue.iterdir()) == []


def test_one_seal_that_cannot_be_finished_does_not_stop_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.capture("order")
    stop_before(place, monkeypatch, "_publish")
    name = next(place.house.paths.queue.glob("seal-*.json")).name
    (place.house.paths.queue / f"seal-{'0' * 32}.json").write_text('{"target": "/proc/nowhere/fv-x"}')
    (place.house.paths.queue / f"seal-{'1' * 32}.json").write_text("not json")
    (place.house.paths.queue / f"seal-{'2' * 32}.json").write_text('{"target": "' + str(place.root / "x\\u0000") + '"}')
    assert len(place.house.sealer.recover()) == 1
    assert not (place.house.paths.queue / name).exists()
