"""Two policy books side by side: which policies are new, gone or changed, and in what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.access.book import DECIDING, PolicyBook
from backend.access.facts import ALWAYS
from backend.access.mutants import cedar_text
from backend.access.reading import Policy

_WORDS = ("reason_ja", "reason_en", "help_ja", "help_en", "cite", "rule", "verified_on")


@dataclass(frozen=True, slots=True)
class Difference:
    """One policy or setting that is new (`added`), gone (`removed`) or `changed`, and what of it."""

    kind: str
    what: str
    where: str
    parts: tuple[str, ...] = ()


def differences(old: PolicyBook, new: PolicyBook) -> list[Difference]:
    """Everything in which the second book decides or speaks otherwise, by @id."""
    before, after = ({policy.id: policy for policy in book.every} for book in (old, new))
    found = [_alone("removed", before[name]) for name in before if name not in after]
    found += [_alone("added", after[name]) for name in after if name not in before]
    for name in before:
        if name in after:
            parts = tuple(_parts(before[name], after[name]))
            found += [Difference("changed", name, _where(after[name]), parts)] if parts else []
    return [*found, *_beside(old, new)]


def _alone(kind: str, policy: Policy) -> Difference:
    parts = [
        f"{policy.effect}: {policy.annotations['reason_en']}",
        *(f"  {line}" for line in _clauses(policy)),
    ]
    return Difference(kind, policy.id, _where(policy), tuple(parts))


def _where(policy: Policy) -> str:
    return f"{policy.path}:{policy.line}"


def _parts(old: Policy, new: Policy) -> Iterator[str]:
    """In what two policies of one @id differ, in words."""
    if old.effect != new.effect:
        yield f"it was a {old.effect} and is a {new.effect}"
    for part in ("principal", "action", "resource"):
        if old.json[part] != new.json[part]:
            yield f"the {part} was {_scope(old.json[part])} and is {_scope(new.json[part])}"
    was, now = _clauses(old), _clauses(new)
    if was != now:
        yield "the condition:"
        yield from (f"  - {line}" for line in was if line not in now)
        yield from (f"  + {line}" for line in now if line not in was)
    for words, first, second in (
        ("in force from", _day(old.since), _day(new.since)),
        ("in force until", _day(old.until), _day(new.until)),
        ("the outcome", old.outcome, new.outcome),
        ("the approver", old.approver, new.approver),
        ("the obligations", ", ".join(old.obligations), ", ".join(new.obligations)),
        ("the set", old.file if old.file != new.file else "", new.file if old.file != new.file else ""),
    ):
        if first != second:
            yield f"{words}: {first or 'none'} → {second or 'none'}"
    changed = [name for name in _WORDS if old.annotations.get(name, "") != new.annotations.get(name, "")]
    if changed:
        yield f"the words of {', '.join(f'@{name}' for name in changed)}"


def _clauses(policy: Policy) -> list[str]:
    return [f"{clause['kind']} {cedar_text(clause['body'])}" for clause in policy.json["conditions"]]


def _scope(scope: Mapping[str, Any]) -> str:
    """A scope as one reads it."""
    named = [it["id"] for it in scope.get("entities", [scope["entity"]] if "entity" in scope else [])]
    words = ", ".join(named) or scope.get("entity_type", "")
    return words or "any"


def _day(number: int) -> str:
    text = f"{number:08d}"
    return "" if number in {0, ALWAYS} else f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _beside(old: PolicyBook, new: PolicyBook) -> Iterator[Difference]:
    """What else decides: the classes of data categories, the settings of the city."""
    pairs = [
        ("the class of", {c.name: c.cls for c in old.categories.values()},
         {c.name: c.cls for c in new.categories.values()}, "policies/categories.yaml"),
        ("the setting", {n: str(old.settings.get(n, "")) for n in DECIDING},
         {n: str(new.settings.get(n, "")) for n in DECIDING}, "policies/settings.yaml"),
    ]  # fmt: skip
    for words, before, after, where in pairs:
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                told = f"{before.get(name) or 'none'} → {after.get(name) or 'none'}"
                yield Difference("changed", f"{words} {name}", where, (told,))


def as_of(book: PolicyBook, today: int) -> PolicyBook:
    """The policies of one day (YYYYMMDD), as if they had always been in force."""

    def always(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(
            replace(policy, since=0, until=ALWAYS)
            for policy in policies
            if policy.since <= today <= policy.until
        )

    return replace(
        book,
        policies=always(book.policies),
        duty=always(book.duty),
        fallback=always(book.fallback),
        _slices={},
    )
