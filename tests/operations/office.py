"""A small office written straight into the tables: for tests of what comes after a step, not of the step."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from backend.cases.models import Case, Effect, Step, Timer
from backend.people.models import Area, Member, Organisation

_numbers = count(1)


def areas() -> None:
    """The city, two districts and one neighbourhood."""
    from backend.access import use_areas
    from backend.people.areas import area_parents

    for code, parent in (("CITY", None), ("D01", "CITY"), ("D01-1", "D01"), ("D02", "CITY")):
        Area.objects.get_or_create(code=code, defaults={"name": code, "kind": "area", "parent_id": parent})
    use_areas(area_parents)


def organisation(code: str = "city-welfare", controller: str = "city") -> Organisation:
    return Organisation.objects.get_or_create(
        code=code, defaults={"name": code, "type": "section", "controller": controller}
    )[0]


def member(role: str = "caseworker", **values: Any) -> Member:
    """A member in force since 2020 who reads mail."""
    given = {
        "name": "佐藤 直子",
        "role": role,
        "organisation": values.pop("organisation", None) or organisation(),
        "controller": "city",
        "valid_from": datetime(2020, 4, 1).date(),
        "email": f"member{next(_numbers)}@uminari.example",
    }
    return Member.objects.create(**{**given, **values})


def case(**values: Any) -> Case:
    """An open, triaged case in the first neighbourhood, with the step that brought it there."""
    areas()
    organisation()
    actor = values.pop("actor", None) or member("system", email="")
    now = timezone.now()
    given = {
        "number": f"R8-{next(_numbers):04}",
        "controller": "city",
        "workflow": "referral",
        "definition": "0" * 64,
        "state": "referral.triaged",
        "kind": "ours",
        "revision": 1,
        "head": bytes(32),
        "area_id": "D01-1",
        "owner_role": "caseworker",
        "opened_at": now,
        "entered_at": now,
    }
    made = Case(**{**given, **values})
    made.save()
    Step.objects.create(
        case=made, seq=1, action="referral.triage", to_state="referral.triaged", actor=actor,
        recorded_at=now, body=b"{}", prev=bytes(32), hash=uuid4().bytes * 2,
    )  # fmt: skip
    return made


def effect(
    kind: str = "notice", target: str = "assignee", *, of: Case | None = None, **values: Any
) -> Effect:
    """An effect of the case's first step, due since a minute."""
    whose = of or case()
    given = {"payload": {"to": target}, "seq": 1, "not_before": timezone.now() - timedelta(minutes=1)}
    given["controller"] = whose.controller
    return Effect.objects.create(case=whose, kind=kind, target=target, **{**given, **values})


def timer(of: Case, at: datetime, kind: str = "remind", stage: int = 0, **values: Any) -> Timer:
    """A timer of the case's present state."""
    return Timer.objects.create(case=of, at=at, kind=kind, stage=stage, **{"entry_seq": 1, **values})
