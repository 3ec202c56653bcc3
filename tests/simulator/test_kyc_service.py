"""The simulated KYC service: tokens that end each other, tickets bound to them, signs, files."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from facevid_gui.providers.kyc_sign import sign
from facevid_gui.simulator import records
from facevid_gui.simulator.kyc_service import KycService, app_of
from facevid_gui.simulator.wire import SimRequest
from tests.support.clocks import StillClock

NONCE = "kHoSxvLZGxSoFsjxlbzEoUzh5PAnTU7T"


class App:
    """A caller of the service, with a clock both share."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.service = KycService(records.make_orders(self.clock.now()), self.clock.now)

    def token(self, **changes: str) -> dict[str, Any]:
        query = {"appId": records.KYC_APP_ID, "secret": records.KYC_SECRET, "grant_type": "client_credential",
                 "version": "1.0.0", **changes}  # fmt: skip
        return self._get("/api/oauth2/access_token", query)

    def ticket(self, token: str, **changes: str) -> dict[str, Any]:
        query = {"appId": records.KYC_APP_ID, "access_token": token, "type": "SIGN", "version": "1.0.0", **changes}
        return self._get("/api/oauth2/api_ticket", query)

    def fresh_ticket(self) -> str:
        return str(self.ticket(self.token()["access_token"])["tickets"][0]["value"])

    def query(self, order_no: str, ticket: str, url_order: str | None = "", **changes: object) -> dict[str, Any]:
        return self._signed("queryfacerecord", order_no, ticket, url_order, **{"getFile": "1", **changes})

    def photos(self, order_no: str, ticket: str, url_order: str | None = "", **changes: object) -> dict[str, Any]:
        return self._signed("queryphotoinfo", order_no, ticket, url_order, **changes)

    def _signed(
        self, action: str, order_no: str, ticket: str, url_order: str | None, **changes: object
    ) -> dict[str, Any]:
        values = {"appId": records.KYC_APP_ID, "version": "1.0.0", "nonce": NONCE, "orderNo": order_no}
        body = {**values, "sign": sign([*values.values(), ticket]), **changes}
        url = {} if url_order is None else {"orderNo": url_order or order_no}
        body = {key: value for key, value in body.items() if value is not None}
        return self._answer(SimRequest("POST", f"/api/v2/base/{action}", url, {}, json.dumps(body).encode()))

    def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        return self._answer(SimRequest("GET", path, query, {}, b""))

    def _answer(self, request: SimRequest) -> dict[str, Any]:
        response = self.service.handle(request)
        assert response.status == 200
        return json.loads(response.body)


@pytest.fixture
def app() -> App:
    return App()


def test_a_token_is_given_for_the_secret_of_the_app(app: App) -> None:
    answer = app.token()
    assert (answer["code"], answer["expire_in"], len(answer["access_token"])) == ("0", "7200", 64)
    assert answer["transactionTime"] == "20260305200000"
    assert answer["expire_time"] == "20260305220000"


def test_the_older_name_of_the_app_id_is_understood(app: App) -> None:
    answer = app.token(appId="", app_id=records.KYC_APP_ID)
    assert answer["code"] == "0"
    assert app.ticket(answer["access_token"], appId="", app_id=records.KYC_APP_ID)["code"] == "0"


@pytest.mark.parametrize(
    "changes", [{"appId": "OTHER"}, {"secret": "x"}, {"grant_type": "CLIENT_CREDENTIAL"}, {"version": "2.0.0"}]
)
def test_a_wrong_token_request_is_refused(app: App, changes: dict[str, str]) -> None:
    assert app.token(**changes)["code"] == "400101"
    assert app.service.token_requests == 0


def test_a_new_token_ends_its_predecessor_after_sixty_seconds(app: App) -> None:
    old = app.token()["access_token"]
    new = app.token()["access_token"]
    app.clock.move(seconds=59)
    assert app.ticket(old)["code"] == "0"
    app.clock.move(seconds=1)
    assert app.ticket(old)["code"] == "400101"
    assert app.ticket(new)["code"] == "0"


def test_a_third_token_does_not_give_the_first_more_time(app: App) -> None:
    first = app.token()["access_token"]
    app.token()
    app.clock.move(seconds=40)
    app.token()
    app.clock.move(seconds=20)
    assert app.ticket(first)["code"] == "400101"


def test_a_token_ends_by_itself_after_two_hours(app: App) -> None:
    token = app.token()["access_token"]
    app.clock.move(seconds=7199)
    assert app.ticket(token)["code"] == "0"
    app.clock.move(seconds=1)
    assert app.ticket(token)["code"] == "400101"


@pytest.mark.parametrize(
    "changes", [{"type": "NONCE"}, {"type": "sign"}, {"type": ""}, {"version": "1"}, {"appId": "X"}]
)
def test_only_sign_tickets_are_given_and_only_to_the_app(app: App, changes: dict[str, str]) -> None:
    assert app.ticket(app.token()["access_token"], **changes)["code"] == "400101"


def test_an_unknown_token_gets_no_ticket(app: App) -> None:
    assert app.ticket("made up")["code"] == "400101"


def test_a_ticket_may_be_used_many_times_within_its_hour(app: App) -> None:
    ticket = app.fresh_ticket()
    app.clock.move(seconds=3599)
    assert [app.query("simOrder0001", ticket)["code"] for _ in range(3)] == ["0", "0", "0"]
    app.clock.move(seconds=1)
    assert app.query("simOrder0001", ticket)["code"] == "400101"


def test_a_ticket_dies_with_its_token(app: App) -> None:
    old = app.fresh_ticket()
    new = app.fresh_ticket()
    app.clock.move(seconds=60)
    assert app.query("simOrder0001", old)["code"] == "400101"
    assert app.query("simOrder0001", new)["code"] == "0"


def test_every_live_ticket_of_the_app_is_accepted(app: App) -> None:
    token = app.token()["access_token"]
    tickets = [app.ticket(token)["tickets"][0]["value"] for _ in range(2)]
    assert [app.query("simOrder0001", ticket)["code"] for ticket in tickets] == ["0", "0"]


def test_the_sign_is_compared_without_regard_to_case(app: App) -> None:
    ticket = app.fresh_ticket()
    values = [records.KYC_APP_ID, "1.0.0", NONCE, "simOrder0001", ticket]
    assert app.query("simOrder0001", ticket, sign=sign(values).lower())["code"] == "0"


@pytest.mark.parametrize(
    "changes",
    [{"sign": "0" * 40}, {"sign": ""}, {"sign": None}, {"nonce": "short"}, {"appId": "OTHER"}, {"version": "2"}],
)
def test_a_sign_over_other_values_is_refused(app: App, changes: dict[str, object]) -> None:
    assert app.query("simOrder0001", app.fresh_ticket(), **changes)["code"] == "400101"
    assert app.service.calls["simOrder0001"] == 0


def test_the_order_in_the_address_may_be_missing_but_not_another(app: App) -> None:
    ticket = app.fresh_ticket()
    assert app.query("simOrder0001", ticket, url_order=None)["code"] == "0"
    assert app.query("simOrder0001", ticket, url_order="simOrderLate")["code"] == "400101"


@pytest.mark.parametrize(
    ("get_file", "files"),
    [("1", {"video", "photo"}), ("2", {"photo"}), ("3", {"video"}), ("4", set()), ("", set()), (None, set()),
     (1, {"video", "photo"})],
)  # fmt: skip
def test_get_file_says_which_files_come(app: App, get_file: object, files: set[str]) -> None:
    result = app.query("simOrder0001", app.fresh_ticket(), getFile=get_file)["result"]
    assert {"video", "photo"} & set(result) == files


@pytest.mark.parametrize(("version", "more"), [("1.0", True), ("2.0", False), (None, False)])
def test_query_version_adds_two_members(app: App, version: str | None, more: bool) -> None:
    result = app.query("simOrder0001", app.fresh_ticket(), queryVersion=version)["result"]
    assert ({"sdkVersion", "trtcFlag"} <= set(result)) is more


def test_a_record_has_the_members_of_the_page_all_as_strings(app: App) -> None:
    answer = app.query("simOrder0001", app.fresh_ticket())
    result = answer["result"]
    assert (answer["code"], answer["bizSeqNo"]) == ("0", result["bizSeqNo"])
    assert (result["orderNo"], result["liveRate"], result["similarity"]) == ("simOrder0001", "99", "88.01")
    assert result["occurredTime"] == "20260305190000"
    assert result["RiskInfo"] == {"LivenessInfoTag": "03"}
    assert result["video"] == records.demo_media("order.mp4")


def test_late_files_appear_at_the_third_call(app: App) -> None:
    ticket = app.fresh_ticket()
    seen = ["photo" in app.query("simOrderLate", ticket)["result"] for _ in range(4)]
    assert seen == [False, False, True, True]


@pytest.mark.parametrize("order_no", ["simOrderGone", "simOrderQuit", "nobodysOrder"])
def test_what_never_came_to_a_comparison_is_not_found(app: App, order_no: str) -> None:
    answer = app.query(order_no, app.fresh_ticket())
    assert (answer["code"], answer["msg"]) == ("66660011", "无此查询结果")
    assert "result" not in answer


def test_an_order_is_kept_for_three_days(app: App) -> None:
    app.clock.move(hours=71)
    assert app.query("simOrder0001", app.fresh_ticket())["code"] == "0"
    app.clock.move(seconds=1)
    ticket = app.fresh_ticket()
    assert app.query("simOrder0001", ticket)["code"] == "66660011"
    assert app.photos("simOrder0001", ticket)["code"] == "66660011"


def test_further_photos_come_with_a_number_for_a_code(app: App) -> None:
    answer = app.photos("simOrderPhotos", app.fresh_ticket())
    assert answer["code"] == 0
    assert answer["bizSeqNo"]
    assert answer["result"] == {
        "orderNo": "simOrderPhotos",
        "occurredTime": "20260305190000",
        "photoList": [records.demo_media("photo.png"), records.demo_media("photo.jpg")],
    }


@pytest.mark.parametrize("order", ["simOrder0001", "simOrderNegative"])
def test_without_further_photos_the_list_is_null(app: App, order: str) -> None:
    assert app.photos(order, app.fresh_ticket())["result"]["photoList"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"sign": "0" * 40}, "400101"), ({"appId": None}, "400101"), ({"appId": "OTHER"}, "400101"),
     ({"url_order": "simOrderLate"}, "400101"), ({"appId": None, "webankAppId": records.KYC_APP_ID}, "400101")],
)  # fmt: skip
def test_photos_are_asked_for_with_a_good_sign_and_the_name_this_app_wants(
    app: App, changes: dict[str, Any], code: str
) -> None:
    assert app.photos("simOrderPhotos", app.fresh_ticket(), **changes)["code"] == code


def test_another_app_wants_the_other_name(app: App) -> None:
    app.service.company = replace(records.FIRST, photo_app_id_name="webankAppId")
    ticket = app.fresh_ticket()
    assert app.photos("simOrderPhotos", ticket)["code"] == "400101"
    assert app.photos("simOrderPhotos", ticket, appId=None, webankAppId=records.KYC_APP_ID)["code"] == 0


@pytest.mark.parametrize("order", ["simOrderGone", "simOrderQuit", "nobodysOrder"])
def test_there_are_no_photos_of_an_order_that_is_not_there(app: App, order: str) -> None:
    assert app.photos(order, app.fresh_ticket())["code"] == "66660011"


def test_while_photos_are_late_every_order_is_fresh_and_its_photo_comes_third(app: App) -> None:
    app.service.photos_are_late = lambda: True
    ticket = app.fresh_ticket()
    results = [app.query("simOrder0001", ticket)["result"] for _ in range(3)]
    assert [("video" in result, "photo" in result) for result in results] == [
        (True, False), (True, False), (True, True),
    ]  # fmt: skip
    assert {result["occurredTime"] for result in results} == {"20260305195955"}


def test_a_request_goes_to_the_app_it_names(app: App) -> None:
    second = KycService(records.make_second_orders(app.clock.now()), app.clock.now, records.SECOND)
    both = (app.service, second)

    def chosen(query: dict[str, str], body: object) -> KycService:
        return app_of(both, SimRequest("POST", "/", query, {}, json.dumps(body).encode()))

    for name in ("appId", "app_id", "webankAppId"):
        assert chosen({name: records.SECOND.kyc_app_id}, {}) is second
        assert chosen({}, {name: records.SECOND.kyc_app_id}) is second
    assert chosen({}, {"appId": records.KYC_APP_ID}) is chosen({}, {}) is chosen({}, []) is app.service


def test_a_negative_result_comes_with_or_without_files(app: App) -> None:
    ticket = app.fresh_ticket()
    full = app.query("simOrderNegative", ticket)
    bare = app.query("simOrderNegativeBare", ticket)
    assert full["code"] == bare["code"] == "66660004"
    assert full["result"]["riskInfo"] == {"LivenessInfoTag": "03_04", "DeviceInfoTag": "03"}
    assert "video" in full["result"]
    assert "video" not in bare["result"]


def test_a_liveness_only_project_has_no_similarity(app: App) -> None:
    assert "similarity" not in app.query("simOrderLiveness", app.fresh_ticket())["result"]


def test_an_unknown_interface_is_not_there(app: App) -> None:
    for method, path in (("GET", "/"), ("POST", "/api/oauth2/api_ticket"), ("GET", "/api/v2/base/queryfacerecord")):
        assert app.service.handle(SimRequest(method, path, {}, {}, b"")).status == 404


def test_the_clock_of_the_answers_is_chinas(app: App) -> None:
    app.clock.moment += timedelta(hours=6)
    assert app.token()["transactionTime"] == "20260306020000"


def test_what_an_order_does_not_have_is_left_out(app: App) -> None:
    bare = records.SimOrder("bareOrder", "nothing but a verdict", live_rate=None, similarity=None)
    app.service.orders = (bare,)
    result = app.query("bareOrder", app.fresh_ticket())["result"]
    assert set(result) == {"orderNo", "appId", "bizSeqNo"}
