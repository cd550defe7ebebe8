"""The letters of a print file a few at a time, so that a run that is killed goes on where it was.

A piece lies on disk under a name made from what is in it: the hashes of its letters in their order. So a run
finds again what was made before it without anybody having written down how far that was, and whatever changed
meanwhile changes only the pieces it is in.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from backend.letters.models import FrozenPdf
from backend.letters.printing import files, merging

LETTERS = 50  # in a piece


@dataclass(frozen=True)
class Whole:
    """A letter by its number, and what its frozen bytes must be: their hash, and how many pages they have."""

    letter: UUID
    number: str
    sha256: str
    pages: int


class Unsound(ValueError):  # noqa: N818 - reads as what it says
    """Frozen bytes of these letters are not the ones that were frozen, or no PDF."""

    def __init__(self, letters: Sequence[UUID]) -> None:
        super().__init__(f"{len(letters)} letters")
        self.letters = letters


def pieces(letters: Sequence[Whole], *, sides: int) -> Iterator[Path]:
    """The pieces of a print file in order, each made when it is asked for unless it is there already.

    Raises `Unsound`, OSError where the disk is full.
    """
    for first in range(0, len(letters), LETTERS):
        yield _piece(letters[first : first + LETTERS], sides)


def _piece(letters: Sequence[Whole], sides: int) -> Path:
    said = "\n".join([str(sides), *(one.sha256 for one in letters)])
    path = files.piece_of(hashlib.sha256(said.encode()).hexdigest())
    if not _has(path, sum(-(-one.pages // sides) * sides for one in letters)):
        _make(letters, path, sides)
    return path


def _make(letters: Sequence[Whole], path: Path, sides: int) -> None:
    rows = FrozenPdf.objects.filter(letter__in=[one.letter for one in letters])
    frozen = {row.letter_id: bytes(row.pdf) for row in rows}
    parts = [frozen[one.letter] for one in letters]
    changed = [
        one.letter for one, pdf in zip(letters, parts, strict=True)
        if hashlib.sha256(pdf).hexdigest() != one.sha256
    ]  # fmt: skip
    if changed:
        raise Unsound(changed)
    try:
        files.publish(path, parts, sides=sides, pages=[one.pages for one in letters])
    except merging.NotMergeable as error:
        wrong = [one.letter for one, pdf in zip(letters, parts, strict=True) if not _has(pdf, one.pages)]
        raise Unsound(wrong) from error


def _has(pdf: bytes | Path, pages: int) -> bool:
    try:
        return merging.pages_of(pdf) == pages
    except (merging.NotMergeable, FileNotFoundError):
        return False
