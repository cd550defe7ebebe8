"""The supervisor's board: every figure leads to exactly its cases, drawings and tables say the same."""

import re
from csv import reader as csv_reader
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases.models import Case, Notice
from backend.demo.cast import member_id
from backend.figures import counting, reading
from backend.figures.models import Cohort, Tally
from backend.pages.lead import words
from backend.people.models import Member
from backend.runs import board as run
from backend.runs.models import Run
from backend.workflow.board import way
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db


def page(browser, address="/board/", who="supervisor"):
    return browser(who).get(address).content.decode()


def counted():
    counting.standing(timezone.now())
    counting.ways(timezone.now())


@pytest.fixture
def several(report):
    """Seven notices, one of them assigned, one closed without action, one past its deadline."""
    made = [report() for _number in range(7)]
    step = do(made[0], "triage", answers("triage", urgency="C"))
    do(step, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
    do(made[1], "dismiss", answers("no_action"), by="supervisor")
    Case.objects.filter(pk=made[2].case).update(due_at=timezone.now() - timedelta(days=1))
    counted()
    return made


def test_only_whoever_leads_the_section_sees_it(browser, several):
    assert browser("supervisor").get("/board/").status_code == 200
    assert browser("caseworker").get("/board/").status_code == 403


def test_each_load_is_the_length_of_its_list(browser, several):
    standing = reading.standing("city")

    assert {load.key: load.open for load in standing.workers} == {"": 5, str(member_id("caseworker")): 1}
    assert page(browser, f"/board/cases/?worker={member_id('caseworker')}").count('<th scope="row">') == 1
    assert page(browser, "/board/cases/?worker=nobody").count('<th scope="row">') == 5
    assert page(browser, "/board/cases/?due=late").count('<th scope="row">') == standing.late == 1


def test_every_case_of_the_year_is_in_one_list_of_the_funnel(browser, several):
    course, year = way(), counting.fiscal_year(timezone.localdate())
    lists = {
        (stage.name, ending): page(
            browser, f"/board/cases/?year={year}&furthest={stage.name}&ending={ending}"
        ).count('<th scope="row">')
        for stage in course.stages
        for ending in reading.endings(course)
    }
    rows = {(course.stages[row.stage].name, row.ending): row.cases for row in Cohort.objects.all()}

    assert {key: number for key, number in lists.items() if number} == rows
    assert sum(lists.values()) == 7


def test_the_funnel_never_grows_and_begins_with_all(several):
    course = way()
    found = reading.ways("city", counting.fiscal_year(timezone.localdate()), places(), {}, 1)
    reached = [stage.reached.value for stage in found.stages]

    assert reached == sorted(reached, reverse=True)
    assert reached[0] == found.total.value == 7
    assert len(reached) == len(course.stages)


def places():
    from backend.people.models import Area

    return reading.Places(Area.objects.all())


def test_small_figures_about_residents_are_not_on_the_page(browser, several):
    text = page(browser)

    funnel = text[text.index("気づきから支援まで") :]
    assert re.search(r"data-value>(5未満|＊)<", funnel)
    assert not re.search(r"data-value>[1-4]<", funnel)


def test_a_district_has_its_own_figures_and_each_leads_to_its_cases(browser, several):
    code = Case.objects.get(pk=several[2].case).area_id
    district = places().district(code)

    text = page(browser, f"/board/?area={district.code}")

    here = reading.within(reading.standing("city"), places(), district.code)
    assert (here.open, here.late) == (6, 1)
    for asked in ("", "due=late"):
        link = f"/board/cases/?{asked}{'&amp;' if asked else ''}area={district.code}"
        assert f'href="{link}"' in text
        number = here.late if asked else here.open
        assert page(browser, link.replace("&amp;", "&")).count('<th scope="row">') == number
    assert "担当、状態、承認、支援までの流れは、係全体で数えています。" in text
    assert 'data-figure="funnel"' not in text


def test_every_month_of_the_table_leads_to_its_cases(browser, several):
    text = page(browser)
    table = text[text.index('data-figure="months"') :].partition("</figure>")[0].partition("<details")[2]
    cells = re.findall(r'<td class="figures">(.*?)</td>', table)

    assert cells
    assert all("/board/cases/?" in cell for cell in cells)
    link = re.search(r'href="([^"]+month=[^"]+area=[^"]+)"', table)[1].replace("&amp;", "&")
    assert page(browser, link).count('<th scope="row">') == 7


@pytest.mark.parametrize("figure", ["areas", "funnel", "months"])
def test_a_drawing_and_its_table_say_the_same(browser, several, figure):
    text = page(browser)
    drawn = text[text.index(f'data-figure="{figure}"') :].partition("</figure>")[0]
    picture, _details, table = drawn.partition("<details")
    numbers = r"data-value>([^<]+)<" if figure != "areas" else r'class="amount">([^<\s]+)'

    assert sorted(re.findall(numbers, picture)) == sorted(re.findall(r"data-value>([^<]+)<", table))
    assert re.findall(numbers, picture)


@pytest.mark.parametrize("table", ["workers", "states", "areas", "months", "funnel"])
def test_files_hold_the_words_of_the_page(browser, several, table):
    from openpyxl import load_workbook

    client = browser("supervisor")
    utf8 = client.get(f"/board/files/{table}.csv").content.decode("utf-8-sig")
    cp932 = client.get(f"/board/files/{table}.cp932").content.decode("cp932")
    sheet = load_workbook(BytesIO(client.get(f"/board/files/{table}.xlsx").content)).active
    lines = list(csv_reader(StringIO(utf8)))

    assert utf8 == cp932
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == lines
    assert len(lines) > 1
    assert client.get("/board/files/persons.csv").status_code == 404


def test_the_page_asks_ten_queries_however_many_cases_there_are(
    browser, several, django_assert_max_num_queries
):
    client = browser("supervisor")
    with django_assert_max_num_queries(10):
        client.get("/board/")


def test_counting_again_is_one_press_and_replaces_what_was_there(browser, several, report):
    report()
    answer = browser("supervisor").post("/board/count/", follow=True).content.decode()

    assert "いま数えました" in answer
    assert reading.standing("city").unassigned == 6
    assert Tally.objects.filter(controller="city", kind="worker", key="").count() == 1


def test_the_run_counts_what_is_open_each_time_and_the_ways_once_a_day(several, report):
    Cohort.objects.all().delete()
    run.run(timezone.localdate())
    report()
    run.run(timezone.localdate())

    assert reading.standing("city").open == 7
    assert sum(row.cases for row in Cohort.objects.all()) == 7
    assert Run.objects.get(kind="board").state == "done"


def test_how_long_steps_took_is_told_from_five_cases_on(report):
    began = timezone.now() - timedelta(days=3)
    for number in range(5):
        made = report(at=began, key=f"paced-{number:03}")
        do(made, "triage", answers("triage", urgency="C"), at=began + timedelta(hours=12 + number))
    counting.ways(timezone.now())
    (pace,) = reading.paces("city").values()

    assert (pace.stage, pace.cases, pace.minutes) == ("received", 5, 14 * 60)
    assert words.took(90) == "1.5時間"


def test_leave_is_entered_and_followed(browser, cast):
    today = timezone.localdate()
    asked = {"begins": today.isoformat(), "ends": (today + timedelta(days=2)).isoformat()}
    client = browser("supervisor")
    answer = client.post(
        f"/board/leave/{member_id('caseworker')}/", {**asked, "deputy": str(member_id("supervisor"))}
    )

    row = Member.objects.get(pk=member_id("caseworker"))
    assert answer.status_code == 302
    assert (row.deputy_id, row.deputy_from) == (member_id("supervisor"), today)
    assert "あなたが代理です。" in client.get("/notices/").content.decode()

    client.post(f"/board/leave/{row.pk}/", {"end": "1"})
    row.refresh_from_db()
    assert row.deputy_id is None
    assert "同僚の代理は終わりました。" in client.get("/notices/").content.decode()


def test_many_leaves_of_one_colleague_cost_no_more_queries_than_one(browser, cast):
    client, away = browser("supervisor"), str(member_id("caseworker"))

    def told(key):
        given = {"member_id": member_id("supervisor"), "kind": "deputy", "stage": away}
        Notice.objects.create(key=key, created_at=timezone.now(), **given)
        with CaptureQueriesContext(connection) as found:
            client.get("/notices/")
        return len(found)

    told("warm")
    few = told("one")

    assert [told(key) for key in ("two", "three")] == [few, few]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"deputy": "caseworker"}, "一覧から"),
        ({"ends": "2020-01-01"}, "終わりの日が、はじめの日より前です"),
        ({"begins": "2020-01-01", "ends": "2020-01-02"}, "もう終わっています"),
    ],
)
def test_a_leave_that_cannot_be_says_what_to_do(browser, cast, changed, said):
    today = timezone.localdate().isoformat()
    given = {"begins": today, "ends": today, "deputy": "supervisor", **changed}
    given["deputy"] = str(member_id(given["deputy"]))
    answer = browser("supervisor").post(f"/board/leave/{member_id('caseworker')}/", given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Member.objects.get(pk=member_id("caseworker")).deputy_id is None
