"""Homes with sealed folders, made once from real look-ups at the simulator, copied for each test."""

import os
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from facevid_gui.captures.store import CaptureEntry
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.verdict import FolderVerdict
from facevid_gui.evidence.key_file import SigningKey
from facevid_gui.evidence.seal import Sealed, SealRequest
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.simulator.records import SimOrder, demo_media, flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_authority import Authority, AuthorityServer
from tests.support.places import look_up_flow, look_up_order, make_house

CASE = "2026-0311 借款纠纷"
PURPOSE = "disputed signature"


@dataclass
class Template:
    """A home as it was left after its folders were sealed; never touched again."""

    home: Path
    store: Any
    authority: Authority
    captures: dict[str, Path] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)


class Place:
    """A copy of the template's home for one test: its keys, its register, and the folders asked for."""

    def __init__(self, template: Template, home: Path, clock: Clock | None = None) -> None:
        self.template = template
        self.home = home
        skip = shutil.ignore_patterns("evidence", "captures")
        shutil.copytree(template.home, home, ignore=skip)
        self.house = make_house(home, clock)
        self.house.__dict__["secret_store"] = template.store
        self.root = home / "evidence"
        self.root.mkdir(mode=0o700)

    @property
    def signer(self) -> SigningKey:
        """The unlocked workstation key."""
        return self.house.keys.open()

    def folder(self, name: str, target: Path | None = None) -> Path:
        """A copy of a sealed folder, modes included."""
        source = self.template.folders[name]
        target = target or self.root / source.name
        shutil.copytree(source, target, symlinks=True)
        return target

    def open_folder(self, name: str) -> Path:
        """A copy of a sealed folder in which everything can be written: what a tamperer makes first."""
        return unlock(self.folder(name))

    def capture(self, name: str) -> CaptureEntry:
        """A copy of an unsealed capture."""
        source = self.template.captures[name]
        shutil.copytree(source, self.house.captures.root / source.name)
        return self.house.captures.open(source.name)

    def request(self, root: Path | None = None, **changes: Any) -> SealRequest:
        """What the user says when sealing."""
        return replace(SealRequest(CASE, PURPOSE, self.house.operator, root or self.root), **changes)

    def seal(self, entry: CaptureEntry, root: Path | None = None) -> Sealed:
        """Seal a capture."""
        return self.house.sealer.seal(entry, self.request(root), self.signer)

    def trust(self, **changes: Any) -> Trust:
        """What a careful checker brings: enrolled signer, pinned root, the register."""
        trust = Trust(
            signers=self.house.keys.trusted(),
            tsa_roots=(self.template.authority.root_der,),
            register=self.house.paths.register,
            register_required=True,
        )
        return replace(trust, **changes)

    def verify(self, folder: Path, **changes: Any) -> FolderVerdict:
        """The verdict under that trust."""
        return verify_folder(folder, self.trust(**changes))


def make_template(home: Path, authority: Authority) -> Template:
    """Look up, seal and stamp everything the tests of this room need."""
    house = make_house(home)
    template = Template(home, house.secret_store, authority)
    signer = house.keys.open()
    request = SealRequest(CASE, PURPOSE, house.operator, home / "evidence")

    def seal(name: str, capture: Path) -> Path:
        sealed = house.sealer.seal(house.captures.open(str(capture)), request, signer)
        template.folders[name] = sealed.folder
        return sealed.folder

    with Simulator() as simulator:
        simulator.kyc.orders += (_repaired_order(),)
        template.captures["flow"] = capture_of(look_up_flow(house, simulator, flow_id("Many"), sign_id("Many")))
        template.captures["order"] = capture_of(look_up_order(house, simulator, "simOrder0001"))
        seal("ess", capture_of(look_up_flow(house, simulator, flow_id("One"))))
        seal("kyc", capture_of(look_up_order(house, simulator, "simOrder0001")))
        seal("other", capture_of(look_up_order(house, simulator, "simOrderNegative")))
        seal("repaired", capture_of(look_up_order(house, simulator, "simOrderMended")))
        seal("damaged", capture_of(look_up_flow(house, simulator, flow_id("Damaged"))))
        seal("no_media", capture_of(look_up_flow(house, simulator, flow_id("NoVideo"))))
        stamped = seal("stamped", capture_of(look_up_flow(house, simulator, flow_id("Many"), sign_id("Many"))))
        simulator.fault = "gzip"
        seal("gzip", capture_of(look_up_flow(house, simulator, flow_id("Many"), sign_id("Many"))))
        simulator.fault = "bad_base64"
        seal("bad_base64", capture_of(look_up_order(house, simulator, "simOrder0001")))
    with AuthorityServer(authority.respond_with_openssl) as server:
        result = house.stamper([authority.root_der]).stamp(stamped, [server.url], signer, CancelToken())
    assert result.stamp is not None, result
    assert house.custody.append(stamped, "verified", {"reason": "before hand-over"}, signer)
    return template


def capture_of(result: Any) -> Path:
    """The capture of a look-up that kept one."""
    assert result.capture is not None, result.outcome
    return result.capture


def _repaired_order() -> SimOrder:
    """An order whose files need every repair the tolerant decoder knows."""
    video = demo_media("order.mp4").rstrip("=")  # the length makes padding necessary
    assert len(video) % 4
    url_safe = "\r\n".join(video[i : i + 76] for i in range(0, len(video), 76))
    url_safe = "\r\nDATA:video/mp4;codecs=avc1,mp4a;base64," + url_safe.replace("+", "-").replace("/", "_")
    photo = "data:image/jpeg;base64, " + demo_media("photo.jpg") + "="
    return SimOrder("simOrderMended", "files as sloppy senders write them", video=url_safe, photo=photo)


def unlock(folder: Path) -> Path:
    """Make everything below a folder writable for its owner."""
    for base, _, names in os.walk(folder):
        os.chmod(base, 0o700)
        for name in names:
            if not Path(base, name).is_symlink():
                os.chmod(Path(base, name), 0o600)
    return folder


def unlock_folders(root: Path) -> None:
    """Let a test's folders be removed by whoever made them."""
    for base, _, _ in os.walk(root):
        os.chmod(base, 0o700)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: slash path to bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def in_threads(work: Callable[[str], object], names: Iterable[str]) -> None:
    """Do `work` once per name, in threads that begin together; none fails, none hangs."""
    chosen, errors = tuple(names), []
    barrier = threading.Barrier(len(chosen))

    def run(name: str) -> None:
        barrier.wait(20)
        try:
            work(name)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
