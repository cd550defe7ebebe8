"""What a decision was made from, as plain data: kept beside the decision, so that it can be made again.

Facts hold codes, dates and ids; no names, no free text. Areas are kept with what holds them, because the city
may be divided anew later.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, cast

from backend.access.areas import Areas, current_areas
from backend.access.facts import KINDS, CaseFacts, LetterFacts, MemberFacts, Thing, area_of
from backend.access.provision import ProvisionFacts

EVERY_KIND: Mapping[str, type[Thing]] = {**KINDS, "provision": ProvisionFacts}


@dataclass(frozen=True)
class Inputs:
    """One question as it was put. `unknown` names facts kept then that are no longer asked for."""

    member: MemberFacts
    resource: Thing | None
    areas: Areas
    context: Mapping[str, Any]
    today: int
    unknown: tuple[str, ...] = ()


def kept(
    member: MemberFacts, resource: Thing | None, today: int, context: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The facts of a question as JSON."""
    found: dict[str, Any] = {"member": _plain(member), "today": today}
    if context:
        found["context"] = dict(context)
    codes = [member.area or ""]
    if resource is not None:
        found["kind"], found["resource"] = kind_of(resource), _plain(resource)
        codes.append(area_of(resource))
    tree = current_areas(*codes)
    found["areas"] = {code: list(tree.ancestors(code)) for code in codes if code}
    return found


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


def _plain(facts: Any) -> dict[str, Any]:
    found = {name: getattr(facts, name) for name in _names(cast(Hashable, type(facts)))}
    return {**found, "case": _plain(facts.case)} if isinstance(facts, LetterFacts) else found


def kind_of(resource: Thing | None) -> str:
    """`case`, `person`, `letter` …: the kind of thing a question was about; "" for none."""
    return next((name for name, kind in EVERY_KIND.items() if isinstance(resource, kind)), "")


def read(inputs: Mapping[str, Any]) -> Inputs:
    """The question that `kept` wrote down.

    A fact that was not known then has its default. Raises `TypeError` where a fact without a default is
    missing: such a question cannot be put again.
    """
    unknown: list[str] = []
    member = _facts(MemberFacts, inputs["member"], unknown)
    resource = None
    if inputs.get("kind"):
        kind = EVERY_KIND[inputs["kind"]]
        given = dict(inputs["resource"])
        if kind is LetterFacts:
            given["case"] = _facts(CaseFacts, given["case"], unknown)
        resource = _facts(kind, given, unknown)
    parents: dict[str, str | None] = {}
    for code, holders in inputs.get("areas", {}).items():
        chain = [code, *holders]
        parents |= dict(zip(chain, [*chain[1:], None], strict=True))
    return Inputs(
        member, resource, Areas(parents), inputs.get("context", {}), inputs["today"], tuple(unknown)
    )


def _facts(kind: Any, given: Mapping[str, Any], unknown: list[str]) -> Any:
    names = set(_names(kind))
    unknown += sorted(f"{kind.entity}.{name}" for name in given.keys() - names)
    return kind(**{name: _frozen(value) for name, value in given.items() if name in names})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
