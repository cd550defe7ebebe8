"""The reminder run as a real process: killed in the middle, started twice at once, typed wrong."""

import json
import subprocess
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from backend.cases.models import Notice, Timer
from backend.runs import ledger
from backend.runs.models import Digest, Run
from backend.seals.models import Chain, Journal, Leaf, Seal
from tests.jobs.conftest import start
from tests.operations import office

pytestmark = pytest.mark.usefixtures("committed_db")


def tsunagu(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    process = start(*arguments, **extra)
    output, _nothing = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, output)


def run(name: str, capsys, *, all_of_it: bool = False):
    """The last line of a run that nobody kills: in this process, whatever its exit status."""
    connection.close()
    with suppress(SystemExit):
        call_command("run", name)
    told = capsys.readouterr()
    return told if all_of_it else told.out.splitlines()[-1]


def many_due(count: int) -> None:
    """Timers in the past of one assigned case, nobody with an address."""
    case = office.case(assignee=office.member(email=""))
    Timer.objects.bulk_create(
        Timer(
            case=case, entry_seq=n, kind="due", stage=0,
            at=timezone.now() - timedelta(days=2),
        )
        for n in range(count)
    )  # fmt: skip


@pytest.mark.parametrize(("point", "kept"), [("R2", 0), ("R3", 200)])
def test_killed_in_the_middle_the_next_run_goes_on_where_it_ended(point, kept, capsys):
    many_due(450)
    assert tsunagu("run", "reminders", TSUNAGU_KILL_POINT=point).returncode == 137
    assert Notice.objects.count() == kept

    assert "another run is at work" in run("reminders", capsys)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert run("reminders", capsys).endswith(f": {450 - kept} sent, 0 skipped, 0 failed")
    assert Notice.objects.count() == 450


def test_what_a_dead_process_left_open_the_run_of_a_later_day_does_and_closes(capsys):
    yesterday = timezone.localdate() - timedelta(days=1)
    many_due(450)
    killed = tsunagu("run", "reminders", "--date", yesterday.isoformat(), TSUNAGU_KILL_POINT="R3")
    over = timezone.now() - timedelta(seconds=1)
    Run.objects.update(lease_until=over)

    told = run("reminders", capsys, all_of_it=True)

    assert killed.returncode == 137
    assert told.out.splitlines()[-1].endswith(": 250 sent, 0 skipped, 0 failed")
    assert f"{yesterday}: その日の実行は途中で切れました。その分は、この実行が済ませました。" in told.err
    left = Run.objects.get(business_date=yesterday)
    assert (left.state, left.token, left.finished_at) == ("done", None, over)
    assert left.caught_up_by == Run.objects.get(business_date=timezone.localdate())


def test_a_run_whose_lease_lasts_is_closed_by_nobody(capsys):
    yesterday = timezone.localdate() - timedelta(days=1)
    many_due(1)
    tsunagu("run", "reminders", "--date", yesterday.isoformat(), TSUNAGU_KILL_POINT="R2")

    run("reminders", capsys)

    left = Run.objects.get(business_date=yesterday)
    assert (left.state, left.caught_up_by) == ("running", None)


def test_started_again_for_its_own_day_a_run_is_its_own(capsys):
    yesterday = timezone.localdate() - timedelta(days=1)
    tsunagu("run", "seal", "--date", yesterday.isoformat(), TSUNAGU_KILL_POINT="R8")
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run("tidy", capsys)  # another kind does not do its work

    run("seal", capsys)
    assert Run.objects.get(kind="seal", business_date=yesterday).caught_up_by is not None

    ledger.take("seal", yesterday).end()
    assert Run.objects.get(kind="seal", business_date=yesterday).caught_up_by is None


def test_of_two_at_once_one_works_and_the_other_says_so():
    many_due(400)

    both = [start("run", "reminders", "--json"), start("run", "reminders", "--json")]
    reports = [json.loads(process.communicate(timeout=60)[0].splitlines()[-1]) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sum(report["sent"] for report in reports) == 400
    assert Notice.objects.count() == 400


def test_a_digest_killed_while_sending_is_not_sent_twice():
    case = office.case(assignee=office.member(), urgency="A")  # told at any hour: this test runs at any hour
    office.timer(case, timezone.now() - timedelta(days=2), "due")
    assert tsunagu("run", "reminders", TSUNAGU_KILL_POINT="R5").returncode == 137
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    again = tsunagu("run", "reminders", "--json")

    told = Digest.objects.exclude(state="ready").get()  # at night the usual one still waits for the morning
    assert (again.returncode, told.state) == (0, "unclear")


def test_a_seal_killed_on_the_way_leaves_no_half_and_the_next_covers_it(tmp_path, settings, capsys):
    office.case()
    settings.SEAL_KEY = str(tmp_path / "key.pem")
    assert (
        tsunagu("run", "seal", TSUNAGU_KILL_POINT="R8", TSUNAGU_SEAL_KEY=settings.SEAL_KEY).returncode == 137
    )
    assert (Seal.objects.count(), Leaf.objects.count(), Chain.objects.count()) == (0, 0, 0)

    assert "another run is at work" in run("seal", capsys)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run("seal", capsys)

    chains = 1 + Journal.objects.count()
    assert (Seal.objects.count(), Leaf.objects.count(), Chain.objects.count()) == (1, chains, chains)


def test_a_wrong_date_says_what_is_wanted():
    wrong = tsunagu("run", "reminders", "--date", "1.12.2026")

    assert wrong.returncode == 2
    assert "'1.12.2026' is not a day; want one like 2026-12-01" in wrong.stdout


def test_a_future_date_is_seen_as_that_day_looks_at_its_end():
    evening = datetime(2028, 12, 1, 23, 59, 59, tzinfo=timezone.get_default_timezone())
    office.timer(office.case(assignee=office.member(email="")), evening)

    preview = tsunagu("run", "reminders", "--date", "2028-12-01", "--preview", "--json")

    assert date.fromisoformat(json.loads(preview.stdout.splitlines()[-1])["date"]) == evening.date()
