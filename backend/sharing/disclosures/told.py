"""Packages in the register of who was told what: once handed over they have left, whatever became of them."""

from collections.abc import Collection, Iterator
from uuid import UUID

from backend.sharing.consents.registers import Left, is_shielded, leaves
from backend.sharing.disclosures.models import PackageEvent

# A private person is a third party, whose name the register does not give (個人情報保護法78条).
PRIVATE = "個人（家族など）"


@leaves
def handed_over(persons: Collection[UUID], controller: str) -> Iterator[Left]:
    """Every package about these persons that was handed over, in one query."""
    rows = PackageEvent.objects.filter(
        kind=PackageEvent.Kind.ISSUED, package__person__in=persons, package__controller=controller
    )
    for event in rows.select_related("package__case", "package__source").defer("package__content"):
        package = event.package
        yield Left(
            person=package.person_id,
            at=event.at,
            recipient=package.recipient_id or "",
            categories=tuple(package.categories),
            basis=package.basis,
            by="package",
            number=package.case.number,
            recipient_name="" if package.recipient_id else PRIVATE,
            shielded=is_shielded(package.source),
        )
