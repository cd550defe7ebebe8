"""The book: policies come and go by date, and slicing it changes no answer."""

import json
from dataclasses import fields, replace
from pathlib import Path

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.access import IF_REPORT_FAILS, CaseFacts, MemberFacts, Resource, decide, looked_at, using
from backend.access.areas import Areas
from backend.access.book import PolicyBook, policy_set
from backend.access.decisions import Cast
from backend.access.facts import area_of, entity
from backend.access.reading import read_policies
from tests.access.conftest import ACTIONS
from tests.access.strategies import TODAY, cases, members, things


def dated(book: PolicyBook, policy_id: str, **dates: int) -> PolicyBook:
    policies = tuple(replace(p, **dates) if p.id == policy_id else p for p in book.policies)
    return replace(book, policies=policies, _slices={})


@pytest.mark.parametrize(
    ("today", "allowed"), [(20270331, False), (20270401, True), (20280331, True), (20280401, False)]
)
def test_a_policy_is_in_force_from_its_first_day_until_its_last(
    today: int, allowed: bool, book: PolicyBook, players: Cast
) -> None:
    law = dated(book, "staff-view", since=20270401, until=20280331)
    who = replace(players.members["caseworker"], valid_until=99991231)

    assert decide(who, "view", players.things["case_in_support"], today=today, book=law).allowed == allowed


def test_a_hard_stop_that_has_ended_stops_nothing(book: PolicyBook, players: Cast) -> None:
    law = dated(book, "stop-no-pledge", until=TODAY - 1)
    who = replace(players.members["volunteer"], pledge=False)

    assert decide(who, "view", players.things["case_watched_by_the_volunteer"], today=TODAY, book=law)


def whole(
    book: PolicyBook, member: MemberFacts, action: str, thing: Resource, areas: Areas
) -> tuple[str, set[str]]:
    """The answer of the whole book at once, without slices."""
    schema = cedarpy.Schema.from_str(book.vocabulary.text())
    places = {code: areas.entity(code) for code in (member.area or "", area_of(thing))}
    request = {
        "principal": {"type": "Member", "id": member.id},
        "action": {"type": "Action", "id": action},
        "resource": {"type": thing.entity, "id": thing.id},
        "context": {"today": TODAY},
    }
    entities = cedarpy.Entities.from_json_str(
        json.dumps([entity(member), entity(thing), *places.values()]), schema
    )
    answer = cedarpy.is_authorized(request, policy_set(book.policies), entities, schema)
    return answer.decision.value, set(answer.diagnostics.reasons)


@settings(max_examples=150)
@given(
    members,
    things,
    st.sampled_from(sorted({*ACTIONS, "view", "list", "audit", "issue"} - {"referral.report"})),
)
def test_a_slice_answers_as_the_whole_book(
    book: PolicyBook, areas: Areas, member: MemberFacts, thing: Resource, action: str
) -> None:
    verdict, reasons = whole(book, member, action, thing, areas)

    decision = decide(member, action, thing, today=TODAY)

    assert decision.allowed == (verdict == "Allow")
    if verdict != "NoDecision":
        assert set(decision.rules) == reasons


@settings(max_examples=150)
@given(
    members,
    cases,
    cases,
    st.sampled_from(sorted({*ACTIONS, "view", "list", "audit", "issue"} - {"referral.report"})),
)
def test_what_policies_do_not_look_at_changes_no_decision(
    member: MemberFacts, thing: CaseFacts, other: CaseFacts, action: str
) -> None:
    seen = {*looked_at(action, "Case", TODAY), "area"}
    unseen = {one.name: getattr(other, one.name) for one in fields(other) if one.name not in seen}

    changed = decide(member, action, replace(thing, **unseen), today=TODAY)

    assert changed.rules == decide(member, action, thing, today=TODAY).rules


@pytest.mark.parametrize(
    ("condition", "roles"),
    [
        ('principal.role == "auditor" && resource.open', {"auditor"}),
        ('resource.open && ["system", "auditor"].contains(principal.role)', {"system", "auditor"}),
        ('"auditor" == principal.role && ["system"].contains(principal.role)', set()),
        ('principal.role == "auditor" || resource.open', None),
        ('principal.role != "auditor"', None),
        ("principal.role == resource.owner_role", None),
        ("[resource.owner_role].contains(principal.role)", None),
        ('["auditor"].contains(resource.owner_role)', None),
        ('!(principal.role == "auditor")', None),
    ],
)
def test_a_policy_knows_the_roles_it_can_hold_for(
    tmp_path: Path, condition: str, roles: set[str] | None
) -> None:
    file = tmp_path / "try.cedar"
    file.write_text(f'@id("try") permit (principal, action, resource) when {{ {condition} }};')

    (policy,), _ = read_policies(file, "try.cedar")

    assert policy.roles == roles


def test_a_role_in_an_exception_says_nothing_about_the_rule(tmp_path: Path) -> None:
    file = tmp_path / "try.cedar"
    file.write_text('@id("try") forbid (principal, action, resource) unless { principal.role == "auditor" };')

    (policy,), _ = read_policies(file, "try.cedar")

    assert policy.roles is None


def test_an_action_of_a_workflow_is_decided_as_its_class(players: Cast) -> None:
    case = players.things["case_in_support"]
    for who in players.members.values():
        for action, of in ACTIONS.items():
            by_name, by_class = (decide(who, name, case, today=TODAY) for name in (action, of))
            assert (by_name.allowed, by_name.rules) == (by_class.allowed, by_class.rules)


def test_the_hash_changes_with_a_policy(book: PolicyBook) -> None:
    other = replace(book, policies=tuple(replace(p, text=p.text + " ") for p in book.policies))

    assert len(book.hash) == 64
    assert other.hash != book.hash


def test_a_decision_names_the_book_it_was_made_by(book: PolicyBook, players: Cast) -> None:
    decision = decide(players.members["caseworker"], "view", players.things["case_in_support"], today=TODAY)

    assert decision.policies == book.hash


def test_what_was_decided_once_holds_for_the_same_facts_and_the_same_book_only(
    book: PolicyBook, players: Cast
) -> None:
    who = replace(players.members["volunteer"], pledge=True)
    case = players.things["case_watched_by_the_volunteer"]
    without_stop = dated(book, "stop-no-pledge", until=TODAY - 1)

    assert decide(who, "view", case, today=TODAY)
    assert not decide(replace(who, pledge=False), "view", case, today=TODAY)
    assert not decide(who, "view", replace(case, watchers=()), today=TODAY)  # type: ignore[type-var]
    with using(without_stop):
        assert decide(replace(who, pledge=False), "view", case, today=TODAY)
    assert not decide(replace(who, pledge=False), "view", case, today=TODAY)


def test_permitted_looks_oblige_to_record_them(players: Cast) -> None:
    decision = decide(
        players.members["receiver"], "view", players.things["case_referred_to_the_center"], today=TODAY
    )

    assert decision.obligations == ("record_view", "record_disclosure")


def test_nothing_has_words_as_an_obligation_that_nobody_is_ever_obliged_to(book: PolicyBook) -> None:
    ruled = {code for policy in book.every for code in policy.obligations}
    always = {one.code for one in book.obligations.values() if one.always}

    assert set(book.obligations) == {*ruled, *always, *IF_REPORT_FAILS}


def test_a_refusal_obliges_to_nothing(players: Cast) -> None:
    decision = decide(players.members["receiver"], "view", players.things["case_in_support"], today=TODAY)

    assert decision.obligations == ()
