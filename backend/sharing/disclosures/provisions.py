"""From a proposal and the database to what the gate rules on: one provision for each data category.

The number of queries does not depend on the number of categories. Where several consents stand side by side
each is asked, and the best ruling counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from backend import access
from backend.access import MemberFacts, ProvisionFacts
from backend.access.areas import current_areas
from backend.access.facts import day
from backend.people.models import Person
from backend.sharing.consents import asking
from backend.sharing.consents.asking import ConsentFacts
from backend.sharing.councils import sessions
from backend.sharing.disclosures.models import Arrangement, NamedRecipient
from backend.sharing.disclosures.proposals import Proposal, Recipient
from backend.sharing.rulings import Ruled, best

# Recipients whose pledge and training are kept here; of the others their own law or contract is relied upon.
FIELD_ROLES = frozenset(
    {
        "welfare_commissioner", "chief_child_commissioner", "welfare_volunteer", "neighborhood_head",
        "neighborhood_welfare_section", "district_csw", "business_partner", "npo", "volunteer_group",
    }
)  # fmt: skip
Kind = Arrangement.Kind
Arranged = dict[str, list[frozenset[str]]]


def matrix_for(
    member: MemberFacts, proposal: Proposal, today: date, categories: Iterable[str] | None = None
) -> dict[str, Ruled]:
    """The ruling of every category (those proposed by default), in order."""
    names = tuple(proposal.categories if categories is None else categories)
    found: dict[str, Ruled] = {}
    for facts in provisions(proposal, names, today):
        rulings = access.matrix(member, facts, today=day(today))
        for one in facts:
            ruled = Ruled(one.category, rulings[one.category], one)
            before = found.get(one.category)
            found[one.category] = ruled if before is None else best(before, ruled)
    return {name: found[name] for name in names}


def provisions(proposal: Proposal, names: Sequence[str], today: date) -> list[list[ProvisionFacts]]:
    """The provisions of these categories, once for each consent that may bear them."""
    person = proposal.source.person
    if person is None or not names:
        return []
    base = _base(proposal, person, today)
    arranged = _arranged(base, proposal, today)
    base = replace(base, relation=_agreed_relation(base, arranged))
    consents = asking.facts(person.id, proposal.purpose, today, base.controller)
    return [[_of_category(base, arranged, consent, name) for name in names] for consent in consents]


def _base(proposal: Proposal, person: Person, today: date) -> ProvisionFacts:
    source, recipient = proposal.source, proposal.recipient
    own = recipient.organisation is not None and recipient.organisation.controller == source.controller
    return ProvisionFacts(
        id=str(source.id),
        controller=source.controller,
        category="",
        cls="",
        purpose=proposal.purpose,
        basis=proposal.basis,
        recipient=recipient.code,
        recipient_role=recipient.role,
        recipient_type=recipient.organisation.type if recipient.organisation else "",
        recipient_controller=recipient.organisation.controller if recipient.organisation else "",
        relation="data_subject" if recipient.kind == "data_subject" else _relation(recipient, own),
        urgency=_urgency(proposal),
        obtainable=proposal.obtainable,
        recurring=proposal.recurring,
        necessity=proposal.necessity,
        minimised=proposal.minimised,
        request_number=proposal.request_number,
        **_standing(recipient, today),
        **_meeting(proposal, person, today),
        area_match=_covers(recipient, source.area_id),
        named=person.protected and _is_named(person, recipient, today),
        protected=person.protected,
        deceased=person.deceased_on is not None,
        requested_by_subject=proposal.purpose == "data_subject_request",
        abuse=str(source.facts.get("abuse", "none")),
    )


def _relation(recipient: Recipient, own: bool) -> str:
    if recipient.kind == "representative":
        return "representative"
    return "same_controller" if own else "third_party"


def _urgency(proposal: Proposal) -> str:
    if proposal.source.facts.get("imminent") is True:
        return "imminent"
    return "priority" if proposal.source.urgency in ("A", "B") else "routine"


def _standing(recipient: Recipient, today: date) -> dict[str, Any]:
    """Term, pledge and training of a member; an organisation stands by its own law or contract."""
    member = recipient.member
    if member is None:
        known = recipient.role not in FIELD_ROLES
        return {
            "recipient_active": True,
            "recipient_pledged": known,
            "recipient_trained": known,
        }
    exempt = member.role not in FIELD_ROLES
    trained = member.trained_until is not None and member.trained_until >= today
    return {
        "recipient_active": recipient.active(today),
        "recipient_pledged": exempt or member.pledge_signed_on is not None,
        "recipient_trained": exempt or trained,
    }


def _meeting(proposal: Proposal, person: Person, today: date) -> dict[str, Any]:
    """How the meeting stands in which it is to be told."""
    if proposal.session is None:
        return {}
    found = sessions.facts_of(proposal.session, person.id, proposal.recipient.party, today)
    return {
        "session": found.session,
        "session_basis": found.basis,
        "session_listed": found.listed,
        "session_agenda": found.agenda,
    }


def _covers(recipient: Recipient, area: str) -> bool:
    """Whether the person lives where the recipient works; an organisation of the whole city covers it."""
    member = recipient.member
    theirs = member.area_id if member else recipient.organisation.area_id if recipient.organisation else None
    if theirs is None:
        return member is None or member.role not in FIELD_ROLES
    return theirs == area or theirs in current_areas(area).ancestors(area)


def _is_named(person: Person, recipient: Recipient, today: date) -> bool:
    if recipient.organisation is None:
        return False
    member = recipient.member.id if recipient.member else None
    rows = NamedRecipient.objects.filter(person=person).in_force(today)
    return rows.covering(recipient.organisation.code, member).exists()


def _arranged(base: ProvisionFacts, proposal: Proposal, today: date) -> Arranged:
    """What is registered, agreed or announced for this purpose and recipient on that day: one query."""
    party = Q(organisation=None) | Q(organisation=proposal.recipient.organisation)
    rows = Arrangement.objects.in_force(today).filter(party, controller=base.controller)
    found: Arranged = {}
    for row in rows:
        if not row.purposes or proposal.purpose in row.purposes:
            found.setdefault(row.kind, []).append(frozenset(row.categories))
    return found


def _agreed_relation(base: ProvisionFacts, arranged: Arranged) -> str:
    """Entrusted or in joint use where that is the basis claimed and an arrangement is in force."""
    if base.relation != "third_party":
        return base.relation
    if Kind.CONTRACT in arranged and base.basis == "pia_27_5_entrust":
        return "entrusted"
    if Kind.JOINT_USE in arranged and base.basis == "pia_27_5_joint_use":
        return "joint_use"
    return base.relation


def _names(arranged: Arranged, kind: str, category: str) -> bool:
    """Whether an arrangement of a kind names the category; one that names none is for all of them."""
    return any(not named or category in named for named in arranged.get(kind, ()))


def _of_category(
    base: ProvisionFacts, arranged: Arranged, consent: ConsentFacts, name: str
) -> ProvisionFacts:
    known = access.current().categories.get(name)
    return replace(
        base,
        category=name,
        cls=known.cls if known else "CX",
        purpose_registered=_names(arranged, Kind.PURPOSE, name),
        contract_active=Kind.CONTRACT in arranged,
        contract_covers=_names(arranged, Kind.CONTRACT, name),
        joint_use_valid=_names(arranged, Kind.JOINT_USE, name),
        **consent.fields(),
    )
