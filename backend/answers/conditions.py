"""Which questions apply: `if`/`then`/`else` and `dependentRequired`, evaluated as JSON Schema does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """What an `if` asks: tests of single answers, all of which must hold, and answers that must be given."""

    tests: tuple[tuple[str, Mapping[str, Any]], ...]
    given: tuple[str, ...]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """As JSON Schema: a test of an answer that is not there holds, which is why `given` names it."""
        return all(name in answers for name in self.given) and all(
            name not in answers or _passes(test, answers[name]) for name, test in self.tests
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The answers it looks at."""
        return tuple(dict.fromkeys((*self.given, *(name for name, _ in self.tests))))


@dataclass(frozen=True, slots=True)
class Branch:
    """Questions asked together, those that must be answered, and what hangs on their answers."""

    names: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    dependent: tuple[tuple[str, tuple[str, ...]], ...] = ()
    conditionals: tuple["Conditional", ...] = ()

    def active(self, answers: Mapping[str, Any]) -> tuple[set[str], set[str]]:
        """The names that may be answered and those that must be, given these answers."""
        live, required = set(self.names), set(self.required)
        for trigger, names in self.dependent:
            if trigger in answers:
                required.update(names)
        for conditional in self.conditionals:
            chosen = conditional.chosen(answers)
            if chosen:
                inner_live, inner_required = chosen.active(answers)
                live |= inner_live
                required |= inner_required
        return live, required


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if condition then … else …`."""

    condition: Condition
    then: Branch | None
    otherwise: Branch | None

    def chosen(self, answers: Mapping[str, Any]) -> Branch | None:
        """The branch these answers lead into."""
        return self.then if self.condition.holds(answers) else self.otherwise


def branch_of(schema: Mapping[str, Any]) -> Branch:
    """The branch a form, or a `then` or `else` of one, describes."""
    conditionals = [schema] if "if" in schema else []
    conditionals += schema.get("allOf", ())
    return Branch(
        names=frozenset(schema.get("properties", ())),
        required=tuple(schema.get("required", ())),
        dependent=tuple((name, tuple(names)) for name, names in schema.get("dependentRequired", {}).items()),
        conditionals=tuple(map(_conditional, conditionals)),
    )


def _conditional(schema: Mapping[str, Any]) -> Conditional:
    condition = schema["if"]
    return Conditional(
        Condition(tuple(condition.get("properties", {}).items()), tuple(condition.get("required", ()))),
        branch_of(schema["then"]) if "then" in schema else None,
        branch_of(schema["else"]) if "else" in schema else None,
    )


def _passes(test: Mapping[str, Any], value: Any) -> bool:
    if "const" in test:
        return _same(value, test["const"])
    if "enum" in test:
        return any(_same(value, code) for code in test["enum"])
    wanted = test["contains"]["const"]
    return not isinstance(value, list) or any(_same(item, wanted) for item in value)


def _same(value: Any, wanted: Any) -> bool:
    """Equality of JSON, where true is not 1."""
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)
