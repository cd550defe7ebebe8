"""Attempts to open a record in an emergency, and meetings as a boundary of access.

A meeting is a case of the workflow `council`; its steps are the truth. The rows here are projections of them
for what must be asked quickly or across cases: who is listed, what is on the agenda, which papers there are
and whose copy is where. A copy is also the record of what was shared with whom.
"""

import uuid

from django.db import models
from django.db.models import Q

from backend.cases.models import Case
from backend.people.models import Member, Organisation, Person


class GlassAttempt(models.Model):
    """That somebody asked to open a record in an emergency, and whether one was found and opened.

    An opening follows from its step, whichever way it was asked for; what opened nothing is written by the
    page. `term` is then a keyed hash of what was looked for; the words themselves stand nowhere. `reason` is
    what the member wrote before looking.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=8)
    term = models.CharField(max_length=64, blank=True)
    danger = models.CharField(max_length=12)
    reason = models.CharField(max_length=500)
    outcome = models.CharField(max_length=8)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="glass_by_time")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d} {self.outcome}"


class Session(models.Model):
    """One meeting. `state` is planned until it opens, then open, then closed for ever."""

    class State(models.TextChoices):
        PLANNED = "planned"
        OPEN = "open"
        CLOSED = "closed"
        CANCELLED = "cancelled"

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="session")
    title = models.CharField(max_length=120)
    basis = models.CharField(max_length=24)
    held_on = models.DateField()
    starts = models.CharField(max_length=5)
    venue = models.CharField(max_length=120)
    chair = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    items_shared = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class SessionMember(models.Model):
    """Somebody on the list of members; `acknowledged_at` once they signed secrecy, on screen or on paper."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="members")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12)
    listed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    on_paper = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="session_member_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.member_id}"


class AgendaItem(models.Model):
    """A case on the agenda, under a symbol (A, B, …) that stands for it in everything that is written."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="agenda")
    symbol = models.CharField(max_length=2)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    controller = models.CharField(max_length=40)
    brought_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "symbol"], name="agenda_symbol_once"),
            models.UniqueConstraint(fields=["session", "case"], name="agenda_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.symbol}"


class Paper(models.Model):
    """A paper about one case of the agenda, frozen when it was made; `sha256` is over its parts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="papers")
    title = models.CharField(max_length=120)
    categories = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.item_id} {self.made_at:%Y-%m-%d}"


class PaperPart(models.Model):
    """What a paper says in one data category: canonical JSON, `[[label, words], …]`."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="parts")
    category = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "category"], name="paper_part_once")]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.category}"


class Copy(models.Model):
    """The copy of a paper that one member has: numbered through the meeting, shared, printed, collected."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="copies")
    holder = models.ForeignKey(SessionMember, on_delete=models.PROTECT, related_name="copies")
    number = models.PositiveIntegerField()
    shared_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    missing = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "holder"], name="copy_once")]
        indexes = [
            models.Index(
                fields=["paper"],
                condition=Q(printed_at__isnull=False, collected_at=None),
                name="copy_outstanding",
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.number}"
