"""Members and persons as policies see them: plain facts, without models behind them."""

from typing import TYPE_CHECKING

from backend.access.facts import MemberFacts, PersonFacts, day

if TYPE_CHECKING:
    from backend.people.models import Member, Person


def member_facts(member: "Member") -> MemberFacts:
    """A member as policies see them; read with `organisation` and `user`, it costs no query.

    A member without an account (a head who sends paper, an automated run) counts as active; terms are judged
    by the policies.
    """
    return MemberFacts(
        id=str(member.id),
        role=member.role,
        organisation=member.organisation_id,
        organisation_type=member.organisation.type,
        controller=member.controller,
        area=member.area_id,
        valid_from=day(member.valid_from, default=0),
        valid_until=day(member.valid_until),
        pledge=member.pledge_signed_on is not None,
        trained_until=day(member.trained_until, default=0),
        active=member.user is None or member.user.is_active,
        account=str(member.user_id or member.id),
    )


def person_facts(person: "Person") -> PersonFacts:
    """A resident's record as policies see it."""
    return PersonFacts(
        id=str(person.id),
        controller=person.controller,
        area=person.area_id or "",
        protected=person.protected,
    )
