"""Opening what a phone sealed: a random AES-256-GCM key for each record, wrapped with RSA-OAEP (SHA-256).

Both are what browsers offer by themselves (WebCrypto), so that no library is needed on the phone.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from backend.field import keys

LARGEST = 16_384  # bytes of a sealed record
_PARTS = ("to", "wrapped", "nonce", "text")


class NotOpened(ValueError):  # noqa: N818 - reads as what it says
    """This is no record sealed to the office, or it was changed on its way."""


def opened(sealed: Mapping[str, Any]) -> dict[str, Any]:
    """What was sealed. Raises `NotOpened`."""
    given = {name: sealed.get(name) for name in _PARTS}
    if not all(isinstance(value, str) and len(value) <= LARGEST for value in given.values()):
        raise NotOpened
    private = keys.holding(str(given["to"]))
    if private is None:
        raise NotOpened
    try:
        wrapped, nonce, text = (base64.b64decode(str(given[name]), validate=True) for name in _PARTS[1:])
        key = private.decrypt(wrapped, OAEP(MGF1(SHA256()), SHA256(), None))
        found = json.loads(AESGCM(key).decrypt(nonce, text, None))
    except (ValueError, InvalidTag, binascii.Error, RecursionError):
        raise NotOpened from None
    if not isinstance(found, dict):
        raise NotOpened
    return found
