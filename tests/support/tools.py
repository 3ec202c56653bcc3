"""Real tools in tests: present, or the test fails in CI and is skipped, visibly, elsewhere."""

import os
import shutil
import subprocess

import pytest


def need(*names: str) -> None:
    """Skip the test when a tool is missing; in CI a missing tool is a failure."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI must install: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def run_tool(*command: str, cwd=None, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a stock tool; nothing is raised for its exit code."""
    return subprocess.run(command, cwd=cwd, input=data, capture_output=True, check=False, timeout=60)
