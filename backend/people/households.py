"""世帯と支える人: who lives with whom, and who stands by a person. Told to the office, never inferred.

The word for how somebody is related (続柄) is to the head of the household, 本人. Every change of a household
is a version of the record of whom it is about.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.access.facts import day
from backend.access.filtering import visible_q
from backend.people import keeping, versions
from backend.people.errors import NotNow, Refused
from backend.people.models import Household, Member, Person, PersonRelation
from backend.people.recorded import PersonChange
from backend.people.supporters import Supporter
from backend.people.versions import Kind

HEAD = "本人"
WHERE = ("zip", "address", "area_id")  # of a record: where they live
MOST = 40


def members_of(person: Person) -> list[Person]:
    """Who lives in the household of a person, the head first, then the oldest. The person alone without one.

    It says nothing of who may see them.
    """
    if person.household_id is None:
        return [person]
    rows = Person.objects.filter(household=person.household_id, merged_into=None).defer("grams")
    found = list(rows.select_related("area").order_by("birth_date", "id")[:MOST])
    return sorted(found, key=lambda row: row.relation != HEAD)


def supporters_of(person: Person) -> list[Supporter]:
    """Who stands by a person now: those to be called first, in their order."""
    rows = Supporter.objects.filter(person=person, ended_at=None).order_by("id")
    return sorted(rows, key=lambda row: (row.emergency_order is None, row.emergency_order or 0))


def relations_of(person: Person) -> list[PersonRelation]:
    """Whom else the office knows is related to a person, outside of the household or in it."""
    rows = PersonRelation.objects.filter(person=person, other__merged_into=None).select_related("other")
    return sorted(rows, key=lambda row: (row.emergency_order is None, row.emergency_order or 0, row.pk))


def neighbours_of(person: Person, member: Member, today: date) -> QuerySet[Person]:
    """Persons at the same address whom the member may list and who live in another household or none."""
    allowed = visible_q(member.facts(), "person", day(today))
    rows = Person.objects.filter(allowed, merged_into=None, controller=person.controller)
    if not person.address_key or person.protected:
        return rows.none()
    grams = sorted("@" + pair for pair in _pairs(person.address_key))
    same = rows.filter(grams__contains=grams, address_key=person.address_key).exclude(pk=person.pk)
    if person.household_id is not None:
        same = same.exclude(household=person.household_id)
    return same.defer("grams").order_by("birth_date", "id")


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def join(person_id: UUID, other_id: UUID, relation: str, *, by: Member, reason: str, now: datetime) -> None:
    """Let `other` live in the household of `person`, called by a word. Raises `Refused`, `NotNow`."""
    with transaction.atomic():
        person, other = _both(person_id, other_id)
        rules = _allowed(by, (person, other), now)
        if person.controller != other.controller:
            raise NotNow(_("The records belong to different controllers and stay apart."))
        if person.household_id is None:
            home = Household.objects.create(
                controller=person.controller, area_id=person.area_id or settings.ROOT_AREA
            )
            _set(person, {"household_id": home.pk, "relation": HEAD}, by, reason, rules, now)
        _set(other, {"household_id": person.household_id, "relation": relation}, by, reason, rules, now)


def fellows_of(person: Person, member: Member, now: datetime) -> list[Person]:
    """Who of the household may move along: at the same address, with a record the member may keep."""
    if person.protected or not person.address:
        return []
    return [
        one
        for one in members_of(person)
        if one.pk != person.pk
        and one.address == person.address
        and not one.protected
        and one.deceased_on is None
        and keeping.may(member, one.facts(), now).allowed
    ]


def edit(
    person_id: UUID,
    given: Mapping[str, Any],
    along: Collection[UUID] = (),
    *,
    seen: int,
    by: Member,
    reason: str,
    now: datetime,
) -> list[PersonChange]:
    """`keeping.edit`, and where the address changed by it the same for those who move `along`."""
    with transaction.atomic():
        before = Person.objects.get(pk=person_id)
        _lock_together(before, along)
        done = keeping.edit(person_id, given, seen=seen, by=by, reason=reason, now=now)
        after = Person.objects.get(pk=person_id)
        if done is None or _where(before) == _where(after):
            return [done] if done else []
        changes = [done]
        for one in fellows_of(before, by, now):
            if one.pk in along:
                seq = versions.revision(one)
                moved = keeping.edit(one.pk, _where(after), seen=seq, by=by, reason=reason, now=now)
                changes += [moved] if moved else []
        home, area = after.household_id, after.area_id
        if home and area and all(one.area_id == area for one in members_of(after)):
            Household.objects.filter(pk=home).update(area=area)
        return changes


def _lock_together(person: Person, along: Collection[UUID]) -> None:
    """In one order whoever of a household it begins with, so that two who move it at once do not halt."""
    moving = {person.pk, *(one.pk for one in members_of(person) if one.pk in along)}
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=moving).order_by("pk").only("pk"))


def _where(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in WHERE}


def leave(person_id: UUID, *, by: Member, reason: str, now: datetime) -> None:
    """Take somebody out of their household. Raises `Refused`, `NotNow`."""
    with transaction.atomic():
        person = keeping.locked(person_id)
        rules = _allowed(by, (person,), now)
        if person.household_id is None:
            raise NotNow(_("This person is in no household."))
        _set(person, {"household_id": None, "relation": ""}, by, reason, rules, now)


def name_relation(person_id: UUID, relation: str, *, by: Member, reason: str, now: datetime) -> None:
    """Correct the word for how somebody is related to the head. Raises `Refused`."""
    with transaction.atomic():
        person = keeping.locked(person_id)
        rules = _allowed(by, (person,), now)
        if person.relation != relation:
            _set(person, {"relation": relation}, by, reason, rules, now)


def relate(
    person_id: UUID,
    relation: int,
    given: Mapping[str, Any] | None,
    *,
    by: Member,
    reason: str,
    now: datetime,
) -> None:
    """Correct how somebody with a record of their own stands by a person, or end it (None).

    What it was is kept with the version. Raises `Refused`, `NotNow`.
    """
    with transaction.atomic():
        person = keeping.locked(person_id)
        rules = _allowed(by, (person,), now)
        row = PersonRelation.objects.select_for_update().filter(pk=relation, person=person).first()
        if row is None:
            raise NotNow(_("Somebody else was first. Look at the records again."))
        names = ("relation", "emergency_order", "key_holder")
        was = {name: getattr(row, name) for name in names}
        if given is None:
            row.delete()
        else:
            for name in names:
                setattr(row, name, given[name])
            row.save()
        more = {"other": str(row.other_id), "before": was, "after": given and {n: given[n] for n in names}}
        before = versions.record_of(person)
        kind = Kind.HOUSEHOLD
        versions.append(
            person, kind, before=before, by=by, now=now, reason=reason, rules=rules, more={"relation": more}
        )


def stand_by(person: Person, given: Mapping[str, Any], *, by: Member, now: datetime) -> Supporter:
    """Note somebody who stands by a person. Raises `Refused`."""
    _allowed(by, (person,), now)
    names = ("name", "relation", "kin", "phone", "emergency_order", "key_holder")
    chosen = {name: given[name] for name in names if name in given}
    return Supporter.objects.create(person=person, noted_by=by, noted_at=now, **chosen)


def stand_down(person: Person, supporter: int, *, by: Member, now: datetime) -> None:
    """End that somebody stands by a person; the line is kept. Raises `Refused`, `NotNow`."""
    _allowed(by, (person,), now)
    running = Supporter.objects.filter(pk=supporter, person=person, ended_at=None)
    if running.update(ended_by=by, ended_at=now) != 1:
        raise NotNow(_("Somebody else was first. Look at the records again."))


def _both(one: UUID, other: UUID) -> tuple[Person, Person]:
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=(one, other)).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise NotNow(_("Choose two different records."))
    return found[one], found[other]


def _allowed(by: Member, persons: tuple[Person, ...], now: datetime) -> tuple[str, ...]:
    rules: dict[str, None] = {}
    for person in persons:
        decision = keeping.may(by, person.facts(), now)
        if not decision.allowed:
            raise Refused(decision)
        rules |= dict.fromkeys(decision.rules)
    return tuple(rules)


def _set(
    person: Person, values: Mapping[str, Any], by: Member, reason: str, rules: tuple[str, ...], now: datetime
) -> None:
    before = versions.record_of(person)
    for name, value in values.items():
        setattr(person, name, value)
    person.save()
    versions.append(person, Kind.HOUSEHOLD, before=before, by=by, now=now, reason=reason, rules=rules)
