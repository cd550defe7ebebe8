"""A case and its history. Nothing but `backend.cases.actions` writes a state.

Definition words (Workflow, State, Action) live in `backend.workflow`; here are the instance words: Case,
Step,
Blob, Timer, Effect, Notice.
"""

import json
import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from backend.people.models import Area, Household, Member, Organisation, Person
from backend.workflow.machine import StateField


class Case(models.Model):
    """One matter from detection to closure.

    `state` is qualified (`referral.triaged`); `revision` is the `seq` of the last step and `head` its hash.
    `facts` holds the small machine-readable data that guards and policies read, never names or free text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=24, unique=True)
    controller = models.CharField(max_length=40)
    workflow = models.CharField(max_length=60)
    definition = models.CharField(max_length=64)
    state = StateField(max_length=120, protected=True)
    kind = models.CharField(max_length=12)
    revision = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="cases")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    owner_role = models.CharField(max_length=32)
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="cases")
    receiver = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    watchers = models.JSONField(default=list)
    urgency = models.CharField(max_length=1, blank=True)
    facts = models.JSONField(default=dict)
    protected = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    held_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["assignee", "due_at", "id"], condition=Q(is_open=True), name="case_mine"),
            models.Index(fields=["due_at", "id"], condition=Q(is_open=True), name="case_due"),
            models.Index(
                fields=["receiver", "due_at", "id"], condition=Q(is_open=True), name="case_received"
            ),
            models.Index(fields=["area", "due_at", "id"], condition=Q(is_open=True), name="case_area"),
            models.Index(fields=["state", "due_at", "id"], condition=Q(is_open=True), name="case_state"),
            models.Index(
                fields=["due_at", "id"], condition=Q(is_open=True, assignee=None), name="case_nobody"
            ),
            models.Index(
                fields=["due_at", "id"], condition=Q(is_open=True, held_at__isnull=False), name="case_held"
            ),
            models.Index(fields=["entered_at", "id"], condition=Q(is_open=True), name="case_waiting"),
            GinIndex(
                fields=["watchers"],
                opclasses=["jsonb_path_ops"],
                condition=Q(is_open=True),
                name="case_watched",
            ),
            models.Index(fields=["-opened_at", "id"], name="case_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """One accepted action: appended, never changed. `body` is what the hash covers; columns are copies of
    it.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=120)
    from_state = models.CharField(max_length=120, blank=True)
    to_state = models.CharField(max_length=120)
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    form = models.CharField(max_length=60, blank=True)
    form_hash = models.CharField(max_length=64, blank=True)
    corrects = models.PositiveIntegerField(null=True)
    rules = models.JSONField(default=list)
    body = models.BinaryField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="step_once"),
            models.UniqueConstraint(fields=["case", "prev"], name="step_one_successor"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq}"

    @property
    def commits(self) -> list[dict[str, str]]:
        """What the body commits to: kind, category and commitment of each content, by its ordinal."""
        found: list[dict[str, str]] = json.loads(bytes(self.body))["commits"]
        return found


class Blob(models.Model):
    """Content behind a commitment of a step: the answers of one data category, or an attachment.

    Erasing one (by law, in a later step that names it) breaks no chain, because the step holds only
    HMAC(salt, content).
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="blobs")
    seq = models.PositiveIntegerField()
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=80)
    category = models.CharField(max_length=40)
    content = models.BinaryField()
    salt = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq", "ordinal"], name="blob_once")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq}/{self.ordinal}"


class Timer(models.Model):
    """A moment a state waits for: its deadline, a reminder, an escalation. Removed when the state is left.

    `stage` is the place in the state's list of reminders or escalations; `to` the addressee, "" for whoever
    is in charge; `letter` the letter a reminder sends as well.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="timers")
    entry_seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    stage = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    to = models.CharField(max_length=32, blank=True)
    letter = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "entry_seq", "kind", "stage"], name="timer_once")
        ]
        indexes = [models.Index(fields=["at", "id"], condition=Q(done_at=None), name="timer_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.stage}"


class Effect(models.Model):
    """One thing a step causes after commit, each once: a letter, a notice, a webhook, another case."""

    class State(models.TextChoices):
        READY = "ready"
        CLAIMED = "claimed"
        SENDING = "sending"
        DONE = "done"
        DEAD = "dead"
        UNCLEAR = "unclear"
        SKIPPED = "skipped"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="effects")
    seq = models.PositiveIntegerField()
    controller = models.CharField(max_length=40, blank=True)  # whose share of the work it is (`claiming`)
    kind = models.CharField(max_length=20)
    target = models.CharField(max_length=60)
    ordinal = models.PositiveSmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    last_error = models.CharField(max_length=400, blank=True)
    failure = models.JSONField(default=dict)  # a code and its facts (`failing`)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq", "kind", "target", "ordinal"], name="effect_once")
        ]
        indexes = [
            models.Index(
                fields=["controller", "not_before", "id"],
                condition=Q(state__in=["ready", "claimed", "sending"]),
                name="effect_waiting",
            ),
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["dead", "unclear"]), name="effect_stuck"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind} {self.target}"


class Notice(models.Model):
    """What a member is told inside the office. `key` makes each exist once. No personal data: case and
    kind. Without a case it is about the office itself, such as terms that end.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notices")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-created_at"]),
            models.Index(fields=["id"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.key


class Key(models.Model):
    """An idempotency key and the step it made. A repeated key returns that step."""

    id = models.BigAutoField(primary_key=True)
    actor = models.UUIDField()
    key = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    case = models.UUIDField()
    seq = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="key_once")]

    def __str__(self) -> str:
        return self.key


class CaseCounter(models.Model):
    """The last case number of a controller in a fiscal year."""

    controller = models.CharField(max_length=40)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller", "fiscal_year"], name="case_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.controller} {self.fiscal_year}"


# Registered here with the other models; their files are about looking and deciding, not about acting.
from backend.cases.called import Call  # noqa: E402, F401
from backend.cases.decisionlog import DecisionLog  # noqa: E402, F401
from backend.cases.lanes import Lane  # noqa: E402, F401
from backend.cases.looks import Look  # noqa: E402, F401
from backend.cases.mended import Mended  # noqa: E402, F401
