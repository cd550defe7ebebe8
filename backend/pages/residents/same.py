"""Records that may be of one person: put side by side, decided by a person, merged and parted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.cases import visible
from backend.cases.models import Case
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.residents import words
from backend.pages.residents.record import found
from backend.people import comparing, duplicates, keeping, merging, versions
from backend.people.doubles import Merge, Pair, Verdict
from backend.people.errors import KeepingError, Refused
from backend.people.models import Person

COMPARED, SAME = "compare", "same"


class Decision(plain.Form):
    """What somebody decides about two records."""

    verdict = plain.one_of(gettext_lazy("Are they the same person?"), ())
    reason = plain.text(gettext_lazy("Why (how you know)"), 200)

    def clean_verdict(self) -> str:
        return str(self.cleaned_data["verdict"])

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            (SAME, _("Same person")),
            (Verdict.DIFFERENT, _("Different persons")),
            (Verdict.UNSURE, _("Not sure yet")),
        ]


@require_safe
@signed_in
def doubles(request: Asked) -> HttpResponse:
    """The pairs to decide, and the merges that wait for a second person."""
    acting = request.acting
    waiting = merging.waiting(acting.member, acting.now)
    confirms = merging.may_confirm_any(acting.facts, acting.now)
    decides = merging.may_merge_any(acting.facts, acting.now)
    if not confirms and not keeping.may_register(acting.member, acting.now).allowed:
        raise PermissionDenied
    shown = {
        "decides": decides,
        "pairs": [_in_list(pair, acting) for pair in _most_alike_first(acting)] if decides else [],
        "merges": [
            {"row": row, "kept": _name(row.kept, acting), "merged": _name(row.merged, acting)}
            for row in waiting
        ],
    }
    return render(request, "pages/residents/doubles.html", shown)


def _most_alike_first(acting: Acting) -> list[Pair]:
    """The pairs to decide; those somebody was not sure of come last."""
    pairs = duplicates.waiting(acting.member, acting.today)
    score = {pair.pk: comparing.alike(comparing.compare(pair.first, pair.second)) for pair in pairs}
    return sorted(pairs, key=lambda pair: (pair.verdict == Verdict.UNSURE, -score[pair.pk]))


@require_http_methods(["GET", "POST"])
@signed_in
def likely(request: Asked, person_id: UUID) -> HttpResponse:
    """Look for records like this one (GET); put one of them beside it (POST)."""
    acting, person = request.acting, found(request, person_id)
    if not merging.may_merge(acting.member, person, acting.now) or person.merged_into_id is not None:
        raise Http404
    alike = duplicates.likely(acting.member, person, acting.today)
    if request.method == "POST":
        other = next((one for one in alike if str(one.pk) == request.POST.get("other")), None)
        if other is None:
            raise Http404
        return redirect("pages:double", duplicates.note(person, other, acting.now).pk)
    shown = {"name": _name(person, acting), "person": person, "likely": [_line(one, acting) for one in alike]}
    return render(request, "pages/residents/doubles_of.html", shown)


@require_http_methods(["GET", "POST"])
@signed_in
def double(request: Asked, pair_id: int) -> HttpResponse:
    """Two records side by side (GET), and what somebody decides about them (POST)."""
    acting = request.acting
    pair = _pair(pair_id, acting)
    form = Decision(request.POST or None)
    if request.method == "GET":
        for person in (pair.first, pair.second):
            visible.record_look(person, acting.facts, acting.now, COMPARED)
    elif form.is_valid():
        try:
            done = _decide(request, pair, form)
        except Refused:
            raise Http404 from None
        except KeepingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("pages:doubles")
    shown = {
        "pair": pair,
        "form": form,
        "first": _line(pair.first, acting),
        "second": _line(pair.second, acting),
        "lines": words.beside(pair.first, pair.second, acting),
        "choosable": merging.CHOOSABLE,
        "two": merging.needs_two(pair.first, pair.second),
        "seen": [versions.revision(person) for person in (pair.first, pair.second)],
        "cases": [_count(person, acting) for person in (pair.first, pair.second)],
        "kept": request.POST.get("kept") or str(_older(pair).pk),
    }
    return render(request, "pages/residents/double.html", shown, status=422 if form.errors else 200)


@require_POST
@signed_in
def undo(request: Asked, merge_id: UUID) -> HttpResponse:
    """Part two records again."""
    acting, row = request.acting, _merge(merge_id)
    if not all(merging.may_merge(acting.member, one, acting.now) for one in (row.kept, row.merged)):
        raise Http404
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            messages.warning(request, _("Write why they are parted."))
        else:
            merging.undo(merge_id, by=acting.member, reason=reason, now=acting.now)
            messages.success(request, _("Parted. Each record has its own again."))
    except KeepingError as error:
        messages.warning(request, str(error))
    return redirect("pages:person", row.kept_id)


@require_POST
@signed_in
def second(request: Asked, merge_id: UUID, what: str) -> HttpResponse:
    """Confirm a merge as the second person, or decline it."""
    acting, row = request.acting, _merge(merge_id)
    if not all(merging.may_confirm(acting.member, one, acting.now) for one in (row.kept, row.merged)):
        raise Http404
    try:
        if what == "confirm":
            merging.confirm(merge_id, by=acting.member, now=acting.now)
            messages.success(request, _("Confirmed. The two records are one."))
        else:
            reason = request.POST.get("reason", "").strip()
            merging.decline(merge_id, by=acting.member, reason=reason, now=acting.now)
            messages.success(request, _("Declined. The records stay apart."))
    except KeepingError as error:
        messages.warning(request, str(error))
    return redirect("pages:doubles")


def _decide(request: Asked, pair: Pair, form: Decision) -> str:
    """Raises `KeepingError`. Returns what was done, in words."""
    acting, given = request.acting, form.cleaned_data
    if given["verdict"] != SAME:
        duplicates.decide(pair, given["verdict"], by=acting.member, note=given["reason"], now=acting.now)
        different = given["verdict"] == Verdict.DIFFERENT
        return _("Kept. They will not be asked about again.") if different else _("Kept.")
    first = request.POST.get("kept") != str(pair.second_id)
    kept, other = (pair.first_id, pair.second_id) if first else (pair.second_id, pair.first_id)
    seen = [_number(request.POST.get(name)) for name in ("seen_first", "seen_second")]
    row = merging.ask(
        kept,
        other,
        chosen=[name for name in merging.CHOOSABLE if request.POST.get(f"take-{name}") == str(other)],
        seen=seen if first else seen[::-1],
        by=acting.member,
        reason=given["reason"],
        now=acting.now,
    )
    if row.state == Merge.State.WAITING:
        return _("Asked. A second person must confirm it before the records are one.")
    return _("The two records are one. You can undo it on the page of the person.")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def _pair(pair_id: int, acting: Acting) -> Pair:
    """A pair whose two records the member may view and merge. The same 404 for absent and invisible."""
    pair = Pair.objects.select_related("first__area", "second__area").filter(pk=pair_id).first()
    if pair is None or pair.first.merged_into_id or pair.second.merged_into_id:
        raise Http404
    for person in (pair.first, pair.second):
        if not merging.may_merge(acting.member, person, acting.now):
            raise Http404
    return pair


def _merge(merge_id: UUID) -> Merge:
    row = Merge.objects.select_related("kept", "merged").filter(pk=merge_id).first()
    if row is None:
        raise Http404
    return row


def _older(pair: Pair) -> Person:
    """Which record is proposed to be kept: the protected one, else the one that was there first."""
    both = (pair.first, pair.second)
    return min(both, key=lambda one: (not one.protected, one.created_at))


def _in_list(pair: Pair, acting: Acting) -> dict[str, Any]:
    lines = words.beside(pair.first, pair.second, acting)
    agreed = [f"{line.title} {line.sign}" for line in lines if line.sign in ("＝", "≒")]
    return {
        "id": pair.pk,
        "first": _line(pair.first, acting),
        "second": _line(pair.second, acting),
        "agreed": wording.listed(agreed),
        "unsure": pair.verdict == Verdict.UNSURE,
        "note": pair.note,
    }


def _line(person: Person, acting: Acting) -> dict[str, Any]:
    seen = words.categories(person, acting)
    named = "identity" in seen
    return {
        "id": person.pk,
        "name": person.name if named else _("Name withheld"),
        "kana": person.kana if named else "",
        "born": words.value("birth_date", person.birth_date, acting.lang) if named else "",
        "protected": person.protected,
    }


def _name(person: Person, acting: Acting) -> str:
    """A name, or the symbol by which two keepers of protected records speak of the same person."""
    if "identity" in words.categories(person, acting):
        return person.name
    return _("(under protection) %(symbol)s") % {"symbol": person.pk.hex[:6].upper()}


def _count(person: Person, acting: Acting) -> int:
    rows: QuerySet[Case] = Case.objects.filter(person=person)
    return visible.visible(rows, acting.facts, acting.now).count()
