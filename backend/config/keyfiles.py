"""Private keys as files: outside the database, readable by their owner only, written whole or not at all."""

import os
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


class KeyTrouble(RuntimeError):  # noqa: N818 - reads as what it says
    """The key cannot be used; the message says why and what to do."""


def write(path: Path, key: Ed25519PrivateKey | RSAPrivateKey) -> None:
    """The key as a file of its own. Raises FileExistsError where one is, else `KeyTrouble`."""
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


def load(path: Path) -> PrivateKeyTypes:
    """The key in the file, of whatever kind. Raises `KeyTrouble`."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyTrouble(f"Others can read {path}; type `chmod 600 {path}`, and consider a new key.")
        return load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise KeyTrouble(f"The key at {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise KeyTrouble(f"{path} holds no private key (PEM, without a password).") from error
