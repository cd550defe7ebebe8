"""What the office knows already, so that a form never asks twice; only what the member may see."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from backend.answers.form import Form
from backend.cases.models import Step
from backend.cases.reading import latest
from backend.pages.acting import Acting
from backend.pages.cases.steps import contents
from backend.pages.seeing import Seen
from backend.people.models import Person
from backend.workflow.deadlines import fiscal_year, term_end

ANSWER = "answer."
REPORT = "detection_report"
# What a report calls the fields of a person's record, and the data category each is of.
_REPORTED = {
    "name": ("subject_name", "identity"),
    "kana": ("subject_kana", "identity"),
    "address": ("subject_addr", "contact"),
}
# To whom a resident writes: who answers for what the office of a controller keeps.
_HEADS = {"city": "mayor", "csw": "csw_chair"}


def first_answers(
    form: Form,
    acting: Acting,
    *,
    seen: Seen | None = None,
    person: Person | None = None,
    said: Mapping[str, str] | None = None,
    hidden: bool = False,
) -> dict[str, Any]:
    """The answers a fresh form begins with; `said` are those the action itself says.

    With `hidden` also those of questions that are asked only after another was answered.
    """
    known = _of_member(acting)
    if seen is not None:
        known |= _of_case(seen) | _earlier(form, seen)
        person = seen.case.person
    if person is not None:
        known |= _of_person(person)
    told = {name: value for name, value in (said or {}).items() if name in form.by_name}
    filled = form.prefill(known) | told
    if not hidden:
        filled = form.applicable(filled)
    if seen is None:
        return filled
    return {name: value for name, value in filled.items() if form.by_name[name].category in seen.categories}


def reported(seen: Seen) -> dict[str, str]:
    """What the report of a case says of its person, as fields of a record, as far as the member sees it."""
    told = latest(seen.case, REPORT)
    found = {
        field: str(told.get(name, "")) for field, (name, of) in _REPORTED.items() if of in seen.categories
    }
    return {field: value for field, value in found.items() if value}


def place_told(seen: Seen) -> str:
    """Where the report of a case says its person is to be found, as far as the member sees it."""
    return str(latest(seen.case, REPORT).get("landmark", "")) if "contact" in seen.categories else ""


def _of_member(acting: Acting) -> dict[str, Any]:
    member, today = acting.member, acting.today
    local = timezone.localtime(acting.now)
    return {
        "today": today.isoformat(),
        "now": local.replace(second=0, microsecond=0).isoformat(),
        "in_two_weeks": (today + timedelta(days=14)).isoformat(),
        "next_fiscal_year_end": date(fiscal_year(today) + 2, 3, 31).isoformat(),
        "term_end": term_end(today).isoformat(),
        "member.name": member.name,
        "member.phone": member.phone or member.organisation.phone,
        "member.area": member.area_id or "",
        "member.head": _HEADS.get(member.controller, ""),
        "member.organisation_name": member.organisation.name,
    }


def _of_person(person: Person) -> dict[str, Any]:
    """A person under protection brings no address and no telephone along."""
    known = {
        "person.name": person.name,
        "person.kana": person.kana,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.sex": person.sex if person.sex != "unknown" else "",
    }
    if person.protected:
        return known
    return known | {"person.zip": person.zip, "person.address": person.address, "person.phone": person.phone}


def _of_case(seen: Seen) -> dict[str, Any]:
    facts = seen.case.facts
    known = {f"case.{name}": value for name, value in facts.items() if isinstance(value, str | bool)}
    return known | {"case.urgency": seen.case.urgency, "case.area": seen.case.area_id}


def _earlier(form: Form, seen: Seen) -> dict[str, Any]:
    """Earlier answers of the same name, the newest that are not corrected away."""
    wanted = {field.prefill.removeprefix(ANSWER) for field in form.fields if field.prefill.startswith(ANSWER)}
    if not wanted:
        return {}
    steps: QuerySet[Step] = Step.objects.filter(case=seen.case).exclude(form="")
    order = list(steps.order_by("seq").values_list("seq", flat=True))
    behind = contents(seen, order)
    known: dict[str, Any] = {}
    for seq in order:
        if seq in behind:
            answers = behind[seq].answers
            known |= {ANSWER + name: answers[name] for name in wanted if name in answers}
    return known
