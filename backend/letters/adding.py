"""What parts above this one add to a letter: lines that stand in no answer, such as who was told what."""

from collections.abc import Callable, Sequence

from backend.cases.models import Case
from backend.letters.context import Item

Adding = Callable[[Case], Sequence[Item]]
_ADDED: dict[str, Adding] = {}


def told_in(letter: str) -> Callable[[Adding], Adding]:
    """Register the function that fills `told` of a letter, from the case it is written in."""

    def register(adding: Adding) -> Adding:
        _ADDED[letter] = adding
        return adding

    return register


def told(letter: str, case: Case) -> Sequence[Item]:
    """What was registered for a letter; nothing for any other."""
    adding = _ADDED.get(letter)
    return adding(case) if adding is not None else ()


def adds_to(letter: str) -> bool:
    """Whether another part of the office adds lines to a letter."""
    return letter in _ADDED
