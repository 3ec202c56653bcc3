"""The counterpart of the timestamp: "not earlier than" (floor 1).

What enters: the bytes of `request.json`, before the request is sent. What leaves: an authority's response over them,
which goes inside `data/`, under the seal: what holds it was not sealed earlier. Together with the stamp over the
signature it brackets the capture without trusting this computer's clock (research: evidence-format, section 8). Off
unless the settings say `request_stamp`: it costs a question to the authority for each look-up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.verdict import Reason
from facevid_gui.evidence.timestamp import StampError, check_stamp, check_tsa_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.authorities import Authorities

REQUEST_STAMP = re.compile(r"data/exchanges/[0-9]{2,3}/request\.json\.tsr")


def stamp_request(
    authorities: Authorities, urls: Sequence[str], roots: Sequence[bytes], request: bytes, token: CancelToken
) -> bytes | None:
    """An authority's response over a request about to be sent; None when none delivered: the look-up does not wait."""
    try:
        for url in urls:
            check_tsa_url(url)
        return authorities.ask(urls, request, roots, token)[0]
    except (SurroundingsError, SubjectError, UsageError):
        return None


def check_request_stamp(path: str, response: bytes, request: bytes, roots: Sequence[bytes]) -> Reason:
    """What a request stamp says. It lies under the seal: one that does not hold was no better when it was sealed."""
    try:
        stamp = check_stamp(response, request, roots)
    except StampError as error:
        return Reason("request_stamp_bad", path, str(error))
    if stamp.trusted:
        return Reason("request_stamped", path, f"{to_rfc3339(stamp.time)} {stamp.authority}")
    if roots:
        return Reason("request_stamp_bad", path, f"{stamp.authority} leads to none of the trusted roots")
    return Reason("request_stamp_unchecked", path, "no root of an authority was given")
