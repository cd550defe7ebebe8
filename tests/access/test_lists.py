"""A list shows exactly what a decision row by row would show: nothing more, nothing less."""

import json
import re
from dataclasses import replace
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.access import (
    CaseFacts,
    ChannelFacts,
    LetterFacts,
    MemberFacts,
    PackageFacts,
    PersonFacts,
    RegisterFacts,
    decide,
    filtering,
)
from backend.access.areas import Areas
from backend.access.columns import COLUMNS, reader, require_columns, to_q
from backend.access.decisions import Cast
from backend.access.facts import KINDS, attributes
from backend.access.residual import AllOf, Always, AnyOf, Compare, Condition, Inexpressible, Not, holds
from backend.access.simplifying import implies, simplify
from tests.access.strategies import TODAY, cases, channels, letters, members, packages, persons, registers

KIND = {kind: name for name, kind in KINDS.items()}


def listed(member: MemberFacts, thing: Any, areas: Areas) -> bool:
    condition = filtering.visible(member, KIND[type(thing)], TODAY, areas=areas)
    return holds(condition, attributes(thing), lambda code, holder: code in areas.descendants(holder))


@settings(max_examples=300)
@given(members, cases)
def test_a_case_is_listed_exactly_when_it_may_be(areas: Areas, member: MemberFacts, case: CaseFacts) -> None:
    decision = decide(member, "list", case, today=TODAY)

    assert decision.errors == ()
    assert listed(member, case, areas) == decision.allowed


@pytest.mark.parametrize("action", ["mend", "call"])
@settings(max_examples=100)
@given(members, cases)
def test_other_lists_of_cases_are_their_decisions_too(
    areas: Areas, action: str, member: MemberFacts, case: CaseFacts
) -> None:
    condition = filtering.visible(member, "case", TODAY, areas=areas, action=action)

    found = holds(condition, attributes(case), lambda code, holder: code in areas.descendants(holder))
    assert found == decide(member, action, case, today=TODAY).allowed


@settings(max_examples=100)
@given(members, channels)
def test_a_channel_is_listed_exactly_by_those_who_keep_it(
    areas: Areas, member: MemberFacts, channel: ChannelFacts
) -> None:
    condition = filtering.visible(member, "channel", TODAY, areas=areas, action="keep_channel")

    found = holds(condition, attributes(channel), lambda code, holder: code in areas.descendants(holder))
    assert found == decide(member, "keep_channel", channel, today=TODAY).allowed


@settings(max_examples=100)
@given(members, persons)
def test_a_person_is_listed_exactly_when_it_may_be(
    areas: Areas, member: MemberFacts, person: PersonFacts
) -> None:
    assert listed(member, person, areas) == decide(member, "list", person, today=TODAY).allowed


@settings(max_examples=200)
@given(members, letters)
def test_a_letter_is_listed_exactly_when_it_may_be(
    areas: Areas, member: MemberFacts, letter: LetterFacts
) -> None:
    assert listed(member, letter, areas) == decide(member, "list", letter, today=TODAY).allowed


@settings(max_examples=200)
@given(members, packages)
def test_a_package_is_listed_exactly_when_it_may_be_opened(
    areas: Areas, member: MemberFacts, package: PackageFacts
) -> None:
    may_list = decide(member, "list", package, today=TODAY).allowed

    assert listed(member, package, areas) == may_list
    assert may_list == decide(member, "view", package, today=TODAY).allowed


@settings(max_examples=50)
@given(members, registers)
def test_a_register_is_listed_exactly_when_it_may_be(
    areas: Areas, member: MemberFacts, register: RegisterFacts
) -> None:
    assert listed(member, register, areas) == decide(member, "list", register, today=TODAY).allowed


@settings(max_examples=200)
@given(members, cases)
def test_what_may_be_viewed_is_listed_unless_it_was_opened_otherwise(
    member: MemberFacts, case: CaseFacts
) -> None:
    listed = decide(member, "list", case, today=TODAY).allowed
    viewed = decide(member, "view", replace(case, glass=()), today=TODAY).allowed

    assert viewed or not listed
    assert listed == viewed or case.workflow in ("council", "follow_up")  # these have lists of their own


def test_the_outsider_lists_none_of_the_cast_s_cases(areas: Areas, players: Cast) -> None:
    things = [thing for thing in players.things.values() if isinstance(thing, CaseFacts | LetterFacts)]

    assert [t.id for t in things if listed(players.members["outsider"], t, areas)] == []


conditions = st.recursive(
    st.one_of(
        st.booleans().map(Always),
        st.builds(
            Compare,
            st.sampled_from("abc"),
            st.sampled_from(["eq"]),
            st.sampled_from(["x", "xy", ""]),
        ),
        st.builds(
            Compare, st.sampled_from("abc"), st.just("one_of"), st.sampled_from([("x",), ("x", ""), ()])
        ),
        st.builds(
            Compare, st.sampled_from("abc"), st.just("like"), st.sampled_from([(None, "y"), ("x", None)])
        ),
    ),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=12,
)
values = st.sampled_from(["", "x", "xy", "y"])


@settings(max_examples=400)
@given(conditions, st.fixed_dictionaries({"a": values, "b": values, "c": values, "n": st.integers(0, 4)}))
def test_a_simplified_condition_means_the_same(condition: Condition, thing: dict[str, str]) -> None:
    def nowhere(code: str, holder: str) -> bool:
        return False

    assert holds(simplify(condition), thing, nowhere) == holds(condition, thing, nowhere)


def asked(member: MemberFacts, areas: Areas) -> str:
    """What the database is asked about a referral (other workflows have stops of their own)."""
    condition = filtering.visible(member, "case", TODAY, areas=areas)
    return str(to_q(simplify(condition, {Compare("workflow", "eq", "referral"): True}), "Case", areas))


def test_a_caseworker_s_list_is_short_enough_for_an_index(players: Cast, areas: Areas) -> None:
    text = asked(players.members["caseworker"], areas)

    assert not set(re.findall("facts|watchers|receiver", text))
    assert text.count("controller") == 1


def test_what_another_condition_says_already_is_not_asked(players: Cast, areas: Areas) -> None:
    """A watcher may pass the controller's hard stop, so that a list of watched cases need not ask for it."""
    text = asked(players.members["commissioner"], areas)

    assert not set(re.findall("controller|receiver", text))


A, B = Compare("a", "eq", "x"), Compare("b", "eq", "x")


def test_what_every_alternative_asks_is_asked_once() -> None:
    c = Compare("c", "eq", "x")

    assert simplify(AnyOf((AllOf((A, B)), AllOf((A, c))))) == AllOf((A, AnyOf((B, c))))


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (A, AnyOf((A, B)), True),
        (AnyOf((A, B)), A, False),
        (AllOf((A, B)), A, True),
        (A, AllOf((A, B)), False),
        (AnyOf((AllOf((A, B)), B)), AnyOf((B, A)), True),
        (A, Compare("a", "one_of", ("x", "y")), True),
        (A, Compare("a", "one_of", ("y",)), False),
        (A, Not(Compare("a", "one_of", ("y", "z"))), True),
        (Compare("a", "one_of", ("x", "y")), Not(Compare("a", "eq", "y")), False),
        (Not(A), Not(Compare("a", "one_of", ("x", "y"))), False),
        (Compare("a", "least", 5), Compare("a", "least", 4), False),
    ],
)
def test_one_condition_implies_another(one: Condition, other: Condition, told: bool) -> None:
    assert implies(one, other) == told


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('resource.watchers == ["m1"]', "`resource.watchers` cannot be asked by `eq`"),
        ('resource.state like "a*b"', "`like` with `*` between two words"),
        ("resource.controller == resource.receiver", "two attributes of the resource"),
        ('resource == Case::"c1"', "only an attribute of the resource itself"),
        ("resource.watchers.containsAny([principal.id])", "`containsAny` has no equal"),
        ("resource.watchers.isEmpty()", "`isEmpty` has no equal"),
        ("resource.glass.contains(principal.id)", "`resource.glass` of a Case has no column"),
        ('resource.area in [Area::"D01"] && resource has state', "`has` has no equal"),
    ],
)
def test_what_the_database_cannot_ask_is_refused(expression: str, message: str) -> None:
    body = condition_of(expression)

    with pytest.raises(Inexpressible, match=message.replace("*", r"\*").replace("(", r"\(")):
        require_columns(reader("Case", checking="list").read(body), "Case")


@pytest.mark.parametrize(
    ("expression", "true_for"),
    [
        ("resource.consent_until < 5", {3, 4}),
        ("resource.consent_until <= 5", {3, 4, 5}),
        ("resource.consent_until > 5", {6}),
        ("resource.consent_until >= 5", {5, 6}),
        ("5 < resource.consent_until", {6}),
        ("5 <= resource.consent_until", {5, 6}),
        ("5 > resource.consent_until", {3, 4}),
        ("5 >= resource.consent_until", {3, 4, 5}),
        ("resource.consent_until >= 4 && !(resource.consent_until > 5)", {4, 5}),
        ("if resource.consent_until > 5 then false else resource.consent_until != 3 || false", None),
    ],
)
def test_numbers_are_compared_either_way_round(expression: str, true_for: set[int] | None) -> None:
    body = condition_of(expression)

    if true_for is None:
        with pytest.raises(Inexpressible, match="cannot be asked by `eq`"):
            require_columns(reader("Case", checking="list").read(body), "Case")
        return
    condition = reader("Case").read(body)
    assert {n for n in (3, 4, 5, 6) if holds(condition, {"consent_until": n}, lambda a, b: False)} == true_for


def condition_of(expression: str) -> Any:
    """The condition in Cedar's JSON form."""
    text = f"permit (principal, action, resource) when {{ {expression} }};"
    return json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]["policy0"]["conditions"][0][
        "body"
    ]


# A list never asks about categories, emergency windows or signatures: those are decided case by case.
WITHOUT_COLUMN = {"consent_categories", "basis_categories", "glass", "signed"}


def test_every_attribute_a_list_may_ask_for_has_a_column(players: Cast) -> None:
    for kind in KINDS.values():
        thing = next(thing for thing in players.things.values() if isinstance(thing, kind))
        assert set(attributes(thing)) - WITHOUT_COLUMN == set(COLUMNS[kind.entity])


def test_a_filter_never_widens_what_it_cannot_ask(areas: Areas) -> None:
    with pytest.raises(Inexpressible):
        to_q(Compare("watchers", "eq", "m1"), "Case", areas)
