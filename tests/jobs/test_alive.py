"""A worker that hangs ends itself; one that is told to end begins nothing more."""

import logging
import subprocess
import sys
import threading

import pytest

from backend.cases import effects
from backend.cases.models import Effect
from backend.jobs import sweep, tasks
from backend.jobs.alive import Alive
from tests.jobs.conftest import environment
from tests.operations import office

HANGS = """
import time
from backend.jobs.alive import Alive, watch
alive = Alive()
alive.going_on("sweep")
watch(alive, silent=1)
for _ in range(12):
    time.sleep(0.2)
    {rests}
"""


def status(rests: str) -> int:
    code = HANGS.format(rests=rests)
    return subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("does", "ends"),
    [("pass", 75), ('alive.going_on("sweep")', 0), ('alive.rest("sweep")', 0)],
    ids=["hangs", "gives signs", "has nothing to do"],
)
def test_a_part_that_gives_no_sign_ends_the_process(does, ends):
    assert status(does) == ends


@pytest.mark.django_db
def test_a_worker_told_to_end_begins_no_other_effect_of_its_message(monkeypatch):
    ending = Alive()
    monkeypatch.setattr(tasks, "alive", ending)
    case = office.case(assignee=office.member(email=""))
    waiting = [office.effect(of=case, ordinal=number) for number in range(3)]
    run = effects.run

    def told_to_end(effect: Effect) -> effects.Outcome:
        ending.end()
        return run(effect)

    monkeypatch.setattr(effects, "run", told_to_end)
    tasks.run_effects([effect.id for effect in waiting])

    assert sorted(Effect.objects.values_list("state", flat=True)) == ["done", "ready", "ready"]
    assert ending.silent(0) is None


@pytest.mark.django_db
def test_a_kind_of_a_newer_version_raises_an_alarm_and_is_left_untouched(monkeypatch, caplog):
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)  # it is the connection of this test
    effect = office.effect("from_the_future", not_before=office.timezone.now() - office.timedelta(minutes=2))

    here = sweep.Sweep(1, Alive())
    with caplog.at_level(logging.ERROR, "backend.jobs.sweep"):
        here.once(), here.once()

    alarms = [record.getMessage() for record in caplog.records]
    assert len(alarms) == 1
    assert "effects.unknown_kind" in alarms[0]
    assert "from_the_future" in alarms[0]
    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == ("ready", 0)


def test_what_a_sweep_cannot_finish_in_time_is_given_back_and_not_done_twice(committed_db, monkeypatch):
    at_work, go_on, outcomes = threading.Event(), threading.Event(), []

    def slow(effect: Effect) -> None:
        at_work.set()
        assert go_on.wait(30)

    monkeypatch.setitem(effects.HANDLERS, "slow", effects.Registered(slow, "commits"))
    run = effects.run
    monkeypatch.setattr(effects, "run", lambda effect: outcomes.append(run(effect)) or outcomes[-1])
    effect = office.effect("slow")
    here = sweep.Sweep(60, Alive())
    here.start()
    assert at_work.wait(30)

    here.stop(patience=0.2)

    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == ("ready", 0)
    go_on.set()
    here.join(30)
    effect.refresh_from_db()
    assert (outcomes, effect.state) == ([effects.Outcome.LOST], "ready")
