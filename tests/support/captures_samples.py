"""The documented answers, and media small enough to read in a failure message."""

import base64
import itertools
import json
from collections.abc import Iterable
from typing import Any

FLOW_ID = "yDwFmUUckpstqfvzUE1h3jo1f3cqjkGm"
SIGN_ID = "yDCNOUUckpv3ecwcUECtq4n1jXPLxLq7"
ORDER_NO = "1617091885609174325769165852"

# ess.md 2.3: the page's sample, 41 characters that no base64 can have.
SAMPLE_41 = "AAAAHGZ0eXBpc281AAAAAWlzb21pc281aGxzZgAAB"
SAMPLE_41_BYTES = bytes.fromhex("0000001c6674797069736f350000000169736f6d69736f35686c73660000")

ESS_SAMPLE: dict[str, Any] = {
    "Response": {
        "IntentionQuestionResult": {"AsrResult": ["同意"], "ResultCode": ["0"], "Video": SAMPLE_41},
        "RequestId": "s1709628366717791449",
        "VideoData": {"LiveNessVideo": SAMPLE_41},
    }
}
# kyc.md 5.1, the typographic quotation marks of the page repaired.
KYC_SAMPLE = (
    '{"code":"0","msg":"请求成功","bizSeqNo":"22032920001184453211174015790894","result":{"orderNo":'
    '"1617091885609174325769165852","liveRate":"99","similarity":"88.01","occurredTime":"20220329104717",'
    '"appId":"IDAXXXXX","photo":"******","video":"******","bizSeqNo":"22032920001184453211174015790894",'
    '"sdkVersion":"1.12.12","trtcFlag":"Y"},"transactionTime":"20220329111740"}'
)

MP4 = b"\x00\x00\x00\x1cftypiso5\x00\x00\x00\x01isomiso5hlsf" + bytes(range(256)) * 3
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(100))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(90)


def b64(data: bytes) -> str:
    """Plain base64 text."""
    return base64.b64encode(data).decode("ascii")


def big_mp4(size: int = 300_000) -> bytes:
    """Bytes that begin like a video and are too long for a skeleton."""
    return MP4[:28] + bytes((7 * i) % 251 for i in range(size))


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """`data` in pieces, cut at these places; some pieces may be empty."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def json_bytes(document: object) -> bytes:
    """An answer's bytes, without blanks, not escaped."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ess_answer(**members: object) -> dict[str, Any]:
    """An e-sign answer with these members of `Response`."""
    return {"Response": {"RequestId": "s1709628366717791449", **members}}


def ess_refusal(code: str, message: str = "操作失败。") -> dict[str, Any]:
    """An e-sign error."""
    return ess_answer(Error={"Code": code, "Message": message})


def kyc_answer(code: object = "0", /, **result: object) -> dict[str, Any]:
    """A KYC answer with these members of `result`."""
    return {"code": code, "msg": "请求成功", "bizSeqNo": "biz1", "result": {"orderNo": ORDER_NO, **result}}


def at_pointer(document: Any, pointer: str) -> Any:
    """Follow a JSON pointer (RFC 6901), written independently of the program."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document
