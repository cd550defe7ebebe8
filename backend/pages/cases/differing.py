"""Two people answered the same form at once: what one typed, what the other recorded, and what will be saved.

Chosen question by question. The other's step stays as it is: the same action is done again where it can be,
else their answers are corrected by a step of its own. What stands beside others, such as a note, is no
conflict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from backend.answers.display import display
from backend.answers.form import Form
from backend.answers.post import Post, posted
from backend.cases.generic import GENERIC
from backend.cases.models import Step
from backend.pages import wording
from backend.pages.cases import choosing
from backend.pages.cases.offers import offered
from backend.pages.cases.sections import CONTACTS
from backend.pages.cases.steps import contents, correctable, readable
from backend.pages.cases.tasks import CORRECT, Task
from backend.pages.seeing import Seen

PICK, THEIRS = "_pick-", "theirs"
_DIGITS = 9  # a longer number is no step


@dataclass(frozen=True, slots=True)
class Difference:
    """A question both answered otherwise, and whether the other's answer is the one chosen."""

    name: str
    label: str
    yours: str
    theirs: str
    picked: bool


@dataclass(frozen=True)
class Chooser:
    """Who was first and when, where the answers differ, how many are the same, and where it is sent.

    `corrects` is the step that would be corrected, None where the action is done once more.
    """

    seq: int
    who: str
    when: str
    differences: tuple[Difference, ...]
    same: int
    url: str
    corrects: int | None


def chooser(seen: Seen, asked: Task, answers: Mapping[str, Any], revision: int, data: Post) -> Chooser | None:
    """What there is to choose after a conflict; None where nobody answered the same since `revision`."""
    form = asked.form
    if form is None or asked.step is not None or _class(seen, asked.name) in CONTACTS:
        return None
    rows = readable(seen).filter(seq__gt=revision, form=form.name, form_hash=form.hash)
    step = rows.order_by("-seq").first()
    if step is None:
        return None
    corrects = _corrects(seen, asked.name, step)
    if corrects is None and not _again(seen, asked.name):
        return None
    found, same = _differences(seen, form, answers, _theirs(seen, step.seq), data)
    url = reverse("pages:act", args=[seen.case.id, CORRECT if corrects else asked.name])
    when = wording.moment(step.recorded_at, seen.acting.lang)
    return Chooser(step.seq, step.actor.name, when, found, same, url, corrects)


def overlaid(seen: Seen, form: Form, data: Post) -> dict[str, Any]:
    """Every answer of a post, with the other's where theirs was chosen."""
    answers = form.read_all(data)
    picked = [name for name in form.by_name if posted(data, f"{PICK}{name}") == [THEIRS]]
    seq = "".join(posted(data, "_theirs"))
    if not picked or not (seq.isascii() and seq.isdigit() and len(seq) < _DIGITS):
        return answers
    if not readable(seen).filter(seq=int(seq), form=form.name, form_hash=form.hash).exists():
        return answers
    theirs = _theirs(seen, int(seq))
    kept = {name: value for name, value in answers.items() if name not in picked}
    return kept | {name: theirs[name] for name in picked if name in theirs}


def _class(seen: Seen, name: str) -> str:
    action = seen.pin.workflow.actions.get(name)
    return action.cls if action is not None else GENERIC[name].cls


def _again(seen: Seen, name: str) -> bool:
    offer = offered(seen, name)
    return offer is not None and offer.allowed


def _corrects(seen: Seen, name: str, step: Step) -> int | None:
    """The step to correct where the action can be done no more; None where it can, or none can be."""
    first = step if step.corrects is None else readable(seen).get(seq=step.corrects)
    if _again(seen, name) or not seen.may(CORRECT).allowed or not correctable(seen, first):
        return None
    return first.seq


def _theirs(seen: Seen, seq: int) -> dict[str, Any]:
    """What was recorded, as far as the reader sees it."""
    behind = contents(seen, [seq]).get(seq)
    return behind.answers if behind else {}


def _differences(
    seen: Seen, form: Form, answers: Mapping[str, Any], theirs: Mapping[str, Any], data: Post
) -> tuple[tuple[Difference, ...], int]:
    """The questions answered otherwise, in their order, and how many are answered alike."""
    mine, lang = form.applicable(answers), seen.acting.lang
    names = choosing.names([(form, mine), (form, theirs)])
    yours, other = (
        {
            one.name: one
            for one in display(form, given, lang, seen.categories, names)
            if not one.withheld and one.name in form.by_name
        }
        for given in (mine, theirs)
    )
    found = []
    for name, field in form.by_name.items():
        said = tuple(some[name].value_text if name in some else "" for some in (yours, other))
        if said[0] != said[1]:
            picked = posted(data, f"{PICK}{name}") == [THEIRS]
            found.append(Difference(name, field.label.of(lang), said[0], said[1], picked))
    return tuple(found), len({*yours, *other}) - len(found)
