"""What a member may do with a case now, arranged for a page: the next action first, what is closed last.

`backend.cases.offers` decides whether an action is possible, and why not; here it gets its place and words.
"""

from dataclasses import dataclass

from backend.access import explain
from backend.cases import offers as cases_offers
from backend.cases.generic import GENERIC, WHEN_HELD
from backend.pages.seeing import Seen
from backend.people.models import Role
from backend.workflow.layout import is_everywhere

# Corrections begin at the step they correct, so they are offered there.
AT_A_STEP = "correct"
ENDING = frozenset({"close", "cancel"})
WHEN_CLOSED = frozenset({"note", "attach"})
ASSIGNING = "assign"  # the class of what gives a case to somebody
DECIDING = "approve"  # the class of actions that decide
DECIDERS = frozenset({"supervisor", "privacy_officer"})  # roles for whose decision a state may wait
SHARES = frozenset({"refer", "transfer"})  # classes of actions that tell somebody outside
IN_AN_EMERGENCY, RESCUE = "break_glass", "medical_kit"


@dataclass(frozen=True, slots=True)
class Offer:
    """An action: offered, or not with its reason and the way on.

    `moves` tells that the state changes, `anywhere` that it can be done in most states, `shares` that it
    would tell somebody outside and lacks the ground: a disclosure can then be requested instead; `on_paper`
    that its form can be printed and filled in by pen.
    """

    name: str
    title: str
    allowed: bool
    because: str = ""
    help: str = ""
    cites: tuple[str, ...] = ()
    moves: bool = True
    anywhere: bool = False
    shares: bool = False
    on_paper: bool = False


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
    fitting = {action.name for action in seen.pin.workflow.leaving(seen.here)} | set(_applicable(seen))
    found = cases_offers.offers(seen.case, seen.acting.facts, seen.acting.now)
    every = [_worded(seen, offer) for offer in found if offer.name in fitting]
    allowed = [offer for offer in every if offer.allowed]
    named = {offer.name: offer for offer in allowed}
    first = next((named[name] for name in _onward(seen) if name in named), None)
    return Offers(
        first,
        tuple(offer for offer in allowed if offer is not first and not offer.anywhere),
        tuple(offer for offer in allowed if offer is not first and offer.anywhere),
        tuple(offer for offer in every if not offer.allowed),
    )


def offered(seen: Seen, name: str) -> Offer | None:
    """One action by its name as it stands now; None for a name nobody knows."""
    found = cases_offers.offer(name, seen.case, seen.acting.facts, seen.acting.now)
    return _worded(seen, found) if found is not None else None


def decider(seen: Seen) -> str:
    """The role whose decision the case waits for, "" where it is the reader's own or nobody's."""
    owner = seen.state.owner
    return owner if owner in DECIDERS and owner != seen.acting.facts.role else ""


def next_title(seen: Seen) -> str:
    """What the next action of `offers` is called, "" for none: for a list, which asks about nothing else."""
    found = cases_offers.first(_onward(seen), seen.case, seen.acting.facts, seen.acting.now)
    return found.title.in_language(seen.acting.lang) if found is not None else ""


def _onward(seen: Seen) -> list[str]:
    """What moves the case on, the nearest first; a held case is resumed first.

    Nearest: an action of this state alone, then one to a state further on, in the order the workflow names
    them. What ends the case or can be done anywhere is never pushed, nor giving it to somebody when somebody
    has it; nothing is while it is the turn of somebody else.
    """
    if seen.case.held_at is not None:
        return ["resume"]
    if decider(seen) or (seen.state.kind == "ours" and seen.acting.facts.role == Role.AGENCY_STAFF):
        return []
    workflow, here = seen.pin.workflow, seen.here
    order = list(workflow.states)
    never = ENDING | {ASSIGNING} if seen.case.assignee_id else ENDING
    onward = [
        action
        for action in workflow.leaving(here)
        if action.to is not None and action.cls not in never and not is_everywhere(workflow, action)
    ]
    if workflow.states[here].owner in DECIDERS:  # whoever decides is offered the decision, not what spares it
        onward.sort(key=lambda action: action.cls != DECIDING)
        return [action.name for action in onward]
    own = [action.name for action in onward if action.from_ == (here,)]
    ahead = [action.name for action in onward if order.index(action.target(here)) > order.index(here)]
    return [*own, *ahead]


def _applicable(seen: Seen) -> tuple[str, ...]:
    """The engine's own actions that make sense for the case as it stands."""
    case = seen.case
    if not case.is_open:
        return tuple(name for name in GENERIC if name in WHEN_CLOSED)
    hidden = {AT_A_STEP, *(name for name, found in GENERIC.items() if found.lacks(case))}
    if case.held_at:
        hidden |= GENERIC.keys() - WHEN_HELD
    if RESCUE in seen.categories:  # nothing an emergency would open is closed to them
        hidden.add(IN_AN_EMERGENCY)
    return tuple(name for name in GENERIC if name not in hidden)


def _worded(seen: Seen, found: cases_offers.Offer) -> Offer:
    """An action in the words of a page: why not, and what would make it possible."""
    lang = seen.acting.lang
    title = found.title.in_language(lang)
    action = seen.pin.workflow.actions.get(found.name)
    if action is not None and found.name in GENERIC and seen.here not in action.from_:
        action = None  # here it is the engine's own
    moves = action is not None and action.to is not None
    anywhere = action is None or is_everywhere(seen.pin.workflow, action)
    refused = found.obstacle == "refused" and found.decision is not None
    shares = found.cls in SHARES and (refused or any(one.sharing for one in found.unmet))
    if found.obstacle == "refused" and found.decision is not None:
        told = explain(found.decision, lang)
        because = " ".join(told.because)
        return Offer(found.name, title, False, because, told.help, told.cites, moves, anywhere, shares)
    because = " ".join(why.in_language(lang) for why in found.why)
    cites = tuple(dict.fromkeys(one.cite for one in found.unmet if one.cite))
    on_paper = found.possible and found.form is not None and found.name != AT_A_STEP
    return Offer(
        found.name,
        title,
        found.possible,
        because,
        "",
        cites,
        moves,
        anywhere,
        shares=shares,
        on_paper=on_paper,
    )
