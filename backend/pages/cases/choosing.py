"""The people, organisations and areas a form lets one choose from, and their names when answers are shown."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.answers.display import Choices
from backend.answers.form import Form
from backend.cases.applying import GRANTING
from backend.pages import wording
from backend.pages.acting import Acting
from backend.people.acting import current
from backend.people.models import Area, Member, Organisation, Role

Pairs = list[tuple[str, str]]
# Who can be given a case: staff and commissioners. Not agencies, heads who send paper, or runs.
ASSIGNABLE = ("caseworker", "supervisor", "csw_staff", "welfare_commissioner", "chief_child_commissioner")
# Who can sit in a meeting: staff of agencies and other departments as well.
ATTENDING = (*ASSIGNABLE, "agency_staff", "other_dept")
OF_MEETINGS = frozenset(
    {"council_plan", "council_member", "council_member_out", "council_secrecy_paper", "council_minutes"}
)
# Who can be granted something: bodies of the city's life, not the offices that grant.
OF_GRANTS = frozenset({"grant_application"})
PLACES = ("member", "organisation", "area")


def choices(form: Form, controller: str, acting: Acting) -> dict[str, Pairs]:
    """What each question for a person or place offers, for those kinds the form asks."""
    today = acting.today
    asked = {column.widget for field in form.fields for column in (field, *field.columns)}
    found: dict[str, Pairs] = {}
    if "member" in asked:
        roles = ATTENDING if form.name in OF_MEETINGS else ASSIGNABLE
        found["member"] = _members(controller, acting, roles)
    if "organisation" in asked:
        found["organisation"] = _organisations(acting.lang, applying=form.name in OF_GRANTS)
    if "area" in asked:
        rows = Area.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today)).order_by("code")
        found["area"] = [(area.code, area.name) for area in rows]
    return found


def names(answered: Iterable[tuple[Form, Mapping[str, Any]]]) -> Choices:
    """The names of the people and places that answers mention; no query when they mention none."""
    mentioned: dict[str, set[str]] = {kind: set() for kind in PLACES}
    for form, answers in answered:
        for field in form.fields:
            value = answers.get(field.name)
            if field.widget in mentioned and isinstance(value, str):
                mentioned[field.widget].add(value)
    found: dict[str, Pairs] = {}
    ids = [value for value in map(_uuid, mentioned["member"]) if value]
    if ids:
        found["member"] = [(str(row.id), row.name) for row in Member.objects.filter(id__in=ids)]
    if mentioned["organisation"]:
        rows = Organisation.objects.filter(code__in=mentioned["organisation"])
        found["organisation"] = [(row.code, wording.body(row)) for row in rows]
    if mentioned["area"]:
        found["area"] = [(row.code, row.name) for row in Area.objects.filter(code__in=mentioned["area"])]
    return found


def _members(controller: str, acting: Acting, roles: tuple[str, ...]) -> Pairs:
    """Members in office: whoever asks first, then their own office, then the controller of the case."""
    me = acting.member
    rows = Member.objects.filter(current(acting.today), role__in=roles).select_related("organisation")

    def place(row: Member) -> tuple[object, ...]:
        far = (row.id != me.id, row.controller != controller, row.organisation_id != me.organisation_id)
        return (*far, roles.index(row.role), row.kana, row.name)

    return [(str(row.id), wording.member(row, str(Role(row.role).label))) for row in sorted(rows, key=place)]


def _organisations(lang: str, *, applying: bool) -> Pairs:
    """Who accepts referrals; `applying`: who can apply for a grant."""
    known = Organisation.objects.order_by("type", "code")
    rows = known.exclude(type=GRANTING) if applying else known.filter(accepts_referrals=True)
    return [(row.code, row.called(lang)) for row in rows]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
