"""Pictures of the window in its states, for people to look at. Run: python -m tests.support.gallery FOLDER [STATE...]

`GALLERY` in the environment names languages and schemes, "en:light zh_CN:dark" by default, `GALLERY_WINDOW` the size of
the window ("1360x860"); with QT_SCALE_FACTOR=2 it is at 200 %. With `--desk` instead of states: the review desk only
(CI keeps these as artefacts); with `--set-up`: guide and settings only. A picture that shows nothing, or that could not
be made, ends it with an error.
"""

import gc
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from facevid_gui.application import make_application
from facevid_gui.bridge.work import Sealing
from facevid_gui.demo import FLOW, ORDER, DemoHouse, add_profiles
from facevid_gui.desktop import Desktop
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.gallery_help import deadline_states, help_states
from tests.support.gallery_library import library_states
from tests.support.gallery_set_up import set_up_states
from tests.support.pseudo import NAME
from tests.support.pseudo_qt import speak_pseudo
from tests.support.qt import pump_until
from tests.support.screens import large_screen

WINDOW = "1360x860"
FEW_COLOURS = 12


class Stage:
    """A desktop on a throw-away home."""

    def __init__(self, application: QApplication, home: Path, simulator: Simulator, language: str, scheme: str) -> None:
        self.house = DemoHouse(home, {"FACEVID_LANG": language})
        add_profiles(self.house, simulator)
        self._translator = speak_pseudo(application, self.house) if language == NAME else None
        gc.disable()  # as the program does before its first window
        self.desktop = Desktop(application, self.house)
        self.desktop.furnish()
        self.desktop.theme.choose(scheme)
        self.desktop.window.resize(*map(int, os.environ.get("GALLERY_WINDOW", WINDOW).split("x")))
        self.desktop.show()
        pump_until(lambda: self.desktop.session.started and self.desktop.player is not None)

    def look_up(self, text: str) -> None:
        bar = self.desktop.window.bar
        bar.field.setText(text)
        bar.look_up_button.click()
        pump_until(lambda: not self.desktop.session.is_busy)
        if self.desktop.session.page.kind == "record":
            pump_until(lambda: len(self.desktop.window.page.clip_view.timeline.thumbnails) >= 10)
            pump_until(lambda: self.desktop.screening.state == "paused")

    def save(self) -> Path:
        root = self.desktop.session.evidence_roots[0]
        self.desktop.controller.save(Sealing("2026-0311", "disputed signature", root))
        pump_until(lambda: self.desktop.session.page.reviewed is not None
                   and self.desktop.session.page.reviewed.is_sealed and not self.desktop.session.is_busy)  # fmt: skip
        pump_until(lambda: len(self.desktop.window.page.clip_view.timeline.thumbnails) >= 10)
        return self.desktop.session.page.reviewed.folder

    def open(self, folder: Path) -> None:
        self.desktop.controller.open_folder(folder)
        pump_until(lambda: not self.desktop.session.is_busy)
        pump_until(lambda: False, timeout_s=0.6, must=False)

    def rest(self) -> None:
        pump_until(lambda: False, timeout_s=0.3, must=False)

    def dialog(self) -> QWidget:
        return next(w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not self.desktop.window)

    def close(self) -> None:
        self.desktop.window.close()
        self.desktop.shut_down()
        if self._translator is not None:
            QApplication.instance().removeTranslator(self._translator)
        self.desktop.clear_away()  # the next window may speak another language


def states(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """Names, and how to come there, in an order in which each builds on the one before."""
    window, controller = stage.desktop.window, stage.desktop.controller
    yield "empty", lambda: None
    yield "profiles", window.show_profiles
    yield from help_states(stage)
    yield "unsaved", lambda: stage.look_up(FLOW)
    yield from deadline_states(stage)
    yield "save-dialog", window.page.banner.save_button.click
    yield "discard-dialog", lambda: (stage.dialog().close(), window.page.banner.discard_button.click())
    yield "marked", lambda: (stage.dialog().close(), mark_a_part(stage))
    yield "going-to-a-place", lambda: (window.page.clip_view.timeline._leave(), window.page.stage.ask_place())
    yield "recording-dialog", lambda: (window.page.stage.jump.hide(), window.page.clip_view.health.show_details())
    yield "sealed", lambda: (stage.dialog().close(), stage.save())
    yield "custody", lambda: window.findings.tabs.setCurrentIndex(2)
    yield "answer", lambda: open_answer(stage, "同意")
    yield "keys-dialog", window.show_keys
    yield "whole-screen", lambda: (stage.dialog().close(), window.stage_screen.enter())
    yield "watermark", lambda: (window.stage_screen.leave(), mark(stage))
    yield "settings-dialog", window.show_settings
    yield "hidden", lambda: (stage.dialog().close(), stage.desktop.privacy._on_idle())
    yield "export-dialog", lambda: (mark(stage, on=False), window.page.banner.export_button.click())
    yield "export-done-dialog", lambda: export(stage)
    yield "report-dialog", lambda: (stage.dialog().close(), window._reports.ask())
    yield "report-at-work-dialog", lambda: begin_report(stage)
    yield "report-done-dialog", lambda: pump_until(lambda: not stage.desktop.session.is_busy)
    yield "print-dialog", lambda: (stage.dialog().close(), window._reports.ask_print())
    yield "access-dialog", lambda: (stage.dialog().close(), look_back(stage, window.privacy_actions.show_log))
    yield "access-record-dialog", lambda: (stage.dialog().close(),
                                           look_back(stage, window.privacy_actions.show_record_log))  # fmt: skip
    yield "stored-dialog", lambda: (stage.dialog().close(), look_back(stage, window.privacy_actions.show_stored))
    yield "reason-dialog", lambda: (stage.dialog().close(), ask_why(stage))
    yield "export-reason-dialog", lambda: (stage.dialog().close(), ask_why_export(stage))
    yield "purge-dialog", lambda: (stage.dialog().close(), no_reasons(stage), purge(stage))
    yield "due", lambda: (stage.dialog().close(), years_later(stage))
    yield "notes", lambda: write_notes(stage)
    yield "signers", lambda: stage.look_up(flow_id("Many"))
    yield "no-recording", lambda: stage.look_up(flow_id("NoVideo"))
    yield "gone", lambda: stage.look_up("simOrderGone")
    yield "negative", lambda: stage.look_up("simOrderNegative")
    yield "damaged", lambda: stage.look_up(flow_id("Sample"))
    yield "twelve", lambda: stage.look_up(flow_id("Twelve"))
    yield "question", lambda: window.page.clip_tabs.setCurrentIndex(1)
    yield "order-sealed", lambda: (stage.look_up(ORDER), stage.save())
    yield "swipe", lambda: window.page.comparison.choose("split")
    yield "overlay-adjusted", lambda: (window.page.comparison.choose("overlay"), window.page.stage.canvas.mirror(),
                                       window.page.stage.canvas.levels_wanted.emit())  # fmt: skip
    yield "linked", lambda: (window.page.stage.line.badge.click(), stage.rest(), window.page.stage.canvas.zoom_exact())
    yield "broken", lambda: stage.open(broken_copy(stage, "photo-01.jpg"))
    yield "broken-custody", lambda: window.findings.tabs.setCurrentIndex(2)
    yield "broken-video", lambda: stage.open(broken_copy(stage, "video.mp4"))
    yield "unreadable", lambda: stage.open(unreadable_copy(stage))
    yield "stranger", lambda: stage.open(a_strangers_folder(stage))
    yield "trust-dialog", window.page.banner.trust_button.click
    yield "trust-dialog-differs", lambda: compare_wrongly(stage)
    yield "package", lambda: (stage.dialog().close(), open_package(stage))
    yield "package-notes", lambda: window.findings.tabs.setCurrentIndex(3)
    yield "keep-dialog", window.packages.ask_keep
    yield "which-dialog", lambda: (stage.dialog().close(), open_several(stage))
    yield "bad-package", lambda: (stage.dialog().close(), open_bad_package(stage))
    yield "no-evidence", lambda: open_place(stage)
    yield "expired-dialog", lambda: (expire(stage), window.privacy_actions.show_expired())
    yield "expired", lambda: stage.dialog().close()
    yield (
        "bad-id",
        lambda: (controller.dismiss_notice(), window.bar.field.setText("yD!bad"), controller.look_up()),
    )
    yield "network", lambda: network_down(stage)
    yield from library_states(stage)
    yield from set_up_states(stage)


def desk_states(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """The review desk alone: what is looked at while looking at a recording."""
    window, page = stage.desktop.window, stage.desktop.window.page
    yield "unsaved", lambda: stage.look_up(FLOW)
    yield "marked", lambda: mark_a_part(stage)
    yield "sealed", lambda: (page.clip_view.timeline._leave(), stage.save())
    yield "custody", lambda: window.findings.tabs.setCurrentIndex(2)
    yield "answer", lambda: open_answer(stage, "同意")
    yield "notes", lambda: write_notes(stage)
    yield "snapshot-dialog", lambda: look_at_snapshot(stage)
    yield "order", lambda: (stage.dialog().close(), stage.look_up(ORDER), stage.save())
    yield "whole-screen", window.stage_screen.enter
    yield "whole-screen-overlay", lambda: page.comparison.choose("overlay")
    yield "swipe", lambda: (window.stage_screen.leave(), page.comparison.choose("split"))
    yield "adjusted", lambda: (page.stage.canvas.mirror(), page.stage.canvas.levels_wanted.emit())
    yield "zoomed", lambda: (page.comparison.choose("alone"), stage.rest(), page.stage.canvas.zoom_exact())
    yield "broken-video", lambda: stage.open(broken_copy(stage, "video.mp4"))


def begin_report(stage: Stage) -> None:
    """A report on its way, personal data shown."""
    dialog = stage.dialog()
    dialog.file_field.setText(str(stage.house.paths.config.parent / "court.pdf"))  # type: ignore[attr-defined]
    dialog.unmask_box.setChecked(True)  # type: ignore[attr-defined]
    dialog.confirm_button.click()  # type: ignore[attr-defined]
    pump_until(lambda: stage.desktop.session.activity.stage == "frames")


def export(stage: Stage) -> None:
    """Pack what is open, the dialog filled in."""
    dialog = stage.dialog()
    dialog.package_field.setText(str(stage.house.paths.config.parent / "court.zip"))  # type: ignore[attr-defined]
    dialog.recipient_field.setText("Intermediate Court 第一庭")  # type: ignore[attr-defined]
    dialog.confirm_button.click()  # type: ignore[attr-defined]
    pump_until(lambda: not stage.desktop.session.is_busy)


def purge(stage: Stage) -> None:
    """Look at what deleting the open record would mean."""
    stage.desktop.window._hand_over.purge_action.trigger()
    pump_until(lambda: not stage.desktop.session.is_busy)


def years_later(stage: Stage) -> None:
    """Every sealed record is past its retention date."""
    later = stage.house.clock.now() + timedelta(days=800)
    stage.house.library._clock = StillClock(later)
    stage.desktop.window.library.view.delegate._now = lambda: later
    stage.desktop.controller.refresh_library()
    pump_until(lambda: stage.desktop.desks.library.is_settled)


def look_back(stage: Stage, show: Callable[[], object]) -> None:
    """A dialog that a worker fills."""
    show()
    pump_until(lambda: stage.desktop.jobs.is_idle)


def ask_why(stage: Stage) -> None:
    """Opening again asks for a reason; two were given before."""
    stage.desktop.session.reasons = ("court order 7/2026", "借款纠纷核实签署人")
    stage.desktop.desks.settings.save(ask_purpose=("open", "export", "unmask"))
    pump_until(lambda: "open" in stage.desktop.desks.settings.settings.ask_purpose)
    stage.desktop.controller._opened_for = (None, "", None)
    stage.open(stage.desktop.session.page.folder)  # type: ignore[arg-type]


def ask_why_export(stage: Stage) -> None:
    stage.desktop.window.page.banner.export_button.click()


def no_reasons(stage: Stage) -> None:
    stage.desktop.desks.settings.save(ask_purpose=())
    pump_until(lambda: not stage.desktop.desks.settings.settings.ask_purpose)


def open_package(stage: Stage) -> None:
    """A colleague's package with notes, on this computer that trusts its signer."""
    house = stage.house
    folder = next(p for p in sorted(house.evidence_roots()[0].glob("fv-*-ess-*")) if p.suffix != ".work")
    package = house.paths.config.parent / "给 法院" / "court (2026).zip"
    package.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(package, "w") as made:
        for path in sorted([*folder.rglob("*"), *folder.with_name(f"{folder.name}.work").rglob("*")]):
            if path.is_file():
                made.write(path, path.relative_to(folder.parent).as_posix())
    stage.desktop.desks.packages.open(package)
    pump_until(lambda: stage.desktop.session.visiting is not None and not stage.desktop.session.is_busy)
    stage.rest()


def open_several(stage: Stage) -> None:
    """A package with every sealed folder in it."""
    root = stage.house.evidence_roots()[0]
    package = stage.house.paths.config.parent / "all.zip"
    with zipfile.ZipFile(package, "w") as made:
        for path in sorted(root.rglob("*")):
            if path.is_file() and ".work/" not in path.as_posix():
                made.write(path, path.relative_to(root).as_posix())
    stage.desktop.desks.packages.open(package)
    pump_until(lambda: not stage.desktop.session.is_busy)


def open_bad_package(stage: Stage) -> None:
    package = stage.house.paths.config.parent / "半个.zip"
    package.write_bytes(b"PK\3\4 and no more")
    stage.desktop.desks.packages.open(package)
    pump_until(lambda: not stage.desktop.session.is_busy)


def open_place(stage: Stage) -> None:
    """Copies of the evidence on a share that is not listed, opened as if it were evidence itself."""
    share = stage.house.paths.config.parent / "共享"
    shutil.copytree(stage.house.evidence_roots()[0], share)
    stage.desktop.desks.packages.open(share)
    pump_until(lambda: not stage.desktop.session.is_busy)


def expire(stage: Stage) -> None:
    """Every unsaved record is past its date."""
    later = stage.house.clock.now() + timedelta(days=40)
    stage.house.clock.now = lambda: later  # type: ignore[method-assign]
    years_later(stage)
    stage.desktop.desks.settings.read()
    stage.desktop.desks.expiry._is_begun = False
    stage.desktop.controller.refresh_library()
    pump_until(lambda: stage.desktop.jobs.is_idle)
    stage.rest()


def mark_a_part(stage: Stage) -> None:
    """A marked part of the question clip, a marker, the pointer on the timeline."""
    page, screening = stage.desktop.window.page, stage.desktop.screening
    page.clip_tabs.setCurrentIndex(1)
    timeline = page.clip_view.timeline
    pump_until(lambda: timeline.peaks and len(timeline.thumbnails) >= 10)
    for number, act in ((30, screening.loop.mark_first), (80, screening.loop.mark_last), (44, lambda: None)):
        screening.go_to_frame(number)
        pump_until(lambda number=number: screening.shown is not None and screening.shown.number == number)
        act()
    page.clip_view.set_markers([(1_000_000, "Looks away"), (2_600_000, "Answers")])
    timeline._hover(timeline._x_of(2_600_000))
    pump_until(lambda: timeline.preview.picture is not None)


def write_notes(stage: Stage) -> None:
    """A marker, its correction, a note and a snapshot beside the sealed flow."""
    window, desk = stage.desktop.window, stage.desktop.desks.notes
    composer = window.notes.view.composer
    stage.desktop.screening.go_to_frame(30)
    stage.rest()
    for number, (begin, text) in enumerate(
        (
            (window.notes.mark, "Looks to the left of the camera"),
            (window.notes.write, "第二段视频中口型与声音不一致"),
            (lambda: window.notes.view.begin_correction(desk.beside.notes.notes[0]), "Looks to the right of it"),
        ),
        1,
    ):
        begin()
        composer.field.setPlainText(text)
        composer.sign_button.click()
        pump_until(lambda number=number: desk.beside is not None and len(desk.beside.notes.notes) == number)
    window.notes.snapshot()
    pump_until(lambda: desk.beside is not None and desk.beside.snapshots.snapshots)


def look_at_snapshot(stage: Stage) -> None:
    """The newest snapshot, large; its card is in sight behind it."""
    window = stage.desktop.window
    pump_until(lambda: not window.notes.view.is_filling)
    window.notes.view.picture_wanted.emit(stage.desktop.desks.notes.beside.snapshots.snapshots[-1])
    pump_until(lambda: any(w.objectName() == "picture_dialog" for w in QApplication.topLevelWidgets()))


def mark(stage: Stage, *, on: bool = True) -> None:
    """The operator's mark over the pictures, or everything as it was."""
    stage.desktop.privacy.lift()
    desk = stage.desktop.desks.settings
    desk.save(watermark=on, watermark_text="李调查 desk-7", hide_when_idle=on)
    pump_until(lambda: desk.settings.watermark is on)


def open_answer(stage: Stage, text: str) -> None:
    """The raw answer, unmasked, something found in it."""
    findings = stage.desktop.window.findings
    stage.desktop.controller.unmask()
    pump_until(lambda: stage.desktop.session.page.unmasked)
    findings.tabs.setCurrentIndex(1)
    pump_until(lambda: not findings.answers.is_empty)
    findings.answers.field.setText(text)


def broken_copy(stage: Stage, name: str) -> Path:
    """A copy of the sealed order with one bit of a file turned."""
    source = next(p for p in sorted(stage.house.evidence_roots()[0].glob("fv-*-kyc-*")))
    target = stage.house.paths.config.parent / f"broken-{name}" / source.name
    shutil.copytree(source, target)
    file = target / "data" / "media" / name
    for path in (file.parent, file):
        path.chmod(0o700)
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    return target


def a_strangers_folder(stage: Stage) -> Path:
    """The sealed order, on a workstation that has lost its key: nobody here knows who signed it."""
    for file in ("workstation.key", "workstation.crt"):
        (stage.house.paths.keys / file).unlink()
    return next(p for p in sorted(stage.house.evidence_roots()[0].glob("fv-*-kyc-*")))


def compare_wrongly(stage: Stage) -> None:
    dialog = stage.dialog()
    dialog.field.setText("0000 1111 2222 3333 4444")  # type: ignore[attr-defined]
    dialog.confirm_button.click()  # type: ignore[attr-defined]


def unreadable_copy(stage: Stage) -> Path:
    """A folder that holds nothing of ours."""
    target = stage.house.paths.config.parent / "unreadable"
    target.mkdir()
    (target / "notes.txt").write_text("nothing of ours")
    return target


def network_down(stage: Stage) -> None:
    stage.simulator_stopped()
    stage.look_up(FLOW)


def is_blank(picture: QPixmap) -> bool:
    """Whether there is next to nothing on it."""
    image = picture.toImage()
    small = image.scaled(200, 200)
    return len({small.pixel(x, y) for x in range(0, 200, 4) for y in range(0, 200, 4)}) < FEW_COLOURS


def main() -> None:
    """Make the pictures."""
    out = Path(sys.argv[1])
    wanted = set(sys.argv[2:])
    kinds = {"--desk": desk_states, "--set-up": set_up_states}
    sequence = next((kinds[option] for option in kinds if option in wanted), states)
    wanted -= set(kinds)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("QT_QPA_PLATFORM", large_screen(Path(folder)))
        application = make_application(sys.argv[:1])
    combos = os.environ.get("GALLERY", "en:light zh_CN:dark").split()
    for combo in combos:
        language, scheme = combo.split(":")
        with tempfile.TemporaryDirectory(prefix="facevid-gallery-") as home, Simulator() as simulator:
            stage = Stage(application, Path(home), simulator, language, scheme)
            stage.simulator_stopped = simulator.stop  # type: ignore[attr-defined]
            for name, act in sequence(stage):
                act()
                pump_until(lambda: False, timeout_s=0.3, must=False)
                if wanted and name not in wanted:
                    continue
                picture = stage.desktop.window.grab()
                if "dialog" in name or name == "profiles":
                    picture = stage.dialog().grab()
                file = out / f"{name}-{language}-{scheme}.png"
                if is_blank(picture) or not picture.save(str(file)):
                    raise SystemExit(f"nothing to see: {file}")
            stage.close()
    os._exit(0)


if __name__ == "__main__":
    main()
