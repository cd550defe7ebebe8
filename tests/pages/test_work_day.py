"""My work through the day: where one lands, what is counted, several letters at once, the evening."""

import re
from datetime import UTC, datetime, time, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.utils import timezone

from backend.access import helping
from backend.cases.models import Case, Effect, Step
from backend.demo.cast import CAST, member_id
from backend.pages import wording
from backend.pages.cases.offers import next_title, offers
from backend.pages.desk import evening, lists
from backend.pages.seeing import see
from backend.people.models import Member, Person, User
from backend.workflow.calendar import Calendar
from tests.pages.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db


def main(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode())).partition("<main")[2]


def here(page):
    """The name of the list the page shows."""
    return re.search(r'<a href="[^"]*view=(\w+)[^"]*" aria-current="page"', main(page))[1]


@pytest.fixture
def assigned(triaged):
    return do(triaged, "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"})


@pytest.fixture
def hers(report):
    """Cases about a person each, triaged, of the urgency given."""

    def begin(urgency="C"):
        done = report()
        person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1")
        Case.objects.filter(pk=done.case).update(person=person)
        return do(done, "triage", answers("triage", urgency=urgency))

    return begin


def test_who_has_nothing_of_their_own_lands_where_there_is_something(browser, assigned):
    client = browser("supervisor")

    assert here(client.get("/")) == "team"
    assert "ご自分の担当はいまありません" in main(client.get("/"))
    assert here(browser("caseworker").get("/")) == "mine"


def test_who_asks_for_their_own_gets_their_own_though_it_is_empty(browser, assigned):
    page = browser("supervisor").get("/?view=mine")

    assert here(page) == "mine"
    assert "ここで待っているものはありません" in main(page)


def test_with_nothing_anywhere_one_lands_on_ones_own(browser, cast):
    assert here(browser("privacy").get("/")) == "mine"


def test_what_is_due_today_and_this_week_is_told_above_the_list(browser, assigned):
    tonight = lists.midnight_after(timezone.localdate()) - timedelta(seconds=1)
    Case.objects.filter(pk=assigned.case).update(due_at=tonight)

    page = main(browser("caseworker").get("/"))

    assert re.search(r"今日が期限 <b>1</b> · 今週が期限 <b>1</b> · 期限超過（全体） <b>0</b>", page)


def test_those_that_wait_longest_stand_first_and_go_on_page_by_page(browser, report):
    made = [report() for _ in range(22)]
    for days, done in enumerate(made):
        Case.objects.filter(pk=done.case).update(entered_at=timezone.now() - timedelta(days=days))
    client = browser("supervisor")

    first = main(client.get("/?view=team&order=waiting"))
    second = main(client.get(unescape(re.search(r'href="(/\?[^"]*after=[^"]+)"', first)[1])))

    told = re.findall(r'class="number">([^<]+)<', first) + re.findall(r'class="number">([^<]+)<', second)
    assert told == [done.number for done in reversed(made)]


@pytest.mark.parametrize("urgency", ["A", "C"])
def test_what_is_next_in_a_list_is_what_is_next_on_the_page_of_the_case(report, urgency):
    done = report(actor=member_id("commissioner"))
    held = do(report(), "hold", answers("hold"))
    further = do(done, "triage", answers("triage", urgency=urgency))
    asked = 0
    for player in CAST:
        member = Member.objects.select_related("organisation", "user").get(pk=player.id)
        now = timezone.now()
        acting = SimpleNamespace(member=member, facts=member.facts(), now=now, lang="ja")
        acting.today = timezone.localdate(now)
        acting.day = int(f"{acting.today:%Y%m%d}")
        for case in Case.objects.filter(pk__in=(held.case, further.case)):
            seen = see(case, acting)
            if seen is not None:
                asked += 1
                found = offers(seen).next
                assert next_title(seen) == (found.title if found else "")
    assert asked > 4


def test_a_list_explains_no_refusal(browser, assigned, monkeypatch):
    monkeypatch.setattr(helping, "find", lambda *_given, **_more: 1 / 0)

    assert assigned.number in main(browser("caseworker").get("/"))
    with pytest.raises(ZeroDivisionError):
        browser("caseworker").get(f"/cases/{assigned.case}/")


def test_one_letter_each_is_written_to_several_and_what_is_urgent_is_left_out(browser, hers):
    calm, other, urgent = hers(), hers(), hers("A")
    client = browser("caseworker")
    chosen = [str(done.case) for done in (calm, other, urgent)]

    asked = main(client.post("/work/letters/", {"case": chosen}))
    hidden = dict(re.findall(r'name="(_\w+)" value="(\w+)"', asked))
    given = post_of(answers("visit_appointment")) | hidden | {"case": chosen}
    page = main(client.post("/work/letters/", given))
    client.post("/work/letters/", given)

    assert "急ぐケースです。1件だけで行ってください。" in asked
    assert "手紙を2通つくる" in asked
    assert "急ぐケースです。1件だけで行ってください。" in page
    written = Effect.objects.filter(kind="letter", target="visit_notice")
    assert sorted(written.values_list("case", flat=True)) == sorted((calm.case, other.case))


def test_a_letter_that_says_too_little_is_asked_for_again_and_nothing_is_written(browser, hers):
    done = hers()
    client = browser("caseworker")
    given = {"case": [str(done.case)], "_send": "1", "visitors": "田中 由美"}

    page = client.post("/work/letters/", given)

    assert page.status_code == 422
    assert 'value="田中 由美"' in main(page)
    assert Step.objects.filter(case=done.case).count() == 2


def test_where_no_letter_can_be_written_the_page_says_so(browser, detected):
    page = main(browser("caseworker").post("/work/letters/", {"case": [str(detected.case)]}))

    assert "いまの状態では、本人あての手紙はつくれません。" in page
    assert "手紙を1通つくる" not in page


@pytest.fixture
def evening_comes(monkeypatch):
    monkeypatch.setattr(evening, "BEGINS", time(0))
    monkeypatch.setattr(Calendar, "is_business_day", lambda _self, _day: True)


def test_in_the_evening_what_can_wait_is_put_off_with_one_press(browser, assigned, evening_comes):
    Case.objects.filter(pk=assigned.case).update(due_at=timezone.now() + timedelta(days=30))
    client = browser("caseworker")

    page = main(client.get("/"))

    assert "今日が期限のものはありません。お疲れさまでした。" in page
    tomorrow = wording.day(timezone.localdate() + timedelta(days=1), "ja")
    assert f"待てるもの1件を、{tomorrow}の朝に出す" in page
    client.post("/work/later/", {"case": [str(assigned.case)], "until": "tomorrow"})
    assert assigned.number not in main(client.get("/?view=mine"))


def test_in_the_evening_what_is_due_today_is_told_and_not_put_off(browser, assigned, evening_comes):
    tonight = lists.midnight_after(timezone.localdate()) - timedelta(seconds=1)
    Case.objects.filter(pk=assigned.case).update(due_at=tonight)

    page = main(browser("caseworker").get("/"))

    assert "今日が期限のものは残り1件です。" in page
    assert "待てるもの" not in page


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), False),  # 16:59
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True),  # 17:00
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), False),  # a holiday
    ],
)
def test_the_evening_begins_at_five_on_days_the_office_is_open(moment, told):
    acting = SimpleNamespace(now=moment, today=timezone.localdate(moment), lang="ja")

    assert (evening.evening(acting, 0, ()) is not None) is told


def test_single_letters_are_switched_off_for_good(browser, assigned):
    client = browser("caseworker")
    assert 'data-list="letters"' in main(client.get("/"))

    client.post("/display/", {"letter_keys": "0"})

    assert 'data-list="arrows"' in main(client.get("/"))
    assert not User.objects.get(username="caseworker").letter_keys


def test_who_has_a_case_is_asked_to_refer_it_and_not_to_assign_it_again(browser, assigned):
    done = do(assigned, "record_consent", answers("consent", answer="given"))

    page = main(browser("caseworker").get(f"/cases/{done.case}/"))

    assert re.search(r'class="next-action"><b>([^<]+)<', page)[1] == "つなぐ"


def test_a_consent_that_ends_soon_is_told_on_the_page_and_renewed_there_with_new_dates(browser, hers):
    today = timezone.localdate()
    soon, later = (str(today + timedelta(days=days)) for days in (30, 400))
    done = do(hers(), "record_consent", answers("consent", answer="given", valid_until=soon))
    client, url = browser("caseworker"), f"/cases/{done.case}/"

    assert f'{url}do/renew_consent/"' in main(client.get(url)).partition('id="next"')[0]
    form = main(client.get(f"{url}do/renew_consent/"))
    assert re.search(r'name="purposes" value="watch_over"[^>]* checked', form)
    do(done, "renew_consent", answers("consent", answer="given", valid_until=later))

    assert "同意の期限は" not in main(client.get(url))
    assert Case.objects.get(pk=done.case).facts["consent_until"] == later


def test_after_an_agency_reports_the_end_of_its_support_the_office_goes_on(browser, assigned):
    done = do(assigned, "record_consent", answers("consent"))
    done = do(done, "refer", answers("referral_sheet"))
    done = do(done, "accept", answers("accept_reply"), by="receiver")
    done = do(done, "record_first_contact", answers("first_contact"), by="receiver")
    done = do(done, "begin_support", answers("intake"), by="receiver")
    client, url = browser("receiver"), f"/cases/{assigned.case}/"
    ends = answers("evaluation", outcome="close", close_reason="目標を達成した。")
    ends.pop("next_review_on", None)

    do(done, "report_end", ends, by="receiver")

    assert "次にすること" in main(client.get(url))
    assert 'class="next-action"><b>' not in main(client.get(url))
    told = re.search(r'class="next-action"><b>([^<]+)<', main(browser("caseworker").get(url)))
    assert (told[1], Case.objects.get().state) == ("見守りにする", "referral.support_ended")
