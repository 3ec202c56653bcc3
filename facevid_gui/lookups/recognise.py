"""What did the user paste: a FlowId, a SignId, an order number, a link that holds one, or several (floor 1).

What enters: any text, and the kind of the chosen profile. What leaves: a `Recognised` that says what it is taken
for, why, and what stands in the way of looking it up. Never raises; pasted text is cut at a limit.
Shapes: FlowId and SignId are 32 letters and digits that usually begin with "yD" (ess.md 2.2); an orderNo is 1 to
32 letters and digits of the integrator's choice (kyc.md 5), also found in the H5 callback URL (kyc.md 9).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from facevid_gui.core.errors import UsageError
from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id, clean_id
from facevid_gui.core.recognised import Recognised

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PASTED = 10_000
CONTRACT_KINDS = ("ess", "essbasic")
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_CONTRACT_ID = re.compile(r"(?<![A-Za-z0-9])yD[A-Za-z0-9]{30}(?![A-Za-z0-9])")
_SEPARATOR = re.compile(r"[\n\r\t\v\f\x85\u2028\u2029,;、|]+")
_QUOTES = " '\"`‘’“”「」<>()[]{}"
_NAMED = re.compile(
    r"(?<![a-z0-9])(flow[ _-]?id|sign[ _-]?id|order[ _-]?no|订单号)[\"'.]?\s*[:=]\s*[\"']?([^\s&#\"',;<>(){}\[\]|]*)",
    re.IGNORECASE,
)
_MEMBER = {"f": "flow_id", "s": "sign_id", "o": "order_no", "订": "order_no"}


def recognise(pasted: str, kind: str | None) -> Recognised:
    """Say what was pasted. `kind` of the chosen profile decides what 32 letters are that do not begin with "yD"."""
    text = _visible(pasted[:MAX_PASTED])
    if not text.strip():
        empty = "order_no_empty" if kind == "kyc" else "flow_id_empty"
        return Recognised("empty", reason="recognised.empty", problem=UsageError(empty))
    named = _named_ids(text)
    if named:
        return _by_name(named, kind, is_link="://" in text)
    if "://" in text:
        return _unknown()
    contracts = set(_CONTRACT_ID.findall(text))
    if contracts:
        return _flow(contracts.pop(), pasted, "recognised.flow") if len(contracts) == 1 else _several(len(contracts))
    return _by_shape(text, pasted, kind)


def _visible(text: str) -> str:
    """Full-width letters become plain ones, invisible ones go; blanks and line breaks still separate."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def _named_ids(text: str) -> dict[str, list[str]]:
    """The values that stand beside a name, as in `flowId=…`, `"SignId": "…"` or 订单号:…, each once."""
    found: dict[str, list[str]] = {}
    for name, value in _NAMED.findall(unquote(unquote(text))):  # a link inside a link is encoded twice
        values = found.setdefault(_MEMBER[name[0].lower()], [])
        if value and value not in values:
            values.append(value)
    return {member: values for member, values in found.items() if values}


def _by_name(named: dict[str, list[str]], kind: str | None, *, is_link: bool) -> Recognised:
    most = max(len(values) for values in named.values())
    if most > 1:
        return _several(most)
    flow_id, sign_id, order_no = (named.get(name, [""])[0] or None for name in ("flow_id", "sign_id", "order_no"))
    if order_no and (kind == "kyc" or not (flow_id or sign_id)):
        reason = "recognised.order_from_url" if is_link else "recognised.order_named"
        return Recognised("order", None, None, order_no, True, reason, _problem(check_order_no, order_no))
    if not flow_id:
        reason = "recognised.signer_from_url" if is_link else "recognised.signer_named"
        alone = _problem(check_sign_id, sign_id or "") or UsageError("sign_id_alone")
        return Recognised("signer", None, sign_id, None, True, reason, alone)
    problem = _problem(check_flow_id, flow_id)
    if not sign_id:
        reason = "recognised.flow_from_url" if is_link else "recognised.flow_named"
        return Recognised("flow", flow_id, None, None, True, reason, problem)
    reason = "recognised.flow_and_signer_from_url" if is_link else "recognised.flow_and_signer_named"
    problem = problem or _problem(check_sign_id, sign_id)
    return Recognised("flow_and_signer", flow_id, sign_id, None, True, reason, problem)


def _by_shape(text: str, pasted: str, kind: str | None) -> Recognised:
    pieces = [clean_id(piece.strip(_QUOTES)).text for piece in _SEPARATOR.split(text)]
    pieces = list(dict.fromkeys(piece for piece in pieces if piece))
    if len(pieces) > 1:
        joined = "".join(pieces)
        if _is_one_broken_id(joined, pieces, kind):
            return _single(joined, pasted, kind)
        pieces = _rows(pieces, kind)
    if len(pieces) > 1:
        return _several(len(pieces))
    return _single(pieces[0], pasted, kind) if pieces else _unknown()


def _is_one_broken_id(joined: str, pieces: list[str], kind: str | None) -> bool:
    """Whether lines are one FlowId that a narrow column broke, rather than several order numbers."""
    if _CONTRACT_ID.fullmatch(joined):
        return True
    is_whole = len(joined) == 32 and _ID.fullmatch(joined) is not None
    return is_whole and kind in CONTRACT_KINDS and all(len(piece) < 32 for piece in pieces)


def _rows(pieces: list[str], kind: str | None) -> list[str]:
    """The cells of a table that can be ids; for contracts those of full length, if there are any."""
    ids = [piece for piece in pieces if _ID.fullmatch(piece)]
    whole = [piece for piece in ids if len(piece) == 32] if kind in CONTRACT_KINDS else []
    return whole or ids


def _single(text: str, pasted: str, kind: str | None) -> Recognised:
    if _CONTRACT_ID.fullmatch(text):
        return _flow(text, pasted, "recognised.flow")
    is_id = _ID.fullmatch(text) is not None
    is_cut = text.startswith("yD") and kind != "kyc"
    if kind == "kyc" or (is_id and not is_cut and (kind is None or len(text) < 32)):
        reason = "recognised.order_by_kind" if kind == "kyc" and len(text) == 32 else "recognised.order"
        return Recognised("order", None, None, text, text != pasted, reason, _problem(check_order_no, text))
    if kind is None and not is_cut:
        return _unknown()
    return _flow(text, pasted, "recognised.flow_by_kind" if is_id and not is_cut else "recognised.flow")


def _flow(flow_id: str, pasted: str, reason: str) -> Recognised:
    return Recognised("flow", flow_id, None, None, flow_id != pasted, reason, _problem(check_flow_id, flow_id))


def _several(count: int) -> Recognised:
    return Recognised("several", reason="recognised.several", problem=UsageError("several_ids", count=count))


def _unknown() -> Recognised:
    return Recognised("unknown", reason="recognised.unknown", problem=UsageError("not_recognised"))


def _problem(check: Callable[[str], str], text: str) -> UsageError | None:
    try:
        check(text)
    except UsageError as error:
        return error
    return None
