"""Which program, on which machine, made this (floor 1). Facts for the capture record and `doctor`."""

from __future__ import annotations

from facevid_gui import __version__


def program_facts() -> dict[str, str]:
    """Name, version, system, host, Python and TLS library of this run."""
    import platform  # here and below: the window starts without them
    import ssl

    return {
        "name": "facevid_gui",
        "version": __version__,
        "os": platform.platform(),
        "host": platform.node(),
        "python": platform.python_version(),
        "tls_library": ssl.OPENSSL_VERSION,
    }


def account_name() -> str:
    """The name of the account the program runs under; empty when the system does not say."""
    import getpass

    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
    return name.encode("utf-8", "replace").decode("utf-8")  # a variable may hold bytes that are no text
