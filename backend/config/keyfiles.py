"""Keys as files: outside the database, readable by their owner only, written whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

SECRET_BYTES = 32


class KeyTrouble(RuntimeError):  # noqa: N818 - reads as what it says
    """The key cannot be used; the message says why and what to do."""


def write(path: Path, key: Ed25519PrivateKey | RSAPrivateKey) -> None:
    """The key as a file of its own. Raises FileExistsError where one is, else `KeyTrouble`."""
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write(path: Path, data: bytes) -> None:
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


def load(path: Path) -> PrivateKeyTypes:
    """The key in the file, of whatever kind. Raises `KeyTrouble`."""
    try:
        return load_pem_private_key(_read(path), None)
    except (ValueError, TypeError) as error:
        raise KeyTrouble(f"{path} holds no private key (PEM, without a password).") from error


def secret(path: Path) -> bytes:
    """The 32 random bytes in the file, made at first use: the key both to close and to open. Raises
    `KeyTrouble`.
    """
    if not path.exists():
        with suppress(FileExistsError):  # another process was faster: theirs is the key
            _write(path, secrets.token_hex(SECRET_BYTES).encode("ascii"))
    try:
        found = bytes.fromhex(_read(path).decode("ascii").strip())
    except ValueError:
        found = b""
    if len(found) != SECRET_BYTES:
        raise KeyTrouble(f"{path} holds no key of {SECRET_BYTES} bytes in hexadecimal digits.")
    return found


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyTrouble(f"Others can read {path}; type `chmod 600 {path}`, and consider a new key.")
        return path.read_bytes()
    except OSError as error:
        raise KeyTrouble(f"The key at {path} cannot be read: {error.strerror}.") from error
