"""The key records on phones are sealed to: the phone holds the public half and can add, not read.

The private half is a file outside the database, as the key of the seals. A key that was changed stays beside
it under its own id, because a phone may come back after weeks with records sealed to it.
"""

import base64
import hashlib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from backend.config.keyfiles import KeyTrouble, load, write

BITS = 3072


def current() -> RSAPrivateKey:
    """The key phones seal to today; made at first use. Raises `KeyTrouble`."""
    file = _file()
    if not file.exists():
        with suppress(FileExistsError):  # another process was faster: theirs is the key
            write(file, generate_private_key(65537, BITS))
    return _load(file, file.stat().st_mtime_ns)


def holding(ident: str) -> RSAPrivateKey | None:
    """The key of that id, today's or an older one; None where there is none."""
    key = current()
    if ident == ident_of(key):
        return key
    older = _file().with_name(f"{ident}.pem")
    if not ident.isalnum() or not older.exists():
        return None
    return _load(older, older.stat().st_mtime_ns)


def change() -> str:
    """Begin with a new key; the one until now is kept under its id. Returns the id of the new one."""
    file, old = _file(), current()
    file.rename(file.with_name(f"{ident_of(old)}.pem"))
    return ident_of(current())


def ident_of(key: RSAPrivateKey) -> str:
    """The id of a key: the first 16 hexadecimal digits of the hash of its public half."""
    return hashlib.sha256(_public(key)).hexdigest()[:16]


def public_text(key: RSAPrivateKey) -> str:
    """The public half as a browser reads it (SPKI, base64)."""
    return base64.b64encode(_public(key)).decode("ascii")


def _public(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _file() -> Path:
    return Path(settings.FIELD_KEY)


@lru_cache(maxsize=8)
def _load(path: Path, _written: int) -> RSAPrivateKey:
    key = load(path)
    if not isinstance(key, RSAPrivateKey):
        raise KeyTrouble(f"{path} holds a key of another kind; records are sealed with RSA.")
    return key
