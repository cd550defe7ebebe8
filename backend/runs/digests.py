"""One mail to each person a day about everything that waits: counts by age and links, no names.

`sending` is committed before the mail server hears of it; an interrupted one is not repeated, since its
notices stay visible and the next day's digest counts them again.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.cases.effects import Hopeless, NotSent, failure, reason
from backend.cases.failing import Code
from backend.cases.kill import kill_point
from backend.cases.models import Notice
from backend.jobs import mail
from backend.people.models import Member
from backend.runs import windows
from backend.runs.ledger import HeldRun
from backend.runs.models import MAIL, Digest
from backend.runs.windows import URGENT

KINDS = ("due", "remind", "escalate", "deadline_moved", "consent_due", "consent_over", "term", "retention")
MOST_LINKS = 3  # more cases are counted by age and not listed
A_WEEK = 7


def send_all(held: HeldRun, business_date: date, moment: datetime) -> None:
    """Send what waits for the date, what was never sent before it merged in. Raises `RunLost`.

    At night only what may not wait is sent; the rest is held, and so is what is too much for one address.
    """
    night = windows.quiet(moment)
    today = Digest.objects.filter(business_date=business_date, state=Digest.State.READY)
    with transaction.atomic():
        held.keep()
        _settle(business_date)
        if night:
            windows.wake_for_danger(list(today.filter(channel=MAIL)), moment)
            _hold(held, today.filter(channel=MAIL))
        else:
            today.filter(channel=URGENT).update(state=Digest.State.MERGED)
    waiting = today.filter(channel=URGENT) if night else today
    for digest in waiting.select_related("member__user").order_by("id"):
        held.keep()
        if not night and windows.full(digest.member.email, timezone.now()):
            _hold(held, today.filter(id=digest.id))
            continue
        if digest.held_at and not waiting_for(digest.member).exists():
            today.filter(id=digest.id).update(state=Digest.State.SKIPPED)  # all was read while it was held
            continue
        if not today.filter(id=digest.id).update(state=Digest.State.SENDING):
            continue
        kill_point("R5")
        _send(digest, held)


def _settle(business_date: date) -> None:
    """Clear up after runs that did not end: interrupted mails are unclear, days missed become one digest."""
    Digest.objects.filter(state=Digest.State.SENDING).update(
        state=Digest.State.UNCLEAR,
        last_error="interrupted while sending",
        failure={"code": Code.INTERRUPTED},
    )
    missed = Digest.objects.filter(business_date__lt=business_date, state=Digest.State.READY)
    members = sorted(set(missed.values_list("member", flat=True)))
    Digest.objects.bulk_create(
        [Digest(member_id=member, business_date=business_date) for member in members], ignore_conflicts=True
    )
    missed.update(state=Digest.State.MERGED)


def _hold(held: HeldRun, waiting: QuerySet[Digest]) -> None:
    """Leave them ready for a later run; each is counted once, however many runs pass it over."""
    held.counts["mails_held"] += waiting.filter(held_at=None).update(held_at=timezone.now())


def _send(digest: Digest, held: HeldRun) -> None:
    state: Digest.State = Digest.State.SENT
    failed: Exception | None = None
    try:
        subject, body = compose(digest.member)
        mail.send(digest.member.email, subject, body, f"digest-{digest.id}")
    except NotSent as problem:
        state, failed = Digest.State.READY, problem
    except Hopeless as problem:
        state, failed = Digest.State.REFUSED, problem
    except Exception as problem:  # nobody can tell whether it left
        state, failed = Digest.State.UNCLEAR, problem
    mine = Digest.objects.filter(id=digest.id, state=Digest.State.SENDING)
    sent_at = timezone.now() if state == Digest.State.SENT else None
    mine.update(
        state=state,
        last_error=reason(failed) if failed else "",
        failure=failure(failed) if failed else {},
        sent_at=sent_at,
    )
    held.counts["mails" if state == Digest.State.SENT else "mails_failed"] += 1


def waiting_for(member: Member) -> QuerySet[Notice]:
    """What a digest tells of: the reminders the member has not read."""
    return Notice.objects.filter(member=member, read_at=None, kind__in=KINDS)


def compose(member: Member) -> tuple[str, str]:
    """Subject and body of a member's digest: how many cases wait since when, and where."""
    unread = waiting_for(member)
    others = unread.filter(case=None).count()
    about = unread.exclude(case=None).values("case").annotate(first=Min("created_at"))
    since = dict(about.order_by("first", "case").values_list("case", "first"))
    with translation.override(mail.language_of(member)):
        subject = _("Tsunagu: your reminders of today")
        lines = [
            ngettext("%(count)d case waits for you.", "%(count)d cases wait for you.", len(since))
            % {"count": len(since)},
            *_by_age(since.values()),
        ]
        if len(since) > MOST_LINKS:
            work = {"link": mail.link("/")}
            lines.append(_("Please sign in; they are in your list of work: %(link)s") % work)
        elif since:
            lines.append(_("Please sign in and look at them here:"))
            lines += [mail.link(f"/cases/{case}/") for case in since]
        if others:
            lines.append(_("Other notices are here: %(link)s") % {"link": mail.link("/notices/")})
    return subject, "\n".join(lines) + "\n"


def _by_age(since: Iterable[datetime]) -> Iterator[str]:
    """How many were first told today, in the last days, and a week ago or more; in words."""
    today = timezone.localdate()
    days = [(today - timezone.localdate(moment)).days for moment in since]
    for words, count in (
        (_("told today: %(count)d"), sum(age < 1 for age in days)),
        (_("waiting for 1 to 6 days: %(count)d"), sum(1 <= age < A_WEEK for age in days)),
        (_("waiting for a week or more: %(count)d"), sum(age >= A_WEEK for age in days)),
    ):
        if count:
            yield "  " + words % {"count": count}
