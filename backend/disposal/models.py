"""廃棄簿 and 廃棄記録: what two people agreed to destroy, what must stay all the same, what was destroyed.

The application may make and approve lists and hold cases back. Certificates and their leaves are written by
the database's own function alone (`backend.config.disposing`), in the transaction that destroys.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.people.models import Member


class DisposalList(models.Model):
    """廃棄簿: records proposed for destruction together. A second person approves or declines it.

    The accounts are those of the persons behind the members: whoever holds two offices does not approve with
    one what they listed with the other. `restored_at` is when the list was carried out again on a restored
    backup (`backend.disposal.restoring`), where whoever decided may not be a member: their account is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    controller = models.CharField(max_length=40)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    made_account = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    approved_account = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(made_by=F("approved_by")) & ~Q(made_account=F("approved_account")),
                name="disposal_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | (Q(approved_by__isnull=False) | Q(restored_at__isnull=False))
                & Q(approved_at__isnull=False)
                & ~Q(approved_account=""),
                name="disposal_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False) | Q(restored_at__isnull=False),
                name="disposal_made_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(approved_at__isnull=False), name="disposal_done_if_approved"
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(approved_at=None), name="disposal_decided_once"
            ),
        ]
        indexes = [models.Index(fields=["controller", "-made_at"], name="disposal_newest")]

    def __str__(self) -> str:
        return str(self.id)


class DisposalItem(models.Model):
    """One record of a list: a case, or a person nobody else needs.

    `subject` is its id until it is destroyed; what stays (number, kind of matter, dates, rule) tells the
    office which file it was and nobody whose.
    """

    class Kind(models.TextChoices):
        CASE = "case", _("Case")
        PERSON = "person", _("Person")

    class Outcome(models.TextChoices):
        LISTED = "", _("Listed")
        DESTROYED = "destroyed", _("Destroyed")
        KEPT = "kept", _("Held back")

    id = models.BigAutoField(primary_key=True)
    list = models.ForeignKey(DisposalList, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    subject = models.UUIDField(null=True)
    number = models.CharField(max_length=24, blank=True)
    workflow = models.CharField(max_length=60, blank=True)
    closed_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    cite = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    why_kept = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "subject"], name="disposal_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.kind} {self.id}"


class Erasure(models.Model):
    """消去: contents of a running case that one person asked to have erased and another approved.

    `contents` names them as the step does that erased them, `seq` in the chain of the case; no row is
    changed once it is done. `restored_at` is when they were erased again on a restored backup, whose chain
    need not have that step, nor its members.
    """

    class Basis(models.TextChoices):
        CORRECTION = "correction", _("Correction: it is not true (個人情報保護法90条、34条)")
        STOP = "stop", _("Stop of use: it must not be used or was obtained wrongly (98条、35条)")
        ACCURACY = "accuracy", _("The office itself found it wrong (65条、22条)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="erasures")
    controller = models.CharField(max_length=40)
    basis = models.CharField(max_length=10, choices=Basis.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    contents = models.JSONField()
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    asked_account = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    approved_account = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    seq = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("approved_by")) & ~Q(asked_account=F("approved_account")),
                name="erasure_by_two",
            ),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=False)
                | Q(asked_by__isnull=False)
                & (Q(approved_by=None, approved_at=None) | Q(approved_by__isnull=False, seq__isnull=False)),
                name="erasure_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(approved_at__isnull=False) & ~Q(approved_account=""),
                name="erasure_done_if_approved",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(approved_at=None), name="erasure_decided_once"
            ),
        ]
        indexes = [models.Index(fields=["case", "-asked_at"], name="erasure_of_case")]

    def __str__(self) -> str:
        return str(self.id)


class Hold(models.Model):
    """That a case must not be destroyed, whoever approved it, until somebody ends the hold."""

    class Why(models.TextChoices):
        LAWSUIT = "lawsuit", _("Lawsuit or appeal")
        REQUEST = "request", _("Request for disclosure or an inquiry")
        AUDIT = "audit", _("Audit or inspection")
        OTHER = "other", _("Something else")

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="disposal_holds")
    controller = models.CharField(max_length=40)
    why = models.CharField(max_length=8, choices=Why.choices)
    reason = models.CharField(max_length=400)
    placed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="hold_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.why}"


class Certificate(models.Model):
    """廃棄記録: what one list destroyed, in numbers. Numbered without gaps for each controller.

    `digest` is the SHA-256 over the leaves it accounts for (`leaves`), by which `tsunagu verify` knows that
    none was added afterwards.
    """

    list = models.OneToOneField(
        DisposalList, primary_key=True, on_delete=models.PROTECT, related_name="certificate"
    )
    controller = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    cases = models.PositiveIntegerField()
    persons = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    contents = models.PositiveIntegerField()
    letters = models.PositiveIntegerField()
    slips = models.PositiveIntegerField()
    packages = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    leaves = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller", "number"], name="certificate_number_once")
        ]

    def __str__(self) -> str:
        return f"certificate {self.controller} {self.number}"


class DisposedLeaf(models.Model):
    """The leaf of a chain that was destroyed: its place in the seals, and the last step as sealed.

    Neither says which case it was.
    """

    place = models.PositiveBigIntegerField(primary_key=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="accounts_for")
    seq = models.PositiveIntegerField()
    head = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.place}/{self.seq}"
