"""Proof of print files: the manifest is whole and names just the letters that are marked as printed in it,
and those of them that were destroyed lawfully since.
"""

import json
from collections.abc import Iterator
from hashlib import sha256

from backend.cases import verifying
from backend.letters.models import DisposedLetter
from backend.letters.printing.models import PrintedLetter, PrintFile


@verifying.also
def print_files() -> verifying.Proof:
    """Every print file against its letters."""
    return verifying.Proof("print files", PrintFile.objects.count(), tuple(_broken()))


def _broken() -> Iterator[str]:
    for file in PrintFile.objects.defer("cover").order_by("business_date", "organisation", "nth").iterator():
        manifest = bytes(file.manifest)
        if sha256(manifest).hexdigest() != file.manifest_hash:
            yield f"print file {file.name}: the manifest is not the one that was written"
            continue
        gone = set(DisposedLetter.objects.filter(file=file.pk).values_list("place", flat=True))
        told = [
            (one["id"], one["pages"], one["sha256"])
            for place, one in enumerate(json.loads(manifest)["letters"], start=1)
            if place not in gone
        ]
        rows = PrintedLetter.objects.filter(file=file).order_by("place")
        found = rows.values_list("letter_id", "pages", "letter__frozen__sha256")
        if told != [(str(pk), pages, digest) for pk, pages, digest in found]:
            yield f"print file {file.name}: its letters are not those of its manifest"
