"""Every documented code means what the fact sheets say (ess.md 2.4 and 2.5, kyc.md 8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core import codes
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.outcome import OutcomeKind

NOT_FOUND, REFUSED, SIGNATURE = OutcomeKind.NOT_FOUND, OutcomeKind.REFUSED, OutcomeKind.SIGNATURE
NO_RECORDING = OutcomeKind.NO_RECORDING

# codes, outcome, message, retry ("passing": 1-2-4 s, "rate": back off)
ESS = [
    ("FailedOperation FailedOperation.Anything InternalError.DbDataDeleted OperationDenied.FileDeleted",
     NOT_FOUND, "gone_or_never_there", "no"),
    (("FailedOperation.RequestLimitExceeded OperationDenied.OutQueryLimit RequestLimitExceeded "
     "RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded "
     "RequestLimitExceeded.GlobalRegionUinLimitExceeded"), REFUSED, "rate_limited", "rate"),
    ("LimitExceeded", REFUSED, "quota_used_up", "no"),
    ("InvalidParameter InvalidParameterValue InvalidParameter.ParamError InvalidParameter.InvalidId",
     REFUSED, "ids_refused", "no"),
    (("InvalidParameter.DataNotFound InternalError.DbNoRowFound ResourceNotFound ResourceNotFound.Flow "
     "ResourceNotFound.NotExistFlow ResourceNotFound.FlowApprover ResourceNotFound.NotExistResource"),
     NOT_FOUND, "not_found", "no"),
    ("ResourceNotFound.User ResourceNotFound.VerifyUser ResourceNotFound.Organization",
     REFUSED, "operator_unknown", "no"),
    (("MissingParameter MissingParameter.FlowId MissingParameter.UserId InvalidRequest DryRunOperation "
     "RequestSizeLimitExceeded"), REFUSED, "request_refused", "no"),
    ("ResponseSizeLimitExceeded", REFUSED, "answer_too_large", "no"),
    (("OperationDenied OperationDenied.NoApiAuth UnauthorizedOperation UnauthorizedOperation.NoPermissionFeature "
     "AuthFailure AuthFailure.MFAFailure AuthFailure.UnauthorizedOperation"), REFUSED, "no_permission", "no"),
    ("IpInBlacklist IpNotInWhitelist", REFUSED, "address_refused", "no"),
    ("OperationDenied.WhiteListForbid", REFUSED, "whitelist", "no"),
    (("OperationDenied.NoFlowPermission OperationDenied.OperatorHasNoPermission OperationDenied.UserNotInOrganization "
     "OperationDenied.NoIdentityVerify OperationDenied.NoVerify"), REFUSED, "operator_refused", "no"),
    ("OperationDenied.FlowStatusForbid OperationDenied.FlowHasTerminated", REFUSED, "flow_not_signed", "no"),
    (("InternalError InternalError.System InternalError.Api InternalError.Db InternalError.DbRead InternalError.Cos "
     "InternalError.DependsApi InternalError.Cache InternalError.Mq ResourceUnavailable ResourceInsufficient "
     "ResourceInUse ServiceUnavailable"), REFUSED, "provider_trouble", "passing"),
    (("InvalidAction NoSuchProduct NoSuchVersion ActionOffline UnsupportedProtocol UnsupportedRegion "
     "UnknownParameter UnsupportedOperation"), REFUSED, "wrong_service", "no"),
    (("AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId "
     "AuthFailure.InvalidAuthorization"), SIGNATURE, "credentials_refused", "no"),
    ("AuthFailure.TokenFailure", SIGNATURE, "token_refused", "no"),
    ("AuthFailure.SignatureExpire", SIGNATURE, "clock", "no"),
]  # fmt: skip
KYC = [
    ("66660011", NOT_FOUND, "no_such_record", "no"),
    ("66660017", NOT_FOUND, "attempts_exceeded", "no"),
    ("66660018", NOT_FOUND, "face_check_timed_out", "no"),
    ("66660016", NOT_FOUND, "video_not_acceptable", "no"),
    ("400604", NOT_FOUND, "not_recorded_live", "no"),
    ("66660004", NO_RECORDING, "not_same_person", "no"),
    ("66660010", NO_RECORDING, "name_and_number_differ", "no"),
    ("66660015", NO_RECORDING, "name_or_number_invalid", "no"),
    ("66660005", NO_RECORDING, "no_reference_photo", "no"),
    ("66660024", NO_RECORDING, "no_such_id_number", "no"),
    ("66660023 66660025 66660036 -5020 -5025 -5027 -1404", NO_RECORDING, "liveness_failed", "no"),
    ("66660035 66660038 -1101 -1102 -4014 -5011 -5010", NO_RECORDING, "no_face", "no"),
    ("66660037 66660033", NO_RECORDING, "several_faces", "no"),
    ("66660041", NO_RECORDING, "face_covered", "no"),
    ("66660042", NO_RECORDING, "photo_blurred", "no"),
    ("66660039 66660040 -4017 -4018", NO_RECORDING, "id_photo_unusable", "no"),
    ("66660026", NO_RECORDING, "reference_photo_size", "no"),
    ("66660030", NO_RECORDING, "check_not_supported", "no"),
    ("66660022", NO_RECORDING, "digits_expired", "no"),
    ("-5001", NO_RECORDING, "video_broken", "no"),
    ("-5005", NO_RECORDING, "face_distance", "no"),
    ("-5008 -5009", NO_RECORDING, "voice_not_recognised", "no"),
    ("-5018", NO_RECORDING, "no_blink", "no"),
    ("66660021", REFUSED, "provider_trouble", "passing"),
    ("66660001 66660002", REFUSED, "app_refused", "no"),
    ("400101 400102 15", SIGNATURE, "ticket_expired", "no"),
    ("400103 400104", REFUSED, "no_permission", "no"),
    ("400502 400601", REFUSED, "request_refused", "no"),
    ("400504 400506", REFUSED, "rate_limited", "rate"),
]  # fmt: skip


def rows(table: list) -> list:
    return [(code, *row) for codes, *row in table for code in codes.split()]


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
@pytest.mark.parametrize(("code", "outcome", "message", "retry"), rows(ESS), ids=lambda value: str(value))
def test_every_documented_code_of_e_sign(kind: str, code: str, outcome: OutcomeKind, message: str, retry: str) -> None:
    meaning = meaning_of(kind, code)
    assert (meaning.outcome, meaning.message, meaning.retry) == (outcome, message, retry)
    assert meaning.exit_code == (3 if message == "clock" else 1)


@pytest.mark.parametrize(("code", "outcome", "message", "retry"), rows(KYC), ids=lambda value: str(value))
def test_every_documented_code_of_face_verification(code: str, outcome: OutcomeKind, message: str, retry: str) -> None:
    meaning = meaning_of("kyc", code)
    assert (meaning.outcome, meaning.message, meaning.retry, meaning.exit_code) == (outcome, message, retry, 1)


@pytest.mark.parametrize("code", ["66669999", "-1", "-5002", "6666", "-", "2001", "11000", "", "00", "x"])
def test_a_code_nobody_documented_says_nothing_about_a_person(code: str) -> None:
    """kyc.md 8.2: show code and message verbatim; no guess that the check was negative."""
    meaning = meaning_of("kyc", code)
    assert (meaning.outcome, meaning.message) == (REFUSED, "provider_refused")


@given(st.sampled_from(["ess", "essbasic", "kyc"]), st.text(max_size=30))
def test_any_code_has_a_meaning_and_only_known_ones_are_tried_again(kind: str, code: str) -> None:
    meaning = meaning_of(kind, code)
    assert meaning.outcome is not OutcomeKind.FOUND
    known = {row[0] for row in rows(ESS)} | {row[0] for row in rows(KYC)}
    if meaning.retry != "no":
        assert code in known or code.split(".")[0] in known


def test_the_part_before_the_dot_decides_for_a_sub_code_nobody_documented() -> None:
    for family in ("InternalError", "ResourceNotFound", "OperationDenied", "RequestLimitExceeded", "FailedOperation"):
        assert meaning_of("ess", f"{family}.OfLaterYears.More") == meaning_of("ess", family)


def test_no_code_has_two_meanings_and_every_known_one_is_tested() -> None:
    for kind, table, known in (("ess", ESS, codes._ESS), ("kyc", KYC, codes._KYC)):
        tested = [row[0] for row in rows(table)]
        assert len(tested) == len(set(tested)), kind
        assert set(known) <= set(tested), kind


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_a_flow_that_is_refused_without_a_reason_is_not_there(kind: str) -> None:
    """ess.md 3.1: an unknown or forbidden FlowId fails the call with a plain FailedOperation."""
    assert meaning_of(kind, "FailedOperation", asked="flow").message == "not_found"
    assert meaning_of(kind, "FailedOperation").message == "gone_or_never_there"
    assert meaning_of(kind, "OperationDenied.WhiteListForbid", asked="flow").message == "whitelist"
