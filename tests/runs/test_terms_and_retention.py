"""Terms that end are told 120, 90, 60, 30 days before and on the last day; closed cases are proposed, not
deleted.
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from backend.cases.models import Case, Notice
from backend.people.models import Person
from backend.runs import retention, terms
from backend.runs.models import Digest, Proposal
from backend.workflow.model import Retention
from tests.operations import office

pytestmark = pytest.mark.django_db
RENEWAL = date(2028, 11, 30)  # the last day of the present term of all commissioners (DOMAIN §6)


def days_before(count):
    return RENEWAL - timedelta(days=count)


def commissioner(**values):
    return office.member("welfare_commissioner", valid_until=RENEWAL, **values)


@pytest.fixture
def head():
    return office.member("supervisor")


def test_each_stage_is_told_once(head):
    commissioner()

    for day in (121, 120, 119, 90, 60, 45, 30, 1, 0):
        terms.run(days_before(day))

    told = Notice.objects.filter(member=head).order_by("id").values_list("stage", flat=True)
    assert [stage.split("/")[0] for stage in told] == ["120", "90", "60", "30", "0"]


def test_a_renewal_of_all_is_one_notice(head):
    for _number in range(30):
        commissioner()

    report = terms.run(days_before(90))

    assert report.line == "terms 2028-09-01: 30 sent, 0 skipped, 0 failed"
    with translation.override("ja"):
        assert terms.words(Notice.objects.get(member=head).stage).startswith("民生委員")
    assert Notice.objects.get(member=head).stage == "90/2028-11-30/welfare_commissioner/30"


def test_somebody_appointed_later_is_told_of_too(head):
    commissioner()
    terms.run(days_before(90))
    commissioner()

    assert terms.run(days_before(89)).counts["sent"] == 1


def test_days_missed_are_caught_up_with_the_stage_that_holds(head):
    commissioner()

    terms.run(days_before(50))

    assert Notice.objects.get().stage.startswith("60/")


def test_from_thirty_days_on_the_member_hears_too(head):
    member = commissioner()

    terms.run(days_before(60))
    assert not Notice.objects.filter(member=member).exists()
    terms.run(days_before(30))
    assert Notice.objects.filter(member=member).exists()
    assert Digest.objects.filter(member=member).exists()


def test_who_was_appointed_again_is_not_told_of(head):
    member = commissioner()
    office.member(
        "welfare_commissioner", name=member.name, valid_from=RENEWAL + timedelta(days=1), valid_until=None
    )

    assert terms.run(days_before(30)).counts["sent"] == 0


def test_staff_and_terms_long_over_are_nobodys_reminder(head):
    office.member("caseworker", valid_until=RENEWAL)
    office.member("welfare_volunteer", valid_until=days_before(0) - timedelta(days=400))

    assert terms.run(days_before(30)).counts["sent"] == 0


def test_without_a_supervisor_it_is_reported_and_tried_again():
    commissioner()

    report = terms.run(days_before(120))
    office.member("supervisor")

    assert (report.counts["skipped"], [one.why for one in report.troubles]) == (1, ["nobody"])
    assert terms.run(days_before(119)).counts["sent"] == 1


@pytest.fixture
def five_years(monkeypatch):
    """Cases here were begun under a workflow that is kept for five years."""
    rule = Retention(5, "市の文書取扱規程", until_age=25)
    known = SimpleNamespace(workflow=SimpleNamespace(retain=rule))
    monkeypatch.setattr(retention.pinned, "newest", lambda kind, name: "")
    monkeypatch.setattr(retention.pinned, "pinned", lambda digest: known)


def closed(**values):
    at = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
    return office.case(is_open=False, closed_at=at, **values)


@pytest.mark.parametrize(("day", "count"), [(date(2032, 3, 31), 0), (date(2032, 4, 1), 1)])
def test_a_case_is_proposed_when_five_years_after_its_fiscal_year_are_over(five_years, day, count):
    closed()

    assert retention.run(day).counts["proposed"] == count


def test_it_is_proposed_once_and_nothing_is_deleted(five_years):
    officer, case = office.member("privacy_officer"), closed()

    retention.run(date(2032, 4, 1))
    again = retention.run(date(2032, 4, 8))

    assert (again.counts["proposed"], Proposal.objects.count()) == (0, 1)
    assert Notice.objects.get().member == officer
    assert Case.objects.filter(id=case.id).exists()


def test_an_open_case_is_not_proposed(five_years):
    case = closed()
    Case.objects.filter(id=case.id).update(is_open=True)

    assert retention.preview(date(2040, 4, 1)) == []


def test_the_case_of_an_abused_child_is_kept_until_the_age_of_the_rule(five_years):
    office.areas()
    child = Person.objects.create(controller="city", name="子", birth_date=date(2020, 6, 1), area_id="D01-1")
    closed(facts={"abuse": "child"}, person=child)

    assert retention.preview(date(2046, 3, 31)) == []
    assert [one.ends_on for one in retention.preview(date(2046, 4, 1))] == [date(2046, 3, 31)]


def test_without_a_birth_date_nobody_can_say_and_nothing_is_proposed(five_years):
    closed(facts={"abuse": "child"})

    assert retention.preview(date(2090, 4, 1)) == []


def test_every_shipped_workflow_says_how_long_it_is_kept():
    from backend.catalogue import loading

    assert all(workflow.retain for workflow in loading.use().workflows.values())
