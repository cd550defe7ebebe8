"""One print file from one batch: decided, merged, published, written down.

Nothing is locked while pages are merged. The file is on disk before its row; whatever happened to a letter
meanwhile (voided, posted by hand, its address protected) is found under the lock, and the file is made again
without it. Killed anywhere, the letters are either in a file and marked as printed, or neither; the pages
merged until then are used again (`backend.letters.printing.pieces`).
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
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
from backend.letters.printing import cover, files, merging, pieces
from backend.letters.printing.choosing import Batch
from backend.letters.printing.models import PrintedLetter, PrintFile
from backend.letters.printing.pieces import Unsound, Whole
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
Merged = Callable[[int, int], None]


def make(
    batch: Batch,
    business_date: date,
    run: MemberFacts,
    written: Written,
    merged: Merged = lambda done, of: None,
) -> Made:
    """Make the print file of a batch.

    `run` is the member the automated run is: what policies do not let it issue is left out and held.
    `merged` hears now and then how many letters of how many are merged; `written` is called in the
    transaction that writes the file down. Raises what they raise, and OSError where the disk is full.
    """
    made, used = Made(), set[Path]()
    left = list(batch.letters)
    while left:
        rows = _rows(left)
        made.held += [row.id for row in rows if not _may(run, row)]
        whole = _whole([row for row in rows if row.id not in made.held])
        if not whole:
            break
        try:
            parts = _pieces(whole, merged, used)
            made.file = _publish(batch, business_date, run, whole, parts, written)
        except Unsound as found:
            made.failed += found.letters
        except (_ChangedError, FileNotFoundError):
            pass  # also a piece that the run of another day used up, with its letters
        else:
            break
        gone = {*made.held, *made.failed}
        left = [pk for pk in left if pk not in gone]
    files.use_up(used)
    return made


def _pieces(whole: Sequence[Whole], merged: Merged, used: set[Path]) -> list[Path]:
    parts = []
    for part in pieces.pieces(whole, sides=house.current().postage.sides):
        parts.append(part)
        used.add(part)
        merged(min(len(parts) * pieces.LETTERS, len(whole)), len(whole))
        kill_point("R6/piece")
    return parts


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


def _whole(rows: Sequence[IssuedLetter]) -> list[Whole]:
    """What the bytes of each letter must be, without the bytes."""
    frozen = FrozenPdf.objects.filter(letter__in=[row.id for row in rows])
    said = {pk: (sha256, pages) for pk, sha256, pages in frozen.values_list("letter", "sha256", "pages")}
    return [Whole(row.id, row.shown_number, *said[row.id]) for row in rows]


def _publish(
    batch: Batch,
    business_date: date,
    run: MemberFacts,
    whole: list[Whole],
    parts: list[Path],
    written: Written,
) -> PrintFile:
    file = _described(batch, business_date, whole)
    sender = Organisation.objects.values_list("name", flat=True).get(code=file.organisation)
    file.cover = cover.cover(file, sender, whole[0].number, whole[-1].number)
    file.sha256 = _merged(file, parts, house.current().postage.sides)
    try:
        with transaction.atomic():
            _write(file, whole, run)
            written(file)
            kill_point("R6")
    except BaseException:
        files.discard(file.id)
        raise
    return file


def _merged(file: PrintFile, parts: Sequence[Path], sides: int) -> str:
    return files.publish(files.path_of(file.id), [bytes(file.cover), *parts], sides=sides)


def _described(batch: Batch, business_date: date, whole: list[Whole]) -> PrintFile:
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
        letters=len(whole),
        sheets=sum(postage.sheets(one.pages) for one in whole),
    )
    file.manifest = canonical(_manifest(file, whole, postage.sides))
    file.manifest_hash = hashlib.sha256(file.manifest).hexdigest()
    return file


def _manifest(file: PrintFile, whole: list[Whole], sides: int) -> dict[str, object]:
    """What the file is: each letter, its pages, the hash of its bytes, in order. No name, no address."""
    return {
        "file": str(file.id),
        "name": file.name,
        "sides": sides,
        "sheets": file.sheets,
        "letters": [
            {"id": str(one.letter), "number": one.number, "pages": one.pages, "sha256": one.sha256}
            for one in whole
        ],
    }


def _write(file: PrintFile, whole: list[Whole], run: MemberFacts) -> None:
    """Write the file down and mark its letters as printed, if they all can still go out as they are."""
    ids = [one.letter for one in whole]
    locked = IssuedLetter.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    list(locked.values_list("id"))
    rows = _rows(ids)
    if len(rows) != len(ids) or not all(_may(run, row) for row in rows):
        raise _ChangedError
    file.save(force_insert=True)
    PrintedLetter.objects.bulk_create(
        PrintedLetter(letter_id=one.letter, file=file, place=place, pages=one.pages)
        for place, one in enumerate(whole, start=1)
    )
    life.record_all(ids, LetterEvent.Kind.PRINTED)


def rebuild(file: PrintFile) -> bool:
    """Make the file anew from its cover sheet and the frozen letters; whether the bytes are the same again.

    They may differ after an update of the library that merges; the letters in them cannot. Raises
    `NotMergeable` where a letter is not what the manifest says.
    """
    told = json.loads(bytes(file.manifest))
    whole = [Whole(UUID(it["id"]), it["number"], it["sha256"], it["pages"]) for it in told["letters"]]
    try:
        parts = list(pieces.pieces(whole, sides=told["sides"]))
    except Unsound as error:
        raise merging.NotMergeable("a letter is not the one the manifest names") from error
    same = _merged(file, parts, told["sides"]) == file.sha256
    files.use_up(parts)
    return same
