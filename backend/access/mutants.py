"""Policies that are wrong on purpose: each with one small change, for the decision tables to notice.

The changes are made in Cedar's JSON form, so that none depends on how a policy is laid out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cedarpy

from backend.access.facts import ALWAYS
from backend.access.reading import REPORT, Policy
from backend.access.schema import Vocabulary

Expression = Mapping[str, Any]
_FLIPS = {"==": ("!=",), "!=": ("==",), "<": ("<=",), "<=": ("<",), ">": (">=",), ">=": (">",)}
_JOINS = {"&&": "||", "||": "&&"}
_OTHER_OUTCOME = {"allow": "approval", "review_later": "approval"}
_TRUE = {"Value": True}


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, and to which expression (None where it was done to the policy itself)."""

    words: str
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        if self.before is None:
            return self.words
        after = "" if self.after is None else f" → {cedar_text(self.after)}"
        return f"{self.words}: {cedar_text(self.before)}{after}"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the policies taken out, and the one that stands in their place (None for none)."""

    origin: Policy
    removed: frozenset[str]
    changed: Policy | None
    change: Change

    def __str__(self) -> str:
        return f"{self.origin.id} ({self.origin.path}:{self.origin.line}): {self.change}"


def mutants(policies: Iterable[Policy], vocabulary: Vocabulary) -> list[Mutant]:
    """Every mutant of the policies, and of the hard stops of a file taken together."""
    policies = list(policies)
    own = (found for policy in policies for found in mutants_of(policy, vocabulary))
    return [*own, *_without_forbids(policies)]


def mutants_of(policy: Policy, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """The policy with one change in each of its conditions, its scope, its dates, its effect; and without it.

    What the schema makes the same (a scope widened to things the action cannot be done to) is left out.
    """
    own = frozenset({policy.id})
    yield Mutant(policy, own, None, Change("takes the policy out"))
    seen = [_meaning(policy, vocabulary)]
    for changed, change in (*_bodies(policy), *_annotations(policy)):
        meaning = _meaning(changed, vocabulary)
        if meaning not in seen:
            yield Mutant(policy, own, changed, change)
        seen.append(meaning)


def _without_forbids(policies: Iterable[Policy]) -> Iterator[Mutant]:
    by_file: dict[str, list[Policy]] = {}
    for policy in policies:
        if not policy.permits:
            by_file.setdefault(policy.path, []).append(policy)
    for path, stops in by_file.items():
        if len(stops) > 1:
            gone = frozenset(policy.id for policy in stops)
            yield Mutant(stops[0], gone, None, Change(f"takes all {len(stops)} forbids of {path} out"))


def _meaning(policy: Policy, vocabulary: Vocabulary) -> tuple[Any, ...]:
    """What two policies share when no question can tell them apart, as far as their shape tells."""
    asked = [REPORT] if policy.file == REPORT else [name for name in vocabulary.actions if name != REPORT]
    speaks = frozenset(
        (action, thing)
        for action in asked
        for thing in vocabulary.things(action)
        if policy.speaks_of(set(vocabulary.family(action)), thing)
    )
    return (
        policy.effect,
        policy.outcome,
        policy.json["principal"],
        speaks,
        policy.json["conditions"],
        policy.since,
        policy.until,
    )


def _with(policy: Policy, **parts: Any) -> Policy:
    """The policy with other parts of its JSON form, and what is read from them."""
    action = parts.get("action", policy.json["action"])
    named = action.get("entities", [action["entity"]] if "entity" in action else [])
    return replace(
        policy,
        json={**policy.json, **parts},
        effect=parts.get("effect", policy.effect),
        actions=None if action["op"] == "All" else frozenset(it["id"] for it in named),
    )


def _bodies(policy: Policy) -> Iterator[tuple[Policy, Change]]:
    effect = "forbid" if policy.permits else "permit"
    yield _with(policy, effect=effect), Change(f"makes it a {effect}")
    yield from _scopes(policy)
    clauses = policy.json["conditions"]
    for at, clause in enumerate(clauses):
        before, behind = clauses[:at], clauses[at + 1 :]
        yield (
            _with(policy, conditions=[*before, *behind]),
            Change(f"drops `{clause['kind']}`", clause["body"]),
        )
        for body, change in changes(clause["body"]):
            yield _with(policy, conditions=[*before, {**clause, "body": body}, *behind]), change


def _scopes(policy: Policy) -> Iterator[tuple[Policy, Change]]:
    for part in ("principal", "action", "resource"):
        if policy.json[part]["op"] != "All":
            yield _with(policy, **{part: {"op": "All"}}), Change(f"widens the scope to every {part}")
    scope = policy.json["action"]
    named = scope.get("entities", [])
    for at, action in enumerate(named if len(named) > 1 else []):
        less = {**scope, "entities": [*named[:at], *named[at + 1 :]]}
        yield _with(policy, action=less), Change(f"drops the action {action['id']} from the scope")


def _annotations(policy: Policy) -> Iterator[tuple[Policy, Change]]:
    """Changes of what decides beside the statement itself: its dates, and the outcome of a provision."""
    if policy.since:
        yield replace(policy, since=0), Change("drops @from")
    if policy.until != ALWAYS:
        yield replace(policy, until=ALWAYS), Change("drops @until")
    if "outcome" in policy.annotations:
        other = _OTHER_OUTCOME.get(policy.outcome, "allow") if policy.permits else ""
        words = f"makes the outcome {other}" if other else "drops @outcome"
        yield replace(policy, annotations={**policy.annotations, "outcome": other}), Change(words)


def changes(expression: Expression) -> Iterator[tuple[Expression, Change]]:
    """A condition with one thing changed in it: itself, or something within."""
    yield from _of_condition(expression)
    ((op, body),) = expression.items()
    for name in _conditions_within(op):
        for found, change in changes(body[name]):
            yield {op: {**body, name: found}}, change
    if not _conditions_within(op):
        yield from _of_value(expression)


def _conditions_within(op: str) -> tuple[str, ...]:
    """The operands of an operator that are conditions themselves."""
    if op in _JOINS:
        return ("left", "right")
    return {"!": ("arg",), "if-then-else": ("if", "then", "else")}.get(op, ())


def _of_condition(expression: Expression) -> Iterator[tuple[Expression, Change]]:
    ((op, body),) = expression.items()
    if op == "!":
        yield body["arg"], Change("drops `!` before", body["arg"])
    elif op not in {"==", "!="}:  # their flip is their opposite
        yield {"!": {"arg": expression}}, Change("negates", expression)
    if op in _JOINS:
        yield body["left"], Change(f"drops from `{op}`", body["right"])
        yield body["right"], Change(f"drops from `{op}`", body["left"])
        yield {_JOINS[op]: body}, Change(f"makes an `{_JOINS[op]}` of", expression)
    for other in _FLIPS.get(op, ()):
        yield {other: body}, Change(f"makes a `{other}` of", expression)
    if op == "if-then-else":
        yield body["then"], Change("takes the first branch always of", expression)
        yield body["else"], Change("takes the second branch always of", expression)
    if op == "has":
        yield _TRUE, Change("drops", expression)
    if op == "like":
        yield from _patterns(body)


def _patterns(body: Mapping[str, Any]) -> Iterator[tuple[Expression, Change]]:
    for at, part in enumerate(body["pattern"]):
        if part == "Wildcard":
            less = {"like": {**body, "pattern": [*body["pattern"][:at], *body["pattern"][at + 1 :]]}}
            yield less, Change("drops a `*`", {"like": body}, less)


def _of_value(expression: Any) -> Iterator[tuple[Any, Change]]:
    """An expression with one element of a set less, or one number shifted, anywhere within."""
    if not isinstance(expression, Mapping):
        return
    for op, body in expression.items():
        if op == "Set":
            for at, item in enumerate(body):
                yield {op: [*body[:at], *body[at + 1 :]]}, Change("drops from a list", item)
        elif op == "Value" and isinstance(body, int) and not isinstance(body, bool):
            yield from (({op: body + by}, Change("shifts", expression, {op: body + by})) for by in (-1, 1))
        elif isinstance(body, Mapping):
            for name, part in body.items():
                yield from (({op: {**body, name: less}}, change) for less, change in _of_value(part))


def cedar_text(expression: Any) -> str:
    """An expression of the JSON form as one would write it in a policy."""
    anything = {"op": "All"}
    body: dict[str, Any] = {
        "effect": "permit",
        "principal": anything,
        "action": anything,
        "resource": anything,
    }
    body["conditions"] = [{"kind": "when", "body": expression}]
    text = cedarpy.policies_from_json_str(
        json.dumps({"staticPolicies": {"p": body}, "templates": {}, "templateLinks": []})
    )
    inside = text.partition("when {")[2].rpartition("}")[0]
    return re.sub(r"(?<!\w)\(([\w.]+)\)", r"\1", " ".join(inside.split()))
