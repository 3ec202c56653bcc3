"""The README's quick start, run exactly as it stands, with a real keyring in a D-Bus session."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools import need

ROOT = Path(__file__).parent.parent.parent
UNLOCK = 'echo -n "test keyring" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec bash "$@"'


def readme_blocks(marker: str) -> list[str]:
    """The fenced bash blocks of the README that follow `marker`."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(r"```bash\n(.*?)```", text[text.index(marker) :], re.DOTALL)


@pytest.mark.slow
def test_the_quick_start_and_the_stock_commands_work_as_a_newcomer_types_them(tmp_path: Path) -> None:
    need("dbus-run-session", "gnome-keyring-daemon", "jq", "openssl", "sha256sum", "bash")
    quick_start, stock = readme_blocks("<!-- quick start")[:2]
    checkout = tmp_path / "checkout"
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "activate").write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    script = tmp_path / "newcomer.sh"
    # The README names fixed ports; a test must not depend on them being free.
    port = free_ports()
    lines = quick_start.replace("8700", str(port)).replace("8702", str(port + 2))
    script.write_text(f"set -eo pipefail\ntrap 'kill $(jobs -p)' EXIT\ncd \"{checkout}\"\n{lines}\n{stock}\n")
    home = tmp_path / "home"
    home.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(home)}
    if "LD_LIBRARY_PATH" in os.environ:
        environ["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", UNLOCK, "bash", str(script)],
        env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VERIFIED, not stamped") == 2
    assert "\nOK\n" in done.stdout
    assert "CAdES Verification successful" in done.stderr
    assert "simulator-kyc-secret" not in "".join(
        path.read_text("utf-8", "replace")
        for path in (checkout / "trial").rglob("*")
        if path.is_file() and path.name != "simulator.json"
    )


def free_ports() -> int:
    """The first of three ports in a row that are free now."""
    import socket

    for port in range(18700, 19700, 3):
        sockets = [socket.socket() for _ in range(3)]
        try:
            for offset, sock in enumerate(sockets):
                sock.bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
        finally:
            for sock in sockets:
                sock.close()
    raise RuntimeError("no three free ports in a row")
