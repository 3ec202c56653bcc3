"""A copy of what came in a package: the same bytes, under the same name, or nothing at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import keeping_copy
from facevid_gui.files import remove_tree
from tests.evidence.test_export import access_lines, pack, register_lines, sidecar
from tests.evidence.test_visiting import visit
from tests.support.evidence_crash import crash_before
from tests.support.evidence_places import Place, files_of, unlock
from tests.support.evidence_tampering import flip, video


def keep(place: Place, folder: Path, root: Path, token: CancelToken | None = None, **more: Any) -> Path:
    return place.house.copy_keeper.keep(
        folder, root, place.trust(**more), [place.root], token or CancelToken(), lambda *_: None, package_sha256="ab"
    )


def strange(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


@pytest.fixture
def came(place: Place, tmp_path: Path) -> Iterator[Path]:
    """What was unpacked of a package that somebody else made."""
    original = place.folder("kyc", tmp_path / "elsewhere" / place.template.folders["kyc"].name)
    sidecar(original)
    package = pack(place, original, tmp_path / "court.zip").package
    yield visit(place, package).folder
    place.house.visits.close_all()


def test_the_copy_is_byte_for_byte_what_came_and_is_logged(place: Place, came: Path) -> None:
    lines = len(register_lines(place))
    kept = keep(place, came, place.root)
    assert kept == place.root / came.name
    assert files_of(kept) == files_of(came)
    assert files_of(kept.with_name(f"{kept.name}.work")) == files_of(came.with_name(f"{came.name}.work"))
    assert place.verify(kept).verified
    assert (kept / "data/capture.json").stat().st_mode & 0o777 == 0o444
    assert (kept / "custody").stat().st_mode & 0o200, "events can be added"
    assert strange(place.root) == [kept.name, f"{kept.name}.work"]
    assert len(register_lines(place)) == lines, "nothing was sealed here"
    assert access_lines(place)[-1]["event"] == "kept"
    assert access_lines(place)[-1]["detail"] == {"package_sha256": "ab"}


def test_the_same_evidence_is_not_kept_twice_and_nothing_is_overwritten(place: Place, came: Path) -> None:
    kept = keep(place, came, place.root)
    for root in (place.root, place.home / "another"):
        with pytest.raises(FacevidError) as caught:
            keep(place, came, root)
        assert (caught.value.code, caught.value.params["path"]) == ("copy_exists", str(kept))
    unlock(kept)
    shutil.rmtree(kept)
    kept.mkdir()
    (kept / "mine.txt").write_text("mine")
    with pytest.raises(FacevidError, match="copy_other"):
        keep(place, came, place.root)
    assert strange(kept) == ["mine.txt"]


def test_notes_of_another_are_not_mixed_with(place: Place, came: Path) -> None:
    (place.root / f"{came.name}.work").mkdir()
    with pytest.raises(FacevidError, match="copy_other"):
        keep(place, came, place.root)
    assert strange(place.root) == [f"{came.name}.work"]


def test_a_folder_that_does_not_hold_is_not_kept_but_a_strangers_is(place: Place, came: Path) -> None:
    assert place.verify(came, signers=()).verdict is Verdict.UNKNOWN_SIGNER
    kept = keep(place, came, place.home / "strangers", signers=())
    assert kept.is_dir()
    flip(video(unlock(came)))
    with pytest.raises(FacevidError, match="copy_not_clean"):
        keep(place, came, place.root)
    assert strange(place.root) == []


def test_stopping_and_failing_leave_nothing(place: Place, came: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        keep(place, came, place.root, token)
    assert strange(place.root) == []
    log = place.house.paths.access_log
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    log.mkdir()
    with pytest.raises(FacevidError):
        keep(place, came, place.root)
    assert strange(place.root) == [], "what cannot be logged is not done"
    log.rmdir()
    monkeypatch.setattr(keeping_copy, "sha256_of", _unequal())
    with pytest.raises(FacevidError, match="copy_changed"):
        keep(place, came, place.root)
    assert strange(place.root) == []
    assert list(place.house.paths.queue.glob("keep-*")) == []


def test_the_power_may_go_at_any_moment(place: Place, came: Path) -> None:
    """What the next start finds is a whole copy with its notes, or nothing."""
    step, whole, nothing = 0, 0, 0
    while True:
        step += 7
        crashed = crash_before(step, lambda: keep(place, came, place.root))
        place.house.copy_keeper.recover()
        found = strange(place.root)
        if found:
            assert found == [came.name, f"{came.name}.work"], step
            assert files_of(place.root / came.name) == files_of(came)
            whole += 1
            for name in found:
                remove_tree(place.root / name)
        else:
            nothing += 1
        assert list(place.house.paths.queue.glob("keep-*.json")) == []
        if not crashed:
            break
    assert whole
    assert nothing


def _unequal() -> Any:
    numbers = iter(range(1000))
    return lambda _path: (str(next(numbers)), 1)
