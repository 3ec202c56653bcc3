"""The desks of one window: commands that have a dialog of their own (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.bridge.access_desk import AccessDesk
    from facevid_gui.bridge.check_desk import CheckDesk
    from facevid_gui.bridge.deadline_desk import DeadlineDesk
    from facevid_gui.bridge.expiry_desk import ExpiryDesk
    from facevid_gui.bridge.guide_desk import GuideDesk
    from facevid_gui.bridge.hand_over_desk import HandOverDesk
    from facevid_gui.bridge.help_desk import HelpDesk
    from facevid_gui.bridge.import_desk import ImportDesk
    from facevid_gui.bridge.key_desk import KeyDesk
    from facevid_gui.bridge.library_desk import LibraryDesk
    from facevid_gui.bridge.notes_desk import NotesDesk
    from facevid_gui.bridge.package_desk import PackageDesk
    from facevid_gui.bridge.profile_desk import ProfileDesk
    from facevid_gui.bridge.report_desk import ReportDesk
    from facevid_gui.bridge.rescue_desk import RescueDesk
    from facevid_gui.bridge.root_desk import RootDesk
    from facevid_gui.bridge.saved_filters import FilterDesk
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.bridge.stamp_desk import StampDesk
    from facevid_gui.bridge.stored_desk import StoredDesk
    from facevid_gui.bridge.thumb_desk import ThumbDesk
    from facevid_gui.bridge.trust_desk import TrustDesk
    from facevid_gui.bridge.trusted_desk import TrustedDesk
    from facevid_gui.bridge.undo_desk import UndoDesk


@dataclass(frozen=True)
class Desks:
    """What the window hands to its dialogs."""

    profiles: ProfileDesk
    imports: ImportDesk
    rescue: RescueDesk
    hand_over: HandOverDesk
    trust: TrustDesk
    notes: NotesDesk
    settings: SettingsDesk
    library: LibraryDesk
    roots: RootDesk
    filters: FilterDesk
    checks: CheckDesk
    stamps: StampDesk
    thumbs: ThumbDesk
    packages: PackageDesk
    access: AccessDesk
    stored: StoredDesk
    expiry: ExpiryDesk
    reports: ReportDesk
    help: HelpDesk
    deadlines: DeadlineDesk
    undo: UndoDesk
    keys: KeyDesk
    guide: GuideDesk
    trusted: TrustedDesk
