"""What a list of cases can be narrowed by. A filter only narrows what the policies let the member list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from backend.access import current_areas
from backend.api.base import uuid_of
from backend.api.problem import ApiProblem, wrong
from backend.cases.models import Case
from backend.letters.models import IssuedLetter, LetterState
from backend.people.models import Member

KINDS = ("new", "ours", "theirs", "done", "stopped")


class YesOrNo(forms.Field):
    """`true` or `false`, and nothing else."""

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Write true or false."), "invalid")
        return bool(value == "true")


class FlagFilter(django_filters.Filter):  # type: ignore[misc] # comes without types
    field_class = YesOrNo


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc] # comes without types
    """The query parameters of /api/cases/ (each at most once)."""

    state = django_filters.CharFilter(
        method="by_state", max_length=120, help_text="`triaged` or `referral.triaged`."
    )
    workflow = django_filters.CharFilter(max_length=60)
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in KINDS])
    urgency = django_filters.ChoiceFilter(choices=[(urgency, urgency) for urgency in "ABCD"])
    assignee = django_filters.CharFilter(method="by_assignee", help_text="`me`, `none` or a member's id.")
    area = django_filters.CharFilter(
        method="by_area", max_length=16, help_text="A code; areas in it count too."
    )
    person = django_filters.UUIDFilter()
    number = django_filters.CharFilter(max_length=24)
    open = FlagFilter(field_name="is_open")
    held = FlagFilter(method="by_held")
    overdue = FlagFilter(method="by_overdue")

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def __init__(self, data: Mapping[str, Any], rows: QuerySet[Case], member: Member, now: datetime) -> None:
        super().__init__(data, rows)
        self._member, self._now = member, now

    def by_state(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return rows.filter(state=value) if "." in value else rows.filter(state__endswith=f".{value}")

    def by_assignee(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if value == "me":
            return rows.filter(assignee=self._member)
        if value == "none":
            return rows.filter(assignee=None)
        member = uuid_of(value)
        if member is None:
            raise wrong("assignee", _("Write me, none or the id of a member."))
        return rows.filter(assignee_id=member)

    def by_area(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return rows.filter(area_id__in=current_areas().descendants(value))

    def by_held(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        return rows.filter(held_at__isnull=not value)

    def by_overdue(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        late = Q(is_open=True, held_at=None, due_at__lt=self._now)
        # Not `~late`: a case without a deadline is not overdue, and SQL's NULL would lose it.
        return rows.filter(late) if value else rows.exclude(pk__in=Case.objects.filter(late).values("pk"))


_TYPES = {FlagFilter: OpenApiTypes.BOOL, django_filters.UUIDFilter: OpenApiTypes.UUID}


def _described(filters: Any) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            name,
            _TYPES.get(type(found), OpenApiTypes.STR),
            enum=[choice for choice, _ in found.extra.get("choices", ())] or None,
            description=found.extra.get("help_text", ""),
        )
        for name, found in filters.base_filters.items()
    ]


PARAMETERS = _described(CaseFilter)

# Filters by what may be withheld of a case: a row is shown only to whoever sees that category of it.
REVEALING = {"area": "area", "person": "identity"}


def narrowed(data: Mapping[str, Any], rows: QuerySet[Case], member: Member, now: datetime) -> QuerySet[Case]:
    """The cases that fit the query parameters. Raises a 400 problem that names each wrong one."""
    found: QuerySet[Case] = fitting(CaseFilter(data, rows, member, now), data)
    return found


def fitting(found: Any, data: Mapping[str, Any]) -> Any:
    """The rows of a filter set. Raises a 400 problem that names each wrong parameter, and one given twice."""
    repeated = [name for name in data if len(getattr(data, "getlist", lambda _: [1])(name)) > 1]
    if repeated:
        raise wrong(repeated[0], _("Give this parameter once."))
    if not found.is_valid():
        problems = [
            {"path": f"?{name}", "code": error["code"] or "invalid", "message": error["message"]}
            for name, errors in found.errors.get_json_data().items()
            for error in errors
        ]
        raise ApiProblem(400, "invalid", problems[0]["message"], problems=problems)
    return found.qs


class LetterFilter(django_filters.FilterSet):  # type: ignore[misc] # comes without types
    """The query parameters of /api/letters/ (each at most once)."""

    case = django_filters.UUIDFilter()
    definition = django_filters.CharFilter(max_length=60)
    state = django_filters.ChoiceFilter(choices=[(state, state) for state in LetterState.values])

    class Meta:
        model = IssuedLetter
        fields: tuple[str, ...] = ()


LETTER_PARAMETERS = _described(LetterFilter)
