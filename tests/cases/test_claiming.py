"""How many effects of a kind are tried, at once and in a minute; what a process that ends gives back."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases import claiming, effects, limits
from backend.cases.effects import HANDLERS, Outcome, Registered
from backend.cases.limits import Limits
from backend.cases.models import Effect, Notice
from backend.workflow.model import Text
from tests.operations import office

WORDS = Text("試し", "Probe")


@pytest.fixture(autouse=True)
def probe(monkeypatch) -> Iterator[dict[str, Limits]]:
    """A kind "probe" that does nothing, and a place to limit it."""
    before, known = dict(HANDLERS), limits.of
    given: dict[str, Limits] = {}
    monkeypatch.setattr(limits, "of", lambda kind: given.get(kind) or known(kind))
    HANDLERS["probe"] = Registered(lambda effect: None, "database")
    yield given
    HANDLERS.clear()
    HANDLERS.update(before)
    claiming._held.clear()


def probes(count: int) -> list[Effect]:
    case = office.case()
    return [office.effect("probe", of=case, ordinal=number) for number in range(count)]


@pytest.mark.django_db
def test_no_more_of_a_kind_run_at_once_than_its_limit(probe):
    probe["probe"] = Limits(WORDS, at_once=2)
    probes(5)

    taken = [effects.claim(), effects.claim(), effects.claim()]

    assert [len(claimed) for claimed in taken] == [1, 1, 0]
    assert effects.run(taken[0][0]) is Outcome.DONE
    assert len(effects.claim(limit=9)) == 1


@pytest.mark.django_db
def test_a_lost_workers_place_is_free_once_its_lease_is_over(probe):
    probe["probe"] = Limits(WORDS, at_once=1)
    probes(2)
    effects.claim()

    Effect.objects.filter(state="claimed").update(lease_until=timezone.now() - timezone.timedelta(1))

    assert len(effects.claim()) == 1


@pytest.mark.django_db
def test_no_more_of_a_kind_begin_in_a_minute_than_its_rate(probe):
    probe["probe"] = Limits(WORDS, per_minute=3)
    probes(5)

    assert effects.run_due() == {Outcome.DONE: 3}
    assert effects.run_due() == {}

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_lane SET minute = minute - interval '1 minute'")
    assert effects.run_due() == {Outcome.DONE: 2}


@pytest.mark.django_db
def test_ten_thousand_of_one_controller_do_not_hold_up_the_one_of_another(probe):
    city, csw = office.case(), office.case(controller="csw")
    early = timezone.now() - timezone.timedelta(hours=1)
    given = {"seq": 1, "kind": "probe", "not_before": early, "controller": "city"}
    Effect.objects.bulk_create(Effect(case=city, target=str(n), **given) for n in range(10_000))
    late = office.effect("probe", of=csw)

    turns = [effects.run_due(most=1) for _ in range(40)]

    late.refresh_from_db()
    assert (len(turns), late.state) == (40, "done")  # one in two turns is its; that none was: 1 in 2^40


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "alive"), [("short", False), ("probe", True)])
def test_a_heartbeat_keeps_what_may_still_be_at_work_and_nothing_longer(probe, kind, alive):
    HANDLERS["short"], probe["short"] = HANDLERS["probe"], Limits(WORDS, longest=0)
    effect = office.effect(kind)
    effects.claim(lease_seconds=60)
    Effect.objects.update(lease_until=timezone.now() - timezone.timedelta(1))

    claiming.beat()

    assert effects.rescue() == ({} if alive else {effect.id: "ready"})


@pytest.mark.django_db
def test_a_heartbeat_takes_nothing_back_from_whoever_holds_it_now(probe):
    [effect] = probes(1)
    effects.claim()
    over = timezone.now() - timezone.timedelta(1)
    Effect.objects.update(token=office.uuid4(), lease_until=over)

    claiming.beat()

    effect.refresh_from_db()
    assert effect.lease_until == over


@pytest.mark.django_db
def test_a_limited_kind_does_not_hold_up_the_others(probe):
    probe["probe"] = Limits(WORDS, at_once=1)
    probes(3)
    effects.claim(limit=1)
    office.effect("notice", of=office.case(assignee=office.member(email="")))

    assert effects.run_due() == {Outcome.DONE: 1}
    assert Notice.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("attempts", "outcome"), [(1, Outcome.LATER), (2, Outcome.DEAD)])
def test_each_kind_has_its_own_last_attempt(probe, attempts, outcome):
    def fail(effect: Effect) -> None:
        raise ValueError

    HANDLERS["probe"] = Registered(fail, "database")
    probe["probe"] = Limits(WORDS, attempts=2)
    [effect] = probes(1)
    Effect.objects.filter(id=effect.id).update(attempts=attempts - 1)

    assert effects.run_due() == {outcome: 1}


def test_waits_double_up_to_the_longest():
    assert [limits.of("mail").wait(attempt) for attempt in (1, 2, 3, 12)] == [10, 20, 40, 3600]


def test_every_kind_of_effect_has_a_title_in_both_languages():
    for kind in HANDLERS:
        title = limits.of(kind).title
        assert kind == "probe" or (title.ja != kind and title.en != kind), kind


@pytest.mark.django_db
def test_what_an_ending_process_holds_is_ready_at_once_and_the_attempt_not_counted():
    [effect] = probes(1)
    [mine] = effects.claim()

    assert effects.give_back() == [effect.id]

    assert effects.run(mine) is Outcome.LOST
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, effect.token) == ("ready", 0, None)


@pytest.mark.django_db
def test_what_is_being_sent_is_not_given_back():
    probes(1)
    [mine] = effects.claim()
    Effect.objects.filter(id=mine.id).update(state="sending")

    assert effects.give_back() == []


def test_racing_workers_never_pass_the_limit(committed_db, probe):
    probe["probe"] = Limits(WORDS, at_once=3)
    probes(40)
    taken: list[Effect] = []
    together = threading.Barrier(8)

    def claim() -> None:
        together.wait()
        taken.extend(effects.claim(limit=2))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(taken) == 3
    assert Effect.objects.filter(state="claimed").count() == 3


@pytest.mark.django_db
def test_rows_nobody_here_may_touch_do_not_hide_the_others_from_the_rescue():
    case, over = office.case(), timezone.now() - timezone.timedelta(hours=1)
    lost = {"state": "claimed", "token": office.uuid4(), "lease_until": over}
    Effect.objects.bulk_create(
        Effect(case=case, seq=1, kind="from_the_future", target=str(n), not_before=over, **lost)
        for n in range(600)
    )
    mine = office.effect("probe", of=case, **lost)

    assert effects.rescue() == {mine.id: "ready"}
    assert Effect.objects.filter(kind="from_the_future", state="claimed").count() == 600
