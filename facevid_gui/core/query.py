"""What is looked up (floor 0)."""

from __future__ import annotations

from dataclasses import dataclass

from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id


@dataclass(frozen=True)
class Query:
    """One flow (and one of its signers) or one order. Ids were checked on the way in."""

    kind: str
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None

    @classmethod
    def for_flow(cls, kind: str, flow_id: str, sign_id: str | None) -> Query:
        """Ask for a flow of "ess" or "essbasic"; without `sign_id` its only signer. `UsageError` for a bad id."""
        signer = None if sign_id is None else check_sign_id(sign_id)
        return cls(kind, flow_id=check_flow_id(flow_id), sign_id=signer)

    @classmethod
    def for_order(cls, order_no: str) -> Query:
        """Ask for a KYC order; `UsageError` for a malformed id."""
        return cls("kyc", order_no=check_order_no(order_no))
