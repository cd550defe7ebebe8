"""A standing consent, from the page of a person to the letter before it ends."""

from datetime import date
from uuid import uuid4

import pytest

from backend.cases import actions, effects
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Person
from backend.runs import consents
from backend.sharing.consents import asking
from tests.sharing.consents.conftest import TODAY, agreed, answers, do

pytestmark = pytest.mark.django_db


def test_a_standing_consent_is_asked_given_and_written_about_before_its_end(hana: Person) -> None:
    asked = actions.start(
        "consent",
        actor=member_id("caseworker"),
        person=hana.id,
        answers=answers("consent_request"),
        key=uuid4().hex,
    )
    do(asked, "record_consent", agreed(valid_until="2027-03-31"))
    assert asking.status(hana.id, "watch_over", TODAY) == "given"

    consents.run(date(2027, 1, 30))
    effects.run_due()

    letter = IssuedLetter.objects.get(definition="consent_renewal")
    assert (letter.dated_on, letter.addressee) == (date(2027, 1, 30), str(hana.id))
    assert letter.pdf.startswith(b"%PDF-")
