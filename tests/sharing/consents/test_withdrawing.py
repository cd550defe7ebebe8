"""When a consent ends everything that relied on it hears of it: in the step, and right after it."""

from collections.abc import Callable, Iterator

import pytest

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Case, Notice
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Person
from backend.sharing.consents import asking, withdrawing
from backend.sharing.consents.models import Consent
from backend.sharing.consents.withdrawing import Ended
from tests.sharing.consents.conftest import TODAY, agreed, answers, do, refused, taken_back

pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]


@pytest.fixture
def heard() -> Iterator[list[Ended]]:
    """What a listener hears for the length of one test."""
    found: list[Ended] = []
    withdrawing.on_end(found.append)
    yield found
    withdrawing._LISTENERS.remove(found.append)


def consented(done: Done, **changed: object) -> Done:
    return do(done, "record_consent", agreed(**changed))


def referred(done: Done) -> Done:
    """Gone to the centre, on the person's consent."""
    assigned = do(
        done, "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"}, by="supervisor"
    )
    return do(
        assigned, "refer", answers("referral_sheet", to_org="center-nakahama", shared_items=["identity"])
    )


def test_a_withdrawal_is_heard_within_its_step(hana: Person, case_of: CaseOf, heard: list[Ended]) -> None:
    given = consented(case_of(hana))

    taken = do(given, "record_consent_withdrawal", taken_back())

    (ended,) = heard
    assert [row.seq for row in ended.consents] == [given.seq]
    assert (ended.person, ended.by.seq, ended.written.seq) == (hana.id, taken.seq, taken.seq)
    assert asking.live(hana.id, TODAY) == []


def test_a_listener_that_fails_undoes_the_withdrawal(
    hana: Person, case_of: CaseOf, heard: list[Ended]
) -> None:
    def fail(ended: Ended) -> None:
        raise LookupError("a package could not be recalled")

    given = consented(case_of(hana))
    withdrawing.on_end(fail)
    try:
        with pytest.raises(LookupError):
            do(given, "record_consent_withdrawal", taken_back())
    finally:
        withdrawing._LISTENERS.remove(fail)

    assert [row.seq for row in asking.live(hana.id, TODAY)] == [given.seq]


def test_dropping_the_matter_alone_leaves_the_consent(
    hana: Person, case_of: CaseOf, heard: list[Ended]
) -> None:
    given = consented(case_of(hana))
    only_the_matter = taken_back(consent_withdrawn=False)
    del only_the_matter["withdrawal_method"]

    do(given, "withdraw", only_the_matter)

    assert heard == []
    assert len(asking.live(hana.id, TODAY)) == 1


def test_who_was_told_gets_a_letter_once(hana: Person, case_of: CaseOf) -> None:
    sent = referred(consented(case_of(hana)))
    effects.run_due()

    do(sent, "record_consent_withdrawal", taken_back())
    effects.run_due()
    effects.run_due()

    letter = IssuedLetter.objects.get(definition="withdrawal_notice")
    assert (letter.addressee_kind, letter.addressee) == ("receiver", "center-nakahama")
    assert letter.pdf.startswith(b"%PDF-")


def test_whoever_else_holds_something_gets_a_letter_too(hana: Person, case_of: CaseOf) -> None:
    def lists(person: object, controller: str) -> list[str]:
        return ["council-nakahama"] if (person, controller) == (hana.id, "city") else []

    given = consented(case_of(hana))
    withdrawing.holds(lists)
    try:
        do(given, "record_consent_withdrawal", taken_back())
        effects.run_due()
    finally:
        withdrawing._HOLDERS.remove(lists)

    assert IssuedLetter.objects.get(definition="withdrawal_notice").addressee == "council-nakahama"


def test_a_withdrawal_reaches_the_persons_other_case(hana: Person, case_of: CaseOf) -> None:
    other = referred(consented(case_of(hana)))
    here = consented(case_of(hana))

    do(here, "record_consent_withdrawal", taken_back())
    effects.run_due()

    case = Case.objects.get(pk=other.case)
    assert (case.state, case.receiver_id, case.facts["consent"]) == ("referral.declined", None, "withdrawn")


def test_a_withdrawal_for_one_purpose_leaves_what_is_for_another(hana: Person, case_of: CaseOf) -> None:
    other = consented(case_of(hana), purposes=["service_linkage"])
    here = consented(case_of(hana), purposes=["watch_over"])

    do(here, "record_consent_withdrawal", taken_back(withdrawn_purposes=["watch_over"]))
    effects.run_due()

    assert [row.seq for row in asking.live(hana.id, TODAY)] == [other.seq]
    assert Case.objects.get(pk=other.case).facts["consent"] == "given"


def test_where_it_cannot_be_taken_back_by_itself_whoever_is_in_charge_is_told(
    hana: Person, case_of: CaseOf
) -> None:
    other = consented(case_of(hana))
    assigned = do(other, "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"})
    do(assigned, "hold", answers("hold"))

    do(consented(case_of(hana)), "record_consent_withdrawal", taken_back())
    effects.run_due()

    told = Notice.objects.filter(case=other.case, kind="consent_ended")
    assert {str(notice.member_id) for notice in told} >= {str(member_id("caseworker"))}


def test_a_refusal_elsewhere_stops_what_relied_on_an_earlier_consent(hana: Person, case_of: CaseOf) -> None:
    other = referred(consented(case_of(hana)))

    do(case_of(hana), "record_refusal", refused())
    effects.run_due()

    assert Case.objects.get(pk=other.case).facts["consent"] == "withdrawn"
    assert Consent.objects.get(case=other.case, said="given").ended_how == "refused"
