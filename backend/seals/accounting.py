"""Proof of what was destroyed lawfully: every chain gone from the seals is on one certificate (廃棄記録).

Old seals still verify, because the leaves stay. Here it is asked that each leaf without a chain is accounted
for, that certificates are numbered without gaps, by two people, and that nothing was added to one afterwards.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db import connection

from backend.cases import verifying
from backend.disposal.models import Certificate, DisposalList

_GONE = """
    SELECT k.place, l.seq, l.head, d.seq, d.head, k.chain IS NULL FROM seals_chain k
    JOIN LATERAL (SELECT seq, head FROM seals_leaf WHERE place = k.place ORDER BY seal DESC LIMIT 1) l ON true
    FULL JOIN disposal_disposedleaf d ON d.place = k.place
    WHERE k.chain IS NULL OR d.place IS NOT NULL ORDER BY 1
"""
_LEAVES = "SELECT certificate_id, place, seq, head FROM disposal_disposedleaf ORDER BY certificate_id, place"


@verifying.also
def certificates() -> verifying.Proof:
    """Every certificate, and every leaf of the seals whose chain is gone."""
    rows = list(Certificate.objects.select_related("list").order_by("controller", "number"))
    told = ", ".join(_named(rows))
    what = f"leaves accounted for by certificate {told}" if told else "leaves accounted for by certificates"
    broken = (*_gone(), *_numbers(rows), *_two_people(rows), *_digests(rows))
    return verifying.Proof(what, sum(row.leaves for row in rows), broken)


def _named(rows: list[Certificate]) -> Iterator[str]:
    """The certificates of each controller: `city 1`, `city 1 to 7`."""
    for controller, own in groupby(rows, key=lambda row: row.controller):
        numbers = [row.number for row in own]
        yield f"{controller} {numbers[0]}" + (f" to {numbers[-1]}" if len(numbers) > 1 else "")


def _gone() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_GONE)
        for place, seq, head, told_seq, told_head, gone in cursor.fetchall():
            if place is None:
                yield "a certificate accounts for a leaf no seal has"
            elif not gone:
                yield f"place {place} of the seals: a certificate accounts for it, and it is still there"
            elif told_seq is None:
                yield f"place {place} of the seals: destroyed, and no certificate accounts for it"
            elif (seq, bytes(head)) != (told_seq, bytes(told_head)):
                yield f"place {place} of the seals: its certificate accounts for another leaf"


def _numbers(rows: list[Certificate]) -> Iterator[str]:
    for controller, own in groupby(rows, key=lambda row: row.controller):
        for expected, row in enumerate(own, start=1):
            if row.number != expected:
                yield f"certificate {controller} {expected}: missing"
                break


def _two_people(rows: list[Certificate]) -> Iterator[str]:
    done = DisposalList.objects.filter(done_at__isnull=False)
    for own in done.exclude(pk__in=[row.pk for row in rows]):
        yield f"disposal list {own.pk}: carried out, and its certificate is gone"
    for row in rows:
        own = row.list
        if not own.approved_account or own.approved_account == own.made_account or own.done_at is None:
            yield f"{row}: no second person approved the list"


def _digests(rows: list[Certificate]) -> Iterator[str]:
    leaves: dict[Any, list[bytes]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES)
        for certificate, place, seq, head in cursor.fetchall():
            packed = place.to_bytes(8, "big") + seq.to_bytes(8, "big") + bytes(head)
            leaves.setdefault(certificate, []).append(packed)
    for row in rows:
        own = leaves.get(row.pk, [])
        if len(own) != row.leaves or sha256(b"".join(own)).digest() != bytes(row.digest):
            yield f"{row}: the leaves are not those it was made for"
