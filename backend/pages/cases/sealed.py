"""Drafts closed by a key that is not in the database (AES-256-GCM): a copy of the rows opens none."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from backend.answers.post import Post
from backend.config import keyfiles

NONCE = 12  # bytes


def close(posted: Mapping[str, Sequence[str]], about: str) -> bytes:
    """A post, to be opened with the same words `about` where it belongs only. Raises `KeyTrouble`."""
    nonce = os.urandom(NONCE)
    text = json.dumps({name: list(values) for name, values in posted.items()}).encode("ascii")
    return nonce + _cipher().encrypt(nonce, text, about.encode("utf-8"))


def opened(sealed: bytes, about: str) -> Post | None:
    """What was closed; None for what was closed by another key or belongs elsewhere. Raises `KeyTrouble`."""
    try:
        text = _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], about.encode("utf-8"))
    except (InvalidTag, ValueError):
        return None
    found: Post = json.loads(text)
    return found


def _cipher() -> AESGCM:
    path = Path(settings.DRAFT_KEY)
    return _kept(path, path.stat().st_mtime_ns) if path.exists() else AESGCM(keyfiles.secret(path))


@lru_cache(maxsize=4)
def _kept(path: Path, _written: int) -> AESGCM:
    """The key of a file, read again when the file changes."""
    return AESGCM(keyfiles.secret(path))
