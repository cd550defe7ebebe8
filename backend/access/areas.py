"""The tree of areas: which neighbourhood lies in which district. Policies ask it by `in`."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any


class Areas:
    """Areas by code, each with its parent (None at the top).

    Raises ValueError for a parent that is not listed and for a circle.
    """

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = dict(parents)
        self._ancestors = {code: self._walk(code) for code in self._parents}

    def _walk(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        parent = self._parents[code]
        while parent is not None:
            if parent not in self._parents:
                raise ValueError(f"Area {code}: its parent {parent} is not listed; add it.")
            if parent == code or parent in found:
                raise ValueError(f"Area {code}: it lies within itself; correct its parent.")
            found.append(parent)
            parent = self._parents[parent]
        return tuple(found)

    def __len__(self) -> int:
        return len(self._parents)

    def __contains__(self, code: object) -> bool:
        return code in self._parents

    def ancestors(self, code: str) -> tuple[str, ...]:
        """What holds the area, nearest first. An unknown area is held by nothing."""
        return self._ancestors.get(code, ())

    @cached_property
    def _descendants(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {code: {code} for code in self._parents}
        for code, above in self._ancestors.items():
            for holder in above:
                found[holder].add(code)
        return found

    def descendants(self, code: str) -> frozenset[str]:
        """The area itself and everything in it."""
        return frozenset(self._descendants.get(code, {code}))

    def entity(self, code: str) -> dict[str, Any]:
        """The Cedar entity (JSON form) of an area, with everything that holds it."""
        parents = [{"type": "Area", "id": holder} for holder in self.ancestors(code)]
        return {"uid": {"type": "Area", "id": code}, "attrs": {}, "parents": parents}


class _Kept:
    """The areas of this process: read once, and again for a code the last reading did not have.

    A code that is still missing afterwards is asked for again only after a while.
    """

    patience = 5.0  # seconds

    def __init__(self, read: Callable[[], Mapping[str, str | None]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._areas = Areas({})
        self._missing: dict[str, float] = {}

    def areas(self, *needed: str) -> Areas:
        absent = [code for code in needed if code and code not in self._areas]
        if absent or not len(self._areas):
            with self._lock:
                if not len(self._areas) or any(map(self._worth_reading, absent)):
                    self._areas = Areas(self._read())
                    now = time.monotonic()
                    self._missing = {code: now for code in absent if code not in self._areas}
        return self._areas

    def _worth_reading(self, code: str) -> bool:
        waited = time.monotonic() - self._missing.get(code, float("-inf"))
        return code not in self._areas and waited >= self.patience


_kept: _Kept | None = None


def use_areas(areas: Mapping[str, str | None] | Callable[[], Mapping[str, str | None]]) -> None:
    """Set where this process has its areas from: parents by code, or a function that reads them."""
    global _kept  # noqa: PLW0603 - one tree per process, like one policy book
    _kept = _Kept(areas if callable(areas) else lambda: areas)


def current_areas(*needed: str) -> Areas:
    """The areas of this process. Raises LookupError before `use_areas`; a decision is then a refusal."""
    if _kept is None:
        raise LookupError("The areas are not loaded; call backend.access.use_areas at start.")
    return _kept.areas(*needed)
