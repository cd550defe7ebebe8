"""Canonical JSON: one value, one sequence of bytes (RFC 8785, restricted).

Restricted to what can be evidence: ASCII keys, strings, whole numbers below 2^53, booleans, null, lists and
dictionaries. No floats, no NUL, no lone surrogates, and no Unicode normalisation (a name is kept as written).
"""

import json
from hashlib import sha256
from typing import Any

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 100
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


class NotCanonical(ValueError):  # noqa: N818 - reads as what it says
    """The value holds something that has no canonical form."""


def canonical(value: Any) -> bytes:
    """The canonical bytes (UTF-8) of `value`.

    Raises `NotCanonical`, naming the place, for anything outside the restriction.
    """
    _require(value, ())
    return encoded(value)


def encoded(value: Any) -> bytes:
    """The canonical bytes of what this program put together itself, of ids, codes and times: not checked."""
    return _ENCODER.encode(value).encode()


def content_hash(value: Any) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


def _require(value: Any, path: tuple[str | int, ...]) -> None:
    kind = type(value)
    if kind is str:
        _require_text(value, path)
    elif kind is dict:
        _require_depth(path)
        for key, item in value.items():
            _require_key(key, path)
            if not _plainly_right(item):
                _require(item, (*path, key))
    elif kind is list:
        _require_depth(path)
        for index, item in enumerate(value):
            if not _plainly_right(item):
                _require(item, (*path, index))
    elif kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise NotCanonical(f"{_place(path)}: {value} is not below 2^53; write it as a string.")
    elif value is not None and kind is not bool:
        raise NotCanonical(
            f"{_place(path)}: a {kind.__name__} has no canonical form; use a string, whole number, "
            "true, false, null, list or dictionary."
        )


def _require_key(key: Any, path: tuple[str | int, ...]) -> None:
    if type(key) is not str or not key.isascii() or "\0" in key:
        raise NotCanonical(f"{_place(path)}: the key {key!r} must be an ASCII string.")


def _plainly_right(value: Any) -> bool:
    """What most values are, told at once: ASCII text without NUL, true, false, null."""
    if type(value) is str:
        return value.isascii() and "\0" not in value
    return value is None or value is True or value is False


def _require_text(value: str, path: tuple[str | int, ...]) -> None:
    if "\0" in value:
        raise NotCanonical(f"{_place(path)}: the text holds NUL (U+0000); take it out.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        raise NotCanonical(f"{_place(path)}: the text holds half a character (U+{code:04X}).") from None


def _require_depth(path: tuple[str | int, ...]) -> None:
    if len(path) >= DEEPEST:
        raise NotCanonical(f"{_place(path[:3])}…: nested deeper than {DEEPEST} levels.")


def _place(path: tuple[str | int, ...]) -> str:
    return "/" + "/".join(map(str, path))
