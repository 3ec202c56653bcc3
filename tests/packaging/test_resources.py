"""Resources are found in a checkout, in a wheel and in an sdist; the demo media are the committed ones."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from facevid_gui.resources import resource

ROOT = Path(__file__).parent.parent.parent
NEEDED = ("messages/en.json", "messages/zh_CN.json", "evidence/README.txt", "demo/order.mp4", "demo/photo.jpg")
DEMO_SHA256 = {
    "liveness-fragmented.mp4": "48b826177863814bbdf603113572b0a9c48001f503b3310d47ed00f37e7b2e86",
    "liveness-plain.mp4": "3fe17c6225d787e6c452b85ebf0d2bf2cf63f34aac0605dba52e5f03080dcf14",
    "nod-01.mp4": "952e78c3ab13b8fa00d73db4b9076c9a0a9914958f6daf1ba17c960eb751ecc0",
    "nod-02.mp4": "0bc2279a9050ea9c12ff9bccb1a2c874ddd4a5fbebd8b5fad0a76710664f0fde",
    "order.mp4": "e60fe1ce7712e899047d6fa16687f4a4afa642b281d371d1dbbc0680c8574c14",
    "photo.jpg": "0dd5b29e65af3d24d0da3aaf7c8e47d50bc73c8a993a5a7f0142d77d61d2ede2",
    "photo.png": "d526703d9d73ede2a775cf99777968f9cf19327d3a1bf73a85bfac2e5cea2ac1",
    "question.mp4": "b90cda7a9c5ef8735fc7cb8f91008178cc3de9fd7e62eebfe76a0006d8bd921f",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and sdist, built by the project's own backend without a network."""
    folder = tmp_path_factory.mktemp("dist")
    code = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1])); print(b.build_sdist(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", NEEDED)
def test_a_checkout_finds_its_resources(name: str) -> None:
    assert resource(name).is_file()


def test_a_wheel_carries_the_resources_and_finds_them(built: Path, tmp_path: Path) -> None:
    wheel = next(built.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert {f"facevid_gui/_resources/{name}" for name in NEEDED} <= names
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from facevid_gui.resources import resource; "
        "from facevid_gui.core.messages import Messages; print(resource('demo/order.mp4')); "
        "print(Messages('zh_CN').text('cli.command'))"
    )
    command = [sys.executable, "-I", "-c", code, str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
    place, word = done.stdout.decode("utf-8").split()
    assert Path(place) == tmp_path / "site" / "facevid_gui" / "_resources" / "demo" / "order.mp4"
    assert word == "命令"


def test_a_wheel_asks_for_a_qt_that_fits_the_python(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
    wanted = {line.split(": ", 1)[1].replace("'", '"') for line in metadata.splitlines() if "pyside6" in line.lower()}
    assert len(wanted) == 4
    for line in wanted:
        below = "<6.12" if 'python_version < "3.12"' in line else "<6.13"
        assert below in line
        assert ">=6.8.3" in line


def test_an_sdist_carries_what_builds_it(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "bootstrap.py", "facevid_gui/cli.py"} <= names
    assert {f"resources/{name}" for name in NEEDED} <= names


def test_the_demo_media_are_those_that_were_looked_at() -> None:
    folder = resource("demo/order.mp4").parent
    media = [path for path in folder.iterdir() if path.suffix in (".mp4", ".jpg", ".png")]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in media} == DEMO_SHA256
    assert sum(path.stat().st_size for path in media) < 2_000_000


def test_fragmented_demo_media_begin_like_the_documented_sample() -> None:
    for name in ("liveness-fragmented.mp4", "question.mp4", "nod-01.mp4", "nod-02.mp4"):
        head = resource(f"demo/{name}").read_bytes()[:28]
        assert head[4:12] == b"ftypiso5"
        assert head[16:28] == b"isomiso5hlsf"


def test_locks_name_no_place_packages_come_from() -> None:
    for lock in (ROOT / ".ci" / "locks").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
        assert "--hash=sha256:" in text


def test_settings_files_of_the_package_are_json() -> None:
    for language in ("en", "zh_CN"):
        assert json.loads(resource(f"messages/{language}.json").read_text("utf-8"))
