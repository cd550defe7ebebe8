"""One lists, another approves, anybody concerned holds back: and the database insists on it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.cases import effects
from backend.cases.errors import NotPossible, Refused
from backend.cases.models import Case, Notice
from backend.disposal import carrying_out, listing
from backend.disposal.models import DisposalItem, DisposalList, Hold
from backend.people.models import Household, Person, PersonRelation
from backend.seals import sealing
from tests.disposal.conftest import approved_list, listed, member, proposed


def kept(row: DisposalList) -> set[str]:
    """Why cases of a list stay."""
    return set(carrying_out.what_goes(row)[2].values())


def test_what_is_over_is_listed_with_the_persons_nobody_needs_then(ended: list[Case]) -> None:
    row = listed()

    kinds = sorted(DisposalItem.objects.filter(list=row).values_list("kind", flat=True))
    assert kinds == ["case"] * len(ended) + ["person"]


def test_the_supervisor_is_told_that_a_list_waits(ended: list[Case]) -> None:
    listed()

    assert [one.member.name for one in Notice.objects.filter(kind="disposal")] == ["山本 誠"]


def test_nobody_approves_what_they_listed(ended: list[Case]) -> None:
    row = listed("supervisor")

    with pytest.raises(Refused):
        listing.approve(row.pk, by=member("supervisor"), now=timezone.now())


def test_nobody_approves_through_a_deputy(ended: list[Case]) -> None:
    row, today = listed(), timezone.localdate()
    deputy = {"deputy": member("privacy"), "deputy_from": today, "deputy_until": today}
    type(row.made_by).objects.filter(pk=member("supervisor").pk).update(**deputy)

    with pytest.raises(NotPossible):
        listing.approve(row.pk, by=member("supervisor"), now=timezone.now())


@pytest.mark.parametrize("who", ["caseworker", "commissioner", "csw", "receiver"])
def test_others_list_nothing(ended: list[Case], who: str) -> None:
    with pytest.raises(Refused):
        listing.make(proposed(), by=member(who), now=timezone.now())


def test_the_privacy_officer_does_not_approve(ended: list[Case]) -> None:
    row = listed("supervisor")

    with pytest.raises(Refused):
        listing.approve(row.pk, by=member("privacy"), now=timezone.now())


@pytest.mark.parametrize(
    "forged",
    [
        {"approved_by": "privacy", "approved_account": "somebody"},
        {"approved_by": "supervisor", "approved_account": "same"},
        {"approved_by": "supervisor", "approved_account": ""},
    ],
)
def test_the_database_refuses_an_approval_by_the_same_person(ended: list[Case], forged: Any) -> None:
    row = listed()
    account = {"same": row.made_account}.get(forged["approved_account"], forged["approved_account"])

    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalList.objects.filter(pk=row.pk).update(
            approved_by=member(forged["approved_by"]), approved_account=account, approved_at=timezone.now()
        )


def test_a_declined_list_destroys_nothing_and_can_be_made_anew(ended: list[Case]) -> None:
    row = listed()
    listing.decline(row.pk, by=member("supervisor"), reason="もう一度確かめる", now=timezone.now())

    with pytest.raises(NotPossible):
        listing.approve(row.pk, by=member("supervisor"), now=timezone.now())
    assert listed().items.count() == row.items.count()


def test_no_case_stands_on_two_lists(ended: list[Case]) -> None:
    listed()

    with pytest.raises(NotPossible):
        listed()


def test_a_case_held_back_stays_with_what_rests_on_it(ended: list[Case]) -> None:
    row = approved_list()
    first = Case.objects.get(workflow="referral")
    listing.hold(first.pk, why="lawsuit", reason="係争中", by=member("supervisor"), now=timezone.now())

    assert kept(row) == {"hold"}
    made = carrying_out.carry_out(row.pk)
    assert made is not None
    assert (made.cases, made.persons) == (len(ended) - 1, 0)
    assert Case.objects.filter(pk=first.pk).exists()


def test_a_hold_that_ended_lets_go(ended: list[Case]) -> None:
    held = listing.hold(ended[0].pk, why="audit", reason="監査", by=member("privacy"), now=timezone.now())
    listing.release(held.pk, by=member("privacy"), reason="監査が終わった", now=timezone.now())

    assert kept(approved_list()) == set()
    with pytest.raises(NotPossible):
        listing.release(held.pk, by=member("privacy"), reason="もう一度", now=timezone.now())


def test_a_case_is_held_back_once_at_a_time(ended: list[Case]) -> None:
    for_why = {"why": "other", "reason": "理由", "by": member("privacy"), "now": timezone.now()}
    listing.hold(ended[0].pk, **for_why)

    with pytest.raises(NotPossible):
        listing.hold(ended[0].pk, **for_why)
    assert Hold.objects.count() == 1


def test_a_package_that_stays_holds_its_source_back(ended: list[Case]) -> None:
    Case.objects.filter(workflow="disclosure").update(closed_at=timezone.now())

    with pytest.raises(NotPossible):
        listed()


@pytest.mark.parametrize(("workflow", "why"), [("data_request", "request"), ("referral", "running")])
def test_a_running_case_of_the_person_holds_everything_back(
    ended: list[Case], resident: Person, report: Any, workflow: str, why: str
) -> None:
    row = approved_list()
    Case.objects.filter(pk=report(person=resident.id).case).update(workflow=workflow)

    assert kept(row) == {why}
    assert carrying_out.carry_out(row.pk) is None
    assert set(row.items.filter(kind="case").values_list("why_kept", flat=True)) == {why}


def test_what_no_seal_saw_waits_for_the_next_night(ended: list[Case], report: Any) -> None:
    fresh = Case.objects.filter(pk=report().case)
    effects.run_due()
    fresh.update(is_open=False, closed_at=ended[0].closed_at)

    assert fresh.get().number not in listed().items.values_list("number", flat=True)
    sealing.make()
    assert listed().items.get(kind="case").number == fresh.get().number


def test_somebody_in_the_household_of_a_running_case_stays(
    ended: list[Case], resident: Person, report: Any
) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    son = Person.objects.create(controller="city", name="髙田 一郎", household=home, area_id="D01-1")
    Person.objects.filter(pk=resident.pk).update(household=home)
    report(person=son.id)

    assert not listed().items.filter(kind="person").exists()


def test_whom_somebody_served_names_as_family_stays(ended: list[Case], resident: Person, report: Any) -> None:
    sister = Person.objects.create(controller="city", name="髙田 キヨ", area_id="D01-1")
    PersonRelation.objects.create(person=sister, other=resident, relation="妹")
    report(person=sister.id)

    assert not listed().items.filter(kind="person").exists()


def test_records_merged_into_the_person_go_with_them(ended: list[Case], resident: Person) -> None:
    twin = Person.objects.create(controller="city", name="高田 ハナ", merged_into=resident, area_id="D01-1")

    assert {twin.pk, resident.pk} == set(
        listed().items.filter(kind="person").values_list("subject", flat=True)
    )


def test_another_controllers_cases_are_not_listed(ended: list[Case]) -> None:
    Case.objects.update(controller="csw")

    with pytest.raises(NotPossible):
        listed()
