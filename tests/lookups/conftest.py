"""Every look-up test can spoil answers one by one."""

import pytest

from tests.support.net_lookups import Post


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """The simulator's outgoing post."""
    return Post(monkeypatch)
