"""Further photos of an order: part of its record, offline too, and never a reason for it to be worth less."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.captures.store import read_capture_record
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.net.transport import Limits
from facevid_gui.providers.kyc import Files, KycProvider
from facevid_gui.simulator import records
from facevid_gui.simulator.faults import FAULTS, Delivery
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimResponse
from tests.support.console import Console
from tests.support.net_lookups import Post, bodies, capture_of, look_up, new_home, read_again
from tests.support.places import KYC_SECRETS, HastyToken, kyc_profile

PHOTOS = {"order": "simOrderPhotos"}
WRAPPED = {"none", "gzip", "chunked", "charset", "slow_drip", "clock_skew", "late_photo", "extra_fields", "wrong_types"}


def photo(name: str) -> bytes:
    return base64.b64decode(records.demo_media(name))


def on_disk(result: LookupResult) -> list[tuple[str, int, bytes]]:
    assert result.record is not None
    assert result.capture is not None
    return [(str(p.path), p.index, (result.capture / str(p.path)).read_bytes()) for p in result.record.photos]


def test_they_follow_the_photo_of_the_record(house: House, simulator: Simulator, post: Post) -> None:
    result = look_up(house, simulator, **PHOTOS)
    assert post.asked[-2:] == ["queryfacerecord", "queryphotoinfo"]
    assert on_disk(result) == [
        ("media/photo-01.jpg", 1, photo("photo.jpg")),
        ("media/photo-02.png", 2, photo("photo.png")),
        ("media/photo-03.jpg", 3, photo("photo.jpg")),
    ]
    sources = {item.path: (item.source, item.pointer) for item in capture_of(result).derived}
    assert sources["media/photo-01.jpg"] == ("exchanges/01/response-body.bin", "/result/photo")
    assert sources["media/photo-02.png"] == ("exchanges/02/response-body.bin", "/result/photoList/0")
    assert [exchange.role for exchange in capture_of(result).exchanges][-2:] == ["record", "photos"]
    assert read_again(result.capture) == result.record  # type: ignore[arg-type]


def test_without_a_photo_in_the_record_they_begin_at_one(house: House, simulator: Simulator) -> None:
    simulator.kyc.orders = (records.SimOrder("a1", "", "66660004", further_photos=(records.demo_media("photo.png"),)),)
    result = look_up(house, simulator, order="a1")
    assert (result.outcome.code, result.outcome.provider_code) == ("found", "66660004")
    assert on_disk(result) == [("media/photo-01.png", 1, photo("photo.png"))]


def test_an_order_without_them_keeps_the_answer_that_says_so(house: House, simulator: Simulator) -> None:
    result = look_up(house, simulator, order="simOrder0001")
    assert len(on_disk(result)) == 1
    assert result.capture is not None
    (answer,) = (json.loads(body) for body in bodies(result.capture, ("photos",)))
    assert (answer["code"], answer["result"]["photoList"]) == (0, None)


def test_the_sealed_folder_shows_them_offline(console: Console, simulator: Simulator) -> None:
    console.add_profiles(simulator)
    case = ("--case", "1", "--purpose", "dispute")
    document = console("lookup", "kyc", "--order", "simOrderPhotos", "--save", *case, "--json").json
    simulator.stop()
    assert [(item["index"], item["media_type"]) for item in document["photos"]] == [
        (1, "image/jpeg"), (2, "image/png"), (3, "image/jpeg"),
    ]  # fmt: skip
    assert all(Path(item["path"]).is_file() for item in document["photos"])
    assert console("verify", document["evidence"]).code == 0
    record = read_again(Path(document["evidence"]) / "data")
    assert [item.sha256 for item in record.photos] == [item["sha256"] for item in document["photos"]]


@pytest.mark.parametrize("order", ["simOrderGone", "simOrderQuit", "nobodysOrder"])
def test_nobody_asks_for_photos_of_an_order_that_is_not_there(
    house: House, simulator: Simulator, post: Post, order: str
) -> None:
    look_up(house, simulator, order=order)
    assert "queryphotoinfo" not in post.asked


@pytest.mark.parametrize("order", ["simOrderNegative", "simOrderNegativeBare", "simOrderNoFiles"])
def test_they_are_asked_for_whatever_the_check_came_to(
    house: House, simulator: Simulator, post: Post, order: str
) -> None:
    look_up(house, simulator, order=order)
    assert post.asked[-1] == "queryphotoinfo"


@pytest.mark.parametrize(
    ("files", "clips", "photos", "asks"),
    [(Files.BOTH, 1, 3, True), (Files.PHOTO, 0, 3, True), (Files.VIDEO, 1, 0, False), (Files.NONE, 0, 0, False)],
)
def test_a_look_up_may_ask_for_fewer_files(
    house: House, simulator: Simulator, post: Post, files: Files, clips: int, photos: int, asks: bool
) -> None:
    desk = house.ticket_desk(kyc_profile(simulator), KYC_SECRETS, house.secret_store)
    token = HastyToken()
    provider, query = KycProvider(kyc_profile(simulator)), Query.for_order("simOrderPhotos")
    result = Lookup(house.workplace, token).kyc(provider, desk, query, files=files)
    assert result.record is not None
    assert (len(result.record.clips), len(result.record.photos)) == (clips, photos)
    assert ("queryphotoinfo" in post.asked) is asks
    assert result.record.scores.live_rate == "99"


@pytest.mark.parametrize(("files", "pauses"), [(Files.PHOTO, []), (Files.NONE, []), (Files.BOTH, [2.0, 2.0, 2.0])])
def test_only_files_that_were_asked_for_are_waited_for(
    house: House, simulator: Simulator, files: Files, pauses: list[float]
) -> None:
    fresh = records.SimOrder("a1", "", occurred_at=simulator.now(), photo=records.demo_media("photo.jpg"))
    simulator.kyc.orders = (fresh,)
    desk = house.ticket_desk(kyc_profile(simulator), KYC_SECRETS, house.secret_store)
    token = HastyToken()
    Lookup(house.workplace, token).kyc(KycProvider(kyc_profile(simulator)), desk, Query.for_order("a1"), files=files)
    assert token.waits == pauses


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_on_their_way_takes_anything_from_the_record(
    house: House, simulator: Simulator, post: Post, fault: str
) -> None:
    house.__dict__["workplace"] = replace(house.workplace, limits=Limits(max_bytes=1_500_000))
    post.photos.extend([fault] * 6)
    result = look_up(house, simulator, **PHOTOS)
    assert (result.outcome.kind, result.outcome.exit_code) == (OutcomeKind.FOUND, 0)
    assert result.record is not None
    assert result.capture is not None
    assert len(result.record.clips) == 1
    first = result.record.photos[0]
    assert (first.path, first.problem) == ("media/photo-01.jpg", None)
    assert (result.capture / "media/photo-01.jpg").read_bytes() == photo("photo.jpg")
    assert read_again(result.capture) == result.record
    asked = [e for e in capture_of(result).exchanges if e.role == "photos"]
    assert [e.size_bytes for e in asked] == [len(body) for body in bodies(result.capture, ("photos",))]
    if fault in WRAPPED or (fault.startswith("base64") and fault not in ("base64_cut", "base64_placeholder")):
        problems = [item.problem for item in result.record.photos]
        assert problems == [None] * (1 if fault == "base64_empty" else 3)


def test_a_passing_fault_passes(house: House, simulator: Simulator, post: Post) -> None:
    post.photos.extend(["cut_short", "server_error_html"])
    token = HastyToken()
    result = look_up(house, simulator, **PHOTOS, token=token)
    assert len(on_disk(result)) == 3
    assert token.waits == [1.0, 2.0]


def not_there(_: SimResponse) -> Delivery:
    return Delivery(SimResponse(b"<html>no such page</html>", 404, "text/html"))


def test_a_service_that_has_no_such_interface_is_asked_once(
    house: House, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "proxy_page", not_there)
    post.photos.append("proxy_page")
    token = HastyToken()
    result = look_up(house, simulator, **PHOTOS, token=token)
    assert result.outcome.ok
    assert len(on_disk(result)) == 1
    assert (token.waits, post.asked.count("queryphotoinfo")) == ([], 1)


def names_asked(simulator: Simulator) -> list[set[str]]:
    requests = [r.json_body() for r in simulator.requests if r.path.endswith("queryphotoinfo")]
    return [set(request) & {"appId", "webankAppId"} for request in requests]


def test_a_refusal_may_be_about_the_name_of_the_app_id(house: House, simulator: Simulator) -> None:
    """kyc.md 6: the pages differ, so the other name is tried, once."""
    simulator.kyc.company = replace(records.FIRST, photo_app_id_name="webankAppId")
    result = look_up(house, simulator, **PHOTOS)
    assert len(on_disk(result)) == 3
    assert names_asked(simulator) == [{"appId"}, {"webankAppId"}]
    assert len(bodies(result.capture, ("photos",))) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "names"),
    [("66660011", 1), ("400504", 3), ("66660021", 3), ("400101", 2), ("66660001", 2), ("400103", 2), ("12345", 2)],
)
def test_other_refusals_end_it(house: House, simulator: Simulator, code: str, names: int) -> None:
    simulator.kyc._photos = lambda _request: {"code": code, "msg": "x"}  # type: ignore[method-assign]
    result = look_up(house, simulator, **PHOTOS)
    assert result.outcome.ok
    assert len(names_asked(simulator)) == names
    assert {"appId"} in names_asked(simulator)


def test_stopping_while_they_are_asked_for_loses_nothing(house: House, simulator: Simulator, post: Post) -> None:
    token, asked = HastyToken(), []

    def progress(stage: str, _number: int) -> None:
        asked.append(stage)
        if asked.count("ask") == 2:
            token.cancel()

    result = look_up(house, simulator, **PHOTOS, token=token, progress=progress)
    assert result.outcome.exit_code == 130
    assert post.asked[-1] == "queryfacerecord"
    (promoted,) = new_home(house.paths.data).captures.recover()
    record = read_again(promoted)
    assert record.outcome.ok
    assert len(record.photos) == 1


def test_a_crash_after_they_came_keeps_them(house: House, simulator: Simulator) -> None:
    def progress(stage: str, _number: int) -> None:
        if stage == "store":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_up(house, simulator, **PHOTOS, progress=progress)
    (promoted,) = new_home(house.paths.data).captures.recover()
    assert [item.path for item in read_again(promoted).photos] == [
        "media/photo-01.jpg", "media/photo-02.png", "media/photo-03.jpg",
    ]  # fmt: skip
    capture = read_capture_record(promoted)
    assert capture is not None
    assert len(capture.derived) == 4
