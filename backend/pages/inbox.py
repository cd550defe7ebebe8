"""止まった処理: what could not be done after a step, why, and what to decide about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import failing, limits, mending, visible
from backend.cases.errors import DoorError, NotFound
from backend.cases.failing import Why
from backend.cases.mended import Mended
from backend.cases.mending import Choice
from backend.cases.models import Case, Effect
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.people.models import Member


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
    """One stuck effect; `case` only where the member may see it."""

    effect: Effect
    title: str
    why: Why
    when: str
    case: Case | None
    receivers: list[Member]
    before: list[Decided] = field(default_factory=list)
    wrong: str = ""

    @property
    def unclear(self) -> bool:
        """Whether it may have arrived: repeating it needs a reason."""
        return self.effect.state == Effect.State.UNCLEAR


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


def _draw(request: Asked, wrong_at: int = 0, wrong: str = "", status: int = 200) -> HttpResponse:
    acting = request.acting
    effects = mending.stuck(acting.facts, acting.now)
    seen = {case.id for case in visible.still({row.case for row in effects}, acting.facts, acting.now)}
    before = _before(effects, acting)
    rows = [
        _stuck(row, seen, before.get(row.id, []), wrong if row.id == wrong_at else "", acting)
        for row in effects
    ]
    gone = wrong if wrong and wrong_at not in {row.id for row in effects} else ""
    shown = {
        "rows": rows,
        "gone": gone,
        "unknown": mending.unknown(acting.facts, acting.now),
        "reason": request.POST.get("reason", ""),
        "most": mending.MOST,
    }
    return render(request, "pages/inbox.html", shown, status=status)


def _stuck(effect: Effect, seen: set[UUID], before: list[Decided], wrong: str, acting: Acting) -> Stuck:
    return Stuck(
        effect=effect,
        title=limits.of(effect.kind).title.in_language(acting.lang),
        why=failing.why(effect),
        when=wording.moment(effect.not_before, acting.lang),
        case=effect.case if effect.case_id in seen else None,
        receivers=mending.receivers(effect, acting.now),
        before=before,
        wrong=wrong,
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
