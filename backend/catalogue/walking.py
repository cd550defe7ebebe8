"""Running the example lives of a workflow through the real door, with the cast of the demo city."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import AnswersWrong, DoorError, NotFound, NotPossible, Refused
from backend.cases.models import Case
from backend.catalogue.loading import Catalogue
from backend.definitions.findings import Finding
from backend.definitions.source import find
from backend.people.models import Area, Member, Person
from backend.sharing.disclosures.packages import seen_number
from backend.workflow import walks as walks_of
from backend.workflow.model import Workflow
from backend.workflow.walks import After, Walk, Walks, WalkStep

_REFUSALS: dict[str, type[DoorError] | tuple[type[DoorError], ...]] = {
    "policy": (Refused, NotFound),
    "possible": NotPossible,
    "answers": AnswersWrong,
}


@dataclass(frozen=True)
class Walked:
    """One step as it came out: written or refused; `wrong` says what was expected instead."""

    walk: Walk
    step: WalkStep
    done: Done | None
    error: DoorError | None
    wrong: str = ""


def read_walks(workflow: str) -> tuple[Walks | None, list[Finding]]:
    """The walks beside a workflow. Raises `LookupError` when there is no such workflow."""
    source = next((source for source in find("workflow") if source.name == workflow), None)
    if source is None:
        known = ", ".join(source.name for source in find("workflow"))
        raise LookupError(f"There is no workflow {workflow!r}; there are: {known}.")
    path = walks_of.path_of(source)
    return walks_of.load(path, source.shown.replace("workflow.yaml", "walks.yaml"))


def walk(catalogue: Catalogue, name: str, one: Walk) -> Iterator[Walked]:
    """Lead a case through one walk; every step is taken back at the end, so any database will do."""
    workflow = catalogue.workflows[name]
    with transaction.atomic():
        case: Done | None = None
        source: Done | None = None
        person = Person.objects.create(controller="city", name="見本 はな") if one.known else None
        if one.after is not None:
            source = _before(catalogue, one.after, person)
        for step in one.steps:
            walked = _take(catalogue, workflow, one, step, Stands(case, source, person))
            case = walked.done or case
            yield walked
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Stands:
    """Where a walk stands: its case, the one it begins from, the person both are about."""

    case: Done | None
    source: Done | None
    person: Person | None

    def resolved(self, name: str) -> str:
        """What `@name` means in the answers of a walk. Raises `LookupError` for a name nobody has."""
        if name == "source" and self.source is not None:
            return str(self.source.case)
        if name == "number" and self.source is not None:
            return Case.objects.values_list("number", flat=True).get(pk=self.source.case)
        if name == "content" and self.case is not None:
            return seen_number(Case.objects.get(pk=self.case.case))
        return _member(name)


def _before(catalogue: Catalogue, after: After, person: Person | None) -> Done | None:
    """Lead the case a walk begins from so far."""
    found = read_walks(after.workflow)[0]
    if found is None or after.walk not in found.walks:
        raise LookupError(f"There is no walk {after.walk!r} of {after.workflow!r}.")
    one, workflow = found.walks[after.walk], catalogue.workflows[after.workflow]
    case: Done | None = None
    for step in one.steps[: after.steps]:
        case = _take(catalogue, workflow, one, step, Stands(case, None, person)).done or case
    return case


def _take(catalogue: Catalogue, workflow: Workflow, one: Walk, step: WalkStep, stands: Stands) -> Walked:
    form, case, person = _form(workflow, step.action), stands.case, stands.person

    def sample(name: str, number: int) -> dict[str, Any]:
        return dict(catalogue.forms[name].accepted[number - 1])

    answers = step.full_answers(form, sample, stands.resolved)
    more: dict[str, Any] = {"actor": _member(step.who), "answers": answers, "key": uuid4().hex, "at": step.at}
    done, error = None, None
    try:
        with transaction.atomic():
            if case is None:
                area = Area.objects.filter(code=one.area).values_list("code", flat=True).first()
                about = person.id if person else None
                done = actions.start(workflow.name, area=area, person=about, **more)
            else:
                done = actions.perform(case.case, step.action, revision=case.revision, **more)
    except DoorError as refused:
        error = refused
    return Walked(one, step, done, error, _difference(workflow, step, done, error))


def _form(workflow: Workflow, action: str) -> str | None:
    from backend.cases.generic import GENERIC  # noqa: PLC0415 - only walks need it here

    if action == workflow.start.action or action in workflow.actions:
        return workflow.action(action).form
    return GENERIC[action].form if action in GENERIC else None


def _member(username: str) -> str:
    """Who a walk names: an account, or a role of the office that takes reports in."""
    named = Q(user__username=username) | Q(role=username, controller=settings.INTAKE_CONTROLLER)
    found = Member.objects.filter(named).order_by("user", "id").values_list("id", flat=True).first()
    if found is None:
        raise LookupError(
            f"Nobody is called {username!r} here; load the demo city first (make demo SERVE=0)."
        )
    return str(found)


def _difference(workflow: Workflow, step: WalkStep, done: Done | None, error: DoorError | None) -> str:
    if step.refused:
        if error is None:
            return f"{step.action} was done, but should be refused ({step.refused})"
        expected = _REFUSALS[step.refused]
        return "" if isinstance(error, expected) else f"{step.action} was refused otherwise: {error}"
    if error is not None:
        return f"{step.action} by {step.who} was refused: {_why(error)}"
    reached = done.target if done else ""
    wanted = workflow.qualified(step.becomes)
    return "" if reached == wanted else f"{step.action} leads to {reached}, not {wanted}"


def _why(error: DoorError) -> str:
    if isinstance(error, AnswersWrong):
        return "; ".join(f"{problem.field}: {problem.en}" for problem in error.problems)
    if isinstance(error, Refused):
        return ", ".join(error.decision.rules) or "; ".join(error.decision.errors) or "no policy permits it"
    return str(error)
