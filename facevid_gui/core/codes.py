"""What the providers' codes mean: outcome, wording, and whether trying again by itself makes sense (floor 0).

What enters: a provider kind, a code as received, and what was asked. What leaves: a `CodeMeaning`. Full code
first, then the part before the dot (ess.md 2.4). Sources: ess.md 2.4 and 2.5, kyc.md section 8. Codes nobody
documented are shown verbatim under the wording "refused": they say nothing about a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from facevid_gui.core.outcome import OutcomeKind


@dataclass(frozen=True)
class CodeMeaning:
    """`message` words cause and next step (`error.<message>`, `.next`).

    `retry` is "no", "passing" (1-2-4 s) or "rate" (back off).
    """

    outcome: OutcomeKind
    message: str
    exit_code: int = 1
    retry: str = "no"


_NOT_FOUND = CodeMeaning(OutcomeKind.NOT_FOUND, "not_found")
_GONE = CodeMeaning(OutcomeKind.NOT_FOUND, "gone_or_never_there")
_REFUSED = CodeMeaning(OutcomeKind.REFUSED, "provider_refused")
_IDS = CodeMeaning(OutcomeKind.REFUSED, "ids_refused")
_NO_RIGHT = CodeMeaning(OutcomeKind.REFUSED, "no_permission")
_ADDRESS = CodeMeaning(OutcomeKind.REFUSED, "address_refused")
_OPERATOR = CodeMeaning(OutcomeKind.REFUSED, "operator_refused")
_NOBODY = CodeMeaning(OutcomeKind.REFUSED, "operator_unknown")
_REQUEST = CodeMeaning(OutcomeKind.REFUSED, "request_refused")
_ANSWER_SIZE = CodeMeaning(OutcomeKind.REFUSED, "answer_too_large")
_WRONG_SERVICE = CodeMeaning(OutcomeKind.REFUSED, "wrong_service")
_BAD_KEY = CodeMeaning(OutcomeKind.SIGNATURE, "credentials_refused")
_TOKEN = CodeMeaning(OutcomeKind.SIGNATURE, "token_refused")
_CLOCK = CodeMeaning(OutcomeKind.SIGNATURE, "clock", exit_code=3)
_TROUBLE = CodeMeaning(OutcomeKind.REFUSED, "provider_trouble", retry="passing")
_RATE = CodeMeaning(OutcomeKind.REFUSED, "rate_limited", retry="rate")
_QUOTA = CodeMeaning(OutcomeKind.REFUSED, "quota_used_up")
_WHITELIST = CodeMeaning(OutcomeKind.REFUSED, "whitelist")
_NOT_SIGNED = CodeMeaning(OutcomeKind.REFUSED, "flow_not_signed")
_TICKET = CodeMeaning(OutcomeKind.SIGNATURE, "ticket_expired")
_APP = CodeMeaning(OutcomeKind.REFUSED, "app_refused")

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
    "InvalidRequest": _REQUEST,
    "MissingParameter": _REQUEST,
    "RequestSizeLimitExceeded": _REQUEST,
    "DryRunOperation": _REQUEST,
    "ResponseSizeLimitExceeded": _ANSWER_SIZE,
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
    "ResourceNotFound.User": _NOBODY,
    "ResourceNotFound.VerifyUser": _NOBODY,
    "ResourceNotFound.Organization": _NOBODY,
    "ResourceUnavailable": _TROUBLE,
    "ResourceInsufficient": _TROUBLE,
    "ResourceInUse": _TROUBLE,
    "ServiceUnavailable": _TROUBLE,
    "RequestLimitExceeded": _RATE,
    "LimitExceeded": _QUOTA,
    "IpInBlacklist": _ADDRESS,
    "IpNotInWhitelist": _ADDRESS,
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
    "66660011": CodeMeaning(OutcomeKind.NOT_FOUND, "no_such_record"),
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
    "400502": _REQUEST,
    "400601": _REQUEST,
    "400504": _RATE,
    "400506": _RATE,
}
# The face check took place and did not end in a match, row by row of kyc.md 8.1.
_KYC_NEGATIVE = {
    "not_same_person": "66660004",
    "name_and_number_differ": "66660010",
    "name_or_number_invalid": "66660015",
    "no_reference_photo": "66660005",
    "no_such_id_number": "66660024",
    "liveness_failed": "66660023 66660025 66660036 -5020 -5025 -5027 -1404",
    "no_face": "66660035 66660038 -1101 -1102 -4014 -5011 -5010",
    "several_faces": "66660037 66660033",
    "face_covered": "66660041",
    "photo_blurred": "66660042",
    "id_photo_unusable": "66660039 66660040 -4017 -4018",
    "reference_photo_size": "66660026",
    "check_not_supported": "66660030",
    "digits_expired": "66660022",
    "video_broken": "-5001",
    "face_distance": "-5005",
    "voice_not_recognised": "-5008 -5009",
    "no_blink": "-5018",
}
_KYC |= {
    code: CodeMeaning(OutcomeKind.NO_RECORDING, message)
    for message, codes in _KYC_NEGATIVE.items()
    for code in codes.split()
}


def meaning_of(kind: str, code: str, *, asked: str = "record") -> CodeMeaning:
    """Return what `code` of a provider of `kind` means; "refused" for one nobody documented.

    `asked` is the role of the exchange: a plain FailedOperation about a flow is the flow's absence (ess.md 3.1).
    """
    if kind == "kyc":
        return _KYC.get(code, _REFUSED)
    meaning = _ESS.get(code) or _ESS.get(code.split(".", 1)[0]) or _REFUSED
    return _NOT_FOUND if asked == "flow" and meaning is _GONE else meaning
