"""`facevid simulator`: the local service, until it is stopped (floor 4)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from facevid_gui.core.errors import CancelledError

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

MAX_PORT = 65533


def run(context: Context) -> int:
    """Serve until interrupted; the first line on standard output describes the service."""
    from facevid_gui.core.errors import UsageError
    from facevid_gui.simulator.server import Simulator

    port = context.arguments.port
    if not 0 <= port <= MAX_PORT:
        raise UsageError("option_value", option="--port", value=port)
    with Simulator(port, context.arguments.faults) as simulator:
        print(json.dumps(simulator.describe(), ensure_ascii=False), file=sys.stdout, flush=True)  # noqa: T201
        context.output.note("simulator.running")
        while True:
            try:
                context.token.wait(3600)
            except CancelledError:
                return 0
