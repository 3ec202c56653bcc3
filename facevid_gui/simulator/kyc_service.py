"""The simulated KYC service (floor 1).

What enters: requests. What leaves: answers, after the check list of kyc.md section 10: one app secret, a
token that ends its predecessor after sixty seconds, tickets bound to live tokens, SHA-1 signs recomputed
with every live ticket and compared without regard to case. Apps do not see each other's orders.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import CHINA_TIME
from facevid_gui.providers.kyc_sign import VERSION, sign
from facevid_gui.simulator.records import FIRST, SimCompany
from facevid_gui.simulator.wire import SimRequest, SimResponse, kyc_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from facevid_gui.simulator.records import SimOrder

TOKEN_LIFETIME = timedelta(seconds=7200)
TICKET_LIFETIME = timedelta(seconds=3600)
OVERLAP = timedelta(seconds=60)
KEPT_FOR = timedelta(hours=72)
LATE_PHOTO_FROM_CALL = 3
APP_ID_NAMES = ("appId", "app_id", "webankAppId")
_FILES = {"1": ("video", "photo"), "2": ("photo",), "3": ("video",)}


@dataclass
class KycService:
    """The service of one app. `calls` counts the queries per order.

    While `photos_are_late`, every order is a moment old and its photo appears at the third call.
    """

    orders: tuple[SimOrder, ...]
    now: Callable[[], datetime]
    company: SimCompany = FIRST
    photos_are_late: Callable[[], bool] = lambda: False
    calls: Counter[str] = field(default_factory=Counter)
    token_requests: int = 0
    _tokens: dict[str, datetime] = field(default_factory=dict)
    _tickets: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, request: SimRequest) -> SimResponse:
        """Check and answer one request."""
        routes = {
            ("GET", "/api/oauth2/access_token"): self._access_token,
            ("GET", "/api/oauth2/api_ticket"): self._api_ticket,
            ("POST", "/api/v2/base/queryfacerecord"): self._query,
            ("POST", "/api/v2/base/queryphotoinfo"): self._photos,
        }
        route = routes.get((request.method, request.path))
        if route is None:
            return replace(kyc_answer({"code": "404", "msg": "no such interface"}), status=404)
        with self._lock:
            return kyc_answer(route(request))

    def _access_token(self, request: SimRequest) -> dict[str, Any]:
        query = request.query
        app_id = query.get("appId") or query.get("app_id")
        good = app_id == self.company.kyc_app_id and query.get("secret") == self.company.kyc_secret
        if not good or query.get("grant_type") != "client_credential" or query.get("version") != VERSION:
            return self._refusal("400101", "非法请求")
        now = self.now()
        self._tokens = {token: min(until, now + OVERLAP) for token, until in self._tokens.items()}
        token = secrets.token_hex(32)
        self._tokens[token] = now + TOKEN_LIFETIME
        self.token_requests += 1
        return {
            "code": "0", "msg": " 请求成功 ", "transactionTime": self._stamp(now), "access_token": token,
            "expire_time": self._stamp(now + TOKEN_LIFETIME), "expire_in": "7200",
        }  # fmt: skip

    def _api_ticket(self, request: SimRequest) -> dict[str, Any]:
        query = request.query
        now = self.now()
        token = query.get("access_token", "")
        app_id = query.get("appId") or query.get("app_id")
        if app_id != self.company.kyc_app_id or self._tokens.get(token, now) <= now or query.get("version") != VERSION:
            return self._refusal("400101", "非法请求")
        if query.get("type") != "SIGN":
            return self._refusal("400101", "type 错误")
        ticket = secrets.token_hex(32)
        self._tickets[ticket] = (token, now + TICKET_LIFETIME)
        item = {"value": ticket, "expire_in": "3600", "expire_time": self._stamp(now + TICKET_LIFETIME)}
        return {"code": "0", "msg": "请求成功", "transactionTime": self._stamp(now), "tickets": [item]}

    def _query(self, request: SimRequest) -> dict[str, Any]:
        body = _texts(request)
        if not self._is_good(request, body, "appId"):
            return self._refusal("400101", "非法请求")
        order_no = body["orderNo"]
        self.calls[order_no] += 1
        order = self._order(order_no)
        return self._record(order, body) if order else self._refusal("66660011", "无此查询结果")

    def _photos(self, request: SimRequest) -> dict[str, Any]:
        """Further photos: the result code is a number here, and the list may be null (kyc.md 6)."""
        body = _texts(request)
        if not self._is_good(request, body, self.company.photo_app_id_name):
            return self._refusal("400101", "非法请求")
        order = self._order(body["orderNo"])
        if order is None:
            return self._refusal("66660011", "无此查询结果")
        result: dict[str, Any] = {"orderNo": order.order_no, "photoList": list(order.further_photos) or None}
        if order.occurred_at is not None:
            result["occurredTime"] = self._stamp(order.occurred_at)
        return {"code": 0, "msg": "请求成功", "bizSeqNo": self._sequence(), "result": result}

    def _order(self, order_no: str) -> SimOrder | None:
        """The order, unless no comparison took place or its time is over."""
        order = next((o for o in self.orders if o.order_no == order_no), None)
        if order is None or order.code in ("66660011", "66660017"):
            return None
        is_over = order.occurred_at is not None and self.now() - order.occurred_at > KEPT_FOR
        return None if is_over else order

    def _is_good(self, request: SimRequest, body: dict[str, str], app_id_name: str) -> bool:
        order_no = body.get("orderNo", "")
        if not order_no or request.query.get("orderNo", order_no) != order_no:
            return False
        return self._sign_is_good({**body, "appId": body.get(app_id_name, "")})

    def _sign_is_good(self, body: dict[str, str]) -> bool:
        now = self.now()
        if body.get("appId") != self.company.kyc_app_id or len(body.get("nonce", "")) != 32:
            return False
        values = [body.get(name, "") for name in ("appId", "orderNo", "version", "nonce")]
        live = [t for t, (token, until) in self._tickets.items() if until > now and self._tokens.get(token, now) > now]
        return any(sign([*values, ticket]) == body.get("sign", "").upper() for ticket in live)

    def _record(self, order: SimOrder, body: dict[str, str]) -> dict[str, Any]:
        is_late = self.photos_are_late()
        occurred_at = self.now() - timedelta(seconds=5) if is_late else order.occurred_at
        sequence = self._sequence()
        result: dict[str, Any] = {"orderNo": order.order_no, "appId": self.company.kyc_app_id, "bizSeqNo": sequence}
        if order.live_rate is not None:
            result["liveRate"] = order.live_rate
        if order.similarity is not None:
            result["similarity"] = order.similarity
        if occurred_at is not None:
            result["occurredTime"] = self._stamp(occurred_at)
        call = self.calls[order.order_no]
        if call >= order.files_from_call:
            files = {"video": order.video, "photo": None if is_late and call < LATE_PHOTO_FROM_CALL else order.photo}
            result |= {name: files[name] for name in _FILES.get(body.get("getFile", ""), ()) if files[name]}
        if body.get("queryVersion") == "1.0":
            result |= {"sdkVersion": "1.12.12", "trtcFlag": "Y"}
        if order.risk is not None:
            result[order.risk_name] = order.risk
        return {
            "code": order.code, "msg": order.message, "bizSeqNo": sequence, "result": result,
            "transactionTime": self._stamp(self.now()),
        }  # fmt: skip

    def _sequence(self) -> str:
        return f"{self.now():%y%m%d}20001184453211174015790894"

    def _refusal(self, code: str, message: str) -> dict[str, Any]:
        return {"code": code, "msg": message, "bizSeqNo": "", "transactionTime": self._stamp(self.now())}

    @staticmethod
    def _stamp(moment: datetime) -> str:
        return f"{moment.astimezone(CHINA_TIME):%Y%m%d%H%M%S}"


def app_of(services: Sequence[KycService], request: SimRequest) -> KycService:
    """The service of the app that a request names; the first one for an app nobody has."""
    body = request.json_body()
    named = [*(request.query.get(name) for name in APP_ID_NAMES), *(body.get(name) for name in APP_ID_NAMES)]
    return next((service for service in services if service.company.kyc_app_id in named), services[0])


def _texts(request: SimRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.json_body().items() if value is not None}
