"""The tables bite: leave one condition out of a policy, and some row is decided otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from backend.access import decide
from backend.access.book import PolicyBook
from backend.access.decisions import RowResult
from backend.access.reading import Policy
from tests.access.test_tables import all_rows

# What another policy stops as well (privacy.cedar keeps each special category; stop-other-controller keeps
# persons), so that leaving it out here changes no decision. The second lock is there on purpose.
HELD_TWICE = {"see-staff-special", "staff-person"}


def without_a_part(expression: Any) -> Iterator[tuple[Any, Any]]:
    """The expression less one side of an `&&` or `||`, or one element of a list; and what that was."""
    if not isinstance(expression, dict):
        return
    for op, body in expression.items():
        if op in {"&&", "||"}:
            yield body["left"], body["right"]
            yield body["right"], body["left"]
        if op == "Set" and len(body) > 1:
            yield from (({"Set": [*body[:at], *body[at + 1 :]]}, out) for at, out in enumerate(body))
        if isinstance(body, dict):
            for name, part in body.items():
                yield from (({op: {**body, name: less}}, out) for less, out in without_a_part(part))


def mutants(policy: Policy) -> Iterator[tuple[Policy, Any]]:
    """The policy with less in one of its conditions, and what was left out."""
    clauses = policy.json["conditions"]
    for at, clause in enumerate(clauses):
        yield replace(policy, json={**policy.json, "conditions": [*clauses[:at], *clauses[at + 1 :]]}), clause
        for body, out in without_a_part(clause["body"]):
            changed = [*clauses[:at], {**clause, "body": body}, *clauses[at + 1 :]]
            yield replace(policy, json={**policy.json, "conditions": changed}), out


def unnoticed(mutant: Policy, book: PolicyBook, rows: list[RowResult], areas: Any) -> bool:
    policies = tuple(mutant if p.id == mutant.id else p for p in book.policies)
    changed = replace(book, policies=policies, _slices={})
    vars(changed)["hash"] = "a mutant"  # nobody asks for it, and working it out takes longest
    for row in rows:
        asked = row.question
        decision = decide(
            asked.member, asked.action, asked.resource,
            today=asked.today, context=asked.context, book=changed, areas=areas,
        )  # fmt: skip
        if decision.errors or decision.allowed != row.expected or set(decision.rules) != set(row.reasons):
            return False
    return True


def test_leaving_out_any_condition_is_noticed_by_a_row(book: PolicyBook, areas: Any) -> None:
    rows = all_rows(book)
    survivors = []
    for policy in book.policies:
        speaking = sorted((row for row in rows if _speaks(policy, row, book)), key=_nearest_to(policy))
        survivors += [
            (policy.id, out) for mutant, out in mutants(policy) if unnoticed(mutant, book, speaking, areas)
        ]

    assert {policy_id for policy_id, _ in survivors} <= HELD_TWICE
    assert len(survivors) <= 6


def _nearest_to(policy: Policy) -> Callable[[RowResult], tuple[bool, str]]:
    """Rows the policy decides come first: they notice soonest."""
    return lambda row: (policy.id not in row.reasons, row.question.action)


def _speaks(policy: Policy, row: RowResult, book: PolicyBook) -> bool:
    family = set(book.vocabulary.family(row.question.action))
    thing = row.question.resource
    return (
        thing is not None
        and book.class_of(row.question.action) != "report"
        and policy.speaks_of(family, thing.entity)
    )
