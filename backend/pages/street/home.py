"""きょうの見守り: the phone of a commissioner or volunteer. Three taps, nothing to type, no script needed.

With script the last tap is sealed on the phone and sent when there is a network (`field.js`); the pages are
the same.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.answers.fields import Field
from backend.answers.form import Form
from backend.cases import pinned
from backend.cases.errors import AnswersWrong, DoorError, KeyReused, NotFound
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.config.keyfiles import KeyTrouble
from backend.field import calling, keys, parcels, recording, rounds
from backend.field.rounds import Home, Visited
from backend.pages import display, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.street.office import telephone
from backend.people.models import Role

UNDO_SECONDS = 10
RESULTS = ("no_change", "worried", "alarm", "absent")
WAYS = ("met", "phone", "outside")
OTHER_WAYS = ("intercom", "street", "salon")
_AHEAD = {"tomorrow": 1, "day_after": 2, "next_week": 7}


@dataclass(frozen=True)
class Card:
    """One household as a card: its name, place, what to know, and the last visit in words."""

    id: UUID
    name: str
    place: str
    approach: str
    last: str
    way: str
    due: bool
    done: bool
    key: UUID = field(default_factory=uuid4)


@require_safe
@signed_in
def home(request: Asked) -> HttpResponse:
    """The households of today, one big button each."""
    acting = request.acting
    cards = _cards(acting)
    undo = request.session.pop("field.undo", None)
    shown = {
        "due": [card for card in cards if card.due and not card.done],
        "done": [card for card in cards if card.done],
        "later": [card for card in cards if not card.due and not card.done],
        "count": len(cards),
        "greeting": _greeting(acting),
        "undo": undo,
        "undo_key": uuid4(),
        **_for_phone(acting),
    }
    return render(request, "field/home.html", shown)


@require_safe
@signed_in
def listed(request: Asked) -> JsonResponse:
    """The same list for the phone to keep, encrypted, while the session lasts. The look is written down."""
    acting = request.acting
    cards = _cards(acting)
    _record_looks(acting, [card.id for card in cards])
    rows = [{name: value for name, value in asdict(card).items() if name != "key"} for card in cards]
    seconds = min(settings.SESSION_COOKIE_AGE, request.session.get_expiry_age())
    return JsonResponse({"homes": rows, "seconds": seconds, "today": acting.today.isoformat()})


@require_http_methods(["GET", "POST"])
@signed_in
def visit(request: Asked, case_id: UUID) -> HttpResponse:
    """How it was (tap 1), by which way (tap 2), recorded with the next (tap 3)."""
    acting = request.acting
    found = rounds.home(case_id, acting.facts, acting.now)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _record(request, found)
    Look.objects.create(
        member=acting.member,
        kind="case",
        subject=case_id,
        case_id=case_id,
        person_id=found.case.person_id,
        how="page",
        at=acting.now,
    )
    return _page(request, found, request.GET.get("result", ""))


@require_safe
def alarm(request: Any) -> HttpResponse:
    """119, 110 and the office's telephone. Nothing personal: it opens without signing in and offline."""
    with override(display.of(request).language):
        name, number = telephone()
        return render(request, "field/alarm.html", {"office": name, "phone": number})


@require_http_methods(["GET", "POST"])
@signed_in
def help_me(request: Asked) -> HttpResponse:
    """困った: the office calls back; its number stands there too."""
    if request.method == "POST":
        calling.ask(request.acting.member, request.acting.now)
        messages.success(request, _("The office has it. Somebody will call you."))
        return redirect("pages:field")
    name, number = telephone()
    return render(request, "field/help.html", {"office": name, "phone": number})


@require_POST
@signed_in
def called_back(request: Asked, call_id: UUID) -> HttpResponse:
    """Somebody of the office has called."""
    if not calling.called(call_id, request.acting.facts, request.acting.now):
        raise Http404
    messages.success(request, _("Kept: how the call went."))
    return redirect("pages:calls")


def _record(request: Asked, found: Home) -> HttpResponse:
    acting = request.acting
    answers = answers_of(request.POST, found.last_way(), acting.now)
    try:
        done = recording.record(found.case.id, acting.member.id, answers, _key(request), acting.now)
    except NotFound:
        raise Http404 from None
    except KeyReused:  # pressed twice: the first press was recorded
        return redirect("pages:field")
    except AnswersWrong as error:
        told = [problem.ja if acting.lang == "ja" else problem.en for problem in error.problems]
        return _page(request, found, str(answers.get("result", "")), told, 422)
    except DoorError as error:
        return _page(request, found, "", [str(error)], error.status)
    if answers["result"] == "mistaken":
        messages.success(request, _("Taken back."))
        return redirect("pages:field")
    at = timezone.localtime(acting.now)
    passed_on = answers["result"] in ("worried", "alarm")
    said = _("Recorded %(time)s. Whoever is in charge is told.") if passed_on else _("Recorded %(time)s")
    messages.success(request, said % {"time": f"{at:%H:%M}"})
    if done.both_kept:
        messages.info(request, done.both_kept)
    request.session["field.undo"] = str(found.case.id)
    return redirect("pages:field_alarm" if answers["result"] == "alarm" else "pages:field")


def answers_of(posted: Mapping[str, Any], way: str, now: datetime) -> dict[str, Any]:
    """The answers of the form from what three taps posted; the phone's script builds the same."""
    result = str(posted.get("result", ""))
    answers: dict[str, Any] = {"at": timezone.localtime(now).isoformat(timespec="seconds"), "result": result}
    if result == "absent":
        answers["retry_on"] = _retry(str(posted.get("retry", "")), timezone.localdate(now))
    elif result != "mistaken":
        answers["mode"] = str(posted.get("mode") or way)
    if result in ("worried", "alarm"):
        answers["informed_to"] = _several(posted, "informed_to") or ["in_charge"]
        if quick := _several(posted, "quick"):
            answers["quick"] = quick
    if result == "alarm":
        answers["called"] = posted.get("called") == "true"
        if answers["called"]:
            answers["informed_to"] = [*answers["informed_to"], "rescue"]
    for name in ("note", "feeling"):
        if text := str(posted.get(name, "")).strip():
            answers[name] = text
    return answers


def _several(posted: Mapping[str, Any], name: str) -> list[str]:
    values = posted.getlist(name) if hasattr(posted, "getlist") else posted.get(name, [])
    return [str(value) for value in values]


def _retry(when: str, today: date) -> str:
    """The next visit: in so many days, or the day given."""
    return (today + timedelta(days=_AHEAD[when])).isoformat() if when in _AHEAD else when


def _key(request: Asked) -> UUID:
    try:
        return UUID(request.POST.get("_key", ""))
    except ValueError:
        raise Http404 from None


def _page(
    request: Asked, found: Home, result: str, told: list[str] | None = None, status: int = 200
) -> HttpResponse:
    acting = request.acting
    shown = {
        "card": _card(found, acting.today, acting.lang),
        "told": told or [],
        "result": result if result in RESULTS else "",
        "key": uuid4(),
        **choices(acting.lang, acting.today, acting.facts.role),
        **_for_phone(acting),
    }
    return render(request, "field/visit.html", shown, status=status)


def choices(lang: str, today: date, role: str = "") -> dict[str, Any]:
    """The words of the form for the buttons: each choice is asked in the form's own words.

    119 and 110 have a page of their own, and a commissioner needs not tell the commissioner.
    """
    untold = {"rescue", "commissioner" if role == Role.WELFARE_COMMISSIONER else "rescue"}
    form = visit_form()
    days = {name: today + timedelta(days=ahead) for name, ahead in _AHEAD.items()}
    words = {"tomorrow": _("Tomorrow"), "day_after": _("The day after"), "next_week": _("Next week")}
    return {
        "results": _pairs(form.by_name["result"], RESULTS, lang),
        "ways": _pairs(form.by_name["mode"], WAYS, lang),
        "other_ways": _pairs(form.by_name["mode"], OTHER_WAYS, lang),
        "chips": _pairs(form.by_name["quick"], None, lang),
        "whom": [pair for pair in _pairs(form.by_name["informed_to"], None, lang) if pair[0] not in untold],
        "days": [(name, words[name], wording.day(days[name], lang)) for name in _AHEAD],
    }


def visit_form() -> Form:
    """The form of a visit as it is published now."""
    return pinned.form(pinned.newest("form", "visit"))


def _pairs(field: Field, some: tuple[str, ...] | None, lang: str) -> list[tuple[str, str]]:
    known = {str(choice.code): choice.label.of(lang) for choice in field.choices}
    return [(code, known[code]) for code in (some or known)]


def _cards(acting: Acting) -> list[Card]:
    found = rounds.homes(acting.facts, acting.now)
    return [_card(one, acting.today, acting.lang) for one in found]


def _card(found: Home, today: date, lang: str) -> Card:
    return Card(
        found.case.id,
        found.name or _("Name withheld"),
        found.place,
        found.approach,
        _last(found.last, lang),
        found.last_way(),
        found.due(today),
        found.done(today),
    )


def _last(visit: Visited | None, lang: str) -> str:
    if visit is None:
        return _("No visit yet")
    known = {str(choice.code): choice.label.of(lang) for choice in visit_form().by_name["result"].choices}
    said = {"day": wording.day(visit.day, lang), "result": known.get(visit.result, "")}
    return _("Last time %(day)s %(result)s") % said


def _greeting(acting: Acting) -> str:
    hour, name = timezone.localtime(acting.now).hour, {"name": acting.member.name}
    if hour < 11:
        return _("Good morning, %(name)s") % name
    return _("Hello, %(name)s") % name if hour < 18 else _("Good evening, %(name)s") % name


def _for_phone(acting: Acting) -> dict[str, Any]:
    """Whom to call; and for the script the office's key and the member's mark, unless no key is usable."""
    office, number = telephone()
    called = {"office": office, "phone": number, "undo_seconds": UNDO_SECONDS}
    try:
        key = keys.current()
    except KeyTrouble:
        return {**called, "phone_key": ""}
    return {
        **called,
        "phone_key": keys.public_text(key),
        "phone_key_id": keys.ident_of(key),
        "phone_mark": parcels.mark(acting.member),
        "phone_who": acting.member.id,
        "send_url": reverse("pages:field_outbox"),
    }


def _record_looks(acting: Acting, cases: list[UUID]) -> None:
    """A list that goes onto the phone is a look at each household, once a day."""
    known = set(
        Look.objects.filter(
            member=acting.member, how="phone", at__date=acting.today, case__in=cases
        ).values_list("case_id", flat=True)
    )
    rows = Case.objects.filter(id__in=[case for case in cases if case not in known])
    Look.objects.bulk_create(
        Look(
            member=acting.member,
            kind="case",
            subject=row.id,
            case_id=row.id,
            person_id=row.person_id,
            how="phone",
            at=acting.now,
        )
        for row in rows
    )
