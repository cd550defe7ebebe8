"""Rulings: duty before everything, the best outcome of the others, and closed whenever something is wrong."""

from dataclasses import MISSING, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import access
from backend.access import IF_REPORT_FAILS, MemberFacts, Outcome, ProvisionFacts, matrix, rule, rule_all
from backend.access import book as book_module
from backend.access.book import PolicyBook
from backend.access.decisions import Cast
from backend.access.facts import entity
from tests.access.strategies import TODAY, provisions, sound_members
from tests.access.strategies import members as any_members
from tests.access.test_closed import failing

NAMES = [f.name for f in fields(ProvisionFacts) if f.name not in {"id", "cls"}]
EVERY_PROVISION = [
    "agreed_to_the_center", "in_the_support_conference", "watch_list_to_the_commissioner", "own_data_request",
    "newspapers_piling_up_to_119", "once_to_another_section", "yearly_statistics",
]  # fmt: skip


def named(players: Cast, name: str, **changes: Any) -> ProvisionFacts:
    found = players.things[name]
    assert isinstance(found, ProvisionFacts)
    return replace(found, **changes)


def test_every_named_provision_is_told_apart_from_an_error(players: Cast) -> None:
    who = players.members["caseworker"]
    some = [thing for thing in players.things.values() if isinstance(thing, ProvisionFacts)]

    assert [it.id for it in some if rule(who, it, today=TODAY).errors] == []


def test_a_matrix_says_of_each_category_what_a_single_ruling_says(book: PolicyBook, players: Cast) -> None:
    who = players.members["caseworker"]
    asked = [named(players, "agreed_to_the_center", category=name) for name in book.categories]

    found = matrix(who, asked, today=TODAY)

    assert list(found) == list(book.categories)
    for it in asked:
        alone = rule(who, it, today=TODAY)
        assert (found[it.category].outcome, found[it.category].rules) == (alone.outcome, alone.rules)
    assert found["identity"].outcome is Outcome.ALLOW
    assert found["health"].outcome is Outcome.APPROVAL
    assert found["my_number"].outcome is Outcome.DENY


def test_a_ruling_lets_something_leave_only_now_or_before_a_review() -> None:
    assert [outcome.value for outcome in Outcome if outcome.leaves] == ["allow", "review_later"]


@settings(max_examples=100)
@given(any_members, provisions)
def test_a_ruling_never_fails_and_always_says_why(member: MemberFacts, provision: ProvisionFacts) -> None:
    ruling = rule(member, provision, today=TODAY)

    assert ruling.errors == ()
    assert ruling.reasons
    assert (ruling.help is None) == ruling.allowed
    assert bool(ruling.approver) == (ruling.outcome in {Outcome.APPROVAL, Outcome.REFER})


@settings(max_examples=100)
@given(any_members, provisions)
def test_the_number_and_the_reporter_never_leave(member: MemberFacts, provision: ProvisionFacts) -> None:
    for category in ("my_number", "reporter_identity", "shoe_size"):
        ruling = rule(member, replace(provision, category=category), today=TODAY)

        assert ruling.outcome is Outcome.DENY


@settings(max_examples=100)
@given(any_members, provisions)
def test_abuse_is_reported_to_the_authority_whatever_else_is_wrong(
    member: MemberFacts, provision: ProvisionFacts
) -> None:
    told = replace(provision, category="abuse", abuse="child", recipient_type="child_guidance")

    assert rule(replace(member, active=True), told, today=TODAY).outcome is Outcome.ALLOW


@settings(max_examples=100)
@given(any_members, provisions)
def test_imminent_danger_reaches_119_whatever_else_is_wrong(
    member: MemberFacts, provision: ProvisionFacts
) -> None:
    told = replace(
        provision, category="contact", urgency="imminent", obtainable="absent", recipient_type="fire_ems"
    )

    assert rule(replace(member, active=True), told, today=TODAY).allowed


@settings(max_examples=60)
@given(provisions)
def test_a_protected_address_leaves_only_for_the_named_or_a_duty(provision: ProvisionFacts) -> None:
    """Not by consent, contract or statistics."""
    quiet = replace(
        provision, category="protected_address", named=False, abuse="none", urgency="routine",
        disaster_declared=False, purpose="service_linkage",
    )  # fmt: skip
    who = MemberFacts(
        "m1", "caseworker", "city-welfare", "city_section", quiet.controller, None, 0, 99991231, True,
        99991231, True, "a1",
    )  # fmt: skip

    assert rule(who, quiet, today=TODAY).outcome in {Outcome.DENY, Outcome.REFER}


@pytest.mark.parametrize("provision", EVERY_PROVISION)
def test_what_nobody_stated_opens_nothing(provision: str, players: Cast) -> None:
    """Every default is the value that opens least."""
    stated = named(players, provision)
    who = replace(players.members["caseworker"], controller=stated.controller)
    defaults = {f.name: f.default for f in fields(ProvisionFacts) if f.default is not MISSING}
    left_out = [replace(stated, **{name: default}) for name, default in defaults.items()]

    whole, *without = rule_all([(who, it) for it in (stated, *left_out)], [TODAY] * (1 + len(left_out)))

    ranks = {name: ruling.outcome.rank for name, ruling in zip(defaults, without, strict=True)}
    assert [name for name, rank in ranks.items() if rank < whole.outcome.rank] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "controller"])
def test_an_attribute_that_is_dropped_is_a_refusal(
    name: str, book: PolicyBook, players: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dropped(facts: Any) -> dict[str, Any]:
        found = entity(facts)
        found["attrs"].pop("class" if name == "cls" else name, None)
        return found

    cuts = [book.slice(TODAY, "disclose", "Provision", part) for part in ("duty", "policies", "fallback")]
    read = {attribute for cut in cuts if cut for attribute in cut.reads}
    monkeypatch.setattr(book_module, "entity", dropped)

    ruling = rule(players.members["caseworker"], named(players, "agreed_to_the_center"), today=TODAY)

    assert name in read
    assert ruling.outcome is Outcome.DENY
    assert ruling.errors


@pytest.mark.parametrize("value", [None, 7, "", [], "\ud800"])
@pytest.mark.parametrize("name", NAMES)
def test_an_attribute_of_another_type_never_opens_what_was_closed(
    name: str, value: Any, players: Cast
) -> None:
    who, closed = players.members["caseworker"], named(players, "to_the_center", deceased=True)

    ruling = rule(who, replace(closed, **{name: value}), today=TODAY)

    assert not ruling.allowed


@pytest.mark.parametrize("part", ["duty", "policies", "fallback"])
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_a_policy_that_fails_closes_what_it_is_asked_about(
    part: str, effect: str, book: PolicyBook, players: Cast
) -> None:
    broken = failing(effect, "disclose")
    changed: Any = replace(book, **{part: (*getattr(book, part), broken)}, _slices={})  # type: ignore[arg-type]
    denied = named(players, "to_the_center")

    ruling = rule(players.members["caseworker"], denied, today=TODAY, book=changed)

    assert ruling.outcome is Outcome.DENY
    assert "does not have the attribute `not_there`" in ruling.errors[0]


def test_without_a_book_nothing_leaves_and_somebody_is_told_of_an_emergency(players: Cast) -> None:
    who = players.members["volunteer"]

    with access.using(None):
        quiet = rule(who, named(players, "agreed_to_the_center"), today=TODAY)
        urgent = rule(who, named(players, "newspapers_piling_up_to_119"), today=TODAY)

    assert (quiet.outcome, quiet.obligations) == (Outcome.DENY, ())
    assert (urgent.outcome, urgent.obligations) == (Outcome.DENY, IF_REPORT_FAILS)
    assert quiet.errors
    assert urgent.help is not None


def test_a_closed_book_lets_nothing_leave(players: Cast) -> None:
    closed, _ = access.load([], {})

    ruling = rule(
        players.members["caseworker"], named(players, "agreed_to_the_center"), today=TODAY, book=closed
    )

    assert ruling.errors == ("the policies have errors",)


def test_a_member_without_identity_spoils_only_their_own_question(players: Cast) -> None:
    who, it = players.members["caseworker"], named(players, "agreed_to_the_center")

    nobody, somebody = rule_all([(replace(who, account=""), it), (who, it)], [TODAY, TODAY])

    assert nobody.errors == ("ValueError: the member's account is empty or not a code",)
    assert somebody.outcome is Outcome.ALLOW


@pytest.mark.parametrize("today", [None, "20261124", 2026.5])
def test_a_day_that_is_no_day_is_a_refusal(today: Any, players: Cast) -> None:
    ruling = rule(players.members["caseworker"], named(players, "agreed_to_the_center"), today=today)

    assert ruling.outcome is Outcome.DENY
    assert ruling.errors


def test_the_settings_of_the_city_fill_in_what_a_provision_leaves_open(
    book: PolicyBook, players: Cast
) -> None:
    who, it = (
        players.members["caseworker"],
        named(players, "evacuation_list_to_the_association", disaster_mode=""),
    )
    optout = replace(book, settings={**book.settings, "disaster_ordinance_mode": "optout"})

    assert rule(who, it, today=TODAY).outcome is Outcome.DENY
    assert rule(who, it, today=TODAY, book=optout).outcome is Outcome.ALLOW
    assert optout.hash != book.hash


def test_the_class_of_a_category_is_not_for_the_caller_to_say(players: Cast) -> None:
    it = named(players, "agreed_to_the_center", category="health", cls="C1")

    assert rule(players.members["caseworker"], it, today=TODAY).outcome is Outcome.APPROVAL


def test_a_law_that_begins_later_permits_nothing_before(players: Cast) -> None:
    who = replace(players.members["caseworker"], valid_from=0)
    it = named(players, "in_the_support_conference", session_basis="tssa_89_3")

    days = rule_all([(who, it), (who, it)], [20240331, 20240401])

    assert [ruling.outcome for ruling in days] == [Outcome.DENY, Outcome.APPROVAL]


@settings(max_examples=60)
@given(st.lists(st.tuples(sound_members, provisions), max_size=6))
def test_many_together_are_ruled_as_each_alone(pairs: list[tuple[MemberFacts, ProvisionFacts]]) -> None:
    together = rule_all(pairs, [TODAY] * len(pairs))

    alone = [rule(member, provision, today=TODAY) for member, provision in pairs]
    assert [(r.outcome, r.rules) for r in together] == [(r.outcome, r.rules) for r in alone]
