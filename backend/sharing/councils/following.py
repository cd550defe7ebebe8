"""What a meeting decided that somebody do: each task of the minutes becomes a case of its own."""

from collections.abc import Sequence
from typing import Any

from backend.cases import reading
from backend.cases.models import Case
from backend.cases.starting import Beginning, begins, origin
from backend.workflow.registry import in_transaction
from backend.workflow.situation import Situation


@begins("follow_up")
def tasks_of_the_minutes(case: Case, seq: int) -> Sequence[Beginning]:
    """The tasks of the minutes that were written in this step, one case each."""
    minutes = next((found for found in reading.answers_of(case, until=seq) if found.seq == seq), None)
    tasks = minutes.merged().get("tasks", ()) if minutes else ()
    return [Beginning({**origin(case, seq), "meeting": case.number, **task}) for task in tasks]


@in_transaction(
    "set_follow_up",
    reads=("source", "assigned_to", "due_on"),
    sets=("source", "assignee", "due_on"),
)
def set_follow_up(situation: Situation) -> dict[str, Any]:
    """Who took it on, until when, and from which meeting it comes."""
    return {
        "source": situation.answer("source"),
        "assignee": situation.answer("assigned_to"),
        "due_on": situation.answer("due_on"),
    }


@in_transaction("set_due_on", reads=("due_on",), sets=("due_on",))
def set_due_on(situation: Situation) -> dict[str, Any]:
    """A new day."""
    return {"due_on": situation.answer("due_on")}
