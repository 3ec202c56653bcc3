"""Small pictures of the library: private, bounded, forgotten with their record."""

import stat
from pathlib import Path

import pytest

from facevid_gui.evidence.discarding import remove_thumbs
from facevid_gui.evidence.thumbnails import MAX_BYTES, Thumbnails

ID = "0123456789abcdef" * 2


def test_a_picture_is_kept_privately_read_and_forgotten(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbs")
    assert thumbnails.read(ID) is None
    assert not thumbnails.has(ID)
    assert thumbnails.keep(ID, b"picture")
    assert thumbnails.keep(ID, b"better")
    assert (thumbnails.read(ID), thumbnails.has(ID)) == (b"better", True)
    (file,) = (tmp_path / "thumbs").iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (f"{ID}.jpg", 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    remove_thumbs(file.parent, ID)
    assert thumbnails.read(ID) is None


@pytest.mark.parametrize("name", ["", "x", "../" + ID, ID.upper(), ID + "\n", ID + "0"])
def test_names_that_are_no_evidence_id_lead_nowhere(tmp_path: Path, name: str) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbs")
    assert not thumbnails.keep(name, b"picture")
    assert thumbnails.read(name) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_or_a_link_is_not_read(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbs")
    assert not thumbnails.keep(ID, bytes(MAX_BYTES + 1))
    assert thumbnails.keep(ID, b"small")
    file = tmp_path / "thumbs" / f"{ID}.jpg"
    file.write_bytes(bytes(MAX_BYTES + 1))
    assert thumbnails.read(ID) is None
    file.unlink()
    (tmp_path / "secret").write_bytes(b"secret")
    file.symlink_to(tmp_path / "secret")
    assert thumbnails.read(ID) is None


def test_all_are_cleared(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbs")
    thumbnails.clear()
    for evidence_id in (ID, "f" * 32):
        thumbnails.keep(evidence_id, b"picture")
    thumbnails.clear()
    assert list((tmp_path / "thumbs").iterdir()) == []
