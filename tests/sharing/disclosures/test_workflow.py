"""A request, its decision and its package, through the one door."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import Conflict, NotPossible, Refused
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.people.models import Member, Person
from backend.sharing.consents.models import Consent
from backend.sharing.disclosures import ending
from backend.sharing.disclosures.gate import CannotLeave
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.packages import Standing
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import approve, consent, hand_over, package_of, seen_hash

pytestmark = pytest.mark.django_db


def state(done: Done) -> str:
    return str(Case.objects.get(pk=done.case).state)


def test_a_request_carries_its_source_and_who_asked(asked: Done, agreed: Done) -> None:
    facts = Case.objects.get(pk=asked.case).facts

    account = Member.objects.get(id=member_id("caseworker")).facts().account
    assert (facts["source"], facts["requesters"]) == (str(agreed.case), [account])
    assert facts["recipient"] == "center-nakahama"


def test_what_may_leave_without_approval_is_handed_over_at_once(ask: Any, agreed: Done) -> None:
    asked = ask(agreed, categories=["identity", "contact"])

    shared = do(asked, "share", answers("disclosure_handover"))

    assert state(shared) == "disclosure.shared"
    assert set(package_of(shared).content.categories) == {"identity", "contact"}


def test_what_needs_approval_cannot_be_handed_over_without_it(asked: Done) -> None:
    with pytest.raises(NotPossible, match="承認"):
        do(asked, "share", answers("disclosure_handover"))


def test_what_the_consent_does_not_cover_cannot_even_be_requested(ask: Any, agreed: Done) -> None:
    with pytest.raises(CannotLeave, match="収入"):
        ask(agreed, categories=["identity", "finance"])

    assert not Case.objects.filter(workflow="disclosure").exists()


def test_the_rulings_of_a_refused_request_are_kept(ask: Any, agreed: Done) -> None:
    with pytest.raises(CannotLeave):
        ask(agreed, categories=["identity", "finance"])

    kept = DecisionLog.objects.filter(kind="provision").values_list("outcome", flat=True)
    assert sorted(kept) == ["allow", "deny"]


def test_an_approval_freezes_exactly_what_was_seen(asked: Done) -> None:
    approve(asked)

    package = package_of(asked)
    values = {item.value_ja for item in package.content.items}
    assert "髙田 ハナ" in values
    assert package.package.categories == ["identity", "contact"]  # nothing is recorded of her health
    assert package.content.sha256 == package.package.sha256


def test_an_approver_may_approve_less_than_was_asked(asked: Done) -> None:
    approve(asked, categories=["identity"])

    assert package_of(asked).content.categories == ("identity",)


def test_content_that_changed_since_it_was_seen_is_not_approved(asked: Done, resident: Any) -> None:
    seen = seen_hash(asked)
    resident.phone = "083-222-0100"
    resident.save()

    with pytest.raises(NotPossible, match="変わりました"):
        approve(asked, content_hash=seen)

    assert not Package.objects.exists()


def test_a_supervisor_does_not_approve_what_they_asked_for(ask: Any, agreed: Done) -> None:
    asked = ask(agreed, by="supervisor", categories=["identity", "health"])

    with pytest.raises(Refused) as refused:
        approve(asked)

    assert refused.value.decision.rules == ("stop-own-approval",)


def test_whoever_edited_the_request_does_not_approve_it_either(asked: Done, agreed: Done) -> None:
    back = do(asked, "send_back", answers("disclosure_question"), by="supervisor")
    from tests.sharing.disclosures.conftest import request_of

    again = do(back, "request_again", request_of(agreed, categories=["identity", "health"]), by="supervisor")

    with pytest.raises(Refused):
        approve(again)


def test_a_question_goes_back_and_the_request_comes_again(asked: Done) -> None:
    back = do(asked, "send_back", answers("disclosure_question"), by="supervisor")

    assert state(back) == "disclosure.questioned"


def test_conditions_stand_in_the_decision(asked: Done) -> None:
    given = {"decision": "conditional", "content_hash": seen_hash(asked), "conditions": "手渡しのみ"}

    done = do(asked, "approve_with_conditions", given, by="supervisor")

    assert state(done) == "disclosure.conditional"
    assert state(hand_over(done)) == "disclosure.shared"


def test_a_refusal_needs_no_content_and_makes_no_package(asked: Done) -> None:
    done = do(asked, "refuse", {"decision": "refused", "reason": "項目が多い"}, by="supervisor")

    assert state(done) == "disclosure.refused"
    assert not Package.objects.exists()


def test_a_decision_goes_with_its_own_action(asked: Done) -> None:
    with pytest.raises(NotPossible, match="認めない"):
        do(asked, "refuse", {"decision": "approved", "content_hash": "0" * 64}, by="supervisor")


def test_what_was_referred_only_the_privacy_officer_decides(asked: Done) -> None:
    referred = do(asked, "refer_to_officer", answers("note"))

    with pytest.raises(Refused):
        approve(referred)
    assert state(approve(referred, by="privacy")) == "disclosure.approved"


def test_a_consent_that_ran_out_after_the_approval_stops_the_hand_over(approved: Done) -> None:
    Consent.objects.update(valid_until=timezone.localdate() - timedelta(days=1))

    with pytest.raises(CannotLeave):
        hand_over(approved)


def test_the_history_names_the_rulings_that_decided(approved: Done) -> None:
    rows = DecisionLog.objects.filter(case=approved.case, kind="provision", seq=approved.seq)

    assert rows.count() == 3
    assert {row.outcome for row in rows} == {"allow", "approval"}
    assert Step.objects.filter(case=approved.case).count() == 2


def test_a_package_cannot_be_changed(approved: Done) -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        Package.objects.update(purpose="watch_over")


def test_two_who_decide_at_once_freeze_one_package(asked: Done) -> None:
    approve(asked)

    with pytest.raises(Conflict):
        do(asked, "refuse", {"decision": "refused", "reason": "おそい"}, by="supervisor")
    assert Package.objects.count() == 1


def test_consent_withdrawn_recalls_what_is_out_in_the_same_step(shared: Done, agreed: Done) -> None:
    do(agreed, "record_consent_withdrawal", answers("withdraw", consent_withdrawn=True))

    assert package_of(shared).standing(date(2026, 11, 24)) is Standing.RECALLED
    assert state(shared) == "disclosure.recalled"


def test_consent_withdrawn_cancels_what_is_only_asked_for(asked: Done, agreed: Done) -> None:
    do(agreed, "record_consent_withdrawal", answers("withdraw", consent_withdrawn=True))

    assert state(asked) == "disclosure.cancelled"


def test_paper_that_is_out_must_come_back_after_a_withdrawal(approved: Done, agreed: Done) -> None:
    paper = hand_over(approved, means="paper", return_by="2026-12-08")

    do(agreed, "record_consent_withdrawal", answers("withdraw", consent_withdrawn=True))

    assert state(paper) == "disclosure.return_due"
    assert package_of(paper).standing(date(2026, 11, 24)) is Standing.RECALLED


def test_what_another_consent_still_bears_goes_on(shared: Done, resident: Person) -> None:
    second = actions.start(
        "referral", person=resident.id, actor=member_id("caseworker"), key=uuid4().hex,
        answers=answers("detection_report"),
    )  # fmt: skip
    given = do(do(second, "triage", answers("triage", urgency="C")), "record_consent", consent())
    withdrawn = answers("withdraw", consent_withdrawn=True, withdrawn_purposes=["disaster_preparedness"])

    do(given, "record_consent_withdrawal", withdrawn)

    assert state(shared) == "disclosure.shared"


def test_a_disclosure_whose_last_day_is_over_ends_by_itself(ask: Any, agreed: Done) -> None:
    today = timezone.localdate()
    asked = ask(agreed, categories=["identity"], until=today.isoformat())
    do(asked, "share", answers("disclosure_handover"))
    tomorrow = timezone.now() + timedelta(days=1)

    assert ending.expire_due(timezone.now()) == 0
    assert ending.expire_due(tomorrow) == 1
    assert ending.expire_due(tomorrow) == 0
    assert state(asked) == "disclosure.expired"


def test_paper_is_followed_until_it_comes_back(approved: Done) -> None:
    back_on = timezone.localdate() + timedelta(days=14)
    paper = hand_over(approved, means="paper", return_by=back_on.isoformat())

    with pytest.raises(NotPossible, match="書面"):
        do(paper, "finish", answers("disclosure_end"))
    waiting = do(paper, "finish_paper", answers("disclosure_end"))
    due = Case.objects.get(pk=waiting.case).due_at
    back = do(waiting, "record_return", answers("disclosure_return"))

    assert due is not None
    assert timezone.localdate(due) == back_on
    assert state(back) == "disclosure.done"
    assert "returned" in package_of(back).kinds


def test_a_deputy_of_the_requester_does_not_approve_for_them(asked: Done) -> None:
    today = timezone.localdate()
    Member.objects.filter(id=member_id("caseworker")).update(
        deputy=member_id("supervisor"), deputy_from=today, deputy_until=today
    )

    with pytest.raises(NotPossible, match="代理"):
        approve(asked)


def test_a_partial_consent_covers_what_it_names(ask: Any, source: Done) -> None:
    partial = do(
        source,
        "record_partial_consent",
        consent(answer="partial", partial_detail="健康は除く", categories=["identity"]),
    )

    with pytest.raises(CannotLeave, match="住所"):
        ask(partial, categories=["identity", "contact"])
