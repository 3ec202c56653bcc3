"""The two looks at a whole clip: what each frame is, how loud its sound is; interrupted, they go on where they were."""

import io
from functools import cache
from itertools import islice

import av
import pytest

from facevid_gui.media import child_looks
from facevid_gui.media.child_clip import Clip
from facevid_gui.media.child_looks import FrameCheck, Loudness
from tests.support.media_clips import FRAGMENTED, at_rate, damage_frames, make_clip, make_talking_clip

FRAMES = 34
SLICES = 64  # of 32 ms, in a clip of 2.048 seconds: AAC counts in pieces of 64 ms
SPOKEN = ((0.5, 0.9), (1.5, 1.6))


@cache
def talking() -> bytes:
    return make_talking_clip(SPOKEN)


def types(clip: Clip) -> str:
    check = FrameCheck(clip)
    for _ in check.run():
        pass
    return check.types


def peaks(clip: Clip, count: int = SLICES) -> list[int]:
    loudness = Loudness(clip, count)
    for _ in loudness.run():
        pass
    return list(loudness.peaks)


def is_spoken(number: int) -> bool:
    return any(start < (number + 1) * 0.032 and number * 0.032 < stop for start, stop in SPOKEN)


def test_sound_stands_at_its_time() -> None:
    found = peaks(Clip(talking()))
    for number, peak in enumerate(found):
        edge = min(abs(number * 0.032 - moment) for pair in SPOKEN for moment in pair) < 0.05
        if not edge:
            assert abs(peak - (128 if is_spoken(number) else 0)) < 8, number
    assert max(found[: int(0.45 / 0.032)]) < 8
    assert max(found[int(1.7 / 0.032) :]) < 8


@pytest.mark.parametrize("count", [1, 7, 3000])
def test_there_are_as_many_slices_as_were_asked_for(count: int) -> None:
    found = peaks(Clip(talking()), count)
    assert len(found) == count
    assert 120 <= max(found) <= 136


def test_a_long_clip_is_listened_to_at_a_lower_rate_and_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = peaks(Clip(talking()))
    monkeypatch.setattr(child_looks, "LONG_CLIP_S", 1)
    assert all(abs(one - other) < 25 for one, other in zip(peaks(Clip(talking())), whole, strict=True))


def test_a_silent_clip_is_silent() -> None:
    assert set(peaks(Clip(make_clip(at_rate(FRAMES), sound=True)))) == {0}


def test_sound_that_is_cut_off_or_damaged_is_heard_as_far_as_it_goes() -> None:
    data = talking()
    whole = peaks(Clip(data))
    with av.open(io.BytesIO(data)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
    position, size = places[len(places) // 2]
    assert position is not None
    spoiled = data[:position] + b"\xff" * size + data[position + size :]
    heard = peaks(Clip(spoiled))
    assert len(heard) == len(whole)
    assert heard[:16] == whole[:16]


def test_listening_goes_on_where_it_was_interrupted() -> None:
    clip = Clip(talking())
    loudness = Loudness(clip, SLICES)
    steps = 0
    while True:
        part = list(islice(loudness.run(), 3))
        if not part:
            break
        steps += len(part)
        next(clip.walk([7]))  # something else is looked at meanwhile
    assert list(loudness.peaks) == peaks(Clip(talking()))
    assert steps < 60, "no packet was listened to twice"


def test_every_frame_has_its_kind() -> None:
    assert types(Clip(make_clip(at_rate(12), key_every=5))) == "IPPPPIPPPPIP"
    assert types(Clip(make_clip(at_rate(10), key_every=9, b_frames=2))) == "IBBPBBPBPI"
    assert types(Clip(make_clip(at_rate(10), key_every=5, options=FRAGMENTED))) == "IPPPPIPPPP"
    assert types(Clip(make_clip([0]))) == "I"


def test_frames_that_give_nothing_and_damaged_ones_are_told_apart() -> None:
    data = damage_frames(make_clip(at_rate(20)), [4, 19], lambda frame: b"\xff" * len(frame))
    assert types(Clip(data)) == "IPPP-pppppIPPPPPPPP-"


def test_checking_goes_on_where_it_was_interrupted() -> None:
    clip = Clip(make_clip(at_rate(FRAMES), b_frames=2))
    check = FrameCheck(clip)
    rounds = 0
    while list(islice(check.run(), 13)):
        rounds += 1
        list(clip.walk([(rounds * 11) % FRAMES]))
        assert rounds < 30
    assert check.types == types(Clip(make_clip(at_rate(FRAMES), b_frames=2)))


def test_a_long_clip_is_checked_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_looks, "MAX_CHECKED", 7)
    assert types(Clip(make_clip(at_rate(FRAMES), key_every=5))) == "IPPPPIP"


def test_the_first_frame_was_decoded_when_the_clip_was_opened_and_is_not_decoded_again() -> None:
    packets = []
    clip = Clip(make_clip(at_rate(12), key_every=5), lambda: packets.append(1))
    packets.clear()
    first = next(clip.walk([0]))
    assert (first.number, packets) == (0, [])
    assert [decoded.number for decoded in clip.walk([0, 1, 2])] == [0, 1, 2]
    assert [decoded.number for decoded in clip.walk([7])][-1] == 7
    fresh = Clip(clip.data)
    for number in (7, 0, 7, 11, 11):
        (again,) = [decoded for decoded in clip.walk([number]) if decoded.number == number]
        (other,) = [decoded for decoded in fresh.walk([number]) if decoded.number == number]
        assert bytes(clip.picture(again)[1]) == bytes(fresh.picture(other)[1])
