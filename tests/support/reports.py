"""Reports for tests: made as the program does, read with stock tools. No Qt."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from facevid_gui.core.cancel import CancelToken
from facevid_gui.evidence.report import Draft, Reported, ReportRequest
from tests.support.evidence_places import Place
from tests.support.tools import need, run_tool

PAGE_END = "\f"


def build(place: Place, folder: Path, language: str = "en", **options: Any) -> Draft:
    """A report that is not given away, under the trust of a careful checker."""
    request = ReportRequest(folder, language, **options)
    return place.house.reporter.build(request, place.trust(), CancelToken())


def make(place: Place, folder: Path, target: Path, language: str = "en", **options: Any) -> Reported:
    """A report as a file, noted."""
    return place.house.reporter.write(build(place, folder, language, **options), target, lambda: place.signer)


def text_of(pdf: bytes, place: Path, how: str = "-layout") -> str:
    """What a reader can select and search: pages end with a form feed. With "-raw" in the order it was written."""
    need("pdftotext")
    file = place / "read.pdf"
    file.write_bytes(pdf)
    return run_tool("pdftotext", how, str(file), "-").stdout.decode()


def flat(text: str) -> str:
    """Without the blanks that laying out puts in."""
    return re.sub(r"\s+", "", text)


def bookmarks_of(pdf: bytes, place: Path) -> list[str]:
    """The titles of the outline."""
    need("pdftohtml")
    file = place / "read.pdf"
    file.write_bytes(pdf)
    xml = run_tool("pdftohtml", "-xml", "-stdout", "-i", str(file)).stdout.decode()
    return [unescape(title) for title in re.findall(r'<item page="\d+">(.*?)</item>', xml)]
