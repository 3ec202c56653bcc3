"""From the last byte received to the first frame on the screen, beside its unavoidable parts. Asserts nothing.

    python -m tests.benchmarks.first_frame [--rounds N]

Ours: the real window, off-screen, asking the service of `tests.benchmarks.lookup_memory` (60 MB, 12 clips, another
process); from the moment the answer's last byte was there until the canvas painted an exact frame. Between the two
everything is flushed, decoded, hashed, shown; the decoder checks the clip first. Unavoidable, in this process: the
answer flushed, its base64 decoded, the media written and flushed, the shown clip opened by PyAV and its first frame
made a picture. In turn within each round; medians.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import io

import av
import pybase64
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage

from facevid_gui.captures.sink import FileSink
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.simulator.records import USER_ID
from tests.benchmarks.lookup_memory import FLOW, SIGN, service
from tests.benchmarks.results import Result, tell
from tests.support.places import ESS_SECRETS
from tests.support.qt import run_alone
from tests.support.window_driver import Driver
from tests.support.window_scenarios import know, make_desktop, make_home


class Stopwatch(QObject):
    """When the last answer was whole, and when the canvas next painted a picture."""

    def __init__(self, driver: Driver) -> None:
        super().__init__()
        self.received = self.painted = 0.0
        self._canvas = driver.find("video_canvas")
        self._canvas.installEventFilter(self)
        receive = FileSink.received

        def noting(sink: FileSink, piece: bytes) -> None:
            receive(sink, piece)
            self.received = time.perf_counter()

        FileSink.received = noting  # type: ignore[method-assign]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        has_picture = event.type() == QEvent.Type.Paint and self._canvas.image is not None  # type: ignore[attr-defined]
        if has_picture and self.received and not self.painted:
            self.painted = time.perf_counter()
        return False

    def look_up(self, driver: Driver) -> float:
        """Milliseconds of one look-up."""
        driver.desktop.controller.open_capture("")  # nothing: an error page without pictures
        driver.until(lambda: driver.session.page.kind != "record" and not driver.session.is_busy)
        self.received = self.painted = 0.0
        driver.look_up(f"SignId={SIGN}&FlowId={FLOW}")
        driver.until(lambda: self.painted)
        driver.first_frame()
        return (self.painted - self.received) * 1000


def unavoidable(capture: Path, scratch: Path) -> dict[str, float]:
    """Milliseconds of each part that nobody can leave out."""
    record = json.loads((capture / "capture.json").read_text("utf-8"))
    body = max(path.stat().st_size for path in (capture / "exchanges").glob("*/response-body.bin"))
    media = {item["path"]: (capture / item["path"]).read_bytes() for item in record["derived"]}
    texts = [pybase64.b64encode(content) for content in media.values()]
    assert sum(map(len, texts)) <= body
    spent = {}
    with (scratch / "body").open("wb") as file:
        file.writelines(texts)  # while it is received
        file.flush()
        began = time.perf_counter()
        os.fsync(file.fileno())
    spent["flush the answer"] = time.perf_counter() - began
    began = time.perf_counter()
    for text in texts:
        pybase64.b64decode(text)
    spent["decode base64"] = time.perf_counter() - began
    began = time.perf_counter()
    for number, content in enumerate(media.values()):
        with (scratch / str(number)).open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    spent["flush media"] = time.perf_counter() - began
    first = media[record["derived"][0]["path"]]
    began = time.perf_counter()
    with av.open(io.BytesIO(first)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
        line = frame.planes[0].line_size
        QImage(bytes(frame.planes[0]), frame.width, frame.height, line, QImage.Format.Format_RGB888).copy()
    spent["open, one frame"] = time.perf_counter() - began
    return {name: seconds * 1000 for name, seconds in spent.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    ours: list[float] = []
    parts: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="facevid-benchmark-") as folder, service() as host:
        house = make_home(Path(folder, "home"), keyring=True)
        ess = make_profile("contracts", "ess", {"endpoint": f"http://{host}", "user_id": USER_ID})
        know(house, ess, ESS_SECRETS)
        driver = make_desktop(house)
        driver.start()
        watch = Stopwatch(driver)
        for number in range(arguments.rounds + 1):
            spent = watch.look_up(driver)
            reviewed = driver.session.page.reviewed
            assert reviewed is not None
            found = unavoidable(reviewed.folder, Path(folder))
            if number:  # the first round warms up
                ours.append(spent)
                for name, value in found.items():
                    parts.setdefault(name, []).append(value)
        driver.close()
    least = {name: statistics.median(values) for name, values in parts.items()}
    total, mine = sum(least.values()), statistics.median(ours)
    for name, value in least.items():
        print(f"    {name:<34} {value:8.1f} ms")
    print(f"    {'unavoidable':<34} {total:8.1f} ms")
    print(f"    {'ours, last byte to painted frame':<34} {mine:8.1f} ms {mine / total:6.2f} x  (target 1.5 x)")
    tell(Result("first frame: last byte to painted frame, 60 MB", mine, "ms", "its unavoidable parts", total, 1.5))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    run_alone(main)
