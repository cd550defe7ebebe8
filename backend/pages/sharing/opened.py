"""A package somebody opened, by a link or with an account: what it shows, and how it is answered.

Both ways show the same: the reader's name behind every line, what was approved and nothing else, the duties,
and the answers the workflow offers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from backend.answers import render as drawing
from backend.answers.form import Form
from backend.answers.problems import Problem
from backend.cases.errors import AnswersWrong, DoorError
from backend.cases.models import Case
from backend.cases.pinned import pinned
from backend.cases.reading import latest
from backend.definitions.canonical import NotCanonical
from backend.pages import wording
from backend.pages.acting import typed
from backend.sharing.disclosures import addresses, duties, replying
from backend.sharing.disclosures.models import PackageEvent
from backend.sharing.disclosures.packages import Known, Standing
from backend.sharing.disclosures.words import category_words, purpose_words
from backend.workflow.model import Action

SECONDS = 3600  # how long an opening lasts before the package must be opened again


@dataclass(frozen=True)
class Reading:
    """One recipient reading one package: who they said they are, since when, and how it stands now."""

    event: PackageEvent
    known: Known
    case: Case
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def standing(self) -> Standing:
        return self.known.standing(self.today)

    @property
    def telephone(self) -> dict[str, str]:
        """Whom to call about it: the office that handed it over."""
        sender = self.known.sender
        return (
            {"office": wording.body(sender), "phone": sender.phone} if sender else {"office": "", "phone": ""}
        )

    @property
    def mark(self) -> str:
        """What stands behind every page: who reads it, since when."""
        at = timezone.localtime(self.event.at)
        day = f"{at:%m/%d}" if wording.language() == "ja" else f"{at:%d %b}"
        return f"{self.event.reader} {day} {at:%H:%M}"

    def action(self, name: str) -> Action:
        """An answer that can be given now. Raises `Http404`."""
        found = next((action for action in replying.possible(self.case) if action.name == name), None)
        if found is None or found.form is None:
            raise Http404
        return found

    def form(self, action: Action) -> Form:
        return pinned(self.case.definition).form(str(action.form))[0]


@dataclass(frozen=True)
class Way:
    """How the reader came: the frame of the page, and where its addresses lie.

    `package` is empty for a link, whose address says nothing; `by` is the member who answers, `openings` how
    often the link can still be used.
    """

    layout: str
    package: UUID | None = None
    by: UUID | None = None
    openings: int | None = None

    def home(self) -> str:
        if self.package is None:
            return reverse("pages:recipient_package")
        return reverse("pages:received_package", args=[self.package])

    def back(self) -> str:
        """The list it stands in; a link stands in none."""
        return reverse("pages:received") if self.package else ""

    def answer(self, action: str) -> str:
        if self.package is None:
            return reverse("pages:recipient_answer", args=[action])
        return reverse("pages:received_answer", args=[self.package, action])


def draw(request: HttpRequest, found: Reading, way: Way) -> HttpResponse:
    """What was approved for this recipient, and what they can answer."""
    lang = wording.language()
    row = found.known.package
    shown = {
        "layout": way.layout,
        "back": way.back(),
        "reading": found,
        **found.telephone,
        "package": row,
        "purpose": purpose_words(row.purpose, lang),
        "until": wording.day(row.expires_on, lang),
        "address": addresses.reveal(found.known, found.event.reader, found.now),
        "parts": [
            (category_words(name, lang), lines)
            for name in row.categories
            if (lines := _lines(found.known, name, lang))
        ],
        "duties": duties.of_package(row, lang),
        "answers": [
            (way.answer(action.name), action.title.in_language(lang))
            for action in replying.possible(found.case)
        ],
        "said": latest(found.case, "disclosure_answer").get("answer", ""),
        "openings": way.openings,
        "sent": request.GET.get("sent") == "1",
        "state": found.case.state.partition(".")[2],
        "marks": range(8),
    }
    return render(request, "pages/sharing/recipient_package.html", shown)


def answer(request: HttpRequest, found: Reading, action: str, way: Way) -> HttpResponse:
    """One answer: its form (GET) and sending it (POST), through the door like everything else."""
    chosen = found.action(action)
    form = found.form(chosen)
    if request.method == "GET":
        return _draw_answer(request, found, chosen, way, form.prefill({"member.name": found.event.reader}))
    answers = form.read_post(typed(request))
    try:
        key = request.POST.get("_key", "")
        replying.reply(found.known.package, chosen.name, answers, key=key, today=found.today, by=way.by)
    except AnswersWrong as wrong:
        return _draw_answer(request, found, chosen, way, form.read_all(typed(request)), wrong.problems)
    except NotCanonical:
        problems = tuple(form.check(answers))
        return _draw_answer(request, found, chosen, way, form.read_all(typed(request)), problems)
    except DoorError as error:
        said, typed_in = str(error), form.read_all(typed(request))
        return _draw_answer(request, found, chosen, way, typed_in, trouble=said, status=409)
    return redirect(f"{way.home()}?sent=1")


def over(request: HttpRequest, standing: Standing, way: Way) -> HttpResponse:
    """Recalled, expired or ended: nothing of the content, and what to do."""
    shown = {"layout": way.layout, "back": way.back(), "standing": str(standing)}
    return render(request, "pages/sharing/recipient_over.html", shown, status=410)


def _draw_answer(
    request: HttpRequest,
    found: Reading,
    action: Action,
    way: Way,
    answers: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    lang = wording.language()
    form = found.form(action)
    drawn = drawing.render(form, answers=answers, problems=problems, lang=lang, today=found.today)
    shown = {
        "layout": way.layout,
        "home": way.home(),
        "reading": found,
        **found.telephone,
        "title": action.title.in_language(lang),
        "form": drawn,
        "problems": problems,
        "trouble": trouble,
        "key": request.POST.get("_key") or uuid4().hex,
    }
    return render(request, "pages/sharing/recipient_answer.html", shown, status=422 if problems else status)


def _lines(known: Known, category: str, lang: str) -> list[tuple[str, str, bool]]:
    """The values of a category: label, words, and whether only a handle stands here."""
    return [(item.label(lang), item.value(lang), item.handle) for item in known.content.of(category)]
