"""How a window was left survives; whatever else stands in the file, a window opens."""

import json
import random
from dataclasses import asdict
from pathlib import Path

import pytest

from facevid_gui.bridge.window_state import FILE, WindowState, read_window_state, write_window_state
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

LEFT = WindowState(1500, 900, True, (300, 800, 400), "dark", 35, True, 0.5)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert write_window_state(tmp_path, LEFT)
    assert read_window_state(tmp_path) == LEFT
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_in_a_new_home_everything_is_as_designed(tmp_path: Path) -> None:
    assert read_window_state(tmp_path) == WindowState()
    assert read_window_state(tmp_path / "nowhere") == WindowState()


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"width": 1e999}', b'{"panes": 7}', b"0" * 70_000,
     b'{"panes": [0, 0, 0]}', b'{"rate": NaN}'],
)  # fmt: skip
def test_a_damaged_file_is_no_reason_not_to_open(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / FILE).write_bytes(raw)
    assert read_window_state(tmp_path) == WindowState()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 3), ("width", -1), ("width", 10**9), ("width", True), ("width", "1500"), ("height", None),
        ("maximized", 1), ("panes", [1, 2]), ("panes", [1, 2, -3]), ("panes", [1, 2, True]), ("panes", "abc"),
        ("scheme", "purple"), ("scheme", ["dark"]), ("volume", 101), ("volume", 3.5), ("muted", "yes"), ("rate", 0),
        ("rate", 100), ("rate", "1"),
    ],
)  # fmt: skip
def test_one_bad_member_leaves_the_others(tmp_path: Path, name: str, value: object) -> None:
    write_window_state(tmp_path, LEFT)
    data = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps({**data, name: value, "later": "version"}))
    assert asdict(read_window_state(tmp_path)) == {**asdict(LEFT), name: asdict(WindowState())[name]}


def test_a_whole_number_is_a_speed(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"rate": 2}')
    assert read_window_state(tmp_path).rate == 2.0


@pytest.mark.parametrize("seed", range(40))
def test_no_file_makes_reading_fail(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    write_window_state(tmp_path, LEFT)
    raw = bytearray((tmp_path / FILE).read_bytes())
    for _ in range(chance.randint(1, 6)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    (tmp_path / FILE).write_bytes(raw)
    state = read_window_state(tmp_path)
    assert 640 <= state.width <= 20_000
    assert 0.25 <= state.rate <= 4.0
    assert len(state.panes) == 3


def test_a_home_that_cannot_be_written_is_no_reason_not_to_leave() -> None:
    with unprivileged_folder() as folder:
        folder.chmod(0o555)
        assert as_unprivileged(lambda: write_window_state(folder, LEFT)) is False
        assert list(folder.iterdir()) == []
