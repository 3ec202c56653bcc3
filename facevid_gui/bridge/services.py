"""What the window needs of the rooms below, as the roof builds them (floor 2).

Nothing enters or leaves here: the protocol says which services a worker may use, so that the bridge never imports
the roof. `facevid_gui.house.House` is the one implementation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from facevid_gui.captures.importing import Importer
    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile, ProfileStore
    from facevid_gui.credentials.secret_store import SecretStore
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.export import Exporter
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.library import Library
    from facevid_gui.evidence.purge import Purger
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
    from facevid_gui.settings import Settings


class Services(Protocol):
    """The services; each is made when first asked for, in the worker that asks."""

    environ: Mapping[str, str]
    clock: Clock

    @property
    def paths(self) -> Paths: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def profiles(self) -> ProfileStore: ...
    @property
    def secret_store(self) -> SecretStore: ...
    @property
    def session_store(self) -> SecretStore: ...
    @property
    def transport(self) -> Transport: ...
    @property
    def captures(self) -> CaptureStore: ...
    @property
    def register(self) -> Register: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def importer(self) -> Importer: ...
    @property
    def access_log(self) -> AccessLog: ...
    @property
    def keys(self) -> KeyCabinet: ...
    @property
    def trusted(self) -> TrustedSet: ...
    @property
    def key_protection(self) -> str: ...
    @property
    def sealer(self) -> Sealer: ...
    @property
    def exporter(self) -> Exporter: ...
    @property
    def purger(self) -> Purger: ...
    @property
    def workplace(self) -> Workplace: ...
    @property
    def library(self) -> Library: ...
    @property
    def operator(self) -> dict[str, str]: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def tsa_urls(self) -> tuple[str, ...]: ...

    def recover(self) -> None: ...
    def trust(self) -> Trust: ...
    def evidence_roots(self) -> tuple[Path, ...]: ...
    def choose_evidence_root(self, root: Path) -> None: ...
    def stamper(self, roots: Sequence[bytes]) -> Stamper: ...
    def connection(self, profile: Profile, secrets: Mapping[str, Secret], *, for_this_run: bool) -> Connection: ...
    def learn(self, *secrets: Secret) -> None: ...
