"""What workers do to make a report and to print one (floor 2)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.bridge import work
from facevid_gui.bridge.printing import Printer, print_pdf, written_file
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.reasons import reason_detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.secret import Secret
    from facevid_gui.evidence.report import Draft, Reported
    from facevid_gui.evidence.review import Reviewed


@dataclass(frozen=True)
class Reporting:
    """What the user said. `file` is None for a report that is printed; no section means all."""

    folder: Path
    file: Path | None
    language: str
    sections: tuple[str, ...] = ()
    unmask: bool = False
    even_if_broken: bool = False
    passphrase: Secret | None = field(default=None, repr=False)
    reason: str = ""


@dataclass(frozen=True)
class ReportDone:
    """A report that was made, and the folder as it is now where its history grew."""

    reported: Reported
    reviewed: Reviewed | None


def make_report(
    services: Services, wish: Reporting, token: CancelToken, tell: Callable[[object], None]
) -> ReportDone:  # fmt: skip
    """Make a report as a file."""
    from facevid_gui.evidence.departure import check_target

    assert wish.file is not None
    check_target(wish.folder, wish.file)
    draft = _draft(services, wish, token, tell)
    reported = services.reporter.write(draft, wish.file, lambda: services.keys.open(wish.passphrase))
    return _done(services, reported)


def print_report(
    services: Services, wish: Reporting, printer: Printer, token: CancelToken, tell: Callable[[object], None]
) -> ReportDone:  # fmt: skip
    """Print the very bytes a report would have as a file; noted first, withdrawn when printing never began."""
    from facevid_gui.evidence.report import Reported

    draft = _draft(services, wish, token, tell)
    name = printer.printerName() or printer.outputFileName()
    departure = services.reporter.note_printing(draft, name, lambda: services.keys.open(wish.passphrase))
    begun: list[int] = []

    def follow(stage: str, number: int) -> None:
        begun.append(number)
        tell((stage, number))

    try:
        print_pdf(draft.pdf, printer, token, follow)
    except BaseException:
        if not begun:  # else some of it may lie in the tray
            services.reporter.withdraw(departure)
        raise
    return _done(services, Reported(draft, written_file(printer), departure.export_id, departure.recorded))


def _draft(services: Services, wish: Reporting, token: CancelToken, tell: Callable[[object], None]) -> Draft:
    """Build it; what was chosen is remembered, and a choice that cannot be remembered stops nothing."""
    from facevid_gui.evidence.report import ReportRequest

    demanded = services.safe_settings.ask_purpose
    told = reason_detail(demanded, "export", wish.reason)
    told |= reason_detail(demanded if wish.unmask else (), "unmask", wish.reason)
    with suppress(SurroundingsError):
        services.settings_file.change({"report_language": wish.language, "report_sections": wish.sections})
    request = ReportRequest(
        wish.folder,
        wish.language,
        wish.sections,
        wish.unmask,
        wish.even_if_broken,
        mark=services.report_mark(),
        reason=told.get("reason", ""),
    )
    return services.reporter.build(request, services.trust(), token, lambda stage, number: tell((stage, number)))


def _done(services: Services, reported: Reported) -> ReportDone:
    """A folder that got an event is opened anew, as any evidence is: verified first."""
    folder = reported.draft.request.folder
    return ReportDone(reported, work.open_folder(services, folder) if reported.recorded else None)
