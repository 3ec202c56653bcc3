"""Reports: what they tell, that they repeat byte for byte, what is noted of them, when they are refused."""

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.messages import Messages
from facevid_gui.core.note import Spot
from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import departure, fonts
from facevid_gui.evidence.departure import ExportRefusedError
from facevid_gui.evidence.exports import known_exports
from facevid_gui.evidence.report import ReportRequest
from tests.evidence.test_export import access_lines, events, register_lines
from tests.support import sidecars
from tests.support.evidence_places import Place, files_of
from tests.support.evidence_tampering import flip, video
from tests.support.reports import PAGE_END, bookmarks_of, build, flat, make, text_of

pytestmark = pytest.mark.skipif(fonts.find_chinese_font() is None, reason="no Chinese font on this system")
NOTE = "反光 😀 \u202eevil"


def last_event(folder: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(sorted((folder / "custody").glob("*.json"))[-1].read_bytes())
    return event


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (48, 64), (40, 90, 60)).save(file, "PNG")
    return file.getvalue()


# --- what it tells -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", ["kyc", "stamped"])
def test_real_text_with_every_section_bookmarks_and_page_numbers(
    place: Place, tmp_path: Path, name: str, language: str
) -> None:
    folder, messages = place.folder(name), Messages(language)
    draft = build(place, folder, language)
    text = text_of(draft.pdf, tmp_path)
    pages = text.split(PAGE_END)[:-1]
    assert len(pages) == draft.pages
    seal = draft.verdict.seal_sha256
    assert seal == hashlib.sha256((folder / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    for number, page in enumerate(pages, 1):
        assert flat(messages.text("report.page", page=number, pages=len(pages))) in flat(page)
        assert draft.identity.evidence_id in page
        assert seal in page
    titles = [messages.text(f"report.section.{name}") for name in SECTIONS]
    assert [title for title in bookmarks_of(draft.pdf, tmp_path) if title in titles] == titles
    one = flat(text)
    for title in titles:
        assert flat(title) in one
    for path, raw in files_of(folder).items():
        digest = hashlib.sha256(raw).hexdigest()
        assert digest in one or digest[:32] in one, path
    assert flat(messages.text(f"verdict.{draft.verdict.verdict}")) in one
    assert flat(messages.text("source.simulator")) in one
    assert f"{flat(messages.text('label.source'))}{flat(messages.text('source.official'))}" not in one
    assert "2026-0311借款纠纷" in one
    assert "UTC+8(" in one


def test_the_record_sheet_has_what_the_rules_ask_for(place: Place, tmp_path: Path) -> None:
    draft = build(place, place.folder("kyc"), "zh_CN", sections=("sheet",))
    text = flat(text_of(draft.pdf, tmp_path))
    for word in ("案由", "对象", "内容", "提取人", "提取时间", "封存时间", "提取地点", "来源", "提取方法", "提取过程",
                 "工具及版本", "设备与系统", "校验算法SHA-256", "完整性校验值", "电子数据清单", "orderNosimOrder0001",
                 "queryfacerecord", "facevid_gui"):  # fmt: skip
        assert word in text, word


def test_scores_tags_and_their_limits(place: Place, tmp_path: Path) -> None:
    text = flat(text_of(build(place, place.folder("kyc"), sections=("answer",)).pdf, tmp_path))
    messages = Messages("en")
    for word in ("88.01", "99", messages.text("risk.liveness.03"), messages.text("risk.liveness.03.look"),
                 messages.text("risk.liveness.03.limits"), messages.text("scores.limits")):  # fmt: skip
        assert flat(word) in text, word
    contract = flat(text_of(build(place, place.folder("ess"), sections=("answer",)).pdf, tmp_path))
    assert flat(messages.text("report.tags")) not in contract
    assert "同意" in contract or flat(messages.text("value.not_returned")) in contract


def test_notes_frames_and_foreign_text(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    sidecars.note(place, folder, NOTE)
    sidecars.note(place, folder, "blink", spot=Spot("media/video.mp4", 3, 120_000))
    sidecars.snapshot(place, folder, png())
    sections = ("frames", "contact", "notes")
    draft = build(place, folder, sections=sections)
    text = text_of(draft.pdf, tmp_path)
    assert "[U+1F600]" in text
    assert "[U+202E]evil" in text
    assert "\u202e" not in text
    assert "frame 4, 00:00.120 · pts 120000" in text
    assert hashlib.sha256(png()).hexdigest() in flat(text)
    assert "note 2: blink" in text
    assert text.count("of 125") == 12, "twelve frames of the recording, with their numbers"
    assert "signature valid" in text
    assert draft.pdf.count(b"/Subtype /Image") == 13


def test_damaged_and_lacking_media_are_said_to_be_that(place: Place, tmp_path: Path) -> None:
    messages = Messages("en")
    without = text_of(build(place, place.folder("no_media"), sections=("photo", "contact", "frames")).pdf, tmp_path)
    for name in ("report.no_photo", "record.no_clips", "report.no_snapshots"):
        assert flat(messages.text(name)) in flat(without)
    damaged = build(place, place.folder("damaged"), sections=("contact",))
    assert flat(messages.text("problem.damaged_base64")) in flat(text_of(damaged.pdf, tmp_path))


def test_personal_data_are_masked_unless_asked_for(place: Place, tmp_path: Path) -> None:
    folder = place.folder("ess")
    masked, full = (flat(text_of(build(place, folder, unmask=unmask).pdf, tmp_path)) for unmask in (False, True))
    assert "赵样本" not in masked
    assert "赵*本" in masked
    assert "赵样本" in full
    assert flat(Messages("en").text("report.unmasked")) in full


def test_chosen_sections_only_and_the_front_says_what_was_left_out(place: Place, tmp_path: Path) -> None:
    messages = Messages("en")
    draft = build(place, place.folder("kyc"), sections=("limits", "check"))
    assert draft.sections == ("check", "limits")
    assert bookmarks_of(draft.pdf, tmp_path)[0] == messages.text("report.section.check")
    text = text_of(draft.pdf, tmp_path)
    assert "VERIFIED" in text
    left_out = text.split("left out")[1]
    assert messages.text("report.section.custody") in " ".join(left_out.split())
    with pytest.raises(UsageError, match="report_section"):
        build(place, place.folder("ess"), sections=("nonsense",))


def test_the_operators_mark_lies_over_every_picture(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    plain, marked = (
        build(place, folder, "zh_CN", sections=("photo", "contact"), mark=mark) for mark in ("", "王调查员")
    )
    assert "王调查员" not in text_of(plain.pdf, tmp_path)
    pages = text_of(marked.pdf, tmp_path, "-raw").split(PAGE_END)
    captions = [page.count("共 125 帧") + page.count("media/photo-01.jpg") for page in pages]
    assert sum(captions) >= 13
    for page, pictures in zip(pages, captions, strict=True):
        assert bool(page.count("操作人 王调查员 · 2026")) == bool(pictures)
        assert page.count("王调查员") >= pictures, "each picture has one at least"


def test_without_a_font_english_works_and_chinese_says_what_to_do(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "find_chinese_font", lambda: None)
    folder = place.folder("ess")
    with pytest.raises(SurroundingsError, match="report_no_font"):
        build(place, folder, "zh_CN")
    text = text_of(build(place, folder).pdf, tmp_path)
    assert "[U+501F]" in text, "the case's Chinese letters are seen as code points"
    assert "Record sheet" in text


# --- the same input, the same bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_same_folder_and_logs_give_the_same_bytes(place: Place, language: str) -> None:
    folder = place.folder("stamped")
    sidecars.note(place, folder, NOTE)
    first = build(place, folder, language, mark="x")
    place.house.access_log.add("opened", "f" * 32)  # somebody looks at another record
    assert build(place, folder, language, mark="x").pdf == first.pdf
    place.house.access_log.add("opened", first.identity.evidence_id)
    assert build(place, folder, language, mark="x").pdf != first.pdf, "this one it tells of"


def test_a_noted_report_is_made_again_as_of_then(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    sidecars.note(place, folder, "first")
    done = make(
        place, folder, tmp_path / "one.pdf", "zh_CN", sections=("check", "notes", "custody", "access"), mark="王"
    )
    state = done.draft.state
    assert (state.custody, state.notes) == (1, 1)
    sidecars.note(place, folder, "second")
    make(place, folder, tmp_path / "two.pdf")
    assert place.house.custody.append(folder, "verified", {}, place.signer)
    for wanted in ("1", done.draft.sha256[:12]):
        again = make(place, folder, tmp_path / f"again-{len(wanted)}.pdf", as_of=wanted)
        assert again.draft.pdf == (tmp_path / "one.pdf").read_bytes()
        assert (again.draft.language, again.draft.sections) == ("zh_CN", ("check", "notes", "custody", "access"))
    assert events(folder) == ["sealed", "exported", "exported", "verified"], "a copy is no new report"
    assert access_lines(place)[-1]["detail"]["sha256"] == done.draft.sha256
    assert place.verify(folder).verified
    with pytest.raises(SubjectError, match="report_not_noted"):
        build(place, folder, as_of="77")


def test_what_cannot_be_made_the_same_again_is_not_made(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    make(place, folder, tmp_path / "one.pdf")
    notes = folder.with_name(folder.name + ".work") / "notes"
    notes.mkdir(parents=True)
    place.house.reporter._program = "another version"
    build(place, folder, as_of="1")  # the program's name alone is not on the pages
    sidecars.snapshot(place, folder, png())  # after the report: not told of
    build(place, folder, as_of="1")
    (folder / "signatures" / "tagmanifest-sha256.txt.p7s.tsr").write_bytes(b"x")
    with pytest.raises((SubjectError, ExportRefusedError)):
        build(place, folder, as_of="1")


# --- what is noted -----------------------------------------------------------------------------------------------


def test_hash_and_contents_are_noted_before_the_file_has_its_name(place: Place, tmp_path: Path) -> None:
    folder, target = place.folder("kyc"), tmp_path / "court.pdf"
    done = make(place, folder, target, unmask=True, sections=("check",))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    event = last_event(folder)
    assert event["event"] == "exported"
    noted = {name: event["detail"][name] for name in ("kind", "sha256", "language", "sections", "unmasked", "custody")}
    assert noted == {
        "kind": "report", "sha256": digest, "language": "en", "sections": "check", "unmasked": "yes", "custody": "1",
    }  # fmt: skip
    assert done.recorded
    assert register_lines(place)[-1]["event"] == "custody"
    line = access_lines(place)[-1]
    assert (line["event"], line["subject"]) == ("exported", done.draft.identity.evidence_id)
    assert (line["detail"]["sha256"], line["detail"]["unmasked"]) == (digest, "yes")
    assert line["detail"]["file"] == str(target)
    assert target.stat().st_mode & 0o777 == 0o600
    (known,) = known_exports(folder, done.draft.identity.evidence_id, place.house.paths.register,
                             place.house.paths.access_log)  # fmt: skip
    assert (known.file, known.sha256) == (str(target), digest)
    assert place.verify(folder).verified
    assert_nothing_waits(place, tmp_path)


def assert_nothing_waits(place: Place, folder: Path) -> None:
    assert list(place.house.paths.queue.glob("*.json")) == []
    assert list(folder.glob(".facevid-*")) == []


def test_an_existing_file_and_the_folder_itself_are_refused(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    draft = build(place, folder, sections=("check",))
    (tmp_path / "there.pdf").write_bytes(b"theirs")
    for target, code in (
        (tmp_path / "there.pdf", "file_exists"), (folder / "x.pdf", "export_inside"),
        (tmp_path / "missing" / "x.pdf", "export_no_folder"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=code):
            place.house.reporter.write(draft, target, lambda: place.signer)
    assert (tmp_path / "there.pdf").read_bytes() == b"theirs"
    assert events(folder) == ["sealed"]


def test_a_name_taken_meanwhile_takes_the_note_back(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, target = place.folder("kyc"), tmp_path / "x.pdf"
    move = departure.move_new

    def others_first(source: Path, path: Path) -> bool:
        path.write_bytes(b"theirs")
        return move(source, path)

    monkeypatch.setattr(departure, "move_new", others_first)
    with pytest.raises(UsageError, match="file_exists"):
        make(place, folder, target, sections=("check",))
    assert target.read_bytes() == b"theirs"
    assert events(folder) == ["sealed", "exported", "correction"]
    assert [line["event"] for line in access_lines(place)] == ["exported", "export_undone"]
    assert_nothing_waits(place, tmp_path)


class Killed(BaseException):
    """The power went away."""


@pytest.mark.parametrize("moment", ["note", "publish"])
def test_a_killed_one_is_cleared_away_at_the_next_start(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    folder = place.folder("kyc")
    draft = build(place, folder, sections=("check",))

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(departure.Departures, moment, die)
        patch.setattr(departure.Departures, "undo", lambda *_: None)
        patch.setattr(type(place.house.journal), "done", lambda *_: None)
        with pytest.raises(Killed):
            place.house.reporter.write(draft, tmp_path / "x.pdf", lambda: place.signer)
    assert list(tmp_path.glob(".facevid-*.partial"))
    place.house.recover()
    assert_nothing_waits(place, tmp_path)
    assert not (tmp_path / "x.pdf").exists()
    assert access_lines(place)[-1]["event"] == "export_undone"


def test_it_stops_when_asked_to_and_notes_nothing(place: Place) -> None:
    folder, token = place.folder("kyc"), CancelToken()

    def stop(stage: str, _number: int) -> None:
        if stage == "frames":
            token.cancel()

    with pytest.raises(CancelledError):
        place.house.reporter.build(ReportRequest(folder, "en"), place.trust(), token, stop)
    assert events(folder) == ["sealed"]
    assert access_lines(place) == []


def test_a_folder_that_changes_after_the_check_gets_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.open_folder("kyc")
    opened = departure.open_evidence

    def then_changed(*given: Any) -> Any:
        reviewed = opened(*given)
        manifest = folder / "manifest-sha256.txt"
        manifest.write_bytes(manifest.read_bytes().replace(b"a", b"b"))
        return reviewed

    monkeypatch.setattr(departure, "open_evidence", then_changed)
    with pytest.raises(SubjectError, match="report_changed"):
        build(place, folder, sections=("check",))


# --- folders that do not hold ------------------------------------------------------------------------------------


def test_a_broken_folder_is_refused_and_otherwise_says_so_on_every_page(place: Place, tmp_path: Path) -> None:
    folder = place.open_folder("kyc")
    flip(video(folder))
    with pytest.raises(ExportRefusedError) as caught:
        build(place, folder)
    assert caught.value.code == "export_not_clean"
    before = files_of(folder)
    done = make(place, folder, tmp_path / "x.pdf", even_if_broken=True)
    assert files_of(folder) == before, "nothing is added to it"
    assert not done.recorded
    pages = text_of(done.draft.pdf, tmp_path).split(PAGE_END)[:-1]
    assert len(pages) > 3
    for page in pages:
        assert "THE CHECK FAILED: ALTERED" in page
        assert "data/media/video.mp4" in page
    assert b"/Subtype /Image" in done.draft.pdf, "the photo still holds"
    assert "of 125" not in text_of(done.draft.pdf, tmp_path), "the recording does not, so it is not shown"
    line = register_lines(place)[-1]
    assert (line["event"], line["detail"]["kind"], line["detail"]["verdict"]) == ("pending", "report", "altered")
    assert access_lines(place)[-1]["detail"]["sha256"] == done.draft.sha256
    again = build(place, folder, even_if_broken=True, as_of=done.draft.sha256)
    assert again.pdf == done.draft.pdf


def test_without_a_readable_record_the_report_tells_what_there_is(place: Place, tmp_path: Path) -> None:
    folder = place.open_folder("kyc")
    (folder / "data" / "capture.json").write_bytes(b"{}")
    draft = build(place, folder, even_if_broken=True)
    assert draft.verdict.verdict is Verdict.ALTERED
    text = text_of(draft.pdf, tmp_path)
    assert Messages("en").text("page.no_record") in text
    assert "data/capture.json" in text


def test_a_stranger_is_no_trusted_signer_here_either(place: Place) -> None:
    folder = place.folder("kyc")
    trust = replace(place.trust(), signers=())
    with pytest.raises(ExportRefusedError) as caught:
        place.house.reporter.build(ReportRequest(folder, "en"), trust, CancelToken())
    assert caught.value.verdict.verdict is Verdict.UNKNOWN_SIGNER
