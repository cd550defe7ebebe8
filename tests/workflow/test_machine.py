"""A workflow version as a django-fsm machine on the case model."""

from datetime import datetime

import pytest
from django.apps import apps
from django_fsm.signals import post_transition, pre_transition

from backend.cases.models import Case
from backend.workflow.guards import JST
from backend.workflow.machine import NotPossible, compile_workflow
from backend.workflow.situation import Situation
from tests.workflow.specimens import SMALL, action, state, workflow

MACHINE = compile_workflow(SMALL, Case)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JST)


def case(where="specimen.received"):
    return Case(state=where)


def situation(answers=None, **columns):
    return Situation({"facts": {}, **columns}, answers, {}, NOW)


def test_an_action_leads_from_its_state_to_the_next():
    some = case()

    assert MACHINE.apply(some, "handle") == "specimen.handled" == some.state
    assert MACHINE.available(some) == ("wait", "undo", "save")
    assert type(some) is Case


def test_an_action_without_target_stays():
    some = case("specimen.handled")

    assert MACHINE.apply(some, "wait") == "specimen.handled"


@pytest.mark.parametrize("name", ["undo", "save", "report", "assign", "delete"])
def test_an_action_the_state_does_not_allow_changes_nothing(name):
    some = case()

    with pytest.raises(NotPossible, match="no such way out of this state"):
        MACHINE.apply(some, name)
    assert some.state == "specimen.received"
    assert not MACHINE.can(some, name)


def test_guards_are_conditions_of_the_machine():
    some = case("specimen.handled")
    ready = situation({"imminent": True}, assignee="m")

    with pytest.raises(NotPossible) as caught:
        MACHINE.apply(some, "save", situation({"imminent": False}))
    assert [found.guard for found in caught.value.unmet] == ["assignee_is_set", "answer_is_imminent"]
    assert MACHINE.can(some, "save", ready)
    assert MACHINE.apply(some, "save", ready) == "specimen.closed"


def test_a_guard_on_answers_is_open_until_somebody_answers():
    some = case("specimen.handled")

    assert "save" in MACHINE.available(some, situation(None, assignee="m"))
    assert "save" not in MACHINE.available(some, situation(None))


def test_django_fsm_tells_of_every_transition():
    heard = []

    def listen(**told):
        heard.append((told["source"], told["target"], told["instance"]))

    some = case()
    pre_transition.connect(listen)
    post_transition.connect(listen)
    try:
        MACHINE.apply(some, "handle")
    finally:
        pre_transition.disconnect(listen)
        post_transition.disconnect(listen)
    assert heard == [("specimen.received", "specimen.handled", some)] * 2


def test_the_graph_is_what_django_fsm_lists():
    field = MACHINE.model._meta.get_field("state")
    listed = {
        (transition.source, transition.name, transition.target)
        for transition in field.get_all_transitions(MACHINE.model)
    }

    assert listed == {
        ("specimen.received", "act_handle", "specimen.handled"),
        ("specimen.handled", "act_wait", None),
        ("specimen.handled", "act_undo", "specimen.received"),
        ("specimen.handled", "act_save", "specimen.closed"),
    }


def test_generated_methods_have_a_name_one_can_look_for():
    method = MACHINE.model.act_handle

    assert method.__qualname__ == f"{MACHINE.model.__name__}.act_handle"
    assert method.__doc__ == "specimen: received → handled."


def test_the_state_of_a_case_is_protected_all_the_same():
    with pytest.raises(AttributeError, match="Direct state modification is not allowed"):
        case().state = "specimen.closed"


def test_two_versions_with_the_same_actions_live_side_by_side():
    newer = workflow(
        {"received": state("new"), "checked": state(), "closed": state("done")},
        {"handle": action(["received"], "checked"), "save": action(["checked"], "closed")},
    )
    old, new = case(), case()

    assert MACHINE.apply(old, "handle") == "specimen.handled"
    assert compile_workflow(newer, Case).apply(new, "handle") == "specimen.checked"


def test_a_version_is_compiled_once():
    again = type(SMALL).from_content(SMALL.to_content())

    assert compile_workflow(again, Case) is MACHINE


def test_the_proxies_stay_out_of_migrations_and_permissions():
    assert MACHINE.model not in apps.get_models()
    assert MACHINE.model._meta.concrete_model is Case
    with pytest.raises(LookupError):
        apps.get_model("cases", MACHINE.model.__name__)


def test_a_case_of_another_workflow_is_refused():
    with pytest.raises(ValueError, match="is not a state of the workflow specimen"):
        MACHINE.available(case("grant.received"))


def test_an_action_that_leads_back_is_known():
    assert MACHINE.reverse("handle", "received") == "undo"
    assert MACHINE.reverse("save", "handled") is None
    assert MACHINE.reverse("wait", "handled") is None


def test_a_case_begins_in_the_start_state():
    assert MACHINE.start() == "specimen.received"
