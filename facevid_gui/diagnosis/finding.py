"""One finding of the diagnosis, and what the checks are given (floor 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.credentials.profiles import ProfileStore
    from facevid_gui.credentials.secret_store import SecretStore
    from facevid_gui.evidence.library import Library
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.signing_key import KeyCabinet
    from facevid_gui.settings import Settings

OK, WARN, MISSING = "ok", "warn", "missing"


@dataclass(frozen=True)
class Finding:
    """One finding. `state` is "ok", "warn" or "missing" (needed for look-up and evidence).

    `value` is shown as it is, or, where the catalogue knows `doctor.value.<name>.<value>`, as that sentence. `cure` is
    a message id; one that ends in the system's name (`<cure>.on_linux`, `.on_windows`, `.on_mac`) comes before it.
    `values` fill both. Never a secret, never a person.
    """

    name: str
    state: str
    value: str
    cure: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Running:
    """What a window that runs knows of itself; the console asks a child for the same."""

    has_player: bool
    has_sound: bool
    has_chinese_font: bool


@dataclass(frozen=True)
class Question:
    """What the checks may use. Without `running` there is no window; with `fresh` the library is scanned first."""

    services: Checked
    token: CancelToken
    running: Running | None = None
    fresh: bool = True


class Checked(Protocol):
    """The part of the house that is looked at; any of it may raise a `FacevidError`, which is a finding then."""

    environ: Mapping[str, str]
    clock: Clock

    @property
    def safe_settings(self) -> Settings: ...
    @property
    def profiles(self) -> ProfileStore: ...
    @property
    def secret_store(self) -> SecretStore: ...
    @property
    def captures(self) -> CaptureStore: ...
    @property
    def register(self) -> Register: ...
    @property
    def keys(self) -> KeyCabinet: ...
    @property
    def library(self) -> Library: ...

    def evidence_roots(self) -> tuple[Path, ...]: ...
