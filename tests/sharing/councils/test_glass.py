"""Opening a record in an emergency: minutes long, told at once, reviewed by somebody else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotFound, Refused
from backend.cases.generic import glass_minutes
from backend.cases.looks import Look
from backend.cases.models import Case, Notice, Timer
from backend.cases.reading import case_facts
from backend.cases.visible import get_visible, record_look
from backend.demo.cast import member_id
from backend.people.models import Member
from backend.sharing.councils.glass import monthly
from tests.sharing.councils.conftest import answers, break_glass, do, run_effects

pytestmark = pytest.mark.django_db


def facts_of(username: str) -> Any:
    return Member.objects.select_related("organisation", "user").get(pk=member_id(username)).facts()


def sees(username: str, case: Done, at: Any) -> bool:
    try:
        get_visible(Case.objects.all(), case.case, facts_of(username), at)
    except NotFound:
        return False
    return True


def test_the_window_opens_for_minutes_and_closes_by_itself(hers: Done) -> None:
    now = timezone.now()
    assert not sees("csw", hers, now)

    break_glass(hers, "csw", at=now)

    assert sees("csw", hers, now + timedelta(minutes=glass_minutes()) - timedelta(seconds=1))
    assert not sees("csw", hers, now + timedelta(minutes=glass_minutes()))


def test_every_opening_is_counted_whichever_way_it_came(hers: Done) -> None:
    break_glass(hers, "csw")

    (row,) = monthly("csw", timezone.localdate())
    assert (row.member.id, row.opened, row.nothing) == (member_id("csw"), 1, 0)


def test_it_opens_for_whoever_asked_and_for_nobody_else(hers: Done) -> None:
    break_glass(hers, "outsider")

    now = timezone.now()
    assert sees("outsider", hers, now)
    assert not sees("csw", hers, now)


def test_a_second_window_does_not_close_the_first(hers: Done) -> None:
    break_glass(hers, "csw")
    break_glass(hers, "outsider")

    open_to = case_facts(Case.objects.get(pk=hers.case)).glass
    assert open_to == (str(member_id("csw")), str(member_id("outsider")))


def test_a_window_that_is_over_leaves_the_facts(hers: Done) -> None:
    break_glass(hers, "csw", at=timezone.now() - timedelta(hours=1))

    break_glass(hers, "outsider")

    windows = Case.objects.get(pk=hers.case).facts["glass"]
    assert [window["member"] for window in windows] == [str(member_id("outsider"))]


def test_a_volunteer_is_told_nothing_of_the_case(hers: Done) -> None:
    with pytest.raises(NotFound):
        break_glass(hers, "volunteer")


def test_a_commissioner_whose_term_is_over_cannot_open_it(hers: Done) -> None:
    Member.objects.filter(pk=member_id("outsider")).update(valid_until="2026-01-01")

    with pytest.raises(NotFound):
        break_glass(hers, "outsider")


def test_a_look_within_the_window_is_marked(hers: Done) -> None:
    break_glass(hers, "csw")
    case = Case.objects.get(pk=hers.case)

    record_look(case, facts_of("csw"), timezone.now(), "page")
    record_look(case, facts_of("caseworker"), timezone.now(), "page")
    record_look(case, facts_of("csw"), timezone.now() + timedelta(hours=1), "page")

    assert list(Look.objects.order_by("id").values_list("glass", flat=True)) == [True, False, False]


def test_supervisors_and_privacy_officers_of_both_offices_are_told_at_once(hers: Done) -> None:
    lead = Member.objects.get(pk=member_id("csw"))
    lead.pk, lead.role, lead.user = uuid4(), "supervisor", None
    lead.save(force_insert=True)

    break_glass(hers, "csw")
    run_effects()

    told = set(Notice.objects.filter(kind="glass").values_list("member", flat=True))
    assert told == {member_id("supervisor"), member_id("privacy"), lead.pk}


def test_a_review_begins_once_and_is_due_on_the_next_business_day(hers: Done) -> None:
    break_glass(hers, "csw")
    run_effects()
    run_effects()

    review = Case.objects.get(workflow="glass_review")
    assert (review.controller, review.owner_role) == ("city", "supervisor")
    assert review.facts["source"] == str(hers.case)
    escalations = Timer.objects.filter(case=review, kind="escalate")
    assert list(escalations.values_list("to", flat=True)) == ["privacy_officer"]


def test_the_review_of_a_case_of_the_csw_belongs_to_the_csw(report: Any, resident: Any) -> None:
    theirs = report(actor=member_id("csw"))

    break_glass(theirs, "caseworker")
    run_effects()

    assert Case.objects.get(workflow="glass_review").controller == "csw"


def review_of(opening: Done) -> Done:
    run_effects()
    case = Case.objects.get(workflow="glass_review")
    return Done(case.id, case.revision, "", "", case.state, ())


def test_who_opened_it_does_not_review_it_not_even_in_another_office(hers: Done) -> None:
    second = Member.objects.get(pk=member_id("supervisor"))
    second.pk = uuid4()
    second.save(force_insert=True)
    review = review_of(break_glass(hers, "supervisor"))

    for actor in (member_id("supervisor"), second.pk):
        with pytest.raises(Refused):
            actions.perform(
                review.case, "find_proper", actor=actor, answers=answers("glass_review"), key=uuid4().hex
            )

    do(review, "find_proper", answers("glass_review"), by="privacy")


def test_when_the_only_supervisor_opened_it_the_privacy_officer_is_asked_at_once(hers: Done) -> None:
    review = review_of(break_glass(hers, "supervisor"))
    run_effects()

    asked = Notice.objects.filter(case=review.case, kind="step").values_list("member", flat=True)
    assert member_id("privacy") in set(asked)


def test_while_a_supervisor_can_review_the_privacy_officer_waits(hers: Done) -> None:
    review = review_of(break_glass(hers, "csw"))
    run_effects()

    asked = Notice.objects.filter(case=review.case, kind="step").values_list("member", flat=True)
    assert set(asked) == {member_id("supervisor")}


def test_an_opening_that_was_not_proper_must_be_put_right(hers: Done) -> None:
    review = review_of(break_glass(hers, "csw"))

    found = do(review, "find_improper", answers("glass_review", finding="improper"), by="supervisor")
    ended = do(found, "finish_measures", answers("glass_measures"), by="supervisor")

    assert (found.target, ended.target) == ("glass_review.measures", "glass_review.corrected")
