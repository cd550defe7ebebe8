"""Two records of one person become one, and can be parted again exactly as they were.

The merged record keeps its row and points to the kept one. What belongs to the person (cases, consents, named
recipients, relations) is hung over to the kept record and written down row by row; what may only be added to
(looks, packages) stays and is read together with it (`ids`). Where one of the two is protected, the protected
record is the one kept, nothing about a place is taken over, and a second person confirms.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.access import MemberFacts
from backend.people import anybody, keeping, versions
from backend.people.acting import hands_of, same_hands
from backend.people.doubles import Merge, Pair, Verdict
from backend.people.errors import Changed, NotNow, Refused
from backend.people.models import Member, Person
from backend.people.versions import Kind

MERGE, CONFIRM = "merge_persons", "confirm_merge"
State = Merge.State
# What somebody may take from the merged record, and of it what tells where a person is.
CHOOSABLE = ("name", "kana", "sex", "birth_date", "address", "phone", "contact_hours", "area_id")
PLACES = frozenset({"address", "phone", "contact_hours", "area_id"})
_TOGETHER: Mapping[str, tuple[str, ...]] = {"address": ("zip", "address")}


@dataclass(frozen=True)
class Follower:
    """Rows that go with the person: a model and its key.

    `raised` are flags that become true with the kept record's; `opposite` is the other end of a row between
    two persons: none is hung over that would then lead from a person to themselves.
    """

    model: str
    key: str
    raised: Mapping[str, str] = field(default_factory=dict)
    opposite: str = ""

    @property
    def name(self) -> str:
        return f"{self.model}.{self.key}"


FOLLOWERS = (
    Follower("cases.Case", "person", {"protected": "protected"}),
    Follower("consents.Consent", "person"),
    Follower("disclosures.NamedRecipient", "person"),
    Follower("councils.AgendaItem", "person"),
    Follower("people.PersonRelation", "person", opposite="other"),
    Follower("people.PersonRelation", "other", opposite="person"),
    Follower("people.Supporter", "person"),
)
# Why the other rows that name a person stay with the merged record.
STAYS: Mapping[str, str] = {
    "cases.Look.person": "append-only; who looked at either is read by ids()",
    "disclosures.Package.person": "append-only; what left about either is read by ids()",
    "disclosures.ProtectionEnd.person": "it was decided about that record",
    "people.PersonChange.person": "the versions of each record are its own",
    "people.ProtectedAddress.person": "the protected record is the one kept, and has its own",
    "people.Merge.kept": "it is what tells of the merge",
    "people.Merge.merged": "it is what tells of the merge",
    "people.Pair.first": "it is what was compared",
    "people.Pair.second": "it is what was compared",
    "people.Person.merged_into": "a chain of merges is undone from its end",
}

Settling = Callable[[UUID, str, datetime], None]
_SETTLING: list[Settling] = []


def settles(function: Settling) -> Settling:
    """Register what a package above has to work out anew for a person whose rows came or went."""
    _SETTLING.append(function)
    return function


def ids(person_id: UUID) -> list[UUID]:
    """The record itself and all that were merged into it: whose rows are about one person."""
    found = [person_id]
    newest = found
    while newest:
        newest = list(Person.objects.filter(merged_into__in=newest).values_list("pk", flat=True))
        found += newest
    return found


def kept(person: Person) -> Person:
    """The record that stands for the person: itself, or the last one it was merged into."""
    while person.merged_into_id is not None:
        person = Person.objects.get(pk=person.merged_into_id)
    return person


def needs_two(first: Person, second: Person) -> bool:
    """Whether a second person has to confirm."""
    return first.protected or second.protected


def ask(
    kept_id: UUID, merged_id: UUID, *, chosen: Iterable[str], seen: Sequence[int], by: Member, reason: str,
    now: datetime,
) -> Merge:  # fmt: skip
    """Say that two records are of one person: done at once, or kept waiting for a second person.

    `chosen` are the fields taken from the merged record, `seen` the versions of the kept and of the merged
    record that were compared. Raises `Refused`, `Changed`, `NotNow`.
    """
    with transaction.atomic():
        one, other = _both(kept_id, merged_id)
        _allow(by, (one, other), MERGE, now)
        _require_fit(one, other)
        _require_seen(one, other, seen)
        taken = sorted(set(chosen) & set(CHOOSABLE))
        if needs_two(one, other):
            taken = [name for name in taken if name not in PLACES]
        try:
            with transaction.atomic():
                row = Merge.objects.create(
                    kept=one,
                    merged=other,
                    state=State.WAITING,
                    chosen=taken,
                    before={"seen": list(seen)},
                    reason=reason[:200],
                    asked_by=by,
                    asked_at=now,
                )
        except IntegrityError:
            raise NotNow(_("This record waits to be merged already, or was merged.")) from None
        if not needs_two(one, other):
            _join(row, one, other, by=by, now=now)
        return row


def confirm(merge_id: UUID, *, by: Member, now: datetime) -> Merge:
    """Agree as the second person. Raises `Refused`, `Changed`, `NotNow`."""
    with transaction.atomic():
        row = _locked(merge_id, State.WAITING)
        one, other = _both(row.kept_id, row.merged_id)
        _allow(by, (one, other), CONFIRM, now)
        if same_hands(row.asked_by, by, timezone.localdate(now)):
            raise NotNow(_("Somebody other than who asked for it must confirm a merge."))
        _require_fit(one, other)
        _require_seen(one, other, row.before["seen"])
        row.witness = by
        _join(row, one, other, by=by, now=now)
        return row


def decline(merge_id: UUID, *, by: Member, reason: str, now: datetime) -> None:
    """Not to merge what waits for a second person. Raises `Refused`, `NotNow`."""
    with transaction.atomic():
        row = _locked(merge_id, State.WAITING)
        _allow(by, _both(row.kept_id, row.merged_id), CONFIRM, now)
        _end(row, State.DECLINED, by, reason, now)


def undo(merge_id: UUID, *, by: Member, reason: str, now: datetime) -> Merge:
    """Part two records: everything that was hung over goes back, and the fields taken are as before.

    What was corrected since the merge, or came after it, stays with the kept record. Raises `Refused`, and
    `NotNow` where a newer merge has to be undone first.
    """
    with transaction.atomic():
        row = _locked(merge_id, State.DONE)
        one, other = _both(row.kept_id, row.merged_id)
        rules = _allow(by, (one, other), MERGE, now)
        newer = Merge.objects.filter(kept=one, state=State.DONE, done_at__gt=row.done_at)
        if newer.exists() or one.merged_into_id is not None:
            raise NotNow(_("A newer merge of this record has to be undone first."))
        before = versions.record_of(one), versions.record_of(other)
        _restore(one, row)
        other.merged_into = None
        for person, was in ((one, before[0]), (other, before[1])):
            person.save()
            versions.append(person, Kind.PARTED, before=was, by=by, now=now, reason=reason, rules=rules)
        _move_back(row)
        _end(row, State.UNDONE, by, reason, now)
        _settle(one, other, now)
        _judge(one, other, Verdict.DIFFERENT, by, now)
        return row


def of_person(person: Person) -> list[Merge]:
    """Every merge a record had a part in, newest first."""
    rows = Merge.objects.filter(kept=person) | Merge.objects.filter(merged=person)
    related = ("kept", "merged", "asked_by", "witness", "ended_by")
    return list(rows.select_related(*related).order_by("-asked_at", "id"))


def waiting(member: Member, now: datetime) -> list[Merge]:
    """The merges that wait for a second person, as far as this member may be it."""
    rows = Merge.objects.filter(state=State.WAITING, kept__controller=member.controller)
    found = rows.select_related("kept", "merged", "asked_by__user").order_by("asked_at", "id")
    return [row for row in found if all(may_confirm(member, one, now) for one in (row.kept, row.merged))]


def to_confirm(member: MemberFacts, now: datetime) -> QuerySet[Merge]:
    """The merges somebody else asked for that wait for a second person, to be counted."""
    waits = Merge.objects.filter(state=State.WAITING, kept__controller=member.controller)
    own = hands_of(UUID(member.id), timezone.localdate(now))
    return waits.exclude(asked_by__in=own) if may_confirm_any(member, now) else waits.none()


def may_merge_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the member may decide about records of their controller at all."""
    return anybody.may(member, MERGE, now).allowed


def may_confirm_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the member could be the second person for a protected record of their controller."""
    return anybody.may(member, CONFIRM, now, protected=True).allowed


def may_confirm(member: Member, person: Person, now: datetime) -> bool:
    """Whether the member may be the second person for this record."""
    return keeping.may(member, person.facts(), now, CONFIRM).allowed


def may_merge(member: Member, person: Person, now: datetime) -> bool:
    """Whether the member may merge this record with another."""
    return keeping.may(member, person.facts(), now, MERGE).allowed


# --- the two records -----------------------------------------------------------------------------------


def _both(kept_id: UUID, merged_id: UUID) -> tuple[Person, Person]:
    """Both rows, locked in one order, so that two merges never wait for each other."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=(kept_id, merged_id)).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise NotNow(_("Choose two different records."))
    return found[kept_id], found[merged_id]


def _locked(merge_id: UUID, state: Merge.State) -> Merge:
    row = Merge.objects.select_for_update(of=("self",)).select_related("asked_by__user").get(pk=merge_id)
    if row.state != state:
        raise NotNow(_("Somebody else was first. Look at the records again."))
    return row


def _allow(by: Member, persons: Iterable[Person], action: str, now: datetime) -> tuple[str, ...]:
    rules: dict[str, None] = {}
    for person in persons:
        decision = keeping.may(by, person.facts(), now, action)
        if not decision.allowed:
            raise Refused(decision)
        rules |= dict.fromkeys(decision.rules)
    return tuple(rules)


def _require_fit(one: Person, other: Person) -> None:
    if one.controller != other.controller:
        raise NotNow(_("The records belong to different controllers and stay apart."))
    if one.merged_into_id is not None or other.merged_into_id is not None:
        raise NotNow(_("One of the two was merged already. Look at the records again."))
    if other.protected and not one.protected:
        raise NotNow(_("Keep the record of the protected person, and merge the other into it."))


def _require_seen(one: Person, other: Person, seen: Sequence[int]) -> None:
    for person, revision in zip((one, other), seen, strict=True):
        if versions.revision(person) != revision:
            raise Changed(versions.changed_since(person, revision))


# --- joining and parting -------------------------------------------------------------------------------


def _join(row: Merge, one: Person, other: Person, *, by: Member, now: datetime) -> None:
    rules = _allow(row.asked_by, (one, other), MERGE, now)
    before = versions.record_of(one), versions.record_of(other)
    names = [name for chosen in row.chosen for name in _TOGETHER.get(chosen, (chosen,))]
    for name in names:
        setattr(one, name, getattr(other, name))
    mine = {one.name, one.kana, ""}
    known = (before[0]["name"], before[0]["kana"], other.name, other.kana, *other.also)
    one.also = list(dict.fromkeys([*one.also, *(word for word in known if word not in mine)]))
    other.merged_into = one
    for person, was, kind in ((one, before[0], Kind.KEPT), (other, before[1], Kind.MERGED)):
        person.save()
        versions.append(person, kind, before=was, by=by, now=now, reason=row.reason, rules=rules)
    row.before = {**row.before, **before[0]}
    row.after = versions.record_of(one)
    row.moved = _move(one, other)
    row.state, row.done_at = State.DONE, now
    row.save()
    _settle(one, other, now)
    _judge(one, other, Verdict.SAME, by, now)


def _restore(one: Person, row: Merge) -> None:
    """Put back what the merge changed, except where somebody corrected it since."""
    now = versions.record_of(one)
    for name in versions.CATEGORIES:
        was, became = row.before.get(name), row.after.get(name)
        if name in row.before and was != became and now[name] == became:
            column: Any = Person._meta.get_field(name.removesuffix("_id"))
            setattr(one, name, column.to_python(was))


def _move(one: Person, other: Person) -> dict[str, Any]:
    """Hang the rows of one record over to the other; returns each with what it was."""
    moved: dict[str, Any] = {}
    for follower in FOLLOWERS:
        model, key = apps.get_model(follower.model), f"{follower.key}_id"
        rows = model._default_manager.filter(**{key: other.pk}).order_by("pk")
        if follower.opposite:
            rows = rows.exclude(**{f"{follower.opposite}_id": one.pk})
        raised = {flag: True for flag, of_person in follower.raised.items() if getattr(one, of_person)}
        hung = [
            {**row, "pk": str(row["pk"])}
            for row in list(rows.values("pk", *follower.raised))
            if _updated(model, row["pk"], {key: other.pk}, {key: one.pk, **raised})
        ]
        if hung:
            moved[follower.name] = hung
    return moved


def _move_back(row: Merge) -> None:
    """Every row that still hangs on the kept record goes back to where it hung."""
    for follower in FOLLOWERS:
        model, key = apps.get_model(follower.model), f"{follower.key}_id"
        for was in row.moved.get(follower.name, ()):
            flags = {flag: was[flag] for flag in follower.raised}
            _updated(model, was["pk"], {key: row.kept_id}, {key: row.merged_id, **flags})


def _updated(model: Any, pk: Any, there: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Change one row where it still is as expected; a row that would stand there twice stays."""
    try:
        with transaction.atomic():
            return bool(model._default_manager.filter(pk=pk, **there).update(**then))
    except IntegrityError:
        return False


def _settle(one: Person, other: Person, now: datetime) -> None:
    for function in _SETTLING:
        for person in (one, other):
            function(person.pk, person.controller, now)


def _judge(one: Person, other: Person, verdict: Verdict, by: Member, now: datetime) -> None:
    """Keep with the pair what was decided, so that a sweep does not ask again."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    values = {"verdict": verdict, "decided_by": by, "decided_at": now}
    Pair.objects.update_or_create(
        first=first,
        second=second,
        defaults=values,
        create_defaults={**values, "controller": one.controller, "found_at": now},
    )


def _end(row: Merge, state: Merge.State, by: Member, reason: str, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at, row.end_reason = state, by, now, reason[:200]
    row.save()
