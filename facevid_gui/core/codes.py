"""What the providers' codes mean: outcome, wording, and whether trying again by itself makes sense (floor 0).

What enters: a provider kind and a code as received. What leaves: a `CodeMeaning`. Full code first, then
the part before the dot (ess.md 2.4). Sources: ess.md 2.4 and 2.5, kyc.md section 8. Codes nobody
documented are shown verbatim under the wording "refused".
"""

from __future__ import annotations

from dataclasses import dataclass

from facevid_gui.core.outcome import OutcomeKind


@dataclass(frozen=True)
class CodeMeaning:
    """`message` words it (`error.<message>`); `retry` is "no", "passing" (1-2-4 s) or "rate" (back off)."""

    outcome: OutcomeKind
    message: str
    exit_code: int = 1
    retry: str = "no"


_NOT_FOUND = CodeMeaning(OutcomeKind.NOT_FOUND, "not_found")
_GONE = CodeMeaning(OutcomeKind.NOT_FOUND, "gone_or_never_there")
_REFUSED = CodeMeaning(OutcomeKind.REFUSED, "provider_refused")
_NO_RIGHT = CodeMeaning(OutcomeKind.REFUSED, "no_permission")
_BAD_KEY = CodeMeaning(OutcomeKind.SIGNATURE, "credentials_refused")
_CLOCK = CodeMeaning(OutcomeKind.SIGNATURE, "clock", exit_code=3)
_TROUBLE = CodeMeaning(OutcomeKind.REFUSED, "provider_trouble", retry="passing")
_RATE = CodeMeaning(OutcomeKind.REFUSED, "rate_limited", retry="rate")
_QUOTA = CodeMeaning(OutcomeKind.REFUSED, "rate_limited")
_WHITELIST = CodeMeaning(OutcomeKind.REFUSED, "whitelist")
_NOT_SIGNED = CodeMeaning(OutcomeKind.REFUSED, "flow_not_signed")
_TICKET = CodeMeaning(OutcomeKind.SIGNATURE, "ticket_expired")
_NO_RECORD = CodeMeaning(OutcomeKind.NOT_FOUND, "no_such_record")
_NO_COMPARISON = CodeMeaning(OutcomeKind.NOT_FOUND, "no_comparison")
_NEGATIVE = CodeMeaning(OutcomeKind.NO_RECORDING, "negative_result")

_ESS = {
    "AuthFailure": _BAD_KEY,
    "AuthFailure.SignatureExpire": _CLOCK,
    "AuthFailure.MFAFailure": _NO_RIGHT,
    "AuthFailure.UnauthorizedOperation": _NO_RIGHT,
    "FailedOperation": _GONE,
    "FailedOperation.RequestLimitExceeded": _RATE,
    "InvalidParameter.DataNotFound": _NOT_FOUND,
    "InvalidParameter.InvalidId": _NOT_FOUND,
    "InternalError": _TROUBLE,
    "InternalError.DbNoRowFound": _NOT_FOUND,
    "InternalError.DbDataDeleted": _GONE,
    "OperationDenied": _NO_RIGHT,
    "OperationDenied.OutQueryLimit": _QUOTA,
    "OperationDenied.WhiteListForbid": _WHITELIST,
    "OperationDenied.FlowStatusForbid": _NOT_SIGNED,
    "OperationDenied.FlowHasTerminated": _NOT_SIGNED,
    "OperationDenied.FileDeleted": _GONE,
    "UnauthorizedOperation": _NO_RIGHT,
    "ResourceNotFound": _NOT_FOUND,
    "ResourceUnavailable": _TROUBLE,
    "ResourceInsufficient": _TROUBLE,
    "ResourceInUse": _TROUBLE,
    "ServiceUnavailable": _TROUBLE,
    "RequestLimitExceeded": _RATE,
    "LimitExceeded": _QUOTA,
    "IpInBlacklist": _NO_RIGHT,
    "IpNotInWhitelist": _NO_RIGHT,
}

_KYC = {
    "66660011": _NO_RECORD,
    "66660017": _NO_COMPARISON,
    "66660018": _NO_COMPARISON,
    "66660016": _NO_COMPARISON,
    "400604": _NO_COMPARISON,
    "66660021": _TROUBLE,
    "66660001": _REFUSED,
    "66660002": _REFUSED,
    "400101": _TICKET,
    "400102": _TICKET,
    "15": _TICKET,
    "400103": _NO_RIGHT,
    "400104": _NO_RIGHT,
    "400502": _REFUSED,
    "400504": _RATE,
    "400506": _RATE,
    "400601": _REFUSED,
}
_KYC_NEGATIVE_PREFIXES = ("6666", "-")


def meaning_of(kind: str, code: str) -> CodeMeaning:
    """Return what `code` of a provider of `kind` means; "refused" for one nobody documented."""
    if kind == "kyc":
        known = _KYC.get(code)
        if known is None and code.startswith(_KYC_NEGATIVE_PREFIXES):
            return _NEGATIVE
        return known or _REFUSED
    return _ESS.get(code) or _ESS.get(code.split(".", 1)[0]) or _REFUSED
