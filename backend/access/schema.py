"""The Cedar schema, and the actions of workflows declared into it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cedarpy

from backend.access.reading import Statement, read_text, statements
from backend.definitions.findings import Finding

NAME = "schema.cedarschema"
_NAME = r'(?:[A-Za-z_]\w*|"(?:\\.|[^"\\])*")'
_ACTION = re.compile(
    rf"action\s+(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)"
    rf"(?:\s+in\s+(?:\[(?P<groups>[^\]]*)\]|(?P<group>{_NAME})))?\s*(?P<applies>appliesTo\s*\{{.*\}})?\s*;\Z",
    re.DOTALL,
)
_ENTITY = re.compile(
    r"entity\s+(?P<name>\w+)(?P<groups>\s+in\s+(?:\[[^\]]*\]|\w+))?\s*=?\s*\{(?P<body>.*)\}\s*;\Z", re.DOTALL
)
# Up to the next comma outside `<…>` and `{…}` (types nest at most twice here).
_ATTRIBUTE = re.compile(r"\s*[^,:{}<>\s][^,:{}<>]*:(?:[^,<>{}]|<[^<>]*>|\{[^{}]*\})+")
_RESOURCES = re.compile(r"resource:\s*(?:\[(?P<several>[^\]]*)\]|(?P<one>\w+))")
_QUALIFIED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?\Z")


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """An action: the groups it belongs to, what it applies to as the schema writes it, and its line there."""

    groups: tuple[str, ...]
    applies: str
    line: int = 1


@dataclass(frozen=True)
class Vocabulary:
    """What the schema declares: entities and types as statements, actions by name."""

    shown: str
    declarations: tuple[str, ...]
    actions: Mapping[str, ActionDeclaration]

    def with_actions(self, actions: Mapping[str, str]) -> "Vocabulary":
        """The same with each qualified action declared as a member of its class."""
        added = {
            name: ActionDeclaration((of,), self.actions[of].applies, self.actions[of].line)
            for name, of in actions.items()
            if name not in self.actions and of in self.actions
        }
        return Vocabulary(self.shown, self.declarations, {**self.actions, **added})

    def family(self, action: str) -> tuple[str, ...]:
        """The action and every group it belongs to, nearest first."""
        found = [action]
        for name in found:
            found += [group for group in self.actions[name].groups if group not in found]
        return tuple(found)

    @cached_property
    def _attributes(self) -> dict[str, frozenset[str]]:
        found = (_ENTITY.match(statement) for statement in self.declarations)
        return {it["name"]: frozenset(name for name, _ in _attributes(it["body"])) for it in found if it}

    @cached_property
    def _cuts(self) -> dict[tuple[str, str, tuple[str, ...]], str]:
        return {}

    def things(self, action: str) -> frozenset[str]:
        """The entity types an action can be done to."""
        match = _RESOURCES.search(self.actions[action].applies)
        return frozenset(re.findall(r"\w+", match["several"] or match["one"])) if match else frozenset()

    def attributes(self, entity_type: str) -> frozenset[str]:
        """The names of the attributes of an entity type."""
        return self._attributes.get(entity_type, frozenset())

    def cut(self, action: str, entity_type: str, reads: tuple[str, ...]) -> str:
        """The schema of one action, with only those attributes of an entity type; kept."""
        key = (action, entity_type, reads)
        if key not in self._cuts:
            self._cuts[key] = self.text(self.family(action), only={entity_type: reads})
        return self._cuts[key]

    def text(
        self, actions: Iterable[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None
    ) -> str:
        """The schema as Cedar text, with all its actions or with those named.

        `only` cuts the attributes of an entity type down to those a slice of the policies reads.
        """
        lines = [_cut(statement, only or {}) for statement in self.declarations]
        for name in self.actions if actions is None else actions:
            declared = self.actions[name]
            groups = ", ".join(f'"{group}"' for group in declared.groups)
            lines.append(f'action "{name}"{f" in [{groups}]" if groups else ""} {declared.applies};')
        return "\n".join(lines)


def read_schema(path: Path, shown: str) -> tuple[Vocabulary | None, list[Finding]]:
    """The schema of a file, or what is wrong with it."""
    text, findings = read_text(path, shown)
    if findings:
        return None, findings
    declarations, actions = [], dict[str, ActionDeclaration]()
    for statement in statements(text):
        if not statement.text.startswith("action"):
            declarations.append(statement.text)
            findings += _unreadable(statement, shown)
            if statement.text.startswith("namespace"):
                break
            continue
        match = _ACTION.match(statement.text)
        if match is None:
            findings.append(Finding(shown, statement.line, "is not an action declaration", _ACTION_REMEDY))
            continue
        declared = ActionDeclaration(
            tuple(_names(match["groups"] or match["group"] or "")), match["applies"] or "", statement.line
        )
        actions |= dict.fromkeys(_names(match["names"]), declared)
    if findings:
        return None, findings
    try:
        cedarpy.Schema.from_str(text)
    except ValueError as error:
        remedy = "declare the name, or correct its spelling"
        return None, [Finding(shown, _line_of(str(error), text), str(error), remedy)]
    return Vocabulary(shown, tuple(declarations), actions), []


def _cut(statement: str, only: Mapping[str, Collection[str]]) -> str:
    match = _ENTITY.match(statement)
    if match is None or match["name"] not in only:
        return statement
    kept = [text for name, text in _attributes(match["body"]) if name in only[match["name"]]]
    return f"entity {match['name']}{match['groups'] or ''} = {{ {', '.join(kept)} }};"


def _attributes(body: str) -> Iterator[tuple[str, str]]:
    """The attributes of a record type: name and declaration."""
    for text in _ATTRIBUTE.findall(body):
        yield text.partition(":")[0].strip().strip('"?'), text.strip()


_ACTION_REMEDY = "write it like: action view, list appliesTo { principal: [Member], resource: [Case] };"


def _names(text: str) -> list[str]:
    return [name.strip('"') for name in re.findall(_NAME, text)]


def _unreadable(statement: Statement, shown: str) -> Iterator[Finding]:
    if statement.text.startswith("namespace"):
        yield Finding(shown, statement.line, "a namespace is not read here", "declare at the top level")
        return
    try:
        cedarpy.Schema.from_str(statement.text)
    except ValueError as error:
        if "error parsing schema" in str(error):
            yield Finding(shown, statement.line, str(error), "correct the declaration that begins here")


def _line_of(message: str, text: str) -> int:
    """The line that first speaks of the name a message ends with, else the first."""
    name = re.split(r"[\s,\"`]+", message.strip('"`. '))[-1]
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(rf"\b{re.escape(name)}\b", line):
            return number
    return 1


def action_findings(vocabulary: Vocabulary, actions: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the actions to be declared: an unknown class, a name Cedar cannot carry."""
    for name, of in actions.items():
        if of not in vocabulary.actions:
            known = ", ".join(sorted(vocabulary.actions))
            yield Finding(
                vocabulary.shown,
                1,
                f"action {name} has the class {of!r}, which is not declared",
                f"use {known}",
            )
        elif not _QUALIFIED.match(name):
            yield Finding(
                vocabulary.shown, 1, f"action {name!r} is not workflow.action", "use a-z, 0-9 and _"
            )
        elif name in vocabulary.actions and name != of:
            message = f"action {name} has the name of a class but is declared as {of}"
            yield Finding(vocabulary.shown, 1, message, "qualify it: workflow.action")
