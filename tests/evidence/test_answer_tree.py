"""The kept answers as a tree: nothing lost, nothing changed, media folded, bounded whatever was sent."""

import gzip
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.captures.store import CaptureEntry, CaptureStore
from facevid_gui.evidence import answer_tree
from facevid_gui.evidence.answer_tree import AnswerTree
from facevid_gui.evidence.review import open_capture, open_evidence, raw_answers
from tests.support.captures_exchanges import begin, receive
from tests.support.captures_samples import JPEG, b64, big_mp4, ess_answer, json_bytes, kyc_answer
from tests.support.evidence_places import Place


def capture_with(folder: Path, body: bytes, kind: str = "kyc", status: int = 200, **facts: Any) -> CaptureEntry:
    store = CaptureStore(folder / "captures")
    partial = begin(store, kind)
    receive(partial, body, status=status, **facts)
    return store.open(partial.complete().name)


def tree_of(folder: Path, body: bytes, kind: str = "kyc", **facts: Any) -> AnswerTree:
    return raw_answers(open_capture(capture_with(folder, body, kind, **facts)))


def value_of(tree: AnswerTree, number: int) -> Any:
    """A row as the value it stands for; what is folded as its row."""
    row = tree.rows[number]
    children = range(row.first, row.first + row.count)
    if row.kind == "object" or (row.kind == "answer" and not number):
        return {tree.rows[child].name: value_of(tree, child) for child in children}
    if row.kind == "array":
        return [value_of(tree, child) for child in children]
    if row.kind in ("number", "literal"):
        return json.loads(row.text)
    return row.text if row.kind == "string" else row


def row_at(tree: AnswerTree, pointer: str) -> Any:
    return next(row for number, row in enumerate(tree.rows) if tree.pointer(number) == pointer)


def test_every_value_is_there_as_it_was_received(tmp_path: Path) -> None:
    sent = kyc_answer("0", note="说明", empty={}, none=None, yes=True, many=[1, [], {"a/b~c": ""}], photo=b64(JPEG))
    tree = tree_of(tmp_path, json_bytes(sent))
    shown = value_of(tree, 0)
    assert shown["result"].pop("photo").kind == "media"
    del sent["result"]["photo"]
    assert shown == sent
    assert list(shown) == list(sent), "in the order of the answer"
    assert row_at(tree, "/result/many/2/a~1b~0c").name == "a/b~c"


def test_numbers_stay_as_they_were_written(tmp_path: Path) -> None:
    body = b'{"code":0,"result":{"liveRate":99.0,"similarity":1E400,"big":' + b"9" * 40 + b"}}"
    tree = tree_of(tmp_path, body)
    assert [row.text for row in tree.rows if row.kind == "number"] == ["0", "99.0", "1E400", "9" * 40]


def test_media_are_folded_to_the_files_made_of_them(tmp_path: Path) -> None:
    clip = b64(big_mp4())
    tree = tree_of(tmp_path, json_bytes(kyc_answer("0", video=clip, photo=b64(JPEG), note="x" * 9000)))
    video, photo, note = (row_at(tree, f"/result/{name}") for name in ("video", "photo", "note"))
    assert (video.kind, video.length, video.path, video.text) == ("media", len(clip), "media/video.mp4", "")
    assert (photo.kind, photo.path) == ("media", "media/photo-01.jpg")
    assert (note.kind, note.length, note.path) == ("long", 9000, "")


def test_media_that_could_not_be_decoded_are_folded_without_a_file(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, json_bytes(kyc_answer("0", photo="*?" * 20)))
    photo = row_at(tree, "/result/photo")
    assert (photo.kind, photo.length, photo.path) == ("media", 40, "")


def test_every_kept_answer_is_there_the_record_s_own_first(place: Place) -> None:
    folder = place.folder("stamped")
    reviewed = open_evidence(folder, place.trust())
    tree = raw_answers(reviewed)
    paths = [row.path for row in tree.rows[: tree.answers]]
    assert sorted(paths) == sorted(str(e.path) for e in reviewed.capture.exchanges if e.path)
    assert len(paths) == 2
    assert "VideoData" in [row.name for row in tree.rows[tree.rows[0].first :] if row.parent >= 0]
    media = {row.path for row in tree.rows if row.kind == "media"}
    assert media == {clip.path for clip in reviewed.record.clips}
    assert not tree.damaged


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<html>\n<b>502 \xe7\xbd\x91\xe5\x85\xb3</b>", "<html>\n<b>502 网关</b>"),
        (b"", ""),
        (b"\xff\xfeabc", "\ufffd\ufffdabc"),
        (gzip.compress("<html>网关".encode(), mtime=0), "<html>网关"),
        (gzip.compress(b"<html>", mtime=0)[:-4], "<damaged gzip>"),
        (b'{"code": "0", "result": {"liveRate": "9', '{"code": "0", "result": {"liveRate": "9'),
        (b"x" * 200_001, "x" * 200_000 + "…"),
    ],
)
def test_an_answer_that_is_no_json_is_its_text(tmp_path: Path, body: bytes, shown: str) -> None:
    tree = tree_of(tmp_path, body, status=502)
    assert [(row.kind, row.text) for row in tree.rows] == [("text", shown)]


def test_json_that_is_no_answer_is_a_tree_all_the_same(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, b'{"hello": "world"}', status=502)
    assert value_of(tree, 0) == {"hello": "world"}


@pytest.mark.parametrize("body", [b"5", b'"words"', b"null"])
def test_a_single_value_is_a_row(tmp_path: Path, body: bytes) -> None:
    tree = tree_of(tmp_path, body, status=502)
    assert [row.text for row in tree.rows[1:]] == [body.decode().strip('"')]


def test_a_packed_answer_is_unpacked(tmp_path: Path) -> None:
    body = gzip.compress(json_bytes(ess_answer(VideoData={"LiveNessVideo": b64(big_mp4())})))
    tree = tree_of(tmp_path, body, "ess", headers=(("Content-Encoding", "gzip"),))
    assert row_at(tree, "/Response/VideoData/LiveNessVideo").kind == "media"


def test_a_refused_flow_is_shown_too(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path / "captures")
    partial = begin(store)
    receive(partial, json_bytes(ess_answer(Error={"Code": "AuthFailure", "Message": "否"})), role="flow")
    tree = raw_answers(open_capture(store.open(partial.complete().name)))
    assert row_at(tree, "/Response/Error/Code").text == "AuthFailure"


@pytest.mark.no_cover
def test_a_list_of_very_many_takes_no_room_from_its_neighbours(tmp_path: Path) -> None:
    many = answer_tree.MAX_CHILDREN + 7
    body = json_bytes({"junk": [[1] * many] * 30, "code": "0", "result": {"liveRate": "99"}})
    tree = tree_of(tmp_path, body)
    assert len(tree.rows) <= answer_tree.MAX_ROWS + 31
    assert row_at(tree, "/result/liveRate").text == "99"
    first = row_at(tree, "/junk/0")
    more = tree.rows[first.first + first.count - 1]
    assert (more.kind, more.length, first.length) == ("more", 7, many)
    listed = sum(row.kind == "number" for row in tree.rows)
    left_out = sum(row.length for row in tree.rows if row.kind == "more")
    assert listed + left_out == 30 * many


def test_the_order_is_that_of_the_screen(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, b'{"code":"0","a":{"b":[1,{"c":2}],"d":3},"e":4}')
    assert [tree.rows[number].name for number in tree.order[1:]] == ["code", "a", "b", "0", "1", "c", "d", "e"]
    assert sorted(tree.order) == list(range(len(tree.rows)))


def test_searching_looks_at_names_and_values(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, json_bytes({"code": "0", "Näme": "x", "result": {"note": "the NÄME of it", "video": ""}}))
    assert [tree.rows[number].name for number in tree.find("näme")] == ["Näme", "note"]
    assert tree.find("") == ()
    assert tree.find("nowhere") == ()


@pytest.mark.no_cover
def test_a_large_answer_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    clip = b64(big_mp4(45 * 1024 * 1024))
    entry = capture_with(tmp_path, json_bytes(kyc_answer("0", video=clip)))
    assert sum(path.stat().st_size for path in entry.path.rglob("response-body.bin")) > 60_000_000
    tracemalloc.start()
    try:
        tree = raw_answers(open_capture(entry))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert row_at(tree, "/result/video").length == len(clip)
    assert peak < 8 * 1024 * 1024


@pytest.mark.no_cover
def test_a_deep_answer_stays_small(tmp_path: Path) -> None:
    deep = b"[" * 50 + b",".join([b"1"] * 100_000) + b"]" * 50
    tracemalloc.start()
    try:
        tree = tree_of(tmp_path, b'{"code":"0","result":{"deep":' + deep + b"}}")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert tree.rows[-1].length == 100_000 - answer_tree.MAX_CHILDREN
    assert peak < 60 * 1024 * 1024


@pytest.mark.parametrize("seed", range(30))
def test_any_document_comes_out_as_it_went_in(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)

    def anything(depth: int) -> Any:
        what = chance.randrange(7 if depth else 5)
        if what == 5:
            return [anything(depth - 1) for _ in range(chance.randint(0, 4))]
        if what == 6:
            return {f"{chance.choice('a/~名 ')}{n}": anything(depth - 1) for n in range(chance.randint(0, 4))}
        return [None, True, False, chance.randint(-9, 9), chance.choice(["", "x", "中\n", "\u202e"])][what]

    sent = {"code": "0", "result": {"free": anything(5), "more": anything(3)}}
    tree = tree_of(tmp_path, json_bytes(sent))
    assert value_of(tree, 0) == sent
    for number, row in enumerate(tree.rows):
        assert all(tree.rows[child].parent == number for child in range(row.first, row.first + row.count))
