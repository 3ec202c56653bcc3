"""The rooms that hand evidence over, as the composition makes them (floor 4): a part of `house.House`.

What enters: the rest of the house. What leaves: the exporter and the reporter, each made when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from facevid_gui.program import program_facts

if TYPE_CHECKING:
    from facevid_gui.evidence.export import Exporter
    from facevid_gui.evidence.report import Reporter
    from facevid_gui.house_keeping import Rooms


class HandOverRooms:
    """Exporter and reporter."""

    @cached_property
    def exporter(self: Rooms) -> Exporter:
        """Makes packages to hand over."""
        from facevid_gui.evidence.export import Exporter

        return Exporter(self.custody, self.register, self.access_log, self.journal, self.clock, _program())

    @cached_property
    def reporter(self: Rooms) -> Reporter:
        """Makes reports."""
        from facevid_gui.evidence.report import Reporter

        return Reporter(self.custody, self.register, self.access_log, self.journal, _program())

    def report_mark(self: Rooms) -> str:
        """Whose mark lies over the pictures of a report; "" when the settings want none."""
        settings, operator = self.safe_settings, self.operator
        if not settings.watermark:
            return ""
        return settings.watermark_text.strip() or operator["name"] or operator["account"]


def _program() -> str:
    facts = program_facts()
    return f"{facts['name']} {facts['version']}"
