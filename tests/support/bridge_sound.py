"""A sound device for tests: PulseAudio's null sink, in a daemon of its own that ends with the block."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.tools import need

PATIENCE_S = 10


@contextmanager
def null_sink() -> Iterator[dict[str, str]]:
    """Run the daemon; yields the environment by which programs find it. Skips the test where it is not installed.

    It must not see the user's own daemon or configuration, and says no more than errors; as root it only warns.
    """
    need("pulseaudio", "pactl")
    folder = Path(tempfile.mkdtemp(prefix="facevid-sound-"))  # 0700, as it demands; and a short name, for the socket
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_CONFIG_HOME": str(folder)}
    server = {"PULSE_SERVER": f"unix:{folder}/native"}
    command = [
        "pulseaudio", "--daemonize=no", "--system=false", "--use-pid-file=no", "--exit-idle-time=-1",
        "--log-level=error", "-n", "--load=module-null-sink sink_name=null",
        f"--load=module-native-protocol-unix socket={folder}/native auth-anonymous=1",
    ]  # fmt: skip
    daemon = subprocess.Popen(
        command, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_it_answers(daemon, {**os.environ, **own, **server})
        yield {**own, **server}
    finally:
        daemon.terminate()
        daemon.communicate(timeout=PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(daemon: subprocess.Popen[bytes], environ: dict[str, str]) -> None:
    """Ask again and again; a question that finds no daemon takes a few milliseconds."""
    for _ in range(2000):
        asked = subprocess.run(["pactl", "list", "short", "sinks"], env=environ, capture_output=True, check=False,
                               timeout=PATIENCE_S)  # fmt: skip
        if b"module-null-sink" in asked.stdout:
            return
        assert daemon.poll() is None, daemon.stderr.read().decode() if daemon.stderr else ""
    raise AssertionError("the sound daemon does not answer")
