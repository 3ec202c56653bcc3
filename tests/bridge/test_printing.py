"""Printing: the pages of a PDF as they are, in strips, on a worker; what fails says so."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from facevid_gui.bridge import printing
from facevid_gui.bridge.printing import STRIP_PIXELS, make_printer, print_pdf, strips
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from tests.support.tools import need, run_tool

Told = list[tuple[str, int]]


def pages(count: int) -> bytes:
    """A PDF of so many pages, each with its number large on it."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("helvetica", size=120)
    for number in range(1, count + 1):
        pdf.add_page()
        pdf.cell(text=f"No {number}")
        pdf.rect(0.5, 0.5, 209, 296)
    return bytes(pdf.output())


@pytest.fixture
def printer(application: object, tmp_path: Path) -> QPrinter:
    """A printer that prints into a file."""
    made = make_printer()
    made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    made.setOutputFileName(str(tmp_path / "printed.pdf"))
    made.setResolution(150)
    return made  # type: ignore[no-any-return]


def look(file: Path, page: int) -> QImage:
    document = QPdfDocument()
    document.load(str(file))
    image = document.render(page, QSize(300, 424))
    document.close()
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def test_every_page_is_printed_as_it_is(printer: QPrinter, tmp_path: Path) -> None:
    need("pdfinfo")
    original, told = tmp_path / "original.pdf", []
    original.write_bytes(pages(3))
    printer.setFromTo(1, 3)
    print_pdf(original.read_bytes(), printer, CancelToken(), lambda stage, number: told.append((stage, number)))
    assert told == [("print", 1), ("print", 2), ("print", 3)]
    printed = tmp_path / "printed.pdf"
    assert b"Pages:           3" in run_tool("pdfinfo", str(printed)).stdout
    for page in range(3):
        first, second = look(original, page), look(printed, page)
        differing = sum(
            abs(first.pixelColor(x, y).lightness() - second.pixelColor(x, y).lightness()) > 110
            for y in range(0, first.height(), 2) for x in range(0, first.width(), 2)
        )  # fmt: skip
        assert differing < 60, "the same letters at the same place, no seam between strips"


def test_all_pages_into_a_file_are_the_pdf_itself(printer: QPrinter, tmp_path: Path) -> None:
    raw, told = pages(3), []
    (tmp_path / "printed.pdf").write_bytes(b"what the print dialog asked about")
    print_pdf(raw, printer, CancelToken(), lambda stage, number: told.append((stage, number)))
    assert (tmp_path / "printed.pdf").read_bytes() == raw
    assert told


def test_a_file_that_cannot_be_written_is_said(printer: QPrinter, tmp_path: Path) -> None:
    printer.setOutputFileName(str(tmp_path / "nowhere" / "x.pdf"))
    with pytest.raises(SurroundingsError, match="disk"):
        print_pdf(pages(1), printer, CancelToken(), lambda _stage, _number: None)


def test_only_the_pages_that_were_chosen(printer: QPrinter, tmp_path: Path) -> None:
    printer.setFromTo(2, 3)
    told: Told = []
    print_pdf(pages(5), printer, CancelToken(), lambda stage, number: told.append((stage, number)))
    assert [number for _, number in told] == [2, 3]


@pytest.mark.parametrize(("width", "height"), [(4958, 7016), (9917, 14031), (100, 50), (STRIP_PIXELS * 2, 3)])
def test_strips_are_small_overlap_by_a_row_and_leave_nothing_out(width: int, height: int) -> None:
    found = strips(width, height)
    assert found[0][0] == 0
    assert sum(found[-1]) == height
    for (top, rows), (following, _) in pairwise(found):
        assert top + rows == min(following + 1, height)
        assert (rows - 1) * width <= max(STRIP_PIXELS, width)


def test_printing_can_be_stopped_between_strips(printer: QPrinter) -> None:
    token = CancelToken()
    printer.setFromTo(1, 4)

    def stop(_stage: str, number: int) -> None:
        if number == 2:
            token.cancel()

    with pytest.raises(CancelledError):
        print_pdf(pages(4), printer, token, stop)


@pytest.mark.parametrize("spoil", [lambda p: p.setOutputFileName("/nonexistent/x.pdf"), lambda p: None])
def test_what_cannot_be_printed_is_said(printer: QPrinter, spoil: Callable[[QPrinter], None]) -> None:
    spoil(printer)
    printer.setFromTo(1, 1)
    raw = pages(1) if "nonexistent" in printer.outputFileName() else b"no PDF"
    with pytest.raises(SurroundingsError, match="printing_failed"):
        print_pdf(raw, printer, CancelToken(), lambda _stage, _number: None)


def test_a_system_that_lacks_qts_printing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "PySide6.QtPdf", None)
    with pytest.raises(SurroundingsError, match="no_printing"):
        printing.make_printer()
