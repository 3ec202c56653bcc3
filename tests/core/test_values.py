"""Small values: secrets, cancelling, errors, outcomes, masking, verdicts, signers, and the catalogue's voice."""

import copy
import pickle
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.deadline import deadline_for
from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.masking import mask_name, mask_number
from facevid_gui.core.messages import Messages, choose_language
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Signer
from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import FolderVerdict, Verdict
from tests.support.clocks import NOON

PLAIN = "a-very-secret-text"


def test_a_secret_shows_stars_wherever_it_is_printed() -> None:
    secret = Secret(PLAIN)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>30}", f"{secret!r}", repr([secret])]
    assert all(PLAIN not in text and "***" in text for text in shown)
    assert secret.reveal() == PLAIN


def test_a_secret_is_never_pickled_or_copied_out() -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never pickled") as caught:
            attempt(Secret(PLAIN))
        assert PLAIN not in str(caught.value)


def test_secrets_compare_by_their_text_and_only_with_secrets() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert bool(Secret("a"))
    assert not Secret("")


def test_a_token_stops_work_and_waiting() -> None:
    token = CancelToken()
    assert not token.is_cancelled
    token.raise_if_cancelled()
    token.wait(0)
    token.cancel()
    token.cancel()
    assert token.is_cancelled
    with pytest.raises(CancelledError):
        token.raise_if_cancelled()
    with pytest.raises(CancelledError):
        token.wait(60)


def test_a_waiting_thread_is_woken_by_the_cancel_of_another() -> None:
    token = CancelToken()
    waiting = threading.Event()
    ended: list[BaseException] = []

    def work() -> None:
        waiting.set()
        try:
            token.wait(60)
        except CancelledError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    waiting.wait(10)
    token.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert len(ended) == 1


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [(SubjectError("x"), 1), (UsageError("x"), 2), (SurroundingsError("x"), 3), (CancelledError(), 130)],
)
def test_each_family_of_errors_has_its_exit_code(error: FacevidError, exit_code: int) -> None:
    assert error.exit_code == exit_code
    assert isinstance(error, FacevidError)


def test_an_error_carries_texts_only_and_prints_its_code() -> None:
    error = SubjectError("disk_full", path=7, code="inner")
    assert error.code == "disk_full"
    assert error.params == {"path": "7", "code": "inner"}
    assert str(error) == "disk_full (path=7, code=inner)"
    assert str(CancelledError()) == "cancelled"


def test_only_a_found_record_is_ok() -> None:
    assert [kind for kind in OutcomeKind if Outcome(kind, "x", 1).ok] == [OutcomeKind.FOUND]


def test_the_outcomes_are_those_of_the_interface() -> None:
    assert [str(kind) for kind in OutcomeKind] == [
        "found", "no_media_yet", "no_recording", "not_found", "refused", "signature", "network", "incomplete",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("张", "*"), ("李四", "李*"), ("张志英", "张*英"), ("Anna Smith", "A***h"), ("欧阳娜娜", "欧**娜")],
)
def test_names_keep_their_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("", ""),
        ("1234567", "*******"),
        ("91234567", "********"),
        ("13200000000", "132****0000"),
        ("11010119900101123X", "110***********123X"),
        ("+8613200000000", "+86*******0000"),
    ],
)
def test_numbers_keep_too_little_to_dial(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@given(st.text("0123456789X+-", max_size=30))
def test_a_masked_number_hides_at_least_four_digits_or_all(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    hidden = masked.count("*")
    assert hidden == len(number) or hidden >= 4
    assert all(shown in ("*", real) for shown, real in zip(masked, number, strict=True))


@given(st.text(min_size=1, max_size=20))
def test_a_masked_name_tells_at_most_its_ends(name: str) -> None:
    assert len(mask_name(name).replace("*", "")) <= min(2, len(name) - 1)


@pytest.mark.parametrize(
    ("verdict", "required", "verified"),
    [
        (Verdict.VERIFIED, False, True),
        (Verdict.VERIFIED, True, True),
        (Verdict.VERIFIED_UNSTAMPED, False, True),
        (Verdict.VERIFIED_UNSTAMPED, True, False),
        *((verdict, False, False) for verdict in Verdict if not verdict.startswith("verified")),
    ],
)
def test_only_the_verified_verdicts_verify_and_a_required_stamp_must_be_there(
    verdict: Verdict, required: bool, verified: bool
) -> None:
    assert FolderVerdict("f", verdict, (), stamp_required=required).verified is verified


@pytest.mark.parametrize(
    ("state", "kind", "sign_id", "signed"),
    [
        ("signed", "PERSON", "s", True),
        ("signed", "ORGANIZATION", "s", True),
        ("signed", "ENTERPRISESERVER", "s", False),
        ("waiting", "PERSON", "s", False),
        ("signed", "PERSON", "", False),
    ],
)
def test_only_a_human_who_signed_can_have_a_recording(state: str, kind: str, sign_id: str, signed: bool) -> None:
    signer = Signer(sign_id, "n", kind, state, NOON, deadline_for("ess", NOON - timedelta(hours=1)))
    assert signer.is_signed_person is signed


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_foreign_text_enters_a_sentence_as_a_value_only(language: str) -> None:
    messages = Messages(language)
    for foreign in ("{host}", "{0}", "{path.__class__}", "%s", "{", "}"):
        assert foreign in messages.text("error.disk_full", path=foreign)
        assert foreign in messages.error(SurroundingsError("disk_full", path=foreign))[0]


def test_a_typo_in_an_id_or_a_value_loses_nothing_and_ends_nothing() -> None:
    messages = Messages("en")
    assert messages.text("no.such.id") == "no.such.id"
    assert "7" in messages.text("no.such.id", number=7)
    assert messages.text("error.disk_full") == "The disk is full: ?"
    assert messages.failure("unreachable", {}) == (
        "The server cannot be reached: ?",
        messages.text("error.unreachable.next"),
    )
    assert messages.has("error.found")
    assert not messages.has("error.lost")


def test_values_named_like_our_own_arguments_are_values() -> None:
    messages = Messages("en")
    assert messages.text("no.such.id", self="s", message_id="m") == "no.such.id {'self': 's', 'message_id': 'm'}"


def test_there_is_no_third_language() -> None:
    with pytest.raises(ValueError, match="fr"):
        Messages("fr")


@pytest.mark.parametrize(
    ("wish", "locale_name", "language"),
    [
        (None, None, "en"),
        ("", "", "en"),
        ("zh_CN", "en_US", "zh_CN"),
        ("zh-Hans", None, "zh_CN"),
        ("ZH", None, "zh_CN"),
        ("en", "zh_CN.UTF-8", "en"),
        (None, "zh_TW.UTF-8", "zh_CN"),
        ("", "Chinese", "en"),
        (None, "C", "en"),
        ("fr", "zh_CN", "en"),
    ],
)
def test_the_wish_comes_before_the_locale(wish: str | None, locale_name: str | None, language: str) -> None:
    assert choose_language(wish, locale_name) == language
