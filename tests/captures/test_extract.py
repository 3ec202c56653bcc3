"""Media out of answers: named after what they are, traceable to the byte they came from."""

import base64
import hashlib
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.captures.answers import MediaText, read_answer
from facevid_gui.captures.body import Body, BytesBody, FileBody
from facevid_gui.captures.extract import extract_media
from facevid_gui.captures.scanner import read_document
from facevid_gui.core.capture import Derived
from facevid_gui.media.base64s import DAMAGED
from tests.support.captures_samples import (
    JPEG,
    MP4,
    PNG,
    SAMPLE_41,
    SAMPLE_41_BYTES,
    at_pointer,
    b64,
    big_mp4,
    ess_answer,
    json_bytes,
    kyc_answer,
)

SOURCE = "exchanges/01/response-body.bin"


def extract(kind: str, body: Body, folder: Path, steps: tuple[str, ...] = ()) -> dict[str, Derived]:
    return {item.path: item for item in extract_media(body, read_answer(kind, body).media, folder, SOURCE, steps)}


def stock_decode(text: str) -> bytes:
    """What a stock base64 tool makes of a mended text."""
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").split(",")[-1].rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def test_every_file_is_named_after_role_and_content_and_can_be_traced(tmp_path: Path) -> None:
    answer = ess_answer(
        VideoData={"LiveNessVideo": b64(big_mp4())},
        IntentionQuestionResult={"Video": b64(b"\x1a\x45\xdf\xa3" + bytes(40))},
        IntentionActionResult={"Details": [{"Video": b64(MP4)}, {"Video": b64(b"????" * 20)}]},
    )
    raw = json_bytes(answer)
    found = extract("ess", BytesBody(raw), tmp_path)
    assert {path: (item.role, item.index, item.media_type) for path, item in found.items()} == {
        "media/liveness.mp4": ("liveness", 1, "video/mp4"),
        "media/question.mkv": ("question", 1, "video/x-matroska"),
        "media/nod-01.mp4": ("nod", 1, "video/mp4"),
        "media/nod-02.bin": ("nod", 2, "application/octet-stream"),
    }
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == sorted(p[6:] for p in found)
    for path, item in found.items():
        expected = base64.b64decode(at_pointer(json.loads(raw), item.pointer))
        assert (tmp_path / path).read_bytes() == expected
        assert (item.sha256, item.size_bytes) == (hashlib.sha256(expected).hexdigest(), len(expected))
        assert (item.source, item.decoding, item.repairs, item.problem) == (SOURCE, ("json", "base64"), (), None)


def test_photos_and_video_of_an_order_are_named_after_what_they_are(tmp_path: Path) -> None:
    answer = kyc_answer("0", video=b64(MP4), photo=b64(PNG), photoList=[b64(JPEG)])
    found = extract("kyc", BytesBody(json_bytes(answer)), tmp_path, ("gzip",))
    assert set(found) == {"media/video.mp4", "media/photo-01.png", "media/photo-02.jpg"}
    assert {item.decoding for item in found.values()} == {("gzip", "json", "base64")}


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        extract("kyc", BytesBody(json_bytes(kyc_answer("0", photo=b64(JPEG)))), tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "media/photo-01.jpg").stat().st_mode & 0o777 == 0o600


def test_the_documented_sample_keeps_its_thirty_bytes_and_says_it_is_damaged(tmp_path: Path) -> None:
    found = extract("ess", BytesBody(json_bytes(ess_answer(VideoData={"LiveNessVideo": SAMPLE_41}))), tmp_path)
    item = found["media/liveness.mp4"]
    assert (tmp_path / item.path).read_bytes() == SAMPLE_41_BYTES
    assert (item.problem, item.media_type) == (DAMAGED, "video/mp4")


def test_a_placeholder_makes_no_file_and_no_folder(tmp_path: Path) -> None:
    assert extract("kyc", BytesBody(json_bytes(kyc_answer("0", photo="******", video="..."))), tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_damage_in_one_clip_leaves_the_others_whole(tmp_path: Path) -> None:
    text = b64(big_mp4())
    answer = ess_answer(
        VideoData={"LiveNessVideo": text[:100_001] + "*" + text[100_001:]},
        IntentionQuestionResult={"Video": text},
    )
    found = extract("ess", BytesBody(json_bytes(answer)), tmp_path)
    assert found["media/liveness.mp4"].problem == DAMAGED
    assert (tmp_path / "media/liveness.mp4").read_bytes() == big_mp4()[:75_000]
    assert found["media/question.mp4"].problem is None
    assert (tmp_path / "media/question.mp4").read_bytes() == big_mp4()


@pytest.mark.parametrize(
    ("spell", "repairs"),
    [
        (lambda text: text.rstrip("="), ("padding_added",)),
        (lambda text: text.replace("+", "-").replace("/", "_"), ("url_safe_alphabet",)),
        (lambda text: "data:video/mp4;base64," + text, ("data_url_prefix_removed",)),
        (lambda text: "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)), ("blanks_removed",)),
    ],
    ids=["unpadded", "url safe", "data url", "lines"],
)
@pytest.mark.parametrize("size", [600, 300_000])
def test_variants_are_mended_and_the_repairs_are_recorded(tmp_path: Path, spell, repairs: tuple, size: int) -> None:
    data = big_mp4(size)
    raw = json_bytes(ess_answer(VideoData={"LiveNessVideo": spell(b64(data))}))
    item = extract("ess", BytesBody(raw), tmp_path)["media/liveness.mp4"]
    assert (item.repairs, item.problem) == (repairs, None)
    assert (tmp_path / item.path).read_bytes() == data
    assert stock_decode(at_pointer(json.loads(raw), item.pointer)) == data


@pytest.mark.parametrize("size", [600, 300_000])
def test_json_escapes_in_a_long_text_are_undone_as_json_and_are_no_repair(tmp_path: Path, size: int) -> None:
    data = big_mp4(size)
    raw = json_bytes(ess_answer(VideoData={"LiveNessVideo": b64(data)}))
    raw = raw.replace(b"/", b"\\/").replace(b"=", b"\\u003d")
    item = extract("ess", BytesBody(raw), tmp_path)["media/liveness.mp4"]
    assert (item.repairs, item.problem) == ((), None)
    assert (tmp_path / item.path).read_bytes() == data


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/photo-01.jpg").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        extract("kyc", BytesBody(json_bytes(kyc_answer("0", photo=b64(JPEG)))), tmp_path)
    assert (tmp_path / "media/photo-01.jpg").read_bytes() == b"older"


@pytest.mark.parametrize("escaped", [False, True], ids=["plain", "escaped"])
def test_a_large_clip_is_decoded_in_a_few_megabytes_of_memory(tmp_path: Path, escaped: bool) -> None:
    text = base64.b64encode(big_mp4(600_000)[: 3 * 2**17]) * 48  # 24 MB; no padding inside
    raw = tmp_path / "body"
    with raw.open("wb") as file:
        file.write(b'{"Response":{"VideoData":{"LiveNessVideo":"')
        file.write(text.replace(b"/", b"\\/") if escaped else text)
        file.write(b'"}}}')
    expected = hashlib.sha256(base64.b64decode(text)).hexdigest()
    del text
    tracemalloc.start()
    try:
        found = extract("ess", FileBody(raw), tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found["media/liveness.mp4"].sha256 == expected
    assert peak < 12 * 2**20


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text("ABCDabcd0123+/-_=\n *", max_size=80),
    st.binary(max_size=60).map(b64),
    st.text("AB\\/", min_size=1, max_size=6).map(lambda text: text * 9000),
)


@settings(deadline=None, max_examples=100)
@given(texts=st.lists(TEXTS, max_size=4))
def test_whatever_the_texts_are_files_and_facts_agree(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("capture")
    body = BytesBody(json.dumps(ess_answer(IntentionActionResult={"Details": [{"Video": t} for t in texts]})).encode())
    for path, item in extract("ess", body, folder).items():
        data = (folder / path).read_bytes()
        assert data
        assert (item.sha256, item.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
        assert item.problem in (None, DAMAGED)
        assert at_pointer(read_document(body.pieces()), item.pointer)


def test_a_text_handed_over_directly_may_be_no_utf_8(tmp_path: Path) -> None:
    item = MediaText("photo", 1, "photo-01", "/result/photo", "QUJD\ud800")
    (made,) = extract_media(BytesBody(b""), [item], tmp_path, SOURCE, ())
    assert (tmp_path / made.path).read_bytes() == b"ABC"
    assert made.problem == DAMAGED


def test_of_the_first_clip_somebody_is_told_when_it_is_written(tmp_path: Path) -> None:
    told: list[tuple[Derived, bytes]] = []
    answer = kyc_answer("0", photo=b64(JPEG), video=b64(big_mp4()))
    body = BytesBody(json_bytes(answer))
    media = read_answer("kyc", body).media
    made = extract_media(
        body, reversed(media), tmp_path, SOURCE, (), lambda path, item: told.append((item, path.read_bytes()))
    )
    [(item, content)] = told
    assert item.role == "liveness"
    assert item in made
    assert (content, item.sha256) == (big_mp4(), hashlib.sha256(big_mp4()).hexdigest())


@pytest.mark.parametrize("media", [{"photo": b64(JPEG)}, {"video": "????"}])
def test_of_photos_and_of_what_makes_no_file_nobody_is_told(tmp_path: Path, media: dict[str, str]) -> None:
    body = BytesBody(json_bytes(kyc_answer("0", **media)))
    told: list[Path] = []
    extract_media(body, read_answer("kyc", body).media, tmp_path, SOURCE, (), lambda path, _item: told.append(path))
    assert told == []
