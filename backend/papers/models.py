"""Papers handed out and papers keyed in. Neither row is ever changed; none says whom a paper is about.

A paper is bound to an action of a case, to the beginning of a case, or to nothing but its form. The sheet
carries a token; here is only its hash. That a paper was keyed in is a row of its own, written in the
transaction of the step it made, so that a paper makes one step however often it is read.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from backend.cases.models import Case
from backend.people.models import Member


class Paper(models.Model):
    """A form printed to be filled in by pen: which form, for which action, by whom, how long it is accepted.

    `workflow` is set for a paper that begins a case, `case` and `action` for one that goes on with a case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    form = models.CharField(max_length=60)
    form_hash = models.CharField(max_length=64)
    workflow = models.CharField(max_length=60, blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="papers")
    action = models.CharField(max_length=60, blank=True)
    printed_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    expires_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, workflow="") & ~Q(action="") | Q(case=None, action=""),
                name="paper_bound_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.id}"


class KeyedIn(models.Model):
    """That a paper or a letter's slip was keyed in: which step it made, who did it and when. Once each."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="keyed_in")
    seq = models.PositiveIntegerField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq}"
