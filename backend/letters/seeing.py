"""Letters as policies see them: declared once, for every list, every look and every record of a look."""

from backend.access import LetterFacts
from backend.cases import visible
from backend.cases.reading import case_facts
from backend.letters.models import IssuedLetter


def facts_of(letter: IssuedLetter) -> LetterFacts:
    """A letter as policies see it."""
    return LetterFacts(str(letter.id), case_facts(letter.case), letter.definition, letter.state)


visible.declare(
    IssuedLetter,
    visible.Visible("letter", facts_of, lambda row: row.case_id, lambda row: row.case.person_id),
)
