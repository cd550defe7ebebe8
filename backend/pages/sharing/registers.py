"""登録簿: the purposes of use, entrustments and joint uses of a controller."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from backend import access
from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.errors import NotPossible
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.people.models import Member, Organisation
from backend.sharing.disclosures import register
from backend.sharing.disclosures.models import Arrangement
from backend.sharing.disclosures.register import KEEP, LOOK, Noted
from backend.sharing.disclosures.words import category_words, purpose_words

Kind = Arrangement.Kind
LAW = {
    Kind.PURPOSE: "個人情報保護法61条",
    Kind.CONTRACT: "個人情報保護法27条5項1号・66条2項",
    Kind.JOINT_USE: "個人情報保護法27条5項3号",
}


@dataclass(frozen=True)
class Line:
    """A line of the register in words. `holds` says whether a ruling of today may rest on it."""

    id: int
    reference: str
    party: str
    purposes: str
    categories: str
    since: str
    until: str
    noted: str
    ended: str
    holds: bool
    open: bool


@dataclass(frozen=True)
class Part:
    """The lines of one kind: those that are open, and those that were ended or ran out."""

    kind: str
    title: str
    law: str
    open: tuple[Line, ...]
    over: tuple[Line, ...]


class LineForm(plain.Form):
    """A new line of the register."""

    reference = plain.text(gettext_lazy("Number of the register, contract or announcement"), 80)
    organisation = plain.one_of(gettext_lazy("The other party"), ())
    purposes = plain.some_of(gettext_lazy("What for"), ())
    categories = plain.some_of(gettext_lazy("Which items"), ())
    valid_from = plain.DayField(label=gettext_lazy("First day"))
    valid_until = plain.DayField(label=gettext_lazy("Last day (empty: until it is ended)"), required=False)

    reason = plain.text(gettext_lazy("Why it is corrected"), 200)

    def __init__(self, kind: str, *given: Any, corrects: bool = False, **options: Any) -> None:
        super().__init__(*given, **options)
        if not corrects:
            del self.fields["reason"]
        lang = wording.language()
        self.fields["purposes"].choices = list(_purposes(lang))  # type: ignore[attr-defined]
        self.fields["categories"].choices = list(_categories(lang))  # type: ignore[attr-defined]
        if kind == Kind.PURPOSE:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].choices = [("", _("Choose")), *_organisations(lang)]  # type: ignore[attr-defined]


class EndForm(plain.Form):
    """Why a line ends."""

    reason = plain.text(gettext_lazy("Why it ends"), 200)


@require_safe
@signed_in
def registers(request: Asked) -> HttpResponse:
    """The whole register, to look at and to print."""
    acting = request.acting
    if not register.may(acting.facts, LOOK, acting.now).allowed:
        raise PermissionDenied
    lines = register.lines(acting.facts, acting.now)
    shown = {
        "parts": [_part(kind, [one for one in lines if one.kind == kind], acting) for kind in Kind],
        "may_keep": register.may(acting.facts, KEEP, acting.now).allowed,
        "today": shown_date(acting.today, acting.lang),
    }
    return render(request, "pages/sharing/registers.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def note(request: Asked, kind: str) -> HttpResponse:
    """Add a line of one kind; with `of`, in the place of another that is wrong and ends with it."""
    acting = _keeper(request)
    if kind not in Kind.values:
        raise Http404
    wrong = _open_line(request.POST.get("of") or request.GET.get("of"), kind, acting)
    begun = _begun(wrong) if wrong else {"valid_from": acting.today}
    form = LineForm(kind, request.POST or None, initial=begun, corrects=wrong is not None)
    if request.method == "POST" and form.is_valid():
        try:
            _write(form, kind, wrong, acting)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted in the register."))
            return redirect("pages:registers")
    title = _("Correct: %(kind)s") if wrong else _("Add: %(kind)s")
    shown = {
        "form": form,
        "title": title % {"kind": Kind(kind).label},
        "law": LAW[Kind(kind)],
        "wrong": wrong,
    }
    return render(request, "pages/sharing/register_line.html", shown, status=422 if form.errors else 200)


def _write(form: LineForm, kind: str, wrong: Arrangement | None, acting: Acting) -> None:
    given = form.cleaned_data
    party = Organisation.objects.filter(code=given.get("organisation", "")).first()
    told = (given["purposes"], given["categories"], given["valid_from"], given["valid_until"])
    noted = Noted(kind, given["reference"], party, *told)
    if wrong is None:
        register.note(noted, by=acting.member, now=acting.now)
    else:
        register.correct(wrong, noted, by=acting.member, reason=given["reason"], now=acting.now)


def _open_line(typed: str | None, kind: str, acting: Acting) -> Arrangement | None:
    """The line to correct, one of this kind that did not end. Raises Http404 for any other."""
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
    rows = visible.visible(Arrangement.objects.all(), acting.facts, acting.now)
    found = rows.filter(pk=number, kind=kind, ended_at=None).first()
    if found is None:
        raise Http404
    return found


def _begun(row: Arrangement) -> dict[str, Any]:
    names = ("reference", "purposes", "categories", "valid_from", "valid_until")
    return {name: getattr(row, name) for name in names} | {"organisation": row.organisation_id}


@require_http_methods(["GET", "POST"])
@signed_in
def end(request: Asked, line: int) -> HttpResponse:
    """End a line: rulings rest on it no longer, from this moment."""
    acting = _keeper(request)
    rows = visible.visible(Arrangement.objects.select_related("organisation"), acting.facts, acting.now)
    row = rows.filter(pk=line).first()
    if row is None:
        raise Http404
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            register.end(row, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Ended. Rulings rest on it no longer."))
            return redirect("pages:registers")
    shown = {"form": form, "line": _line(row, acting), "title": _("End this line"), "ends": True}
    return render(request, "pages/sharing/register_line.html", shown, status=422 if form.errors else 200)


def _keeper(request: Asked) -> Acting:
    """Who keeps the register of their controller. Raises PermissionDenied for anybody else."""
    acting = request.acting
    if not register.may(acting.facts, KEEP, acting.now).allowed:
        raise PermissionDenied
    return acting


def _part(kind: Arrangement.Kind, rows: list[Arrangement], acting: Acting) -> Part:
    lines = [_line(row, acting) for row in rows]
    title = str(kind.label)
    return Part(
        kind,
        title,
        LAW[kind],
        tuple(one for one in lines if one.open),
        tuple(one for one in lines if not one.open),
    )


def _line(row: Arrangement, acting: Acting) -> Line:
    lang, today = acting.lang, acting.today
    over = row.valid_until is not None and row.valid_until < today
    ended = ""
    if row.ended_at is not None and row.ended_by is not None:
        ended = f"{wording.moment_with_year(row.ended_at, lang)} {row.ended_by.name}　{row.end_reason}"
    return Line(
        id=row.pk,
        reference=row.reference,
        party=row.organisation.called(lang) if row.organisation else "",
        purposes=wording.listed(purpose_words(code, lang) for code in row.purposes),
        categories=wording.listed(category_words(code, lang) for code in row.categories),
        since=shown_date(row.valid_from, lang),
        until=shown_date(row.valid_until, lang) if row.valid_until else _("Until it is ended"),
        noted=_by(row.noted_by, row, lang),
        ended=ended,
        holds=row.ended_at is None and not over and row.valid_from <= today,
        open=row.ended_at is None and not over,
    )


def _by(member: Member | None, row: Arrangement, lang: str) -> str:
    return f"{wording.moment_with_year(row.noted_at, lang)} {member.name}" if member and row.noted_at else ""


def _purposes(lang: str) -> Iterable[tuple[str, str]]:
    return ((code, words[lang]) for code, words in access.current().purposes.items())


def _categories(lang: str) -> Iterable[tuple[str, str]]:
    """What can be in a register: everything but what is never stored."""
    known = access.current().categories
    return ((code, one.title[lang]) for code, one in known.items() if one.cls != "CX")


def _organisations(lang: str) -> Iterable[tuple[str, str]]:
    rows = Organisation.objects.order_by("type", "code")
    return ((row.code, row.called(lang)) for row in rows)
