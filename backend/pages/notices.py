"""What a member is told: the list behind the bell."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import pinned, visible
from backend.cases.generic import GENERIC
from backend.cases.models import Case, Notice
from backend.cases.notices import STEP
from backend.field import calling, replying
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.runs import terms

MOST = 50


@dataclass(frozen=True)
class Told:
    """One notice; `case` only where the member may still see it."""

    notice: Notice
    words: str
    when: str
    case: Case | None


@require_safe
@signed_in
def notices(request: Asked) -> HttpResponse:
    """The newest notices, unread ones marked."""
    acting = request.acting
    rows = (
        Notice.objects.filter(member=acting.member)
        .select_related("case__area")
        .order_by("-created_at", "-id")
    )
    found = list(rows[:MOST])
    cases = {
        case.id: case
        for case in visible.still({row.case for row in found if row.case}, acting.facts, acting.now)
    }
    told = [
        Told(
            row,
            words(row, acting.lang),
            wording.moment(row.created_at, acting.lang),
            cases.get(row.case_id) if row.case_id else None,
        )
        for row in found
    ]
    return render(request, "pages/notices.html", {"told": told})


@require_POST
@signed_in
def read(request: Asked) -> HttpResponse:
    """Mark everything that was shown as read."""
    acting = request.acting
    Notice.objects.filter(member=acting.member, read_at=None).update(read_at=acting.now)
    return redirect("pages:notices")


def words(notice: Notice, lang: str) -> str:
    """What a notice says: a fixed phrase, or the action that was done."""
    if notice.kind == STEP:
        return _("Done: %(action)s") % {"action": _action(notice, lang)}
    if notice.kind == terms.NOTICE:
        return terms.words(notice.stage)
    say = _WORDS.get(notice.kind)
    return say() if say else _("Something happened in a case you are part of")


def _action(notice: Notice, lang: str) -> str:
    if notice.case is None:
        return notice.stage
    workflow = pinned.pinned(notice.case.definition).workflow
    known = {workflow.start.action, *workflow.actions}
    if notice.stage in known:
        return workflow.action(notice.stage).title.in_language(lang)
    generic = GENERIC.get(notice.stage)
    return generic.title.in_language(lang) if generic else notice.stage


_WORDS: dict[str, Callable[[], str]] = {
    replying.NOTICE: lambda: _("The addressee of a letter answered on the web. See the note in the case"),
    calling.NOTICE: lambda: _(
        "A commissioner or volunteer wants to be called. See who under “Tell by telephone”"
    ),
    "consent_ended": lambda: _(
        "A consent this case relies on has ended. Stop sharing and see what must be recalled."
    ),
    "consent_due": lambda: _("A consent runs out soon. Ask whether it may go on."),
    "consent_over": lambda: _("A consent has run out. Nothing more may be shared on it."),
    "deadline_moved": lambda: _("A deadline moved because the office is closed on a day"),
    "due": lambda: _("The deadline is reached"),
    "remind": lambda: _("A deadline is near"),
    "escalate": lambda: _("A deadline has passed and needs the supervisor"),
    "glass": lambda: _("A record was opened in an emergency. It must be reviewed"),
    "letter_held": lambda: _("A letter waits because no address is known"),
    "letter_stopped": lambda: _("A letter could not be printed"),
    "letter_protected": lambda: _(
        "A letter to a protected address is kept out of the post. Two people must see that it arrives safely"
    ),
    "letter_returned": lambda: _("A letter came back. Check the address; nothing is sent again by itself"),
    "retention": lambda: _("The retention of cases is over. See the list and decide what becomes of them"),
    "erasure": lambda: _("Contents of a case are to be erased by law, once a second person approves it"),
    "disposal": lambda: _("A disposal list waits for a second person. See “Ends of retention”"),
    "received": lambda: _("What you reported was received"),
    "being_handled": lambda: _("What you reported is being handled"),
    "finished": lambda: _("What you reported has been brought to an end"),
}
