"""Publishing and loading pinned versions of definitions."""

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any

from backend.definitions.canonical import canonical
from backend.definitions.models import Published


class NotPublished(LookupError):  # noqa: N818 - reads as what it says
    """No definition of this kind was published under this hash."""


def publish(kind: str, name: str, content: dict[str, Any], *, by: str = "") -> str:
    """Store a version of a definition and return its hash; publishing the same content again does nothing.

    `by` is the opaque id of the member who publishes. Raises `NotCanonical` for content without one form.
    """
    data = canonical(content)
    digest = sha256(data).hexdigest()
    row = Published(kind=kind, name=name, hash=digest, content=data.decode(), published_by=by)
    # Two servers may start at once: whoever comes second finds the row there and leaves it.
    Published.objects.bulk_create([row], ignore_conflicts=True)
    return digest


def load(kind: str, digest: str) -> dict[str, Any]:
    """The content published under a hash, a fresh copy. Raises `NotPublished`."""
    content: dict[str, Any] = json.loads(_text(kind, digest))
    return content


@lru_cache(maxsize=512)
def _text(kind: str, digest: str) -> str:
    text = Published.objects.filter(kind=kind, hash=digest).values_list("content", flat=True).first()
    if text is None:
        raise NotPublished(f"No {kind} is published under {digest}; run the publish step of the set-up.")
    return text
