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
_IDS = CodeMeaning(OutcomeKind.REFUSED, "ids_refused")
_NO_RIGHT = CodeMeaning(OutcomeKind.REFUSED, "no_permission")
_OPERATOR = CodeMeaning(OutcomeKind.REFUSED, "operator_refused")
_WRONG_SERVICE = CodeMeaning(OutcomeKind.REFUSED, "wrong_service")
_BAD_KEY = CodeMeaning(OutcomeKind.SIGNATURE, "credentials_refused")
_TOKEN = CodeMeaning(OutcomeKind.SIGNATURE, "token_refused")
_CLOCK = CodeMeaning(OutcomeKind.SIGNATURE, "clock", exit_code=3)
_TROUBLE = CodeMeaning(OutcomeKind.REFUSED, "provider_trouble", retry="passing")
_RATE = CodeMeaning(OutcomeKind.REFUSED, "rate_limited", retry="rate")
_QUOTA = CodeMeaning(OutcomeKind.REFUSED, "rate_limited")
_WHITELIST = CodeMeaning(OutcomeKind.REFUSED, "whitelist")
_NOT_SIGNED = CodeMeaning(OutcomeKind.REFUSED, "flow_not_signed")
_TICKET = CodeMeaning(OutcomeKind.SIGNATURE, "ticket_expired")
_APP = CodeMeaning(OutcomeKind.REFUSED, "app_refused")
_NO_RECORD = CodeMeaning(OutcomeKind.NOT_FOUND, "no_such_record")
_NEGATIVE = CodeMeaning(OutcomeKind.NO_RECORDING, "negative_result")

_ESS = {
    "AuthFailure": _NO_RIGHT,
    "AuthFailure.SignatureExpire": _CLOCK,
    "AuthFailure.SignatureFailure": _BAD_KEY,
    "AuthFailure.SecretIdNotFound": _BAD_KEY,
    "AuthFailure.InvalidSecretId": _BAD_KEY,
    "AuthFailure.InvalidAuthorization": _BAD_KEY,
    "AuthFailure.TokenFailure": _TOKEN,
    "FailedOperation": _GONE,
    "FailedOperation.RequestLimitExceeded": _RATE,
    "InvalidParameter": _IDS,
    "InvalidParameterValue": _IDS,
    "InvalidParameter.DataNotFound": _NOT_FOUND,
    "InternalError": _TROUBLE,
    "InternalError.DbNoRowFound": _NOT_FOUND,
    "InternalError.DbDataDeleted": _GONE,
    "OperationDenied": _NO_RIGHT,
    "OperationDenied.OutQueryLimit": _RATE,
    "OperationDenied.WhiteListForbid": _WHITELIST,
    "OperationDenied.NoFlowPermission": _OPERATOR,
    "OperationDenied.OperatorHasNoPermission": _OPERATOR,
    "OperationDenied.UserNotInOrganization": _OPERATOR,
    "OperationDenied.NoIdentityVerify": _OPERATOR,
    "OperationDenied.NoVerify": _OPERATOR,
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
    "InvalidAction": _WRONG_SERVICE,
    "ActionOffline": _WRONG_SERVICE,
    "NoSuchProduct": _WRONG_SERVICE,
    "NoSuchVersion": _WRONG_SERVICE,
    "UnsupportedProtocol": _WRONG_SERVICE,
    "UnsupportedRegion": _WRONG_SERVICE,
    "UnsupportedOperation": _WRONG_SERVICE,
    "UnknownParameter": _WRONG_SERVICE,
}

_KYC = {
    "66660011": _NO_RECORD,
    "66660017": CodeMeaning(OutcomeKind.NOT_FOUND, "attempts_exceeded"),
    "66660018": CodeMeaning(OutcomeKind.NOT_FOUND, "face_check_timed_out"),
    "66660016": CodeMeaning(OutcomeKind.NOT_FOUND, "video_not_acceptable"),
    "400604": CodeMeaning(OutcomeKind.NOT_FOUND, "not_recorded_live"),
    "66660021": _TROUBLE,
    "66660001": _APP,
    "66660002": _APP,
    "400101": _TICKET,
    "400102": _TICKET,
    "15": _TICKET,
    "400103": _NO_RIGHT,
    "400104": _NO_RIGHT,
    "400504": _RATE,
    "400506": _RATE,
}
# Only what is documented counts as a negative result: a code nobody explained says nothing about a person.
_KYC_NEGATIVE = frozenset({
    "66660004", "66660010", "66660015", "66660005", "66660024", "66660023", "66660025", "66660036", "66660035",
    "66660038", "66660037", "66660033", "66660041", "66660042", "66660039", "66660040", "66660026", "66660030",
    "66660022", "-5020", "-5025", "-5027", "-1404", "-1101", "-1102", "-4014", "-5011",
    "-4017", "-4018", "-5001", "-5005", "-5008", "-5009", "-5010", "-5018",
})  # fmt: skip


def meaning_of(kind: str, code: str) -> CodeMeaning:
    """Return what `code` of a provider of `kind` means; "refused" for one nobody documented."""
    if kind == "kyc":
        return _NEGATIVE if code in _KYC_NEGATIVE else _KYC.get(code, _REFUSED)
    return _ESS.get(code) or _ESS.get(code.split(".", 1)[0]) or _REFUSED
