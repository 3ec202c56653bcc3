"""What a target is: a parser, what it may raise, how its inputs are changed, how long and how much it may take."""

import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from facevid_gui.core.errors import FacevidError
from facevid_gui.core.messages import Messages

CORPORA = Path(__file__).parent / "corpora"
Feed = Callable[[bytes], None]
Mutate = Callable[[random.Random, bytes], bytes]


class ViolationError(AssertionError):
    """A parser broke the rule: neither a value nor its typed error within bounded time and memory."""


@dataclass(frozen=True)
class Target:
    """One parser. `make` gets a folder of its own and returns the function that is fed; it raises for a violation.

    `patience_s` is CPU time for one input, `memory_mb` by how much one input may raise the highest memory in use.
    """

    name: str
    about: str
    make: Callable[[Path], Feed]
    mutate: Mutate
    patience_s: float = 2.0
    memory_mb: int = 200
    needs: tuple[str, ...] = ()

    def corpus(self) -> list[bytes]:
        """The committed inputs: valid seeds and past findings."""
        return [path.read_bytes() for path in self.corpus_files()]

    def corpus_files(self) -> list[Path]:
        """Where they lie."""
        return sorted(path for path in (CORPORA / self.name).iterdir() if path.is_file())


_MESSAGES = Messages("en")


@contextlib.contextmanager
def typed(*errors: type[Exception]) -> Iterator[None]:
    """The errors that are an answer. One of the program's own family must have its sentence and be writable."""
    try:
        yield
    except errors as error:
        said = str(error)
        if isinstance(error, FacevidError):
            must(_MESSAGES.has(f"error.{error.code}"), f"an error without a sentence: {error.code}")
            said = " ".join(_MESSAGES.error(error))
        must(len(said) < 20_000, "an error that fills the screen")


def must(holds: bool, what: str) -> None:
    """Raise `ViolationError` unless it holds."""
    if not holds:
        raise ViolationError(what)


def sayable(*values: object) -> None:
    """Whatever these are, they can be written as text."""
    for value in values:
        try:
            str(value).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ViolationError("a value that cannot be written") from error
