"""The record: banner, clips, stage, photo, timeline; one page for a fresh capture and for old evidence (floor 3)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from facevid_gui.core.wording import media_name, window_failure
from facevid_gui.views.clip_view import ClipView, VideoStage
from facevid_gui.views.clip_words import ClipWords
from facevid_gui.views.comparison import CompareBar, Comparison
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.image_canvas import ALONE
from facevid_gui.views.kept_place import Place, is_same
from facevid_gui.views.notice_bar import NoticeBar
from facevid_gui.views.outcome_view import OutcomeView
from facevid_gui.views.photo_view import PhotoView
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, by_font
from facevid_gui.views.verdict_banner import VerdictBanner
from facevid_gui.views.widgets import IconButton, Tabs, box, scrolling

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.photos import Photo, Reference
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Page
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.note import Spot
    from facevid_gui.core.record import MediaItem, Record
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.views.theme import Theme
    from facevid_gui.views.welcome import Welcome

EMPTY, RECORD, OUTCOME, UNREADABLE = range(4)
_LOW = 700  # in a page of less height the banner has one line, and clips without words keep no place for them


class RecordPage(QWidget):
    """The middle of the window."""

    clip_shown = Signal(object)  # MediaItem; None: no clip is

    def __init__(
        self, theme: Theme, messages: Messages, controller: Controller, screening: Screening, welcome: Welcome,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._messages = messages
        self._controller = controller
        self._screening = screening
        self._now = now
        self._clips: tuple[MediaItem, ...] = ()
        self._shown: Reviewed | None = None
        self._place: Place | None = None  # where to go once its clip is there
        self._welcome = welcome
        self._guide: QWidget | None = None  # while it is open it stands where no record is
        self._stack = QStackedWidget()
        self.banner = VerdictBanner(theme, messages)
        self.outcome = OutcomeView(theme, messages)
        self.stage = VideoStage(theme, screening, messages)
        self.clip_tabs = Tabs()
        self.clip_tabs.setObjectName("clip_tabs")
        self.clip_tabs.setAccessibleName(self.tr("Clips"))
        self.clip_words = ClipWords(messages)
        self.photo = PhotoView(theme)
        self.compare_bar = CompareBar(theme)
        self.comparison = Comparison(self.stage, self.photo, self.compare_bar)
        self.clip_view = ClipView(theme, screening, messages)
        self.screen_button = self.clip_view.health.add_tool(
            IconButton(theme, "expand", color="muted", kind="flat", size=16)
        )
        self.screen_button.name(self.tr("Video full screen"), "F")
        for page in (welcome, self._make_record(), self.outcome, self._make_unreadable(theme)):
            self._stack.addWidget(page)
        box(QVBoxLayout(self)).addWidget(self._stack)
        self.notice_bar = NoticeBar(theme, messages, controller, self)
        self.notice_bar.keep_clear(self.clip_view)
        self.clip_tabs.currentChanged.connect(self._show_clip)
        self.photo.pin_wanted.connect(self._pin)
        self.photo.tabs.currentChanged.connect(self._show_photo)
        self.photo.reference_wanted.connect(self._choose_reference)
        self.stage.pin_wanted.connect(self._pin)
        screening.picture_changed.connect(self._on_picture)
        screening.state_changed.connect(lambda _state: self.photo.allow_pin(allowed=screening.image is not None))
        controller.session.page_changed.connect(self._on_page)
        controller.session.minute_passed.connect(self._on_minute)
        controller.session.activity_changed.connect(self._on_activity)

    # --- building --------------------------------------------------------------------------------------

    def _make_unreadable(self, theme: Theme) -> QWidget:
        """A folder without a readable record: the banner says what is broken, a sentence what to do."""
        page = QWidget()
        column = box(QVBoxLayout(page), margin=SPACE_L, spacing=SPACE_M)
        self._broken_banner = VerdictBanner(theme, self._messages)
        self._broken_banner.setObjectName("broken_banner")
        banner = self._broken_banner
        for button in (banner.save_button, banner.discard_button, banner.trust_button, banner.keep_button):
            button.setObjectName("")  # the names are those of the buttons that can be pressed
        self._broken_banner.verify_button.hide()
        self._broken_text = EmptyState(theme, "warning", "", "")
        column.addWidget(self._broken_banner)
        column.addWidget(self._broken_text, 1)
        return page

    def _make_clips(self) -> QWidget:
        """The clips' tabs and the ways to compare; below them what was said in the chosen clip."""
        self.clip_row = QWidget()
        column = box(QVBoxLayout(self.clip_row), spacing=SPACE_S)
        above = box(QHBoxLayout(), spacing=SPACE_S)
        above.addWidget(self.clip_tabs, 1)
        above.addStretch()
        above.addWidget(self.compare_bar)
        column.addLayout(above)
        column.addWidget(self.clip_words)
        return self.clip_row

    def _make_record(self) -> QWidget:
        """In a low window what is looked at scrolls, so that nothing is cut; timeline and transport stay in sight."""
        page, looked_at = QWidget(), QWidget()
        whole, column = box(QVBoxLayout(page), spacing=0), box(QVBoxLayout(looked_at), margin=SPACE_L, spacing=SPACE_M)
        column.addWidget(self.banner)
        column.addWidget(self._make_clips())
        self.pictures = QSplitter(Qt.Orientation.Horizontal)
        self.pictures.setChildrenCollapsible(False)
        self.pictures.setHandleWidth(SPACE_M)
        self.pictures.addWidget(self.stage)
        self.pictures.addWidget(self.photo)
        self.pictures.setStretchFactor(0, 3)
        self.pictures.setStretchFactor(1, 2)
        self.pictures.setSizes([600, 400])
        column.addWidget(self.pictures, 1)
        self._looked_at = column
        whole.addWidget(scrolling(looked_at), 1)
        below = box(QVBoxLayout(), margin=SPACE_L)
        below.setContentsMargins(SPACE_L, SPACE_XS, SPACE_L, SPACE_S)
        below.addWidget(self.clip_view)
        whole.addLayout(below)
        keep_reading_order(page)
        return page

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a low window the pictures need the room that a banner of several lines takes."""
        super().resizeEvent(event)
        is_low = self.height() < by_font(_LOW)
        self.banner.flatten(flat=is_low)
        self.clip_words.keep_place(keeps=not is_low)
        self.clip_view.flatten(flat=is_low)
        self._looked_at.setContentsMargins(SPACE_L, SPACE_S if is_low else SPACE_L, SPACE_L, SPACE_S)
        self._looked_at.setSpacing(SPACE_S if is_low else SPACE_M)

    def give_screen(self, on: bool) -> None:
        """The video has the whole screen, or all comes back; another way to compare than side by side stays as it is.

        Side by side stays where it costs the video nothing: two upright pictures on a broad screen.
        """
        image = self.stage.canvas.image
        is_upright = image is not None and image.height() > image.width()
        keeps_photo = not on or (self.comparison.is_possible and is_upright)
        self.photo.setVisible(self.comparison.mode == ALONE and keeps_photo)

    # --- showing ---------------------------------------------------------------------------------------

    def _on_page(self) -> None:
        page = self._controller.session.page
        if page.reviewed is not None and page.kind == "record":
            self._show_record(page.reviewed)
            return
        self._shown = None
        self._clips = ()
        self._place = None
        self._screening.unload()
        self.clip_shown.emit(None)
        self.stage.empty("")
        self.photo.reset("", "", can_pin=False)
        if page.kind == "error" and page.verdict is not None:
            self._show_unreadable(page)
        elif page.kind in ("outcome", "error"):
            self.outcome.show_page(page)
            self._stack.setCurrentIndex(OUTCOME)
        else:
            self._stack.setCurrentWidget(self._guide or self._welcome)

    def show_guide(self, guide: QWidget) -> None:
        """Show the guide in front of what is open; another page that comes takes its place."""
        self._screening.pause()
        self._guide = guide
        if self._stack.currentWidget() is not guide:
            self._behind = self._stack.currentIndex()
        if self._stack.indexOf(guide) < 0:
            self._stack.addWidget(guide)
        self._stack.setCurrentWidget(guide)

    @property
    def is_covered(self) -> bool:
        """Whether the guide stands in front of what is open: the keys of the desk rest then."""
        return self._guide is not None and self._stack.currentWidget() is self._guide

    def close_guide(self) -> None:
        """Show again what is open."""
        is_shown, self._guide = self.is_covered, None
        if is_shown:
            kind = self._controller.session.page.kind
            self._stack.setCurrentIndex(EMPTY if kind == "empty" else self._behind)

    def _show_unreadable(self, page: Page) -> None:
        assert page.error is not None
        assert page.verdict is not None
        self._broken_banner.show_verdict(page.verdict)
        self._broken_banner.show_package(self._controller.session.visiting, can_keep=False)
        self._broken_banner.verify_button.hide()
        self._broken_text.say(*window_failure(page.error.code, page.error.params, self._messages))
        self._stack.setCurrentIndex(UNREADABLE)

    def _show_record(self, reviewed: Reviewed) -> None:
        record = reviewed.record
        self.banner.show_record(reviewed, self._now())
        self.banner.show_package(self._controller.session.visiting, can_keep=True)
        self._stack.setCurrentIndex(RECORD)
        if reviewed is self._shown:
            return  # only something beside the media changed; what was opened anew is loaded anew
        place = self._place_in(record)
        self._shown = reviewed
        self._clips = record.clips
        names = [_title(media_name(item, self._messages)) for item in record.clips]
        self.clip_tabs.show_tabs(names, [item.media_type or "" for item in record.clips])
        self.clip_tabs.setVisible(bool(names))
        self.clip_words.show_record(record)
        if place is None:
            self._begin_views(record)
        if self._clips:
            self._open_clip(place or Place())
        else:
            self._screening.unload()
            self.clip_shown.emit(None)
            self.stage.empty(self._no_clips(record))
        if record.photos:
            self._load_photo(record.photos[max(0, self.photo.tabs.currentIndex())])
        self._take_focus()

    def _place_in(self, record: Record) -> Place | None:
        """Where somebody stood in this very record before it was saved or verified again; None in another one."""
        if self._shown is None or not is_same(self._shown.record, record):
            return None
        return self._place or Place.standing(max(0, self.clip_tabs.currentIndex()), self._screening)

    def _begin_views(self, record: Record) -> None:
        self.stage.canvas.reset_view()
        self._reset_photo(record)
        self.photo.offer([_title(media_name(item, self._messages)) for item in record.photos])

    def _open_clip(self, place: Place) -> None:
        with QSignalBlocker(self.clip_tabs):
            self.clip_tabs.setCurrentIndex(place.clip)
        self._show_clip(place.clip)
        self._place = None if place.is_beginning else place

    def _take_focus(self) -> None:
        """The keys of the desk work at once; whoever types a search, or goes through the library, goes on."""
        focused = self.window().focusWidget()
        if focused is None or focused.objectName() not in ("search_field", "library_view"):  # type: ignore[redundant-expr]
            self.stage.canvas.setFocus()

    def _no_clips(self, record: Record) -> str:
        if record.outcome.ok:
            return self._messages.text("record.no_clips")
        return "\n".join(window_failure(record.outcome.code, dict(record.outcome.params), self._messages))

    def _show_clip(self, number: int) -> None:
        if not 0 <= number < len(self._clips):
            return
        item = self._clips[number]
        self._place = None
        self.clip_words.show_clip(item)
        self._screening.unload()
        self.clip_shown.emit(item)
        if item.path is None:
            self.stage.empty(self._messages.text("media.unusable"))
            return
        self.stage.empty(self.tr("Checking the recording…"))
        self._controller.load_media(item, self._screening.load, partial(self._on_media_refused, item))

    def go_to(self, spot: Spot) -> None:
        """Show a place in one of the clips, exactly."""
        place = Place.of_spot(spot, self._clips)
        if place is None:
            return
        if self.clip_tabs.currentIndex() != place.clip:
            self.clip_tabs.setCurrentIndex(place.clip)
        self._place = place
        self._go_on_to_place()

    def _on_picture(self) -> None:
        self.photo.allow_pin(allowed=True)
        self._go_on_to_place()

    def _go_on_to_place(self) -> None:
        """Once the clip is there: go where it was opened for."""
        place, facts = self._place, self._screening.facts
        if place is None or facts is None:
            return
        self._place = None
        if place.marks.are_set:
            self._screening.loop.mark(place.marks)
        self._screening.go_to_frame(facts.frame_at(place.pts_us) if place.frame is None else place.frame)

    def _on_media_refused(self, item: MediaItem, error: FacevidError) -> None:
        what, next_step = window_failure(error.code, error.params, self._messages)
        text = f"{media_name(item, self._messages)}: {what}\n{next_step}"
        if item.role == "photo":
            self.photo.reset(media_name(item, self._messages), f"{what}\n{next_step}", can_pin=True)
        else:
            self.stage.empty(text)

    def _reset_photo(self, record: Record) -> None:
        if record.kind == "kyc":
            title = self._messages.text("photo.none_kyc")
            text = self._messages.text("photo.loading" if record.photos else "photo.none_kyc.text")
        else:
            title, text = self._messages.text("photo.none_ess"), self._messages.text("photo.none_ess.text")
        self.photo.reset(title, text, can_pin=bool(record.clips))

    def _show_photo(self, number: int) -> None:
        if self._shown is not None and 0 <= number < len(self._shown.record.photos):
            self._reset_photo(self._shown.record)
            self._load_photo(self._shown.record.photos[number])

    def _load_photo(self, item: MediaItem) -> None:
        if item.path is not None:
            self._controller.load_photo(item, self._on_photo, partial(self._on_media_refused, item))

    def _on_photo(self, photo: Photo) -> None:
        if photo.image is None:
            self.photo.reset(
                media_name(photo.item, self._messages), self._messages.text("problem.photo_undecodable"), can_pin=True
            )
            return
        image = photo.image
        kind = (photo.item.media_type or "").removeprefix("image/").upper()
        name = _title(media_name(photo.item, self._messages))
        self.photo.show_photo(image, f"{name} · {kind} · {image.width()}×{image.height()}")

    def _pin(self) -> None:
        image, shown = self._screening.image, self._screening.shown
        number = self.clip_tabs.currentIndex()
        if image is not None and shown is not None and 0 <= number < len(self._clips):
            frame = f"{_title(media_name(self._clips[number], self._messages))} · {self.stage.words_of(shown)}"
            self.photo.show_pinned(image, self._messages.text("photo.pinned", frame=frame))

    def _choose_reference(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self, self.tr("A picture to compare with"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{self.tr('Pictures')} (*.jpg *.jpeg *.png *.webp *.bmp *.gif)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.show_reference(Path(name)))
        dialog.open()

    def show_reference(self, path: Path) -> None:
        """Put a picture of the user's own beside the video."""
        from facevid_gui.bridge.photos import load_reference

        load_reference(self._controller.jobs, path, self._on_reference, self._controller.tell_error)

    def _on_reference(self, reference: Reference) -> None:
        image = reference.image
        size = f"{image.width()}×{image.height()}"
        self.photo.show_pinned(image, self._messages.text("photo.reference", name=reference.name, size=size))

    def _on_activity(self) -> None:
        session = self._controller.session
        self.banner.allow(allowed=not session.is_busy)
        self.outcome.setEnabled(
            session.activity.what not in ("look_up", "rescue")
        )  # it speaks of what was asked before

    def _on_minute(self) -> None:
        page = self._controller.session.page
        if page.kind == "record" and page.reviewed is not None and not page.reviewed.is_sealed:
            self.banner.show_record(page.reviewed, self._now())


def _title(name: str) -> str:
    """A name as a headline."""
    return name[:1].upper() + name[1:]
