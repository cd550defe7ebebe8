"""May this member do this? `decide` answers, and anything but a clear Allow is a refusal."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import cedarpy

from backend.access import helping
from backend.access.areas import Areas, current_areas
from backend.access.book import Kept, NoBook, PolicyBook, Slice, current
from backend.access.facts import CaseFacts, MemberFacts, PersonFacts, Resource, area_of
from backend.access.reading import Reason

IF_REPORT_FAILS = ("locked_inbox", "alert_supervisor")
_NEW_CASE = {"type": "Case", "id": "new"}


@dataclass(frozen=True)
class Decision:
    """What was decided, by which policies (`reasons`, their `@id`s), and what the deciders oblige to.

    `errors` is empty unless the engine could not answer; such a decision is always a refusal. `policies` is
    the hash of the book. A Decision is true exactly when it allows.
    """

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    policies: str = ""
    find_help: Callable[[], Reason | None] = field(default=lambda: None, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def rules(self) -> tuple[str, ...]:
        """The `@id`s of the deciding policies."""
        return tuple(reason.id for reason in self.reasons)

    @cached_property
    def help(self) -> Reason | None:
        """What would make it possible, worked out when asked for; None for a permission."""
        return None if self.allowed else self.find_help()


def decide(
    member: MemberFacts,
    action: str,
    resource: Resource | None,
    *,
    today: int,
    context: Mapping[str, Any] | None = None,
    book: PolicyBook | None = None,
    areas: Areas | None = None,
) -> Decision:
    """Decide one action (qualified, or a class) of a member on a thing, on a day (YYYYMMDD).

    `context` may carry the `category` of a look (`see`). For a report there is no case yet: `resource` may be
    None. Never raises for what it is asked: facts the schema does not know, an unknown action or a missing
    book are refusals with `errors`. The last answers of the book in use are kept: the same member, the same
    facts of the thing, the same day and areas give the same decision.
    """
    decides = _decide if book is not None else _decided
    try:
        book = book or current()
    except NoBook as error:
        return _failed(str(error), "", report=action.endswith("report"))
    if book.closed:
        return _failed("the policies have errors", book.hash, report=action.endswith("report"))
    if book.class_of(action) == "report":
        return _report(member, book)
    if resource is None:
        return _failed(f"{action} needs a case, person or letter", book.hash)
    try:
        asked = context_of(book, today, context)
        tree = areas if areas is not None else current_areas(area_of(resource), member.area or "")
        return decides(book, member, action, resource, tuple(asked.items()), tree)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return _failed(f"{type(error).__name__}: {error}", book.hash)


def looked_at(action: str, entity: str, today: int) -> frozenset[str]:
    """What the policies in force look at in a thing of that kind to decide an action.

    Things of one area that are alike in it are decided alike. Raises `NoBook`; nothing for an unknown action.
    """
    cut = current().slice(today, action, entity)
    return frozenset(cut.reads) if cut is not None else frozenset()


def categories(
    member: MemberFacts,
    thing: CaseFacts | PersonFacts,
    today: int,
    *,
    among: Collection[str] | None = None,
    book: PolicyBook | None = None,
    areas: Areas | None = None,
) -> frozenset[str]:
    """The data categories a member sees of a case, or of a person's record: none unless it may be viewed.

    `among` asks for these only (a list of many needs few). The last answers are kept: the same member, the
    same facts of the thing, the same day and book give the same categories.
    """
    try:
        tree = areas if areas is not None else current_areas(thing.area, member.area or "")
        names = None if among is None else frozenset(among)
        return _categories(book or current(), member, thing, today, tree, names)
    except (ValueError, TypeError, LookupError, AttributeError):
        return frozenset()


@lru_cache(maxsize=2048)
def _categories(
    book: PolicyBook,
    member: MemberFacts,
    thing: CaseFacts | PersonFacts,
    today: int,
    areas: Areas,
    among: frozenset[str] | None,
) -> frozenset[str]:
    if not decide(member, "view", thing, today=today, book=book, areas=areas):
        return frozenset()
    names = [name for name in book.categories if among is None or name in among]
    contexts = [context_of(book, today, {"category": name}) for name in names]
    answers = _slice(book, today, "see", thing).ask(member, thing, areas, contexts)
    return frozenset(name for name, answer in zip(names, answers, strict=True) if allows(answer))


@dataclass(frozen=True)
class Question:
    """One question as facts: who does what to which thing, when. `resource` may be None for a report."""

    member: MemberFacts
    action: str
    resource: Resource | None
    today: int
    context: Mapping[str, Any] = field(default_factory=dict)


def decide_all(
    asked: Sequence[Question], *, book: PolicyBook, areas: Areas, kept: Kept | None = None
) -> list[Decision]:
    """Decide many questions, those about one action on one kind of thing in one batch.

    `kept` is for asking several books the very same questions: what was parsed is used again. What cannot be
    asked together (one of them has facts the schema refuses) is asked one by one.
    """
    found: dict[int, Decision] = {}
    together: dict[tuple[int, str, str], list[int]] = {}
    for number, it in enumerate(asked):
        if it.resource is not None and book.class_of(it.action) != "report" and not book.closed:
            together.setdefault((it.today, it.action, it.resource.entity), []).append(number)
    for numbers in together.values():
        found |= _batch(numbers, asked, book, areas, kept)
    for number, it in enumerate(asked):
        if number not in found:
            found[number] = decide(
                it.member, it.action, it.resource, today=it.today, context=it.context, book=book, areas=areas
            )
    return [found[number] for number in range(len(asked))]


def _batch(
    numbers: Sequence[int], asked: Sequence[Question], book: PolicyBook, areas: Areas, kept: Kept | None
) -> dict[int, Decision]:
    """Questions about one action on one kind of thing on one day, as a batch; nothing where that fails."""
    those = [asked[number] for number in numbers]
    pairs = [(it.member, it.resource) for it in those if it.resource is not None]
    contexts = [context_of(book, it.today, it.context) for it in those]
    try:
        cut = _slice(book, those[0].today, those[0].action, pairs[0][1])
        answers = cut.ask_all(pairs, areas, contexts, kept=kept, which=(cut.action, *numbers))
    except (ValueError, TypeError, LookupError, AttributeError):
        return {}
    return {
        number: _decision(answer, book, cut, member, thing, areas=areas, context=context)
        for number, answer, (member, thing), context in zip(numbers, answers, pairs, contexts, strict=True)
    }


def _decide(
    book: PolicyBook,
    member: MemberFacts,
    action: str,
    resource: Resource,
    asked: tuple[tuple[str, Any], ...],
    areas: Areas,
) -> Decision:
    context = dict(asked)
    cut = _slice(book, context["today"], action, resource)
    (answer,) = cut.ask(member, resource, areas, [context])
    return _decision(answer, book, cut, member, resource, areas=areas, context=context)


_decided = lru_cache(maxsize=4096)(_decide)


def _decision(
    answer: cedarpy.AuthzResult,
    book: PolicyBook,
    cut: Slice,
    member: MemberFacts,
    resource: Resource,
    *,
    areas: Areas,
    context: Mapping[str, Any],
) -> Decision:
    """What the engine's answer means."""
    if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
        return _failed("; ".join(answer.diagnostics.errors) or "no decision", book.hash)
    found, allowed = reasons(answer.diagnostics.reasons, book), allows(answer)

    def permits(other_member: MemberFacts, other: Resource) -> tuple[str, ...]:
        (other_answer,) = cut.ask(other_member, other, areas, [context])
        return tuple(other_answer.diagnostics.reasons) if allows(other_answer) else ()

    return Decision(
        allowed=allowed,
        reasons=found,
        obligations=obligations(found, book) if allowed else (),
        policies=book.hash,
        find_help=lambda: helping.find(book, cut.action, member, resource, stopped_by=found, allows=permits),
    )


def _report(member: MemberFacts, book: PolicyBook) -> Decision:
    """A report: its own policies, no attributes, no schema that could refuse the facts."""
    try:
        answer = ask_report(member, book.report_set)
    except (ValueError, TypeError, AttributeError) as error:
        return _failed(f"{type(error).__name__}: {error}", book.hash, report=True)
    if answer.diagnostics.errors:
        return _failed("; ".join(answer.diagnostics.errors), book.hash, report=True)
    found = reasons(answer.diagnostics.reasons, book)
    return Decision(
        allowed=allows(answer),
        reasons=found,
        obligations=obligations(found, book),
        policies=book.hash,
        find_help=lambda: helping.of_policy(book.report[0]) if book.report else None,
    )


def ask_report(member: MemberFacts, policies: cedarpy.PolicySet) -> cedarpy.AuthzResult:
    """Cedar's answer to a report; the member's id and open account are all it is told."""
    request = {
        "principal": {"type": "Member", "id": str(member.id)},
        "action": {"type": "Action", "id": "report"},
        "resource": _NEW_CASE,
        "context": "{}",
    }
    standing = _standing(str(member.id), active=bool(member.active))
    (answer,) = cedarpy.is_authorized_batch([request], policies, standing)
    return answer


def _standing(member_id: str, *, active: bool) -> list[dict[str, Any]]:
    parents = [{"type": "Standing", "id": "active"}] if active else []
    return [{"uid": {"type": "Member", "id": member_id}, "attrs": {}, "parents": parents}]


def _slice(book: PolicyBook, today: int, action: str, resource: Resource) -> Slice:
    found = book.slice(today, action, resource.entity)
    if found is None:
        raise LookupError(f"no action {action!r} is declared; run `tsunagu check`")
    return found


def context_of(book: PolicyBook, today: int, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The context as the schema wants it: of a look the category and its class too."""
    given = dict(given or {})
    if "category" not in given:
        return {"today": today, **given}
    known = book.categories.get(given["category"])
    return {"today": today, "class": known.cls if known else "CX", **given}


def allows(answer: cedarpy.AuthzResult) -> bool:
    """Allow, and nothing went wrong: Cedar skips a policy that fails, even a forbid."""
    return answer.decision is cedarpy.Decision.Allow and not answer.diagnostics.errors


def reasons(ids: Iterable[str], book: PolicyBook) -> tuple[Reason, ...]:
    """What the deciding policies say, in the order in which they are asked."""
    return tuple(book.reasons[name] for name in sorted(ids, key=book.order.__getitem__))


def obligations(reasons: tuple[Reason, ...], book: PolicyBook) -> tuple[str, ...]:
    """What the deciding policies oblige to, each word once."""
    found = [word for reason in reasons for word in book.policy(reason.id).obligations]
    return tuple(dict.fromkeys(found))


def _failed(error: str, policies: str, *, report: bool = False) -> Decision:
    """A refusal because the engine could not answer. A report then goes to the locked inbox."""
    refused = Decision(allowed=False, errors=(error,), policies=policies, find_help=lambda: helping.FAILED)
    return replace(refused, obligations=IF_REPORT_FAILS) if report else refused
