"""The enrolment sheet as other programs see it: the text, the code, the fonts, the page."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facevid_gui.evidence import fonts
from facevid_gui.evidence.enrolment import COMMAND, Sheet, enrolment_sheet
from facevid_gui.evidence.fonts import FontFace, find_chinese_font
from facevid_gui.evidence.fresh_key import make_workstation_key
from tests.support.tools import need, run_tool

AT = datetime(2026, 11, 21, 2, 29, tzinfo=UTC)
NAME = "facevid workstation 法务部-工作站-01"


@pytest.fixture(scope="module")
def der() -> bytes:
    return make_workstation_key(NAME, AT).certificate_der


@pytest.fixture(scope="module")
def sheet(der: bytes) -> Sheet:
    return enrolment_sheet(der, AT)


@pytest.fixture
def file(sheet: Sheet, tmp_path: Path) -> Path:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheet.pdf)
    return path


def text_of(file: Path) -> str:
    need("pdftotext", "pdffonts", "pdfinfo")
    done = run_tool("pdftotext", "-layout", str(file), "-")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def scanned(file: Path, folder: Path) -> str:
    """What a scanner reads from the page as a printer would print it."""
    need("pdftoppm", "zbarimg")
    run_tool("pdftoppm", "-r", "150", "-png", str(file), str(folder / "page"))
    [page] = folder.glob("page*.png")
    done = run_tool("zbarimg", "--quiet", "--raw", str(page))
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def test_text_and_code_are_the_fingerprint_that_openssl_tells(der: bytes, file: Path, tmp_path: Path) -> None:
    need("openssl")
    (tmp_path / "c.der").write_bytes(der)
    told = run_tool("openssl", *COMMAND.split()[1:2], "-inform", "DER", "-in", str(tmp_path / "c.der"), "-noout",
                    "-fingerprint", "-sha256").stdout.decode()  # fmt: skip
    expected = told.partition("=")[2].strip().replace(":", "").lower()
    assert expected == hashlib.sha256(der).hexdigest()
    groups = re.findall(r"^\s*((?:[0-9a-f]{4} ){7}[0-9a-f]{4})\s*$", text_of(file), re.MULTILINE)
    assert "".join(groups).replace(" ", "") == expected
    assert scanned(file, tmp_path) == expected


def test_one_page_in_both_languages_with_subject_dates_and_places_to_sign(sheet: Sheet, file: Path) -> None:
    if not sheet.in_chinese:
        pytest.skip("no Chinese font on this system")
    text = text_of(file)
    assert "Pages:           1" in run_tool("pdfinfo", str(file)).stdout.decode()
    for word in (NAME, "签名证书登记表", "Enrolment sheet", "2026-11-21T02:24:00Z", "2036-11-18T02:29:00Z", COMMAND,
                 "第一人", "first person", "第二人", "second person", "signature", "地点、日期"):  # fmt: skip
        assert word in text, word


def test_the_chinese_letters_are_inside_and_only_those_that_are_used(sheet: Sheet, file: Path) -> None:
    if not sheet.in_chinese:
        pytest.skip("no Chinese font on this system")
    need("pdffonts")
    rows = run_tool("pdffonts", str(file)).stdout.decode().splitlines()[2:]
    embedded = {row.split()[0]: row.split()[-5:-3] for row in rows}
    chinese = [marks for name, marks in embedded.items() if "+" in name]
    assert chinese == [["yes", "yes"]], "embedded, and a subset"
    assert len(sheet.pdf) < 100_000


def test_without_a_chinese_font_the_sheet_is_english_and_its_code_the_same(
    der: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facevid_gui.evidence.pdf.find_chinese_font", lambda: None)
    plain = enrolment_sheet(der, AT)
    assert not plain.in_chinese
    (tmp_path / "plain.pdf").write_bytes(plain.pdf)
    text = text_of(tmp_path / "plain.pdf")
    assert "Enrolment sheet of a signing certificate" in text
    assert r"\u6cd5\u52a1\u90e8" in text, "a Chinese name as code points, not as empty boxes"
    assert not re.search(r"[\u4e00-\u9fff]", text)
    assert scanned(tmp_path / "plain.pdf", tmp_path) == hashlib.sha256(der).hexdigest()


def test_a_name_of_any_length_keeps_the_table_in_one_piece(tmp_path: Path) -> None:
    der = make_workstation_key("很长的名字" * 12, AT).certificate_der
    (tmp_path / "long.pdf").write_bytes(enrolment_sheet(der, AT).pdf)
    text = text_of(tmp_path / "long.pdf")
    pages = [page for page in text.split("\f") if page.strip()]
    [with_table] = [page for page in pages if "first person" in page]
    assert "signature" in with_table.split("first person")[1]


def test_the_font_is_found_where_this_system_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "share" / "fonts" / "deep"
    folder.mkdir(parents=True)
    nothing = {"HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path / "none")}
    if fonts.sys.platform != "linux":
        pytest.skip("the folders of Linux")
    assert find_chinese_font(nothing) is None
    (folder / "wqy-zenhei.ttc").write_bytes(b"")
    (folder / "Helvetica.ttf").write_bytes(b"")
    assert find_chinese_font(nothing) == FontFace(folder / "wqy-zenhei.ttc", 0)
    (folder / "NotoSansCJK-Regular.ttc").write_bytes(b"")
    assert find_chinese_font(nothing) == FontFace(folder / "NotoSansCJK-Regular.ttc", 2)
