"""閲覧記録: that somebody looked at a record. Every look by page, API or PDF leaves exactly one row."""

from django.db import models

from backend.people.models import Member, Person


class Look(models.Model):
    """Who looked at what, when and how. It says nothing of what was seen.

    `subject` is the id of the thing of that `kind`; `case` and `person` are what it is about, so that
    "who looked at my record?" is one query. `glass` marks a look while the case was open to the member in an
    emergency.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    subject = models.UUIDField()
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="looks")
    how = models.CharField(max_length=12)
    at = models.DateTimeField()
    glass = models.BooleanField(default=False)

    class Meta:
        app_label = "cases"
        indexes = [  # noqa: RUF012 - Django's own way to write Meta
            models.Index(fields=["case", "-at"], name="look_by_case"),
            models.Index(fields=["person", "-at"], name="look_by_person"),
            models.Index(fields=["member", "-at"], name="look_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.at:%Y-%m-%d}"
