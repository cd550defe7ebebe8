"""Records that may be of one person, what people decided about them, and the merges that followed."""

import uuid

from django.db import models
from django.db.models import F, Q


class Verdict(models.TextChoices):
    """What somebody decided about two records."""

    OPEN = ""
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Pair(models.Model):
    """Two records that look alike. A person decides; nothing is ever merged because it stands here."""

    id = models.BigAutoField(primary_key=True)
    controller = models.CharField(max_length=40)
    first = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=9, choices=Verdict.choices, blank=True)
    decided_by = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "people"
        constraints = [  # noqa: RUF012 - Django's own way to write Meta
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        ]
        indexes = [  # noqa: RUF012
            models.Index(
                fields=["controller", "id"],
                condition=Q(verdict__in=["", "unsure"]),
                name="pair_to_decide",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verdict or 'open'}"


class Merge(models.Model):
    """That two records are of one person: `merged` points to `kept` until it is undone.

    `chosen` names the fields taken from the merged record, `moved` every row that was hung over to the kept
    one with what it was before: by these an undoing puts everything back. A protected person's merge waits
    for a second person.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        UNDONE = "undone"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="merges_away")
    state = models.CharField(max_length=8, choices=State.choices)
    chosen = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    witness = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "people"
        constraints = [  # noqa: RUF012 - Django's own way to write Meta
            models.UniqueConstraint(
                fields=["merged"], condition=Q(state__in=["waiting", "done"]), name="merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
