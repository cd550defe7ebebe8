"""保護されている方: who may know the address, named by one person and confirmed by another."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible
from backend.cases.visible import Sight
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.seeing import Chip
from backend.pages.sharing.disclose import recipients
from backend.people.acting import same_hands
from backend.people.models import Member, Person
from backend.sharing.disclosures import guarding, protecting
from backend.sharing.disclosures.guarding import Guarded
from backend.sharing.disclosures.models import NamedRecipient

LOOK = "guard"


@dataclass(frozen=True)
class Shown:
    """A person under protection as far as the keeper of the list may know who it is.

    `symbol` is by what two keepers can speak of the same person, whose name one of them does not see.
    """

    id: UUID
    name: str
    symbol: str
    numbers: tuple[str, ...]
    named: int
    waiting: int
    ending: bool


@dataclass(frozen=True)
class Line:
    """Somebody on the list, in words; `confirms` and `ends` are what the reader can do about it."""

    id: int
    who: str
    reason: str
    until: str
    chip: Chip
    named: str
    witness: str
    ended: str
    open: bool
    confirms: bool
    why_not: str


@dataclass(frozen=True)
class Ending:
    """That somebody said the protection is over; `agrees` is whether the reader can be the second person."""

    who: str
    reason: str
    agrees: bool


class NameForm(plain.Form):
    """Who is to be named, why, and until when."""

    to = plain.one_of(gettext_lazy("Who may know"), ())
    reason = plain.long_text(gettext_lazy("Why they need it"), 400)
    until = plain.DayField(label=gettext_lazy("Last day (within a year)"))

    def __init__(self, acting: Acting, *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        groups = recipients(acting)[:2]  # organisations and members in the field; no private person
        self.fields["to"].choices = [("", _("Choose")), *groups]  # type: ignore[attr-defined]


class EndForm(plain.Form):
    """Why somebody is taken off the list."""

    reason = plain.text(gettext_lazy("Why it ends"), 200)


@require_safe
@signed_in
def protected(request: Asked) -> HttpResponse:
    """The protected persons of the own controller: how many are named, how many wait to be confirmed."""
    acting = request.acting
    if not guarding.may_any(acting.facts, acting.now):
        raise PermissionDenied
    sight = Sight(acting.facts, acting.now)
    found = [_shown(one, sight) for one in guarding.protected(acting.facts, acting.now)]
    return render(request, "pages/sharing/protected.html", {"persons": found})


@require_http_methods(["GET", "POST"])
@signed_in
def guarded(request: Asked, person_id: UUID) -> HttpResponse:
    """The list of one person (GET), and naming somebody (POST)."""
    acting, found = request.acting, _find(request, person_id)
    form = NameForm(acting, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _propose(form, found.person, acting)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Named. A second person must confirm it before anything is told."))
            return redirect("pages:guarded", person_id)
    if request.method == "GET":
        visible.record_look(found.person, acting.facts, acting.now, LOOK)
    return _draw(request, found, form)


@require_POST
@signed_in
def confirm(request: Asked, person_id: UUID, line: int) -> HttpResponse:
    """Agree as the second person."""
    acting, found = request.acting, _find(request, person_id)
    try:
        guarding.confirm(_line(found.person, line), by=acting.member, now=acting.now)
    except NotPossible as error:
        return _draw(request, found, NameForm(acting), told=str(error), status=409)
    messages.success(request, _("Confirmed. From now on the address may be told to this recipient."))
    return redirect("pages:guarded", person_id)


@require_POST
@signed_in
def end(request: Asked, person_id: UUID, line: int) -> HttpResponse:
    """Take somebody off the list at once, with the reason."""
    acting, found = request.acting, _find(request, person_id)
    form, row = EndForm(request.POST), _line(found.person, line)
    if not form.is_valid():
        return _draw(request, found, NameForm(acting), told=_("Write why it ends."), status=422)
    try:
        guarding.end(row, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
    except NotPossible as error:
        return _draw(request, found, NameForm(acting), told=str(error), status=409)
    messages.success(request, _("Ended. The address is told to this recipient no longer."))
    return redirect("pages:guarded", person_id)


@require_POST
@signed_in
def over(request: Asked, person_id: UUID) -> HttpResponse:
    """Say that the protection is over, or decide about it as the second person."""
    acting, found, do = request.acting, _find(request, person_id), request.POST.get("do", "")
    form = EndForm(request.POST)
    try:
        if do in protecting.DECISIONS:
            protecting.DECISIONS[do](person_id, by=acting.member, now=acting.now)
        elif not form.is_valid():
            return _draw(request, found, NameForm(acting), told=_("Write why it ends."), status=422)
        else:
            reason = form.cleaned_data["reason"]
            protecting.ask_end(found.person, by=acting.member, reason=reason, now=acting.now)
    except NotPossible as error:
        return _draw(request, found, NameForm(acting), told=str(error), status=409)
    if do == "agree":
        messages.success(request, _("The protection is over. The address is in the record again."))
        return redirect("pages:protected")
    said = (
        _("The protection goes on.")
        if do == "decline"
        else _("Said. A second person decides whether it ends.")
    )
    messages.success(request, said)
    return redirect("pages:guarded", person_id)


def _find(request: Asked, person_id: UUID) -> Guarded:
    try:
        return guarding.find(person_id, request.acting.facts, request.acting.now)
    except NotFound:
        raise Http404 from None


def _line(person: Person, line: int) -> NamedRecipient:
    try:
        return guarding.line_of(person, line)
    except NotFound:
        raise Http404 from None


def _propose(form: NameForm, person: Person, acting: Acting) -> None:
    """Raises `NotPossible`."""
    kind, _bar, who = form.cleaned_data["to"].partition(":")
    member = Member.objects.get(pk=who) if kind == "member" else None
    guarding.propose(
        person,
        member.organisation_id if member else who,
        member=member.id if member else None,
        by=acting.member,
        reason=form.cleaned_data["reason"],
        until=form.cleaned_data["until"],
        now=acting.now,
    )


def _draw(
    request: Asked, found: Guarded, form: NameForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    acting = request.acting
    shown = {
        "person": _shown(found, Sight(acting.facts, acting.now)),
        "lines": [_in_words(row, acting) for row in guarding.lines_of(found.person)],
        "form": form,
        "told": told,
        "ending": _ending(found.person, acting),
    }
    return render(request, "pages/sharing/guarded.html", shown, status=422 if form.errors else status)


def _ending(person: Person, acting: Acting) -> Ending | None:
    row = protecting.waiting(person)
    if row is None:
        return None
    own = same_hands(row.asked_by, acting.member, acting.today)
    return Ending(_who(row.asked_by, row.asked_at, acting.lang), row.reason, agrees=not own)


def _shown(one: Guarded, sight: Sight) -> Shown:
    named = "identity" in sight.of(one.person)
    name = one.person.name if named else _("(under protection)")
    symbol = one.person.id.hex[:6].upper()
    return Shown(one.person.id, name, symbol, one.numbers, one.named, one.waiting, one.ending)


def _in_words(row: NamedRecipient, acting: Acting) -> Line:
    lang, today = acting.lang, acting.today
    over, waits = row.valid_until < today, row.witness_id is None
    running = row.ended_at is None and not over
    own = running and waits and same_hands(row.named_by, acting.member, today)
    body = row.organisation
    name = wording.body(body)
    return Line(
        id=row.pk,
        who=wording.noted(row.member.name, name) if row.member else name,
        reason=row.reason,
        until=shown_date(row.valid_until, lang),
        chip=_chip(row, over),
        named=_who(row.named_by, row.named_at, lang),
        witness=_who(row.witness, row.witnessed_at, lang),
        ended=" ".join(filter(None, (_who(row.ended_by, row.ended_at, lang), row.end_reason))),
        open=running,
        confirms=running and waits and not own,
        why_not=_("Somebody other than who named the recipient must confirm it.") if own else "",
    )


def _who(member: Member | None, at: object, lang: str) -> str:
    return f"{wording.moment_with_year(at, lang)} {member.name}" if member and at else ""  # type: ignore[arg-type]


def _chip(row: NamedRecipient, over: bool) -> Chip:
    if row.ended_at is not None:
        return Chip("stopped", _("Ended"))
    if over:
        return Chip("done", _("Run out"))
    if row.witness_id is None:
        return Chip("soon", _("Waits for a second person"))
    return Chip("ours", _("May know"))
