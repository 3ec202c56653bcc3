"""What can fail between here and a server, as errors with a sentence and a next step (floor 1).

What enters: whatever requests, urllib3, ssl, http.client or the resolver raised. What leaves: a
`FacevidError` whose code is in the catalogue. Our own errors pass through them unchanged.
"""

from __future__ import annotations

import http.client
import ssl

import requests
import urllib3

from facevid_gui.core.errors import FacevidError, SurroundingsError

NETWORK_ERRORS = (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError)
_PROXY = (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError)
_TLS = (ssl.SSLError, requests.exceptions.SSLError, urllib3.exceptions.SSLError)
_RESET = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
_NO_CONNECTION = urllib3.exceptions.NewConnectionError  # for urllib3 a kind of timeout, whatever the reason
_TIMEOUT = (TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
_NOT_HTTP = (http.client.HTTPException, urllib3.exceptions.InvalidHeader)


def network_error(
    error: Exception, host: str, *, proxied: bool = False, received: int = 0, expected: str = ""
) -> FacevidError:
    """Name the failure of an exchange with `host`, from the most to the least telling cause.

    With `proxied`, an address that cannot be used is the proxy's: that of the request was checked before.
    `received` and `expected` are bytes of the body; an answer in chunks does not say how many to expect.
    """
    causes = _causes(error)
    own = next((cause for cause in causes if isinstance(cause, FacevidError)), None)
    if own is not None:
        return own

    def seen(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if seen(*_PROXY):
        return SurroundingsError("proxy_failed", host=host)
    if seen(http.client.IncompleteRead):
        return SurroundingsError("incomplete_body", received=received, expected=expected or "?")
    if seen(*_TLS) and not seen(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return _tls_error(causes, host)
    if seen(*_RESET, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return SurroundingsError("connection_reset", host=host)
    if seen(*_TIMEOUT) and not seen(_NO_CONNECTION):
        return SurroundingsError("timeout")
    if seen(*_NOT_HTTP):
        return SurroundingsError("bad_response", host=host)
    if seen(ValueError):  # an address or a header that cannot be written; requests' own kinds are ValueErrors too
        return SurroundingsError("proxy_failed" if proxied else "bad_url", host=host)
    return SurroundingsError("unreachable", host=host)


def _tls_error(causes: list[BaseException], host: str) -> SurroundingsError:
    """The reason is OpenSSL's; without one the file of authorities could not be read, and the system says why."""
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is None:
        system = next((cause for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
        return SurroundingsError("tls_failed", host=host, reason=system.strerror if system else "TLS")
    reason = getattr(tls, "verify_message", "") or getattr(tls, "reason", "") or "TLS"
    if "Missing Authority Key Identifier" in str(reason):
        return SurroundingsError("tls_no_key_identifier", host=host)
    return SurroundingsError("tls_failed", host=host, reason=reason)


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it wraps and what it was raised from, outermost first."""
    found: list[BaseException] = []
    queue: list[BaseException] = [error]
    while queue:
        current = queue.pop(0)
        if current in found:
            continue
        found.append(current)
        linked = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        queue += [item for item in linked if isinstance(item, BaseException)]
    return found
