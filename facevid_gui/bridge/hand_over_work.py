"""What workers do to hand over and to delete evidence (floor 2). No Qt here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.bridge import work
from facevid_gui.core.reasons import reason_detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.secret import Secret
    from facevid_gui.evidence.export import Exported
    from facevid_gui.evidence.purge import Purged, PurgePlan
    from facevid_gui.evidence.review import Reviewed


@dataclass(frozen=True)
class HandingOver:
    """What the user said. `passphrase` opens the workstation key where there is no keyring."""

    folder: Path
    package: Path
    recipient: str = ""
    unmask: bool = False
    even_if_broken: bool = False
    passphrase: Secret | None = field(default=None, repr=False)
    reason: str = ""


def export(
    services: Services, wish: HandingOver, token: CancelToken, tell: Callable[[object], None]
) -> tuple[Exported, Reviewed | None]:
    """Make a package; a folder that got an event is opened anew, as any evidence is: verified first."""
    from facevid_gui.evidence.export import ExportRequest

    demanded = services.safe_settings.ask_purpose
    told = reason_detail(demanded, "export", wish.reason) | reason_detail(
        demanded if wish.unmask else (), "unmask", wish.reason
    )
    request = ExportRequest(
        wish.folder, wish.package, wish.recipient.strip(), wish.unmask, wish.even_if_broken, told.get("reason", "")
    )
    exported = services.exporter.export(
        request, services.trust(), lambda: services.keys.open(wish.passphrase), token,
        lambda stage, number: tell((stage, number)),
    )  # fmt: skip
    return exported, work.open_folder(services, wish.folder) if exported.recorded else None


def look_for_purge(services: Services, folder: Path) -> PurgePlan:
    """What deleting a folder would mean; nothing is changed."""
    return services.purger.plan(folder, services.trust(), services.evidence_roots())


def purge(services: Services, plan: PurgePlan, reason: str) -> Purged:
    """Delete a folder for good."""
    return services.purger.purge(plan, reason)
