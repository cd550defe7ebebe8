"""Who is told by webhook, and what was delivered. No row holds anything of a case but its id."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.cases.models import Effect
from backend.people.models import Member, Organisation


class Subscription(models.Model):
    """A system that is told of events of a controller's cases.

    With an `organisation` only of cases referred to it. Its secret is derived from the installation's key,
    the id and `secret_number`, which a new secret counts up. Where nobody made or ended it, it was typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    url = models.URLField(max_length=300)
    events = ArrayField(models.CharField(max_length=40))
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    secret_number = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """One message to one subscription. Its id and its body stay the same however often it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    effect = models.OneToOneField(Effect, on_delete=models.PROTECT, related_name="delivery")
    body = models.TextField()
    made_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subscription", "-made_at"], name="delivery_newest")]

    def __str__(self) -> str:
        return str(self.id)
