"""Two versions of a workflow, form or letter side by side: what is new, gone or changed, and in what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "changed"]
PARTS = ("states", "actions", "properties", "inputs", "files")


@dataclass(frozen=True, slots=True)
class Difference:
    """One named thing that differs; `parts` are the names of what changed in it."""

    kind: Kind
    where: str
    name: str
    parts: tuple[str, ...] = ()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Everything in which two contents differ; order counts only where it is a list."""
    return list(_found(old, new))


def _found(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for part in PARTS:
        yield from _named(part, _by_name(old.get(part)), _by_name(new.get(part)))
    for name in sorted({*old, *new} - {*PARTS}):
        if old.get(name) != new.get(name):
            yield Difference("changed", "", name)


def _named(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in old:
        if name not in new:
            yield Difference("removed", where, name)
    for name in new:
        if name not in old:
            yield Difference("added", where, name)
        elif old[name] != new[name]:
            yield Difference("changed", where, name, tuple(_parts(old[name], new[name])))


def _parts(old: Any, new: Any) -> list[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return []
    return [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _by_name(value: Any) -> Mapping[str, Any]:
    """Named things, whether they are kept as a mapping or as a list of rows with names."""
    if isinstance(value, Mapping):
        return value
    return {str(row["name"]): row for row in value or () if isinstance(row, Mapping) and "name" in row}
