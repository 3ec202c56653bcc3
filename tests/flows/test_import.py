"""From a file to evidence: imported, sealed, verified, reviewed, its README followed; and killed at any moment."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.query import Query
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.review import open_capture, open_evidence, raw_answers, read_media
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.files import read_limited
from facevid_gui.house import House
from facevid_gui.resources import resource
from facevid_gui.simulator.server import Simulator
from tests.simulator.test_official_client import ONE, OPERATOR, Peer
from tests.support.captures_samples import MP4, b64, big_mp4, ess_answer, json_bytes, kyc_answer
from tests.support.evidence_places import unlock_folders
from tests.support.evidence_stock import readme_steps
from tests.support.places import look_up_flow, make_house
from tests.support.tools import need

ESS = ess_answer(
    VideoData={"LiveNessVideo": b64(big_mp4())},
    IntentionQuestionResult={"Video": b64(MP4), "AsrResult": ["同意"], "ResultCode": ["0"]},
)
BARE = json.dumps(ESS["Response"], indent=4, ensure_ascii=False)
FILES = {
    "ess": ("ess", json_bytes(ESS)),
    "mark": ("essbasic", b"\xef\xbb\xbf" + json_bytes(ESS)),
    "bare": ("ess", BARE.replace("\n", "\r\n").encode()),
    "powershell": ("ess", BARE.encode("utf-16")),
    "big_end": ("essbasic", b"\xfe\xff" + BARE.encode("utf-16-be")),
    "gzip": ("ess", gzip.compress(BARE.encode(), mtime=0)),
    "gzip_utf16": ("ess", gzip.compress(BARE.encode("utf-16"), mtime=0)),
    "kyc": ("kyc", json_bytes(kyc_answer("0", video=b64(big_mp4()), photo=b64(b"\xff\xd8\xff\xe0" + bytes(99))))),
    "no_media": ("kyc", json_bytes({"code": "66660011", "msg": "无此查询结果"})),
}
SCRIPT = Path(__file__).with_name("kill_points.py")
MOMENTS = int(os.environ.get("FACEVID_KILL_MOMENTS", "24"))


@pytest.fixture(params=list(FILES))
def sealed(request: pytest.FixtureRequest, house: House, tmp_path: Path) -> Iterator[tuple[House, Path, bytes]]:
    """A folder sealed from an imported file, and the file's bytes."""
    kind, data = FILES[request.param]
    source = tmp_path / "answer"
    source.write_bytes(data)
    imported = house.importer.import_file(source, Query(kind), CancelToken())
    source.unlink()
    entry = house.captures.open(str(imported.capture))
    before = open_capture(entry)
    assert before.record == imported.record
    request_ = SealRequest("2026-0311", "disputed signature", house.operator, house.evidence_root(None))
    folder = house.sealer.seal(entry, request_, house.keys.open()).folder
    yield house, folder, data
    unlock_folders(tmp_path)


def test_it_verifies_but_is_never_called_official(sealed: tuple[House, Path, bytes]) -> None:
    house, folder, data = sealed
    verdict = verify_folder(folder, house.trust())
    assert (verdict.verdict, verdict.source) == (Verdict.VERIFIED_UNSTAMPED, "custom")
    assert (folder / "data/exchanges/01/response-body.bin").read_bytes() == data
    record = json.loads((folder / "data/capture.json").read_bytes())
    assert (record["witnessed"], record["provider"]["source"]) == (False, "custom")


def test_it_is_reviewed_through_the_same_door(sealed: tuple[House, Path, bytes]) -> None:
    house, folder, data = sealed
    reviewed = open_evidence(folder, house.trust())
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.VERIFIED_UNSTAMPED
    assert (reviewed.capture.witnessed, reviewed.record.source) == (False, "custom")
    items = (*reviewed.record.clips, *reviewed.record.photos)
    assert len(items) == len(reviewed.capture.derived)
    for item in items:
        assert hashlib.sha256(read_media(reviewed, item)).hexdigest() == item.sha256
    text = "\n".join(row.text for row in raw_answers(reviewed).rows)
    assert "s1709628366717791449" in text or reviewed.record.kind == "kyc"
    assert ("同意" in text) is any(question.transcript == "同意" for question in reviewed.record.questions)
    assert data


def test_its_readme_says_so_first_and_its_commands_derive_the_media(sealed: tuple[House, Path, bytes]) -> None:
    need("bash", "sha256sum", "jq", "gunzip", "iconv", "base64")
    _, folder, _ = sealed
    readme = (folder / bag.README).read_text("utf-8")
    note = resource("evidence/imported.txt").read_text("utf-8")
    assert 0 < readme.index(note) < readme.index("=====")
    for language in LANGUAGES:
        assert Messages(language).text("source.official") not in readme
    manifest = bag.read_manifest(read_limited(folder / bag.MANIFEST, bag.MAX_LIST_BYTES))
    media = sorted(digest for path, digest in manifest.items() if path.startswith("data/media/"))
    command = ["bash", "-c", readme_steps(folder)[7]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert sorted(line.split()[0] for line in done.stdout.splitlines()) == media, done.stderr


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")
def test_what_the_official_client_prints_is_the_record_that_was_looked_up(
    house: House, simulator: Simulator, tmp_path: Path
) -> None:
    answer = Peer(simulator).ess("DescribeSignFaceVideo", {**OPERATOR, **ONE})
    path = tmp_path / "printed.json"
    path.write_text(answer.to_json_string(), "utf-8")
    imported = house.importer.import_file(path, Query("ess", ONE["FlowId"], ONE["SignId"]), CancelToken()).record
    looked_up = look_up_flow(house, simulator, ONE["FlowId"], ONE["SignId"]).record
    assert looked_up is not None
    assert [clip.sha256 for clip in imported.clips] == [clip.sha256 for clip in looked_up.clips]
    assert len(imported.clips) == 4
    assert (imported.questions, imported.flow_id) == (looked_up.questions, looked_up.flow_id)
    assert (imported.source, looked_up.source) == ("custom", "simulator")


def test_what_was_witnessed_has_no_such_note() -> None:
    from facevid_gui.evidence.readme import readme_bytes
    from tests.support.captures_exchanges import draft

    text = readme_bytes(draft(), "2026-11-21T02:29:00Z").decode("utf-8")
    assert "{origin}" not in text
    assert resource("evidence/imported.txt").read_text("utf-8").splitlines()[1] not in text


def run_killed(root: Path, file: Path, points: list[int]) -> None:
    """Import in a process for each point that is killed there."""
    for point in points:
        make_house(root / f"home-{point:04d}").paths  # noqa: B018 - makes the folders
    order = {"arguments": ["import", str(file), "--kind", "ess"], "stdin": "", "points": points}
    subprocess.run([sys.executable, str(SCRIPT), str(root)], input=json.dumps(order).encode(), check=True, timeout=300)


def state_after(root: Path, point: int, data: bytes) -> str:
    """What the next start makes of what a kill left behind."""
    house = make_house(root / f"home-{point:04d}")
    house.recover()
    entries = house.captures.entries()
    assert len(entries) <= 1
    for entry in entries:
        if entry.state == "complete":
            reviewed = open_capture(entry)
            assert (reviewed.record.outcome.ok, reviewed.record.source) == (True, "custom")
            assert (entry.path / "exchanges/01/response-body.bin").read_bytes() == data
        house.captures.discard(entry)
    assert [path for path in house.captures.root.iterdir() if path.is_dir()] == []
    return entries[0].state if entries else "nothing"


@pytest.mark.slow
def test_killed_at_many_moments_the_file_is_untouched_and_a_capture_is_whole_or_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    data = json_bytes(ess_answer(VideoData={"LiveNessVideo": b64(big_mp4(3_000_000))}))
    file.write_bytes(data)
    run_killed(tmp_path, file, [0])
    events, code = map(int, (tmp_path / "home-0000.events").read_text().split())
    assert code == 0
    moments = min(MOMENTS, events)
    assert moments >= 20
    points = sorted({1 + index * (events - 1) // (moments - 1) for index in range(moments)})
    run_killed(tmp_path, file, points)
    states = {state_after(tmp_path, point, data) for point in points}
    assert states >= {"interrupted", "complete"}
    assert file.read_bytes() == data
