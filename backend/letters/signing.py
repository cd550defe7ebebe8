"""Who signs a letter (発信者): by the office's rule of decisions (専決), and while its holder is away.

A letter is signed by the sender's `issuer` unless a rule gives it to another office-holder. While that one
is away, another decides in their place. 代決 leaves the sender as it is: the letter is the holder's, and only
the record says who decided. 職務代理者 (地方自治法152条) and 事務取扱 hold the office and are printed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from backend.definitions.findings import Finding
from backend.definitions.source import Located

IN_THE_NAME = "代決"


@dataclass(frozen=True, slots=True)
class Rule:
    """Letters that somebody else than the sender's `issuer` signs."""

    letters: frozenset[str]
    issuer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody in the place of an office-holder, from one day until another, both included."""

    office: str
    begins: date
    ends: date
    how: str
    issuer: tuple[str, ...]

    def stands_for(self, issuer: tuple[str, ...], day: date) -> bool:
        return self.begins <= day <= self.ends and _holds(issuer, self.office)


@dataclass(frozen=True, slots=True)
class Signed:
    """The sender as printed, and for the record who acted in the office-holder's place ("" for nobody)."""

    lines: tuple[str, ...]
    instead: str = ""


def signed(
    issuer: tuple[str, ...], rules: tuple[Rule, ...], acting: tuple[Acting, ...], letter: str, day: date
) -> Signed:
    """Who signs a letter of this date."""
    lines = next((rule.issuer for rule in rules if letter in rule.letters), issuer)
    instead = next((one for one in acting if one.stands_for(lines, day)), None)
    if instead is None:
        return Signed(lines)
    told = f"{instead.how}　{'　'.join(instead.issuer)}"
    return Signed(lines if instead.how == IN_THE_NAME else instead.issuer, told)


def _holds(issuer: tuple[str, ...], office: str) -> bool:
    return any(line.startswith(office) for line in issuer)


# --- read and checked ----------------------------------------------------------------------------------


def rules_of(sender: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(Rule(frozenset(one["letters"]), tuple(one["issuer"])) for one in sender.get("signs", ()))


def acting_of(sender: Mapping[str, Any]) -> tuple[Acting, ...]:
    return tuple(
        Acting(
            one["for"],
            date.fromisoformat(one["from"]),
            date.fromisoformat(one["until"]),
            one["as"],
            tuple(one["issuer"]),
        )
        for one in sender.get("acting", ())
    )


def wrong(senders: Located) -> list[Finding]:
    """Everything wrong with who signs and who acts, of every sender."""
    found: list[Finding] = []
    for code, sender in senders.value["senders"].items():
        where = ("senders", code)
        found += _twice(senders, where, sender)
        found += _days(senders, where, sender) or _acting(senders, where, sender)
    return found


def _twice(located: Located, where: tuple[str, ...], sender: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for nth, rule in enumerate(sender.get("signs", ())):
        for name in sorted(seen & set(rule["letters"])):
            message = f"the letter {name!r} is signed by two"
            yield located.finding((*where, "signs", nth, "letters"), message, "name it in one rule")
        seen |= set(rule["letters"])


def _days(located: Located, where: tuple[str, ...], sender: Mapping[str, Any]) -> list[Finding]:
    found = []
    for nth, one in enumerate(sender.get("acting", ())):
        for key in ("from", "until"):
            try:
                date.fromisoformat(one[key])
            except ValueError:
                message = f"{one[key]!r} is no day of the calendar"
                found.append(
                    located.finding((*where, "acting", nth, key), message, "write it as in 2026-12-28")
                )
    return found


def _acting(located: Located, where: tuple[str, ...], sender: Mapping[str, Any]) -> Iterator[Finding]:
    signers = [tuple(sender["issuer"]), *(rule.issuer for rule in rules_of(sender))]
    acting = acting_of(sender)
    for nth, one in enumerate(acting):
        here: tuple[str | int, ...] = (*where, "acting", nth)
        if one.ends < one.begins:
            yield located.finding((*here, "until"), "it ends before it begins", "correct one of the days")
        if not any(_holds(issuer, one.office) for issuer in signers):
            message = f"nobody who signs here holds the office {one.office!r}"
            yield located.finding((*here, "for"), message, "write it as a line of an issuer begins")
        if one.how != IN_THE_NAME and one.how not in "".join(one.issuer):
            message = f"the sender as printed does not say {one.how}"
            yield located.finding((*here, "issuer"), message, f"write it as in {one.office}{one.how}")
    for (_, first), (nth, second) in combinations(enumerate(acting), 2):
        if first.office == second.office and first.begins <= second.ends and second.begins <= first.ends:
            message = f"two act for {second.office!r} on {max(first.begins, second.begins)}"
            yield located.finding((*where, "acting", nth), message, "let one end before the other begins")
