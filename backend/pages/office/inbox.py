"""止まった処理: what could not be done after a step or by a run's mail, why, and what to decide about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import failing, limits, mending, visible
from backend.cases.errors import DoorError, NotFound
from backend.cases.failing import Code, Why
from backend.cases.mended import Mended
from backend.cases.mending import Choice
from backend.cases.models import Case, Effect
from backend.catalogue import loading
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.people import keeping
from backend.people.models import Member, Person
from backend.runs import unsent
from backend.runs.models import Decided as Tried
from backend.runs.models import Digest

IN_THE_RECORD = frozenset({Code.CHARACTER, Code.UNKNOWN_FIELDS})  # often the name or address of the person


@dataclass(frozen=True)
class Decided:
    """One decision made about the effect before."""

    how: str
    who: str
    when: str
    reason: str
    to: str


@dataclass(frozen=True)
class Stuck:
    """One stuck effect; `case` only where the member may see it.

    `which` is the letter it was, or whom a mail was for; `person` whose record is to be corrected before it
    is tried again, for whoever may.
    """

    effect: Effect
    title: str
    why: Why
    when: str
    case: Case | None
    receivers: list[Member]
    which: str = ""
    person: Person | None = None
    before: list[Decided] = field(default_factory=list)
    wrong: str = ""

    @property
    def unclear(self) -> bool:
        """Whether it may have arrived: repeating it needs a reason."""
        return self.effect.state == Effect.State.UNCLEAR


@dataclass(frozen=True)
class Mail:
    """The newest daily mail to somebody that was refused or may have left."""

    digest: Digest
    why: Why
    day: str
    before: list[Decided] = field(default_factory=list)
    wrong: str = ""

    @property
    def unclear(self) -> bool:
        return self.digest.state == Digest.State.UNCLEAR


@require_safe
@signed_in
def inbox(request: Asked) -> HttpResponse:
    """What got stuck and is this member's to decide."""
    return _draw(request)


@require_POST
@signed_in
def decide(request: Asked, effect_id: int) -> HttpResponse:
    """Try again, leave out or tell somebody else: once, and kept with who and why."""
    acting = request.acting
    decision = mending.DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        raise Http404
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    choice = Choice(effect_id, acting.facts, acting.now, reason, _uuid(request.POST.get("to", "")))
    try:
        decision(choice)
    except NotFound:
        raise Http404 from None
    except DoorError as error:
        return _draw(request, effect_id, str(error), status=error.status)
    messages.success(request, _("Decided, and kept with your name."))
    return redirect("pages:inbox")


@require_POST
@signed_in
def decide_mail(request: Asked, digest_id: int) -> HttpResponse:
    """Send a daily mail again or leave it out: once, and kept with who and why."""
    acting = request.acting
    how = _MAIL_DECISIONS.get(request.POST.get("decision", ""))
    if how is None:
        raise Http404
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    try:
        unsent.decide(unsent.Choice(digest_id, how, acting.facts, acting.now, reason))
    except NotFound:
        raise Http404 from None
    except DoorError as error:
        return _draw(request, wrong_mail=digest_id, wrong=str(error), status=error.status)
    messages.success(request, _("Decided, and kept with your name."))
    return redirect("pages:inbox")


_MAIL_DECISIONS = {"retry": Tried.How.RETRIED, "skip": Tried.How.SKIPPED}


def _draw(
    request: Asked, wrong_at: int = 0, wrong: str = "", *, wrong_mail: int = 0, status: int = 200
) -> HttpResponse:
    acting = request.acting
    effects = mending.stuck(acting.facts, acting.now)
    seen = {case.id for case in visible.still({row.case for row in effects}, acting.facts, acting.now)}
    before, names = _before(effects, acting), _names(effects)
    rows = [
        replace(
            _stuck(row, seen, acting),
            which=names.get(row.target) or _letter(row, acting.lang),
            before=before.get(row.id, []),
            wrong=wrong if row.id == wrong_at else "",
        )
        for row in effects
    ]
    mails = list(_mails(acting, wrong_mail, wrong))
    shown = {
        "rows": rows,
        "mails": mails,
        "waiting": len(rows) + len(mails),
        "gone": "" if any(row.wrong for row in rows) or any(row.wrong for row in mails) else wrong,
        "unknown": mending.unknown(acting.facts, acting.now),
        "reason": request.POST.get("reason", ""),
        "most": mending.MOST,
    }
    return render(request, "pages/office/inbox.html", shown, status=status)


def _mails(acting: Acting, wrong_at: int, wrong: str) -> Iterator[Mail]:
    found = list(unsent.listed(acting.facts, acting.now)[: mending.MOST])
    before: dict[UUID, list[Decided]] = {}
    for row in unsent.history(found):
        said = Decided(
            row.get_how_display(), row.by.name, wording.moment(row.at, acting.lang), row.reason, ""
        )
        before.setdefault(row.digest.member_id, []).append(said)
    for digest in found:
        yield Mail(
            digest,
            failing.why(digest.failure, digest.last_error),
            wording.day(digest.business_date, acting.lang),
            before.get(digest.member_id, []),
            wrong if digest.id == wrong_at else "",
        )


def _names(effects: Iterable[Effect]) -> dict[str, str]:
    """The members the stuck mails were for."""
    members = [found for row in effects if row.kind == "mail" and (found := _uuid(row.target))]
    return {str(key): name for key, name in Member.objects.filter(pk__in=members).values_list("pk", "name")}


def _letter(effect: Effect, lang: str) -> str:
    found = loading.use().letters.get(effect.target) if effect.kind == "letter" else None
    return "" if found is None else found.title_ja if lang == "ja" else found.title_en


def _to_correct(effect: Effect, acting: Acting) -> Person | None:
    person = effect.case.person if effect.failure.get("code") in IN_THE_RECORD else None
    may = person is not None and keeping.may(acting.member, person.facts(), acting.now).allowed
    return person if may else None


def _stuck(effect: Effect, seen: set[UUID], acting: Acting) -> Stuck:
    sees = effect.case_id in seen
    return Stuck(
        effect=effect,
        title=limits.of(effect.kind).title.in_language(acting.lang),
        why=failing.why(effect.failure, effect.last_error),
        when=wording.moment(effect.not_before, acting.lang),
        case=effect.case if sees else None,
        receivers=mending.receivers(effect, acting.now),
        person=_to_correct(effect, acting) if sees else None,
    )


def _before(effects: Iterable[Effect], acting: Acting) -> dict[int, list[Decided]]:
    found: dict[int, list[Decided]] = {}
    for row in mending.history(effects):
        found.setdefault(row.effect_id, []).append(_decided(row, acting.lang))
    return found


def _decided(row: Mended, lang: str) -> Decided:
    to = row.to.name if row.to else ""
    return Decided(row.get_how_display(), row.by.name, wording.moment(row.at, lang), row.reason, to)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
