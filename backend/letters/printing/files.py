"""Print files on disk: written aside, flushed, renamed; made anew from the letters where one is not there.

They hold names and addresses, so only this user may read them.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from backend.letters.printing import merging
from backend.letters.printing.models import PrintFile

_SUFFIX, _PIECE, _ASIDE = ".pdf", ".piece", ".part"
_YOUNG = 3600  # seconds


def folder() -> Path:
    """Where print files are kept on this machine; made if it is not there."""
    path: Path = settings.VAR / "print"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def path_of(file_id: UUID) -> Path:
    return folder() / f"{file_id}{_SUFFIX}"


def piece_of(key: str) -> Path:
    """Where the piece of a print file that has this key is, or would be."""
    return folder() / f"{key}{_PIECE}"


def publish(
    path: Path, parts: Iterable[bytes | Path], *, sides: int, pages: Sequence[int] | None = None
) -> str:
    """Write the merged parts (of so many `pages` each) to `path`, whole or not at all; the SHA-256 of it."""
    aside = folder() / f"{uuid4()}{_ASIDE}"
    try:
        merging.merge(parts, aside, sides=sides, pages=pages)
        aside.chmod(0o600)
        digest = _flushed(aside)
        aside.rename(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _flush_folder()
    return digest


def _flushed(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder() -> None:
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_whole(file: PrintFile) -> bool:
    """Whether the file is on this machine as it was made."""
    path = path_of(file.id)
    return path.is_file() and _flushed(path) == file.sha256


def use_up(parts: Iterable[Path]) -> None:
    """Take away the pieces of a print file that is whole."""
    for path in parts:
        path.unlink(missing_ok=True)


def discard(file_id: UUID) -> None:
    """Take away a file that was written and belongs to no row."""
    path_of(file_id).unlink(missing_ok=True)


def sweep() -> int:
    """Take away what a run that was killed left: files of no row, and after an hour files aside and pieces.

    Call it holding the lease.
    """
    known = {str(pk) for pk in PrintFile.objects.values_list("id", flat=True)}
    left = [path for path in folder().iterdir() if _is_left(path, known)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_left(path: Path, known: set[str]) -> bool:
    """A young file aside may be somebody's download that is being made anew, a young piece is still used."""
    if path.suffix in (_ASIDE, _PIECE):
        return time.time() - path.stat().st_mtime > _YOUNG
    return path.suffix == _SUFFIX and path.stem not in known
