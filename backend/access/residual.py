"""What is left of a policy when the thing is still unknown: a condition over its attributes.

Cedar's partial evaluation answers in its JSON form. It is read here into a small tree that can be asked
about one thing (`holds`) and turned into a database filter (backend.access.columns). What cannot be both is
refused: `Inexpressible`. The same reader checks a policy at load, before any member is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Op = Literal["eq", "one_of", "within", "has", "like", "least"]


class Inexpressible(ValueError):  # noqa: N818 - reads as what it says
    """A condition that has no equal in SQL. Its message says which part."""


@dataclass(frozen=True, slots=True)
class Always:
    """True or false, whatever the thing is."""

    value: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """One attribute compared with a known value.

    eq: equals; one_of: is among a tuple; within: an area, in the area named; has: a set that contains the
    value; like: a pattern, a tuple of literals with None where anything may stand; least: this number or
    more.
    """

    attribute: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = Always | Compare | AllOf | AnyOf | Not
YES, NO = Always(value=True), Always(value=False)
KNOWN = Compare("", "eq", value=True)  # while checking: decided when somebody asks


def both(*parts: Condition) -> Condition:
    """All of the parts, folded where one decides."""
    left = tuple(part for part in parts if part != YES)
    if NO in left:
        return NO
    return YES if not left else left[0] if len(left) == 1 else AllOf(left)


def either(*parts: Condition) -> Condition:
    """Any of the parts, folded where one decides."""
    left = tuple(part for part in parts if part != NO)
    if YES in left:
        return YES
    return NO if not left else left[0] if len(left) == 1 else AnyOf(left)


def opposite(part: Condition) -> Condition:
    """Not the part."""
    match part:
        case Always(value):
            return Always(not value)
        case Not(inner):
            return inner
        case _:
            return Not(part)


def holds(condition: Condition, attributes: Mapping[str, Any], within: Callable[[str, str], bool]) -> bool:
    """Whether one thing fulfils the condition; `within(code, holder)` says that an area lies in another."""
    match condition:
        case Always(value):
            return value
        case AllOf(parts):
            return all(holds(part, attributes, within) for part in parts)
        case AnyOf(parts):
            return any(holds(part, attributes, within) for part in parts)
        case Not(part):
            return not holds(part, attributes, within)
        case Compare(name, op, value):
            return _holds(op, attributes[name], value, within)


def _holds(op: Op, found: Any, value: Any, within: Callable[[str, str], bool]) -> bool:
    match op:
        case "eq":
            return bool(found == value)
        case "one_of":
            return found in value
        case "within":
            return within(found, value)
        case "has":
            return value in found
        case "like":
            return like(found, value)
        case "least":
            return bool(found >= value)


def like(text: str, pattern: tuple[str | None, ...]) -> bool:
    """Whether a text has the pattern."""
    if not pattern:
        return not text
    head, *rest = pattern
    if head is None:
        return any(like(text[at:], tuple(rest)) for at in range(len(text) + 1))
    return text.startswith(head) and like(text[len(head) :], tuple(rest))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads Cedar's JSON expressions about one kind of thing.

    `columns` are the attributes that have a column. With `checking`, whatever does not speak of the thing
    counts as known (at load nobody has asked yet); without, it must have been evaluated to a value. Only the
    `action` is known while checking too: what a policy says about another action is no matter here.
    """

    entity: str
    columns: frozenset[str]
    flags: frozenset[str]
    checking: bool = False
    action: str = ""

    def read(self, expression: Mapping[str, Any]) -> Condition:  # noqa: PLR0911 - one for each operator
        """A condition from an expression that is true or false. Raises `Inexpressible`."""
        if self.checking and not _speaks_of_resource(expression):
            return self._of_action(expression)
        ((op, body),) = expression.items()
        match op:
            case "Value" if isinstance(body, bool):
                return Always(body)
            case "&&":
                left = self.read(body["left"])
                return NO if left == NO else both(left, self.read(body["right"]))
            case "||":
                left = self.read(body["left"])
                return YES if left == YES else either(left, self.read(body["right"]))
            case "!":
                return opposite(self.read(body["arg"]))
            case "if-then-else":
                return self._choice(body)
            case "is" if _is_resource(body["left"]) and "in" not in body:
                return Always(body["entity_type"] == self.entity)
            case ".":
                return self._flag(expression)
            case "==" | "!=" | "in" | "contains" | "like":
                return self._test(op, body)
            case "<" | "<=" | ">" | ">=":
                return self._number(op, body)
        raise Inexpressible(f"`{op}` has no equal in a database filter")

    def _of_action(self, expression: Mapping[str, Any]) -> Condition:
        """Whether the action is among those named; anything else nobody knows yet."""
        body = expression.get("in", {})
        if body.get("left") != {"Var": "action"} or "Set" not in body["right"]:
            return KNOWN
        named = {item["Value"]["__entity"]["id"] for item in body["right"]["Set"]}
        return Always(self.action in named)

    def _choice(self, body: Mapping[str, Any]) -> Condition:
        chosen = self.read(body["if"])
        if isinstance(chosen, Always):
            return self.read(body["then"] if chosen.value else body["else"])
        return either(both(chosen, self.read(body["then"])), both(opposite(chosen), self.read(body["else"])))

    def _flag(self, expression: Mapping[str, Any]) -> Condition:
        name = self._attribute(expression)
        if name not in self.flags:
            raise Inexpressible(f"`resource.{name}` is not true or false")
        return Compare(name, "eq", value=True)

    def _test(self, op: str, body: Mapping[str, Any]) -> Condition:
        left = body["left"]
        match op:
            case "like":
                return Compare(self._attribute(left), "like", _pattern(body["pattern"]))
            case "in":
                return self._within(left, body["right"])
            case "contains" if _speaks_of_resource(left):
                return Compare(self._attribute(left), "has", self._known(body["right"]))
            case "contains":
                return Compare(self._attribute(body["right"]), "one_of", self._known(left))
        right = body["right"]
        name, other = (left, right) if _speaks_of_resource(left) else (right, left)
        equal = Compare(self._attribute(name), "eq", self._known(other))
        return equal if op == "==" else Not(equal)

    def _number(self, op: str, body: Mapping[str, Any]) -> Condition:
        """A number compared with a known one, either way round, as "at least" or its opposite."""
        left, right = body["left"], body["right"]
        if not _speaks_of_resource(left):
            left, right, op = right, left, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
        known = self._known(right)
        value = known if not self.checking else 0
        least = Compare(self._attribute(left), "least", value + 1 if op in {">", "<="} else value)
        return least if op in {">", ">="} else Not(least)

    def _within(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> Condition:
        name, known = self._attribute(left), self._known(right)
        holders = known if isinstance(known, tuple) else (known,)
        return either(*(Compare(name, "within", holder) for holder in holders))

    def _attribute(self, expression: Mapping[str, Any]) -> str:
        body = expression.get(".")
        if body is None or not _is_resource(body["left"]):
            raise Inexpressible("only an attribute of the resource itself can be compared with a known value")
        if body["attr"] not in self.columns:
            raise Inexpressible(f"`resource.{body['attr']}` of a {self.entity} has no column")
        return str(body["attr"])

    def _known(self, expression: Mapping[str, Any]) -> Any:
        if _speaks_of_resource(expression):
            raise Inexpressible("two attributes of the resource are compared with each other")
        if self.checking:
            return ""
        ((op, body),) = expression.items()
        if op == "Set":
            return tuple(self._known(item) for item in body)
        if op != "Value":
            raise Inexpressible(f"`{op}` was not evaluated")
        return _value(body)


def _value(body: Any) -> Any:
    if isinstance(body, list):
        return tuple(map(_value, body))
    if isinstance(body, dict):
        return body["__entity"]["id"]
    return body


def _pattern(parts: list[Any]) -> tuple[str | None, ...]:
    """["Wildcard", {"Literal": "a"}, {"Literal": "b"}] → (None, "ab")."""
    found: list[str | None] = []
    for part in parts:
        if part == "Wildcard":
            found.append(None)
        elif found and found[-1] is not None:
            found[-1] += part["Literal"]
        else:
            found.append(part["Literal"])
    return tuple(found)


_RESOURCE: tuple[Mapping[str, Any], ...] = ({"Var": "resource"}, {"unknown": [{"Value": "resource"}]})


def _is_resource(expression: Mapping[str, Any]) -> bool:
    return expression in _RESOURCE


def _speaks_of_resource(expression: Any) -> bool:
    if isinstance(expression, Mapping):
        return _is_resource(expression) or any(map(_speaks_of_resource, expression.values()))
    return isinstance(expression, list) and any(map(_speaks_of_resource, expression))
