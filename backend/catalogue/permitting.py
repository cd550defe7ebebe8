"""Who may do what in a state, computed by asking the policies about the fixed cast and a model case.

Nothing here knows a rule: for each role somebody of the cast asks, first as anybody of that role, then as the
one in charge, the receiving agency, whoever watches, or staff whose own controller the case is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from backend.access import CaseFacts, MemberFacts, decide
from backend.access.decisions import Cast, Row, benches, cast
from backend.workflow.model import Action, State, Workflow

Relation = Literal["anybody", "in_charge", "received", "watching", "own"]
ASKING: Mapping[str, str] = {
    "caseworker": "caseworker",
    "supervisor": "supervisor",
    "csw_staff": "csw",
    "agency_staff": "receiver",
    "welfare_commissioner": "commissioner",
    "welfare_volunteer": "volunteer",
    "privacy_officer": "privacy",
}
MODEL = "case_in_support"


@dataclass(frozen=True)
class May:
    """A role that may, in which relation to the case at least, and the policies that say so."""

    role: str
    relation: Relation
    rules: tuple[str, ...]


@lru_cache(maxsize=1)
def tried() -> Mapping[str, tuple[Row, ...]]:
    """The rows of the decision tables by the policies that decide them."""
    found: dict[str, list[Row]] = {}
    for bench in benches():
        for row in bench.rows:
            for name in row.reasons:
                found.setdefault(name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def who_may(workflow: Workflow, state: State, action: Action) -> list[May]:
    """Everybody of the cast's roles who may do the action on a case of this workflow in this state."""
    people = cast()
    model = people.things[MODEL]
    if not isinstance(model, CaseFacts):
        raise TypeError(f"{MODEL} of policies/cast.yaml is no case")
    case = replace(
        model,
        workflow=workflow.name,
        state=workflow.qualified(state.name),
        kind=state.kind,
        owner_role=state.owner or model.owner_role,
        open=not state.final,
        assignee="",
        receiver="",
    )
    name = workflow.qualified(action.name)
    found = (_first(people, role, who, name, case) for role, who in ASKING.items())
    return [may for may in found if may is not None]


def _first(people: Cast, role: str, who: str, action: str, case: CaseFacts) -> May | None:
    """The loosest relation in which the role may."""
    member = people.members[who]
    for relation, asked in _relations(member, case):
        decision = decide(member, action, asked, today=people.today, areas=people.areas)
        if decision.allowed:
            return May(role, relation, tuple(reason.id for reason in decision.reasons))
    return None


def _relations(member: MemberFacts, case: CaseFacts) -> Iterator[tuple[Relation, CaseFacts]]:
    yield "anybody", case
    yield "in_charge", replace(case, assignee=member.id)
    yield "received", replace(case, receiver=member.organisation)
    yield "watching", replace(case, watchers=(member.id,))
    yield "own", replace(case, controller=member.controller, assignee=member.id)
