"""The page of a case: who it is about, what is next, where it stands, what happened, and its files."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.answers.eras import shown_date
from backend.cases import reading, visible
from backend.cases.models import Step
from backend.pages import consents, previews, wording
from backend.pages.acting import Asked, signed_in
from backend.pages.knowing import known_by, may_disclose
from backend.pages.letters import letters_of
from backend.pages.offers import Offer, Offers, offers
from backend.pages.seeing import Seen, find
from backend.pages.steps import timeline
from backend.people.models import Role
from backend.runs.models import Moved
from backend.sharing.disclosures import addresses, guarding
from backend.workflow import draw
from backend.workflow.layout import is_everywhere

MOST_ASKED = 4
_SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class Place:
    """A state on the way: passed (with the day), the present one, or one that can come next."""

    words: str
    kind: str
    when: str = ""


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
    """The whole page, or with `?before=` (asked by htmx) the older part of its history."""
    seen = find(case_id, request.acting)
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 9 else None
    items, following = timeline(seen, older)
    shown: dict[str, Any] = {"seen": seen, "items": items, "following": following, "older": older is not None}
    if older is not None and request.headers.get("HX-Request"):
        return render(request, "pages/history.html", shown)
    # Only while the minutes last, and recorded as a look at the address.
    address = addresses.in_emergency(seen.case, request.acting.facts, request.acting.now)
    how = addresses.LOOK if address else "page"
    visible.record_look(seen.case, request.acting.facts, request.acting.now, how)
    passed = _passed(seen) if seen.follows else {}
    offered = offers(seen)
    shown |= {
        "emergency": seen.emergency,
        "glass_until": _open_until(seen),
        "address": address,
        "offers": offered,
        "on_paper": next((one.name for one in _allowed(offered) if one.on_paper), ""),
        "consents": consents.of_case(seen) if seen.follows else None,
        "consent_offers": consents.offers_of(seen, offered),
        "identity": identity(seen),
        "places": _places(seen, passed) if seen.follows else (),
        "drawing": _drawing(seen, passed) if seen.follows else "",
        "letters": letters_of(seen),
        "previewable": previews.any_for(seen),
        "waiting_for": _waiting_for(seen),
        "known_by": known_by(seen),
        "may_disclose": may_disclose(seen),
        "moved": _moved(seen),
    }
    response = render(request, "pages/case.html", shown)
    if address:
        # When the minutes are over the browser asks again, and what it may not show any more is gone.
        response["Refresh"] = str(_seconds_left(seen) + 1)
    return response


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
    names = "、".join(f"{one.name}（{one.organisation.name}）" for one in asked[:MOST_ASKED])
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


def _passed(seen: Seen) -> dict[str, Step]:
    """The states the case was in, each with the step that entered it last."""
    rows = (
        Step.objects.filter(case=seen.case)
        .order_by("seq")
        .only("seq", "from_state", "to_state", "recorded_at")
    )
    entered = {
        row.to_state.partition(".")[2]: row for row in rows if row.from_state != row.to_state or row.seq == 1
    }
    return {name: row for name, row in entered.items() if name != seen.here}


def _places(seen: Seen, passed: dict[str, Step]) -> list[Place]:
    lang, states = seen.acting.lang, seen.pin.workflow.states
    workflow = seen.pin.workflow
    ways = {
        action.to: None
        for action in workflow.leaving(seen.here)
        if action.to not in (None, seen.here) and not is_everywhere(workflow, action)
    }
    before = [
        Place(
            states[name].title.in_language(lang),
            "passed",
            wording.day(timezone.localdate(row.recorded_at), lang),
        )
        for name, row in sorted(passed.items(), key=lambda pair: pair[1].seq)
        if name in states
    ]
    here = Place(seen.state.title.in_language(lang), "here", seen.entered)
    ahead = [states[name] for name in states if name in ways and name not in passed]
    after = [Place(state.title.in_language(lang), "ahead") for state in ahead if state.kind != "stopped"]
    return [*before, here, *after]


def _drawing(seen: Seen, passed: dict[str, Step]) -> SafeString:
    """The course near the present state, drawn from the workflow alone; its words are escaped there."""
    done = {name: timezone.localdate(row.recorded_at) for name, row in passed.items()}
    picture = draw.svg(seen.pin.workflow, seen.acting.lang, current=seen.here, done=done, near=True)
    return mark_safe(picture)  # noqa: S308


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
    if case.kind == "theirs" and case.receiver is not None:
        return case.receiver.name
    if case.assignee is not None:
        return case.assignee.name
    return str(Role(case.owner_role).label) if case.owner_role in Role.values else ""
