"""Searching the library: what is found by which words, narrowed by what, in which order, counted how."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from facevid_gui.captures.risk import LIVENESS_TAGS
from facevid_gui.core.ids import new_evidence_id
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence.library_query import Heading, LibraryQuery
from facevid_gui.evidence.library_words import MAX_INDEXED, indexed, search_expression, tokens_of
from tests.support.captures_exchanges import EVIDENCE_ID
from tests.support.captures_samples import ORDER_NO, json_bytes, kyc_answer
from tests.support.clocks import NOON
from tests.support.evidence_places import Place
from tests.support.library_shelf import Sample, Shelf, make_shelf
from tests.support.sidecars import note

OTHER_ID = "f" * 32
HOSTILE = (
    '"', '""', "'", "*", "借款*", '"借款', "OR", "借款 OR", "AND", "NOT 借款", "NEAR(借 款)", "texts : 借款",
    "-借款", "^借款", "{借款}", "(借款", "借款)", "a + b", "%", "_", "\\", "\0", "'; DROP TABLE folders; --", "借\0款",
    "\ud800", "x" * 100_000, "借 " * 5000, "words MATCH 'x'", "\x1f", "\u200b借款\u200b", "💥", "𠀀",
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def many(shelf: Shelf) -> list[Sample]:
    """Three dozen scanned folders."""
    samples = list(make_shelf(shelf.root, 36))
    shelf.library.scan([shelf.root])
    return samples


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2026-0311 借款纠纷", ["2026", "0311", "借", "款", "纠", "纷"]),
        ("Ａnna ２０２６　第３条", ["anna", "2026", "第", "3", "条"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("é", tokens_of("e\u0301")),
        ("カタカナ ひらがな 한글", [*"カタカナひらがな한글"]),
        ("ｶﾅ", ["カ", "ナ"]),
        ("䶮𠀀", ["䶮", "𠀀"]),
        ("﹣，。“”…_*", []),
        ("", []),
    ],
)
def test_what_a_token_is(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


def test_of_a_huge_text_the_beginning_is_indexed() -> None:
    assert len(indexed(["a b " * MAX_INDEXED, "end"])) <= MAX_INDEXED


@pytest.mark.parametrize("typed", ["", "  ", "*", '""', "-", "　"])
def test_nothing_to_look_for_finds_everything(shelf: Shelf, many: list[Sample], typed: str) -> None:
    assert search_expression(typed) is None
    assert shelf.page(LibraryQuery(typed)).total == len(many)


# --- what is found ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "借款", "款纠", "借款纠纷", "借", "0311", "2026-03", "2026-0311 借款", "DISPUTED", "disp", "sign disp",
        "ｄisputed", ORDER_NO, ORDER_NO[:6], ORDER_NO[-6:], EVIDENCE_ID.upper(), EVIDENCE_ID[-6:], EVIDENCE_ID[:2],
        "kyc", "tester",
    ],
)  # fmt: skip
def test_found_by(shelf: Shelf, typed: str) -> None:
    shelf.folder(EVIDENCE_ID, case_ref="2026-0311 借款纠纷", purpose="Disputed signature")
    shelf.library.scan([shelf.root])
    assert shelf.found(typed) == [EVIDENCE_ID]


@pytest.mark.parametrize("typed", ["纠款", "借纷", "借款 香蕉", "ess", "isputed", "0312", "sealed", "dispute x"])
def test_not_found_by(shelf: Shelf, typed: str) -> None:
    shelf.folder(EVIDENCE_ID, case_ref="2026-0311 借款纠纷", purpose="Disputed signature")
    shelf.library.scan([shelf.root])
    assert shelf.found(typed) == []


def test_a_phrase_does_not_reach_from_one_text_into_the_next(shelf: Shelf) -> None:
    shelf.folder(EVIDENCE_ID, case_ref="借款", purpose="纠纷")
    shelf.library.scan([shelf.root])
    assert shelf.found("借款") == shelf.found("纠纷") == shelf.found("纠纷 借款") == [EVIDENCE_ID]
    assert shelf.found("借款纠纷") == []


def test_names_transcripts_and_what_tags_mean_are_found(place: Place) -> None:
    place.capture("flow")
    folder = place.folder("ess")
    library, roots = place.house.library, place.house.evidence_roots()
    library.scan(roots)
    sealed = library.page(LibraryQuery(section="sealed"), roots).entries[0]
    assert sealed.person
    for typed in (sealed.person, "同意", "钱样本"):
        assert library.page(LibraryQuery(typed), roots).total >= 1, typed
    assert library.page(LibraryQuery(sealed.person, section="sealed"), roots).entries[0].path == folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_risk_tag_is_found_by_its_meaning_in_both_languages(shelf: Shelf, language: str) -> None:
    for number, tag in enumerate(LIVENESS_TAGS):
        body = json_bytes(kyc_answer("0", RiskInfo={"LivenessInfoTag": tag}))
        shelf.order(f"{number:032x}", body=body)
    shelf.library.scan([])
    meaning = Messages(language).text("risk.liveness.08")
    assert shelf.found(meaning) == [f"{7:032x}"]
    assert shelf.found("", tag="08") == [f"{7:032x}"]
    assert shelf.library.choices([]).tags == LIVENESS_TAGS


@pytest.mark.parametrize("by", ["scan", "refresh"])
def test_a_note_is_found_when_it_was_written(place: Place, by: str) -> None:
    folder = place.folder("kyc")
    library, roots = place.house.library, place.house.evidence_roots()
    library.scan(roots)

    def found(typed: str) -> int:
        if by == "scan":
            library.scan(roots)
        else:
            library.refresh([folder])
        return library.page(LibraryQuery(typed), roots).total

    assert found("目光游移") == 0
    note(place, folder, "目光游移，疑似念稿")
    assert found("目光游移") == found("念稿") == 1
    note(place, folder, "second thought")
    assert found("thought") == found("念稿") == 1


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_what_is_typed_is_never_syntax(shelf: Shelf, typed: str) -> None:
    shelf.folder(EVIDENCE_ID, case_ref="香蕉")
    shelf.folder(OTHER_ID, case_ref="2026 借款")
    shelf.library.scan([shelf.root])
    assert set(shelf.found(typed)) <= {EVIDENCE_ID, OTHER_ID}
    for narrowed in (LibraryQuery(case_ref=typed), LibraryQuery(operator=typed), LibraryQuery(tag=typed)):
        assert shelf.page(narrowed).total == (2 if not typed else 0)
    assert shelf.found("借款") == [OTHER_ID]


def test_hostile_words_in_a_folder_are_words(shelf: Shelf) -> None:
    for number, text in enumerate(HOSTILE):
        shelf.folder(f"{number:032x}", case_ref=text[:300] or None)
    shelf.folder(OTHER_ID, case_ref="借款")
    assert len(shelf.entries()) == len(HOSTILE) + 1
    assert OTHER_ID in shelf.found("借款")


# --- narrowed, ordered, counted ------------------------------------------------------------------------------------


def test_every_way_of_narrowing(shelf: Shelf) -> None:
    def sealed(number: int, days: int, operator: str) -> str:
        evidence_id = f"{number:032x}"
        at = NOON + timedelta(days=days)
        who = {"account": operator, "name": "", "role": ""}
        retention = {"review_by": "2026-03-05T12:00:00Z" if number == 1 else "2027-01-01T00:00:00Z"}
        shelf.folder(evidence_id, captured_at=at, sealed_at=at, operator=who, retention=retention)
        return evidence_id

    first, second, third = sealed(1, -2, "anna"), sealed(2, -1, "bert"), sealed(3, 0, "anna")
    late, soon = new_evidence_id(), new_evidence_id()
    shelf.order(late, "20260301190000")
    shelf.order(soon)
    shelf.library.scan([shelf.root])
    folders = {path.name[-32:]: path for path in shelf.root.iterdir()}
    shelf.library.note(FolderVerdict(str(folders[first]), Verdict.VERIFIED_UNSTAMPED, ()), NOON)
    shelf.library.note(FolderVerdict(str(folders[second]), Verdict.ALTERED, ()), NOON)
    for narrowed, wanted in (
        ({"section": "unsaved"}, [soon, late]),
        ({"section": "sealed"}, [third, second, first]),
        ({"kinds": ("kyc",)}, [soon, late, third, second, first]),
        ({"kinds": ("ess", "essbasic")}, []),
        ({"verdict": "good"}, [first]),
        ({"verdict": "trouble"}, [second]),
        ({"verdict": "never"}, [third]),
        ({"case_ref": "2026-0311", "operator": "anna"}, [third, first]),
        ({"since": date(2026, 3, 4), "section": "sealed"}, [third, second]),
        ({"until": date(2026, 3, 4)}, [second, first]),
        ({"since": date(2026, 3, 4), "until": date(2026, 3, 4)}, [second]),
        ({"until": date.max, "section": "sealed"}, [third, second, first]),
        ({"deadline": "open"}, [soon]),
        ({"deadline": "passed"}, [late]),
        ({"deadline": "retention_due"}, [first]),
    ):
        assert shelf.found("", **narrowed) == wanted, narrowed
        assert shelf.found(ORDER_NO, **narrowed) == wanted, narrowed
    chosen = shelf.library.choices([shelf.root])
    assert dict(chosen.counts) == {"all": 5, "unsaved": 2, "trouble": 1, "due": 1}
    assert (chosen.cases, chosen.operators) == (("2026-0311",), ("anna", "bert", "tester"))


def test_a_verdict_moves_an_entry_from_one_filter_to_another(shelf: Shelf) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.scan([shelf.root])
    for verdict, passes in ((Verdict.VERIFIED, "good"), (Verdict.CHAIN_BROKEN, "trouble")):
        shelf.library.note(FolderVerdict(str(folder), verdict, ()), NOON)
        assert [name for name in ("good", "trouble", "never") if shelf.found("", verdict=name)] == [passes]


@pytest.mark.parametrize("text", ["", "kyc"])
def test_evidence_is_grouped_by_case_the_newest_first_and_that_without_one_last(shelf: Shelf, text: str) -> None:
    cases = {"c": None, "a": "2026-2", "d": "2026-1", "b": "2026-2"}
    for number, (letter, case_ref) in enumerate(cases.items()):
        shelf.folder(letter * 32, number, case_ref=case_ref)
    shelf.order(EVIDENCE_ID)
    shelf.library.scan([shelf.root])
    page = shelf.page(LibraryQuery(text, order="case"))
    assert [entry.evidence_id[0] for entry in page.entries] == ["0", "d", "b", "a", "c"]
    assert page.headings == (
        Heading("unsaved", None, 1), Heading("sealed", "2026-1", 1), Heading("sealed", "2026-2", 2),
        Heading("sealed", "", 1),
    )  # fmt: skip


@pytest.mark.parametrize("query", [LibraryQuery(), LibraryQuery("202"), LibraryQuery("202", order="case"),
                                   LibraryQuery(kinds=("kyc",)), LibraryQuery("2", kinds=("ess",))])  # fmt: skip
def test_pages_are_the_list_in_pieces(shelf: Shelf, many: list[Sample], query: LibraryQuery) -> None:
    for number in range(5):
        shelf.order(f"{number:032x}")
    shelf.library.scan([shelf.root])
    whole = shelf.page(query, 0, -1)
    assert whole.total == len(whole.entries) == sum(heading.count for heading in whole.headings) > 10
    pieces = [shelf.page(query, offset, 4) for offset in range(0, whole.total + 4, 4)]
    assert tuple(entry for page in pieces for entry in page.entries) == whole.entries
    assert {(page.total, page.headings) for page in pieces} == {(whole.total, whole.headings)}


def test_every_folder_is_found_by_all_that_names_it(shelf: Shelf, many: list[Sample]) -> None:
    for sample in many:
        for typed in (
            sample.evidence_id,
            sample.evidence_id[-8:],
            sample.flow_id,
            sample.order_no[-8:],
            sample.case_ref,
        ):
            if typed:
                assert sample.evidence_id in shelf.found(typed), typed
        if sample.flow_id:  # of an order no answer says who it was
            assert sample.evidence_id in shelf.found(sample.person)


def test_an_answer_about_other_roots_leaves_these_out(shelf: Shelf, many: list[Sample], tmp_path: Path) -> None:
    other = tmp_path / "other"
    found = list(make_shelf(other, 3, seed=8))
    shelf.library.scan([shelf.root, other])
    only = shelf.library.page(LibraryQuery("20"), [other])
    assert {entry.evidence_id for entry in only.entries} == {sample.evidence_id for sample in found}
    assert shelf.library.page(LibraryQuery(), [shelf.root, other]).total == len(many) + 3
    assert shelf.library.choices([other]).counts["all"] == shelf.library.page(LibraryQuery(), [other]).total == 3
    assert len(shelf.library.choices([other]).operators) == 3
    assert shelf.library.page(LibraryQuery(), []).total == 0


def test_a_damaged_word_index_is_made_anew_by_the_question(shelf: Shelf, many: list[Sample]) -> None:
    with closing(sqlite3.connect(shelf.index)) as connection, connection:
        connection.execute("UPDATE words_data SET block = x'00ff00ff' WHERE id > 10")
    assert many[0].evidence_id in shelf.found(many[0].evidence_id)
    with closing(sqlite3.connect(shelf.index)) as connection, connection:
        connection.execute("DELETE FROM folders WHERE id IN (SELECT id FROM folders LIMIT 3)")
    assert shelf.page().total == len(many)
