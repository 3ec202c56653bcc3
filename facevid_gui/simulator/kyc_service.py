"""The simulated KYC service (floor 1).

What enters: requests. What leaves: answers, after the check list of kyc.md section 10: one app secret, a
token that ends its predecessor after sixty seconds, tickets bound to live tokens, SHA-1 signs recomputed
with every live ticket and compared without regard to case.
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
from facevid_gui.simulator import records
from facevid_gui.simulator.wire import SimRequest, SimResponse, kyc_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.simulator.records import SimOrder

TOKEN_LIFETIME = timedelta(seconds=7200)
TICKET_LIFETIME = timedelta(seconds=3600)
OVERLAP = timedelta(seconds=60)
_FILES = {"1": ("video", "photo"), "2": ("photo",), "3": ("video",)}


@dataclass
class KycService:
    """The service of one app. `calls` counts the queries per order."""

    orders: tuple[SimOrder, ...]
    now: Callable[[], datetime]
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
        }
        route = routes.get((request.method, request.path))
        if route is None:
            return replace(kyc_answer({"code": "404", "msg": "no such interface"}), status=404)
        with self._lock:
            return kyc_answer(route(request))

    def _access_token(self, request: SimRequest) -> dict[str, Any]:
        query = request.query
        app_id = query.get("appId") or query.get("app_id")
        good = app_id == records.KYC_APP_ID and query.get("secret") == records.KYC_SECRET
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
        if app_id != records.KYC_APP_ID or self._tokens.get(token, now) <= now or query.get("version") != VERSION:
            return self._refusal("400101", "非法请求")
        if query.get("type") != "SIGN":
            return self._refusal("400101", "type 错误")
        ticket = secrets.token_hex(32)
        self._tickets[ticket] = (token, now + TICKET_LIFETIME)
        item = {"value": ticket, "expire_in": "3600", "expire_time": self._stamp(now + TICKET_LIFETIME)}
        return {"code": "0", "msg": "请求成功", "transactionTime": self._stamp(now), "tickets": [item]}

    def _query(self, request: SimRequest) -> dict[str, Any]:
        body = {key: str(value) for key, value in request.json_body().items() if value is not None}
        order_no = body.get("orderNo", "")
        if not self._sign_is_good(body) or request.query.get("orderNo", order_no) != order_no:
            return self._refusal("400101", "非法请求")
        self.calls[order_no] += 1
        order = next((o for o in self.orders if o.order_no == order_no), None)
        if order is None or order.code in ("66660011", "66660017"):
            return self._refusal("66660011", "无此查询结果")
        return self._record(order, body)

    def _sign_is_good(self, body: dict[str, str]) -> bool:
        now = self.now()
        if body.get("appId") != records.KYC_APP_ID or len(body.get("nonce", "")) != 32:
            return False
        values = [body.get(name, "") for name in ("appId", "orderNo", "version", "nonce")]
        live = [t for t, (token, until) in self._tickets.items() if until > now and self._tokens.get(token, now) > now]
        return any(sign([*values, ticket]) == body.get("sign", "").upper() for ticket in live)

    def _record(self, order: SimOrder, body: dict[str, str]) -> dict[str, Any]:
        sequence = f"{self.now():%y%m%d}20001184453211174015790894"
        result: dict[str, Any] = {
            "orderNo": order.order_no,
            "appId": records.KYC_APP_ID,
            "bizSeqNo": sequence,
        }
        if order.live_rate is not None:
            result["liveRate"] = order.live_rate
        if order.similarity is not None:
            result["similarity"] = order.similarity
        if order.occurred_at is not None:
            result["occurredTime"] = self._stamp(order.occurred_at)
        if self.calls[order.order_no] >= order.files_from_call:
            files = {"video": order.video, "photo": order.photo}
            result |= {name: files[name] for name in _FILES.get(body.get("getFile", ""), ()) if files[name]}
        if body.get("queryVersion") == "1.0":
            result |= {"sdkVersion": "1.12.12", "trtcFlag": "Y"}
        if order.risk is not None:
            result[order.risk_name] = order.risk
        return {
            "code": order.code, "msg": order.message, "bizSeqNo": sequence, "result": result,
            "transactionTime": self._stamp(self.now()),
        }  # fmt: skip

    def _refusal(self, code: str, message: str) -> dict[str, Any]:
        return {"code": code, "msg": message, "bizSeqNo": "", "transactionTime": self._stamp(self.now())}

    @staticmethod
    def _stamp(moment: datetime) -> str:
        return f"{moment.astimezone(CHINA_TIME):%Y%m%d%H%M%S}"
