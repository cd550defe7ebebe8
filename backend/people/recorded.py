"""The versions of a person's record: every change is a row, chained to the one before, never altered."""

from django.db import models


class PersonChange(models.Model):
    """One accepted change of a person's record: appended, never changed.

    `body` is what the hash covers (ids, codes, times and the commitment to the content); `content` holds the
    record before and after it as canonical JSON, under `salt`. So the content can be erased by law while the
    chain still verifies.
    """

    class Kind(models.TextChoices):
        TAKEN = "taken"  # the record as it was when its versions began
        REGISTERED = "registered"
        EDITED = "edited"
        HOUSEHOLD = "household"
        KEPT = "kept"  # another record was merged into this one
        MERGED = "merged"  # this one was merged into another
        PARTED = "parted"  # a merge was undone
        PROTECTED = "protected"  # put under protection
        UNPROTECTED = "unprotected"  # taken out of it

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    salt = models.BinaryField(max_length=32)
    body = models.BinaryField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "people"
        constraints = [  # noqa: RUF012 - Django's own way to write Meta
            models.UniqueConstraint(fields=["person", "seq"], name="person_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.seq} {self.kind}"
