"""What a member may do with a case now, and for everything else why not and what would make it possible."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from backend.access import explain
from backend.cases.generic import GENERIC, WHEN_HELD
from backend.cases.moves import situation
from backend.pages.seeing import Seen
from backend.workflow import rules
from backend.workflow.layout import is_everywhere
from backend.workflow.model import Action

# Corrections begin at the step they correct, so they are offered there.
AT_A_STEP = "correct"
ENDING = frozenset({"close", "cancel"})
WHEN_CLOSED = frozenset({"note", "attach"})
IN_AN_EMERGENCY, RESCUE = "break_glass", "medical_kit"


@dataclass(frozen=True, slots=True)
class Offer:
    """An action: offered, or not with its reason and the way on.

    `moves` tells that the state changes, `anywhere` that it can be done in most states.
    """

    name: str
    title: str
    allowed: bool
    because: str = ""
    help: str = ""
    cites: tuple[str, ...] = ()
    moves: bool = True
    anywhere: bool = False


@dataclass(frozen=True)
class Offers:
    """The one next action, what else this state is for, what can be done at any time, and what cannot."""

    next: Offer | None
    also: tuple[Offer, ...]
    anytime: tuple[Offer, ...]
    cannot: tuple[Offer, ...]

    def named(self, name: str) -> Offer | None:
        """An offered action by name."""
        return next(
            (offer for offer in (self.next, *self.also, *self.anytime) if offer and offer.name == name), None
        )


def offers(seen: Seen) -> Offers:
    """Everything the member might try on the case as it stands."""
    steps = [_of_workflow(seen, action) for action in seen.pin.workflow.leaving(seen.here)]
    taken = {offer.name for offer in steps}
    generic = [_of_engine(seen, name) for name in _applicable(seen) if name not in taken]
    every = steps + generic
    allowed = [offer for offer in every if offer.allowed]
    first = _first(seen, allowed)
    return Offers(
        first,
        tuple(offer for offer in allowed if offer is not first and not offer.anywhere),
        tuple(offer for offer in allowed if offer is not first and offer.anywhere),
        tuple(offer for offer in every if not offer.allowed),
    )


def offered(seen: Seen, name: str) -> Offer | None:
    """One action by its name as it stands now; None when the case has no such action."""
    action = seen.pin.workflow.actions.get(name)
    if action is not None and seen.here in action.from_:
        return _of_workflow(seen, action)
    return _of_engine(seen, name) if name in (*_applicable(seen), AT_A_STEP) else None


def _first(seen: Seen, allowed: list[Offer]) -> Offer | None:
    """What moves the case on; a held case is resumed first.

    Nearest: an action of this state alone, then one to a state further on, in the order the workflow names
    them. What ends the case or can be done anywhere is never pushed.
    """
    if seen.case.held_at is not None:
        return next((offer for offer in allowed if offer.name == "resume"), None)
    workflow = seen.pin.workflow
    order = list(workflow.states)
    onward = [
        workflow.actions[offer.name]
        for offer in allowed
        if offer.moves and not offer.anywhere and workflow.actions[offer.name].cls not in ENDING
    ]
    own = [action for action in onward if action.from_ == (seen.here,)]
    ahead = [action for action in onward if order.index(action.target(seen.here)) > order.index(seen.here)]
    chosen = next(iter([*own, *ahead]), None)
    return next((offer for offer in allowed if chosen and offer.name == chosen.name), None)


def _applicable(seen: Seen) -> tuple[str, ...]:
    """The engine's own actions that make sense for the case as it stands."""
    case = seen.case
    if not case.is_open:
        return tuple(name for name in GENERIC if name in WHEN_CLOSED)
    hidden = {AT_A_STEP, "hold" if case.held_at else "resume"}
    if case.held_at or case.due_at is None:
        hidden.add("extend")
    if RESCUE in seen.categories:  # nothing an emergency would open is closed to them
        hidden.add(IN_AN_EMERGENCY)
    return tuple(name for name in GENERIC if name not in hidden)


def _of_workflow(seen: Seen, action: Action) -> Offer:
    lang = seen.acting.lang
    workflow = seen.pin.workflow
    offer = Offer(
        action.name,
        action.title.in_language(lang),
        True,
        moves=action.to is not None,
        anywhere=is_everywhere(workflow, action),
    )
    refused = _refusal(seen, workflow.qualified(action.name))
    if refused is not None:
        return replace(offer, allowed=False, because=refused.because, help=refused.help, cites=refused.cites)
    if seen.case.held_at is not None and action.name not in WHEN_HELD:
        return replace(offer, allowed=False, because=_("The case is on hold. Resume it first."))
    looked_at = replace(situation(seen.case, seen.acting.facts, {}, seen.acting.now), answers=None)
    missing = rules.unmet(action, looked_at)
    if missing:
        says = " ".join(found.says.in_language(lang) for found in missing)
        return replace(offer, allowed=False, because=says)
    return offer


def _of_engine(seen: Seen, name: str) -> Offer:
    found = GENERIC[name]
    title = found.title.in_language(seen.acting.lang)
    refused = _refusal(seen, found.cls)
    if refused is not None:
        return replace(refused, name=name, title=title, moves=False, anywhere=True)
    return Offer(name, title, True, moves=False, anywhere=True)


def _refusal(seen: Seen, action: str) -> Offer | None:
    """None when the policies allow it."""
    decision = seen.may(action)
    if decision.allowed:
        return None
    told = explain(decision, seen.acting.lang)
    return Offer(action, action, False, " ".join(told.because), told.help, told.cites)
