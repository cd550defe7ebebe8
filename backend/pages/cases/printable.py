"""Which forms a member may print blank: those of actions they might do on a case of their own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from backend import access
from backend.access import CaseFacts
from backend.cases import actions, pinned
from backend.cases.generic import GENERIC
from backend.cases.models import Case
from backend.cases.pinned import Pinned
from backend.cases.reading import case_facts
from backend.definitions.models import Published
from backend.pages.acting import Acting
from backend.workflow.model import State

NOBODYS = UUID(int=0)  # the case that is asked about is none


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
    engine = pinned.newest_of("form", *{it.form for it in GENERIC.values() if it.form})
    told: set[str] = set()
    found = []
    for pin in _workflows():
        forms = []
        for form, purpose, begins in _OwnCase(pin, acting).printable():
            if form not in told:
                told.add(form)
                title = pinned.form(pin.workflow.forms.get(form) or engine[form]).title
                forms.append(Printable(form, title.of(acting.lang), purpose, begins))
        if forms:
            found.append(Group(pin.workflow.title.in_language(acting.lang), tuple(forms)))
    return found


def find(acting: Acting, form: str) -> Printable | None:
    """One form the member may print; None for any other name."""
    return next((one for group in groups(acting) for one in group.forms if one.form == form), None)


def _workflows() -> list[Pinned]:
    """The newest version of each workflow; the matters that are reported come first."""
    names = Published.objects.filter(kind="workflow").values_list("name", flat=True).distinct()
    pins = [pinned.pinned(digest) for digest in pinned.newest_of("workflow", *names).values()]
    return sorted(pins, key=lambda pin: (pin.workflow.start.cls != "report", pin.workflow.name))


class _OwnCase:
    """A case of the member's own, in any state of its workflow: what could they do with it?"""

    def __init__(self, pin: Pinned, acting: Acting) -> None:
        self._pin, self._acting = pin, acting
        self._in_state = {name: self._facts(first) for name, first in pin.workflow.states.items()}

    def printable(self) -> Iterator[tuple[str, str, str]]:
        """Each form with what it is for and the workflow it begins ("" for none)."""
        workflow, lang = self._pin.workflow, self._acting.lang
        start = workflow.start
        if start.form and self._may((start.state,), workflow.qualified(start.action)):
            yield start.form, start.title.in_language(lang), workflow.name
        for action in workflow.actions.values():
            if action.form and self._may(action.from_, workflow.qualified(action.name)):
                yield action.form, action.title.in_language(lang), ""
        for engine in GENERIC.values():
            if engine.form and self._may((start.state,), engine.cls):
                yield engine.form, engine.title.in_language(lang), ""

    def _may(self, states: Iterable[str], action: str) -> bool:
        """Whether the policies allow it in any of the states; those that are alike to them are asked once."""
        looked_at = access.looked_at(action, CaseFacts.entity, self._acting.day)
        found = (self._in_state[state] for state in states)
        alike = {tuple(getattr(facts, name) for name in looked_at): facts for facts in found}
        decided = (
            access.decide(self._acting.facts, action, facts, today=self._acting.day)
            for facts in alike.values()
        )
        return any(decision.allowed for decision in decided)

    def _facts(self, state: State) -> CaseFacts:
        acting, workflow = self._acting, self._pin.workflow
        case = Case(
            id=NOBODYS,
            workflow=workflow.name,
            state=f"{workflow.name}.{state.name}",
            kind=state.kind,
            owner_role=state.owner,
            controller=actions.controller_for(acting.facts),
            area_id=acting.facts.area or settings.ROOT_AREA,
            assignee_id=acting.member.id,
            reporter_id=acting.member.id,
        )
        return case_facts(case, acting.now)
