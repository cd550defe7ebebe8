"""What a person said about sharing, one row for each step in which it was said.

The step is the truth and keeps the words; a row keeps codes, ids and dates only, so that whoever must ask
before a disclosure asks one table and nothing personal lies here twice.
"""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.cases.models import Case
from backend.people.models import Member, Person


def _codes() -> Any:
    return ArrayField(models.TextField(), default=list)


class Said(models.TextChoices):
    """The answer. `pending` and `refused` are kept too: a refusal is not the same as no answer."""

    GIVEN = "given"
    PARTIAL = "partial"
    REFUSED = "refused"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


class EndedHow(models.TextChoices):
    """Why a consent holds no longer, besides having run out."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    REPLACED = "replaced"


class Consent(models.Model):
    """One answer of one person, as it stands after corrections (`corrected_seq` is the newest of them).

    `purposes`, `recipients` (types of recipients and codes of organisations), `excluded` and `categories` are
    how far a consent reaches; the `layers` are already taken off. A refusal or withdrawal without purposes
    is about everything. `wording` is the hash of the form shown and `language` in which language. `own` is
    false for whoever answered for the person without proof that they may. `person` is empty while nobody was
    identified; such a consent opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="consents")
    controller = models.CharField(max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    seq = models.PositiveIntegerField()
    corrected_seq = models.PositiveIntegerField(null=True)
    said = models.CharField(max_length=9, choices=Said.choices)
    said_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=12)
    witnessed = models.BooleanField(default=False)
    by = models.CharField(max_length=24)
    proof = models.CharField(max_length=24, blank=True)
    own = models.BooleanField(default=False)
    wording = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    purposes = _codes()
    recipients = _codes()
    excluded = _codes()
    categories = _codes()
    layers = _codes()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=9, choices=EndedHow.choices, blank=True)
    ended_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="consent_once")]
        indexes = [
            models.Index(fields=["person", "said_at"], name="consent_of_person"),
            models.Index(
                fields=["valid_until", "id"],
                condition=Q(said__in=["given", "partial"], ended_at=None),
                name="consent_running_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.said}"


class Reminded(models.Model):
    """That the office was told of the end of a consent: once for each stage, and anew when the end moved."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="reminded")
    stage = models.CharField(max_length=12)
    valid_until = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "stage", "valid_until"], name="consent_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.consent_id} {self.stage}"
