"""受け取り: what was handed over to a member or their organisation, for whoever has an account.

The package is the same as behind a link: each opening is written down under the reader's name, and last day,
recall and end are asked anew at every look. Paper and what was spoken are not listed: they came another way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from backend.access import MemberFacts, PackageFacts
from backend.cases import visible
from backend.cases.visible import Visible
from backend.people.models import Member, Organisation
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.links import NotReadable, locked
from backend.sharing.disclosures.models import Package, PackageEvent
from backend.sharing.disclosures.packages import Known, Standing

Kind = PackageEvent.Kind
ELECTRONIC = "electronic"
MOST = 200


def facts_of(package: Package) -> PackageFacts:
    """A package as policies see it."""
    return PackageFacts(
        str(package.id),
        package.controller,
        package.recipient_id or "",
        str(package.recipient_member_id or ""),
    )


visible.declare(Package, Visible("package", facts_of, lambda row: row.case_id, lambda row: row.person_id))


@dataclass(frozen=True)
class Received:
    """A package with its events: who handed it over, and how it stands."""

    known: Known

    @property
    def issued(self) -> PackageEvent:
        return next(event for event in self.known.events if event.kind == Kind.ISSUED)

    @property
    def sender(self) -> Organisation | None:
        return self.known.sender


def received(member: MemberFacts, now: datetime) -> list[Received]:
    """The newest a member may open or could once; the number of queries does not grow with it."""
    newest = rows(member, now).order_by("-frozen_at", "-id").values_list("pk", flat=True)[:MOST]
    return told(newest, member, now)


def rows(member: MemberFacts, now: datetime) -> QuerySet[Package]:
    """What was handed over electronically and the member may list."""
    return visible.visible(_handed_over(), member, now)


def told(ids: Iterable[UUID], member: MemberFacts, now: datetime) -> list[Received]:
    """Those of the ids that the member may list, decided one by one, newest first: two queries."""
    found = packages.known_all(Package.objects.filter(pk__in=list(ids)).select_related("case"))
    kept = {row.pk for row in visible.still([one.package for one in found], member, now)}
    return [Received(one) for one in found if one.package.pk in kept]


def unread(member: MemberFacts, now: datetime) -> QuerySet[Package]:
    """Those that can be read and were opened by nobody yet, as the policies' filter finds them."""
    over = (Kind.RECALLED, Kind.ENDED, Kind.EXPIRED, Kind.OPENED)
    happened = PackageEvent.objects.filter(package=OuterRef("pk"), kind__in=over)
    rows = _handed_over().filter(~Exists(happened), expires_on__gte=timezone.localdate(now))
    return visible.visible(rows, member, now)


def find(package_id: UUID, member: MemberFacts, now: datetime) -> Received:
    """One package addressed to the member. Raises `NotFound` for absent and others' alike."""
    rows = _handed_over().select_related("case", "recipient")
    return Received(packages.known(visible.get_visible(rows, package_id, member, now)))


def open_package(found: Received, *, by: Member, now: datetime) -> PackageEvent:
    """Write an opening down under the member's name. Raises `NotReadable` after a recall or the end."""
    package = found.known.package
    with transaction.atomic():
        standing = locked(package).standing(timezone.localdate(now))
        if standing is not Standing.OPEN:
            raise NotReadable(standing)
        key = f"opened/{by.id}/{now.isoformat()}"
        packages.happened(package, Kind.OPENED, key, now, by=by.id, reader=by.name)
        return PackageEvent.objects.get(package=package, key=key)


def _handed_over() -> QuerySet[Package]:
    issued = PackageEvent.objects.filter(package=OuterRef("pk"), kind=Kind.ISSUED)
    return Package.objects.filter(Exists(issued), case__facts__handed_by=ELECTRONIC)
