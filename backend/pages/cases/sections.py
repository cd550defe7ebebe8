"""The sections of a case page, each read only when asked for: history, answers, notes and drafts, people,
letters, files, consent and sharing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.answers.display import Shown, display
from backend.cases import reading, visible
from backend.cases.generic import GENERIC
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.cases.visible import Sight
from backend.letters.models import IssuedLetter
from backend.pages import wording
from backend.pages.acting import count_of
from backend.pages.cases import drafts
from backend.pages.cases.offers import Offers, offered
from backend.pages.cases.steps import PAGE, Item, action_title, compared, readable, timeline
from backend.pages.cases.tasks import task
from backend.pages.models import Draft
from backend.pages.paper import previews
from backend.pages.paper.letters import letters_of
from backend.pages.seeing import Seen, see
from backend.pages.sharing import consents
from backend.pages.sharing.knowing import known_by, may_disclose, sheets_of
from backend.people.models import Member, Person

HISTORY = "history"
NOTE = "note"
LOOKS = "looks"
MOST_CASES = 20
# Classes of actions in which somebody of the office met, called or wrote down the person.
CONTACTS = frozenset({"report", "visit", "follow_up", "note"})
AUDIT = "audit"
HOUSEHOLD = "household"
_DIGITS = 18  # a longer number is no id
_FILES = Q(action="attach")
# A correction of a note is read in the history, beside what it corrects.
_NOTES = Q(action=NOTE)


@dataclass(frozen=True, slots=True)
class Tab:
    """A section as a tab: its address, its words, whether it is the one shown.

    `count` is how much is in it, None where nothing is counted.
    """

    url: str
    words: str
    here: bool
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """What a section shows: its template with its data, and as what kind of look it is recorded."""

    template: str
    shown: Mapping[str, Any]
    how: str = "page"


@dataclass(frozen=True)
class Versions:
    """What was answered in one form, the newest first. `old` and `new` are the two being compared."""

    form: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft of the reader: what of, since when; `open` while the action can still be taken.

    Where it cannot, `lines` are what was typed, so that none of it is lost.
    """

    action: str
    title: str
    when: str
    open: bool
    lines: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Housemate:
    """Somebody of the household as far as the member may know; `opens`: the record may be opened."""

    person: Person
    name: str
    kana: str
    age: str
    relation: str
    phone: str
    opens: bool


def tabs(seen: Seen, here: str) -> list[Tab]:
    """The sections this member has something to read in; who only reported follows no course."""
    names = [name for name in _TITLES if seen.follows or name not in _FOR_WHO_FOLLOWS]
    counts = _counts(seen)
    return [Tab(address(seen, name), _TITLES[name](), name == here, counts.get(name)) for name in names]


def _counts(seen: Seen) -> Mapping[str, int]:
    """How much is in the sections that hold one thing after another. One query."""
    steps = readable(seen)
    letters = visible.visible(IssuedLetter.objects.filter(case=seen.case), seen.acting.facts, seen.acting.now)
    wanted: Mapping[str, QuerySet[Any]] = {
        "answers": steps.exclude(form=""),
        "notes": steps.filter(_NOTES),
        "drafts": drafts.own(seen.acting, seen.case.id),
        "letters": letters,
        "files": steps.filter(_FILES),
    }
    counted = {f"n_{name}": count_of(rows) for name, rows in wanted.items()}
    row = Case.objects.filter(pk=seen.case.pk).annotate(**counted).values_list(*counted).get()
    found: dict[str, int] = dict(zip(wanted, row, strict=True))
    return {**found, "notes": found["notes"] + found["drafts"]}


def address(seen: Seen, name: str) -> str:
    """Where a section is found. The history is the page of the case itself."""
    if name == HISTORY:
        return reverse("pages:case", args=[seen.case.id])
    return reverse("pages:section", args=[seen.case.id, name])


def build(name: str, seen: Seen, asked: QueryDict, offered: Offers | None = None) -> Section:
    """One section. Raises `KeyError` for a name that is none."""
    return _SECTIONS[name](seen, asked, offered)


def before(asked: QueryDict, name: str = "before") -> int | None:
    """A number of the address, such as the step the wanted page ends before; None without a good one."""
    given = asked.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < _DIGITS else None


def _history(seen: Seen, asked: QueryDict, _offered: Offers | None) -> Section:
    kinds = _kinds(seen)
    kind = asked.get("show", "") if asked.get("show", "") in kinds else ""
    older = before(asked)
    chips = [(value, words, value == kind) for value, words in kinds.items()] if len(kinds) > 1 else []
    shown: dict[str, Any] = {"chips": chips, "kind": kind, "older": older is not None}
    if kind == LOOKS:
        looks, following = _looks(seen, older)
        return Section(
            "pages/cases/section_history.html", shown | {"looks": looks, "following": following}, AUDIT
        )
    letters = letters_of(seen)
    items, following = timeline(seen, older, _only(seen, kind, {one.seq for one in letters}), letters)
    return Section("pages/cases/section_history.html", shown | {"items": items, "following": following})


def _kinds(seen: Seen) -> dict[str, str]:
    """What the history can be narrowed to. Who looked is told to those who may audit the case."""
    kinds = {"": _("Everything that happened")}
    if seen.follows:
        kinds |= {"moves": _("Moves"), "contacts": _("Contacts"), "letters": _("Letters")}
    if seen.may(AUDIT).allowed:
        kinds[LOOKS] = _("Looks")
    return kinds


def _only(seen: Seen, kind: str, with_letters: set[int]) -> Q | None:
    if kind == "moves":
        return ~Q(from_state=F("to_state")) | Q(seq=1)
    if kind == "contacts":
        flow = seen.pin.workflow
        own = [f"{flow.name}.{name}" for name, action in flow.actions.items() if action.cls in CONTACTS]
        general = [name for name, action in GENERIC.items() if action.cls in CONTACTS and action.form]
        return Q(action__in=[*own, *general]) | Q(seq=1)
    return Q(seq__in=with_letters) if kind == "letters" else None


def _looks(seen: Seen, older: int | None) -> tuple[list[tuple[str, str, str]], int | None]:
    rows = Look.objects.filter(case=seen.case).select_related("member__organisation").order_by("-id")
    if older is not None:
        rows = rows.filter(id__lt=older)
    found = list(rows[: PAGE + 1])
    told = [
        (
            wording.moment(row.at, seen.acting.lang),
            wording.member(row.member),
            wording.looked(row.how),
        )
        for row in found[:PAGE]
    ]
    return told, found[PAGE - 1].id if len(found) > PAGE else None


def _answers(seen: Seen, asked: QueryDict, _offered: Offers | None) -> Section:
    items, following = timeline(seen, before(asked), ~Q(form=""))
    ordered = sorted(items, key=lambda item: item.step.form)
    groups = [_versions(seen, name, tuple(found)) for name, found in groupby(ordered, lambda i: i.step.form)]
    groups.sort(key=lambda group: -group.items[0].step.seq)
    old, new = before(asked, "old"), before(asked, "new")
    pair = compared(seen, min(old, new), max(old, new)) if old is not None and new is not None else None
    shown: dict[str, Any] = {"groups": groups, "following": following, "older": before(asked) is not None}
    if pair is not None:
        first, last, lines = pair
        changed = [line for line in lines if line.before is not None]
        shown |= {"first": first, "last": last, "changed": changed, "same": len(lines) - len(changed)}
        shown["compared"] = reading.form_of(last.step).title.of(seen.acting.lang)
    return Section("pages/cases/section_answers.html", shown)


def _versions(seen: Seen, name: str, items: tuple[Item, ...]) -> Versions:
    return Versions(name, reading.form_of(items[0].step).title.of(seen.acting.lang), items)


def _notes(seen: Seen, asked: QueryDict, _offered: Offers | None) -> Section:
    items, following = timeline(seen, before(asked), _NOTES)
    note = offered(seen, NOTE)
    shown = {
        "items": items,
        "following": following,
        "older": before(asked) is not None,
        "unfinished": [_unfinished(seen, draft) for draft in drafts.own(seen.acting, seen.case.id)],
        "may_note": note is not None and note.allowed,
    }
    return Section("pages/cases/section_notes.html", shown)


def _unfinished(seen: Seen, draft: Draft) -> Unfinished:
    offer = offered(seen, draft.action)
    when = drafts.when(draft, seen.acting)
    if offer is None:
        return Unfinished(draft.action, action_title(seen, draft.action), when, open=False)
    if offer.allowed:
        return Unfinished(draft.action, offer.title, when, open=True)
    form = task(seen, draft.action, offer.title, "").form
    typed = drafts.resume(seen.acting, drafts.of_case(seen, draft.action), form)
    lines = display(form, typed.answers, seen.acting.lang) if form and typed else ()
    return Unfinished(draft.action, offer.title, when, open=False, lines=tuple(lines))


def _people(seen: Seen, _asked: QueryDict, _offered: Offers | None) -> Section:
    shown = {"household": household(seen), "other_cases": _other_cases(seen), "watchers": _watchers(seen)}
    return Section("pages/cases/section_people.html", shown)


def household(seen: Seen) -> list[Housemate]:
    """Who lives with the person, of those whose record the member may see; the oldest first.

    Who lives together is a category of the person's record. Somebody under protection is not told to live
    where the others live, nor anybody with a protected person.
    """
    person, sight = seen.case.person, Sight(seen.acting.facts, seen.acting.now)
    if person is None or person.household_id is None or person.protected or not seen.follows:
        return []
    if HOUSEHOLD not in sight.of(person):
        return []
    there = Person.objects.filter(household=person.household_id, merged_into=None).exclude(pk=person.pk)
    there = there.filter(protected=False, deceased_on=None)
    rows = visible.visible(there, seen.acting.facts, seen.acting.now).order_by("birth_date", "id")
    kept = visible.still(rows, seen.acting.facts, seen.acting.now)
    return [_housemate(row, sight.of(row), seen) for row in kept]


def _housemate(row: Person, categories: frozenset[str], seen: Seen) -> Housemate:
    named = "identity" in categories
    age = ""
    if named and row.birth_date:
        age = _("%(age)s years old") % {"age": wording.age(row.birth_date, seen.acting.today)}
    return Housemate(
        row,
        row.name if named else _("Name withheld"),
        row.kana if named else "",
        age,
        row.relation if named else "",
        row.phone if "contact" in categories else "",
        named,
    )


def _other_cases(seen: Seen) -> list[Seen]:
    """The other cases of the person that the member may list, newest first."""
    if seen.case.person is None or not seen.follows:
        return []
    about = Case.objects.filter(person=seen.case.person).exclude(pk=seen.case.pk)
    about = about.select_related("person", "area", "assignee", "receiver")
    rows = visible.visible(about, seen.acting.facts, seen.acting.now).order_by("-opened_at", "id")
    return [found for row in rows[:MOST_CASES] if (found := see(row, seen.acting)) is not None]


def _watchers(seen: Seen) -> list[Member]:
    """Who watches over the person, for those who follow the case."""
    if not seen.case.watchers or not seen.follows:
        return []
    rows = Member.objects.filter(id__in=seen.case.watchers).select_related("organisation")
    return list(rows.order_by("name", "id"))


def _letters(seen: Seen, _asked: QueryDict, _offered: Offers | None) -> Section:
    shown = {"letters": letters_of(seen), "previewable": previews.any_for(seen)}
    return Section("pages/cases/section_letters.html", shown)


def _files(seen: Seen, asked: QueryDict, _offered: Offers | None) -> Section:
    items, following = timeline(seen, before(asked), _FILES)
    shown = {"items": items, "following": following, "older": before(asked) is not None}
    return Section("pages/cases/section_files.html", shown)


def _sharing(seen: Seen, _asked: QueryDict, offered: Offers | None) -> Section:
    shown = {
        "consents": consents.of_case(seen) if seen.follows else None,
        "consent_offers": consents.offers_of(seen, offered) if offered is not None else [],
        "known_by": known_by(seen),
        "sheets": sheets_of(seen),
        "may_disclose": may_disclose(seen),
    }
    return Section("pages/cases/section_sharing.html", shown)


_TITLES: dict[str, Callable[[], str]] = {
    HISTORY: lambda: _("History"),
    "answers": lambda: _("Answers"),
    "notes": lambda: _("Notes and drafts"),
    "people": lambda: _("People and household"),
    "letters": lambda: _("Letters"),
    "files": lambda: _("Files"),
    "sharing": lambda: _("Consent and sharing"),
}
_FOR_WHO_FOLLOWS = frozenset({"people", "sharing"})
_SECTIONS: dict[str, Callable[[Seen, QueryDict, Offers | None], Section]] = {
    HISTORY: _history,
    "answers": _answers,
    "notes": _notes,
    "people": _people,
    "letters": _letters,
    "files": _files,
    "sharing": _sharing,
}
