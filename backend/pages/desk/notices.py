"""What a member is told: the list behind the bell, what is about one case told as one."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, islice
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import pinned
from backend.cases.generic import GENERIC, gives
from backend.cases.models import Case, Notice
from backend.cases.notices import ABOUT, STEP, told_to
from backend.disposal import listing
from backend.field import calling, replying
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.lead import leave
from backend.pages.seeing import Seen, see
from backend.runs import retention, terms
from backend.sharing.disclosures import guarding

MOST = 50  # cases and matters on the page, those with something new first
MOST_NEW, MOST_READ = 1000, 200  # notices looked at for it, the newest
MOST_NAMED = 3  # actions named in one line


@dataclass(frozen=True)
class Line:
    """The notices of one kind: in words, when last and how often."""

    words: str
    when: str
    times: int


@dataclass(frozen=True)
class Told:
    """What is told of one case, or of one matter of the office; `seen` only where the member may see it.

    While something is new, the lines are of that alone; what was read before is in the history of the case.
    `page` is where a matter of the office is dealt with, by the name of its address. `until` is the newest
    notice that is on the page: what comes after it stays new when this was read.
    """

    about: str
    new: bool
    seen: Seen | None
    lines: list[Line]
    until: int
    page: str


@require_safe
@signed_in
def notices(request: Asked) -> HttpResponse:
    """What there is to know, case by case, the new first."""
    told = _told(request.acting)
    shown = {"told": told, "until": max((one.until for one in told), default=0)}
    return render(request, "pages/desk/notices.html", shown)


@require_POST
@signed_in
def read(request: Asked) -> HttpResponse:
    """Mark as read what was on the page, of everything or of one case or matter; and open that case."""
    acting, until, about = request.acting, request.POST.get("until", ""), request.POST.get("about", "")
    if not (until.isascii() and until.isdecimal() and len(until) < 19):
        raise Http404
    rows = told_to(acting.member.id, acting.now).filter(read_at=None, id__lte=int(until))
    if about:
        rows = rows.annotate(about=ABOUT).filter(about=about)
    rows.update(read_at=acting.now)
    if "open" not in request.POST:
        return redirect("pages:notices")
    if about in _PAGES:
        return redirect(f"pages:{_PAGES[about]}")
    try:
        return redirect("pages:case", UUID(about))
    except ValueError:
        raise Http404 from None


def _told(acting: Acting) -> list[Told]:
    """The groups in the order of the page; within one, the newest line first."""
    rows = told_to(acting.member.id, acting.now).order_by("-created_at", "-id")
    groups: dict[str, list[Notice]] = {}
    for some in (rows.filter(read_at=None)[:MOST_NEW], rows.exclude(read_at=None)[:MOST_READ]):
        for notice in some.annotate(about=ABOUT):
            groups.setdefault(notice.about, []).append(notice)
    shown = dict(islice(groups.items(), MOST))
    # Cases come after the grouping, each once: most notices are about the same few, or not on the page.
    cases = Case.objects.select_related("area", "person", "assignee", "receiver")
    prefetch_related_objects(list(chain.from_iterable(shown.values())), Prefetch("case", cases))
    return [_group(about, found, acting) for about, found in shown.items()]


def _group(about: str, found: list[Notice], acting: Acting) -> Told:
    new = [notice for notice in found if notice.read_at is None]
    kinds: dict[str, list[Notice]] = {}
    for notice in new or found:
        kinds.setdefault(notice.kind, []).append(notice)
    lines = [
        Line(_together(rows, acting.lang), wording.moment(rows[0].created_at, acting.lang), len(rows))
        for rows in kinds.values()
    ]
    case = found[0].case
    until = max(notice.id for notice in found)
    page = "" if case else _PAGES.get(found[0].kind, "")
    return Told(about, bool(new), see(case, acting) if case else None, lines, until, page)


def _together(rows: list[Notice], lang: str) -> str:
    """Notices of one kind in one sentence, the newest first."""
    if rows[0].kind != STEP:
        one_each = {notice.stage: notice for notice in rows}  # those of one stage say the same
        return "　".join(dict.fromkeys(words(notice, lang) for notice in one_each.values()))
    given = [notice for notice in rows if _given(notice)]
    if given:
        rest = [notice for notice in rows if notice not in given]
        return "　".join([_("It is your case now."), *([_together(rest, lang)] if rest else [])])
    done = list(dict.fromkeys(_action(notice, lang) for notice in rows))
    named = wording.listed(done[:MOST_NAMED])
    more = len(done) - MOST_NAMED
    if more > 0:
        named = _("%(actions)s and %(more)d more") % {"actions": named, "more": more}
    return _("Done: %(action)s") % {"action": named}


def words(notice: Notice, lang: str) -> str:
    """What a notice says: a fixed phrase, or the action that was done."""
    if _given(notice):
        return _("It is your case now.")
    if notice.kind == STEP:
        return _("Done: %(action)s") % {"action": _action(notice, lang)}
    if notice.kind == leave.NOTICE:
        return leave.told(notice, lang)
    if notice.kind == terms.NOTICE:
        return terms.words(notice.stage)
    say = _WORDS.get(notice.kind)
    return say() if say else _("Something happened in a case you are part of")


def _given(notice: Notice) -> bool:
    """Whether whoever is told was given the case, and has it still."""
    if notice.kind != STEP or notice.case is None or notice.case.assignee_id != notice.member_id:
        return False
    return gives(notice.stage, pinned.pinned(notice.case.definition).workflow)


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
    retention.NOTICE: lambda: _(
        "The retention of cases is over. See the list and decide what becomes of them"
    ),
    "erasure": lambda: _("Contents of a case are to be erased by law, once a second person approves it"),
    listing.NOTICE: lambda: _("A disposal list waits for a second person. See “Retention that is over”"),
    guarding.NAMED: lambda: _("A recipient of a protected address waits for a second person to confirm"),
    guarding.ENDING: lambda: _("A protection is said to be over and waits for a second person"),
    "received": lambda: _("What you reported was received"),
    "being_handled": lambda: _("What you reported is being handled"),
    "finished": lambda: _("What you reported has been brought to an end"),
}

# Where what is about no case is dealt with.
_PAGES = {
    calling.NOTICE: "calls",
    guarding.NAMED: "protected",
    guarding.ENDING: "protected",
    retention.NOTICE: "retention",
    listing.NOTICE: "retention",
}
