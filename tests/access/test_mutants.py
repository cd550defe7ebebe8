"""The tables bite: leave one condition out of a policy, and some row is decided otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from backend.access.book import PolicyBook
from backend.access.decisions import Bench, Row, beside
from backend.access.reading import Policy
from tests.access.test_tables import all_rows

# What another policy stops as well (privacy.cedar keeps each special category; stop-other-controller keeps
# persons), so that leaving it out here changes no decision. The second lock is there on purpose.
PARTS = ("duty", "policies", "fallback")
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


def unnoticed(mutant: Policy, book: PolicyBook, benches: list[Bench]) -> bool:
    changed = book.with_policy(mutant)
    vars(changed)["hash"] = "a mutant"  # nobody asks for it, and working it out takes longest
    return not any(result.problem for bench in benches for result in bench.answers(changed))


def test_leaving_out_any_condition_is_noticed_by_a_row(book: PolicyBook, areas: Any) -> None:
    rows = [result.row for result in all_rows(book)]
    near = beside(rows)
    survivors = []
    for policy in (policy for part in PARTS for policy in getattr(book, part)):
        benches = benches_for(policy, rows, near, book, areas)
        survivors += [(policy.id, out) for mutant, out in mutants(policy) if unnoticed(mutant, book, benches)]

    assert {policy_id for policy_id, _ in survivors} <= HELD_TWICE
    assert len(survivors) <= 6


def benches_for(
    policy: Policy, rows: list[Row], near: list[set[int]], book: PolicyBook, areas: Any
) -> list[Bench]:
    """The rows the policy decides, those that differ from one of them in one fact, then all the others."""
    own = {number for number, row in enumerate(rows) if policy.id in row.reasons}
    close = {other for number in own for other in near[number]} - own
    far = {number for number, row in enumerate(rows) if _speaks(policy, row, book)} - own - close
    return [Bench([rows[n] for n in sorted(some)], areas) for some in (own, close, far)]


def _speaks(policy: Policy, row: Row, book: PolicyBook) -> bool:
    family = set(book.vocabulary.family(row.action))
    return (
        row.thing is not None
        and book.class_of(row.action) != "report"
        and policy.speaks_of(family, row.thing.entity)
    )
