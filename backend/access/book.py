"""The policy book: every policy of this installation, ready to be asked.

A question is put to a *slice*: the policies in force that day whose scope speaks of that action and that kind
of thing. Leaving the others out changes no answer (their scope would not match) and makes it much faster.
"""

import json
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

import cedarpy

from backend.access.areas import Areas
from backend.access.facts import ALWAYS, MemberFacts, Resource, Thing, area_of, entity
from backend.access.reading import Policy, Reason
from backend.access.schema import Vocabulary
from backend.definitions.canonical import content_hash

Words = Mapping[str, str]  # {"ja": …, "en": …}
# The settings of a city that policies read; the others (office hours, terms) decide nothing.
DECIDING = ("commissioner_employer", "disaster_ordinance_mode")
Part = Literal["duty", "policies", "fallback"]
Pair = tuple[MemberFacts, Thing]
Kept = dict[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Category:
    """A data category: its class (C0 public … C4 special, CX never) and its title."""

    name: str
    cls: str
    title: Words


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis: its title and article, what it needs, who may use it, whether for recurring lists."""

    code: str
    title: Words
    cite: str
    needs: Words
    who: tuple[str, ...]
    recurring: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionClass:
    """What a class of actions is called, and whom to turn to when it is refused."""

    name: str
    title: Words
    help: Words


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a ruling obliges to, in words; it binds the `recipient` or the `office`.

    `always`: each recipient promises it, whatever was ruled.
    """

    code: str
    words: Words
    who: Literal["recipient", "office"]
    always: bool = False


class Slice:
    """The policies that can speak about one action on one type of entity, with handles parsed once.

    A question carries only the attributes these policies read, and the schema of the slice declares only
    those: each of them must be there, with its type.
    """

    def __init__(
        self, action: str, entity_type: str, policies: Sequence[Policy], vocabulary: Vocabulary
    ) -> None:
        self.action, self.entity_type, self.vocabulary = action, entity_type, vocabulary
        self._narrowed: dict[frozenset[str], Slice] = {}
        self.policies = {policy.id: policy for policy in policies}
        read = frozenset[str]().union(*(policy.reads for policy in policies))
        self.reads = tuple(sorted(vocabulary.attributes(entity_type) & read))
        self.schema_text = vocabulary.cut(action, entity_type, self.reads)
        self.schema = _schema(self.schema_text)
        self.policy_set = policy_set(policies)
        self._base = lru_cache(maxsize=1024)(self._parse_base)
        self._of_role = lru_cache(maxsize=64)(self._ids_of_role)

    def of_role(self, role: str) -> "Slice":
        """The slice less the policies that name other roles only: they hold for nobody in this one."""
        speaking = self._of_role(role)
        if len(speaking) == len(self.policies):
            return self
        if speaking not in self._narrowed:
            kept = [policy for policy in self.policies.values() if policy.id in speaking]
            self._narrowed[speaking] = Slice(self.action, self.entity_type, kept, self.vocabulary)
        return self._narrowed[speaking]

    def _ids_of_role(self, role: str) -> frozenset[str]:
        found = self.policies.values()
        return frozenset(policy.id for policy in found if policy.roles is None or role in policy.roles)

    def _parse_base(self, member: MemberFacts, *areas: tuple[str, ...]) -> cedarpy.Entities:
        """The member and the areas (each a code and what holds it), checked against the schema."""
        if member.problem():
            raise ValueError(member.problem())
        found = [entity(member)] + [
            {
                "uid": {"type": "Area", "id": code},
                "attrs": {},
                "parents": [{"type": "Area", "id": holder} for holder in holders],
            }
            for code, *holders in dict.fromkeys(areas)
        ]
        return cedarpy.Entities.from_json_str(json.dumps(found), self.schema)

    def _area_chain(self, code: str, areas: Areas) -> tuple[str, ...]:
        return (code, *areas.ancestors(code))

    def entities(self, member: MemberFacts, resource: Resource | None, areas: Areas) -> cedarpy.Entities:
        """The entities of one question, checked against the schema. Raises ValueError, KeyError."""
        own = self._area_chain(member.area or "", areas)
        if resource is None:
            return self._base(member, own)
        base = self._base(member, own, self._area_chain(area_of(resource), areas))
        found = entity(resource)
        found["attrs"] = {name: found["attrs"][name] for name in self.reads}
        return base.with_added_json_str(json.dumps([found]), self.schema)

    def ask(
        self, member: MemberFacts, resource: Resource, areas: Areas, contexts: Sequence[Mapping[str, Any]]
    ) -> list[cedarpy.AuthzResult]:
        """Cedar's answers, one for each context. Raises ValueError for facts the schema does not allow."""
        return self.of_role(member.role)._ask(member, resource, areas, contexts)

    def _ask(
        self, member: MemberFacts, resource: Resource, areas: Areas, contexts: Sequence[Mapping[str, Any]]
    ) -> list[cedarpy.AuthzResult]:
        request = {
            "principal": {"type": "Member", "id": member.id},
            "action": {"type": "Action", "id": self.action},
            "resource": {"type": resource.entity, "id": resource.id},
        }
        entities = self.entities(member, resource, areas)
        requests = [{**request, "context": json.dumps(context)} for context in contexts]
        return cedarpy.is_authorized_batch(requests, self.policy_set, entities, self.schema)

    def ask_all(
        self,
        pairs: Sequence[Pair],
        areas: Areas,
        contexts: Sequence[Mapping[str, Any]],
        *,
        kept: Kept | None = None,
        which: Hashable = (),
    ) -> list[cedarpy.AuthzResult]:
        """Cedar's answers to many questions in one batch, a context for each. Raises as `ask` does.

        `kept` is filled with what was parsed and answered, for asking another book the same questions (named
        by `which`): what that book has in common with this one is not asked again.
        """
        kept = {} if kept is None else kept
        if (self, which) not in kept:
            key = (self.schema_text, self.reads, which)
            if key not in kept:
                kept[key] = _together(self.schema, self.reads, pairs, areas)
            requests = [
                {
                    "principal": {"type": "Member", "id": f"m{number}"},
                    "action": {"type": "Action", "id": self.action},
                    "resource": {"type": self.entity_type, "id": f"t{number}"},
                    "context": json.dumps(context),
                }
                for number, context in enumerate(contexts)
            ]
            kept[self, which] = cedarpy.is_authorized_batch(requests, self.policy_set, kept[key], self.schema)
        return cast(list[cedarpy.AuthzResult], kept[self, which])

    def ask_partly(
        self, member: MemberFacts, areas: Areas, context: Mapping[str, Any]
    ) -> cedarpy.PartialAuthzResult:
        """What is left of every policy while the thing is unknown."""
        request = {
            "principal": f'Member::"{member.id}"',
            "action": f'Action::"{self.action}"',
            "context": dict(context),
        }
        entities = self.entities(member, None, areas)
        return cedarpy.is_authorized_partial(request, self.policy_set, entities, self.schema)


@lru_cache(maxsize=256)
def _schema(text: str) -> cedarpy.Schema:
    return cedarpy.Schema.from_str(text)


def _together(
    schema: cedarpy.Schema, reads: tuple[str, ...], pairs: Sequence[Pair], areas: Areas
) -> cedarpy.Entities:
    """The members (`m0`, `m1` …), the things (`t0` …) and the areas of many questions, parsed once.

    Policies compare the attribute `id` of a member, never the name of the entity.
    """
    found, codes = [], set[str]()
    for number, (member, thing) in enumerate(pairs):
        if member.problem():
            raise ValueError(member.problem())
        who, what = entity(member), entity(thing)
        who["uid"]["id"], what["uid"]["id"] = f"m{number}", f"t{number}"
        what["attrs"] = {name: what["attrs"][name] for name in reads}
        found += [who, what]
        codes |= {member.area or "", area_of(thing)}
    held = {holder for code in codes for holder in areas.ancestors(code)}
    found += [areas.entity(code) for code in codes | held]
    return cedarpy.Entities.from_json_str(json.dumps(found), schema)


def policy_set(policies: Iterable[Policy]) -> cedarpy.PolicySet:
    """A handle whose policy ids are the `@id`s."""
    static = ", ".join(f"{json.dumps(policy.id)}: {policy.json_text}" for policy in policies)
    return cedarpy.PolicySet.from_json_str(
        f'{{"staticPolicies": {{{static}}}, "templates": {{}}, "templateLinks": []}}'
    )


@dataclass(frozen=True, eq=False)
class PolicyBook:
    """Every policy, the schema, the words; immutable. `closed` (a book with errors) refuses everything.

    `permitted` are the action classes and actions that some policy permits to somebody, told of a closed book
    too; None where not every policy could be read.
    """

    policies: tuple[Policy, ...]
    report: tuple[Policy, ...]
    vocabulary: Vocabulary
    duty: tuple[Policy, ...] = ()
    fallback: tuple[Policy, ...] = ()
    categories: Mapping[str, Category] = field(default_factory=dict)
    classes: Mapping[str, ActionClass] = field(default_factory=dict)
    bases: Mapping[str, Basis] = field(default_factory=dict)
    purposes: Mapping[str, Words] = field(default_factory=dict)
    obligations: Mapping[str, Obligation] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False
    permitted: frozenset[str] | None = None
    _slices: dict[tuple[int, str, str, str], Slice | None] = field(default_factory=dict, repr=False)

    def with_policy(self, changed: Policy) -> "PolicyBook":
        """The book with another text of one policy; what is not concerned by it is not cut anew."""
        part: Part
        for part in ("duty", "policies", "fallback"):
            before = getattr(self, part)
            if any(policy.id == changed.id for policy in before):
                after = tuple(changed if policy.id == changed.id else policy for policy in before)
                kept = {
                    key: cut
                    for key, cut in self._slices.items()
                    if key[3] != part or cut is None or changed.id not in cut.policies
                }
                return replace(self, _slices=kept, **cast(dict[str, Any], {part: after}))
        raise KeyError(changed.id)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical content: which policies decided."""
        return content_hash(self.content())

    def content(self) -> dict[str, Any]:
        """The book as canonical data, for publishing and pinning."""
        return {
            "policies": {policy.id: policy.text for policy in self.policies},
            "report": {policy.id: policy.text for policy in self.report},
            "duty": {policy.id: policy.text for policy in self.duty},
            "fallback": {policy.id: policy.text for policy in self.fallback},
            "schema": self.vocabulary.text(),
            "categories": {c.name: c.cls for c in self.categories.values()},
            "settings": {name: self.settings[name] for name in DECIDING if name in self.settings},
        }

    def policy(self, policy_id: str) -> Policy:
        """The policy of an `@id`. Raises KeyError."""
        return self._by_id[policy_id]

    @property
    def every(self) -> tuple[Policy, ...]:
        """All policies, in the order in which they are asked."""
        return (*self.duty, *self.policies, *self.fallback, *self.report)

    @cached_property
    def _by_id(self) -> dict[str, Policy]:
        return {policy.id: policy for policy in self.every}

    @cached_property
    def reasons(self) -> dict[str, Reason]:
        """What each policy says when it decides."""
        return {
            p.id: Reason(p.id, p.annotations["reason_ja"], p.annotations["reason_en"], p.annotations["cite"])
            for p in self._by_id.values()
        }

    @cached_property
    def report_set(self) -> cedarpy.PolicySet:
        """The policies a report is decided by, alone."""
        return policy_set(self.report)

    @cached_property
    def order(self) -> dict[str, int]:
        """Each `@id`'s place: hard stops before everything, then as the files have them."""
        return {policy_id: place for place, policy_id in enumerate(self._by_id)}

    @cached_property
    def _turns(self) -> list[int]:
        """The days on which some policy comes into force or has just ended."""
        days = {policy.since for policy in self.every}
        days |= {policy.until + 1 for policy in self.every if policy.until != ALWAYS}
        return sorted(days - {0})

    def slice(self, today: int, action: str, entity_type: str, part: Part = "policies") -> Slice | None:
        """The slice for an action on a kind of thing on a day; None for an action nobody declared.

        `part` is the set that is asked: nearly everything stands in `policies`; about a provision `duty` is
        asked before it and `fallback` after it.
        """
        key = (bisect_right(self._turns, today), action, entity_type, part)
        if key not in self._slices:
            self._slices[key] = self._cut(today, action, entity_type, part)
        return self._slices[key]

    def _cut(self, today: int, action: str, entity_type: str, part: Part) -> Slice | None:
        if action not in self.vocabulary.actions:
            return None
        family, policies = set(self.vocabulary.family(action)), getattr(self, part)
        in_force = (policy for policy in policies if policy.since <= today <= policy.until)
        speaking = [policy for policy in in_force if policy.speaks_of(family, entity_type)]
        return Slice(action, entity_type, speaking, self.vocabulary)

    def class_of(self, action: str) -> str:
        """The class an action belongs to: the last of its family; "" for an unknown action."""
        return self._class_by_action.get(action, "")

    @cached_property
    def _class_by_action(self) -> dict[str, str]:
        return {name: self.vocabulary.family(name)[-1] for name in self.vocabulary.actions}


class NoBook(LookupError):  # noqa: N818 - reads as what it says
    """No policy book is in use; call backend.access.use(book) at start."""


_current: PolicyBook | None = None


def use(book: PolicyBook) -> None:
    """Put a book in use in this process. Raises ValueError for a book with errors."""
    global _current  # noqa: PLW0603 - one book per process
    if book.closed:
        raise ValueError("The policies have errors; run `tsunagu check` and correct them first.")
    _current = book


def current() -> PolicyBook:
    """The book in use. Raises `NoBook`."""
    if _current is None:
        raise NoBook(NoBook.__doc__)
    return _current


@contextmanager
def using(book: PolicyBook | None) -> Iterator[None]:
    """The book (or none at all) in use for a while: for tests and for trying a policy out."""
    global _current  # noqa: PLW0603 - put back afterwards
    before, _current = _current, book
    try:
        yield
    finally:
        _current = before
