"""A condition over a thing's attributes as a Django `Q`: which column holds which attribute.

SQL's NULL never decides a test: "not assigned to me" includes cases nobody is assigned to, exactly as the
row-by-row decision has it. Django sees to that for a negated column that may be NULL; words in jsonb get the
value their absence means.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, ClassVar

from django.db.models import JSONField, Q, TextField, Value
from django.db.models.fields.json import DataContains, KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThanOrEqual, In

from backend.access.areas import Areas
from backend.access.residual import AllOf, Always, AnyOf, Compare, Condition, Inexpressible, Not, Reader

NONE = Q(pk__in=[])
ANY = ~NONE  # not Q(): an empty Q vanishes inside an OR


class Column(ABC):
    """Where an attribute lives, which tests it can answer, and how a test is asked.

    `effort` is what a test costs, in comparisons of a flag: cheap tests stand first, because PostgreSQL asks
    the parts of an OR in the order they are written.
    """

    ops: ClassVar[tuple[str, ...]]
    effort: ClassVar[int]

    @abstractmethod
    def q(self, test: Compare, areas: Areas) -> Q:
        """The rows for which the test is true."""


@dataclass(frozen=True)
class Text(Column):
    """A text column that is never NULL."""

    path: str
    ops: ClassVar[tuple[str, ...]] = ("eq", "one_of", "like")
    effort: ClassVar[int] = 3

    def q(self, test: Compare, areas: Areas) -> Q:
        if test.op == "like":
            return Q(**{f"{self.path}__{_lookup(test.value)}": "".join(part or "" for part in test.value)})
        values = test.value if test.op == "one_of" else (test.value,)
        return Q(**{self.path: values[0]}) if len(values) == 1 else Q(**{f"{self.path}__in": list(values)})


@dataclass(frozen=True)
class Flag(Column):
    """A boolean column that is never NULL."""

    path: str
    ops: ClassVar[tuple[str, ...]] = ("eq",)
    effort: ClassVar[int] = 1

    def q(self, test: Compare, areas: Areas) -> Q:
        return Q(**{self.path: test.value})


@dataclass(frozen=True)
class Key(Column):
    """A foreign key; NULL is "". `uuids`: the key is a UUID, and a code that is none matches nothing."""

    path: str
    uuids: bool = False
    ops: ClassVar[tuple[str, ...]] = ("eq", "one_of")
    effort: ClassVar[int] = 2

    def q(self, test: Compare, areas: Areas) -> Q:
        return self.among(test.value if test.op == "one_of" else (test.value,))

    def among(self, values: Any) -> Q:
        """The key is one of the values."""
        given = [value for value in values if value and (not self.uuids or _is_uuid(value))]
        found = Q(**{f"{self.path}__in": given}) if given else NONE
        return found | Q(**{f"{self.path}__isnull": True}) if "" in values else found


@dataclass(frozen=True)
class AreaKey(Key):
    """The key of an area; `within` asks for the area and everything in it."""

    ops: ClassVar[tuple[str, ...]] = ("eq", "one_of", "within")
    effort: ClassVar[int] = 5

    def q(self, test: Compare, areas: Areas) -> Q:
        if test.op == "within":
            return self.among(sorted(areas.descendants(test.value)))
        return super().q(test, areas)


@dataclass(frozen=True)
class Fact(Column):
    """A word in a jsonb column; `default` is what its absence means."""

    path: str
    name: str
    default: str
    ops: ClassVar[tuple[str, ...]] = ("eq", "one_of")
    effort: ClassVar[int] = 8

    def q(self, test: Compare, areas: Areas) -> Q:
        if test.op == "one_of":
            return Q(In(self.found(), list(test.value)))
        return Q(Exact(self.found(), test.value))

    def found(self) -> Coalesce:
        """The word, or what its absence means: never NULL."""
        stored = KeyTextTransform(self.name, self.path)
        return Coalesce(stored, Value(self.default), output_field=TextField())


@dataclass(frozen=True)
class DateFact(Fact):
    """A day in a jsonb column as ISO text; policies compare it as a number YYYYMMDD."""

    ops: ClassVar[tuple[str, ...]] = ("least",)

    def q(self, test: Compare, areas: Areas) -> Q:
        digits = f"{test.value:08d}"
        return Q(GreaterThanOrEqual(self.found(), f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"))


@dataclass(frozen=True)
class Members(Column):
    """A jsonb list of member ids that is never NULL."""

    path: str
    ops: ClassVar[tuple[str, ...]] = ("has",)
    effort: ClassVar[int] = 12

    def q(self, test: Compare, areas: Areas) -> Q:
        return Q(**{f"{self.path}__contains": [test.value]})


@dataclass(frozen=True)
class MembersFact(Members):
    """A list of ids in a jsonb column of facts; absent, it is empty."""

    name: str

    def q(self, test: Compare, areas: Areas) -> Q:
        stored = Coalesce(KeyTransform(self.name, self.path), Value([], JSONField()))
        return Q(DataContains(stored, Value([test.value], JSONField())))


def _case(prefix: str = "") -> dict[str, Column]:
    return {
        "controller": Text(f"{prefix}controller"),
        "area": AreaKey(f"{prefix}area_id"),
        "assignee": Key(f"{prefix}assignee_id", uuids=True),
        "receiver": Key(f"{prefix}receiver_id"),
        "consent": Fact(f"{prefix}facts", "consent", "unknown"),
        "consent_until": DateFact(f"{prefix}facts", "consent_until", "9999-12-31"),
        "legal_basis": Fact(f"{prefix}facts", "legal_basis", ""),
        "basis_recipient": Fact(f"{prefix}facts", "basis_recipient", ""),
        "protected": Flag(f"{prefix}protected"),
        "open": Flag(f"{prefix}is_open"),
    }


COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "Case": {
        **_case(),
        "workflow": Text("workflow"),
        "state": Text("state"),
        "kind": Text("kind"),
        "owner_role": Text("owner_role"),
        "reporter": Key("reporter_id", uuids=True),
        "urgency": Text("urgency"),
        "abuse": Fact("facts", "abuse", "none"),
        "watchers": Members("watchers"),
        "requesters": MembersFact("facts", "requesters"),
    },
    "Person": {
        "controller": Text("controller"),
        "area": AreaKey("area_id"),
        "protected": Flag("protected"),
    },
    "Letter": {
        **_case("case__"),
        "case_state": Text("case__state"),
        "definition": Text("definition"),
        "status": Text("state"),
    },
    "Package": {
        "controller": Text("controller"),
        "recipient": Key("recipient_id"),
        "member": Key("recipient_member_id", uuids=True),
    },
    "Register": {"controller": Text("controller")},
    "Channel": {"controller": Text("controller")},
    "Disposal": {"controller": Text("controller"), "made_by": Text("made_account")},
}


def reader(entity: str, *, checking: str = "") -> Reader:
    """The reader of residual policies about a kind of thing; `checking` names the action at load."""
    columns = COLUMNS[entity]
    flags = frozenset(name for name, column in columns.items() if isinstance(column, Flag))
    return Reader(entity, frozenset(columns), flags, bool(checking), checking)


def require_columns(condition: Condition, entity: str) -> None:
    """Raise `Inexpressible` when a test of the condition cannot be asked of its column."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                require_columns(part, entity)
        case Not(part):
            require_columns(part, entity)
        case Compare(name, op, value) if name:
            if op not in COLUMNS[entity][name].ops:
                raise Inexpressible(f"`resource.{name}` cannot be asked by `{op}` in a database filter")
            if op == "like":
                _lookup(value)


def to_q(condition: Condition, entity: str, areas: Areas) -> Q:
    """The condition as a filter on the table of `entity`. Raises `Inexpressible`, never widens."""
    match condition:
        case Always(value):
            return ANY if value else NONE
        case AllOf(parts) | AnyOf(parts):
            join = and_ if isinstance(condition, AllOf) else or_
            cheap = sorted(parts, key=lambda part: _effort(part, entity))
            return reduce(join, [to_q(part, entity, areas) for part in cheap])
        case Not(part):
            return ~to_q(part, entity, areas)
        case Compare(name, op, _):
            column = COLUMNS[entity][name]
            if op not in column.ops:
                raise Inexpressible(f"`resource.{name}` cannot be asked by `{op}` in a database filter")
            return column.q(condition, areas)


def _effort(condition: Condition, entity: str) -> int:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return sum(_effort(part, entity) for part in parts)
        case Not(part):
            return _effort(part, entity)
        case Compare(name):
            return COLUMNS[entity][name].effort
    return 0


def _lookup(pattern: tuple[str | None, ...]) -> str:
    """The Django lookup that means a pattern of one literal with or without `*` around it."""
    shapes = {(False,): "exact", (True, False): "endswith", (False, True): "startswith"}
    shapes[True, False, True] = "contains"
    found = shapes.get(tuple(part is None for part in pattern))
    if found is None:
        raise Inexpressible("`like` with `*` between two words has no equal in a database filter")
    return found


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
