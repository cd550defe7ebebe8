"""The automated runs: what came of the night, what is next, who is at work, a look ahead, running one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.models import Case
from backend.config.keyfiles import KeyTrouble
from backend.letters.vector import qr
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import saved
from backend.people.models import Member
from backend.runs import ledger, terms, timetable, unsent
from backend.runs.calendar import CalendarError
from backend.runs.models import Run, Statistics
from backend.runs.registry import RUNS, Kind, counted
from backend.runs.reporting import INTERRUPTED, Reached, Trouble, troubles
from backend.seals.models import Seal
from backend.seals.paper import paper

DAYS = 31
EVENING = time(17, 15)  # what ran since then is the result of the night
MOST_DAYS = 5
MOST_LINES, MOST_SEALS, MOST_TABLES = 100, 10, 24


@dataclass(frozen=True)
class Told:
    """One thing that went wrong; `case` only for whoever may see that case."""

    trouble: Trouble
    case: Case | None


@dataclass(frozen=True)
class Due:
    """A kind of run: when it was done last, when it is next, and what process is at work on it until when."""

    kind: Kind
    last: str
    next: str
    at_work: str
    until: str


@dataclass(frozen=True)
class Done:
    """One run in words."""

    title: str
    day: str
    when: str
    state: str
    failed: bool
    counts: list[tuple[str, int]]
    made: str
    reached: str
    troubles: list[Told]
    more: int


@require_safe
@signed_in
def runs(request: Asked) -> HttpResponse:
    """What ran in the last days, newest first, what can be run, and the seals."""
    acting = request.acting
    _require(acting)
    since = acting.today - timedelta(days=DAYS)
    recent = Run.objects.filter(business_date__gte=since, kind__in=RUNS).order_by("-started_at")
    rows = list(recent.select_related("caught_up_by").prefetch_related("caught_up")[:200])
    cases = _cases((one["about"] for row in rows for one in row.troubles), acting)
    moments, unreadable = _upcoming(acting.now)
    done = [(row, _done(row, cases, acting.lang)) for row in rows]
    night = [told for row, told in done if _since_evening(row, acting)]
    shown = {
        "kinds": [_due(kind, rows, moments.get(kind.name), acting) for kind in RUNS.values()],
        "unreadable": unreadable,
        "night": night,
        "well": not any(one.failed for one in night),
        "done": [told for _row, told in done],
        "seals": [(seal, wording.moment(seal.at, acting.lang)) for seal in _seals()],
        "tables": _tables(acting),
        "ending": _ending(acting),
        "days": DAYS,
    }
    return render(request, "pages/office/runs.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def run(request: Asked, name: str) -> HttpResponse:
    """What a run would do on a day (`?day=2026-12-01`, else today); posted, a worker does it soon."""
    acting = request.acting
    _require(acting)
    kind = _kind(name)
    if request.method == "POST":
        if not kind.by_worker:
            raise Http404
        if ledger.ask(kind.name, acting.today):
            messages.success(request, _("%(run)s: it will run within a minute.") % {"run": kind.title})
        else:
            messages.info(request, _("%(run)s: it is running already.") % {"run": kind.title})
        return redirect("pages:runs")
    days = list(dict.fromkeys([acting.today, *_days(name, acting.now)]))
    day = next((one for one in days if one.isoformat() == request.GET.get("day")), acting.today)
    planned = list(kind.look_ahead(day))
    listed = [one for one in planned if one.outcome not in ("skipped", "quiet")]
    numbers = [one.row().get("case", "") for one in listed]
    cases = _cases(numbers, acting)
    lines = [
        (cases.get(number), bool(number), one.words)
        for number, one in zip(numbers[:MOST_LINES], listed, strict=False)
    ]
    skipped = sum(one.outcome == "skipped" for one in planned)
    shown = {
        "kind": kind,
        "lines": lines,
        "expected": sum(one.count for one in listed),
        "more": len(listed) - len(lines),
        "skipped": skipped,
        "days": [(one.isoformat(), wording.day(one, acting.lang), one == day) for one in days],
        "today": day == acting.today,
    }
    return render(request, "pages/office/run.html", shown)


@require_safe
@signed_in
def statistics(request: Asked, month: str) -> HttpResponse:
    """The figures of a month of the own controller, as they were first counted."""
    acting = request.acting
    _require(acting)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404 from error
    row = Statistics.objects.filter(controller=acting.facts.controller, month=first).first()
    if row is None:
        raise Http404
    return saved(bytes(row.table), "text/csv", f"statistics-{month}.csv")


@require_safe
@signed_in
def seal(request: Asked, number: int) -> HttpResponse:
    """The sheet of a seal, to print and file."""
    _require(request.acting)
    row = Seal.objects.filter(number=number).first()
    if row is None:
        raise Http404
    shown = paper(row)
    return render(request, "pages/office/seal.html", {"seal": shown, "qr": qr(shown.line)})


def _require(acting: Acting) -> None:
    """Raise PermissionDenied for anybody who may not look after the runs of their controller."""
    if not unsent.may_any(acting.facts, acting.now):
        raise PermissionDenied


def _kind(name: str) -> Kind:
    if name not in RUNS:
        raise Http404
    return RUNS[name]


def _cases(numbers: Iterable[str], acting: Acting) -> dict[str, Case]:
    """Of these numbers, the cases the member may list."""
    rows = Case.objects.filter(number__in={number for number in numbers if number})
    found = visible.still(visible.visible(rows, acting.facts, acting.now), acting.facts, acting.now)
    return {case.number: case for case in found}


def _seals() -> Iterable[Seal]:
    return Seal.objects.order_by("-number")[:MOST_SEALS]


def _tables(acting: Acting) -> list[str]:
    rows = Statistics.objects.filter(controller=acting.facts.controller).order_by("-month")
    return [f"{row.month:%Y-%m}" for row in rows[:MOST_TABLES]]


def _ending(acting: Acting) -> list[tuple[Member, str]]:
    rows = terms.ending_soon(acting.facts.controller, acting.today)
    return [(row, shown_date(row.valid_until, acting.lang)) for row in rows if row.valid_until]


def _upcoming(now: datetime) -> tuple[dict[str, datetime], str]:
    """The next moment of each run, or why the calendar cannot be read."""
    try:
        return timetable.upcoming(now), ""
    except CalendarError as error:
        return {}, str(error)


def _days(name: str, now: datetime) -> list[date]:
    """The next days of a run; none where the calendar cannot be read, which the list of runs tells."""
    try:
        return timetable.days(name, now, MOST_DAYS)
    except CalendarError:
        return []


def _since_evening(row: Run, acting: Acting) -> bool:
    """Whether a run ended, or is at work, since the office closed yesterday."""
    evening = datetime.combine(acting.today - timedelta(days=1), EVENING)
    return (row.finished_at or row.started_at) >= timezone.make_aware(evening)


def _due(kind: Kind, rows: list[Run], following: datetime | None, acting: Acting) -> Due:
    held = next((row for row in rows if row.kind == kind.name and _alive(row)), None)
    return Due(
        kind,
        _last(kind, rows, acting.lang),
        wording.moment(following, acting.lang) if following else "",
        held.holder if held else "",
        f"{timezone.localtime(held.lease_until):%H:%M:%S}" if held and held.lease_until else "",
    )


def _alive(row: Run) -> bool:
    """Whether a process is at work on it: its lease lasts."""
    if row.state != Run.State.RUNNING or row.lease_until is None:
        return False
    return row.lease_until > timezone.now()


def _last(kind: Kind, rows: list[Run], lang: str) -> str:
    own = next((row for row in rows if row.kind == kind.name and row.finished_at), None)
    return wording.moment(own.finished_at, lang) if own and own.finished_at else ""


def _done(row: Run, cases: Mapping[str, Case], lang: str) -> Done:
    told = [Told(one, cases.get(one.about)) for one in troubles(row.troubles)]
    if row.state == Run.State.FAILED:
        why = "key" if row.last_error == KeyTrouble.__name__ else "ended"
        told.insert(0, Told(Trouble("", why, row.last_error), None))
    for one in row.caught_up.all():
        told.insert(0, Told(Trouble("", INTERRUPTED, wording.day(one.business_date, lang)), None))
    return Done(
        title=str(RUNS[row.kind].title),
        day=wording.day(row.business_date, lang),
        when=wording.moment(row.finished_at or row.started_at, lang),
        state=_state(row, lang),
        failed=row.state == Run.State.FAILED or bool(row.counts.get("failed")),
        counts=counted(row.counts),
        made=_made(row),
        reached=_reached(row),
        troubles=told[:MOST_LINES],
        more=max(0, row.counts.get("failed", 0) + row.counts.get("skipped", 0) - len(told)),
    )


def _made(row: Run) -> str:
    """What came of it: the number of a seal, the month of figures."""
    if "seal" in row.result:
        return _("Seal %(number)s") % {"number": row.result["seal"]}
    return str(row.result.get("month", ""))


def _reached(row: Run) -> str:
    """How far a start is, or was when it ended; "" once all is done."""
    return Reached(**row.reached).words if row.reached and row.state != Run.State.DONE else ""


def _state(row: Run, lang: str) -> str:
    if row.caught_up_by is not None:
        day = wording.day(row.caught_up_by.business_date, lang)
        return _("Interrupted; its work was done by the run of %(day)s") % {"day": day}
    if row.asked_at is not None and row.state != Run.State.RUNNING:
        return _("Will run within a minute")
    if row.state == Run.State.RUNNING:
        return _("At work") if _alive(row) else _("Interrupted; the next start goes on")
    if row.state == Run.State.FAILED:
        return _("Ended before it was done")
    return _("Done, with failures") if row.counts.get("failed") else _("Done")
