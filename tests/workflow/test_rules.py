"""What a situation means for an action: guards, facts, effects."""

from datetime import datetime

from backend.workflow.guards import JST
from backend.workflow.model import Action, Effect, SchemaGuard, Text
from backend.workflow.rules import Unmet, effects, learned, unmet
from backend.workflow.situation import Situation

WORDS = Text("見本", "specimen")
URGENT = SchemaGuard(
    {"properties": {"case": {"properties": {"facts": {"required": ["urgency"]}}}}},
    Text("緊急度がまだです。", "Urgency is not set."),
)


def act(**values):
    return Action("act", WORDS, "handle", ("a",), "b", **values)


def situation(facts=None, answers=None, **case):
    return Situation(
        {"facts": facts or {}, **case}, answers, {"role": "caseworker"}, datetime(2026, 11, 24, tzinfo=JST)
    )


def test_every_guard_that_does_not_hold_is_told_with_its_sentence():
    found = unmet(act(guards=("assignee_is_set", URGENT)), situation(answers={}))

    assert [item.guard for item in found] == ["assignee_is_set", "schema"]
    assert found[1] == Unmet("schema", URGENT.says)


def test_a_guard_may_be_a_schema_over_the_data_of_the_case():
    assert unmet(act(guards=(URGENT,)), situation({"urgency": "A"})) == ()


def test_a_schema_sees_the_member_too():
    only_supervisors = SchemaGuard(
        {"properties": {"member": {"properties": {"role": {"const": "supervisor"}}}}}, WORDS
    )

    assert unmet(act(guards=(only_supervisors,)), situation())


def test_facts_are_learned_in_order_and_the_last_word_counts():
    answers = {"urgency": "B", "imminent": False, "subject_known": True, "abuse_suspected": "none"}

    assert learned(act(do=("set_triage", "clear_outcome")), situation(answers=answers))["imminent"] is False
    assert learned(act(), situation(answers=answers)) == {}


def test_a_later_function_sees_what_an_earlier_one_learned():
    answers = {"to_org": "csw", "basis": "consent"}
    found = learned(act(do=("set_receiver", "set_rejection")), situation(answers=answers))

    assert found["rejected_by"] == ["csw"]


def test_an_effect_follows_only_when_its_condition_holds():
    always = Effect("notice", to="assignee")
    sometimes = Effect("notice", to="supervisor", when="danger_or_abuse")
    action = act(then=(always, sometimes))

    assert effects(action, situation()) == (always,)
    assert effects(action, situation({"imminent": True})) == (always, sometimes)
