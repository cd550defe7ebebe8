"""Every run leaves a report: with its row, on the terminal, for programs, for monitoring."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.runs import calendar, closures, ledger, reminders
from backend.runs.models import Run
from backend.runs.registry import COUNTS, RUNS, in_words
from backend.runs.reporting import WHY, Report, Trouble, telling_words
from backend.workflow.calendar import office as office_days
from tests.operations import office

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


def due_for_nobody():
    office.timer(office.case(), timezone.now() - timedelta(days=2))


def test_what_could_not_be_done_is_kept_with_why():
    due_for_nobody()

    reminders.run(timezone.localdate())

    row = Run.objects.get()
    assert row.counts["skipped"] == 1
    assert [one["why"] for one in row.troubles] == ["nobody"]


def test_the_terminal_says_what_to_do_and_ends_with_the_line():
    due_for_nobody()
    out, err = StringIO(), StringIO()

    call_command("run", "reminders", stdout=out, stderr=err)

    assert "知らせる相手がいません" in err.getvalue()
    assert out.getvalue().splitlines()[-1].endswith(": 0 sent, 1 skipped, 0 failed")


def test_for_programs_it_is_one_object():
    due_for_nobody()
    out = StringIO()

    call_command("run", "reminders", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["run"], told["sent"], told["skipped"]) == ("reminders", 0, 1)
    assert told["troubles"][0]["why"] == "nobody"


def test_a_run_that_is_none_is_told_which_there_are():
    with pytest.raises(CommandError, match="no run 'remainders'; there are reminders, consents,"):
        call_command("run", "remainders")


def test_a_report_reads_in_both_languages(settings):
    report = Report(DAY, kind="reminders", troubles=[Trouble("R8-0412", "nobody")])
    report.counts.update(sent=2)

    from django.utils import translation

    with translation.override("ja"):
        assert "- 知らせたもの: 2" in in_words(report)
    with translation.override("en"):
        assert "**R8-0412** Nobody could be told" in in_words(report)


def test_the_calendar_has_every_run_and_none_besides():
    assert {entry["name"] for entry in calendar.read()} == set(RUNS)


def test_every_count_and_reason_has_words():
    assert all(str(words) for words in COUNTS.values())
    assert all(str(why) and str(todo) for why, todo in WHY.values())


def test_without_the_token_there_are_no_metrics(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "m" * 30
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


def test_monitoring_reads_how_runs_and_seals_stand(client, settings):
    settings.METRICS_TOKEN = "m" * 30
    due_for_nobody()
    reminders.run(timezone.localdate())

    told = client.get("/metrics", headers={"Authorization": f"Bearer {'m' * 30}"}).content.decode()

    assert 'tsunagu_run_count{count="skipped",run="reminders"} 1.0' in told
    assert 'tsunagu_run_failing{run="reminders"} 0.0' in told
    assert "tsunagu_seal_number 0.0" in told
    assert "R8-" not in told


def test_monitoring_tells_interrupted_days_by_whether_their_work_is_done(client, settings):
    settings.METRICS_TOKEN = "m" * 30
    for days in (1, 2):
        ledger.take("seal", DAY - timedelta(days=days))
    ledger.take("tidy", DAY)
    Run.objects.filter(kind="seal").update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take("seal", DAY - timedelta(days=1)).end()
    ledger.take("seal", DAY)
    Run.objects.filter(business_date=DAY).update(lease_until=timezone.now() - timedelta(seconds=1))

    told = client.get("/metrics", headers={"Authorization": f"Bearer {'m' * 30}"}).content.decode()

    assert 'tsunagu_run_interrupted{run="seal",work="open"} 1.0' in told
    assert 'tsunagu_run_interrupted{run="seal",work="done"} 1.0' in told
    assert 'tsunagu_run_interrupted{run="letters",work="open"} 0.0' in told


def test_the_calendar_remembers_what_the_newest_run_ended_with_not_one_cut_short():
    closures.run(DAY)
    ledger.take("calendar", DAY - timedelta(days=1))
    typhoon = office_days().to_content() | {"closed": ["2026-09-30"]}
    Run.objects.filter(business_date__lt=DAY).update(result={"calendar": typhoon})

    assert closures._remembered() == office_days()


def test_a_run_asked_for_waits_for_its_lease():
    held = ledger.take("reminders", DAY)

    assert not ledger.ask("reminders", DAY)
    held.end()
    assert ledger.ask("reminders", DAY)


@pytest.mark.parametrize(
    ("members", "letter", "words"),
    [
        (0, "reminder", "お知らせ：手紙を出します"),
        (2, "reminder", "お知らせ：手紙を出し、2人に知らせます"),
        (2, "", "お知らせ：2人に知らせます"),
    ],
)
def test_what_a_reminder_would_do_says_whether_it_writes_a_letter(members, letter, words):
    assert telling_words({"kind": "remind", "members": members, "letter": letter}) == words
