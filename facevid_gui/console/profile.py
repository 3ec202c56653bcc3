"""`facevid profile add|list|test|remove` (floor 4). Nothing secret is ever an option."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Any

from facevid_gui.console.arguments import PROFILE_OPTIONS
from facevid_gui.console.asking import outcome_error, show_outcome
from facevid_gui.console.output import error_member
from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.credentials.choice import check_secrets, read_secrets
from facevid_gui.credentials.keeping import forget_profile, keep_secrets
from facevid_gui.credentials.profiles import (
    MODE_FIELD,
    SECRET_FIELDS,
    Profile,
    make_profile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.console.context import Context
    from facevid_gui.core.secret import Secret

SCHEMA = "facevid-profile/1"


def run_add(context: Context) -> int:
    """Check everything, then keep the profile and its secrets; no network call."""
    arguments, house = context.arguments, context.house
    options: dict[str, str | bool | None] = {name: getattr(arguments, name) for name in PROFILE_OPTIONS}
    options |= {
        "endpoint": arguments.endpoint,
        "environment": arguments.environment,
        "ticket_mode": arguments.ticket_mode,
        "accept_token_risk": arguments.accept_token_risk,
    }
    if not arguments.replace and any(known.name == arguments.name for known in house.profiles.all()):
        raise UsageError("profile_exists", name=arguments.name)
    make_profile(arguments.name, arguments.kind, {**options, "ticket_mode": None, "accept_token_risk": False})
    mode, secrets = _read_secrets(context, arguments.kind, arguments.ticket_mode or "")
    if arguments.kind == "kyc":
        options["ticket_mode"] = mode
    profile = make_profile(arguments.name, arguments.kind, options)
    house.profiles.save(profile, replace=arguments.replace)
    return _keep_secrets(context, profile, secrets)


def run_list(context: Context) -> int:
    """List the profiles; their secrets are not touched."""
    profiles = context.house.profiles.all()
    if not profiles:
        context.output.say("profile.none")
    for profile in profiles:
        context.output.line(f"{profile.name}  {profile.kind}  {profile.environment}  {profile.base_url}")
    context.output.document({"schema": SCHEMA, "ok": True, "profiles": [_member(p) for p in profiles]})
    return 0


def run_remove(context: Context) -> int:
    """Forget a profile and its secrets."""
    house = context.house
    profile = forget_profile(house.profiles, house.secret_store, context.arguments.name)
    context.output.say("profile.removed", name=profile.name)
    context.output.document({"schema": SCHEMA, "ok": True, "removed": profile.name})
    return 0


def run_test(context: Context) -> int:
    """Ask something harmless that only good credentials can ask."""
    house = context.house
    profile = house.profiles.get(context.arguments.name)
    secrets = read_secrets(profile, house.secret_store, house.environ, None)
    outcome = house.connection(profile, secrets, for_this_run=False).probe(house.transport, context.token)
    if outcome.ok:
        context.output.say("profile.works", name=profile.name, host=profile.base_url)
        context.output.document({"schema": SCHEMA, "ok": True, "profile": profile.name})
        return 0
    show_outcome(context, outcome)
    error = outcome_error(outcome, context.messages)
    context.output.document({"schema": SCHEMA, "ok": False, "profile": profile.name, "error": error, "capture": None})
    return outcome.exit_code


def _read_secrets(context: Context, kind: str, mode: str) -> tuple[str, dict[str, Secret]]:
    data = context.secrets_from_stdin() if context.arguments.secrets_stdin else _ask_secrets(context, kind, mode)
    mode, secrets = check_secrets(kind, mode, data)
    context.house.learn(*secrets.values())
    return mode, secrets


def _ask_secrets(context: Context, kind: str, mode: str) -> dict[str, str]:
    if not sys.stdin.isatty():
        raise UsageError("secrets_stdin_needed")
    fields = (MODE_FIELD[mode or "pasted"],) if kind == "kyc" else SECRET_FIELDS[kind]
    found = {name: getpass.getpass(f"{context.messages.text(f'secret.{name}')}: ").strip() for name in fields}
    return {name: value for name, value in found.items() if value}


def _keep_secrets(context: Context, profile: Profile, secrets: Mapping[str, Secret]) -> int:
    output = context.output
    try:
        keep_secrets(context.house.secret_store, profile, secrets)
    except SurroundingsError as error:
        message, next_step = context.messages.error(error)
        output.note("profile.without_secrets", name=profile.name)
        output.failure(message, next_step)
        member = error_member(error.code, message, next_step)
        output.document({"schema": SCHEMA, "ok": False, "profile": _member(profile), "error": member, "capture": None})
        return error.exit_code
    if profile.ticket_mode == "direct":
        output.note("profile.token_warning")
    output.say("profile.added", name=profile.name, kind=profile.kind, host=profile.base_url)
    output.document({"schema": SCHEMA, "ok": True, "profile": _member(profile)})
    return 0


def _member(profile: Profile) -> dict[str, Any]:
    return {**vars(profile), "endpoint": profile.base_url}
