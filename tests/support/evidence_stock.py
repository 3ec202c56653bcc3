"""What a stranger types: stock commands over an evidence folder, and the commands its own README prints."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import bagit
import pytest

from facevid_gui.evidence import bag
from facevid_gui.evidence.signing_key import pem_of_certificate
from tests.support.evidence_places import Place
from tests.support.tools import need, run_tool

BAGIT = bagit.__file__
P7S = bag.SIGNATURE
TSR = f"{bag.SIGNATURE}.tsr"
STEP = re.compile(r"([1-9])\. ")


COLUMNS = {
    "man": "`sha256sum --strict -c manifest-sha256.txt`",
    "tag": "`sha256sum --strict -c tagmanifest-sha256.txt`",
    "bagit": "`bagit.py --validate`",
    "any": "`openssl cms -verify -noverify`: whoever signed",
    "pin": "`openssl cms -verify -cades -CAfile enrolled-signer.pem` (README step 3)",
    "gnutls": "`certtool --p7-verify --load-ca-certificate enrolled-signer.pem`",
    "form": "the signature written anew by `openssl cms -cmsout -outform PEM`, compared with `cmp`",
    "print": "`openssl cms -cmsout -print`: no content, four signed attributes, no SHA-1 or MD5",
    "ts": "`openssl ts -verify -CAfile tsa-root.pem` (README step 4)",
    "text": "`openssl ts -reply -text`: a hash of SHA-2, nothing critical, not older than `sealed_at`",
    "list": "the file lists compared with `find` and `diff` (README step 2)",
    "custody": "the chain of custody followed with `sha256sum`, `grep` and `openssl cms` (README step 6)",
    "event": "each custody event written anew by `jq -c .`, compared with `cmp`; its members by `jq -e`",
    "media": "the media derived again with `jq` and `base64` (README step 7)",
    "register": "`grep` in the register: it knows this seal, and its last custody entry is in the folder (steps 6, 8)",
    "kept": "the register compared with the copy kept elsewhere: `head -c SIZE register.jsonl | cmp - copy.jsonl`",
}
_PATIENCE_S = 2.0  # for what is said to wait for ever
_CUSTODY = '! { %s\n} 2>&1 | grep -qE "BROKEN|STAMP|Verification failure|[Ee]rror|No such file"'
_MEDIA = f"""set -o pipefail
(%s
) | while read -r hash _; do grep -q "^$hash  data/media/" {bag.MANIFEST} || exit 1; done
"""
_REGISTER = """
id=$(sed -n 's/^External-Identifier: //p' bag-info.txt)
seal=$(sha256sum < tagmanifest-sha256.txt | cut -c1-64)
head=$(grep '"evidence_id":"'$id'"' ../register.jsonl | tail -n1 | sed 's/.*"custody_head":"\\([0-9a-f]*\\)".*/\\1/')
grep -q '"event":"sealed","evidence_id":"'$id'","seal_sha256":"'$seal'"' ../register.jsonl &&
sha256sum custody/*.json | grep -q "^$head "
"""
_FORM = f"openssl cms -cmsout -inform PEM -in {P7S} -outform PEM | sed 's/ CMS-/ PKCS7-/' | cmp -s - {P7S}"
_PRINT = f"""
said=$(openssl cms -cmsout -print -inform PEM -in {P7S}) && echo "$said" | grep -q 'eContent: <ABSENT>' &&
for name in contentType signingTime messageDigest id-smime-aa-signingCertificateV2; do
  [ "$(echo "$said" | grep -c "object: $name ")" = 1 ] || exit 1
done && ! echo "$said" | grep -qE 'algorithm: (sha1|md5)'
"""
_TEXT = """
for stamp in signatures/*.tsr; do
  said=$(openssl ts -reply -in "$stamp" -text) && echo "$said" | grep -qE 'Hash Algorithm: sha(256|384|512)' &&
  ! echo "$said" | grep -q critical || exit 1
  at=$(date -d "$(echo "$said" | sed -n 's/^Time stamp: //p')" +%s)
  [ $((at + 300)) -ge "$(date -d "$(jq -r .sealed_at data/capture.json)" +%s)" ] || exit 1
done
"""
_EVENT = """
for f in custody/*.json; do
  jq -c . "$f" | cmp -s - "$f" && jq -e '
    (.event | IN("sealed", "stamped", "verified", "exported", "restamped", "correction")) and
    (.at | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")) and
    ((.event | endswith("stamped") | not) or (.detail.tsr | type == "string"))' "$f" || exit 1
done
"""
_KEPT = 'head -c "$(stat -c %s ../copy.jsonl)" ../register.jsonl | cmp -s - ../copy.jsonl'


def keep_copies(place: Place, folder: Path) -> None:
    """What a careful checker has from elsewhere, from before anything was done to the folder."""
    shutil.copyfile(place.house.paths.register, folder.parent / "copy.jsonl")


def lay_out_trust(place: Place, folder: Path, signer_der: bytes | None = None) -> None:
    """Put what must come from outside beside the folder: the enrolled certificate, the authority's root, the register.

    Nothing else is there that looks like a certificate.
    """
    certificate = signer_der or place.house.keys.certificate()
    assert certificate is not None
    (folder.parent / "enrolled-signer.pem").write_bytes(pem_of_certificate(certificate))
    (folder.parent / "tsa-root.pem").write_bytes(place.template.authority.root.pem)
    shutil.copyfile(place.house.paths.register, folder.parent / "register.jsonl")


def stock_commands(readme: dict[int, str]) -> dict[str, tuple[str, ...]]:
    """The columns as commands, each run inside the folder; a complaint is an exit code that is not 0."""
    hash_check = ("sha256sum", "--strict", "--quiet", "-c")
    cms = ("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", P7S, "-content", bag.TAG_MANIFEST)
    files = readme[2].splitlines()
    return {
        "man": (*hash_check, bag.MANIFEST),
        "tag": (*hash_check, bag.TAG_MANIFEST),
        "bagit": (sys.executable, BAGIT, "--quiet", "--validate", "."),
        "any": (*cms, "-noverify"),
        "pin": tuple(shlex.split(readme[3])),
        "gnutls": (
            "certtool", "--p7-verify", "--infile", P7S, "--load-data", bag.TAG_MANIFEST,
            "--load-ca-certificate", "../enrolled-signer.pem",
        ),
        "form": ("bash", "-o", "pipefail", "-c", _FORM),
        "print": ("bash", "-c", _PRINT),
        "ts": ("bash", "-c", " && ".join(line for line in readme[4].splitlines() if "-verify" in line)),
        "text": ("bash", "-c", _TEXT),
        "list": ("bash", "-c", f'{files[0]} && [ -z "$({files[1]})" ]'),
        "custody": ("bash", "-c", _CUSTODY % readme[6]),
        "event": ("bash", "-c", _EVENT),
        "media": ("bash", "-c", _MEDIA % readme[7]),
        "register": ("bash", "-c", _REGISTER),
        "kept": ("bash", "-c", _KEPT),
    }  # fmt: skip


def complaints(
    place: Place, folder: Path, original: Path, signer_der: bytes | None = None, stuck: Collection[str] = ()
) -> set[str]:
    """Which stock commands see something wrong with a folder that was made of `original`.

    Its README is taken from there. Those in `stuck` must wait for what never comes. Without a stamp now and then
    there is nothing to ask about one.
    """
    need("openssl", "certtool", "sha256sum", "bash", "diff", "find", "jq", "cmp")
    lay_out_trust(place, folder, signer_der)
    commands = stock_commands(readme_steps(original))
    if not (folder / TSR).exists() and not (original / TSR).exists():
        del commands["ts"], commands["text"]
    found = set()
    for name, command in commands.items():
        if name in stuck:
            with pytest.raises(subprocess.TimeoutExpired):
                subprocess.run(command, cwd=folder, capture_output=True, timeout=_PATIENCE_S, check=False)
        elif run_tool(*command, cwd=folder).returncode != 0:
            found.add(name)
    return found


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
