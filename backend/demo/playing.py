"""Carrying scripts through the door. What was played before is not played again: each act has its key."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.cases.actions import Done, perform, start
from backend.cases.errors import DoorError, Refused
from backend.demo.acts import Act, Script
from backend.people.models import Member


class ActRefused(Exception):  # noqa: N818 - reads as what it says
    """An act of the demo city could not be done as written; the message names case, act and reason."""


@dataclass(frozen=True)
class Played:
    """An act that was done (now, or in an earlier run: `done.repeated`)."""

    script: Script
    number: int
    act: Act
    done: Done


class Stage:
    """Plays acts, and remembers which case belongs to which script."""

    def __init__(self) -> None:
        self._members = dict(Member.objects.exclude(user=None).values_list("user__username", "id"))
        self._cases: dict[str, UUID] = {}

    def play(self, script: Script, number: int) -> Played:
        """Do one act of a script; its earlier acts must have been played on this stage.

        Raises `ActRefused` when the door refuses, or when the case is not in the state the act names.
        """
        act = script.acts[number]
        try:
            done = self._do(script, number, act)
        except DoorError as error:
            raise ActRefused(f"{_where(script, number, act)}: {_why(error)}") from error
        self._cases[script.key] = done.case
        if done.target != f"{script.workflow}.{act.state}":
            raise ActRefused(f"{_where(script, number, act)}: the case is {done.target}, not {act.state}")
        return Played(script, number, act, done)

    def _do(self, script: Script, number: int, act: Act) -> Done:
        actor, key, answers = self._members[act.who], script.key_of(number), dict(act.answers)
        if number == 0:
            return start(
                script.workflow,
                actor=actor,
                answers=answers,
                key=key,
                person=script.person,
                area=script.area,
                at=act.at,
            )
        case = self._cases[script.key]
        return perform(case, act.action, actor=actor, answers=answers, key=key, at=act.at)


def in_order(scripts: Iterable[Script]) -> list[tuple[Script, int]]:
    """Every act of every script in the order in which they happened."""
    acts = [(script, number) for script in scripts for number in range(len(script.acts))]
    return sorted(acts, key=lambda found: (found[0].acts[found[1]].at, found[0].key, found[1]))


def _where(script: Script, number: int, act: Act) -> str:
    return f"{script.key}, act {number} ({act.action} by {act.who} at {act.at:%Y-%m-%d %H:%M})"


def _why(error: DoorError) -> str:
    if isinstance(error, Refused):
        decision = error.decision
        rules = ", ".join(decision.rules) or "no policy allows it"
        return f"{error} ({rules}; {decision.help.en if decision.help else ''})"
    problems = getattr(error, "problems", ())
    return "; ".join([str(error), *(f"{problem.path}: {problem.en}" for problem in problems)])
