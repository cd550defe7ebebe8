"""The destruction of what an approved list names, and its certificate (廃棄記録): one transaction.

The database's own function destroys (`backend.config.disposing`), because the application may not. Killed
anywhere, a list is carried out whole or not at all. Outside the database the ids are in the erasure ledger
before it; print files that held a destroyed letter are taken from the disk after it.
"""

from uuid import UUID

from django.db import connection, transaction

from backend.cases.kill import kill_point
from backend.disposal import erasures, needing
from backend.disposal.models import Certificate, DisposalItem, DisposalList
from backend.letters.models import DisposedLetter
from backend.letters.printing import files

Kind = DisposalItem.Kind


def waiting() -> list[UUID]:
    """The approved lists nobody carried out yet, the oldest approval first."""
    rows = DisposalList.objects.filter(approved_at__isnull=False, done_at=None)
    return list(rows.order_by("approved_at", "id").values_list("pk", flat=True))


def what_goes(row: DisposalList) -> tuple[list[UUID], list[UUID], dict[UUID, str]]:
    """The cases and persons of a list that can go now, and why each of the other cases stays."""
    subjects: dict[str, list[UUID]] = {Kind.CASE: [], Kind.PERSON: []}
    for kind, subject in row.items.values_list("kind", "subject"):
        subjects[kind] += [subject] if subject else []
    why = needing.held_back(subjects[Kind.CASE])
    here = set(why)
    cases = sorted(own for own in subjects[Kind.CASE] if own in here and not why[own])
    persons = sorted(set(subjects[Kind.PERSON]) & set(needing.persons_of(cases)))
    return cases, persons, {own: code for own, code in why.items() if code}


def carry_out(list_id: UUID) -> Certificate | None:
    """Destroy what an approved list names and nothing holds back.

    None where all of it is held back, or it was done before. What was held back can be listed again.
    """
    with transaction.atomic():
        rows = DisposalList.objects.select_for_update()
        row = rows.filter(pk=list_id, approved_at__isnull=False, done_at=None).first()
        if row is None:
            return None
        cases, persons, kept = what_goes(row)
        for own, code in kept.items():
            row.items.filter(subject=own).exclude(why_kept=code).update(why_kept=code)
        row.items.filter(subject__in=cases).exclude(why_kept="").update(why_kept="")
        if not cases:
            return None
        erasures.intend(erasures.of_list(row, cases, persons))
        kill_point("D1")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '15min'")
            cursor.execute("SELECT tsunagu_dispose(%s, %s, %s)", [row.pk, cases, persons])
        kill_point("D2")
    kill_point("D3")
    tidy()
    return Certificate.objects.get(pk=row.pk)


def tidy() -> None:
    """What follows a destruction outside the database, and again after one that was interrupted here."""
    erasures.settle()
    forget_files()


def forget_files() -> int:
    """Take print files from the disk that hold a destroyed letter; how many there were."""
    named = DisposedLetter.objects.exclude(file=None).values_list("file", flat=True).distinct()
    found = [own for own in named if own and files.path_of(own).exists()]
    for own in found:
        files.discard(own)
    return len(found)
