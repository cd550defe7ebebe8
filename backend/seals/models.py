"""Seals as they were signed, and the heads each of them saw. Only added to, never changed.

A seal keeps the leaves of those chains alone that had grown since the seal before; the others still stand as
an earlier one saw them.
"""

from django.db import models


class Seal(models.Model):
    """One signed statement about the whole history. Columns beside `body` are copies of it."""

    number = models.PositiveIntegerField(primary_key=True)
    body = models.BinaryField()
    hash = models.BinaryField(max_length=32, unique=True)
    previous = models.BinaryField(max_length=32, unique=True)
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}"


class Chain(models.Model):
    """The place of a chain in the tree, its salt, and the mark by which seals know it.

    Of a chain that was destroyed lawfully only place and mark are left, and neither leads back to it.
    """

    place = models.PositiveBigIntegerField(primary_key=True)
    chain = models.UUIDField(unique=True, null=True)
    salt = models.BinaryField(max_length=32, null=True)
    mark = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.place} {self.chain}"


class Leaf(models.Model):
    """The last step of a chain when a seal was made: its number and hash."""

    pk = models.CompositePrimaryKey("place", "seal")
    place = models.PositiveBigIntegerField()
    seal = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    head = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.place}/{self.seq} in seal {self.seal}"


class Countersignature(models.Model):
    """Somebody else's signature under a seal of ours: from then on it cannot be replaced unseen."""

    id = models.BigAutoField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="countersignatures")
    witness = models.CharField(max_length=100)
    public = models.BinaryField(max_length=32)
    body = models.BinaryField()
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "public"], name="countersigned_once")]

    def __str__(self) -> str:
        return f"seal {self.seal_id} countersigned by {self.witness}"


class Witnessed(models.Model):
    """A seal of another installation that we countersigned."""

    id = models.BigAutoField(primary_key=True)
    installation = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    body = models.BinaryField()
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["installation", "number"], name="witnessed_once")]

    def __str__(self) -> str:
        return f"seal {self.number} of {self.installation}"


class Journal(models.Model):
    """A chain of what happened to rows that are no steps of a case: one for each controller, and one for each
    day and writer of what is written too often to queue for.
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    seq = models.PositiveIntegerField()
    head = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"journal {self.name}"


class Entry(models.Model):
    """One row written, changed or deleted. `table` and `row` are copies of the body.

    The body commits to the row by its salt: without it nobody can confirm a guess of what stood there.
    """

    pk = models.CompositePrimaryKey("journal", "seq")
    journal = models.UUIDField()
    seq = models.PositiveIntegerField()
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=80)
    at = models.DateTimeField()
    body = models.BinaryField()
    salt = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["table", "row", "-at"], name="entry_of_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
