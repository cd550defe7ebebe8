"""Random well-formed policies about lists: what a city could write, and what no list can ask."""

import json

from hypothesis import strategies as st

from tests.access.strategies import AREAS, CONSENTS, CONTROLLERS, MEMBER_IDS, ORGANISATIONS, ROLES, STATES

TEXTS = {
    "Case": {
        "controller": CONTROLLERS,
        "state": STATES,
        "kind": ("new", "ours", "theirs"),
        "assignee": ("", *MEMBER_IDS),
        "receiver": ("", *ORGANISATIONS),
        "reporter": ("", *MEMBER_IDS),
        "urgency": ("", "A", "B"),
        "abuse": ("none", "child"),
        "consent": CONSENTS,
        "legal_basis": ("", "eapa_7"),
        "basis_recipient": ("", *ORGANISATIONS),
    },
    "Person": {"controller": CONTROLLERS},
    "Letter": {
        "controller": CONTROLLERS,
        "definition": ("referral_sheet", "consent_request"),
        "status": ("drafted", "issued"),
        "case_state": STATES,
        "assignee": ("", *MEMBER_IDS),
        "receiver": ("", *ORGANISATIONS),
        "consent": CONSENTS,
        "legal_basis": ("", "eapa_7"),
        "basis_recipient": ("", *ORGANISATIONS),
    },
}
FLAGS = {"Case": ("protected", "open"), "Person": ("protected",), "Letter": ("protected", "open")}
SETS = {"Case": ("watchers", "consent_categories", "requesters", "glass"), "Person": (), "Letter": ()}
DATED = {"Case", "Letter"}
OWN = ("id", "organisation", "controller", "role", "account")


def words(given: list[str]) -> str:
    """A set of strings; never an empty one, which has no type."""
    return json.dumps(given or [""])


def areas(codes: list[str]) -> str:
    named = ", ".join(area(code) for code in codes)
    return f"[{named}]"


def area(code: str) -> str:
    return f'Area::"{code}"'


def tests_of(entity: str) -> st.SearchStrategy[str]:
    """One comparison of an attribute of the thing, or of the member, in every way Cedar has."""
    texts, own = st.sampled_from(sorted(TEXTS[entity])), st.sampled_from(OWN)
    codes = st.sampled_from(AREAS)
    value = texts.flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(TEXTS[entity][name])))
    several = texts.flatmap(
        lambda name: st.tuples(st.just(name), st.lists(st.sampled_from(TEXTS[entity][name]), max_size=3))
    )
    patterns = st.sampled_from(("*error", "ref*", "c*y", "*i*"))
    found = [
        value.map(lambda it: f'resource.{it[0]} == "{it[1]}"'),
        value.map(lambda it: f'"{it[1]}" != resource.{it[0]}'),
        several.map(lambda it: f"{words(it[1])}.contains(resource.{it[0]})"),
        st.builds(lambda name, mine: f"resource.{name} == principal.{mine}", texts, own),
        st.builds(lambda mine, name: f"principal.{mine} != resource.{name}", own, texts),
        st.builds(lambda name, like: f'resource.{name} like "{like}"', texts, patterns),
        st.builds(lambda one, other: f"resource.{one} == resource.{other}", texts, texts),
        st.sampled_from(FLAGS[entity]).map(lambda name: f"resource.{name}"),
        st.just("resource.area in principal.area"),
        st.just("principal.area in resource.area"),
        st.just("resource.area == principal.area"),
        codes.map(lambda code: f"resource.area in {area(code)}"),
        st.lists(codes, min_size=1, max_size=2).map(lambda some: f"resource.area in {areas(some)}"),
        st.sampled_from(ROLES).map(lambda role: f'principal.role == "{role}"'),
        st.sampled_from(("principal.active", "principal.pledge", "principal.valid_until >= context.today")),
        st.sampled_from(("Case", "Person", "Letter")).map(lambda kind: f"resource is {kind}"),
    ]
    if SETS[entity]:
        sets = st.sampled_from(SETS[entity])
        found += [
            st.builds(lambda name, mine: f"resource.{name}.contains(principal.{mine})", sets, own),
            sets.map(lambda name: f'resource.{name}.containsAny(["health", "x"])'),
            sets.map(lambda name: f"resource.{name}.isEmpty()"),
        ]
    if entity in DATED:
        limits = st.sampled_from(("context.today", "20261125", "context.today + 1", "principal.valid_until"))
        signs = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
        found += [
            st.builds(lambda sign, limit: f"resource.consent_until {sign} {limit}", signs, limits),
            st.builds(lambda sign, limit: f"{limit} {sign} resource.consent_until", signs, limits),
        ]
    return st.one_of(found)


def conditions(entity: str) -> st.SearchStrategy[str]:
    return st.recursive(
        tests_of(entity),
        lambda inner: st.one_of(
            inner.map(lambda one: f"!({one})"),
            st.builds(lambda a, b: f"({a} && {b})", inner, inner),
            st.builds(lambda a, b: f"({a} || {b})", inner, inner),
            st.builds(lambda a, b, c: f"(if {a} then {b} else {c})", inner, inner, inner),
        ),
        max_leaves=6,
    )


def policies(entity: str) -> st.SearchStrategy[str]:
    """One permit or forbid that speaks of lists of these things."""
    when = conditions(entity)
    return st.builds(
        lambda effect, action, scope, body, unless: (
            f"{effect} (principal, action{action}, resource{scope}) when {{ {body} }}"
            f"{f' unless {{ {unless} }}' if unless else ''};"
        ),
        st.sampled_from(("permit", "permit", "forbid")),
        st.sampled_from(("", ' in [Action::"list"]', ' in [Action::"view", Action::"list"]')),
        st.just(f" is {entity}"),
        when,
        st.one_of(st.just(""), when),
    )
