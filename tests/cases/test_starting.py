"""Cases that begin by themselves: by whom, and what is said where there is nobody."""

from backend.cases import effects, failing
from backend.cases.effects import Outcome
from backend.cases.models import Case, Effect
from backend.people.models import Member, Role
from tests.cases.conftest import report
from tests.sharing.councils.conftest import break_glass

__all__ = ["report"]


def asked(report) -> Effect:
    """A review that an emergency opening asks for, and nothing else in waiting."""
    break_glass(report(), "caseworker")
    asking = Effect.objects.filter(kind="start_case")
    Effect.objects.exclude(id__in=asking).delete()
    return asking.get()


def test_a_further_case_is_begun_by_the_run_of_its_own_controller(report):
    effect = asked(report)

    assert effects.run_due(ids=[effect.id]) == {Outcome.DONE: 1}

    review = Case.objects.get(workflow="glass_review")
    assert review.steps.get().actor.controller == review.controller


def test_the_run_of_another_controller_begins_nothing_and_it_is_said_what_to_do(report):
    effect = asked(report)
    Member.objects.filter(role=Role.SYSTEM, controller=effect.case.controller).update(controller="csw")

    assert effects.run_due() == {Outcome.LATER: 1}

    effect.refresh_from_db()
    told = failing.why(effect.failure, effect.last_error)
    assert not Case.objects.filter(workflow="glass_review").exists()
    assert "自動処理のメンバーがいません" in told.what
    assert "役割「system」のメンバーを加えて" in told.help
