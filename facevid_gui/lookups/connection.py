"""A profile ready to be asked: its provider and, for orders, its ticket desk (floor 1).

What enters: the parts, made by the roof of a profile and its secrets. What leaves: look-ups and tests, whichever of
the services it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.lookups.probe import probe_ess, probe_kyc
from facevid_gui.providers.ess import EssProvider
from facevid_gui.providers.kyc import KycProvider

if TYPE_CHECKING:
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.core.query import Query
    from facevid_gui.lookups.flow_question import FlowResult
    from facevid_gui.lookups.lookup import Lookup, LookupResult
    from facevid_gui.net.transport import Transport
    from facevid_gui.providers.kyc_ticket import TicketDesk


@dataclass(frozen=True)
class Connection:
    """`kind` is that of the profile; `desk` is there for "kyc"."""

    kind: str
    provider: EssProvider | KycProvider
    desk: TicketDesk | None = None

    def look_up(self, lookup: Lookup, query: Query) -> LookupResult:
        """Ask for the record of a query of this kind."""
        if isinstance(self.provider, EssProvider):
            return lookup.ess(self.provider, query)
        assert self.desk is not None
        return lookup.kyc(self.provider, self.desk, query)

    def signers(self, lookup: Lookup, flow_id: str) -> FlowResult:
        """Ask who signs a flow; of a contract service only."""
        assert isinstance(self.provider, EssProvider)
        return lookup.flow(self.provider, self.kind, flow_id)

    def probe(self, transport: Transport, token: CancelToken) -> Outcome:
        """Ask something harmless that only good credentials can ask. Raises `CancelledError`, keyring errors."""
        if isinstance(self.provider, EssProvider):
            return probe_ess(self.provider, self.kind, transport, token)
        assert self.desk is not None
        return probe_kyc(self.provider, self.desk, transport, token)
