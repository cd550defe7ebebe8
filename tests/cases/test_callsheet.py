"""Whoever reads no mail is told by telephone, and how each call went is kept."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases import callsheet
from backend.cases.called import Call
from backend.cases.errors import NotFound
from backend.cases.models import Notice
from backend.people.models import Member
from tests.operations import office

REACHED, NOT_REACHED, CALL_BACK = Call.Outcome


def facts(member):
    return Member.objects.select_related("organisation", "user", "area").get(pk=member.pk).facts()


def told(member, of, **values) -> Notice:
    number = Notice.objects.count()
    given = {"kind": "remind", "key": f"{member.id}/{number}", "created_at": timezone.now()}
    return Notice.objects.create(member=member, case=of, **{**given, **values})


@pytest.fixture
def watcher(request):
    """A volunteer without an address."""
    request.getfixturevalue("committed_db" if "committed_db" in request.fixturenames else "db")
    return office.member("welfare_volunteer", email="", phone="083-000-1111", name="村上 武")


@pytest.fixture
def caller(watcher):
    return office.member("caseworker")


def on_sheet(caller, now=None):
    return [row.member for row in callsheet.sheet(facts(caller), now or timezone.now())]


def record(caller, watcher, outcome, until=10**9, **more):
    return callsheet.record(facts(caller), watcher.id, outcome, until, timezone.now(), **more)


def test_somebody_without_an_address_whom_something_waits_for_is_on_the_sheet(watcher, caller):
    case = office.case()
    told(watcher, case)
    told(office.member("welfare_volunteer"), case)
    told(office.member("welfare_volunteer", email=""), case, read_at=timezone.now())

    assert on_sheet(caller) == [watcher]


def test_many_notices_of_few_cases_are_read_with_little(watcher, caller, django_assert_max_num_queries):
    cases = [office.case(), office.case()]
    for number in range(20):
        told(watcher, cases[number % 2])
    on_sheet(caller)

    with django_assert_max_num_queries(6):
        (row,) = callsheet.sheet(facts(caller), timezone.now())

    assert {notice.case for notice in row.notices} == set(cases)


def test_what_was_told_and_never_read_does_not_hide_what_came_later(watcher, caller, monkeypatch):
    monkeypatch.setattr(callsheet, "MOST", 2)
    case, other = office.case(), office.member("welfare_volunteer", email="")
    for _number in range(2):
        told(watcher, case)
    record(caller, watcher, REACHED)
    told(other, case)

    assert on_sheet(caller) == [other]


def test_what_is_about_no_case_stands_there_for_the_callers_of_the_controller_alone(watcher, caller):
    csw = office.organisation("csw", "csw")
    theirs = office.member("csw_staff", organisation=csw, controller="csw")
    told(watcher, None, kind="term")

    assert on_sheet(caller) == [watcher]
    assert on_sheet(theirs) == []
    assert on_sheet(office.member("welfare_commissioner")) == []


def test_a_call_covers_what_is_about_no_case_as_well(watcher, caller):
    told(watcher, None, kind="term")

    record(caller, watcher, REACHED)

    assert on_sheet(caller) == []


def test_reached_they_are_off_until_something_new_waits(watcher, caller):
    case = office.case()
    told(watcher, case)

    record(caller, watcher, REACHED)
    assert on_sheet(caller) == []

    told(watcher, case)
    assert on_sheet(caller) == [watcher]
    assert callsheet.sheet(facts(caller), timezone.now())[0].calls == []


def test_what_came_after_the_sheet_was_printed_is_not_told_by_that_call(watcher, caller):
    case = office.case()
    printed = told(watcher, case)
    later = told(watcher, case)

    record(caller, watcher, REACHED, until=printed.id)

    [row] = callsheet.sheet(facts(caller), timezone.now())
    assert row.notices == [later]


def test_not_reached_they_stay_and_the_try_is_shown(watcher, caller):
    told(watcher, office.case())

    record(caller, watcher, NOT_REACHED)

    [row] = callsheet.sheet(facts(caller), timezone.now())
    assert [call.outcome for call in row.calls] == ["not_reached"]


def test_who_asked_to_be_called_back_comes_last_until_then_and_first_after(watcher, caller):
    case, other = office.case(), office.member("welfare_volunteer", email="")
    told(watcher, case), told(other, case)
    record(caller, watcher, CALL_BACK, back_at=timezone.now() + timedelta(hours=1))

    assert on_sheet(caller) == [other, watcher]
    assert on_sheet(caller, timezone.now() + timedelta(hours=2)) == [watcher, other]


def test_only_staff_of_the_cases_controller_have_them_on_their_sheet(watcher, caller):
    told(watcher, office.case())
    council = office.organisation("csw", "csw")
    others = [
        office.member("csw_staff", organisation=council, controller="csw"),
        office.member("privacy_officer"),
        office.member("welfare_commissioner", pledge_signed_on=timezone.localdate()),
    ]

    assert [on_sheet(one) for one in others] == [[], [], []]
    assert on_sheet(caller) == [watcher]
    with pytest.raises(NotFound):
        record(others[0], watcher, REACHED)


def test_somebody_whose_term_is_over_is_not_called(watcher, caller):
    told(watcher, office.case())

    Member.objects.filter(id=watcher.id).update(valid_until=timezone.localdate() - timedelta(days=1))

    assert on_sheet(caller) == []


def test_of_two_who_reached_the_same_person_one_is_kept(committed_db, watcher, caller):
    told(watcher, office.case())
    said: list[str] = []
    together = threading.Barrier(2)

    def reach() -> None:
        together.wait()
        try:
            record(caller, watcher, REACHED)
            said.append("kept")
        except NotFound:
            said.append("told already")
        finally:
            connection.close()

    threads = [threading.Thread(target=reach) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(said) == ["kept", "told already"]
    assert Call.objects.count() == 1
