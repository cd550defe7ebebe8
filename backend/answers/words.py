"""Choices that take their words from a catalogue of the policies, so that one thing is called one way.

`x-words: categories` beside an `enum` stands for `x-enum-ja` and `x-enum-en`. The words are filled in when
the file is read: what is published, pinned and hashed holds them, whatever the catalogue says later.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import nearest
from backend.definitions.source import catalogue
from backend.definitions.yaml_text import Located, Step

REFERENCE, JA, EN = "x-words", "x-enum-ja", "x-enum-en"
Path = tuple[Step, ...]
Words = Mapping[str, Mapping[str, str]]


def filled_in(located: Located) -> tuple[Located, list[Finding]]:
    """A form of the right shape with words in the place of each reference, and what is wrong with these."""
    value = deepcopy(located.value)
    findings: list[Finding] = []
    known: dict[str, Words] = {}
    for path, coded in _referring(value, ()):
        name = coded.pop(REFERENCE)
        if name not in known:
            known[name] = _words(name)
        findings += _findings(located, path, name, coded, known[name])
        told = {code: known[name][code] for code in coded["enum"] if code in known[name]}
        coded[JA] = {code: words["ja"] for code, words in told.items()}
        coded[EN] = {code: words["en"] for code, words in told.items()}
    return replace(located, value=value), findings


def _referring(part: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every list of choices with a reference; examples are answers and hold none."""
    if isinstance(part, dict):
        if isinstance(part.get(REFERENCE), str) and "enum" in part:
            yield path, part
        for key, inner in part.items():
            if key not in ("x-accepted", "x-rejected"):
                yield from _referring(inner, (*path, key))
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from _referring(inner, (*path, number))


def _words(name: str) -> Words:
    """The words of a catalogue by code; none when its file cannot be read."""
    try:
        found = catalogue(name)
    except DefinitionError:
        return {}  # what is wrong with it is found where policies are read
    titles = {code: it.get("title", it) for code, it in found.items() if isinstance(it, dict)}
    return {code: it for code, it in titles.items() if isinstance(it, dict) and {"ja", "en"} <= it.keys()}


def _findings(
    located: Located, path: Path, name: str, coded: Mapping[str, Any], words: Words
) -> Iterator[Finding]:
    file = f"policies/{name}.yaml"
    if not words:
        yield located.finding((*path, REFERENCE), f"{file} has no words that can be read", "correct it")
        return
    for key in (JA, EN):
        if key in coded:
            yield located.finding((*path, key), f"the words stand in {file} already", f"take {key} out")
    for number, code in enumerate(coded["enum"]):
        if code not in words:
            message = f"{file} does not know {code!r}"
            yield located.finding((*path, "enum", number), message, nearest(code, words))
