"""Checks a definition against the JSON Schema of its language, and says in plain words where it differs."""

import difflib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from backend.definitions.findings import Finding
from backend.definitions.yaml_text import Located, Step

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


def conform(located: Located, schema: Path) -> list[Finding]:
    """Every place where a definition differs from its schema file, in the order of the file."""
    content, validator = _compiled(schema)
    findings = {
        located.finding(path, message, remedy)
        for error in validator.iter_errors(located.value)
        for path, message, remedy in _said(error, content)
    }
    return sorted(findings)


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: the likely one, or the list to choose from."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"use one of: {', '.join(names)}" if names else "take it out, none is known"


@lru_cache(maxsize=16)
def _compiled(schema: Path) -> tuple[dict[str, Any], Any]:
    content = json.loads(schema.read_text(encoding="utf-8"))
    return content, jsonschema_rs.validator_for(content, validate_formats=True, retriever=_refuse)


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri}: schemas refer only to their own parts")


Said = tuple[tuple[Step, ...], str, str]


def _said(error: Any, schema: dict[str, Any]) -> Iterator[Said]:
    """A validation error as place, message, remedy; of several alternatives the likeliest is told."""
    path, kind = tuple(error.instance_path), error.kind
    what = _name(path)
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        known = _parent(schema, error.schema_path).get("properties", ())
        for key in kind.unexpected:
            yield (*path, key), f"the key {key!r} is not known in {what}", nearest(key, known)
    elif kind.name in ("oneOf", "anyOf") and getattr(kind, "context", None):
        for inner in min(kind.context, key=_distance):
            yield from _said(inner, schema)
    elif kind.name == "propertyNames":
        key = kind.error.instance
        yield (*path, key), f"the key {_shown(key)} in {what} is not well formed", _hint(schema, error)
    else:
        yield path, *_plain(what, error, kind, _hint(schema, error))


def _plain(what: str, error: Any, kind: Any, hint: str) -> tuple[str, str]:
    seen = f"{what} is {_shown(error.instance)}"
    match kind.name:
        case "required":
            return f"{what} has no {kind.property!r}", f"add the key {kind.property!r}"
        case "type":
            said = seen, f"write {' or '.join(_KINDS.get(name, name) for name in kind.types)} here"
        case "enum":
            said = seen, nearest(str(error.instance), map(str, kind.options))
        case "const":
            said = seen, f"write {kind.expected_value!r}"
        case "pattern" | "minLength" | "minItems" | "minProperties" | "minimum":
            said = seen, hint
        case _:
            said = f"{what}: {error.message}", hint
    return said


def _hint(schema: dict[str, Any], error: Any) -> str:
    """The remedy the schema itself gives in `description`, beside the keyword that failed."""
    return str(_parent(schema, error.schema_path).get("description", "correct it")).rstrip(".")


def _parent(schema: dict[str, Any], path: list[Step]) -> dict[str, Any]:
    here: Any = schema
    for step in path[:-1]:
        here = here[step]
    return here if isinstance(here, dict) else {}


def _distance(branch: list[Any]) -> tuple[bool, int]:
    """How far an alternative is from what was written: another type is farther than a wrong detail."""
    return any(error.kind.name == "type" for error in branch), len(branch)


def _name(path: tuple[Step, ...]) -> str:
    return ".".join(map(str, path)) or "the file"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
