"""What an answer says besides what we know by name: nothing that was received goes unshown (floor 1).

What enters: the document of an answer. What leaves: its further values, each with its JSON pointer. Answers may grow
at any time (kyc.md 5.1, ess.md 2.3): unknown members come along as they are, those inside objects under a dotted
name. What names or numbers a person is marked, to be shown masked. Media and texts of more than a page stay in the
answer; the raw answer shows where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.captures.risk import is_risk_member
from facevid_gui.captures.scanner import Json, Span, text_of
from facevid_gui.core.record import Detail

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DETAILS = 200
_PERSONAL = frozenset({
    "name", "username", "idno", "idcard", "idcardno", "idnumber",
    "mobile", "phone", "phoneno",
    "certno", "certid", "bankcard", "bankcardno", "address", "email",
})  # fmt: skip
_KYC_MEDIA = frozenset({"photo", "video", "photoList"})
# Members of an e-sign answer that the record holds under their own names (ess.md 2.3).
_ESS_KNOWN = frozenset({
    "LiveNessVideo", "LivenessVideo", "Video", "AsrResult", "ResultCode", "RequestId", "Error", "DeprecatedWarning",
})  # fmt: skip


def kyc_details(document: Json, result: Json) -> tuple[Detail, ...]:
    """Values beside the media of an order, those of the answer first, then those of its `result`."""
    found = _members(document, "", _KYC_MEDIA | {"result"})
    return tuple([*found, *_members(result, "/result", _KYC_MEDIA)][:MAX_DETAILS])


def ess_details(response: Json, base: str) -> tuple[Detail, ...]:
    """Values of an e-sign answer that are none of those documented."""
    return tuple(_members(response, base, _ESS_KNOWN))[:MAX_DETAILS]


def _members(
    holder: Json, pointer: str, known: frozenset[str], prefix: str = "", *, personal: bool = False
) -> Iterator[Detail]:
    """Texts first, so that what is plain stands above what is nested. What is inside of a name is one, too."""
    members: list[tuple[str, Json]]
    if isinstance(holder, dict):
        members = [(name, value) for name, value in holder.items() if name not in known]
    elif isinstance(holder, list):
        members = [(str(place), value) for place, value in enumerate(holder[:MAX_DETAILS])]
    else:
        return
    for name, value in members:
        text = str(value).lower() if isinstance(value, bool) else text_of(value)
        if text:
            yield Detail(f"{prefix}{name}", text, _below(pointer, name), personal or _plain(name) in _PERSONAL)
    for name, value in members:
        if not isinstance(value, Span) and not is_risk_member(name):  # risk has a place of its own
            inside = personal or _plain(name) in _PERSONAL
            yield from _members(value, _below(pointer, name), known, f"{prefix}{name}.", personal=inside)


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "")
