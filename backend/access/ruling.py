"""May this leave? `rule` answers for one data category, `matrix` for several; what is unclear stays.

Three sets of policies are asked in turn. `duty` first: what a duty to report or an imminent danger allows,
nothing else stops, and what it stops never leaves. Then all the others: a forbid stops; else the best outcome
among the deciding permits. Where nothing permits and nothing stops, `fallback` says why.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

import cedarpy

from backend.access import helping, nearest
from backend.access.areas import Areas
from backend.access.book import Kept, NoBook, Pair, Part, PolicyBook, current
from backend.access.deciding import IF_REPORT_FAILS, allows, obligations, reasons
from backend.access.facts import MemberFacts
from backend.access.nearest import Asked, Nearest
from backend.access.provision import ProvisionFacts
from backend.access.reading import DISCLOSE, Policy, Reason

_NOWHERE = Areas({"": None})
PARTS: tuple[Part, ...] = ("duty", "policies", "fallback")


class Outcome(StrEnum):
    """What was ruled, the best first. Only the first two let anything leave now."""

    ALLOW = "allow"
    REVIEW = "review_later"
    APPROVAL = "approval"
    REFER = "refer"
    DENY = "deny"

    @property
    def leaves(self) -> bool:
        """Whether the data may leave now."""
        return self in {Outcome.ALLOW, Outcome.REVIEW}

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Outcome).index(self)


@dataclass(frozen=True)
class Ruling:
    """What was ruled about one category, by which policies, and what they oblige to.

    `approver` is the role that has to approve ("" unless the outcome is approval or refer). `errors` is empty
    unless the engine could not answer; then nothing leaves. `policies` is the hash of the book.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[str, ...] = ()
    approver: str = ""
    errors: tuple[str, ...] = ()
    policies: str = ""
    find_help: Callable[[], Reason | None] = field(default=lambda: None, repr=False, compare=False)
    find_nearest: Callable[[], Nearest | None] = field(default=lambda: None, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def allowed(self) -> bool:
        """Whether it may leave now."""
        return self.outcome.leaves

    @property
    def rules(self) -> tuple[str, ...]:
        """The `@id`s of the deciding policies."""
        return tuple(reason.id for reason in self.reasons)

    @cached_property
    def help(self) -> Reason | None:
        """What would make it possible, in the words of the deciding policy; None for what may leave."""
        return self.find_help()

    @cached_property
    def nearest(self) -> Nearest | None:
        """The smallest change that makes it possible; None where it is possible, or nothing helps."""
        return self.find_nearest()


def rule(
    member: MemberFacts, provision: ProvisionFacts, *, today: int, book: PolicyBook | None = None
) -> Ruling:
    """Rule on one provision proposed by a member on a day (YYYYMMDD). Never raises: an error is a refusal."""
    return rule_all([(member, provision)], [today], book=book)[0]


def matrix(
    member: MemberFacts,
    provisions: Sequence[ProvisionFacts],
    *,
    today: int,
    book: PolicyBook | None = None,
) -> dict[str, Ruling]:
    """Rule on several provisions together, by category: in as many questions to the engine as one."""
    found = rule_all([(member, it) for it in provisions], [today] * len(provisions), book=book)
    return {it.category: ruling for it, ruling in zip(provisions, found, strict=True)}


def rule_all(
    pairs: Sequence[Asked],
    days: Sequence[int],
    *,
    book: PolicyBook | None = None,
    kept: Kept | None = None,
    explained: bool = True,
) -> list[Ruling]:
    """Rule on many pairs of a member and a provision, each on its day; in one batch as far as possible.

    `kept` is for asking several books the very same questions: what was parsed is used again. Not
    `explained`, a refusal because nothing permits it goes without the words of `fallback`.
    """
    try:
        book = book or current()
    except NoBook as error:
        return [_failed(str(error), provision) for _, provision in pairs]
    if book.closed:
        return [_failed("the policies have errors", provision, book) for _, provision in pairs]
    parts = PARTS if explained else PARTS[:2]
    return _Court(book, {} if kept is None else kept, parts).rule(pairs, days)


class _Court:
    """One book, asked about many provisions."""

    def __init__(self, book: PolicyBook, kept: Kept, parts: Sequence[Part]) -> None:
        self.book, self.kept, self.parts = book, kept, parts

    def rule(self, pairs: Sequence[Asked], days: Sequence[int]) -> list[Ruling]:
        try:
            return self._rule(pairs, days)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            if len(pairs) == 1:
                return [_failed(f"{type(error).__name__}: {error}", pairs[0][1], self.book)]
        alone = _Court(self.book, {}, self.parts)
        return [alone.rule([pair], [today])[0] for pair, today in zip(pairs, days, strict=True)]

    def _rule(self, pairs: Sequence[Asked], days: Sequence[int]) -> list[Ruling]:
        settled = [(member, nearest.settled(provision, self.book)) for member, provision in pairs]
        found: dict[int, Ruling] = {}
        for part in self.parts:
            left = [number for number in range(len(pairs)) if number not in found]
            for number, answer in self._ask(part, left, settled, days):
                ruling = self._read(part, answer, settled[number], days[number])
                if ruling is not None:
                    found[number] = ruling
        nobody = self._said(Outcome.DENY, ())
        return [found.get(number, nobody) for number in range(len(pairs))]

    def _ask(
        self, part: Part, left: Sequence[int], pairs: Sequence[Pair], days: Sequence[int]
    ) -> Iterator[tuple[int, cedarpy.AuthzResult]]:
        """The answers of one set to the questions that are left, a batch for each day."""
        for today in dict.fromkeys(days[number] for number in left):
            cut = self.book.slice(today, DISCLOSE, ProvisionFacts.entity, part)
            if cut is None:
                raise LookupError(f"no action {DISCLOSE!r} is declared; run `tsunagu check`")
            those = tuple(number for number in left if days[number] == today)
            asked = [pairs[number] for number in those]
            answers = cut.ask_all(
                asked, _NOWHERE, [{"today": today}] * len(asked), kept=self.kept, which=those
            )
            yield from zip(those, answers, strict=True)

    def _read(self, part: Part, answer: cedarpy.AuthzResult, pair: Asked, today: int) -> Ruling | None:
        """What one set says, or None where the next one has to be asked."""
        if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
            return _failed("; ".join(answer.diagnostics.errors) or "no decision", pair[1], self.book)
        deciding = [self.book.policy(name) for name in answer.diagnostics.reasons]
        deciding.sort(key=lambda policy: self.book.order[policy.id])
        weighed = weigh(part, deciding, allowed=allows(answer))
        if weighed is None:
            return None
        outcome, speaking = weighed
        if allows(answer):
            return self._permitted(outcome, speaking)
        return self._stopped(outcome, speaking, pair, today)

    def _permitted(self, outcome: Outcome, speaking: Sequence[Policy]) -> Ruling:
        ruling = self._said(outcome, speaking)
        return ruling if outcome.leaves else replace(ruling, find_help=lambda: helping.of_policy(speaking[0]))

    def _stopped(self, outcome: Outcome, deciding: Sequence[Policy], pair: Asked, today: int) -> Ruling:
        ruling = self._said(outcome, deciding)

        def find_nearest() -> Nearest | None:
            return nearest.find(self.book, *pair, today=today, ask=rule_all)

        def find_help() -> Reason | None:
            return helping.of_policy(deciding[0]) if deciding else helping.of_class(self.book, DISCLOSE)

        return replace(ruling, find_help=find_help, find_nearest=find_nearest)

    def _said(self, outcome: Outcome, speaking: Sequence[Policy]) -> Ruling:
        said = reasons((policy.id for policy in speaking), self.book)
        return Ruling(
            outcome,
            said,
            obligations(said, self.book),
            "" if outcome is Outcome.DENY else next((it.approver for it in speaking if it.approver), ""),
            policies=self.book.hash,
        )


def weigh(part: Part, deciding: Sequence[Policy], *, allowed: bool) -> tuple[Outcome, list[Policy]] | None:
    """What the deciding policies of one set (in order) come to, and which of them say so; None: ask the next.

    Where forbids stop it, it is refused; or referred, where each of them leaves it to the privacy officer. Of
    `fallback` only the first speaks: the most definite stands first.
    """
    if allowed:
        best = min((Outcome(policy.outcome) for policy in deciding), key=lambda outcome: outcome.rank)
        return best, [policy for policy in deciding if policy.outcome == best]
    if not deciding and part != "fallback":
        return None
    speaking = list(deciding[:1] if part == "fallback" else deciding)
    referred = bool(speaking) and all(policy.outcome == Outcome.REFER for policy in speaking)
    return (Outcome.REFER if referred else Outcome.DENY), speaking


def _failed(error: str, provision: ProvisionFacts, book: PolicyBook | None = None) -> Ruling:
    """A refusal because the engine could not answer; in an emergency somebody is told at once."""
    urgent = provision.urgency != "routine" or provision.abuse != "none"
    return Ruling(
        Outcome.DENY,
        obligations=IF_REPORT_FAILS if urgent else (),
        errors=(error,),
        policies=book.hash if book else "",
        find_help=lambda: helping.FAILED,
    )
