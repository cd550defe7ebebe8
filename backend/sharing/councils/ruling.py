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
from backend.sharing.councils.bases import claimed
from backend.sharing.councils.models import AgendaItem
from backend.sharing.rulings import Ruled, best

PURPOSE = "support_conference"


def consented(case: Case, today: date) -> bool:
    """Whether the person of a case agrees, on that day, to be discussed in a conference."""
    if case.person_id is None:
        return False
    held = asking.live(case.person_id, today, case.controller)
    return any(PURPOSE in row.purposes for row in held)


def ruled(item: AgendaItem, categories: Collection[str], maker: MemberFacts, today: date) -> list[Ruled]:
    """The ruling of each category for each listed member of the meeting."""
    known, names = access.current().categories, sorted(categories)
    found: list[Ruled] = []
    for listed in item.session.members.select_related("member__organisation", "member__user"):
        better: dict[str, Ruled] = {}
        for base in _provisions(item, listed.member, today, access.day(today)):
            facts = [replace(base, category=name, cls=known[name].cls) for name in names]
            rulings = access.matrix(maker, facts, today=access.day(today))
            for one in facts:
                ruling = Ruled(one.category, rulings[one.category], one)
                before = better.get(one.category)
                better[one.category] = ruling if before is None else best(before, ruling)
        found += better.values()
    return found


def standing(found: Collection[Ruled]) -> frozenset[str]:
    """The categories that may go to every member there is a ruling for: a copy goes to each of them."""
    stopped = {one.category for one in found if not one.ruling.allowed}
    return frozenset(one.category for one in found) - stopped


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
        basis=claimed(item.session.basis),
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
