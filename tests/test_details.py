"""Every reason that the verifier gives in English has words in Chinese, and what the system says has them, too."""

import ast
import errno
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.core.messages import Messages
from facevid_gui.core.wording import window_failure
from facevid_gui.diagnosis.finding import Finding
from facevid_gui.diagnosis.words import value_of
from facevid_gui.resources import resource

EVIDENCE = Path(__file__).parent.parent / "facevid_gui" / "evidence"
# Where a detail stands among the arguments.
PLACES = {
    "Reason": 2,
    "CmsError": 0,
    "StampError": 0,
    "ListError": 0,
    "ArchiveError": 2,
    "_unreadable": 0,
    "_report": 2,
}
LEFT = {"_unreadable": ("verify.py", "unpacking.py")}  # functions of that name with other arguments
CHINESE, ENGLISH = Messages("zh_CN"), Messages("en")


def text_of(node: ast.expr) -> Iterator[str]:
    """What a detail reads, "7" where a value comes in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from text_of(value)


def details() -> list[str]:
    found = set()
    for path in sorted(EVIDENCE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = PLACES.get(name)
            if place is not None and path.name not in LEFT.get(name, ()) and len(node.args) > place:
                found.update(text_of(node.args[place]))
    return sorted(found)


def test_the_verifiers_reasons_are_found() -> None:
    assert len(details()) > 80
    assert "not signed" in details()


@pytest.mark.parametrize("detail", details())
def test_a_reason_has_chinese_words(detail: str) -> None:
    if detail in ("7 7", "7", "the register 7"):
        return  # a time, a digest, a name, or the two sentences below
    worded = CHINESE.detail(detail)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in worded), worded
    assert ENGLISH.detail(detail) == detail


def test_no_words_are_there_for_nobody() -> None:
    """What is worded is said somewhere: by the package, but for the words of system and OpenSSL."""
    package = "\n".join(path.read_text("utf-8") for path in EVIDENCE.parent.rglob("*.py"))
    english: dict[str, str] = json.loads(resource("messages/en.json").read_text("utf-8"))
    known = {key: text for key, text in english.items() if re.match(r"detail\.(?!sys_|tls_)", key)}
    assert len(known) > 100
    unsaid = [key for key, text in known.items() if max(re.split(r"\{\w+\}", text), key=len).strip() not in package]
    assert unsaid == ["detail.register_unknown", "detail.register_no_seal"], "put together, see below"


def test_what_the_register_says_has_chinese_words() -> None:
    for said in ("does not hold the seal of this folder, only what was added", "does not know it"):
        assert CHINESE.detail(f"the register {said}").startswith("登记簿中没有")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENOTDIR])
def test_what_the_system_says_is_said_in_chinese(number: int) -> None:
    said = os.strerror(number)
    assert CHINESE.detail(said) != said
    what, next_step = window_failure("disk_failed", {"path": "/srv", "reason": said}, CHINESE)
    assert said not in what + next_step
    assert said in ENGLISH.failure("disk_failed", {"path": "/srv", "reason": said})[0]


def test_why_a_key_cannot_be_used_is_no_code() -> None:
    for messages in (CHINESE, ENGLISH):
        what, _ = messages.failure("no_signing_key", {"cause": "keyring_locked"})
        assert "keyring_locked" not in what
        assert "new_code" in messages.failure("no_signing_key", {"cause": "new_code"})[0]


def test_a_folder_that_cannot_be_written_to_is_said_in_chinese() -> None:
    finding = Finding("folder_data", "missing", "/srv: Permission denied")
    assert value_of(finding, CHINESE) == "/srv: 没有权限"
    assert value_of(finding, ENGLISH) == finding.value


def test_a_reason_without_words_stays_as_it_is() -> None:
    assert CHINESE.detail("something new") == "something new"
    assert CHINESE.detail("") == ""
    assert CHINESE.detail("(.*) [") == "(.*) ["
    assert CHINESE.detail("no zip archive: not signed") == "不是 zip：没有签名"
