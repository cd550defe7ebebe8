"""Everything a workflow names exists, once."""

from collections.abc import Collection, Iterable, Iterator

from backend.definitions.shapes import compiled, nearest
from backend.workflow.checks.places import Known, Path, Said, actions_of, effects_of, states_of
from backend.workflow.model import Escalation, SchemaGuard, Workflow
from backend.workflow.vocabulary import ABOVE, ADDRESSEES, CLASSES, GENERIC_ACTIONS, ROLES


def _unknown(kind: str, name: str, known: Collection[str]) -> tuple[str, str]:
    return f"the {kind} {name!r} is not known", nearest(name, known)


def state_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """States that actions and the start name, but nobody defines."""
    if workflow.start.state not in workflow.states:
        yield ("start", "state"), *_unknown("state", workflow.start.state, workflow.states)
    for path, action in actions_of(workflow):
        if action.to is not None and action.from_ and action.to not in workflow.states:
            yield (*path, "to"), *_unknown("state", action.to, workflow.states)
        for index, name in enumerate(action.from_):
            if name not in workflow.states:
                yield (*path, "from", index), *_unknown("state", name, workflow.states)
    yield from _exceptions(workflow)


def _exceptions(workflow: Workflow) -> Iterator[Said]:
    """`except` is gone once the file is read: the file itself is asked."""
    written = workflow.origin.value["actions"] if workflow.origin else {}
    for action, value in written.items():
        for index, name in enumerate(value.get("except", ())):
            if name not in workflow.states:
                yield ("actions", action, "except", index), *_unknown("state", name, workflow.states)


def form_and_function_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Forms, guards, functions and consultations nobody wrote."""
    for path, action in actions_of(workflow):
        if action.form and known.forms is not None and action.form not in known.forms:
            yield (*path, "form"), *_unknown("form", action.form, known.forms)
        for guard in action.guards:
            if not isinstance(guard, SchemaGuard) and guard not in known.guards:
                yield (*path, "guard"), *_unknown("guard", guard, known.guards)
        for index, name in enumerate(action.do):
            if name not in known.do:
                yield (*path, "do", index), *_unknown("function", name, known.do)
        for index, name in enumerate(action.consult):
            if name not in known.consult:
                yield (*path, "consult", index), *_unknown("consultation", name, known.consult)


def schema_guards(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Guards written as JSON Schema that are none, or that look outside themselves."""
    for path, action in actions_of(workflow):
        for guard in action.guards:
            if isinstance(guard, SchemaGuard):
                try:
                    compiled(guard.schema)
                except ValueError as error:
                    reason = str(error).partition("\n")[0]
                    message = f"the guard of {action.name!r} is no JSON Schema: {reason}"
                    yield (*path, "guard"), message, "correct the schema"


def class_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Action classes that do not exist, or that no policy permits to anybody."""
    for path, action in actions_of(workflow):
        if action.cls not in CLASSES:
            yield (*path, "class"), *_unknown("action class", action.cls, CLASSES)
        elif known.permitted is not None and not {action.cls, workflow.qualified(action.name)} & set(
            known.permitted
        ):
            message = f"nobody could ever do {action.name!r}: no policy permits the class {action.cls!r}"
            yield (*path, "class"), message, "use a permitted class or write a policy"


def _ladder(path: Path, ladder: Iterable[Escalation]) -> Iterator[Said]:
    for step in ladder:
        if step.to not in ROLES | {ABOVE}:
            yield path, *_unknown("role", step.to, ROLES | {ABOVE})


def role_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Owners and escalations that are no roles."""
    for path, state in states_of(workflow):
        if state.owner and state.owner not in ROLES:
            yield (*path, "owner"), *_unknown("role", state.owner, ROLES)
        yield from _ladder((*path, "escalate"), state.escalate)
        for name, deadline in state.due_by.items():
            yield from _ladder((*path, "due_by", name, "escalate"), deadline.escalate)
        for index, reminder in enumerate(state.remind):
            if reminder.to and reminder.to not in ROLES | ADDRESSEES:
                yield (*path, "remind", index, "to"), *_unknown("addressee", reminder.to, ROLES | ADDRESSEES)
            if reminder.letter and known.letters is not None and reminder.letter not in known.letters:
                yield (*path, "remind", index, "letter"), *_unknown("letter", reminder.letter, known.letters)


def effect_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Letters, addressees, conditions, workflows and webhooks nobody defines."""
    for path, _, effect in effects_of(workflow):
        if effect.kind == "letter" and known.letters is not None and effect.name not in known.letters:
            yield (*path, "letter"), *_unknown("letter", effect.name, known.letters)
        if effect.kind == "start_case" and known.workflows is not None and effect.name not in known.workflows:
            yield (*path, "start_case"), *_unknown("workflow", effect.name, known.workflows)
        if effect.kind == "webhook" and effect.name not in known.webhooks:
            yield (*path, "webhook"), *_unknown("webhook", effect.name, known.webhooks)
        if effect.to and effect.to not in ROLES | ADDRESSEES:
            yield (*path, "to"), *_unknown("addressee", effect.to, ROLES | ADDRESSEES)
        if effect.when and effect.when not in known.guards:
            yield (*path, "when"), *_unknown("guard", effect.when, known.guards)


def own_names(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Names given twice, or taken by the engine."""
    for name in workflow.actions:
        here: Path = ("actions", name)
        if name in GENERIC_ACTIONS and workflow.actions[name].cls != GENERIC_ACTIONS[name]:
            message = f"{name!r} is an action every case has, of the class {GENERIC_ACTIONS[name]!r}"
            yield here, message, "give this one the same class or another name"
        if name == workflow.start.action:
            yield here, f"{name!r} is also the action that starts a case", "give one of them another name"
    for path, action in actions_of(workflow):
        for key, names in (("from", action.from_), ("do", action.do)):
            for index, name in enumerate(names):
                if name in names[:index]:
                    yield (*path, key, index), f"{name!r} stands in {key!r} twice", "keep one of them"
        for index, effect in enumerate(action.then):
            if effect in action.then[:index]:
                yield (*path, "then", index), "the same effect stands here twice", "keep one of them"
    yield from _same_titles(workflow)


def _same_titles(workflow: Workflow) -> Iterator[Said]:
    seen: dict[str, str] = {}
    for path, state in states_of(workflow):
        if state.title.ja and state.title.ja in seen:
            message = f"the states {seen[state.title.ja]!r} and {state.name!r} have the same title"
            yield (*path, "title"), message, "give them titles that tell them apart"
        seen.setdefault(state.title.ja, state.name)
