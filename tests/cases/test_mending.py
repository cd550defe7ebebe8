"""People decide about what got stuck: once, with a reason, and it is kept."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases import effects, mending
from backend.cases.errors import Conflict, NotFound, NotPossible
from backend.cases.mended import Mended
from backend.cases.mending import Choice
from backend.cases.models import Case, Effect, Notice
from backend.demo.cast import member_id
from backend.people.models import Member
from tests.operations import office

NOW = timezone.now()


def facts(who: str):
    return Member.objects.select_related("organisation", "user", "area").get(pk=member_id(who)).facts()


@pytest.fixture
def stuck(cast) -> Effect:
    """A notice to the caseworker that failed for good."""
    case = office.case(assignee_id=member_id("caseworker"), definition=_any_definition())
    return office.effect(of=case, state="dead", attempts=8, last_error="worker lost")


def _any_definition() -> str:
    from backend.cases.pinned import newest

    return newest("workflow", "referral")


def by(who: str, effect: Effect, reason: str = "", to: str = "") -> Choice:
    return Choice(effect.id, facts(who), timezone.now(), reason, member_id(to) if to else None)


def test_the_supervisor_and_the_assignee_find_it_and_others_do_not(stuck):
    found = {who: mending.stuck(facts(who), NOW) for who in ("supervisor", "caseworker", "csw", "privacy")}

    assert found == {"supervisor": [stuck], "caseworker": [stuck], "csw": [], "privacy": []}
    assert [mending.listed(facts(who), NOW).count() for who in found] == [1, 1, 0, 0]


def test_tried_again_it_is_done_and_the_decision_is_kept(stuck):
    mending.retry(by("supervisor", stuck))

    effects.run_due(ids=[stuck.id])

    stuck.refresh_from_db()
    kept = Mended.objects.get()
    assert stuck.state == "done"
    assert (kept.by_id, kept.how, kept.was, kept.attempts) == (member_id("supervisor"), "retried", "dead", 8)


def test_left_out_it_needs_a_reason_and_never_runs(stuck):
    with pytest.raises(NotPossible):
        mending.skip(by("supervisor", stuck, "  "))

    mending.skip(by("supervisor", stuck, "口頭で伝えた"))

    assert effects.run_due() == {}
    stuck.refresh_from_db()
    assert (stuck.state, Mended.objects.get().reason) == ("skipped", "口頭で伝えた")


def test_what_may_have_arrived_is_not_repeated_without_a_reason(stuck):
    Effect.objects.filter(id=stuck.id).update(state="unclear")

    with pytest.raises(NotPossible):
        mending.retry(by("supervisor", stuck))

    mending.retry(by("supervisor", stuck, "届いていないと本人に確かめた"))
    stuck.refresh_from_db()
    assert stuck.state == "ready"


def test_told_to_somebody_else_the_other_has_the_notice(stuck):
    mending.reassign(by("caseworker", stuck, "休み", to="supervisor"))

    notice = Notice.objects.get()
    assert (notice.member_id, notice.stage) == (member_id("supervisor"), "triage")
    stuck.refresh_from_db()
    assert (stuck.state, Mended.objects.get().to_id) == ("skipped", member_id("supervisor"))


@pytest.mark.parametrize("to", ["csw", "outsider", "volunteer", ""])
def test_only_staff_who_may_see_the_case_can_be_told_instead(stuck, to):
    with pytest.raises(NotPossible):
        mending.reassign(by("supervisor", stuck, "休み", to=to))

    assert not Notice.objects.exists()


def test_a_letter_is_not_sent_to_somebody_else_from_here(stuck):
    Effect.objects.filter(id=stuck.id).update(kind="letter")

    with pytest.raises(NotPossible):
        mending.reassign(by("supervisor", stuck, "休み", to="caseworker"))


def test_it_is_none_of_a_strangers_business_and_not_even_there(stuck):
    for choice in (by("csw", stuck), Choice(10**12, facts("supervisor"), NOW)):
        with pytest.raises(NotFound):
            mending.retry(choice)


def test_what_is_not_stuck_is_not_decided_about(stuck):
    Effect.objects.filter(id=stuck.id).update(state="done")

    with pytest.raises(Conflict):
        mending.retry(by("supervisor", stuck))


def test_of_two_who_decide_at_the_same_moment_one_is_heard(committed_db, stuck):
    said: list[str] = []
    both = threading.Barrier(2)
    choices = [by("supervisor", stuck, "一"), by("caseworker", stuck, "二")]

    def decide(choice: Choice) -> None:
        both.wait()
        try:
            mending.skip(choice)
            said.append("heard")
        except Conflict:
            said.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[choice]) for choice in choices]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(said) == ["heard", "too late"]
    assert Mended.objects.count() == 1


def test_the_list_holds_what_the_row_by_row_decisions_allow(stuck):
    office.effect(of=office.case(controller="csw", definition=_any_definition()), state="dead")
    office.effect(of=office.case(definition=_any_definition()), state="unclear")
    rows = list(Effect.objects.filter(state__in=mending.STUCK).select_related("case"))

    for who in ("supervisor", "caseworker", "csw", "commissioner", "receiver", "privacy", "outsider"):
        allowed = {row for row in rows if mending.may(facts(who), row, NOW)}
        assert set(mending.stuck(facts(who), NOW)) == allowed, who


def test_a_kind_nobody_here_knows_is_counted_for_those_who_decide(stuck):
    late = NOW - timedelta(minutes=5)
    office.effect("from_the_future", of=stuck.case, seq=1, ordinal=1, not_before=late)

    assert [mending.unknown(facts(who), NOW) for who in ("supervisor", "csw")] == [1, 0]


def test_a_protected_case_is_its_supervisors_and_its_assignees(stuck):
    Case.objects.filter(id=stuck.case_id).update(protected=True, assignee=None)

    assert [mending.listed(facts(who), NOW).count() for who in ("supervisor", "caseworker")] == [1, 0]
