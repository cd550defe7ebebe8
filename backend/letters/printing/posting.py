"""From the printer to the post: counted, posted, come back. Each is somebody's act, recorded as theirs.

The letters of a sensitive file can be posted only after a second person counted the sheets and found all:
a sheet too many or too few means that somebody's page lies in somebody else's envelope.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backend.letters import effects, life
from backend.letters.life import NotNow
from backend.letters.models import IssuedLetter, LetterEvent, LetterState
from backend.letters.printing.models import PrintFile, SheetCount


def count(file: PrintFile, *, by: UUID, sheets: int) -> bool:
    """Record how many sheets somebody counted; whether that is what the manifest says."""
    right = sheets == file.sheets
    SheetCount.objects.create(file=file, by_id=by, sheets=sheets, right=right)
    return right


def counted_by_another(file: PrintFile, by: UUID) -> UUID | None:
    """Who else than `by` counted the sheets right last; None where nobody did.

    A count that was wrong after one that was right undoes it: somebody has to count again.
    """
    last = file.last_count
    if last is None or not last.right or not life.two_people(by, last.by_id):
        return None
    return last.by_id


def post(file: PrintFile, *, by: UUID) -> int:
    """Record that every letter of a print file that may still go out was posted; returns how many were."""
    witness = counted_by_another(file, by) if file.sensitive else None
    if file.sensitive and witness is None:
        raise NotNow(
            "not_counted",
            _("Somebody else must count the sheets first, and their count must be what the manifest says."),
        )
    with transaction.atomic():
        rows = IssuedLetter.objects.select_for_update(of=("self",)).filter(
            printed__file=file, state=LetterState.ISSUED, held=""
        )
        letters = list(rows.order_by("id").values_list("id", flat=True))
        if not letters:
            raise NotNow("nothing_left", _("No letter of this file waits to be posted."))
        IssuedLetter.objects.filter(id__in=letters).update(state=LetterState.POSTED)
        life.record_all(letters, LetterEvent.Kind.POSTED, by=by, witness=witness)
    return len(letters)


def came_back(letter_id: UUID, *, by: UUID, reason: str) -> IssuedLetter:
    """Record that a letter came back, and ask whoever is in charge to check the address.

    Nothing is sent again by itself, and no batch takes another letter there before the address was checked.
    """
    with transaction.atomic():
        letter = life.give_back(letter_id, by=by, reason=reason)
        effect = effects.effect_of(letter)
        if effect is not None:
            effects.tell(effect, effects.RETURNED)
    return letter


def unchecked(controller: str) -> list[IssuedLetter]:
    """Letters that came back and whose address nobody checked yet, the longest first."""
    back = LetterEvent.objects.filter(kind=LetterEvent.Kind.CHECKED)
    rows = IssuedLetter.objects.filter(controller=controller, state=LetterState.RETURNED).exclude(
        id__in=back.values("letter")
    )
    return list(rows.select_related("case").defer("inputs").order_by("dated_on", "id"))
