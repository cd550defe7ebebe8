"""What automated runs leave behind.

One row for each kind and business date, one digest for each person and day.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Case
from backend.people.models import Member


class Run(models.Model):
    """The work of one kind for one business date, however often it was started.

    Whoever holds `token` while the lease lasts is the one at work: the process `holder`. `counts` adds up
    over every start; `reached` is how far a start is, or was when it ended without a word
    (`backend.runs.reporting.Reached`). What a dead process left open the run of a later day does with its
    own work: `caught_up_by` says which.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        ASKED = "asked"  # by hand, on the page; a worker does it

    kind = models.CharField(max_length=40)
    business_date = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices)
    token = models.UUIDField(null=True)
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    troubles = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    reached = models.JSONField(null=True)
    starts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=400, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    caught_up_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="caught_up")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "business_date"], name="run_once")]
        indexes = [
            models.Index(fields=["-started_at"], name="run_newest"),
            models.Index(fields=["asked_at"], condition=Q(asked_at__isnull=False), name="run_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.business_date}"


class Moved(models.Model):
    """A deadline that was counted anew because the office's working days changed, and why."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moved")
    entry_seq = models.PositiveIntegerField()
    before = models.DateTimeField()
    after = models.DateTimeField()
    why_ja = models.CharField(max_length=400)
    why_en = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="moved_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.before:%Y-%m-%d} {self.after:%Y-%m-%d}"


class TermTold(models.Model):
    """That the end of a member's term was told, some days before it. A term that is prolonged is told
    anew.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField()
    stage = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "ends_on", "stage"], name="term_told_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.ends_on} {self.stage}"


class Proposal(models.Model):
    """A closed case whose retention is over: a person decides what becomes of it, no run deletes anything."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField()
    years = models.PositiveSmallIntegerField()
    cite = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "ends_on"], name="proposed_once")]
        indexes = [models.Index(fields=["-at"], name="proposal_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ends_on}"


class Statistics(models.Model):
    """The figures of a controller for a month, as they were first counted. Only added to, never changed."""

    id = models.BigAutoField(primary_key=True)
    controller = models.CharField(max_length=40)
    month = models.DateField()
    table = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["controller", "month"], name="statistics_once")]

    def __str__(self) -> str:
        return f"{self.controller} {self.month:%Y-%m}"


MAIL = "mail"  # the usual channel of a digest


class Digest(models.Model):
    """One message to one person on one day by one channel, about everything that waits for them."""

    class State(models.TextChoices):
        READY = "ready"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        UNCLEAR = "unclear"
        MERGED = "merged"  # never sent; the digest of a later day tells the same
        SKIPPED = "skipped"  # left out by somebody, or read while it was held

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="digests")
    business_date = models.DateField()
    channel = models.CharField(max_length=12, default=MAIL)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    last_error = models.CharField(max_length=400, blank=True)
    failure = models.JSONField(default=dict)  # a code and its facts (`backend.cases.failing`)
    sent_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)  # since when it waits for the morning or the next day

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "business_date", "channel"], name="digest_once")
        ]
        indexes = [
            models.Index(
                fields=["business_date", "id"],
                condition=Q(state__in=["ready", "sending"]),
                name="digest_waiting",
            ),
            models.Index(
                fields=["member", "-business_date"],
                condition=Q(state__in=["refused", "unclear"]),
                name="digest_stuck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.business_date} {self.channel}"


class Decided(models.Model):
    """What somebody decided about a digest that was refused or may have left: appended, never changed."""

    class How(models.TextChoices):
        RETRIED = "retried", _("Tried again")
        SKIPPED = "skipped", _("Left out")

    id = models.BigAutoField(primary_key=True)
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="decided")
    how = models.CharField(max_length=8, choices=How.choices)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    was = models.CharField(max_length=8)
    error = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return f"{self.digest_id} {self.how}"
