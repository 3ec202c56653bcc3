"""What a stranger types: stock commands over an evidence folder, and the commands its own README prints."""

import re
import sys
from pathlib import Path

import bagit

from facevid_gui.evidence import bag
from facevid_gui.evidence.signing_key import pem_of_certificate
from tests.support.evidence_places import Place
from tests.support.tools import need, run_tool

BAGIT = bagit.__file__
P7S = bag.SIGNATURE
TSR = f"{bag.SIGNATURE}.tsr"
LIST_CHECK = (
    "(cut -c67- manifest-sha256.txt tagmanifest-sha256.txt; echo tagmanifest-sha256.txt; ls -d signatures/* custody/*)"
    " | sort > ../expected.txt; find . ! -type d | sed 's|^\\./||' | sort | diff ../expected.txt -"
    ' && [ -z "$(find . -type l)" ]'
)
STEP = re.compile(r"([1-9])\. ")


def lay_out_trust(place: Place, folder: Path) -> None:
    """Put what must come from outside beside the folder: the enrolled certificate, the authority's root."""
    certificate = place.house.keys.certificate()
    assert certificate is not None
    (folder.parent / "enrolled-signer.pem").write_bytes(pem_of_certificate(certificate))
    (folder.parent / "tsa-root.pem").write_bytes(place.template.authority.root.pem)


def stock_commands() -> dict[str, tuple[str, ...]]:
    """The columns of the paper's section 7 as commands, each run inside the folder."""
    hash_check = ("sha256sum", "--strict", "--quiet", "-c")
    cms = ("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", P7S, "-content", bag.TAG_MANIFEST)
    return {
        "man": (*hash_check, bag.MANIFEST),
        "tag": (*hash_check, bag.TAG_MANIFEST),
        "bagit": (sys.executable, BAGIT, "--quiet", "--validate", "."),
        "any": (*cms, "-noverify"),
        "pin": (*cms, "-cades", "-CAfile", "../enrolled-signer.pem"),
        "ts": ("openssl", "ts", "-verify", "-data", P7S, "-in", TSR, "-CAfile", "../tsa-root.pem"),
        "list": ("bash", "-c", LIST_CHECK),
    }


def complaints(place: Place, folder: Path) -> set[str]:
    """Which stock commands see something wrong."""
    need("openssl", "sha256sum", "bash", "diff", "find")
    lay_out_trust(place, folder)
    return {name for name, command in stock_commands().items() if run_tool(*command, cwd=folder).returncode != 0}


def readme_steps(folder: Path) -> dict[int, str]:
    """The commands that the README in a folder prints, by step; indented prose is left out."""
    text = (folder / bag.README).read_text("utf-8")
    lines = text[text.index("命令 / Commands") :].splitlines()[2:]
    steps: dict[int, list[str]] = {}
    for line in lines:
        heading = STEP.match(line)
        if heading:
            steps[int(heading[1])] = current = []
        elif line and not line.startswith("   "):
            current.append(line)
    return {number: "\n".join(commands) for number, commands in steps.items()}
