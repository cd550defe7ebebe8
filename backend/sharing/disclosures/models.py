"""Packages, what happened to them, the links they are opened by, and the standing arrangements rules ask for.

A package and its events are only ever added. Nothing here says whether a package can be read: that follows
from its last day, its events and the state of its case (`packages.state_of`).
"""

import uuid
from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Case
from backend.letters.models import Sha256Hex
from backend.people.models import Member, Organisation, Person


def _codes() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.TextField(), default=list)


class Package(models.Model):
    """What one approval let leave: frozen bytes by data category, whole or not at all, never changed.

    `content` is canonical JSON (`items.Content`); the database checks its hash. `recipient` is empty for a
    private person, whom `recipient_name` names. `expires_on` is the last day on which it can be read, in
    Japan. `number` counts the packages of a case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="packages")
    seq = models.PositiveIntegerField()
    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="packages")
    controller = models.CharField(max_length=40)
    recipient = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="packages")
    recipient_member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    recipient_name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=40)
    categories = _codes()
    obligations = _codes()
    rules = _codes()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="package_once"),
            models.CheckConstraint(condition=Q(sha256=Sha256Hex(F("content"))), name="package_is_whole"),
        ]
        indexes = [
            models.Index(fields=["person", "-frozen_at"], name="package_of_person"),
            models.Index(fields=["source", "-frozen_at"], name="package_of_source"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class PackageEvent(models.Model):
    """One thing that happened to a package; `key` makes what may happen once happen once.

    `reader` is the name somebody without an account gave before reading. Appended, never changed.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Handed over")
        OPENED = "opened", _("Opened")
        RECALLED = "recalled", _("Recalled")
        EXPIRED = "expired", _("Expired")
        ENDED = "ended", _("Ended")
        RETURNED = "returned", _("Came back")
        RELEASED = "released", _("Address released by two")

    id = models.BigAutoField(primary_key=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    reader = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "key"], name="package_event_once")]
        indexes = [models.Index(fields=["package", "at"], name="package_event_in_order")]

    def __str__(self) -> str:
        return f"{self.package_id} {self.kind}"


class Link(models.Model):
    """A link by which a recipient without an account opens a package: hashes only, never the link itself.

    `attempts` counts the wrong codes and `openings` the right ones; both have an end. A newer link of the
    same package replaces this one (`replaced_at`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    openings = models.PositiveSmallIntegerField(default=0)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package"], condition=Q(replaced_at=None), name="link_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class ArrangementRows(models.QuerySet["Arrangement"]):
    """The register, and what of it holds."""

    def in_force(self, today: date) -> "ArrangementRows":
        """What a rule may rest on that day: begun, not run out, not ended."""
        running = Q(valid_until=None) | Q(valid_until__gte=today)
        return self.filter(running, valid_from__lte=today, ended_at=None)


class Arrangement(models.Model):
    """A standing arrangement a rule may rest on, between two days: what was registered, agreed or announced.

    `purpose` is a registered purpose of use of the controller's file (個人情報保護法61条), `contract` an
    entrustment (27条5項1号), `joint_use` an announced joint use (27条5項3号). `organisation` is the other
    party (none for a purpose); `reference` the number of the register, contract or announcement. A line is
    ended, never deleted: what was decided on it must stay explainable. `noted_by` and `noted_at` are empty
    for a line that was loaded.
    """

    class Kind(models.TextChoices):
        PURPOSE = "purpose", _("Registered purpose of use")
        CONTRACT = "contract", _("Entrustment")
        JOINT_USE = "joint_use", _("Announced joint use")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    controller = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    purposes = _codes()
    categories = _codes()
    reference = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    noted_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = ArrangementRows.as_manager()

    class Meta:
        indexes = [models.Index(fields=["controller", "kind"], name="arrangement_of_controller")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class NamedRecipientRows(models.QuerySet["NamedRecipient"]):
    """The lists of all protected persons, and what of them holds."""

    def in_force(self, today: date) -> "NamedRecipientRows":
        """Named by two, not run out, not ended."""
        return self.filter(valid_until__gte=today, ended_at=None).exclude(witness=None)

    def covering(self, organisation: str | None, member: UUID | None) -> "NamedRecipientRows":
        """Those that name this recipient: the organisation as a whole, or this very member of it."""
        return self.filter(Q(member=None) | Q(member=member), organisation=organisation)


class NamedRecipient(models.Model):
    """Somebody who may know where a person under protection is, put on the list by two people.

    An organisation, or one `member` of it alone. Without a `witness` it still waits for the second person and
    opens nothing. A line is ended, never deleted or changed.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="named")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    named_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    witness = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    witnessed_at = models.DateTimeField(null=True)
    valid_until = models.DateField()
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = NamedRecipientRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(named_by=F("witness")), name="named_recipient_by_two"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.organisation_id}"


class ProtectionEnd(models.Model):
    """That a protection is over: said by one, agreed to or declined by a second; one waits at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(decided_at=None), name="protection_end_one_waits"
            ),
            models.CheckConstraint(
                condition=~Q(agreed=True) | ~Q(asked_by=F("decided_by")), name="protection_ended_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%Y-%m-%d}"
