"""承認: the requests that wait for this member, one at a time, with exactly what would leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend import access
from backend.answers.problems import Problem
from backend.cases import actions, visible
from backend.cases.errors import AnswersWrong, DoorError, NotPossible
from backend.cases.models import Case
from backend.cases.reading import case_facts, latest
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.act import Trouble, new_key, trouble
from backend.pages.entry.again import shown_again
from backend.pages.seeing import Seen, find
from backend.pages.sharing import deciding, second
from backend.people import merging
from backend.sharing.councils.models import Session
from backend.sharing.disclosures import advice, asking, packages
from backend.sharing.disclosures.advice import Matrix
from backend.sharing.disclosures.items import Content, Item, unpack
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.proposals import REQUEST, Proposal, proposal_of, source_of
from backend.sharing.disclosures.words import basis_words, category_words, purpose_words

WAITING = ("disclosure.requested", "disclosure.referred")
# What each button of the page does: the action and what its form says.
DECISIONS: Mapping[str, tuple[str, str]] = {
    "approve": ("approve", "approved"),
    "conditional": ("approve_with_conditions", "conditional"),
    "back": ("send_back", ""),
    "refuse": ("refuse", "refused"),
}
LOW_RISK = "C1"
FEWEST_TOGETHER, MOST_TOGETHER = 2, 10


@dataclass(frozen=True)
class Value:
    """One value that would leave; `added` was not in the last package to the same recipient, `changed` is
    not what the approver saw before.
    """

    item: Item
    label: str
    words: str
    added: bool
    changed: bool


@dataclass(frozen=True)
class Waiting:
    """One request as its approver sees it. What is not drawn of it is not read either, the rest once.

    `answers` are those of the request, `posted` the marks of the values that were on the page before.
    """

    seen: Seen
    answers: Mapping[str, Any]
    proposal: Proposal
    posted: frozenset[str]

    @cached_property
    def decision(self) -> access.Decision:
        """Whether this member may approve it."""
        return self.seen.may("approve")

    @cached_property
    def content(self) -> Content:
        """What would leave now; nothing for whoever may not decide."""
        return packages.leaving(self.proposal) if self.decision.allowed else Content(())

    @cached_property
    def matrix(self) -> Matrix:
        """What was ruled about what would leave."""
        acting = self.seen.acting
        return advice.matrix(acting.facts, self.proposal, acting.today, acting.lang, content=self.content)

    @cached_property
    def number(self) -> str:
        return packages.number_of(self.content, self.proposal)

    @cached_property
    def before(self) -> frozenset[str]:
        """The marks of what the last package about this person to the same recipient held."""
        person = self.proposal.source.person_id
        about = merging.ids(person) if person else []
        rows = Package.objects.filter(person__in=about, recipient=self.proposal.recipient.organisation)
        rows = rows.exclude(case=self.seen.case).order_by("-frozen_at")
        last = rows.values_list("content", flat=True).first()
        return frozenset(item.mark for item in unpack(bytes(last)).items) if last else frozenset()

    @property
    def lang(self) -> str:
        return self.seen.acting.lang

    @property
    def person(self) -> str:
        return self.proposal.source.person.name if self.proposal.source.person else ""

    @property
    def purpose(self) -> str:
        return purpose_words(self.proposal.purpose, self.lang)

    @property
    def basis(self) -> str:
        return basis_words(self.proposal.basis, self.lang)

    @property
    def meeting(self) -> str:
        """The meeting in which it is told; "" for none."""
        found = Session.objects.filter(pk=self.proposal.session).first() if self.proposal.session else None
        return wording.noted(found.title, wording.day(found.held_on, self.lang)) if found else ""

    @property
    def until(self) -> str:
        return wording.day(self.proposal.until, self.lang) if self.proposal.until else ""

    @property
    def reasons(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Why each may leave, with the provisions; categories with the same reason stand together."""
        told: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for row in self.matrix.rows:
            if row.chosen:
                told.setdefault((tuple(row.because), tuple(row.cites)), []).append(row.title)
        return [(" / ".join(titles), because, cites) for (because, cites), titles in told.items()]

    @property
    def asked_at(self) -> str:
        """When the request came in its present form."""
        return wording.moment(self.seen.case.entered_at, self.lang)

    @property
    def reason(self) -> str:
        return str(self.answers.get("reason", ""))

    @property
    def marks(self) -> str:
        return " ".join(item.mark for item in self.content.items)

    @property
    def left_out(self) -> int:
        """How many single values the requester took out."""
        return len(self.proposal.left_out)

    @property
    def values(self) -> list[tuple[str, str]]:
        """The values alone, by what they are called."""
        items = [item for name in self.proposal.categories for item in self.content.of(name)]
        return [(item.label(self.lang), item.value(self.lang)) for item in items]

    @property
    def parts(self) -> list[tuple[str, list[Value]]]:
        """The values by category, each with what is new about it."""
        return [
            (category_words(name, self.lang), [self._value(item) for item in self.content.of(name)])
            for name in self.proposal.categories
        ]

    def _value(self, item: Item) -> Value:
        changed = bool(self.posted) and item.mark not in self.posted
        added = bool(self.before) and item.mark not in self.before
        return Value(item, item.label(self.lang), item.value(self.lang), added, changed)

    @property
    def low_risk(self) -> bool:
        """Whether it may be approved together with others: basic data only, nothing protected or referred."""
        plain = _is_basic(self.proposal.categories) and _may_be_low(self.seen)
        return plain and self.matrix.verdict in ("approval", "allow")


@require_safe
@signed_in
def approvals(request: Asked) -> HttpResponse:
    """The list, and the first request in full (or the one of `?case=`)."""
    rows = [
        Seen(case, case_facts(case, request.acting.now), request.acting) for case in _cases(request.acting)
    ]
    wanted = request.GET.get("case", "")
    chosen = next((row for row in rows if str(row.case.id) == wanted), rows[0] if rows else None)
    return _draw(request, rows, _waiting(request, chosen) if chosen else None)


@require_http_methods(["POST"])
@signed_in
@shown_again
def decide(request: Asked, case_id: UUID) -> HttpResponse:
    """Approve, approve with conditions, send back or refuse exactly what was shown."""
    seen = find(case_id, request.acting)
    pressed = request.POST.get("decision", "")
    if seen.case.workflow != asking.WORKFLOW or pressed not in DECISIONS:
        raise Http404
    action, word = DECISIONS[pressed]
    try:
        actions.perform(
            seen.case.id,
            action,
            actor=request.acting.member.id,
            answers=_answers(request, word),
            key=request.POST.get("_key", ""),
        )
    except AnswersWrong as wrong:
        return _again(request, seen, problems=wrong.problems, status=422)
    except DoorError as error:
        told = trouble(error, None, "", request.acting.lang)
        return _again(request, seen, told=told, status=told.status)
    messages.success(request, _("The decision is recorded."))
    return redirect(f"{reverse('pages:approvals')}?decided={seen.case.id}")


@require_POST
@signed_in
@shown_again
def together(request: Asked) -> HttpResponse:
    """Approve several at once: only those of low risk, each on its own, each only as it was shown."""
    done, refused = 0, 0
    for name in request.POST.getlist("chosen")[:50]:
        ident, _bar, number = name.partition("/")
        try:
            seen = find(UUID(ident), request.acting)
        except ValueError:
            continue
        found = _waiting(request, seen)
        if found is None or not found.low_risk:
            refused += 1
            continue
        try:
            given = {"decision": "approved", "content_hash": number[:64]}
            actions.perform(
                seen.case.id, "approve", actor=request.acting.member.id, answers=given, key=uuid4().hex
            )
            done += 1
        except DoorError:
            refused += 1
    if done:
        messages.success(request, ngettext("%(n)d approved.", "%(n)d approved.", done) % {"n": done})
    if refused:
        say = ngettext(
            "%(n)d was left: it changed meanwhile or needs to be looked at by itself.",
            "%(n)d were left: they changed meanwhile or need to be looked at one by one.",
            refused,
        )
        messages.success(request, say % {"n": refused})
    return redirect("pages:approvals")


def _answers(request: Asked, word: str) -> dict[str, Any]:
    note = deciding.note(
        request.POST.get("decision", ""), request.POST.get("phrase", ""), request.POST.get("note", "")
    )
    if not word:
        return {"question": note, "answered_by": request.acting.member.name}
    if word == "refused":
        return {"decision": word, "reason": note}
    given: dict[str, Any] = {"decision": word, "content_hash": request.POST.get("content_hash", "")}
    chosen = request.POST.getlist("categories")
    if chosen:
        given["categories"] = chosen
    key = "conditions" if word == "conditional" else "note"
    return given | ({key: note} if note or word == "conditional" else {})


def _cases(acting: Acting) -> list[Case]:
    rows: QuerySet[Case] = Case.objects.filter(workflow=asking.WORKFLOW, state__in=WAITING, is_open=True)
    rows = visible.visible(rows, acting.facts, acting.now)
    related = rows.select_related("person", "area", "assignee__organisation", "receiver")
    return visible.still(related.order_by("due_at", "id")[:50], acting.facts, acting.now)


def _waiting(request: Asked, seen: Seen) -> Waiting | None:
    """The request as it stands; None for one whose source or recipient is not there."""
    answers = latest(seen.case, REQUEST)
    try:
        proposal = proposal_of(answers, source_of(answers.get("source")))
    except NotPossible:
        return None
    return Waiting(seen, answers, proposal, frozenset(request.POST.get("_marks", "").split()))


def _together(request: Asked, rows: list[Seen], opened: Waiting | None) -> list[Waiting]:
    """The requests of low risk, with their values: only what is on the screen is approved together.

    Fewer than two are none, and where fewer could be none is read for it.
    """
    likely = [seen for seen in rows[:MOST_TOGETHER] if _may_be_low(seen)]
    if len(likely) < FEWEST_TOGETHER:
        return []
    found = (
        opened if opened and opened.seen.case.id == seen.case.id else _waiting(request, seen)
        for seen in likely
    )
    together = [one for one in found if one is not None and one.low_risk]
    return together if len(together) >= FEWEST_TOGETHER else []


def _may_be_low(seen: Seen) -> bool:
    """What the case itself tells of the risk, before anything of it is read."""
    plain = _is_basic(seen.case.facts.get("requested", ())) and not seen.case.protected
    return plain and seen.may("approve").allowed


def _is_basic(categories: Iterable[str]) -> bool:
    """Whether all of them are of the class of least risk."""
    known = access.current().categories
    return all(name in known and known[name].cls == LOW_RISK for name in categories)


def _again(
    request: Asked,
    seen: Seen,
    *,
    problems: tuple[Problem, ...] = (),
    told: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    """The same request again, with what the door said and everything that was typed."""
    fresh = find(seen.case.id, request.acting)
    rows = [
        Seen(case, case_facts(case, request.acting.now), request.acting) for case in _cases(request.acting)
    ]
    return _draw(request, rows, _waiting(request, fresh), problems, told, status)


def _draw(
    request: Asked,
    rows: list[Seen],
    waiting: Waiting | None,
    problems: tuple[Problem, ...] = (),
    told: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    lang = request.acting.lang
    together = _together(request, rows, waiting)
    shown_whole = [*([waiting] if waiting and waiting.decision.allowed else ()), *together]
    # With what would leave on the page, it is a look at the source and the person's record as well.
    for source in {one.proposal.source for one in shown_whole}:
        visible.record_look(source, request.acting.facts, request.acting.now, "page")
    explained = access.explain(waiting.decision, lang) if waiting and not waiting.decision.allowed else None
    shown = {
        "rows": rows,
        "elsewhere": second.waiting(request.acting),
        "waiting": waiting,
        "together": together,
        "refused": explained,
        "problems": [one.en if lang == "en" else one.ja for one in problems],
        "trouble": told,
        "key": new_key(),
        "who_else": deciding.who_else(waiting.seen.case, request.acting) if explained and waiting else [],
        "decided": deciding.just_decided(request.GET.get("decided", ""), request.acting),
        "phrases": deciding.PHRASES,
        "phrase": request.POST.get("phrase", ""),
        "note": request.POST.get("note", ""),
        "decision": request.POST.get("decision", ""),
        "place": next(
            (n for n, row in enumerate(rows, 1) if waiting and row.case.id == waiting.seen.case.id), 0
        ),
    }
    return render(request, "pages/sharing/approvals.html", shown, status=status)
