"""Finding a person, within one's rights, and writing down that one looked.

A search reads the persons the policies let the member list, counts those they may only be told of, and reads
the cases when a case number was typed; then it writes one SearchLog row. At most six statements, whatever
was typed. A merged record is never shown: the one kept of the same person is found by its name too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, cast

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.access.facts import day
from backend.access.filtering import visible_q
from backend.people import folding, heads
from backend.people.acting import can_act
from backend.people.models import Member, Person, SearchLog
from backend.people.terms import Kind, NameReading, Term, understand

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LIMIT = 50
COUNT = "count_hidden"
MOST_OWN = 2000
NOBODY = Q(pk__in=[])

KIND_LABELS: Mapping[Kind, "_StrPromise"] = {
    "name": _("Name"),
    "kana": _("Reading"),
    "address": _("Address"),
    "phone": _("Telephone or postal code"),
    "birth": _("Birth date"),
    "number": _("Case number"),
}


class SearchRefused(PermissionError):  # noqa: N818 - reads as what it says
    """Only a member whose account is open and whose term has not ended may search."""

    def __str__(self) -> str:
        return gettext(
            "Only a member in office may search for persons. Ask the administrator of your organisation."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A person found, which kinds of term they fit, and whether the member has a case of theirs."""

    person: Person
    kinds: tuple[Kind, ...]
    mine: bool = False


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case found by its number."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found, as understood; `more` says that the list was cut.

    `hidden` is how many more fit whom the member may not list, as far as the policies let them know.
    """

    terms: tuple[Term, ...]
    persons: tuple[Found, ...]
    cases: tuple[FoundCase, ...]
    more: bool
    hidden: int = 0


def search(member: Member | None, text: str, *, at: datetime, today: date, limit: int = LIMIT) -> Result:
    """The persons and cases that fit every word and that the member may list, best fit first; recorded.

    Raises `SearchRefused` for nobody, a closed account or a term that is over. A text without words finds
    nothing and is not recorded.
    """
    if member is None or not can_act(member, today):
        raise SearchRefused
    terms = understand(text)
    if not terms:
        return Result((), (), (), more=False)
    cases = _cases(member, terms, today)
    persons = _persons(member, terms, today, limit)
    shown = tuple(
        Found(person, _fitting(person, terms), mine=cast("Any", person).mine) for person in persons[:limit]
    )
    hidden = _hidden(member, terms, today)
    _record(member, terms, at=at, found=len(shown) + len(cases))
    return Result(terms, shown, cases, more=len(persons) > limit, hidden=hidden)


def term_hash(terms: Sequence[Term]) -> str:
    """The keyed hash a SearchLog row carries: the same for every spelling of the same words, in any order."""
    words = sorted(folding.fold(term.typed) or folding.plain(term.typed) for term in terms)
    return salted_hmac("tsunagu/search/1", "\0".join(words), algorithm="sha256").hexdigest()


def _persons(member: Member, terms: Sequence[Term], today: date, limit: int) -> list[Person]:
    """The first that fit, and one more where there are more.

    Where one word is the beginning of more names than are shown, these come in the order of the index, behind
    those of whom the member has a case.
    """
    first = list(_begin(member, terms, today)[: limit + 1])
    if len(first) <= limit:
        found = list(statement(member, terms, today)[: limit + 1])
    else:
        own = list(statement(member, terms, today, own=True)[: limit + 1])
        known = {row.pk for row in own}
        found = [*own, *(row for row in first if row.pk not in known)][: limit + 1]
    prefetch_related_objects(found, "area")
    return found


def _begin(member: Member, terms: Sequence[Term], today: date) -> QuerySet[Person]:
    """Whose name or reading begins with the one word that was typed; nobody for several words."""
    words = [reading for term in terms for reading in term.readings if isinstance(reading, NameReading)]
    if len(terms) != 1 or not words:
        return Person.objects.none()
    rows: QuerySet[Any] = Person.objects.filter(
        visible_q(member.facts(), "person", day(today)), merged_into=None
    )
    rows = rows.defer("grams").annotate(head=heads.part(heads.part_of([words[0].kind])), mine=Value(False))
    begun: QuerySet[Person] = rows.filter(heads.begins(words[0].folded)).order_by("head", "id")
    return begun


def statement(member: Member, terms: Sequence[Term], today: date, *, own: bool = False) -> QuerySet[Person]:
    """The persons that fit and that the member may list: who is theirs first, then whose name is the word.

    `own`: only those of whom the member has an open case.
    """
    allowed = visible_q(member.facts(), "person", day(today))
    mine = _case_model()._default_manager.filter(assignee=member, is_open=True)
    rows = Person.objects.filter(allowed, _wanted(member, terms, today), merged_into=None)
    rows = rows.defer("grams")
    if own:
        # Read first, whatever the planner thinks of it: few are one member's, very many have a common name.
        few = list(mine.values_list("person", flat=True).distinct()[:MOST_OWN])
        rows = rows.filter(pk__in=few)
    there = Exists(mine.filter(person=OuterRef("pk")))
    return rows.annotate(mine=there, rank=_rank(terms)).order_by("-mine", "rank", "kana", "id")


def _wanted(member: Member, terms: Sequence[Term], today: date) -> Q:
    return reduce(and_, [_fits(term, member, today) for term in terms])


def _fits(term: Term, member: Member, today: date) -> Q:
    if term.number is not None:
        return Q(pk__in=_numbered(member, [term.number.number], today).values("person"))
    return reduce(or_, [reading.q() for reading in term.readings], NOBODY)


def _hidden(member: Member, terms: Sequence[Term], today: date) -> int:
    """How many fit whom the member may be told the number of, and may not list."""
    if any(term.number for term in terms):
        return 0
    facts, now = member.facts(), day(today)
    counted = visible_q(facts, "person", now, action=COUNT)
    if counted == NOBODY:
        return 0
    rows = Person.objects.filter(counted, _wanted(member, terms, today), merged_into=None)
    return rows.exclude(visible_q(facts, "person", now))[:LIMIT].count()


def _rank(terms: Sequence[Term]) -> Any:
    """A name or reading that is the word comes first, then what begins with it."""
    heads = [
        reading.folded for term in terms for reading in term.readings if isinstance(reading, NameReading)
    ]
    if not heads:
        return Value(0)
    begins = [Q(name_key__startswith=head) | Q(name_key__contains=f" {head}") for head in heads]
    return Case(When(reduce(or_, begins), then=0), default=1, output_field=IntegerField())


def _fitting(person: Person, terms: Sequence[Term]) -> tuple[Kind, ...]:
    kinds = [reading.kind for term in terms for reading in term.readings if reading.fits(person)]
    return tuple(dict.fromkeys(kinds))


def _cases(member: Member, terms: Sequence[Term], today: date) -> tuple[FoundCase, ...]:
    numbers = [term.number.number for term in terms if term.number]
    if not numbers:
        return ()
    rows = _numbered(member, numbers, today).order_by("number").values_list("id", "number")
    return tuple(FoundCase(str(case), number) for case, number in rows)


def _numbered(member: Member, numbers: Sequence[str], today: date) -> QuerySet[Any]:
    """The cases of those numbers that the member may list."""
    allowed = visible_q(member.facts(), "case", day(today))
    found: QuerySet[Any] = _case_model()._default_manager.filter(allowed, number__in=numbers)
    return found


def _case_model() -> Any:
    """Cases stand above persons; the relation they declare is enough to ask for them."""
    return Person._meta.get_field("cases").related_model


def _record(member: Member, terms: Sequence[Term], *, at: datetime, found: int) -> None:
    kinds = dict.fromkeys(kind for term in terms for kind in term.kinds)
    SearchLog.objects.create(
        member=member, at=at, term=term_hash(terms), kinds=",".join(sorted(kinds)), found=found
    )
