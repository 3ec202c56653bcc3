"""Printing a PDF as it is: its pages, rendered by Qt, go to the printer (floor 2).

What enters: the bytes of a PDF and a printer. What leaves: paper. All of it runs on a worker (Qt allows painting on a
`QPrinter` there) and in strips: one native call holds Python's lock for as long as it draws, and the window must go on
meanwhile (measured: a whole page at 600 dots per inch held it for 1.3 s, a strip for 10 ms). Qt's PDF and print
modules are loaded only now, and not every system has what they need.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QPainter

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.files import disk_errors, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.core.cancel import CancelToken

MAX_DPI = 600  # more is not seen and takes four times as long
STRIP_PIXELS = 120_000
Printer = Any  # PySide6.QtPrintSupport.QPrinter, which is loaded only when something is printed


def make_printer() -> Printer:
    """A printer for A4, as a print dialog wants one; `SurroundingsError` no_printing where Qt cannot print."""
    try:
        from PySide6.QtGui import QPageSize
        from PySide6.QtPdf import QPdfDocument  # noqa: F401 - said now, not after the dialog
        from PySide6.QtPrintSupport import QPrinter
    except ImportError as error:
        raise SurroundingsError("no_printing", reason=error) from error
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setFullPage(True)
    return printer


def print_pdf(pdf: bytes, printer: Printer, token: CancelToken, tell: Callable[[str, int], None]) -> None:
    """Print every page, or those of the range the printer was told.

    `SurroundingsError` printing_failed; `CancelledError` between strips: what the printer has by then it may print.
    Where the "printer" writes a PDF, that file is the PDF itself: sharp, small, and of the digest that was noted.
    """
    file = written_file(printer)
    if file is not None:
        with disk_errors(file):
            replace_file(file, pdf)  # its own dialog asked before another file goes
        tell("print", 1)
        return
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter

    printer.setFullPage(True)  # the pages of the PDF have margins of their own
    printer.setResolution(min(printer.resolution(), MAX_DPI))
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    painter = QPainter()
    if document.status() != QPdfDocument.Status.Ready or not painter.begin(printer):
        raise SurroundingsError("printing_failed", printer=printer.printerName() or printer.outputFileName())
    try:
        for place, page in enumerate(_pages(printer, document.pageCount())):
            tell("print", page + 1)
            if place and not printer.newPage():
                break
            _print_page(document, page, painter, printer, token)
    except BaseException:
        printer.abort()
        raise
    finally:
        painter.end()
        document.close()
    if printer.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
        raise SurroundingsError("printing_failed", printer=printer.printerName() or printer.outputFileName())


def written_file(printer: Printer) -> Path | None:
    """Where all pages go into a PDF instead of onto paper; None for paper, and for a part of the pages."""
    from PySide6.QtPrintSupport import QPrinter

    is_file = printer.outputFormat() == QPrinter.OutputFormat.PdfFormat and bool(printer.outputFileName())
    return Path(printer.outputFileName()) if is_file and not printer.fromPage() else None


def strips(width: int, height: int) -> list[tuple[int, int]]:
    """Top and height of the pieces a page is drawn in; each reaches one row into the next, so that no gap shows."""
    rows = max(1, STRIP_PIXELS // max(1, width))
    return [(top, min(rows + 1, height - top)) for top in range(0, height, rows)]


def _pages(printer: Printer, count: int) -> range:
    first, last = printer.fromPage() or 1, printer.toPage() or count
    return range(max(1, first) - 1, min(last, count))


def _print_page(document: Any, page: int, painter: QPainter, printer: Printer, token: CancelToken) -> None:  # noqa: ANN401
    from PySide6.QtPdf import QPdfDocumentRenderOptions
    from PySide6.QtPrintSupport import QPrinter

    sheet = printer.paperRect(QPrinter.Unit.DevicePixel)
    points = document.pagePointSize(page)
    scale = min(sheet.width() / points.width(), sheet.height() / points.height())
    size = QSize(round(points.width() * scale), round(points.height() * scale))
    for top, height in strips(size.width(), size.height()):
        token.raise_if_cancelled()
        options = QPdfDocumentRenderOptions()
        options.setScaledSize(size)
        options.setScaledClipRect(QRect(0, top, size.width(), height))
        painter.drawImage(0, top, document.render(page, QSize(size.width(), height), options))
