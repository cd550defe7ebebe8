"""The address of somebody under protection: the one place where a handle becomes an address.

It takes a recipient on the list of those who may know, put there by two people, and an approval by somebody
other than who asked; or an imminent danger, which waits for nobody and is always reviewed. It is asked anew
at every look and each is written down; nothing keeps the answer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases.errors import NotPossible
from backend.people.acting import same_hands
from backend.people.models import Member, Person, ProtectedAddress
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.models import NamedRecipient, Package, PackageEvent
from backend.sharing.disclosures.packages import Known, Standing

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


def name(person: Person, organisation: str, *, by: Member, witness: Member, until: date) -> NamedRecipient:
    """Put an organisation on the list of those who may know where somebody is. Raises `NotPossible`."""
    if same_hands(by, witness, timezone.localdate()):
        raise NotPossible(_("A second person must name the recipient with you."))
    values = {"named_by": by, "witness": witness, "named_at": timezone.now(), "valid_until": until}
    return NamedRecipient.objects.update_or_create(
        person=person, organisation_id=organisation, defaults=values
    )[0]


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


def _named(package: Package, today: date) -> bool:
    rows = NamedRecipient.objects.filter(person=package.person_id, organisation=package.recipient_id)
    return rows.filter(valid_until__gte=today).exists()


def _by_two(known: Known) -> bool:
    """Whether who approved the package is not among those who asked for it."""
    asked = set(known.package.case.facts.get("requesters") or ())
    return known.package.frozen_by.facts().account not in asked
