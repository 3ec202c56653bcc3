"""What is no evidence folder is told from one that was taken apart."""

from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SubjectError
from facevid_gui.evidence.marks import bears_mark, require_marks

NAME = "fv-20260311T080000Z-ess-" + "ab" * 16


def make_file(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")


@pytest.mark.parametrize(
    "name",
    [
        "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-md5.txt", "tagmanifest-sha256.txt", "data/x",
        "signatures/x", "custody/x", "BAGIT.TXT", "Data/x",
    ],
)  # fmt: skip
def test_one_mark_is_enough_to_be_checked(tmp_path: Path, name: str) -> None:
    make_file(tmp_path, "holiday.jpg")
    assert not bears_mark(tmp_path)
    make_file(tmp_path, name)
    assert bears_mark(tmp_path)
    require_marks(tmp_path, ())


def test_evidence_that_was_emptied_is_still_checked(tmp_path: Path) -> None:
    folder = tmp_path / NAME
    folder.mkdir()
    require_marks(folder, ())


@pytest.mark.parametrize("names", [(), ("holiday.jpg", "README.txt"), ("photos/data/x",), (f"{NAME}.work/notes/1",)])
def test_anything_else_is_no_evidence(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        make_file(tmp_path, name)
    with pytest.raises(SubjectError) as caught:
        require_marks(tmp_path, ())
    assert caught.value.code == "no_evidence"


def test_a_place_is_told_with_what_it_holds(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{NAME[:-1]}{number}").mkdir()
    make_file(tmp_path, "fv-notes.txt")
    make_file(tmp_path, f"{NAME}.work/notes/1")
    with pytest.raises(SubjectError) as caught:
        require_marks(tmp_path, (tmp_path / "elsewhere",))
    assert (caught.value.code, caught.value.params["count"]) == ("evidence_inside", "3")
    with pytest.raises(SubjectError) as caught:
        require_marks(tmp_path / ".." / tmp_path.name, (tmp_path,))
    assert caught.value.code == "evidence_listed"
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        require_marks(tmp_path, (), token)


def test_a_link_and_what_is_not_there_are_left_to_the_check(tmp_path: Path) -> None:
    target = tmp_path / "empty"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    require_marks(link, ())
    require_marks(tmp_path / "gone", ())
