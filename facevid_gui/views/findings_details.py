"""The details of a record: ids, times, further values of the answer, files (floor 3). Personal data come masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from facevid_gui.core.codes import meaning_of
from facevid_gui.core.masking import mask_number
from facevid_gui.core.moments import shown_moment
from facevid_gui.core.wording import deadline_rule, media_name, signer_text
from facevid_gui.views.findings_scores import Part
from facevid_gui.views.narrow_button import NarrowButton
from facevid_gui.views.widgets import SectionTitle, ValueRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Record
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.views.theme import Theme

Row = tuple[str, str | None, bool]  # label, value, whether it is an id
# Members of an answer that have a place of their own in the pane.
_SHOWN_ABOVE = frozenset(
    {"code", "msg", "orderNo", "bizSeqNo", "liveRate", "similarity", "occurredTime", "RequestId", "FlowId", "SignId"}
)


class DetailsPanel(Part):
    """Labels and values."""

    unmask_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages) -> None:
        super().__init__(messages)
        self._theme = theme

    def fill(self, reviewed: Reviewed, *, unmasked: bool) -> Iterator[None]:
        """Show the details of an opened record."""
        record = reviewed.record
        self._add(SectionTitle(self.tr("Details")))
        for row in (*self._record_rows(reviewed, unmasked=unmasked), *_answer_rows(record, unmasked=unmasked)):
            self._add_row(*row)
            yield
        if not unmasked and (record.signer is not None or any(detail.personal for detail in record.details)):
            button = NarrowButton(self.tr("Show personal data (logged)"), "link", self.unmask_wanted.emit)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        for row in self._file_rows(reviewed):
            self._add_row(*row)
            yield
        for warning in record.warnings:
            self._say(warning, "warn")

    def _add_row(self, label: str, value: str | None, is_id: bool) -> None:
        if value:
            self._add(ValueRow(self._theme, label, value, is_id=is_id, copy_tip=self.tr("Copy")))

    def _record_rows(self, reviewed: Reviewed, *, unmasked: bool) -> Iterator[Row]:
        text, record, outcome = self._messages.text, reviewed.record, reviewed.record.outcome
        for name in ("flow_id", "sign_id", "order_no"):
            yield text(f"label.{name}"), getattr(record, name), True
        if record.signer is not None:
            yield text("label.signer"), signer_text(record.signer, unmask=unmasked), False
        yield text("label.occurred_at"), shown_moment(record.occurred_at, self._messages), False
        deadline = record.deadline
        yield text("label.deadline"), deadline_rule(deadline, reviewed.capture.captured_at, self._messages), False
        yield self.tr("rule"), "\n".join(filter(None, (deadline.safe_source, deadline.outer_source))), False
        yield self.tr("looked up"), shown_moment(reviewed.capture.captured_at, self._messages), False
        if record.clock_offset_s is not None:
            yield (
                self.tr("clock"),
                text("clock.difference", seconds=f"{round(record.clock_offset_s, 1) + 0.0:+.1f}"),
                False,
            )
        said = " ".join(filter(None, (outcome.provider_code, outcome.provider_message)))
        yield text("label.provider_code"), said, False
        if record.kind == "kyc" and outcome.provider_code not in (None, "0"):
            yield self.tr("meaning"), text(f"error.{meaning_of('kyc', str(outcome.provider_code)).message}"), False
        yield text("label.request_id"), outcome.request_id, True

    def _file_rows(self, reviewed: Reviewed) -> Iterator[Row]:
        record, capture = reviewed.record, reviewed.capture
        yield self.tr("case"), capture.case_ref, False
        yield self.tr("purpose"), capture.purpose, False
        yield self.tr("server"), _server(reviewed), False
        for item in (*record.clips, *record.photos):
            unusable = self._messages.text("media.unusable")
            yield media_name(item, self._messages), item.sha256 or unusable, item.sha256 is not None


def _answer_rows(record: Record, *, unmasked: bool) -> Iterator[Row]:
    for detail in record.details:
        if detail.name not in _SHOWN_ABOVE:
            yield detail.name, mask_number(detail.value) if detail.personal and not unmasked else detail.value, False


def _server(reviewed: Reviewed) -> str:
    provider = reviewed.capture.provider
    tls = next((e.tls.version for e in reviewed.capture.exchanges if e.tls), None)
    return " · ".join(filter(None, (provider.host, tls)))
