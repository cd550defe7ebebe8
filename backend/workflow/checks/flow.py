"""Every case can come to every state, and to an end."""

from collections.abc import Iterator

from backend.workflow.checks.places import Known, Said, actions_of, states_of
from backend.workflow.graph import edges, reachable, turned
from backend.workflow.model import Workflow
from backend.workflow.vocabulary import FINAL_KINDS


def start(workflow: Workflow, known: Known) -> Iterator[Said]:
    """A case must begin in an open state, by a report."""
    state = workflow.states.get(workflow.start.state)
    if state and state.final:
        message = f"a case starts in {state.name!r}, which is final"
        yield ("start", "state"), message, "start in an open state"
    elif state and state.kind != "new":
        message = f"a case starts in {state.name!r}, which is of kind {state.kind!r}"
        yield ("start", "state"), message, "start in a state of kind 'new'"


def every_state_is_reached(workflow: Workflow, known: Known) -> Iterator[Said]:
    """States no case can ever come to."""
    if workflow.start.state not in workflow.states:
        return
    found = reachable(edges(workflow), [workflow.start.state])
    for path, state in states_of(workflow):
        if state.name not in found:
            message = f"no case can come to {state.name!r}"
            yield path, message, "let an action lead to it, or take it out"


def every_case_can_end(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Open states without a way out, or from which no end can be reached."""
    graph = edges(workflow)
    final = [name for name, state in workflow.states.items() if state.final]
    ending = reachable(turned(graph), final)
    for path, state in states_of(workflow):
        if state.final:
            continue
        if not graph[state.name]:
            yield path, f"there is no way out of {state.name!r}", "add an action from it, or make it final"
        elif state.name not in ending:
            message = f"no end can be reached from {state.name!r}"
            yield path, message, "add a way to a final state"


def ends_are_ends(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Final states only reopen, are of a final kind, and keep no clocks."""
    for path, state in states_of(workflow):
        if state.final and state.kind not in FINAL_KINDS:
            message = f"{state.name!r} is final but of kind {state.kind!r}"
            yield (*path, "kind"), message, "write 'done' or 'stopped'"
        if not state.final and state.kind in FINAL_KINDS:
            message = f"{state.name!r} is of kind {state.kind!r} but not final"
            yield (*path, "kind"), message, "write 'new', 'ours' or 'theirs'"
        clocks = {
            "due": state.due,
            "due_by": state.due_by,
            "remind": state.remind,
            "escalate": state.escalate,
        }
        for key, clock in clocks.items():
            if state.final and clock:
                yield (
                    (*path, key),
                    f"the final state {state.name!r} has {key!r}",
                    "take it out, the case is over",
                )
    for path, action in actions_of(workflow):
        for index, name in enumerate(action.from_):
            source = workflow.states.get(name)
            if source and source.final and action.cls != "reopen":
                message = f"{action.name!r} leads out of the final state {name!r}"
                yield (*path, "from", index), message, "use the class 'reopen', or begin in an open state"
