"""As whom somebody who signed in may act: their own members, and those they stand in for (代行)."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet

from backend.people.models import Area, Member, Organisation, Role, User

# A member with what is read along, and the way from the member to it.
_READ: tuple[tuple[type[Model], str], ...]
_READ = ((Member, ""), (Organisation, "organisation__"), (Area, "area__"))
_SOMEBODY, _SOME_DAY = -1, date(9000, 1, 1)  # in a statement made before it is known who asks, and when


def current(today: date) -> Q:
    """The members whose term covers the day (both ends included)."""
    return Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gte=today))


def in_office(today: date) -> Q:
    """The members for whom `can_act` holds, as a filter."""
    return current(today) & (Q(user=None) | Q(user__is_active=True))


def can_act(member: Member, today: date) -> bool:
    """Whether the member may act at all on that day: the account is open and the term covers it.

    Pledge, training and area are the policies' business.
    """
    ended = member.valid_until is not None and member.valid_until < today
    open_account = member.user is None or member.user.is_active
    return open_account and member.valid_from <= today and not ended


def automated(controller: str, today: date) -> Member | None:
    """The automated run of a controller on that day: what it may do is the policies' business."""
    rows = _readable().filter(current(today), role=Role.SYSTEM, controller=controller)
    return rows.order_by("id").first()


def _readable() -> QuerySet[Member]:
    return Member.objects.select_related("organisation", "user", "area")


def members_of(user: User, today: date) -> list[Member]:
    """The members this user is on that day, the longest in office first; none once the account is closed."""
    if not user.is_active:
        return []
    sql, values = _own()
    asked: dict[Any, Any] = {_SOMEBODY: user.pk, _SOME_DAY: today}
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked.get(value, value) for value in values])
        return [_member(row, user) for row in cursor.fetchall()]


@cache
def _own() -> tuple[str, tuple[Any, ...]]:
    """The statement of `members_of`: every page asks it, and making it costs several times the asking."""
    columns = [f"{path}{field.attname}" for of, path in _READ for field in of._meta.concrete_fields]
    rows = Member.objects.filter(current(_SOME_DAY), user=_SOMEBODY).order_by("valid_from", "id")
    sql, values = rows.values_list(*columns).query.sql_with_params()
    return sql, tuple(values)


def _member(row: Sequence[Any], user: User) -> Member:
    """A member of this user from a row of that statement, with organisation and area."""
    values = iter(row)
    found: list[Any] = []
    for of, _path in _READ:
        names = [field.attname for field in of._meta.concrete_fields]
        own = list(islice(values, len(names)))
        found.append(of.from_db(connection.alias, names, own) if own[0] is not None else None)
    member: Member = found[0]
    member.user, member.organisation, member.area = user, found[1], found[2]
    return member


def member_of(user: User, today: date) -> Member | None:
    """The member this user acts as unless they choose another; None when there is none that day."""
    return next(iter(members_of(user, today)), None)


def same_hands(one: Member, other: Member, today: date) -> bool:
    """Whether a decision of one and an approval by the other would be by the same person.

    Requester and approver must differ, through deputies too: the same member, the same user, or one standing
    in for the other.
    """
    if one.id == other.id or (one.user_id is not None and one.user_id == other.user_id):
        return True
    return _covers(one, other, today) or _covers(other, one, today)


def hands_of(member: UUID, today: date) -> QuerySet[Member]:
    """Every member who is the `same_hands` as this one, as a filter: whose requests they cannot approve."""
    me = Member.objects.filter(pk=member)
    dated = Q(deputy_from__lte=today, deputy_until__gte=today)
    own = Q(pk=member) | Q(user__in=me.exclude(user=None).values("user"))
    return Member.objects.filter(
        own | Q(dated, deputy=member) | Q(pk__in=me.filter(dated).exclude(deputy=None).values("deputy"))
    )


def _covers(member: Member, deputy: Member, today: date) -> bool:
    return member.deputy_id == deputy.id and has_deputy(member, today)


def has_deputy(member: Member, today: date) -> bool:
    """Whether somebody stands in for the member that day."""
    begins, ends = member.deputy_from, member.deputy_until
    dated = begins is not None and ends is not None and begins <= today <= ends
    return member.deputy_id is not None and dated
