"""The address of somebody under protection: the one place where a handle becomes an address.

It takes a recipient on the list of those who may know, put there by two people, and an approval by somebody
other than who asked; or an imminent danger, which waits for nobody and is always reviewed. It is asked anew
at every look and each is written down; nothing keeps the answer. The list is kept by `guarding`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from backend import access
from backend.access import MemberFacts
from backend.cases import visible
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.people.models import ProtectedAddress
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.items import PROTECTED_ADDRESS
from backend.sharing.disclosures.models import NamedRecipient, Package, PackageEvent
from backend.sharing.disclosures.packages import Known, Standing

LOOK = "address"  # how a look is recorded at which an address under protection was shown
URGENT = "review_next_business_day"  # what a ruling in imminent danger obliges to


@dataclass(frozen=True, slots=True)
class Revealed:
    """An address as it is shown to one reader, once."""

    zip: str
    address: str
    phone: str

    def __repr__(self) -> str:
        return "Revealed(…)"

    __str__ = __repr__


def reveal(known: Known, reader: str, now: datetime) -> Revealed | None:
    """The address behind the handle of a package, for who reads it now; None unless all of it still holds."""
    package, today = known.package, timezone.localdate(now)
    if known.standing(today) is not Standing.OPEN or not any(it.handle for it in known.content.items):
        return None
    if URGENT not in package.obligations and not (_named(package, today) and _by_two(known)):
        return None
    found = ProtectedAddress.objects.filter(person=package.person_id).first()
    if found is None:
        return None
    key = f"released/{reader}/{now.isoformat()}"
    approver = UUID(str(package.frozen_by_id))
    packages.happened(package, PackageEvent.Kind.RELEASED, key, now, by=approver, reader=reader)
    return Revealed(found.zip, found.address, found.phone)


def in_emergency(case: Case, member: MemberFacts, now: datetime) -> Revealed | None:
    """The address for who opened the case in an emergency, while the minutes last and the policies let them.

    The opening needed a reason, was told to others at once and is reviewed; whoever draws what this returns
    records the look as `LOOK`.
    """
    facts, asked = case_facts(case, now), {"category": PROTECTED_ADDRESS}
    if case.person_id is None or not case.protected or member.id not in facts.glass:
        return None
    if not access.decide(member, "see", facts, today=visible.day(now), context=asked).allowed:
        return None
    found = ProtectedAddress.objects.filter(person=case.person_id).first()
    return Revealed(found.zip, found.address, found.phone) if found else None


def _named(package: Package, today: date) -> bool:
    rows = NamedRecipient.objects.filter(person=package.person_id).in_force(today)
    return rows.covering(package.recipient_id, package.recipient_member_id).exists()


def _by_two(known: Known) -> bool:
    """Whether who approved the package is not among those who asked for it."""
    asked = set(known.package.case.facts.get("requesters") or ())
    return known.package.frozen_by.facts().account not in asked
