"""Names for people who do not exist: common family and given names, their readings, registered variants.

A name is written as a family register would hold it, some with 髙, 﨑, 齋, 𠮷 or U+FA19; the reading is in
hiragana. `data/names.txt` lists them.
"""

from collections.abc import Mapping
from functools import cache
from random import Random

from backend.demo.listed import sections

Named = tuple[str, str]  # as written, reading


@cache
def _pairs(heading: str) -> tuple[Named, ...]:
    entries = (entry for line in sections("names")[heading] for entry in line.split("|"))
    return tuple((name, kana) for name, kana in map(str.split, entries))


@cache
def registered() -> Mapping[str, tuple[str, ...]]:
    """What registers hold for a family name beside its common form: 高橋 → 髙橋, 髙𣘺."""
    return {common: tuple(others) for common, *others in map(str.split, sections("names")["registered"])}


def family(rng: Random) -> Named:
    """A family name as registered, and its reading. One in three is among the 24 most common."""
    name, kana = rng.choice(_pairs("family common" if rng.random() < 0.34 else "family"))
    others = registered().get(name, ())
    if others and rng.random() < 0.6:
        name = rng.choice(others)
    return name, kana


def given(rng: Random, sex: str, born: int) -> Named:
    """A given name common when the person was born (from 1900), and its reading. `sex` is female or male."""
    years = [int(heading.split()[1]) for heading in sections("names") if heading.split()[0] == sex]
    return rng.choice(_pairs(f"{sex} {max(year for year in years if year <= born)}"))


def full(family_name: Named, given_name: Named) -> Named:
    """Name and reading as the register writes them, parted by one ordinary space."""
    return f"{family_name[0]} {given_name[0]}", f"{family_name[1]} {given_name[1]}"
