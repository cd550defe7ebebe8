from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from backend.cases.addressees import Office
from backend.cases.models import Effect, Notice, Timer
from backend.runs import due, reminders
from backend.runs.due import Horizon
from backend.runs.models import Digest, Run
from tests.operations import office

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 12, 1)
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=JST)
TONIGHT = datetime(2026, 12, 1, 23, 59, 59, tzinfo=JST)  # the end of a deadline's last day


@pytest.fixture(autouse=True)
def workflow(monkeypatch):
    """Cases here were begun under a workflow with one letter."""
    pinned = SimpleNamespace(workflow=SimpleNamespace(letters={"reminder": "a" * 64}))
    monkeypatch.setattr("backend.runs.reminders.pinned.pinned", lambda digest: pinned)


def waiting(**values):
    """A case of one caseworker with a reminder this morning."""
    worker = office.member()
    case = office.case(assignee=worker, **values)
    return case, worker, office.timer(case, MORNING)


def run(now=MORNING, day=DAY, **options):
    return reminders.run(day, now=now, **options)


def test_a_reminder_tells_the_assignee_in_the_morning_of_the_day():
    case, worker, timer = waiting()

    report = run()

    assert report.line == "reminders 2026-12-01: 1 sent, 0 skipped, 0 failed"
    notice = Notice.objects.get()
    assert (notice.case, notice.member, notice.kind, notice.stage) == (case, worker, "remind", "0")
    timer.refresh_from_db()
    assert timer.done_at


def test_a_run_done_twice_tells_once():
    waiting()

    first, second = run(), run()

    assert (first.counts["sent"], second.counts["sent"]) == (1, 0)
    assert (Notice.objects.count(), len(mail.outbox)) == (1, 1)
    assert Run.objects.values_list("state", "starts").get() == ("done", 2)


def test_nobody_is_told_before_the_day():
    waiting()

    report = run(now=MORNING - timedelta(days=1), day=DAY - timedelta(days=1))

    assert report.counts["sent"] == 0


def test_a_held_case_reminds_nobody_and_keeps_its_timers():
    _case, _worker, timer = waiting(held_at=MORNING)

    assert run().counts["sent"] == 0

    timer.refresh_from_db()
    assert timer.done_at is None


def test_a_closed_case_reminds_nobody():
    waiting(is_open=False)

    assert run().counts["sent"] == 0


def test_an_escalation_goes_to_the_role_when_the_time_is_over():
    supervisor = office.member("supervisor")
    case, _worker, timer = waiting()
    timer.delete()
    office.timer(case, MORNING + timedelta(hours=1), "escalate", to="supervisor")

    assert run().counts["sent"] == 0
    assert run(now=MORNING + timedelta(hours=1)).counts["sent"] == 1

    assert Notice.objects.get().member == supervisor


def test_an_owner_role_without_members_is_covered_by_the_supervisors():
    supervisor = office.member("supervisor")
    office.timer(office.case(), MORNING)

    assert run().counts["sent"] == 1

    assert Notice.objects.get().member == supervisor


def test_a_timer_nobody_can_hear_is_skipped_and_stays_due():
    timer = office.timer(office.case(), MORNING)

    report = run()

    timer.refresh_from_db()
    assert report.line == "reminders 2026-12-01: 0 sent, 1 skipped, 0 failed"
    assert timer.done_at is None


def test_a_case_that_cannot_be_read_does_not_stop_the_others(monkeypatch):
    broken, _worker, _timer = waiting()
    waiting()
    honest = Office.meant

    def fails(office, case, word):
        if case.case_id == broken.id:
            raise LookupError
        return honest(office, case, word)

    monkeypatch.setattr(Office, "meant", fails)

    assert run().line == "reminders 2026-12-01: 1 sent, 0 skipped, 1 failed"


def test_a_letter_is_written_where_the_workflow_says_so():
    case, _worker, timer = waiting()
    timer.delete()
    office.timer(case, MORNING, stage=1, to="person", letter="reminder")

    report = run()

    letter = Effect.objects.get(kind="letter")
    assert (letter.target, letter.seq, letter.ordinal) == ("reminder", case.revision, 101)
    assert letter.payload == {"to": "person", "definition": "a" * 64}
    assert (report.counts["letters"], Notice.objects.count()) == (1, 0)


def test_a_person_gets_one_mail_a_day_whatever_waits():
    worker = office.member()
    for _number in range(3):
        office.timer(office.case(assignee=worker), MORNING)

    run(), run(now=MORNING + timedelta(hours=1))

    [digest] = mail.outbox
    assert digest.to == [worker.email]
    assert digest.body.count("/cases/") == 3


def test_after_days_without_a_run_there_is_one_digest_and_not_three():
    worker = office.member()
    for number in range(3):
        office.timer(office.case(assignee=worker), MORNING - timedelta(days=number))
    Digest.objects.create(member=worker, business_date=DAY - timedelta(days=2))

    run()

    assert len(mail.outbox) == 1
    assert sorted(Digest.objects.values_list("state", flat=True)) == ["merged", "sent"]


def test_a_digest_interrupted_while_sending_is_not_repeated():
    _case, worker, _timer = waiting()
    Digest.objects.create(member=worker, business_date=DAY, state="sending")

    run()

    assert mail.outbox == []
    assert Digest.objects.get().state == "unclear"


def test_while_one_run_is_at_work_another_says_so_and_does_nothing():
    waiting()
    reminders.ledger.take("reminders", DAY)

    report = run()

    assert (report.at_work, Notice.objects.count()) == (True, 0)
    assert "another run is at work" in report.line


def test_a_run_whose_lease_was_taken_over_writes_nothing(monkeypatch):
    waiting()
    honest = due.take_chunk

    def slow(*arguments, **options):
        Run.objects.update(token=None)
        return honest(*arguments, **options)

    monkeypatch.setattr(due, "take_chunk", slow)

    with pytest.raises(reminders.ledger.RunLost):
        run()
    assert not Notice.objects.exists()


def test_many_timers_go_in_chunks():
    worker = office.member()
    case = office.case(assignee=worker)
    Timer.objects.bulk_create(
        Timer(case=case, entry_seq=n, kind="remind", stage=0, at=MORNING) for n in range(7)
    )

    assert run(chunk=3).counts["sent"] == 7


def test_a_preview_writes_nothing():
    waiting()

    [telling] = reminders.preview(DAY, now=MORNING)

    assert telling.reaches
    assert not Notice.objects.exists()
    assert not Run.objects.exists()


def test_a_deadline_nobody_reminds_of_is_told_the_next_morning_and_not_at_midnight():
    worker = office.member()
    office.timer(office.case(assignee=worker), TONIGHT, "due")
    next_day = DAY + timedelta(days=1)

    assert run(now=TONIGHT + timedelta(minutes=6), day=next_day).counts["sent"] == 0
    assert run(now=MORNING + timedelta(days=1), day=next_day).counts["sent"] == 1


def test_a_deadline_with_a_reminder_of_its_own_is_not_told_twice():
    case, _worker, _timer = waiting()
    office.timer(case, TONIGHT, "due")

    run()
    report = run(now=MORNING + timedelta(days=1), day=DAY + timedelta(days=1))

    assert (report.counts["sent"], report.counts["quiet"], Notice.objects.count()) == (0, 1, 1)


def test_another_day_than_today_is_seen_as_it_looks_at_its_end():
    seen = Horizon.of(DAY, MORNING - timedelta(days=7))

    assert seen.timers == seen.deadlines == datetime(2026, 12, 1, 23, 59, 59, 999999, tzinfo=JST)


def test_the_business_date_is_that_of_japan_before_nine():
    at_night = datetime(2026, 11, 30, 20, 0, tzinfo=ZoneInfo("UTC"))

    assert Horizon.of(DAY, at_night).timers == at_night
