"""The pages of disposal: one lists, another approves, each sees what stays and why, the record is printed."""

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.models import Case
from backend.disposal import carrying_out, listing
from backend.disposal.models import DisposalList, Hold
from backend.people.models import Person
from backend.runs.models import Run
from tests.disposal.conftest import approved_list, destroyed, listed, member, proposed
from tests.letters.conftest import text_of
from tests.pages.conftest import browser

__all__ = ["browser"]
PAGE = "/privacy/retention/"


@pytest.fixture
def keeper(ended: list[Case], browser) -> Client:
    proposed()
    return browser("privacy")


def test_what_is_over_is_shown_and_listed(keeper: Client, ended: list[Case]) -> None:
    page = keeper.get(PAGE)
    assert all(own.number in page.content.decode() for own in ended)

    answer = keeper.post(PAGE, {"case": [str(own.id) for own in ended]})

    made = DisposalList.objects.get()
    assert answer.headers["Location"] == f"/privacy/disposal/{made.pk}/"
    shown = keeper.get(answer.headers["Location"]).content.decode()
    assert "承認待ち" in shown
    assert "2人目として承認する" not in shown


def test_without_a_case_nothing_is_listed(keeper: Client) -> None:
    answer = keeper.post(PAGE, {}, follow=True)

    assert not DisposalList.objects.exists()
    assert "廃棄簿に載せられるものがありません" in answer.content.decode()


def test_the_supervisor_approves_and_a_worker_is_asked(ended: list[Case], browser) -> None:
    row = listed()
    head = browser("supervisor")
    assert "2人目として承認する" in head.get(f"/privacy/disposal/{row.pk}/").content.decode()

    head.post(f"/privacy/disposal/{row.pk}/approve/")

    row.refresh_from_db()
    assert row.approved_by == member("supervisor")
    assert Run.objects.get(kind="disposal").asked_at is not None


def test_whoever_listed_is_told_why_they_cannot_approve(ended: list[Case], browser) -> None:
    row = listed("supervisor")

    answer = browser("supervisor").post(f"/privacy/disposal/{row.pk}/approve/")

    assert answer.status_code == 403
    assert "自分で作った廃棄簿は承認できません" in answer.content.decode()


def test_a_list_is_given_up_with_a_reason(ended: list[Case], browser) -> None:
    row, head = listed(), browser("supervisor")

    assert head.post(f"/privacy/disposal/{row.pk}/decline/", {}).status_code == 422
    head.post(f"/privacy/disposal/{row.pk}/decline/", {"reason": "年度を確かめる"})

    row.refresh_from_db()
    assert (row.declined_by, row.decline_reason) == (member("supervisor"), "年度を確かめる")


def test_a_case_is_held_back_and_let_go_again(keeper: Client, ended: list[Case]) -> None:
    address = f"/privacy/hold/{ended[0].id}/"
    assert keeper.post(address, {"why": "lawsuit"}).status_code == 422

    keeper.post(address, {"why": "lawsuit", "reason": "行政訴訟（令和8年（行ウ）第5号）"})
    held = Hold.objects.get()
    assert "行政訴訟" in keeper.get(PAGE).content.decode()
    keeper.post(f"/privacy/hold/{held.pk}/end/", {"reason": "判決が確定した"})

    assert "行政訴訟" not in keeper.get(PAGE).content.decode()


def test_the_list_says_for_each_case_why_it_stays(ended: list[Case], browser) -> None:
    row = approved_list()
    for own in ended:
        listing.hold(own.pk, why="audit", reason="会計検査", by=member("privacy"), now=timezone.now())
    carrying_out.carry_out(row.pk)

    assert "会計検査" in browser("privacy").get(f"/privacy/disposal/{row.pk}/").content.decode()


def test_the_record_is_printed_and_names_nobody(ended: list[Case], resident: Person, browser) -> None:
    made = destroyed()

    answer = browser("privacy").get(f"/privacy/disposal/{made.pk}/record.pdf")

    text = text_of(answer.content)
    assert "廃棄記録第1号" in text
    assert all(own.number in text for own in ended)
    assert "藤井" in text
    assert "山本" in text
    assert resident.name.replace(" ", "") not in text


@pytest.mark.parametrize("who", ["caseworker", "commissioner", "receiver"])
def test_others_see_no_list(ended: list[Case], browser, who: str) -> None:
    row = listed()

    assert browser(who).get(f"/privacy/disposal/{row.pk}/").status_code == 403
    assert browser(who).get(PAGE).status_code == 403


def test_another_controllers_list_is_not_there(ended: list[Case], browser) -> None:
    row = listed()
    DisposalList.objects.filter(pk=row.pk).update(controller="csw")

    assert browser("privacy").get(f"/privacy/disposal/{row.pk}/").status_code == 404
