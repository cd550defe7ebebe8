"""The life of a letter after it is written: approved, posted, returned, answered, void. Each is an event.

Posting is a human act. Two-person letters need somebody else's eyes on the envelope; a letter that is held (a
protected address) must be released by a second person first. A returned letter is never sent again by itself.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.letters.models import IssuedLetter, LetterEvent, LetterState
from backend.people.acting import same_hands
from backend.people.models import Member

Kind = LetterEvent.Kind
PROTECTED_ADDRESS, NO_ADDRESS = "protected_address", "no_address"


class NotNow(ValueError):  # noqa: N818 - reads as what it says
    """This cannot be done with the letter as it stands.

    The message says what is missing, `code` stays the same.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def record(
    letter: IssuedLetter,
    kind: LetterEvent.Kind,
    *,
    by: UUID | None = None,
    witness: UUID | None = None,
    reason: str = "",
) -> LetterEvent:
    """Append an event. The letter's row must be locked or new."""
    nth = letter.events.count() + 1
    return LetterEvent.objects.create(
        letter=letter, nth=nth, kind=kind, by_id=by, witness_id=witness, reason=reason[:200]
    )


_RECORD_ALL = """
    INSERT INTO letters_letterevent (letter_id, nth, kind, by_id, witness_id, reason, at)
    SELECT letter.id, 1 + (SELECT count(*) FROM letters_letterevent AS old WHERE old.letter_id = letter.id),
           %(kind)s, %(by)s, %(witness)s, '', clock_timestamp()
    FROM letters_issuedletter AS letter WHERE letter.id = ANY (%(letters)s)
"""


def record_all(
    letters: Sequence[UUID], kind: LetterEvent.Kind, *, by: UUID | None = None, witness: UUID | None = None
) -> None:
    """Append the same event to many letters, whose rows must be locked."""
    values = {"letters": list(letters), "kind": kind.value, "by": by, "witness": witness}
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_ALL, values)


def approve(letter_id: UUID, *, by: UUID) -> IssuedLetter:
    """Approve a draft; it gets its number by `issue.finish`. Whoever drafted it cannot approve it."""
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.DRAFTED)
        drafted = letter.events.filter(kind=Kind.DRAFTED).first()
        if drafted is not None and drafted.by_id == by:
            raise NotNow("own_draft", _("Somebody else than the one who drafted it must approve a letter."))
        return _become(letter, LetterState.APPROVED, Kind.APPROVED, by=by)


def withhold(letter_id: UUID) -> bool:
    """Keep an issued letter to a protected address out of the post; False where it was kept out before.

    It is the automated run that finds it: the protection may be younger than the letter.
    """
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.ISSUED)
        if letter.events.filter(kind=Kind.WITHHELD).exists():
            return False
        letter.held = letter.held or PROTECTED_ADDRESS
        letter.save(update_fields=["held"])
        record(letter, Kind.WITHHELD)
        return True


def release(letter_id: UUID, *, by: UUID, witness: UUID) -> IssuedLetter:
    """Let a held letter be posted: two people have seen that it reaches the person safely."""
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.ISSUED)
        if not letter.held:
            raise NotNow("not_held", _("The letter is not held."))
        _two(by, witness)
        letter.held = ""
        letter.save(update_fields=["held"])
        record(letter, Kind.RELEASED, by=by, witness=witness)
        return letter


def post(letter_id: UUID, *, by: UUID, witness: UUID | None = None) -> IssuedLetter:
    """Record that a letter was posted.

    `witness` is who compared letter and envelope, where two people must.
    """
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.ISSUED)
        if letter.inputs is not None:
            raise NotNow("not_printed", _("The letter is not printed yet."))
        if letter.held:
            raise NotNow("held", _("The letter is held; a second person must release it first."))
        if letter.two_person:
            _two(by, witness)
        return _become(letter, LetterState.POSTED, Kind.POSTED, by=by, witness=witness)


def give_back(letter_id: UUID, *, by: UUID, reason: str) -> IssuedLetter:
    """Record that the post office brought a letter back (宛所不明): somebody checks the address."""
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.POSTED)
        return _become(letter, LetterState.RETURNED, Kind.RETURNED, by=by, reason=_because(reason))


def check_address(letter_id: UUID, *, by: UUID, reason: str) -> IssuedLetter:
    """Record that somebody looked into the address of a returned letter, and what they found.

    The letter stays returned: whether another is written is a decision of its own.
    """
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.RETURNED)
        record(letter, Kind.CHECKED, by=by, reason=_because(reason))
        return letter


def answer(letter_id: UUID, *, by: UUID) -> IssuedLetter:
    """Record that an answer came in, once. It may come before anybody noted that the letter was posted."""
    with transaction.atomic():
        letter = _locked(letter_id, LetterState.ISSUED, LetterState.POSTED)
        if letter.events.filter(kind=Kind.ANSWERED).exists():
            raise NotNow("answered", _("An answer to this letter is recorded already."))
        record(letter, Kind.ANSWERED, by=by)
        return letter


def void(letter_id: UUID, *, by: UUID | None, reason: str) -> IssuedLetter:
    """書損: the letter is not used, its number stays taken. `by` None: it cannot be printed."""
    with transaction.atomic():
        not_posted = (LetterState.HELD, LetterState.DRAFTED, LetterState.APPROVED, LetterState.ISSUED)
        letter = _locked(letter_id, *not_posted)
        letter.inputs = None
        letter.save(update_fields=["inputs"])
        return _become(letter, LetterState.VOID, Kind.VOIDED, by=by, reason=_because(reason))


def _locked(letter_id: UUID, *states: LetterState) -> IssuedLetter:
    letter = IssuedLetter.objects.select_for_update().get(id=letter_id)
    if letter.state not in states:
        raise NotNow(
            "wrong_state",
            _("The letter is %(state)s; this cannot be done with it.")
            % {"state": letter.get_state_display()},
        )
    return letter


def _become(
    letter: IssuedLetter,
    state: LetterState,
    kind: LetterEvent.Kind,
    *,
    by: UUID | None,
    witness: UUID | None = None,
    reason: str = "",
) -> IssuedLetter:
    letter.state = state
    letter.save(update_fields=["state"])
    record(letter, kind, by=by, witness=witness, reason=reason)
    return letter


def two_people(one: UUID, other: UUID) -> bool:
    """Whether two members are two people: nobody is their own witness through a second office or a deputy."""
    members = Member.objects.in_bulk([one, other])
    return one != other and not same_hands(members[one], members[other], timezone.localdate())


def _two(by: UUID, witness: UUID | None) -> None:
    if witness is None or not two_people(by, witness):
        raise NotNow("second_person", _("A second person must compare the letter with its envelope."))


def _because(reason: str) -> str:
    if not reason.strip():
        raise NotNow("reason_missing", _("Say why, in a few words."))
    return reason.strip()
