"""Tamper evidence of one case: step bodies, commitments to content kept apart, and the hash that links them.

A body holds only ids, hashes, enumerations and times. Content (answers, attachments, facts) lies in blobs,
each
under a fresh salt; the body carries `HMAC-SHA-256(salt, …)` of it. So one data category can be erased by
law while
every hash still verifies, and a guessed postcode cannot be confirmed once its salt is gone.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.definitions.canonical import encoded

VERSION = 1
DECISION = "decision"  # the kind under which a step commits to what it was decided from
SUBJECT = "subject"  # the kind of content that says whose record a case is
_STEP, _GENESIS, _BLOB = b"tsunagu/step/1\0", b"tsunagu/genesis/1\0", b"tsunagu/blob/1\0"


def genesis(installation: str, chain: UUID) -> bytes:
    """The `prev` of a chain's first step; it names the installation and the chain, so chains cannot be
    swapped.
    """
    return hashlib.sha256(_GENESIS + installation.encode() + b"\0" + chain.bytes).digest()


def step_hash(prev: bytes, body: bytes) -> bytes:
    """`SHA-256("tsunagu/step/1" ‖ 0x00 ‖ prev(32) ‖ len(body) as 8 bytes ‖ body)`."""
    return hashlib.sha256(_STEP + prev + len(body).to_bytes(8, "big") + body).digest()


def commitment(salt: bytes, kind: str, content: bytes) -> str:
    """`HMAC-SHA-256(salt, "tsunagu/blob/1" ‖ 0x00 ‖ kind ‖ 0x00 ‖ length ‖ content)`, in hex."""
    message = _BLOB + kind.encode() + b"\0" + len(content).to_bytes(8, "big") + content
    return hmac.new(salt, message, hashlib.sha256).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of a small value of ids, codes and times, in hex."""
    return hashlib.sha256(encoded(value)).hexdigest()


@lru_cache(maxsize=1024)
def _decision(rules: tuple[str, ...], policies: str) -> str:
    return digest({"rules": list(rules), "policies": policies})


def utc(moment: datetime) -> str:
    """A moment as the body writes it: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True)
class Content:
    """One piece of content on its way into a blob."""

    kind: str
    category: str
    content: bytes
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def entry(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "category": self.category,
            "mac": commitment(self.salt, self.kind, self.content),
        }


@dataclass(frozen=True, slots=True)
class Body:
    """What a step says of itself; `pack` gives the bytes that are hashed and stored."""

    chain: UUID
    seq: int
    at: datetime
    actor: UUID
    action: str
    source: str
    target: str
    rules: Sequence[str]
    versions: Mapping[str, str]
    effects: Sequence[Mapping[str, Any]]
    timers: Sequence[Mapping[str, Any]]
    contents: Sequence[Content]
    on_behalf_of: UUID | None = None
    corrects: int | None = None
    inputs: str = ""  # the commitment to what the decision was made from
    erases: Mapping[str, Any] | None = None  # contents of earlier steps this one erases, and who asked for it

    def pack(self) -> bytes:
        committed = {"inputs": self.inputs} if self.inputs else {}
        return encoded(
            {
                **committed,
                **({"erases": dict(self.erases)} if self.erases else {}),
                "v": VERSION,
                "chain": str(self.chain),
                "seq": self.seq,
                "at": utc(self.at),
                "actor": str(self.actor),
                "for": str(self.on_behalf_of) if self.on_behalf_of else None,
                "action": self.action,
                "from": self.source,
                "to": self.target,
                "rules": list(self.rules),
                "decision": _decision(tuple(self.rules), self.versions.get("policies", "")),
                "versions": dict(self.versions),
                "effects": digest(list(self.effects)),
                "timers": digest(list(self.timers)),
                "commits": [content.entry() for content in self.contents],
                "corrects": self.corrects,
            }
        )
