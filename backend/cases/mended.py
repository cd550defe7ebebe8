"""What people decided about effects that got stuck: appended, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.people.models import Member


class Mended(models.Model):
    """One decision about an effect: who, when, why, and how the effect stood before it."""

    class How(models.TextChoices):
        RETRIED = "retried", _("Tried again")
        SKIPPED = "skipped", _("Left out")
        REASSIGNED = "reassigned", _("Told to somebody else")

    id = models.BigAutoField(primary_key=True)
    effect = models.ForeignKey("cases.Effect", on_delete=models.PROTECT, related_name="mended")
    how = models.CharField(max_length=10, choices=How.choices)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    was = models.CharField(max_length=8)
    attempts = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=400, blank=True)
    to = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.effect_id} {self.how}"
