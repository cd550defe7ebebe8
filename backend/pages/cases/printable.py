"""Which forms a member may print blank: those of actions they might do on a case of their own."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from backend import access
from backend.cases import actions, pinned
from backend.cases.generic import GENERIC
from backend.cases.models import Case
from backend.cases.pinned import Pinned
from backend.cases.reading import case_facts
from backend.definitions.models import Published
from backend.pages.acting import Acting


@dataclass(frozen=True, slots=True)
class Printable:
    """A form, what it is for, and the workflow it begins a case of ("" when it goes on with one)."""

    form: str
    title: str
    purpose: str
    begins: str = ""


@dataclass(frozen=True)
class Group:
    """The forms of one kind of matter."""

    title: str
    forms: tuple[Printable, ...]


def groups(acting: Acting) -> list[Group]:
    """Every form the member may print, by matter; a form of several matters stands where it comes first."""
    told: set[str] = set()
    found = []
    for pin in _workflows():
        forms = []
        for one in _of_workflow(pin, acting):
            if one.form not in told:
                told.add(one.form)
                forms.append(one)
        if forms:
            found.append(Group(pin.workflow.title.in_language(acting.lang), tuple(forms)))
    return found


def find(acting: Acting, form: str) -> Printable | None:
    """One form the member may print; None for any other name."""
    return next((one for group in groups(acting) for one in group.forms if one.form == form), None)


def _workflows() -> list[Pinned]:
    """The newest version of each workflow; the matters that are reported come first."""
    names = Published.objects.filter(kind="workflow").values_list("name", flat=True).distinct()
    pins = [pinned.pinned(pinned.newest("workflow", name)) for name in names]
    return sorted(pins, key=lambda pin: (pin.workflow.start.cls != "report", pin.workflow.name))


def _of_workflow(pin: Pinned, acting: Acting) -> Iterator[Printable]:
    workflow, lang = pin.workflow, acting.lang
    start = workflow.start
    if start.form and _may(pin, acting, start.state, workflow.qualified(start.action)):
        yield _printable(pin, start.form, start.title.in_language(lang), lang, begins=workflow.name)
    for action in workflow.actions.values():
        if action.form and any(
            _may(pin, acting, state, workflow.qualified(action.name)) for state in action.from_
        ):
            yield _printable(pin, action.form, action.title.in_language(lang), lang)
    for engine in GENERIC.values():
        if engine.form and _may(pin, acting, start.state, engine.cls):
            yield _printable(pin, engine.form, engine.title.in_language(lang), lang)


def _printable(pin: Pinned, form: str, purpose: str, lang: str, begins: str = "") -> Printable:
    return Printable(form, pin.form(form)[0].title.of(lang), purpose, begins)


def _may(pin: Pinned, acting: Acting, state: str, action: str) -> bool:
    """Whether the policies let the member do it on a case of their own that stands in this state."""
    first, member = pin.workflow.states[state], acting.facts
    case = Case(
        workflow=pin.workflow.name,
        state=f"{pin.workflow.name}.{state}",
        kind=first.kind,
        owner_role=first.owner,
        controller=actions.controller_for(member),
        area_id=member.area or settings.ROOT_AREA,
        assignee_id=acting.member.id,
        reporter_id=acting.member.id,
    )
    return access.decide(member, action, case_facts(case, acting.now), today=acting.day).allowed
