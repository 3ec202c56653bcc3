"""The signature vectors of `tests/providers/vectors.json`: published by Tencent, made by its client, or computed."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from facevid_gui.providers.tc3 import Tc3Request

PATH = Path(__file__).parent.parent / "providers" / "vectors.json"


@lru_cache(maxsize=1)
def vectors() -> dict[str, Any]:
    """The whole file."""
    return json.loads(PATH.read_text("utf-8"))


def tc3_vector(name: str) -> dict[str, Any]:
    """One TC3 vector by its id."""
    return next(vector for vector in vectors()["tc3"] if vector["id"] == name)


def tc3_request(vector: dict[str, Any]) -> Tc3Request:
    """What the vector signs."""
    signed = vector["signed_headers"].split(";")
    headers = {name: value for name, value in vector["sent_headers"].items() if name.lower() in signed}
    return Tc3Request(vector["method"], vector["query"], headers, vector["hashed_payload"])
