"""受け持ちを移す: the cases of somebody who leaves or is away, to one colleague or to several."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.cases import handover
from backend.cases.handover import Item, Wish
from backend.cases.models import Case
from backend.figures import counting
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.act import new_key
from backend.pages.lead import words
from backend.pages.seeing import Seen, see
from backend.people.acting import can_act, has_deputy
from backend.people.leave import staff
from backend.people.models import Member
from backend.sharing.disclosures.models import Package

MOST = 100
LONGEST = 1000
REASONS = ("leave", "transfer", "retirement", "workload")


@dataclass(frozen=True)
class Line:
    """One case in the plan: to whom it is proposed, and what is open in it."""

    seen: Seen
    to: str
    notes: int
    shared: int


@dataclass(frozen=True)
class Check:
    """What is handed over with the cases: promises, disclosures that can still be read, notes."""

    promises: int
    shared: int
    notes: int


@require_http_methods(["GET", "POST"])
@signed_in
def move(request: Asked, member_id: UUID) -> HttpResponse:
    """The check list and the plan; posted, what became of each case."""
    acting = words.leader(request.acting)
    member = Member.objects.filter(pk=member_id, controller=acting.facts.controller).first()
    if member is None:
        raise Http404
    colleagues = [row for row in staff(acting.facts.controller, acting.today) if row.pk != member_id]
    if request.method == "POST":
        wrong = _wrong(request)
        if not wrong:
            return _moved(request, acting, member, colleagues)
        return _draw(request, acting, member, colleagues, wrong, status=422)
    return _draw(request, acting, member, colleagues)


def _wrong(request: Asked) -> str:
    if request.POST.get("why", "") not in REASONS:
        return _("Choose why the cases move.")
    if not any(value for name, value in request.POST.items() if name.startswith("to-")):
        return _("Choose for at least one case who takes it.")
    return ""


def _moved(request: Asked, acting: Acting, member: Member, colleagues: list[Member]) -> HttpResponse:
    allowed = {str(row.pk): row for row in colleagues}
    wishes = []
    for name, value in request.POST.items():
        if not name.startswith("to-") or value not in allowed:
            continue
        try:
            case, revision = UUID(name.removeprefix("to-")), int(request.POST.get(f"seen-{name[3:]}", ""))
        except ValueError:
            continue
        wishes.append(Wish(case, UUID(value), revision))
    told = handover.move(
        wishes[:MOST],
        by=acting.facts,
        why=str(reason_words()[request.POST["why"]]),
        handover=request.POST.get("handover", "").strip()[:LONGEST],
        key=request.POST.get("_key", "")[:64],
    )
    counting.standing(acting.now)  # the board tells who has how much as of the last count
    shown = {
        "member": member,
        "told": [(one, allowed[str(one.wish.to)].name) for one in told],
        "done": sum(one.outcome == "moved" for one in told),
        "left": sum(one.outcome != "moved" for one in told),
        "more": Case.objects.filter(assignee=member, is_open=True).count(),
    }
    return render(request, "pages/lead/moved.html", shown)


def _draw(
    request: Asked,
    acting: Acting,
    member: Member,
    colleagues: list[Member],
    wrong: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    found = handover.caseload(member.pk, acting.facts, acting.now, MOST)
    chosen = [row.pk for row in colleagues if str(row.pk) in request.GET.getlist("to")]
    open_now = _open_now(colleagues)
    proposal = handover.shared_out([item.case for item in found], chosen, open_now) if chosen else {}
    lines = _lines(request, found, proposal, acting)
    shown = {
        "member": member,
        "away": not can_act(member, acting.today) or has_deputy(member, acting.today),
        "lines": lines,
        "more": Case.objects.filter(assignee=member, is_open=True).count() - len(lines),
        "colleagues": [
            (row, open_now.get(row.pk, 0), row.pk in chosen, has_deputy(row, acting.today))
            for row in colleagues
        ],
        "check": Check(
            sum(line.seen.case.due_at is not None for line in lines),
            sum(line.shared for line in lines),
            sum(line.notes for line in lines),
        ),
        "reasons": reason_words(),
        "why": request.POST.get("why", ""),
        "handover": request.POST.get("handover", ""),
        "key": request.POST.get("_key") or new_key(),
        "wrong": wrong,
    }
    return render(request, "pages/lead/move.html", shown, status=status)


def _lines(request: Asked, found: list[Item], proposal: dict[UUID, UUID], acting: Acting) -> list[Line]:
    running = Package.objects.filter(
        source__in=[item.case.pk for item in found], expires_on__gte=acting.today, case__is_open=True
    )
    shared = dict(running.order_by().values_list("source").annotate(n=Count("pk")))
    lines = []
    for item in found:
        seen = see(item.case, acting)
        if seen is not None:
            to = request.POST.get(f"to-{item.case.pk}", str(proposal.get(item.case.pk, "")))
            lines.append(Line(seen, to, item.notes, shared.get(item.case.pk, 0)))
    return lines


def _open_now(colleagues: list[Member]) -> dict[UUID, int]:
    """How many open cases each has, now."""
    rows = Case.objects.filter(assignee__in=[row.pk for row in colleagues], is_open=True)
    return dict(rows.order_by().values_list("assignee").annotate(n=Count("pk")))


def reason_words() -> dict[str, str]:
    """Why cases move; the words stand in the step."""
    return {
        "leave": _("Leave"),
        "transfer": _("Change of post"),
        "retirement": _("Retirement"),
        "workload": _("Too many cases in one hand"),
    }
