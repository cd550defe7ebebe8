from collections.abc import Iterator

import pytest
from django.db import connection

from backend.cases import effects, limits
from backend.cases.effects import HANDLERS, Hopeless, NotSent, Outcome, Registered
from backend.cases.models import Effect, Notice
from tests.operations import office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_these_handlers() -> Iterator[None]:
    """Every test registers what it needs; afterwards the office's handlers are back."""
    before = dict(HANDLERS)
    yield
    HANDLERS.clear()
    HANDLERS.update(before)


def does(kind: str, *, mode: str = "database", raises: Exception | None = None) -> list[int]:
    """Register a handler that keeps the ids it was given."""
    seen: list[int] = []

    def run(effect: Effect) -> None:
        seen.append(effect.id)
        if raises:
            raise raises

    HANDLERS[kind] = Registered(run, mode)  # type: ignore[arg-type]
    return seen


def expire(effect: Effect) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_effect SET lease_until = clock_timestamp() - interval '1 s' WHERE id = %s",
            [effect.id],
        )


def test_an_effect_is_done_once_however_often_it_is_asked_for():
    seen, effect = does("probe"), office.effect("probe")

    first, second = effects.run_due(ids=[effect.id]), effects.run_due(ids=[effect.id])

    assert (first, second, seen) == ({Outcome.DONE: 1}, {}, [effect.id])
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, effect.token) == ("done", 1, None)


def test_a_claim_counts_the_attempt_before_anything_runs():
    does("probe")
    effect = office.effect("probe")

    effects.claim()

    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == ("claimed", 1)


def test_one_claim_takes_one_effect_however_the_database_plans_it():
    does("probe")
    case = office.case()
    for target in "abcd":
        office.effect("probe", target, of=case)
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "indexscan", "bitmapscan", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")

    effects.claim()

    assert Effect.objects.filter(state="claimed").count() == 1


def test_an_effect_of_an_unknown_kind_is_left_untouched():
    effect = office.effect("from_the_future")

    assert effects.run_due() == {}

    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == ("ready", 0)


def test_an_effect_that_is_not_due_waits():
    from django.utils import timezone

    does("probe")
    effect = office.effect("probe", not_before=timezone.now() + timezone.timedelta(hours=1))

    assert effects.run_due(ids=[effect.id]) == {}


def test_a_failed_effect_is_tried_again_later_and_keeps_no_personal_data():
    does("probe", raises=ValueError("髙田 ハナ, 090-1234-5678"))
    effect = office.effect("probe")

    counts = effects.run_due()

    effect.refresh_from_db()
    assert counts == {Outcome.LATER: 1}
    assert (effect.state, effect.last_error) == ("ready", "ValueError")
    wait = effect.not_before.timestamp() - __import__("time").time()
    assert 4 < wait < 16


def test_what_a_failing_handler_wrote_is_rolled_back():
    case = office.case()
    told = office.member()

    def half(effect: Effect) -> None:
        from backend.cases import notices

        notices.write(case, "step", "", "half", [told])
        raise ValueError

    HANDLERS["probe"] = Registered(half, "database")
    office.effect("probe", of=case)

    effects.run_due()

    assert not Notice.objects.exists()


def test_the_eighth_failure_is_the_last():
    does("probe", raises=ValueError())
    effect = office.effect("probe", attempts=limits.of("probe").attempts - 1)

    assert effects.run_due() == {Outcome.DEAD: 1}

    effect.refresh_from_db()
    assert effect.state == "dead"


def test_a_hopeless_effect_is_dead_at_once_with_the_reason():
    does("probe", raises=Hopeless("the font has no glyph U+2A6A5"))
    effect = office.effect("probe")

    effects.run_due()

    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == ("dead", "the font has no glyph U+2A6A5")


def test_a_poison_effect_does_not_hold_up_the_others():
    def poison(effect: Effect) -> None:
        if effect.target == "bad":
            raise MemoryError

    HANDLERS["probe"] = Registered(poison, "database")
    case = office.case()
    office.effect("probe", "bad", of=case), office.effect("probe", "good", of=case)

    assert effects.run_due() == {Outcome.LATER: 1, Outcome.DONE: 1}


def test_a_worker_that_slept_past_its_lease_rolls_back_what_it_did():
    case, told = office.case(), office.member()
    effect = office.effect("probe", of=case)

    def slow(effect: Effect) -> None:
        from backend.cases import notices

        notices.write(case, "step", "", "slow", [told])
        Effect.objects.filter(id=effect.id).update(token=None, state="ready")  # rescued meanwhile

    HANDLERS["probe"] = Registered(slow, "database")
    [mine] = effects.claim()

    assert effects.run(mine) is Outcome.LOST
    assert not Notice.objects.exists()
    effect.refresh_from_db()
    assert effect.state == "claimed"  # the rescue above was inside what was rolled back


def test_an_expired_claim_is_rescued_and_its_old_owner_finds_nothing_to_finish():
    seen = does("probe")
    effect = office.effect("probe")
    [old] = effects.claim()
    expire(effect)

    assert effects.rescue() == {effect.id: "ready"}

    assert effects.run(old) is Outcome.LOST
    assert effects.run_due() == {Outcome.DONE: 1}
    assert seen == [effect.id]


def test_a_claim_in_force_is_not_rescued():
    does("probe")
    office.effect("probe")
    effects.claim()

    assert effects.rescue() == {}


def test_an_interrupted_sending_becomes_unclear_and_is_not_repeated():
    seen = does("probe", mode="sends")
    effect = office.effect("probe")
    [claimed] = effects.claim()
    Effect.objects.filter(id=claimed.id).update(state="sending")
    expire(effect)

    assert effects.rescue() == {effect.id: "unclear"}
    assert effects.run_due() == {}
    assert seen == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(NotSent("down"), Outcome.LATER), (Hopeless("550"), Outcome.DEAD), (OSError(), Outcome.UNCLEAR)],
)
def test_a_failed_sending_is_repeated_only_when_nothing_left(error, outcome):
    does("probe", mode="sends", raises=error)
    office.effect("probe")

    assert effects.run_due() == {outcome: 1}


def test_two_handlers_for_one_kind_are_refused():
    effects.handler("twice")(lambda effect: None)

    with pytest.raises(ValueError, match="'twice' are done by"):
        effects.handler("twice")(lambda effect: None)
