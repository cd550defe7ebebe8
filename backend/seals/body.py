"""What a seal says, and its signature: canonical bytes under Ed25519.

A seal names the one before by its hash and the key that signs it in full; where the key changes, the last
seal of the old key names the new one. So whoever trusts one printed seal can check every later one without
us.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.definitions.canonical import canonical

VERSION = 1
FORMAT = "tsunagu/seal/1"
_SEAL, _GENESIS = FORMAT.encode() + b"\0", b"tsunagu/seals/1\0"


class NotASeal(ValueError):  # noqa: N818 - reads as what it says
    """The text is not a seal as this version writes it."""


def genesis(installation: str) -> bytes:
    """The `previous` of the first seal of an installation."""
    return hashlib.sha256(_GENESIS + installation.encode()).digest()


def seal_hash(body: bytes) -> bytes:
    """`SHA-256("tsunagu/seal/1" ‖ 0x00 ‖ len(body) as 8 bytes ‖ body)`."""
    return hashlib.sha256(_SEAL + len(body).to_bytes(8, "big") + body).digest()


def fingerprint(public: bytes) -> str:
    """The id of a key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def signed(body: bytes) -> bytes:
    """The bytes under the signature: they cannot be mistaken for anything but a seal."""
    return _SEAL + body


def genuine(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of a key signed a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Said:
    """The body of a seal as read."""

    installation: str
    number: int
    previous: bytes
    root: bytes
    chains: int
    steps: int
    letters: Sequence[Mapping[str, Any]]
    disclosures: Mapping[str, int]
    looks: int
    definitions: Sequence[Sequence[str]]
    at: str
    public: bytes
    next_public: bytes | None

    @property
    def key(self) -> str:
        return fingerprint(self.public)

    @property
    def signs_next(self) -> bytes:
        """The key the next seal must bear."""
        return self.next_public or self.public

    def pack(self) -> bytes:
        return canonical(
            {
                "v": VERSION,
                "installation": self.installation,
                "number": self.number,
                "previous": self.previous.hex(),
                "root": self.root.hex(),
                "chains": self.chains,
                "steps": self.steps,
                "letters": [dict(series) for series in self.letters],
                "disclosures": dict(self.disclosures),
                "looks": self.looks,
                "definitions": [list(one) for one in self.definitions],
                "at": self.at,
                "key": self.key,
                "public": self.public.hex(),
                "next": self.next_public.hex() if self.next_public else None,
            }
        )


def read(body: bytes) -> Said:
    """What a body says. Raises `NotASeal` for anything a seal of ours cannot be."""
    try:
        found = json.loads(body)
        said = Said(
            installation=found["installation"],
            number=found["number"],
            previous=bytes.fromhex(found["previous"]),
            root=bytes.fromhex(found["root"]),
            chains=found["chains"],
            steps=found["steps"],
            letters=found["letters"],
            disclosures=found["disclosures"],
            looks=found["looks"],
            definitions=found["definitions"],
            at=found["at"],
            public=bytes.fromhex(found["public"]),
            next_public=bytes.fromhex(found["next"]) if found["next"] else None,
        )
        again = said.pack()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotASeal(f"this is not a seal: {type(error).__name__}") from error
    if again != body or type(said.number) is not int or not isinstance(said.installation, str):
        raise NotASeal("this is not a seal: it is not in its one form")
    return said
