"""Fail closed: whatever is missing, wrong or broken, the answer is a refusal."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import access
from backend.access import CaseFacts, MemberFacts, decide, facts, loading
from backend.access import areas as areas_module
from backend.access import book as book_module
from backend.access.book import PolicyBook
from backend.access.decisions import Cast
from backend.access.reading import Policy
from tests.access.strategies import TODAY, cases, members

EVERY_FIELD = [("who", f.name) for f in fields(MemberFacts)] + [
    ("to", name) for name in (f.name for f in fields(CaseFacts)) if name != "id"
]


def dropped(entity: Any, side: str, name: str) -> Any:
    """`facts.entity` with one attribute left out on one side."""

    def build(given: Any) -> dict[str, Any]:
        found = entity(given)
        if (side == "who") == isinstance(given, MemberFacts):
            del found["attrs"][name]
        return found

    return build


@pytest.mark.parametrize(("side", "name"), EVERY_FIELD)
def test_a_missing_attribute_is_a_refusal_wherever_a_policy_reads_it(
    side: str, name: str, book: PolicyBook, players: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any policy reading it, it decides nothing."""
    who, case = players.members["supervisor"], players.things["case_in_support"]
    actions = sorted({name for name in book.vocabulary.actions if book.class_of(name) != "report"})
    before = {action: decide(who, action, case, today=TODAY) for action in actions}

    monkeypatch.setattr(book_module, "entity", dropped(facts.entity, side, name))
    other = replace(who, id=f"without-{side}-{name}")  # what was parsed of a member is kept
    after = {action: decide(other, action, case, today=TODAY) for action in actions}

    for action in actions:
        cut = book.slice(TODAY, action, "Case")
        assert cut is not None
        if side == "who" or name in cut.of_role(who.role).reads:
            assert after[action].errors
        assert not (after[action].allowed and not before[action].allowed)
        assert not (after[action].allowed and after[action].errors)


def test_every_attribute_the_hard_stops_read_is_read_by_every_action(book: PolicyBook) -> None:
    for action in book.vocabulary.actions:
        cut = book.slice(TODAY, action, "Case")
        assert cut is not None
        assert {"controller", "area", "protected", "state", "consent"} <= set(cut.reads)


@pytest.mark.parametrize("value", [None, 7, 1.5, True, "", [], {}, "\ud800", b"x"])
@pytest.mark.parametrize(("side", "name"), EVERY_FIELD)
def test_an_attribute_of_another_type_never_opens_what_was_closed(
    side: str, name: str, value: Any, players: Cast
) -> None:
    who, case = players.members["outsider"], players.things["watched_case_in_the_commissioners_area"]
    changed = {name: value}

    decision = decide(
        replace(who, **changed) if side == "who" else who,
        "view",
        replace(case, **changed) if side == "to" else case,
        today=TODAY,
    )

    assert not decision


def test_an_unknown_action_is_a_refusal(players: Cast) -> None:
    decision = decide(
        players.members["supervisor"], "destroy", players.things["case_in_support"], today=TODAY
    )

    assert not decision
    assert "no action 'destroy' is declared" in decision.errors[0]


def test_an_action_on_a_thing_it_does_not_apply_to_is_a_refusal(players: Cast) -> None:
    decision = decide(players.members["supervisor"], "triage", players.things["resident"], today=TODAY)

    assert not decision
    assert decision.errors


@pytest.mark.parametrize("name", ["id", "account", "role", "organisation", "controller"])
def test_a_member_without_identity_is_a_refusal(name: str, players: Cast) -> None:
    """An empty id would equal the empty assignee of a case nobody is assigned to."""
    nobody = replace(players.members["csw"], **{name: ""})
    unassigned = replace(players.things["detected_case"], receiver="", controller="csw")

    decision = decide(nobody, "view", unassigned, today=TODAY)

    assert not decision
    assert decision.errors == (f"ValueError: the member's {name} is empty or not a code",)


def test_a_role_nobody_heard_of_may_only_report(book: PolicyBook, players: Cast) -> None:
    stranger = replace(players.members["caseworker"], role="wizard", id="stranger")
    case = players.things["case_in_support"]

    may = {a for a in book.vocabulary.actions if decide(stranger, a, case, today=TODAY)}

    assert {book.class_of(action) for action in may} == {"report"}


def test_context_the_schema_does_not_know_is_a_refusal(players: Cast) -> None:
    who, case = players.members["caseworker"], players.things["case_in_support"]

    decision = decide(who, "view", case, today=TODAY, context={"because": "I am curious"})

    assert not decision
    assert decision.errors


@pytest.mark.parametrize("today", [None, "20261124", 2026.5, True])
def test_a_day_that_is_no_day_is_a_refusal(today: Any, players: Cast) -> None:
    decision = decide(players.members["caseworker"], "view", players.things["case_in_support"], today=today)

    assert not decision
    assert decision.errors


def test_without_a_book_everything_is_refused(players: Cast) -> None:
    who, case = players.members["supervisor"], players.things["case_in_support"]

    with access.using(None):
        decision = decide(who, "view", case, today=TODAY)
        seen = access.categories(who, case, TODAY)
        listed = str(access.visible_q(who, "case", TODAY))

    assert not decision
    assert decision.errors
    assert seen == frozenset()
    assert listed == "(AND: ('pk__in', []))"


def test_a_book_with_errors_refuses_everything_and_cannot_be_used(players: Cast) -> None:
    closed, findings = loading.load([], {})
    who, case = players.members["supervisor"], players.things["case_in_support"]

    decision = decide(who, "view", case, today=TODAY, book=closed)

    assert findings
    assert decision.errors == ("the policies have errors",)
    with pytest.raises(ValueError, match="run `tsunagu check`"):
        access.use(closed)


def test_without_areas_everything_is_refused(players: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas_module, "_kept", None)

    decision = decide(players.members["caseworker"], "view", players.things["case_in_support"], today=TODAY)

    assert not decision
    assert "The areas are not loaded" in decision.errors[0]


def failing(effect: str, action: str) -> Policy:
    """A policy that errors when it is asked, as an unchecked one may."""
    body = {
        "effect": effect,
        "principal": {"op": "All"},
        "action": {"op": "in", "entities": [{"type": "Action", "id": action}]},
        "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": {".": {"left": {"Var": "principal"}, "attr": "not_there"}}}],
        "annotations": {"id": "failing"},
    }
    words = dict.fromkeys(("id", "cite", "reason_ja", "reason_en", "help_ja", "help_en"), "failing")
    return Policy("failing", "x.cedar", 1, "x", json.dumps(body), effect, frozenset({action}), words, body)


@pytest.mark.parametrize("effect", ["forbid", "permit"])
def test_a_policy_that_fails_turns_a_permission_into_a_refusal(
    effect: str, book: PolicyBook, players: Cast
) -> None:
    """Cedar itself would answer Allow: it skips a policy that fails, even a forbid."""
    broken = replace(book, policies=(*book.policies, failing(effect, "view")), _slices={})
    who, case = players.members["caseworker"], players.things["case_in_support"]

    decision = decide(who, "view", case, today=TODAY, book=broken)

    assert decide(who, "view", case, today=TODAY)
    assert not decision
    assert "does not have the attribute `not_there`" in decision.errors[0]


def test_a_policy_that_fails_closes_categories_and_lists_too(book: PolicyBook, players: Cast) -> None:
    who, case = players.members["caseworker"], players.things["case_in_support"]
    see = replace(book, policies=(*book.policies, failing("forbid", "see")), _slices={})
    lists = replace(book, policies=(*book.policies, failing("forbid", "list")), _slices={})

    assert access.categories(who, case, TODAY, book=see) == frozenset()
    with pytest.raises(ValueError, match="not_there"):
        access.visible_q(who, "case", TODAY, book=lists)


@given(members, cases, st.text(max_size=12))
def test_nothing_that_is_asked_raises(member: MemberFacts, case: CaseFacts, action: str) -> None:
    decision = decide(member, action, case, today=TODAY)

    assert not decision
    assert decision.errors


def test_a_decision_is_true_exactly_when_it_allows(players: Cast) -> None:
    who, case = players.members["caseworker"], players.things["case_in_support"]

    assert decide(who, "view", case, today=TODAY)
    assert not decide(who, "approve", case, today=TODAY)
