"""The key that signs seals, and the journal beside it: both outside the database.

Whoever holds the database alone can neither sign a seal nor take one back: the journal names every seal that
was made, and `tsunagu verify` compares.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from backend.config.keyfiles import KeyTrouble, load, write
from backend.seals.body import fingerprint


def _file() -> Path:
    return Path(settings.SEAL_KEY)


def _next_file() -> Path:
    return _file().with_name(_file().name + ".next")


def public_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def first() -> Ed25519PrivateKey:
    """The key of an installation without seals: the one that is there, else a new one. Raises
    `KeyTrouble`.
    """
    if not _file().exists():
        with suppress(FileExistsError):  # another process was faster: theirs is the key
            write(_file(), Ed25519PrivateKey.generate())
    return _load(_file())


def holding(public: bytes) -> Ed25519PrivateKey:
    """The private half of a key. Raises `KeyTrouble` when it is not here.

    A rotation killed between its seal and the change of files is ended here.
    """
    if _next_file().exists() and public_of(_load(_next_file())) == public:
        _next_file().replace(_file())
    if not _file().exists():
        raise KeyTrouble(
            f"The key {fingerprint(public)} is not at {_file()}; bring it back from its safe copy, "
            "or set TSUNAGU_SEAL_KEY to where it is."
        )
    key = _load(_file())
    if public_of(key) != public:
        raise KeyTrouble(
            f"{_file()} holds the key {fingerprint(public_of(key))}, and the last seal calls for "
            f"{fingerprint(public)}; bring that one back from its safe copy."
        )
    return key


def draw_next() -> Ed25519PrivateKey:
    """A new key, kept beside the present one until a seal names it. Raises `KeyTrouble`."""
    _next_file().unlink(missing_ok=True)
    write(_next_file(), Ed25519PrivateKey.generate())
    return _load(_next_file())


def _load(path: Path) -> Ed25519PrivateKey:
    key = load(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyTrouble(f"{path} holds a key of another kind; seals are signed with Ed25519.")
    return key


def journal() -> Path:
    """Where every seal that was made is written down, outside the database."""
    return _file().with_name("seals.journal")


def journalled() -> Iterator[tuple[int, str]]:
    """Number and hash of the seals in the journal. Raises `KeyTrouble` when it cannot be read as written."""
    try:
        lines = journal().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise KeyTrouble(f"{journal()} cannot be read: {error.strerror}.") from error
    for line in lines:
        try:
            found = json.loads(line)
            yield int(found["number"]), str(found["hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise KeyTrouble(f"{journal()} was changed by somebody; take it from its copy.") from error


def write_down(seals: Iterable[tuple[int, bytes]]) -> None:
    """Add the seals that are not in the journal yet, with what a killed run left out. Raises `KeyTrouble`."""
    known = {number for number, _hash in journalled()}
    fresh = [(number, digest) for number, digest in seals if number not in known]
    if not fresh:
        return
    try:
        with journal().open("a", encoding="utf-8") as file:
            for number, digest in fresh:
                file.write(json.dumps({"number": number, "hash": digest.hex()}) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeyTrouble(f"The seal is made, but {journal()} cannot be written: {error.strerror}.") from error
