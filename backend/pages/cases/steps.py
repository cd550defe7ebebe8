"""The history of a case as one member sees it: its steps, their answers, why allowed, what they correct."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import access
from backend.answers.display import Choices, Shown, display
from backend.answers.form import Form
from backend.cases import reading
from backend.cases.generic import GENERIC
from backend.cases.models import Blob, Step
from backend.disposal import contents as erasures
from backend.pages import wording
from backend.pages.cases import choosing
from backend.pages.paper.letters import Listed
from backend.pages.seeing import Seen, Withheld

PAGE = 20
ANSWERS, ABOUT = "answers/", "attachment/about"
REPORTER = "reporter_identity"


@dataclass(frozen=True)
class Attached:
    """A file of a step: its title and type, or nothing but that it is there."""

    title: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Line:
    """One answer; `before` is what stood there before this correction, None when nothing changed."""

    label: str
    value: str
    before: str | None = None


@dataclass(frozen=True)
class Item:
    """One step for the page."""

    step: Step
    title: str
    when: str
    who: str
    target: str
    answers: tuple[Line, ...]
    withheld: tuple[Withheld, ...]
    attached: Attached | None
    file_withheld: bool
    rules: tuple[tuple[str, str], ...]
    corrected_by: int | None
    may_correct: bool
    letters: tuple[Listed, ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        return bool(self.answers or self.withheld or self.rules)


@dataclass
class Contents:
    """What stands behind a step as far as the member sees it."""

    answers: dict[str, Any]
    about: Mapping[str, Any] | None = None


def action_title(seen: Seen, action: str) -> str:
    """What an action of the history is called, in the version the case began with."""
    lang = seen.acting.lang
    name = action.rpartition(".")[2]
    workflow = seen.pin.workflow
    if "." in action and (name in workflow.actions or name == workflow.start.action):
        return workflow.action(name).title.in_language(lang)
    return GENERIC[name].title.in_language(lang) if name in GENERIC else name


def timeline(
    seen: Seen, before: int | None = None, only: Q | None = None, letters: Iterable[Listed] = ()
) -> tuple[list[Item], int | None]:
    """The newest steps (or those before one), and where the next page begins.

    `only` leaves out the others; `letters` are told with the steps that caused them.
    """
    rows = readable(seen)
    if only is not None:
        rows = rows.filter(only)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    steps = list(rows.order_by("-seq")[: PAGE + 1])
    shown, following = steps[:PAGE], None
    if len(steps) > PAGE:
        following = shown[-1].seq
    drawing = _drawing(seen, shown, letters)
    return [drawing.item(step) for step in shown], following


def compared(seen: Seen, old: int, new: int) -> tuple[Item, Item, tuple[Line, ...]] | None:
    """Two answers given in the same form, and every question with both; None when there are no such two."""
    found = {step.seq: step for step in readable(seen).filter(seq__in=(old, new)).exclude(form="")}
    if set(found) != {old, new} or found[old].form != found[new].form:
        return None
    drawing = _drawing(seen, list(found.values()))
    before, after = found[old], found[new]
    lines = _lines(drawing.shown(after, new), drawing.shown(before, old), corrects=True)
    return drawing.item(before), drawing.item(after), lines


def readable(seen: Seen) -> QuerySet[Step]:
    """The steps the member may read: who does not follow the case reads their own."""
    rows = Step.objects.filter(case=seen.case).select_related("actor__organisation")
    return rows if seen.follows else rows.filter(actor=seen.acting.member)


def _drawing(seen: Seen, shown: list[Step], letters: Iterable[Listed] = ()) -> "_Drawing":
    wanted = {step.seq for step in shown} | {step.corrects for step in shown if step.corrects}
    behind = contents(seen, wanted)
    forms = {step.seq: reading.form_of(step) for step in shown if step.form}
    may_correct = seen.may("correct").allowed
    gone = erasures.gone(seen.case)
    return _Drawing(seen, behind, forms, _corrected(seen, shown), may_correct, tuple(letters), gone)


def contents(seen: Seen, seqs: Iterable[int]) -> dict[int, Contents]:
    """The contents of steps; what the member may not see stays in the database."""
    rows = Blob.objects.filter(
        Q(kind__startswith=ANSWERS) | Q(kind=ABOUT),
        case=seen.case,
        seq__in=list(seqs),
        category__in=sorted(seen.categories),
    )
    found: dict[int, Contents] = defaultdict(lambda: Contents({}))
    for seq, kind, content in rows.order_by("seq", "ordinal").values_list("seq", "kind", "content"):
        value = json.loads(bytes(content))
        if kind == ABOUT:
            found[seq].about = value
        else:
            found[seq].answers |= value
    return dict(found)


def correctable(seen: Seen, step: Step) -> bool:
    """Whether the member sees every part of the form: a correction gives all answers again."""
    if not step.form or step.corrects is not None:
        return False
    return _categories(reading.form_of(step)) <= seen.categories


def _categories(form: Form) -> set[str]:
    columns = {column.category for field in form.fields for column in field.columns}
    return columns | {field.category for field in form.fields}


def _corrected(seen: Seen, steps: list[Step]) -> dict[int, int]:
    """Which of these steps were corrected, and by which step."""
    if not steps:
        return {}
    rows = Step.objects.filter(case=seen.case, corrects__in=[step.seq for step in steps if step.form])
    return {row.corrects: row.seq for row in rows.only("seq", "corrects").order_by("seq") if row.corrects}


class _Drawing:
    """Draws the items of one page of the history with what was read for all of them at once."""

    def __init__(
        self,
        seen: Seen,
        behind: Mapping[int, Contents],
        forms: Mapping[int, Form],
        corrected: Mapping[int, int],
        may_correct: bool,
        letters: tuple[Listed, ...],
        gone: Mapping[int, list[str]],
    ) -> None:
        self.seen, self.behind, self.forms, self.letters = seen, behind, forms, letters
        self.corrected, self.may_correct, self.gone = corrected, may_correct, gone
        pairs = [(form, self._of(seq).answers) for seq, form in forms.items()]
        self.names: Choices = choosing.names(pairs)

    def item(self, step: Step) -> Item:
        lang = self.seen.acting.lang
        shown = self.shown(step, step.seq)
        earlier = self.shown(step, step.corrects) if step.corrects else []
        about = self._of(step.seq).about
        return Item(
            step=step,
            title=action_title(self.seen, step.action),
            when=wording.moment(step.recorded_at, lang),
            who=_who(self.seen, step),
            target=_target(self.seen, step),
            answers=_lines(shown, earlier, corrects=step.corrects is not None),
            withheld=self._withheld(shown),
            attached=Attached(str(about["title"]), str(about["media_type"])) if about else None,
            file_withheld=step.action == "attach" and about is None and step.seq not in self.gone,
            rules=_rules(step, lang),
            corrected_by=self.corrected.get(step.seq),
            may_correct=self.may_correct and correctable(self.seen, step),
            letters=tuple(letter for letter in self.letters if letter.seq == step.seq),
            erased=tuple(category_title(one, lang) for one in self.gone.get(step.seq, ())),
        )

    def _of(self, seq: int) -> Contents:
        return self.behind.get(seq) or Contents({})

    def shown(self, step: Step, seq: int) -> list[Shown]:
        """What was answered at `seq`, in the words of the form of `step`."""
        form = self.forms.get(step.seq)
        if form is None:
            return []
        answers = self._of(seq).answers
        return display(form, answers, self.seen.acting.lang, self.seen.categories, self.names)

    def _withheld(self, shown: Iterable[Shown]) -> tuple[Withheld, ...]:
        kept = dict.fromkeys(line.category for line in shown if line.withheld)
        return tuple(self.seen.withheld(category) for category in kept)


def category_title(category: str, lang: str) -> str:
    """What a data category is called; its code where the book has it no more."""
    known = access.current().categories.get(category)
    return known.title[lang] if known else category


def _lines(shown: Iterable[Shown], earlier: Iterable[Shown], *, corrects: bool) -> tuple[Line, ...]:
    """The answers; of a correction each with what it replaces, and those it takes away."""
    open_ = [line for line in shown if not line.withheld]
    if not corrects:
        return tuple(Line(line.label, line.value_text) for line in open_)
    old = {line.name: line for line in earlier if not line.withheld}
    new = {line.name for line in open_}
    lines = [Line(line.label, line.value_text, _replaced(old.get(line.name), line)) for line in open_]
    gone = [Line(line.label, "", line.value_text) for name, line in old.items() if name not in new]
    return tuple(lines + gone)


def _replaced(old: Shown | None, new: Shown) -> str | None:
    if old is None:
        return ""
    return None if old.value_text == new.value_text else old.value_text


def _who(seen: Seen, step: Step) -> str:
    """Who did it. Who reported is a category of its own: the report names them only to those who may know."""
    reported = step.seq == 1 and step.actor_id == seen.case.reporter_id
    own = step.actor_id == seen.acting.member.id
    if reported and not own and REPORTER not in seen.categories:
        return _("Who reported it is withheld")
    return wording.member(step.actor)


def _target(seen: Seen, step: Step) -> str:
    """Where the case went; nothing when it stayed."""
    if step.from_state == step.to_state or not seen.follows:
        return ""
    state = seen.pin.workflow.states.get(step.to_state.partition(".")[2])
    return state.title.in_language(seen.acting.lang) if state else step.to_state


def _rules(step: Step, lang: str) -> tuple[tuple[str, str], ...]:
    """The policies that allowed it, in the words they have now; a policy that is gone keeps its id."""
    book = access.current()
    found = []
    for rule in step.rules:
        try:
            words = book.policy(rule).annotations
            found.append((rule, words["reason_en" if lang == "en" else "reason_ja"]))
        except LookupError:
            found.append((rule, ""))
    return tuple(found)
