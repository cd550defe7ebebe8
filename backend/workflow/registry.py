"""The reviewed functions a workflow may name: guards, and functions inside the transaction.

Nothing in a definition is evaluated. A definition names; what the name does is written, read and tested here
(`guards.py`, `facts.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from backend.workflow.model import Text
from backend.workflow.situation import Situation

Condition = Callable[[Situation], bool]
Learning = Callable[[Situation], Mapping[str, Any]]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition, and the sentence for people: why not, and what to do.

    `reads` are the answers it looks at: without a form that asks them it cannot be used; `knows` what must
    have been looked up (`consult`). `decides_sharing` says that it makes sure of a ground (consent or law)
    before data leaves the office; `cite` is the article that asks for it. `wants` is an answer it holds for,
    where the name of the action says it already, or which is the usual one: the form begins with it.
    """

    name: str
    holds: Condition
    says: Text
    reads: tuple[str, ...] = ()
    decides_sharing: bool = False
    knows: tuple[str, ...] = ()
    cite: str = ""
    wants: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class InTransaction:
    """A named function that learns facts of the case from a step.

    `reads` and `knows` as for a guard; `sets` are the facts it may return; `discloses` says that it opens
    the case to somebody outside.
    """

    name: str
    learn: Learning
    reads: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    discloses: bool = False
    knows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consultation:
    """A named look-up inside the transaction, before the guards: what only the database can tell.

    `look_up` gets the case, the member, the answers and the time (`backend.cases.consulting.Asked`) and
    returns plain data; `reads` are the answers it looks at.
    """

    name: str
    look_up: Callable[[Any], Mapping[str, Any]]
    reads: tuple[str, ...] = ()


GUARDS: dict[str, Guard] = {}
FUNCTIONS: dict[str, InTransaction] = {}
CONSULTATIONS: dict[str, Consultation] = {}


def guard(
    name: str,
    *,
    ja: str,
    en: str,
    reads: tuple[str, ...] = (),
    decides_sharing: bool = False,
    knows: tuple[str, ...] = (),
    cite: str = "",
    wants: tuple[str, str] | None = None,
) -> Callable[[Condition], Condition]:
    """Register a condition under the name workflows use."""

    def register(condition: Condition) -> Condition:
        _require_new(name, GUARDS)
        GUARDS[name] = Guard(name, condition, Text(ja, en), reads, decides_sharing, knows, cite, wants)
        return condition

    return register


def in_transaction(
    name: str,
    *,
    reads: tuple[str, ...] = (),
    sets: tuple[str, ...],
    discloses: bool = False,
    knows: tuple[str, ...] = (),
) -> Callable[[Learning], Learning]:
    """Register a function under the name workflows use."""

    def register(learn: Learning) -> Learning:
        _require_new(name, FUNCTIONS)
        FUNCTIONS[name] = InTransaction(name, learn, reads, sets, discloses, knows)
        return learn

    return register


def consultation(
    name: str, *, reads: tuple[str, ...] = ()
) -> Callable[[Callable[[Any], Mapping[str, Any]]], Callable[[Any], Mapping[str, Any]]]:
    """Register a look-up under the name workflows use."""

    def register(look_up: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any], Mapping[str, Any]]:
        _require_new(name, CONSULTATIONS)
        CONSULTATIONS[name] = Consultation(name, look_up, reads)
        return look_up

    return register


def sets(functions: Iterable[str]) -> frozenset[str]:
    """The facts of a case these functions may set."""
    return frozenset(fact for name in functions for fact in FUNCTIONS[name].sets)


def _require_new(name: str, table: Mapping[str, Any]) -> None:
    if name in table:
        raise ValueError(f"{name!r} is registered twice; give the second one another name.")
