"""Writes the valid seeds of the corpora anew: `python -m tests.fuzz.seeds`. Needs `openssl`; findings stay as they are.

Everything is synthetic: demo answers, certificates and keys made here and used for nothing else.
"""

import gzip
import hashlib
import io
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path

from PIL import Image

from facevid_gui.core.capture import CopiedValue, Derived, retention_rule
from facevid_gui.core.clip import AudioFacts, ClipFacts, VideoFacts
from facevid_gui.core.exchange import TlsFacts
from facevid_gui.core.ids import folder_name
from facevid_gui.evidence import bag
from facevid_gui.evidence.chainlog import NO_PREVIOUS, compact_line
from facevid_gui.evidence.cms import sign_detached
from facevid_gui.evidence.key_file import SigningKey
from facevid_gui.evidence.timestamp import make_request
from facevid_gui.settings import Settings
from tests.fuzz.target import CORPORA
from tests.fuzz.targets_evidence import EVIDENCE_ID, SEAL
from tests.fuzz.targets_papers import DATA, PASSPHRASE
from tests.support.captures_exchanges import draft, exchange
from tests.support.captures_samples import (
    ESS_SAMPLE,
    FLOW_ID,
    JPEG,
    KYC_SAMPLE,
    MP4,
    ORDER_NO,
    SIGN_ID,
    b64,
    big_mp4,
    ess_answer,
    ess_refusal,
    json_bytes,
    kyc_answer,
)
from tests.support.clocks import NOON
from tests.support.evidence_authority import Authority, make_pair
from tests.support.evidence_organisation import make_organisation
from tests.support.evidence_zips import Entry, make_zip
from tests.support.media_clips import make_clip

NODS = [{"Video": b64(MP4 + bytes([n]))} for n in range(3)]
RISKY = {"LivenessInfoTag": "01_03", "deviceInfoTag": "02", "nothing": ""}


def put(target: str, name: str, data: bytes) -> None:
    """Write one seed."""
    folder = CORPORA / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def answers() -> None:
    """Answers of the three services."""
    many = ess_answer(
        VideoData={"LiveNessVideo": b64(MP4)}, IntentionActionResult={"Details": NODS},
        IntentionQuestionResult={"Video": b64(MP4), "AsrResult": ["同意", None], "ResultCode": ["0", 1]},
        DeprecatedWarning="soon",
    )  # fmt: skip
    long = ess_answer(VideoData={"LiveNessVideo": b64(big_mp4(9000))})
    kyc = kyc_answer("0", video=b64(MP4), photo=b64(JPEG), liveRate=99, similarity="88.01", riskInfo=RISKY,
                     occurredTime="20220329104717", photoList=[{"photo": b64(JPEG)}, b64(JPEG)])  # fmt: skip
    for target in ("answer_ess", "answer_essbasic", "scanner"):
        put(target, "sample.json", json_bytes(ESS_SAMPLE))
        put(target, "many.json", json_bytes(many))
        put(target, "long.json", json_bytes(long))
        put(target, "refusal.json", json_bytes(ess_refusal("FailedOperation.Flow")))
    put("answer_ess", "bare.json", json_bytes(many["Response"]))
    for target in ("answer_kyc", "scanner"):
        put(target, "order.json", KYC_SAMPLE.encode())
        put(target, "risky.json", json_bytes(kyc))
        put(target, "negative.json", json_bytes(kyc_answer(" 66660004 ", liveRate="35")))
    plain = json_bytes(kyc)
    put("saved_answer", "plain.json", plain)
    put("saved_answer", "packed.gz", gzip.compress(plain, mtime=0))
    put("saved_answer", "powershell.json", KYC_SAMPLE.encode("utf-16"))
    text = b64(MP4)
    put("base64", "plain.txt", text.encode())
    put(
        "base64",
        "wrapped.txt",
        b"data:video/mp4;base64,\r\n" + b"\r\n".join(text.encode()[i : i + 76] for i in range(0, 400, 76)),
    )
    put("base64", "url_safe.txt", text.replace("+", "-").replace("/", "_").rstrip("=").encode())
    person = {
        "SignId": SIGN_ID,
        "ApproveName": "甲 Example",
        "Mobile": "13000000000",
        "ApproveStatus": 3,
        "ApproveTime": 1700000000,
    }
    other = {**person, "SignId": FLOW_ID, "ApproveName": "乙 Example", "ApproveStatus": "PENDING"}
    for kind, members in (("ess", "FlowDetailInfos"), ("essbasic", "FlowInfo")):
        flow = {"FlowId": FLOW_ID, "FlowName": "甲 Example 借款合同", "FlowStatus": 4,
                "FlowApproverInfos": [person, other],
                "CcInfos": [{"Mobile": "13000000001"}], "CreatedOn": 1700000000}  # fmt: skip
        put("flow", f"{kind}.json", json_bytes({"Response": {members: [flow], "RequestId": "r"}}))
    put("moments", "http.txt", b"Sat, 21 Nov 2026 02:29:00 GMT")
    put("moments", "kyc.txt", b"20220329104717")
    put("moments", "unix.txt", b"1700000000")


def media() -> None:
    """Clips and pictures."""
    clip = make_clip([0, 3000, 6000], key_every=3)
    put("boxes", "clip.mp4", clip)
    put("boxes", "fragments.mp4", make_clip([0, 3000, 6000], options={"movflags": "frag_keyframe+empty_moov"}))
    put("boxes", "clip.webm", make_clip([0, 3000], container="webm", encoder="libvpx-vp9"))
    picture = Image.effect_mandelbrot((24, 16), (-2, -1, 1, 1), 20).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    for target in ("photo", "report_photo"):
        for kind, options in (("JPEG", {"exif": exif}), ("PNG", {}), ("GIF", {}), ("BMP", {}), ("WEBP", {})):
            file = io.BytesIO()
            picture.save(file, kind, **options)
            put(target, f"picture.{kind.lower()}", file.getvalue())


def decoder() -> None:
    """Answers of the decoding child."""
    audio = {"codec": "aac", "sample_rate": 16000, "channels": 1}
    video = VideoFacts("h264", "High", 480, 640, 90, 25.0, "yuv420p", 3, True, "4:3", "h264", "libavcodec 61")
    facts = ClipFacts(
        "mov,mp4", "isom", 0, 120_000, 2, video, AudioFacts(**audio), (0, 40_000, 80_000), (0, 2), 120_000
    )
    put("decoder_answer", "facts.json", json_bytes({**asdict(facts), "created": "2026", "encoder": "x"}))
    planes = {"sha256": SEAL, "format": "yuv420p", "width": 2, "height": 2, "matrix": 1, "full_range": False}
    frame = {"frame": 1, "pts_us": 40_000, "width": 2, "height": 2, "stride": 8, "rotation": 0, "damaged": False}
    put("decoder_answer", "frame.json", json_bytes({**frame, "mirrored": True, "planes": planes}))
    stream = {"kind": "video", "codec": "prores", "width": 8, "height": 8}
    seen = {"container": "mov", "brands": "qt", "created": "", "encoder": "", "duration_us": 5, "seen": [stream]}
    put("decoder_answer", "seen.json", json_bytes({**seen, "audio": audio, "types": "IPB?p-"}))


def papers(folder: Path) -> None:
    """Signatures, stamps, certificates, keys."""
    signer_pair, authority = make_pair("Fuzz Signer"), Authority(folder / "authority", "Fuzz Authority")
    organisation = make_organisation(folder / "organisation", "Fuzz Organisation")
    leaf = make_pair("Fuzz Leaf", make_pair("Fuzz Root"), usage="none")
    key = SigningKey(leaf.der, leaf.key)
    pem = sign_detached(DATA, key, NOON)
    put("cms", "p256.pem", pem)
    put("cms", "self_signed.pem", sign_detached(DATA, SigningKey(signer_pair.der, signer_pair.key), NOON))
    put("cms", "root.der", authority.root_der)
    request = make_request(DATA)
    put("timestamp", "root.der", authority.root_der)
    put("timestamp", "openssl.tsr", authority.respond_with_openssl(request.der))
    put("timestamp", "ours.tsr", authority.respond(request.der))
    put("certificates", "signer.pem", signer_pair.pem)
    put("certificates", "authority.pem", authority.leaf.pem)
    put("certificates", "two.pem", authority.leaf.pem + authority.root.pem)
    for kind in ("p256", "rsa"):
        path = organisation.issue(f"fuzz-{kind}", kind)
        from tests.support.evidence_organisation import PASSPHRASE as GIVEN
        from tests.support.tools import run_tool

        pems = folder / f"{kind}.pem"
        run_tool("openssl", "pkcs12", "-in", str(path), "-passin", f"pass:{GIVEN}", "-nodes", "-out", str(pems))
        anew = folder / f"{kind}.p12"
        run_tool("openssl", "pkcs12", "-export", "-in", str(pems), "-passout", f"pass:{PASSPHRASE}", "-iter", "100",
                 "-out", str(anew))  # fmt: skip
        put("pkcs12", f"{kind}.p12", anew.read_bytes())


def evidence() -> None:
    """Records, lists, events, notes, packages."""
    facts = {"server_date": NOON, "clock_offset_s": -1.5, "duration_s": 0.25, "ip": "192.0.2.1", "sha256": SEAL,
             "size_bytes": 3,
             "tls": TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", (SEAL,)), "removed": ("Cookie",)}  # fmt: skip
    derived = Derived("media/video.mp4", "liveness", 1, "exchanges/01/response-body.bin", "/result/video",
                      ("json", "base64"), SEAL, 3, "video/mp4", ("padding_added",), "damaged_base64")  # fmt: skip
    copied = CopiedValue("liveRate", "99", "exchanges/01/response-body.bin", "/result/liveRate")
    record = draft("kyc", exchanges=(exchange("kyc", **facts), exchange("kyc", role="poll")), derived=(derived,),
                   result=(copied,), retention=retention_rule(NOON, 365), case_ref="案 1", purpose="p", sealed_at=NOON,
                   draft_sha256=SEAL)  # fmt: skip
    raw = record.to_bytes()
    put("capture_record", "kyc.json", raw)
    put("capture_record", "ess.json", draft("ess").to_bytes())
    hashes_of = {"data/capture.json": hashlib.sha256(raw).hexdigest(), "data/media/video.mp4": SEAL}
    put("bag_lists", "manifest.txt", bag.write_list(hashes_of))
    put("bag_lists", "tags.txt", bag.write_list(dict.fromkeys(bag.TAGGED, SEAL)))
    put("bag_lists", "info.txt", bag.BagInfo(EVIDENCE_ID, "2026-11-21", "f/0", "facevid-evidence/1", 3, 2).to_bytes())
    event = {"schema": "facevid-custody/1", "seq": 1, "event": "sealed", "at": "2026-11-21T02:29:00Z", "operator": "t",
             "detail": {"seal_sha256": SEAL}, "prev_sha256": SEAL}  # fmt: skip
    put("custody", "sealed.json", compact_line(event))
    stamped = {**event, "seq": 2, "event": "stamped", "detail": {"tsr": "signatures/x.tsr", "tsr_sha256": SEAL},
               "prev_sha256": hashlib.sha256(b"{}").hexdigest()}  # fmt: skip
    put("custody", "stamped.json", compact_line(stamped))
    about = {"seq": 1, "at": "2026-11-21T02:29:00Z", "operator": "t", "evidence_id": EVIDENCE_ID, "seal_sha256": SEAL,
             "prev_sha256": SEAL}  # fmt: skip
    note = {"schema": "facevid-note/1", **about, "kind": "marker", "text": "blinks", "clip": "media/video.mp4",
            "frame": 3,
            "pts_us": 100, "about": {"seq": 1, "sha256": SEAL}}  # fmt: skip
    put("notes", "marker.json", compact_line(note))
    snapshot = {"schema": "facevid-snapshot/1", **about, "frame": 1, "pts_us": 1, "picture": {"sha256": SEAL},
                "clip": {"path": "media/video.mp4", "role": "liveness", "index": 1, "sha256": SEAL}}  # fmt: skip
    put("notes", "snapshot.json", compact_line(snapshot))
    name = folder_name("kyc", EVIDENCE_ID, NOON)
    files = {f"{name}/bagit.txt": bag.BAGIT_BYTES, f"{name}/data/capture.json": raw,
             f"{name}.work/notes/000001.json": b"{}",
             "index.html": b"<html>"}  # fmt: skip
    for method in (0, 8):
        put("package", f"method_{method}.zip", make_zip([Entry(path, data, method) for path, data in files.items()]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    put("package", "python.zip", file.getvalue())
    put("sealed_folder", "draw.bin", b"0")


def own_files() -> None:
    """Settings, logs, lists, what is pasted."""
    settings = {"schema": "facevid-settings/1", **vars(Settings(known_roots=("a",), ask_purpose=("report",)))}
    put("settings", "settings.json", json_bytes({**settings, "profiles": {"work": {"kind": "ess", "user_id": "u"}}}))
    put(
        "settings",
        "window.json",
        json_bytes({"width": 900, "height": 700, "panes": [1, 2, 3], "rate": 1.5, "muted": True}),
    )
    put("settings", "running.json", json_bytes({"pid": 1, "server": "s", "open": "x"}))
    facts = {"kind": "kyc", "state": "sealed", "evidence_id": EVIDENCE_ID, "flow_id": None, "person": "甲", "media": 2,
             "captured_at": "2026-11-21T02:29:00Z", "sealed_at": None, "occurred_at": None,
             "review_by": None}  # fmt: skip
    put("settings", "facts.json", json_bytes(facts))
    query = {"text": "x", "kinds": ["kyc"], "since": "2026-01-01", "section": "sealed"}
    put("saved_filters", "filters.json", json_bytes({"filters": [{"name": "n", "filter": "f", "query": query}]}))
    put("home_id", "home.json", json_bytes({"schema": "facevid-home/1", "home_id": "0123456789abcdef"}))
    for target, schema in (("logs", "facevid-register/1"), ("log_append", "facevid-access/1")):
        put(target, "log.jsonl", log_of(schema))
    put("logs", "heads.txt", f"facevid-register/1 2 2026-11-21T02:29:00Z {SEAL}\n".encode())
    rescue = [{"event": "asked", "caller": "c"}, {"event": "signers", "signers": [{"sign_id": SIGN_ID,
              "approved_at": None}]},
              {"event": "received", "evidence_id": EVIDENCE_ID, "folder": "f"},
              {"event": "ended", "outcome": "found", "code": "found", "exit_code": 0}]  # fmt: skip
    put(
        "logs",
        "rescue.jsonl",
        b"".join(compact_line({**event, "flow_id": FLOW_ID, "at": "2026-11-21T02:29:00Z"}) for event in rescue),
    )
    table = (
        f"FlowId,SignId,订单号,case,purpose,签署时间\n{FLOW_ID},{SIGN_ID},,案 1,p,2026-11-21 10:29\n,,{ORDER_NO},-,,\n"
    )
    put("rescue_list", "table.csv", table.encode())
    put("rescue_list", "excel.csv", table.replace(",", ";").encode("gb18030"))
    put("rescue_list", "unicode.csv", table.replace(",", "\t").encode("utf-16"))
    put("rescue_list", "ids.txt", f"# list\n{FLOW_ID}\n{ORDER_NO}\n".encode())
    put("pasted_ids", "flow.txt", FLOW_ID.encode())
    put("pasted_ids", "link.txt", f"https://x.example/?flowId={FLOW_ID}&signId={SIGN_ID}".encode())
    put("pasted_ids", "order.txt", f"订单号:{ORDER_NO}".encode())


def log_of(schema: str) -> bytes:
    """Three chained lines."""
    previous, lines = NO_PREVIOUS, []
    for seq, event in enumerate(("sealed", "pending", "custody"), 1):
        lines.append(compact_line({
            "schema": schema, "seq": seq, "at": "2026-11-21T02:29:00Z", "event": event, "evidence_id": EVIDENCE_ID,
            "subject": EVIDENCE_ID, "operator": "t", "seal_sha256": SEAL, "custody_head": SEAL, "signer_sha256": SEAL,
            "stamp_time": None, "detail": {"head": SEAL, "reason": "r"}, "access_head": SEAL, "prev_sha256": previous,
        }))  # fmt: skip
        previous = hashlib.sha256(lines[-1]).hexdigest()
    return b"".join(lines)


def main() -> None:
    """Write all of them."""
    answers()
    media()
    decoder()
    evidence()
    own_files()
    with tempfile.TemporaryDirectory() as folder:
        papers(Path(folder))


if __name__ == "__main__":
    main()
