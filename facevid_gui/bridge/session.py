"""The one mutable state of the window (floor 2). Views read it and follow its signals; they never write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.core.recognised import Recognised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.core.query import Query
    from facevid_gui.core.record import Flow, Signer
    from facevid_gui.core.secret import Secret
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.visiting import OpenedPackage


@dataclass(frozen=True)
class Activity:
    """What runs: "", "look_up", "rescue", "signers", "import", "open", "seal", "trust", "keep".

    With stage and bytes where there are some.
    """

    what: str = ""
    stage: str = ""
    number: int = 0
    cancelling: bool = False


@dataclass(frozen=True)
class Page:
    """What the record page shows: "empty", "record", "outcome" (asked, nothing to see) or "error"."""

    kind: str = "empty"
    reviewed: Reviewed | None = None
    outcome: Outcome | None = None
    flow: Flow | None = None
    capture: Path | None = None
    error: FacevidError | None = None
    verdict: FolderVerdict | None = None
    unmasked: bool = False
    asked: Query | None = None  # of an outcome: what was asked for

    @property
    def folder(self) -> Path | None:
        """The folder of what is shown."""
        return self.reviewed.folder if self.reviewed else None

    @property
    def record_id(self) -> str:
        """The provider's id of what is shown, or nothing."""
        record = self.reviewed.record if self.reviewed else None
        return (record.flow_id or record.order_no or "") if record else ""

    @property
    def title_id(self) -> str:
        """The evidence id of what is shown, or nothing."""
        return self.reviewed.record.evidence_id if self.reviewed else ""


@dataclass(frozen=True)
class Notice:
    """Something to tell that is no page of its own: "ok", "warn" or "bad"; a message id with values, or an error."""

    tone: str
    message: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    error: FacevidError | None = None
    actions: tuple[
        tuple[str, str], ...
    ] = ()  # "open", "save", "undo", "help", "set_aside", "rescue_list" or "add_place"; the id or path it is about


LIBRARY_FILTERS = ("all", "unsaved", "trouble", "due")


@dataclass(frozen=True)
class LibraryState:
    """How the library's index stands: what it lists is asked for page by page, never held here.

    `done` of `total` folders while it is brought up to date, `away` the roots that could not be reached: what is
    shown of them is remembered. `problem` is why it could not be brought up to date.
    """

    is_scanned: bool = False
    is_scanning: bool = False
    done: int = 0
    total: int = 0
    away: tuple[Path, ...] = ()
    problem: FacevidError | None = None


class Session(QObject):
    """State and signals. What a signal says has happened can be read from the attribute of the same name."""

    profiles_changed = Signal()
    profile_chosen = Signal()
    keyring_changed = Signal()
    recognised_changed = Signal()
    signers_changed = Signal()
    activity_changed = Signal()
    page_changed = Signal()
    library_changed = Signal()
    notice_changed = Signal()
    minute_passed = Signal()
    folder_waits = Signal()  # something was sealed and may not be stamped yet

    def __init__(self, parent: QObject | None = None, examples: tuple[str, ...] = ()) -> None:
        super().__init__(parent)
        self.profiles: tuple[Profile, ...] = ()
        self.profile: Profile | None = None
        self.given: dict[str, Mapping[str, Secret]] = {}
        self.keyring = "unknown"
        self.keys_in_environment = False
        self.recognised = Recognised("empty")
        self.signers: tuple[Signer, ...] = ()
        self.signers_of = ""
        self.activity = Activity()
        self.page = Page()
        self.library = LibraryState()
        self.notice: Notice | None = None
        self.evidence_roots: tuple[Path, ...] = ()
        self.key_protection = "keyring"
        self.started = False
        self.examples = examples  # of the demo: what can be looked up
        self.reasons: tuple[str, ...] = ()  # given in this run, the newest first
        self.package: OpenedPackage | None = None  # what is unpacked to be looked at

    @property
    def is_demo(self) -> bool:
        """Whether this is a throw-away home: no keyring is asked, nothing stays."""
        return bool(self.examples)

    @property
    def visiting(self) -> OpenedPackage | None:
        """The package that the page shows; None for everything that lies where it belongs."""
        page, package = self.page, self.package
        shown = page.folder or (Path(page.verdict.folder) if page.verdict is not None else None)
        return package if package is not None and shown == package.folder else None

    def has_keys(self, profile: Profile) -> bool:
        """Whether a profile can be asked: given in this run, else in a keyring that opens (or was not asked yet)."""
        return (
            profile.name in self.given
            or self.keyring in ("ready", "unknown")
            or (self.keys_in_environment and profile.kind != "kyc")
        )

    def note_sealed(self, evidence_roots: tuple[Path, ...], *, waits: bool) -> None:
        """Something was sealed; perhaps it `waits` for a stamp."""
        self.evidence_roots = evidence_roots
        self.note_signed()
        if waits:
            self.folder_waits.emit()

    def note_signed(self) -> None:
        """Something was signed: the key exists, its passphrase need not be typed twice any more."""
        if self.key_protection == "new_passphrase":
            self.key_protection = "passphrase"

    @property
    def is_busy(self) -> bool:
        """Whether something runs that the user waits for."""
        return bool(self.activity.what)
