"""Makes of dist/facevid-gui what is given to users on Linux. Run by `python3 bootstrap.py package`.

What enters: the built folder, resources/desktop/, the packages of this environment. What leaves, in dist/: an archive
that installs without admin rights, a Debian package, the list of what is inside (CycloneDX 1.6), SHA256SUMS. The
same folder makes the same bytes: names are sorted, owners are root, times are those of the last commit.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from licences import licence_of
from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
BUNDLE = DIST / "facevid-gui"
DESKTOP = ROOT / "resources" / "desktop" / "linux"
NAME = "facevid-gui"
README = "README.txt"
OPT = f"opt/{NAME}"
DEBIAN_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}
_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")
_CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: facevid_gui <noreply@localhost>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: fonts-noto-cjk, gnome-keyring | kwalletmanager
Section: misc
Priority: optional
Description: look up face videos of e-sign flows and face orders, keep them as evidence
 Fetches the face video of a contract or a face order before the provider deletes it, shows it frame by frame
 beside photo and scores, and keeps what was received as a signed folder that standard tools can check.
"""


def main() -> int:
    """Make everything; say what was made."""
    version = importlib.metadata.version(NAME)
    made_at = last_commit()
    machine = platform.machine()
    for old in (*DIST.glob(f"{NAME}-*"), *DIST.glob(f"{NAME}_*"), DIST / "SHA256SUMS"):
        old.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="facevid-package-") as folder:
        share = Path(folder, "share")
        lay_out_share(share, version, made_at)
        made = [
            write_bom(DIST / f"{NAME}-{version}.cdx.json", version, made_at),
            write_archive(DIST / f"{NAME}-{version}-linux-{machine}.tar.gz", share, version, made_at),
            write_debian_package(Path(folder, "debian"), share, version, made_at, machine),
        ]
    sums = "".join(f"{sha256(path)}  {path.name}\n" for path in sorted(made))
    (DIST / "SHA256SUMS").write_text(sums, "ascii")
    for path in sorted(made):
        print(f"ready: {path} ({path.stat().st_size // 1_000_000} MB)")
    return 0


def last_commit() -> datetime:
    """When this version was made: the last commit, or SOURCE_DATE_EPOCH where there is no repository."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if not given:
        command = ["git", "log", "-1", "--format=%ct"]
        given = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return datetime.fromtimestamp(int(given), UTC)


def lay_out_share(share: Path, version: str, made_at: datetime) -> None:
    """What desktops read: menu entry, kind of file, description, icon."""
    places = {
        "applications/facevid-gui.desktop": DESKTOP / "facevid-gui.desktop",
        "mime/packages/facevid-gui.xml": DESKTOP / "facevid-gui.xml",
        "metainfo/local.facevid.gui.metainfo.xml": DESKTOP / "facevid-gui.metainfo.xml",
        "icons/hicolor/scalable/apps/facevid-gui.svg": ROOT / "resources" / "icons" / "app.svg",
    }
    for place, source in places.items():
        text = source.read_text("utf-8").replace("@VERSION@", version).replace("@DATE@", f"{made_at:%Y-%m-%d}")
        target = share / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def distributions() -> Iterator[importlib.metadata.Distribution]:
    """The Python packages in the built folder, by the metadata that lie in it."""
    inside = BUNDLE / "_internal"
    found = importlib.metadata.distributions(path=[str(inside)])
    yield from sorted(found, key=lambda package: package.metadata["Name"].lower())


def write_bom(path: Path, version: str, made_at: datetime) -> Path:
    """The list of what is inside: Python packages, and libraries copied from the system with their hashes."""
    bom = Bom()
    program = Component(name=NAME, version=version, type=ComponentType.APPLICATION, bom_ref=NAME)
    bom.metadata.component = program
    parts = [
        Component(
            name=package.metadata["Name"], version=package.version, type=ComponentType.LIBRARY,
            purl=PackageURL("pypi", None, package.metadata["Name"].lower().replace("_", "-"), package.version),
            bom_ref=f"{package.metadata['Name']}=={package.version}",
            licenses=[DisjunctiveLicense(name=licence_of(package))],
        )
        for package in distributions()
        if package.metadata["Name"] != NAME
    ]  # fmt: skip
    parts += [
        Component(
            name=library.name, type=ComponentType.LIBRARY, bom_ref=f"file:{library.name}",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(library))],
        )
        for library in sorted((BUNDLE / "_internal").glob("*.so*"))
        if library.is_file() and not library.is_symlink()
    ]  # fmt: skip
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(program, parts)
    content = "".join(f"{part.bom_ref.value}\n" for part in parts)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"{NAME} {version}\n{content}")  # the same every time
    bom.metadata.timestamp = made_at
    path.write_text(JsonV1Dot6(bom).output_as_string(indent=1) + "\n", "utf-8")
    return path


def write_archive(path: Path, share: Path, version: str, made_at: datetime) -> Path:
    """A tar.gz of the folder with install.sh and a README, for users without admin rights."""
    top = f"{NAME}-{version}"
    seconds = int(made_at.timestamp())
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, seconds) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        sources = [
            (BUNDLE, top), (share, f"{top}/share"), (DESKTOP / "install.sh", f"{top}/install.sh"),
            (write_readme(share.with_name(README), version), f"{top}/{README}"),
        ]  # fmt: skip
        for source, place in sources:
            for item in (source, *sorted(source.rglob("*"))) if source.is_dir() else (source,):
                inside = f"{place}/{item.relative_to(source).as_posix()}".removesuffix("/.")
                archive.add(item, inside, recursive=False, filter=lambda info: anonymous(info, seconds))
    return path


def write_readme(path: Path, version: str) -> Path:
    """What somebody reads who unpacked the archive: what it is, how it starts, what stays when it goes."""
    text = (DESKTOP / README).read_text("utf-8")
    path.write_text(text.replace("@VERSION@", version), "utf-8")
    return path


def anonymous(info: tarfile.TarInfo, seconds: int) -> tarfile.TarInfo:
    """A member that says nothing of who packed it when."""
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mtime = seconds
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    return info


def write_debian_package(tree: Path, share: Path, version: str, made_at: datetime, machine: str) -> Path:
    """A .deb with the folder in /opt, two commands in /usr/bin and what desktops read."""
    shutil.copytree(BUNDLE, tree / OPT, symlinks=True)
    shutil.copytree(share, tree / "usr" / "share")
    (tree / "usr" / "bin").mkdir(parents=True)
    for program in ("facevid", "facevid-gui"):
        (tree / "usr" / "bin" / program).symlink_to(f"/{OPT}/{program}")
    notices = tree / "usr" / "share" / "doc" / NAME
    notices.mkdir(parents=True)
    shutil.copy(BUNDLE / "NOTICE.txt", notices / "copyright")
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    control = tree / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(
        _CONTROL.format(
            name=NAME, version=version, architecture=DEBIAN_NAMES.get(machine, machine),
            kilobytes=sum(file.stat().st_size for file in files) // 1024, depends=", ".join(dependencies()),
        ),
        "utf-8",
    )  # fmt: skip
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    made = DIST / f"{NAME}_{version}_{DEBIAN_NAMES.get(machine, machine)}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z6", "--build", str(tree), str(made)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(made_at.timestamp()))}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return made


def dependencies() -> list[str]:
    """The Debian packages of the libraries that the folder needs and does not hold, under old and new names.

    Only what the programs cannot start without: a plug-in's library that is missing costs that plug-in. Of the C
    library the version counts.
    """
    inside = {path.name for path in BUNDLE.rglob("*.so*")}
    told = [headers_of(file) for file in elf_files()]
    needed = {name for text in told for name in _NEEDED.findall(text)} - inside
    newest = max((int(major), int(minor)) for text in told for major, minor in _GLIBC.findall(text))
    packages = {package for name in needed if (package := owner_of(name))} - {"libc6"}
    others = [f"{name} | {name.removesuffix('t64')}" if name.endswith("t64") else name for name in packages]
    return [f"libc6 (>= {newest[0]}.{newest[1]})", *sorted(others)]


def elf_files() -> Iterator[Path]:
    """Programs and libraries in the folder, without plug-ins."""
    for path in BUNDLE.rglob("*"):
        if path.is_file() and not path.is_symlink() and "plugins" not in path.parts:
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def headers_of(file: Path) -> str:
    """What a file says of the libraries it needs, and their versions."""
    return subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=True).stdout


def owner_of(library: str) -> str:
    """The Debian package that brings a library here; "" when nobody knows."""
    done = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True, check=False)
    names = sorted(line.split(":")[0] for line in done.stdout.splitlines() if not line.startswith("diversion"))
    return names[0] if names else ""


def sha256(path: Path) -> str:
    """The hash of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
