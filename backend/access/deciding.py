"""May this member do this? `decide` answers, and anything but a clear Allow is a refusal."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import cedarpy

from backend.access import helping
from backend.access.areas import Areas, current_areas
from backend.access.book import NoBook, PolicyBook, Slice, current
from backend.access.facts import CaseFacts, LetterFacts, MemberFacts, Resource
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
    book are refusals with `errors`.
    """
    try:
        book = book or current()
    except NoBook as error:
        return _failed(str(error), "", report=action.endswith("report"))
    if book.closed:
        return _failed("the policies have errors", book.hash, report=action.endswith("report"))
    if book.class_of(action) == "report":
        return _report(member, book)
    try:
        return _decide(book, member, action, resource, context=_context(book, today, context), areas=areas)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return _failed(f"{type(error).__name__}: {error}", book.hash)


def categories(
    member: MemberFacts,
    case: CaseFacts,
    today: int,
    *,
    among: Collection[str] | None = None,
    book: PolicyBook | None = None,
    areas: Areas | None = None,
) -> frozenset[str]:
    """The data categories a member sees of a case: none unless the case itself may be viewed.

    `among` asks for these only (a list of many cases needs few). The last answers are kept: the same member,
    the same facts of the case, the same day and book give the same categories.
    """
    try:
        tree = areas if areas is not None else current_areas(case.area, member.area or "")
        names = None if among is None else frozenset(among)
        return _categories(book or current(), member, case, today, tree, names)
    except (ValueError, TypeError, LookupError, AttributeError):
        return frozenset()


@lru_cache(maxsize=2048)
def _categories(
    book: PolicyBook,
    member: MemberFacts,
    case: CaseFacts,
    today: int,
    areas: Areas,
    among: frozenset[str] | None,
) -> frozenset[str]:
    if not decide(member, "view", case, today=today, book=book, areas=areas):
        return frozenset()
    names = [name for name in book.categories if among is None or name in among]
    contexts = [_context(book, today, {"category": name}) for name in names]
    answers = _slice(book, today, "see", case).ask(member, case, areas, contexts)
    return frozenset(name for name, answer in zip(names, answers, strict=True) if _allows(answer))


def area_of(resource: Resource) -> str:
    """The area of a thing; a letter lies where its case lies."""
    return resource.case.area if isinstance(resource, LetterFacts) else resource.area


def _decide(
    book: PolicyBook,
    member: MemberFacts,
    action: str,
    resource: Resource | None,
    *,
    context: Mapping[str, Any],
    areas: Areas | None,
) -> Decision:
    if resource is None:
        return _failed(f"{action} needs a case, person or letter", book.hash)
    cut = _slice(book, context["today"], action, resource)
    tree = areas if areas is not None else current_areas(area_of(resource), member.area or "")
    (answer,) = cut.ask(member, resource, tree, [context])
    if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
        return _failed("; ".join(answer.diagnostics.errors) or "no decision", book.hash)
    reasons = _reasons(answer.diagnostics.reasons, book)
    allowed = _allows(answer)

    def allows(other_member: MemberFacts, other: Resource) -> tuple[str, ...]:
        (found,) = cut.ask(other_member, other, tree, [context])
        return tuple(found.diagnostics.reasons) if _allows(found) else ()

    return Decision(
        allowed=allowed,
        reasons=reasons,
        obligations=_obligations(reasons, book) if allowed else (),
        policies=book.hash,
        find_help=lambda: helping.find(book, action, member, resource, stopped_by=reasons, allows=allows),
    )


def _report(member: MemberFacts, book: PolicyBook) -> Decision:
    """A report: its own policies, no attributes, no schema that could refuse the facts."""
    try:
        (answer,) = cedarpy.is_authorized_batch(
            [
                {
                    "principal": {"type": "Member", "id": str(member.id)},
                    "action": {"type": "Action", "id": "report"},
                    "resource": _NEW_CASE,
                    "context": "{}",
                }
            ],
            book.report_set,
            _standing(str(member.id), active=bool(member.active)),
        )
    except (ValueError, TypeError, AttributeError) as error:
        return _failed(f"{type(error).__name__}: {error}", book.hash, report=True)
    if answer.diagnostics.errors:
        return _failed("; ".join(answer.diagnostics.errors), book.hash, report=True)
    reasons = _reasons(answer.diagnostics.reasons, book)
    return Decision(
        allowed=_allows(answer),
        reasons=reasons,
        obligations=_obligations(reasons, book),
        policies=book.hash,
        find_help=lambda: helping.of_policy(book.report[0]) if book.report else None,
    )


def _standing(member_id: str, *, active: bool) -> list[dict[str, Any]]:
    parents = [{"type": "Standing", "id": "active"}] if active else []
    return [{"uid": {"type": "Member", "id": member_id}, "attrs": {}, "parents": parents}]


def _slice(book: PolicyBook, today: int, action: str, resource: Resource) -> Slice:
    found = book.slice(today, action, resource.entity)
    if found is None:
        raise LookupError(f"no action {action!r} is declared; run `tsunagu check`")
    return found


def _context(book: PolicyBook, today: int, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The context as the schema wants it: of a look the category and its class too."""
    given = dict(given or {})
    if "category" not in given:
        return {"today": today, **given}
    known = book.categories.get(given["category"])
    return {"today": today, "class": known.cls if known else "CX", **given}


def _allows(answer: cedarpy.AuthzResult) -> bool:
    """Allow, and nothing went wrong: Cedar skips a policy that fails, even a forbid."""
    return answer.decision is cedarpy.Decision.Allow and not answer.diagnostics.errors


def _reasons(ids: Iterable[str], book: PolicyBook) -> tuple[Reason, ...]:
    return tuple(book.reasons[name] for name in sorted(ids, key=book.order.__getitem__))


def _obligations(reasons: tuple[Reason, ...], book: PolicyBook) -> tuple[str, ...]:
    found = [word for reason in reasons for word in book.policy(reason.id).obligations]
    return tuple(dict.fromkeys(found))


def _failed(error: str, policies: str, *, report: bool = False) -> Decision:
    """A refusal because the engine could not answer. A report then goes to the locked inbox."""
    refused = Decision(allowed=False, errors=(error,), policies=policies, find_help=lambda: helping.FAILED)
    return replace(refused, obligations=IF_REPORT_FAILS) if report else refused
