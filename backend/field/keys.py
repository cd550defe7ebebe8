"""The key records on phones are sealed to: the phone holds the public half and can add, not read.

The private half is a file outside the database, as the key of the seals. A key that was changed stays beside
it under its own id, because a phone may come back after weeks with records sealed to it.
"""

import base64
import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

BITS = 3072


class KeyTrouble(RuntimeError):  # noqa: N818 - reads as what it says
    """The key cannot be used; the message says why and what to do."""


def current() -> RSAPrivateKey:
    """The key phones seal to today; made at first use. Raises `KeyTrouble`."""
    file = _file()
    if not file.exists():
        with suppress(FileExistsError):  # another process was faster: theirs is the key
            _write(file)
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


def _write(path: Path) -> None:
    """A new key as a file of its own, readable by its owner only, whole or not at all."""
    key = generate_private_key(65537, BITS)
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError as error:
        raise KeyTrouble(f"The key cannot be written to {path}: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            fresh.unlink()


@lru_cache(maxsize=8)
def _load(path: Path, _written: int) -> RSAPrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyTrouble(f"Others can read {path}; type `chmod 600 {path}`, and change the key.")
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise KeyTrouble(f"The key at {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise KeyTrouble(f"{path} holds no private key (PEM, without a password).") from error
    if not isinstance(key, RSAPrivateKey):
        raise KeyTrouble(f"{path} holds a key of another kind; records are sealed with RSA.")
    return key
