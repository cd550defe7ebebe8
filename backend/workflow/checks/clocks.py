"""Nobody is lost: every open state is owned, due and watched over."""

from collections.abc import Iterator

from backend.workflow.checks.places import Known, Path, Said, states_of
from backend.workflow.model import State, Workflow
from backend.workflow.vocabulary import OUTSIDE


def waiting_states_are_watched(workflow: Workflow, known: Known) -> Iterator[Said]:
    """An open state needs an owner, a deadline, and somebody who hears when it passes."""
    for path, state in states_of(workflow):
        if state.final:
            continue
        if not state.owner:
            message = f"nobody owns the open state {state.name!r}"
            yield path, message, "add 'owner', the role that must act"
        if not state.due:
            message = f"the open state {state.name!r} has no deadline"
            yield path, message, "add 'due', by when it must be left"
        if not state.escalate:
            message = f"nobody hears when the deadline of {state.name!r} passes"
            yield path, message, "add 'escalate'"


def clocks_fit(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Reminders that come before the clock starts, ladders that do not climb, targets beyond the law."""
    for path, state in states_of(workflow):
        for key, deadline in [("due", state.due), *state.due_by.items()]:
            where = (*path, "due") if key == "due" else (*path, "due_by", key)
            if deadline and deadline.legal and deadline.within.rough_minutes > deadline.legal.rough_minutes:
                message = f"the target of {deadline.within} lies beyond the legal limit of {deadline.legal}"
                yield (*where, "within"), message, "shorten the target"
        yield from _reminders_fit(path, state)
        steps = [step.after.rough_minutes for step in state.escalate]
        if steps != sorted(set(steps)):
            message = f"the escalations of {state.name!r} do not follow one another"
            yield (*path, "escalate"), message, "put the earliest first, each later than the one before"


def _reminders_fit(path: Path, state: State) -> Iterator[Said]:
    for index, reminder in enumerate(state.remind):
        by = reminder.at.by
        if reminder.at.side == "before" and by and state.due:
            within = state.due.within
            if within.by_the_clock == by.by_the_clock and by.rough_minutes > within.rough_minutes:
                message = f"the reminder {reminder.at} comes before the clock of {within} starts"
                yield (*path, "remind", index), message, "remind later"
        if reminder.to in OUTSIDE and state.kind != "theirs":
            message = f"{state.name!r} reminds the receiver although it is not the receiver's turn"
            yield (*path, "remind", index), message, "remind the assignee, or make the state of kind 'theirs'"
