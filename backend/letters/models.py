"""Letters as issued: numbers without gaps, frozen bytes, a life told in events.

A number is taken in the transaction that inserts the letter (`numbering`); the bytes come afterwards, once,
and never change. `inputs` holds what the letter is printed from only until it is printed; its digest stays.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Case
from backend.people.models import Member


class LetterCounter(models.Model):
    """The last number of a series: one controller's symbol in one fiscal year."""

    controller = models.CharField(max_length=40)
    symbol = models.CharField(max_length=12)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    last_dated_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["controller", "symbol", "fiscal_year"], name="letter_series_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.controller} {self.symbol} {self.fiscal_year}: {self.last}"


class LetterState(models.TextChoices):
    """The life of a letter: drafted → approved → issued → posted → returned; void keeps its number.

    A held letter waits, without number and text, for what it cannot go out without.
    """

    HELD = "held", _("Held")
    DRAFTED = "drafted", _("Drafted")
    APPROVED = "approved", _("Approved")
    ISSUED = "issued", _("Issued")
    POSTED = "posted", _("Posted")
    RETURNED = "returned", _("Returned")
    VOID = "void", _("Void")


class IssuedLetter(models.Model):
    """One letter of one step of a case: what it is, its number, where it stands.

    `number` is empty only before issuing; `branch` 1 is the letter itself, 2 is 「第123号の2」. `addressee`
    is the opaque id of who receives it (a person, a member, an organisation's code). `held` says why it
    must not be posted as it is (`protected_address`: a second person must see that it reaches the person
    safely) or is not even issued (`no_address`: nobody knows where it should go).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    seq = models.PositiveIntegerField()
    ordinal = models.PositiveSmallIntegerField(default=0)
    definition = models.CharField(max_length=60)
    definition_hash = models.CharField(max_length=64)
    controller = models.CharField(max_length=40)
    organisation = models.CharField(max_length=40)
    symbol = models.CharField(max_length=12)
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)
    branch = models.PositiveSmallIntegerField(default=1)
    dated_on = models.DateField()
    addressee_kind = models.CharField(max_length=12)
    addressee = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=LetterState.choices)
    held = models.CharField(max_length=20, blank=True)
    two_person = models.BooleanField(default=False)
    inputs = models.BinaryField(null=True)
    inputs_salt = models.BinaryField(max_length=32)
    inputs_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["case", "seq", "definition", "ordinal", "branch"], name="letter_once"
            ),
            models.UniqueConstraint(
                fields=["controller", "symbol", "fiscal_year", "number", "branch"], name="letter_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, number__gt=0)
                | Q(number=None, state__in=["held", "drafted", "approved", "void"]),
                name="letter_issued_has_number",
            ),
            models.CheckConstraint(condition=Q(branch__gt=0), name="letter_branch_counts_from_one"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["case", "seq"]),
            models.Index(
                fields=["created_at", "id"], condition=Q(inputs__isnull=False), name="letter_unprinted"
            ),
            models.Index(fields=["id"], condition=Q(state="held"), name="letter_held"),
        ]

    def __str__(self) -> str:
        return self.shown_number or str(self.id)

    @property
    def shown_number(self) -> str:
        """The number as printed: 海福第123号, 海福第123号の2; empty before issuing."""
        if self.number is None:
            return ""
        return f"{self.symbol}第{self.number}号" + (f"の{self.branch}" if self.branch > 1 else "")

    @property
    def pdf(self) -> bytes:
        """The frozen bytes. Raises `FrozenPdf.DoesNotExist` while the letter is not printed."""
        return bytes(self.frozen.pdf)

    @property
    def sha256(self) -> str:
        """The hash of the frozen bytes. Raises `FrozenPdf.DoesNotExist` while the letter is not printed."""
        return self.frozen.sha256


class Sha256Hex(Func):
    """The SHA-256 of bytes in hexadecimal, computed by the database itself."""

    template = "encode(sha256(%(expressions)s), 'hex')"
    output_field = models.CharField()


class FrozenPdf(models.Model):
    """The bytes of a letter.

    Inserted once, whole or not at all, never changed. The database checks the hash.
    """

    letter = models.OneToOneField(
        IssuedLetter, primary_key=True, on_delete=models.PROTECT, related_name="frozen"
    )
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    frozen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(sha256=Sha256Hex(F("pdf"))), name="frozen_pdf_is_whole"),
            models.CheckConstraint(condition=Q(pages__gt=0), name="frozen_pdf_has_pages"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Envelope(models.Model):
    """What stands on the envelope of a printed letter: where it sorts in the post, and for whom.

    Written with the frozen bytes, because the inputs are forgotten then and the dispatch ledger (発送簿)
    names the addressee. `zip` is empty for a letter that is handed over. The address stands nowhere else.
    """

    letter = models.OneToOneField(
        IssuedLetter, primary_key=True, on_delete=models.PROTECT, related_name="envelope"
    )
    zip = models.CharField(max_length=7, blank=True)
    names = models.TextField()
    paper = models.CharField(max_length=12)
    window = models.BooleanField()

    def __str__(self) -> str:
        return str(self.letter_id)


class ReplySlip(models.Model):
    """The tear-off slip of a letter.

    The hash of its token and how long it is accepted. Never the token itself.
    """

    letter = models.OneToOneField(
        IssuedLetter, primary_key=True, on_delete=models.PROTECT, related_name="slip"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField()

    def __str__(self) -> str:
        return str(self.letter_id)


class LetterEvent(models.Model):
    """One thing that happened to a letter.

    Who, when, and a reason where one is due. Appended, never changed.
    """

    class Kind(models.TextChoices):
        HELD = "held", _("Held")
        DRAFTED = "drafted", _("Drafted")
        APPROVED = "approved", _("Approved")
        ISSUED = "issued", _("Issued")
        TRIED = "tried", _("Tried again")
        PRINTED = "printed", _("Printed")
        REPRINTED = "reprinted", _("Reprinted")
        WITHHELD = "withheld", _("Kept out of the post")
        RELEASED = "released", _("Released")
        POSTED = "posted", _("Posted")
        RETURNED = "returned", _("Returned")
        CHECKED = "checked", _("Address checked")
        ANSWERED = "answered", _("Answered")
        VOIDED = "voided", _("Voided")

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(IssuedLetter, on_delete=models.PROTECT, related_name="events")
    nth = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["letter", "nth"], name="letter_event_once"),
            models.UniqueConstraint(fields=["letter"], condition=Q(kind="posted"), name="letter_posted_once"),
            models.UniqueConstraint(
                fields=["letter"], condition=Q(kind="answered"), name="letter_answered_once"
            ),
        ]
        ordering: ClassVar[list[str]] = ["letter", "nth"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"


class DisposedLetter(models.Model):
    """What is left of a letter that was destroyed lawfully: its number, and the certificate (廃棄記録).

    `file` and `place` say where it stood in a print file. Written by the database's own function alone.
    """

    id = models.BigAutoField(primary_key=True)
    controller = models.CharField(max_length=40)
    symbol = models.CharField(max_length=12)
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    branch = models.PositiveSmallIntegerField()
    certificate = models.PositiveIntegerField()
    file = models.UUIDField(null=True)
    place = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["controller", "symbol", "fiscal_year", "number", "branch"],
                name="disposed_letter_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.symbol}第{self.number}号"
