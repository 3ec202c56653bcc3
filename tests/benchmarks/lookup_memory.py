"""Time and peak memory of one look-up with 12 clips in a 60 MB answer, beside Tencent's own client.

Run: `python -m tests.benchmarks.lookup_memory [ROUNDS]`. Prints a table; asserts nothing. Whole processes,
interleaved, medians. "facevid" fetches, hashes, keeps, decodes and flushes; "client + json" is the official
client doing the call and nothing else; "client, decoded" also decodes the base64, as any user of it must.
"""

import os
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facevid_gui.simulator import records
from facevid_gui.simulator.records import SimFlow, SimSigner
from facevid_gui.simulator.server import Simulator
from tests.benchmarks.results import Result, tell
from tests.support.lines import next_line

ROOT = Path(__file__).parent.parent.parent
CLIPS = 12
CLIP_BYTES = 60_000_000 * 3 // 4 // CLIPS
FLOW = records.flow_id("Benchmark")
SIGN = records.sign_id("Benchmark")
SECRETS = f'{{"secret_id": "{records.SECRET_ID}", "secret_key": "{records.SECRET_KEY}"}}'.encode()

OURS = """
import sys
from facevid_gui.cli import main
sys.exit(main(sys.argv[1:]))
"""
CLIENT = """
import sys, json, base64
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.ess.v20201111 import ess_client, models
host, secret_id, secret_key, user, flow, sign, decode = sys.argv[1:]
profile = ClientProfile(httpProfile=HttpProfile(endpoint=host, protocol="http", reqTimeout=600))
client = ess_client.EssClient(credential.Credential(secret_id, secret_key), "", profile)
request = models.DescribeSignFaceVideoRequest()
request.from_json_string(json.dumps({"Operator": {"UserId": user}, "FlowId": flow, "SignId": sign}))
answer = client.DescribeSignFaceVideo(request)
texts = [answer.VideoData.LiveNessVideo, answer.IntentionQuestionResult.Video]
texts += [d.Video for d in answer.IntentionActionResult.Details]
assert len(texts) == 12 and all(texts)
if decode == "yes":
    clips = [base64.b64decode(text) for text in texts]
"""


def padded_clip(size_bytes: int) -> str:
    """A real demo clip, grown to a size by a `free` box of random bytes; as base64."""
    import base64

    clip = records.resource("demo/question.mp4").read_bytes()
    padding = os.urandom(size_bytes - len(clip) - 8)
    return base64.b64encode(clip + struct.pack(">I4s", len(padding) + 8, b"free") + padding).decode()


def big_flow(simulator: Simulator, count: int = CLIPS, clip_bytes: int = CLIP_BYTES) -> SimFlow:
    """One signer with so many big clips."""
    now = simulator.now()
    roles = ["liveness", "question", *(f"nod-{n:02d}" for n in range(1, CLIPS - 1))][:count]
    clips = {role: padded_clip(clip_bytes) for role in roles}
    signer = SimSigner(SIGN, "赵样本", "13200000001", "PERSON", now, clips, ("同意",), ("0",))
    return SimFlow(FLOW, "基准合同(样本)", "benchmark", now, (signer,))


def measure(command: list[str], environ: dict[str, str], data: bytes) -> tuple[float, float]:
    """Run a process; return its seconds and its peak memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main() -> None:
    """Run the rounds and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder, service() as host:
        report(run_rounds(rounds, host, Path(folder)))


@contextmanager
def service(count: int = CLIPS, clip_bytes: int = CLIP_BYTES) -> Iterator[str]:
    """The address of a service with that flow, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.lookup_memory", "--serve", str(count), str(clip_bytes)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield next_line(process).strip()
    finally:
        process.terminate()
        process.communicate(timeout=10)


def look_up_at(host: str, environ: dict[str, str]) -> list[str]:
    """Make a profile for a service; the command that looks its flow up."""
    add = ["profile", "add", "b", "--kind", "ess", "--endpoint", f"http://{host}", "--user-id", records.USER_ID]
    subprocess.run([sys.executable, "-c", OURS, *add, "--secrets-stdin"], env=environ, input=SECRETS, check=False,
                   capture_output=True)  # fmt: skip
    look_up = ["lookup", "ess", "--flow", FLOW, "--sign", SIGN, "--profile", "b", "--secrets-stdin", "--json"]
    return [sys.executable, "-c", OURS, *look_up]


def run_rounds(rounds: int, host: str, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Interleave the three contestants."""
    environ = {**os.environ, "FACEVID_HOME": str(folder), "FACEVID_LANG": "en"}
    client = [host, records.SECRET_ID, records.SECRET_KEY, records.USER_ID, FLOW, SIGN]
    commands = {
        "facevid": look_up_at(host, environ),
        "client + json": [sys.executable, "-c", CLIENT, *client, "no"],
        "client, decoded": [sys.executable, "-c", CLIENT, *client, "yes"],
    }
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(measure(command, environ, SECRETS))
    return results


def report(results: dict[str, list[tuple[float, float]]]) -> None:
    """Print medians and ratios to the official client."""
    base = [statistics.median(values) for values in zip(*results["client + json"], strict=True)]
    print(f"{'60 MB, 12 clips':18} {'seconds':>8} {'ratio':>6} {'peak MB':>8} {'ratio':>6}")
    for name, values in results.items():
        seconds, peak = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{name:18} {seconds:8.2f} {seconds / base[0]:6.2f} {peak:8.0f} {peak / base[1]:6.2f}")
        if name == "facevid":
            peer = "Tencent's client, fetching and parsing only"
            tell(Result("look-up of 60 MB, 12 clips: whole process", seconds, "s", peer, base[0], 1.0),
                 Result("look-up of 60 MB: peak memory", peak, "MB", peer, base[1], 0.5))  # fmt: skip


def serve(*size: str) -> None:
    """Be the simulator until terminated; `size` is the number of clips and the bytes of each."""
    with Simulator() as simulator:
        simulator.ess.flows = (big_flow(simulator, *map(int, size)),)
        print(simulator.base_url("ess").removeprefix("http://"), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    serve(*sys.argv[2:]) if sys.argv[1:2] == ["--serve"] else main()
