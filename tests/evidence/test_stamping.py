"""Getting a folder stamped by an authority on loopback that behaves, misbehaves, or is not there."""

import hashlib
import json
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import authorities, bag, stamping
from facevid_gui.evidence.authorities import LONGEST_REST_S
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.key_file import SigningKey
from facevid_gui.evidence.signing_key import LateSigner
from facevid_gui.evidence.stamping import StampResult
from facevid_gui.evidence.timestamp import MAX_RESPONSE_BYTES, make_request
from facevid_gui.net.transport import Limits
from tests.evidence.test_seal_crashes import crash_before, hand_over
from tests.support.clocks import StillClock
from tests.support.evidence_authority import Answer, Authority, AuthorityServer, HttpReply
from tests.support.evidence_places import Place, Template, files_of, unlock_folders
from tests.support.evidence_tampering import sealed_at
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

TSR = f"{bag.SIGNATURE}.tsr"


def stamp(place: Place, folder: Path, answer: Answer | None = None, url: str = "") -> StampResult:
    """Ask an authority with this answer to stamp a folder; its root is pinned."""
    stamper = place.house.stamper([place.template.authority.root_der])
    if url:
        return stamper.stamp(folder, [url], place.signer, CancelToken())
    with AuthorityServer(answer or place.template.authority.respond) as server:
        return stamper.stamp(folder, [server.url], place.signer, CancelToken())


def waiting(place: Place) -> list[Path]:
    return [folder for folder, _ in place.house.stamper([]).waiting()]


# --- success -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", ["respond", "respond_with_openssl"])
def test_a_stamp_is_kept_named_and_registered(place: Place, maker: str) -> None:
    folder = place.folder("kyc")
    responses: list[bytes] = []

    def answer(query: bytes) -> bytes:
        responses.append(getattr(place.template.authority, maker)(query))
        return responses[0]

    result = stamp(place, folder, answer)
    assert result.stamp is not None
    assert result.waiting_because is None
    assert (folder / TSR).read_bytes() == responses[0], "the whole response, as received"
    event = json.loads((folder / "custody/000002.json").read_bytes())
    assert event["event"] == "stamped"
    assert event["detail"]["tsr"] == TSR
    assert event["detail"]["tsr_sha256"] == hashlib.sha256(responses[0]).hexdigest()
    assert event["detail"]["authority"] == result.stamp.authority
    line = list(read_lines(place.house.paths.register))[-1][1]
    assert line is not None
    assert (line["event"], line["evidence_id"]) == ("stamped", folder.name[-32:])
    assert line["stamp_time"] == event["detail"]["stamp_time"]
    verdict = place.verify(folder, stamp_required=True)
    assert (verdict.verdict, verdict.verified, verdict.reasons) == (Verdict.VERIFIED, True, ())
    assert list(place.house.paths.queue.iterdir()) == []


def test_only_the_hash_of_the_signature_leaves_the_machine(place: Place) -> None:
    folder = place.folder("kyc")
    with AuthorityServer(place.template.authority.respond) as server:
        place.house.stamper([]).stamp(folder, [server.url], place.signer, CancelToken())
        [query] = server.queries
    assert hashlib.sha256((folder / bag.SIGNATURE).read_bytes()).digest() in query
    assert len(query) < 80


def test_without_roots_any_authority_is_taken(place: Place) -> None:
    folder = place.folder("kyc")
    with AuthorityServer(place.template.authority.respond) as server:
        result = place.house.stamper([]).stamp(folder, [server.url], place.signer, CancelToken())
    assert result.stamp is not None
    assert not result.stamp.trusted


def test_a_second_stamp_gets_a_number_and_an_event_of_its_own(place: Place) -> None:
    folder = place.folder("kyc")
    assert stamp(place, folder).stamp
    first = (folder / TSR).read_bytes()
    assert stamp(place, folder).stamp
    assert (folder / TSR).read_bytes() == first
    assert (folder / f"{bag.SIGNATURE}.02.tsr").is_file()
    assert place.verify(folder).reasons == ()
    assert place.verify(folder).verdict is Verdict.VERIFIED


def test_a_late_stamp_is_taken_and_noted(place: Place) -> None:
    folder = place.folder("kyc")
    late = make_late(place)
    assert stamp(place, folder, late).stamp
    verdict = place.verify(folder)
    assert (verdict.verdict, [reason.code for reason in verdict.reasons]) == (Verdict.VERIFIED, ["stamp_late"])
    assert verdict.stamp is not None
    assert verdict.stamp.late
    assert verdict.stamp.delay_s > 600


def make_late(place: Place) -> Answer:
    at = sealed_at(place.template.folders["kyc"]) + timedelta(seconds=900)
    return lambda query: place.template.authority.respond(query, at=at)


# --- failure -----------------------------------------------------------------------------------------------------


def liar(**lies: object) -> Callable[[Place], Answer]:
    return lambda place: lambda query: place.template.authority.respond(query, **lies)


def says(reply: bytes | HttpReply) -> Callable[[Place], Answer]:
    return lambda _: lambda query: reply


def replays(place: Place) -> Answer:
    """An old answer to the same question, with its own nonce."""
    old = place.template.authority.respond(
        make_request((place.template.folders["kyc"] / bag.SIGNATURE).read_bytes()).der
    )
    return lambda query: old


FAILURES: dict[str, tuple[Callable[[Place], Answer], str]] = {
    "wrong nonce": (liar(nonce=1), "bad_stamp"),
    "replayed answer": (replays, "bad_stamp"),
    "wrong imprint": (liar(imprint=b"\0" * 32), "bad_stamp"),
    "sha1 imprint": (liar(hash_name="sha1", imprint=b"\0" * 20), "bad_stamp"),
    "refused": (liar(status="rejection"), "bad_stamp"),
    "garbage": (says(b"garbage"), "bad_stamp"),
    "empty": (says(b""), "bad_stamp"),
    "a login page": (says(HttpReply(b"<html>log in</html>", headers=(("Content-Type", "text/html"),))), "bad_stamp"),
    "2 MB": (says(b"\x30" * 2_000_000), "too_large"),
    "just over the limit": (says(b"\x30" * (MAX_RESPONSE_BYTES + 1)), "too_large"),
    "just at the limit": (says(b"\x30" * MAX_RESPONSE_BYTES), "bad_stamp"),
    "HTTP error": (says(HttpReply(b"busy", 503)), "http_status"),
    "not found": (says(HttpReply(b"", 404)), "http_status"),
    "redirect": (says(HttpReply(b"", 302, (("Location", "http://127.0.0.1:1/"),))), "redirect"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_folder_that_got_no_stamp_stays_as_it_is_and_waits(place: Place, what: str) -> None:
    make_answer, code = FAILURES[what]
    folder = place.folder("kyc")
    before = files_of(folder)
    register = place.house.paths.register.read_bytes()
    result = stamp(place, folder, make_answer(place))
    assert (result.stamp, result.waiting_because) == (None, code)
    assert files_of(folder) == before
    assert place.house.paths.register.read_bytes() == register
    assert waiting(place) == [folder]
    assert place.verify(folder).verdict is Verdict.VERIFIED_UNSTAMPED
    later = stamp(place, folder)
    assert later.stamp is not None
    assert waiting(place) == []
    assert place.verify(folder).verdict is Verdict.VERIFIED
    assert list(place.house.paths.queue.iterdir()) == []


def test_an_authority_with_another_root_is_not_taken(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    result = stamp(place, folder, Authority(tmp_path / "stranger").respond)
    assert (result.stamp, result.waiting_because) == (None, "bad_stamp")
    assert not (folder / TSR).exists()


def test_the_reason_for_waiting_can_be_worded_in_full(place: Place) -> None:
    """Some sentences need values; the result carries the whole error, not only its code."""
    result = stamp(place, place.folder("kyc"), lambda query: HttpReply(b"", 503))
    assert result.error is not None
    words, _ = place.house.messages.error(result.error)
    assert "503" in words


def test_a_response_is_saved_before_anything_tries_to_understand_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    seen: list[bytes] = []

    def looking(response: bytes, *args: object) -> object:
        seen.extend(path.read_bytes() for path in place.house.paths.queue.glob("stamp-*.tsr"))
        return check_stamp(response, *args)  # type: ignore[arg-type]

    check_stamp = authorities.check_stamp
    monkeypatch.setattr(authorities, "check_stamp", looking)
    assert stamp(place, folder).stamp
    assert seen == [(folder / TSR).read_bytes()]


def test_a_response_that_does_not_hold_stays_in_the_queue_to_be_looked_at(place: Place) -> None:
    stamp(place, place.folder("kyc"), lambda query: b"what is this")
    [kept] = place.house.paths.queue.glob("stamp-*.tsr")
    assert kept.read_bytes() == b"what is this"


def test_an_authority_that_is_not_there_is_told(place: Place) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        folder = place.folder("kyc")
        result = stamp(place, folder, url=url)
    assert result.waiting_because in ("unreachable", "timeout")
    assert list(place.house.stamper([]).waiting()) == [(folder, (url,))]


def test_an_authority_that_stalls_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorities, "_LIMITS", Limits(connect_s=1, idle_s=0.2, total_s=0.5, max_bytes=1000))
    result = stamp(place, place.folder("kyc"), lambda query: HttpReply(b"0", stall=True))
    assert result.waiting_because in ("timeout", "incomplete_body")


def test_a_cancelled_request_leaves_the_folder_waiting(place: Place) -> None:
    folder = place.folder("kyc")
    token = CancelToken()
    token.cancel()
    with AuthorityServer(place.template.authority.respond) as server, pytest.raises(CancelledError):
        place.house.stamper([]).stamp(folder, [server.url], place.signer, token)
    assert waiting(place) == [folder]


def test_what_is_no_folder_of_ours_never_enters_the_queue(place: Place, tmp_path: Path) -> None:
    bare = place.open_folder("other")
    (bare / "data" / "capture.json").unlink()
    for folder in (tmp_path / "no", tmp_path, bare):
        with pytest.raises(SubjectError, match="not_evidence"):
            stamp(place, folder)
    huge = place.open_folder("kyc")
    (huge / bag.SIGNATURE).write_bytes(b"x" * 300_000)
    with pytest.raises(SubjectError, match="not_evidence"):
        stamp(place, huge)
    assert waiting(place) == []


def test_a_url_that_is_none_is_refused_before_anything_happens(place: Place) -> None:
    with pytest.raises(UsageError, match="tsa_url_malformed"):
        stamp(place, place.folder("kyc"), url="ftp://tsa.example/")
    assert waiting(place) == []


# --- the queue ---------------------------------------------------------------------------------------------------


def test_copies_of_one_folder_wait_side_by_side(place: Place) -> None:
    first, second = place.folder("kyc"), place.folder("kyc", place.home / "usb" / place.template.folders["kyc"].name)
    for folder in (first, second):
        stamp(place, folder, lambda query: b"")
    assert sorted(waiting(place)) == sorted([first, second])
    place.house.stamper([]).forget(first)
    assert waiting(place) == [second]


def test_a_folder_named_by_a_dot_waits_under_its_own_name(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    monkeypatch.chdir(folder)
    assert stamp(place, Path(), lambda query: b"").stamp is None
    assert waiting(place) == [folder]


def test_forgetting_what_does_not_wait_is_fine(place: Place) -> None:
    place.house.stamper([]).forget(place.root / "gone")
    assert waiting(place) == []


# --- media that refuse -------------------------------------------------------------------------------------------


def test_a_folder_on_a_read_only_medium_is_not_stamped_and_nobody_is_asked(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        hand_over(base)
        (folder / "custody").chmod(0o555)
        before = files_of(folder)

        def attempt() -> tuple[str | None, int]:
            signer = place.house.keys.open()
            with AuthorityServer(template.authority.respond) as server:
                result = place.house.stamper([]).stamp(folder, [server.url], signer, CancelToken())
                return result.waiting_because, len(server.queries)

        assert as_unprivileged(attempt) == ("read_only", 0)
        assert files_of(folder) == before
        assert place.verify(folder).verified


def test_a_folder_that_takes_no_files_waits(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    with monkeypatch.context() as patched:
        patched.setattr("facevid_gui.evidence.custody_writer._is_writable", lambda folder: False)
        assert stamp(place, folder).waiting_because == "read_only"
    assert waiting(place) == [folder]
    assert stamp(place, folder).stamp is not None
    assert waiting(place) == []


def test_a_medium_that_refuses_in_the_last_moment_keeps_the_folder_waiting(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    answers = iter([True, False])
    monkeypatch.setattr("facevid_gui.evidence.custody_writer._is_writable", lambda folder: next(answers))
    result = stamp(place, folder)
    assert (result.stamp, result.waiting_because) == (None, "read_only")
    assert waiting(place) == [folder]
    line = list(read_lines(place.house.paths.register))[-1][1]
    assert line is not None
    assert (line["event"], line["detail"]["event"]) == ("pending", "stamped")


def test_a_disk_that_fails_is_an_error_of_the_surroundings(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(stamping, "replace_file", broken)
    with pytest.raises(SurroundingsError, match="disk_failed"):
        stamp(place, place.folder("kyc"))


# --- crashes -----------------------------------------------------------------------------------------------------


def test_a_crash_before_any_change_leaves_a_folder_that_is_verified_after_the_next_start(place: Place) -> None:
    """Stamped or still waiting; never a torn stamp, never one that nobody recorded."""
    with AuthorityServer(place.template.authority.respond) as server:
        folder = place.folder("kyc")
        pristine = place.home.with_name("pristine")
        shutil.copytree(place.home, pristine, symlinks=True)
        verdicts, waited, step = [], [], 1
        while True:
            stamper = place.house.stamper([place.template.authority.root_der])
            crashed = crash_before(step, lambda s=stamper: s.stamp(folder, [server.url], place.signer, CancelToken()))
            place.house.custody.recover()
            verdict = place.verify(folder)
            assert verdict.verified, (step, verdict.reasons)
            assert {reason.code for reason in verdict.reasons} <= {"register_torn"}, step
            if verdict.verdict is Verdict.VERIFIED_UNSTAMPED:
                waited.append(waiting(place) == [folder])
            verdicts.append(verdict.verdict)
            if not crashed:
                break
            unlock_folders(place.home)
            shutil.rmtree(place.home)
            shutil.copytree(pristine, place.home, symlinks=True)
            step += 1
    first = verdicts.index(Verdict.VERIFIED)
    assert set(verdicts[:first]) == {Verdict.VERIFIED_UNSTAMPED}
    assert set(verdicts[first:]) == {Verdict.VERIFIED}
    assert waited == sorted(waited), "once it is in the queue it stays there until it is stamped"
    assert waited.count(True) > 10
    assert len(verdicts) - first > 10


# --- several authorities, and answers that are kept ---------------------------------------------------------------


def test_the_next_authority_is_asked_only_when_the_one_before_did_not_deliver(place: Place) -> None:
    with (
        AuthorityServer(lambda query: HttpReply(b"busy", 503)) as broken,
        AuthorityServer(place.template.authority.respond) as good,
        AuthorityServer(place.template.authority.respond) as unused,
    ):
        stamper = place.house.stamper([place.template.authority.root_der])
        folder = place.folder("kyc")
        urls = [broken.url, good.url, unused.url]
        assert stamper.stamp(folder, urls, place.signer, CancelToken()).stamp
        assert (len(broken.queries), len(good.queries), len(unused.queries)) == (1, 1, 0)
    assert place.verify(folder).verdict is Verdict.VERIFIED
    assert waiting(place) == []


def test_an_answer_of_a_stranger_does_not_keep_the_next_authority_from_being_asked(
    place: Place, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    with AuthorityServer(stranger.respond) as wrong, AuthorityServer(place.template.authority.respond) as good:
        stamper = place.house.stamper([place.template.authority.root_der])
        result = stamper.stamp(place.folder("kyc"), [wrong.url, good.url], place.signer, CancelToken())
    assert result.stamp is not None
    assert result.stamp.trusted


def test_an_authority_that_failed_rests_longer_each_time_and_is_asked_again(template: Template, tmp_path: Path) -> None:
    clock = StillClock(datetime.now(UTC))  # within the time of the key
    place = Place(template, tmp_path / "home", clock)
    stamper, signer = place.house.stamper([]), place.signer
    first, second = place.folder("kyc"), place.folder("other")
    state = {"reply": b""}
    with AuthorityServer(lambda query: state["reply"] or template.authority.respond(query)) as server:
        state["reply"] = b"garbage"
        asked = []
        for wait_s in (0, 30, 31, 100, 21):
            clock.move(seconds=wait_s)
            for folder in (first, second):
                assert stamper.stamp(folder, [server.url], signer, CancelToken()).waiting_because == "bad_stamp"
            asked.append(len(server.queries))
        assert asked == [1, 1, 2, 2, 3], "one question a minute, then one in two minutes; not one for each folder"
        state["reply"] = b""
        clock.move(seconds=LONGEST_REST_S)
        assert all(result.stamp for result in stamper.stamp_waiting((), signer, CancelToken()))
    assert waiting(place) == []


def test_an_answer_is_put_into_the_folder_later_without_asking_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is what counts: minutes after sealing, whenever the key is unlocked or the medium takes files."""
    folder = place.folder("kyc")

    def locked() -> SigningKey:
        raise SurroundingsError("no_signing_key", cause="passphrase_needed")

    with AuthorityServer(place.template.authority.respond) as server:
        stamper = place.house.stamper([place.template.authority.root_der])
        result = stamper.stamp(folder, [server.url], LateSigner(locked), CancelToken())
        assert (result.stamp, result.waiting_because) == (None, "no_signing_key")
        assert place.verify(folder).verdict is Verdict.VERIFIED_UNSTAMPED
        [kept] = place.house.paths.queue.glob("stamp-*.tsr")
        response = kept.read_bytes()
        [again] = place.house.stamper([place.template.authority.root_der]).stamp_waiting(
            (), place.signer, CancelToken()
        )
        assert again.stamp is not None
        assert len(server.queries) == 1
    assert (folder / TSR).read_bytes() == response
    assert place.verify(folder).reasons == ()
    assert list(place.house.paths.queue.iterdir()) == []


@pytest.mark.parametrize("spoil", ["garbage", "another nonce", "no nonce", "another root"])
def test_a_kept_answer_that_is_not_ours_is_never_used(place: Place, tmp_path: Path, spoil: str) -> None:
    folder = place.folder("kyc")
    authority = place.template.authority
    roots = [authority.root_der]

    def locked() -> SigningKey:
        raise SurroundingsError("no_signing_key", cause="passphrase_needed")

    with AuthorityServer(authority.respond) as server:
        place.house.stamper(roots).stamp(folder, [server.url], LateSigner(locked), CancelToken())
        [kept], [entry] = place.house.paths.queue.glob("stamp-*.tsr"), place.house.paths.queue.glob("stamp-*.json")
        intent = json.loads(entry.read_bytes())
        if spoil == "garbage":
            kept.write_bytes(b"garbage")
        elif spoil == "another root":
            asked = make_request((folder / bag.SIGNATURE).read_bytes())
            kept.write_bytes(Authority(tmp_path / "stranger").respond(asked.der))
            entry.write_text(json.dumps({**intent, "nonce": asked.nonce}))
        else:
            entry.write_text(json.dumps({**intent, "nonce": 1 if spoil == "another nonce" else None}))
        [result] = place.house.stamper(roots).stamp_waiting((), place.signer, CancelToken())
        assert result.stamp is not None
        assert len(server.queries) == 2
    assert place.verify(folder).reasons == ()


def test_a_folder_that_is_away_does_not_keep_the_others_waiting(place: Place) -> None:
    here, away = place.folder("kyc"), place.folder("other")
    for folder in (here, away):
        stamp(place, folder, lambda query: b"")
    unlock_folders(away)
    shutil.rmtree(away)
    with AuthorityServer(place.template.authority.respond) as server:
        results = list(place.house.stamper([]).stamp_waiting([server.url], place.signer, CancelToken()))
    assert {result.folder: result.waiting_because for result in results} == {here: None, away: "not_evidence"}
    assert waiting(place) == [away], "its medium may come back"


def test_being_asked_to_stop_ends_a_round_between_two_folders(place: Place) -> None:
    for name in ("kyc", "other"):
        stamp(place, place.folder(name), lambda query: b"")
    token = CancelToken()
    with AuthorityServer(place.template.authority.respond) as server:
        rounds = place.house.stamper([]).stamp_waiting([server.url], place.signer, token)
        assert next(rounds).stamp
        token.cancel()
        with pytest.raises(CancelledError):
            next(rounds)
    assert len(waiting(place)) == 1


def test_a_stamp_that_a_crash_left_in_folder_and_queue_is_not_added_twice(place: Place) -> None:
    folder = place.folder("kyc")
    with AuthorityServer(place.template.authority.respond) as server:
        stamper = place.house.stamper([])
        forget, stamper.forget = stamper.forget, lambda folder: None  # type: ignore[method-assign]
        assert stamper.stamp(folder, [server.url], place.signer, CancelToken()).stamp
        stamper.forget = forget  # type: ignore[method-assign]
        [again] = stamper.stamp_waiting((), place.signer, CancelToken())
        assert again.stamp
        assert len(server.queries) == 1
    assert not (folder / f"{bag.SIGNATURE}.02.tsr").exists()
    assert place.verify(folder).reasons == ()
    assert waiting(place) == []
