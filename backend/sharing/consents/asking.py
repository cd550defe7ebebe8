"""What may be asked of consents, at the moment of each disclosure and never from a copy.

facts(person, purpose, today, controller)   what policies see, for each consent that could cover it
live(person, today)                         the consents that hold on that day
status(person, purpose, today)              where one purpose stands, in one word
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from backend import access
from backend.sharing.consents.models import Consent, Said

AGREED = (Said.GIVEN, Said.PARTIAL)
Status = Literal["none", "unknown", "refused", "withdrawn", "expired", "partial", "given"]


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One consent in the words of a Provision (`backend.access.ProvisionFacts`): the fields of these names.

    `consent` is none, unknown (asked, no answer yet), refused, withdrawn or given; of a given one that has
    run out `consent_until` is past. `row` is the consent itself, None where there is none.
    """

    consent: str = "none"
    consent_own: bool = False
    consent_method: str = ""
    consent_purposes: tuple[str, ...] = ()
    consent_recipients: tuple[str, ...] = ()
    consent_excluded: tuple[str, ...] = ()
    consent_categories: tuple[str, ...] = ()
    consent_until: int = 0
    row: UUID | None = None

    def fields(self) -> dict[str, Any]:
        """The fields of a Provision."""
        found = asdict(self)
        del found["row"]
        return found


NOTHING = ConsentFacts()


def said_of(person: UUID | None, controller: str | None = None) -> list[Consent]:
    """Everything a person said (to one controller), oldest first."""
    if person is None:
        return []
    rows = Consent.objects.filter(person=person)
    if controller is not None:
        rows = rows.filter(controller=controller)
    return list(rows.order_by("said_at", "seq"))


def live(person: UUID, today: date, controller: str | None = None) -> list[Consent]:
    """The consents of a person that hold on a day, oldest first."""
    return [row for row in said_of(person, controller) if is_live(row, today)]


def is_live(row: Consent, today: date) -> bool:
    """Whether a consent was given, begun, not ended and not run out."""
    in_time = row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)
    return row.said in AGREED and row.ended_at is None and in_time


def status(person: UUID, purpose: str, today: date, controller: str | None = None) -> Status:
    """Where sharing for a purpose stands: what holds, else the last thing that was said about it."""
    return standing(said_of(person, controller), purpose, today)


def standing(said: Iterable[Consent], purpose: str, today: date) -> Status:
    """The same of rows already read, oldest first."""
    about = [row for row in said if _is_about(row, purpose)]
    holding = [row for row in about if is_live(row, today)]
    if holding:
        return "given" if any(row.said == Said.GIVEN for row in holding) else "partial"
    return _word(about[-1], today) if about else "none"


def facts(
    person: UUID | None, purpose: str, today: date, controller: str | None = None
) -> tuple[ConsentFacts, ...]:
    """What to ask the policies with for one purpose: once for each entry, the best ruling counts.

    The consents that hold and name the purpose; without any, the last refusal or withdrawal about it, which
    no consent to something else may hide; else the consents to other purposes. Never empty.
    """
    said = said_of(person, controller)
    holding = [row for row in said if is_live(row, today)]
    naming = [row for row in holding if purpose in row.purposes]
    about = [row for row in said if _is_about(row, purpose)]
    if not naming and about and about[-1].said in (Said.REFUSED, Said.WITHDRAWN):
        return (facts_of(about[-1], today),)
    return tuple(facts_of(row, today) for row in naming or holding or about[-1:]) or (NOTHING,)


def facts_of(row: Consent, today: date) -> ConsentFacts:
    """One row as policies see it on a day; one that was ended says by what."""
    if row.said not in AGREED or row.ended_at is not None or row.valid_from > today:
        return ConsentFacts(_NOT_GIVEN.get(row.ended_how or row.said, "none"), row=row.id)
    return ConsentFacts(
        consent="given",
        consent_own=row.own,
        consent_method=row.method,
        consent_purposes=tuple(row.purposes),
        consent_recipients=tuple(row.recipients),
        consent_excluded=tuple(row.excluded),
        consent_categories=tuple(row.categories),
        consent_until=access.day(row.valid_until) if row.valid_until else access.ALWAYS,
        row=row.id,
    )


_NOT_GIVEN: dict[str, Literal["refused", "withdrawn", "unknown"]] = {
    "refused": "refused",
    "withdrawn": "withdrawn",
    "pending": "unknown",
}


def _is_about(row: Consent, purpose: str) -> bool:
    """A refusal or withdrawal that names no purpose is about all of them; a consent never is."""
    return purpose in row.purposes or (row.said not in AGREED and not row.purposes)


def _word(row: Consent, today: date) -> Status:
    """The status of the last thing said, which does not hold."""
    if row.said in AGREED and row.ended_at is None:
        return "unknown" if row.valid_from > today else "expired"
    return _NOT_GIVEN.get(row.ended_how or row.said, "none")
