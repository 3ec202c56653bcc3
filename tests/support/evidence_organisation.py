"""A certification service made by `openssl`: a root, one in between, and PKCS 12 files of people below them."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.tools import need, run_tool

PASSPHRASE = "p12 口令 with blanks"
SIGNING = "keyUsage=critical,digitalSignature,nonRepudiation"
KEYS = {
    "p256": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-newkey", "rsa:2048"),
    "rsa1024": ("-newkey", "rsa:1024"),
    "ed25519": ("-newkey", "ed25519"),
}


@dataclass(frozen=True)
class Organisation:
    """The folder of a certification service; everything in it was written by `openssl`."""

    folder: Path

    @property
    def root_pem(self) -> Path:
        """The root that verifiers are given."""
        return self.folder / "root.pem"

    def issue(
        self, name: str, kind: str = "p256", usage: str = SIGNING, start: str = "20200101000000Z",
        end: str = "20991231235959Z", export: tuple[str, ...] = (),
    ) -> Path:  # fmt: skip
        """A PKCS 12 file with a key, its certificate and the chain above; dates as `openssl ca` takes them."""
        files = {ending: self.folder / f"{name}.{ending}" for ending in ("key", "csr", "pem", "ext", "p12")}
        _run("req", *KEYS[kind], "-nodes", "-keyout", files["key"], "-out", files["csr"], "-subj", f"/CN={name}")
        files["ext"].write_text(f"basicConstraints=critical,CA:FALSE\n{usage}\n")
        _run("ca", "-batch", "-config", self.folder / "ca.cnf", "-notext", "-in", files["csr"], "-out", files["pem"],
             "-startdate", start, "-enddate", end, "-extfile", files["ext"])  # fmt: skip
        _run("pkcs12", "-export", "-inkey", files["key"], "-in", files["pem"], "-certfile", self.folder / "chain.pem",
             "-out", files["p12"], "-passout", f"pass:{PASSPHRASE}", *export)  # fmt: skip
        return files["p12"]


def make_organisation(folder: Path, name: str = "Example Organisation") -> Organisation:
    """A fresh root with one authority below it that issues."""
    need("openssl")
    folder.mkdir(parents=True)
    authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
    (folder / "authority.ext").write_text(authority)
    for who in ("root", "middle"):
        _run("req", *KEYS["p256"], "-nodes", "-keyout", folder / f"{who}.key", "-out", folder / f"{who}.csr",
             "-subj", f"/O={name}/CN={name} {who}")  # fmt: skip
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("10\n")
    (folder / "ca.cnf").write_text(
        f"""
[ca]
default_ca = issuing
[issuing]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
certificate = {folder}/middle.pem
private_key = {folder}/middle.key
default_md = sha256
policy = names
unique_subject = no
[names]
commonName = supplied
organizationName = optional
"""
    )
    for who in ("root", "middle"):
        _run("ca", "-batch", "-config", folder / "ca.cnf", "-notext", "-in", folder / f"{who}.csr",
             "-out", folder / f"{who}.pem", "-keyfile", folder / "root.key", "-startdate", "20190101000000Z",
             "-enddate", "21000101000000Z", "-extfile", folder / "authority.ext",
             *(("-selfsign",) if who == "root" else ("-cert", folder / "root.pem")))  # fmt: skip
    (folder / "chain.pem").write_bytes((folder / "root.pem").read_bytes() + (folder / "middle.pem").read_bytes())
    return Organisation(folder)


def _run(*arguments: object) -> None:
    done = run_tool("openssl", *map(str, arguments))
    assert done.returncode == 0, done.stderr.decode()
