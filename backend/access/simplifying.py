"""A shorter condition that means the same, so that the database can use its indexes.

A permit and the hard stops repeat each other ("the controller is mine … unless the controller is mine").
Inside "all of", what one part asserts is known to the others; inside "any of", a part may assume that the
others are false.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from backend.access.residual import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Not,
    both,
    either,
    like,
    opposite,
)

Known = Mapping[Compare, bool]
_Nothing: Known = {}


def visible_when(permits: Iterable[Condition], forbids: Iterable[Condition]) -> Condition:
    """Some permit holds and no forbid does: one short alternative for each permit."""
    stops = [opposite(forbid) for forbid in forbids]
    return simplify(either(*(simplify(both(permit, *stops)) for permit in permits)))


def simplify(condition: Condition, known: Known = _Nothing) -> Condition:
    """The same condition, given what is already known to be true or false."""
    match inward(condition):
        case AllOf(parts):
            return _joined(AllOf, parts, known)
        case AnyOf(parts):
            return _joined(AnyOf, parts, known)
        case Compare() as test:
            return _decided(test, known)
        case Not(part):
            return opposite(simplify(part, known))
        case Always() as always:
            return always


def inward(condition: Condition, *, negated: bool = False) -> Condition:
    """The same condition with every `Not` directly in front of a comparison."""
    match condition:
        case Always(value):
            return Always(value is not negated)
        case Not(part):
            return inward(part, negated=not negated)
        case AllOf(parts) | AnyOf(parts):
            inside = [inward(part, negated=negated) for part in parts]
            return both(*inside) if isinstance(condition, AllOf) is not negated else either(*inside)
        case _:
            return Not(condition) if negated else condition


def _joined(kind: type[AllOf] | type[AnyOf], parts: Iterable[Condition], known: Known) -> Condition:
    """Simplify the parts of "all of" or "any of"; plain comparisons first, the others rely on them."""
    join, asserts = (both, True) if kind is AllOf else (either, False)
    flat = list(_flat(kind, parts))
    facts, plain = dict(known), list[Condition]()
    for part in flat:
        test, value = _literal(part)
        if test is not None:
            plain.append(simplify(part, facts))
            facts.setdefault(test, value is asserts)
    rest = [simplify(part, facts) for part in flat if _literal(part)[0] is None]
    kept = _absorbed(kind, list(dict.fromkeys([*plain, *rest])))
    return join(*kept) if kind is AllOf else _factored(kept)


def _factored(parts: list[Condition]) -> Condition:
    """Any of the parts, with what holds in all of them asked once, though some only imply it."""
    inside = [part.parts if isinstance(part, AllOf) else (part,) for part in parts]
    asked = Counter(it for some in inside for it in some)
    common = [it for it, times in asked.items() if times > 1 and all(implies(part, it) for part in parts)]
    left = (both(*(it for it in some if it not in common)) for some in inside)
    return both(*common, either(*left)) if common else either(*parts)


def _absorbed(kind: type[AllOf] | type[AnyOf], parts: list[Condition]) -> list[Condition]:
    """The parts that add something: in "all of" what no other implies, in "any of" what implies no other."""
    kept = list(parts)
    for part in parts:
        others = [other for other in kept if other is not part]
        if any(implies(o, part) if kind is AllOf else implies(part, o) for o in others):
            kept = others
    return kept


def implies(one: Condition, other: Condition) -> bool:
    """Whether the second holds wherever the first does, as far as their shape tells."""
    if one == other:
        return True
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, AllOf):
        return all(implies(one, part) for part in other.parts)
    if isinstance(other, AnyOf) and any(implies(one, part) for part in other.parts):
        return True
    if isinstance(one, AllOf):
        return any(implies(part, other) for part in one.parts)
    return _test_implies(one, other)


def _test_implies(one: Condition, other: Condition) -> bool:
    """That a is x implies that it is among x and y, and that it is not among y and z."""
    test, positive = _literal(other)
    if not isinstance(one, Compare) or test is None or one.attribute != test.attribute:
        return False
    mine, theirs = _values(one), _values(test)
    if mine is None or theirs is None:
        return False
    return mine <= theirs if positive else not mine & theirs


def _values(test: Compare) -> frozenset[object] | None:
    """The values a comparison allows; None where they cannot be listed."""
    match test.op:
        case "eq":
            return frozenset([test.value])
        case "one_of":
            return frozenset(test.value)
    return None


def _flat(kind: type[AllOf] | type[AnyOf], parts: Iterable[Condition]) -> Iterable[Condition]:
    for part in parts:
        if isinstance(part, kind):
            yield from _flat(kind, part.parts)
        else:
            yield part


def _literal(part: Condition) -> tuple[Compare | None, bool]:
    if isinstance(part, Compare):
        return part, True
    if isinstance(part, Not) and isinstance(part.part, Compare):
        return part.part, False
    return None, False


def _decided(test: Compare, known: Known) -> Condition:
    """A comparison that the known facts already decide."""
    if test in known:
        return Always(known[test])
    for fact, value in known.items():
        if value and fact.op == "eq" and fact.attribute == test.attribute:
            match test.op:
                case "eq":
                    return Always(fact.value == test.value)
                case "one_of":
                    return Always(fact.value in test.value)
                case "like":
                    return Always(like(fact.value, test.value))
    return test
