"""A letter as it would be printed now, from what one reader sees: named 見本, and nothing is left behind."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from backend import access
from backend.cases import pinned
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.letters import issue
from backend.letters.models import IssuedLetter, LetterCounter, ReplySlip
from backend.letters.printing.preview import NotPreviewable, letters_of, preview
from backend.people.models import Person
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture
from tests.letters.conftest import text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def asked(report: Callable[..., Done]) -> Done:  # noqa: F811
    """Consent was asked for by letter, of a person whose record the office keeps."""
    person = Person.objects.create(
        controller="city", name="髙田 ハナ", zip="000-0101", address="海鳴市中浜一丁目5番1号", area_id="D01-1"
    )
    begun = report(person=person.id, area="D01-1")
    triaged = do(begun, "triage", answers("triage", urgency="C"))
    return do(triaged, "request_consent", answers("consent_request", reply_by="2026-12-08"))


def everything() -> frozenset[str]:
    return frozenset(access.current().categories)


def look(case: UUID, letter: str = "consent_request", *, without: str = "") -> bytes:
    row = Case.objects.get(pk=case)
    pin = pinned.pinned(row.definition)
    one = issue.pinned(letter, pin.workflow.letters[letter])
    return preview(row, one, sees=everything() - {without}, today=TODAY)


def test_the_letter_has_no_number_and_is_marked(asked: Done) -> None:
    text = text_of(look(asked.case))

    assert "海福第号" in text
    assert "見本" in text
    assert "髙田ハナ" in text


def test_nothing_is_kept(asked: Done) -> None:
    before = IssuedLetter.objects.count(), LetterCounter.objects.count(), ReplySlip.objects.count()

    look(asked.case)

    after = IssuedLetter.objects.count(), LetterCounter.objects.count(), ReplySlip.objects.count()
    assert after == before


def test_the_address_stays_away_from_whoever_may_not_see_it(asked: Done) -> None:
    assert "中浜一丁目5番1号" in text_of(look(asked.case))
    assert "中浜一丁目5番1号" not in text_of(look(asked.case, without="contact"))


def test_without_the_name_there_is_nobody_to_write_to_and_it_says_why(asked: Done) -> None:
    with pytest.raises(NotPreviewable) as told:
        look(asked.case, without="identity")

    assert [(one.title_ja, one.withheld) for one in told.value.lacks] == [("宛名", "identity")]


def test_a_protected_address_is_in_no_preview(asked: Done) -> None:
    Person.objects.filter(name="髙田 ハナ").update(protected=True)

    assert "中浜一丁目5番1号" not in text_of(look(asked.case))


def test_what_was_not_answered_yet_is_named(asked: Done) -> None:
    with pytest.raises(NotPreviewable) as told:
        look(asked.case, "visit_notice")

    lacks = {one.title_en: one for one in told.value.lacks}
    assert "Date of the visit" in lacks
    assert not any(one.withheld or one.unfit for one in lacks.values())


def test_a_letter_to_who_reported_needs_their_name(report: Callable[..., Done]) -> None:  # noqa: F811
    done = report(answers=answers("detection_report", reporter_name="山田 花子"))

    with pytest.raises(NotPreviewable) as told:
        look(done.case, "acknowledgement", without="reporter_identity")

    assert [one.withheld for one in told.value.lacks] == ["reporter_identity"]
    assert "山田花子" in text_of(look(done.case, "acknowledgement"))


def test_every_letter_of_the_workflow_is_offered_in_its_pinned_version(asked: Done) -> None:
    pin = pinned.pinned(Case.objects.get(pk=asked.case).definition)

    found = {one.name: one.hash for one in letters_of(pin)}

    assert found == dict(pin.workflow.letters)
