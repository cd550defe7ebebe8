"""Passkeys of those who sign in, what happened to each, and the challenges that wait for an answer."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.people.models import Member, User


class Keyring(models.Model):
    """What a user is called towards their authenticators: 32 random bytes that say nothing about anybody."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT, related_name="keyring")
    handle = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return str(self.user_id)


class Passkey(models.Model):
    """A public key, of which one authenticator holds the other half. It is ended, never deleted.

    `counted` is how often the authenticator says it has signed; it must grow, where it counts at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    credential = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    counted = models.PositiveBigIntegerField()
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], condition=Q(ended_at=None), name="passkey_good")]

    def __str__(self) -> str:
        return str(self.id)


class Event(models.Model):
    """Something that happened to a passkey: only ever added to, and proved by the journal."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        USED = "used", _("Used to sign in")
        PROVED = "proved", _("Used to confirm who it is")
        RENAMED = "renamed", _("Renamed")
        REMOVED = "removed", _("Removed")
        COPIED = "copied", _("Refused: perhaps it was copied")

    id = models.BigAutoField(primary_key=True)
    passkey = models.ForeignKey(Passkey, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.passkey_id} {self.kind}"


class Challenge(models.Model):
    """A question that was asked and not yet answered: answered once, within minutes, for one purpose.

    `user` is who was asked; whoever signs in is nobody yet.
    """

    hash = models.CharField(max_length=64, primary_key=True)
    purpose = models.CharField(max_length=8)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.purpose


class Ending(models.Model):
    """That a member lost what holds their passkeys: said by one of the office, agreed to by a second.

    One waits at a time for each account; agreed to, all its passkeys and sessions ended.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    controller = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(decided_at=None), name="ending_one_waits"),
            models.CheckConstraint(
                condition=~Q(agreed=True) | ~Q(asked_by=F("decided_by")), name="ending_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"
