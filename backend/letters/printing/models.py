"""Print files as made: which letters in which order, and whose count of the sheets was right.

Nothing here ever changes: a file's manifest names each letter, its pages and the hash of its frozen bytes, so
that the file on disk can be made anew from the letters at any time.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from backend.letters.models import IssuedLetter, Sha256Hex
from backend.people.models import Member


class PrintFile(models.Model):
    """Letters of one organisation that go through the printer and into the post together.

    All have the same paper, envelope and postage. `yen` is None where the counter weighs them; `sheets`
    counts without the cover sheet. `sensitive`: each is a letter two people must see to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    organisation = models.CharField(max_length=40)
    business_date = models.DateField()
    nth = models.PositiveSmallIntegerField()
    paper = models.CharField(max_length=12)
    window = models.BooleanField()
    postage = models.CharField(max_length=40)
    yen = models.PositiveIntegerField(null=True)
    sensitive = models.BooleanField()
    letters = models.PositiveIntegerField()
    sheets = models.PositiveIntegerField()
    cover = models.BinaryField()
    manifest = models.BinaryField()
    manifest_hash = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "business_date", "nth"], name="print_file_once"),
            models.CheckConstraint(
                condition=Q(manifest_hash=Sha256Hex(F("manifest"))), name="print_manifest_is_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it, on its cover sheet and in the folder: `20261201-city-welfare-003`."""
        return f"{self.business_date:%Y%m%d}-{self.organisation}-{self.nth:03}"

    @property
    def last_count(self) -> "SheetCount | None":
        """The newest count of its sheets."""
        return self.counts.select_related("by").order_by("-id").first()

    @property
    def sheets_known(self) -> bool:
        """Whether it may be told how many sheets it has: whoever counts a sensitive file must not know it."""
        last = self.last_count if self.sensitive else None
        return not self.sensitive or (last is not None and last.right)


class PrintedLetter(models.Model):
    """A letter's place in its print file: a letter goes to the printer once. Anything later is a reprint."""

    letter = models.OneToOneField(
        IssuedLetter, primary_key=True, on_delete=models.PROTECT, related_name="printed"
    )
    file = models.ForeignKey(PrintFile, on_delete=models.PROTECT, related_name="places")
    place = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["file", "place"], name="print_place_once")
        ]
        ordering: ClassVar[list[str]] = ["file", "place"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.place}"


class SheetCount(models.Model):
    """Somebody counted the sheets that came out of the printer: how many, and whether that was all."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(PrintFile, on_delete=models.PROTECT, related_name="counts")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    sheets = models.PositiveIntegerField()
    right = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["file", "id"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.sheets}"
