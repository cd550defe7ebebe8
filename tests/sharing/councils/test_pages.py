"""The pages of meetings and emergencies, as a browser of each of the cast sees them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.sharing.councils.models import Copy, GlassAttempt
from tests.sharing.councils.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def ask(client: Client, **wanted: Any) -> Any:
    return client.post("/glass/", {**post_of(answers("break_glass"), key=uuid4().hex), **wanted}, follow=True)


def test_a_record_is_opened_by_its_number(browser: Browser, hers: Done) -> None:
    number = Case.objects.values_list("number", flat=True).get(pk=hers.case)

    page = ask(browser("csw"), number=number.lower())

    assert page.redirect_chain[-1][0] == f"/cases/{hers.case}/"
    assert "髙田" in page.content.decode()
    attempt = GlassAttempt.objects.get()
    assert (attempt.outcome, attempt.case_id, attempt.by) == ("opened", hers.case, "case")
    assert Look.objects.get(member=member_id("csw")).glass


def test_the_name_leads_to_the_record_of_the_person_only_for_whoever_may_open_it(
    browser: Browser, hers: Done, resident: Person
) -> None:
    opened = ask(browser("csw"), number=Case.objects.values_list("number", flat=True).get(pk=hers.case))
    record = f'href="/persons/{resident.id}/"'

    assert record not in opened.content.decode()
    assert record in browser("caseworker").get(f"/cases/{hers.case}/").content.decode()


@pytest.mark.parametrize(
    ("name", "born", "found"),
    [
        ("髙田ハナ", "昭和13年5月2日", True),
        ("高田　はな", "1938-05-02", True),
        ("たかだはな", "S13.5.2", True),
        ("髙田", "1938-05-02", False),
        ("髙田ハナ", "1938-05-03", False),
    ],
)
def test_a_record_is_opened_by_the_whole_name_and_birth_date_only(
    browser: Browser, hers: Done, name: str, born: str, found: bool
) -> None:
    page = ask(browser("csw"), name=name, born=born)

    assert bool(page.redirect_chain) is found
    assert GlassAttempt.objects.get().outcome == ("opened" if found else "nothing")


def test_where_a_name_has_several_cases_each_tells_its_day_in_japan(
    browser: Browser, hers: Done, report: Any, resident: Person
) -> None:
    early = datetime(2026, 11, 23, 20, tzinfo=UTC)  # five in the morning of the next day
    Case.objects.filter(pk__in=(hers.case, report(person=resident.pk).case)).update(
        person=resident, opened_at=early
    )

    page = ask(browser("csw"), name="髙田ハナ", born="S13.5.2").content.decode()

    assert page.count("11月24日") == 2


def test_the_words_looked_for_stand_nowhere(browser: Browser, hers: Done) -> None:
    ask(browser("csw"), name="別の人", born="1950-01-01")

    row = GlassAttempt.objects.values().get()
    assert "別の人" not in str(row)
    assert len(row["term"]) == 64


def test_without_a_reason_nothing_is_looked_for(browser: Browser, hers: Done) -> None:
    page = browser("csw").post("/glass/", {"_key": uuid4().hex, "number": "R8-0001"})

    assert page.status_code == 422
    assert not GlassAttempt.objects.exists()


def test_of_several_cases_one_is_chosen(browser: Browser, hers: Done, resident: Person, report: Any) -> None:
    report(person=resident.id)
    client = browser("csw")

    page = ask(client, name="髙田ハナ", born="1938-05-02")

    assert page.status_code == 200
    assert page.content.decode().count('name="chosen"') == 2
    assert Case.objects.filter(facts__has_key="glass").count() == 0


def test_a_volunteer_opens_nothing_and_the_attempt_stands(browser: Browser, hers: Done) -> None:
    number = Case.objects.values_list("number", flat=True).get(pk=hers.case)

    page = ask(browser("volunteer"), number=number)

    assert page.status_code == 403
    assert "119" in page.content.decode()
    assert GlassAttempt.objects.get().outcome == "refused"


def test_when_the_minutes_are_over_the_page_is_gone(browser: Browser, hers: Done) -> None:
    number = Case.objects.values_list("number", flat=True).get(pk=hers.case)
    client = browser("csw")
    ask(client, number=number)
    case = Case.objects.get(pk=hers.case)
    over = (timezone.now() - timedelta(seconds=1)).isoformat()
    case.facts["glass"][0]["until"] = over
    Case.objects.filter(pk=case.pk).update(facts=case.facts)

    assert client.get(f"/cases/{hers.case}/").status_code == 404


def test_the_privacy_officer_counts_openings_by_person(browser: Browser, hers: Done) -> None:
    number = Case.objects.values_list("number", flat=True).get(pk=hers.case)
    client = browser("csw")
    ask(client, number=number)
    ask(client, number="R8-9999")

    page = browser("privacy").get("/glass/counts/").content.decode()

    assert "中村 恵" in page
    assert browser("caseworker").get("/glass/counts/").status_code == 403


# --- meetings ----------------------------------------------------------------------------------------------


def page_of(client: Client, meeting: Done) -> str:
    return client.get(f"/councils/{meeting.case}/").content.decode()


def test_a_member_finds_the_meeting_and_signs_first(browser: Browser, planned: Done) -> None:
    client = browser("csw")

    assert "第3回支援会議" in client.get("/councils/").content.decode()
    page = page_of(client, planned)
    assert "/do/acknowledge/" in page
    assert "髙田" not in page


def test_an_observer_finds_nothing(browser: Browser, opened: Done) -> None:
    client = browser("receiver")

    assert "第3回支援会議" not in client.get("/councils/").content.decode()
    assert client.get(f"/councils/{opened.case}/").status_code == 404
    assert client.get(f"/councils/{opened.case}/papers/1/").status_code == 404


def number_of(who: str) -> int:
    return int(Copy.objects.values_list("number", flat=True).get(holder__member=member_id(who)))


def test_a_member_reads_their_own_copy_with_their_name_on_it(browser: Browser, opened: Done) -> None:
    number = number_of("csw")

    page = browser("csw").get(f"/councils/{opened.case}/papers/{number}/").content.decode()

    assert "髙田　ハナ" in page
    assert f"第{number}号" in page
    assert page.count(f'data-mark="{number} 中村 恵"') == 12
    assert Copy.objects.get(number=number).read_at is not None


def test_nobody_reads_the_copy_of_somebody_else(browser: Browser, opened: Done) -> None:
    other = number_of("supervisor")

    assert browser("csw").get(f"/councils/{opened.case}/papers/{other}/").status_code == 404


def test_when_it_is_closed_the_paper_says_so(browser: Browser, opened: Done) -> None:
    number = number_of("csw")
    client = browser("csw")
    do(opened, "close_session", answers("council_closing"))

    page = client.get(f"/councils/{opened.case}/papers/{number}/")

    assert page.status_code == 403
    assert "会議が開いていません" in page.content.decode()
    assert "髙田" not in page.content.decode()


def test_a_keeper_who_signed_prints_numbered_copies(browser: Browser, opened: Done) -> None:
    number = number_of("csw")

    page = browser("supervisor").get(f"/councils/{opened.case}/papers/{number}/pdf/")

    assert page["Content-Type"] == "application/pdf"
    assert page.content.startswith(b"%PDF-")
    assert Copy.objects.get(number=number).printed_at is not None
    assert browser("csw").get(f"/councils/{opened.case}/papers/{number}/pdf/").status_code == 404
    assert browser("caseworker").get(f"/councils/{opened.case}/papers/{number}/pdf/").status_code == 404


def test_the_keeper_s_page_names_who_has_not_signed(browser: Browser, called: Done) -> None:
    page = page_of(browser("caseworker"), called)

    assert page.count("守秘の確認がまだ") >= 1
    assert "/do/open_session/" in page


def test_doing_something_leads_back_to_the_meeting(browser: Browser, planned: Done) -> None:
    revision = Case.objects.values_list("revision", flat=True).get(pk=planned.case)
    given = post_of(answers("council_secrecy"), revision)

    page = browser("csw").post(f"/cases/{planned.case}/do/acknowledge/", given)

    assert page["Location"] == f"/councils/{planned.case}/"


def test_a_meeting_is_planned_on_its_own_page_and_not_among_reports(browser: Browser, planned: Done) -> None:
    client = browser("caseworker")

    assert "/cases/new/council/" in client.get("/councils/").content.decode()
    assert "/cases/new/council/" not in browser("commissioner").get("/councils/").content.decode()
    assert "/cases/new/council/" not in client.get("/cases/new/").content.decode()
