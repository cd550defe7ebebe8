"""A step that asks for a letter gets it, once, numbered and frozen."""

from collections.abc import Callable

import pytest

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Effect
from backend.letters.models import IssuedLetter
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(report: Callable[..., Done]) -> Done:  # noqa: F811
    """Consent was asked for by letter."""
    triaged = do(report(), "triage", answers("triage", urgency="C"))
    return do(triaged, "request_consent", answers("consent_request"))


def test_asking_for_consent_by_letter_issues_the_letter(asked: Done) -> None:
    effects.run_due()

    letter = IssuedLetter.objects.get(case=asked.case, definition="consent_request")
    assert letter.shown_number
    assert letter.pdf.startswith(b"%PDF-")


def test_running_the_effects_again_issues_nothing_more(asked: Done) -> None:
    effects.run_due()
    before = IssuedLetter.objects.count()

    effects.run_due()

    assert IssuedLetter.objects.count() == before
    assert not Effect.objects.filter(kind="letter").exclude(state=Effect.State.DONE).exists()


def test_a_name_that_cannot_be_printed_stops_that_letter_alone(report: Callable[..., Done]) -> None:  # noqa: F811
    unprintable = answers("detection_report", subject_name="髙田\ue000 ハナ")
    triaged = do(report(answers=unprintable), "triage", answers("triage", urgency="C"))
    do(triaged, "request_consent", answers("consent_request"))

    effects.run_due()

    stopped = Effect.objects.get(kind="letter", target="consent_request")
    assert stopped.state == Effect.State.DEAD
    assert "U+E000" in stopped.last_error
    assert "髙田" not in stopped.last_error
    assert not IssuedLetter.objects.filter(definition="consent_request").exists()
