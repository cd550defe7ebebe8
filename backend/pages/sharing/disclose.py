"""情報共有を申し込む: the request to disclose, with what would be ruled shown while it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.answers.eras import DateNotRead, era_date, parse_date
from backend.answers.form import Form
from backend.answers.problems import Problem
from backend.cases import visible
from backend.cases.errors import AnswersWrong, DoorError, NotFound, NotPossible
from backend.cases.pinned import newest, pinned
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in, typed
from backend.pages.cases.act import Trouble, new_key, trouble
from backend.pages.seeing import Seen, find
from backend.pages.sharing.knowing import may_disclose
from backend.people.acting import current
from backend.people.models import Member, Organisation, Role
from backend.sharing.councils import sessions
from backend.sharing.councils.bases import claimed
from backend.sharing.councils.models import Session
from backend.sharing.disclosures import advice, asking
from backend.sharing.disclosures.advice import Matrix
from backend.sharing.disclosures.gate import CannotLeave
from backend.sharing.disclosures.proposals import PRIVATE, REQUEST, proposal_of, recipient_of

FIELD_RECIPIENTS = ("welfare_commissioner", "chief_child_commissioner", "welfare_volunteer")
MEETING = "session"  # a choice of basis that is a meeting
WAY = "_way"  # the row whose nearest change is asked for
PREFILLED = ("to", "purpose", "basis", "reason")


@dataclass(frozen=True)
class Composed:
    """The request as it stands on the page: what was typed, and as the form reads it."""

    form: Form
    answers: dict[str, Any]
    to: str

    def of(self, name: str) -> Any:
        return self.answers.get(name, "")


@require_http_methods(["GET", "POST"])
@signed_in
def disclose(request: Asked, case_id: UUID) -> HttpResponse:
    """The page (GET); applying the nearest allowed form, or sending the request (POST)."""
    seen = _source(request, case_id)
    if request.method == "GET":
        visible.record_look(seen.case, request.acting.facts, request.acting.now, "page")
        return _draw(request, seen, _first(request, seen))
    composed = _composed(request, seen)
    applied = _applied(request, seen, composed)
    if applied is not None:
        return _draw(request, seen, applied)
    return _ask(request, seen, composed)


@require_POST
@signed_in
def live_matrix(request: Asked, case_id: UUID) -> HttpResponse:
    """Only the matrix as the request stands, or of one row the nearest change; nothing is written."""
    seen = _source(request, case_id)
    shown = _shown(request, seen, _composed(request, seen))
    opened, found = request.POST.get(WAY, ""), shown["matrix"]
    row = found.row(opened) if found is not None and opened else None
    if row is not None:
        return render(request, "pages/sharing/way.html", {"seen": seen, "row": row})
    # The choice of bases follows the recipient; swapped without need it would lose the focus.
    other = request.POST.get("_meetings", "") != shown["offered"]
    return render(request, "pages/sharing/matrix.html", shown | {"live": other})


def _source(request: Asked, case_id: UUID) -> Seen:
    seen = find(case_id, request.acting)
    if not may_disclose(seen):
        raise Http404
    return seen


def _first(request: Asked, seen: Seen) -> Composed:
    """What is known already: from where it was pressed, and the usual answers."""
    given = {name: request.GET.get(name, "") for name in PREFILLED}
    post = {name: [value] for name, value in given.items() if value}
    post["categories"] = request.GET.getlist("categories")
    post |= {name: [value] for name, value in asking.usual(request.acting.today).items()}
    post.setdefault("basis", ["consent"])
    return _read(seen, post)


def _in_meeting(acting: Acting, answers: Mapping[str, Any], ident: str) -> dict[str, str]:
    """The meeting chosen as basis; nothing where it is none of this recipient."""
    row = next((row for row in _joint(acting, answers) if str(row.pk) == ident), None)
    return {"session": ident, "basis": claimed(row.basis)} if row else {}


def _joint(acting: Acting, answers: Mapping[str, Any]) -> list[Session]:
    """The meetings in which this recipient could be told."""
    try:
        party = recipient_of(answers).party
    except NotPossible:
        return []
    return list(sessions.joint(acting.member.id, party)) if party else []


def _composed(request: Asked, seen: Seen) -> Composed:
    return _read(seen, dict(typed(request)))


def _read(seen: Seen, post: Mapping[str, list[str]]) -> Composed:
    """A post as the form understands it; `to` is one list of organisations, members and private persons, and
    `basis` one of bases and meetings.
    """
    to = "".join(post.get("to", [])[:1])
    kind, _bar, who = to.partition(":")
    read = {**post, "source": [str(seen.case.id)], "to_kind": [kind]}
    read |= {
        "to_org": [who] if kind == "organisation" else [],
        "to_member": [who] if kind == "member" else [],
    }
    left = [value for value in post.get("left_out", []) if value]
    read |= {f"left_out-{number}-item": [value] for number, value in enumerate(left)}
    form = pinned(newest("workflow", asking.WORKFLOW)).form(REQUEST)[0]
    answers = form.read_post(read)
    chosen, _bar, ident = str(answers.get("basis", "")).partition(":")
    if chosen == MEETING:
        answers = {name: value for name, value in answers.items() if name != "basis"}
        answers |= _in_meeting(seen.acting, answers, ident)
    return Composed(form, answers, to)


def _applied(request: Asked, seen: Seen, composed: Composed) -> Composed | None:
    """The request after pressing a button that changes it; None when it is to be sent."""
    pressed = request.POST.get("_apply", "")
    if "_preview" in request.POST or WAY in request.POST:
        return composed
    if not pressed:
        return None
    kind, _bar, value = pressed.partition(":")
    answers = dict(composed.answers)
    if kind == "without":
        gone = set(value.split(","))
        answers["categories"] = [name for name in answers.get("categories", ()) if name not in gone]
    else:
        changed = advice.applicable(value.split(","))
        answers |= changed or {}
    return Composed(composed.form, answers, composed.to)


def _ask(request: Asked, seen: Seen, composed: Composed) -> HttpResponse:
    try:
        done = asking.ask(composed.answers, actor=request.acting.member.id, key=request.POST.get("_key", ""))
    except AnswersWrong as wrong:
        return _draw(request, seen, composed, wrong.problems, status=422)
    except CannotLeave as cannot:
        return _draw(request, seen, composed, told=Trouble(409, "impossible", str(cannot)), status=409)
    except NotFound:
        raise Http404 from None
    except DoorError as error:
        told = trouble(error, None, "", request.acting.lang)
        return _draw(request, seen, composed, told=told, status=told.status)
    messages.success(request, _said(done.target))
    return redirect("pages:case", done.case)


def _said(target: str) -> str:
    return {
        "disclosure.shared": _("It was handed over. Now make the link, or print the letter."),
        "disclosure.under_review": _("It was handed over, and will be reviewed on the next business day."),
        "disclosure.referred": _("The request went to the privacy officer."),
    }.get(target, _("The request went to the supervisor."))


def _draw(
    request: Asked,
    seen: Seen,
    composed: Composed,
    problems: tuple[Problem, ...] = (),
    told: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    lang = request.acting.lang
    shown = _shown(request, seen, composed) | {
        "problems": [(one, one.en if lang == "en" else one.ja) for one in problems],
        "trouble": told,
        "key": new_key(),
        "recipients": recipients(request.acting),
        "until": _day(composed.of("until"), lang),
        "purposes": _choices(composed, "purpose", lang),
        "means": _choices(composed, "means", lang),
        "obtainable": _choices(composed, "obtainable", lang),
    }
    return render(request, "pages/sharing/disclose.html", shown, status=status)


def _day(value: str, lang: str) -> str:
    """A day as every form shows it; what cannot be read as one as it was typed."""
    try:
        return era_date(parse_date(value), lang)
    except DateNotRead:
        return value


def _choices(composed: Composed, name: str, lang: str) -> list[tuple[str, str, bool]]:
    field = composed.form.by_name[name]
    here = "" if name == "basis" and composed.of("session") else composed.of(name)
    return [(one.code, one.label.of(lang), one.code == here) for one in field.choices]


def _shown(request: Asked, seen: Seen, composed: Composed) -> dict[str, Any]:
    found, missing = _matrix(request, seen, composed)
    meetings = _meetings(request.acting, composed)
    return {
        "seen": seen,
        "composed": composed,
        "answers": composed.answers,
        "left_out": {row["item"] for row in composed.answers.get("left_out", ())},
        "matrix": found,
        "missing": missing,
        "without": ",".join(row.category for row in found.without) if found else "",
        "may_see": seen.categories,
        "bases": _choices(composed, "basis", request.acting.lang),
        "meetings": meetings,
        "offered": ",".join(code for code, _words, _chosen in meetings),
    }


def _meetings(acting: Acting, composed: Composed) -> list[tuple[str, str, bool]]:
    """The meetings to choose from, with their day and whether they are open."""
    states = {Session.State.PLANNED: _("planned"), Session.State.OPEN: _("open now")}
    found = []
    for row in _joint(acting, composed.answers):
        when = wording.day(row.held_on, acting.lang)
        chosen = composed.of("session") == str(row.pk)
        found.append(
            (f"{MEETING}:{row.pk}", wording.noted(row.title, when, states[Session.State(row.state)]), chosen)
        )
    return found


def _matrix(request: Asked, seen: Seen, composed: Composed) -> tuple[Matrix | None, str]:
    """The matrix, or what still has to be chosen before anything can be ruled."""
    try:
        proposal = proposal_of(composed.answers, seen.case)
    except NotPossible as missing:
        return None, str(missing)
    if not proposal.purpose or not proposal.basis:
        return None, _("Choose what for and on which basis.")
    acting = request.acting
    opened = request.POST.getlist(WAY)[:1]
    return advice.matrix(acting.facts, proposal, acting.today, acting.lang, opened=opened), ""


def recipients(acting: Acting) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody somebody could be told: organisations, members in the field, private persons."""
    bodies = Organisation.objects.exclude(code=acting.facts.organisation).order_by("type", "code")
    people = Member.objects.filter(current(acting.today), role__in=FIELD_RECIPIENTS)
    return [
        (
            _("Organisations"),
            [(f"organisation:{row.code}", row.called(acting.lang)) for row in bodies],
        ),
        (
            _("Commissioners and volunteers"),
            [
                (f"member:{row.id}", wording.member(row, str(Role(row.role).label)))
                for row in people.select_related("organisation").order_by("organisation", "kana")
            ],
        ),
        (_("Private persons"), _private()),
    ]


def _private() -> list[tuple[str, str]]:
    words = {
        "data_subject": _("The person concerned"),
        "representative": _("A representative or guardian"),
        "family": _("Family"),
    }
    return [(code, words[code]) for code in words if code in PRIVATE]
