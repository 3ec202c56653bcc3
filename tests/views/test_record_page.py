"""The page in each of its states: nothing yet, an outcome, a record with and without media, what cannot be read."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar

from facevid_gui.bridge.photos import Photo
from facevid_gui.bridge.session import Page
from facevid_gui.bridge.shown import Shown
from facevid_gui.core.deadline import Deadline
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.messages import Messages
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Flow, Question, Signer
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.evidence.review import UnreadableFolderError
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.widgets import IconLabel
from tests.support.evidence_places import unlock, unlock_folders
from tests.support.places import look_up_flow, look_up_order, make_house
from tests.support.window_driver import Driver
from tests.support.window_records import (
    EVIDENCE_ID,
    NOW,
    NOWHERE,
    clip,
    make_record,
    make_reviewed,
    make_verdict,
    reasons,
)

PROFILE = make_profile("work", "ess", {"user_id": "u"})


def page_of(driver: Driver) -> int:
    return driver.window.page._stack.currentIndex()


EMPTY, RECORD, OUTCOME, UNREADABLE = range(4)


# --- nothing yet ----------------------------------------------------------------------------------------


def test_before_the_start_and_with_a_profile_it_says_what_to_paste(driver: Driver) -> None:
    assert page_of(driver) == EMPTY
    for _ in range(2):
        words = driver.texts(driver.window._welcome)
        assert words[0] == "Look up a record"
        assert not driver.window._welcome.profile_button.isVisible()
        driver.choose_profile(PROFILE)
    assert driver.button("Open a folder…", driver.window.page).isVisible()
    assert driver.window.windowTitle() == "facevid"


def test_without_a_profile_it_offers_to_add_one_or_to_open_a_folder(driver: Driver) -> None:
    driver.choose_profile()
    assert driver.texts(driver.window._welcome)[0] == "Welcome"
    driver.click(driver.button("Add a profile…", driver.window.page))
    assert driver.dialog("profiles_dialog").isVisible()
    driver.click("close_profiles_button")
    driver.until(lambda: not driver.has_dialog())
    driver.choose_profile(PROFILE)
    assert driver.texts(driver.window._welcome)[0] == "Look up a record"


def test_looking_up_without_a_profile_asks_for_one(driver: Driver) -> None:
    driver.choose_profile()
    driver.paste("look_up_field", flow_id("One"))
    driver.click("look_up_button")
    assert driver.dialog("profiles_dialog").isVisible()


def test_rescue_without_a_profile_asks_for_one(driver: Driver) -> None:
    driver.choose_profile()
    driver.click("rescue_button")
    assert driver.dialog("profiles_dialog").isVisible()


# --- outcomes -------------------------------------------------------------------------------------------

OUTCOMES = [
    ("no_media_yet", OutcomeKind.NO_MEDIA_YET, "warn"),
    ("no_recording", OutcomeKind.NO_RECORDING, "warn"),
    ("flow_not_found", OutcomeKind.NOT_FOUND, "warn"),
    ("credentials_refused", OutcomeKind.SIGNATURE, "bad"),
    ("no_permission", OutcomeKind.REFUSED, "bad"),
    ("unreachable", OutcomeKind.NETWORK, "bad"),
    ("unreadable_answer", OutcomeKind.INCOMPLETE, "bad"),
]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_outcome_is_worded_with_its_next_step(make_driver: Callable[..., Driver], language: str) -> None:
    driver = make_driver(language=language)
    messages = Messages(language)
    for code, kind, tone in OUTCOMES:
        outcome = Outcome(kind, code, 1, "Code.Of.Provider", "what the provider said", "request-7", 120.0)
        driver.show_page(Page("outcome", outcome=outcome))
        assert page_of(driver) == OUTCOME
        view = driver.window.page.outcome
        words = driver.texts(view)
        assert messages.has(f"error.{code}"), code
        assert view.headline.text().strip()
        assert view.next_step.text().strip()
        assert "error." not in " ".join(words)
        assert "Code.Of.Provider what the provider said" in words
        assert "request-7" in words
        assert any("120" in word for word in words), "a clock that is off is told"
        assert view.accessibleName() == view.headline.text()
        assert view.widget().findChildren(QPushButton)
        assert view.headline.text() == messages.text(f"error.{code}")
        icons = list(view.widget().findChildren(IconLabel))
        assert icons[0]._color == tone


def test_what_the_user_stopped_is_no_failure(driver: Driver) -> None:
    for kind in (OutcomeKind.NETWORK, OutcomeKind.INCOMPLETE):
        driver.show_page(Page("outcome", outcome=Outcome(kind, "cancelled", 130)))
        view = driver.window.page.outcome
        assert view.headline.text() == "Stopped."
        assert [icon._color for icon in view.widget().findChildren(IconLabel)] == ["muted"]
        assert driver.button("Look up again", view).isVisible()


def test_an_outcome_offers_what_helps(driver: Driver) -> None:
    driver.choose_profile(PROFILE)
    view = driver.window.page.outcome
    opened: list[str] = []
    driver.window.page.outcome.capture_wanted.connect(opened.append)
    refused = Outcome(OutcomeKind.SIGNATURE, "credentials_refused", 1)
    driver.show_page(Page("outcome", outcome=refused, capture=Path("/srv/captures/abc")))
    assert any("kept on this computer" in text for text in driver.texts(view))
    driver.click(driver.button("Show what was received", view))
    assert opened == ["abc"]
    driver.click(driver.button("Edit profile…", view))
    assert driver.dialog("profiles_dialog").isVisible()


def test_half_an_answer_is_said_to_be_kept_but_not_offered_for_show(driver: Driver) -> None:
    outcome = Outcome(OutcomeKind.INCOMPLETE, "unreadable_answer", 1)
    driver.show_page(Page("outcome", outcome=outcome, capture=Path("/srv/captures/.partial-abc")))
    view = driver.window.page.outcome
    assert any("kept on this computer" in text for text in driver.texts(view))
    with pytest.raises(AssertionError):
        driver.button("Show what was received", view)
    assert driver.button("Look up again", view).isVisible()


def signer(label: str, state: str, type_: str = "PERSON") -> Signer:
    return Signer(sign_id(label), f"{label[0]}样本", type_, state, NOW, Deadline(None, None))


def test_several_signers_are_listed_and_only_people_who_signed_can_be_chosen(driver: Driver) -> None:
    people = (signer("A", "signed"), signer("B", "waiting"), signer("C", "signed", "ENTERPRISESERVER"))
    flow = Flow(flow_id("Many"), "contract", "signed", people)
    chosen: list[str] = []
    view = driver.window.page.outcome
    view.signer_chosen.connect(chosen.append)
    driver.show_page(Page("outcome", outcome=Outcome(OutcomeKind.REFUSED, "signer_needed", 1), flow=flow))
    buttons = [b for b in view.widget().findChildren(QPushButton) if b.text() == "Look up"]
    assert [button.isEnabled() for button in buttons] == [True, False, False]
    assert buttons[1].toolTip()
    names = driver.texts(view)
    assert "A*本" in names
    assert "A样本" not in " ".join(names)
    driver.click(buttons[0])
    assert chosen == [sign_id("A")]
    with pytest.raises(AssertionError):
        driver.button("Look up again", view)


# --- records --------------------------------------------------------------------------------------------


def test_a_record_without_clips_says_so_and_nothing_can_be_played(driver: Driver) -> None:
    outcome = Outcome(OutcomeKind.NO_RECORDING, "no_recording", 1)
    driver.show_page(Page("record", make_reviewed(make_record(outcome=outcome))))
    assert page_of(driver) == RECORD
    assert not driver.window.page.clip_tabs.isVisible()
    expected = Messages("en").text("error.no_recording")
    assert driver.window.page.stage.canvas._message.text().splitlines()[0] == expected
    for name in ("play_button", "step_back_button", "step_forward_button"):
        assert not driver.find(name).isEnabled()
    assert not driver.window.page.photo._pin.isVisible()
    driver.show_page(Page("record", make_reviewed(make_record(evidence_id="f" * 32))))
    assert driver.window.page.stage.canvas._message.text() == "This record holds no recording."


def test_what_the_interface_does_not_return_is_said(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record("ess"))))
    assert "The e-sign interface returns no photo" in driver.texts(driver.window.page.photo)
    driver.show_page(Page("record", make_reviewed(make_record("kyc", evidence_id="f" * 32))))
    assert any("returned no photo with this order" in text for text in driver.texts(driver.window.page.photo))


def test_a_clip_that_could_not_be_decoded_from_the_answer_is_told_in_its_tab(driver: Driver) -> None:
    clips = (clip(path=None, sha256=None, problem="damaged_base64"), clip("question"))
    driver.show_page(Page("record", make_reviewed(make_record(clips=clips))))
    assert driver.tabs() == ["Liveness video", "Question and answer video"]
    assert "could not be decoded" in driver.window.page.stage.canvas._message.text()


def test_a_clip_that_is_gone_is_told_while_the_rest_stays_usable(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(), clip("nod"))), make_verdict())))
    canvas = driver.window.page.stage.canvas
    driver.until(lambda: canvas._message.text().startswith("liveness video:"))
    driver.window.page.clip_tabs.setCurrentIndex(1)
    driver.until(lambda: canvas._message.text().startswith("nod video 1:"))
    assert driver.window.findings.isVisible()
    assert driver.find("verdict_banner").isVisible()


def test_bytes_that_are_no_video_are_told_and_nothing_is_shown(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.desktop.screening.load(b"this is no video at all " * 100)
    canvas = driver.window.page.stage.canvas
    driver.until(lambda: driver.desktop.screening.state == "failed")
    assert "no recording the program can open" in canvas._message.text()
    assert canvas.image is None
    assert not driver.find("play_button").isEnabled()


def test_a_photo_that_is_no_picture_is_told(driver: Driver) -> None:
    item = clip("photo", media_type="image/jpeg", path="media/photo-01.jpg")
    driver.show_page(Page("record", make_reviewed(make_record("kyc", photos=(item,)))))
    driver.window.page._on_photo(Photo(item, None))
    words = driver.texts(driver.window.page.photo)
    assert any("no picture this program can show" in text for text in words)
    image = QImage(20, 10, QImage.Format.Format_RGB888)
    image.fill(0)
    driver.window.page._on_photo(Photo(item, image))
    assert driver.window.page.photo.canvas.image is not None
    assert "JPEG · 20×10" in driver.window.page.photo.line.caption.text()


def test_a_frame_is_pinned_beside_the_video_and_taken_away_again(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    photo = driver.window.page.photo
    image = QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(0)
    button = driver.button("Pin the current frame", photo)
    assert not button.isEnabled(), "there is no frame yet"
    driver.desktop.screening._show(image, Shown(0, 2, 0, "exact"))
    driver.desktop.screening.problem_found.emit("frame_undecodable", "2")
    label = driver.find("frame_label", QLabel)
    assert label.text() == "Frame 1 / 2 · 00:00.000 · exact – Frame 2 cannot be decoded; go on to the next one"
    driver.click(button)
    assert photo.canvas.isVisible()
    pinned = "Pinned, not part of the evidence · Liveness video · Frame 1 / 2 · 00:00.000 · exact"
    assert photo.line.caption.text() == pinned, "what is shown, not what cannot be"
    driver.desktop.screening.problem_found.emit("player_no_picture", "")
    assert label.text().startswith("Frame 1 / 2 · 00:00.000 · exact"), "what lasts stands in the health line"
    driver.click(photo._unpin)
    assert photo.empty.isVisible()
    assert photo.canvas.image is None


def test_the_title_of_the_window_names_the_open_record(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed()))
    assert driver.window.windowTitle() == f"{flow_id('One')} – facevid"
    driver.show_page(Page())
    assert driver.window.windowTitle() == "facevid"


def test_a_page_that_changes_only_beside_its_media_does_not_load_them_again(driver: Driver) -> None:
    from dataclasses import replace

    page = Page("record", make_reviewed(make_record(clips=(clip(),))))
    loaded: list[object] = []
    driver.desktop.controller.load_media = lambda *arguments: loaded.append(arguments)  # type: ignore[method-assign]
    driver.show_page(page)
    driver.show_page(replace(page, unmasked=True))
    assert len(loaded) == 1
    driver.show_page(Page())
    driver.show_page(page)
    assert len(loaded) == 2


# --- what cannot be read --------------------------------------------------------------------------------


def test_a_folder_without_a_readable_record_opens_only_behind_what_is_broken(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed()))
    verdict = make_verdict(Verdict.UNREADABLE, source=None, signer=None, reasons=reasons("missing"))
    driver.show_page(Page("error", error=UnreadableFolderError(verdict), verdict=verdict))
    assert page_of(driver) == UNREADABLE
    banner = driver.find("broken_banner")
    assert banner.property("tone") == "bad"
    assert "UNREADABLE" in driver.texts(banner)
    assert any("missing: data/missing.bin" in text for text in driver.texts(banner))
    assert driver.texts(driver.window.page._broken_text)[0]
    assert driver.window.windowTitle() == "facevid"
    assert not driver.window.findings.tabs.isVisible()


def test_any_other_error_is_a_page_with_its_next_step(driver: Driver) -> None:
    driver.show_page(Page("error", error=SubjectError("capture_interrupted", id=EVIDENCE_ID)))
    assert page_of(driver) == OUTCOME
    words = Messages("en").failure("capture_interrupted", {"id": EVIDENCE_ID})
    assert driver.window.page.outcome.headline.text() == words[0]
    with pytest.raises(AssertionError):
        driver.button("Look up again", driver.window.page.outcome)


def test_words_of_the_window_speak_of_no_command(driver: Driver) -> None:
    """The catalogue's next steps for the console name options; what a folder or a look-up can meet does not."""
    codes = ("capture_interrupted", "capture_changed", "capture_unknown", "media_changed", "media_missing",
             "media_too_large", "folder_unreadable", "secrets_absent", "keys_not_kept", "keyring_locked",
             "keyring_denied", "keyring_hangs", "no_signing_key", "key_passphrase_wrong", "signer_needed",
             "nobody_signed", "profile_none", "cancelled", "disk_full", "unforeseen")  # fmt: skip
    known = [code for code in codes if driver.desktop.messages.has(f"error.{code}")]
    assert len(known) >= 18
    for code in known:
        driver.show_page(Page("error", error=SurroundingsError(code, id="x", path="x", profile="x", kind="ess")))
        words = " ".join(driver.texts(driver.window.page.outcome))
        assert "facevid " not in words, words
        assert "--" not in words, words


# --- real folders ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A home with a sealed order and a sealed flow."""
    root = tmp_path_factory.mktemp("sealed")
    house = make_house(root / "home")
    request = SealRequest("2026-0311", "test", house.operator, root / "evidence")
    with Simulator() as simulator:
        found = [look_up_order(house, simulator, "simOrder0001"), look_up_flow(house, simulator, flow_id("One"))]
    folders = [house.sealer.seal(house.captures.open(str(f.capture)), request, house.keys.open()).folder for f in found]
    yield house, folders
    unlock_folders(root)


def broken(source: Path, tmp_path: Path, name: str) -> Path:
    """A copy with one bit of a media file turned."""
    target = unlock(shutil.copytree(source, tmp_path / source.name, symlinks=True))
    file = target / "data" / "media" / name
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    return target


@pytest.mark.parametrize(("name", "lost"), [("video.mp4", "video"), ("photo-01.jpg", "photo")])
def test_a_changed_recording_or_photo_is_never_shown(  # type: ignore[no-untyped-def]
    make_driver: Callable[..., Driver], sealed, tmp_path: Path, name: str, lost: str
) -> None:
    house, (order, _) = sealed
    driver = make_driver(home=house.paths.config.parent)
    driver.desktop.controller.open_folder(broken(order, tmp_path, name))
    driver.until(lambda: driver.session.page.kind == "record" and not driver.session.is_busy)
    page = driver.window.page
    assert page.banner.property("tone") == "bad"
    assert f"changed since sealing: data/media/{name}" in page.banner.text.text()
    video, photo = page.stage.canvas, page.photo.canvas
    if lost == "video":
        driver.until(lambda: "is not the file that was recorded" in video._message.text() and photo.image is not None)
        assert video.image is None
        assert not driver.find("play_button").isEnabled()
    else:
        driver.until(lambda: video.image is not None and page.photo.empty.text.text())
        driver.until(lambda: "is not the file that was recorded" in " ".join(driver.texts(page.photo)))
        assert photo.image is None


def test_the_same_bytes_never_show_another_person(  # type: ignore[no-untyped-def]
    make_driver: Callable[..., Driver], sealed
) -> None:
    """Switching between records while clips still load ends with the picture of the record that is open."""
    house, (order, flow) = sealed
    driver = make_driver(home=house.paths.config.parent)
    pictures = {}
    for folder in (order, flow):
        open_and_wait(driver, folder)
        pictures[folder] = driver.picture("video_canvas")
    assert pictures[order] != pictures[flow]
    for _ in range(4):
        for folder in (order, flow):
            driver.desktop.controller.open_folder(folder)
            driver.until(lambda folder=folder: driver.session.page.folder == folder)
    open_and_wait(driver, flow)
    assert driver.picture("video_canvas") == pictures[flow]
    open_and_wait(driver, order)
    driver.until(lambda: driver.window.page.photo.canvas.image is not None)
    open_and_wait(driver, flow)
    assert driver.window.page.photo.canvas.image is None, "the photo of the record before"


def open_and_wait(driver: Driver, folder: Path) -> None:
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: driver.session.page.folder == folder and not driver.session.is_busy)
    driver.until(lambda: driver.desktop.screening.shown is not None and driver.desktop.screening.shown.number == 0)


def test_nothing_of_a_folder_that_is_not_there_stays_on_the_page(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed()))
    driver.desktop.controller.open_folder(NOWHERE)
    driver.until(lambda: driver.session.page.kind == "error")
    assert page_of(driver) == UNREADABLE
    assert flow_id("One") not in " ".join(driver.texts(driver.window))


# --- what was said in a clip ----------------------------------------------------------------------------

ASKED = (Question("同意", "0"), Question(None, "-1"), Question("好", None))


def words_beside(driver: Driver) -> list[str]:
    return driver.texts("clip_words")


def test_the_question_clip_has_its_answers_and_codes_beside_it(driver: Driver) -> None:
    clips = (clip(), clip("question"), clip("nod"))
    driver.show_page(Page("record", make_reviewed(make_record(clips=clips, questions=ASKED))))
    assert words_beside(driver) == ["No transcript is returned for this clip."]
    tabs = driver.find("clip_tabs", QTabBar)
    tabs.setCurrentIndex(1)
    assert words_beside(driver) == [
        "1. code 0: matched · \"同意\"", "2. code -1: not matched · no transcript returned",
        "3. no code returned · \"好\"",
    ]  # fmt: skip
    tones = [label.property("tone") for label in driver.find("clip_words").findChildren(QLabel) if label.isVisible()]
    assert tones == ["ok", "warn", "muted"]
    tabs.setCurrentIndex(2)
    assert words_beside(driver) == ["No transcript is returned for this clip."]


def test_a_long_answer_never_hides_its_code(driver: Driver) -> None:
    asked = (Question("我自愿办理此项业务并已知悉全部风险条款内容" * 4, "-1"),)
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip("question"),), questions=asked))))
    (words,) = words_beside(driver)
    assert words.startswith('1. code -1: not matched · "我自愿')
    assert words.endswith("…")


def test_words_without_a_question_clip_stand_beside_no_other_clip(driver: Driver) -> None:
    for record in (make_record(clips=(clip(),), questions=ASKED), make_record("kyc", clips=(clip(),)),
                   make_record(clips=(clip("question"),), questions=())):  # fmt: skip
        driver.show_page(Page("record", make_reviewed(record)))
        assert not driver.find("clip_words").isVisible()


@pytest.mark.parametrize("width", [500, 700, 1100])
def test_ten_answers_can_be_read_at_any_width(driver: Driver, width: int) -> None:
    asked = tuple(
        Question("我同意签署本合同并知悉其全部内容" if n % 2 else "同意", "0" if n % 3 else "-1") for n in range(10)
    )
    driver.desktop.show()
    driver.window.splitter.setSizes([280, width, 330])
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip("question"),), questions=asked))))
    beside = driver.find("clip_words")
    driver.until(lambda: beside.height() >= beside.heightForWidth(beside.width()))
    chips = [label for label in beside.findChildren(QLabel) if label.isVisible()]
    assert len(chips) == 10
    places = [chip.geometry() for chip in chips]
    assert all(beside.rect().contains(place) for place in places), places
    assert not any(one.intersects(other) for one in places for other in places if one is not other)
    tabs = driver.find("clip_tabs", QTabBar)
    assert not tabs.geometry().intersects(beside.geometry())


def test_the_stage_does_not_jump_between_clips_nor_keeps_the_place_for_another_record(driver: Driver) -> None:
    asked = tuple(Question("我同意签署本合同并知悉其全部内容", "0") for _ in range(8))
    clips = (clip(), clip("question"), clip("nod", 1), clip("nod", 2))
    driver.desktop.show()
    driver.show_page(Page("record", make_reviewed(make_record(clips=clips, questions=asked))))
    beside, tabs = driver.find("clip_words"), driver.find("clip_tabs", QTabBar)
    driver.settle()
    high = beside.height()
    for number in (1, 2, 3, 0, 1):
        tabs.setCurrentIndex(number)
        driver.settle()
        assert beside.height() == high
    driver.show_page(Page("record", make_reviewed(make_record(clips=clips, questions=asked[:1]))))
    driver.until(lambda: beside.height() < high)
