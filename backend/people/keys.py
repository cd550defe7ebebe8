"""What is stored beside a person so that search finds them: a folded key per kind of term, and the index."""

from collections.abc import Sequence
from typing import TypedDict

from backend.people import folding

KEYS = ("grams", "name_key", "address_key", "phone_key")

# Grams of names, addresses and telephone numbers share one index; a mark keeps them apart.
ADDRESS, PHONE = "@", "#"


class SearchKeys(TypedDict):
    """The derived columns of a person."""

    grams: list[str]
    name_key: str
    address_key: str
    phone_key: str


def search_keys(
    *,
    name: str,
    kana: str,
    address: str,
    zip_code: str,
    phone: str,
    protected: bool,
    also: Sequence[str] = (),
) -> SearchKeys:
    """The derived columns from what is registered; `also` are other names and readings of the same person.

    The address and telephone of a protected person enter no index: a search must not tell where somebody who
    fled lives.
    """
    names = [folded for folded in map(folding.fold, (name, kana, *also)) if folded]
    where = "" if protected else folding.fold_address(address)
    number = "" if protected else folding.digits(phone)
    post = "" if protected else folding.digits(zip_code)
    grams: set[str] = set().union(*(folding.grams(folded) for folded in names))
    grams |= {ADDRESS + gram for gram in folding.pairs(where)}
    grams |= {PHONE + gram for run in (number, post) for gram in folding.phone_grams(run)}
    return SearchKeys(
        grams=sorted(grams),
        name_key=" ".join(names),
        address_key=where,
        phone_key=" ".join(run for run in (number, post) if run),
    )
