from datetime import date

import pytest

from backend.cases import effects
from backend.cases.addressees import addressees
from backend.cases.models import Effect, Notice
from tests.operations import office

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def names(case, word):
    return {member.id for member in addressees(case, word, TODAY)}


def test_a_notice_tells_the_assignee_once_and_mails_a_hint():
    worker = office.member()
    case = office.case(assignee=worker)
    effect = office.effect("notice", "assignee", of=case)

    effects.run_due(ids=[effect.id])

    notice = Notice.objects.get()
    assert (notice.member, notice.kind, notice.stage) == (worker, "step", "triage")
    assert Effect.objects.get(kind="mail").target == str(worker.id)


def test_the_reporter_hears_a_fixed_phrase_and_not_what_was_done():
    neighbour = office.member("welfare_volunteer")
    case = office.case(reporter=neighbour)
    office.effect("notice", "being_handled", of=case, payload={"to": "reporter"})

    effects.run_due()

    assert Notice.objects.values_list("member", "kind", "stage").get() == (neighbour.id, "being_handled", "")


def test_somebody_without_an_address_gets_no_mail():
    case = office.case(assignee=office.member(email=""))
    office.effect("notice", "assignee", of=case)

    effects.run_due()

    assert Notice.objects.count() == 1
    assert not Effect.objects.filter(kind="mail").exists()


def test_an_unassigned_case_is_told_to_every_caseworker_of_the_city():
    case = office.case()
    here, there = office.member(), office.member(controller="csw")

    assert names(case, "assignee") == names(case, "owner") == {here.id}
    assert there.id not in names(case, "caseworker")


def test_the_receiver_is_every_member_in_force_of_the_agency():
    agency = office.organisation("center-nakahama", "center")
    staff = {"organisation": agency, "controller": "center"}
    working = office.member("agency_staff", **staff)
    office.member("agency_staff", valid_until=date(2026, 11, 23), **staff)
    case = office.case(receiver=agency, owner_role="agency_staff", assignee=office.member())

    assert names(case, "receiver") == names(case, "owner") == {working.id}


def test_a_role_is_told_only_where_its_area_covers_the_case():
    case = office.case()
    mine = office.member("welfare_commissioner", area_id="D01")
    office.member("welfare_commissioner", area_id="D02")

    assert names(case, "welfare_commissioner") == {mine.id}


def test_an_escalation_goes_to_the_assignees_own_supervisor():
    own, other = office.member("supervisor"), office.member("supervisor")
    case = office.case(assignee=office.member(supervisor=own))

    assert names(case, "supervisor") == {own.id}
    assert names(office.case(), "supervisor") == {own.id, other.id}


def test_a_deputy_is_told_as_well_while_standing_in():
    deputy = office.member()
    away = office.member(deputy=deputy, deputy_from=date(2026, 11, 20), deputy_until=date(2026, 11, 24))
    case = office.case(assignee=away)

    assert names(case, "assignee") == {away.id, deputy.id}
    assert {member.id for member in addressees(case, "assignee", date(2026, 11, 25))} == {away.id}


def test_an_assignee_whose_term_is_over_gives_way_to_the_owner_role():
    gone = office.member(valid_until=date(2026, 11, 1))
    working = office.member()

    assert names(office.case(assignee=gone), "assignee") == {working.id}


def test_above_the_supervisor_is_the_supervisors_supervisor_or_their_deputy():
    deputy = office.member("supervisor")
    leave = {"deputy": deputy, "deputy_from": date(2026, 11, 20), "deputy_until": date(2026, 11, 24)}
    head = office.member("supervisor", **leave)
    nearest = office.member("supervisor", supervisor=head)
    case = office.case(assignee=office.member(supervisor=nearest))

    assert names(case, "supervisor_above") == {head.id, deputy.id}


def test_without_an_assignee_it_is_whoever_is_above_the_supervisors_of_the_case():
    head = office.member("supervisor")
    office.member("supervisor", supervisor=head)

    assert names(office.case(), "supervisor_above") == {head.id}


def test_above_whom_nobody_stands_is_nobody():
    case = office.case(assignee=office.member(supervisor=office.member("supervisor")))

    assert names(case, "supervisor_above") == set()
