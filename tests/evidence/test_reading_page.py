"""The reading page: safe whatever the record says, masked, and true to the folder it lies beside."""

import base64
import hashlib
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from facevid_gui.core.record import Question, Signer
from facevid_gui.evidence.export import Exported
from facevid_gui.evidence.reading_page import Page, page_bytes
from facevid_gui.evidence.review import open_evidence
from tests.evidence.test_export import access_lines, pack
from tests.support.evidence_places import Place

HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[31m</pre><img src=x onerror=alert(1)>"
VOID = {"meta", "br", "link", "img"}


class Seen(HTMLParser):
    """Tags, attributes and texts of a page; every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def page_of(exported: Exported) -> str:
    with zipfile.ZipFile(exported.package) as package:
        (name,) = [name for name in package.namelist() if "/" not in name]
        return package.read(name).decode("utf-8")


def made(place: Place, name: str, **changes: object) -> str:
    """A page about a folder as it is, with members of the page changed."""
    folder = place.folder(name)
    reviewed = open_evidence(folder, place.trust())
    assert reviewed.verdict is not None
    page = Page(
        folder=folder.name, verdict=reviewed.verdict, checked_at=reviewed.capture.captured_at, reviewed=reviewed,
        custody=reviewed.custody, sizes={"a/b.mp4": 1}, hashes={"a/b.mp4": "0" * 64}, left_out=(), unmasked=False,
        program="facevid_gui 0",
    )  # fmt: skip
    return page_bytes(replace(page, **changes)).decode("utf-8")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ess", "kyc", "stamped", "damaged", "no_media", "other"])
def test_a_page_is_whole_in_both_languages_and_loads_nothing(place: Place, name: str) -> None:
    page = page_of(pack(place, place.folder(name)))
    seen = Seen(page)
    assert not {"script", "img", "link", "iframe", "video", "form", "object", "base"} & set(seen.tags)
    assert not {attribute for attribute in seen.attributes if attribute.startswith("on")}
    assert "src" not in seen.attributes
    assert "url(" not in page
    assert "@import" not in page
    for words in ("reading page", "Reading page", "人脸核身记录阅读页", "speaks of that moment only", "只说明那一刻"):
        assert words in seen.text or words == "reading page"
    assert "?" not in re.sub(r"\?\S", "", seen.text), "every blank of every sentence is filled"
    assert "SIMULATOR" in seen.text.upper(), "where it came from"
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_every_packed_file_is_listed_with_its_hash_and_a_link_that_leads_to_it(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    exported = pack(place, folder)
    with zipfile.ZipFile(exported.package) as package:
        package.extractall(tmp_path / "there")
        others = {name for name in package.namelist() if "/" in name}
    page = page_of(exported)
    links = {unquote(link) for link in Seen(page).links}
    assert links == others
    for name in others:
        digest = hashlib.sha256((tmp_path / "there" / name).read_bytes()).hexdigest()
        assert digest in page
    assert not any(link.startswith(("/", "http", "file", "javascript")) for link in Seen(page).links)


def test_history_tells_of_the_hand_over_itself(place: Place) -> None:
    text = Seen(page_of(pack(place, place.folder("stamped")))).text
    for words in ("1  sealed", "2  timestamped", "3  checked", "4  exported", "4  移交导出"):
        assert words in text


def test_personal_data_are_masked_unless_asked_for_and_that_is_logged(place: Place) -> None:
    folder = place.folder("ess")
    reviewed = open_evidence(folder, place.trust())
    signer = reviewed.record.signer
    assert signer is not None
    page = page_of(pack(place, folder))
    for secret in (signer.name, signer.mobile, *(d.value for d in reviewed.record.details if d.personal)):
        assert secret
        assert secret not in page
    assert access_lines(place)[-1]["detail"]["unmasked"] == "no"
    shown = page_of(pack(place, folder, place.home / "second.zip", unmask=True))
    assert signer.name in shown
    assert signer.mobile in shown
    assert access_lines(place)[-1]["detail"]["unmasked"] == "yes"
    assert "Keep the whole package confidential" in page


def test_text_of_strangers_stays_text(place: Place) -> None:
    folder = place.folder("ess")
    reviewed = open_evidence(folder, place.trust())
    assert reviewed.verdict is not None
    assert reviewed.record.signer is not None
    signer: Signer = replace(reviewed.record.signer, name=HOSTILE, organization=HOSTILE)
    record = replace(
        reviewed.record, signer=signer, questions=(Question(HOSTILE, HOSTILE),), warnings=(HOSTILE,), flow_id=HOSTILE
    )
    capture = replace(reviewed.capture, case_ref=HOSTILE, purpose=HOSTILE, operator={"account": HOSTILE})
    event = replace(reviewed.custody[0], operator=HOSTILE)
    shutil.rmtree(folder)
    page = made(
        place, "ess", reviewed=replace(reviewed, record=record, capture=capture), custody=(event,), folder=HOSTILE,
        hashes={HOSTILE: "0" * 64}, sizes={HOSTILE: 1}, left_out=(HOSTILE,), unmasked=True, program=HOSTILE,
    )  # fmt: skip
    seen = Seen(page)
    assert not {"script", "img"} & set(seen.tags)
    assert not {attribute for attribute in seen.attributes if attribute.startswith("on")}
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<script>alert(1)</script>" in seen.text, "shown, not run"


def test_the_commands_of_the_page_run_as_they_stand(place: Place, tmp_path: Path) -> None:
    if not shutil.which("openssl") or not shutil.which("sha256sum"):
        pytest.skip("no stock tools here")
    from facevid_gui.evidence.signing_key import pem_of_certificate

    exported = pack(place, place.folder("stamped"))
    with zipfile.ZipFile(exported.package) as package:
        package.extractall(tmp_path)
    certificate = place.house.keys.certificate()
    assert certificate is not None
    (tmp_path / "enrolled-signer.pem").write_bytes(pem_of_certificate(certificate))
    shutil.copy(place.template.authority.root_pem, tmp_path / "tsa-root.pem")
    block = re.search(r"<pre>(.*?)</pre>", page_of(exported), re.DOTALL)
    assert block
    script = Seen(f"<pre>{block[1]}</pre>").text
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert exported.verdict.seal_sha256 is not None
    assert exported.verdict.seal_sha256 in done.stdout
    assert "OK" in done.stdout
    assert "Verification: OK" in done.stdout + done.stderr
