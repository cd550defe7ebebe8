"""One print file from one batch: decided, merged, published, written down.

Nothing is locked while pages are merged. The file is on disk before its row; whatever happened to a letter
meanwhile (voided, posted by hand, its address protected) is found under the lock, and the file is made again
without it. Killed anywhere, the letters are either in a file and marked as printed, or neither.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from backend import access
from backend.access import LetterFacts, MemberFacts
from backend.cases.kill import kill_point
from backend.cases.reading import case_facts
from backend.definitions.canonical import canonical
from backend.letters import house, life
from backend.letters.models import FrozenPdf, IssuedLetter, LetterEvent, LetterState
from backend.letters.printing import cover, files, merging
from backend.letters.printing.choosing import Batch
from backend.letters.printing.models import PrintedLetter, PrintFile
from backend.people.models import Organisation

_OF_THE_PERSON = ("resident", "debtor")


@dataclass
class Made:
    """What became of the letters of a batch; `file` is None where none could be printed."""

    file: PrintFile | None = None
    held: list[UUID] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)


class _ChangedError(Exception):
    """Something happened to one of the letters while the file was made."""


Written = Callable[[PrintFile], None]


def make(batch: Batch, business_date: date, run: MemberFacts, written: Written) -> Made:
    """Make the print file of a batch.

    `run` is the member the automated run is: what policies do not let it issue is left out and held.
    `written` is called in the transaction that writes the file down. Raises OSError where the disk is full.
    """
    made = Made()
    left = list(batch.letters)
    while left:
        rows = _rows(left)
        made.held += [row.id for row in rows if not _may(run, row)]
        sound = _sound([row for row in rows if row.id not in made.held], made)
        if not sound:
            break
        try:
            made.file = _publish(batch, business_date, run, sound, written)
            break
        except _ChangedError:
            gone = {*made.held, *made.failed}
            left = [pk for pk in left if pk not in gone]
    return made


def _rows(letters: Sequence[UUID]) -> list[IssuedLetter]:
    """Those of the letters that can still go to the printer, in the order of the batch."""
    rows = IssuedLetter.objects.select_related("case__person").defer("inputs").filter(
        id__in=letters, state=LetterState.ISSUED, held="", printed__isnull=True
    )  # fmt: skip
    place = {pk: n for n, pk in enumerate(letters)}
    return sorted(rows, key=lambda row: place[row.id])


def _may(run: MemberFacts, row: IssuedLetter) -> bool:
    """Whether the run may issue the letter as things stand now, not as they stood when it was written."""
    facts = case_facts(row.case)
    person = row.case.person
    if row.addressee_kind in _OF_THE_PERSON and person is not None and person.protected:
        facts = replace(facts, protected=True)
    letter = LetterFacts(str(row.id), facts, row.definition, row.state)
    return access.decide(run, "issue", letter, today=access.day(timezone.localdate())).allowed


@dataclass(frozen=True)
class _Sound:
    """A letter whose frozen bytes are the ones that were frozen."""

    row: IssuedLetter
    pdf: bytes
    sha256: str
    pages: int


def _sound(rows: Iterable[IssuedLetter], made: Made) -> list[_Sound]:
    found = []
    frozen = {one.letter_id: one for one in FrozenPdf.objects.filter(letter__in=[row.id for row in rows])}
    for row in rows:
        one = frozen[row.id]
        pdf = bytes(one.pdf)
        if hashlib.sha256(pdf).hexdigest() == one.sha256 and _has(pdf, one.pages):
            found.append(_Sound(row, pdf, one.sha256, one.pages))
        else:
            made.failed.append(row.id)
    return found


def _has(pdf: bytes, pages: int) -> bool:
    try:
        return merging.pages_of(pdf) == pages
    except merging.NotMergeable:
        return False


def _publish(
    batch: Batch, business_date: date, run: MemberFacts, sound: list[_Sound], written: Written
) -> PrintFile:
    file = _described(batch, business_date, sound)
    sender = Organisation.objects.values_list("name", flat=True).get(code=file.organisation)
    numbers = [one.row.shown_number for one in sound]
    file.cover = cover.cover(file, sender, numbers[0], numbers[-1])
    parts = [bytes(file.cover), *(one.pdf for one in sound)]
    file.sha256 = files.publish(file.id, parts, sides=house.current().postage.sides)
    try:
        with transaction.atomic():
            _write(file, sound, run)
            written(file)
            kill_point("R6")
    except BaseException:
        files.discard(file.id)
        raise
    return file


def _described(batch: Batch, business_date: date, sound: list[_Sound]) -> PrintFile:
    group, postage = batch.group, house.current().postage
    same_day = PrintFile.objects.filter(organisation=group.organisation, business_date=business_date)
    file = PrintFile(
        id=uuid4(),
        controller=group.controller,
        organisation=group.organisation,
        business_date=business_date,
        nth=(same_day.aggregate(last=Max("nth"))["last"] or 0) + 1,
        paper=group.paper,
        window=group.window,
        postage=group.postage.name,
        yen=group.postage.yen,
        sensitive=group.sensitive,
        letters=len(sound),
        sheets=sum(postage.sheets(one.pages) for one in sound),
    )
    file.manifest = canonical(_manifest(file, sound, postage.sides))
    file.manifest_hash = hashlib.sha256(file.manifest).hexdigest()
    return file


def _manifest(file: PrintFile, sound: list[_Sound], sides: int) -> dict[str, object]:
    """What the file is: each letter, its pages, the hash of its bytes, in order. No name, no address."""
    return {
        "file": str(file.id),
        "name": file.name,
        "sides": sides,
        "sheets": file.sheets,
        "letters": [
            {"id": str(one.row.id), "number": one.row.shown_number, "pages": one.pages, "sha256": one.sha256}
            for one in sound
        ],
    }


def _write(file: PrintFile, sound: list[_Sound], run: MemberFacts) -> None:
    """Write the file down and mark its letters as printed, if they all can still go out as they are."""
    ids = [one.row.id for one in sound]
    locked = IssuedLetter.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    list(locked.values_list("id"))
    rows = _rows(ids)
    if len(rows) != len(ids) or not all(_may(run, row) for row in rows):
        raise _ChangedError
    file.save(force_insert=True)
    PrintedLetter.objects.bulk_create(
        PrintedLetter(letter=one.row, file=file, place=place, pages=one.pages)
        for place, one in enumerate(sound, start=1)
    )
    life.record_all(ids, LetterEvent.Kind.PRINTED)


def rebuild(file: PrintFile) -> bool:
    """Make the file anew from its cover sheet and the frozen letters; whether the bytes are the same again.

    They may differ after an update of the library that merges; the letters in them cannot. Raises
    `NotMergeable` where a letter is not what the manifest says.
    """
    told = json.loads(bytes(file.manifest))
    frozen = {str(one.letter_id): one for one in FrozenPdf.objects.filter(letter__printed__file=file)}
    parts = [bytes(file.cover)]
    for letter in told["letters"]:
        one = frozen.get(letter["id"])
        pdf = bytes(one.pdf) if one is not None else b""
        if hashlib.sha256(pdf).hexdigest() != letter["sha256"]:
            raise merging.NotMergeable(f"{letter['number']} is not the letter the manifest names")
        parts.append(pdf)
    return files.publish(file.id, parts, sides=told["sides"]) == file.sha256
