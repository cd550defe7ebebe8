"""What a person said is a row with the step, and is asked on the day of a disclosure."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from backend.cases.actions import Done
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.sharing.consents import asking
from backend.sharing.consents.models import Consent
from tests.sharing.consents.conftest import TODAY, agreed, do, refused, taken_back

pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]


def test_a_recorded_consent_is_what_policies_are_asked_with(hana: Person, case_of: CaseOf) -> None:
    done = do(case_of(hana), "record_consent", agreed())

    (facts,) = asking.facts(hana.id, "watch_over", TODAY, "city")

    assert facts == asking.ConsentFacts(
        consent="given",
        consent_own=True,
        consent_method="written",
        consent_purposes=("service_linkage", "watch_over"),
        consent_recipients=("comprehensive_support_center", "welfare_commissioner"),
        consent_categories=("contact", "health", "identity"),
        consent_until=20280331,
        row=Consent.objects.get(case=done.case, seq=done.seq).id,
    )


def test_a_row_says_who_asked_how_and_with_which_wording(hana: Person, case_of: CaseOf) -> None:
    done = do(case_of(hana), "record_consent", agreed(shown_in="easy_ja"))

    row = Consent.objects.select_related("asked_by").get(person=hana)
    step = Step.objects.get(case=done.case, seq=done.seq)
    assert (row.asked_by.name, row.method, row.by) == ("佐藤 直子", "written", "self")
    assert (row.wording, row.language) == (step.form_hash, "easy_ja")


def test_nothing_is_opened_after_the_last_day_or_before_the_first(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(valid_until="2027-03-31"))

    last = date(2027, 3, 31)
    assert asking.status(hana.id, "watch_over", last) == "given"
    assert asking.status(hana.id, "watch_over", last + timedelta(days=1)) == "expired"
    assert asking.status(hana.id, "watch_over", date(2026, 11, 24)) == "unknown"
    assert asking.facts(hana.id, "watch_over", date(2026, 11, 24))[0].consent == "none"


def test_an_expired_consent_is_handed_to_policies_with_its_last_day(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(valid_until="2027-03-31"))

    (facts,) = asking.facts(hana.id, "watch_over", date(2027, 4, 1))

    assert (facts.consent, facts.consent_until) == ("given", 20270331)


def test_consents_to_different_things_stand_side_by_side(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(purposes=["watch_over"]))
    do(case_of(hana), "record_consent", agreed(purposes=["service_linkage"]))

    assert len(asking.live(hana.id, TODAY)) == 2


def test_a_new_answer_in_the_same_case_takes_the_place_of_the_old(hana: Person, case_of: CaseOf) -> None:
    first = do(case_of(hana), "record_consent", agreed())
    assigned = do(first, "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"})
    partly = agreed(answer="partial", partial_detail="病気のこと", categories=["identity"])
    asked = do(assigned, "record_partial_consent", partly)

    (holding,) = asking.live(hana.id, TODAY)
    assert (holding.seq, holding.said, holding.categories) == (asked.seq, "partial", ["identity"])


def test_a_refusal_hides_behind_no_consent_to_something_else(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(purposes=["watch_over"]))
    do(case_of(hana), "record_refusal", refused(refused_purposes=["service_linkage"]))

    assert [facts.consent for facts in asking.facts(hana.id, "service_linkage", TODAY)] == ["refused"]
    assert [facts.consent for facts in asking.facts(hana.id, "watch_over", TODAY)] == ["given"]


def test_a_refusal_that_names_nothing_is_about_everything(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed())
    do(case_of(hana), "record_refusal", refused())

    assert asking.live(hana.id, TODAY) == []
    assert asking.status(hana.id, "event_notice", TODAY) == "refused"


def test_whoever_was_never_asked_said_nothing(hana: Person) -> None:
    assert asking.facts(hana.id, "watch_over", TODAY) == (asking.NOTHING,)
    assert asking.status(hana.id, "watch_over", TODAY) == "none"


def test_a_consent_given_to_the_city_is_none_to_another_controller(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed())

    assert asking.facts(hana.id, "watch_over", TODAY, "csw") == (asking.NOTHING,)


def test_a_corrected_answer_counts_as_it_should_have_been(hana: Person, case_of: CaseOf) -> None:
    done = do(case_of(hana), "record_consent", agreed())

    fixed = do(done, "correct", {"step": done.seq, "answers": agreed(categories=["identity"])})

    row = Consent.objects.get(case=done.case)
    assert (row.seq, row.corrected_seq, row.categories) == (done.seq, fixed.seq, ["identity"])


def test_a_withdrawal_recorded_by_mistake_ended_nothing(hana: Person, case_of: CaseOf) -> None:
    given = do(case_of(hana), "record_consent", agreed())
    done = do(given, "record_consent_withdrawal", taken_back())
    mistaken = taken_back(consent_withdrawn=False)
    del mistaken["withdrawal_method"]

    do(done, "correct", {"step": done.seq, "answers": mistaken})

    assert [row.seq for row in asking.live(hana.id, TODAY)] == [given.seq]
    assert Consent.objects.filter(said="withdrawn").count() == 0


def test_a_step_that_cannot_keep_its_consent_is_not_taken(
    hana: Person, case_of: CaseOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    triaged = case_of(hana)
    monkeypatch.setattr("backend.sharing.consents.projection._settle", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        do(triaged, "record_consent", agreed())

    assert (Consent.objects.count(), Case.objects.get(pk=triaged.case).revision) == (0, triaged.revision)


def test_what_somebody_unknown_agreed_to_opens_nothing(report: Callable[..., Done]) -> None:
    from tests.cases.conftest import answers

    triaged = do(report(), "triage", answers("triage", urgency="C"))
    do(triaged, "record_consent", agreed())

    assert Consent.objects.get().person is None
    assert asking.facts(None, "watch_over", TODAY) == (asking.NOTHING,)
