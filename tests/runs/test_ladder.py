"""The ladder: reminders, the supervisor, who is above; and who acts is left alone, whatever the moment."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases import actions
from backend.cases.errors import Conflict
from backend.cases.models import Case, Notice, Timer
from backend.demo.cast import member_id
from backend.people.models import Member
from backend.runs import reminders
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture
from tests.operations import office


@pytest.fixture
def due(committed_db, report) -> Case:  # noqa: F811
    """A report whose reminder has just come due, assigned to the caseworker."""
    done = report()
    Case.objects.filter(id=done.case).update(assignee=member_id("caseworker"))
    # Which reminders a report has depends on its hour: before the office opens it has no first one.
    Timer.objects.filter(case=done.case).delete()
    office.timer(Case.objects.get(id=done.case), timezone.now())
    return Case.objects.get(id=done.case)


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def triage(case: Case) -> None:
    given = answers("triage", urgency="C")
    actions.perform(case.id, "triage", actor=member_id("caseworker"), answers=given, key=f"act-{case.id}")


class Pause:
    """Holds whoever comes to a kill point, until told to go on."""

    def __init__(self, monkeypatch, module, point: str) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        monkeypatch.setattr(module, "kill_point", lambda name: self._hold() if name == point else None)

    def _hold(self) -> None:
        self.reached.set()
        assert self.go_on.wait(20)


def test_whoever_is_acting_at_that_moment_is_not_reminded(due, monkeypatch):
    pause = Pause(monkeypatch, actions, "P3")
    acting = in_a_thread(lambda: triage(due))
    assert pause.reached.wait(20)

    running = in_a_thread(lambda: reminders.run(timezone.localdate()))
    running.join(0.5)
    pause.go_on.set()
    acting.join(), running.join()

    assert Case.objects.get(id=due.id).state == "referral.triaged"
    assert not Notice.objects.filter(case=due, kind="remind").exists()


def test_whoever_acts_while_being_reminded_was_told_before_and_waits_that_moment(due, monkeypatch):
    pause = Pause(monkeypatch, reminders, "R2")
    running = in_a_thread(lambda: reminders.run(timezone.localdate()))
    assert pause.reached.wait(20)
    said: list[str] = []

    def act() -> None:
        try:
            triage(due)
            said.append("acted")
        except Conflict:
            said.append("busy")

    acting = in_a_thread(act)
    acting.join(0.5)
    assert not Notice.objects.filter(kind="remind").exists()
    pause.go_on.set()
    acting.join(), running.join()

    assert said in (["acted"], ["busy"])
    assert Notice.objects.filter(case=due, kind="remind").count() == 1


def test_many_act_and_many_are_reminded_at_once_and_nobody_is_told_of_what_is_done(
    committed_db,
    report,  # noqa: F811
    monkeypatch,
):
    cases = [Case.objects.get(id=report().case) for _ in range(8)]
    Case.objects.update(assignee=member_id("caseworker"))
    Timer.objects.update(at=timezone.now() - timedelta(minutes=1))
    acted: set[str] = set()

    def act_on(some: list[Case]) -> None:
        for case in some:
            try:
                triage(case)
                acted.add(str(case.id))
            except Conflict:
                pass

    threads = [in_a_thread(lambda some=cases[start::2]: act_on(some)) for start in (0, 1)]
    threads += [in_a_thread(lambda: reminders.run(timezone.localdate(), chunk=1)) for _ in range(2)]
    [thread.join() for thread in threads]
    before = Notice.objects.filter(key__startswith="timer/").count()
    reminders.run(timezone.localdate())

    told_after = Notice.objects.filter(key__startswith="timer/").order_by("id")[before:]
    assert not [notice for notice in told_after if str(notice.case_id) in acted]
    keys = list(Notice.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


def test_the_ladder_climbs_to_the_supervisor_and_then_above(committed_db, report):  # noqa: F811
    head = office.member("supervisor", email="")
    Member.objects.filter(id=member_id("supervisor")).update(supervisor=head)
    triaged = do(report(), "triage", answers("triage", urgency="C"))
    Case.objects.filter(id=triaged.case).update(assignee=member_id("caseworker"))
    rungs = Timer.objects.filter(case=triaged.case, kind="escalate").order_by("stage")
    assert [rung.to for rung in rungs] == ["supervisor", "supervisor_above"]

    told = []
    for rung in rungs:
        Timer.objects.filter(case=triaged.case).exclude(id=rung.id).update(done_at=rung.at)
        Timer.objects.filter(id=rung.id).update(done_at=None)
        reminders.run(timezone.localdate(rung.at), now=rung.at + timedelta(seconds=1))
        heard = Notice.objects.filter(key__startswith=f"timer/{rung.id}/")
        told.append(set(heard.values_list("member", flat=True)))

    assert told == [{member_id("supervisor")}, {head.id}]
