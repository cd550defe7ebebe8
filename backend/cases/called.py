"""Telephone calls to members who read no mail: appended, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.people.models import Member


class Call(models.Model):
    """One try to tell a member by telephone what waits for them. `until` is the last notice it was about."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        CALL_BACK = "call_back", _("Call back later")

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    until = models.BigIntegerField()
    back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-at"], name="call_newest")]  # noqa: RUF012 - as Django writes it

    def __str__(self) -> str:
        return f"{self.member_id} {self.outcome}"
