"""Checks a definition against the JSON Schema of its language, and says in plain words where it differs."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from backend.definitions.findings import Finding
from backend.definitions.yaml_text import Located, Step

MOST_NAMED = 20  # names in a remedy; beyond, only the likeliest

_CHOICES = ("oneOf", "anyOf")
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a value differs from its schema, and the keyword of the schema that says so."""

    finding: Finding
    path: tuple[Step, ...]
    keyword: str
    schema_path: tuple[Step, ...]


def conform(located: Located, schema: Path) -> list[Finding]:
    """Every place where a definition differs from its schema file, in the order of the file."""
    return sorted({difference.finding for difference in differences(located, schema)})


def differences(located: Located, schema: Path) -> list[Difference]:
    """As `conform`, with what a program needs to know about each finding."""
    content, validator = _compiled(schema)
    return [
        Difference(located.finding(path, message, remedy), path, error.kind.name, tuple(error.schema_path))
        for given in validator.iter_errors(located.value)
        for error in _likeliest(given, content)
        for path, message, remedy in _said(error, content)
    ]


def compiled(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """A function that tells whether a value fits a schema; nothing outside the schema is fetched.

    Raises ValueError when the schema itself is not valid.
    """
    test: Callable[[Any], bool] = jsonschema_rs.validator_for(
        dict(schema), validate_formats=True, retriever=_refuse
    ).is_valid
    return test


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: the likely one, or the list to choose from."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if len(names) > MOST_NAMED:
        likely = difflib.get_close_matches(word, names, n=5, cutoff=0)
        return f"use one of the {len(names)} known, such as {', '.join(likely)}"
    return f"use one of: {', '.join(names)}" if names else "take it out, none is known"


@lru_cache(maxsize=16)
def _compiled(schema: Path) -> tuple[dict[str, Any], Any]:
    content = json.loads(schema.read_text(encoding="utf-8"))
    return content, jsonschema_rs.validator_for(content, validate_formats=True, retriever=_refuse)


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri}: schemas refer only to their own parts")


Said = tuple[tuple[Step, ...], str, str]


def _likeliest(error: Any, schema: dict[str, Any]) -> Iterator[Any]:
    """The error itself, or of several alternatives the errors of the one that was likely meant.

    Where the schema says itself what the choice is, or several alternatives fit at once, the choice is told.
    """
    branches = getattr(error.kind, "context", None) if error.kind.name in _CHOICES else None
    here = len(error.instance_path)
    meant = min(branches, key=lambda branch: _distance(branch, here)) if branches else []
    if meant and not _hint(schema, error):
        for inner in meant:
            yield from _likeliest(inner, schema)
    else:
        yield error


def _said(error: Any, schema: dict[str, Any]) -> Iterator[Said]:
    """A validation error as place, message and remedy."""
    path, kind = tuple(error.instance_path), error.kind
    what = _name(path)
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        known = _parent(schema, error.schema_path).get("properties", ())
        for key in kind.unexpected:
            yield (*path, key), f"the key {key!r} is not known in {what}", nearest(key, known)
    elif kind.name == "propertyNames":
        key = kind.error.instance
        yield (*path, key), f"the key {_shown(key)} in {what} is not well formed", _hint(schema, error)
    else:
        yield path, *_plain(what, error, kind, _hint(schema, error))


def _plain(what: str, error: Any, kind: Any, hint: str) -> tuple[str, str]:
    seen = f"{what} is {_shown(error.instance)}"
    match kind.name:
        case "oneOf" | "anyOf":
            said = f"{what} does not fit", hint or "write one of the alternatives"
        case "required":
            return f"{what} has no {kind.property!r}", f"add the key {kind.property!r}"
        case "type":
            said = seen, f"write {' or '.join(_KINDS.get(name, name) for name in kind.types)} here"
        case "enum":
            said = seen, hint or nearest(str(error.instance or ""), map(str, kind.options))
        case "const":
            said = seen, f"write {kind.expected_value!r}"
        case "pattern" | "minLength" | "minItems" | "minProperties" | "minimum":
            said = seen, hint or "correct it"
        case _:
            said = f"{what}: {error.message}", hint or "correct it"
    return said


def _hint(schema: dict[str, Any], error: Any) -> str:
    """The remedy the schema itself gives in `description`, beside the keyword that failed."""
    return str(_parent(schema, error.schema_path).get("description", "")).rstrip(".")


def _parent(schema: dict[str, Any], path: list[Step]) -> dict[str, Any]:
    here: Any = schema
    for step in path[:-1]:
        here = here[step]
    return here if isinstance(here, dict) else {}


def _distance(branch: list[Any], depth: int) -> tuple[bool, int]:
    """How far an alternative is from what was written: a value of another type is farther than a detail."""
    other_type = any(error.kind.name == "type" and len(error.instance_path) == depth for error in branch)
    return other_type, len(branch)


def _name(path: tuple[Step, ...]) -> str:
    return ".".join(map(str, path)) or "the file"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
