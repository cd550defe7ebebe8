"""A letter of a case's workflow as it would be printed today, for one reader: no number, nothing stored.

It is made from the data categories the reader sees and no others. Where that is not enough for the letter,
what lacks is named, and which of it is only kept from this reader. The reply code of its slip belongs to
nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.cases import pinned, reading
from backend.cases.models import Case, Effect
from backend.cases.pinned import Pinned
from backend.letters import casework, house, render, tokens
from backend.letters.asking import asked_of, composed
from backend.letters.definition import Letter
from backend.letters.fields import Input, InputProblem
from backend.letters.inputs import LetterInputError
from backend.letters.issue import pinned as pinned_letter
from backend.letters.printing import cover, merging
from backend.workflow.model import Workflow

_ANSWERED = ("answers", "words")
# What is known of a person besides the answers, by the part of a context a letter takes it from.
_OF_THE_RECORD = {"zip": "contact", "address": "contact", "phone": "contact"}
_OF_A_PERSON = ("resident", "debtor")
_REPORTER = "reporter_identity"


@dataclass(frozen=True, slots=True)
class Way:
    """How a workflow comes to send a letter: to whom, and the form whose answers it prints ("" for none)."""

    to: str
    form: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What a letter cannot be printed for: its title, and the data category if the reader may not see it.

    `unfit`: it is known, and not as the letter needs it (too long, for one).
    """

    title_ja: str
    title_en: str
    withheld: str = ""
    unfit: bool = False

    def title(self, lang: str) -> str:
        return self.title_ja if lang == "ja" else self.title_en


class NotPreviewable(ValueError):  # noqa: N818 - reads as what it says
    """The letter cannot be printed from what the reader sees; `lacks` says what is missing or withheld."""

    def __init__(self, lacks: tuple[Lack, ...]) -> None:
        super().__init__(f"{len(lacks)} inputs lack")
        self.lacks = lacks


def letters_of(pin: Pinned) -> list[Letter]:
    """The letters a workflow may send, in the order of their names, in the version it is pinned to."""
    return [pinned_letter(name, pin.workflow.letters[name]) for name in sorted(pin.workflow.letter_names())]


def preview(case: Case, letter: Letter, *, sees: frozenset[str], today: date) -> bytes:
    """The letter as a PDF, 見本 across every page.

    Raises `NotPreviewable`, and as rendering does `MissingGlyph` and `NotRenderable`.
    """
    way, seq = _way(case, letter)
    payload = {"to": way.to, "dated_on": today.isoformat()}
    asking = Effect(case=case, seq=seq, kind="letter", target=letter.name, payload=payload)
    context = casework.context_as_seen(asking, way.form, sees)
    try:
        asked = asked_of(letter, context)
    except LetterInputError as error:
        raise NotPreviewable(tuple(_lacks(case, letter, way, error.problems, sees))) from error
    symbol = house.current().sender(context.sender.code).symbol
    stored = composed(letter, asked, f"{symbol}第　　号", today)
    printed = render.render(letter, stored, tokens.new() if letter.tear_off else None)
    return merging.marked(printed.pdf, cover.specimen(*merging.sides_of(printed.pdf)))


def _way(case: Case, letter: Letter) -> tuple[Way, int]:
    """The way of the form that was answered last, with its step; else the first one, at the last step."""
    ways = list(_ways(pinned.pinned(case.definition).workflow, letter.name))
    by_form = {way.form: way for way in reversed(ways)}
    for answered in reversed(reading.answers_of(case)):
        if answered.form in by_form:
            return by_form[answered.form], answered.seq
    return ways[0], case.revision


def _ways(workflow: Workflow, letter: str) -> Iterator[Way]:
    for action in workflow.every_action():
        for effect in action.then:
            if effect.kind == "letter" and effect.name == letter:
                yield Way(effect.to, action.form or "")
    for state in workflow.states.values():
        for reminder in state.remind:
            if reminder.letter == letter:
                yield Way(reminder.to, "")


# --- what lacks ----------------------------------------------------------------------------------------


def _lacks(
    case: Case, letter: Letter, way: Way, problems: tuple[InputProblem, ...], sees: frozenset[str]
) -> Iterator[Lack]:
    inputs = {one.name: one for one in letter.inputs}
    pin = pinned.pinned(case.definition)
    for problem in problems:
        name = problem.path.partition(".")[0]
        needed = {_category(pin, way, inputs[name])} if name in inputs else _of_addressee(letter)
        withheld = sorted(needed - sees - {""})
        told = inputs.get(name)
        yield Lack(
            told.title_ja if told else "宛名",
            told.title_en if told else "Addressee",
            withheld[0] if withheld else "",
            unfit=not problem.missing,
        )


def _category(pin: Pinned, way: Way, one: Input) -> str:
    """The data category an input belongs to; "" for what is no secret of the case, such as its number."""
    first, _dot, rest = one.source.partition(".")
    if first in _ANSWERED and way.form:
        field = pin.form(way.form)[0].by_name.get(rest)
        return field.category if field is not None else ""
    if first in _OF_A_PERSON:
        return _OF_THE_RECORD.get(rest, "identity")
    return _REPORTER if first == "reporter" else ""


def _of_addressee(letter: Letter) -> set[str]:
    if letter.addressee == "reporter":
        return {_REPORTER}
    return {"identity"} if letter.addressee in ("resident", "debtor") else set()
