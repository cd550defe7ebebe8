"""What a desk keeps beside the cases: what comes back later, views, drafts, hints. No case depends on it."""

from django.db import models

from backend.cases.models import Case
from backend.people.models import Member, Organisation


class Later(models.Model):
    """A case a member put off until a morning. It is out of their lists until then, or until it is late."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "case"], name="later_once")]

    def __str__(self) -> str:
        return f"{self.case_id} until {self.until:%Y-%m-%d}"


class SavedView(models.Model):
    """A way to look at the work, with a name; shared, everybody of the organisation has it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    wanted = models.JSONField()
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """Answers not recorded yet: of one member, about one case (or the start of one), for one action.

    They are `sealed` by a key outside the database (`backend.pages.cases.sealed`).
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=120)
    sealed = models.BinaryField()
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "case", "action"], name="draft_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class KnownHint(models.Model):
    """A hint for beginners that a member needs no more, by the name of its page."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "page"], name="known_hint_once")]

    def __str__(self) -> str:
        return self.page
