"""Records that phones sealed: taken in once, kept when the door refuses, read by nobody on the way."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.field import keys, parcels
from backend.field.models import Parcel
from backend.people.models import Member
from tests.field.conftest import facts, no_change, parcel, seal

pytestmark = pytest.mark.django_db


def send(*sent: dict[str, Any]) -> list[str]:
    """From a phone nobody is signed in on."""
    answer = Client().post("/field/outbox/", json.dumps({"parcels": sent}), content_type="application/json")
    return [one["state"] for one in answer.json()["results"]]


def visits(case: Done) -> int:
    return Step.objects.filter(case=case.case, form="visit").count()


def test_a_sealed_record_becomes_a_visit_of_the_one_who_made_it(watched: Done) -> None:
    assert send(parcel(watched.case, "volunteer")) == ["recorded"]
    assert Step.objects.get(case=watched.case, form="visit").actor_id == member_id("volunteer")


def test_a_record_sent_twice_is_one_visit(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer")

    assert send(sent, sent) == send(sent, sent) == ["recorded", "recorded"]
    assert visits(watched) == 1


def test_an_alarm_starts_the_clock_of_an_emergency(watched: Done) -> None:
    alarm = no_change(result="alarm", informed_to=["in_charge"], called=False)

    assert send(parcel(watched.case, "volunteer", alarm)) == ["recorded"]
    assert Case.objects.get(pk=watched.case).state == "referral.emergency"


def test_a_record_that_comes_after_the_term_is_kept_sealed_for_staff(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer", no_change(note="庭で転んだと聞いた"))
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2026-01-31")

    assert send(sent) == ["kept"]
    assert visits(watched) == 0
    assert "庭" not in json.dumps(Parcel.objects.get().sealed)
    (waiting,) = parcels.kept(facts("caseworker"), timezone.now())
    assert "庭で転んだと聞いた" in dict(waiting.lines).values()


def test_staff_take_a_kept_record_over_once(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer")
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2026-01-31")
    send(sent)
    caseworker = Member.objects.get(pk=member_id("caseworker"))
    key = Parcel.objects.get().key

    assert parcels.take_over(key, caseworker, timezone.now())
    assert not parcels.take_over(key, caseworker, timezone.now())
    assert Step.objects.get(case=watched.case, form="note", seq__gt=5).actor_id == caseworker.id
    assert send(sent) == ["recorded"]


def test_what_waits_is_shown_only_to_those_who_may_write_to_the_case(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer")
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2026-01-31")
    send(sent)

    assert parcels.kept(facts("outsider"), timezone.now()) == []
    assert parcels.kept(facts("csw"), timezone.now()) == []


def test_a_record_with_no_mark_of_the_office_is_nothing(watched: Done) -> None:
    key = str(uuid4())
    forged = {
        "key": key,
        "mark": str(member_id("volunteer")),
        "case": str(watched.case),
        "answers": no_change(),
    }

    assert send({"key": key, "sealed": seal(forged)}) == ["broken"]
    assert visits(watched) == 0


def test_a_record_changed_on_its_way_is_nothing(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer")
    sent["sealed"]["text"] = sent["sealed"]["text"][::-1]

    assert send(sent) == ["broken"]


def test_a_mark_lets_nobody_record_where_they_do_not_watch(watched: Done) -> None:
    assert send(parcel(watched.case, "outsider")) == ["kept"]
    assert visits(watched) == 0


def test_records_sealed_before_the_key_was_changed_can_still_be_read(watched: Done) -> None:
    sent = parcel(watched.case, "volunteer")
    keys.change()

    assert send(sent) == ["recorded"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"parcels":[]}', '{"parcels":[{"key":"x","sealed":{}}]}'])
def test_what_is_no_sending_is_told_so(body: str) -> None:
    answer = Client().post("/field/outbox/", body, content_type="application/json")

    assert answer.status_code == 400
