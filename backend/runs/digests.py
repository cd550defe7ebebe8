"""One mail to each person a day about everything that waits: a count and links, no names.

`sending` is committed before the mail server hears of it; an interrupted one is not repeated, since its
notices stay visible and the next day's digest counts them again.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.cases.effects import Hopeless, NotSent, reason
from backend.cases.kill import kill_point
from backend.cases.models import Notice
from backend.jobs import mail
from backend.people.models import Member
from backend.runs.ledger import HeldRun
from backend.runs.models import Digest

KINDS = ("due", "remind", "escalate", "deadline_moved", "consent_due", "consent_over", "term", "retention")
MOST_LINKS = 20


def send_all(held: HeldRun, business_date: date) -> None:
    """Send what waits for the date, what was never sent before it merged in. Raises `RunLost`."""
    with transaction.atomic():
        held.keep()
        _settle(business_date)
    waiting = Digest.objects.filter(business_date=business_date, state=Digest.State.READY)
    for digest in waiting.select_related("member__user").order_by("id"):
        held.keep()
        if not waiting.filter(id=digest.id).update(state=Digest.State.SENDING):
            continue
        kill_point("R5")
        _send(digest, held)


def _settle(business_date: date) -> None:
    """Clear up after runs that did not end: interrupted mails are unclear, days missed become one digest."""
    Digest.objects.filter(state=Digest.State.SENDING).update(
        state=Digest.State.UNCLEAR, last_error="interrupted while sending"
    )
    missed = Digest.objects.filter(business_date__lt=business_date, state=Digest.State.READY)
    members = sorted(set(missed.values_list("member", flat=True)))
    Digest.objects.bulk_create(
        [Digest(member_id=member, business_date=business_date) for member in members], ignore_conflicts=True
    )
    missed.update(state=Digest.State.MERGED)


def _send(digest: Digest, held: HeldRun) -> None:
    state, error = Digest.State.SENT, ""
    try:
        subject, body = compose(digest.member)
        mail.send(digest.member.email, subject, body, f"digest-{digest.id}")
    except NotSent as problem:
        state, error = Digest.State.READY, reason(problem)
    except Hopeless as problem:
        state, error = Digest.State.REFUSED, reason(problem)
    except Exception as problem:  # nobody can tell whether it left
        state, error = Digest.State.UNCLEAR, reason(problem)
    mine = Digest.objects.filter(id=digest.id, state=Digest.State.SENDING)
    sent_at = timezone.now() if state == Digest.State.SENT else None
    mine.update(state=state, last_error=error, sent_at=sent_at)
    held.counts["mails" if state == Digest.State.SENT else "mails_failed"] += 1


def compose(member: Member) -> tuple[str, str]:
    """Subject and body of a member's digest: how many reminders are unread, and where."""
    unread = Notice.objects.filter(member=member, read_at=None, kind__in=KINDS)
    others = unread.filter(case=None).count()
    about = unread.exclude(case=None).order_by("-created_at", "-id")
    cases = list(dict.fromkeys(about.values_list("case_id", flat=True)))
    with translation.override(mail.language_of(member)):
        subject = _("Tsunagu: your reminders of today")
        lines = [
            ngettext("%(count)d case waits for you.", "%(count)d cases wait for you.", len(cases))
            % {"count": len(cases)},
            _("Please sign in and look at them here:"),
            *(mail.link(f"/cases/{case}/") for case in cases[:MOST_LINKS]),
        ]
        if len(cases) > MOST_LINKS:
            lines.append(_("The rest is in your list of work: %(link)s") % {"link": mail.link("/")})
        if others:
            lines.append(_("Other notices are here: %(link)s") % {"link": mail.link("/notices/")})
    return subject, "\n".join(lines) + "\n"
