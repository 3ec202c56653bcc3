"""The composition: every room of floors 0 and 1, built once and lazily (floor 4).

What enters: the environment and a clock. What leaves: services, each made when first asked for, so that a
command that needs no keyring never loads one. Console and window share it.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import FacevidError, SurroundingsError, UsageError
from facevid_gui.core.messages import Messages, choose_language
from facevid_gui.house_hand_over import HandOverRooms
from facevid_gui.house_keeping import KeepingRooms
from facevid_gui.paths import find_paths
from facevid_gui.program import account_name, program_facts, program_record
from facevid_gui.settings import SETTINGS_FILE, SettingsFile, chosen_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from facevid_gui.captures.importing import Importer
    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile, ProfileStore
    from facevid_gui.credentials.secret_store import SecretStore
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.authorities import Authorities
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.library import Library
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.seal import Sealer
    from facevid_gui.evidence.signing_key import KeyCabinet
    from facevid_gui.evidence.stamping import Stamper
    from facevid_gui.evidence.trusted_set import TrustedSet
    from facevid_gui.evidence.verify import Trust
    from facevid_gui.lookups.connection import Connection
    from facevid_gui.lookups.lookup import Workplace
    from facevid_gui.net.transport import Transport
    from facevid_gui.paths import Paths
    from facevid_gui.providers.ess import EssProvider
    from facevid_gui.providers.kyc_ticket import TicketDesk
    from facevid_gui.settings import Settings


class House(HandOverRooms, KeepingRooms):
    """Everything below the roof, for one home."""

    examples: tuple[str, ...] = ()  # ids the demo has; else none

    def __init__(self, environ: Mapping[str, str], clock: Clock | None = None) -> None:
        self.environ = environ
        self.clock = clock or Clock()
        self.tell_defaults: Callable[[SurroundingsError], None] | None = None  # damaged settings stop no looking

    @cached_property
    def paths(self) -> Paths:
        """The directories, made if missing."""
        paths = find_paths(self.environ)
        paths.make()
        return paths

    @cached_property
    def settings_file(self) -> SettingsFile:
        """What the user chose, read once, and where changes of it go."""
        return SettingsFile(self.paths.config / SETTINGS_FILE, self.tell_defaults)

    @property
    def settings(self) -> Settings:
        """What the user chose."""
        return self.settings_file.settings

    @property
    def safe_settings(self) -> Settings:
        """What looking and checking go by: damaged settings do not stop them."""
        return self.settings_file.safe

    @cached_property
    def profiles(self) -> ProfileStore:
        """The profiles."""
        from facevid_gui.credentials.profiles import ProfileStore

        return ProfileStore(self.paths.config / "profiles.json")

    @cached_property
    def secret_store(self) -> SecretStore:
        """The operating system's keyring."""
        from facevid_gui.credentials.secret_store import KeyringStore

        return KeyringStore(self.keyring_service)

    @property
    def keyring_service(self) -> str:
        """The name under which this home's secrets lie in the keyring."""
        from facevid_gui.settings import home_id

        return f"facevid/{home_id(self.paths.config / 'home.json')}"

    @cached_property
    def session_store(self) -> SecretStore:
        """Secrets and tickets of this run only."""
        from facevid_gui.credentials.secret_store import SessionStore

        return SessionStore()

    @cached_property
    def transport(self) -> Transport:
        """The HTTP transport, with proxies and authorities from environment and settings."""
        from facevid_gui.net.settings import network_settings
        from facevid_gui.net.transport import Transport

        network = network_settings(self.environ, proxy=self.settings.proxy, ca_file=self.settings.ca_file)
        return Transport(network, self.clock)

    @cached_property
    def captures(self) -> CaptureStore:
        """The unsaved captures."""
        from facevid_gui.captures.store import CaptureStore

        return CaptureStore(self.paths.captures)

    @cached_property
    def register(self) -> Register:
        """The register of seals."""
        from facevid_gui.evidence.register import Register

        return Register(self.paths.register, self.clock, self._access_head)

    @cached_property
    def access_log(self) -> AccessLog:
        """The access log."""
        from facevid_gui.evidence.access_log import AccessLog

        return AccessLog(self.paths.access_log, self.clock, account_name(), self._begin_day)

    def _access_head(self) -> str:
        """What the register asks for; each of the two logs is made when it is first needed."""
        return self.access_log.head()

    def _begin_day(self) -> None:
        """What the access log of the days before came to goes into the register."""
        self.register.note_access()

    @cached_property
    def journal(self) -> Journal:
        """Work to be finished after a crash."""
        from facevid_gui.evidence.journal import Journal

        return Journal(self.paths.queue)

    @cached_property
    def keys(self) -> KeyCabinet:
        """The workstation key and the trusted signers."""
        from facevid_gui.evidence.signing_key import KeyCabinet

        return KeyCabinet(self.paths.keys, self.secret_store, self.clock, self.key_name, self.learn)

    @cached_property
    def trusted(self) -> TrustedSet:
        """The signers and timestamp roots enrolled here."""
        from facevid_gui.evidence.signing_key import TRUSTED_FOLDER
        from facevid_gui.evidence.trusted_set import TrustedSet

        return TrustedSet(self.paths.keys / TRUSTED_FOLDER)

    @property
    def key_protection(self) -> str:
        """How the key in use is opened: "keyring", "passphrase", or "new_passphrase" where it is yet to be made.

        A key that exists says so itself; one that is yet to be made follows the keyring of this system.
        """
        from facevid_gui.evidence.key_protection import key_protection

        kept = key_protection(self.paths.keys)
        return kept or ("keyring" if self.secret_store.state() == "ready" else "new_passphrase")

    @property
    def key_name(self) -> str:
        """What the workstation key is called in its certificate."""
        return f"facevid workstation {program_facts()['host'] or 'unnamed'}"

    @cached_property
    def sealer(self) -> Sealer:
        """Makes evidence of captures."""
        from facevid_gui.evidence.seal import Sealer

        return Sealer(self.captures, self.register, self.journal, self.clock)

    @cached_property
    def custody(self) -> CustodyWriter:
        """Adds custody events."""
        from facevid_gui.evidence.custody_writer import CustodyWriter

        return CustodyWriter(self.register, self.journal, self.clock, account_name())

    @cached_property
    def library(self) -> Library:
        """Lists captures and evidence."""
        from facevid_gui.evidence.library import Library

        return Library(self.captures, self.paths.cache / "index.sqlite", self.clock)

    def stamper(self, roots: Sequence[bytes]) -> Stamper:
        """Stamps folders, judging authorities by `roots`."""
        from facevid_gui.evidence.stamping import Stamper

        return Stamper(self.authorities, self.journal, self.custody, roots)

    @cached_property
    def authorities(self) -> Authorities:
        """The timestamp authorities, asked one after the other; remembers those that failed."""
        from facevid_gui.evidence.authorities import Authorities

        return Authorities(self.transport, self.clock)

    @cached_property
    def workplace(self) -> Workplace:
        """What look-ups share."""
        from facevid_gui.lookups.lookup import Workplace
        from facevid_gui.net.transport import Limits

        return Workplace(
            transport=self.transport,
            store=self.captures,
            clock=self.clock,
            operator=self.operator,
            program=program_record(),
            retention_days=self.settings.retention_days,
            limits=replace(Limits(), max_bytes=self.settings.max_answer_bytes),
            stamp_request=self._request_stamper() if self.settings.request_stamp and self.tsa_urls else None,
        )

    def _request_stamper(self) -> Callable[[bytes, CancelToken], bytes | None]:
        """Has a request stamped before it is sent."""
        from facevid_gui.evidence.request_stamp import stamp_request

        return partial(stamp_request, self.authorities, self.tsa_urls, self.tsa_roots()[0])

    @cached_property
    def importer(self) -> Importer:
        """Makes captures of answers saved earlier."""
        from facevid_gui.captures.importing import Importer

        return Importer(
            store=self.captures,
            clock=self.clock,
            operator=self.operator,
            program=program_record(),
            retention_days=self.settings.retention_days,
            max_bytes=self.settings.max_answer_bytes,
        )

    @property
    def operator(self) -> dict[str, str]:
        """Who works here: account name, and what the settings add."""
        return {
            "account": account_name(),
            "name": self.safe_settings.operator_name,
            "role": self.safe_settings.operator_role,
        }

    @cached_property
    def messages(self) -> Messages:
        """The catalogue in the user's language: FACEVID_LANG, the setting, the locale."""
        return Messages(self.language(chosen_language(find_paths(self.environ).config / SETTINGS_FILE)))

    def language(self, chosen: str) -> str:
        """The language where `chosen` is what the settings say ("" for none)."""
        import locale

        wish = self.environ.get("FACEVID_LANG") or chosen
        names = (self.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        locale_name = next((name for name in names if name), None) or locale.getlocale()[0]
        return choose_language(wish, locale_name)

    def recover(self) -> None:
        """Finish what a crash interrupted: rotations, captures, seals, custody events, packages, purges, copies."""
        self.keys.recover(self.register)
        self.captures.recover()
        self.sealer.recover()
        self.custody.recover()
        self.exporter.recover()
        self.purger.recover()
        if self.paths.visiting.is_dir():  # in the usual case it is not, and nothing more is loaded
            self.visits.recover()
        if any(self.paths.queue.glob("keep-*.json")):
            self.copy_keeper.recover()

    def ess_provider(self, profile: Profile, secrets: Mapping[str, Secret]) -> EssProvider:
        """A provider for an e-sign profile."""
        from facevid_gui.providers.ess import EssCredentials, EssProvider

        self.learn(*secrets.values())
        keys = EssCredentials(secrets["secret_id"], secrets["secret_key"], secrets.get("token"))
        return EssProvider(profile, keys, self.clock)

    def ticket_desk(self, profile: Profile, secrets: Mapping[str, Secret], cache: SecretStore) -> TicketDesk:
        """The ticket desk of a KYC profile; tokens are cached in `cache`."""
        from facevid_gui.providers.kyc_ticket import TicketDesk

        self.learn(*secrets.values())
        return TicketDesk(
            profile=profile,
            secret=secrets[profile.secret_fields[0]],
            store=cache,
            transport=self.transport,
            clock=self.clock,
            lock_path=self.paths.state / "kyc-ticket.lock",
            learned=self.learn,
        )

    def connection(self, profile: Profile, secrets: Mapping[str, Secret], *, for_this_run: bool) -> Connection:
        """A profile ready to be asked. Secrets given for this run leave none of their tokens in the keyring."""
        from facevid_gui.lookups.connection import Connection
        from facevid_gui.providers.kyc import KycProvider

        if profile.kind != "kyc":
            return Connection(profile.kind, self.ess_provider(profile, secrets))
        cache = self.session_store if for_this_run else self.secret_store
        return Connection(profile.kind, KycProvider(profile), self.ticket_desk(profile, secrets, cache))

    @property
    def tsa_urls(self) -> tuple[str, ...]:
        """The timestamp authorities' URLs, in the order of preference: environment, else setting; blanks between."""
        return tuple((self.environ.get("FACEVID_TSA_URL") or self.settings.tsa_url).split())

    def tsa_roots(self, named: Sequence[str] = ()) -> tuple[tuple[bytes, ...], bool]:
        """The authorities' roots (DER), and whether option or environment named them: a stamp is then required.

        Else those of the settings and of the trusted set. Several files are written as in PATH, with the system's
        separator.
        """
        from facevid_gui.evidence.certificate_files import paths_in, read_certificates

        from_environment = paths_in(self.environ.get("FACEVID_TSA_ROOT", ""))
        if named or from_environment:
            return read_certificates(named or from_environment), True
        chosen = read_certificates(paths_in(self.safe_settings.tsa_root))
        return tuple(dict.fromkeys((*chosen, *self.trusted.tsa_roots()))), False

    def trust(self) -> Trust:
        """What folders are checked against when nothing else is said."""
        from facevid_gui.evidence.verify import Trust

        roots, required = self.tsa_roots()
        return Trust(
            signers=self.keys.trusted(), tsa_roots=roots, register=self.paths.register, stamp_required=required
        )

    def evidence_root(self, option: str | None) -> Path:
        """Where evidence goes: option, environment, setting, or below FACEVID_HOME; `UsageError` otherwise."""
        return self._root(option or self.environ.get("FACEVID_EVIDENCE_ROOT") or self.settings.evidence_root)

    def _root(self, chosen: str) -> Path:
        if chosen:
            try:
                return Path(chosen).expanduser().absolute()
            except RuntimeError as error:  # the home of a user nobody knows
                raise UsageError("option_value", option="--evidence-root", value=chosen) from error
        if self.paths.default_evidence_root is not None:
            return self.paths.default_evidence_root
        raise UsageError("evidence_root_missing")

    def evidence_roots(self) -> tuple[Path, ...]:
        """The roots that evidence is listed from, the one for new evidence first.

        None when none is chosen yet. Of settings that cannot be read, those of environment and home are left.
        """
        roots: list[Path] = []
        with contextlib.suppress(FacevidError):
            roots.append(self._root(self.environ.get("FACEVID_EVIDENCE_ROOT") or self.safe_settings.evidence_root))
        roots += [Path(name) for name in self.safe_settings.known_roots]
        return tuple(dict.fromkeys(roots))

    def choose_evidence_root(self, root: Path) -> None:
        """Use this root from now on. Settings that cannot be written are no reason not to save evidence there."""
        known = self.evidence_roots()
        if known[:1] == (root,):
            return
        names = tuple(str(path) for path in dict.fromkeys((root, *known)))
        changes = {"evidence_root": str(root), "known_roots": names}
        with contextlib.suppress(SurroundingsError):
            self.settings_file.change(changes, even_unwritten=True)

    def learn(self, *secrets: Secret) -> None:
        """Make sure these never reach the log."""
        from facevid_gui.logs import REDACTOR

        for secret in secrets:
            REDACTOR.register(secret)
