"""Packages that are looked at, and copies of them that are kept (floor 2).

What enters: something that was dropped, named on the command line or chosen. What leaves: the record on the page. What
was unpacked for it goes as soon as another record is shown, and when the window closes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from facevid_gui.bridge import package_work
from facevid_gui.bridge.package_work import BrokenPackageError, Came
from facevid_gui.bridge.session import Notice, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.visiting import OpenedPackage

NO_EVIDENCE = frozenset({"no_evidence", "evidence_inside", "evidence_listed"})


class PackageDesk(QObject):
    """Follows the page of the session; `session.package` is what is unpacked for it."""

    file_came = Signal(Path)  # neither folder nor package: somebody must say what it is
    choice_wanted = Signal(Path, object)  # a package, and what of `evidence.visiting.Packed` lies in it

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._session = controller.session
        self._numbers = count(1)
        self._session.page_changed.connect(self._on_page)

    def open(self, path: Path, inside: str | None = None) -> None:
        """Open a folder or a package; of several folders inside one is asked for, of another file what it is."""
        path = path.absolute()

        def run(reason: str) -> Callable[[Any, Any], Any]:
            return partial(package_work.open_named, self._services, path, inside, reason)

        self._controller.open_with_reason((path, inside), run, self._on_came, partial(self._on_refused, path))

    def keep_copy(self, root: Path) -> None:
        """Keep a copy of what is open in a root of the library."""
        package = self._session.visiting
        if package is not None:
            self._controller.begin(
                "keep", partial(package_work.keep_copy, self._services, package, root), self._on_kept
            )

    def let_go(self) -> None:
        """The window closes: what is unpacked goes."""
        package, self._session.package = self._session.package, None
        if package is not None:
            self._controller.jobs.submit(
                f"close {next(self._numbers)}",
                lambda _token, _tell: package_work.close_package(self._services, package),
                lambda _none: None, lasting=True,
            )  # fmt: skip

    def _on_came(self, came: Came) -> None:
        if came.reviewed is None:
            self._controller.end_activity()
            assert came.file is not None
            self.file_came.emit(came.file)
            return
        self._take(came.package)
        self._controller.show_opened(came.reviewed)

    def _on_refused(self, path: Path, error: FacevidError) -> None:
        if error.code == "package_several":
            self._controller.end_activity()
            self.choice_wanted.emit(path, getattr(error, "found", ()))
            return
        if isinstance(error, BrokenPackageError):
            self._show_broken(error)
            return
        self._controller.end_activity()
        if error.code.startswith("package_") or error.code in NO_EVIDENCE:
            way_on = (("add_place", str(path)),) if error.code == "evidence_inside" else ()
            self._controller.notify(Notice("bad", error=error, actions=way_on))  # what was open stays open
        else:
            self._controller.show_page(Page("error", error=error, verdict=getattr(error, "verdict", None)))
        self._controller.refresh_library()

    def _show_broken(self, broken: BrokenPackageError) -> None:
        """Its banner says what is wrong; what was unpacked is gone already, so it is named by the package."""
        from facevid_gui.evidence.review import UnreadableFolderError

        named = Path(f"{broken.package.package}!", broken.package.inside)
        verdict = replace(broken.verdict, folder=str(named))
        error = UnreadableFolderError(verdict)
        self._controller.end_activity()
        self._take(replace(broken.package, folder=named))
        self._controller.show_page(Page("error", error=error, verdict=verdict))

    def _take(self, package: OpenedPackage | None) -> None:
        self.let_go()
        self._session.package = package

    @Slot()
    def _on_page(self) -> None:
        if self._session.package is not None and self._session.visiting is None:
            self.let_go()

    def _on_kept(self, reviewed: Reviewed) -> None:
        self._controller.show_opened(reviewed)
        self._session.evidence_roots = self._services.evidence_roots()
        self._controller.notify(Notice("ok", "notice.kept", {"path": str(reviewed.folder)}))
