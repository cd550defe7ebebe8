"""May a paper hold it? The sharing rules, asked for every data category and every listed member.

A copy goes to each of them, so a category stands in a paper only when it may go to all. It is asked as it
will be read: in the open meeting, to a member who signed, about a person on its agenda.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from backend import access
from backend.access import MemberFacts, ProvisionFacts
from backend.cases.models import Case
from backend.people.models import Member
from backend.sharing.consents import asking
from backend.sharing.councils.bases import BASES
from backend.sharing.councils.models import AgendaItem

PURPOSE = "support_conference"


def consented(case: Case, today: date) -> bool:
    """Whether the person of a case agrees, on that day, to be discussed in a conference."""
    if case.person_id is None:
        return False
    held = asking.live(case.person_id, today, case.controller)
    return any(PURPOSE in row.purposes for row in held)


def may_stand(
    item: AgendaItem, categories: Collection[str], maker: MemberFacts, today: date
) -> frozenset[str]:
    """Those of the categories that may go to every listed member of the meeting."""
    known, day = access.current().categories, access.day(today)
    wanted = [(name, known[name].cls) for name in sorted(categories)]
    allowed = frozenset(categories)
    for listed in item.session.members.select_related("member__organisation", "member__user"):
        base = list(_provisions(item, listed.member, today, day))
        allowed &= {
            name
            for name, cls in wanted
            if any(
                access.rule(maker, replace(one, category=name, cls=cls), today=day).allowed for one in base
            )
        }
    return allowed


def _provisions(item: AgendaItem, member: Member, today: date, day: int) -> Iterator[ProvisionFacts]:
    """The provision to one member, once with each consent that could cover it."""
    case, facts = item.case, member.facts()
    person = case.person
    base = ProvisionFacts(
        id=str(item.case_id),
        controller=case.controller,
        category="",
        cls="",
        purpose=PURPOSE,
        recipient=facts.organisation,
        recipient_role=facts.role,
        recipient_type=facts.organisation_type,
        recipient_controller=facts.controller,
        basis="consent" if BASES[item.session.basis].consent else item.session.basis,
        relation="same_controller" if facts.controller == case.controller else "council_member",
        recurring=False,
        necessity=True,
        minimised=True,
        session="open",
        session_basis=item.session.basis,
        session_listed=True,
        session_agenda=True,
        recipient_active=facts.active and facts.valid_from <= day <= facts.valid_until,
        recipient_pledged=True,
        recipient_trained=True,
        area_match=True,
        named=False,
        protected=case.protected,
        deceased=person is not None and person.deceased_on is not None,
        abuse=str(case.facts.get("abuse", "none")),
    )
    for consent in asking.facts(case.person_id, PURPOSE, today, case.controller):
        yield replace(base, **consent.fields())
