"""The beginnings of names and readings, in an order an index can be read in.

A common name fits tens of thousands. Whose name or reading begins with the word is wanted first: fifty of
them are read from the index one after another, and nobody else is looked at.
"""

from collections.abc import Sequence

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Collate

NAME, READING = 1, 2


def part(number: int) -> Collate:
    """The folded name (1) or reading (2), compared by its characters whatever the database's language."""
    found = Func(F("name_key"), Value(" "), Value(number), function="split_part", output_field=TextField())
    return Collate(found, "C")


def begins(word: str) -> Q:
    """Rows annotated as `head` that begin with the word."""
    return Q(head__gte=word, head__lt=word[:-1] + chr(ord(word[-1]) + 1))


def part_of(kinds: Sequence[str]) -> int:
    """Which of the two a word of those kinds begins."""
    return READING if "kana" in kinds else NAME
