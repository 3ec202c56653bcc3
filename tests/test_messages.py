"""The catalogue: the same ids and values in both languages, none missing, none unused, none empty by accident."""

import json
import re
import string
from collections import Counter

import pytest

from facevid_gui.captures.risk import LIVENESS_TAGS
from facevid_gui.console import arguments
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.messages import LANGUAGES, Messages, _Values
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.record import RiskTag
from facevid_gui.core.verdict import Verdict
from facevid_gui.resources import resource
from tests.core.test_codes import ESS, KYC, rows
from tests.support.captures_words import Use, codes_given, errors_raised, is_said, sentences_asked_for

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Nothing is left to do after these; names of the provider's fields; a sentence that only joins two others.
MAY_BE_EMPTY = {"error.found.next", "verdict.verified.next"}
SAME_IN_BOTH = {
    "secret.secret_id", "secret.secret_key", "signers.title", "verdict.not_official", "frame.unnumbered", "demo.step",
    "profile.field.proxy_organization_id", "profile.field.app_id", "profile.field.proxy_organization_open_id",
    "profile.secret.secret_id", "profile.secret.secret_key",
}  # fmt: skip
WINDOW = ".window"  # the window's own next step in the place of the console's
NAMES_ONLY = {"moment.time", "option.proxy_organization_open_id", "secret.ticket", "doctor.line", "verify.detail"}


def catalogue(language: str) -> dict[str, str]:
    def no_duplicates(pairs: list[tuple[str, str]]) -> dict[str, str]:
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        assert twice == []
        return dict(pairs)

    raw = resource(f"messages/{language}.json").read_text("utf-8")
    texts: dict[str, str] = json.loads(raw, object_pairs_hook=no_duplicates)
    return texts


EN, ZH = catalogue("en"), catalogue("zh_CN")


def blanks(text: str) -> set[str]:
    """The values a sentence needs, argparse's own among them."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return names | set(re.findall(r"%(?:\(\w+\))?[a-z]", text))


def ids_like(pattern: str) -> list[str]:
    compiled = re.compile(pattern)
    return [name for name in EN if compiled.fullmatch(name)]


def test_both_languages_have_the_same_ids_in_the_same_order() -> None:
    assert list(EN) == list(ZH)
    assert {"en", "zh_CN"} == set(LANGUAGES)


def test_both_languages_need_the_same_values() -> None:
    assert [name for name in EN if blanks(EN[name]) != blanks(ZH[name])] == []


def test_every_sentence_is_one_and_in_its_language() -> None:
    for message_id in EN:
        check_sentence(message_id)


def check_sentence(message_id: str) -> None:
    english, chinese = EN[message_id], ZH[message_id]
    assert isinstance(english, str)
    assert isinstance(chinese, str)
    assert bool(english) == bool(chinese) == (message_id not in MAY_BE_EMPTY), message_id
    assert english.lstrip(" ") != "" or message_id in MAY_BE_EMPTY
    assert len(english) - len(english.lstrip()) == len(chinese) - len(chinese.lstrip()), message_id
    if message_id in SAME_IN_BOTH:
        assert english == chinese
    elif message_id not in MAY_BE_EMPTY:
        assert not CHINESE.search(english), message_id
        assert CHINESE.search(chinese) or message_id in NAMES_ONLY, f"{message_id} is not translated"


@pytest.mark.parametrize("texts", [EN, ZH], ids=["en", "zh_CN"])
def test_every_sentence_can_be_filled_with_anything(texts: dict[str, str]) -> None:
    for text in texts.values():
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert all(name.isidentifier() for name in names)
        for value in ("{x} %s 查", "1", 2):
            assert "{count:" not in text.format_map(_Values(dict.fromkeys(names, value)))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [("en", 0, "0 files unchanged"), ("en", 1, "1 file unchanged"), ("en", 2, "2 files unchanged"),
     ("en", 21, "21 files unchanged"), ("en", 12345, "12,345 files unchanged"), ("en", "1", "1 file unchanged"),
     ("zh_CN", 1, "1 个文件均未改动"), ("zh_CN", 12345, "12,345 个文件均未改动")],
)  # fmt: skip
def test_counts_have_the_form_of_their_number_and_are_grouped(language: str, count: object, said: str) -> None:
    assert Messages(language).text("banner.files", count=count) == said


def test_a_value_that_is_missing_has_no_form_and_breaks_nothing() -> None:
    assert Messages("en").text("banner.files") == "? files unchanged"


def test_numbers_that_name_something_are_not_grouped() -> None:
    assert "port 12345" in Messages("en").text("error.port_in_use", port=12345).lower()


# One thing is never counted by these: what they say is there only for several, or names a limit.
SEVERAL = {
    "purge.type_id",
    "purge.type_id_window",
    "error.several_ids",
    "package.which",
    "health.first_decoded",
    "jump.range",
    "recording.checked_first",
    "detail.zip_total",
    "detail.zip_ratio",
}


def test_no_english_sentence_counts_one_thing_in_the_plural() -> None:
    """`{count} files` must be `{count} {count:file|files}`; checked by asking for one of everything."""
    wrong = {}
    for name, text in EN.items():
        names = {blank for blank in blanks(text) if "%" not in blank}
        said = text.format_map(_Values(dict.fromkeys(names, "1")))
        if re.search(r"(?<![\w.:+-])1 (?:more )?(?:" + "|".join(PLURALS) + r")\b", said) and name not in SEVERAL:
            wrong[name] = said
    assert wrong == {}


PLURALS = (
    "files",
    "folders",
    "records",
    "bytes",
    "events",
    "pages",
    "characters",
    "frames",
    "streams",
    "minutes",
    "places",
    "days",
    "rows",
    "digits",
    "certificates",
    "lines",
    "captures",
    "copies",
    "packages",
    "hours",
    "seconds",
    "clips",
    "ids",
    "notes",
    "markers",
    "keys",
    "tracks",
    "letters",
    "persons",
    "signers",
    "samples",
    "years",
    "hits",
    "entries",
)


@pytest.mark.parametrize("texts", [EN, ZH], ids=["en", "zh_CN"])
def test_what_happened_always_comes_with_a_next_step(texts: dict[str, str]) -> None:
    for family in ("error", "verdict"):
        names = {name for name in texts if name.startswith(f"{family}.")} - {"verdict.not_official"}
        of_the_window = {name for name in names if name.endswith(WINDOW)}
        assert {name.removesuffix(WINDOW) for name in of_the_window} <= names
        names -= of_the_window
        said = {name for name in names if not name.endswith(".next")}
        assert {f"{name}.next" for name in said} == names - said


def test_the_words_verdict_and_verified_are_kept_for_verdicts() -> None:
    for name, text in EN.items():
        if not name.startswith(("verdict.", "verify.", "option.require_stamp")):
            assert not re.search(r"\b(verdict|verified)\b", text, re.IGNORECASE), name


def test_every_sentence_the_program_asks_for_exists_and_gets_its_values() -> None:
    for use in sentences_asked_for():
        found = ids_like(use.pattern)
        assert found, f"{use.where} asks for {use.pattern}"
        if use.is_literal and use.values is not None:
            (name,) = found
            assert {blank for blank in blanks(EN[name]) if "%" not in blank} <= use.values, f"{use.where} {name}"


def test_every_error_the_program_raises_has_its_sentences_and_their_values() -> None:
    for use in errors_raised():
        check_error(use)


def check_error(use: Use) -> None:
    found = [name for name in ids_like(rf"error\.{use.pattern}") if not name.endswith((".next", WINDOW))]
    assert found, f"{use.where} raises {use.pattern}"
    for name in found:
        assert f"{name}.next" in EN
        if use.is_literal and use.values is not None:
            assert blanks(EN[name]) | blanks(EN[f"{name}.next"]) <= use.values, f"{use.where} {name}"


def test_every_outcome_has_its_sentences() -> None:
    uses = [
        *codes_given("Outcome", 1, "code"),
        *codes_given("_outcome", 1, "code"),
        *codes_given("_network_outcome", 1, "code"),
        *codes_given("CodeMeaning", 1, "message"),
        *codes_given("replace", 9, "code"),
    ]
    assert len(uses) > 30
    for use in uses:
        assert ids_like(rf"error\.{use.pattern}"), f"{use.where} {use.pattern}"
    for kind, table in (("ess", ESS), ("kyc", KYC)):
        for code, *_ in rows(table):
            assert f"error.{meaning_of(kind, code).message}" in EN
    assert set(OutcomeKind) >= {row[1] for row in rows(ESS)}


def test_the_sentences_of_codes_need_no_values_that_an_answer_does_not_bring() -> None:
    for use in codes_given("CodeMeaning", 1, "message"):
        for name in ids_like(rf"error\.{use.pattern}(\.next)?"):
            assert blanks(EN[name]) == set(), name


def test_every_reason_a_check_can_find_has_a_sentence() -> None:
    uses = [*codes_given("Reason", 0, "code"), *codes_given("CmsError", 1, "code")]
    assert len(uses) > 20
    for use in uses:
        assert ids_like(rf"reason\.{use.pattern}"), f"{use.where} {use.pattern}"


def test_the_fixed_words_of_the_interface_are_all_there() -> None:
    for verdict in Verdict:
        assert f"verdict.{verdict}" in EN
    for source in ("official", "test", "custom", "simulator", "unknown"):
        assert f"source.{source}" in EN
    for role in ("liveness", "question", "nod", "photo"):
        assert f"role.{role}" in EN
    for kind in ("ess", "essbasic", "kyc"):
        assert f"record.kind.{kind}" in EN
    for state in ("complete", "interrupted", "receiving"):
        assert f"capture.state.{state}" in EN
    for code in ("changed", "missing", "extra", "link", "special_file", "bad_manifest", "bad_signature",
                 "weak_signature", "bad_stamp", "stamp_late", "too_large"):  # fmt: skip
        assert f"reason.{code}" in EN
    assert "problem.damaged_base64" in EN
    assert ids_like(r"risk\.liveness\.\d+") == [f"risk.liveness.{tag}" for tag in LIVENESS_TAGS]
    assert ids_like(r"risk\.liveness\.\d+\.look") == [f"risk.liveness.{tag}.look" for tag in LIVENESS_TAGS]


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]")


def test_chinese_is_set_with_chinese_marks() -> None:
    """Full-width, as every book and office program sets them; examples in the notation of programs stay as they are."""
    wrong = {name: text for name, text in ZH.items() if HALF_WIDTH.search(re.sub(r"%\(\w+\)[sr]", "", text))}
    assert wrong == {}


def test_argparse_is_translated_whole() -> None:
    assert ids_like(r"argparse\.\d+") == [f"argparse.{index}" for index in range(len(arguments._TRANSLATED))]
    for index, text in enumerate(arguments._TRANSLATED):
        assert EN[f"argparse.{index}"] == text


def test_no_sentence_is_there_for_nobody() -> None:
    unused = [name for name in EN if not is_said(name) and not name.startswith("detail.")]  # those: test_details
    assert unused == []


def test_a_record_of_every_known_tag_can_be_worded() -> None:
    tag = RiskTag("LivenessInfoTag", "03", "risk.liveness.03")
    assert {Messages(language).text(str(tag.meaning_id)) for language in LANGUAGES} == {
        EN["risk.liveness.03"],
        ZH["risk.liveness.03"],
    }
