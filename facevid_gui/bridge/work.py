"""What workers do for the window: functions of frozen values, run by `bridge.jobs` (floor 2).

What enters: the services, frozen values, a cancel token, a way to tell progress. What leaves: frozen values or a
`FacevidError`. No Qt here. A record shown is read from its folder, whether it came a second ago or years ago; one that
comes this moment is shown as it was written, and read back while it is looked at (`bridge.read_back`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.bridge.stamp_work import stamp_sealed
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.outcome import Outcome
from facevid_gui.core.query import Query
from facevid_gui.core.reasons import reason_detail
from facevid_gui.paths import looks_synced as looks_synced  # views and desks ask for it here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from facevid_gui.bridge.services import Services
    from facevid_gui.captures.extract import Written
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.capture import Derived
    from facevid_gui.core.record import Flow, MediaItem
    from facevid_gui.core.secret import Secret
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.evidence.answer_tree import AnswerTree
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.seal import SealRequest
    from facevid_gui.lookups.connection import Connection
    from facevid_gui.lookups.lookup import LookupResult

_TELL_EVERY_S = 0.05
_COUNTED = frozenset({"receive", "unpack", "copy"})  # stages that count bytes
_PROFILES = threading.Lock()  # one worker at a time reads, changes and writes the list of profiles


@dataclass(frozen=True)
class Question:
    """Who is asked for what. `given` are secrets for this run, instead of the keyring's."""

    profile: Profile
    query: Query
    given: Mapping[str, Secret] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answered:
    """What a look-up came to; `reviewed` is the record read back from its folder, when there is one to see.

    `problem` says why what was found is not sealed or, when it is, why it could not be stamped.
    """

    outcome: Outcome
    reviewed: Reviewed | None = None
    flow: Flow | None = None
    capture: Path | None = None
    problem: FacevidError | None = None


@dataclass(frozen=True)
class ClipAhead:
    """The clip that will be shown first, while the rest of its capture is still being written."""

    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Sealing:
    """What the user said when saving. `passphrase` opens the workstation key where there is no keyring."""

    case_ref: str
    purpose: str
    root: Path
    passphrase: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Start:
    """What the window needs to know at its start."""

    profiles: tuple[Profile, ...]
    keyring: str
    evidence_roots: tuple[Path, ...]
    key_protection: str
    damaged: FacevidError | None = None
    keys_in_environment: bool = False


@dataclass(frozen=True)
class Kept:
    """A profile that was kept. Where the keyring refused, `problem` says why and `given` are its secrets."""

    profile: Profile
    profiles: tuple[Profile, ...]
    problem: FacevidError | None = None
    given: Mapping[str, Secret] | None = field(default=None, repr=False)
    secrets_changed: bool = True


def start(services: Services) -> Start:
    """Finish what a crash interrupted, then look at profiles and keyring."""
    from facevid_gui.core.secret import SECRET_VARIABLES

    damaged = None
    profiles: tuple[Profile, ...] = ()
    try:
        services.recover()
    except FacevidError as error:
        damaged = error
    try:
        profiles = services.profiles.all()
    except FacevidError as error:
        damaged = error
    return Start(
        profiles, services.secret_store.state(), services.evidence_roots(), services.key_protection, damaged,
        all(services.environ.get(SECRET_VARIABLES[name], "").strip() for name in ("secret_id", "secret_key")),
    )  # fmt: skip


def look_up(services: Services, question: Question, token: CancelToken, tell: Callable[[object], None]) -> Answered:
    """Ask the provider. Besides its progress a `ClipAhead` is told, once there is one."""
    result = _ask(services, question, token, tell, partial(_tell_clip, tell))
    return _answered(services, result)


def rescue(
    services: Services, question: Question, sealing: Sealing, token: CancelToken, tell: Callable[[object], None]
) -> Answered:
    """Look up and seal at once, without viewing first."""
    from facevid_gui.lookups.rescue import rescue as look_up_and_seal

    signer = services.keys.open(sealing.passphrase)
    done = look_up_and_seal(
        lambda: _ask(services, question, token, tell),
        services.captures,
        services.sealer,
        seal_request(services, sealing),
        signer,
    )
    if done.sealed is None:
        return replace(_answered(services, done.result), problem=done.problem)
    services.choose_evidence_root(sealing.root)
    problem = stamp_sealed(services, done.sealed.folder, signer, token)
    reviewed = open_folder(services, done.sealed.folder)
    return Answered(done.result.outcome, reviewed, done.result.flow, problem=problem)


def seal(services: Services, capture: str, sealing: Sealing, token: CancelToken) -> Answered:
    """Make evidence of a capture, then open it as any evidence is opened: verified first."""
    signer = services.keys.open(sealing.passphrase)
    entry = services.captures.open(capture)
    sealed = services.sealer.seal(entry, seal_request(services, sealing), signer)
    services.choose_evidence_root(sealing.root)  # now that it has proved to be a good one
    problem = stamp_sealed(services, sealed.folder, signer, token)
    reviewed = open_folder(services, sealed.folder)
    return Answered(reviewed.record.outcome, reviewed, problem=problem)


def open_folder(
    services: Services, folder: Path, reason: str | None = None, token: CancelToken | None = None, **told: str
) -> Reviewed:
    """Open a sealed folder: verify, note the verdict, read the record.

    Without a `reason` this goes on with what was opened before; an empty one is refused where one is demanded. What was
    stopped meanwhile is not shown, so it is not logged as opened: `CancelledError`.
    """
    from facevid_gui.evidence.review import UnreadableFolderError, open_evidence

    told |= reason_detail(services.safe_settings.ask_purpose, "open", reason)
    try:
        reviewed = open_evidence(folder, services.trust())
    except UnreadableFolderError as error:
        _note(services, folder, error.verdict)
        raise
    if reviewed.verdict is not None:
        _note(services, folder, reviewed.verdict)
    if token is not None:
        token.raise_if_cancelled()
    services.access_log.add("opened", reviewed.record.evidence_id, **told)
    return reviewed


def _note(services: Services, folder: Path, verdict: FolderVerdict) -> None:
    """The library remembers what a check came to, but nothing of a package that is only looked at."""
    if services.paths.visiting not in folder.parents:
        services.library.note(verdict, services.clock.now())


def review_capture(services: Services, capture: str) -> Reviewed:
    """Read an unsaved capture."""
    from facevid_gui.evidence.review import open_capture as review

    return review(services.captures.open(capture))


def open_capture(services: Services, capture: str, reason: str | None = None) -> Reviewed:
    """Open an unsaved capture to look at it, be it one that arrived just now: that is logged."""
    told = reason_detail(services.safe_settings.ask_purpose, "open", reason)
    reviewed = review_capture(services, capture)
    services.access_log.add("opened", reviewed.record.evidence_id, **told)
    return reviewed


def import_answer(services: Services, file: Path, query: Query, token: CancelToken) -> Answered:
    """Make a capture of an answer saved earlier; nobody witnessed where it came from."""
    imported = services.importer.import_file(file, query, token)
    look = open_capture if imported.record.outcome.ok else review_capture
    reviewed = look(services, str(imported.capture))
    return Answered(imported.record.outcome, reviewed, capture=imported.capture)


def preview(services: Services, question: Question) -> str:
    """What a look-up would send, its secrets masked."""
    from facevid_gui.providers.preview import preview as previews

    return "\n\n\n".join(item.text() for item in previews(question.profile, question.query, services.clock))


def discard(services: Services, capture: str, reason: str) -> None:
    """Remove an unsaved capture for good; the reason is logged first."""
    services.discarder.discard(services.captures.open(capture), reason)


def load_media(reviewed: Reviewed, item: MediaItem) -> bytes:
    """The bytes of a clip or photo, if and only if their hash is the recorded one."""
    from facevid_gui.evidence.review import read_media

    return read_media(reviewed, item)


def load_raw_answers(reviewed: Reviewed) -> AnswerTree:
    """The answers as a tree, their media folded."""
    from facevid_gui.evidence.review import raw_answers

    return raw_answers(reviewed)


def list_signers(
    services: Services, question: Question, token: CancelToken, tell: Callable[[object], None]
) -> Answered:
    """Ask for the signers of a flow."""
    from facevid_gui.lookups.lookup import Lookup

    lookup = Lookup(services.workplace, token, paced(tell))
    connection = connect(services, question.profile, question.given)
    result = connection.signers(lookup, question.query.flow_id or "")
    return Answered(result.outcome, flow=result.flow)


def keep_profile(
    services: Services, name: str, kind: str, options: Mapping[str, str | bool | None], data: Mapping[str, str],
    *, replace_it: bool, given: Mapping[str, Secret] | None = None,
) -> Kept:  # fmt: skip
    """Check and keep a profile and its secrets; a missing keyring keeps the profile and says so.

    Replacing a profile keeps the secrets that were not typed: they are never shown, so they cannot be typed again. Only
    a token goes with the keys it was made for. `given` are the secrets of this run, where no keyring has them.
    """
    from facevid_gui.credentials.choice import check_secrets
    from facevid_gui.credentials.keeping import fields_of, keep_secrets, kept_secrets
    from facevid_gui.credentials.profiles import make_profile

    if replace_it and not data:
        profile = make_profile(name, kind, options)
        return Kept(profile, _save(services, profile, replace_it=True), secrets_changed=False)
    make_profile(name, kind, {**options, "ticket_mode": None, "accept_token_risk": False})  # names what is missing
    before = kept_secrets(services.secret_store, name, kind, data, given) if replace_it else {}
    typed = {**{field: secret.reveal() for field, secret in before.items()}, **data}
    mode, secrets = check_secrets(kind, str(options.get("ticket_mode") or ""), typed)
    services.learn(*secrets.values())
    chosen = {**options, "ticket_mode": mode} if kind == "kyc" else dict(options)
    profile = make_profile(name, kind, chosen)
    profiles = _save(services, profile, replace_it=replace_it)
    services.session_store.delete(name, fields_of(kind))  # tickets of the secrets before
    try:
        keep_secrets(services.secret_store, profile, secrets)
    except SurroundingsError as error:
        return Kept(profile, profiles, error, secrets)
    return Kept(profile, profiles)


def forget_profile(services: Services, name: str) -> tuple[Profile, ...]:
    """Forget a profile and its secrets; return those that are left."""
    from facevid_gui.credentials.keeping import forget_profile as forget

    with _PROFILES:
        forget(services.profiles, services.secret_store, name)
        return services.profiles.all()


def probe_profile(
    services: Services, profile: Profile, given: Mapping[str, Secret] | None, token: CancelToken
) -> Outcome:
    """Ask the service something harmless that only good credentials can ask."""
    return connect(services, profile, given).probe(services.transport, token)


def note_unmasking(services: Services, evidence_id: str, reason: str) -> None:
    """Log that personal data were unmasked, and why where that is demanded."""
    told = reason_detail(services.safe_settings.ask_purpose, "unmask", reason)
    services.access_log.add("unmasked", evidence_id, command="window", **told)


def _ask(
    services: Services, question: Question, token: CancelToken, tell: Callable[[object], None],
    first_clip: Written | None = None,
) -> LookupResult:  # fmt: skip
    from facevid_gui.lookups.lookup import Lookup

    connection = connect(services, question.profile, question.given)
    return connection.look_up(Lookup(services.workplace, token, paced(tell), first_clip), question.query)


def _tell_clip(tell: Callable[[object], None], path: Path, written: Derived) -> None:
    """Read a clip that was just written, for the decoder to begin; one that is not what was written is read later."""
    from facevid_gui.evidence.review import read_written

    data = read_written(path, written)
    if data is not None:
        tell(ClipAhead(written.sha256, data))


def connect(services: Services, profile: Profile, given: Mapping[str, Secret] | None) -> Connection:
    """Make a profile ready to be asked, with the secrets given for this run or with those of the keyring."""
    from facevid_gui.credentials.choice import read_secrets

    try:
        secrets = read_secrets(profile, services.secret_store, services.environ, given)
    except SurroundingsError as error:
        if error.code != "keyring_unavailable":
            raise
        raise SurroundingsError("keys_not_kept", profile=profile.name) from error
    return services.connection(profile, secrets, for_this_run=bool(given))


def paced(tell: Callable[[object], None]) -> Callable[[str, int], None]:
    """Tell every stage, but bytes at most twenty times a second: the window has other things to do."""
    told: dict[str, float] = {}

    def pass_on(stage: str, number: int) -> None:
        now = time.monotonic()
        if stage not in _COUNTED or now - told.get(stage, 0) >= _TELL_EVERY_S:
            told[stage] = now
            tell((stage, number))

    return pass_on


def _save(services: Services, profile: Profile, *, replace_it: bool) -> tuple[Profile, ...]:
    with _PROFILES:
        services.profiles.save(profile, replace=replace_it)
        return services.profiles.all()


def _answered(services: Services, result: LookupResult) -> Answered:
    """The record as it was received, read back a moment later (`bridge.read_back`); a refusal has nothing to see."""
    from facevid_gui.evidence.review import just_received

    reviewed, capture, record = None, result.capture, result.record
    if result.outcome.ok and capture is not None and record is not None and result.received is not None:
        reviewed = just_received(capture, result.received, record)
        services.access_log.add("opened", record.evidence_id)
    return Answered(result.outcome, reviewed, result.flow, capture)


def seal_request(services: Services, sealing: Sealing) -> SealRequest:
    """What the sealing room needs of what the user said."""
    from facevid_gui.evidence.seal import SealRequest

    return SealRequest(
        sealing.case_ref.strip(),
        sealing.purpose.strip(),
        services.operator,
        sealing.root,
        services.settings.legal_basis,
    )
