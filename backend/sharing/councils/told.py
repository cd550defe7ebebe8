"""Papers of meetings in the register of who was told what: once shared they have left."""

from collections.abc import Collection, Iterator
from uuid import UUID

from backend.sharing.consents.registers import Left, is_shielded, leaves
from backend.sharing.councils.bases import claimed
from backend.sharing.councils.sessions import shared_about

BY = "council_paper"


@leaves
def told_in_meetings(persons: Collection[UUID], controller: str) -> Iterator[Left]:
    """Every paper about these persons, once for each organisation a member of which got a copy."""
    for shared in shared_about(persons, controller):
        yield Left(
            person=shared.person,
            at=shared.at,
            recipient=shared.organisation,
            categories=shared.categories,
            basis=claimed(shared.basis),
            by=BY,
            number=shared.session,
            shielded=is_shielded(shared.source),
        )
