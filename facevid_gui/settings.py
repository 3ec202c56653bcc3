"""What the user chose; never a secret (floor 1).

What enters: `config/settings.json` and the environment (option > environment > setting). What leaves: a
frozen value. A damaged file is reported as such and left alone, never overwritten with defaults; looking at evidence
and checking it go on with `SAFE_DEFAULTS` meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.reasons import ASKED_FOR
from facevid_gui.files import disk_errors, make_private_folder, move_new, place_new, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.expiry import Keeping

SETTINGS_SCHEMA = "facevid-settings/1"
SETTINGS_FILE = "settings.json"
HOME_SCHEMA = "facevid-home/1"
MAX_CONFIG_BYTES = 1024 * 1024
_LARGE, _DEEP = 256 * 1024, 12  # beyond either a file is written without blanks
_LARGEST = {
    "retention_days": 36_500, "max_answer_bytes": 2**40, "idle_minutes": 24 * 60, "captures_expire_days": 3650,
    "retention_warn_days": 3650, "deadline_warn_hours": 72,
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Settings with their defaults. Empty text means "not chosen"; numbers are at least 1."""

    language: str = ""
    evidence_root: str = ""
    known_roots: tuple[str, ...] = ()  # every place evidence was saved to: the library lists them all
    operator_name: str = ""
    operator_role: str = ""
    legal_basis: str = ""
    retention_days: int = 365
    tsa_url: str = ""
    tsa_root: str = ""
    request_stamp: bool = False  # "not earlier than": asks an authority before each look-up
    proxy: str = ""
    ca_file: str = ""
    max_answer_bytes: int = 200 * 1024 * 1024
    watermark: bool = False  # over pictures on the screen and in reports, never in a saved one
    watermark_text: str = ""  # empty: the operator
    hide_when_idle: bool = False
    idle_minutes: int = 5
    hide_when_locked: bool = True
    report_language: str = ""  # empty: that of the program
    report_sections: tuple[str, ...] = ()  # none: all
    library_thumbnails: bool = True
    ask_purpose: tuple[str, ...] = ()  # of core.reasons.ASKED_FOR: a reason is demanded, and logged
    captures_expire: bool = True  # unsaved captures are offered for removal after so many days
    captures_expire_days: int = 30
    captures_expire_automatically: bool = False  # they are removed at the start, and that is told
    retention_warn_days: int = 14  # before the retention date of evidence
    deadline_warn: bool = True  # before the provider deletes the recording of what is not saved
    deadline_warn_hours: int = 3
    guide_skipped: tuple[str, ...] = ()  # steps of bridge.guide_desk.STEPS
    sheet_of: str = ""  # the certificate (SHA-256) whose enrolment sheet was printed or saved last

    @property
    def keeping(self) -> Keeping:
        """How long unsaved captures are kept, and how early retention is warned of."""
        from facevid_gui.core.expiry import Keeping  # the start needs none of it

        return Keeping(self.captures_expire_days if self.captures_expire else None, self.retention_warn_days)


# Where nobody can read what was chosen: nothing that protects people is left out.
SAFE_DEFAULTS = Settings(ask_purpose=ASKED_FOR, watermark=True)


def read_json_object(path: Path) -> dict[str, Any] | None:
    """Read a JSON object of ours; None when the file does not exist. `SurroundingsError` when it is damaged."""
    try:
        with disk_errors(path):
            raw = path.read_bytes()
    except SurroundingsError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
    try:
        data = json.loads(raw) if len(raw) <= MAX_CONFIG_BYTES else None
    except (ValueError, RecursionError) as error:
        raise SurroundingsError("config_damaged", path=path) from error
    if not isinstance(data, dict):
        raise SurroundingsError("config_damaged", path=path)
    return data


def write_json_object(path: Path, data: Mapping[str, Any]) -> None:
    """Replace a JSON file of ours in one step, mode 0600; `SurroundingsError` for the disk, or when it is damaged."""
    try:
        raw = _json_bytes(data)
    except RecursionError as error:  # members we do not know, so deep that they can be read and not be written
        raise SurroundingsError("config_damaged", path=path) from error
    with disk_errors(path):
        make_private_folder(path.parent)
        replace_file(path, raw)


def load_settings(path: Path) -> Settings:
    """Read the settings; values of the wrong type or out of range fall back to their default."""
    data = read_json_object(path) or {}
    defaults = Settings()
    given = {field.name: _as_read(data.get(field.name)) for field in fields(Settings)}
    chosen = {name: value for name, value in given.items() if _is_usable(name, value, getattr(defaults, name))}
    return Settings(**chosen)


def _as_read(value: object) -> Any:  # noqa: ANN401 - checked next
    """JSON has lists where the settings have tuples of texts."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return value


def _is_usable(name: str, value: object, default: object) -> bool:
    if type(value) is not type(default) or not _is_writable(value):
        return False
    return 1 <= value <= _LARGEST[name] if isinstance(value, int) and name in _LARGEST else True


def _is_writable(value: object) -> bool:
    """Whether every text in it can be written; half a character, which JSON can spell, can not."""
    texts = value if isinstance(value, tuple) else (value,)
    return not any(isinstance(text, str) and re.search("[\ud800-\udfff]", text) for text in texts)


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings, beside members we do not know; `SurroundingsError` when the file there is damaged."""
    others = read_json_object(path) or {}
    write_json_object(path, {**others, "schema": SETTINGS_SCHEMA, **asdict(settings)})


class SettingsFile:
    """The settings of one home. They are read once; one worker at a time changes them, so that no change is lost."""

    def __init__(self, path: Path, warn: Callable[[SurroundingsError], None] | None = None) -> None:
        self.path = path
        self._warn = warn  # told once that the defaults stand in
        self._settings: Settings | None = None
        self._changing = threading.Lock()

    @property
    def settings(self) -> Settings:
        """What the user chose; `SurroundingsError` when the file is damaged or cannot be read."""
        if self._settings is None:
            self._settings = load_settings(self.path)
        return self._settings

    @property
    def safe(self) -> Settings:
        """What the user chose; `SAFE_DEFAULTS` when it cannot be read. For looking and checking only."""
        try:
            return self.settings
        except SurroundingsError as error:
            if self._warn is not None:
                warn, self._warn = self._warn, None
                warn(error)
            return SAFE_DEFAULTS

    def set_aside(self, now: datetime) -> Path | None:
        """Give a damaged file another name beside its own, so that the defaults are in force; return the new path.

        None when the file is not damaged (any more): it stays. `SurroundingsError` when it cannot be renamed.
        """
        with self._changing:
            self._settings = None
            try:
                _ = self.settings
            except SurroundingsError as error:
                if error.code != "config_damaged":
                    raise
            else:
                return None
            aside = self.path.with_name(f"{self.path.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
            with disk_errors(self.path):
                if not move_new(self.path, aside):
                    raise SurroundingsError("not_set_aside", path=self.path, name=aside.name)
            return aside

    def change(self, changes: Mapping[str, object], *, even_unwritten: bool = False) -> Settings:
        """Write changes and return the settings then in force; `SurroundingsError` when they cannot be written.

        Then nothing has changed, or only for this run where it is wished `even_unwritten`.
        """
        with self._changing:
            changed = replace(self.settings, **changes)  # type: ignore[arg-type]
            if even_unwritten:
                self._settings = changed
            save_settings(self.path, changed)
            self._settings = changed
        return changed


def chosen_language(path: Path) -> str:
    """The language that was chosen, or nothing. It never fails: words are needed to say what is wrong, too."""
    with contextlib.suppress(SurroundingsError):
        return load_settings(path).language
    return ""


def home_id(path: Path) -> str:
    """Return this home's random id, made at first use; it keeps two homes apart in one keyring.

    Two first starts at the same time agree on one id: the secrets of the other would be lost.
    """
    known = _known_home_id(path)
    if known is not None:
        return known
    import secrets  # once in the life of a home

    fresh = {"schema": HOME_SCHEMA, "home_id": secrets.token_hex(8)}
    with disk_errors(path):
        make_private_folder(path.parent)
        if not place_new(path, _json_bytes(fresh)) and _known_home_id(path) is None:
            replace_file(path, _json_bytes(fresh))  # an object of ours without an id
    return _known_home_id(path) or fresh["home_id"]


def _known_home_id(path: Path) -> str | None:
    data = read_json_object(path) or {}
    known = data.get("home_id")
    return known if isinstance(known, str) and known else None


def _json_bytes(data: Mapping[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) < _LARGE and max(_depths(text)) < _DEEP:  # blanks before each line may be a thousand times the file
        text = json.dumps(data, ensure_ascii=False, indent=2)
    text += "\n"
    return text.encode("utf-8", "backslashreplace")  # half a character of a member we do not know: JSON's own escape


def _depths(text: str) -> Iterator[int]:
    """How deep each bracket of a JSON text lies, those inside strings among them."""
    depth = 0
    for bracket in re.finditer(r"[\[{\]}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        yield depth
