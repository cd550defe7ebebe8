"""What came from phones: records sealed to the office, and calls for help."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from backend.cases.models import Case
from backend.letters.models import IssuedLetter
from backend.people.models import Area, Member


class Parcel(models.Model):
    """A sealed record of a visit as it arrived.

    Recorded ones point at their step and hold nothing more. One that the door refused (the term had ended,
    the case moved on) is kept sealed until staff have taken it over: nothing that was noted is lost.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()
    seq = models.PositiveIntegerField(null=True)
    sealed = models.JSONField(null=True)
    why = models.CharField(max_length=40, blank=True)
    taken_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["came_at"], condition=Q(seq=None), name="parcel_kept"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class CallBack(models.Model):
    """困った: somebody outside wants to be called. Open until somebody of the office has called."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    controller = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    called_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["controller", "asked_at"], condition=Q(called_at=None), name="call_back_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Receipt(models.Model):
    """The receipt number of a public report: only its hash, and the case it leads to."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.case_id)


class Place(models.Model):
    """A place with a sticker whose square code opens the public report for it. Nothing in it is secret."""

    code = models.CharField(max_length=12, primary_key=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=60)
    controller = models.CharField(max_length=40)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class Reply(models.Model):
    """What the addressee of a letter answered on the web. A change is a new row; the newest holds."""

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(IssuedLetter, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    answer = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.answer


class Card(models.Model):
    """A paper card to sign in with: eight characters and a PIN of four digits, both kept as hashes only.

    It ends with the term it was made in, when another is made, or by hand.
    """

    code_hash = models.CharField(max_length=64, primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    pin = models.CharField(max_length=128)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.member_id)
