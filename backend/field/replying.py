"""お返事: the addressee of a letter answers by the number of its slip, without an account.

A number identifies the slip and not the person, so the web takes nothing that binds: not consent, which needs
a signature or a talk (DOMAIN 4.6), but whether to call, to wait, or that the slip is on its way. What was
answered goes into the case as a note by the automated run, and whoever is in charge is told.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from backend.cases import actions
from backend.cases.addressees import addressees
from backend.cases.errors import NotFound
from backend.cases.models import Notice
from backend.field.models import Reply
from backend.letters import tokens
from backend.letters.models import ReplySlip
from backend.people.acting import automated

NOTICE = "replied"
ANSWERS = ("call_me", "thinking", "by_post")
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """A slip as its addressee may know it: the date of the letter, until when, and the present answer."""

    slip: ReplySlip
    present: str

    @property
    def dated_on(self) -> date:
        return self.slip.letter.dated_on

    @property
    def until(self) -> date:
        return self.slip.expires_on

    @property
    def settled(self) -> bool:
        """The matter of the letter has come to an end: there is nobody left who would take an answer."""
        return not self.slip.letter.case.is_open


def words(answer: str) -> str:
    """An answer in words."""
    said = {
        "call_me": _("Please telephone me to explain"),
        "thinking": _("I want to think it over a little longer"),
        "by_post": _("I have sent the slip, or will"),
    }
    return said.get(answer, "")


def find(code: str) -> Asked | None:
    """The slip of a number; None for one nobody gave out. Raises `ReplyCodeError` for one that cannot be."""
    return by_hash(tokens.read(code).hash)


def by_hash(digest: str) -> Asked | None:
    """The slip of that hash."""
    slip = ReplySlip.objects.select_related("letter__case").filter(token_hash=digest).first()
    if slip is None:
        return None
    newest = Reply.objects.filter(letter=slip.letter_id).order_by("-id").first()
    return Asked(slip, newest.answer if newest else "")


def reply(asked: Asked, answer: str, said: str, key: UUID, now: datetime) -> None:
    """Keep an answer, once. Raises what the door raises: then nothing is kept, and the telephone is left."""
    letter, case = asked.slip.letter, asked.slip.letter.case
    run = automated(case.controller, timezone.localdate(now))
    if run is None or answer not in ANSWERS:
        raise NotFound
    with override("ja"):
        lines = [_("Answer on the web to letter %(number)s") % {"number": letter.shown_number}, words(answer)]
    body = "\n".join([*lines, *([said] if said else [])])
    try:
        with transaction.atomic():
            Reply.objects.create(letter=letter, key=key, answer=answer, at=now)
            actions.perform(case.id, "note", actor=run.id, answers={"body": body}, key=f"reply/{key}", at=now)
            told = addressees(case, "assignee", timezone.localdate(now))
            Notice.objects.bulk_create(
                Notice(member=one, case=case, kind=NOTICE, key=f"reply/{key}/{one.id}", created_at=now)
                for one in told
            )
    except IntegrityError:  # pressed twice: the first answer is kept
        if not Reply.objects.filter(key=key).exists():
            raise
