"""消去: asking that contents of a case are erased by law, and deciding about it as the second person."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend.access import explain
from backend.answers.display import display
from backend.cases import reading, visible
from backend.cases.errors import DoorError, NotPossible, Refused
from backend.cases.models import Step
from backend.disposal import contents
from backend.disposal.contents import Part, Wish
from backend.disposal.listing import APPROVE, LIST
from backend.disposal.models import Erasure
from backend.disposal.paper import who
from backend.letters.models import IssuedLetter
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases import choosing
from backend.pages.cases.steps import Contents, action_title, category_title
from backend.pages.cases.steps import contents as behind
from backend.pages.seeing import Seen, find


@dataclass(frozen=True)
class Shown:
    """One part of a case that can be erased: what it is, and the answers that would go.

    Whoever does not see its category may ask for it all the same, and is not shown them.
    """

    value: str
    title: str
    step: str
    lines: tuple[tuple[str, str], ...]
    unseen: bool


@dataclass(frozen=True)
class Told:
    """What was asked for in a case before, in words."""

    row: Erasure
    asked: str
    asker: str
    state: str


class AskForm(plain.Form):
    """What to erase, on which ground, and why."""

    parts = plain.some_of(gettext_lazy("What is to be erased"), ())
    basis = plain.one_of(gettext_lazy("On which ground"), ())
    reason = plain.text(
        gettext_lazy("Why, for whoever decides"),
        contents.LONGEST_REASON,
        help_text=gettext_lazy("Write nothing of what is to be erased: this stays."),
    )

    def __init__(self, parts: Iterable[Shown], *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        named = [(one.value, one.value) for one in parts]
        self.fields["parts"].choices = named  # type: ignore[attr-defined]
        self.fields["basis"].choices = [("", _("Choose")), *Erasure.Basis.choices]  # type: ignore[attr-defined]


class ReasonForm(plain.Form):
    """Why it is given up."""

    reason = plain.text(gettext_lazy("Reason"), contents.LONGEST_REASON)


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: Asked, case_id: UUID) -> HttpResponse:
    """The parts of a case to choose from, and what was asked for before (GET); posted, it is asked for."""
    acting = request.acting
    seen = _found(case_id, acting)
    parts = list(_parts(seen, contents.parts_of(seen.case)))
    form = AskForm(parts, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wish = Wish([_part(value) for value in given["parts"]], given["basis"], given["reason"])
        try:
            made = contents.ask(seen.case, wish, by=acting.member, now=acting.now)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Asked for. A supervisor who is somebody else must approve it."))
            return redirect("pages:erasure", case_id, made.pk)
    visible.record_look(seen.case, acting.facts, acting.now, "page")
    chosen = set(request.POST.getlist("parts"))
    shown = {
        "seen": seen,
        "form": form,
        "parts": [(one, one.value in chosen) for one in parts],
        "before": [_told(row, acting) for row in contents.of_case(seen.case)],
    }
    return render(request, "pages/cases/erase.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def decide(request: Asked, case_id: UUID, erasure_id: UUID) -> HttpResponse:
    """What would be erased (GET); posted, it is approved as the second person, or given up with a reason."""
    acting = request.acting
    seen = _found(case_id, acting)
    row = contents.of_case(seen.case).filter(pk=erasure_id).first()
    if row is None:
        raise Http404
    parts = {(one["seq"], one["category"]) for one in row.contents}
    unseen = {category for _seq, category in parts} - seen.categories
    told, status = "", 200
    if request.method == "POST":
        try:
            if unseen and "approve" in request.POST:
                raise NotPossible(_("You do not see all of it, so that you cannot approve it."))
            _decided(request, row)
        except DoorError as error:
            told, status = _why(error, acting), error.status
        except forms.ValidationError as error:
            told, status = error.messages[0], 422
        else:
            return redirect("pages:case", case_id)
    visible.record_look(seen.case, acting.facts, acting.now, "page")
    undecided = row.approved_at is None and row.declined_at is None
    asker = row.asked_account
    shown = {
        "seen": seen,
        "row": row,
        "told": told,
        "asked": _told(row, acting),
        "decided": _decision(row, acting),
        "parts": list(_parts(seen, sorted(parts))) if undecided else [],
        "gone": [f"{seq} {category_title(category, acting.lang)}" for seq, category in sorted(parts)],
        "unseen": bool(unseen),
        "letters": IssuedLetter.objects.filter(case=seen.case, seq__in={seq for seq, _one in parts}).count(),
        "undecided": undecided,
        "may_approve": undecided
        and not unseen
        and contents.may(acting.facts, APPROVE, row.controller, acting.now, asker),
        "form": ReasonForm(),
    }
    return render(request, "pages/cases/erasure.html", shown, status=status)


def _decided(request: Asked, row: Erasure) -> None:
    """Raises what the door does, and ValidationError without a reason for giving it up."""
    acting = request.acting
    if "approve" in request.POST:
        contents.approve(row.pk, by=acting.member, now=acting.now)
        messages.success(request, _("Erased. It cannot be brought back; the history says that it was."))
        return
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise forms.ValidationError(_("Write the reason."))
    contents.decline(row.pk, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
    messages.success(request, _("It was given up. Nothing is erased."))


def _found(case_id: UUID, acting: Acting) -> Seen:
    """The case, for whoever may see it and ask for erasures in it. Raises Http404, PermissionDenied."""
    seen = find(case_id, acting)
    if not may_ask(seen):
        raise PermissionDenied
    return seen


def may_ask(seen: Seen) -> bool:
    """Whether the member asks for erasures in this case; whoever approves them may ask as well."""
    return contents.may(seen.acting.facts, LIST, seen.case.controller, seen.acting.now)


def waiting(seen: Seen) -> list[UUID]:
    """Erasures of the case that wait for a decision, for those who may ask for one."""
    if not may_ask(seen):
        return []
    rows = contents.of_case(seen.case).filter(approved_at=None, declined_at=None)
    return list(rows.values_list("pk", flat=True))


def _parts(seen: Seen, parts: Collection[Part]) -> Iterator[Shown]:
    """The parts, with the answers of those whose category the member sees."""
    steps = Step.objects.filter(case=seen.case, seq__in={seq for seq, _category in parts})
    known, held = {step.seq: step for step in steps}, behind(seen, {seq for seq, _category in parts})
    lang = seen.acting.lang
    for seq, category in parts:
        unseen = category not in seen.categories
        lines = () if unseen else tuple(_lines(known[seq], held.get(seq), category, lang))
        step = f"{seq} {action_title(seen, known[seq].action)}"
        when = wording.moment(known[seq].recorded_at, lang)
        yield Shown(f"{seq}/{category}", category_title(category, lang), f"{step} {when}", lines, unseen)


def _lines(step: Step, found: Contents | None, category: str, lang: str) -> Iterator[tuple[str, str]]:
    """The answers of one category, or the title of a file."""
    if found is not None and step.form:
        form = reading.form_of(step)
        names = choosing.names([(form, found.answers)])
        for one in display(form, found.answers, lang, {category}, names):
            if not one.withheld:
                yield one.label, one.value_text
    elif found is not None and found.about is not None:
        yield _("File"), str(found.about["title"])


def _part(value: str) -> Part:
    seq, _slash, category = value.partition("/")
    return int(seq), category


def _told(row: Erasure, acting: Acting) -> Told:
    asked = wording.moment(row.asked_at, acting.lang)
    if row.done_at is not None:
        state = _("Erased")
    elif row.declined_at is not None:
        state = _("Given up")
    else:
        state = _("Waits for a second person")
    return Told(row, asked, who(row.asked_by, row.asked_account), state)


def _decision(row: Erasure, acting: Acting) -> str:
    """Who decided and when; of what was given up with the reason."""
    if row.approved_at is not None:
        day = wording.moment(row.approved_at, acting.lang)
        return f"{who(row.approved_by, row.approved_account)}　{day}"
    if row.declined_by is not None and row.declined_at is not None:
        day = wording.moment(row.declined_at, acting.lang)
        return f"{who(row.declined_by, '')}　{day}　{row.decline_reason}"
    return ""


def _why(error: DoorError, acting: Acting) -> str:
    """Why not, in words; of a refusal the reason of the rule."""
    if isinstance(error, Refused):
        told = explain(error.decision, acting.lang)
        return " ".join((*told.because, told.help))
    return str(error)
