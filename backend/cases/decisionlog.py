"""Every decision of the door and the sharing gate with its inputs, so that `tsunagu policy replay` can decide
it again.

Facts are codes, ids and dates. Rows are only added; they name members and cases without a foreign key, so
that keeping the log longer or shorter than a record is a matter of retention alone.
"""

from django.db import models


class DecisionLog(models.Model):
    """One decision: who asked to do what to which thing, what it was decided from, and by which policies.

    `outcome` is `allow` or `deny`, of a provision also `approval`, `review_later` or `refer`; `policies` the
    hash of the policy book. `case` and `seq` name the step it became, without `seq` nothing came of it. The
    step commits to the inputs under `salt`; what became no step is in the journal.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    member = models.UUIDField()
    action = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    case = models.UUIDField(null=True)
    seq = models.PositiveIntegerField(null=True)
    inputs = models.JSONField()
    salt = models.BinaryField(max_length=32, null=True)
    outcome = models.CharField(max_length=12)
    rules = models.JSONField(default=list)
    policies = models.CharField(max_length=64)

    class Meta:
        app_label = "cases"
        indexes = [  # noqa: RUF012 - Django's own way to write Meta
            models.Index(fields=["at"], name="decision_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.action}: {self.outcome}"
