"""What happened and the next step, said as one text: never run together."""

import re

import pytest

from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.wording import failure_text, joined, window_failure

ENDED = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]\s*")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("It is full.", "It is full. Make room."), ("It is full: /srv/a", "It is full: /srv/a\nMake room."),
        ("It is full: /srv/a (I/O)", "It is full: /srv/a (I/O)\nMake room."), ("", "\nMake room."),
        ("\u6ee1\u3002", "\u6ee1\u3002Make room."),
    ],
)  # fmt: skip
def test_a_value_at_the_end_is_followed_by_a_line_of_its_own(what: str, text: str) -> None:
    assert joined(what, "Make room.") == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code", ["disk_full", "permission_denied", "disk_failed", "no_evidence", "clock", "import_empty"]
)
def test_no_failure_runs_together(language: str, code: str) -> None:
    messages, params = Messages(language), {"path": "/srv/li/evidence", "count": "2", "reason": "x"}
    what, next_step = window_failure(code, params, messages)
    text = failure_text(code, params, messages)
    assert text.startswith(what)
    assert text.endswith(next_step)
    between = text.removesuffix(next_step)
    assert between.endswith("\n") or ENDED.search(between[-2:])
