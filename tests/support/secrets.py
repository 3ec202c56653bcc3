"""Secrets of a test, and the forms in which they must be found nowhere."""

import base64
import json
from urllib.parse import quote

from facevid_gui.simulator import records
from facevid_gui.simulator.server import Simulator


def forms_of(secret: str) -> set[bytes]:
    """A secret as it might be written: plain, base64 at each alignment, hex, percent-encoded, JSON-escaped."""
    raw = secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), quote(secret, safe="").encode()}
    found.add(json.dumps(secret).strip('"').encode())
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * shift + raw)
            found.add(text[(shift * 4 + 2) // 3 : len(text) // 4 * 4 - 4])
    return {form for form in found if len(form) >= 6}


def secrets_on_the_wire(simulator: Simulator) -> set[str]:
    """Everything secret that the simulator knows or was sent: keys, tokens, tickets, signatures."""
    found = {records.SECRET_ID, records.SECRET_KEY, records.KYC_SECRET}
    found |= set(simulator.kyc._tokens) | set(simulator.kyc._tickets)
    for request in simulator.requests:
        authorization = request.headers.get("authorization", "")
        found |= {authorization, authorization.rpartition("Signature=")[2]} - {""}
        body = request.json_body()
        found |= {str(body[name]) for name in ("sign", "ticket") if name in body}
        found |= {request.query[name] for name in ("secret", "access_token", "sign") if name in request.query}
    return found


def found_in(secrets: set[str], haystacks: dict[str, bytes]) -> list[str]:
    """Where a secret is, in any form; names of places and the beginning of what was found."""
    return [
        f"{place}: {secret[:6]}… as {form[:12]!r}"
        for place, hay in haystacks.items()
        for secret in secrets
        for form in forms_of(secret)
        if form.lower() in hay.lower()
    ]
