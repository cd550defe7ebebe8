"""My work: the lists, what is kept of them, and what is done with several cases at once."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from backend import access
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.pages.models import Later, SavedView
from tests.pages.conftest import answers, do

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def main(page):
    return text(page).partition("<main")[2]


@pytest.fixture
def easy(triaged):
    """A case of urgency C, whose deadline is far off and not the law's."""
    Case.objects.filter(pk=triaged.case).update(due_at=timezone.now() + timedelta(days=30))
    return triaged


def test_what_is_put_off_is_out_of_the_lists_and_in_its_own(browser, easy):
    client = browser("caseworker")

    page = client.post("/work/later/", {"case": [str(easy.case)], "until": "week"})

    assert "にもどります" in text(page)
    assert easy.number not in main(client.get("/?view=team"))
    assert easy.number in main(client.get("/?view=later"))
    assert "8:30にもどります" in main(client.get("/?view=later"))
    assert easy.number in main(browser("supervisor").get("/?view=team"))


def test_what_was_put_off_comes_back_when_it_is_late(browser, easy):
    client = browser("caseworker")
    client.post("/work/later/", {"case": [str(easy.case)], "until": "week"})

    Case.objects.filter(pk=easy.case).update(due_at=timezone.now() - timedelta(hours=1))

    assert easy.number in main(client.get("/?view=team"))
    assert easy.number in main(client.get("/?view=overdue"))


def test_what_was_put_off_comes_back_in_the_morning_and_when_it_is_called_back(browser, easy):
    client = browser("caseworker")
    client.post("/work/later/", {"case": [str(easy.case)], "until": "tomorrow"})
    Later.objects.update(until=timezone.now() - timedelta(minutes=1))
    assert easy.number in main(client.get("/?view=team"))

    Later.objects.update(until=timezone.now() + timedelta(days=1))
    client.post("/work/back/", {"case": [str(easy.case)]})

    assert easy.number in main(client.get("/?view=team"))


def test_what_is_due_before_cannot_be_put_off_and_the_page_says_so(browser, easy):
    Case.objects.filter(pk=easy.case).update(due_at=timezone.now() + timedelta(minutes=5))

    page = browser("caseworker").post("/work/later/", {"case": [str(easy.case)], "until": "week"})

    assert "その前に期限が来ます。" in text(page)
    assert not Later.objects.exists()


def test_a_legal_limit_cannot_be_put_off_and_the_article_is_named(browser, report):
    done = report()
    Case.objects.filter(pk=done.case).update(
        due_at=timezone.now() + timedelta(days=30), facts={"abuse": "elder"}, state="referral.detected"
    )

    page = text(browser("supervisor").post("/work/later/", {"case": [str(done.case)], "until": "tomorrow"}))

    assert "法律の期限があるため、あとにできません。" in page
    assert not Later.objects.exists()


def test_of_several_each_is_assigned_or_says_why_not(browser, easy, report):
    urgent = report()
    Case.objects.filter(pk=urgent.case).update(urgency="A")
    client = browser("supervisor")
    chosen = [str(easy.case), str(urgent.case)]

    asked = text(client.post("/work/assign/", {"case": chosen}))
    key = re.search(r'name="_key" value="(\w+)"', asked)[1]
    given = {"case": chosen, "assigned_to": str(member_id("caseworker")), "reason": "workload", "_key": key}
    page = text(client.post("/work/assign/", given))
    client.post("/work/assign/", given)

    assert "急ぐケースです" in asked
    assert "急ぐケースです" in page
    assert Case.objects.get(pk=easy.case).assignee_id == member_id("caseworker")
    assert Case.objects.get(pk=urgent.case).assignee_id is None
    assert Step.objects.filter(case=easy.case, action__endswith="assign").count() == 1


def test_one_that_moved_meanwhile_is_told_and_not_assigned(browser, easy):
    client = browser("supervisor")
    do(easy, "note", answers("note"), by="caseworker")

    given = {"case": [str(easy.case)], "assigned_to": str(member_id("caseworker")), "reason": "workload"}
    page = text(
        client.post("/work/assign/", {**given, "_key": "a" * 32, f"revision-{easy.case}": easy.revision})
    )

    assert "できませんでした" in page
    assert Case.objects.get(pk=easy.case).assignee_id is None


def test_nobody_does_anything_with_a_case_they_may_not_list(browser, easy):
    page = browser("outsider").post("/work/later/", {"case": [str(easy.case)], "until": "week"})

    assert easy.number not in text(page)
    assert not Later.objects.exists()


def test_a_narrowed_list_stays_narrowed_for_the_session_and_late_cases_are_still_counted(
    browser, easy, report
):
    late = report()
    Case.objects.filter(pk=late.case).update(due_at=timezone.now() - timedelta(days=1))
    client = browser("supervisor")

    client.get("/?view=team&order=due&urgency=C&workflow=&area=")
    page = main(client.get("/?view=team"))

    assert easy.number in page
    assert late.number not in page
    assert re.search(r'class="is-late">超過 <b>1<', page)
    assert late.number in main(client.get("/?view=overdue"))


def test_a_view_is_kept_under_a_name_and_shared_with_the_organisation_only(browser, easy):
    client = browser("supervisor")
    client.post("/work/views/", {"name": " 急がない もの ", "view": "team", "urgency": "C", "shared": "1"})

    mine = text(client.get("/"))
    link = re.search(r'href="(/\?[^"]+)">急がない もの<', mine)[1]

    assert parse_qs(urlsplit(unescape(link)).query)["urgency"] == ["C"]
    assert "急がない もの" in text(browser("caseworker").get("/"))
    assert "急がない もの" not in text(browser("csw").get("/"))


def test_a_view_is_forgotten_by_whoever_made_it_and_nobody_else(browser, easy):
    browser("supervisor").post("/work/views/", {"name": "みんなの", "view": "team", "shared": "1"})
    view = SavedView.objects.get()

    browser("caseworker").post(f"/work/views/{view.pk}/forget/")
    assert SavedView.objects.exists()

    browser("supervisor").post(f"/work/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "asked", ["view=x&order=y", "urgency=Z&area=%00", "after=%FF", "workflow=" + "w" * 99]
)
def test_what_nobody_can_mean_is_left_out(browser, easy, asked):
    assert browser("supervisor").get(f"/?{asked}").status_code == 200


def test_the_newest_first_goes_on_page_by_page(browser, report):
    numbers = {report().number for _ in range(22)}
    client = browser("supervisor")

    first = main(client.get("/?view=team&order=newest"))
    following = unescape(re.search(r'href="(/\?[^"]*after=[^"]+)"', first)[1])
    second = main(client.get(following))

    assert {number for number in numbers if number in first} | {n for n in numbers if n in second} == numbers
    assert not [number for number in numbers if number in first and number in second]


def test_a_case_on_hold_stands_after_those_that_are_late_and_due_page_by_page(browser, report):
    soon, late, held = [report() for _ in range(20)], report(), report()
    now = timezone.now()
    Case.objects.filter(pk=late.case).update(due_at=now - timedelta(hours=1))
    Case.objects.filter(pk=held.case).update(due_at=now - timedelta(days=9), held_at=now - timedelta(days=5))
    client = browser("caseworker")

    first = main(client.get("/?view=team&order=due"))
    following = unescape(re.search(r'href="(/\?[^"]*after=[^"]+)"', first)[1])
    second = main(client.get(following))

    assert all(first.index(late.number) < first.index(one.number) for one in soon if one.number in first)
    assert held.number not in first
    assert second.index(next(one.number for one in soon if one.number in second)) < second.index(held.number)
    assert held.number in main(client.get("/?view=team&order=waiting")) + main(
        client.get("/?view=team&order=newest")
    )


def test_a_count_is_of_the_moment_it_is_asked_and_of_the_rules_in_force(browser, easy, monkeypatch):
    noon = timezone.localtime().replace(hour=12, minute=0)
    with monkeypatch.context() as patched:
        patched.setattr("django.utils.timezone.now", lambda: noon)
        client = browser("caseworker")
    Case.objects.filter(pk=easy.case).update(due_at=noon + timedelta(hours=1))

    def late(hours):
        with monkeypatch.context() as patched:
            patched.setattr("django.utils.timezone.now", lambda: noon + timedelta(hours=hours))
            return {tab.name: tab.shown for tab in client.get("/").context["tabs"]}["overdue"]

    assert (late(0), late(2), late(0)) == ("0", "1", "0")
    with access.using(replace(access.current(), closed=True)):
        assert late(2) == "0"
    assert late(2) == "1"
