"""A member read together with something else in one statement, for the door."""

from collections.abc import Sequence
from typing import Any

from backend.access.facts import MemberFacts, day

# For a query that joins people_member as m, people_organisation as o and people_user as u.
MEMBER_COLUMNS = (
    "m.id, m.role, m.organisation_id, o.type, m.controller, m.area_id, m.valid_from, m.valid_until,"
    " m.pledge_signed_on, m.trained_until, coalesce(u.is_active, true), coalesce(u.id::text, m.id::text)"
)
MEMBER_JOINS = (
    "LEFT JOIN people_member m ON m.id = %(actor)s"
    " LEFT JOIN people_organisation o ON o.code = m.organisation_id"
    " LEFT JOIN people_user u ON u.id = m.user_id"
)
MEMBER_COLUMN_COUNT = 12


def member_facts_from_row(row: Sequence[Any]) -> MemberFacts:
    """The facts of the member whose `MEMBER_COLUMNS` are in `row`."""
    member, role, organisation, kind, controller, area, begins, ends, pledge, trained, active, account = row
    return MemberFacts(
        id=str(member),
        role=role,
        organisation=organisation,
        organisation_type=kind,
        controller=controller,
        area=area,
        valid_from=day(begins, default=0),
        valid_until=day(ends),
        pledge=pledge is not None,
        trained_until=day(trained, default=0),
        active=active,
        account=account,
    )
