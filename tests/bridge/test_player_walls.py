"""What the player may touch: the bytes it was given, and no driver, network or file beside them."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from facevid_gui.bridge.player import Player, PlayerState, prepare_environment
from facevid_gui.media.child_clip import Clip
from facevid_gui.media.wholeness import NotShownError
from tests.support.bridge_pictures import demo
from tests.support.qt import pump_until

# A session description (RFC 8866): whoever opens it listens for a stream that somebody sends.
SESSION = (
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=video %d RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
)


@pytest.fixture
def player() -> Iterator[Player]:
    player = Player()
    yield player
    player.unload()
    player.deleteLater()


def free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_the_users_environment_opens_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a graphics card's decoder, nor another back end, nor a protocol."""
    for name in ("QT_MEDIA_BACKEND", "QT_FFMPEG_DECODING_HW_DEVICE_TYPES", "QT_FFMPEG_PROTOCOL_WHITELIST"):
        monkeypatch.setenv(name, "vaapi,file,http")
    prepare_environment()
    assert os.environ["QT_MEDIA_BACKEND"] == "ffmpeg"
    assert os.environ["QT_FFMPEG_DECODING_HW_DEVICE_TYPES"] == ","
    assert os.environ["QT_FFMPEG_PROTOCOL_WHITELIST"] == ("fd" if sys.platform == "linux" else "none")


def test_a_file_that_names_an_address_is_not_followed(player: Player) -> None:
    """The probe refuses it long before; should that be wrong one day, FFmpeg still opens no port."""
    port = free_port()
    player.load(SESSION % port)
    pump_until(lambda: player.state is PlayerState.FAILED)
    assert is_free(port)
    player.load(demo("A"))
    pump_until(lambda: player.state is PlayerState.PAUSED)


@pytest.mark.parametrize(
    "data",
    [
        SESSION % 5004,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>',
        b"RTSPtext\nrtsp://127.0.0.1/a.mp4\n",
    ],
    ids=["session", "playlist", "list of files", "manifest", "redirector"],
)
def test_the_probe_refuses_what_only_names_others(data: bytes) -> None:
    with pytest.raises(NotShownError, match="clip_unreadable"):
        Clip(data)
