"""Letters over HTTP: to whoever may see them, always the same bytes."""

import hashlib
from collections.abc import Callable

import pytest

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.letters.models import FrozenPdf, IssuedLetter
from tests.api.conftest import Hand, answers, do, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]


@pytest.fixture
def letter(hanas_case: Done) -> IssuedLetter:
    """The request for her consent, issued."""
    triaged = do(hanas_case, "triage", answers("triage", urgency="C"))
    do(triaged, "request_consent", answers("consent_request"))
    effects.run_due()
    return IssuedLetter.objects.get(definition="consent_request")


def test_a_letter_is_listed_read_and_fetched(hand: Hands, letter: IssuedLetter) -> None:
    (listed,) = (
        hand("caseworker")
        .get(f"/api/letters/?definition=consent_request&case={letter.case_id}")
        .json()["results"]
    )
    assert listed == hand("caseworker").get(f"/api/letters/{letter.id}/").json()
    assert (listed["number"], listed["state"]) == (letter.shown_number, "issued")

    fetched = hand("caseworker").get(listed["pdf"])

    assert fetched["Content-Type"] == "application/pdf"
    assert hashlib.sha256(fetched.content).hexdigest() == listed["sha256"]
    assert fetched.content == hand("supervisor").get(listed["pdf"]).content
    assert list(Look.objects.values_list("kind", "how")) == [("letter", "pdf")] * 2


@pytest.mark.parametrize("who", ["outsider", "csw", "commissioner", "volunteer", "receiver"])
def test_nobody_else_finds_the_letter(hand: Hands, letter: IssuedLetter, who: str) -> None:
    for path in ("/api/letters/{}/", "/api/letters/{}/pdf/"):
        response = hand(who).get(path.format(letter.id))
        assert (response.status_code, problem(response)["code"]) == (404, "not_found")
    assert hand(who).get("/api/letters/").json()["results"] == []


def test_a_letter_not_yet_printed_says_so(hand: Hands, letter: IssuedLetter) -> None:
    unprinted = IssuedLetter.objects.get(pk=letter.pk)
    unprinted.pk, unprinted.branch = None, 2
    unprinted.save(force_insert=True)
    assert not FrozenPdf.objects.filter(letter=unprinted).exists()

    response = hand("caseworker").get(f"/api/letters/{unprinted.id}/pdf/")

    assert (response.status_code, problem(response)["code"]) == (409, "not_printed")


@pytest.mark.parametrize("query", ["state=lost", "case=1", "definition=%00", "name=x"])
def test_a_wrong_parameter_is_named(hand: Hands, cast: None, query: str) -> None:
    response = hand("caseworker").get(f"/api/letters/?{query}")

    assert (response.status_code, problem(response)["code"]) == (400, "invalid")
