"""The page of a case: who it is about, what is next, where it stands, and one of its sections at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.answers.eras import shown_date
from backend.cases import reading, visible
from backend.cases.generic import gives
from backend.cases.models import Step
from backend.field import appointed
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.pages.cases import erasing, identify, sections
from backend.pages.cases.offers import Offer, Offers, decider, offers
from backend.pages.cases.sections import Section
from backend.pages.cases.steps import Item, timeline
from backend.pages.paper.letters import letters_of
from backend.pages.seeing import Seen, find
from backend.pages.sharing import consents
from backend.pages.sharing.knowing import may_disclose
from backend.people.models import Role
from backend.runs.models import Moved
from backend.sharing.disclosures import addresses, guarding
from backend.workflow import draw
from backend.workflow.registry import sets

MOST_ASKED = 4
ON_THE_SHEET = 5  # of the newest steps and letters, so that the face sheet stays one page
GIVEN = frozenset({"given", "partial"})
_SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class Place:
    """A state in words: its mark (done, current, possible), the day, and what follows the present one."""

    words: str
    mark: str
    when: str
    next: str


@dataclass(frozen=True)
class Course:
    """The drawing of the workflow and its twin in words."""

    picture: SafeString
    places: list[Place]


@dataclass(frozen=True)
class Identity:
    """Whom the case is about, as far as the member may know; "" for what is not known."""

    name: str
    kana: str = ""
    born: str = ""
    age: str = ""
    sex: str = ""
    contact: str = ""
    contact_withheld: str = ""


@require_safe
@signed_in
def case(request: Asked, case_id: UUID) -> HttpResponse:
    """The page with its history; asked by htmx with `?before=`, the older part of the history alone."""
    seen = find(case_id, request.acting)
    found = sections.build(sections.HISTORY, seen, request.GET)
    if found.shown["older"] and request.headers.get("HX-Request"):
        if found.how != "page":
            visible.record_look(seen.case, request.acting.facts, request.acting.now, found.how)
        return render(request, "pages/cases/history.html", {"seen": seen, **found.shown})
    return _page(request, seen, sections.HISTORY, found, offers(seen))


@require_safe
@signed_in
def section(request: Asked, case_id: UUID, name: str) -> HttpResponse:
    """The page with another of its sections."""
    seen = find(case_id, request.acting)
    offered = offers(seen)
    try:
        found = sections.build(name, seen, request.GET, offered)
    except KeyError:
        raise Http404 from None
    return _page(request, seen, name, found, offered)


def _page(request: Asked, seen: Seen, name: str, found: Section, offered: Offers) -> HttpResponse:
    # Only while the minutes last, and recorded as a look at the address.
    address = addresses.in_emergency(seen.case, request.acting.facts, request.acting.now)
    how = addresses.LOOK if address else found.how
    visible.record_look(seen.case, request.acting.facts, request.acting.now, how)
    shown = {
        "seen": seen,
        "emergency": seen.emergency,
        "glass_until": _open_until(seen),
        "address": address,
        "offers": offered,
        "papers": [one for one in _allowed(offered) if one.on_paper],
        "identity": identity(seen),
        "waiting_for": _waiting_for(seen),
        "may_disclose": may_disclose(seen),
        "may_take_over": _may_take_over(seen),
        "handed_over": _handed_over(seen, found.shown.get("items")),
        "consent_ends": _consent_ends(seen),
        "renewal": _renewal(seen, offered),
        "may_identify": identify.possible(seen),
        "may_follow": any(one.name == "follow" for one in offered.anytime),
        "may_erase": erasing.may_ask(seen),
        "erasures": erasing.waiting(seen),
        "moved": _moved(seen),
        "course": course(seen) if seen.follows else None,
        "tabs": sections.tabs(seen, name),
        "section": found.template,
        **found.shown,
    }
    response = render(request, "pages/cases/case.html", shown)
    if address:
        # When the minutes are over the browser asks again, and what it may not show any more is gone.
        response["Refresh"] = str(_seconds_left(seen) + 1)
    return response


@require_safe
@signed_in
def sheet(request: Asked, case_id: UUID) -> HttpResponse:
    """The face sheet: one page of A4 with the boxes for approval. A protected address is never on paper."""
    seen = find(case_id, request.acting)
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "page")
    items, _following = timeline(seen)
    shown = {
        "seen": seen,
        "identity": identity(seen),
        "course": course(seen) if seen.follows else None,
        "consents": consents.of_case(seen) if seen.follows else None,
        "household": sections.household(seen),
        "items": items[:ON_THE_SHEET],
        # What is to be approved stands in the newest step; answers may hold a protected address.
        "newest": items[0] if items and items[0].answers and not seen.case.protected else None,
        "letters": letters_of(seen)[:ON_THE_SHEET],
    }
    return render(request, "pages/cases/sheet.html", shown)


def _handed_over(seen: Seen, items: Sequence[Item] | None) -> Item | None:
    """How the case came to the reader, as long as nothing was done with it since."""
    newest = items[0] if items else None
    if (
        newest is None
        or newest.step.seq != seen.case.revision
        or newest.step.actor_id == seen.acting.member.id
    ):
        return None
    given = gives(newest.step.action.rpartition(".")[2], seen.pin.workflow)
    return newest if given and seen.case.assignee_id == seen.acting.member.id else None


def _consent_ends(seen: Seen) -> str:
    """The last day of the consent the case rests on, where it is near or over."""
    facts = seen.case.facts
    until = str(facts.get("consent_until") or "")
    if not until or not seen.case.is_open or not seen.follows or facts.get("consent") not in GIVEN:
        return ""
    near = seen.acting.today + timedelta(days=int(access.current().settings["consent_reminder_days"]))
    last = date.fromisoformat(until)
    return shown_date(last, seen.acting.lang) if last <= near else ""


def _may_take_over(seen: Seen) -> bool:
    """Whether somebody was appointed whom the reader should take into the register of members."""
    acting = seen.acting
    mine = acting.facts.role == Role.SUPERVISOR and acting.facts.controller == seen.case.controller
    return mine and appointed.is_waiting(seen.case, acting.today)


def _renewal(seen: Seen, offered: Offers) -> Offer | None:
    """What lets a consent go on: its renewal recorded where the case stands, else asked for."""
    actions = seen.pin.workflow.actions
    ways = [(one, actions[one.name]) for one in _allowed(offered) if one.name in actions]
    recorded = (one for one, action in ways if action.to is None and "consent_until" in sets(action.do))
    asked = (one for one, action in ways if {"consent"} == sets(action.do))
    return next(chain(recorded, asked), None)


def _allowed(found: Offers) -> list[Offer]:
    return [*([found.next] if found.next else ()), *found.also, *found.anytime]


@require_safe
@signed_in
def attached(request: Asked, case_id: UUID, seq: int) -> HttpResponse:
    """A file of the case, to be saved and never run: for those who see its data category."""
    seen = find(case_id, request.acting)
    found = reading.attachment(seen.case, seq)
    if found is None or found[2] not in seen.categories:
        raise Http404
    about, data, _category = found
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "file")
    suffix = _SUFFIXES.get(str(about["media_type"]), "bin")
    return saved(data, str(about["media_type"]), f"{seen.case.number}-{seq}.{suffix}")


def saved(data: bytes, media_type: str, name: str) -> HttpResponse:
    """Bytes for saving: never sniffed, never run, never framed."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def identity(seen: Seen) -> Identity:
    """The bar on top. A person under protection has no address and no telephone there."""
    person, lang = seen.case.person, seen.acting.lang
    if person is None or "identity" not in seen.categories:
        return Identity(seen.person)
    contact, withheld = "", ""
    if person.protected:
        withheld = protected_words(person.controller, seen.acting.today)
    elif "contact" in seen.categories:
        contact = "　".join(filter(None, (person.address, person.phone)))
    else:
        withheld = seen.withheld("contact").help
    return Identity(
        person.name,
        person.kana,
        shown_date(person.birth_date, lang) if person.birth_date else "",
        _("%(age)s years old") % {"age": wording.age(person.birth_date, seen.acting.today)}
        if person.birth_date
        else "",
        {"male": _("Male"), "female": _("Female")}.get(person.sex, ""),
        contact,
        withheld,
    )


def protected_words(controller: str, today: date) -> str:
    """That an address is protected, and by name whom to ask."""
    asked = guarding.whom_to_ask(controller, today)
    names = wording.listed(wording.member(one) for one in asked[:MOST_ASKED])
    told = _("Not shown, for protection. Ask the supervisor when you need it.")
    return _("Not shown, for protection. Whom to ask: %(names)s") % {"names": names} if names else told


def _moved(seen: Seen) -> str:
    """From when to when the present deadline moved, and why, where the calendar of the office moved it."""
    if seen.moved_by is None or not seen.follows:
        return ""
    row = Moved.objects.get(pk=seen.moved_by)
    lang = seen.acting.lang
    days = (wording.day(timezone.localdate(moment), lang) for moment in (row.before, row.after))
    return f"{' → '.join(days)}　{row.why_ja if lang == 'ja' else row.why_en}"


def course(seen: Seen) -> Course:
    """The way through the workflow near the present state: drawn, and the same in words."""
    rows = (
        Step.objects.filter(case=seen.case)
        .order_by("seq")
        .only("seq", "from_state", "to_state", "recorded_at")
    )
    flow, lang = seen.pin.workflow, seen.acting.lang
    entered: dict[str, date] = {}
    for row in rows:
        if row.from_state != row.to_state or row.seq == 1:
            name = row.to_state.partition(".")[2]
            entered.pop(name, None)  # a state entered again stands where it was entered last
            entered[name] = timezone.localdate(row.recorded_at)
    done = {name: day for name, day in entered.items() if name != seen.here and name in flow.states}
    # Drawn from the workflow alone; its words are escaped there.
    picture = mark_safe(draw.svg(flow, lang, current=seen.here, done=done, near=True))  # noqa: S308
    found = draw.places(flow, lang, current=seen.here, done=done, near=True)
    # As it went, then where it is, then what can come: a list is read from top to bottom.
    order = [*done, seen.here]
    found.sort(key=lambda one: order.index(one.state) if one.state in order else len(order))
    places = [
        Place(one.title, one.mark, wording.day(one.on, lang) if one.on else "", wording.listed(one.next))
        for one in found
    ]
    return Course(picture, places)


def _glass_ends(seen: Seen) -> datetime:
    """When the reader's emergency window ends; the present moment when there is none."""
    windows = seen.case.facts.get("glass") or ()
    ends = [reading.ends(window) for window in windows if window["member"] == seen.acting.facts.id]
    return max(ends, default=seen.acting.now)


def _open_until(seen: Seen) -> str:
    """Until when the case is open to the reader in an emergency; "" when it is not."""
    last = _glass_ends(seen)
    return f"{timezone.localtime(last):%H:%M}" if last > seen.acting.now else ""


def _seconds_left(seen: Seen) -> int:
    return max(int((_glass_ends(seen) - seen.acting.now).total_seconds()), 0)


def _waiting_for(seen: Seen) -> str:
    """Whose turn it is when it is not the reader's."""
    case = seen.case
    if decider(seen):
        return str(Role(decider(seen)).label)
    if case.kind == "theirs" and case.receiver is not None:
        return wording.body(case.receiver)
    if case.assignee is not None:
        return case.assignee.name
    return str(Role(case.owner_role).label) if case.owner_role in Role.values else ""
