"""Writing the demo city into the database. What is there already stays, so that it can be run again."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction

from backend.demo.cast import CAST, password
from backend.demo.city import City, Row
from backend.people.models import (
    Area,
    Household,
    Member,
    Organisation,
    Person,
    PersonRelation,
    ProtectedAddress,
    User,
)


def load(city: City) -> None:
    """Write every row that is not there yet, in one transaction. Nobody can sign in yet: `open_accounts`."""
    with transaction.atomic():
        _write(Area, city.areas)
        _write(Organisation, city.organisations)
        accounts = _accounts(row["username"] for row in city.members if row["username"])
        _write(Member, (_member(row, accounts) for row in city.members))
        _write(Household, city.residents.households)
        _write(Person, city.residents.persons)
        _write(PersonRelation, city.residents.relations)
        _write(ProtectedAddress, city.residents.protected)


def open_accounts() -> None:
    """Let each of the cast sign in with `cast.password`; nobody else of the city has a password."""
    for user in User.objects.filter(username__in=[player.username for player in CAST]):
        given = password(user.username)
        if not check_password(given, user.password):
            user.set_password(given)
            user.save(update_fields=["password"])


def dump() -> dict[str, list[Row]]:
    """The city as the database holds it, in the shape of `City.tables`."""
    accounts = dict(Member.objects.values_list("id", "user__username"))
    members = [{**row, "username": accounts[row["id"]]} for row in _read(Member, _MEMBER)]
    return {
        "area": _read(Area, ("code", "name", "kana", "kind", "parent_id")),
        "organisation": _read(Organisation, _ORGANISATION),
        "member": members,
        "household": _read(Household, ("id", "controller", "area_id", "type")),
        "person": _read(Person, _PERSON),
        "relation": _read(PersonRelation, _RELATION),
        "protected_address": _read(ProtectedAddress, ("person_id", "zip", "address", "phone")),
    }


_ORGANISATION = (
    *("code", "name", "name_en", "kana", "type", "controller", "area_id", "zip", "address", "phone", "email"),
    "accepts_referrals",
)
_MEMBER = (
    *("id", "name", "kana", "role", "post", "organisation_id", "controller", "area_id", "supervisor_id"),
    *("valid_from", "valid_until", "pledge_signed_on", "trained_until"),
    *("deputy_id", "deputy_from", "deputy_until"),
)
_PERSON = (
    *("id", "household_id", "protected", "deceased_on", "phone", "zip", "address", "area_id"),
    *("name", "kana", "sex", "birth_date", "controller", "relation"),
)
_RELATION = ("person_id", "other_id", "relation", "emergency_order", "key_holder")


def _write(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    made = [model(**row) for row in rows]
    model._default_manager.bulk_create(made, ignore_conflicts=True, batch_size=1000)


def _accounts(usernames: Iterable[str]) -> dict[str, int]:
    """The accounts by name; a new one has no password that works."""
    closed = [User(username=name, password=make_password(None)) for name in usernames]
    User.objects.bulk_create(closed, ignore_conflicts=True)
    return dict(User.objects.values_list("username", "pk"))


def _member(row: Row, accounts: Mapping[str, int]) -> Row:
    columns = {name: value for name, value in row.items() if name != "username"}
    return {**columns, "user_id": accounts[row["username"]] if row["username"] else None}


def _read(model: type[models.Model], columns: tuple[str, ...]) -> list[Row]:
    return list(model._default_manager.values(*columns))
