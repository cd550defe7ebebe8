"""Mails of the runs: not at night, not many a day to one address, what is held goes out once."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from backend.cases.models import Notice
from backend.runs import digests, reminders, windows
from backend.runs.models import Digest, Run
from tests.operations import office

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")


def at(hour, minute=0, *, day=1):
    return datetime(2026, 12, day, hour, minute, tzinfo=JST)


def run(moment):
    return reminders.run(moment.date(), now=moment)


def due_case(moment, worker=None, **values):
    """A reminder of one caseworker's case."""
    worker = worker or office.member()
    office.timer(office.case(assignee=worker, **values), moment)
    return worker


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(19, 59, False), (20, 0, True), (0, 0, True), (6, 59, True), (7, 0, False), (12, 0, False)],
)
def test_it_is_quiet_from_eight_in_the_evening_to_seven(hour, minute, quiet):
    assert windows.quiet(at(hour, minute)) is quiet


@pytest.mark.parametrize(("begins", "ends", "quiet"), [("12:00", "13:00", True), ("07:00", "07:00", False)])
def test_quiet_hours_are_data(begins, ends, quiet, monkeypatch):
    policies = SimpleNamespace(settings={"quiet_hours": {"from": begins, "until": ends}})
    monkeypatch.setattr("backend.runs.windows.access.current", lambda: policies)

    assert windows.quiet(at(12, 30)) is quiet


def test_at_night_the_notice_is_written_and_the_mail_waits_for_the_morning():
    due_case(at(5))

    night = run(at(6))

    assert (night.counts["notices"], night.counts["mails"], night.counts["mails_held"]) == (1, 0, 1)
    assert mail.outbox == []


def test_what_was_held_goes_out_in_the_morning_once_however_many_runs_passed():
    worker = due_case(at(1))
    due_case(at(5), worker)
    run(at(1, 5)), run(at(5, 5)), run(at(6, 50))

    run(at(7, 5)), run(at(7, 20))

    [sent] = mail.outbox
    assert sent.to == [worker.email]
    assert "2件" in sent.body
    assert sum(row.counts.get("mails_held", 0) for row in Run.objects.all()) == 1


def test_what_was_held_in_the_evening_joins_the_next_mornings_mail():
    worker = due_case(at(20, 30))
    due_case(at(6, day=2), worker)

    run(at(21)), run(at(0, 5, day=2)), run(at(7, 5, day=2))

    assert len(mail.outbox) == 1
    assert sorted(Digest.objects.values_list("state", flat=True)) == ["merged", "sent"]


def test_a_run_that_died_between_holding_and_sending_loses_and_repeats_nothing(monkeypatch):
    due_case(at(5))
    run(at(6))
    monkeypatch.setattr(digests, "_send", lambda digest, held: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(at(7, 5))
    monkeypatch.undo()
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    run(at(7, 20))

    assert mail.outbox == []
    assert Digest.objects.get().state == "unclear"


def test_what_was_read_while_it_was_held_is_not_mailed():
    due_case(at(5))
    run(at(6))
    Notice.objects.update(read_at=at(6, 30))

    run(at(7, 5))

    assert mail.outbox == []


def test_a_case_of_urgency_a_is_told_at_night_and_the_morning_mail_comes_all_the_same(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2))
    worker = due_case(at(1), urgency="A")
    due_case(at(1), urgency="B")

    run(at(2)), run(at(2, 15))

    assert [sent.to for sent in mail.outbox] == [[worker.email]]
    assert Digest.objects.filter(member=worker, channel="mail").get().state == "ready"


def test_an_address_gets_no_more_mails_a_day_than_the_settings_say():
    members = [office.member(email="same@uminari.example") for _number in range(4)]
    for member in members:
        due_case(at(8), member)

    report = run(at(9))

    assert (len(mail.outbox), report.counts["mails_held"]) == (3, 1)


def test_what_was_too_many_goes_out_the_next_day():
    member = office.member(email="same@uminari.example")
    for _number in range(3):
        other = office.member(email=member.email)
        Digest.objects.create(
            member=other, business_date=date(2026, 12, 1), state="sent", sent_at=timezone.now()
        )
    due_case(at(8), member)
    run(at(9))
    Digest.objects.filter(state="sent").update(sent_at=timezone.now() - timedelta(days=1))

    run(at(9, day=2))

    assert [one.to for one in mail.outbox] == [[member.email]]


def test_twenty_cases_are_one_mail_of_counts_by_age_and_one_link():
    member, now = office.member(), timezone.now()
    for number, days in enumerate([0] * 5 + [3] * 10 + [7] * 5):
        told = {"kind": "remind", "key": str(number), "created_at": now - timedelta(days=days)}
        Notice.objects.create(member=member, case=office.case(), **told)

    body = digests.compose(member)[1]

    assert "今日のお知らせ：5件" in body
    assert "1〜6日お待たせ：10件" in body
    assert "1週間以上お待たせ：5件" in body
    assert body.count("http") == 1
