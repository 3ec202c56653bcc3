"""Real-time playback with sound: QMediaPlayer over the very bytes whose hash matched (floor 2).

What enters: the bytes of a clip. What leaves: pictures, positions, states. The rules come from measured scars
(research: review-ux, section 4): a new source per clip (`clip_source`), owned here until after unloading; unload is
`stop()`, `setSource(QUrl())`, then the source is dropped; `setSourceDevice(None)` is never called (it can wait for ever
holding the GIL); sound is attached only when a device exists; decoding is done in software.

Pictures are made on the player's own threads and wait in the event loop: those of the clip before can arrive when the
next one is already loaded. Each clip therefore has an ear of its own, and what is late falls on a deaf one. A picture
of the place before a seek can be as late, while the clip plays on from elsewhere: see `_is_stray`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoFrame, QVideoSink

from facevid_gui.bridge.clip_source import ClipSource, DeviceSource, make_source, protocols
from facevid_gui.bridge.heap import keep_little

FIRST_FRAME_PATIENCE_MS = 2500
STANDSTILL_MS = 2500  # of a clip that plays; its position is told twenty times a second, however few frames it has
PIECE_BYTES = 2 * 1024 * 1024  # copied at a time, in a millisecond or two; all at once takes one per megabyte
STRAYS = 2  # pictures after a seek that may be of the place before: one waits in the event loop, one in the sink
NEAR_US = 100_000  # so far after the place sought a picture is of it: a busy computer skips some


class PlayerState(StrEnum):
    """What the player is doing."""

    EMPTY = "empty"
    LOADING = "loading"
    PAUSED = "paused"
    PLAYING = "playing"
    ENDED = "ended"
    FAILED = "failed"


def prepare_environment() -> None:
    """Decoding by the bundled FFmpeg, in software, of nothing but the bytes it is given; before Qt Multimedia.

    Whatever the user's environment says: bytes of strangers go into no driver of a graphics card. Without a list of
    protocols FFmpeg opens what a file names: for a session description it listens on the network (seen in 6.11.3).
    """
    os.environ["QT_MEDIA_BACKEND"] = "ffmpeg"
    os.environ["QT_FFMPEG_DECODING_HW_DEVICE_TYPES"] = ","
    os.environ["QT_FFMPEG_PROTOCOL_WHITELIST"] = protocols()
    os.environ.setdefault("QT_DISABLE_HW_TEXTURES_CONVERSION", "1")
    keep_little()


class _Ear(QObject):
    """Hears the pictures of one clip until it is let go."""

    def __init__(self, hear: Callable[[QVideoFrame], None], parent: QObject) -> None:
        super().__init__(parent)
        self._hear: Callable[[QVideoFrame], None] | None = hear

    @Slot(QVideoFrame)
    def on_frame(self, frame: QVideoFrame) -> None:
        """A picture came."""
        if self._hear is not None:
            self._hear(frame)

    def let_go(self) -> None:
        """Hear nothing any more, not even what is on its way."""
        self._hear = None
        self.deleteLater()


def _make_output(parent: QObject) -> QAudioOutput:
    """Sound that never makes another thread wait for the interpreter.

    The player's sound thread disconnects from this object under a lock of Qt's that nearly every call into the player
    takes, too. The first time, PySide looks on that thread whether Python overrides `disconnectNotify`, and waits for
    the interpreter, which we hold while we wait for the lock: both wait for ever (once in some hundred first switches;
    seen in a native backtrace). Here it is looked up, and remembered, before the player has it.
    """
    output = QAudioOutput(parent)
    output.volumeChanged.connect(output.setVolume)
    output.volumeChanged.disconnect(output.setVolume)
    return output


class Player(QObject):
    """One player; at most one clip at a time."""

    frame_shown = Signal(QImage, object)  # the picture, and its start in microseconds or None
    position_changed = Signal(object)  # microseconds
    state_changed = Signal(str)
    failed = Signal(str)  # technical detail
    no_picture = Signal()  # loaded, but nothing to see in time; should a picture come later, the clip can be played
    sound_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, patience_ms: int = FIRST_FRAME_PATIENCE_MS) -> None:
        super().__init__(parent)
        self._source: ClipSource | None = None
        self._ear: _Ear | None = None
        self._data, self._copied = memoryview(b""), 0
        self._plays_when_open = self._has_shown = False
        self._had_sound = self._is_deaf = False
        self._audio: QAudioOutput | None = None
        self._volume, self._muted, self._rate = 0.8, False, 1.0
        self.state = PlayerState.EMPTY
        self._sink = QVideoSink(self)
        self._player = QMediaPlayer(self)
        self._player.setVideoSink(self._sink)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._on_devices)
        self._watchdog = QTimer(self)
        self._watchdog.setSingleShot(True)
        self._watchdog.setInterval(patience_ms)
        self._watchdog.timeout.connect(self._on_watchdog)
        self._standstill = QTimer(self)
        self._standstill.setSingleShot(True)
        self._standstill.setInterval(STANDSTILL_MS)
        self._standstill.timeout.connect(self._on_standstill)
        self._next_turn = QTimer(self)
        self._next_turn.setSingleShot(True)
        self._next_turn.timeout.connect(self._copy_on)
        self._newest: QVideoFrame | None = None
        self._sought_us, self._strays = 0, 0
        self._next_picture = QTimer(self)
        self._next_picture.setSingleShot(True)
        self._next_picture.timeout.connect(self._show_newest)
        self._player.positionChanged.connect(self._on_position)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.playbackStateChanged.connect(self._on_playback)
        self._player.errorOccurred.connect(self._on_error)

    @property
    def has_sound(self) -> bool:
        """Whether a device to play sound exists."""
        return not self._is_deaf and not QMediaDevices.defaultAudioOutput().isNull()

    @property
    def is_playing(self) -> bool:
        """Whether the clip runs."""
        return self.state is PlayerState.PLAYING

    @property
    def duration_us(self) -> int:
        """The duration as stated, microseconds."""
        return int(self._player.duration()) * 1000

    def load(self, data: bytes) -> None:
        """Load a clip; its first frame appears paused."""
        self.unload()
        self._attach_sound()
        self._source = make_source(self)
        self._data, self._copied = memoryview(data), 0
        self._plays_when_open = self._has_shown = False
        self._set_state(PlayerState.LOADING)
        self._copy_on()

    def unload(self) -> None:
        """Stop, let go of the source, then of its bytes."""
        self._watchdog.stop()
        self._next_turn.stop()
        self._data, self._copied = memoryview(b""), 0
        if self._source is None:
            return
        source, self._source = self._source, None
        self._drop_newest()
        self._strays = 0
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.let_go()
        self._set_state(PlayerState.EMPTY)
        self._player.stop()
        self._player.setSource(QUrl())  # waits until a loading thread has stopped
        source.close()

    def play(self, start_us: int = 0) -> None:
        """Run the clip; from `start_us` when it had ended."""
        if self._ear is None or self.state is PlayerState.FAILED:
            self._plays_when_open = self._source is not None
            return
        if self.state is PlayerState.ENDED:
            self._player.setPosition(start_us // 1000 + 1 if start_us else 0)
        if self._strays:
            self._drop_newest()
        self._player.play()

    def pause(self) -> None:
        """Hold the clip."""
        if self._source is not None and self.state is PlayerState.PLAYING:
            self._player.pause()

    def seek(self, position_us: int) -> None:
        """Go to a time. One millisecond is added: the decoder drops frames that end before a position."""
        if self._source is not None:
            if self.state is PlayerState.ENDED:
                self._player.pause()
                self._set_state(PlayerState.PAUSED)  # playing goes on from here, not from the start
            position_ms = position_us // 1000 + 1
            self._sought_us, self._strays = position_ms * 1000, STRAYS
            self._player.setPosition(position_ms)

    def set_rate(self, rate: float) -> None:
        """Play at another speed, 0.25 to 4."""
        self._rate = rate
        self._player.setPlaybackRate(rate)

    def set_volume(self, volume: float) -> None:
        """Loudness, 0 to 1."""
        self._volume = volume
        if self._audio is not None:
            self._audio.setVolume(volume)

    def set_muted(self, muted: bool) -> None:
        """Silence, or not."""
        self._muted = muted
        if self._audio is not None:
            self._audio.setMuted(muted)

    @Slot()
    def _copy_on(self) -> None:
        """Give the source its bytes; a large clip takes several turns of the event loop, which goes on meanwhile."""
        if self._source is None:
            return
        try:
            self._give_more(self._source)
        except OSError:  # no memory file of that size, or no descriptor: a device takes it, from its start
            self._source.close()
            self._source, self._copied = DeviceSource(self), 0
            self._next_turn.start()

    def _give_more(self, source: ClipSource) -> None:
        source.append(self._data[self._copied : self._copied + PIECE_BYTES])
        self._copied += PIECE_BYTES
        if self._copied < len(self._data):
            self._next_turn.start()
        else:
            source.give_to(self._player)
            self._data = memoryview(b"")
            self._begin()

    def _begin(self) -> None:
        self._ear = _Ear(self._on_frame, self)
        self._sink.videoFrameChanged.connect(self._ear.on_frame)
        self._player.setPlaybackRate(self._rate)
        self._watchdog.start()
        if self._plays_when_open:
            self._player.play()
        else:
            self._player.pause()

    @Slot()
    def _on_devices(self) -> None:
        self._is_deaf = False
        self._attach_sound()

    @Slot()
    def _on_standstill(self) -> None:
        """The picture keeps the time of the sound, and stands when no device takes that any more: go on without.

        Qt still names the last device after it was unplugged (PulseAudio, Qt 6.11), so only standing still tells.
        """
        if self._audio is not None:
            self._is_deaf = True
            self._attach_sound()

    def _attach_sound(self) -> None:
        device, has_sound = QMediaDevices.defaultAudioOutput(), self.has_sound
        if has_sound and self._audio is None:
            self._audio = _make_output(self)
            self._audio.setVolume(self._volume)
            self._audio.setMuted(self._muted)
            self._player.setAudioOutput(self._audio)
        if has_sound and self._audio is not None and self._audio.device() != device:
            self._audio.setDevice(device)  # it stays with the headset that was unplugged
        if not has_sound and self._audio is not None:
            self._player.setAudioOutput(None)  # type: ignore[arg-type]  # the stub forgets it (QMediaPlayer, property audioOutput)
            self._audio.deleteLater()
            self._audio = None
        if has_sound is not self._had_sound:
            self._had_sound = has_sound
            self.sound_changed.emit(has_sound)

    def _on_frame(self, frame: QVideoFrame) -> None:
        """Frames that came while the event loop was busy are not made pictures one after the other: the newest is."""
        if frame.isValid() and not self._is_stray(frame):  # at the end comes an invalid one: the last picture stays
            self._newest = frame
            self._next_picture.start()

    def _is_stray(self, frame: QVideoFrame) -> bool:
        """Whether this is a picture of the place before a seek, while the clip plays on from the place sought.

        Held, the player makes one picture, whichever it has: that one is shown.
        """
        if not self._strays or not self.is_playing:
            return False
        start_us, sought_us = frame.startTime(), self._sought_us
        is_of_it = start_us < 0 or start_us - NEAR_US < sought_us < max(frame.endTime(), start_us)
        self._strays = 0 if is_of_it else self._strays - 1
        return not is_of_it

    def _drop_newest(self) -> None:
        self._next_picture.stop()
        self._newest = None

    @Slot()
    def _show_newest(self) -> None:
        frame, self._newest = self._newest, None
        image = QImage() if frame is None else frame.toImage()
        if frame is None or image.isNull():
            return
        self._watchdog.stop()
        self._has_shown = True
        if self.state is PlayerState.LOADING:
            self._set_state(PlayerState.PAUSED)
        self.frame_shown.emit(image, frame.startTime() if frame.startTime() >= 0 else None)

    @Slot("qlonglong")
    def _on_position(self, position_ms: int) -> None:
        if self._source is not None:
            if self.is_playing:
                self._standstill.start()
            self.position_changed.emit(position_ms * 1000)

    @Slot(QMediaPlayer.MediaStatus)
    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if self._source is None:
            return
        if status not in (QMediaPlayer.MediaStatus.NoMedia, QMediaPlayer.MediaStatus.LoadingMedia):
            self._source.was_opened()
        if status == QMediaPlayer.MediaStatus.EndOfMedia:
            if self._has_shown:  # else it ran through without a picture, as AV1 does; the watchdog tells
                self._set_state(PlayerState.ENDED)
        elif status == QMediaPlayer.MediaStatus.InvalidMedia:
            self._fail(self._player.errorString() or "invalid media")

    @Slot(QMediaPlayer.PlaybackState)
    def _on_playback(self, playback: QMediaPlayer.PlaybackState) -> None:
        is_quiet = self._source is None or self.state in (PlayerState.FAILED, PlayerState.LOADING)
        if is_quiet and playback != QMediaPlayer.PlaybackState.PlayingState:
            return
        if playback == QMediaPlayer.PlaybackState.PlayingState:
            self._set_state(PlayerState.PLAYING)
        elif self.state is PlayerState.PLAYING and playback == QMediaPlayer.PlaybackState.PausedState:
            self._set_state(PlayerState.PAUSED)

    @Slot(QMediaPlayer.Error, str)
    def _on_error(self, error: QMediaPlayer.Error, text: str) -> None:
        if self._source is not None and error != QMediaPlayer.Error.NoError:
            self._fail(text)

    @Slot()
    def _on_watchdog(self) -> None:
        self.no_picture.emit()

    def _fail(self, detail: str) -> None:
        if self.state is PlayerState.FAILED:
            return  # status and error both tell of it
        self._watchdog.stop()
        self._set_state(PlayerState.FAILED)
        self.failed.emit(detail)

    def _set_state(self, state: PlayerState) -> None:
        if state is not self.state:
            self.state = state
            if self.is_playing:
                self._standstill.start()
            else:
                self._standstill.stop()
            self.state_changed.emit(str(state))
