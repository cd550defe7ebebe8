"""Lists by the same policies: partial evaluation with the thing unknown, as a database filter.

A list is a courtesy, not a decision: rows shown are decided again one by one.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import cedarpy
from django.db.models import Q

from backend.access.areas import Areas, current_areas
from backend.access.book import NoBook, PolicyBook, current
from backend.access.columns import NONE, reader, require_columns, to_q
from backend.access.facts import KINDS, MemberFacts
from backend.access.reading import Policy
from backend.access.residual import NO, Condition, Inexpressible, Reader, both, opposite
from backend.access.simplifying import visible_when
from backend.definitions.findings import Finding

Kind = Literal["case", "person", "letter", "package", "register", "channel", "disposal"]
LISTING = "list"
# The actions asked about many things at once, and the kinds they are about where that is not every kind.
ASKED_OF_LISTS: Mapping[str, tuple[Kind, ...]] = {
    LISTING: (),
    "mend": ("case",),
    "call": ("case",),
    "keep_channel": ("channel",),
    "count_hidden": ("person",),
}


class Standpoint(NamedTuple):
    """Everything the filters of a member on a day come from: what was made of them may be kept under it."""

    member: MemberFacts
    today: int
    book: PolicyBook | None
    areas: Areas


def standpoint(member: MemberFacts, today: int) -> Standpoint:
    """Where the member's filters come from now."""
    try:
        book = current()
    except NoBook:
        book = None
    return Standpoint(member, today, book, current_areas(member.area or ""))


def visible_q(
    member: MemberFacts, kind: Kind, today: int, *, action: str = LISTING, book: PolicyBook | None = None
) -> Q:
    """The rows of a kind that the member may list (or do another of `ASKED_OF_LISTS` to), as a filter.

    Nothing at all for a member without identity, a closed book or none. Raises `Inexpressible` for a policy
    that has no equal in SQL; `load` refuses such a policy, so that this happens only to an unchecked book.
    """
    areas = current_areas(member.area or "")
    asked = _asked(member, kind, today, action=action, areas=areas, book=book)
    return _q(*asked) if asked else NONE


def visible(
    member: MemberFacts,
    kind: Kind,
    today: int,
    *,
    areas: Areas,
    action: str = LISTING,
    book: PolicyBook | None = None,
) -> Condition:
    """The same as a condition that can also be asked about one thing (residual.holds)."""
    asked = _asked(member, kind, today, action=action, areas=areas, book=book)
    return _visible(*asked) if asked else NO


Asked = tuple[PolicyBook, MemberFacts, str, Kind, int, Areas]


def _asked(
    member: MemberFacts, kind: Kind, today: int, *, action: str, areas: Areas, book: PolicyBook | None
) -> Asked | None:
    """The question as the caches keep it; None where nobody may be asked about."""
    try:
        book = book or current()
    except NoBook:
        return None
    return None if book.closed or member.problem() else (book, member, action, kind, today, areas)


@lru_cache(maxsize=1024)
def _q(book: PolicyBook, member: MemberFacts, action: str, kind: Kind, today: int, areas: Areas) -> Q:
    """The filter, kept: building it costs more than asking for it."""
    return to_q(_visible(book, member, action, kind, today, areas), KINDS[kind].entity, areas)


@lru_cache(maxsize=1024)
def _visible(
    book: PolicyBook, member: MemberFacts, action: str, kind: Kind, today: int, areas: Areas
) -> Condition:
    cut = book.slice(today, action, KINDS[kind].entity)
    if cut is None:
        return NO
    answer = cut.ask_partly(member, areas, {"today": today})
    if answer.diagnostics.errors:
        raise ValueError("; ".join(answer.diagnostics.errors))
    if answer.decision is cedarpy.Decision.Deny:
        return NO
    if set(answer.residuals) != set(cut.policies):
        raise Inexpressible("partial evaluation left a policy out")
    read = reader(KINDS[kind].entity)
    conditions = {name: _condition(left, read) for name, left in answer.residuals.items()}
    permits = [conditions[name] for name, policy in cut.policies.items() if policy.permits]
    forbids = [conditions[name] for name, policy in cut.policies.items() if not policy.permits]
    return visible_when(permits, forbids)


def _condition(policy: Mapping[str, Any], read: Reader) -> Condition:
    """The conditions of a policy in Cedar's JSON form, as one."""
    parts = []
    for clause in policy["conditions"]:
        part = read.read(clause["body"])
        parts.append(part if clause["kind"] == "when" else opposite(part))
    return both(*parts)


def list_findings(policy: Policy, action: str = LISTING) -> list[Finding]:
    """What a list cannot ask of the database, at load: the policy is refused, never widened."""
    found = []
    for kind in (KINDS[name] for name in ASKED_OF_LISTS[action] or KINDS):
        scope = policy.json["resource"]
        if scope["op"] == "is" and "in" not in scope and scope["entity_type"] != kind.entity:
            continue
        try:
            if scope["op"] not in {"All", "is"} or "in" in scope:
                raise Inexpressible("a scope that names one resource has no equal in a database filter")
            require_columns(_condition(policy.json, reader(kind.entity, checking=action)), kind.entity)
        except Inexpressible as error:
            remedy = (
                "write it with attributes that have a column (backend/access/columns.py), "
                f"or without `{action}`"
            )
            found.append(policy.finding(f"a list of {kind.entity} cannot ask it: {error}", remedy))
    return found
