"""Hash lists: one accepted form, everything else is refused."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.evidence import bag
from facevid_gui.evidence.bag import ListError, read_manifest, read_tag_manifest, write_list

A, B = "a" * 64, "b" * 64
CAPTURE = "data/capture.json"
GOOD = {CAPTURE: A, "data/exchanges/01/response-body.bin": B, "data/media/video.mp4": A}
TAGS = dict.fromkeys(bag.TAGGED, A)


def test_what_is_written_is_read_back() -> None:
    assert read_manifest(write_list(GOOD)) == GOOD
    assert read_tag_manifest(write_list(TAGS)) == TAGS


def test_a_list_has_hash_two_blanks_path_and_lf_sorted_by_path() -> None:
    assert write_list({"data/b": B, "data/a": A}) == f"{A}  data/a\n{B}  data/b\n".encode()


BAD_FORM = {
    "nothing": b"",
    "no final line feed": f"{A}  {CAPTURE}".encode(),
    "an empty line": f"{A}  {CAPTURE}\n\n".encode(),
    "an empty line first": f"\n{A}  {CAPTURE}\n".encode(),
    "CRLF": f"{A}  {CAPTURE}\r\n".encode(),
    "one blank": f"{A} {CAPTURE}\n".encode(),
    "a tab": f"{A}\t{CAPTURE}\n".encode(),
    "the star of binary mode": f"{A} *{CAPTURE}\n".encode(),
    "three blanks": f"{A}   {CAPTURE}\n".encode(),
    "a blank at the end": f"{A}  {CAPTURE} \n".encode(),
    "capital hash": f"{A.upper()}  {CAPTURE}\n".encode(),
    "short hash": f"{A[:-1]}  {CAPTURE}\n".encode(),
    "long hash": f"{A}a  {CAPTURE}\n".encode(),
    "a hash that is none": f"{'g' * 64}  {CAPTURE}\n".encode(),
    "no path": f"{A}  \n".encode(),
    "a byte order mark": b"\xef\xbb\xbf" + f"{A}  {CAPTURE}\n".encode(),
    "a comment": f"# list\n{A}  {CAPTURE}\n".encode(),
    "a percent escape": f"{A}  {CAPTURE}\n{A}  data/media/a%0Ab\n".encode(),
    "a backslash": f"{A}  {CAPTURE}\n{A}  data\\media\\x\n".encode(),
    "the escape of sha256sum": f"\\{A}  {CAPTURE}\n".encode(),
    "a letter beyond ASCII": f"{A}  {CAPTURE}\n{A}  data/media/ü.mp4\n".encode(),
    "NUL": f"{A}  {CAPTURE}\n{A}  data/media/a\0b\n".encode(),
    "a path twice": f"{A}  {CAPTURE}\n{B}  {CAPTURE}\n".encode(),
    "not sorted": f"{A}  data/media/b\n{A}  {CAPTURE}\n".encode(),
    "a path too long": f"{A}  {CAPTURE}\n{A}  data/{'x' * 200}\n".encode(),
}


@pytest.mark.parametrize("name", BAD_FORM)
def test_a_list_in_any_other_form_is_refused(name: str) -> None:
    for read in (read_manifest, read_tag_manifest):
        with pytest.raises(ListError):
            read(BAD_FORM[name])


BAD_PATHS = [
    "data", "data/", "data//x", "data/./x", "data/../x", "data/..", "data/x..y", "/data/x", "etc/passwd", "../data/x",
    "data/.hidden", "data/a/.b", "data/-rf", "data/_x", "data/Video.mp4", "data/a/b/c/d/e", "Data/x", "bagit.txt",
    f"data/{'x' * 62}", "data/x/",
]  # fmt: skip


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_payload_path_outside_the_fixed_form_is_refused(path: str) -> None:
    assert not bag.is_data_path(path)
    with pytest.raises(ListError):
        read_manifest(write_list({CAPTURE: A, path: A}))


@pytest.mark.parametrize("path", [*GOOD, "data/exchanges/01/tls-chain.pem", "data/a/b/c/d", f"data/{'x' * 61}"])
def test_a_payload_path_of_the_fixed_form_is_allowed(path: str) -> None:
    assert bag.is_data_path(path)


def test_a_manifest_without_the_capture_record_is_refused() -> None:
    with pytest.raises(ListError, match="is not listed"):
        read_manifest(write_list({"data/media/video.mp4": A}))


@pytest.mark.parametrize("path", bag.TAGGED)
def test_the_tag_manifest_lists_exactly_the_four_tag_files(path: str) -> None:
    less = {name: digest for name, digest in TAGS.items() if name != path}
    for entries in (less, {**less, "data/capture.json": A}, {**TAGS, "fetch.txt": A}):
        with pytest.raises(ListError, match="four tag files"):
            read_tag_manifest(write_list(entries))


def test_sizes_are_limited_before_parsing() -> None:
    many = {f"data/f{number}": A for number in range(bag.MAX_FILES)} | {CAPTURE: A}
    with pytest.raises(ListError, match="too many files"):
        read_manifest(write_list(many))
    with pytest.raises(ListError, match="too large"):
        read_manifest(b"x" * (bag.MAX_LIST_BYTES + 1))


ALLOWED = [
    *bag.ROOT_FILES, bag.SIGNATURE, f"{bag.SIGNATURE}.tsr", f"{bag.SIGNATURE}.tsr.crt", f"{bag.SIGNATURE}.02.tsr",
    f"{bag.SIGNATURE}.tsr.tsr", f"{bag.SIGNATURE}.02.tsr.tsr.crt", "custody/000001.json", "custody/999999.json.p7s",
]  # fmt: skip
NOT_ALLOWED = [
    "fetch.txt", "manifest-md5.txt", "tagmanifest-sha512.txt", "README.TXT", ".DS_Store", "signatures/x",
    "signatures/tagmanifest-sha256.txt.p7s.crt", f"{bag.SIGNATURE}.2.tsr", f"{bag.SIGNATURE}.002.tsr",
    f"{bag.SIGNATURE}.02", f"{bag.SIGNATURE}.tsr.bak", f"{bag.SIGNATURE}\n", "custody/1.json", "custody/0000001.json",
    "custody/000001.json.p7s.tsr", "custody/00000a.json", "custody/000001.JSON", "custody/sub/000001.json",
    "x/custody/000001.json",
]  # fmt: skip


def test_only_fixed_names_may_lie_outside_the_payload() -> None:
    assert [path for path in ALLOWED if not bag.is_allowed_outside_data(path)] == []
    assert [path for path in NOT_ALLOWED if bag.is_allowed_outside_data(path)] == []


def test_bag_info_is_ascii_and_names_no_person_and_no_provider_id() -> None:
    info = bag.BagInfo("0" * 32, "2026-03-05", "facevid_gui 1", "facevid-evidence/1", 1234, 5)
    assert info.to_bytes().decode("ascii").splitlines() == [
        "Bag-Software-Agent: facevid_gui 1",
        "Bagging-Date: 2026-03-05",
        f"External-Identifier: {'0' * 32}",
        "Facevid-Schema: facevid-evidence/1",
        "Payload-Oxum: 1234.5",
    ]


NAMES = st.sampled_from(["a", "b0", "video.mp4", "photo-01.jpg", "x_y", "0", "tls-chain.pem", "a.b-c_d"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: "/".join(["data", *names]))
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None)
PARTS = [A.encode(), b"  ", b" ", b"data/", b"capture.json", b"\n", b"\r", b"..", b"x"]
LIST_BYTES = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PARTS)).map(b"".join))


@SETTINGS
@given(LIST_BYTES)
def test_any_bytes_give_a_mapping_or_a_list_error(raw: bytes) -> None:
    for read in (read_manifest, read_tag_manifest):
        try:
            entries = read(raw)
        except ListError:
            continue
        assert write_list(entries) == raw, "two files with one meaning"


@SETTINGS
@given(st.dictionaries(PATHS, st.binary().map(lambda data: hashlib.sha256(data).hexdigest()), max_size=20))
def test_every_payload_survives_the_round_trip(entries: dict[str, str]) -> None:
    entries[CAPTURE] = B
    assert read_manifest(write_list(entries)) == entries
