"""The signing key as the console opens it: the passphrase comes from standard input or is asked for (floor 4)."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.key_protection import check_new_passphrase

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.evidence.key_file import SigningKey
    from facevid_gui.evidence.signing_key import LateSigner


def open_key(context: Context) -> SigningKey:
    """Unlock the key that signs; at a terminal its passphrase is asked for where no keyring keeps it."""
    return context.house.keys.open(passphrase(context))


def late_signer(context: Context) -> LateSigner:
    """Unlock it only when something is to be signed."""
    from facevid_gui.evidence.signing_key import LateSigner

    return LateSigner(lambda: open_key(context))


def passphrase(context: Context, *, protects_new: bool | None = None) -> Secret | None:
    """The passphrase of the key: a line of standard input with `--key-passphrase-stdin`, else typed where needed.

    A new key's passphrase has a least length, and is typed twice: nobody could open a key made with a slip of the
    finger. A line that comes through a pipe is nobody's typing. None where the keyring has it, or nobody is there to be
    asked.
    """
    given = context.arguments.key_passphrase_stdin
    if protects_new is None:
        protects_new = not context.house.keys.is_made
    if not sys.stdin.isatty():
        return _checked(context.passphrase_from_stdin(), protects_new, context) if given else None
    protection = context.house.key_protection
    if protection == "keyring" and not given:
        return None
    return _checked(ask(context, "secret.key_passphrase", twice=protects_new), protects_new, context)


def _checked(secret: Secret, protects_new: bool, context: Context) -> Secret:
    """Refuse what is too short before anything else is done: a look-up should not end in "no key"."""
    if protects_new:
        check_new_passphrase(secret)
    return learn(context, secret)


def ask(context: Context, label: str, *, twice: bool = False) -> Secret:
    """Ask for a passphrase at the terminal. `UsageError` passphrase_empty, passphrases_differ."""
    typed = getpass.getpass(f"{context.messages.text(label)}: ")
    if not typed:
        raise UsageError("passphrase_empty")
    if twice and getpass.getpass(f"{context.messages.text('secret.key_passphrase_again')}: ") != typed:
        raise UsageError("passphrases_differ")
    return learn(context, Secret(typed))


def learn(context: Context, secret: Secret) -> Secret:
    """Make sure it never reaches the log."""
    context.house.learn(secret)
    return secret
