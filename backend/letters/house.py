"""The office's own data for letters: who sends, on what stationery, with which greetings.

`forms/letters/house/*.yaml`; an overlay's file of the same name replaces the shipped one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import conform, nearest
from backend.definitions.source import Located, read_yaml, roots
from backend.letters import signing
from backend.letters.postage import Postage, WeightClass
from backend.letters.postal import BARCODE_WIDTH, Window

FILES = ("senders", "paper", "greetings", "post")
SCHEMAS = Path(__file__).parent / "schemas"


class HouseError(LookupError):
    """The office's data for letters do not say who an organisation is; the message says where to add it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends for an organisation. `issuer` is 発信者 in lines, `symbol` the 記号 of its numbers.

    `signs` gives some letters to another office-holder, `acting` tells who stands in for one, and when.
    """

    symbol: str
    issuer: tuple[str, ...]
    answers_to: str
    section: str
    signs: tuple[signing.Rule, ...] = ()
    acting: tuple[signing.Acting, ...] = ()

    def signed(self, letter: str, day: date) -> signing.Signed:
        """Who signs this letter on this day."""
        return signing.signed(self.issuer, self.signs, self.acting, letter, day)


@dataclass(frozen=True, slots=True)
class House:
    """The office's stationery, senders, greetings and postage."""

    senders: Mapping[str, Sender]
    envelope: str
    window: Window
    barcode_size: int  # tenths of a point
    towns: Mapping[str, str]
    greetings: Mapping[str, str]
    postage: Postage

    def sender(self, organisation: str) -> Sender:
        """Who signs for this organisation. Raises `HouseError`."""
        if organisation not in self.senders:
            raise HouseError(
                f"{organisation} sends no letters: add it to forms/letters/house/senders.yaml "
                f"(known: {', '.join(sorted(self.senders))})."
            )
        return self.senders[organisation]

    def greeting(self, day: date) -> str:
        """The greeting of the season (時候) for a letter of this date."""
        return self.greetings[str(day.month)]


def files() -> dict[str, Path]:
    """Each file of the house, the last root that has it winning."""
    found = {}
    for name in FILES:
        for root in roots():
            path = root / "forms" / "letters" / "house" / f"{name}.yaml"
            if path.is_file() or name not in found:
                found[name] = path
    return found


def load_house(paths: Mapping[str, Path] | None = None) -> tuple[House | None, list[Finding]]:
    """Read and check the house's files; the house is None where an error was found."""
    findings: list[Finding] = []
    read: dict[str, Located] = {}
    for name, path in (paths or files()).items():
        try:
            read[name] = read_yaml(path, f"forms/letters/house/{name}.yaml")
        except DefinitionError as error:
            findings += error.findings
        else:
            findings += conform(read[name], SCHEMAS / f"{name}.json")
    if errors(findings):
        return None, findings
    findings += _envelope(read["paper"]) + _ascending(read["post"]) + signing.wrong(read["senders"])
    return (None if errors(findings) else _build({name: one.value for name, one in read.items()})), findings


@lru_cache(maxsize=1)
def current() -> House:
    """The house in use. Raises `DefinitionError` with every finding."""
    house, findings = load_house()
    if house is None:
        raise DefinitionError(findings)
    return house


def _envelope(paper: Located) -> list[Finding]:
    chosen, known = paper.value["envelope"], paper.value["envelopes"]
    if chosen not in known:
        return [paper.finding(("envelope",), f"{chosen!r} is no envelope", nearest(chosen, known))]
    box = Window(**known[chosen]).always_shown
    bar = BARCODE_WIDTH * paper.value["barcode"]["size"] // 100
    where = ("envelopes", chosen)
    if box.height < 250 or box.width < bar:
        message = f"only {box.width / 10} × {box.height / 10} mm show wherever the sheet slides"
        return [paper.finding(where, message, f"an address needs {bar / 10} × 25 mm; take a larger window")]
    return []


def _ascending(post: Located) -> list[Finding]:
    weights = [one["up_to"] for one in post.value["classes"]]
    for number, (lighter, heavier) in enumerate(pairwise(weights), start=1):
        if lighter >= heavier:
            where = ("classes", number, "up_to")
            return [
                post.finding(where, f"{heavier} is not heavier than the class before", "sort the classes")
            ]
    return []


def _build(value: Mapping[str, Any]) -> House:
    paper = value["paper"]
    senders = value["senders"]["senders"]
    return House(
        senders={code: _sender(one) for code, one in senders.items()},
        envelope=paper["envelope"],
        window=Window(**paper["envelopes"][paper["envelope"]]),
        barcode_size=paper["barcode"]["size"],
        towns=paper["barcode"]["towns"],
        greetings=value["greetings"],
        postage=_postage(value["post"]),
    )


def _sender(one: Mapping[str, Any]) -> Sender:
    return Sender(
        symbol=one["symbol"],
        issuer=tuple(one["issuer"]),
        answers_to=one["answers_to"],
        section=one["section"],
        signs=signing.rules_of(one),
        acting=signing.acting_of(one),
    )


def _postage(post: Mapping[str, Any]) -> Postage:
    return Postage(**{**post, "classes": tuple(WeightClass(**one) for one in post["classes"])})
