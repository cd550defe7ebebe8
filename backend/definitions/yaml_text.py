"""Strict YAML: what a line shows is what the program gets.

Only mappings, lists, strings, whole numbers, `true`, `false` and `null`. `no`, `12:30` and `2026-11-24` stay
strings; a number with a fraction must be quoted. Anchors, aliases, tags, duplicate keys and second documents
are refused, so that a small file stays small (an alias bomb of 300 bytes becomes 28 MB elsewhere).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from backend.definitions.canonical import LARGEST_INTEGER
from backend.definitions.findings import DefinitionError, Finding

LARGEST_FILE = 1_000_000  # bytes
DEEPEST = 40

_WORDS = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+")
# YAML 1.2 §5.1: no control characters but tab and line ends, no non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SPECIAL_FRACTION = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

Step = str | int
Lines = dict[tuple[Step, ...], int]


@dataclass(frozen=True)
class Located:
    """A value read from a file, and the line each part of it stands on.

    `value` is made of plain dict, list, str, int, bool and None. `shown` is the file as findings name it.
    """

    value: Any
    lines: Lines = field(repr=False)
    shown: str

    def line(self, *path: Step) -> int:
        """The line (from 1) of the part at `path`, or of the nearest part around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: tuple[Step, ...], message: str, remedy: str) -> Finding:
        """An error about the part at `path`."""
        return Finding(self.shown, self.line(*path), message, remedy)

    def warning(self, path: tuple[Step, ...], message: str, remedy: str) -> Finding:
        """A warning about the part at `path`."""
        return Finding(self.shown, self.line(*path), message, remedy, "warning")


def read_yaml(path: Path, shown: str | None = None) -> Located:
    """Read one strict YAML file of at most 1 MB.

    Raises `DefinitionError` with every finding; `shown` is how they name the file (default: the path).
    """
    name = shown or str(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror})"
        raise DefinitionError([Finding(name, 1, reason, "check its name and permissions")]) from None
    if size > LARGEST_FILE:
        too_big = f"the file has {size:,} bytes, more than {LARGEST_FILE:,}"
        raise DefinitionError([Finding(name, 1, too_big, "split it into several definitions")])
    return parse_yaml(data, name)


def parse_yaml(data: bytes, shown: str) -> Located:
    """As `read_yaml`, from bytes already read."""
    text = _decode(data, shown)
    reader = _Reader(shown)
    try:
        reader.read(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" {error.context}" if error.context else ""
        message = f"this is not YAML: {error.problem}{where}"
        reader.report(mark.line + 1 if mark else 1, message, "correct the indentation, quotes or brackets")
    except _Stop:
        pass
    if reader.findings:
        raise DefinitionError(reader.findings)
    return Located(reader.value, reader.lines, shown)


def _decode(data: bytes, shown: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        finding = Finding(shown, line, "the file is not UTF-8 here", "save it as UTF-8")
        raise DefinitionError([finding]) from None
    bad = _FORBIDDEN.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        message = f"the file holds the control character U+{ord(bad.group()):04X}"
        raise DefinitionError([Finding(shown, line, message, "take it out")])
    return text


class _Stop(Exception):  # noqa: N818 - it ends the reading, it is not an error of its own
    """Nothing after this can be read sensibly."""


@dataclass
class _Open:
    """A mapping or list whose end has not been read yet."""

    value: dict[str, Any] | list[Any]
    path: tuple[Step, ...]
    key: str | None = None  # of a mapping: the key read last, whose value comes next


class _Reader:
    """Builds the value from YAML events, without recursion, and collects findings."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.findings: list[Finding] = []
        self.value: Any = None
        self.lines: Lines = {}
        self._stack: list[_Open] = []
        self._documents = 0

    def report(self, line: int, message: str, remedy: str) -> None:
        finding = Finding(self.shown, line, message, remedy)
        if finding not in self.findings[-2:]:  # an alias bomb says the same many times on one line
            self.findings.append(finding)

    def read(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._document(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)

    def _document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            self.report(_line(event), "a second document begins here", "keep one document in a file")
            raise _Stop

    def _node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.report(_line(event), f"the alias *{event.anchor} is used", "write the value out in full")
            self._place("", _line(event))
            return
        if event.anchor is not None:
            self.report(
                _line(event), f"the anchor &{event.anchor} is set", "take it out, aliases are not read"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.report(_line(event), f"the tag {tag} is set", "take it out, tags are not read")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        else:
            self._open(event, {} if isinstance(event, yaml.MappingStartEvent) else [])

    def _open(self, event: yaml.Event, value: dict[str, Any] | list[Any]) -> None:
        line = _line(event)
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            self.report(line, "a key is a list or a mapping", "use a word as key")
            raise _Stop
        path = self._place(value, line)
        if len(self._stack) >= DEEPEST:
            self.report(line, f"nested deeper than {DEEPEST} levels", "flatten it")
            raise _Stop
        self._stack.append(_Open(value, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            self._key(top, event.value, line)
        else:
            plain = event.style is None or event.style == ""
            self._place(self._plain(event.value, line) if plain else self._text(event.value, line), line)

    def _key(self, top: _Open, key: str, line: int) -> None:
        if not key:
            self.report(line, "a key is empty", "give it a name")
        if key in top.value:
            first = self.lines[(*top.path, key)]
            self.report(line, f"the key {key!r} stands here again (first: line {first})", "keep one of them")
        else:
            self.lines[(*top.path, key)] = line
        top.key = self._text(key, line)

    def _place(self, value: Any, line: int) -> tuple[Step, ...]:
        """Put a value where it belongs; the path it got."""
        if not self._stack:
            self.value, self.lines[()] = value, line
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        key = top.key or ""
        top.value[key], top.key = value, None
        return (*top.path, key)

    def _plain(self, text: str, line: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
                self.report(line, f"the number {text[:20]} is not below 2^53", "put it in quotes")
                return 0
            return int(text)
        if _FRACTION.fullmatch(text) or _SPECIAL_FRACTION.fullmatch(text):
            self.report(line, f"{text} is a number with a fraction", "put it in quotes or use a whole number")
            return 0
        return self._text(text, line)

    def _text(self, text: str, line: int) -> str:
        if "\0" in text:
            self.report(line, "a text holds NUL (U+0000)", "take it out")
        try:
            text.encode()
        except UnicodeEncodeError:
            self.report(line, "a text holds half a character (a surrogate)", "write the character itself")
        return text


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1
