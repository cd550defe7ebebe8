"""The runs page: what ran, what failed and what to do, a look ahead, and running one now."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.cases.models import Case, Notice, Timer
from backend.runs import asked, calendar, ledger, reminders, timetable
from backend.runs.models import Run
from backend.runs.registry import RUNS
from backend.runs.reporting import Reached, Trouble

pytestmark = pytest.mark.django_db


def late(case_id):
    """A deadline of a case that was over yesterday."""
    at = timezone.now() - timedelta(days=1)
    return Timer.objects.create(case_id=case_id, entry_seq=99, kind="due", stage=0, at=at)


def ended(*troubles, **values):
    held = ledger.take("reminders", timezone.localdate())
    held.counts.update(values)
    held.troubles += troubles
    held.keep()
    held.end()


def test_the_supervisor_reads_what_a_run_did_and_what_to_do(browser, triaged):
    number = Case.objects.values_list("number", flat=True).get(pk=triaged.case)
    ended(Trouble(number, "nobody"), sent=3, skipped=1)

    page = browser("supervisor").get("/runs/").content.decode()

    assert "知らせたもの <b>3</b>" in page
    assert number in page
    assert "担当者か係長を決めてください" in page


def test_a_case_one_may_not_see_is_not_named(browser, triaged):
    Case.objects.filter(pk=triaged.case).update(controller="csw")
    number = Case.objects.values_list("number", flat=True).get(pk=triaged.case)
    ended(Trouble(number, "nobody"), skipped=1)

    page = browser("supervisor").get("/runs/").content.decode()

    assert number not in page
    assert "知らせる相手がいません" in page


def test_a_look_ahead_does_nothing(browser, triaged):
    late(triaged.case)

    page = browser("supervisor").get("/runs/reminders/").content.decode()

    assert Case.objects.values_list("number", flat=True).get(pk=triaged.case) in page
    assert not Notice.objects.filter(kind="due").exists()
    assert not Run.objects.exists()


def test_a_look_ahead_tells_how_much_and_goes_on_to_the_days_that_follow(browser, triaged):
    Timer.objects.all().delete()  # those of the case itself may be due within these days
    late(triaged.case)
    days = timetable.days("reminders", timezone.now(), 5)
    client = browser("supervisor")

    today = client.get("/runs/reminders/").content.decode()
    ahead = client.get(f"/runs/reminders/?day={days[-1]}").content.decode()

    assert "いま動かす (1)" in today
    assert f'href="?day={days[-1]}"' in today
    assert f'href="?day={days[-1]}" aria-current="true"' in ahead
    assert "見込み: <b>1</b>" in ahead
    assert "いま動かす" not in ahead
    assert not Run.objects.exists()


def test_each_run_says_when_it_is_next_and_which_process_is_at_work(browser):
    held = ledger.take("letters", timezone.localdate())

    page = browser("supervisor").get("/runs/").content.decode()

    assert ledger.holder() in page
    assert re.search(r"まで受け持っています", page)
    held.end()
    assert "まで受け持っています" not in browser("supervisor").get("/runs/").content.decode()
    assert page.count("<dt>次の予定</dt><dd>–</dd>") == 0
    assert page.count("<dt>次の予定</dt>") == len(RUNS)


def test_the_night_is_told_in_a_line_each_and_what_failed_is_not_called_done(browser):
    ended(sent=1)
    client = browser("supervisor")
    assert "夜のあいだ、すべて済みました。" in client.get("/runs/").content.decode()

    ended(Trouble("", "error"), failed=1)

    assert "夜のあいだ、すべて済みました。" not in client.get("/runs/").content.decode()


def test_a_calendar_nobody_can_read_is_said_where_the_runs_are(browser, monkeypatch, tmp_path):
    broken = tmp_path / "prefect.yaml"
    broken.write_text("deployments:\n  - {name: seal, schedules: [{cron: never, timezone: Asia/Tokyo}]}\n")
    monkeypatch.setattr(calendar, "file", lambda: broken)
    client = browser("supervisor")

    assert "予定表を読めないため、自動では何も動きません。" in client.get("/runs/").content.decode()
    assert client.get("/runs/seal/").status_code == 200


def test_run_now_is_done_by_a_worker(browser, triaged):
    late(triaged.case)
    page = browser("supervisor").post("/runs/reminders/", follow=True).content.decode()

    asked.do_all()

    assert "1分以内に動きます" in page
    assert Notice.objects.filter(kind="due").exists()
    assert Run.objects.values_list("state", "asked_at").get() == ("done", None)


def test_a_run_at_work_is_not_asked_for_again(browser):
    ledger.take("reminders", timezone.localdate())

    page = browser("supervisor").post("/runs/reminders/", follow=True).content.decode()

    assert "すでに動いています" in page
    assert not Run.objects.filter(asked_at__isnull=False).exists()


def test_a_run_that_failed_says_so(browser, monkeypatch):
    ledger.ask("reminders", timezone.localdate())
    monkeypatch.setattr(reminders, "_every_chunk", lambda *_given: 1 / 0)

    asked.do_all()

    page = browser("supervisor").get("/runs/").content.decode()
    assert "途中で止まりました" in page
    assert "もう一度動かしてください" in page


def test_a_day_that_was_interrupted_is_told_as_what_it_is(browser):
    today = timezone.localdate()
    ledger.take("reminders", today - timedelta(days=1))
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    client = browser("supervisor")
    assert "途中で切れました。次に動くとき続きから行います" in client.get("/runs/").content.decode()

    ended(sent=1)

    page = client.get("/runs/").content.decode()
    assert f"その分は{today.month}月{today.day}日（" in page
    assert "その日の実行は途中で切れました。その分は、この実行が済ませました。" in page
    assert "途中で切れました。次に動くとき続きから行います" not in page


@pytest.mark.parametrize("path", ["/runs/nothing/", "/runs/seals/7/"])
def test_what_is_not_there_is_not_found(browser, path):
    assert browser("supervisor").get(path).status_code == 404


def test_the_caseworker_has_no_such_page(browser):
    client = browser("caseworker")

    assert client.get("/runs/").status_code == 403
    assert client.post("/runs/reminders/").status_code == 403
    assert not Run.objects.exists()


def test_it_is_told_in_english_too(browser, triaged):
    from backend.people.models import User

    User.objects.filter(username="supervisor").update(language="en")
    ended(sent=1)

    page = browser("supervisor").get("/runs/").content.decode()

    assert "told <b>1</b>" in page


def test_a_run_at_work_says_how_far_it_is(browser):
    held = ledger.take("letters", timezone.localdate())
    held.reached = Reached(3, 212, 500)
    held.keep()

    page = browser("supervisor").get("/runs/").content.decode()

    assert "3番目のファイル：500通のうち212通まで" in page
