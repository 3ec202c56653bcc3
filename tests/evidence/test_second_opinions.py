"""Whole sealed folders before programs that are not ours, and their opinions beside our own.

`sha256sum` and `openssl` judge every row of the matrix in test_tamper_matrix.py. Here bagit's own API, GnuTLS and
pyHanko look at genuine folders of every kind, and at changed ones.
"""

import asyncio
import hashlib
import warnings
from pathlib import Path

import bagit
import pytest
from asn1crypto import cms, pem, x509

from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import CmsError, check_detached
from tests.support.evidence_cms import person
from tests.support.evidence_matrix import Case
from tests.support.evidence_matrix_seals import SEALS
from tests.support.evidence_places import Place
from tests.support.evidence_stock import TSR, lay_out_trust, readme_steps, stock_commands
from tests.support.evidence_tampering import P7S, flip, video
from tests.support.tools import need, run_tool

FOLDERS = ["ess", "kyc", "gzip", "repaired", "damaged", "bad_base64", "stamped", "no_media"]
SIGNATURES = [case for case in SEALS if case.number.startswith("S") and case.number not in ("S2", "S3")]


def pyhanko_accepts(raw_signature: bytes, data: bytes, trusted_der: bytes) -> bool:
    """Its one verdict: whole, valid, and by somebody trusted. Whatever it raises is a refusal."""
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            der = pem.unarmor(raw_signature)[2] if pem.detect(raw_signature) else raw_signature
            signed = cms.ContentInfo.load(der)["content"]
            root = x509.Certificate.load(trusted_der)
            context = ValidationContext(trust_roots=[root], allow_fetching=False)
            status = asyncio.run(async_validate_detached_cms(data, signed, signer_validation_context=context))
            return bool(status.bottom_line)
        except Exception:
            return False


@pytest.mark.parametrize("name", FOLDERS)
def test_every_kind_of_folder_is_accepted_by_all_of_them(place: Place, name: str) -> None:
    need("openssl", "certtool", "sha256sum")
    folder = place.folder(name)
    lay_out_trust(place, folder)
    certificate = place.house.keys.certificate()
    assert certificate is not None
    bag_of = bagit.Bag(str(folder))
    assert bag_of.is_valid(completeness_only=False)
    assert bag_of.version_info == (1, 0)
    assert set(bag_of.payload_entries()) == {
        path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if path.is_file()
    }
    commands = stock_commands(readme_steps(folder))
    for column in ("man", "tag", "pin", "gnutls", "form", "print", *(["ts"] if name == "stamped" else [])):
        done = run_tool(*commands[column], cwd=folder)
        assert done.returncode == 0, (column, done.stderr)
    signed = {P7S: bag.TAG_MANIFEST, "custody/000001.json.p7s": "custody/000001.json"}
    for signature, data in signed.items():
        raw = (folder / signature).read_bytes()
        assert pyhanko_accepts(raw, (folder / data).read_bytes(), certificate)
        assert not pyhanko_accepts(raw, (folder / data).read_bytes() + b"\n", certificate)
        assert not pyhanko_accepts(raw, (folder / data).read_bytes(), person().certificate_der)


def test_bagit_sees_a_changed_payload_and_not_a_stranger_beside_it(place: Place) -> None:
    """Why plain BagIt is not enough: what it does not see is what our verifier is for."""
    folder = place.open_folder("kyc")
    (folder / "notes.txt").write_bytes(b"x")
    assert bagit.Bag(str(folder)).is_valid()
    assert not place.verify(folder).verified
    flip(video(folder))
    assert not bagit.Bag(str(folder)).is_valid()


@pytest.mark.parametrize("case", SIGNATURES, ids=str)
def test_what_we_accept_is_accepted_by_openssl_and_pyhanko(place: Place, case: Case, tmp_path: Path) -> None:
    """We may refuse more than others, never less: of all forgeries of the matrix, and of the genuine one."""
    need("openssl")
    folder = place.open_folder(case.base)
    case.tamper(place, folder)
    signer = case.signer().certificate_der if case.signer else place.house.keys.certificate()
    assert signer is not None
    raw, data = (folder / P7S).read_bytes(), (folder / bag.TAG_MANIFEST).read_bytes()
    try:
        ours = check_detached(raw, data).certificate_der == signer
    except CmsError:
        ours = False
    expired = case.number in ("S26", "S27")  # when it was signed is for the verifier to ask, and it does
    if ours and not expired:
        lay_out_trust(place, folder, signer)
        done = run_tool(*stock_commands(readme_steps(place.template.folders[case.base]))["any"], cwd=folder)
        assert done.returncode == 0, done.stderr
        assert pyhanko_accepts(raw, data, signer)


def test_openssl_reads_our_stamp_as_we_do(place: Place) -> None:
    need("openssl")
    folder = place.folder("stamped")
    verdict = place.verify(folder)
    assert verdict.stamp is not None
    said = run_tool("openssl", "ts", "-reply", "-in", TSR, "-text", cwd=folder).stdout.decode()
    assert f"{verdict.stamp.time:%b} {verdict.stamp.time.day:2d} {verdict.stamp.time:%H:%M:%S}" in said
    asked = run_tool("openssl", "ts", "-query", "-data", P7S, "-sha256", "-no_nonce", cwd=folder).stdout
    assert hashlib.sha256((folder / P7S).read_bytes()).digest() in asked
    assert hashlib.sha256((folder / P7S).read_bytes()).digest() in (folder / TSR).read_bytes()
