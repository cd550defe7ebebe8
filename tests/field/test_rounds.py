"""Whom a member watches, and what they may know of each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.field import recording, rounds
from backend.people.models import Member, Person
from tests.field.conftest import facts, no_change

pytestmark = pytest.mark.django_db


def names(who: str) -> list[str]:
    return [home.name for home in rounds.homes(facts(who), timezone.now())]


def record(case: Done, who: str, **changed: Any) -> recording.Recorded:
    return recording.record(case.case, member_id(who), no_change(**changed), uuid4(), timezone.now())


def last(who: str) -> rounds.Visited | None:
    (home,) = rounds.homes(facts(who), timezone.now())
    return home.last


def test_those_who_watch_have_the_household_on_their_list_and_nobody_else(watched: Done) -> None:
    assert names("commissioner") == names("volunteer") == ["髙田 ハナ"]
    assert names("outsider") == names("csw") == []


def test_a_term_that_ended_leaves_an_empty_list(watched: Done) -> None:
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2026-01-31")

    assert names("volunteer") == []


def test_a_volunteer_sees_no_more_than_the_person_agreed_to(watched: Done) -> None:
    (home,) = rounds.homes(facts("volunteer"), timezone.now())

    assert (home.place, home.approach) == ("海鳴市中浜一丁目5番1号", "犬がいます")


def test_a_protected_persons_address_is_not_on_the_list(watched: Done, hana: Person) -> None:
    from backend.cases.models import Case

    Case.objects.filter(pk=watched.case).update(protected=True, assignee=member_id("commissioner"))

    assert "海鳴市中浜" not in str(rounds.homes(facts("commissioner"), timezone.now()))


def test_a_home_is_due_until_somebody_was_there_and_again_after_a_week(watched: Done) -> None:
    now = timezone.now()
    (before,) = rounds.homes(facts("volunteer"), now)
    record(watched, "commissioner")
    (after,) = rounds.homes(facts("volunteer"), now)

    today = timezone.localdate(now)
    assert before.due(today)
    assert after.done(today)
    assert not after.due(today)
    assert after.due(today + timedelta(days=7))


def test_a_home_where_nobody_was_in_is_due_on_the_day_agreed(watched: Done) -> None:
    now = timezone.now()
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    given = {"at": no_change()["at"], "result": "absent", "retry_on": tomorrow.isoformat()}
    recording.record(watched.case, member_id("volunteer"), given, uuid4(), now)

    (home,) = rounds.homes(facts("volunteer"), now)

    assert not home.due(timezone.localdate(now))
    assert home.due(tomorrow)


def test_a_slip_of_the_thumb_takes_back_ones_own_visit_only(watched: Done) -> None:
    record(watched, "commissioner", mode="phone")
    record(watched, "volunteer", mode="outside")
    mistaken = {"at": no_change()["at"], "result": "mistaken"}
    recording.record(watched.case, member_id("volunteer"), mistaken, uuid4(), timezone.now())

    found = last("volunteer")

    assert found is not None
    assert found.mode == "phone"


def test_the_same_record_twice_is_one_visit(watched: Done) -> None:
    key, given = uuid4(), no_change()
    first = recording.record(watched.case, member_id("volunteer"), given, key, timezone.now())
    second = recording.record(watched.case, member_id("volunteer"), given, key, timezone.now())

    assert second.done.repeated
    assert second.done.seq == first.done.seq


def test_two_who_came_on_one_day_are_both_kept_and_told_so(watched: Done) -> None:
    record(watched, "commissioner")

    assert "林 和子" in record(watched, "volunteer").both_kept


def test_the_list_of_many_homes_takes_as_many_queries_as_that_of_one(
    watched: Done, more: Callable[[str], Done], django_assert_max_num_queries: Any
) -> None:
    more("山本 ヨシ")
    more("西村 キク")

    with django_assert_max_num_queries(4):
        assert len(rounds.homes(facts("volunteer"), timezone.now())) == 3
