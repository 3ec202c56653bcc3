"""Signatures, timestamps, certificates and keys: CMS, RFC 3161, X.509, PKCS 12."""

from datetime import UTC, datetime
from pathlib import Path

from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.certificate_files import read_certificates
from facevid_gui.evidence.chains import is_authority, leads_to, may_sign, trusts, validity_problem
from facevid_gui.evidence.cms import CmsError, check_detached
from facevid_gui.evidence.custody import is_whole
from facevid_gui.evidence.pkcs12 import read_pkcs12
from facevid_gui.evidence.signing_key import describe_certificate
from facevid_gui.evidence.timestamp import StampError, check_stamp
from facevid_gui.evidence.trusted_set import TrustedSet, read_one_certificate, use_of
from tests.fuzz import der_level
from tests.fuzz.target import CORPORA, Feed, Target, must, sayable, typed

DATA = b"what was signed\n"
PASSPHRASE = "fuzz"
_AT = datetime(2026, 11, 26, tzinfo=UTC)


def _cms(_: Path) -> Feed:
    root = (CORPORA / "cms" / "root.der").read_bytes()

    def feed(data: bytes) -> None:
        with typed(CmsError):
            checked = check_detached(data, DATA)
            sayable(checked.subject, checked.signing_time)
            trusts((root, checked.certificate_der), checked, _AT)
            trusts((root,), checked, _AT)
            sayable(validity_problem(checked.certificate_der, checked.signing_time or _AT))
        must(is_whole(1, b"{}", data) is False, "a signature over nothing that was signed")

    return feed


def _stamp(_: Path) -> Feed:
    root = (CORPORA / "timestamp" / "root.der").read_bytes()

    def feed(data: bytes) -> None:
        for roots in ((), (root,)):
            with typed(StampError):
                stamp = check_stamp(data, DATA, roots)
                must(not (stamp.trusted and not roots), "trusted without a root")
                sayable(stamp.authority, stamp.time.isoformat())

    return feed


def _certificates(scratch: Path) -> Feed:
    """A file somebody sent, what is enrolled, and what a certificate says of itself."""
    enrolled = scratch / "trusted"
    enrolled.mkdir()
    path = enrolled / "one.pem"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        with typed(UsageError):
            der = read_one_certificate(path)
            sayable(use_of(der), *describe_certificate(der).values())
            may_sign(der), is_authority(der)
            leads_to((der,), der, (), _AT)
        with typed(UsageError):
            read_certificates([str(path)])
        with typed(SurroundingsError):
            for trusted in TrustedSet(enrolled).all():
                sayable(*trusted.facts().values())

    return feed


def _pkcs12(scratch: Path) -> Feed:
    path = scratch / "key.p12"

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        with typed(UsageError, SubjectError):
            key = read_pkcs12(path, Secret(PASSPHRASE))
            must(bool(key.sign(b"x")), "a key that does not sign")

    return feed


TARGETS = (
    Target("cms", "evidence.cms, evidence.chains", _cms, der_level.mutated),
    Target("timestamp", "evidence.timestamp", _stamp, der_level.mutated),
    Target("certificates", "evidence.trusted_set, enrolment", _certificates, der_level.mutated),
    Target("pkcs12", "evidence.pkcs12", _pkcs12, der_level.mutated, 6.0),
)
