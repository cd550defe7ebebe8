"""Which consents hold beside each other: from everything a person said to one controller, in order.

A consent stands until its own case hears another answer, or until a refusal or withdrawal in any case is
about one of its purposes (or about everything). Plain data in and out, so that it can be tried at will.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.sharing.consents.models import EndedHow, Said

AGREED = (Said.GIVEN, Said.PARTIAL)
_ENDS = {Said.REFUSED: EndedHow.REFUSED, Said.WITHDRAWN: EndedHow.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Statement:
    """One answer as far as it matters for what holds."""

    id: UUID
    case: UUID
    said: str
    purposes: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """By which statement a consent ended, and how."""

    by: UUID
    how: EndedHow


def endings(statements: Iterable[Statement]) -> dict[UUID, Ending]:
    """The consents that ended, by id. What ended one first stays what ended it."""
    open_: dict[UUID, Statement] = {}
    ended: dict[UUID, Ending] = {}
    for new in statements:
        for old in list(open_.values()):
            how = _ending(old, new)
            if how is not None:
                ended[old.id] = Ending(new.id, how)
                del open_[old.id]
        if new.said in AGREED:
            open_[new.id] = new
    return ended


def _ending(old: Statement, new: Statement) -> EndedHow | None:
    if new.said in _ENDS:
        reaches = not new.purposes or not set(new.purposes).isdisjoint(old.purposes)
        return _ENDS[Said(new.said)] if reaches else None
    return EndedHow.REPLACED if old.case == new.case else None
