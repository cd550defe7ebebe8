"""Packages: frozen in the transaction of the approval, and what can be said of them afterwards.

Whether a package can be read is never stored: it follows from its last day and its events, and every reader
asks anew.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import cast
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend import access
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import Conflict
from backend.cases.models import Case
from backend.cases.projecting import Written, projects
from backend.cases.reading import latest
from backend.definitions.canonical import canonical
from backend.people.models import Organisation
from backend.sharing import rulings
from backend.sharing.disclosures import items
from backend.sharing.disclosures.items import Content
from backend.sharing.disclosures.models import Package, PackageEvent
from backend.sharing.disclosures.proposals import REQUEST, Proposal, proposal_of, source_of

Kind = PackageEvent.Kind
APPROVED = frozenset({"approved", "conditional"})


class Standing(StrEnum):
    """How a package stands today."""

    READY = "ready"
    OPEN = "open"
    RECALLED = "recalled"
    EXPIRED = "expired"
    ENDED = "ended"

    @property
    def usable(self) -> bool:
        """Whether it can be handed over or read."""
        return self in {Standing.READY, Standing.OPEN}


@dataclass(frozen=True)
class Known:
    """A package with its events, in order."""

    package: Package
    events: tuple[PackageEvent, ...]

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(event.kind for event in self.events)

    def standing(self, today: date) -> Standing:
        """What is true of it today, whatever anybody has written down yet."""
        if Kind.RECALLED in self.kinds:
            return Standing.RECALLED
        if Kind.ENDED in self.kinds:
            return Standing.ENDED
        if Kind.EXPIRED in self.kinds or self.package.expires_on < today:
            return Standing.EXPIRED
        return Standing.OPEN if Kind.ISSUED in self.kinds else Standing.READY

    @property
    def content(self) -> Content:
        return items.unpack(bytes(self.package.content))

    @property
    def sender(self) -> Organisation | None:
        """The office that handed it over."""
        by = next((event.by for event in self.events if event.kind == Kind.ISSUED), None)
        return by.organisation if by else None

    @property
    def openings(self) -> tuple[PackageEvent, ...]:
        return tuple(event for event in self.events if event.kind == Kind.OPENED)


def number_of(content: Content, proposal: Proposal) -> str:
    """One hash over everything an approver decides on: the values, to whom, what for, on which basis and in
    which meeting, until when.
    """
    about = {
        "content": content.sha256,
        "to": proposal.recipient.code,
        "member": str(proposal.recipient.member.id) if proposal.recipient.member else "",
        "name": proposal.recipient.name,
        "purpose": proposal.purpose,
        "basis": proposal.basis,
        "session": str(proposal.session or ""),
        "until": proposal.until.isoformat() if proposal.until else "",
    }
    return hashlib.sha256(canonical(about)).hexdigest()


def leaving(proposal: Proposal) -> Content:
    """Exactly the values that would leave now."""
    return items.content(proposal.source, proposal.categories, proposal.left_out)


def shown_hash(proposal: Proposal) -> str:
    """The number of exactly what an approver sees: the values, the recipient, what for and until when."""
    return number_of(leaving(proposal), proposal)


def seen_number(case: Case) -> str:
    """The number of what an approver of a disclosure sees now."""
    answers = latest(case, REQUEST)
    return shown_hash(proposal_of(answers, source_of(answers.get("source"))))


@projects("disclosure_decision", "disclosure_handover")
def freeze(written: Written) -> None:
    """Freeze what an approval, or a hand-over that needs none, lets leave; record that it was handed over.

    Raises `Conflict` where the values changed after the step looked at them.
    """
    reached = written.move.target.partition(".")[2]
    at_once = written.move.form == "disclosure_handover" and written.move.source.endswith(".requested")
    if reached in APPROVED or at_once:
        _freeze(written)
    if reached in ("shared", "under_review"):
        package = Package.objects.filter(case=written.case.id).latest("frozen_at", "seq")
        happened(package, Kind.ISSUED, "issued", written.now, by=written.member.id)


def _freeze(written: Written) -> None:
    facts = written.facts
    answers = latest(written.case, REQUEST)
    source = source_of(answers.get("source"))
    proposal = proposal_of(answers, source)
    seen = written.answers.get("content_hash")
    if seen is not None and seen != shown_hash(proposal):
        raise Conflict(written.case.revision)
    approved = tuple(name for name in proposal.categories if name in facts["approved"])
    rules = _rules(written)
    content = items.content(source, approved, proposal.left_out)
    Package.objects.create(
        case_id=written.case.id,
        seq=written.seq,
        source=source,
        person_id=cast(UUID, source.person_id),
        controller=written.case.controller,
        recipient=proposal.recipient.organisation,
        recipient_member=proposal.recipient.member,
        recipient_name=proposal.recipient.name,
        purpose=proposal.purpose,
        basis=proposal.basis,
        categories=list(content.categories),
        obligations=obligations_of(rules),
        rules=rules,
        content=content.pack(),
        sha256=content.sha256,
        frozen_at=written.now,
        frozen_by_id=UUID(written.member.id),
        expires_on=date.fromisoformat(facts["expires_on"]),
    )


def _rules(written: Written) -> list[str]:
    """The policies that ruled in this very step."""
    rows = DecisionLog.objects.filter(case=written.case.id, seq=written.seq, kind=rulings.KIND)
    found = [rule for rules in rows.order_by("id").values_list("rules", flat=True) for rule in rules]
    return list(dict.fromkeys(found))


def obligations_of(rules: Iterable[str]) -> list[str]:
    """What these policies oblige to, each once; a policy that is gone obliges to nothing."""
    book = access.current()
    found: list[str] = []
    for rule in rules:
        with suppress(LookupError):
            found += book.policy(rule).obligations
    return list(dict.fromkeys(found))


_ENDINGS = {
    "disclosure_recall": Kind.RECALLED,
    "disclosure_expiry": Kind.EXPIRED,
    "disclosure_end": Kind.ENDED,
    "disclosure_return": Kind.RETURNED,
}


@projects(*_ENDINGS)
def end(written: Written) -> None:
    """Record the end of the packages of a case: from this step on nobody opens them."""
    kind = _ENDINGS[written.move.form]
    detail = str(written.answers.get("reason") or written.answers.get("how") or "")
    for package in Package.objects.filter(case=written.case.id):
        happened(package, kind, str(kind), written.now, by=written.member.id, detail=detail)


def happened(
    package: Package,
    kind: PackageEvent.Kind,
    key: str,
    at: datetime,
    *,
    by: UUID | str | None = None,
    witness: UUID | None = None,
    reader: str = "",
    detail: str = "",
) -> bool:
    """Add an event under its key; False where it had happened already."""
    row = PackageEvent(
        package=package,
        kind=kind,
        key=key[:80],
        at=at,
        by_id=UUID(str(by)) if by else None,
        witness_id=witness,
        reader=reader[:60],
        detail=detail[:40],
    )
    before = PackageEvent.objects.filter(package=package, key=row.key).exists()
    PackageEvent.objects.bulk_create([row], ignore_conflicts=True)
    return not before


def known(package: Package) -> Known:
    """A package with everything that happened to it."""
    return Known(package, tuple(_events().filter(package=package).order_by("at", "id")))


def _events() -> QuerySet[PackageEvent]:
    """Events with who did it, and for which office."""
    return PackageEvent.objects.select_related("by__organisation")


def known_all(rows: QuerySet[Package]) -> list[Known]:
    """Packages with their events, newest first, in two queries; the frozen bytes stay where they are."""
    found = rows.select_related("recipient", "recipient_member", "frozen_by").defer("content")
    packages = list(found.prefetch_related(Prefetch("events", _events())).order_by("-frozen_at"))
    return [Known(one, tuple(sorted(one.events.all(), key=lambda it: (it.at, it.id)))) for one in packages]


def open_one(case: Case, today: date) -> Known | None:
    """The newest package of a disclosure that can still be handed over or read; None where there is none."""
    newest = Package.objects.filter(case=case.id).order_by("-frozen_at", "-seq").first()
    found = known(newest) if newest else None
    return found if found is not None and found.standing(today).usable else None
