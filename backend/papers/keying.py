"""From a token back to the case: which paper or slip it is, whether it is still accepted, and once only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases import pinned
from backend.cases.actions import Done
from backend.cases.errors import DoorError
from backend.cases.models import Case
from backend.letters import issue, tokens
from backend.letters.models import ReplySlip
from backend.papers.models import KeyedIn, Paper

VALID_DAYS = 180
SLIP_LENGTH = 6  # of a slip of visits, which many are keyed in of: 20 random bits, and only staff key it in
LENGTHS = (SLIP_LENGTH, tokens.PAPER_LENGTH, tokens.LENGTH)


@dataclass(frozen=True, slots=True)
class Found:
    """What a token stands for: the form, the case and the action as far as the paper is bound to them.

    A letter's slip names its case and the form it answers; which action fits depends on what was answered.
    """

    hash: str
    form: str
    form_hash: str
    workflow: str
    case: UUID | None
    action: str
    expires_on: date

    @property
    def used(self) -> KeyedIn | None:
        """When and by whom it was keyed in; None while it was not."""
        return KeyedIn.objects.select_related("by", "case").filter(token_hash=self.hash).first()

    def expired(self, today: date) -> bool:
        return self.expires_on < today


class UsedBefore(DoorError):  # noqa: N818 - reads as what it says
    """Somebody keyed this paper in before; nothing was written. `keyed` says when and by whom."""

    code, status = "paper_used", 409

    def __init__(self, keyed: KeyedIn) -> None:
        super().__init__()
        self.keyed = keyed

    def __str__(self) -> str:
        when = f"{timezone.localtime(self.keyed.at):%Y-%m-%d %H:%M}"
        told = _("This sheet was keyed in on %(when)s by %(who)s. Nothing was recorded a second time.")
        return told % {"when": when, "who": self.keyed.by.name}


def hand_out(
    form: str,
    *,
    by: UUID | None,
    now: datetime,
    case: Case | None = None,
    action: str = "",
    workflow: str = "",
    length: int = tokens.PAPER_LENGTH,
) -> tuple[Paper, tokens.Token]:
    """Write down that a form is printed; the row, and the token that stands on the sheet and nowhere else.

    A case gives its own version of the form, else it is the one in use. Raises `NotPublished`.
    """
    digest = pinned.pinned(case.definition).form(form)[1] if case else pinned.newest("form", form)
    token = _unused(length)
    paper = Paper.objects.create(
        token_hash=token.hash,
        form=form,
        form_hash=digest,
        workflow=workflow,
        case=case,
        action=action,
        printed_by_id=by,
        printed_at=now,
        expires_on=timezone.localdate(now) + timedelta(days=VALID_DAYS),
    )
    return paper, token


def _unused(length: int) -> tokens.Token:
    """A token no paper has: of a billion, one in use is met now and then."""
    while True:
        token = tokens.new(length)
        if not Paper.objects.filter(token_hash=token.hash).exists():
            return token


def find(code: str) -> Found | None:
    """What somebody typed or scanned stands for; None for a token nobody gave out.

    Raises `ReplyCodeError` for one that cannot be right, naming the character to look at.
    """
    return by_hash(tokens.read(code, LENGTHS).hash)


def by_hash(digest: str) -> Found | None:
    """What a token of this hash stands for."""
    paper = Paper.objects.filter(token_hash=digest).first()
    if paper is not None:
        return Found(
            digest, paper.form, paper.form_hash, paper.workflow, paper.case_id, paper.action, paper.expires_on
        )
    slip = ReplySlip.objects.select_related("letter").filter(token_hash=digest).first()
    if slip is None:
        return None
    letter = issue.pinned(slip.letter.definition, slip.letter.definition_hash)
    return Found(digest, letter.slip_form, "", "", slip.letter.case_id, "", slip.expires_on)


def once(found: Found, by: UUID, now: datetime, do: Callable[[], Done]) -> Done:
    """Go through the door for a paper, and mark the paper in the same transaction.

    Of two who key in the same paper, the second's step is undone with the mark that finds its place taken. A
    door that stays closed raises as it does without paper; what it keeps of a refusal is kept. Raises
    `UsedBefore`.
    """
    refused: DoorError | None = None
    try:
        with transaction.atomic():
            try:
                done = do()
            except DoorError as error:  # raised below: raised here it would undo what is kept of it
                refused = error
            else:
                if done.repeated:
                    return done
                KeyedIn.objects.create(
                    token_hash=found.hash, case_id=done.case, seq=done.seq, by_id=by, at=now
                )
                return done
    except IntegrityError:
        keyed = found.used
        if keyed is None:
            raise
        raise UsedBefore(keyed) from None
    raise refused
